/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From bytes to value, one step per notation, and the map back. Readers use the steps to make values; the proof
 * (scelle facts --proof) runs them over the bytes of a fact's place and compares. Each step takes what it does not know as it
 * stands. CELL only marks what it stands in; RESOLVED has no bytes of its own and is not decoded.
 */
#include "read/read_p.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/utf8.h"

/* Where a step writes: text, and from which input offset each piece came. */
struct sink {
	struct arena *arena;
	struct str out;
	struct span in, before;
	struct offset_segment *segments;
	size_t count;
	bool mapped;
	uint32_t indent;
};

static void sink_segment(struct sink *s, size_t from, uint32_t step)
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

/* Bytes as they stand. */
static void sink_same(struct sink *s, size_t from, size_t to)
{
	if (to <= from)
		return;
	sink_segment(s, from, 1);
	str_put(&s->out, s->in.p + from, to - from);
}

/* Bytes made from the input at `from`. */
static void sink_made(struct sink *s, size_t from, const char *p, size_t n)
{
	if (!n)
		return;
	sink_segment(s, from, 0);
	str_put(&s->out, p, n);
}

static void sink_char(struct sink *s, size_t from, char c)
{
	sink_made(s, from, &c, 1);
}

static void sink_code(struct sink *s, size_t from, unsigned code)
{
	char bytes[4];

	sink_made(s, from, bytes, utf8_encode(code, bytes));
}

/* ------------------------------------------------------------------ helpers */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

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

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Length of a line end at `at`: 0, 1 or 2. */
static size_t line_end(struct span in, size_t at)
{
	if (at >= in.n)
		return 0;
	if (in.p[at] == '\n')
		return 1;
	if (in.p[at] != '\r')
		return 0;
	return at + 1 < in.n && in.p[at + 1] == '\n' ? 2 : 1;
}

static size_t skip_blanks(struct span in, size_t at)
{
	while (at < in.n && is_blank(in.p[at]))
		at++;
	return at;
}

/* ------------------------------------------------------------------ backslash escapes */

/* What a notation knows after a backslash. */
struct escapes {
	const char *letters, *values;      /* letter i stands for value i */
	unsigned char x, u, U;             /* hexadecimal digits after \x, \u, \U; 0: not known */
	bool surrogates;                   /* \ud83d\ude00 is one code point */
	bool drop;                         /* \c of an unknown c is c; else both are kept */
	bool join;                         /* backslash and line end vanish, blanks behind too */
};

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

/* One escape at the backslash; returns the offset behind it. */
static size_t escape(struct sink *s, const struct escapes *e, size_t at)
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
		sink_same(s, at + 1, at + 2);
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
		at = next ? escape(s, e, to) : to;
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
	static const struct escapes e = {.letters = "tnrf", .values = "\t\n\r\f", .u = 4, .surrogates = true, .drop = true, .join = true};

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
		at = joined ? joined : escape(s, &toml_escapes, to);
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

/* ------------------------------------------------------------------ YAML */

static const struct escapes yaml_escapes = {
	.letters = "0abt\tnvfre \"/\\", .values = "\0\a\b\t\t\n\v\f\r\033 \"/\\", .x = 2, .u = 4, .U = 8,
};

/* A line break at `at` inside a flow scalar: one becomes a blank, n become n - 1. Returns the offset of the next text. */
static size_t yaml_fold(struct sink *s, size_t at)
{
	size_t from = at, breaks = 0, n;

	while ((n = line_end(s->in, at))) {
		at = skip_blanks(s->in, at + n);
		breaks++;
	}
	if (breaks == 1)
		sink_char(s, from, ' ');
	for (size_t i = 1; i < breaks; i++)
		sink_char(s, from, '\n');
	return at;
}

