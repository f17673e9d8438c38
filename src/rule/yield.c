/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which rule is silent where another hits the same place (`yields_to`). Rules that yield to each other would all be silent and their finding
 * lost, so that a circle is a mistake of the set. That globs name rules which exist is lint's affair.
 */
#include "rule/rule_p.h"

bool rule_yields(const struct rule *r, const struct rule *to)
{
	for (size_t i = 0; i < r->yield_count; i++)
		if (glob_match(r->yields_to[i], to->id))
			return true;
	return false;
}

static const struct rule *first_yielded(const struct rule *r, const struct rule *const *rules, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rule_yields(r, rules[i]))
			return rules[i];
	return NULL;
}

static bool any_yields(const struct rule *to, const struct rule *const *rules, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rule_yields(rules[i], to))
			return true;
	return false;
}

/* Takes out again and again what yields to none of the rest, or none of the rest to it: circles stay. The list is closed up while it is read,
 * which may ask a rule twice and misses none. */
static size_t keep_circles(const struct rule **rules, size_t count)
{
	size_t before;

	do {
		size_t kept = 0;

		before = count;
		for (size_t i = 0; i < before; i++)
			if (first_yielded(rules[i], rules, before) && any_yields(rules[i], rules, before))
				rules[kept++] = rules[i];
		count = kept;
	} while (count < before);
	return count;
}

void ruleset_find_circles(const struct ruleset *set, struct mistakes *m)
{
	const struct rule **rules = ARENA_ARRAY(set->arena, const struct rule *, set->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		if (set->rules[i]->yield_count)
			rules[count++] = set->rules[i];
	count = keep_circles(rules, count);
	for (size_t i = 0; i < count; i++)      /* one of the program's own may have no facts, and has no place */
		rule_mistake(m, rules[i]->fact ? fact_child(rules[i]->fact, "yields_to") : NULL, rules[i]->file, "%s yields to %s in a circle: both would be silent", rules[i]->id,
			     first_yielded(rules[i], rules, count)->id);
}
