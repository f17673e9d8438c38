/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `related` leaves (section 6): is there a block that points here, that this one points to, or one anywhere in reach, which has what is
 * asked? A link that cannot be resolved may hold: it makes a no unknown. Which blocks can point here at all, a table tells
 * (related_index.c).
 */
#include "rule/rule_p.h"

static void add_to_group(struct arena *a, struct map *groups, const char *type, const struct subject *s)
{
	char bytes[SUBJECT_WORD_BYTES];
	struct span word = subject_word(s->kind, type, bytes);
	struct map_entry *e = word.n ? map_entry(groups, word) : NULL;
	struct subject_group *g;

	if (!e)
		return;
	g = e->value ? e->value : ARENA_NEW(a, struct subject_group);
	*ARENA_PUSH(a, g->items, g->count) = s;
	e->value = g;
}

struct map subject_groups(struct arena *a, const struct subject_list *l)
{
	struct map groups = MAP_INIT(a);

	for (size_t i = 0; i < l->count; i++) {
		const struct subject *s = &l->items[i];

		add_to_group(a, &groups, s->type, s);
		for (size_t k = 0; s->kind == SUBJECT_RESOURCE && s->classes && s->classes[k]; k++)
			add_to_group(a, &groups, arena_printf(a, "class:%s", s->classes[k]), s);
	}
	return groups;
}

const struct subject_group *subject_group_of(const struct map *groups, enum subject_kind kind, const char *type)
{
	char word[SUBJECT_WORD_BYTES];

	return map_get(groups, subject_word(kind, type, word));
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

		if (f->kind == FACT_LIST)
			FACT_EACH(item, f)
				best = truth_most(best, subject_linked(item, target));
		else
			best = truth_most(best, subject_linked(f, target));
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
	if (inner.limit)
		limit_reached(c, inner.limit_why);
	return all;
}

struct related_tally {
	struct verdict3 best, only;
	size_t linked;
	bool maybe;      /* an unresolved link may still bring what is asked */
};

/* What a default switches off is no relation of what is there. */
static bool is_off(const struct subject *s)
{
	return s && (s->off || (s->of && s->of->off));
}

static void tally(struct context *c, const struct cond *leaf, const struct subject *s, struct related_tally *t)
{
	enum truth link = in_reach(c, leaf->related, s) ? related_link(c, leaf->related, s) : TRUTH_NO;
	struct verdict3 one;

	if (link == TRUTH_NO || (is_off(s) && !is_off(c->subject)))
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

struct verdict3 related_eval(struct context *c, const struct cond *leaf)
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
