/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which rules can have something to say of a subject, by the texts in its block: a rule whose `when`, or all that it rejects and
 * supports, says no unless one of some texts stands in a value or a key is passed over where none of them stands anywhere in the
 * block. One automaton (prefilter.c) over the texts of all rules of a type runs once over the values. Like needs.c, which asks
 * which keys are there, it only ever errs towards running a rule: what it does not understand always runs, and so does a rule about
 * a value that is not known.
 */
#include "rule/rule_p.h"

/* Texts of which one must stand in the block for a condition not to say no, unless the value of one of these keys is not known. */
struct text_need {
	struct literal_set texts;
	uint64_t keys;               /* a key_bit each */
	bool in_keys;                /* some of the texts are looked for in keys */
};

/* Of rule i: slot i is what its `when` needs, slot i behind the first half what its findings do. */
struct subject_filter {
	size_t words, count;         /* of one half; rules */
	struct prefilter *prefilter;
	uint64_t *met;               /* slots, both halves */
	uint64_t *of_key[64];        /* slots that ask for keys of this bit; NULL none */
	bool in_keys;
};

/* ------------------------------------------------------------------ reading conditions */

static bool read_cond(struct arena *a, const struct cond *c, struct text_need *ret);

static void take_better(struct text_need *best, const struct text_need *other)
{
	const struct span *before = best->texts.items;

	if (other->texts.digits)      /* an automaton over a whole block says little of digits */
		return;
	literals_take_better(&best->texts, &other->texts);
	if (best->texts.items != before)
		*best = *other;
}

static void read_test(struct arena *a, const struct test *t, struct text_need *ret)
{
	if (test_literals(a, t, &ret->texts) || t->off || t->kind != TEST_HAS)
		return;
	if (!read_cond(a, t->has, ret))
		*ret = (struct text_need){0};
}

static uint64_t keys_of_step(const struct step *s)
{
	uint64_t keys = 0;

	if (s->kind == STEP_KEY)
		return key_bit(s->key);
	for (size_t i = 0; s->kind == STEP_ALT && i < s->alt_count; i++)
		keys |= key_bit(s->alts[i]);
	return s->kind == STEP_ANY || s->kind == STEP_DEEP || s->kind == STEP_REGEX ? UINT64_MAX : keys;
}

/* The keys on a path, and what its patterns of keys need, whatever stands behind those. False: it may leave the block. */
static bool read_path(struct arena *a, const struct path *p, uint64_t *keys, struct text_need *ret)
{
	*ret = (struct text_need){0};
	*keys = 0;
	if (p->root != ROOT_SUBJECT || p->steps[0].kind == STEP_ITEMS || p->steps[0].kind == STEP_INDEX)
		return false;
	for (size_t i = 0; i < p->count; i++) {
		struct text_need pattern = {.keys = *keys, .in_keys = true};

		if (p->steps[i].kind == STEP_REGEX && pattern_literals(a, p->steps[i].pattern->source, &pattern.texts))
			take_better(ret, &pattern);
		*keys |= keys_of_step(&p->steps[i]);
	}
	return true;
}

static void unite(struct arena *a, struct text_need *into, const struct text_need *other)
{
	literals_unite(a, &into->texts, &other->texts);
	into->keys |= other->keys;
	into->in_keys = into->in_keys || other->in_keys;
}

/* Of all paths, since any of them may select; *keys: those on the way. */
static bool read_paths(struct arena *a, const struct cond *leaf, uint64_t *keys, struct text_need *ret)
{
	*ret = (struct text_need){0};
	*keys = 0;
	for (size_t i = 0; i < leaf->path_count; i++) {
		struct text_need one;
		uint64_t more;

		if (!read_path(a, &leaf->paths[i], &more, &one))
			return false;
		*keys |= more;
		if (i)
			unite(a, ret, &one);
		else
			*ret = one;
	}
	return leaf->path_count > 0;
}

static bool read_leaf(struct arena *a, const struct cond *leaf, struct text_need *ret)
{
	uint64_t keys;
	struct text_need one = {0};

	if (!is_no_when_missing(leaf) || !read_paths(a, leaf, &keys, ret))
		return false;
	if (leaf->capture)
		pattern_literals(a, leaf->capture->source, &one.texts);
	one.keys = keys;
	take_better(ret, &one);
	/* tests see what was made of a piece; a bound on the number of pieces is to be told */
	for (size_t i = 0; !leaf->capture && !leaf->as && !leaf->split && i < leaf->test_count; i++) {
		one = (struct text_need){0};
		read_test(a, &leaf->tests[i], &one);
		one.keys |= keys;
		take_better(ret, &one);
	}
	return ret->texts.count > 0;
}

