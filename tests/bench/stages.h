/* SPDX-License-Identifier: EUPL-1.2 */
/* For bench.c: the halves of evaluate(). */
#ifndef BENCH_STAGES_H
#define BENCH_STAGES_H

#include "rule/rule.h"
#include "rule/subject.h"

void stage_subjects(struct arena *a, const struct ruleset *rules, const struct know *k, const struct input_set *inputs, int jobs, struct subject_list *ret);
void stage_match(struct arena *a, const struct ruleset *rules, const struct input_set *inputs, const struct subject_list *subjects,
		 const struct eval_options *o, struct evaluation *ret);

#endif
