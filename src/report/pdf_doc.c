/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Pages being filled: where the next block goes, what is drawn, and to which element of the structure it belongs. Everything on a page
 * is either marked content of an element or an artifact, as PDF/A-2a and PDF/UA-1 ask. Pages stay in memory until the end, since the
 * foot of each names how many there are.
 */
#include "report/pdf_doc.h"

#include "base/limits.h"

static struct doc_page *page_of(struct pdf *d)
{
	return &d->pages[d->page];
}

struct str *doc_content(struct pdf *d)
{
	return &page_of(d)->content;
}

static void free_pages(void *what)
{
	struct pdf *d = what;

	for (size_t i = 0; i < d->page_count; i++)
		str_free(&d->pages[i].content);
	arena_free(d->scratch);
}

struct pdf *doc_new(struct arena *a, struct str *out, const struct report *r, enum lang lang)
{
	struct pdf *d = ARENA_NEW(a, struct pdf);

	d->arena = a;
	d->scratch = arena_new();
	d->report = r;
	d->lang = lang;
	d->fonts = fonts_new(a);
	pdf_begin_file(&d->file, out, a);
	*ARENA_PUSH(a, d->elements, d->element_count) = (struct element){.type = "Document"};
	arena_at_end(a, free_pages, d);
	doc_break(d);
	return d;
}

const struct report *doc_report(const struct pdf *d) { return d->report; }
enum lang doc_lang(const struct pdf *d) { return d->lang; }
struct fonts *doc_fonts(struct pdf *d) { return d->fonts; }
struct arena *doc_scratch(struct pdf *d) { return d->scratch; }
struct arena *doc_arena(struct pdf *d) { return d->arena; }
struct targets *doc_targets(struct pdf *d) { return &d->inside; }
void doc_block(struct pdf *d) { arena_reset(d->scratch); }
int doc_y(const struct pdf *d) { return d->y; }
int doc_room(const struct pdf *d) { return PAGE_HEIGHT - MARGIN_BOTTOM - d->y; }
void doc_move(struct pdf *d, int y) { d->y = y; }

void doc_break(struct pdf *d)
{
	*ARENA_PUSH(d->arena, d->pages, d->page_count) = (struct doc_page){.content = STR_INIT(LIMIT_REPORT_BYTES)};
	d->page = d->page_count - 1;
	d->y = MARGIN_TOP;
}

void doc_skip(struct pdf *d, int height)
{
	if (d->y > MARGIN_TOP)
		d->y += height;
}

void doc_need(struct pdf *d, int height)
{
	if (doc_room(d) < height && d->y > MARGIN_TOP)
		doc_break(d);
}

/* ------------------------------------------------------------------ structure */

static void add_kid(struct pdf *d, size_t element, struct kid kid)
{
	struct element *e = &d->elements[element];

	*ARENA_PUSH(d->arena, e->kids, e->kid_count) = kid;
}

void tag_open_with(struct pdf *d, const char *type, const char *attributes, const char *alt)
{
	add_kid(d, d->current, (struct kid){.kind = KID_ELEMENT, .index = d->element_count});
	*ARENA_PUSH(d->arena, d->elements, d->element_count) =
		(struct element){.type = type, .attributes = attributes, .alt = arena_str(d->arena, alt), .parent = d->current};
	d->current = d->element_count - 1;
}

void tag_open(struct pdf *d, const char *type)
{
	tag_open_with(d, type, NULL, NULL);
}

void tag_close(struct pdf *d)
{
	d->current = d->elements[d->current].parent;
}

/* What follows is content of the current element, up to mark_close. spoken: read instead of the words. */
static void mark_open(struct pdf *d, const char *spoken)
{
	struct doc_page *page = page_of(d);

	if (d->artifact || d->marked)
		return;
	add_kid(d, d->current, (struct kid){.kind = KID_MARK, .index = page->mark_count, .page = d->page});
	str_printf(&page->content, "/%s<</MCID %zu", spoken ? "Span" : d->elements[d->current].type, page->mark_count);
	if (spoken) {
		str_text(&page->content, "/ActualText");
		pdf_put_text(&page->content, spoken);
	}
	str_text(&page->content, ">>BDC\n");
	*ARENA_PUSH(d->arena, page->marks, page->mark_count) = d->current;
	d->marked = true;
}

