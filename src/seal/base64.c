/* SPDX-License-Identifier: EUPL-1.2 */
/* Base64 of hashes, keys and signatures: canonical and of a known length, so that one value has one spelling. */
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
