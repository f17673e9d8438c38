/* SPDX-License-Identifier: EUPL-1.2 */
/* For src/read/ alone: a grid of cells, from whatever spreadsheet, as a document of its own. */
#ifndef READ_SHEET_H
#define READ_SHEET_H

#include "base/str.h"
#include "read/unpack.h"

enum cell_kind { CELL_TEXT, CELL_NUMBER, CELL_BOOL, CELL_DATE, CELL_UNKNOWN };      /* UNKNOWN: a formula without result, an error */

struct grid_cell {
	uint32_t column;      /* from 1 */
	enum cell_kind kind;
	struct span text;
};

struct grid_row {
	uint32_t number;      /* from 1 */
	struct grid_cell *cells;
	size_t count;
};

struct grid {
	struct arena *arena;      /* scratch: what the document keeps is copied */
	struct grid_row *rows;    /* ascending */
	size_t count, cells;
	bool full;                /* no more cells are taken; the reason was said */
};

/* Adds a cell to row `number`, which is the last row or a later one; cells without text are not kept. false: a limit. */
bool grid_add(struct unpacking *u, struct doc *d, struct grid *g, uint32_t number, const struct grid_cell *cell);
/* The document d!name: a text of one line a row, cells divided by tabs, and its facts. */
void grid_document(struct unpacking *u, struct doc *d, const char *name, const struct grid *g);
/* The pieces, for tables within other texts: the rows as text, and their facts as a list of that key whose text starts at *at. */
void grid_render(const struct grid *g, struct str *out);
bool grid_facts(struct builder *b, const struct text *t, const struct grid *g, const char *key, bool addresses, uint32_t *at);

#endif
