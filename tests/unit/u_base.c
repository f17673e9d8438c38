/* SPDX-License-Identifier: EUPL-1.2 */
/* The base library: each check states one promise of a header of src/base. */
#include "unit.h"

#include "base/arena.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/io.h"
#include "base/jsonw.h"
#include "base/map.h"
#include "base/pos.h"
#include "base/span.h"
#include "base/str.h"
#include "base/utf8.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void check_arena(void)
{
	struct arena *a = arena_new();
	char *zero = arena_alloc(a, 100000);
	bool all_zero = true, aligned = true;
	uint32_t *numbers = NULL;
	size_t count = 0;

	for (size_t i = 0; i < 100000; i++)
		all_zero &= !zero[i];
	CHECK(all_zero, "arena: memory larger than a page is zeroed");
	memset(zero, 7, 100000);
	arena_reset(a);
	zero = arena_alloc(a, 100);
	CHECK(!zero[0] && !zero[99], "arena: memory is zeroed again after a reset");
	for (size_t i = 1; i < 40; i++)
		aligned &= (uintptr_t)arena_alloc(a, i) % _Alignof(max_align_t) == 0;
	CHECK(aligned, "arena: every request is aligned for any type");
	for (uint32_t i = 0; i < 1000; i++)
		*ARENA_PUSH(a, numbers, count) = i;
	CHECK(count == 1000 && numbers[0] == 0 && numbers[999] == 999, "arena: a pushed array keeps its items while it grows");
	CHECK_TEXT(arena_printf(a, "%d-%s", 7, "x"), "7-x", "arena: printf");
	CHECK(arena_str(a, NULL) == NULL, "arena: the copy of NULL is NULL");
	arena_free(a);
	arena_free(NULL);
}

/* Beyond a page an array has one to itself, and takes a larger one in its stead; others may stand between. */
static void check_large_array(void)
{
	struct arena *a = arena_new(), *other = arena_new();
	uint64_t *numbers = NULL, *foreign = ARENA_ARRAY(other, uint64_t, 16384);
	size_t count = 0, foreign_count = 16384;
	bool whole = true;
	char *between = NULL;

	for (uint64_t i = 0; i < 100000; i++) {
		*ARENA_PUSH(a, numbers, count) = i;
		if (i == 40000)
			between = arena_str(a, "between");
	}
	for (uint64_t i = 0; i < 100000; i++)
		whole &= numbers[i] == i;
	CHECK(whole && !strcmp(between, "between"), "arena: a large array keeps its items, and its neighbours theirs");
	count = 65536;      /* as a stack that was higher */
	CHECK(!*ARENA_PUSH(a, numbers, count) && numbers[65535] == 65535, "arena: an item behind those taken off is zeroed");
	foreign[7] = 7;
	ARENA_PUSH(a, foreign, foreign_count);
	arena_free(other);
	CHECK(foreign[7] == 7, "arena: an array of another arena is copied when it grows");
	arena_free(a);
}

static void check_span(void)
{
	CHECK(span_eq_nocase(SPAN("AbC"), SPAN("aBc")) && !span_eq_nocase(SPAN("ab"), SPAN("abc")), "span: ASCII without case");
	CHECK(span_starts(SPAN("abc"), "ab") && !span_starts(SPAN("a"), "ab"), "span: starts");
	CHECK(span_ends(SPAN("abc"), "bc") && !span_ends(SPAN("c"), "bc"), "span: ends");
	CHECK(span_find(SPAN("a\0b"), SPAN("b")) != NULL && !span_find(SPAN("a"), SPAN("ab")), "span: find goes past a NUL");
	CHECK(span_trim(SPAN(" \t\r\n")).n == 0 && span_is(span_trim(SPAN(" a b\n")), "a b"), "span: trim");
	CHECK(span_eq((struct span){NULL, 0}, SPAN("")), "span: two empty spans are equal, whatever they point to");
}

