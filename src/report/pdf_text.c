/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Words to lines: code points that may stand in a document, in a font that has them, broken where a reader expects it. What commands a
 * terminal or turns text around is written out by utf8_safe, and so is what no font here has. French punctuation is never first on a line.
 */
#include "report/pdf.h"

#include "base/utf8.h"

enum { AFTER_NOTHING, AFTER_LINE, AFTER_WORD, AFTER_PART };      /* of an atom: no break, must break, good break, poor break */

#define NBSP 0xa0
#define NARROW_NBSP 0x202f

/* ------------------------------------------------------------------ code points */

struct codes {
	unsigned *p;
	uint8_t *after;
	size_t n, n_after;
};

static void push(struct arena *a, struct codes *c, unsigned code)
{
	*ARENA_PUSH(a, c->p, c->n) = code;
	*ARENA_PUSH(a, c->after, c->n_after) = AFTER_NOTHING;
}

static void push_text(struct arena *a, struct codes *c, const char *text)
{
	for (; *text; text++)
		push(a, c, (unsigned char)*text);
}

/* A code point that no font has is written out, as utf8_safe does with what it hides. */
static void push_known(struct fonts *f, struct arena *a, struct codes *c, enum font font, unsigned code)
{
	char escape[16];

	if (code == '\n' || code == NBSP || code == NARROW_NBSP || font_has(f, font, code) || font_has(f, FONT_WIDE, code)) {
		push(a, c, code);
		return;
	}
	snprintf(escape, sizeof escape, code < 0x10000 ? "\\u%04x" : "\\U%06x", code);
	push_text(a, c, escape);
}

static bool is_blank(unsigned code)
{
	return code == ' ' || code == '\n';
}

static bool is_part_end(unsigned code)
{
	return code < 128 && code && strchr("/._-:=,;&?!|", (int)code);
}

/* Set closely after a blank in French; a line never begins with them. */
static bool clings_to_left(unsigned code)
{
	return code == 0xbb || (code < 128 && code && strchr(":;!?%", (int)code));
}

static void find_breaks(struct codes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		unsigned code = c->p[i], next = i + 1 < c->n ? c->p[i + 1] : 0;

		if (code == '\n')
			c->after[i] = AFTER_LINE;
		else if (code == ' ' && !is_blank(next) && !(clings_to_left(next) && (i + 2 >= c->n || is_blank(c->p[i + 2]))) && !(i && c->p[i - 1] == 0xab))
			c->after[i] = AFTER_WORD;
		else if (is_part_end(code) && next && !is_blank(next) && !is_part_end(next))
			c->after[i] = AFTER_PART;
	}
}

static struct codes decode(struct fonts *f, struct arena *a, const struct piece *p)
{
	struct str safe_text = STR_INIT(8 * 1024 * 1024);
	struct codes c = {0};
	struct span s;
	const char *rest = p->words;

	/* utf8_safe would write a line's end out: lines are made safe one by one */
	while (rest) {
		const char *end = strchr(rest, '\n');

		utf8_safe(&safe_text, end ? (struct span){rest, (size_t)(end - rest)} : span_of(rest));
		if (end)
			str_char(&safe_text, '\n');
		rest = end ? end + 1 : NULL;
	}
	s = str_get(&safe_text);
	for (size_t at = 0; at < s.n;) {
		unsigned code;
		size_t n = utf8_decode(span_cut(s, at, s.n), &code);

		push_known(f, a, &c, p->font, n ? code : 0xfffd);
		at += n ? n : 1;
	}
	str_free(&safe_text);
	find_breaks(&c);
	return c;
}

/* ------------------------------------------------------------------ shaping runs of one font */

static enum font font_for(struct fonts *f, enum font wanted, unsigned code)
{
	return code == '\n' || font_has(f, wanted, code) ? wanted : FONT_WIDE;
}

static void shape_piece(struct fonts *f, struct arena *a, const struct piece *p, uint32_t index, struct setting *t)
{
	struct codes c = decode(f, a, p);
	struct glyph *glyphs = NULL;
	size_t glyph_count = 0;

	for (size_t i = 0; i < c.n; i++)      /* a blank that does not break looks like one that does */
		if (c.p[i] == NBSP || c.p[i] == NARROW_NBSP || c.p[i] == '\n')
			c.p[i] = ' ';
	for (size_t from = 0, to; from < c.n; from = to) {
		enum font font = font_for(f, p->font, c.p[from]);

		for (to = from + 1; to < c.n && (c.p[to] == ' ' || font_for(f, p->font, c.p[to]) == font); to++)
			;
		font_shape(f, a, font, c.p + from, to - from, from, &glyphs, &glyph_count);
	}
	for (size_t i = 0; i < glyph_count; i++) {
		bool last_of_cluster = i + 1 == glyph_count || glyphs[i + 1].cluster != glyphs[i].cluster;

		*ARENA_PUSH(a, t->atoms, t->atom_count) = (struct atom){
			.glyph = glyphs[i], .piece = index, .after = last_of_cluster ? c.after[glyphs[i].cluster] : (uint8_t)AFTER_NOTHING};
	}
}

