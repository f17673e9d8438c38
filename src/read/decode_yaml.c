/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Steps of YAML 1.2 (chapter 7 and 8): quoted and plain scalars with folded lines, block scalars with indentation and chomping.
 * libyaml makes the values; these prove them, and lead from a value back to its bytes.
 */
#include "read/decode.h"

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
	return sink_escape(s, &yaml_escapes, at);
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

void decode_yaml_double(struct sink *s)
{
	decode_flow(s, '\\');
}

void decode_yaml_single(struct sink *s)
{
	decode_flow(s, '\'');
}

void decode_yaml_plain(struct sink *s)
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

void decode_yaml_block(struct sink *s)
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

uint32_t block_scalar_indent(struct span before, struct span in, bool *ret_folded)
{
	struct sink s = {.in = in, .before = before};
	struct block_header h = block_header(in);

	*ret_folded = h.folded;
	return (uint32_t)block_indent(&s, &h);
}