static void check_str(void)
{
	struct str s = STR_INIT(5);

	str_text(&s, "abc");
	str_text(&s, "def");
	CHECK(str_failed(&s) && s.n == 3, "str: what passes the cap is refused whole");
	str_char(&s, 'x');
	CHECK(s.n == 3, "str: the failure sticks");
	str_clear(&s);
	str_printf(&s, "%05d", 42);
	CHECK(!str_failed(&s) && !strcmp(s.p, "00042"), "str: exactly the cap fits, and clear forgets the failure");
	str_free(&s);
	CHECK_TEXT(str_get(&s).p, "", "str: the text of an empty buffer is not NULL");
}

static void check_map(void)
{
	struct arena *a = arena_new();
	struct map m = MAP_INIT(a);
	char key[16];
	bool order = true, found = true;
	const char *first;

	CHECK(!map_get(&m, SPAN("x")), "map: nothing is found in an empty map");
	for (size_t i = 0; i < 3000; i++) {
		snprintf(key, sizeof key, "k%zu", i * 7919 % 3000);
		map_put(&m, span_of(key), (void *)(i + 1));
	}
	for (size_t i = 0; i < 3000; i++) {
		snprintf(key, sizeof key, "k%zu", i * 7919 % 3000);
		order &= !strcmp(m.entries[i].key.p, key);
		found &= map_get(&m, span_of(key)) == (void *)(i + 1);
	}
	CHECK(order, "map: iteration follows insertion");
	CHECK(found && m.count == 3000, "map: every key finds its value");
	map_put(&m, SPAN("k0"), NULL);
	CHECK(m.count == 3000 && !map_get(&m, SPAN("k0")), "map: a second put replaces");
	first = map_intern(&m, SPAN("a\0b"));
	CHECK(first == map_intern(&m, SPAN("a\0b")) && first != map_intern(&m, SPAN("a\0c")), "map: equal texts are interned once, NUL included");
	arena_free(a);
}

static void check_utf8(void)
{
	static const struct {
		const char *bytes, *why;
	} bad[] = {
		{"\xc0\x80", "overlong NUL"}, {"\xe0\x80\xaf", "overlong slash"}, {"\xed\xa0\x80", "surrogate"},
		{"\xf4\x90\x80\x80", "beyond U+10FFFF"}, {"\xff", "0xFF"}, {"\x80", "lone continuation"}, {"\xe2\x82", "cut short"},
	};
	struct str out = STR_INIT(1000);
	unsigned code = 0;
	char bytes[4];

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!utf8_decode(span_of(bad[i].bytes), &code), bad[i].why);
	CHECK(utf8_decode(SPAN("\xf0\x9f\x98\x80"), &code) == 4 && code == 0x1f600, "utf8: four bytes");
	CHECK(utf8_encode(0xd800, bytes) == 3 && !memcmp(bytes, "\xef\xbf\xbd", 3), "utf8: a surrogate is written as U+FFFD");
	CHECK(utf8_valid_until(SPAN("a\xc3\xa9\xff")) == 3, "utf8: the first wrong byte is found");
	CHECK(utf8_count(SPAN("a\xc3\xa9\xff")) == 3, "utf8: a wrong byte counts one");
	CHECK(utf8_width(SPAN("e\xcc\x81\xe6\xbc\xa2")) == 3, "utf8: a mark takes no column, an ideograph two");
	utf8_safe(&out, SPAN("a\x1b[31m\xe2\x80\xae\xc2\x9b\xff\t."));
	CHECK_TEXT(out.p, "a\\x1b[31m\\u202e\\x9b\\xff .", "utf8: nothing commands the terminal");
	str_free(&out);
}

