/* SPDX-License-Identifier: EUPL-1.2 */
/* The ZIP file of an evidence container: one way to write it, and a reader that refuses whatever two programs could read differently. */
#ifndef SEAL_ZIP_H
#define SEAL_ZIP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

#include <stdint.h>

struct zip_item {
	struct span name, data;
};

struct zip {
	struct zip_item *items;      /* in the order of their bytes */
	size_t count;
	uint32_t stamp;              /* DOS date << 16 | time of the first entry */
};

/* Stored entries without extra field, descriptor or comment: the same items and stamp give the same bytes. */
void zip_write(struct str *out, const struct zip *z);
uint32_t zip_stamp(int64_t unix_seconds);      /* DOS date and time in UTC, within 1980 to 2107 */

/*
 * Reads a whole archive, stored or deflated. Fails unless every byte belongs to exactly one entry, the central directory or its end
 * record, the two headers of each entry agree, no name is unsafe, doubled or different from another by case alone, and each entry has
 * the size and CRC that it says. No comment but an ASiC "mimetype=" one, no ZIP64, no encryption, no link.
 */
int zip_read(struct arena *a, struct span bytes, struct zip *ret, struct err *e);
const struct zip_item *zip_find(const struct zip *z, struct span name);

/* RFC 1951. The output must fill out exactly and the input be used up; -1 otherwise. */
int inflate_exact(struct span in, unsigned char *out, size_t size);
uint32_t crc32_of(struct span bytes);

#endif