/* Escapes that are code points, or join lines, in a double-quoted scalar. */
static size_t yaml_escape(struct sink *s, size_t at)
{
	static const struct {
		char letter;
		unsigned code;
	} codes[] = {{'N', 0x85}, {'_', 0xa0}, {'L', 0x2028}, {'P', 0x2029}};
	size_t n = line_end(s->in, at + 1), next;

	if (n) {      /* the break vanishes; empty lines behind it stay */
		next = skip_blanks(s->in, at + 1 + n);
		while ((n = line_end(s->in, next))) {
			sink_char(s, next, '\n');
			next = skip_blanks(s->in, next + n);
		}
		return next;
	}
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (at + 1 < s->in.n && s->in.p[at + 1] == codes[i].letter) {
			sink_code(s, at, codes[i].code);
			return at + 2;
		}
	return escape(s, &yaml_escapes, at);
}

/* Flow scalars: `special` is the character that needs care: backslash, quote, or none. */
static void decode_flow(struct sink *s, char special)
{
	size_t at = 0, start = 0;

	while (at < s->in.n) {
		size_t blank = skip_blanks(s->in, at);

		if (line_end(s->in, blank)) {
			sink_same(s, start, at);
			start = at = yaml_fold(s, blank);
		} else if (blank > at) {
			at = blank;
		} else if (special && s->in.p[at] == special) {
			sink_same(s, start, at);
			if (special == '\\') {
				start = at = yaml_escape(s, at);
			} else {
				start = at;
				at += at + 1 < s->in.n && s->in.p[at + 1] == special ? 1 : 0;
				sink_same(s, at, at + 1);
				start = ++at;
			}
		} else {
			at++;
		}
	}
	sink_same(s, start, s->in.n);
}

static void decode_yaml_double(struct sink *s)
{
	decode_flow(s, '\\');
}

static void decode_yaml_single(struct sink *s)
{
	decode_flow(s, '\'');
}

static void decode_yaml_plain(struct sink *s)
{
	decode_flow(s, '\0');
}

struct block_header {
	bool folded;
	char chomp;          /* '-', '+' or 0 */
	size_t indent;       /* explicit, 0: from the first line */
	size_t body;         /* offset behind the header line */
};

static struct block_header block_header(struct span in)
{
	struct block_header h = {.folded = in.p[0] == '>'};
	size_t at = 1;

	for (; at < in.n && !line_end(in, at); at++) {
		if (is_blank(in.p[at]) || in.p[at] == '#')
			break;
		if (in.p[at] == '-' || in.p[at] == '+')
			h.chomp = in.p[at];
		else if (in.p[at] >= '1' && in.p[at] <= '9')
			h.indent = (size_t)(in.p[at] - '0');
	}
	while (at < in.n && !line_end(in, at))
		at++;
	h.body = at + line_end(in, at);
	return h;
}

/* Indentation of the node a block scalar belongs to: that of its line, behind "- " marks. */
static size_t parent_indent(struct span before)
{
	size_t start = before.n, at, indent;

	while (start && before.p[start - 1] != '\n' && before.p[start - 1] != '\r')
		start--;
	if (!start && span_starts(before, "\xef\xbb\xbf"))      /* a byte order mark has no column */
		start = 3;
	at = indent = start;
	while (at < before.n && (before.p[at] == ' ' || (before.p[at] == '-' && at + 1 < before.n && before.p[at + 1] == ' '))) {
		at++;
		if (before.p[at - 1] == ' ')
			indent = at;
	}
	if (at >= before.n && indent > start) {      /* "- |2": the parent is the list itself, at its dash */
		while (indent > start && before.p[indent - 1] == ' ')
			indent--;
		indent = indent > start ? indent - 1 : start;
	}
	return indent - start;
}

static size_t block_indent(struct sink *s, const struct block_header *h)
{
	size_t at = h->body, deepest = 0;

	if (h->indent)
		return parent_indent(s->before) + h->indent;
	while (at < s->in.n) {
		size_t text = at;

		while (text < s->in.n && s->in.p[text] == ' ')
			text++;
		if (text < s->in.n && !line_end(s->in, text))
			return text - at;
		if (text - at > deepest)
			deepest = text - at;
		at = text + line_end(s->in, text);
		if (!line_end(s->in, text))
			break;
	}
	return deepest;
}

