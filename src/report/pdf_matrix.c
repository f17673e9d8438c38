/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Deployments with their advice, and the matrix of controls and deployments. A cell is a symbol on a tint; a screen reader and whoever copies
 * text get the word. More deployments than a page is wide make further tables, each with all controls.
 */
#include "report/pdf.h"

/* ------------------------------------------------------------------ deployments */

static void fill_counts(struct pdf *d, struct pieces *p, const struct report_deployment *at)
{
	enum lang lang = doc_lang(d);

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_LOW; s--)
		if (at->by_severity[s])
			add_count(d, p, severity_text((enum severity)s, lang), at->by_severity[s], severity_ink((enum severity)s), severity_fill((enum severity)s));
	if (at->verdicts[VERDICT_CONFORM])
		add_count(d, p, verdict_text("conform", lang), at->verdicts[VERDICT_CONFORM], verdict_ink("conform"), verdict_fill("conform"));
	if (at->verdicts[VERDICT_NOT_EVIDENCED])
		add_count(d, p, verdict_text("not_evidenced", lang), at->verdicts[VERDICT_NOT_EVIDENCED], INK_SOFT, 0xefeeec);
}

static void fill_deployment(struct pdf *d, struct table *t, const struct report_deployment *at)
{
	enum lang lang = doc_lang(d);
	struct arena *a = doc_scratch(d);

	add(&t->cells[0], FONT_BOLD, 9200, INK_TEXT, deployment_label(d, at->id));
	add_small(&t->cells[0], arena_printf(a, "\n%s%s%s", at->id, at->vendor ? ", " : "", at->vendor ? at->vendor : ""));
	if (at->purpose)
		add(&t->cells[0], FONT_SANS, 8200, INK_TEXT, arena_printf(a, "\n%s", value_cut(a, at->purpose)));
	add(&t->cells[1], FONT_BOLD, 9200, advice_ink(at->advice), advice_text(at->advice, lang));
	add_small(&t->cells[1], arena_printf(a, "\n%zu %s, %zu %s", at->docs, text(TEXT_COVERED_FILES, lang), at->docs_read, text(TEXT_READ, lang)));
	if (at->why || at->partial)
		add_small(&t->cells[1], arena_printf(a, "\n%s", at->why ? why_text(at->why, lang) : text(TEXT_PARTIAL, lang)));
	fill_counts(d, &t->cells[2], at);
}

void pdf_deployments(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct table t = {.doc = d, .columns = 3, .widths = {200 * POINT, 118 * POINT, TEXT_WIDTH - 318 * POINT},
			  .heads = {TEXT_DEPLOYMENT, TEXT_ADVICE, TEXT_FINDINGS}};
	size_t target;

	flow_heading(d, HEADING_PART, text(TEXT_DEPLOYMENTS, doc_lang(d)), 90 * POINT);
	table_open(&t);
	for (size_t i = 0; i < r->deployment_count; i++) {
		fill_deployment(d, &t, &r->deployments[i]);
		target = doc_targets(d)->first_deployment + i;
		t.target = &target;
		table_row(&t);
	}
	table_close(&t);
}

/* ------------------------------------------------------------------ matrix */

#define CELL (27 * POINT)               /* of a deployment */
#define CELL_MIN_COLUMNS 8
#define COLUMNS_A_TABLE 12
#define HEAD_HEIGHT (104 * POINT)

struct matrix {
	struct pdf *doc;
	const struct report *report;
	size_t from, to;                /* columns: deployments, then the facility's */
	int cell, first;                /* widths of a cell and of the control's column */
};

static const char *column_name(const struct matrix *m, size_t column)
{
	return column < m->report->deployment_count ? deployment_label(m->doc, m->report->deployments[column].id) : text(TEXT_FACILITY_LINE, doc_lang(m->doc));
}

static void draw_upright(const struct matrix *m, size_t column, int x, int y)
{
	struct pdf *d = m->doc;
	struct pieces p = pieces_new(d);
	struct str turn = STR_INIT(256);
	struct setting t;
	size_t lines;

	add(&p, FONT_BOLD, 7200, INK_TEXT, column_name(m, column));
	text_set(doc_fonts(d), doc_scratch(d), p.items, p.count, HEAD_HEIGHT - 8 * POINT, 112, &t);
	if (t.line_count > 2 && column < m->report->deployment_count) {      /* a long name would be cut; the identifier tells columns apart */
		p = pieces_new(d);
		add(&p, FONT_BOLD, 7200, INK_TEXT, m->report->deployments[column].id);
		text_set(doc_fonts(d), doc_scratch(d), p.items, p.count, HEAD_HEIGHT - 8 * POINT, 112, &t);
	}
	lines = t.line_count < 3 ? t.line_count : 3;
	/* a quarter turn around the cell's foot: there, x runs up the page */
	str_text(&turn, "q 0 1 -1 0 ");
	pdf_put_length(&turn, x + (m->cell - (int)lines * 8064) / 2 - 0 + PAGE_HEIGHT);
	str_char(&turn, ' ');
	pdf_put_length(&turn, PAGE_HEIGHT - y - HEAD_HEIGHT + 4 * POINT);
	str_text(&turn, " cm\n");
	draw_turned(d, str_get(&turn).p, &t, lines);
	str_free(&turn);
}

