/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Shared by the files of matching alone. match.c deals documents out to threads and joins what they found; match_doc.c runs the
 * rules of one document; match_text.c those of one fact.
 */
#ifndef RULE_MATCH_P_H
#define RULE_MATCH_P_H

#include "rule/rule_p.h"

/* One document for one deployment. */
struct task {
	const struct doc *doc;
	const struct deployment *deployment;
	struct found found;
};

/* The text rules of values, or of comments, with what tells quickly that one has nothing to say. */
struct text_rules {
	const struct rule_group *group;
	struct prefilter *prefilter;
	uint64_t *by_key;            /* rules whose condition asks for the key alone */
	const struct cond **key_conditions;  /* of these, by rule */
	struct prefilter *keys;      /* the texts that a key must have for them */
};

struct run {
	const struct ruleset *set;
	const struct eval_options *options;
	const struct input_set *inputs;
	const struct subject_list *subjects;
	const struct map *groups, *related;
	const struct rule_index *index;
	struct text_rules values, comments;
	struct map wanted;           /* what controls concern: "class:storage" to itself */
	struct task *tasks;
	size_t task_count;
	struct worker *workers;      /* one a thread */
	size_t worker_count;
};

/* What was found out about a key, which many facts share. */
struct key_note {
	uint64_t *asked, *ruled_out; /* rules on values that were asked of this key, and that do not hold for it */
	bool looked_up, has_settings;      /* looked up; rules of settings go by its last or whole words */
};

/* What a thread keeps from document to document. */
struct worker {
	const struct run *run;
	unsigned number;
	struct arena *arena, *scratch, *paths, *blocks;
	struct arena *results;
	struct arena *lists;         /* in which order results stand, until all are joined */
	struct map subjects;         /* addresses of a type and its classes to struct subject_rules */
	struct map keys;             /* address of an interned key to struct key_note */
	struct map settings;         /* addresses of a key and of those outward of it to the struct rule_group of its setting */
	const char **chain;          /* room for as many */
	const char *key;             /* asked for last */
	struct key_note *note;
	struct map territories;      /* context.territories */
	struct map among;            /* context.among */
	struct wide_block wide;      /* context.wide */
	uint64_t *fit_values, *fit_comments;      /* rules whose `where` fits the document */
	uint64_t *candidates;
};

static inline bool has_bit(const uint64_t *set, size_t i)
{
	return set[i / 64] >> (i % 64) & 1;
}

static inline void set_bit(uint64_t *set, size_t i)
{
	set[i / 64] |= (uint64_t)1 << (i % 64);
}

struct context context_of(const struct run *run);      /* without document, deployment, subject and scratch */
void run_task(struct worker *w, struct task *t);

bool where_fits(const struct where *w, const struct context *c);
void run_rule(struct context *c, const struct rule *r, struct found *out);
void note_concern(const struct run *run, const struct context *c, const char *what, struct found *out);

void run_settings(struct worker *w, struct context *c, const struct fact *f, struct found *out);
void run_value(struct worker *w, struct context *c, const struct fact *f, struct found *out);
void run_comment(struct worker *w, struct context *c, const struct fact *f, struct found *out);
/* What has the same answer for every fact of one key: all of a condition, or one of what must hold together; NULL. */
const struct cond *key_condition(const struct cond *when);
void key_literals(struct arena *a, const struct cond *c, struct literal_set *ret);      /* of a key_condition; empty: nothing is known */

#endif
