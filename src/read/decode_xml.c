/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Steps of XML 1.0: references, CDATA and other markup in text, blanks in attributes. Entities of a DTD are not expanded.
 */
#include "read/decode.h"

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

void decode_xml_text(struct sink *s)
{
	decode_xml(s, false);
}

void decode_xml_attribute(struct sink *s)
{
	decode_xml(s, true);
}
