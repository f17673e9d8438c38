/* SPDX-License-Identifier: EUPL-1.2 */
/* The writing half of zlib (seal/inflate.c has the reading half). The level is fixed: the same bytes give the same bytes. */
#include "base/deflate.h"

#include "base/arena.h"

#include <zlib.h>

void deflate_put(struct str *out, struct span bytes)
{
	uLongf n = compressBound((uLong)bytes.n);
	struct arena *a = arena_new();
	unsigned char *packed = arena_alloc(a, n);

	if (compress2(packed, &n, (const unsigned char *)bytes.p, (uLong)bytes.n, 6) != Z_OK)
		arena_exhausted();
	str_put(out, (const char *)packed, n);
	arena_free(a);
}
