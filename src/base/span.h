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

/* Here, so that the length of a literal is known where it is written. */
static inline bool span_eq(struct span a, struct span b)
{
	/* analyser: bytes without a place have no length */
	return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

static inline bool span_is(struct span a, const char *text)
{
	return span_eq(a, span_of(text));
}

static inline bool span_starts(struct span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && !memcmp(s.p, prefix, n);
}

static inline bool span_ends(struct span s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && !memcmp(s.p + s.n - n, suffix, n);
}

/* ASCII letters without case. */
bool span_eq_nocase(struct span a, struct span b);
/* First place of needle in s, or NULL. An empty needle is found at the start. */
const char *span_find(struct span s, struct span needle);
/* Without blanks (space, tab, CR, LF) at both ends. */
struct span span_trim(struct span s);

#endif
