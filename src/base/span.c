/* SPDX-License-Identifier: EUPL-1.2 */
/* Comparisons by bytes, as unsigned characters, never by locale: the order of results must not depend on where they are made. */
#include "base/span.h"

#include <strings.h>

bool span_eq_nocase(struct span a, struct span b)
{
	return a.n == b.n && (!a.n || !strncasecmp(a.p, b.p, a.n));
}

const char *span_find(struct span s, struct span needle)
{
	if (!needle.n)
		return s.p;
	return s.n < needle.n ? NULL : memmem(s.p, s.n, needle.p, needle.n);
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