/* Line ends from `from` on, each from its own place; the first `skip` of them vanish. Returns the offset behind the last. */
static size_t sink_breaks(struct sink *s, size_t from, size_t skip, size_t count)
{
	for (size_t i = 0; i < skip + count; i++) {
		while (from < s->in.n && !line_end(s->in, from))
			from++;
		if (i >= skip && from < s->in.n && s->in.p[from] == '\n')
			sink_same(s, from, from + 1);
		else if (i >= skip)
			sink_char(s, from, '\n');
		from += line_end(s->in, from);
	}
	return from;
}

/* Lines of a block scalar: `pending` breaks are written when the next line with text is known, as folding asks. */
static void block_lines(struct sink *s, const struct block_header *h, size_t indent, size_t *ret_pending, size_t *ret_end)
{
	size_t pending = 0, at = h->body, end = at;
	bool was_deep = true, first = true;      /* no blank is made before the first line */

	while (at < s->in.n) {
		size_t text = at, stop, n;
		bool deep;

		while (text < s->in.n && text - at < indent && s->in.p[text] == ' ')
			text++;
		for (stop = text; stop < s->in.n && !line_end(s->in, stop); stop++)
			;
		n = line_end(s->in, stop);
		if (stop > text) {
			deep = is_blank(s->in.p[text]);
			if (h->folded && !first && !deep && !was_deep && pending)
				pending == 1 ? sink_char(s, end, ' ') : (void)sink_breaks(s, end, 1, pending - 1);
			else
				(void)sink_breaks(s, end, 0, pending);
			sink_same(s, text, stop);
			pending = 0;
			was_deep = deep;
			first = false;
			end = stop;
		}
		pending += n ? 1 : 0;
		if (!n)
			break;
		at = stop + n;
	}
	*ret_pending = first ? (h->chomp == '+' ? pending : 0) : pending;
	*ret_end = end;
}

static void decode_yaml_block(struct sink *s)
{
	struct block_header h;
	size_t pending, end;

	if (!s->in.n || (s->in.p[0] != '|' && s->in.p[0] != '>')) {
		sink_same(s, 0, s->in.n);      /* a piece of one line of a block scalar, for a text inside it */
		return;
	}
	h = block_header(s->in);
	block_lines(s, &h, block_indent(s, &h), &pending, &end);
	if (h.chomp == '+')
		(void)sink_breaks(s, end, 0, pending);
	else if (!h.chomp && pending)
		sink_segment(s, sink_breaks(s, end, 0, 1), 1);      /* further line ends belong to nothing */
}

/* ------------------------------------------------------------------ HCL */

/* $${ and %%{ stand for ${ and %{; quoted strings have backslash escapes as well. */
static void decode_hcl(struct sink *s, size_t from, size_t to, bool quoted)
{
	static const struct escapes e = {.letters = "nrt\"\\", .values = "\n\r\t\"\\", .u = 4, .U = 8};
	size_t start = from, at = from;

	while (at < to) {
		char c = s->in.p[at];

		if (quoted && c == '\\') {
			sink_same(s, start, at);
			start = at = escape(s, &e, at);
		} else if ((c == '$' || c == '%') && at + 2 < to && s->in.p[at + 1] == c && s->in.p[at + 2] == '{') {
			sink_same(s, start, at);
			start = at + 1;
			at += 3;
		} else {
			at++;
		}
	}
	if (start < to)
		sink_same(s, start, to);
}

static void decode_hcl_string(struct sink *s)
{
	decode_hcl(s, 0, s->in.n, true);
}

/* <<-X takes away the smallest indentation of its lines that are not empty. */
static bool is_indented_heredoc(struct span before)
{
	size_t end = before.n, start;

	while (end && (before.p[end - 1] == '\n' || before.p[end - 1] == '\r'))
		end--;
	for (start = end; start && before.p[start - 1] != '\n'; start--)
		;
	return span_find(span_cut(before, start, end), SPAN("<<-")) != NULL;
}

static size_t next_line(struct span in, size_t at)
{
	const char *end = memchr(in.p + at, '\n', in.n - at);

	return end ? (size_t)(end - in.p) + 1 : in.n;
}

