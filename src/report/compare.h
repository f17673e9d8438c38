/* SPDX-License-Identifier: EUPL-1.2 */
/* Several offers against one set of controls, before one is bought. */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include "base/arena.h"
#include "report/report.h"

struct offer {
	const char *name;              /* as the user typed it, safe */
	const struct report *report;
};

struct compare_row {
	const struct control *control;
	const struct report_cell **cells;      /* one an offer: the worst over its deployments; NULL: that report has no such control */
	const char **verdicts;         /* their verdicts by name */
	bool differs, against;         /* against: an offer breaches it */
};

struct comparison {
	const struct offer *offers;
	size_t offer_count;
	struct compare_row *rows;      /* differences first, graver controls first, then byte order of ids */
	size_t row_count, differing;   /* the first ones differ */
	size_t *to_show;               /* one an offer: controls without evidence */
	bool rules_differ;
};

void compare_make(struct arena *a, const struct offer *offers, size_t count, struct comparison *ret);
int compare_csv(struct str *out, const struct comparison *c, enum lang lang);
int compare_html(struct str *out, const struct comparison *c, enum lang lang);
int compare_text(struct str *out, const struct comparison *c, enum lang lang);

#endif
