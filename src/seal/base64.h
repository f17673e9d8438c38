/* SPDX-License-Identifier: EUPL-1.2 */
/* Base64, written, and read where the length is known. */
#ifndef SEAL_BASE64_H
#define SEAL_BASE64_H

#include "base/span.h"
#include "base/str.h"

#define BASE64_EXACT_MAX 68      /* a key hash and an Ed25519 signature */

void base64_write(struct str *out, const unsigned char *bytes, size_t n);
/* -1 unless text is the canonical base64 of exactly n bytes. */
int base64_exact(struct span text, unsigned char *bytes, size_t n);

#endif
