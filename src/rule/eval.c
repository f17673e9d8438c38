/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Conditions over facts in three-valued logic (section 6): no < unknown < yes; all = least, any = greatest, not = mirror,
 * without short cuts. Each answer carries its witnesses: the facts that decided, of which the first becomes the place of
 * a finding. What is missing, unknown, conditional or has several candidates is settled here; predicate.c only ever sees
 * one known value.
 */
#include "base/limits.h"
#include "rule/rule_p.h"

#include <stdio.h>


struct answer {
	enum truth truth;
	struct witness witness;
	struct verdict3 inner;      /* of a `has` or `agrees` */
};

/* ------------------------------------------------------------------ one value */

/* The test has nothing to say but its answer: no match, no declared side, no bound. */
static bool is_plain(const struct test *t)
{
	return t->kind == TEST_IS || t->kind == TEST_IN || t->kind == TEST_LENGTH || t->kind == TEST_KIND || t->kind == TEST_NUMBER || t->kind == TEST_ENTROPY;
}

/* After a no, what a pattern finds is of interest only where a text rule's failing leaf becomes its finding. */
static bool is_idle(const struct context *c, const struct test *t)
{
	bool shows_match = c->raw_text && (c->negated || c->rule->expect);

	return is_plain(t) || (!shows_match && (t->kind == TEST_MATCHES || t->kind == TEST_CHECKSUM));
}

/* An exception says nothing of a value that is none already, but for what it notes of the declaration. */
static bool is_idle_exception(const struct test *t)
{
	return t->kind != TEST_HAS && t->kind != TEST_AGREES;
}

static enum truth tests_eval(struct context *c, const struct cond *leaf, struct value *v, struct answer *out)
{
	const struct fact *declared = NULL;
	enum truth all = TRUTH_YES, none = leaf->but_not_count ? TRUTH_YES : TRUTH_NO;

	for (size_t i = 0; i < leaf->test_count; i++)
		if (all != TRUTH_NO || !is_idle(c, &leaf->tests[i]))
			all = truth_least(all, test_eval(c, leaf, &leaf->tests[i], v, &declared, &out->inner));
	for (size_t i = 0; i < leaf->but_not_count; i++) {
		struct value again = *v;

		if (all == TRUTH_NO && is_idle_exception(&leaf->but_not[i]))
			continue;
		again.match = (struct span){NULL, 0};
		none = truth_least(none, test_eval(c, leaf, &leaf->but_not[i], &again, &declared, &out->inner));
	}
	out->witness.declared = declared;
	return truth_least(all, truth_mirror(none));
}

static bool has_test(const struct cond *leaf, enum test_kind kind)
{
	for (size_t i = 0; i < leaf->test_count; i++)
		if (leaf->tests[i].kind == kind)
			return true;
	return false;
}

/* A match whose checksum fails is not the last word: the next match of the same value is tried. */
static enum truth known_eval(struct context *c, const struct cond *leaf, struct value *v, struct answer *out)
{
	bool again = has_test(leaf, TEST_MATCHES) && leaf->test_count > 1;
	enum truth answer = TRUTH_NO;

	for (int tries = 0; tries < LIMIT_MATCHES_TRIED; tries++) {
		const char *before = v->match.p;

		answer = tests_eval(c, leaf, v, out);
		if (answer != TRUTH_NO || !again || !v->match.p || v->match.p == before)
			return answer;
	}
	limit_reached(c, "only the first matches in this value were tried");
	return answer;
}

/* Whether a test can be answered without knowing the value. */
static enum truth unknown_test(struct context *c, const struct cond *leaf, const struct test *t, struct value *v, struct answer *out)
{
	const struct fact *declared = NULL;
	bool named = v->fact && v->fact->kind == FACT_REFERENCE && !span_starts(v->fact->value, "var.") && !span_starts(v->fact->value, "local.");

	if (t->kind == TEST_PRESENT || t->kind == TEST_KIND || (t->kind == TEST_HAS && v->fact && v->fact->kind == FACT_BLOCK))
		return test_eval(c, leaf, t, v, &declared, &out->inner);
	if (t->kind == TEST_FILLED && named)      /* a reference to another resource is something */
		return t->yes ? TRUTH_YES : TRUTH_NO;
	if (t->kind == TEST_AGREES)               /* silent without a declared side, whatever was seen */
		test_eval(c, leaf, t, v, &declared, &out->inner);
	return TRUTH_UNKNOWN;
}

static enum truth unknown_eval(struct context *c, const struct cond *leaf, struct value *v, struct answer *out)
{
	enum truth all = TRUTH_YES;

	if (v->fact && fact_candidate_count(v->fact)) {
		enum truth first = TRUTH_UNKNOWN;

		for (size_t i = 0; i < fact_candidate_count(v->fact); i++) {
			struct value one = *v;
			enum truth t;

			one.text = fact_candidates(v->fact)[i];
			one.unknown = false;
			t = known_eval(c, leaf, &one, out);
			if (i && t != first)
				return TRUTH_UNKNOWN;
			first = t;
		}
		return first;
	}
	for (size_t i = 0; i < leaf->test_count; i++)
		all = truth_least(all, unknown_test(c, leaf, &leaf->tests[i], v, out));
	return leaf->but_not_count ? truth_least(all, TRUTH_UNKNOWN) : all;
}

