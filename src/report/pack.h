/* SPDX-License-Identifier: EUPL-1.2 */
/* The whole model as bytes and back: from the process that reads inputs to the one that writes reports, and into a cache. */
#ifndef REPORT_PACK_H
#define REPORT_PACK_H

#include "report/report.h"

/* Appends r to out; str_failed(out) tells whether it was too much. */
void report_pack(struct str *out, const struct report *r);

/*
 * The bytes may be anybody's: every number, index, count and text is checked before it is used, texts are made safe as report_load
 * makes them, and what is missing is an error. Texts stay in bytes, which must live as long as *ret. rules give the controls' texts, which
 * are not packed.
 */
int report_unpack(struct arena *a, struct span bytes, const struct ruleset *rules, struct report *ret, struct err *e);

#endif