static size_t common_indent(struct span in)
{
	size_t least = SIZE_MAX;

	for (size_t at = 0; at < in.n; at = next_line(in, at)) {
		size_t text = skip_blanks(in, at);

		if (text < in.n && !line_end(in, text) && text - at < least)
			least = text - at;
	}
	return least == SIZE_MAX ? 0 : least;
}

static void decode_hcl_heredoc(struct sink *s)
{
	size_t indent = is_indented_heredoc(s->before) ? common_indent(s->in) : 0;

	for (size_t at = 0, next; at < s->in.n; at = next) {
		size_t text = at;

		next = next_line(s->in, at);
		while (text < next && text - at < indent && is_blank(s->in.p[text]))
			text++;
		decode_hcl(s, text, next, false);
	}
}

/* \\ \' \n \r \t \$ \u{1f600} */
static void decode_bicep(struct sink *s)
{
	static const char letters[] = "\\'nrt$", values[] = "\\'\n\r\t$";
	size_t same = 0, at = 0;

	while (at + 1 < s->in.n) {
		char c = s->in.p[at + 1];
		const char *known = c ? strchr(letters, c) : NULL;
		size_t end = at + 3;
		unsigned code = 0;

		if (s->in.p[at] != '\\') {
			at++;
			continue;
		}
		while (c == 'u' && end < s->in.n && end < at + 9 && hex_value(s->in.p[end]) >= 0)
			code = code * 16 + (unsigned)hex_value(s->in.p[end++]);
		sink_same(s, same, at);
		same = at;
		if (known) {
			sink_char(s, at, values[known - letters]);
			same = at + 2;
		} else if (c == 'u' && s->in.p[at + 2] == '{' && end < s->in.n && s->in.p[end] == '}' && end > at + 3 && code <= 0x10ffff) {
			sink_code(s, at, code);
			same = end + 1;
		}
		at = same > at ? same : at + 2;
	}
	sink_same(s, same, s->in.n);
}

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

/* ------------------------------------------------------------------ XML */

static size_t xml_reference(struct sink *s, size_t at)
{
	static const struct {
		const char *name;
		char c;
	} entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
	struct span rest = span_cut(s->in, at, s->in.n);
	unsigned code = 0, base = 10;
	size_t i = 2;

	for (size_t k = 0; k < sizeof entities / sizeof *entities; k++)
		if (span_starts(rest, entities[k].name)) {
			sink_char(s, at, entities[k].c);
			return at + strlen(entities[k].name);
		}
	if (rest.n > 3 && rest.p[1] == '#') {
		if (rest.p[2] == 'x') {
			base = 16;
			i = 3;
		}
		for (; i < rest.n && i < 12 && hex_value(rest.p[i]) >= 0 && (unsigned)hex_value(rest.p[i]) < base && code < 0x110000; i++)
			code = code * base + (unsigned)hex_value(rest.p[i]);
		if (i < rest.n && rest.p[i] == ';' && code) {
			sink_code(s, at, code);
			return at + i + 1;
		}
	}
	sink_same(s, at, at + 1);
	return at + 1;
}

/* <![CDATA[x]]> is x; comments and processing instructions between pieces of text are nothing. */
static size_t xml_markup(struct sink *s, size_t at)
{
	static const struct {
		const char *open, *close;
		bool keep;
	} kinds[] = {{"<![CDATA[", "]]>", true}, {"<!--", "-->", false}, {"<?", "?>", false}};
	struct span rest = span_cut(s->in, at, s->in.n);

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t n = strlen(kinds[i].open), to;
		const char *close;

		if (!span_starts(rest, kinds[i].open))
			continue;
		close = span_find(span_cut(rest, n, rest.n), span_of(kinds[i].close));
		to = close ? (size_t)(close - s->in.p) : s->in.n;
		if (kinds[i].keep)
			sink_same(s, at + n, to);
		return close ? to + strlen(kinds[i].close) : to;
	}
	sink_same(s, at, at + 1);
	return at + 1;
}

