/* SPDX-License-Identifier: EUPL-1.2 */
/* Blocks of text below each other, and the pieces that they are made of: severities, verdicts, places, citations. */
#include "report/pdf.h"

#define LEADING 136             /* of body text, in hundredths of the size */
#define BODY 9200
#define SMALL 7800

/* ------------------------------------------------------------------ colours, those of the HTML report on paper */

uint32_t severity_ink(enum severity s)
{
	static const uint32_t inks[] = {
		[SEVERITY_INFO] = 0x545d68, [SEVERITY_LOW] = 0x2a5877, [SEVERITY_MEDIUM] = 0x7a5600, [SEVERITY_HIGH] = 0xa63d0a, [SEVERITY_CRITICAL] = 0x8c1515,
	};

	return inks[s];
}

uint32_t severity_fill(enum severity s)
{
	static const uint32_t fills[] = {
		[SEVERITY_INFO] = 0xefeeec, [SEVERITY_LOW] = 0xe9f1f6, [SEVERITY_MEDIUM] = 0xfaf3df, [SEVERITY_HIGH] = 0xfbeee4, [SEVERITY_CRITICAL] = 0xfaeaea,
	};

	return fills[s];
}

uint32_t advice_ink(enum advice a)
{
	return a == ADVICE_FAVOURABLE ? 0x1d6338 : severity_ink(a == ADVICE_UNFAVOURABLE ? SEVERITY_CRITICAL : SEVERITY_MEDIUM);
}

uint32_t advice_fill(enum advice a)
{
	return a == ADVICE_FAVOURABLE ? 0xe8f3ec : severity_fill(a == ADVICE_UNFAVOURABLE ? SEVERITY_CRITICAL : SEVERITY_MEDIUM);
}

static const struct { const char *verdict; uint32_t ink, fill; } verdict_tones[] = {
	{"nonconform", 0x8c1515, 0xf6dada}, {"contradicted", 0x8c1515, 0xf6dada}, {"undeclared", 0x8c1515, 0xf6dada}, {"to_confirm", 0x7a5600, 0xfaf0d4},
	{"unknown", 0x7a5600, 0xfaf0d4}, {"incomplete", 0x7a5600, 0xfaf0d4}, {"conform", 0x1d6338, 0xdcefe3}, {"waived", 0x2a5877, 0xe2edf4},
};

uint32_t verdict_ink(const char *verdict)
{
	for (size_t i = 0; i < sizeof verdict_tones / sizeof *verdict_tones; i++)
		if (!strcmp(verdict_tones[i].verdict, verdict))
			return verdict_tones[i].ink;
	return INK_SOFT;
}

uint32_t verdict_fill(const char *verdict)
{
	for (size_t i = 0; i < sizeof verdict_tones / sizeof *verdict_tones; i++)
		if (!strcmp(verdict_tones[i].verdict, verdict))
			return verdict_tones[i].fill;
	return NO_COLOUR;
}

/* ------------------------------------------------------------------ pieces */

struct pieces pieces_new(struct pdf *d)
{
	return (struct pieces){.arena = doc_scratch(d)};
}

struct piece *add(struct pieces *p, enum font font, int size, uint32_t ink, const char *words)
{
	struct piece *new = ARENA_PUSH(p->arena, p->items, p->count);

	*new = (struct piece){.font = font, .size = size, .ink = ink, .fill = NO_COLOUR, .words = words ? words : ""};
	return new;
}

struct piece *add_text(struct pieces *p, const char *words) { return add(p, FONT_SANS, BODY, INK_TEXT, words); }
struct piece *add_small(struct pieces *p, const char *words) { return add(p, FONT_SANS, SMALL, INK_SOFT, words); }
struct piece *add_bold(struct pieces *p, const char *words) { return add(p, FONT_BOLD, BODY, INK_TEXT, words); }
struct piece *add_mono(struct pieces *p, const char *words) { return add(p, FONT_MONO, SMALL, INK_SOFT, words); }

static void add_chip(struct pieces *p, const char *words, uint32_t ink, uint32_t fill)
{
	add(p, FONT_BOLD, SMALL, ink, words_together(p->arena, words))->fill = fill;
}

void add_severity(struct pdf *d, struct pieces *p, enum severity s)
{
	add_chip(p, severity_text(s, doc_lang(d)), severity_ink(s), severity_fill(s));
}

void add_verdict(struct pdf *d, struct pieces *p, const char *verdict)
{
	const char *words = arena_printf(doc_scratch(d), "%s\u00a0%s", verdict_symbol(verdict), words_together(doc_scratch(d), verdict_text(verdict, doc_lang(d))));

	add(p, FONT_BOLD, SMALL, verdict_ink(verdict), words)->spoken = verdict_text(verdict, doc_lang(d));
}

/* The word first: "haute 3" needs no plural in any language. */
void add_count(struct pdf *d, struct pieces *p, const char *word, size_t n, uint32_t ink, uint32_t fill)
{
	if (p->count)
		add_small(p, "  ");
	add_chip(p, arena_printf(doc_scratch(d), "%s\u00a0%zu", word, n), ink, fill);
}

void add_place(struct pdf *d, struct pieces *p, const struct report_place *at)
{
	struct arena *a = doc_scratch(d);

	if (at->document)
		add(p, FONT_BOLD, SMALL, INK_TEXT, at->line ? arena_printf(a, "%s:%u:%u", at->document, at->line, at->column) : at->document);
	if (!at->line && at->document)
		add_small(p, arena_printf(a, " (%s)", text(TEXT_WHOLE_DOCUMENT, doc_lang(d))));
	if (at->path && *at->path)
		add_mono(p, arena_printf(a, "%s%s", at->document ? " " : "", at->path));
}

