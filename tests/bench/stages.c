/* SPDX-License-Identifier: EUPL-1.2 */
/* The two halves of evaluate(), which only src/rule/ sees apart. */
#include "stages.h"

#include "rule/rule_p.h"

void stage_subjects(struct arena *a, const struct ruleset *rules, const struct know *k, const struct input_set *inputs, int jobs, struct subject_list *ret)
{
	subjects_build(a, rules->dialects, k, inputs, jobs, ret);
}

void stage_match(struct arena *a, const struct ruleset *rules, const struct input_set *inputs, const struct subject_list *subjects,
		 const struct eval_options *o, struct evaluation *ret)
{
	evaluate_subjects(a, rules, inputs, subjects, o, ret);
}