static void mark_close(struct pdf *d)
{
	if (d->marked)
		str_text(doc_content(d), "EMC\n");
	d->marked = false;
}

void artifact_open(struct pdf *d)
{
	mark_close(d);
	str_text(doc_content(d), "/Artifact BMC\n");
	d->artifact = true;
}

void artifact_close(struct pdf *d)
{
	str_text(doc_content(d), "EMC\n");
	d->artifact = false;
}

void figure_open(struct pdf *d, const char *alt, int x, int y, int width, int height)
{
	struct str box = STR_INIT(256);
	const int corners[] = {x, PAGE_HEIGHT - y - height, x + width, PAGE_HEIGHT - y};

	str_text(&box, "/O/Layout/Placement/Block/BBox[");
	for (size_t i = 0; i < 4; i++) {
		str_char(&box, ' ');
		pdf_put_length(&box, corners[i]);
	}
	str_text(&box, "]");
	tag_open_with(d, "Figure", arena_str(d->arena, str_get(&box).p), alt);
	mark_open(d, NULL);
	str_free(&box);
}

void figure_close(struct pdf *d)
{
	mark_close(d);
	tag_close(d);
}

size_t doc_target(struct pdf *d)
{
	*ARENA_PUSH(d->arena, d->targets, d->target_count) = (struct doc_target){0, 0};
	return d->target_count - 1;
}

void doc_target_here(struct pdf *d, size_t target)
{
	d->targets[target] = (struct doc_target){d->page, d->y};
}

void doc_outline(struct pdf *d, int level, const char *title)
{
	*ARENA_PUSH(d->arena, d->outline, d->outline_count) =
		(struct outline_entry){.level = level, .title = arena_str(d->arena, title), .page = d->page, .y = d->y};
}

struct doc_place doc_place(const struct pdf *d)
{
	return (struct doc_place){.page = d->page, .element = d->current, .y = d->y};
}

struct doc_place doc_return(struct pdf *d, struct doc_place to)
{
	struct doc_place was = doc_place(d);

	d->page = to.page;
	d->current = to.element;
	d->y = to.y;
	return was;
}

size_t doc_outline_count(const struct pdf *d) { return d->outline_count; }

bool doc_outline_entry(struct pdf *d, size_t index, const char **ret_title, size_t *ret_page, size_t *ret_target)
{
	const struct outline_entry *e = &d->outline[index];

	*ret_title = e->title;
	*ret_page = e->page;
	if (e->level)
		return false;
	*ret_target = doc_target(d);
	d->targets[*ret_target] = (struct doc_target){e->page, e->y};
	return true;
}

/* ------------------------------------------------------------------ drawing */

static void put_numbers(struct str *out, const int *numbers, size_t count, const char *operator)
{
	for (size_t i = 0; i < count; i++) {
		pdf_put_length(out, numbers[i]);
		str_char(out, ' ');
	}
	str_printf(out, "%s\n", operator);
}

static void put_ink(struct str *out, uint32_t ink, const char *operator)
{
	for (int shift = 16; shift >= 0; shift -= 8) {
		pdf_put_length(out, (int)(ink >> shift & 255) * 1000 / 255);      /* thousandths too */
		str_char(out, ' ');
	}
	str_printf(out, "%s\n", operator);
}

/* A shape alone is no content: it is drawn as an artifact unless it stands in a figure or another artifact. */
static bool shape_open(struct pdf *d)
{
	bool wrap = !d->artifact && !d->marked;

	if (wrap)
		artifact_open(d);
	return wrap;
}

static void shape_close(struct pdf *d, bool wrapped)
{
	if (wrapped)
		artifact_close(d);
}

void draw_raw(struct pdf *d, const char *operators)
{
	str_text(doc_content(d), operators);
}

