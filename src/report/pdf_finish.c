/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Writes out what pdf_doc.c gathered: pages with their foot, links, structure tree, outline, metadata and the catalog. The file claims
 * PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1); its dates are the audit's, and no clock is asked.
 */
#include "report/pdf_doc.h"

struct numbers {                /* of objects */
	size_t tree, pages, parents, outline, resources;
	size_t *page, *content, *element, *link, *entry;
};

static size_t *reserve(struct pdf *d, size_t count)
{
	size_t *list = ARENA_ARRAY(d->arena, size_t, count + 1);

	for (size_t i = 0; i < count; i++)
		list[i] = pdf_reserve(&d->file);
	return list;
}

/* ------------------------------------------------------------------ head and foot of a page */

static void put_side(struct pdf *d, const char *words, int y, bool right)
{
	const struct piece p = {.font = FONT_SANS, .size = 7500, .ink = INK_SOFT, .fill = NO_COLOUR, .words = words};
	struct setting t;

	text_set(d->fonts, d->scratch, &p, 1, TEXT_WIDTH * 3 / 4, 120, &t);
	draw_lines(d, &t, 0, 1, right && t.line_count ? PAGE_WIDTH - MARGIN_X - t.lines[0].width : MARGIN_X, y);
}

static void put_frame(struct pdf *d, size_t index, size_t count)
{
	const struct report *r = d->report;
	const char *title = text(r->facility ? TEXT_TITLE_AUDIT : TEXT_TITLE_CHECK, d->lang);

	d->page = index;
	doc_block(d);
	str_text(doc_content(d), "/Artifact<</Type/Pagination>>BDC\n");
	d->artifact = true;
	if (index) {
		put_side(d, r->facility ? r->facility : title, 34 * POINT, false);
		put_side(d, r->facility ? title : "", 34 * POINT, true);
		draw_rule(d, MARGIN_X, 47 * POINT, TEXT_WIDTH, INK_LINE);
	}
	put_side(d, arena_printf(d->scratch, "scelle %s · %s", r->tool_version, r->date), PAGE_HEIGHT - 36 * POINT, false);
	put_side(d, arena_printf(d->scratch, "%zu / %zu", index + 1, count), PAGE_HEIGHT - 36 * POINT, true);
	artifact_close(d);
}

static void write_page(struct pdf *d, const struct numbers *n, size_t index)
{
	struct doc_page *page = &d->pages[index];
	struct str *out = d->file.out;
	bool linked = false;

	pdf_stream(&d->file, n->content[index], "", str_get(&page->content));
	pdf_begin(&d->file, n->page[index]);
	str_printf(out, "<</Type/Page/Parent %zu 0 R/MediaBox[0 0 ", n->pages);
	pdf_put_length(out, PAGE_WIDTH);
	str_char(out, ' ');
	pdf_put_length(out, PAGE_HEIGHT);
	str_printf(out, "]/Resources %zu 0 R/Contents %zu 0 R/StructParents %zu/Tabs/S", n->resources, n->content[index], index);
	for (size_t i = 0; i < d->link_count; i++) {
		if (d->links[i].page != index)
			continue;
		str_printf(out, "%s%zu 0 R", linked ? " " : "/Annots[", n->link[i]);
		linked = true;
	}
	str_text(out, linked ? "]>>" : ">>");
	pdf_end(&d->file);
}

static void write_pages(struct pdf *d, const struct numbers *n)
{
	size_t count = d->page_count;

	for (size_t i = 0; i < count; i++)
		put_frame(d, i, count);
	for (size_t i = 0; i < count; i++)
		write_page(d, n, i);
	pdf_begin(&d->file, n->pages);
	str_printf(d->file.out, "<</Type/Pages/Count %zu/Kids[", count);
	for (size_t i = 0; i < count; i++)
		str_printf(d->file.out, "%s%zu 0 R", i ? " " : "", n->page[i]);
	str_text(d->file.out, "]>>");
	pdf_end(&d->file);
}

