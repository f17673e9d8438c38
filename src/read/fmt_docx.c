/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Documents of Office Open XML (ECMA-376 part 1, chapter 17): the body's text is a document "contract.docx!text", as flow.c
 * makes it. Deleted text and field codes are
 * not text; inserted text is.
 */
#include "read/flow.h"

#include "base/limits.h"

/* ------------------------------------------------------------------ from the part */

/* What is read of f and below: runs of text, tabs and breaks. */
static struct span text_below(struct flow *w, const struct fact *f)
{
	struct str out = STR_INIT(LIMIT_FILE_BYTES);
	struct span text = SPAN("");

	for (const struct fact *t = f; t; t = fact_next(t, f)) {
		if (element_is(t, "t"))
			element_text(&w->o, w->part, t, &out);
		else if (element_is(t, "tab") || element_is(t, "br") || element_is(t, "cr") || (element_is(t, "p") && out.n))
			str_char(&out, ' ');
	}
	if (out.n)
		text = arena_span(w->o.arena, span_trim(str_get(&out)));
	str_free(&out);
	return text;
}

static struct grid *read_table(struct flow *w, const struct fact *table)
{
	struct grid *g = ARENA_NEW(w->o.arena, struct grid);
	uint32_t number = 0;

	g->arena = w->o.arena;
	for (const struct fact *row = element_child(table, "tr"); row; row = element_next(row, "tr")) {
		struct grid_cell cell = {0};

		number++;
		for (const struct fact *c = element_child(row, "tc"); c; c = element_next(c, "tc")) {
			cell.column++;
			cell.text = text_below(w, c);
			if (!grid_add(w->o.u, w->o.d, g, number, &cell))
				return g;
		}
	}
	return g;
}

/* Paragraphs and tables in order; what only wraps them (content controls, tracked insertions) is looked into. */
static void read_blocks(struct flow *w, const struct fact *parent)
{
	FACT_EACH(f, parent) {
		struct flow_block block = {.key = "paragraph", .text = SPAN("")};

		if (element_is(f, "tbl"))
			block.table = read_table(w, f);
		else if (element_is(f, "p"))
			block.text = text_below(w, f);
		else if (f->kind == FACT_BLOCK)
			read_blocks(w, f);      /* as deep as the XML reader allows */
		flow_add(w, &block);
	}
}

static void docx_unpack(struct unpacking *u, struct doc *d)
{
	struct flow w = {0};
	struct part p;

	if (!office_open(&w.o, u, d) && !office_part(&w.o, "word/document.xml", &p)) {
		w.part = &p;
		read_blocks(&w, p.root->first);
		flow_document(&w);
		office_tell_unread(&w.o);
	}
	office_close(&w.o);
}

static int docx_bid(struct span name, struct span bytes)
{
	(void)name;
	return zip_lists(bytes, "word/document.xml") ? 95 : 0;
}

const struct format format_docx = {
	.name = "docx",
	.help = "Word document (.docx): its paragraphs and tables as one text",
	.bid = docx_bid,
	.unpack = docx_unpack,
};