static void draw_corner(const struct matrix *m, int y)
{
	struct pdf *d = m->doc;
	struct pieces p = pieces_new(d);
	struct setting t;

	add(&p, FONT_BOLD, 8000, INK_TEXT, text(TEXT_CONTROL, doc_lang(d)));
	flow_set(d, &p, m->first, &t);
	draw_lines(d, &t, 0, 1, MARGIN_X, y + HEAD_HEIGHT - 15 * POINT);
}

static void draw_heads(const struct matrix *m, bool again)
{
	struct pdf *d = m->doc;
	int y = doc_y(d), x = MARGIN_X + m->first;

	if (again)
		artifact_open(d);
	else {
		tag_open(d, "TR");
		tag_open_with(d, "TH", "/O/Table/Scope/Column", NULL);
	}
	draw_corner(m, y);
	if (!again)
		tag_close(d);
	for (size_t i = m->from; i < m->to; i++, x += m->cell) {
		if (!again)
			tag_open_with(d, "TH", "/O/Table/Scope/Column", NULL);
		draw_upright(m, i, x, y);
		if (!again)
			tag_close(d);
	}
	if (again)
		artifact_close(d);
	else
		tag_close(d);
	doc_move(d, y + HEAD_HEIGHT);
}

static const char *cell_words(const struct matrix *m, const struct report_cell *c)
{
	enum lang lang = doc_lang(m->doc);
	const char *word = verdict_text(verdict_names[c->verdict], lang);

	if (c->below != c->verdict)
		word = arena_printf(doc_scratch(m->doc), "%s (%s)", word, verdict_text(verdict_names[c->below], lang));
	return c->partial && c->verdict != VERDICT_INCOMPLETE ? arena_printf(doc_scratch(m->doc), "%s, %s", word, text(TEXT_PARTIAL_MARK, lang)) : word;
}

static void draw_cell(const struct matrix *m, const struct report_cell *c, int x, int height)
{
	struct pdf *d = m->doc;
	struct pieces p = pieces_new(d);
	struct piece *symbol;
	struct setting t;
	uint32_t fill = c ? verdict_fill(verdict_names[c->verdict]) : NO_COLOUR;

	if (fill != NO_COLOUR)
		draw_rect(d, x + POINT, doc_y(d) + POINT, m->cell - 2 * POINT, height - 3 * POINT / 2, fill);
	tag_open(d, "TD");
	symbol = add(&p, FONT_BOLD, 9600, c ? verdict_ink(verdict_names[c->verdict]) : INK_LINE, c ? verdict_symbol(verdict_names[c->verdict]) : "\u00b7");
	if (c) {
		symbol->spoken = cell_words(m, c);
		if (c->finding_count)
			symbol->link = (struct link){.kind = LINK_TARGET, .target = doc_targets(d)->findings[c->findings[0]]};
		if (c->partial && c->verdict != VERDICT_INCOMPLETE)
			add(&p, FONT_SANS, 6500, INK_SOFT, "*");
	}
	flow_set(d, &p, m->cell, &t);
	draw_lines(d, &t, 0, 1, x + (m->cell - t.lines[0].width) / 2, doc_y(d) + (height - t.lines[0].height) / 2);
	tag_close(d);
}

static void draw_control(const struct matrix *m, size_t index, const struct setting *t, int height)
{
	struct pdf *d = m->doc;
	int x = MARGIN_X + m->first;

	draw_rule(d, MARGIN_X, doc_y(d), TEXT_WIDTH, INK_LINE);
	tag_open(d, "TR");
	tag_open_with(d, "TH", "/O/Table/Scope/Row", NULL);
	draw_lines(d, t, 0, t->line_count, MARGIN_X, doc_y(d) + 3 * POINT);
	tag_close(d);
	for (size_t i = m->from; i < m->to; i++, x += m->cell)
		draw_cell(m, report_cell_at(m->report, i, index), x, height);
	tag_close(d);
	doc_move(d, doc_y(d) + height);
}

