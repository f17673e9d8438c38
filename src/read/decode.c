/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From bytes to value, one step per notation, and the map back. Readers use the steps to make values; the proof
 * (scelle facts --proof) runs them over the bytes of a fact's place and compares. Each step takes what it does not know as it
 * stands. CELL only marks what it stands in; RESOLVED has no bytes of its own and is not decoded.
 */
#include "read/decode.h"

#include "base/limits.h"
#include "base/utf8.h"

void sink_segment(struct sink *s, size_t from, uint32_t step)
{
	struct offset_segment *segment;
	size_t inner = s->out.n;

	if (!s->mapped)
		return;
	if (s->count && step) {
		segment = &s->segments[s->count - 1];
		if (segment->step == step && segment->outer + (inner - segment->inner) * step == from)
			return;
	}
	segment = ARENA_PUSH(s->arena, s->segments, s->count);
	*segment = (struct offset_segment){(uint32_t)inner, (uint32_t)from, step};
}

void sink_same(struct sink *s, size_t from, size_t to)
{
	if (to <= from)
		return;
	sink_segment(s, from, 1);
	str_put(&s->out, s->in.p + from, to - from);
}

void sink_made(struct sink *s, size_t from, const char *p, size_t n)
{
	if (!n)
		return;
	sink_segment(s, from, 0);
	str_put(&s->out, p, n);
}

void sink_char(struct sink *s, size_t from, char c)
{
	sink_made(s, from, &c, 1);
}

void sink_code(struct sink *s, size_t from, unsigned code)
{
	char bytes[4];

	sink_made(s, from, bytes, utf8_encode(code, bytes));
}

/* ------------------------------------------------------------------ backslash escapes */

static bool read_hex(struct span in, size_t at, size_t digits, unsigned *ret)
{
	unsigned code = 0;

	if (digits > in.n || at > in.n - digits)
		return false;
	for (size_t i = at; i < at + digits; i++) {
		int digit = hex_value(in.p[i]);

		if (digit < 0)
			return false;
		code = code << 4 | (unsigned)digit;
	}
	*ret = code;
	return true;
}

static size_t digits_of(const struct escapes *e, char c)
{
	return c == 'x' ? e->x : c == 'u' ? e->u : c == 'U' ? e->U : 0;
}

/* \u and its kin; returns the length taken, 0 when it is none. */
static size_t escape_code(struct sink *s, const struct escapes *e, size_t at)
{
	size_t digits = digits_of(e, s->in.p[at + 1]), length = 2 + digits;
	unsigned code, low;

	if (!digits || !read_hex(s->in, at + 2, digits, &code))
		return 0;
	if (e->surrogates && code >= 0xd800 && code < 0xdc00 && at + length + 1 < s->in.n && s->in.p[at + length] == '\\' &&
	    s->in.p[at + length + 1] == 'u' && read_hex(s->in, at + length + 2, 4, &low) && low >= 0xdc00 && low < 0xe000) {
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
		length += 6;
	}
	sink_code(s, at, code);
	return length;
}

size_t sink_escape(struct sink *s, const struct escapes *e, size_t at)
{
	const char *known;
	size_t n;

	if (at + 1 >= s->in.n) {
		sink_same(s, at, at + 1);
		return at + 1;
	}
	n = line_end(s->in, at + 1);
	if (e->join && n)
		return skip_blanks(s->in, at + 1 + n);
	n = escape_code(s, e, at);
	if (n)
		return at + n;
	known = s->in.p[at + 1] ? strchr(e->letters, s->in.p[at + 1]) : NULL;
	if (known)
		sink_char(s, at, e->values[known - e->letters]);
	else if (e->drop)
		sink_char(s, at, s->in.p[at + 1]);      /* what is before it ends before the backslash */
	else
		sink_same(s, at, at + 2);
	return at + 2;
}

static void decode_escapes(struct sink *s, const struct escapes *e)
{
	for (size_t at = 0; at < s->in.n;) {
		const char *next = memchr(s->in.p + at, '\\', s->in.n - at);
		size_t to = next ? (size_t)(next - s->in.p) : s->in.n;

		sink_same(s, at, to);
		at = next ? sink_escape(s, e, to) : to;
	}
}

static void decode_json(struct sink *s)
{
	static const struct escapes e = {.letters = "\"\\/bfnrt", .values = "\"\\/\b\f\n\r\t", .u = 4, .surrogates = true};

	decode_escapes(s, &e);
}

static void decode_double_quoted(struct sink *s)
{
	static const struct escapes e = {.letters = "nrt\"\\'$`", .values = "\n\r\t\"\\'$`", .join = true};

	decode_escapes(s, &e);
}

