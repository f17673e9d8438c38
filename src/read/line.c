/* SPDX-License-Identifier: EUPL-1.2 */
/* See line.h. Nothing here knows a format; offsets are those of the text given. */
#include "read/line.h"

#define LINES_TO_BID 60

bool has_expression(struct span v)
{
	for (size_t i = 0; i + 3 < v.n; i++) {
		const char *dollar = memchr(v.p + i, '$', v.n - i);

		if (!dollar)
			return false;
		i = (size_t)(dollar - v.p);
		if (i + 1 < v.n && v.p[i + 1] == '$')
			i++;
		else if (i + 1 < v.n && v.p[i + 1] == '{')
			return memchr(dollar, '}', v.n - i);
	}
	return false;
}

/* Whether one of eight bytes is a line end; a carry can only make it say so where the byte before is one. */
static bool has_line_end(const char *p)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t word, feed, back;

	memcpy(&word, p, sizeof word);
	feed = word ^ ones * '\n';
	back = word ^ ones * '\r';
	return (((feed - ones) & ~feed) | ((back - ones) & ~back)) & ones * 0x80;
}

struct line line_at(struct span text, uint32_t from)
{
	uint32_t to = from, end = (uint32_t)text.n;

	while (end - to >= 8 && !has_line_end(text.p + to))
		to += 8;
	while (to < end && text.p[to] != '\n' && text.p[to] != '\r')
		to++;
	if (to == end)
		return (struct line){from, to, to};
	return (struct line){from, to, to + (text.p[to] == '\r' && to + 1 < end && text.p[to + 1] == '\n' ? 2 : 1)};
}

bool line_blank(char c)
{
	return c == ' ' || c == '\t';
}

uint32_t line_skip(struct span text, uint32_t from, uint32_t to)
{
	while (from < to && line_blank(text.p[from]))
		from++;
	return from;
}

uint32_t line_trim(struct span text, uint32_t from, uint32_t to)
{
	while (to > from && line_blank(text.p[to - 1]))
		to--;
	return to;
}

bool word_char(char c, const char *more)
{
	if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
		return true;
	while (*more && *more != c)
		more++;
	return c && *more;
}

uint32_t word_end(struct span text, uint32_t from, uint32_t to, const char *more)
{
	while (from < to && word_char(text.p[from], more))
		from++;
	return from;
}

uint32_t quote_end(struct span text, uint32_t from, uint32_t to, char quote, bool escapes)
{
	while (from < to && text.p[from] != quote)
		from += escapes && text.p[from] == '\\' && from + 1 < to ? 2 : 1;
	return from;
}

void line_value(struct builder *b, const struct text *t, struct fact *f, uint32_t from, uint32_t to, enum decoder_kind kind,
		bool expressions)
{
	struct span raw = span_cut(t->bytes, from, to);

	f->at = (struct place){from, to - from};
	f->value = raw;
	if (kind == DECODE_TOML_MULTILINE || (kind != NO_DECODER && memchr(raw.p, '\\', raw.n))) {
		struct span value = decode_step(builder_arena(b), kind, span_cut(t->bytes, 0, from), raw, NULL);

		if (!span_eq(value, raw)) {
			f->value = value;
			f->decoder = build_decoder(b, kind, NULL);
		}
	}
	if (expressions && f->kind == FACT_LITERAL && has_expression(f->value)) {
		f->kind = FACT_TEMPLATE;
		f->state = FACT_UNKNOWN;
	}
}

const char *line_key(struct builder *b, const struct text *t, uint32_t from, uint32_t to, enum decoder_kind kind)
{
	struct span raw = span_cut(t->bytes, from, to);

	if (kind == NO_DECODER || !memchr(raw.p, '\\', raw.n))
		return build_intern(b, raw);
	return build_intern(b, decode_step(builder_arena(b), kind, span_cut(t->bytes, 0, from), raw, NULL));
}

void line_duplicate(struct builder *b, const struct text *t, const struct fact *made, struct place head, enum diag_level level)
{
	if (made && made->key && made->index)
		build_diag(b, t, level, head.offset, head.offset + head.length, "duplicate-key",
			   "'%s' stands here a second time", made->key);
}

struct line_count count_lines(struct span head, const char *comments, bool (*fits)(struct span line))
{
	struct line_count count = {0, 0};
	struct line l;

	for (uint32_t at = 0; at < head.n && count.lines < LINES_TO_BID; at = l.next) {
		struct span line;

		l = line_at(head, at);
		line = span_trim(span_cut(head, l.from, l.to));
		if (!line.n || strchr(comments, *line.p) || (l.next == head.n && count.lines && l.to == l.next))
			continue;      /* nothing, a comment, or a last line that may be cut */
		count.lines++;
		count.fitting += fits(line);
	}
	return count;
}

bool starts_sql(struct span line)
{
	static const char *const words[] = {"alter", "begin", "commit", "create", "delete", "drop", "grant", "insert", "revoke", "select", "update"};
	uint32_t n = word_end(line, 0, (uint32_t)line.n, "");

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_eq_nocase(span_cut(line, 0, n), span_of(words[i])))
			return true;
	return false;
}
