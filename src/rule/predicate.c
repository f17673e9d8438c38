/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The tests of section 4 on one value that is there and known: one function each, in a table. What is missing, unknown or
 * has several candidates is settled before, in eval.c.
 */
#include "base/limits.h"
#include "rule/rule_p.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>


struct judged {
	struct context *c;
	const struct cond *leaf;
	const struct test *t;
	struct value *v;
	const struct fact *declared;
	struct verdict3 *out;
};

static enum truth truth_of(bool b)
{
	return b ? TRUTH_YES : TRUTH_NO;
}

/* ------------------------------------------------------------------ literals */

static const struct fact *policy_of(const struct context *c)
{
	return c->options->declaration ? c->options->declaration->policy : NULL;
}

/* A parameter that is a list, or one text. */
static size_t literal_texts(struct context *c, const struct literal *l, const char **ret, size_t max)
{
	const struct param *p;
	struct selection found;
	size_t count = 0;

	if (l->param < 0) {
		ret[0] = l->text;
		return 1;
	}
	p = &c->rule->params[l->param];
	if (p->has_policy && policy_of(c)) {
		path_select(c->scratch, &p->policy, policy_of(c), &found);
		for (size_t i = 0; i < found.count; i++) {
			const struct fact *f = found.facts[i];

			if (f->kind == FACT_LIST) {
				FACT_EACH(item, f)
					if (count < max)
						ret[count++] = arena_dup(c->scratch, item->value.p, item->value.n);
			} else if (count < max) {
				ret[count++] = arena_dup(c->scratch, f->value.p, f->value.n);
			}
		}
		if (count)
			return count;
	}
	for (size_t i = 0; i < p->by_default.count && count < max; i++)
		ret[count++] = p->by_default.items[i].text;
	return count;
}

const char *literal_text(struct context *c, const struct literal *l)
{
	const char *one[1];

	return literal_texts(c, l, one, 1) ? one[0] : "";
}

/* ret: room for one more than the limit */
static size_t all_literals(struct judged *j, const char **ret)
{
	size_t count = 0, room = LIMIT_LITERALS + 1;

	for (size_t i = 0; i < j->t->values.count && count < room; i++)
		count += literal_texts(j->c, &j->t->values.items[i], ret + count, room - count);
	if (count < room)
		return count;
	limit_reached(j->c, "only the first values of this list were compared");
	return LIMIT_LITERALS;
}

/* The best answer that one of the test's literals gives. */
static enum truth any_literal(struct judged *j, enum truth (*answer)(struct judged *, const char *))
{
	const char *texts[LIMIT_LITERALS + 1];
	size_t count = all_literals(j, texts);
	enum truth best = TRUTH_NO;

	for (size_t i = 0; i < count; i++)
		best = truth_most(best, answer(j, texts[i]));
	return best;
}

/* ------------------------------------------------------------------ equality */

static int boolean_of(struct span s)
{
	static const char *const yes[] = {"true", "on", "yes", "1", "enabled"}, *const no[] = {"false", "off", "no", "0", "disabled"};

	for (size_t i = 0; i < 5; i++) {
		if (span_eq_nocase(s, span_of(yes[i])))
			return 1;
		if (span_eq_nocase(s, span_of(no[i])))
			return 0;
	}
	return -1;
}

static bool number_of(struct span s, double *ret)
{
	char buffer[64], *end;

	s = span_trim(s);
	if (!s.n || s.n >= sizeof buffer || !(isdigit((unsigned char)s.p[0]) || s.p[0] == '-' || s.p[0] == '+' || s.p[0] == '.'))
		return false;
	memcpy(buffer, s.p, s.n);
	buffer[s.n] = '\0';
	*ret = strtod(buffer, &end);
	return end != buffer && !*end;
}

static bool equal(const struct cond *leaf, struct span value, const char *text)
{
	struct span other = span_of(text);
	double a, b;

	if (leaf->exact ? span_eq(value, other) : span_eq_nocase(value, other))
		return true;
	if (!strcmp(text, "true") || !strcmp(text, "false"))
		return boolean_of(value) == (text[0] == 't');
	return !leaf->exact && number_of(value, &a) && number_of(other, &b) && !(a < b) && !(a > b);
}

static enum truth equals(struct judged *j, const char *text)
{
	return truth_of(equal(j->leaf, j->v->text, text));
}

static enum truth test_in(struct judged *j)
{
	return any_literal(j, equals);
}

