/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The only file that knows zlib: CRC-32, and inflate (RFC 1951) for containers that others wrote; ours are stored. The size of the output
 * is known beforehand from the central directory, so nothing grows: a stream that gives one byte more or less, or that
 * leaves bytes behind its end, is refused.
 */
#include "seal/zip.h"

#include <zlib.h>

int inflate_exact(struct span in, unsigned char *out, size_t size)
{
	unsigned char nothing[1];
	z_stream z = {
		.next_in = (unsigned char *)(uintptr_t)in.p, .avail_in = (uInt)in.n,
		.next_out = size ? out : nothing, .avail_out = (uInt)size,
	};
	int code;

	if (in.n > UINT32_MAX || size > UINT32_MAX || inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return -1;
	code = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	return code == Z_STREAM_END && z.total_out == size && !z.avail_in ? 0 : -1;
}

uint32_t crc32_of(struct span bytes)
{
	return (uint32_t)crc32_z(0, (const unsigned char *)bytes.p, bytes.n);
}
