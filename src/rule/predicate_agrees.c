/* SPDX-License-Identifier: EUPL-1.2 */
/* Declared against observed (section 5): does a deployment declare what stands in the export. */
#include "rule/predicate_p.h"

static bool host_matches(struct span host, struct span pattern)
{
	if (pattern.n > 2 && pattern.p[0] == '*' && pattern.p[1] == '.')
		return host.n > pattern.n - 1 && span_eq_nocase(span_cut(host, host.n - (pattern.n - 1), host.n), span_cut(pattern, 1, pattern.n));
	return span_eq_nocase(host, pattern);
}

static bool agrees_with(struct judged *j, const struct value *declared)
{
	const struct agrees *a = &j->t->agrees;
	double left, right;

	if (a->how == AGREE_HOST)
		return host_matches(j->v->text, declared->text);
	if (a->how != AGREE_GE && a->how != AGREE_LE)
		return judged_equal(j->leaf, j->v->text, arena_dup(j->c->scratch, declared->text.p, declared->text.n));
	left = tls_order(j->v->text);
	right = tls_order(declared->text);
	if ((left < 0 || right < 0) && (!judged_number(j->v->text, &left) || !judged_number(declared->text, &right)))
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

/* The first that is not null. */
static const struct fact *first_said(const struct selection *found)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->facts[i]->kind != FACT_NULL)
			return found->facts[i];
	return NULL;
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

/* ------------------------------------------------------------------ whichever deployment declares it */

/* What all deployments declare of one field, looked up once for all the subjects that are compared with it. */
struct among {
	struct value *items;             /* of the last deployment first: the last that agrees is shown */
	size_t count;
	const struct fact *first;        /* what is declared, when nothing agrees */
	enum truth otherwise;            /* UNKNOWN where a deployment says "unknown" */
	bool limit;
	const char *limit_why;
};

static void add_declared(struct context *c, const struct agrees *a, struct among *all, const struct selection *found)
{
	for (size_t i = 0; i < found->count; i++) {
		struct value declared = {.fact = found->facts[i], .text = found->facts[i]->value};

		if (declared.fact->kind == FACT_NULL)
			continue;
		if (span_is(declared.text, "unknown"))
			all->otherwise = TRUTH_UNKNOWN;
		else if (!a->as || convert(c, a->as, &declared))
			*ARENA_PUSH(c->scratch, all->items, all->count) = declared;
	}
}

static const struct among *gather_declared(struct judged *j, const struct declaration *decl, struct arena *a)
{
	struct context keep = *j->c;
	struct judged asked = *j;
	struct among *all = ARENA_NEW(a, struct among);

	all->otherwise = TRUTH_NO;
	keep.scratch = a;
	keep.limit = false;
	asked.c = &keep;
	for (size_t i = decl->deployment_count; i--;) {
		const struct deployment *d = &decl->deployments[i];
		struct selection found;
		bool absent;

		path_select(a, &j->t->agrees.with, d->block, &found);
		add_declared(&keep, &j->t->agrees, all, &found);
		asked.declared = NULL;
		if (!found.count)
			all->otherwise = truth_most(all->otherwise, nothing_below(&asked, d, &absent));
		else
			asked.declared = first_said(&found);
		all->first = asked.declared ? asked.declared : all->first;
	}
	all->limit = keep.limit;
	all->limit_why = keep.limit_why;
	return all;
}

static const struct among *declared_among(struct judged *j, const struct declaration *decl)
{
	struct map *kept = j->c->among;
	struct map_entry *entry;

	if (!kept)
		return gather_declared(j, decl, j->c->scratch);
	entry = map_entry(kept, (struct span){(const char *)&j->t, sizeof j->t});
	if (!entry->value)
		entry->value = (void *)(uintptr_t)gather_declared(j, decl, kept->arena);
	return entry->value;
}

static enum truth agrees_among(struct judged *j)
{
	const struct among *all;

	if (!j->c->options->declaration) {
		j->out->silenced = true;
		return TRUTH_UNKNOWN;
	}
	all = declared_among(j, j->c->options->declaration);
	if (all->limit)
		limit_reached(j->c, all->limit_why);
	for (size_t i = 0; i < all->count; i++)
		if (agrees_with(j, &all->items[i])) {
			j->declared = all->items[i].fact;
			return TRUTH_YES;
		}
	/* what others declare is not the other side of this */
	j->declared = all->otherwise == TRUTH_NO ? NULL : all->first;
	return all->otherwise;
}

enum truth test_agrees(struct judged *j)
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
