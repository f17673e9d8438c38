/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Conditions over facts in three-valued logic (section 6): no < unknown < yes; all = least, any = greatest, not = mirror,
 * without short cuts. Each answer carries its witnesses: the facts that decided, of which the first becomes the place of
 * a finding. What is missing, unknown, conditional or has several candidates is settled here; predicate.c only ever sees
 * one known value.
 */
#include "rule/rule_p.h"

#include <stdio.h>

#define MATCHES_TRIED 1000      /* of one pattern in one value, until its checksum holds */
#define PIECES_MAX 1000         /* of one value split */

struct answer {
	enum truth truth;
	struct witness witness;
	struct verdict3 inner;      /* of a `has` or `agrees` */
};

/* ------------------------------------------------------------------ one value */

static enum truth tests_eval(struct context *c, const struct cond *leaf, struct value *v, struct answer *out)
{
	const struct fact *declared = NULL;
	enum truth all = TRUTH_YES, none = leaf->but_not_count ? TRUTH_YES : TRUTH_NO;

	for (size_t i = 0; i < leaf->test_count; i++)
		all = truth_least(all, test_eval(c, leaf, &leaf->tests[i], v, &declared, &out->inner));
	for (size_t i = 0; i < leaf->but_not_count; i++) {
		struct value again = *v;

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

	for (int tries = 0; tries < MATCHES_TRIED; tries++) {
		const char *before = v->match.p;

		answer = tests_eval(c, leaf, v, out);
		if (answer != TRUTH_NO || !again || !v->match.p || v->match.p == before)
			break;
	}
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

	if (v->fact && v->fact->candidate_count) {
		enum truth first = TRUTH_UNKNOWN;

		for (size_t i = 0; i < v->fact->candidate_count; i++) {
			struct value one = *v;
			enum truth t;

			one.text = v->fact->candidates[i];
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

/* A view speaks of what it was derived from when that is there at all, as a resource's settings do. */
static bool may_be_absent(const struct context *c, const struct fact *f)
{
	const struct subject *of = c->subject ? c->subject->of : NULL;

	for (; f && f != c->block && !(of && (f == of->block || f == of->written_block)); f = f->parent)
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

/* ------------------------------------------------------------------ gathering values */

static struct value value_of(const struct fact *f)
{
	struct value v = {.fact = f, .text = f->value};

	while (v.fact->kind == FACT_LIST && v.fact->first && !v.fact->first->next && v.fact->first->kind != FACT_BLOCK)
		v.fact = v.fact->first;      /* a one-item list is its item */
	v.text = v.fact->value;
	v.missing = v.fact->kind == FACT_NULL;
	v.unknown = v.fact->state == FACT_UNKNOWN || v.fact->kind == FACT_REFERENCE;
	v.overridable = v.fact->state == FACT_OVERRIDABLE;
	v.doubtful = v.fact->doubtful;
	return v;
}

struct values {
	struct value *items;
	size_t count;
	bool open;
	const struct fact *holder;
};

static const struct fact *top_of(const struct fact *f)
{
	while (f && f->parent)
		f = f->parent;
	return f;
}

static const struct fact *parent_block(const struct fact *f)
{
	const struct fact *p = f ? f->parent : NULL;

	while (p && p->kind == FACT_LIST)
		p = p->parent;
	return p;
}

static const struct fact *root_fact(const struct context *c, const struct path *p)
{
	const struct declaration *decl = c->options->declaration;

	switch (p->root) {
	case ROOT_DECLARED:
		return c->deployment ? c->deployment->block : NULL;
	case ROOT_POLICY:
		return decl ? decl->policy : NULL;
	case ROOT_DOCUMENT:
		return c->block && c->block->doc && c->block->doc->root_count ? top_of(c->subject ? c->subject->written_block : c->block) : NULL;
	case ROOT_PARENT:
		return parent_block(c->subject ? c->subject->written_block : c->block);
	default:
		/* "[*]" and "[0]": the other items of the list that the value stands in */
		if ((p->steps[0].kind == STEP_ITEMS || p->steps[0].kind == STEP_INDEX) && c->self && c->self->parent && c->self->parent->kind == FACT_LIST)
			return c->self->parent;
		return c->block;
	}
}

/* meta.name, type, file, format, key, audit_date: of the subject itself, so no fact stands behind them. */
static bool meta_value(struct context *c, const struct path *p, struct value *ret)
{
	const char *key = p->steps[0].key ? p->steps[0].key : "", *text = NULL;
	char date[16];

	if (!strcmp(key, "name"))
		text = c->subject_name;
	else if (!strcmp(key, "type"))
		text = c->subject_type;
	else if (!strcmp(key, "file"))
		text = c->doc ? c->doc->name : NULL;
	else if (!strcmp(key, "format"))
		text = c->doc && c->doc->format ? c->doc->format->name : NULL;
	else if (!strcmp(key, "key"))
		for (const struct fact *f = c->self; f && !text; f = f->parent)
			text = f->key;
	if (!strcmp(key, "audit_date"))
		text = arena_str(c->scratch, date_format(c->options->date, date));
	if (!text)
		return false;
	*ret = (struct value){.text = span_of(text)};
	return true;
}

/* `not-applicable`, or a block with the reason: no value to test (section 5 reads it in `agrees`). */
static bool is_not_applicable(const struct fact *f)
{
	return f->kind == FACT_BLOCK ? fact_child(f, "not_applicable") != NULL : span_is(f->value, "not-applicable");
}

static void add_values(struct context *c, struct values *out, const struct selection *found, const struct path *p)
{
	for (size_t i = 0; i < found->count; i++) {
		struct value v = value_of(found->facts[i]);

		if (p->root == ROOT_DECLARED && is_not_applicable(v.fact))
			continue;
		if (p->root == ROOT_DECLARED && span_is(v.text, "unknown"))
			v.unknown = true;
		*ARENA_PUSH(c->scratch, out->items, out->count) = v;
	}
}

static void gather_path(struct context *c, const struct path *p, const struct fact *top, struct values *out)
{
	struct selection found;
	struct value v;

	if (p->root == ROOT_META) {
		if (meta_value(c, p, &v))
			*ARENA_PUSH(c->scratch, out->items, out->count) = v;
		return;
	}
	if (!top)
		return;
	path_select(c->scratch, p, top, &found);
	out->open = out->open || found.open;
	if (!out->holder || found.deepest != top)
		out->holder = found.deepest ? found.deepest : top;
	add_values(c, out, &found, p);
}

static void gather_inherited(struct context *c, const struct cond *leaf, struct values *out)
{
	for (size_t i = 0; i < leaf->inherit_count && !out->count; i++) {
		struct selection bases;
		const struct fact *root = root_fact(c, &leaf->inherit_from[i]);

		if (!root)
			continue;
		path_select(c->scratch, &leaf->inherit_from[i], root, &bases);
		for (size_t k = 0; k < bases.count; k++)
			for (size_t n = 0; n < leaf->path_count && !out->count; n++)
				gather_path(c, &leaf->paths[n], bases.facts[k], out);
	}
	if (leaf->inherit_count)
		return;
	for (const struct fact *outer = parent_block(c->block); outer && !out->count; outer = parent_block(outer))
		for (size_t n = 0; n < leaf->path_count && !out->count; n++)
			gather_path(c, &leaf->paths[n], outer, out);
}

static void split_value(struct context *c, const struct cond *leaf, const struct value *v, struct values *out)
{
	const struct regex *r = pattern_get(leaf->split);
	size_t from = 0;
	struct span found;

	for (int i = 0; i < PIECES_MAX && from <= v->text.n; i++) {
		struct value piece = *v;
		bool more = regex_find(r, v->text, from, &found, 1) == REGEX_YES && found.n;

		piece.text = span_trim(span_cut(v->text, from, more ? (size_t)(found.p - v->text.p) : v->text.n));
		if (piece.text.n)
			*ARENA_PUSH(c->scratch, out->items, out->count) = piece;
		if (!more)
			break;
		from = (size_t)(found.p - v->text.p) + found.n;
	}
}

static void capture_value(struct context *c, const struct cond *leaf, struct value *v)
{
	struct span groups[2];
	enum regex_result result = regex_find(pattern_get(leaf->capture), v->text, 0, groups, 2);

	if (result == REGEX_LIMIT) {
		c->limit = true;
		c->limit_why = "a bound of the pattern was reached";
		v->unknown = true;
	} else if (result == REGEX_NO || !groups[1].p) {
		v->missing = true;
		v->holder = v->fact;
	} else {
		v->text = groups[1];
	}
}

static void modify_values(struct context *c, const struct cond *leaf, struct values *values)
{
	struct values pieces = {.open = values->open, .holder = values->holder};

	if (leaf->split) {
		for (size_t i = 0; i < values->count; i++) {
			if (values->items[i].unknown || values->items[i].missing)
				*ARENA_PUSH(c->scratch, pieces.items, pieces.count) = values->items[i];
			else
				split_value(c, leaf, &values->items[i], &pieces);
		}
		*values = pieces;
	}
	for (size_t i = 0; i < values->count; i++) {
		struct value *v = &values->items[i];

		if (leaf->capture && !v->unknown && !v->missing)
			capture_value(c, leaf, v);
		if (leaf->as && !v->unknown && !v->missing && !convert(c, leaf->as, v)) {
			v->missing = true;
			v->holder = v->fact;
		}
	}
}

static void gather(struct context *c, const struct cond *leaf, struct values *out)
{
	*out = (struct values){0};
	if (leaf->selector == SELECT_THIS) {
		if (c->self)
			*ARENA_PUSH(c->scratch, out->items, out->count) = value_of(c->self);
		if (c->self && c->raw_text)
			out->items[0].unknown = false;
		out->holder = c->block;
	}
	for (size_t i = 0; i < leaf->path_count && !out->count; i++)
		gather_path(c, &leaf->paths[i], root_fact(c, &leaf->paths[i]), out);
	if (leaf->inherit && !out->count && leaf->selector != SELECT_THIS)
		gather_inherited(c, leaf, out);
	modify_values(c, leaf, out);
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
		if (leaf->selector == SELECT_SOME && out->truth == TRUTH_YES)
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

	gather(c, leaf, &values);
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

/* ------------------------------------------------------------------ related blocks */

struct map subject_groups(struct arena *a, const struct subject_list *l)
{
	struct map groups = MAP_INIT(a);

	for (size_t i = 0; i < l->count; i++) {
		const struct subject *s = &l->items[i];
		const char *keys[34];
		size_t n = 0;

		keys[n++] = arena_printf(a, "%c:%s", s->kind == SUBJECT_VIEW ? 'v' : 'r', s->type);
		for (size_t k = 0; s->kind == SUBJECT_RESOURCE && s->classes && s->classes[k] && n < 33; k++)
			keys[n++] = arena_printf(a, "r:class:%s", s->classes[k]);
		for (size_t k = 0; k < n; k++) {
			struct map_entry *e = map_entry(&groups, span_of(keys[k]));
			struct subject_group *g = e->value ? e->value : ARENA_NEW(a, struct subject_group);

			*ARENA_PUSH(a, g->items, g->count) = s;
			e->value = g;
		}
	}
	return groups;
}

const struct subject_group *subject_group_of(const struct map *groups, enum subject_kind kind, const char *type)
{
	char key[256];
	int n = snprintf(key, sizeof key, "%c:%s", kind == SUBJECT_VIEW ? 'v' : 'r', type);

	return n > 0 && (size_t)n < sizeof key ? map_get(groups, (struct span){key, (size_t)n}) : NULL;
}

static bool in_reach(const struct context *c, const struct related *r, const struct subject *s)
{
	if (s == c->subject)
		return false;
	if (r->how != RELATED_ANYWHERE)
		return !c->subject || s->scope == c->subject->scope;
	if (r->reach == REACH_DOCUMENT)
		return s->doc == c->doc;
	if (r->reach == REACH_SCOPE)
		return c->subject ? s->scope == c->subject->scope : s->doc == c->doc;
	return !c->deployment || deployment_covers(c->deployment, s->doc);
}

/* Do the facts that K selects in `from` point to target? */
static enum truth linked_by(struct context *c, const struct path *key, const struct fact *from, const struct subject *target)
{
	struct selection found;
	enum truth best;

	path_select(c->scratch, key, from, &found);
	best = found.open && !found.count ? TRUTH_UNKNOWN : TRUTH_NO;
	for (size_t i = 0; i < found.count; i++) {
		const struct fact *f = found.facts[i];

		if (f->kind == FACT_LIST) {
			FACT_EACH(item, f) {
				enum truth one = subject_linked(item, target);

				best = one > best ? one : best;
			}
		} else {
			enum truth one = subject_linked(f, target);

			best = one > best ? one : best;
		}
	}
	return best;
}

static enum truth related_link(struct context *c, const struct related *r, const struct subject *s)
{
	if (r->how == RELATED_ANYWHERE)
		return TRUTH_YES;
	if (r->how == RELATED_TO)
		return linked_by(c, &r->key, c->block, s);
	return c->subject ? linked_by(c, &r->key, s->block, c->subject) : TRUTH_NO;
}

static struct verdict3 has_eval(struct context *c, const struct cond *leaf, const struct subject *s)
{
	struct context inner = *c;
	struct verdict3 all = {.truth = TRUTH_YES};
	bool asked = false;

	inner.block = inner.self = s->block;
	inner.subject = s;
	inner.doc = s->doc;
	for (size_t i = 0; i < leaf->test_count; i++) {
		struct verdict3 one;

		if (leaf->tests[i].kind != TEST_HAS || leaf->tests[i].off)
			continue;
		asked = true;
		one = cond_eval(&inner, leaf->tests[i].has);
		all = one.truth <= all.truth ? one : all;
	}
	if (!asked)
		*ARENA_PUSH(c->scratch, all.witnesses, all.count) = (struct witness){.fact = s->block, .related = true};
	for (size_t i = 0; i < all.count; i++)
		all.witnesses[i].related = true;
	c->limit = c->limit || inner.limit;
	return all;
}

struct related_tally {
	struct verdict3 best, only;
	size_t linked;
	bool maybe;      /* an unresolved link may still bring what is asked */
};

static void tally(struct context *c, const struct cond *leaf, const struct subject *s, struct related_tally *t)
{
	enum truth link = in_reach(c, leaf->related, s) ? related_link(c, leaf->related, s) : TRUTH_NO;
	struct verdict3 one;

	if (link == TRUTH_NO)
		return;
	one = has_eval(c, leaf, s);
	if (link == TRUTH_UNKNOWN || s->conditional) {
		t->maybe = t->maybe || one.truth != TRUTH_NO;
		if (link == TRUTH_UNKNOWN)
			return;
		one.truth = one.truth == TRUTH_YES ? TRUTH_UNKNOWN : one.truth;
	}
	t->linked++;
	t->only = one;
	if (t->linked == 1 || one.truth > t->best.truth)
		t->best = one;
}

/* `block: P` in a related leaf: structural blocks of the same document. */
static struct verdict3 related_blocks(struct context *c, const struct cond *leaf)
{
	struct verdict3 best = {.truth = TRUTH_NO};

	for (size_t i = 0; c->doc && i < c->doc->root_count; i++) {
		struct selection found;

		path_select(c->scratch, &leaf->related->block, c->doc->roots[i], &found);
		for (size_t k = 0; k < found.count; k++) {
			struct subject s = {.block = found.facts[k], .doc = c->doc, .kind = SUBJECT_VIEW};
			struct verdict3 one = has_eval(c, leaf, &s);

			if (one.truth > best.truth || !best.count)
				best = one;
		}
	}
	return best;
}

static void tally_group(struct context *c, const struct cond *leaf, struct related_tally *t)
{
	const struct subject_group *g = subject_group_of(c->groups, leaf->related->kind, leaf->related->type);
	const struct related_index *x = g && c->related ? map_get(c->related, (struct span){(const char *)&leaf->related, sizeof leaf->related}) : NULL;
	const size_t *numbers;
	size_t count;

	if (x && !c->options->no_prefilter && related_candidates(x, c->scratch, c->subject, &numbers, &count)) {
		for (size_t i = 0; i < count; i++)
			tally(c, leaf, g->items[numbers[i]], t);
		return;
	}
	for (size_t i = 0; g && i < g->count; i++)
		tally(c, leaf, g->items[i], t);
}

static struct verdict3 related_eval(struct context *c, const struct cond *leaf)
{
	struct related_tally t = {.best = {.truth = TRUTH_NO}};
	struct verdict3 out = {.truth = TRUTH_NO};

	if (leaf->related->is_block) {
		out = related_blocks(c, leaf);
	} else {
		tally_group(c, leaf, &t);
		if (c->subject && c->subject->scope && c->subject->scope->open && leaf->related->how == RELATED_ANYWHERE)
			t.maybe = true;
		if (t.linked && (t.best.truth == TRUTH_YES || t.linked == 1))
			out = t.best.truth == TRUTH_YES ? t.best : t.only;
		else
			out.truth = t.best.truth;
	}
	if (t.maybe && out.truth == TRUTH_NO)
		out = (struct verdict3){.truth = TRUTH_UNKNOWN};
	if (!out.count)
		*ARENA_PUSH(c->scratch, out.witnesses, out.count) = (struct witness){.missing = true, .holder = c->block};
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

struct verdict3 cond_eval(struct context *c, const struct cond *cond)
{
	struct verdict3 out;

	if (cond->off)
		return (struct verdict3){.truth = TRUTH_YES};
	switch (cond->kind) {
	case COND_LEAF:
		return cond->selector == SELECT_RELATED ? related_eval(c, cond) : leaf_eval(c, cond);
	case COND_NOT:
		out = cond_eval(c, cond->items[0]);
		out.truth = truth_mirror(out.truth);
		return out;
	default:
		return group_eval(c, cond);
	}
}
