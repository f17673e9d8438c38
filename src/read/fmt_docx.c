/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Documents of Office Open XML (ECMA-376 part 1, chapter 17): the body's text is a document "contract.docx!text", a line for each
 * paragraph and each row of a table; a table's header row names the cells below it, as on a sheet. Deleted text and field codes are
 * not text; inserted text is.
 */
#include "read/office.h"
#include "read/sheet.h"

#include "base/limits.h"

struct block {
	struct span text;           /* of a paragraph */
	const struct grid *table;   /* or NULL */
};

struct docx {
	struct office o;
	const struct part *part;
	struct block *blocks;
	size_t count;
};

/* ------------------------------------------------------------------ from the part */

/* What is read of f and below: runs of text, tabs and breaks. */
static struct span text_below(struct docx *w, const struct fact *f)
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

static struct grid *read_table(struct docx *w, const struct fact *table)
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
static void read_blocks(struct docx *w, const struct fact *parent)
{
	FACT_EACH(f, parent) {
		struct block block = {.text = SPAN("")};

		if (element_is(f, "tbl"))
			block.table = read_table(w, f);
		else if (element_is(f, "p"))
			block.text = text_below(w, f);
		else if (f->kind == FACT_BLOCK)
			read_blocks(w, f);      /* as deep as the XML reader allows */
		if (block.text.n || (block.table && block.table->count))
			*ARENA_PUSH(w->o.arena, w->blocks, w->count) = block;
	}
}

/* ------------------------------------------------------------------ to the document */

static void render(const struct docx *w, struct str *out)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct block *block = &w->blocks[i];

		if (block->table) {
			grid_render(block->table, out);
			continue;
		}
		for (size_t k = 0; k < block->text.n; k++)
			str_char(out, (unsigned char)block->text.p[k] < 0x20 ? ' ' : block->text.p[k]);
		str_char(out, '\n');
	}
}

static bool put_blocks(const struct docx *w, struct builder *b, const struct text *t)
{
	uint32_t at = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct block *block = &w->blocks[i];
		struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN, .at = {at, (uint32_t)block->text.n}};

		if (block->table) {
			if (!grid_facts(b, t, block->table, "table", false, &at))
				return false;
			continue;
		}
		f.key = build_intern(b, SPAN("paragraph"));
		f.value = span_cut(t->bytes, at, at + block->text.n);
		at += (uint32_t)block->text.n + 1;
		if (!build_fact(b, t, &f))
			return false;
	}
	return true;
}

static void put_document(struct docx *w)
{
	struct doc *text = unpack_doc(w->o.u, w->o.d, "text");
	struct str out = STR_INIT(LIMIT_FILE_BYTES);
	struct builder *b;

	if (!text)
		return;
	render(w, &out);
	b = unpack_text(w->o.u, w->o.d, text, &out);
	str_free(&out);
	if (!b)
		return;
	if (build_open(b, &text->text, &(struct fact){.kind = FACT_BLOCK}))
		(void)put_blocks(w, b, &text->text);      /* false: a limit, which the builder said */
	builder_end(b);
}

static void docx_unpack(struct unpacking *u, struct doc *d)
{
	struct docx w = {0};
	struct part p;

	if (!office_open(&w.o, u, d) && !office_part(&w.o, "word/document.xml", &p)) {
		w.part = &p;
		read_blocks(&w, p.root->first);
		put_document(&w);
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
