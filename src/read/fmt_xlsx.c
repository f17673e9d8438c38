/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Workbooks of Office Open XML (ECMA-376 part 1, chapter 18): each sheet, hidden ones too, is a document "answers.xlsx!Hosting".
 * Values are what the file holds: shared and inline strings, numbers as written, dates as ISO texts by their cell's format, results of
 * formulas as the last program left them. A formula without a result and an error are unknown.
 */
#include "read/office.h"
#include "read/sheet.h"

#include "base/date.h"
#include "base/limits.h"

#include <stdlib.h>

#define DATE_MAX 2958465.0      /* 31 December 9999 */

struct book {
	struct office o;
	const struct span *strings;
	size_t string_count;
	const bool *dates;      /* by cell format: a date or a time */
	size_t format_count;
	bool from_1904;
	struct grid grid;       /* of the sheet being read */
};

/* ------------------------------------------------------------------ shared strings */

/* The text of an <si> or <is>: its runs, without the phonetic ones. */
static struct span rich_text(struct book *w, const struct part *p, const struct fact *item)
{
	struct str out = STR_INIT(LIMIT_FILE_BYTES);
	struct span text;

	for (const struct fact *t = item; t; t = fact_next(t, item)) {
		if (element_is(t, "t") && !(t->parent && element_is(t->parent, "rPh")))
			element_text(&w->o, p, t, &out);
	}
	text = arena_span(w->o.arena, out.n ? str_get(&out) : SPAN(""));
	str_free(&out);
	return text;
}

static void read_strings(struct book *w, const char *name)
{
	struct span *strings = NULL;
	struct part p;
	size_t count = 0;

	if (!office_has(&w->o, name) || office_part(&w->o, name, &p))
		return;
	FACT_EACH(item, p.root->first)
		if (element_is(item, "si"))
			*ARENA_PUSH(w->o.arena, strings, count) = rich_text(w, &p, item);
	w->strings = strings;
	w->string_count = count;
}

/* ------------------------------------------------------------------ dates */

/* A format code shows a date when it has one of these letters outside of quotes, brackets and escapes. */
static bool shows_date(const char *code)
{
	bool quoted = false, bracket = false;

	for (; *code; code++) {
		if (*code == '\\' && code[1])
			code++;
		else if (*code == '"')
			quoted = !quoted;
		else if (!quoted && (*code == '[' || *code == ']'))
			bracket = *code == '[';
		else if (!quoted && !bracket && strchr("dDmMyYhH", *code))
			return true;
	}
	return false;
}

static bool is_date_format(const struct fact *own, long id)
{
	static const struct {
		long from, to;
	} built_in[] = {{14, 22}, {27, 36}, {45, 47}, {50, 58}};      /* 18.8.30 */

	for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
		if (id >= built_in[i].from && id <= built_in[i].to)
			return true;
	for (const struct fact *f = own ? element_child(own, "numFmt") : NULL; f; f = element_next(f, "numFmt")) {
		const char *number = element_attribute(f, "numFmtId"), *code = element_attribute(f, "formatCode");

		if (number && code && strtol(number, NULL, 10) == id)
			return shows_date(code);
	}
	return false;
}

static void read_styles(struct book *w, const char *name)
{
	const struct fact *formats_used, *own;
	bool *dates = NULL;
	struct part p;
	size_t count = 0;

	if (!office_has(&w->o, name) || office_part(&w->o, name, &p))
		return;
	own = element_child(p.root->first, "numFmts");
	formats_used = element_child(p.root->first, "cellXfs");
	for (const struct fact *f = formats_used ? element_child(formats_used, "xf") : NULL; f; f = element_next(f, "xf")) {
		const char *id = element_attribute(f, "numFmtId");

		*ARENA_PUSH(w->o.arena, dates, count) = id && is_date_format(own, strtol(id, NULL, 10));
	}
	w->dates = dates;
	w->format_count = count;
}

/* A serial number as 2026-11-23, 2026-11-23T14:05:00 or 14:05:00; as it is when no calendar has it. */
static struct span date_text(struct book *w, struct span number)
{
	char *end, day[16];
	double serial = strtod(number.p, &end), whole;
	long seconds;

