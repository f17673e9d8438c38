/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Two rules that say the same: one that hits every failing example of another, for a control of both, on the very setting, would show a
 * reader one fault twice. Rows of one family are one meaning. What a missing setting decides stands at its block, where others may stand too.
 */
#include "rule/rule_p.h"

struct tally {
	const struct rule *rule;
	size_t examples;      /* of the first rule that this one hits too */
	size_t last;          /* the last of them, counted once */
};

struct span rule_meaning(const char *id)
{
	const char *dot = strchr(id, '.'), *row = dot ? strchr(dot + 1, '.') : NULL;

	return row ? (struct span){id, (size_t)(row - id)} : span_of(id);
}

static bool share_control(const struct rule *a, const struct rule *b)
{
	for (size_t i = 0; i < a->control_count; i++)
		for (size_t k = 0; k < b->control_count; k++)
			if (!strcmp(a->controls[i], b->controls[k]))
				return true;
	return false;
}

static bool same_setting(const struct hit *a, const struct hit *b)
{
	const struct finding_place *x = &a->places[0], *y = &b->places[0];

	return !a->missing && !b->missing && x->doc == y->doc && !x->whole_document && !y->whole_document && x->at.offset == y->at.offset;
}

static bool is_hit_too(const struct rule *other, const struct rule *r, const struct evaluation *ev)
{
	for (size_t i = 0; i < ev->count; i++)
		for (size_t k = 0; k < ev->count && ev->hits[i].rule == other && ev->hits[i].outcome == OUTCOME_AGAINST; k++)
			if (ev->hits[k].rule == r && ev->hits[k].outcome == OUTCOME_AGAINST && same_setting(&ev->hits[i], &ev->hits[k]))
				return true;
	return false;
}

/* The other rules met at the settings of this example are counted, each once. */
static void count_others(struct arena *a, const struct rule *r, const struct evaluation *ev, size_t example, struct tally **tallies, size_t *count)
{
	for (size_t i = 0; i < ev->count; i++) {
		const struct rule *other = ev->hits[i].rule;
		size_t t = 0;

		if (span_eq(rule_meaning(r->id), rule_meaning(other->id)) || !share_control(r, other) || rule_yields(r, other) || rule_yields(other, r) || !is_hit_too(other, r, ev))
			continue;
		while (t < *count && (*tallies)[t].rule != other)
			t++;
		if (t == *count)
			*ARENA_PUSH(a, *tallies, *count) = (struct tally){.rule = other};
		(*tallies)[t].examples += (*tallies)[t].last != example;
		(*tallies)[t].last = example;
	}
}

const struct rule *rule_overlap(const struct ruleset *set, const struct rule *r)
{
	struct arena *a = arena_new();
	const struct fact *lists[2];
	const struct rule *found = NULL;
	struct tally *tallies = NULL;
	size_t count = 0, examples = 0;

	rule_examples(a, r, "fail", lists);
	for (size_t i = 0; i < 2; i++) {
		for (const struct fact *example = lists[i] ? lists[i]->first : NULL; example; example = example->next) {
			struct evaluation ev;

			example_evaluate(a, set, r, example, &ev);
			count_others(a, r, &ev, ++examples, &tallies, &count);
		}
	}
	for (size_t t = 0; t < count && !found; t++)
		found = tallies[t].examples == examples ? tallies[t].rule : NULL;
	arena_free(a);
	return found;
}