static void decode_xml(struct sink *s, bool attribute)
{
	size_t at = 0;

	while (at < s->in.n) {
		char c = s->in.p[at];
		size_t n = line_end(s->in, at), start = at;

		if (c == '&') {
			at = xml_reference(s, at);
		} else if (c == '<' && !attribute) {
			at = xml_markup(s, at);
		} else if (n && (attribute || c == '\r')) {      /* every line end is one LF, in attributes a blank */
			sink_char(s, at, attribute ? ' ' : '\n');
			at += n;
		} else if (c == '\t' && attribute) {
			sink_char(s, at++, ' ');
		} else {
			while (at < s->in.n && s->in.p[at] != '&' && s->in.p[at] != '<' && s->in.p[at] != '\r' &&
			       !(attribute && (s->in.p[at] == '\n' || s->in.p[at] == '\t')))
				at++;
			at += at == start ? 1 : 0;
			sink_same(s, start, at);
		}
	}
}

static void decode_xml_text(struct sink *s)
{
	decode_xml(s, false);
}

static void decode_xml_attribute(struct sink *s)
{
	decode_xml(s, true);
}

/* ------------------------------------------------------------------ base64 and encodings */

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

static void decode_base64(struct sink *s)
{
	unsigned bits = 0, have = 0;
	size_t from = 0;

	for (size_t at = 0; at < s->in.n; at++) {
		int value = base64_value(s->in.p[at]);

		if (value < 0)
			continue;
		if (!have)
			from = at;
		bits = bits << 6 | (unsigned)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			sink_char(s, from, (char)(bits >> have & 0xff));
			bits &= (1u << have) - 1;
			from = at;
		}
	}
}

static void decode_utf16(struct sink *s, int high, int low)
{
	for (size_t at = 0; at + 1 < s->in.n;) {
		unsigned code = (unsigned)(unsigned char)s->in.p[at + (size_t)high] << 8 | (unsigned char)s->in.p[at + (size_t)low];
		size_t from = at;

		at += 2;
		if (code >= 0xd800 && code < 0xdc00 && at + 1 < s->in.n) {
			unsigned next = (unsigned)(unsigned char)s->in.p[at + (size_t)high] << 8 | (unsigned char)s->in.p[at + (size_t)low];

			if (next >= 0xdc00 && next < 0xe000) {
				code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
				at += 2;
			}
		}
		if (code < 0x80) {
			sink_segment(s, from, 2);
			str_char(&s->out, (char)code);
		} else {
			sink_code(s, from, code);
		}
	}
	if (s->in.n & 1)
		sink_code(s, s->in.n - 1, 0xfffd);
}

static void decode_utf16le(struct sink *s)
{
	decode_utf16(s, 1, 0);
}

static void decode_utf16be(struct sink *s)
{
	decode_utf16(s, 0, 1);
}

/* Windows-1252 between 0x80 and 0x9f; 0: not assigned, kept as the C1 control of Latin-1. */
static const unsigned short cp1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

static void decode_bytes(struct sink *s, bool windows)
{
	size_t start = 0;

	for (size_t at = 0; at < s->in.n; at++) {
		unsigned code = (unsigned char)s->in.p[at];

		if (code < 0x80)
			continue;
		sink_same(s, start, at);
		if (windows && code < 0xa0 && cp1252[code - 0x80])
			code = cp1252[code - 0x80];
		sink_code(s, at, code);
		start = at + 1;
	}
	sink_same(s, start, s->in.n);
}

static void decode_latin1(struct sink *s)
{
	decode_bytes(s, false);
}

static void decode_cp1252(struct sink *s)
{
	decode_bytes(s, true);
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
	[DECODE_CELL] = decode_cell,
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
	struct sink s = {.in = in, .before = before};
	struct decoder *piece;
	struct block_header h;

	if (step->kind != DECODE_HCL_HEREDOC && (step->kind != DECODE_YAML_BLOCK || !in.n || (*in.p != '|' && *in.p != '>')))
		return NULL;
	piece = ARENA_NEW(a, struct decoder);
	piece->kind = DECODE_INDENTED;
	if (step->kind == DECODE_HCL_HEREDOC) {
		piece->indent = is_indented_heredoc(before) ? (uint32_t)common_indent(in) : 0;
		return piece;
	}
	h = block_header(in);
	piece->indent = (uint32_t)block_indent(&s, &h);
	if (h.folded)
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