/* False when nothing is known. */
static bool read_cond(struct arena *a, const struct cond *c, struct text_need *ret)
{
	*ret = (struct text_need){0};
	if (c->off || c->kind == COND_NOT)
		return false;
	if (c->kind == COND_LEAF)
		return read_leaf(a, c, ret);
	for (size_t i = 0; i < c->count; i++) {
		struct text_need one;
		bool known = read_cond(a, c->items[i], &one);

		if (c->kind == COND_ALL && known)
			take_better(ret, &one);
		else if (c->kind == COND_ANY && !known)
			return false;
		else if (c->kind == COND_ANY && i)
			unite(a, ret, &one);
		else if (c->kind == COND_ANY)
			*ret = one;
	}
	return ret->texts.count > 0;
}

static bool read_findings(struct arena *a, const struct rule *r, struct text_need *ret)
{
	struct text_need support;

	if (r->expect || notes_declared(r->when) || notes_declared(r->reject) || notes_declared(r->support))
		return false;      /* what is expected and missing is a finding; what is declared is noted */
	if (!read_cond(a, r->reject ? r->reject : r->support, ret))
		return false;
	if (!r->reject || !r->support)
		return true;
	if (!read_cond(a, r->support, &support))
		return false;
	unite(a, ret, &support);
	return ret->texts.count > 0;
}

/* ------------------------------------------------------------------ building */

static void note_keys(struct arena *a, struct subject_filter *f, size_t slot, uint64_t keys)
{
	for (; keys; keys &= keys - 1) {
		uint64_t **of = &f->of_key[__builtin_ctzll(keys)];

		if (!*of)
			*of = ARENA_ARRAY(a, uint64_t, 2 * f->words);
		(*of)[slot / 64] |= (uint64_t)1 << (slot % 64);
	}
}

struct subject_filter *subject_filter_build(struct arena *a, const struct rule_group *g)
{
	struct subject_filter *f = ARENA_NEW(a, struct subject_filter);
	size_t words = g->count / 64 + 1;
	struct literal_set *sets = ARENA_ARRAY(a, struct literal_set, 2 * words * 64);

	*f = (struct subject_filter){.words = words, .count = g->count};
	for (size_t i = 0; i < g->count; i++) {
		const struct rule *r = g->items[i];

		for (size_t half = 0; half < 2; half++) {
			size_t slot = half * words * 64 + i;
			struct text_need need = {0};

			if (half ? !read_findings(a, r, &need) : !(r->when && read_cond(a, r->when, &need)))
				continue;
			sets[slot] = need.texts;
			note_keys(a, f, slot, need.keys);
			f->in_keys = f->in_keys || need.in_keys;
		}
	}
	f->prefilter = prefilter_of_sets(a, sets, 2 * words * 64);
	f->met = ARENA_ARRAY(a, uint64_t, prefilter_words(f->prefilter));
	return f;
}

/* ------------------------------------------------------------------ asking */

/* It may be, or hold, another value than what stands there. */
static bool is_not_known(const struct fact *f)
{
	return f->state == FACT_UNKNOWN || f->kind == FACT_REFERENCE || f->kind == FACT_TEMPLATE || f->open || fact_candidate_count(f);
}

/* key: the nearest one outward, which the items of a list go by. Like a path, not with fact_next: subject.h. */
static void look_at(struct subject_filter *f, const struct fact *x, const char *key, uint64_t *unknown)
{
	key = x->key ? x->key : key;
	if (x->value.n)
		prefilter_add(f->prefilter, x->value, f->met);
	if (f->in_keys && x->key)
		prefilter_add(f->prefilter, span_of(x->key), f->met);
	if (is_not_known(x))
		*unknown |= key ? key_bit(key) : UINT64_MAX;
	FACT_EACH(child, x)
		if (child->kind != FACT_COMMENT)
			look_at(f, child, key, unknown);      /* bounded by LIMIT_DEPTH and the few levels a derived block adds */
}

void subject_filter_run(struct subject_filter *f, const struct fact *block, uint64_t *ret)
{
	uint64_t unknown = block->kind != FACT_BLOCK || is_not_known(block) ? UINT64_MAX : 0;

	prefilter_start(f->prefilter, f->met);
	FACT_EACH(child, block)
		if (child->kind != FACT_COMMENT)
			look_at(f, child, NULL, &unknown);
	for (; unknown; unknown &= unknown - 1) {
		const uint64_t *of = f->of_key[__builtin_ctzll(unknown)];

		for (size_t k = 0; of && k < 2 * f->words; k++)
			f->met[k] |= of[k];
	}
	for (size_t k = 0; k < f->words; k++)
		ret[k] = f->met[k] & f->met[f->words + k];
	ret[f->count / 64] &= ((uint64_t)1 << (f->count % 64)) - 1;
}
