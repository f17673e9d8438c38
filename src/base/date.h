/* SPDX-License-Identifier: EUPL-1.2 */
/* Calendar dates in UTC. The audit date is an input; only clock_today() reads a clock. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/span.h"

#include <stdint.h>

typedef int32_t date_t;      /* days since 1970-01-01 */
#define DATE_NONE INT32_MIN

/* ISO 8601 calendar date, also the date part of a date and time; DATE_NONE when it is none. */
date_t date_parse(struct span text);
char *date_format(date_t date, char out[16]);      /* YYYY-MM-DD; returns out */
date_t date_add_months(date_t date, int months);   /* the day is clamped to the month's end */
date_t date_from_unix(int64_t seconds);
/* SOURCE_DATE_EPOCH when it is set and valid (*ret_clock false), else today (*ret_clock true). */
date_t clock_today(bool *ret_clock);

#endif