static void decode_single_quoted(struct sink *s)
{
	static const struct escapes e = {.letters = "'", .values = "'"};

	decode_escapes(s, &e);
}

static void decode_properties(struct sink *s)
{
	static const struct escapes e = {.letters = "tnrf\\", .values = "\t\n\r\f\\", .u = 4, .surrogates = true, .drop = true, .join = true};

	decode_escapes(s, &e);
}

static const struct escapes toml_escapes = {
	.letters = "btnfre\"\\", .values = "\b\t\n\f\r\033\"\\", .x = 2, .u = 4, .U = 8,
};

static void decode_toml(struct sink *s)
{
	decode_escapes(s, &toml_escapes);
}

/* Behind a backslash at a line's end: the offset of the next character that is no blank or line end; 0 when it is none. */
static size_t toml_joined(struct span in, size_t at)
{
	size_t next = skip_blanks(in, at);

	if (!line_end(in, next))
		return 0;
	while (next < in.n && (is_blank(in.p[next]) || in.p[next] == '\n' || in.p[next] == '\r'))
		next++;
	return next;
}

static void decode_toml_multiline(struct sink *s)
{
	for (size_t at = line_end(s->in, 0), joined; at < s->in.n;) {
		const char *next = memchr(s->in.p + at, '\\', s->in.n - at);
		size_t to = next ? (size_t)(next - s->in.p) : s->in.n;

		sink_same(s, at, to);
		if (!next)
			break;
		joined = toml_joined(s->in, to + 1);
		at = joined ? joined : sink_escape(s, &toml_escapes, to);
	}
}

/* ------------------------------------------------------------------ doubled quotes, joined lines */

static void decode_doubled(struct sink *s, char quote)
{
	for (size_t at = 0; at < s->in.n;) {
		const char *next = memchr(s->in.p + at, quote, s->in.n - at);
		size_t to = next ? (size_t)(next - s->in.p) + 1 : s->in.n;

		sink_same(s, at, to);
		at = next && to < s->in.n && s->in.p[to] == quote ? to + 1 : to;
	}
}

static void decode_csv(struct sink *s)
{
	decode_doubled(s, '"');
}

/* A comment line between continued lines is no part of them (Dockerfile). */
static size_t skip_comment_lines(struct span in, size_t at)
{
	for (;;) {
		size_t next = skip_blanks(in, at);

		if (next >= in.n || in.p[next] != '#')
			return at;
		while (next < in.n && !line_end(in, next))
			next++;
		at = next + line_end(in, next);
	}
}

static void decode_continued(struct sink *s)
{
	for (size_t at = 0; at < s->in.n;) {
		const char *next = memchr(s->in.p + at, '\\', s->in.n - at);
		size_t to = next ? (size_t)(next - s->in.p) : s->in.n, end, n;

		sink_same(s, at, to);
		if (!next)
			break;
		end = skip_blanks(s->in, to + 1);
		n = line_end(s->in, end);
		if (n) {
			at = skip_comment_lines(s->in, end + n);
		} else {
			sink_same(s, to, to + 1);
			at = to + 1;
		}
	}
}

static void decode_folded(struct sink *s)
{
	for (size_t at = 0, to = 0; at < s->in.n; at = to) {
		size_t n;

		while (to < s->in.n && !line_end(s->in, to))
			to++;
		n = line_end(s->in, to);
		if (n && to + n < s->in.n && s->in.p[to + n] == ' ') {
			sink_same(s, at, to);
			to += n + 1;
		} else {
			sink_same(s, at, to + n);
			to += n;
		}
	}
}

/* ------------------------------------------------------------------ of no notation */

static void decode_cell(struct sink *s)
{
	sink_same(s, 0, s->in.n);
}

static void decode_indented(struct sink *s)
{
	for (size_t at = 0; at < s->in.n;) {
		size_t text = at, end, n;

		while (at && text < s->in.n && text - at < s->indent && is_blank(s->in.p[text]))
			text++;
		for (end = text; end < s->in.n && !line_end(s->in, end); end++)
			;
		n = line_end(s->in, end);
		if (n && s->in.p[end] == '\r') {
			sink_same(s, text, end);
			sink_char(s, end, '\n');
		} else {
			sink_same(s, text, end + n);
		}
		at = end + n;
	}
}

/* ------------------------------------------------------------------ the table */