static bool list_holds(const struct judged *j, const struct fact *list, const char *text, bool *unknown)
{
	if (list->kind != FACT_LIST)
		return equal(j->leaf, j->v->text, text);
	FACT_EACH(item, list) {
		if (item->state == FACT_UNKNOWN)
			*unknown = true;
		else if (equal(j->leaf, item->value, text))
			return true;
	}
	*unknown = *unknown || list->open;
	return false;
}

static enum truth test_contains(struct judged *j)
{
	const char *texts[LIMIT_LITERALS + 1];
	size_t count = all_literals(j, texts);
	enum truth all = TRUTH_YES;

	for (size_t i = 0; i < count && j->v->fact; i++) {
		bool unknown = false;

		if (!list_holds(j, j->v->fact, texts[i], &unknown))
			all = unknown && all != TRUTH_NO ? TRUTH_UNKNOWN : TRUTH_NO;
	}
	return all;
}

/* ------------------------------------------------------------------ patterns */

static enum truth test_matches(struct judged *j)
{
	struct span groups[2];
	size_t from = j->v->match.p ? (size_t)(j->v->match.p - j->v->text.p) + (j->v->match.n ? j->v->match.n : 1) : 0;

	switch (pattern_find(j->t->pattern, j->v->text, from, groups, 2)) {
	case REGEX_YES:
		j->v->match = groups[1].p ? groups[1] : groups[0];
		return TRUTH_YES;
	case REGEX_LIMIT:
		limit_reached(j->c, "a bound of the pattern was reached");
		return TRUTH_UNKNOWN;
	default:
		return TRUTH_NO;
	}
}

static struct span matched_part(const struct judged *j)
{
	return j->v->match.p ? j->v->match : j->v->text;
}

static enum truth test_checksum(struct judged *j)
{
	return truth_of(checksum_ok(j->t->checksum, matched_part(j)));
}

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
	return number_of(span_of(text), ret);
}

static enum truth test_number(struct judged *j)
{
	double value;

	return number_of(j->v->text, &value) ? compare(j, value, measure_number) : TRUTH_NO;
}

static enum truth test_length(struct judged *j)
{
	return compare(j, (double)matched_part(j).n, measure_number);
}

static enum truth test_entropy(struct judged *j)
{
	return compare(j, entropy_bits(matched_part(j)), measure_number);
}

static bool measure_duration(struct judged *j, const char *text, double *ret)
{
	int64_t seconds = duration_seconds(span_of(text), j->t->unit);

	*ret = (double)seconds;
	return seconds >= 0;
}

static enum truth test_duration(struct judged *j)
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

static enum truth test_tls(struct judged *j)
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

static enum truth test_version(struct judged *j)
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

static enum truth test_date(struct judged *j)
{
	date_t date = date_parse(j->v->text);

	return date == DATE_NONE ? TRUTH_UNKNOWN : compare(j, date, measure_date);
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

static enum truth test_covers(struct judged *j)
{
	return any_literal(j, covers);
}

/* ------------------------------------------------------------------ places */

/* Kept: the tables of countries are walked for each answer, and the same few questions come again and again. */
static enum truth lies_in(struct judged *j, const char *country, const char *territory)
{
	struct map *kept = j->c->territories;
	char question[64];
	struct map_entry *entry;
	int n = snprintf(question, sizeof question, "%s\n%s", country, territory);

	if (!kept || n < 0 || (size_t)n >= sizeof question)
		return country_in(country, territory, j->c->options->date);
	entry = map_entry(kept, span_of(question));
	if (!entry->value)
		entry->value = (void *)(1 + (uintptr_t)country_in(country, territory, j->c->options->date));
	return (enum truth)((uintptr_t)entry->value - 1);
}

static enum truth value_lies_in(struct judged *j, const char *territory)
{
	return lies_in(j, arena_dup(j->c->scratch, j->v->text.p, j->v->text.n), territory);
}

static enum truth test_territory(struct judged *j)
{
	return any_literal(j, value_lies_in);
}

static const struct provider *provider_of(struct judged *j)
{
	return know_provider(j->c->set->know, arena_dup(j->c->scratch, j->v->text.p, j->v->text.n));
}

/* A provider obeys the law of its home and of its parent's. */
static enum truth provider_lies_in(struct judged *j, const char *territory)
{
	const struct provider *p = provider_of(j);
	const char *parent = p->parent_country && *p->parent_country ? p->parent_country : p->home_country;

	return truth_least(lies_in(j, p->home_country, territory), lies_in(j, parent, territory));
}

/* Of a country's code, or of a provider's name. */
static enum truth test_jurisdiction(struct judged *j)
{
	const struct provider *p;

