/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Line starts once a document, then a binary search and a count of code points in one line. The end of the text is a valid
 * place (a missing '}' stands there). Marks on the way keep the count short also in a file that is one line of megabytes.
 */
#include "base/pos.h"

#include "base/utf8.h"

#define MARK_BYTES 4096

/* cr: the text has one; without, the search is memchr's. */
static size_t next_line(struct span text, size_t at, bool cr)
{
	if (!cr) {
		const char *end = memchr(text.p + at, '\n', text.n - at);

		return end ? (size_t)(end - text.p) + 1 : text.n + 1;
	}
	while (at < text.n && text.p[at] != '\n' && text.p[at] != '\r')
		at++;
	if (at + 1 < text.n && text.p[at] == '\r' && text.p[at + 1] == '\n')
		at++;
	return at + 1;
}

/* A line's end is never inside a code point, so counting from the text's start gives the same as from the line's. */
static void set_marks(struct arena *a, struct lines *l)
{
	bool ascii = utf8_is_ascii(l->text);
	size_t at = 0, count = 0;

	l->marks = ARENA_ARRAY(a, struct lines_mark, l->text.n / MARK_BYTES + 1);
	for (size_t k = 0; k <= l->text.n / MARK_BYTES; k++) {
		if (ascii)
			at = count = k * MARK_BYTES;
		else
			at = utf8_skip(l->text, at, k * MARK_BYTES, &count);
		l->marks[l->mark_count++] = (struct lines_mark){(uint32_t)at, (uint32_t)count};
	}
}

struct lines lines_of(struct arena *a, struct span text)
{
	struct lines l = {.text = text};
	bool cr = memchr(text.p, '\r', text.n) != NULL;

	*ARENA_PUSH(a, l.starts, l.count) = 0;
	for (size_t at = next_line(text, 0, cr); at <= text.n; at = next_line(text, at, cr))
		*ARENA_PUSH(a, l.starts, l.count) = (uint32_t)at;
	set_marks(a, &l);
	return l;
}

/* Code points before offset. */
static size_t count_before(const struct lines *l, size_t offset)
{
	size_t k = offset / MARK_BYTES;

	if (l->marks[k].offset > offset)      /* inside a code point that crosses the border */
		k--;
	return l->marks[k].code_points + utf8_count(span_cut(l->text, l->marks[k].offset, offset));
}

static size_t line_index(const struct lines *l, size_t offset)
{
	size_t low = 0, high = l->count;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (l->starts[mid] <= offset)
			low = mid;
		else
			high = mid;
	}
	return low;
}

struct pos lines_pos(const struct lines *l, size_t offset)
{
	size_t i, start, before;

	if (offset > l->text.n)
		offset = l->text.n;
	i = line_index(l, offset);
	start = l->starts[i];
	before = offset - start <= MARK_BYTES ? utf8_count(span_cut(l->text, start, offset)) : count_before(l, offset) - count_before(l, start);
	return (struct pos){(uint32_t)i + 1, (uint32_t)before + 1};
}

struct span lines_line(const struct lines *l, uint32_t line)
{
	size_t from, to;

	if (!line || line > l->count)
		return (struct span){"", 0};
	from = l->starts[line - 1];
	to = line < l->count ? l->starts[line] : l->text.n;
	while (to > from && (l->text.p[to - 1] == '\n' || l->text.p[to - 1] == '\r'))
		to--;
	return span_cut(l->text, from, to);
}
