/* SPDX-License-Identifier: EUPL-1.2 */
/* Globs, keys, paths, offsets, decoders: the parts of src/read/ that golden files reach only sideways. */
#include "unit.h"

#include "base/limits.h"
#include "read/archive.h"
#include "read/read_p.h"

#include <stdlib.h>
#include <string.h>

static void check_globs(void)
{
	static const struct {
		const char *glob, *name;
		bool match;
	} rows[] = {
		{"a", "a", true}, {"a", "b", false}, {"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true}, {"*", "a/b", false},
		{"*.tf", "main.tf", true}, {"*.tf", "x/main.tf", false}, {"**/*.tf", "x/y/main.tf", true}, {"**/*.tf", "main.tf", true},
		{"**", "a/b/c", true}, {"a/**", "a/b/c", true}, {"a/**", "b/a/c", false}, {"a/**/z", "a/z", true}, {"a/**/z", "a/b/c/z", true},
		{"a/**/z", "a/bz", false}, {"**/z", "az", false}, {"**/z", "a/b/z", true}, {"**z", "a/bz", true}, {"?", "a", true}, {"?", "/", false},
		{"?", "", false}, {"a?c", "abc", true}, {"[a-c]x", "bx", true}, {"[a-c]x", "dx", false}, {"[!a-c]x", "dx", true}, {"[]]", "]", true},
		{"[/]", "/", false}, {"[a", "a", false}, {"\\*", "*", true}, {"\\*", "a", false}, {"{a,b}", "b", true}, {"{a,b}", "c", false},
		{"x.{yaml,yml}", "x.yml", true}, {"{a,b{c,d}}e", "bde", true}, {"{a,}b", "b", true}, {"{a", "{a", true}, {"a}", "a}", true},
		{"*a*b", "xaxxb", true}, {"*a*b", "xaxxc", false}, {"**/a*/b", "x/ay/b", true}, {"**/a*/b", "x/ay/c/b", false},
		{"**/exports/**", "f/exports/a/b", true}, {"infra/**/*.{tf,json}", "infra/p/q.json", true},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK(glob_match(rows[i].glob, rows[i].name) == rows[i].match, rows[i].glob);
}

/* Patterns that make a backtracking matcher run for ever. */
static void check_glob_bounds(void)
{
	char name[2001], glob[400] = "";

	memset(name, 'a', 2000);
	name[2000] = '\0';
	CHECK(!glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", name), "many stars end");
	CHECK(!glob_match("**a**a**a**a**a**a**a**a**a**a**b", name), "many double stars end");
	for (int i = 0; i < 40; i++)
		strcat(glob, "{a,aa}");
	CHECK(!glob_match(glob, name), "many braces end");
}

static void check_keys(void)
{
	CHECK(key_eq("sslMode", "ssl_mode"), "underscore and case");
	CHECK(key_eq("SSL-Mode", "sslmode"), "dash");
	CHECK(!key_eq("sslmode", "sslmod"), "a prefix is another key");
	CHECK(!key_eq("sslmod", "sslmode_"), "the other way round");
	CHECK(key_eq("_", ""), "only marks");
}

static void check_offsets(void)
{
	static const struct offset_segment inner[] = {{0, 0, 1}, {4, 4, 0}, {5, 6, 1}};
	static const struct offset_segment outer[] = {{0, 2, 2}};
	struct offset_map outward = {outer, 1, NULL}, m = {inner, 3, NULL}, two = {inner, 3, &outward};

	CHECK(offset_out(NULL, 7) == 7, "no map");
	CHECK(offset_out(&m, 3) == 3 && offset_out(&m, 4) == 4 && offset_out(&m, 5) == 6 && offset_out(&m, 9) == 10, "an escape of two bytes");
	CHECK(offset_out(&two, 5) == 14, "through two maps");
}

static void check_decoders(struct arena *a)
{
	static const struct {
		enum decoder_kind kind;
		const char *in, *out;
	} rows[] = {
		{DECODE_JSON_STRING, "a\\nb\\u00e9\\ud83d\\ude00\\/", "a\nbé😀/"},
		{DECODE_YAML_DOUBLE, "a\\x41\\_b\\\n   c\n\n  d", "aA\u00a0bc\nd"},
		{DECODE_YAML_SINGLE, "it''s\n  here", "it's here"},
		{DECODE_YAML_PLAIN, "one\n  two\n\n  three", "one two\nthree"},
		{DECODE_YAML_BLOCK, "|\n  a\n   b\n\n  c\n", "a\n b\n\nc\n"},
		{DECODE_YAML_BLOCK, ">-\n  a\n  b\n\n  c\n   d\n  e\n\n", "a b\nc\n d\ne"},
		{DECODE_YAML_BLOCK, "|+ # why\n  a\n\n", "a\n\n"},
		{DECODE_HCL_STRING, "a\\\"$${b}%%{c}\\u00e9", "a\"${b}%{c}é"},
		{DECODE_XML_TEXT, "a&lt;&#233;&#x41;<![CDATA[<&]]>\r\nb&no;", "a<éA<&\nb&no;"},
		{DECODE_DOUBLE_QUOTED, "a\\\"\\n\\z\\\n  b", "a\"\n\\zb"},
		{DECODE_PROPERTIES, "a\\=b\\u00e9\\\n   c", "a=béc"},
		{DECODE_CONTINUED, "a \\\n# note\n  b", "a   b"},
		{DECODE_TOML_BASIC, "\\u00e9\\t\\\"", "é\t\""},
		{DECODE_TOML_MULTILINE, "\na\\\n   b\nc", "ab\nc"},
		{DECODE_CSV_QUOTED, "a\"\"b", "a\"b"},
		{DECODE_BASE64, "aGVs bG8=", "hello"},
		{DECODE_LATIN1, "\xe9\x80", "é\xc2\x80"},
		{DECODE_CP1252, "\xe9\x80", "é€"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct offset_map map;
		struct span in = span_of(rows[i].in), got = decode_step(a, rows[i].kind, SPAN(""), in, &map);
		bool inside = true;

		CHECK_TEXT(got.p, rows[i].out, "decoded value");
		for (uint32_t at = 0; at <= got.n; at++)
			inside = inside && offset_out(&map, at) <= in.n && (!at || offset_out(&map, at) >= offset_out(&map, at - 1));
		CHECK(inside && offset_out(&map, (uint32_t)got.n) == in.n, "the map goes forward and ends where the bytes end");
	}
}

static void check_paths(struct arena *a)
{
	static const char text[] = "{\"a\": {\"b.c\": [1, {\"\": 2}], \"d-e_f\": 3, \"g\\\"h\": 4}, \"x\": 1, \"x\": 2}";
	static const char *const wanted[] = {
		".", "a", "a[\"b.c\"]", "a[\"b.c\"][0]", "a[\"b.c\"][1]", "a[\"b.c\"][1][\"\"]", "a.d-e_f", "a[\"g\\\"h\"]", "x[0]", "x[1]",
	};
	struct input_set set = {.arena = a, .interned = MAP_INIT(a)};
	const struct doc *d = input_add(&set, "t.json", SPAN(text), NULL);
	size_t i = 0;

	CHECK(d->status == DOC_READ && d->root_count == 1, "one root");
	for (const struct fact *f = d->roots[0]; f; f = fact_next(f, d->roots[0]), i++)
		if (CHECK(i < sizeof wanted / sizeof *wanted, "as many facts as expected"))
			CHECK_TEXT(fact_path(a, d, f), wanted[i], "path");
	CHECK(i == sizeof wanted / sizeof *wanted, "all facts are walked");
	CHECK_TEXT(fact_text(fact_child(d->roots[0], "A"), "DE_f"), "3", "child by folded key");
	CHECK(!fact_text(d->roots[0], "a") && !fact_text(d->roots[0], "nowhere"), "a block has no text");
}

static void check_set(struct arena *a)
{
	struct input_set set = {.arena = a, .interned = MAP_INIT(a)};

	input_add(&set, "b.json", SPAN("{}"), NULL);
	input_add(&set, "a.txt", SPAN("x"), NULL);
	input_add(&set, "c", SPAN("{\"a\": 1}"), format_named("text"));
	CHECK_TEXT(set.docs[0]->name, "a.txt", "byte order");
	CHECK(set.count == 3 && set.docs[1]->index == 1, "numbered");
	CHECK(set.docs[2]->format == format_named("text"), "a forced format is taken");
	CHECK(!format_named("nothing") && format_pick(SPAN("x.json"), SPAN("")) == format_named("json"), "formats by name");
	CHECK_TEXT(set.docs[1]->sha256, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "digest");
}

/* ------------------------------------------------------------------ archives */

/* A tar of one member "m" of 600 bytes, by hand. */
static void make_tar(char tar[3072])
{
	unsigned sum = 8 * ' ';

	memset(tar, 0, 3072);
	strcpy(tar, "m");
	strcpy(tar + 100, "0000644");
	strcpy(tar + 124, "00000001130");
	strcpy(tar + 136, "00000000000");
	tar[156] = '0';
	/* analyser: fields of a header, 512 bytes in all */
	memcpy(tar + 257, "ustar", 6);
	memcpy(tar + 263, "00", 2);
	for (size_t i = 0; i < 512; i++)
		sum += (unsigned char)tar[i];
	snprintf(tar + 148, 8, "%06o", sum);
	memset(tar + 512, 'x', 600);
}

static bool see_member(void *data, const struct archive_member *m)
{
	*(size_t *)data += m->bytes.n;
	return true;
}

/* What a delivered file has used up already counts: the limits hold for archives in archives together. */
static void check_archive_budget(void)
{
	static const struct {
		struct archive_budget before;
		size_t bytes;
		const char *failed, *what;
	} rows[] = {
		{{.delivered = 3072}, 600, NULL, "a member within the limits"},
		{{.delivered = MIB * 100, .unpacked = LIMIT_ARCHIVE_BYTES - 600}, 600, NULL, "up to the last byte of the limit"},
		{{.delivered = 3072, .entries = LIMIT_ARCHIVE_ENTRIES}, 0, "limit-archive-entries", "one entry too many"},
	};
	struct archive_budget large = {.delivered = MIB * 100, .unpacked = LIMIT_ARCHIVE_BYTES - 599};
	struct arena *a = arena_new();
	char tar[3072];
	size_t bytes = 0;

	make_tar(tar);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct archive_budget budget = rows[i].before;

		bytes = 0;
		CHECK_TEXT(archive_each(a, (struct span){tar, sizeof tar}, &budget, see_member, &bytes), rows[i].failed, rows[i].what);
		CHECK(bytes == rows[i].bytes, rows[i].what);
	}
	bytes = 0;
	CHECK(!archive_each(a, (struct span){tar, sizeof tar}, &large, see_member, &bytes), "the member that goes over the limit ends the archive");
	CHECK(!bytes, "and has no bytes");
	arena_free(a);
}

void u_read(void)
{
	struct arena *a = arena_new();

	check_globs();
	check_glob_bounds();
	check_keys();
	check_offsets();
	check_decoders(a);
	check_paths(a);
	check_set(a);
	arena_free(a);
	check_archive_budget();
}