	if (j->v->text.n == 2)
		return any_literal(j, value_lies_in);
	p = provider_of(j);
	if (!p)
		return TRUTH_UNKNOWN;
	j->v->doubtful = j->v->doubtful || !p->verified;
	return any_literal(j, provider_lies_in);
}

static enum truth network_of(struct judged *j, const char *class_name)
{
	return network_is(j->v->text, class_name);
}

static enum truth test_network(struct judged *j)
{
	return any_literal(j, network_of);
}

/* A block {type, bits, curve} (a certificate's key), or a name such as RSA_2048. */
static enum truth test_strength(struct judged *j)
{
	date_t at = date_of(j, literal_text(j->c, &j->t->at));
	const struct fact *f = j->v->fact;
	const char *type = f && f->kind == FACT_BLOCK ? fact_text(f, "type") : NULL, *bits = type ? fact_text(f, "bits") : NULL;

	if (type && bits)
		return strength_below(j->t->table, span_of(type), (uint32_t)strtoul(bits, NULL, 10), at);
	return strength_below(j->t->table, matched_part(j), 0, at);
}

/* ------------------------------------------------------------------ declared against observed (section 5) */

static bool host_matches(struct span host, struct span pattern)
{
	if (pattern.n > 2 && pattern.p[0] == '*' && pattern.p[1] == '.')
		return host.n > pattern.n - 1 && span_eq_nocase(span_cut(host, host.n - (pattern.n - 1), host.n), span_cut(pattern, 1, pattern.n));
	return span_eq_nocase(host, pattern);
}

static bool agrees_with(struct judged *j, const struct value *declared)
{
	const struct agrees *a = &j->t->agrees;
	char *text = arena_dup(j->c->scratch, declared->text.p, declared->text.n);
	double left, right;

	if (a->how == AGREE_HOST)
		return host_matches(j->v->text, declared->text);
	if (a->how != AGREE_GE && a->how != AGREE_LE)
		return equal(j->leaf, j->v->text, text);
	left = tls_order(j->v->text);
	right = tls_order(declared->text);
	if ((left < 0 || right < 0) && (!number_of(j->v->text, &left) || !number_of(declared->text, &right)))
		return false;
	return a->how == AGREE_GE ? left >= right : left <= right;
}

/* The field is there but nothing below it: an empty list, "none", not applicable say NO; a list of records without that key says nothing. */
static enum truth nothing_below(struct judged *j, const struct deployment *d, bool *absent)
{
	struct path field = j->t->agrees.with;
	struct selection found;

	field.count = field.count > 1 ? 1 : field.count;
	path_select(j->c->scratch, &field, d->block, &found);
	if (!found.count || found.facts[0]->kind == FACT_NULL || (found.facts[0]->kind == FACT_LIST && found.facts[0]->first))
		return TRUTH_NO;
	*absent = false;
	if (!j->declared)
		j->declared = found.facts[0];
	return span_is(found.facts[0]->value, "unknown") ? TRUTH_UNKNOWN : TRUTH_NO;
}

/* What one deployment declares: YES agrees, NO does not, UNKNOWN said "unknown", and *absent when it says nothing. */
static enum truth one_deployment_agrees(struct judged *j, const struct deployment *d, bool *absent)
{
	struct selection found;
	enum truth best = TRUTH_NO;

	*absent = true;
	path_select(j->c->scratch, &j->t->agrees.with, d->block, &found);
	for (size_t i = 0; i < found.count; i++) {
		struct value declared = {.fact = found.facts[i], .text = found.facts[i]->value};

		if (declared.fact->kind == FACT_NULL)
			continue;
		*absent = false;
		if (!j->declared)
			j->declared = declared.fact;
		if (span_is(declared.text, "unknown")) {
			best = best == TRUTH_NO ? TRUTH_UNKNOWN : best;
			continue;
		}
		if (j->t->agrees.as && !convert(j->c, j->t->agrees.as, &declared))
			continue;
		if (agrees_with(j, &declared)) {
			j->declared = declared.fact;
			return TRUTH_YES;
		}
	}
	return found.count ? best : nothing_below(j, d, absent);
}

static enum truth agrees_among(struct judged *j)
{
	const struct declaration *decl = j->c->options->declaration;
	enum truth best = TRUTH_NO;

