/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Tables that run over pages. A row that does not fit goes to the next page whole when a page can hold it, else line by line; the head is
 * drawn again on each page, as an artifact, since the structure has it once.
 */
#include "report/pdf.h"

#define PAD_X (5 * POINT)
#define PAD_Y (3200)

static int set_cell(struct table *t, size_t i, struct setting *ret)
{
	return flow_set(t->doc, &t->cells[i], t->widths[i] - 2 * PAD_X, ret);
}

static void draw_head(struct table *t, bool again)
{
	struct pdf *d = t->doc;
	struct setting heads[COLUMNS_MAX];
	int height = 0, x = MARGIN_X;

	for (size_t i = 0; i < t->columns; i++) {
		struct pieces p = pieces_new(d);
		int h;

		add(&p, FONT_BOLD, 8000, INK_TEXT, text(t->heads[i], doc_lang(d)));
		h = flow_set(d, &p, t->widths[i] - 2 * PAD_X, &heads[i]);
		height = h > height ? h : height;
	}
	height += 2 * PAD_Y;
	draw_rect(d, MARGIN_X, doc_y(d), TEXT_WIDTH, height, INK_FAINT);
	if (again)
		artifact_open(d);
	else
		tag_open(d, "TR");
	for (size_t i = 0; i < t->columns; x += t->widths[i++]) {
		if (!again)
			tag_open_with(d, "TH", "/O/Table/Scope/Column", NULL);
		draw_lines(d, &heads[i], 0, heads[i].line_count,
			   t->numeric[i] && heads[i].line_count ? x + t->widths[i] - PAD_X - heads[i].lines[0].width : x + PAD_X, doc_y(d) + PAD_Y);
		if (!again)
			tag_close(d);
	}
	if (again)
		artifact_close(d);
	else
		tag_close(d);
	doc_move(d, doc_y(d) + height);
}

void table_open(struct table *t)
{
	doc_need(t->doc, 70 * POINT);
	tag_open(t->doc, "Table");
	draw_head(t, false);
	doc_block(t->doc);
	for (size_t i = 0; i < t->columns; i++)
		t->cells[i] = pieces_new(t->doc);
	t->open = true;
}

static void next_page(struct table *t)
{
	doc_break(t->doc);
	draw_head(t, true);
}

struct row {
	struct setting cells[COLUMNS_MAX];
	size_t at[COLUMNS_MAX];         /* the first line of each not yet drawn */
};

/* Lines of a cell that fit into room, and how high they are. */
static size_t lines_within(const struct setting *t, size_t from, int room, int *ret_height)
{
	size_t to = from;

	*ret_height = 0;
	while (to < t->line_count && *ret_height + t->lines[to].height <= room)
		*ret_height += t->lines[to++].height;
	return to;
}

/* What fits on this page; true when something is left. Cells come back to their element, so each opens its own once. */
static bool draw_part(struct table *t, struct row *row, int *ret_height)
{
	int room = doc_room(t->doc) - 2 * PAD_Y, x = MARGIN_X;
	bool left = false;

	*ret_height = 0;
	for (size_t i = 0; i < t->columns; x += t->widths[i++]) {
		int height;
		size_t to = lines_within(&row->cells[i], row->at[i], room, &height);
		bool right = t->numeric[i] && row->cells[i].line_count;

		tag_open_with(t->doc, i == t->header_column ? "TH" : "TD", i == t->header_column ? "/O/Table/Scope/Row" : NULL, NULL);
		draw_lines(t->doc, &row->cells[i], row->at[i], to, right ? x + t->widths[i] - PAD_X - row->cells[i].lines[0].width : x + PAD_X, doc_y(t->doc) + PAD_Y);
		tag_close(t->doc);
		row->at[i] = to;
		left = left || to < row->cells[i].line_count;
		*ret_height = height > *ret_height ? height : *ret_height;
	}
	return left;
}

void table_row(struct table *t)
{
	struct pdf *d = t->doc;
	struct row row = {0};
	int height = 0;
	bool left = true;

	for (size_t i = 0; i < t->columns; i++) {
		int h = set_cell(t, i, &row.cells[i]);

		height = h > height ? h : height;
	}
	height += 2 * PAD_Y;
	if (height > doc_room(d) && (height <= PAGE_BODY - 60 * POINT || doc_room(d) < 80 * POINT))
		next_page(t);
	if (t->target)
		doc_target_here(d, *t->target);
	t->target = NULL;
	while (left) {
		draw_rule(d, MARGIN_X, doc_y(d), TEXT_WIDTH, INK_LINE);
		tag_open(d, "TR");
		left = draw_part(t, &row, &height);
		tag_close(d);
		doc_move(d, doc_y(d) + height + 2 * PAD_Y);
		if (left)
			next_page(t);
	}
	doc_block(d);
	for (size_t i = 0; i < t->columns; i++)
		t->cells[i] = pieces_new(d);
}

void table_close(struct table *t)
{
	draw_rule(t->doc, MARGIN_X, doc_y(t->doc), TEXT_WIDTH, INK_LINE);
	tag_close(t->doc);
	doc_skip(t->doc, 6 * POINT);
	t->open = false;
}