/* ------------------------------------------------------------------ links, outline */

static void put_destination(struct pdf *d, const struct numbers *n, size_t page, int y)
{
	str_printf(d->file.out, "/Dest[%zu 0 R/XYZ 0 ", n->page[page]);
	pdf_put_length(d->file.out, PAGE_HEIGHT - y + 8 * POINT);
	str_text(d->file.out, " 0]");
}

static void write_link(struct pdf *d, const struct numbers *n, size_t index)
{
	const struct doc_link *l = &d->links[index];
	struct str *out = d->file.out;
	const int box[] = {l->x, PAGE_HEIGHT - l->y - l->height, l->x + l->width, PAGE_HEIGHT - l->y};

	pdf_begin(&d->file, n->link[index]);
	str_printf(out, "<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/StructParent %zu/Rect[", d->page_count + index);
	for (size_t i = 0; i < 4; i++) {
		str_text(out, i ? " " : "");
		pdf_put_length(out, box[i]);
	}
	str_text(out, "]/Contents");
	pdf_put_text(out, l->link.kind == LINK_URL ? l->link.url : l->says);
	if (l->link.kind == LINK_URL) {
		str_text(out, "/A<</S/URI/URI");
		pdf_put_uri(out, l->link.url);
		str_text(out, ">>");
	} else
		put_destination(d, n, d->targets[l->link.target].page, d->targets[l->link.target].y);
	str_text(out, ">>");
	pdf_end(&d->file);
}

/* The next entry of the same level below the same parent; the count of entries when there is none. */
static size_t sibling(const struct pdf *d, size_t at)
{
	for (size_t i = at + 1; i < d->outline_count && d->outline[i].level >= d->outline[at].level; i++)
		if (d->outline[i].level == d->outline[at].level)
			return i;
	return d->outline_count;
}

static size_t elder(const struct pdf *d, size_t at, int level)
{
	for (size_t i = at; i-- && d->outline[i].level >= level;)
		if (d->outline[i].level == level)
			return i;
	return d->outline_count;
}

static void put_children(struct pdf *d, const struct numbers *n, size_t first, int level)
{
	size_t last = first, count = 1;

	if (first >= d->outline_count || d->outline[first].level != level)
		return;
	for (size_t next; (next = sibling(d, last)) < d->outline_count; last = next)
		count++;
	str_printf(d->file.out, "/First %zu 0 R/Last %zu 0 R/Count %s%zu", n->entry[first], n->entry[last], level ? "-" : "", count);
}

static void write_outline(struct pdf *d, const struct numbers *n)
{
	struct str *out = d->file.out;

	pdf_begin(&d->file, n->outline);
	str_text(out, "<</Type/Outlines");
	put_children(d, n, 0, 0);
	str_text(out, ">>");
	pdf_end(&d->file);
	for (size_t i = 0; i < d->outline_count; i++) {
		const struct outline_entry *e = &d->outline[i];
		size_t next = sibling(d, i), before = elder(d, i, e->level), parent = e->level ? elder(d, i, e->level - 1) : d->outline_count;

		pdf_begin(&d->file, n->entry[i]);
		str_text(out, "<</Title");
		pdf_put_text(out, e->title);
		str_printf(out, "/Parent %zu 0 R", parent < d->outline_count ? n->entry[parent] : n->outline);
		if (next < d->outline_count)
			str_printf(out, "/Next %zu 0 R", n->entry[next]);
		if (before < d->outline_count)
			str_printf(out, "/Prev %zu 0 R", n->entry[before]);
		put_children(d, n, i + 1, e->level + 1);
		put_destination(d, n, e->page, e->y);
		str_text(out, ">>");
		pdf_end(&d->file);
	}
}

/* ------------------------------------------------------------------ structure tree */

