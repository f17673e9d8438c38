/* SPDX-License-Identifier: EUPL-1.2 */
/* Cells of RFC 4180 that no spreadsheet takes for a formula. */
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include "base/str.h"

/* text NULL: an empty cell. A cell that begins with = + - @, tab or CR (also behind blanks) gets an apostrophe before it. */
void csv_cell(struct str *row, const char *text);
void csv_number(struct str *row, size_t n);
/* Ends the row with CR LF. */
void csv_end(struct str *row);

#endif
