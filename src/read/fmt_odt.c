/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Texts of OpenDocument (ISO/IEC 26300, chapters 4 to 6 and 9): the body is a document "answers.odt!text", as flow.c makes it. Footnotes and
 * endnotes follow the paragraph that they belong to. Deleted text and comments are no text; the latter are counted, and so are what
 * stands at the head and foot of every page.
 */
#include "read/flow.h"

#include "base/limits.h"

static struct span text_of(struct flow *w, const struct fact *f)
{
	struct str out = STR_INIT(LIMIT_FILE_BYTES);
	struct span text = SPAN("");

	element_text(&w->o, w->part, f, &out);
	if (out.n)
		text = arena_span(w->o.arena, span_trim(str_get(&out)));
	str_free(&out);
	return text;
}

static void read_row(struct flow *w, struct grid *g, const struct fact *row, uint32_t number)
{
	struct grid_cell cell = {.column = 1};

	FACT_EACH(f, row) {
		uint32_t repeated = element_count(f, "number-columns-repeated");

		if (!element_is(f, "table-cell") && !element_is(f, "covered-table-cell"))
			continue;
		cell.text = text_of(w, f);
		if (!cell.text.n) {
			cell.column += repeated;
			continue;
		}
		for (; repeated; repeated--, cell.column++)
			if (!grid_add(w->o.u, w->o.d, g, number, &cell))
				return;
	}
}

/* Rows in order, also those among the headers and in groups, not those of a table in a cell. */
static void read_rows(struct flow *w, struct grid *g, const struct fact *parent, uint32_t *number)
{
	FACT_EACH(f, parent) {
		if (element_is(f, "table-row"))
			read_row(w, g, f, ++*number);
		else if (element_is(f, "table-header-rows") || element_is(f, "table-rows") || element_is(f, "table-row-group"))
			read_rows(w, g, f, number);      /* as deep as the XML reader allows */
	}
}

static struct grid *read_table(struct flow *w, const struct fact *table)
{
	struct grid *g = ARENA_NEW(w->o.arena, struct grid);
	uint32_t number = 0;

	g->arena = w->o.arena;
	read_rows(w, g, table, &number);
	return g;
}

static void read_notes(struct flow *w, const struct fact *block)
{
	for (const struct fact *f = block; f; f = fact_next(f, block)) {
		const struct fact *body = element_is(f, "note") ? element_child(f, "note-body") : NULL;

		if (body)
			flow_add(w, &(struct flow_block){.key = "note", .text = text_of(w, body)});
	}
}

/* Paragraphs and tables in order; lists, sections and indexes only wrap them. */
static void read_blocks(struct flow *w, const struct fact *parent)
{
	FACT_EACH(f, parent) {
		struct flow_block block = {.key = "paragraph", .text = SPAN("")};
		bool table = element_is(f, "table"), text = element_is(f, "p") || element_is(f, "h");

		if (table)
			block.table = read_table(w, f);
		else if (text)
			block.text = text_of(w, f);
		else if (f->kind == FACT_BLOCK && !element_is(f, "tracked-changes"))
			read_blocks(w, f);      /* as deep as the XML reader allows */
		flow_add(w, &block);
		if (table || text)
			read_notes(w, f);
	}
}

static void tell_unread(struct flow *w, const struct fact *body)
{
	const struct span *styles = map_get(&w->o.parts, SPAN("styles.xml"));
	size_t comments = 0;

	for (const struct fact *f = body; f; f = fact_next(f, body))
		comments += element_is(f, "annotation");
	if (comments)
		unpack_tell(w->o.u, w->o.d, DIAG_NOTE, "not-read", "comments are not read (%zu)", comments);
	if (styles && (span_find(*styles, SPAN("<style:header>")) || span_find(*styles, SPAN("<style:footer>"))))
		unpack_tell(w->o.u, w->o.d, DIAG_NOTE, "not-read", "page headers and footers are not read");
	office_tell_unread(&w->o);
}

static void read_text(struct flow *w)
{
	const struct fact *body;
	struct part p;

	if (office_is_locked(&w->o) || office_part(&w->o, "content.xml", &p))
		return;
	w->part = &p;      /* analyser: not looked at after this function */
	body = element_child(p.root->first, "body");
	body = body ? element_child(body, "text") : NULL;
	/* analyser: the part is not looked at after this function */
	if (!body) {
		unpack_tell(w->o.u, w->o.d, DIAG_ERROR, "part", "content.xml holds no text");
		return;
	}
	read_blocks(w, body);
	flow_document(w);
	tell_unread(w, body);
}

static void odt_unpack(struct unpacking *u, struct doc *d)
{
	struct flow w = {0};

	if (!office_open(&w.o, u, d))
		read_text(&w);
	office_close(&w.o);
}

static int odt_bid(struct span name, struct span bytes)
{
	(void)name;
	return office_is_open_document(bytes, "text") ? 95 : 0;
}

const struct format format_odt = {
	.name = "odt",
	.help = "OpenDocument text (.odt): its paragraphs, notes and tables as one text",
	.bid = odt_bid,
	.unpack = odt_unpack,
};
