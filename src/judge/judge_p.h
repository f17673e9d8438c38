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
	const struct waiver *waivers;        /* the declaration's, then those in comments */
	size_t waiver_count;
	const struct control *const *controls;
	size_t control_count;
	struct map control_index;            /* id to its place in controls */
	bool *spoken;                        /* per control: some rule can speak for it */
	struct bucket *buckets;              /* [deployment or facility][control] */
	struct row *rows;                    /* [deployment or facility] */
};

/* What evaluation noted of one deployment (or the facility), in its order. */
struct row {
	const struct concern **concerns;
	const struct undeclared_field **fields;
	size_t concern_count, field_count;
};

/* The hits of one deployment (or the facility) for one control, as indices into ev->hits, ascending. */
struct bucket {
	size_t *hits;
	size_t count;
};

/* Of deployments in their order; the facility's is the last. */
static inline size_t row_of(const struct bench *b, const struct deployment *d)
{
	return d ? (size_t)(d - b->decl->deployments) : b->decl->deployment_count;
}

const struct waiver *waiver_for(const struct bench *b, size_t hit, const struct control *c);
void waivers_gather(struct bench *b, const struct waivers *more);
void waivers_apply(struct bench *b, struct case_file *cf);

/* Concerned subjects without any evidence, listed in j->missing. True: the control's quorum is met. */
bool quorum_met(const struct bench *b, const struct bucket *k, struct judgement *j);
/* The declaration's fields that the control lists and that are absent. */
void list_not_declared(const struct bench *b, struct judgement *j);

#endif