static void check_date(void)
{
	char text[16];
	bool from_clock;

	CHECK(date_parse(SPAN("1970-01-01")) == 0 && date_parse(SPAN("1969-12-31")) == -1, "date: days count from 1970");
	CHECK_TEXT(date_format(date_parse(SPAN("2000-02-29")), text), "2000-02-29", "date: 2000 is a leap year");
	CHECK(date_parse(SPAN("1900-02-29")) == DATE_NONE, "date: 1900 is none");
	CHECK(date_parse(SPAN("2026-13-01")) == DATE_NONE && date_parse(SPAN("2026-1-01")) == DATE_NONE, "date: a wrong month is refused");
	CHECK(date_parse(SPAN("2026-11-23T10:00:00Z")) == date_parse(SPAN(" 2026-11-23 ")), "date: the date part of a time");
	CHECK(date_parse(SPAN("2026-11-23x")) == DATE_NONE, "date: other text behind the date is refused");
	CHECK_TEXT(date_format(date_add_months(date_parse(SPAN("2026-01-31")), 1), text), "2026-02-28", "date: a month later is clamped");
	CHECK_TEXT(date_format(date_add_months(date_parse(SPAN("2026-01-31")), -2), text), "2025-11-30", "date: months go back over a year");
	CHECK(date_from_unix(-1) == -1 && date_from_unix(86399) == 0, "date: seconds before 1970 belong to the day before");
	setenv("SOURCE_DATE_EPOCH", "86400", 1);
	CHECK(clock_today(&from_clock) == 1 && !from_clock, "date: SOURCE_DATE_EPOCH replaces the clock");
	setenv("SOURCE_DATE_EPOCH", "8x", 1);
	CHECK(clock_today(&from_clock) > 20000 && from_clock, "date: a wrong SOURCE_DATE_EPOCH is not believed");
	unsetenv("SOURCE_DATE_EPOCH");
}

static void check_pos(void)
{
	struct arena *a = arena_new();
	struct lines l = lines_of(a, SPAN("a\xc3\xa9x\r\nb\rc\n"));
	struct pos p = lines_pos(&l, 3);

	CHECK(p.line == 1 && p.column == 3, "pos: columns count code points");
	p = lines_pos(&l, 6);
	CHECK(p.line == 2 && p.column == 1, "pos: CR LF ends one line");
	p = lines_pos(&l, 8);
	CHECK(p.line == 3 && p.column == 1, "pos: a lone CR ends a line");
	p = lines_pos(&l, 10);
	CHECK(p.line == 4 && p.column == 1, "pos: the end of the text is behind the last line's end");
	CHECK(span_is(lines_line(&l, 1), "a\xc3\xa9x") && !lines_line(&l, 9).n, "pos: a line comes without its end");
	l = lines_of(a, SPAN(""));
	p = lines_pos(&l, 5);
	CHECK(p.line == 1 && p.column == 1, "pos: an offset behind the end is the end");
	arena_free(a);
}

