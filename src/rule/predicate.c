/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The tests of section 4 on one value that is there and known: one function each, in a table. Here those of equality, patterns, kinds and
 * presence; on a scale, of places and against the declaration: predicate_order.c, predicate_place.c, predicate_agrees.c. What is missing,
 * unknown or has several candidates is settled before, in eval.c.
 */
#include "base/limits.h"
#include "rule/predicate_p.h"

#include <ctype.h>
#include <stdlib.h>

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
size_t judged_literals(struct judged *j, const char **ret)
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
enum truth judged_any(struct judged *j, enum truth (*answer)(struct judged *, const char *))
{
	const char *texts[LIMIT_LITERALS + 1];
	size_t count = judged_literals(j, texts);
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

bool judged_number(struct span s, double *ret)
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

bool judged_equal(const struct cond *leaf, struct span value, const char *text)
{
	struct span other = span_of(text);
	double a, b;

	if (leaf->exact ? span_eq(value, other) : span_eq_nocase(value, other))
		return true;
	if (!strcmp(text, "true") || !strcmp(text, "false"))
		return boolean_of(value) == (text[0] == 't');
	return !leaf->exact && judged_number(value, &a) && judged_number(other, &b) && !(a < b) && !(a > b);
}

/* By their first bytes, neither texts nor numbers nor words for yes and no. */
static bool begin_apart(struct span value, const char *text)
{
	char a = value.n ? value.p[0] : '\0';

	return tolower((unsigned char)a) != tolower((unsigned char)*text) && *text != 't' && *text != 'f' && !strchr("0123456789+-. \t\r\n", a);
}

static enum truth equals(struct judged *j, const char *text)
{
	if (begin_apart(j->v->text, text))
		return TRUTH_NO;
	return truth_of(judged_equal(j->leaf, j->v->text, text));
}

static enum truth test_in(struct judged *j)
{
	return judged_any(j, equals);
}

static bool list_holds(const struct judged *j, const struct fact *list, const char *text, bool *unknown)
{
	if (list->kind != FACT_LIST)
		return judged_equal(j->leaf, j->v->text, text);
	FACT_EACH(item, list) {
		if (item->state == FACT_UNKNOWN)
			*unknown = true;
		else if (judged_equal(j->leaf, item->value, text))
			return true;
	}
	*unknown = *unknown || list->open;
	return false;
}

static enum truth test_contains(struct judged *j)
{
	const char *texts[LIMIT_LITERALS + 1];
	size_t count = judged_literals(j, texts);
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

struct span judged_part(const struct judged *j)
{
	return j->v->match.p ? j->v->match : j->v->text;
}

static enum truth test_checksum(struct judged *j)
{
	return truth_of(checksum_ok(j->t->checksum, judged_part(j)));
}

/* ------------------------------------------------------------------ kinds, presence, blocks */

/* In Bicep a text stands in quotes: what does not, and has no value here, is an expression such as the name of a parameter. */
static bool is_bicep_name(const struct fact *f)
{
	return f->kind == FACT_LITERAL && f->state == FACT_UNKNOWN && f->scalar != SCALAR_STRING && f->doc && f->doc->dialect && !strcmp(f->doc->dialect, "bicep");
}

static enum truth test_kind_of_value(struct judged *j)
{
	static const char *const names[FACT_KINDS] = {"literal", "reference", "placeholder", "template", "null", "block", "block", "comment"};
	const char *texts[LIMIT_LITERALS + 1];
	size_t count = judged_literals(j, texts);
	const char *is = !j->v->fact ? "literal" : names[j->v->fact->kind];

	if (j->v->fact && fact_set_at(j->v->fact) && !fact_is_alias(j->v->fact))
		is = "reference";      /* what stands here is a name; the literal is judged where it was set */
	else if (j->v->fact && is_bicep_name(j->v->fact))
		is = "reference";
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
