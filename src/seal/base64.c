/* SPDX-License-Identifier: EUPL-1.2 */
/* Base64 of hashes, keys and signatures; read, it must be canonical and of a known length, so that one value has one spelling. */
#include "seal/base64.h"

#include <openssl/evp.h>

int base64_exact(struct span text, unsigned char *bytes, size_t n)
{
	unsigned char raw[BASE64_EXACT_MAX + 3], again[4 * ((BASE64_EXACT_MAX + 2) / 3) + 1];

	if (n > BASE64_EXACT_MAX || text.n != 4 * ((n + 2) / 3) || EVP_DecodeBlock(raw, (const unsigned char *)text.p, (int)text.n) < (int)n)
		return -1;
	EVP_EncodeBlock(again, raw, (int)n);
	if (memcmp(again, text.p, text.n))
		return -1;
	memcpy(bytes, raw, n);
	return 0;
}

void base64_write(struct str *out, const unsigned char *bytes, size_t n)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned long v = (unsigned long)bytes[i] << 16 | (i + 1 < n ? (unsigned long)bytes[i + 1] << 8 : 0) | (i + 2 < n ? bytes[i + 2] : 0);

		for (size_t k = 0; k < 4; k++)
			str_char(out, i + k > n ? '=' : letters[v >> (18 - 6 * k) & 63]);
	}
}