static void flow_control(const struct matrix *m, size_t index)
{
	const struct control *c = m->report->controls[index].control;
	struct pdf *d = m->doc;
	struct pieces p = pieces_new(d);
	struct setting t;
	char date[16];
	int height;

	add(&p, FONT_BOLD, 7600, INK_SOFT, c->id);
	add(&p, FONT_SANS, 8300, INK_TEXT, arena_printf(doc_scratch(d), "  %s", both_in(&c->title, doc_lang(d))));
	if (c->from != DATE_NONE && c->from > date_parse(span_of(doc_report(d)->date)))
		add(&p, FONT_SANS, 7000, INK_SOFT, arena_printf(doc_scratch(d), " (%s %s)", text(TEXT_IN_FORCE_FROM, doc_lang(d)), date_format(c->from, date)));
	text_set(doc_fonts(d), doc_scratch(d), p.items, p.count, m->first - 6 * POINT, 122, &t);
	height = text_height(&t) + 6 * POINT;
	if (height > doc_room(d)) {
		doc_break(d);
		draw_heads(m, true);
	}
	draw_control(m, index, &t, height);
	doc_block(d);
}

static void flow_area(const struct matrix *m, const char *area)
{
	struct pdf *d = m->doc;
	struct pieces p = pieces_new(d);
	struct setting t;
	int height;

	add(&p, FONT_BOLD, 9000, INK_TEXT, area_text(area, doc_lang(d)));
	height = flow_set(d, &p, TEXT_WIDTH, &t) + 6 * POINT;
	if (height + 40 * POINT > doc_room(d)) {
		doc_break(d);
		draw_heads(m, true);
	}
	draw_rect(d, MARGIN_X, doc_y(d), TEXT_WIDTH, height, INK_FAINT);
	tag_open(d, "TR");
	tag_open_with(d, "TH", "/O/Table/Scope/Row", NULL);
	draw_lines(d, &t, 0, 1, MARGIN_X + 4 * POINT, doc_y(d) + 3 * POINT);
	tag_close(d);
	for (size_t i = m->from; i < m->to; i++) {
		tag_open(d, "TD");
		tag_close(d);
	}
	tag_close(d);
	doc_move(d, doc_y(d) + height);
	doc_block(d);
	for (size_t i = 0; i < m->report->control_count; i++)
		if (!strcmp(m->report->controls[i].control->area, area))
			flow_control(m, i);
}

static bool area_is_first(const struct report *r, size_t control)
{
	for (size_t i = 0; i < control; i++)
		if (!strcmp(r->controls[i].control->area, r->controls[control].control->area))
			return false;
	return true;
}

static void flow_matrix(struct matrix *m)
{
	size_t columns = m->to - m->from;

	m->cell = columns < CELL_MIN_COLUMNS ? CELL + 6 * POINT : CELL;
	m->first = TEXT_WIDTH - (int)columns * m->cell;
	doc_need(m->doc, HEAD_HEIGHT + 100 * POINT);
	tag_open(m->doc, "Table");
	draw_heads(m, false);
	for (size_t i = 0; i < m->report->control_count; i++)
		if (area_is_first(m->report, i))
			flow_area(m, m->report->controls[i].control->area);
	tag_close(m->doc);
}

static void flow_legend(struct pdf *d)
{
	struct pieces p = pieces_new(d);

	for (int v = 0; v < VERDICTS; v++) {
		add_verdict(d, &p, verdict_names[v]);
		add_small(&p, "    ");
	}
	add_small(&p, arena_printf(doc_scratch(d), "* %s", text(TEXT_PARTIAL, doc_lang(d))));
	flow_pieces(d, "P", &p, 0);
	doc_skip(d, 6 * POINT);
	doc_block(d);
}

/* The columns of each table are as even as they can be: no last table of one. */
void pdf_matrix(struct pdf *d)
{
	const struct report *r = doc_report(d);
	size_t columns = r->deployment_count + (r->cell_count > r->deployment_count * r->control_count);
	size_t tables = (columns + COLUMNS_A_TABLE - 1) / COLUMNS_A_TABLE;
	struct matrix m = {.doc = d, .report = r};

	doc_break(d);
	flow_heading(d, HEADING_PART, text(TEXT_MATRIX, doc_lang(d)), 0);
	flow_legend(d);
	for (size_t i = 0; i < tables; i++) {
		m.from = columns * i / tables;
		m.to = columns * (i + 1) / tables;
		if (i)
			doc_break(d);
		flow_matrix(&m);
	}
}
