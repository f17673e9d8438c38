/* SPDX-License-Identifier: EUPL-1.2 */
/* Comparisons by bytes, as unsigned characters, never by locale: the order of results must not depend on where they are made. */
#include "base/span.h"

#include <strings.h>

#define RARE_BYTES 32      /* a byte that stands once in as many or fewer is worth looking for alone */

bool span_eq_nocase(struct span a, struct span b)
{
	return a.n == b.n && (!a.n || !strncasecmp(a.p, b.p, a.n));
}

/*
 * By the first byte while it is rare: memchr passes over a text several times as fast as memmem. Where it is not rare, memmem goes on,
 * so that the time stays a sum and no product.
 */
const char *span_find(struct span s, struct span needle)
{
	const char *at = s.p, *end;

	if (!needle.n)
		return s.p;
	if (s.n < needle.n)
		return NULL;
	end = s.p + (s.n - needle.n) + 1;      /* behind the last place it may begin at */
	for (size_t tried = 0; tried * RARE_BYTES <= (size_t)(at - s.p) + RARE_BYTES; tried++) {
		at = memchr(at, *needle.p, (size_t)(end - at));
		if (!at || !memcmp(at, needle.p, needle.n))
			return at;
		if (++at == end)
			return NULL;
	}
	return memmem(at, s.n - (size_t)(at - s.p), needle.p, needle.n);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span span_trim(struct span s)
{
	while (s.n && is_blank(*s.p))
		s.p++, s.n--;
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}
