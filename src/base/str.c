/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Doubling buffer with a cap. Text that would pass the cap is refused whole, so that what is there never ends inside a code point
 * or a tag that one call wrote. Memory that is missing ends the program, as in the arenas.
 */
#include "base/str.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

static bool make_room(struct str *s, size_t more)
{
	size_t cap = s->cap ? s->cap : 64;
	char *larger;

	if (s->failed || more > s->max - s->n) {
		s->failed = true;
		return false;
	}
	if (s->n + more < s->cap)
		return true;
	while (cap <= s->n + more)
		cap *= 2;
	larger = realloc(s->p, cap);
	if (!larger)
		arena_exhausted();
	s->p = larger;
	s->cap = cap;
	return true;
}

void str_free(struct str *s)
{
	free(s->p);
	*s = (struct str){.max = s->max};
}

void str_clear(struct str *s)
{
	s->n = 0;
	s->failed = false;
	if (s->p)
		*s->p = '\0';
}

void str_put(struct str *s, const char *p, size_t n)
{
	if (!make_room(s, n))
		return;
	if (n)
		memcpy(s->p + s->n, p, n);
	s->n += n;
	s->p[s->n] = '\0';
}

void str_char(struct str *s, char c)
{
	str_put(s, &c, 1);
}

void str_text(struct str *s, const char *text)
{
	str_put(s, text, strlen(text));
}

void str_span(struct str *s, struct span text)
{
	str_put(s, text.p, text.n);
}

void str_utf8(struct str *s, unsigned code_point)
{
	char bytes[4];

	str_put(s, bytes, utf8_encode(code_point, bytes));
}

void str_vprintf(struct str *s, const char *format, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	if (n >= 0 && make_room(s, (size_t)n)) {
		vsnprintf(s->p + s->n, (size_t)n + 1, format, again);
		s->n += (size_t)n;
	}
	va_end(again);
}

void str_printf(struct str *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	str_vprintf(s, format, args);
	va_end(args);
}

bool str_failed(const struct str *s)
{
	return s->failed;
}

struct span str_get(const struct str *s)
{
	return (struct span){s->p ? s->p : "", s->n};
}
