/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Private to the PDF writer: objects of the file, fonts, text set in lines, pages with their structure tree, and the parts of the
 * report in their order. Lengths are thousandths of a point, integers everywhere: no rounding of a machine or a locale shows.
 */
#ifndef REPORT_PDF_H
#define REPORT_PDF_H

#include "base/arena.h"
#include "report/report.h"

#define POINT 1000      /* lengths are in thousandths of a point */

/* ------------------------------------------------------------------ pdf_file.c: objects */

struct pdf_file {
	struct str *out;
	struct arena *arena;
	size_t *offsets;      /* of each object, from number 1 on */
	size_t count;
};

void pdf_begin_file(struct pdf_file *f, struct str *out, struct arena *a);
size_t pdf_reserve(struct pdf_file *f);                     /* the number of an object written later */
void pdf_begin(struct pdf_file *f, size_t number);          /* "N 0 obj", up to pdf_end */
void pdf_end(struct pdf_file *f);
/* A stream, compressed; extra: further entries of its dictionary. */
void pdf_stream(struct pdf_file *f, size_t number, const char *extra, struct span bytes);
/* The same as it is: what readers of metadata must find without a PDF library. */
void pdf_stream_plain(struct pdf_file *f, size_t number, const char *extra, struct span bytes);
void pdf_finish(struct pdf_file *f, size_t root, size_t info);
void pdf_put_text(struct str *out, const char *words);      /* a text string, UTF-16BE in hexadecimal */
void pdf_put_length(struct str *out, int mpt);              /* 12345 as "12.345" */
void pdf_put_uri(struct str *out, const char *url);         /* a string of ASCII, what is not stands percent-encoded */

/* ------------------------------------------------------------------ pdf_font.c: shapes and subsets (HarfBuzz) */

enum font { FONT_SANS, FONT_BOLD, FONT_MONO, FONT_WIDE, FONTS };      /* WIDE: has what the others lack */

struct glyph {
	uint16_t id;
	uint8_t font;
	uint32_t cluster;               /* index of its first code point */
	int advance, x, y;              /* thousandths of the font size */
};

struct fonts;
struct fonts *fonts_new(struct arena *a);      /* freed with the arena */
bool font_has(const struct fonts *f, enum font font, unsigned code);
/* Appends the glyphs of code points that font has; base: added to clusters. */
void font_shape(struct fonts *f, struct arena *a, enum font font, const unsigned *codes, size_t count, size_t base, struct glyph **glyphs, size_t *glyph_count);
int font_width(struct fonts *f, enum font font, uint16_t glyph);      /* of a glyph standing alone */
/* Writes the fonts that were used and names them as the entries of a /Font dictionary: "/F0 12 0 R". */
void fonts_write(struct fonts *f, struct pdf_file *file, struct str *resources);

/* ------------------------------------------------------------------ pdf_text.c: words to lines */

#define NO_COLOUR UINT32_MAX

enum link_kind { LINK_NONE, LINK_URL, LINK_TARGET };
struct link {
	enum link_kind kind;
	const char *url;
	size_t target;
};

struct piece {
	enum font font;
	int size;                       /* mpt */
	uint32_t ink, fill;             /* 0xrrggbb; fill NO_COLOUR: none, else a chip is drawn behind */
	const char *words;              /* '\n' ends a line; anything else that is no letter is made visible */
	struct link link;
	const char *spoken;             /* what a screen reader says instead; NULL: the words */
};

struct atom {                           /* a glyph of a piece, where it may end a line */
	struct glyph glyph;
	uint32_t piece;
	uint8_t after;                  /* enum: what may follow */
};

struct line {
	size_t from, to;                /* atoms */
	int width, height, size;        /* size: the largest on it */
};

struct setting {
	const struct piece *pieces;
	struct atom *atoms;
	struct line *lines;
	size_t piece_count, atom_count, line_count;
};

