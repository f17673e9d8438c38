/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * JSON (RFC 8259), JSON Lines, and JSON with comments. One pass without recursion; a value without escapes is a piece of the
 * text. Several values, each on a line of its own, become several roots. What was read before a mistake is kept.
 * Comments and trailing commas belong to files known by name to have them (tsconfig.json, *.jsonc); elsewhere a comment is
 * read over and is an error, and a trailing comma is an error.
 */
#include "read/read_p.h"

#include "base/limits.h"

#include <stdint.h>

enum { IN_LIST, IN_OBJECT };

struct json {
	struct builder *b;            /* NULL: only look whether it is JSON */
	const struct text *t;
	const char *p;                /* the text, left as it is */
	char *values;                 /* a copy, where a NUL ends each value */
	uint32_t n, at;
	int depth, max_depth;         /* open containers; max_depth only without a builder */
	unsigned char in[LIMIT_DEPTH + 1];
	bool fresh;                   /* the innermost container has no member yet */
	bool relaxed, noted, failed;
	struct fact unused;           /* filled in when there is no builder */
};

static void fail(struct json *j, uint32_t at, const char *text)
{
	if (j->b && !j->failed)
		build_diag(j->b, j->t, DIAG_ERROR, at, at < j->n ? at + 1 : at, "syntax", "%s", text);
	j->failed = true;
}

/* ------------------------------------------------------------------ blanks and comments */

static void note_comment(struct json *j, uint32_t from)
{
	build_comment(j->b, j->t, from, j->at);
	if (j->noted)
		return;
	j->noted = true;
	build_diag(j->b, j->t, j->relaxed ? DIAG_NOTE : DIAG_ERROR, from, j->at, "comment",
		   j->relaxed ? "comments are not JSON, read over" : "comments are not JSON (RFC 8259), read over");
}

/* At a '/': a comment, or a mistake. */
static void skip_comment(struct json *j)
{
	uint32_t from = j->at;
	const char *end = NULL;
	struct span rest = {j->p + from, j->n - from};

	if (!j->b) {
		j->failed = true;
		return;
	}
	if (span_starts(rest, "//")) {
		end = memchr(rest.p, '\n', rest.n);
		end = end ? end : rest.p + rest.n;
		end -= end[-1] == '\r';
	} else if (span_starts(rest, "/*")) {
		end = span_find(span_cut(rest, 2, rest.n), SPAN("*/"));
		end = end ? end + 2 : NULL;
	}
	if (!end) {
		fail(j, from, span_starts(rest, "/*") ? "comment without end" : "unexpected '/'");
		return;
	}
	j->at = (uint32_t)(end - j->p);
	note_comment(j, from);
}

static bool is_json_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static char skip_to_token(struct json *j)
{
	for (;;) {
		while (j->at < j->n && is_json_blank(j->p[j->at]))
			j->at++;
		if (j->at >= j->n || j->failed)
			return '\0';
		if (j->p[j->at] != '/')
			return j->p[j->at];
		skip_comment(j);
	}
}

/* To the next token; returns its byte, NUL at the end. */
static inline char next_token(struct json *j)
{
	char c = j->at < j->n ? j->p[j->at] : '\0';

	return c > ' ' && c != '/' && !j->failed ? c : skip_to_token(j);
}

/* ------------------------------------------------------------------ strings */

/* Offset of the first quote, backslash or control character; eight bytes at a time. */
static inline uint32_t string_run(const struct json *j, uint32_t at)
{
	const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;

	for (; j->n - at >= 8; at += 8) {
		uint64_t word, quote, slash, low;

		memcpy(&word, j->p + at, 8);
		quote = word ^ ones * '"';
		slash = word ^ ones * '\\';
		low = (word - ones * 0x20) & ~word;
		if ((((quote - ones) & ~quote) | ((slash - ones) & ~slash) | low) & highs)
			break;
	}
	while (at < j->n && j->p[at] != '"' && j->p[at] != '\\' && (unsigned char)j->p[at] >= 0x20)
		at++;
	return at;
}

static bool is_hex4(const char *p)
{
	for (int i = 0; i < 4; i++)
		if (!((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'a' && p[i] <= 'f') || (p[i] >= 'A' && p[i] <= 'F')))
			return false;
	return true;
}

