/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SHA-256 and HMAC by OpenSSL's EVP, the only door to it outside seal/. An algorithm that OpenSSL refuses or memory that it
 * lacks ends the program: a report without its digests must not exist, and no caller could do better.
 * struct digest is EVP_MD_CTX under another name, so that no other file sees OpenSSL's types.
 */
#include "base/digest.h"

#include "base/arena.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdint.h>
#include <stdlib.h>

/* ------------------------------------------------------------------ memory */

static void *give(size_t size, const char *file, int line)
{
	void *p = size ? malloc(size) : NULL;

	(void)file;
	(void)line;
	if (size && !p)
		arena_exhausted();
	return p;
}

static void give_back(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

static void *give_more(void *p, size_t size, const char *file, int line)
{
	void *moved;

	if (!size) {
		give_back(p, file, line);
		return NULL;
	}
	moved = realloc(p, size);
	if (!moved)
		arena_exhausted();
	return moved;
}

void digest_memory(void)
{
	(void)CRYPTO_set_mem_functions(give, give_more, give_back);      /* refused only when OpenSSL holds memory already */
}

/* ------------------------------------------------------------------ digests */

char *hex(const unsigned char *bytes, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[bytes[i] >> 4];
		out[2 * i + 1] = digit[bytes[i] & 15];
	}
	out[2 * n] = '\0';
	return out;
}

void sha256(struct span bytes, unsigned char out[SHA256_BYTES])
{
	if (!EVP_Digest(bytes.p, bytes.n, out, NULL, EVP_sha256(), NULL))
		arena_exhausted();
}

void sha1(struct span bytes, unsigned char out[SHA1_BYTES])
{
	if (!EVP_Digest(bytes.p, bytes.n, out, NULL, EVP_sha1(), NULL))
		arena_exhausted();
}

char *sha256_hex(struct span bytes, char out[SHA256_HEX])
{
	unsigned char raw[SHA256_BYTES];

	sha256(bytes, raw);
	return hex(raw, sizeof raw, out);
}

void hmac_sha256(struct span key, struct span bytes, unsigned char out[SHA256_BYTES])
{
	if (!HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)bytes.p, bytes.n, out, NULL))
		arena_exhausted();
}

struct digest *digest_new(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL))
		arena_exhausted();
	return (struct digest *)ctx;
}

void digest_piece(struct digest *d, struct span piece)
{
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)((uint64_t)piece.n >> (56 - 8 * i));
	if (!EVP_DigestUpdate((EVP_MD_CTX *)d, length, sizeof length) || !EVP_DigestUpdate((EVP_MD_CTX *)d, piece.p, piece.n))
		arena_exhausted();
}

char *digest_end(struct digest *d, char out[SHA256_HEX])
{
	unsigned char raw[SHA256_BYTES];

	if (!EVP_DigestFinal_ex((EVP_MD_CTX *)d, raw, NULL))
		arena_exhausted();
	EVP_MD_CTX_free((EVP_MD_CTX *)d);
	return hex(raw, sizeof raw, out);
}