/* leading: height of a line in hundredths of its largest size. */
void text_set(struct fonts *f, struct arena *a, const struct piece *pieces, size_t count, int width, int leading, struct setting *ret);
int text_height(const struct setting *t);
/* Values of inputs longer than this are cut, and say by how much. */
#define SHOWN_VALUE 400
/* Words that stay on one line. */
const char *words_together(struct arena *a, const char *words);
const char *value_cut(struct arena *a, const char *value);

/* ------------------------------------------------------------------ pdf_doc.c: pages and structure */

enum { PAGE_WIDTH = 595276, PAGE_HEIGHT = 841890, MARGIN_X = 48 * POINT, MARGIN_TOP = 62 * POINT, MARGIN_BOTTOM = 54 * POINT,
       TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN_X, PAGE_BODY = PAGE_HEIGHT - MARGIN_TOP - MARGIN_BOTTOM };

struct pdf;      /* all of pdf_doc.c */

struct pdf *doc_new(struct arena *a, struct str *out, const struct report *r, enum lang lang);
int doc_finish(struct pdf *d);
const struct report *doc_report(const struct pdf *d);
enum lang doc_lang(const struct pdf *d);
struct fonts *doc_fonts(struct pdf *d);
struct arena *doc_scratch(struct pdf *d);      /* emptied between blocks by doc_block */
struct arena *doc_arena(struct pdf *d);
void doc_block(struct pdf *d);
void doc_break(struct pdf *d);                 /* a new page */
int doc_y(const struct pdf *d);                /* from the page's top */
int doc_room(const struct pdf *d);             /* left on the page */
void doc_skip(struct pdf *d, int height);      /* downwards; nothing at the top of a page */
void doc_need(struct pdf *d, int height);      /* breaks the page when there is less room */
void doc_move(struct pdf *d, int y);           /* to this distance from the top */

/* Structure elements: what is drawn until tag_close belongs to it. attributes: "/Scope /Row", NULL: none. */
void tag_open(struct pdf *d, const char *type);
void tag_open_with(struct pdf *d, const char *type, const char *attributes, const char *alt);
void tag_close(struct pdf *d);
void artifact_open(struct pdf *d);      /* what is drawn until artifact_close says nothing to a screen reader */
void artifact_close(struct pdf *d);

/* Back to a page and an element already left, and forth again. */
struct doc_place {
	size_t page, element;
	int y;
};
struct doc_place doc_place(const struct pdf *d);
struct doc_place doc_return(struct pdf *d, struct doc_place to);      /* where it was before */
size_t doc_outline_count(const struct pdf *d);
/* The title and page of an entry of the outline's first level, and a target for it; false: of another level. */
bool doc_outline_entry(struct pdf *d, size_t index, const char **ret_title, size_t *ret_page, size_t *ret_target);

size_t doc_target(struct pdf *d);                     /* a place that links may lead to */
void doc_target_here(struct pdf *d, size_t target);
void doc_outline(struct pdf *d, int level, const char *title);      /* an entry of the outline, for here */

/* Drawing, coordinates from the page's top left corner; nothing moves. */
void draw_rect(struct pdf *d, int x, int y, int width, int height, uint32_t ink);
void draw_frame(struct pdf *d, int x, int y, int width, int height, uint32_t ink);
void draw_rule(struct pdf *d, int x, int y, int width, uint32_t ink);
void draw_chip(struct pdf *d, int x, int y, int width, int height, uint32_t ink);
void draw_lines(struct pdf *d, const struct setting *t, size_t from, size_t to, int x, int y);
void draw_disc(struct pdf *d, int x, int y, int radius, uint32_t ink);
void draw_clip(struct pdf *d, int x, int y, int width, int height);      /* up to the next Q */
void draw_turned(struct pdf *d, const char *turn, const struct setting *t, size_t lines);      /* in the coordinates that turn sets up */
void draw_raw(struct pdf *d, const char *operators);
struct str *doc_content(struct pdf *d);
void figure_open(struct pdf *d, const char *alt, int x, int y, int width, int height);
void figure_close(struct pdf *d);

/* ------------------------------------------------------------------ pdf_flow.c: blocks below each other */