/* Length of the escape at the backslash, 0 when JSON has none such. */
static uint32_t escape_length(const struct json *j, uint32_t at)
{
	if (j->n - at < 2 || !j->p[at + 1])
		return 0;
	if (j->p[at + 1] == 'u')
		return j->n - at >= 6 && is_hex4(j->p + at + 2) ? 6 : 0;
	return strchr("\"\\/bfnrt", j->p[at + 1]) ? 2 : 0;
}

/* From behind the opening quote; leaves at behind the closing one. */
static bool read_string(struct json *j, struct place *ret, bool *ret_escapes)
{
	uint32_t from = j->at, at = from, n;

	*ret_escapes = false;
	for (;;) {
		at = string_run(j, at);
		if (at >= j->n) {
			fail(j, from ? from - 1 : 0, "string without end");
			return false;
		}
		if (j->p[at] == '"')
			break;
		n = j->p[at] == '\\' ? escape_length(j, at) : 0;
		if (!n) {
			fail(j, at, j->p[at] == '\\' ? "no such escape in a string" : "control character in a string");
			return false;
		}
		*ret_escapes = true;
		at += n;
	}
	*ret = (struct place){from, at - from};
	j->at = at + 1;
	return true;
}

static struct span string_value(struct json *j, struct place at, bool escapes)
{
	struct span source = {j->p + at.offset, at.length};

	if (escapes)
		return decode_step(builder_arena(j->b), DECODE_JSON_STRING, (struct span){"", 0}, source, NULL);
	j->values[at.offset + at.length] = '\0';
	return (struct span){j->values + at.offset, at.length};
}

/* ------------------------------------------------------------------ numbers and names */

static bool is_digit(const struct json *j, uint32_t at)
{
	return at < j->n && j->p[at] >= '0' && j->p[at] <= '9';
}

static uint32_t digits(const struct json *j, uint32_t at)
{
	while (is_digit(j, at))
		at++;
	return at;
}

/* Offset behind the number, or `at` when it is none. */
static uint32_t number_end(const struct json *j, uint32_t at)
{
	uint32_t from = at;

	at += j->p[at] == '-';
	if (!is_digit(j, at))
		return from;
	at = j->p[at] == '0' ? at + 1 : digits(j, at);
	if (at < j->n && j->p[at] == '.') {
		if (!is_digit(j, at + 1))
			return from;
		at = digits(j, at + 1);
	}
	if (at < j->n && (j->p[at] == 'e' || j->p[at] == 'E')) {
		at++;
		at += at < j->n && (j->p[at] == '+' || j->p[at] == '-');
		if (!is_digit(j, at))
			return from;
		at = digits(j, at);
	}
	return at;
}

static uint32_t word_end(const struct json *j, uint32_t at, struct fact *f)
{
	static const struct {
		const char *word;
		enum fact_kind kind;
		enum fact_scalar scalar;
	} words[] = {
		{"true", FACT_LITERAL, SCALAR_BOOL}, {"false", FACT_LITERAL, SCALAR_BOOL}, {"null", FACT_NULL, SCALAR_NONE},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_starts((struct span){j->p + at, j->n - at}, words[i].word)) {
			f->kind = words[i].kind;
			f->scalar = words[i].scalar;
			return at + (uint32_t)strlen(words[i].word);
		}
	return at;
}

/* ------------------------------------------------------------------ values */

static struct fact *blank(struct json *j)
{
	return j->b ? build_blank(j->b) : &j->unused;
}

/* Adds what has been read; false when the builder is full. */
static bool add(struct json *j, struct fact *f, bool opens)
{
	struct place head = f->head;
	const char *key = f->key;
	const struct fact *made;

	if (!j->b)
		return true;
	made = opens ? build_open(j->b, j->t, f) : build_fact(j->b, j->t, f);
	if (!made) {
		j->failed = true;
		return false;
	}
	if (made->index && key)
		build_diag(j->b, j->t, DIAG_WARNING, head.offset, head.offset + head.length, "duplicate-key",
			   "key '%.100s' was given before, both are kept", key);
	return true;
}

