/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ZIP (APPNOTE 6.3.9) as EN 319 162-1 annex A wants it. The writer makes stored entries only: no version of deflate can then change a
 * byte, and `mimetype` stands at offset 38 where file(1) looks for it. The reader trusts neither of a ZIP's two lists of entries: it
 * demands that they agree and that together they cover the file without gap or overlap, since validators differ in which they believe.
 * Deliberately without ZIP64, encryption, multiple disks, links and archive comments.
 */
#include "seal/zip.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <time.h>

enum { LOCAL_BYTES = 30, CENTRAL_BYTES = 46, END_BYTES = 22, DESCRIPTOR_BYTES = 12 };
enum { FLAG_DESCRIPTOR = 0x0008, FLAG_UTF8 = 0x0800, FLAGS_DEFLATE_LEVEL = 0x0006 };
enum { STORED = 0, DEFLATED = 8 };
enum { EXTRA_ZIP64 = 0x0001, EXTRA_UNICODE_PATH = 0x7075 };

/* ------------------------------------------------------------------ writing */

uint32_t zip_stamp(int64_t unix_seconds)
{
	const int64_t first = 315532800, last = 4354819198;      /* 1980-01-01, 2107-12-31 23:59:58 */
	time_t t = (time_t)(unix_seconds < first ? first : unix_seconds > last ? last : unix_seconds);
	struct tm tm;

	gmtime_r(&t, &tm);
	return (uint32_t)(tm.tm_year - 80) << 25 | (uint32_t)(tm.tm_mon + 1) << 21 | (uint32_t)tm.tm_mday << 16 |
	       (uint32_t)tm.tm_hour << 11 | (uint32_t)tm.tm_min << 5 | (uint32_t)tm.tm_sec / 2;
}

static void put16(struct str *out, uint32_t n)
{
	str_char(out, (char)(n & 255));
	str_char(out, (char)(n >> 8 & 255));
}

static void put32(struct str *out, uint32_t n)
{
	put16(out, n & 0xffff);
	put16(out, n >> 16);
}

/* What a local and a central header have in common, from "version needed" to "extra length". */
static void put_common(struct str *out, const struct zip_item *item, uint32_t crc, uint32_t flags, uint32_t stamp)
{
	put16(out, 10);
	put16(out, flags);
	put16(out, STORED);
	put32(out, stamp);
	put32(out, crc);
	put32(out, (uint32_t)item->data.n);
	put32(out, (uint32_t)item->data.n);
	put16(out, (uint32_t)item->name.n);
	put16(out, 0);
}

/* The first entry says that its name is ASCII, as annex A.1 has it; the others that theirs is UTF-8. */
static uint32_t flags_of(size_t i)
{
	return i ? FLAG_UTF8 : 0;
}

static void put_central(struct str *out, const struct zip_item *item, uint32_t crc, uint32_t flags, uint32_t stamp, uint32_t offset)
{
	str_put(out, "PK\1\2", 4);
	put16(out, 0x0314);      /* made by: Unix, 2.0 */
	put_common(out, item, crc, flags, stamp);
	put16(out, 0);           /* comment */
	put16(out, 0);           /* disk */
	put16(out, 0);           /* internal attributes */
	put32(out, 0100644u << 16);
	put32(out, offset);
	str_span(out, item->name);
}

void zip_write(struct str *out, const struct zip *z)
{
	uint32_t offset = 0, size = 0, *crcs = malloc((z->count + 1) * sizeof *crcs);

	if (!crcs)
		arena_exhausted();
	for (size_t i = 0; i < z->count; i++) {
		crcs[i] = crc32_of(z->items[i].data);
		str_put(out, "PK\3\4", 4);
		put_common(out, &z->items[i], crcs[i], flags_of(i), z->stamp);
		str_span(out, z->items[i].name);
		str_span(out, z->items[i].data);
	}
	for (size_t i = 0; i < z->count; i++) {
		const struct zip_item *item = &z->items[i];

		put_central(out, item, crcs[i], flags_of(i), z->stamp, offset);
		offset += (uint32_t)(LOCAL_BYTES + item->name.n + item->data.n);
		size += (uint32_t)(CENTRAL_BYTES + item->name.n);
	}
	str_put(out, "PK\5\6\0\0\0\0", 8);
	put16(out, (uint32_t)z->count);
	put16(out, (uint32_t)z->count);
	put32(out, size);
	put32(out, offset);
	put16(out, 0);
	free(crcs);
}

