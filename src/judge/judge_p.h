/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to src/judge/: what every step looks at. */
#ifndef JUDGE_JUDGE_P_H
#define JUDGE_JUDGE_P_H

#include "base/limits.h"
#include "judge/judge.h"

struct bench {
	struct arena *arena;
	const struct ruleset *rules;
	const struct declaration *decl;      /* NULL: check */
	const struct input_set *inputs;
	const struct evaluation *ev;
	const char *const *fingerprints;
	date_t date;
	const struct control *const *controls;
	size_t control_count;
	struct map control_index;            /* id to its place in controls */
	bool *spoken;                        /* per control: some rule can speak for it */
	struct bucket *buckets;              /* [deployment or facility][control] */
};

/* The hits of one deployment (or the facility) for one control, as indices into ev->hits, ascending. */
struct bucket {
	size_t *hits;
	size_t count;
};

const struct waiver *waiver_for(const struct bench *b, size_t hit, const struct control *c);
void waivers_apply(struct bench *b, struct case_file *cf);

/* Concerned subjects without any evidence, listed in j->missing. True: the control's quorum is met. */
bool quorum_met(const struct bench *b, const struct bucket *k, struct judgement *j);
/* The declaration's fields that the control lists and that are absent. */
void list_not_declared(const struct bench *b, struct judgement *j);

#endif
