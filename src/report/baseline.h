/* SPDX-License-Identifier: EUPL-1.2 */
/* What a report says that an earlier one did not: for continuous integration, where only what is new shall fail. */
#ifndef REPORT_BASELINE_H
#define REPORT_BASELINE_H

#include "report/report.h"

struct baseline {
	const struct report *before;      /* NULL: none */
	const char *const *changed;       /* names of changed files as git lists them; any finding elsewhere is old */
	size_t changed_count;
	bool has_changed;                 /* false: every file counts */
	bool only_new;                    /* take old findings out of the report */
};

/*
 * Marks every finding of r old or new and takes old ones out of the counts of breaches, doubts and unknowns. Verdicts of controls
 * and the advice stay: they say how things are, not what changed.
 * Old: in the baseline with this fingerprint and occurrence, as grave or graver, and not waived or in doubt there. A moved line is old, a
 * changed value is new. Findings that a limit left unlisted cannot be compared and stay counted.
 */
void baseline_apply(struct arena *a, const struct baseline *b, struct report *r);

/* Names from git: one a line, quoted as core.quotePath does, or ended by NUL (-z). */
const char *const *baseline_names(struct arena *a, struct span list, size_t *ret_count);

#endif