static void open_container(struct json *j, struct fact *f, unsigned char kind)
{
	f->kind = kind == IN_OBJECT ? FACT_BLOCK : FACT_LIST;
	f->at = (struct place){j->at, 0};
	if (!j->b && j->depth >= j->max_depth) {
		j->failed = true;
		return;
	}
	if (!add(j, f, true))
		return;
	j->at++;
	j->in[j->depth++] = kind;
	j->fresh = true;
}

static void read_scalar(struct json *j, struct fact *f, char c)
{
	uint32_t from = j->at, end;

	if (c == '-' || (c >= '0' && c <= '9')) {
		end = number_end(j, from);
		f->scalar = SCALAR_NUMBER;
	} else {
		end = word_end(j, from, f);
	}
	if (end == from) {
		fail(j, from, c ? "expected a value" : "the text ends where a value is due");
		return;
	}
	f->at = (struct place){from, end - from};
	j->at = end;
	if (!j->b)
		return;
	j->values[end] = '\0';
	f->value = (struct span){j->values + from, end - from};
	add(j, f, false);
}

static void read_text_value(struct json *j, struct fact *f)
{
	bool escapes;

	j->at++;
	if (!read_string(j, &f->at, &escapes) || !j->b)
		return;
	f->scalar = SCALAR_STRING;
	f->value = string_value(j, f->at, escapes);
	f->decoder = escapes ? build_decoder(j->b, DECODE_JSON_STRING, NULL) : NULL;
	add(j, f, false);
}

static void read_value(struct json *j, struct fact *f)
{
	char c = next_token(j);

	switch (c) {
	case '{':
		open_container(j, f, IN_OBJECT);
		break;
	case '[':
		open_container(j, f, IN_LIST);
		break;
	case '"':
		read_text_value(j, f);
		break;
	default:
		read_scalar(j, f, c);
	}
}

/* ------------------------------------------------------------------ containers */

static void read_member(struct json *j)
{
	struct fact *f = blank(j);
	bool escapes;

	if (next_token(j) != '"') {
		fail(j, j->at, "expected a key in quotes");
		return;
	}
	j->at++;
	if (!read_string(j, &f->head, &escapes))
		return;
	if (j->b)
		f->key = build_intern(j->b, escapes ? string_value(j, f->head, true) : (struct span){j->p + f->head.offset, f->head.length});
	if (next_token(j) != ':') {
		fail(j, j->at, "expected ':' after a key");
		return;
	}
	j->at++;
	read_value(j, f);
}

static void close_container(struct json *j)
{
	j->at++;
	j->depth--;
	j->fresh = false;
	if (j->b)
		build_close(j->b, j->t, j->at);
}

static bool is_comma_allowed(struct json *j, uint32_t comma)
{
	if (!j->relaxed || !j->b)
		return false;
	build_diag(j->b, j->t, DIAG_NOTE, comma, comma + 1, "trailing-comma", "trailing comma");
	return true;
}

/* One member or item, or the end of the innermost container. */
static void read_next(struct json *j)
{
	bool object = j->in[j->depth - 1] == IN_OBJECT;
	char end = object ? '}' : ']', c = next_token(j);
	uint32_t comma = j->at;

	if (c == end) {
		close_container(j);
		return;
	}
	if (!j->fresh) {
		if (c != ',') {
			fail(j, j->at, c ? (object ? "expected ',' or '}'" : "expected ',' or ']'") : "the text ends inside a block");
			return;
		}
		j->at++;
		if (next_token(j) == end) {
			if (is_comma_allowed(j, comma))
				close_container(j);
			else
				fail(j, comma, "trailing comma");
			return;
		}
	}
	j->fresh = false;
	if (object)
		read_member(j);
	else
		read_value(j, blank(j));
}

static void read_tree(struct json *j)
{
	int depth = j->depth;

	read_value(j, blank(j));
	while (j->depth > depth && !j->failed)
		read_next(j);
}

/* ------------------------------------------------------------------ embedded */

bool json_is_whole(const struct text *t, int depth)
{
	struct json j = {.t = t, .p = t->bytes.p, .n = (uint32_t)t->bytes.n, .max_depth = depth};
	char first = next_token(&j);

	if (first != '{' && first != '[')
		return false;
	read_tree(&j);
	return !j.failed && !next_token(&j) && !j.failed && j.at == j.n;
}

