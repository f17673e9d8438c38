/* SPDX-License-Identifier: EUPL-1.2 */
/* Every cell is quoted: then no separator of any country's spreadsheet can split one, and blanks at its ends stay. */
#include "report/csv.h"

static bool is_formula(const char *text)
{
	text += strspn(text, " ");
	/* full-width forms too: some spreadsheets fold them */
	return *text && (strchr("=+-@\t\r\n", *text) || !strncmp(text, "\xef\xbc\x9d", 3) || !strncmp(text, "\xef\xbc\x8b", 3) ||
			 !strncmp(text, "\xef\xbc\x8d", 3) || !strncmp(text, "\xef\xbc\xa0", 3));
}

static void begin_cell(struct str *row)
{
	if (row->n && row->p[row->n - 1] != '\n')
		str_char(row, ',');
}

void csv_cell(struct str *row, const char *text)
{
	begin_cell(row);
	str_char(row, '"');
	if (text && is_formula(text))
		str_char(row, '\'');
	for (; text && *text; text++) {
		if (*text == '"')
			str_char(row, '"');
		str_char(row, *text);
	}
	str_char(row, '"');
}

void csv_number(struct str *row, size_t n)
{
	begin_cell(row);
	str_printf(row, "%zu", n);
}

void csv_end(struct str *row)
{
	str_text(row, "\r\n");
}
