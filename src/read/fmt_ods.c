/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * OpenDocument spreadsheets (ISO/IEC 26300, chapter 9): each table is a document "register.ods!Sheet". Cells and rows may be written
 * once for many; empty ones are only counted. Dates are ISO texts in the file; other values are taken as written, not as shown.
 */
#include "read/office.h"
#include "read/sheet.h"

#include "base/limits.h"

struct ods {
	struct office o;
	const struct part *part;
	struct grid grid;
};

/* The paragraphs of a cell; its annotations are not its value. */
static struct span shown_text(struct ods *w, const struct fact *cell)
{
	struct str out = STR_INIT(LIMIT_FILE_BYTES);
	struct span text = SPAN("");

	for (const struct fact *p = element_child(cell, "p"); p; p = element_next(p, "p")) {
		if (out.n)
			str_char(&out, '\n');
		element_text(&w->o, w->part, p, &out);
	}
	if (out.n)
		text = arena_span(w->o.arena, span_trim(str_get(&out)));
	str_free(&out);
	return text;
}

static struct grid_cell cell_of(struct ods *w, const struct fact *f)
{
	static const struct {
		const char *type, *attribute;
		enum cell_kind kind;
	} kinds[] = {
		{"float", "value", CELL_NUMBER}, {"percentage", "value", CELL_NUMBER}, {"currency", "value", CELL_NUMBER},
		{"date", "date-value", CELL_DATE}, {"time", "time-value", CELL_DATE}, {"boolean", "boolean-value", CELL_BOOL},
	};
	const char *type = element_attribute(f, "value-type"), *formula = element_attribute(f, "formula");
	struct grid_cell cell = {.text = SPAN("")};

	for (size_t i = 0; type && i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(type, kinds[i].type) && element_attribute(f, kinds[i].attribute)) {
			cell.kind = kinds[i].kind;
			cell.text = span_of(element_attribute(f, kinds[i].attribute));
			return cell;
		}
	cell.text = shown_text(w, f);
	if (!cell.text.n && formula) {
		cell.kind = CELL_UNKNOWN;
		cell.text = span_of(formula);
	}
	return cell;
}

static bool read_row(struct ods *w, const struct fact *row, uint32_t number)
{
	uint32_t column = 1;

	FACT_EACH(f, row) {
		uint32_t repeated = element_count(f, "number-columns-repeated");
		struct grid_cell cell;

		if (!element_is(f, "table-cell") && !element_is(f, "covered-table-cell"))
			continue;
		cell = cell_of(w, f);
		for (uint32_t i = 0; cell.text.n && i < repeated; i++) {
			cell.column = column + i;
			if (!grid_add(w->o.u, w->o.d, &w->grid, number, &cell))
				return false;
		}
		column += repeated;
	}
	return true;
}

/* Rows in order, also those in groups and among the headers. */
static bool read_rows(struct ods *w, const struct fact *table)
{
	uint32_t number = 1;

	for (const struct fact *f = table; f; f = fact_next(f, table)) {
		uint32_t repeated;
		size_t before = w->grid.count;

		if (!element_is(f, "table-row"))
			continue;
		repeated = element_count(f, "number-rows-repeated");
		for (uint32_t i = 0; i < repeated; i++) {
			if (!read_row(w, f, number + i))
				return false;
			if (w->grid.count == before)      /* empty, and so are its repetitions */
				break;
		}
		number += repeated;
	}
	return true;
}

static void read_tables(struct ods *w)
{
	const struct fact *body, *sheets;
	struct part p;

	if (office_is_locked(&w->o) || office_part(&w->o, "content.xml", &p))
		return;
	w->part = &p;      /* analyser: not looked at after this function */
	body = element_child(p.root->first, "body");
	sheets = body ? element_child(body, "spreadsheet") : NULL;
	if (!sheets)
		unpack_tell(w->o.u, w->o.d, DIAG_ERROR, "part", "content.xml holds no spreadsheet");
	for (const struct fact *t = sheets ? element_child(sheets, "table") : NULL; t; t = element_next(t, "table")) {
		const char *name = element_attribute(t, "name");

		w->grid = (struct grid){.arena = w->o.arena};
		(void)read_rows(w, t);      /* what was read before a limit stands */
		grid_document(w->o.u, w->o.d, name ? name : "sheet", &w->grid);
	}
	office_tell_unread(&w->o);
}

static void ods_unpack(struct unpacking *u, struct doc *d)
{
	struct ods w = {0};

	if (!office_open(&w.o, u, d))
		read_tables(&w);
	office_close(&w.o);
}

static int ods_bid(struct span name, struct span bytes)
{
	(void)name;
	return office_is_open_document(bytes, "spreadsheet") ? 95 : 0;
}

const struct format format_ods = {
	.name = "ods",
	.help = "OpenDocument spreadsheet; each sheet is a document, its rows named by the header row",
	.bid = ods_bid,
	.unpack = ods_unpack,
};