/* ------------------------------------------------------------------ reading */

struct header {
	uint32_t flags, method, stamp, crc, packed, size, offset;
	struct span name, extra;
};

static uint32_t get16(const char *p)
{
	return (uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8;
}

static uint32_t get32(const char *p)
{
	return get16(p) | get16(p + 2) << 16;
}

static int refuse(struct err *e, const char *what)
{
	return err_set(e, EXIT_UNVERIFIED, "not a sound ZIP container: %s", what);
}

static int refuse_entry(struct err *e, struct span name, const char *what)
{
	struct str safe = STR_INIT(1024);

	utf8_safe(&safe, name);
	err_set(e, EXIT_UNVERIFIED, "not a sound ZIP container: entry '%.200s' %s", safe.p ? safe.p : "", what);
	str_free(&safe);
	return -1;
}

/* p points at "version needed"; the fields are the same in both headers. */
static void get_common(const char *p, struct header *h)
{
	h->flags = get16(p + 2);
	h->method = get16(p + 4);
	h->stamp = get32(p + 6);
	h->crc = get32(p + 10);
	h->packed = get32(p + 14);
	h->size = get32(p + 18);
}

/* The end record: exactly one place in the file can be it. */
static int find_end(struct span bytes, size_t *ret, struct err *e)
{
	size_t lowest = bytes.n > END_BYTES + 65535 ? bytes.n - END_BYTES - 65535 : 0, found = 0, at = 0;

	if (bytes.n < END_BYTES)
		return refuse(e, "too short");
	for (size_t i = bytes.n - END_BYTES + 1; i-- > lowest;)
		if (!memcmp(bytes.p + i, "PK\5\6", 4) && i + END_BYTES + get16(bytes.p + i + 20) == bytes.n) {
			at = i;
			found++;
		}
	if (!found)
		return refuse(e, "no end record at its end: it is cut, or something is appended");
	if (found > 1)
		return refuse(e, "two possible end records");
	if (get16(bytes.p + at + 20) &&
	    !span_starts(span_cut(bytes, at + END_BYTES, bytes.n), "mimetype="))
		return refuse(e, "an archive comment");
	*ret = at;
	return 0;
}

static bool part_is_dots(struct span name, size_t from, size_t to)
{
	return (to - from == 1 && name.p[from] == '.') || (to - from == 2 && name.p[from] == '.' && name.p[from + 1] == '.');
}

/* A name that unpacks to one place below the folder on every system. */
static bool name_is_safe(struct span name)
{
	size_t from = 0;

	if (!name.n || name.n > 255 || utf8_valid_until(name) != name.n)
		return false;
	for (size_t i = 0; i <= name.n; i++) {
		if (i < name.n && ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f || strchr("\\:*?\"<>|", name.p[i])))
			return false;
		if (i < name.n && name.p[i] != '/')
			continue;
		if ((i == from && i < name.n) || part_is_dots(name, from, i))
			return false;
		from = i + 1;
	}
	return true;
}

/* Well-formed, and nothing in it that gives the entry a second name or size. */
static bool extra_is_harmless(struct span extra)
{
	size_t i = 0;

	while (extra.n - i >= 4) {
		uint32_t id = get16(extra.p + i), size = get16(extra.p + i + 2);

		if (id == EXTRA_ZIP64 || id == EXTRA_UNICODE_PATH || size > extra.n - i - 4)
			return false;
		i += 4 + size;
	}
	return i == extra.n;
}