	if (!decl) {
		j->out->silenced = true;
		return TRUTH_UNKNOWN;
	}
	for (size_t i = 0; i < decl->deployment_count; i++) {
		bool absent;
		enum truth one = one_deployment_agrees(j, &decl->deployments[i], &absent);

		best = truth_most(best, one);
	}
	if (best == TRUTH_NO)
		j->declared = NULL;      /* what others declare is not the other side of this */
	return best;
}

static enum truth test_agrees(struct judged *j)
{
	enum truth answer;
	bool absent;

	if (j->t->agrees.among)
		return agrees_among(j);
	if (!j->c->deployment) {
		j->out->silenced = true;
		return TRUTH_UNKNOWN;
	}
	answer = one_deployment_agrees(j, j->c->deployment, &absent);
	if (absent) {
		j->out->silenced = true;
		j->out->absent_field = j->t->agrees.with.written;
		return TRUTH_UNKNOWN;
	}
	return answer;
}

/* ------------------------------------------------------------------ kinds, presence, blocks */

static enum truth test_kind_of_value(struct judged *j)
{
	static const char *const names[FACT_KINDS] = {"literal", "reference", "placeholder", "template", "null", "block", "block", "comment"};
	const char *texts[LIMIT_LITERALS + 1];
	size_t count = all_literals(j, texts);
	const char *is = !j->v->fact ? "literal" : names[j->v->fact->kind];

	if (j->v->fact && j->v->fact->set_at && !fact_is_alias(j->v->fact))
		is = "reference";      /* what stands here is a name; the literal is judged where it was set */
	else if (j->v->fact && j->v->fact->kind == FACT_LITERAL && value_is_placeholder(j->v->text))
		is = "placeholder";
	for (size_t i = 0; i < count; i++)
		if (!strcmp(texts[i], is))
			return TRUTH_YES;
	return TRUTH_NO;
}

static enum truth test_present(struct judged *j)
{
	return truth_of((!j->v->fact || j->v->fact->kind != FACT_NULL) == j->t->yes);
}

static bool is_filled(const struct value *v)
{
	const struct fact *f = v->fact;

	if (f && fact_has_parts(f))
		return f->first != NULL || f->open;
	if (f && (f->kind == FACT_NULL || f->kind == FACT_PLACEHOLDER))
		return false;
	return v->text.n > 0 && !value_is_placeholder(v->text);
}

static enum truth test_filled(struct judged *j)
{
	return truth_of(is_filled(j->v) == j->t->yes);
}

static enum truth test_has(struct judged *j)
{
	struct context inner = *j->c;
	struct verdict3 result;

	if (!j->v->fact || !fact_has_parts(j->v->fact))
		return j->v->unknown || (j->v->fact && j->v->fact->state == FACT_UNKNOWN) ? TRUTH_UNKNOWN : TRUTH_NO;
	inner.block = inner.self = j->v->fact;
	result = cond_eval(&inner, j->t->has);
	if (inner.limit)
		limit_reached(j->c, inner.limit_why);
	*j->out = result;
	return result.truth;
}

static enum truth test_count(struct judged *j)
{
	(void)j;
	return TRUTH_YES;      /* about the selection, not a value: eval.c answers it */
}

static enum truth (*const tests[TEST_KINDS])(struct judged *) = {
	[TEST_IS] = test_in, [TEST_IN] = test_in, [TEST_CONTAINS] = test_contains, [TEST_MATCHES] = test_matches,
	[TEST_PRESENT] = test_present, [TEST_FILLED] = test_filled, [TEST_HAS] = test_has, [TEST_KIND] = test_kind_of_value,
	[TEST_NUMBER] = test_number, [TEST_COUNT] = test_count, [TEST_LENGTH] = test_length, [TEST_COVERS] = test_covers,
	[TEST_DURATION] = test_duration, [TEST_TLS] = test_tls, [TEST_VERSION] = test_version, [TEST_DATE] = test_date,
	[TEST_TERRITORY] = test_territory, [TEST_JURISDICTION] = test_jurisdiction, [TEST_NETWORK] = test_network,
	[TEST_CHECKSUM] = test_checksum, [TEST_ENTROPY] = test_entropy, [TEST_STRENGTH] = test_strength, [TEST_AGREES] = test_agrees,
};

enum truth test_eval(struct context *c, const struct cond *leaf, const struct test *t, struct value *v, const struct fact **ret_declared, struct verdict3 *out)
{
	struct judged j = {.c = c, .leaf = leaf, .t = t, .v = v, .out = out};
	enum truth answer = t->off ? TRUTH_YES : tests[t->kind](&j);

	if (j.declared)
		*ret_declared = j.declared;
	return answer;
}
