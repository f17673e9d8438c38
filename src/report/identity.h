/* SPDX-License-Identifier: EUPL-1.2 */
/* Fingerprints of findings: docs/rules.md section 8. */
#ifndef REPORT_IDENTITY_H
#define REPORT_IDENTITY_H

#include "report/report.h"

/* Base name of a document with its inner archive path: "x/offer.zip!infra/main.tf" gives "offer.zip!infra/main.tf". */
const char *identity_base(const char *name);
/* The path of a fact with list indices replaced by the item's name, id or key where it has one. */
const char *identity_path(struct arena *a, const struct fact *f);

#endif
