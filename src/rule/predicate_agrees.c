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
	char *text = arena_dup(j->c->scratch, declared->text.p, declared->text.n);
	double left, right;

	if (a->how == AGREE_HOST)
		return host_matches(j->v->text, declared->text);
	if (a->how != AGREE_GE && a->how != AGREE_LE)
		return judged_equal(j->leaf, j->v->text, text);
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