enum pdf_ink { INK_TEXT = 0x1b2129, INK_SOFT = 0x545d68, INK_LINE = 0xcfcac1, INK_LINK = 0x1d4f80, INK_FAINT = 0xf3f0ea, INK_MARK = 0xffe9a8 };

uint32_t severity_ink(enum severity s);
uint32_t severity_fill(enum severity s);
uint32_t advice_ink(enum advice a);
uint32_t advice_fill(enum advice a);

struct pieces {                         /* a list being made, in the scratch arena: gone at the next doc_block */
	struct arena *arena;
	struct piece *items;
	size_t count;
};
struct pieces pieces_new(struct pdf *d);
struct piece *add(struct pieces *p, enum font font, int size, uint32_t ink, const char *words);
struct piece *add_text(struct pieces *p, const char *words);       /* body type */
struct piece *add_small(struct pieces *p, const char *words);
struct piece *add_bold(struct pieces *p, const char *words);
struct piece *add_mono(struct pieces *p, const char *words);
void add_severity(struct pdf *d, struct pieces *p, enum severity s);
void add_verdict(struct pdf *d, struct pieces *p, const char *verdict);
void add_count(struct pdf *d, struct pieces *p, const char *word, size_t n, uint32_t ink, uint32_t fill);
void add_place(struct pdf *d, struct pieces *p, const struct report_place *at);
void add_citations(struct pdf *d, struct pieces *p, const struct control *c);
uint32_t verdict_ink(const char *verdict);
uint32_t verdict_fill(const char *verdict);
const char *deployment_label(struct pdf *d, const char *id);      /* its name; what lies outside any for NULL */

/* PART and OWNER have entries in the outline. room: what must fit on the page below the heading. */
enum heading { HEADING_TITLE, HEADING_PART, HEADING_OWNER, HEADING_FINDING, HEADING_FRONT, HEADING_ALONE, HEADINGS };
void flow_heading(struct pdf *d, enum heading heading, const char *title, int room);
/* Lines below each other, broken over pages; tag NULL: into the current element. */
void flow_pieces(struct pdf *d, const char *tag, const struct pieces *p, int indent);
void flow_words(struct pdf *d, const char *words);
void flow_lead(struct pdf *d, enum text_id id);
void flow_pair(struct pdf *d, const char *label, const struct pieces *p, int label_width);
int line_base(const struct line *l);      /* from its top to where its letters stand */
int flow_set(struct pdf *d, const struct pieces *p, int width, struct setting *ret);      /* its height */

/* ------------------------------------------------------------------ pdf_table.c */

#define COLUMNS_MAX 8
struct table {
	struct pdf *doc;
	size_t columns;
	int widths[COLUMNS_MAX];        /* their sum is TEXT_WIDTH */
	enum text_id heads[COLUMNS_MAX];
	bool numeric[COLUMNS_MAX];      /* set to the right */
	struct pieces cells[COLUMNS_MAX];
	size_t header_column;           /* the one that names its row */
	const size_t *target;           /* of the next row; NULL: none */
	bool open;
};

void table_open(struct table *t);       /* draws the head row */
void table_row(struct table *t);        /* of the cells filled since the last row, and empties them */
void table_close(struct table *t);

/* ------------------------------------------------------------------ the parts of the report */

struct targets {                        /* where links inside the document lead */
	size_t *findings;               /* one a finding of the report */
	size_t first_deployment;
	struct doc_place contents;
};
struct targets *doc_targets(struct pdf *d);

void pdf_front(struct pdf *d);
void pdf_contents(struct pdf *d);      /* at the end: the list of parts that pdf_front left room for */
void pdf_deployments(struct pdf *d);
void pdf_matrix(struct pdf *d);
void pdf_map(struct pdf *d);
void pdf_deadlines(struct pdf *d);
void pdf_findings(struct pdf *d);
void pdf_open_points(struct pdf *d);
void pdf_not_shown(struct pdf *d);
void pdf_support(struct pdf *d);
void pdf_waivers(struct pdf *d);
void pdf_inputs(struct pdf *d);
void pdf_diagnostics(struct pdf *d);
void pdf_method(struct pdf *d);
void pdf_verify(struct pdf *d);

#endif
