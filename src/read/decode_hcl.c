/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Steps of HCL: quoted strings, heredocs with and without indentation; and of Bicep, whose strings have escapes of their own.
 */
#include "read/decode.h"

/* $${ and %%{ stand for ${ and %{; quoted strings have backslash escapes as well. */
static void decode_hcl(struct sink *s, size_t from, size_t to, bool quoted)
{
	static const struct escapes e = {.letters = "nrt\"\\", .values = "\n\r\t\"\\", .u = 4, .U = 8};
	size_t start = from, at = from;

	while (at < to) {
		char c = s->in.p[at];

		if (quoted && c == '\\') {
			sink_same(s, start, at);
			start = at = sink_escape(s, &e, at);
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

void decode_hcl_string(struct sink *s)
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

/* Lines without so many blanks before them; a piece begins within a line, whose blanks are its own. */
static void decode_lines(struct sink *s, size_t indent, bool piece)
{
	for (size_t at = 0, next; at < s->in.n; at = next) {
		size_t text = at;

		next = next_line(s->in, at);
		while ((at || !piece) && text < next && text - at < indent && is_blank(s->in.p[text]))
			text++;
		decode_hcl(s, text, next, false);
	}
}

void decode_hcl_heredoc(struct sink *s)
{
	decode_lines(s, heredoc_indent(s->before, s->in), false);
}

void decode_hcl_piece(struct sink *s)
{
	decode_lines(s, s->indent, true);
}

/* \\ \' \n \r \t \$ \u{1f600} */
void decode_bicep(struct sink *s)
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

uint32_t heredoc_indent(struct span before, struct span in)
{
	return is_indented_heredoc(before) ? (uint32_t)common_indent(in) : 0;
}
