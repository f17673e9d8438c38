/* SPDX-License-Identifier: EUPL-1.2 */
/* A report read back from its JSON: for report, diff, compare and --baseline. */
#ifndef REPORT_LOAD_H
#define REPORT_LOAD_H

#include "report/report.h"

/*
 * name: for messages. The model is as whole as one of report_build: every enumeration known, every index in range, the matrix
 * complete; writing it as JSON gives the same bytes. Of the controls only what JSON holds is there (no concerns, no quorum).
 */
int report_load(struct arena *a, const char *name, struct span json, struct report *ret, struct err *e);

#endif
