/* SPDX-License-Identifier: EUPL-1.2 */
/* Two reports side by side: what appeared, went, changed, was waived; evidence won and lost. */
#ifndef REPORT_DIFF_H
#define REPORT_DIFF_H

#include "report/report.h"

enum diff_kind { DIFF_APPEARED, DIFF_CHANGED, DIFF_UNWAIVED, DIFF_WAIVED, DIFF_GONE, DIFF_KINDS };      /* worst first */
extern const char *const diff_kind_names[DIFF_KINDS];

struct diff_finding {
	enum diff_kind kind;
	const struct report_finding *before, *after;      /* NULL where there is none */
};

struct diff_cell {
	const char *deployment, *control;      /* deployment NULL: facility */
	const char *before, *after;            /* verdicts; NULL: that report has no such cell */
};

struct diff_advice {
	const char *deployment;                /* NULL: overall */
	const char *before, *after;
};

struct diff_input {
	const char *name;
	const char *before, *after;            /* digests */
};

struct report_diff {
	const struct report *before, *after;
	struct diff_finding *findings;         /* by kind, then the order of their reports */
	struct diff_finding *evidence;         /* APPEARED, CHANGED or GONE */
	struct diff_cell *cells;
	struct diff_advice *advices;
	struct diff_input *inputs;
	size_t finding_count, evidence_count, cell_count, advice_count, input_count;
	bool rules_differ;                     /* rules or knowledge: then a difference may be theirs */
};

void diff_make(struct arena *a, const struct report *before, const struct report *after, struct report_diff *ret);
/* Does NEW bring a breach of that severity or graver: appeared, changed or no more waived? */
bool diff_brings(const struct report_diff *d, enum severity from);
int diff_text(struct str *out, const struct report_diff *d, enum lang lang, size_t width, bool colour);
int diff_json(struct str *out, const struct report_diff *d);

#endif