static enum truth missing_eval(struct context *c, const struct cond *leaf, struct value *v, struct answer *out)
{
	const struct default_value *d = &leaf->by_default;
	enum truth all = TRUTH_YES;

	if (d->given) {
		if (d->unknown || (d->since != DATE_NONE && c->options->date < d->since))
			return TRUTH_UNKNOWN;
		v->text = span_of(literal_text(c, &d->value));
		v->from_default = true;
		return known_eval(c, leaf, v, out);
	}
	for (size_t i = 0; i < leaf->test_count; i++) {
		const struct test *t = &leaf->tests[i];
		bool absence = (t->kind == TEST_PRESENT || t->kind == TEST_FILLED) && !t->yes;

		all = truth_least(all, absence || t->off ? TRUTH_YES : TRUTH_NO);
	}
	return all;
}

/* What decided is shown whole, but for a text rule, which looks for a part of a text. */
static void fill_witness(const struct context *c, struct answer *out, const struct value *v)
{
	struct witness *w = &out->witness;

	w->fact = v->missing ? NULL : v->fact;
	w->match = v->match;
	w->shown = v->match.p && c->raw_text ? v->match : v->text;
	w->missing = v->missing;
	w->from_default = v->from_default;
	w->overridable = v->overridable;
	w->doubtful = v->doubtful;
	w->holder = v->holder;
}

/* A subject that may not be made is judged as one that is; a view speaks of what it was derived from when that is there at all. */
static bool is_all_of(const struct subject *s, const struct fact *f)
{
	return s && (f == s->block || f == s->written_block);
}

static bool may_be_absent(const struct context *c, const struct fact *f)
{
	const struct subject *s = c->subject;

	for (; f && f != c->block && !is_all_of(s, f) && !(s && is_all_of(s->of, f)); f = f->parent)
		if (f->conditional)
			return true;
	return false;
}

static struct answer value_eval(struct context *c, const struct cond *leaf, struct value v)
{
	struct answer out = {0};

	out.truth = v.missing ? missing_eval(c, leaf, &v, &out) : v.unknown ? unknown_eval(c, leaf, &v, &out) : known_eval(c, leaf, &v, &out);
	fill_witness(c, &out, &v);
	if (!v.missing && may_be_absent(c, v.fact)) {      /* there, or not there */
		struct value absent = {.missing = true, .holder = c->block};
		struct answer other = {0};

		if (missing_eval(c, leaf, &absent, &other) != out.truth)
			out.truth = TRUTH_UNKNOWN;
	}
	return out;
}

/* ------------------------------------------------------------------ a leaf */

static void add_witness(struct context *c, struct verdict3 *out, const struct answer *a, bool contradiction)
{
	if (a->inner.count && !a->witness.declared) {      /* a `has`: its own witnesses are sharper than the block */
		for (size_t i = 0; i < a->inner.count; i++)
			*ARENA_PUSH(c->scratch, out->witnesses, out->count) = a->inner.witnesses[i];
		return;
	}
	*ARENA_PUSH(c->scratch, out->witnesses, out->count) = a->witness;
	if (contradiction)
		out->witnesses[out->count - 1].contradicts = true;
}

static const struct test *agrees_test(const struct cond *leaf)
{
	for (size_t i = 0; i < leaf->test_count; i++)
		if (leaf->tests[i].kind == TEST_AGREES)
			return &leaf->tests[i];
	return NULL;
}

/* some: any. every and key: all alike; key: values that disagree are unknown. */
static enum truth fold(const struct cond *leaf, const struct answer *answers, size_t count, bool open)
{
	enum truth low = TRUTH_YES, high = TRUTH_NO;

	for (size_t i = 0; i < count; i++) {
		low = truth_least(low, answers[i].truth);
		high = truth_most(high, answers[i].truth);
	}
	if (leaf->selector == SELECT_SOME)
		return open && high == TRUTH_NO ? TRUTH_UNKNOWN : high;
	if (leaf->selector == SELECT_EVERY)
		return open ? truth_least(low, TRUTH_UNKNOWN) : low;
	return low == high ? low : TRUTH_UNKNOWN;
}

static void collect_witnesses(struct context *c, const struct cond *leaf, const struct answer *answers, size_t count, struct verdict3 *out)
{
	const struct test *agrees = agrees_test(leaf);

	for (size_t i = 0; i < count; i++) {
		out->silenced = out->silenced || answers[i].inner.silenced;
		out->absent_field = out->absent_field ? out->absent_field : answers[i].inner.absent_field;
		if (answers[i].truth != out->truth && !(leaf->selector == SELECT_KEY && out->truth == TRUTH_UNKNOWN))
			continue;
		add_witness(c, out, &answers[i], agrees && out->truth == TRUTH_NO);
		if (agrees && agrees->agrees.among && out->truth == TRUTH_NO)
			out->witnesses[out->count - 1].undeclared = true;
		if (leaf->selector == SELECT_SOME && out->truth == TRUTH_YES && !(c->every_match && leaf == c->rule->reject))
			return;
	}
}

