/* SPDX-License-Identifier: EUPL-1.2 */
/* Days and civil dates by the usual era arithmetic (years from March, 400-year cycles). */
#include "base/date.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static date_t days_of(int y, int m, int d)
{
	int year = m <= 2 ? y - 1 : y;
	int era = (year >= 0 ? year : year - 399) / 400;
	int yoe = year - era * 400;
	int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

static void civil_of(date_t days, int *y, int *m, int *d)
{
	int z = days + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

static int days_in_month(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))
		return 29;
	return days[m - 1];
}

static int digits(const char *p, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		value = value * 10 + p[i] - '0';
	}
	return value;
}

date_t date_parse(struct span text)
{
	int y, m, d;

	text = span_trim(text);
	if (text.n < 10 || text.p[4] != '-' || text.p[7] != '-')
		return DATE_NONE;
	if (text.n > 10 && text.p[10] != 'T' && text.p[10] != ' ')
		return DATE_NONE;
	y = digits(text.p, 4);
	m = digits(text.p + 5, 2);
	d = digits(text.p + 8, 2);
	if (y < 0 || m < 1 || m > 12 || d < 1 || d > days_in_month(y, m))
		return DATE_NONE;
	return days_of(y, m, d);
}

char *date_format(date_t date, char out[16])
{
	int y, m, d;

	civil_of(date, &y, &m, &d);
	snprintf(out, 16, "%04d-%02u-%02u", y % 10000, (unsigned)m % 100, (unsigned)d % 100);
	return out;
}

date_t date_add_months(date_t date, int months)
{
	int y, m, d, total, last;

	civil_of(date, &y, &m, &d);
	total = y * 12 + m - 1 + months;
	y = total / 12;
	m = total % 12 + 1;
	last = days_in_month(y, m);
	return days_of(y, m, d < last ? d : last);
}

date_t date_from_unix(int64_t seconds)
{
	return (date_t)((seconds >= 0 ? seconds : seconds - 86399) / 86400);
}

date_t clock_today(bool *ret_clock)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;
	long long seconds;

	*ret_clock = false;
	errno = 0;
	if (epoch && *epoch && (seconds = strtoll(epoch, &end, 10), !*end && !errno && seconds >= 0))
		return date_from_unix(seconds);
	*ret_clock = true;
	return date_from_unix(time(NULL));
}
