/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a rule on subjects cannot speak without: keys of which one must stand in the subject's block, because its `when`, or all that
 * it rejects and supports, is about them and says no where they are missing. A block's keys are told in two words of 64 bits, made
 * once a subject; a rule whose keys cannot be among them is passed over. Like the prefilter of texts (prefilter.c) it only ever errs
 * towards running a rule; what it does not understand always runs.
 */
#include "rule/rule_p.h"

/* A key by name, a bit of key_signs.names; or by pattern. */
struct need {
	uint64_t bit;
	struct pattern *pattern;
};

struct need_list {
	struct need *items;
	size_t count;
};

struct needs {
	struct need_list when, findings;      /* without items: nothing is known */
};

/* ------------------------------------------------------------------ signs of a block */

uint64_t key_bit(const char *key)
{
	uint32_t h = 2166136261u;

	for (; *key; key++)
		if (*key != '_' && *key != '-')
			h = (h ^ (*key >= 'A' && *key <= 'Z' ? (unsigned char)(*key + ('a' - 'A')) : (unsigned char)*key)) * 16777619u;
	return (uint64_t)1 << (h >> 26);
}

struct key_signs key_signs_of(const struct fact *block)
{
	struct key_signs signs = {.any = block->kind != FACT_BLOCK || block->open};

	if (signs.any)
		return signs;
	FACT_EACH(child, block) {
		if (!child->key)
			continue;
		signs.names |= key_bit(child->key);
		signs.pairs |= text_pairs(span_of(child->key));
	}
	return signs;
}

static bool one_is_met(const struct need_list *l, const struct key_signs *signs)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].pattern ? pattern_may_match(l->items[i].pattern, signs->pairs) : (signs->names & l->items[i].bit) != 0)
			return true;
	return !l->count;
}

bool needs_met(const struct needs *n, const struct key_signs *signs)
{
	return signs->any || (one_is_met(&n->when, signs) && one_is_met(&n->findings, signs));
}

/* ------------------------------------------------------------------ reading conditions */

bool is_no_when_missing(const struct cond *leaf)
{
	bool asks = false;

	if (leaf->selector == SELECT_THIS || leaf->selector == SELECT_RELATED || leaf->inherit || leaf->by_default.given)
		return false;
	for (size_t i = 0; i < leaf->test_count; i++) {
		const struct test *t = &leaf->tests[i];

		if (t->kind == TEST_COUNT || t->kind == TEST_AGREES)
			return false;
		asks = asks || !(t->off || ((t->kind == TEST_PRESENT || t->kind == TEST_FILLED) && !t->yes));
	}
	return asks;
}

static bool path_needs(struct arena *a, const struct path *p, struct need_list *into)
{
	const struct step *first = &p->steps[0];

	if (p->root != ROOT_SUBJECT)
		return false;
	switch (first->kind) {
	case STEP_KEY:
		*ARENA_PUSH(a, into->items, into->count) = (struct need){.bit = key_bit(first->key)};
		return true;
	case STEP_ALT:
		for (size_t i = 0; i < first->alt_count; i++)
			*ARENA_PUSH(a, into->items, into->count) = (struct need){.bit = key_bit(first->alts[i])};
		return true;
	case STEP_REGEX:
		*ARENA_PUSH(a, into->items, into->count) = (struct need){.pattern = first->pattern};
		return true;
	default:
		return false;
	}
}

/* Adds keys of which one must be there for c not to say no; false when that cannot be said. */
static bool cond_needs(struct arena *a, const struct cond *c, struct need_list *into)
{
	size_t before = into->count;

	if (c->off || c->kind == COND_NOT)
		return false;
	if (c->kind == COND_LEAF) {
		for (size_t i = 0; i < c->path_count; i++)
			if (!path_needs(a, &c->paths[i], into))
				return false;
		return c->path_count && is_no_when_missing(c);
	}
	for (size_t i = 0; i < c->count; i++) {
		bool known = cond_needs(a, c->items[i], into);

		if (c->kind == COND_ALL && known)
			return true;      /* one of them is enough */
		if (c->kind == COND_ALL)
			into->count = before;
		else if (!known)
			return false;
	}
	return c->kind == COND_ANY && c->count;
}

bool notes_declared(const struct cond *c)
{
	if (!c)
		return false;
	for (size_t i = 0; c->kind != COND_LEAF && i < c->count; i++)
		if (notes_declared(c->items[i]))
			return true;
	for (size_t i = 0; c->kind == COND_LEAF && i < c->test_count; i++)
		if (c->tests[i].kind == TEST_AGREES || (c->tests[i].kind == TEST_HAS && notes_declared(c->tests[i].has)))
			return true;
	return false;
}

static struct need_list needs_of_cond(struct arena *a, const struct cond *c)
{
	struct need_list l = {0};

	return c && cond_needs(a, c, &l) ? l : (struct need_list){0};
}

struct needs *needs_read(struct arena *a, const struct rule *r)
{
	struct needs *n = ARENA_NEW(a, struct needs);
	struct need_list support;

	if (notes_declared(r->when) || notes_declared(r->expect) || notes_declared(r->reject) || notes_declared(r->support))
		return n;
	n->when = needs_of_cond(a, r->when);
	if (r->expect)      /* what is expected and missing is a finding */
		return n;
	n->findings = needs_of_cond(a, r->reject);
	support = needs_of_cond(a, r->support);
	if ((r->reject && !n->findings.count) || (r->support && !support.count))
		n->findings.count = support.count = 0;      /* one of the two always has something to say */
	for (size_t i = 0; i < support.count; i++)
		*ARENA_PUSH(a, n->findings.items, n->findings.count) = support.items[i];
	return n;
}