	if (*end || !(serial >= 0) || serial > DATE_MAX)
		return number;
	whole = (double)(long)serial;
	seconds = (long)((serial - whole) * 86400 + 0.5);
	if (seconds == 86400) {
		seconds = 0;
		whole++;
	}
	/* Excel's 1900 is a leap year: from March on, day 0 is 30 December 1899 */
	date_format(date_parse(SPAN("1899-12-30")) + (date_t)whole + (w->from_1904 ? 1462 : whole < 60), day);
	if (whole < 1 && seconds)
		day[0] = '\0';
	if (!seconds)
		return span_of(arena_str(w->o.arena, day));
	return span_of(arena_printf(w->o.arena, "%s%s%02ld:%02ld:%02ld", day, *day ? "T" : "", seconds / 3600, seconds / 60 % 60, seconds % 60));
}

/* ------------------------------------------------------------------ cells */

/* "BC12" to column 55 and row 12; 0 when it is no address. */
static uint32_t address_column(const char *address, uint32_t *ret_row)
{
	uint32_t column = 0;
	unsigned long row;

	for (; *address >= 'A' && *address <= 'Z' && column <= LIMIT_SHEET_COLUMNS; address++)
		column = column * 26 + (uint32_t)(*address - 'A') + 1;
	row = strtoul(address, NULL, 10);
	*ret_row = row > LIMIT_SHEET_ROWS ? LIMIT_SHEET_ROWS + 1 : (uint32_t)row;
	return column;
}

static struct span value_of(struct book *w, const struct part *p, const struct fact *element)
{
	struct str out = STR_INIT(LIMIT_FILE_BYTES);
	struct span text = SPAN("");

	if (element)
		element_text(&w->o, p, element, &out);
	if (out.n)
		text = arena_span(w->o.arena, span_trim(str_get(&out)));
	str_free(&out);
	return text;
}

static void take_string(struct book *w, struct grid_cell *cell)
{
	unsigned long index = strtoul(cell->text.p, NULL, 10);

	if (!cell->text.n)
		return;
	if (index < w->string_count)
		cell->text = w->strings[index];
	else
		*cell = (struct grid_cell){.column = cell->column, .kind = CELL_UNKNOWN, .text = SPAN("#STRING")};
}

static void read_value(struct book *w, const struct part *p, const struct fact *c, struct grid_cell *cell)
{
	const char *type = element_attribute(c, "t"), *style = element_attribute(c, "s");
	const struct fact *inline_string = element_child(c, "is"), *formula = element_child(c, "f");
	unsigned long format = style ? strtoul(style, NULL, 10) : 0;

	type = type ? type : "n";
	cell->text = value_of(w, p, element_child(c, "v"));
	if (!strcmp(type, "s")) {
		take_string(w, cell);
	} else if (!strcmp(type, "inlineStr")) {
		cell->text = inline_string ? rich_text(w, p, inline_string) : SPAN("");
	} else if (!strcmp(type, "b")) {
		cell->kind = CELL_BOOL;
		cell->text = span_is(cell->text, "1") ? SPAN("TRUE") : SPAN("FALSE");
	} else if (!strcmp(type, "e")) {
		cell->kind = CELL_UNKNOWN;
	} else if (!strcmp(type, "d")) {
		cell->kind = CELL_DATE;
	} else if (!strcmp(type, "n")) {
		cell->kind = format < w->format_count && w->dates[format] && cell->text.n ? CELL_DATE : CELL_NUMBER;
		if (cell->kind == CELL_DATE)
			cell->text = date_text(w, cell->text);
	}
	if (!cell->text.n && formula) {
		cell->kind = CELL_UNKNOWN;
		cell->text = value_of(w, p, formula);
		cell->text = span_of(arena_printf(w->o.arena, "=%.*s", (int)(cell->text.n < 4096 ? cell->text.n : 4096), cell->text.p));
	}
}

