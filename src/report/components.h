/* SPDX-License-Identifier: EUPL-1.2 */
/* The inventory of what was seen to be called or run. */
#ifndef REPORT_COMPONENTS_H
#define REPORT_COMPONENTS_H

#include "report/model.h"

void components_make(const struct draft *m);

#endif