static void put_kid(struct pdf *d, const struct numbers *n, const struct kid *k)
{
	if (k->kind == KID_ELEMENT)
		str_printf(d->file.out, "%zu 0 R", n->element[k->index]);
	else if (k->kind == KID_MARK)
		str_printf(d->file.out, "<</Type/MCR/Pg %zu 0 R/MCID %zu>>", n->page[k->page], k->index);
	else
		str_printf(d->file.out, "<</Type/OBJR/Pg %zu 0 R/Obj %zu 0 R>>", n->page[k->page], n->link[k->index]);
}

static void write_element(struct pdf *d, const struct numbers *n, size_t index)
{
	const struct element *e = &d->elements[index];
	struct str *out = d->file.out;

	pdf_begin(&d->file, n->element[index]);
	str_printf(out, "<</S/%s/P %zu 0 R", e->type, index ? n->element[e->parent] : n->tree);
	if (e->attributes)
		str_printf(out, "/A<<%s>>", e->attributes);
	if (e->alt) {
		str_text(out, "/Alt");
		pdf_put_text(out, e->alt);
	}
	str_text(out, "/K[");
	for (size_t i = 0; i < e->kid_count; i++) {
		str_text(out, i ? " " : "");
		put_kid(d, n, &e->kids[i]);
	}
	str_text(out, "]>>");
	pdf_end(&d->file);
}

/* From marks of pages, and from links, back to their elements. */
static void write_parents(struct pdf *d, const struct numbers *n)
{
	struct str *out = d->file.out;

	pdf_begin(&d->file, n->parents);
	str_text(out, "<</Nums[");
	for (size_t i = 0; i < d->page_count; i++) {
		str_printf(out, "%zu[", i);
		for (size_t k = 0; k < d->pages[i].mark_count; k++)
			str_printf(out, "%s%zu 0 R", k ? " " : "", n->element[d->pages[i].marks[k]]);
		str_text(out, "]\n");
	}
	for (size_t i = 0; i < d->link_count; i++)
		str_printf(out, "%zu %zu 0 R\n", d->page_count + i, n->element[d->links[i].element]);
	str_text(out, "]>>");
	pdf_end(&d->file);
}

static void write_structure(struct pdf *d, const struct numbers *n)
{
	for (size_t i = 0; i < d->element_count; i++)
		write_element(d, n, i);
	write_parents(d, n);
	pdf_begin(&d->file, n->tree);
	str_printf(d->file.out, "<</Type/StructTreeRoot/K %zu 0 R/ParentTree %zu 0 R/ParentTreeNextKey %zu>>", n->element[0], n->parents,
		   d->page_count + d->link_count);
	pdf_end(&d->file);
}

/* ------------------------------------------------------------------ the whole */

int doc_finish(struct pdf *d)
{
	struct numbers n = {0};
	struct str fonts = STR_INIT(4096);
	struct doc_meta m = {.catalog = pdf_reserve(&d->file), .info = pdf_reserve(&d->file)};

	n.tree = pdf_reserve(&d->file);
	n.pages = pdf_reserve(&d->file);
	n.outline = pdf_reserve(&d->file);
	n.resources = pdf_reserve(&d->file);
	n.parents = pdf_reserve(&d->file);
	n.page = reserve(d, d->page_count);
	n.content = reserve(d, d->page_count);
	n.element = reserve(d, d->element_count);
	n.link = reserve(d, d->link_count);
	n.entry = reserve(d, d->outline_count);
	write_pages(d, &n);
	for (size_t i = 0; i < d->link_count; i++)
		write_link(d, &n, i);
	write_outline(d, &n);
	write_structure(d, &n);
	fonts_write(d->fonts, &d->file, &fonts);
	pdf_begin(&d->file, n.resources);
	str_printf(d->file.out, "<</Font<<%s>>>>", str_get(&fonts).p);
	pdf_end(&d->file);
	str_free(&fonts);
	m.pages = n.pages;
	m.tree = n.tree;
	m.outline = n.outline;
	doc_write_meta(d, &m);
	pdf_finish(&d->file, m.catalog, m.info);
	return str_failed(d->file.out) ? -1 : 0;
}
