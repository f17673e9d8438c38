/* SPDX-License-Identifier: EUPL-1.2 */
/* The line of a finding, masked, with the value's columns in it. */
#ifndef REPORT_EXCERPT_H
#define REPORT_EXCERPT_H

#include "report/mask.h"
#include "report/report.h"

/* Bytes of a document that must not be shown, ascending. */
struct hidden {
	struct mask_range *ranges;
	size_t count;
};

/* What the general masks hide in the bytes that were looked at last: many findings stand in one line. Of a thread; zero: nothing yet. */
struct looked_at {
	const char *bytes;
	size_t n;
	struct mask_range *ranges;
	size_t count;
};

/* Farther than this from a value nothing is looked at for its excerpt, in a document whose bytes are its text. */
#define EXCERPT_REACH ((size_t)8192)

/*
 * Fills p->excerpt, excerpt_from, excerpt_to for the bytes `at` of d. hide: the bytes themselves are hidden too.
 * The line is cut to LIMIT_EXCERPT_BYTES around the value; what is cut shows as "…".
 */
void excerpt_make(struct arena *a, struct looked_at *last, const struct doc *d, struct place at, const struct hidden *hidden, bool hide, struct report_place *p);

/* Masked and made safe for a terminal, at most max bytes (0: whole). NULL stays NULL. */
const char *show_text(struct arena *a, const char *text, size_t max);
const char *show_span(struct arena *a, struct span text, size_t max);
const char *show_name(struct arena *a, const char *name);      /* of a document: its folders and base name, each masked for itself */

#endif
