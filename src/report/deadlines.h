/* SPDX-License-Identifier: EUPL-1.2 */
/* Dates to keep an eye on: ends of certificates, qualifications and waivers, law that comes into force. */
#ifndef REPORT_DEADLINES_H
#define REPORT_DEADLINES_H

#include "report/model.h"

void deadlines_make(const struct draft *m);

#endif