void draw_rect(struct pdf *d, int x, int y, int width, int height, uint32_t ink)
{
	bool wrapped = shape_open(d);

	put_ink(doc_content(d), ink, "rg");
	put_numbers(doc_content(d), (const int[]){x, PAGE_HEIGHT - y - height, width, height}, 4, "re f");
	shape_close(d, wrapped);
}

void draw_frame(struct pdf *d, int x, int y, int width, int height, uint32_t ink)
{
	bool wrapped = shape_open(d);

	put_ink(doc_content(d), ink, "RG");
	str_text(doc_content(d), "0.6 w\n");
	put_numbers(doc_content(d), (const int[]){x, PAGE_HEIGHT - y - height, width, height}, 4, "re S");
	shape_close(d, wrapped);
}

void draw_rule(struct pdf *d, int x, int y, int width, uint32_t ink)
{
	draw_rect(d, x, y, width, POINT / 2, ink);
}

/* A rectangle with round corners. */
void draw_chip(struct pdf *d, int x, int y, int width, int height, uint32_t ink)
{
	const int r = height < 8 * POINT ? height / 3 : 3 * POINT, k = r * 45 / 100, y0 = PAGE_HEIGHT - y - height, y1 = y0 + height, x1 = x + width;
	struct str *c = doc_content(d);
	bool wrapped = shape_open(d);

	put_ink(c, ink, "rg");
	put_numbers(c, (const int[]){x + r, y0}, 2, "m");
	put_numbers(c, (const int[]){x1 - r, y0}, 2, "l");
	put_numbers(c, (const int[]){x1 - k, y0, x1, y0 + k, x1, y0 + r}, 6, "c");
	put_numbers(c, (const int[]){x1, y1 - r}, 2, "l");
	put_numbers(c, (const int[]){x1, y1 - k, x1 - k, y1, x1 - r, y1}, 6, "c");
	put_numbers(c, (const int[]){x + r, y1}, 2, "l");
	put_numbers(c, (const int[]){x + k, y1, x, y1 - k, x, y1 - r}, 6, "c");
	put_numbers(c, (const int[]){x, y0 + r}, 2, "l");
	put_numbers(c, (const int[]){x, y0 + k, x + k, y0, x + r, y0}, 6, "c f");
	shape_close(d, wrapped);
}

void draw_disc(struct pdf *d, int x, int y, int r, uint32_t ink)
{
	const int k = r * 552 / 1000, cy = PAGE_HEIGHT - y;
	struct str *c = doc_content(d);
	bool wrapped = shape_open(d);

	put_ink(c, ink, "rg");
	put_numbers(c, (const int[]){x - r, cy}, 2, "m");
	put_numbers(c, (const int[]){x - r, cy + k, x - k, cy + r, x, cy + r}, 6, "c");
	put_numbers(c, (const int[]){x + k, cy + r, x + r, cy + k, x + r, cy}, 6, "c");
	put_numbers(c, (const int[]){x + r, cy - k, x + k, cy - r, x, cy - r}, 6, "c");
	put_numbers(c, (const int[]){x - k, cy - r, x - r, cy - k, x - r, cy}, 6, "c f");
	shape_close(d, wrapped);
}

void draw_clip(struct pdf *d, int x, int y, int width, int height)
{
	put_numbers(doc_content(d), (const int[]){x, PAGE_HEIGHT - y - height, width, height}, 4, "re W n");
}

/* ------------------------------------------------------------------ text */

#define CHIP_PAD (4 * POINT)      /* as text_set keeps room for */

/* Glyphs of one piece and font at a base line. Returns the width; kerning stands between the glyphs as PDF wants it. */
static int put_run(struct pdf *d, const struct setting *t, size_t from, size_t to, int x, int base)
{
	const struct piece *p = &t->pieces[t->atoms[from].piece];
	struct str *c = doc_content(d);
	int64_t width = 0;
	bool open = false;

	str_printf(c, "BT /F%u ", t->atoms[from].glyph.font);
	pdf_put_length(c, p->size);
	str_text(c, " Tf ");
	put_ink(c, p->ink, "rg");
	put_numbers(c, (const int[]){x, PAGE_HEIGHT - base}, 2, "Td [");
	for (size_t i = from; i < to; i++) {
		const struct glyph *g = &t->atoms[i].glyph;
		int adjust = font_width(d->fonts, (enum font)g->font, g->id) - g->advance;

		str_printf(c, "%s%04X", open ? "" : "<", g->id);
		open = true;
		width += g->advance;
		if (adjust) {
			str_printf(c, ">%d", adjust);
			open = false;
		}
	}
	str_text(c, open ? ">]TJ ET\n" : "]TJ ET\n");
	return (int)(width * p->size / 1000);
}

