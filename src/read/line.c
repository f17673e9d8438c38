/* SPDX-License-Identifier: EUPL-1.2 */
/* See line.h. Nothing here knows a format; offsets are those of the text given. */
#include "read/line.h"

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

struct line line_at(struct span text, uint32_t from)
{
	uint32_t to = from, end = (uint32_t)text.n;

	while (to < end && text.p[to] != '\n' && text.p[to] != '\r')
		to++;
	if (to == end)
		return (struct line){from, to, to};
	return (struct line){from, to, to + (text.p[to] == '\r' && to + 1 < end && text.p[to + 1] == '\n' ? 2 : 1)};
}

bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

uint32_t skip_blanks(struct span text, uint32_t from, uint32_t to)
{
	while (from < to && is_blank(text.p[from]))
		from++;
	return from;
}

uint32_t trim_end(struct span text, uint32_t from, uint32_t to)
{
	while (to > from && is_blank(text.p[to - 1]))
		to--;
	return to;
}
