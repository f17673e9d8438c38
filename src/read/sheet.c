/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A sheet as a document: its text has one line for each row, so that line 7 is row 7, with the cells that hold something divided by
 * tabs; line ends within a cell are blanks there. Each cell is a fact at its place in that text. The first row of at least two
 * cells, all of them texts, names the columns of the rows below it; without one the columns are A, B, C. The header's own cells are facts too:
 * it may be no header after all.
 */
#include "read/sheet.h"

#include "base/limits.h"

#define HEADER_BYTES 300      /* a longer text is an answer, not the name of a column */

/* ------------------------------------------------------------------ the grid */

bool grid_add(struct unpacking *u, struct doc *d, struct grid *g, uint32_t number, const struct grid_cell *cell)
{
	struct grid_row *row = g->count ? &g->rows[g->count - 1] : NULL;

	if (g->full)
		return false;
	if (!span_trim(cell->text).n)
		return true;
	if (number > LIMIT_SHEET_ROWS || cell->column > LIMIT_SHEET_COLUMNS || g->cells >= LIMIT_FACTS_PER_FILE || (row && number < row->number)) {
		g->full = true;
		unpack_tell(u, d, DIAG_ERROR, "limit-sheet", "a cell lies outside of what a sheet can have, or there are more than %d: the rest is not read",
			    LIMIT_FACTS_PER_FILE);
		return false;
	}
	if (!row || row->number != number) {
		row = ARENA_PUSH(g->arena, g->rows, g->count);
		*row = (struct grid_row){.number = number};
	}
	*ARENA_PUSH(g->arena, row->cells, row->count) = *cell;
	g->cells++;
	return true;
}

static bool may_name_columns(const struct grid_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (row->cells[i].kind != CELL_TEXT || row->cells[i].text.n > HEADER_BYTES)
			return false;
	return row->count >= 2;
}

/* The cells of a row that names the columns, as far as that can be seen, or NULL. */
static const struct grid_row *grid_header(const struct grid *g)
{
	for (size_t i = 0; i + 1 < g->count; i++)
		if (g->rows[i].count >= 2)
			return may_name_columns(&g->rows[i]) ? &g->rows[i] : NULL;
	return NULL;
}

/* ------------------------------------------------------------------ the document */

struct sheet {
	struct builder *b;
	const struct text *text;
	bool addresses;                       /* cells are named B7 */
	const char **names;                   /* by column, NULL: its letters */
	const struct decoder **decoders;      /* by column */
	uint32_t columns;
	uint32_t at;                          /* in the text */
};

