/* SPDX-License-Identifier: EUPL-1.2 */
/* UTF-8 (RFC 3629): validation, counting, encoding, and text made safe for a terminal. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/span.h"

struct str;

/* Length of the code point at s (1 to 4), with its value; 0 when the bytes are not UTF-8. */
size_t utf8_decode(struct span s, unsigned *ret_code_point);
size_t utf8_encode(unsigned code_point, char bytes[4]);      /* surrogates and beyond U+10FFFF: U+FFFD */
bool utf8_is_ascii(struct span s);
/* Offset of the first byte that is not UTF-8, or s.n. */
size_t utf8_valid_until(struct span s);
/* Code points; each invalid byte counts one. */
size_t utf8_count(struct span s);
/* Steps over code points from offset `from` until one begins at or behind `to`: returns where, and adds how many were passed. */
size_t utf8_skip(struct span s, size_t from, size_t to, size_t *count);
/* Columns on a terminal: as utf8_count, wide characters two, combining marks none. */
size_t utf8_width(struct span s);
/*
 * Appends s with control characters (C0, DEL, C1), bidirectional overrides and invalid bytes written
 * as visible escapes, so that nothing a vendor wrote can command a terminal.
 */
void utf8_safe(struct str *out, struct span s);
bool utf8_is_safe(struct span s);      /* it would be appended as it is */

#endif