static bool read_row(struct book *w, const struct part *p, const struct fact *row, uint32_t number)
{
	uint32_t column = 0;

	for (const struct fact *c = element_child(row, "c"); c; c = element_next(c, "c")) {
		struct grid_cell cell = {.text = SPAN("")};
		const char *address = element_attribute(c, "r");
		uint32_t own_row = 0, own = address ? address_column(address, &own_row) : 0;

		cell.column = column = own ? own : column + 1;      /* without an address: the next one */
		read_value(w, p, c, &cell);
		if (!grid_add(w->o.u, w->o.d, &w->grid, own_row ? own_row : number, &cell))
			return false;
	}
	return true;
}

static void read_sheet(struct book *w, const char *part, const char *name)
{
	const struct fact *data;
	struct part p;
	uint32_t number = 0;

	w->grid = (struct grid){.arena = w->o.arena};
	if (!office_has(&w->o, part))
		unpack_tell(w->o.u, w->o.d, DIAG_ERROR, "part", "the sheet '%.100s' is missing", name);
	if (office_part(&w->o, part, &p))
		return;
	data = element_child(p.root->first, "sheetData");
	for (const struct fact *row = data ? element_child(data, "row") : NULL; row; row = element_next(row, "row")) {
		const char *r = element_attribute(row, "r");
		unsigned long own = r ? strtoul(r, NULL, 10) : 0;

		number = own && own <= LIMIT_SHEET_ROWS ? (uint32_t)own : number + 1;
		if (!read_row(w, &p, row, number))
			break;
	}
	grid_document(w->o.u, w->o.d, name, &w->grid);
}

/* ------------------------------------------------------------------ the workbook */

/* A relation's target, relative to xl/ where the workbook lies. */
static const char *target_of(struct book *w, const struct fact *relations, const char *id)
{
	for (const struct fact *r = relations ? element_child(relations, "Relationship") : NULL; r; r = element_next(r, "Relationship")) {
		const char *own = element_attribute(r, "Id"), *target = element_attribute(r, "Target");

		if (own && target && !strcmp(own, id))
			return *target == '/' ? target + 1 : arena_printf(w->o.arena, "xl/%s", target);
	}
	return "";
}

static void read_book(struct book *w)
{
	const struct fact *sheets, *properties, *relations = NULL;
	struct part p, rels;

	if (office_part(&w->o, "xl/workbook.xml", &p)) {
		w->o.d->status = DOC_UNREADABLE;
		w->o.d->reason = "a workbook without xl/workbook.xml";
		return;
	}
	if (!office_part(&w->o, "xl/_rels/workbook.xml.rels", &rels))
		relations = rels.root->first;
	properties = element_child(p.root->first, "workbookPr");
	if (properties && element_attribute(properties, "date1904"))
		w->from_1904 = strchr("1t", *element_attribute(properties, "date1904")) && *element_attribute(properties, "date1904");
	read_strings(w, "xl/sharedStrings.xml");
	read_styles(w, "xl/styles.xml");
	sheets = element_child(p.root->first, "sheets");
	if (!sheets)
		unpack_tell(w->o.u, w->o.d, DIAG_ERROR, "part", "xl/workbook.xml lists no sheets");
	for (const struct fact *s = sheets ? element_child(sheets, "sheet") : NULL; s; s = element_next(s, "sheet")) {
		const char *name = element_attribute(s, "name"), *id = element_attribute(s, "id");

		read_sheet(w, target_of(w, relations, id ? id : ""), name ? name : "sheet");
	}
	office_tell_unread(&w->o);
}

static void xlsx_unpack(struct unpacking *u, struct doc *d)
{
	struct book w = {0};

	if (!office_open(&w.o, u, d))
		read_book(&w);
	office_close(&w.o);
}

/* The list of members, at a zip's end, names the workbook; the name of the file may say anything. */
static int xlsx_bid(struct span name, struct span bytes)
{
	(void)name;
	return zip_lists(bytes, "xl/workbook.xml") ? 95 : 0;
}

const struct format format_xlsx = {
	.name = "xlsx",
	.help = "Excel workbook (.xlsx, .xlsm); each sheet is a document, its rows named by the header row",
	.bid = xlsx_bid,
	.unpack = xlsx_unpack,
};
