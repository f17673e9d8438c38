/* SPDX-License-Identifier: EUPL-1.2 */
/* One file of a cache as bytes and back. A line that says what it is, the key it answers, a length, the content, and a MAC over all of it. */
#ifndef SCAN_CACHE_ENTRY_H
#define SCAN_CACHE_ENTRY_H

#include "base/digest.h"
#include "base/str.h"

/* key: the hexadecimal digest of all that the content depends on. secret: the key of the MAC, of any length. */
void cache_entry_put(struct str *out, const char *key, struct span secret, struct span content);
/* NULL and *ret (within bytes), or why the bytes, which may be anybody's, are no entry for this key. */
const char *cache_entry_get(struct span bytes, const char *key, struct span secret, struct span *ret);

#endif
