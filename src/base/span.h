/* SPDX-License-Identifier: EUPL-1.2 */
/* A piece of text that somebody else owns: pointer and length, never NUL-terminated by promise. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *p;
	size_t n;
};

#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

static inline struct span span_of(const char *text)
{
	return (struct span){text, text ? strlen(text) : 0};
}

static inline struct span span_cut(struct span s, size_t from, size_t to)
{
	return (struct span){s.p + from, to - from};
}

bool span_eq(struct span a, struct span b);
bool span_is(struct span a, const char *text);
/* ASCII letters without case. */
bool span_eq_nocase(struct span a, struct span b);
bool span_starts(struct span s, const char *prefix);
bool span_ends(struct span s, const char *suffix);
/* First place of needle in s, or NULL. An empty needle is found at the start. */
const char *span_find(struct span s, struct span needle);
/* Without blanks (space, tab, CR, LF) at both ends. */
struct span span_trim(struct span s);

#endif