static int check_central(const char *p, const struct header *h, struct err *e)
{
	uint32_t type = get32(p + 38) >> 16 & 0170000;

	if (h->flags & ~(uint32_t)(FLAG_DESCRIPTOR | FLAG_UTF8 | FLAGS_DEFLATE_LEVEL))
		return refuse_entry(e, h->name, "is encrypted or has unknown flags");
	if (h->method != STORED && h->method != DEFLATED)
		return refuse_entry(e, h->name, "has an unknown compression method");
	if (h->method == STORED && h->packed != h->size)
		return refuse_entry(e, h->name, "is stored with two sizes");
	if (!name_is_safe(h->name))
		return refuse_entry(e, h->name, "has an unsafe name");
	if (get16(p + 32) || get16(p + 34))
		return refuse_entry(e, h->name, "has a comment or a disk number");
	if ((unsigned char)p[5] == 3 && type && type != 0100000 && type != 0040000)
		return refuse_entry(e, h->name, "is a link or a device");
	if (!extra_is_harmless(h->extra))
		return refuse_entry(e, h->name, "has an unsafe extra field");
	return 0;
}

static int read_central(struct span bytes, size_t *at, size_t end, struct header *h, struct err *e)
{
	const char *p = bytes.p + *at;
	size_t name, extra;

	if (end - *at < CENTRAL_BYTES || memcmp(p, "PK\1\2", 4))
		return refuse(e, "its central directory is broken");
	name = get16(p + 28);
	extra = get16(p + 30);
	if (end - *at - CENTRAL_BYTES < name + extra)
		return refuse(e, "its central directory is cut");
	get_common(p + 6, h);
	h->offset = get32(p + 42);
	h->name = (struct span){p + CENTRAL_BYTES, name};
	h->extra = (struct span){p + CENTRAL_BYTES + name, extra};
	if (check_central(p, h, e))
		return -1;
	*at += CENTRAL_BYTES + name + extra;
	return 0;
}

/* The descriptor behind the data of entries written in one pass: with or without its signature. Returns its length, 0 when wrong. */
static size_t descriptor_length(struct span bytes, size_t at, const struct header *h)
{
	size_t sign = bytes.n - at >= 16 && !memcmp(bytes.p + at, "PK\7\10", 4) ? 4 : 0;
	const char *p = bytes.p + at + sign;

	if (bytes.n - at < DESCRIPTOR_BYTES + sign || get32(p) != h->crc || get32(p + 4) != h->packed || get32(p + 8) != h->size)
		return 0;
	return DESCRIPTOR_BYTES + sign;
}

/* An entry written in one pass has its CRC and sizes behind its data: the local header may leave each of them zero. */
static bool agrees(uint32_t local, uint32_t central, bool described)
{
	return local == central || (described && !local);
}

/* Checks the local header against the central one; *ret_end: the first byte behind the entry. */
static int read_local(struct span bytes, const struct header *h, struct span *ret_packed, size_t *ret_end, struct err *e)
{
	const char *p = bytes.p + h->offset;
	bool described = h->flags & FLAG_DESCRIPTOR;
	struct header l;
	size_t data, more = 0;

	if (bytes.n - h->offset < LOCAL_BYTES || memcmp(p, "PK\3\4", 4))
		return refuse_entry(e, h->name, "has no local header");
	get_common(p + 4, &l);
	data = LOCAL_BYTES + get16(p + 26) + get16(p + 28);
	if (bytes.n - h->offset < data + h->packed)
		return refuse_entry(e, h->name, "is cut");
	l.name = (struct span){p + LOCAL_BYTES, get16(p + 26)};
	l.extra = (struct span){p + LOCAL_BYTES + l.name.n, get16(p + 28)};
	if (!span_eq(l.name, h->name))
		return refuse_entry(e, h->name, "has another name in its local header");
	if (l.flags != h->flags || l.method != h->method || l.stamp != h->stamp || !extra_is_harmless(l.extra))
		return refuse_entry(e, h->name, "differs from its local header");
	if (!agrees(l.crc, h->crc, described) || !agrees(l.packed, h->packed, described) || !agrees(l.size, h->size, described))
		return refuse_entry(e, h->name, "has other sizes or another CRC in its local header");
	if (described && !(more = descriptor_length(bytes, h->offset + data + h->packed, h)))
		return refuse_entry(e, h->name, "has a wrong data descriptor");
	*ret_packed = (struct span){p + data, h->packed};
	*ret_end = h->offset + data + h->packed + more;
	return 0;
}