static void add_link(struct pdf *d, const struct piece *p, int x, int y, int width)
{
	*ARENA_PUSH(d->arena, d->links, d->link_count) =
		(struct doc_link){.link = p->link, .says = arena_str(d->arena, p->words), .page = d->page, .element = d->current,
				  .x = x, .y = y, .width = width, .height = p->size * 5 / 4};
	d->links[d->link_count - 1].link.url = arena_str(d->arena, p->link.url);
	add_kid(d, d->current, (struct kid){.kind = KID_LINK, .index = d->link_count - 1, .page = d->page});
}

/* The part of a piece that stands on a line, with its chip and its link. Returns its width. */
static int put_piece(struct pdf *d, const struct setting *t, size_t from, size_t to, int x, int base)
{
	const struct piece *p = &t->pieces[t->atoms[from].piece];
	bool linked = p->link.kind != LINK_NONE && !d->artifact, begins = !from || t->atoms[from - 1].piece != t->atoms[from].piece;
	int start = x, pad = p->fill == NO_COLOUR ? 0 : CHIP_PAD, width = 0;

	if (linked || p->spoken) {
		mark_close(d);
		if (linked)
			tag_open(d, "Link");
	}
	for (size_t i = from; pad && i < to; i++)
		width += (int)((int64_t)t->atoms[i].glyph.advance * p->size / 1000);
	if (pad)
		draw_chip(d, x, base - p->size * 92 / 100, width + 2 * pad, p->size * 124 / 100, p->fill);
	mark_open(d, p->spoken && begins ? p->spoken : NULL);
	x += pad;
	for (size_t at = from, end; at < to; at = end) {
		for (end = at + 1; end < to && t->atoms[end].glyph.font == t->atoms[at].glyph.font; end++)
			;
		x += put_run(d, t, at, end, x, base);
	}
	x += pad;
	if (linked) {
		mark_close(d);
		add_link(d, p, start, base - p->size, x - start);
		tag_close(d);
	} else if (p->spoken)
		mark_close(d);
	return x - start;
}

int line_base(const struct line *l)
{
	return (l->height - l->size) / 2 + l->size * 80 / 100;
}

void draw_lines(struct pdf *d, const struct setting *t, size_t from, size_t to, int x, int y)
{
	for (size_t i = from; i < to && i < t->line_count; i++) {
		const struct line *l = &t->lines[i];
		int at = x, base = y + line_base(l);

		for (size_t k = l->from, end; k < l->to; k = end) {
			for (end = k + 1; end < l->to && t->atoms[end].piece == t->atoms[k].piece; end++)
				;
			at += put_piece(d, t, k, end, at, base);
		}
		y += l->height;
	}
	mark_close(d);
}

/* Marks may not begin and end on two sides of q and Q: the turn stands inside of one. */
void draw_turned(struct pdf *d, const char *turn, const struct setting *t, size_t lines)
{
	int y = 0;

	mark_open(d, NULL);
	draw_raw(d, turn);
	for (size_t i = 0; i < lines; i++) {
		const struct line *l = &t->lines[i];
		int x = 0;

		for (size_t at = l->from, end; at < l->to; at = end) {
			for (end = at + 1; end < l->to && t->atoms[end].glyph.font == t->atoms[at].glyph.font; end++)
				;
			x += put_run(d, t, at, end, x, y + l->size * 80 / 100);
		}
		y += l->height;
	}
	draw_raw(d, "Q\n");
	mark_close(d);
}
