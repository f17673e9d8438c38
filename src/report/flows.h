/* SPDX-License-Identifier: EUPL-1.2 */
/* Where data goes, as the exports show it: one flow a deployment, use and country. */
#ifndef REPORT_FLOWS_H
#define REPORT_FLOWS_H

#include "report/model.h"

void flows_make(const struct draft *m);

#endif
