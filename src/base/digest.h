/* SPDX-License-Identifier: EUPL-1.2 */
/* Digests, the only part of OpenSSL's EVP that base/ needs. Lower-case hexadecimal everywhere. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/span.h"

#define SHA256_BYTES 32
#define SHA1_BYTES 20
#define SHA256_HEX 65      /* with the NUL */

/*
 * Called first of all by a program: memory that OpenSSL lacks ends the program as it does everywhere else (base/arena.h). Without it OpenSSL
 * would answer that a digest or a signature does not match, which would be told as tampering.
 */
void digest_memory(void);

void sha256(struct span bytes, unsigned char out[SHA256_BYTES]);
char *sha256_hex(struct span bytes, char out[SHA256_HEX]);      /* returns out */
void sha1(struct span bytes, unsigned char out[SHA1_BYTES]);      /* only for UUIDs of version 5, which ask for it */
void hmac_sha256(struct span key, struct span bytes, unsigned char out[SHA256_BYTES]);
char *hex(const unsigned char *bytes, size_t n, char *out);     /* out has room for 2 n + 1 */

/* Several pieces, each length-prefixed (8 bytes, big endian), so that no two lists collide. */
struct digest;
struct digest *digest_new(void);
void digest_piece(struct digest *d, struct span piece);
char *digest_end(struct digest *d, char out[SHA256_HEX]);       /* frees d, returns out */

#endif
