/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Archives in memory, through libarchive: zip, tar, 7z, and single files under gzip, bzip2, xz, zstd. Members are handed out one by
 * one; nothing is ever written to disk, names are only names. All limits are kept while bytes come out, never from what a header
 * promises. Only filters that libarchive has built in are switched on: others would start programs.
 */
#include "read/archive.h"

#include "base/limits.h"
#include "base/str.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <wchar.h>

#define PIECE_BYTES 65536

struct unpack {
	struct arena *arena;
	struct archive_budget *budget;
	struct archive *reader;
	struct str bytes;
	char piece[PIECE_BYTES];
};

/* ------------------------------------------------------------------ recognising */

struct magic {
	const char *bytes;
	size_t n, at;
};

#define MAGIC(text, at) {(text), sizeof(text) - 1, (at)}

static const struct magic compressed[] = {
	MAGIC("\x1f\x8b\x08", 0), MAGIC("1AY&SY", 4), MAGIC("\xfd" "7zXZ\0", 0), MAGIC("\x28\xb5\x2f\xfd", 0),
};
static const struct magic holders[] = {
	MAGIC("PK\3\4", 0), MAGIC("PK\5\6", 0), MAGIC("7z\xbc\xaf\x27\x1c", 0), MAGIC("ustar", 257),
};

static bool has_magic(struct span bytes, const struct magic *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes.n >= table[i].at + table[i].n && !memcmp(bytes.p + table[i].at, table[i].bytes, table[i].n))
			return true;
	return false;
}

static bool is_compressed(struct span bytes)
{
	return has_magic(bytes, compressed, sizeof compressed / sizeof *compressed);
}

/* The tar of 1979 has no magic word: the sum of its first header, which it holds in octal, tells it. */
static bool is_old_tar(struct span bytes)
{
	size_t sum = 0, told = 0, i;

	if (bytes.n < 512 || !bytes.p[0])
		return false;
	for (i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)bytes.p[i];
	for (i = 148; i < 156 && bytes.p[i] == ' '; i++)
		;
	for (; i < 156 && bytes.p[i] >= '0' && bytes.p[i] <= '7'; i++)
		told = told * 8 + (size_t)(bytes.p[i] - '0');
	return told == sum;
}

bool archive_is(struct span bytes)
{
	return is_compressed(bytes) || has_magic(bytes, holders, sizeof holders / sizeof *holders) || is_old_tar(bytes);
}

static size_t little_endian(const char *p, int bytes)
{
	size_t n = 0;

	while (bytes--)
		n = n << 8 | (unsigned char)p[bytes];
	return n;
}

/* The end of a zip (APPNOTE 4.3.16): behind everything but a comment. */
static const char *zip_end(struct span bytes)
{
	size_t tail = 65536 + 22;

	for (size_t at = 22; at <= bytes.n && at <= tail; at++)
		if (!memcmp(bytes.p + bytes.n - at, "PK\5\6", 4))
			return bytes.p + bytes.n - at;
	return NULL;
}

bool zip_is_cut(struct span bytes)
{
	return span_starts(bytes, "PK\3\4") && !zip_end(bytes);
}

bool zip_lists(struct span bytes, const char *name)
{
	const char *end = span_starts(bytes, "PK\3\4") ? zip_end(bytes) : NULL;
	size_t at, stop, n;

	if (!end)
		return false;
	stop = (size_t)(end - bytes.p);
	for (at = little_endian(end + 16, 4); at + 46 <= stop && !memcmp(bytes.p + at, "PK\1\2", 4); at += 46 + n) {
		n = little_endian(bytes.p + at + 28, 2);
		if (at + 46 + n <= stop && span_is((struct span){bytes.p + at + 46, n}, name))
			return true;
		n += little_endian(bytes.p + at + 30, 2) + little_endian(bytes.p + at + 32, 2);
	}
	return false;
}

/* ------------------------------------------------------------------ opening */

static struct archive *open_reader(struct span bytes)
{
	struct archive *reader = archive_read_new();

	if (!reader)
		arena_exhausted();
	archive_read_support_filter_gzip(reader);
	archive_read_support_filter_bzip2(reader);
	archive_read_support_filter_xz(reader);
	archive_read_support_filter_zstd(reader);
	archive_read_support_format_zip(reader);
	archive_read_support_format_7zip(reader);
	archive_read_support_format_tar(reader);
	if (is_compressed(bytes))
		archive_read_support_format_raw(reader);      /* takes anything: only for a single file under a compression */
	if (archive_read_open_memory(reader, bytes.p, bytes.n) < ARCHIVE_WARN) {
		archive_read_free(reader);
		return NULL;
	}
	return reader;
}