static enum truth count_truth(struct context *c, const struct cond *leaf, const struct values *values)
{
	for (size_t i = 0; i < leaf->test_count; i++) {
		struct test t = leaf->tests[i];
		struct value v = {.text = span_of(arena_printf(c->scratch, "%zu", values->count))};
		const struct fact *declared = NULL;
		struct verdict3 inner = {0};

		if (t.kind != TEST_COUNT)
			continue;
		t.kind = TEST_NUMBER;
		return values->open ? TRUTH_UNKNOWN : test_eval(c, leaf, &t, &v, &declared, &inner);
	}
	return TRUTH_YES;
}

static struct verdict3 count_eval(struct context *c, const struct cond *leaf, const struct values *values)
{
	struct verdict3 out = {.truth = count_truth(c, leaf, values)};
	struct answer a = {.witness = {.missing = !values->count, .holder = values->holder}};

	for (size_t i = 0; i < values->count; i++) {
		a.witness = (struct witness){.fact = values->items[i].fact, .shown = values->items[i].text};
		add_witness(c, &out, &a, false);
	}
	if (!values->count)
		add_witness(c, &out, &a, false);
	return out;
}

static struct verdict3 leaf_eval(struct context *c, const struct cond *leaf)
{
	struct verdict3 out = {0};
	struct values values;
	struct answer *answers;

	values_gather(c, leaf, &values);
	if (has_test(leaf, TEST_COUNT))
		return count_eval(c, leaf, &values);
	if (!values.count) {
		struct value nothing = {.missing = true, .unknown = values.open, .holder = values.holder ? values.holder : c->block};
		struct answer a = {.truth = TRUTH_UNKNOWN, .witness = {.missing = true, .holder = nothing.holder}};

		if (!values.open)
			a = value_eval(c, leaf, nothing);
		out.truth = a.truth;
		collect_witnesses(c, leaf, &a, 1, &out);
		return out;
	}
	answers = ARENA_ARRAY(c->scratch, struct answer, values.count);
	for (size_t i = 0; i < values.count; i++) {
		if (values.items[i].missing && !values.items[i].holder)
			values.items[i].holder = values.holder;
		answers[i] = value_eval(c, leaf, values.items[i]);
	}
	out.truth = fold(leaf, answers, values.count, values.open && leaf->selector != SELECT_KEY);
	collect_witnesses(c, leaf, answers, values.count, &out);
	if (!out.count) {      /* only the open part made it unknown */
		struct answer a = {.witness = {.missing = true, .holder = values.holder}};

		add_witness(c, &out, &a, false);
	}
	return out;
}

/* ------------------------------------------------------------------ combinations */

static void take_witnesses(struct context *c, struct verdict3 *out, const struct verdict3 *one)
{
	for (size_t i = 0; i < one->count; i++)
		*ARENA_PUSH(c->scratch, out->witnesses, out->count) = one->witnesses[i];
}

static struct verdict3 group_eval(struct context *c, const struct cond *cond)
{
	struct verdict3 *each = ARENA_ARRAY(c->scratch, struct verdict3, cond->count);
	struct verdict3 out = {.truth = cond->kind == COND_ANY ? TRUTH_NO : TRUTH_YES};

	for (size_t i = 0; i < cond->count; i++) {
		if (cond->items[i]->off)
			continue;
		each[i] = cond_eval(c, cond->items[i]);
		if (c->brief && cond->kind == COND_ALL && each[i].truth == TRUTH_NO)
			return (struct verdict3){.truth = TRUTH_NO};
		if (cond->kind == COND_ANY ? each[i].truth > out.truth : each[i].truth < out.truth)
			out.truth = each[i].truth;
		out.silenced = out.silenced || each[i].silenced;
		out.absent_field = out.absent_field ? out.absent_field : each[i].absent_field;
	}
	for (size_t i = 0; i < cond->count; i++) {
		if (cond->items[i]->off || each[i].truth != out.truth)
			continue;
		take_witnesses(c, &out, &each[i]);
		if (cond->kind == COND_ANY && out.truth == TRUTH_YES)
			break;      /* the first that holds */
	}
	return out;
}

static struct verdict3 not_eval(struct context *c, const struct cond *cond)
{
	bool negated = c->negated, brief = c->brief;
	struct verdict3 out;

	c->negated = true;
	c->brief = false;      /* what says no in it speaks for the whole */
	out = cond_eval(c, cond->items[0]);
	c->negated = negated;
	c->brief = brief;
	out.truth = truth_mirror(out.truth);
	return out;
}

struct verdict3 cond_eval(struct context *c, const struct cond *cond)
{
	if (cond->off)
		return (struct verdict3){.truth = TRUTH_YES};
	switch (cond->kind) {
	case COND_LEAF:
		return cond->selector == SELECT_RELATED ? related_eval(c, cond) : leaf_eval(c, cond);
	case COND_NOT:
		return not_eval(c, cond);
	default:
		return group_eval(c, cond);
	}
}
