/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to src/report/: fingerprints of single hits (identity.c). */
#ifndef REPORT_IDENTITY_H
#define REPORT_IDENTITY_H

#include "report/report.h"

/* What the fingerprints of neighbours have in common, found out once. Of one thread. */
struct identity {
	struct arena *arena;
	struct span key;         /* the facility's; empty: none */
	struct map of_item;      /* address of an item of a list to what names it: it may have many fields and many findings */
	struct map masked;       /* a text to what the masks leave of it: many findings have one subject, and one document */
};

struct identity identity_new(struct arena *a, struct span key);
const char *fingerprint_make(struct identity *n, const struct hit *h);

#endif