/* The library's words change between its versions; ours do not. A method it does not know is worth telling. */
static const char *failure_of(struct unpack *u)
{
	const char *text = archive_error_string(u->reader);

	if (archive_read_has_encrypted_entries(u->reader) > 0)
		return "password-protected";
	if (text && (strstr(text, "nsupported") || strstr(text, "not supported")))
		return "compressed by a method that is not read";
	return "damaged or cut off";
}

/* ------------------------------------------------------------------ limits */

static const char *spend(struct archive_budget *budget, size_t n)
{
	budget->unpacked += n;
	if (budget->unpacked > LIMIT_ARCHIVE_BYTES)
		return "limit-archive-bytes";
	if (budget->unpacked > LIMIT_ARCHIVE_FREE_BYTES && budget->unpacked / LIMIT_ARCHIVE_RATIO > budget->delivered)
		return "limit-archive-ratio";
	return NULL;
}

/* ------------------------------------------------------------------ members */

/* Names come out in UTF-8 where the archive says so; else as the bytes that stand there. */
static const char *name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	return name ? name : archive_entry_pathname(entry);
}

static void read_bytes(struct unpack *u, struct archive_member *m)
{
	uint64_t size = 0;

	str_clear(&u->bytes);
	for (;;) {
		la_ssize_t n = archive_read_data(u->reader, u->piece, sizeof u->piece);

		if (n < 0) {
			m->reason = failure_of(u);
			return;
		}
		if (!n)
			break;
		m->limit = spend(u->budget, (size_t)n);
		if (m->limit)
			return;
		size += (uint64_t)n;
		if (size <= LIMIT_FILE_BYTES)
			str_put(&u->bytes, u->piece, (size_t)n);
	}
	if (size > LIMIT_FILE_BYTES)
		m->reason = "larger than the limit of a file";
	else
		m->bytes = arena_span(u->arena, u->bytes.n ? str_get(&u->bytes) : SPAN(""));
}

/* One member; false when the archive has to be left. */
static bool see_member(struct unpack *u, struct archive_entry *entry, archive_see *see, void *data)
{
	struct archive_member m = {.name = name_of(entry), .bytes = SPAN(""), .raw = archive_format(u->reader) == ARCHIVE_FORMAT_RAW};

	if (archive_entry_filetype(entry) == AE_IFDIR)
		return true;
	if (archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		m.link = true;
	else if (archive_entry_filetype(entry) != AE_IFREG && !m.raw)
		m.reason = "a device or a FIFO";
	else if (archive_entry_is_encrypted(entry))
		m.reason = "password-protected";
	else
		read_bytes(u, &m);
	return see(data, &m) && !m.limit;
}

static const char *each(struct unpack *u, archive_see *see, void *data)
{
	struct archive_entry *entry;
	int code;

	while ((code = archive_read_next_header(u->reader, &entry)) == ARCHIVE_OK || code == ARCHIVE_WARN || code == ARCHIVE_RETRY) {
		if (code == ARCHIVE_RETRY)
			return failure_of(u);
		if (u->budget->entries++ >= LIMIT_ARCHIVE_ENTRIES)
			return "limit-archive-entries";
		if (!see_member(u, entry, see, data))
			return NULL;
	}
	return code == ARCHIVE_EOF ? NULL : failure_of(u);
}

static void release_locale(void *locale)
{
	freelocale(locale);
}

/* The C library keeps a locale's tables while somebody holds it: what follows opens no file for it. */
void archive_prepare(struct arena *a)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before;

	if (!utf8)
		return;
	before = uselocale(utf8);
	(void)btowc('a');      /* loads the tables of conversion */
	uselocale(before);
	arena_at_end(a, release_locale, utf8);
}

const char *archive_each(struct arena *a, struct span bytes, struct archive_budget *budget, archive_see *see, void *data)
{
	/* names in UTF-16 (7z) are converted by the thread's locale: always the same one, whatever the user's is */
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before = utf8 ? uselocale(utf8) : (locale_t)0;
	struct unpack *u = ARENA_NEW(a, struct unpack);
	const char *failed;

	u->arena = a;
	u->budget = budget;
	u->bytes = STR_INIT(LIMIT_FILE_BYTES + 1);
	u->reader = open_reader(bytes);
	failed = u->reader ? each(u, see, data) : "damaged or cut off";
	if (u->reader)
		archive_read_free(u->reader);
	str_free(&u->bytes);
	if (utf8) {
		uselocale(before);
		freelocale(utf8);
	}
	return failed;
}