bool json_is_list(const struct text *t)
{
	return span_starts(span_trim(t->bytes), "[");
}

void json_members(struct builder *b, const struct text *t)
{
	struct json j = {.b = b, .t = t, .p = t->bytes.p, .n = (uint32_t)t->bytes.n, .fresh = true};
	int depth = builder_depth(b);

	j.values = arena_dup(builder_arena(b), t->bytes.p, t->bytes.n);
	j.in[j.depth++] = next_token(&j) == '[' ? IN_LIST : IN_OBJECT;
	j.at++;
	while (!j.failed && !(j.depth == 1 && (next_token(&j) == '}' || j.p[j.at] == ']')))
		read_next(&j);
	while (builder_depth(b) > depth)
		build_close(b, t, j.at);      /* only after a limit */
}

/* ------------------------------------------------------------------ the format */

static bool is_relaxed(struct span name)
{
	static const char *const endings[] = {".jsonc", ".json5", ".hujson", ".code-workspace", ".eslintrc", ".swcrc"};

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends(name, endings[i]))
			return true;
	return (span_starts(name, "tsconfig") || span_starts(name, "appsettings") || span_starts(name, "devcontainer") ||
		span_starts(name, "orthanc")) &&
	       span_ends(name, ".json");
}

/* A second value is another root only on a line of its own. */
static bool is_on_new_line(const struct json *j, uint32_t from)
{
	return memchr(j->p + from, '\n', j->at - from) != NULL;
}

/*
 * What the wrapper of Terraform for GitHub's workflows prints around the JSON: "[command]..." before, "::set-output..." behind, which repeats it.
 * Returns whether the text ends here.
 */
static bool skip_wrapper(struct json *j, const char *word)
{
	struct span rest = {j->p + j->at, j->n - j->at};
	const char *end = span_starts(rest, word) ? memchr(rest.p, '\n', rest.n) : NULL;
	bool first = *word == '[';
	uint32_t to = first && end ? (uint32_t)(end - j->p) : j->n;

	if (!end)
		return false;
	build_diag(j->b, j->t, DIAG_NOTE, j->at, to, "wrapper", "what a workflow printed around the JSON is not read");
	j->at = to;
	return !first;
}

static void json_read(struct builder *b, const struct text *t)
{
	struct json j = {.b = b, .t = t, .p = t->bytes.p, .n = (uint32_t)t->bytes.n};
	uint32_t end;
	char c;

	j.values = arena_dup(builder_arena(b), t->bytes.p, t->bytes.n);
	j.relaxed = is_relaxed(span_of(doc_base(builder_doc(b)->name)));
	skip_wrapper(&j, "[command]");
	do {
		read_tree(&j);
		end = j.at;
		c = next_token(&j);
		if (c == ':' && is_on_new_line(&j, end) && skip_wrapper(&j, "::"))
			break;
		if ((c || j.at < j.n) && !j.failed && !is_on_new_line(&j, end))
			fail(&j, j.at, "text after the value");
	} while (j.at < j.n && !j.failed);
}

static int json_bid(struct span name, struct span head)
{
	static const char *const endings[] = {
		".json", ".jsonc", ".json5", ".hujson", ".jsonl", ".ndjson", ".geojson", ".tfstate", ".tfstate.backup", ".ipynb",
		".webmanifest", ".code-workspace", ".sarif",
	};
	struct span rest = span_trim(head);
	char second;

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends(name, endings[i]))
			return 90;
	if (span_starts(rest, "[command]"))
		rest = span_trim(span_cut(rest, memchr(rest.p, '\n', rest.n) ? (size_t)((const char *)memchr(rest.p, '\n', rest.n) - rest.p) : rest.n, rest.n));
	if (rest.n < 2 || (*rest.p != '{' && *rest.p != '['))
		return 0;
	second = *span_trim(span_cut(rest, 1, rest.n)).p;
	if (*rest.p == '{')      /* "{{" is a template */
		return second == '"' ? 85 : second == '}' ? 60 : 0;
	return second == '{' || second == '"' ? 85 : 0;      /* "[word]" is a section of an INI file */
}

const struct format format_json = {
	.name = "json",
	.help = "JSON (RFC 8259), JSON Lines, JSON with comments",
	.bid = json_bid,
	.read = json_read,
};
