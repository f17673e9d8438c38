/* SPDX-License-Identifier: EUPL-1.2 */
/* Fingerprints of findings: docs/rules.md section 8. */
#ifndef REPORT_IDENTITY_H
#define REPORT_IDENTITY_H

#include "report/report.h"

/* Base name of a document with its inner archive path: "x/offer.zip!infra/main.tf" gives "offer.zip!infra/main.tf". */
const char *identity_base(const char *name);

#endif
