/* SPDX-License-Identifier: EUPL-1.2 */
/* Tests on a scale (section 4): numbers, lengths, durations, versions of TLS and of products, dates, strengths of keys, and ranges that cover others. */
#include "rule/predicate_p.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* ------------------------------------------------------------------ orders */

static enum truth compare(struct judged *j, double value, bool (*measure)(struct judged *, const char *, double *))
{
	const struct { bool given; const struct literal *at; int sign; bool equal_too; } bounds[] = {
		{j->t->lt.given, &j->t->lt.at, -1, false}, {j->t->le.given, &j->t->le.at, -1, true},
		{j->t->gt.given, &j->t->gt.at, 1, false}, {j->t->ge.given, &j->t->ge.at, 1, true},
	};

	for (size_t i = 0; i < 4; i++) {
		double bound;

		if (!bounds[i].given)
			continue;
		if (!measure(j, literal_text(j->c, bounds[i].at), &bound))
			return TRUTH_UNKNOWN;
		if (bounds[i].sign < 0 ? value > bound : value < bound)
			return TRUTH_NO;
		if (!bounds[i].equal_too && !(value < bound) && !(value > bound))
			return TRUTH_NO;
	}
	return TRUTH_YES;
}

static bool measure_number(struct judged *j, const char *text, double *ret)
{
	(void)j;
	return judged_number(span_of(text), ret);
}

enum truth test_number(struct judged *j)
{
	double value;

	return judged_number(j->v->text, &value) ? compare(j, value, measure_number) : TRUTH_NO;
}

enum truth test_length(struct judged *j)
{
	return compare(j, (double)judged_part(j).n, measure_number);
}

enum truth test_entropy(struct judged *j)
{
	return compare(j, entropy_bits(judged_part(j)), measure_number);
}

static bool measure_duration(struct judged *j, const char *text, double *ret)
{
	int64_t seconds = duration_seconds(span_of(text), j->t->unit);

	*ret = (double)seconds;
	return seconds >= 0;
}

enum truth test_duration(struct judged *j)
{
	int64_t seconds = duration_seconds(j->v->text, j->t->unit);

	return seconds < 0 ? TRUTH_UNKNOWN : compare(j, (double)seconds, measure_duration);
}

static bool measure_tls(struct judged *j, const char *text, double *ret)
{
	(void)j;
	*ret = tls_order(span_of(text));
	return *ret >= 0;
}

enum truth test_tls(struct judged *j)
{
	int order = tls_order(j->v->text);

	return order < 0 ? TRUTH_UNKNOWN : compare(j, order, measure_tls);
}

/* Dotted numbers as one: the first four parts, each counted up to 9999. */
static bool version_number(struct span s, double *ret)
{
	double total = 0;
	size_t i = 0, parts = 0;

	if (s.n && (s.p[0] == 'v' || s.p[0] == 'V'))
		i++;
	while (i < s.n && isdigit((unsigned char)s.p[i]) && parts < 4) {
		double part = 0;

		while (i < s.n && isdigit((unsigned char)s.p[i]))
			part = part * 10 + (s.p[i++] - '0');
		total = total * 10000 + (part > 9999 ? 9999 : part);
		parts++;
		if (i < s.n && s.p[i] == '.')
			i++;
	}
	for (size_t k = parts; k < 4; k++)
		total *= 10000;
	*ret = total;
	return parts > 0;
}

static bool measure_version(struct judged *j, const char *text, double *ret)
{
	(void)j;
	return version_number(span_of(text), ret);
}

enum truth test_version(struct judged *j)
{
	double value;

	return version_number(j->v->text, &value) ? compare(j, value, measure_version) : TRUTH_UNKNOWN;
}

/* audit, a date, "audit - 12 months", "audit + 90 days" */
static date_t date_of(const struct judged *j, const char *text)
{
	date_t base = j->c->options->date;
	char sign, unit[16];
	int amount;

	if (strncmp(text, "audit", 5))
		return date_parse(span_of(text));
	if (sscanf(text, "audit %c %d %15s", &sign, &amount, unit) != 3)
		return base;
	amount = sign == '-' ? -amount : amount;
	if (!strncmp(unit, "month", 5))
		return date_add_months(base, amount);
	if (!strncmp(unit, "year", 4))
		return date_add_months(base, amount * 12);
	return base + amount * (strncmp(unit, "week", 4) ? 1 : 7);
}

static bool measure_date(struct judged *j, const char *text, double *ret)
{
	date_t date = date_of(j, text);

	*ret = date;
	return date != DATE_NONE;
}

enum truth test_date(struct judged *j)
{
	date_t date = date_parse(j->v->text);

	return date == DATE_NONE ? TRUTH_UNKNOWN : compare(j, date, measure_date);
}

/* A block {type, bits, curve} (a certificate's key), or a name such as RSA_2048. */
enum truth test_strength(struct judged *j)
{
	date_t at = date_of(j, literal_text(j->c, &j->t->at));
	const struct fact *f = j->v->fact;
	const char *type = f && f->kind == FACT_BLOCK ? fact_text(f, "type") : NULL, *bits = type ? fact_text(f, "bits") : NULL;

	if (type && bits)
		return strength_below(j->t->table, span_of(type), (uint32_t)strtoul(bits, NULL, 10), at);
	return strength_below(j->t->table, judged_part(j), 0, at);
}

/* ------------------------------------------------------------------ ranges */

static bool range_of(const char *text, double *low, double *high)
{
	char *end;

	*low = *high = strtod(text, &end);
	if (end == text)
		return false;
	if (*end == '-')
		*high = strtod(end + 1, &end);
	return *end == '\0';
}

static bool range_covers(struct span range, const char *wanted)
{
	double low, high, least, most;
	char buffer[64];

	if (span_is(range, "*") || span_is(range, "-1"))
		return true;
	if (range.n >= sizeof buffer)
		return false;
	memcpy(buffer, range.p, range.n);
	buffer[range.n] = '\0';
	return range_of(buffer, &low, &high) && range_of(wanted, &least, &most) && low <= least && high >= most;
}

static enum truth covers(struct judged *j, const char *wanted)
{
	const struct fact *f = j->v->fact;

	if (range_covers(j->v->text, wanted))
		return TRUTH_YES;
	if (f && f->kind == FACT_LIST)
		FACT_EACH(item, f)
			if (range_covers(item->value, wanted))
				return TRUTH_YES;
	return TRUTH_NO;
}

enum truth test_covers(struct judged *j)
{
	return judged_any(j, covers);
}