void add_citations(struct pdf *d, struct pieces *p, const struct control *c)
{
	for (size_t i = 0; i < c->source_count; i++) {
		const struct citation *source = &c->sources[i];
		struct piece *new;

		if (i)
			add(p, FONT_SANS, SMALL, INK_TEXT, ", ");
		new = add(p, FONT_SANS, 8600, source->url ? INK_LINK : INK_TEXT, both_in(&source->text, doc_lang(d)));
		if (source->url)
			new->link = (struct link){.kind = LINK_URL, .url = source->url};
	}
}

const char *deployment_label(struct pdf *d, const char *id)
{
	const struct report *r = doc_report(d);

	if (!id)
		return text(TEXT_FACILITY_LINE, doc_lang(d));
	for (size_t i = 0; i < r->deployment_count; i++)
		if (!strcmp(r->deployments[i].id, id))
			return value_cut(doc_arena(d), r->deployments[i].name ? r->deployments[i].name : id);
	return id;
}

/* ------------------------------------------------------------------ blocks */

int flow_set(struct pdf *d, const struct pieces *p, int width, struct setting *ret)
{
	text_set(doc_fonts(d), doc_scratch(d), p->items, p->count, width, LEADING, ret);
	return text_height(ret);
}

static void flow_set_lines(struct pdf *d, const struct setting *t, int x)
{
	/* no single first line at the foot of a page */
	doc_need(d, t->line_count > 1 ? t->lines[0].height + t->lines[1].height : text_height(t));
	for (size_t i = 0, from = 0; i < t->line_count; from = i) {
		int y = doc_y(d);

		for (; i < t->line_count && doc_room(d) >= t->lines[i].height; i++)
			doc_move(d, doc_y(d) + t->lines[i].height);
		if (i == from) {
			doc_break(d);
			continue;
		}
		draw_lines(d, t, from, i, x, y);
	}
}

void flow_pieces(struct pdf *d, const char *tag, const struct pieces *p, int indent)
{
	struct setting t;

	flow_set(d, p, TEXT_WIDTH - indent, &t);
	if (tag)
		tag_open(d, tag);
	flow_set_lines(d, &t, MARGIN_X + indent);
	if (tag)
		tag_close(d);
}

void flow_words(struct pdf *d, const char *words)
{
	struct pieces p = pieces_new(d);

	add_text(&p, words);
	flow_pieces(d, "P", &p, 0);
	doc_skip(d, 5 * POINT);
	doc_block(d);
}

void flow_lead(struct pdf *d, enum text_id id)
{
	struct pieces p = pieces_new(d);

	add(&p, FONT_SANS, 8800, INK_SOFT, text(id, doc_lang(d)));
	flow_pieces(d, "P", &p, 0);
	doc_skip(d, 7 * POINT);
	doc_block(d);
}

/* FRONT: on the first page; ALONE: a finding of a check, which has no owner above it. Levels never skip one. */
void flow_heading(struct pdf *d, enum heading heading, const char *title, int room)
{
	static const struct { const char *tag; int size, above, below; } levels[HEADINGS] = {
		[HEADING_TITLE] = {"H1", 21000, 0, 8 * POINT}, [HEADING_PART] = {"H2", 15000, 24 * POINT, 6 * POINT},
		[HEADING_OWNER] = {"H3", 12000, 16 * POINT, 5 * POINT}, [HEADING_FINDING] = {"H4", 9800, 3 * POINT, 2 * POINT},
		[HEADING_FRONT] = {"H2", 10800, 12 * POINT, 4 * POINT}, [HEADING_ALONE] = {"H3", 9800, 3 * POINT, 2 * POINT},
	};
	struct pieces p = pieces_new(d);
	struct setting t;
	int height;

	title = value_cut(doc_arena(d), title);
	add(&p, FONT_BOLD, levels[heading].size, INK_TEXT, title);
	height = flow_set(d, &p, TEXT_WIDTH, &t);
	doc_need(d, levels[heading].above + height + levels[heading].below + room);
	doc_skip(d, levels[heading].above);
	if (heading == HEADING_PART || heading == HEADING_OWNER)
		doc_outline(d, heading == HEADING_OWNER, title);
	tag_open(d, levels[heading].tag);
	flow_set_lines(d, &t, MARGIN_X);
	tag_close(d);
	doc_skip(d, levels[heading].below);
}

/* A label on the left and words beside it, on one line of the structure: "Remedy: ...". */
void flow_pair(struct pdf *d, const char *label, const struct pieces *p, int label_width)
{
	struct pieces l = pieces_new(d);
	struct setting left, right;
	int height = flow_set(d, p, TEXT_WIDTH - label_width - 10 * POINT, &right);

	add(&l, FONT_BOLD, SMALL, INK_SOFT, label);
	flow_set(d, &l, label_width, &left);
	doc_need(d, height < 60 * POINT ? height : 24 * POINT);
	tag_open(d, "P");
	if (right.line_count)
		draw_lines(d, &left, 0, 1, MARGIN_X + 10 * POINT, doc_y(d) + line_base(&right.lines[0]) - line_base(&left.lines[0]));
	flow_set_lines(d, &right, MARGIN_X + 10 * POINT + label_width);
	tag_close(d);
	doc_skip(d, 2 * POINT);
}