/* The value as the text shows it: a tab would look like the next cell, a line end like the next row. */
static void put_cell(struct str *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		str_char(out, (unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f ? ' ' : text.p[i]);
}

void grid_render(const struct grid *g, struct str *out)
{
	uint32_t line = 1;

	for (size_t i = 0; i < g->count; i++) {
		for (; line < g->rows[i].number; line++)
			str_char(out, '\n');
		for (size_t k = 0; k < g->rows[i].count; k++) {
			if (k)
				str_char(out, '\t');
			put_cell(out, span_trim(g->rows[i].cells[k].text));
		}
	}
	if (g->count)
		str_char(out, '\n');
}

static const char *column_name(struct sheet *s, uint32_t column, bool named)
{
	char letters[8];

	if (named && s->names[column])
		return s->names[column];
	cell_column(column, letters);
	return build_intern(s->b, span_of(letters));
}

static const struct decoder *column_decoder(struct sheet *s, uint32_t column)
{
	if (!s->addresses)
		return NULL;
	if (!s->decoders[column]) {
		struct decoder *step = ARENA_NEW(builder_arena(s->b), struct decoder);

		*step = (struct decoder){.kind = DECODE_CELL, .indent = column};
		s->decoders[column] = step;
	}
	return s->decoders[column];
}

static bool put_fact(struct sheet *s, const struct grid_cell *cell, bool named)
{
	static const enum fact_scalar scalars[] = {
		[CELL_TEXT] = SCALAR_STRING, [CELL_NUMBER] = SCALAR_NUMBER, [CELL_BOOL] = SCALAR_BOOL, [CELL_DATE] = SCALAR_PLAIN, [CELL_UNKNOWN] = SCALAR_STRING,
	};
	size_t n = span_trim(cell->text).n;
	struct fact f = {
		.kind = FACT_LITERAL, .scalar = scalars[cell->kind], .state = cell->kind == CELL_UNKNOWN ? FACT_UNKNOWN : FACT_FIXED,
		.at = {s->at, (uint32_t)n}, .value = span_cut(s->text->bytes, s->at, s->at + n), .key = column_name(s, cell->column, named),
		.decoder = column_decoder(s, cell->column),
	};

	s->at += (uint32_t)n;
	return build_fact(s->b, s->text, &f) != NULL;
}

static bool put_row(struct sheet *s, const struct grid_row *row, bool named)
{
	struct fact block = {.kind = FACT_BLOCK, .at = {s->at, 0}};

	if (!build_open(s->b, s->text, &block))
		return false;
	for (size_t k = 0; k < row->count; k++) {
		s->at += k > 0;      /* the tab */
		if (!put_fact(s, &row->cells[k], named))
			return false;
	}
	build_close(s->b, s->text, s->at);
	return true;
}

static void name_columns(struct sheet *s, const struct grid *g, const struct grid_row *header)
{
	struct arena *a = builder_arena(s->b);

	for (size_t i = 0; i < g->count; i++)
		for (size_t k = 0; k < g->rows[i].count; k++)
			s->columns = g->rows[i].cells[k].column > s->columns ? g->rows[i].cells[k].column : s->columns;
	s->names = ARENA_ARRAY(a, const char *, s->columns + 1);
	s->decoders = ARENA_ARRAY(a, const struct decoder *, s->columns + 1);
	for (size_t k = 0; header && k < header->count; k++) {
		struct str name = STR_INIT(HEADER_BYTES + 1);

		put_cell(&name, span_trim(header->cells[k].text));
		s->names[header->cells[k].column] = build_intern(s->b, str_get(&name));
		str_free(&name);
	}
}

static bool put_rows(struct sheet *s, const struct grid *g)
{
	const struct grid_row *header = grid_header(g);
	uint32_t line = 1;

	name_columns(s, g, header);
	for (size_t i = 0; i < g->count; i++) {
		for (; line < g->rows[i].number; line++)
			s->at++;
		if (!put_row(s, &g->rows[i], header && &g->rows[i] > header))
			return false;
	}
	s->at += g->count > 0;      /* the last line's end */
	return true;
}

bool grid_facts(struct builder *b, const struct text *t, const struct grid *g, const char *key, bool addresses, uint32_t *at)
{
	struct sheet s = {.b = b, .text = t, .addresses = addresses, .at = *at};
	struct fact list = {.kind = FACT_LIST, .key = key ? build_intern(b, span_of(key)) : NULL, .at = {*at, 0}};

	if (!build_open(b, t, &list) || !put_rows(&s, g))
		return false;
	build_close(b, t, s.at);
	*at = s.at;
	return true;
}

/* '/' and '!' divide names; a sheet's own become '_'. */
static const char *sheet_name(struct arena *a, const char *name)
{
	char *plain = arena_str(a, *name ? name : "sheet");

	for (char *p = plain; *p; p++)
		if (*p == '/' || *p == '!' || *p == '\\')
			*p = '_';
	return plain;
}

void grid_document(struct unpacking *u, struct doc *d, const char *name, const struct grid *g)
{
	struct doc *sheet = unpack_doc(u, d, sheet_name(u->set->arena, name));
	struct str text = STR_INIT(LIMIT_FILE_BYTES);
	struct builder *b;
	uint32_t at = 0;

	if (!sheet)
		return;
	grid_render(g, &text);
	b = unpack_text(u, d, sheet, &text);
	str_free(&text);
	if (!b)
		return;
	(void)grid_facts(b, &sheet->text, g, NULL, true, &at);      /* false: a limit, which the builder said */
	builder_end(b);
	if (g->full && sheet->status == DOC_READ)
		sheet->status = DOC_PARTIAL;
}
