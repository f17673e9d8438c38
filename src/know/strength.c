/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Is a key, hash or cipher weaker than a dated table of rules/know/strengths.yaml asks? The table is the program's own, as
 * the territories are. A name that no line knows, or a size that is not said, is unknown: neither strong nor weak.
 */
#include "know/know_p.h"
#include "read/table.h"

#include <ctype.h>

#define NAME_BYTES 64

static const struct table_node *strengths(const char *key)
{
	const struct table_file *f = table_find("know/strengths.yaml");

	return f ? table_child(table_root(f), key) : NULL;
}

static bool named(const struct table_node *line, struct span name)
{
	const struct table_node *names = table_child(line, "names");
	char a[NAME_BYTES], b[NAME_BYTES];
	struct span wanted = name_normal(name.p, name.n, a, sizeof a);

	if (names)
		TABLE_EACH(item, names)
			if (span_eq(name_normal(table_value(item).p, table_value(item).n, b, sizeof b), wanted))
				return true;
	return false;
}

static uint32_t number(struct span s)
{
	uint32_t n = 0;

	for (size_t i = 0; i < s.n && isdigit((unsigned char)s.p[i]) && n < 1000000; i++)
		n = n * 10 + (uint32_t)(s.p[i] - '0');
	return n;
}

static uint32_t line_bits(const struct table_node *line)
{
	const struct table_node *bits = table_child(line, "bits");

	return bits ? number(table_value(bits)) : 0;
}

static bool line_holds(const struct table_node *line, date_t at)
{
	const char *from = table_text(line, "from"), *until = table_text(line, "until");
	date_t first = from ? date_parse(span_of(from)) : DATE_NONE, last = until ? date_parse(span_of(until)) : DATE_NONE;

	return (first == DATE_NONE || at >= first) && (last == DATE_NONE || at <= last);
}

/* "RSA_2048", "rsa-4096", "AES256": the family and, when *bits is 0, the size behind it. */
static struct span family_of(struct span name, uint32_t *bits)
{
	const struct table_node *names = strengths("names");
	size_t n = name.n;

	if (names)
		TABLE_EACH(line, names)
			if (named(line, name)) {
				*bits = *bits ? *bits : line_bits(line);
				return span_of(table_text(line, "is"));
			}
	while (n > 0 && isdigit((unsigned char)name.p[n - 1]))
		n--;
	if (name.n - n < 3)      /* SHA1, MD5, RC4: the digits are the name */
		return name;
	*bits = *bits ? *bits : number(span_cut(name, n, name.n));
	return span_cut(name, 0, n);
}

enum truth strength_below(const char *table, struct span name, uint32_t bits, date_t at)
{
	const struct table_node *tables = strengths("tables"), *t = tables ? table_child(tables, table) : NULL;
	const struct table_node *lines = t ? table_child(t, "lines") : NULL;
	struct span family = family_of(span_trim(name), &bits);

	if (!lines || !family.n)
		return TRUTH_UNKNOWN;
	TABLE_EACH(line, lines) {
		if (!line_holds(line, at) || !named(line, family))
			continue;
		if (table_child(line, "broken"))
			return TRUTH_YES;
		return !bits ? TRUTH_UNKNOWN : bits < line_bits(line) ? TRUTH_YES : TRUTH_NO;
	}
	return TRUTH_UNKNOWN;
}