/* ------------------------------------------------------------------ lines */

static int atom_width(const struct setting *t, size_t i)
{
	return (int)((int64_t)t->atoms[i].glyph.advance * t->pieces[t->atoms[i].piece].size / 1000);
}

/* A chip is drawn wider than its words; the room is kept around the piece. */
#define CHIP_ROOM (4 * POINT)

static int room_of(const struct setting *t, size_t i, size_t from, size_t to)
{
	const struct atom *x = &t->atoms[i];
	int room = 0;

	if (t->pieces[x->piece].fill == NO_COLOUR)
		return 0;
	room += i == from || t->atoms[i - 1].piece != x->piece ? CHIP_ROOM : 0;
	room += i + 1 == to || t->atoms[i + 1].piece != x->piece ? CHIP_ROOM : 0;
	return room;
}

static size_t line_end(const struct setting *t, size_t from, int width)
{
	size_t word = 0, part = 0;
	int x = 0, word_x = 0;

	for (size_t i = from; i < t->atom_count; i++) {
		const struct atom *at = &t->atoms[i];

		x += atom_width(t, i) + room_of(t, i, 0, t->atom_count);
		if (x > width && at->after != AFTER_WORD && at->after != AFTER_LINE && i > from) {
			/* a good break that leaves half of the line empty is worse than a poor one */
			if (word && (word_x * 2 > width || !part))
				return word;
			return part ? part : word ? word : i;
		}
		if (at->after == AFTER_LINE)
			return i + 1;
		if (at->after == AFTER_WORD) {
			word = i + 1;
			word_x = x;
		} else if (at->after == AFTER_PART && x <= width)
			part = i + 1;
	}
	return t->atom_count;
}

static void measure_line(const struct setting *t, struct line *l, int leading)
{
	size_t end = l->to;

	while (end > l->from && (t->atoms[end - 1].after == AFTER_WORD || t->atoms[end - 1].after == AFTER_LINE))
		end--;
	for (size_t i = l->from; i < (end > l->from ? end : l->to); i++) {      /* an empty line is as high as its end */
		int size = t->pieces[t->atoms[i].piece].size;

		l->size = size > l->size ? size : l->size;
		l->width += i < end ? atom_width(t, i) + room_of(t, i, l->from, l->to) : 0;
	}
	l->height = l->size * leading / 100;
}

void text_set(struct fonts *f, struct arena *a, const struct piece *pieces, size_t count, int width, int leading, struct setting *ret)
{
	*ret = (struct setting){.pieces = pieces, .piece_count = count};
	for (size_t i = 0; i < count; i++)
		if (pieces[i].words)
			shape_piece(f, a, &pieces[i], (uint32_t)i, ret);
	for (size_t from = 0; from < ret->atom_count;) {
		struct line l = {.from = from, .to = line_end(ret, from, width)};

		measure_line(ret, &l, leading);
		*ARENA_PUSH(a, ret->lines, ret->line_count) = l;
		from = l.to;
	}
}

int text_height(const struct setting *t)
{
	int height = 0;

	for (size_t i = 0; i < t->line_count; i++)
		height += t->lines[i].height;
	return height;
}

const char *value_cut(struct arena *a, const char *value)
{
	struct span s = span_of(value);
	size_t passed = 0, at = utf8_skip(s, 0, SHOWN_VALUE < s.n ? SHOWN_VALUE : s.n, &passed);

	return !value || at >= s.n ? value : arena_printf(a, "%.*s… (+%zu)", (int)at, value, utf8_count(span_cut(s, at, s.n)));
}

const char *words_together(struct arena *a, const char *words)
{
	struct str out = STR_INIT(64 * 1024);
	const char *copy;

	for (; *words; words++)
		str_text(&out, *words == ' ' ? "\u00a0" : (const char[]){*words, '\0'});
	copy = arena_str(a, str_get(&out).p);
	str_free(&out);
	return copy ? copy : "";
}