/* One long line, with code points of all lengths and wrong bytes: each column against a count from the start. */
static void check_long_line(void)
{
	static const char *const pieces[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xff", "\xe2\x82", "bcdefghijklm"};
	struct arena *a = arena_new();
	struct str text = STR_INIT(100000);
	struct lines l;
	bool same = true;

	str_text(&text, "first\n");
	for (unsigned i = 0; text.n < 20000; i++)
		str_text(&text, pieces[i * i * 7 / 3 % 7]);
	l = lines_of(a, str_get(&text));
	for (size_t at = 6; at <= text.n; at++)
		same &= lines_pos(&l, at).column == utf8_count((struct span){text.p + 6, at - 6}) + 1;
	CHECK(same && l.mark_count > 4, "pos: columns in a long line are those counted from its start");
	str_free(&text);
	arena_free(a);
}

static void check_json_order(void)
{
	struct str out = STR_INIT(1000);
	struct jsonw w;

	/* the sorting example of RFC 8785, section 3.2.3 */
	static const char *const keys[] = {"\r", "1", "\xc2\x80", "\xc3\xb6", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xef\xac\xb3"};

	jsonw_init(&w, &out);
	jsonw_object(&w);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		jsonw_member_int(&w, keys[i], (int64_t)i);
	jsonw_object_end(&w);
	CHECK(!jsonw_end(&w), "jsonw: the keys of RFC 8785 3.2.3 are in order");
	CHECK_TEXT(out.p, "{\"\\r\":0,\"1\":1,\"\xc2\x80\":2,\"\xc3\xb6\":3,\"\xe2\x82\xac\":4,\"\xf0\x9f\x98\x80\":5,\"\xef\xac\xb3\":6}",
		   "jsonw: and written without blanks");
	str_clear(&out);
	jsonw_init(&w, &out);
	jsonw_object(&w);
	jsonw_member_int(&w, "b", 1);
	jsonw_member_int(&w, "a", 1);
	jsonw_object_end(&w);
	CHECK(jsonw_end(&w) == -1, "jsonw: a key out of order is a failure");
	str_clear(&out);
	jsonw_init(&w, &out);
	jsonw_object(&w);
	jsonw_member_int(&w, "a", 1);
	jsonw_member_int(&w, "a", 1);
	jsonw_object_end(&w);
	CHECK(jsonw_end(&w) == -1, "jsonw: a key twice is a failure");
	str_free(&out);
}

static void check_json_values(void)
{
	struct str out = STR_INIT(1000);
	struct jsonw w;

	json_quote(&out, SPAN("\xe2\x82\xac$\x0f\nA'B\"\\\\\"/\x7f\xff\0"));
	CHECK_TEXT(out.p, "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\x7f\xef\xbf\xbd\\u0000\"", "jsonw: escapes of RFC 8785 3.2.2.2, wrong bytes as U+FFFD");
	str_clear(&out);
	jsonw_init(&w, &out);
	jsonw_array(&w);
	jsonw_int(&w, INT64_C(-9007199254740991));
	jsonw_bool(&w, false);
	jsonw_text(&w, NULL);
	jsonw_object(&w);
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	CHECK(!jsonw_end(&w), "jsonw: an array of all kinds");
	CHECK_TEXT(out.p, "[-9007199254740991,false,null,{}]", "jsonw: its text");
	str_clear(&out);
	jsonw_init(&w, &out);
	jsonw_int(&w, INT64_C(9007199254740992));
	CHECK(jsonw_end(&w) == -1, "jsonw: an integer that a double cannot hold is a failure");
	str_clear(&out);
	jsonw_init(&w, &out);
	jsonw_array(&w);
	CHECK(jsonw_end(&w) == -1, "jsonw: an open array is a failure");
	str_clear(&out);
	jsonw_init(&w, &out);
	for (int i = 0; i <= JSONW_DEPTH; i++)
		jsonw_array(&w);
	CHECK(jsonw_end(&w) == -1, "jsonw: too deep is a failure, not an overrun");
	str_free(&out);
}

static void check_err(void)
{
	struct err e = {0};

	CHECK(err_set(&e, EXIT_USAGE, "first %d", 1) == -1 && err_set(&e, EXIT_BROKEN, "second") == -1, "err: always -1");
	CHECK(e.code == EXIT_USAGE && !strcmp(e.text, "first 1"), "err: the first one stays");
	CHECK(err_set(NULL, EXIT_USAGE, "x") == -1, "err: nobody need listen");
	CHECK(exit_worst(EXIT_FINDINGS, EXIT_INCOMPLETE) == EXIT_INCOMPLETE && exit_worst(EXIT_USAGE, EXIT_INCOMPLETE) == EXIT_USAGE &&
	      exit_worst(EXIT_UNVERIFIED, EXIT_USAGE) == EXIT_UNVERIFIED && exit_worst(EXIT_BROKEN, EXIT_UNVERIFIED) == EXIT_BROKEN,
	      "err: the order of exit codes is 5, 4, 2, 3, 1");
}

static void check_digest(void)
{
	char hexed[SHA256_HEX], other[SHA256_HEX];
	unsigned char raw[SHA256_BYTES];
	struct digest *d;

	CHECK_TEXT(sha256_hex(SPAN("abc"), hexed), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "digest: SHA-256 of abc");
	hmac_sha256(SPAN("Jefe"), SPAN("what do ya want for nothing?"), raw);
	CHECK_TEXT(hex(raw, sizeof raw, hexed), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "digest: RFC 4231 case 2");
	d = digest_new();
	digest_piece(d, SPAN("a"));
	digest_piece(d, SPAN("bc"));
	digest_end(d, hexed);
	d = digest_new();
	digest_piece(d, SPAN("ab"));
	digest_piece(d, SPAN("c"));
	digest_end(d, other);
	CHECK(strcmp(hexed, other), "digest: pieces cut elsewhere give another digest");
}

static void check_io_read(struct arena *a, const char *folder)
{
	char *fifo = arena_printf(a, "%s/fifo", folder), *file = arena_printf(a, "%s/file", folder);
	struct span got = {0};
	struct err e = {0};

	CHECK(!mkfifo(fifo, 0600) && io_read(a, fifo, 100, &got, &e) == -1, "io: a FIFO is refused and does not block");
	CHECK(e.code == EXIT_INCOMPLETE && strstr(e.text, "not a regular file"), "io: and the message says so");
	e = (struct err){0};
	CHECK(!io_write(file, SPAN("12345"), 0600, &e) && !io_read(a, file, 5, &got, &e) && span_is(got, "12345") && !got.p[5],
	      "io: what was written is read, with a NUL behind");
	CHECK(io_read(a, file, 4, &got, &e) == -1 && strstr(e.text, "limit of 4 bytes"), "io: the limit is named");
	e = (struct err){0};
	CHECK(io_read(a, folder, 100, &got, &e) == -1, "io: a folder is no file");
}

static void check_io_write(struct arena *a, const char *folder)
{
	char *file = arena_printf(a, "%s/a/b/file", folder), *temporary = arena_printf(a, "%s.tmp.%ld", file, (long)getpid());
	char *deep = arena_printf(a, "%s/a/b", folder);
	struct span got = {0};
	struct err e = {0};
	struct stat st;

	CHECK(!io_make_folders(deep, &e) && !io_make_folders(deep, &e), "io: folders are made, and may be there");
	CHECK(!io_write(file, SPAN("old"), 0640, &e) && !stat(file, &st) && (st.st_mode & 0777) == 0640, "io: a new file has its mode");
	/* a folder in the place of the temporary file makes the write fail before the rename */
	CHECK(!mkdir(temporary, 0700) && io_write(file, SPAN("new"), 0640, &e) == -1 && e.code == EXIT_BROKEN, "io: a failed write is an error");
	rmdir(temporary);
	e = (struct err){0};
	CHECK(!io_read(a, file, 100, &got, &e) && span_is(got, "old"), "io: and the old file is as it was");
	e = (struct err){0};
	CHECK(!io_write(temporary, SPAN("half"), 0640, &e) && !io_write(file, SPAN("new"), 0640, &e) && access(temporary, F_OK),
	      "io: what a killed run left behind does not block the next");
	CHECK(io_write(deep, SPAN("x"), 0600, &e) == -1 && strstr(e.text, "a/b"), "io: a folder is not overwritten");
	temporary = arena_printf(a, "%s.tmp.%ld", deep, (long)getpid());
	CHECK(access(temporary, F_OK), "io: the temporary file of a failed rename is gone");
	e = (struct err){0};
	CHECK(io_write(arena_printf(a, "%s/none/file", folder), SPAN("x"), 0600, &e) == -1 && strstr(e.text, "No such file"), "io: the cause is told");
}

/* As root a rename would replace a device for the whole machine: tried on a pipe in the scratch folder. */
static void check_io_pipe(struct arena *a, const char *folder)
{
	char *fifo = arena_printf(a, "%s/pipe", folder), got[8] = {0};
	struct err e = {0};
	struct stat st;
	int fd;

	if (mkfifo(fifo, 0600) || (fd = open(fifo, O_RDWR | O_NONBLOCK)) < 0) {
		unit_skip("io: a pipe is written to and stays a pipe", "no FIFO here");
		return;
	}
	CHECK(!io_write(fifo, SPAN("text"), 0600, &e) && read(fd, got, sizeof got) == 4 && !strcmp(got, "text"), "io: a pipe is written to");
	CHECK(!lstat(fifo, &st) && S_ISFIFO(st.st_mode), "io: and stays a pipe");
	close(fd);
}

static void check_io_full_disk(void)
{
	struct err e = {0};
	FILE *full = fopen("/dev/full", "w");

	if (!full) {
		unit_skip("io: a full disk is an error", "no /dev/full");
		return;
	}
	CHECK(io_put(fileno(full), SPAN("x"), &e) == -1 && e.code == EXIT_BROKEN, "io: a full disk is an error");
	fclose(full);
}

void u_base(void)
{
	struct arena *a = arena_new();

	check_arena();
	check_large_array();
	check_span();
	check_str();
	check_map();
	check_utf8();
	check_date();
	check_pos();
	check_long_line();
	check_json_order();
	check_json_values();
	check_err();
	check_digest();
	check_io_read(a, unit_tmp());
	check_io_write(a, unit_tmp());
	check_io_pipe(a, unit_tmp());
	check_io_full_disk();
	arena_free(a);
}
