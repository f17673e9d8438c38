/* SPDX-License-Identifier: EUPL-1.2 */
/* Who must do what by when: the problems of a report and the controls without evidence, as tasks. */
#ifndef REPORT_PLAN_H
#define REPORT_PLAN_H

#include "base/arena.h"
#include "report/report.h"

enum plan_actor { ACTOR_VENDOR, ACTOR_IT, ACTOR_DPO, ACTOR_PROCUREMENT, ACTORS };

struct plan_task {
	enum plan_actor actor;
	enum severity severity;
	char due[16];
	const char *deployment;                    /* NULL: the facility */
	const struct report_finding **findings;    /* to correct or confirm: one rule, one deployment, one remedy */
	size_t count;
	const struct report_cell *cell;            /* count 0: this control is to be shown by a document */
};

/* By actor, then day, corrections before documents, then the report's order. */
size_t plan_make(struct arena *a, const struct report *r, struct plan_task **ret);
extern const char *const plan_actor_names[ACTORS];      /* stable words for machines */
const char *plan_actor_text(enum plan_actor actor, enum lang lang);
/* "exports/a.tf:3:1" of a finding, appended. */
void plan_place(struct str *out, const struct report_finding *f);

#endif
