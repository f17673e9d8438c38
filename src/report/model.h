/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to src/report/: what the steps of report_build share. */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H

#include "report/excerpt.h"
#include "report/identity.h"

struct draft {
	struct arena *arena;
	const struct report_request *request;
	const struct ruleset *rules;
	const struct declaration *decl;      /* NULL: check */
	const struct input_set *inputs;
	const struct evaluation *ev;
	const char *const *fingerprints;     /* NULL: to be made */
	struct identity *identity;           /* of a thread */
	const struct case_file *cf;
	struct report *report;
	const char **names;                  /* per document: its masked name */
	struct hidden *hidden;               /* per document */
	struct map *hiding;                  /* of a thread: address of a fact to whether its value hides, since neighbours are asked for each finding */
	struct looked_at *looked_at;         /* of a thread */
	size_t *index_of;                    /* per hit: index in findings or support; SIZE_MAX when not listed */
};

/* One hit as a finding: texts, masks, places. */
void finding_make(const struct draft *m, size_t hit, struct report_finding *f);
const char *model_name(const struct draft *m, const struct doc *d);      /* NULL for NULL */
/* The country that a view's block says, NULL when it says none for sure. block may be NULL. */
const char *model_country(const struct fact *block);
int text_order(const char *a, const char *b);      /* byte order; NULL, which stands for nobody, comes first */

#endif