static void (*const steps[DECODER_KINDS])(struct sink *s) = {
	[DECODE_JSON_STRING] = decode_json,
	[DECODE_YAML_DOUBLE] = decode_yaml_double,
	[DECODE_YAML_SINGLE] = decode_yaml_single,
	[DECODE_YAML_PLAIN] = decode_yaml_plain,
	[DECODE_YAML_BLOCK] = decode_yaml_block,
	[DECODE_HCL_STRING] = decode_hcl_string,
	[DECODE_HCL_HEREDOC] = decode_hcl_heredoc,
	[DECODE_HCL_PIECE] = decode_hcl_piece,
	[DECODE_XML_TEXT] = decode_xml_text,
	[DECODE_XML_ATTRIBUTE] = decode_xml_attribute,
	[DECODE_DOUBLE_QUOTED] = decode_double_quoted,
	[DECODE_SINGLE_QUOTED] = decode_single_quoted,
	[DECODE_PROPERTIES] = decode_properties,
	[DECODE_CONTINUED] = decode_continued,
	[DECODE_TOML_BASIC] = decode_toml,
	[DECODE_TOML_MULTILINE] = decode_toml_multiline,
	[DECODE_CSV_QUOTED] = decode_csv,
	[DECODE_BASE64] = decode_base64,
	[DECODE_UTF16LE] = decode_utf16le,
	[DECODE_UTF16BE] = decode_utf16be,
	[DECODE_LATIN1] = decode_latin1,
	[DECODE_CP1252] = decode_cp1252,
	[DECODE_INDENTED] = decode_indented,
	[DECODE_BICEP_STRING] = decode_bicep,
	[DECODE_JS_STRING] = decode_js,
	[DECODE_CELL] = decode_cell,
	[DECODE_FOLDED] = decode_folded,
};

struct span decode_with(struct arena *a, const struct decoder *step, struct span before, struct span in, struct offset_map *ret_map)
{
	struct sink s = {
		.arena = a, .out = STR_INIT(3 * LIMIT_FILE_BYTES + 1), .in = in, .before = before, .mapped = ret_map, .indent = step->indent,
	};
	struct span result;

	if (steps[step->kind])
		steps[step->kind](&s);
	else
		sink_same(&s, 0, in.n);
	result = arena_span(a, str_get(&s.out));
	if (ret_map) {
		sink_segment(&s, in.n, 1);      /* so that an end is mapped behind the last byte */
		*ret_map = (struct offset_map){.segments = s.segments, .count = s.count};
	}
	str_free(&s.out);
	return result;
}

struct span decode_step(struct arena *a, enum decoder_kind kind, struct span before, struct span in, struct offset_map *ret_map)
{
	return decode_with(a, &(struct decoder){.kind = kind}, before, in, ret_map);
}

/* A folded block joins the lines of a piece of text as a plain scalar does; only JSON is looked for in one. */
const struct decoder *decode_piece(struct arena *a, const struct decoder *step, struct span before, struct span in)
{
	struct decoder *piece;
	bool folded = false;

	if (step->kind != DECODE_HCL_HEREDOC && (step->kind != DECODE_YAML_BLOCK || !in.n || (*in.p != '|' && *in.p != '>')))
		return NULL;
	piece = ARENA_NEW(a, struct decoder);
	piece->kind = step->kind == DECODE_HCL_HEREDOC ? DECODE_HCL_PIECE : DECODE_INDENTED;
	piece->indent = step->kind == DECODE_HCL_HEREDOC ? heredoc_indent(before, in) : block_scalar_indent(before, in, &folded);
	if (folded)
		piece->kind = DECODE_YAML_PLAIN;
	return piece;
}

#define BEFORE_BYTES ((size_t)1024)      /* even, for UTF-16 */

char *fact_decode(struct arena *a, const struct doc *d, const struct fact *f, size_t *ret_n)
{
	struct span before, value;

	if ((uint64_t)f->at.offset + f->at.length > d->bytes.n)
		return NULL;
	before = span_cut(d->bytes, f->at.offset >= 3 && span_starts(d->bytes, "\xef\xbb\xbf") ? 3 : 0, f->at.offset);
	value = span_cut(d->bytes, f->at.offset, f->at.offset + f->at.length);
	for (const struct decoder *step = f->decoder; step; step = step->inner) {
		if (!steps[step->kind])
			return NULL;
		value = decode_with(a, step, before, value, NULL);
		if (step->inner) {      /* what stands before it, as the next step sees it: the line is enough */
			size_t n = before.n < BEFORE_BYTES ? before.n : BEFORE_BYTES;      /* even, for UTF-16, as offsets in it are */

			before = decode_with(a, step, SPAN(""), span_cut(before, before.n - n, before.n), NULL);
		}
	}
	*ret_n = value.n;
	return arena_dup(a, value.p, value.n);
}
