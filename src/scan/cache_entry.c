/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The MAC covers every byte before it, the key among them, so that an entry that was cut, altered or put under another's name is
 * noticed before a byte of its content is looked at. It proves nothing of who wrote the entry where the secret is known (docs/security.md).
 */
#include "scan/cache_entry.h"

#include <stdint.h>

#define HEAD "scelle-cache 1\n"
#define HEAD_BYTES (sizeof HEAD - 1)
#define KEY_BYTES ((size_t)SHA256_HEX - 1)
#define LENGTH_BYTES ((size_t)8)
#define BEFORE (HEAD_BYTES + KEY_BYTES + LENGTH_BYTES)

void cache_entry_put(struct str *out, const char *key, struct span secret, struct span content)
{
	unsigned char mac[SHA256_BYTES];
	size_t from = out->n;

	str_text(out, HEAD);
	str_put(out, key, KEY_BYTES);
	for (int shift = 56; shift >= 0; shift -= 8)
		str_char(out, (char)((uint64_t)content.n >> shift));
	str_span(out, content);
	hmac_sha256(secret, span_cut(str_get(out), from, out->n), mac);
	str_put(out, (const char *)mac, sizeof mac);
}

static uint64_t length_at(const char *p)
{
	uint64_t n = 0;

	for (size_t i = 0; i < LENGTH_BYTES; i++)
		n = n << 8 | (unsigned char)p[i];
	return n;
}

const char *cache_entry_get(struct span bytes, const char *key, struct span secret, struct span *ret)
{
	unsigned char mac[SHA256_BYTES];
	size_t end;

	if (!span_starts(bytes, HEAD))
		return "it is no entry of this version";
	if (bytes.n < BEFORE + sizeof mac)
		return "it is cut short";
	if (memcmp(bytes.p + HEAD_BYTES, key, KEY_BYTES))
		return "it belongs to other inputs";
	end = bytes.n - sizeof mac;
	if (length_at(bytes.p + HEAD_BYTES + KEY_BYTES) != end - BEFORE)
		return "its length is not what it says";
	hmac_sha256(secret, span_cut(bytes, 0, end), mac);
	if (memcmp(bytes.p + end, mac, sizeof mac))
		return "it was changed after it was written";
	*ret = span_cut(bytes, BEFORE, end);
	return NULL;
}