static int unpack(struct arena *a, const struct header *h, struct span packed, struct span *ret, struct err *e)
{
	if (h->method == STORED) {
		*ret = packed;
	} else {
		char *out = arena_alloc(a, (size_t)h->size + 1);

		if (inflate_exact(packed, (unsigned char *)out, h->size))
			return refuse_entry(e, h->name, "does not decompress to its size");
		*ret = (struct span){out, h->size};
	}
	return crc32_of(*ret) == h->crc ? 0 : refuse_entry(e, h->name, "does not match its CRC");
}

static int by_offset(const void *a, const void *b)
{
	const struct header *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

static int check_names(const struct header *h, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (span_eq_nocase(h[i].name, h[k].name))
				return refuse_entry(e, h[i].name, span_eq(h[i].name, h[k].name) ? "is there twice"
												 : "differs from another by case alone");
	return 0;
}

static int read_directory(struct span bytes, size_t end, struct header *h, size_t *ret_count, size_t *ret_start, struct err *e)
{
	size_t count = get16(bytes.p + end + 10), at = get32(bytes.p + end + 16);
	uint64_t total = 0, inflated = 0;

	if (get32(bytes.p + end + 4) || get16(bytes.p + end + 8) != count)
		return refuse(e, "several disks");
	if (count > LIMIT_CONTAINER_ENTRIES)
		return err_set(e, EXIT_UNVERIFIED, "not a sound ZIP container: %zu entries, the limit is %d", count, LIMIT_CONTAINER_ENTRIES);
	*ret_start = at;
	if (at > end || get32(bytes.p + end + 12) != end - at)
		return refuse(e, "its central directory is not where its end record says");
	for (size_t i = 0; i < count; i++) {
		if (read_central(bytes, &at, end, &h[i], e))
			return -1;
		/* analyser: read_central fills it or fails */
		total += h[i].size;
		inflated += h[i].method == DEFLATED ? h[i].size : 0;
	}
	if (at != end)
		return refuse(e, "bytes behind its central directory");
	if (total > LIMIT_CONTAINER_BYTES)
		return refuse(e, "larger than 2 GiB unpacked");
	if (inflated > LIMIT_CONTAINER_INFLATED)
		return refuse(e, "its compressed entries are larger than 256 MiB unpacked");
	*ret_count = count;
	return check_names(h, count, e);
}

int zip_read(struct arena *a, struct span bytes, struct zip *ret, struct err *e)
{
	struct header h[LIMIT_CONTAINER_ENTRIES];
	struct zip z = {0};
	size_t end = 0, start = 0, at = 0;

	if (bytes.n > LIMIT_CONTAINER_BYTES)
		return refuse(e, "larger than 2 GiB");
	if (find_end(bytes, &end, e) || read_directory(bytes, end, h, &z.count, &start, e))
		return -1;
	qsort(h, z.count, sizeof *h, by_offset);
	z.items = ARENA_ARRAY(a, struct zip_item, z.count + 1);
	for (size_t i = 0; i < z.count; i++) {
		struct span packed = {0};

		if (h[i].offset != at)
			return refuse_entry(e, h[i].name, "does not begin where the one before it ends");
		if (read_local((struct span){bytes.p, start}, &h[i], &packed, &at, e) ||
		    unpack(a, &h[i], packed, &z.items[i].data, e))
			return -1;
		z.items[i].name = h[i].name;
	}
	if (at != start)
		return refuse(e, "bytes between its entries and its central directory");
	z.stamp = z.count ? h[0].stamp : 0;
	*ret = z;
	return 0;
}

const struct zip_item *zip_find(const struct zip *z, struct span name)
{
	for (size_t i = 0; i < z->count; i++)
		if (span_eq(z->items[i].name, name))
			return &z->items[i];
	return NULL;
}
