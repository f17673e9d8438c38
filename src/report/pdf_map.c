/* SPDX-License-Identifier: EUPL-1.2 */
/* Where data goes: the map of html_map.c drawn from the same data, with the same flows, and the table of them. */
#include "report/pdf.h"

#include "report/map.h"

#include <stdlib.h>

#define MAP_HEIGHT (TEXT_WIDTH / MAP_WIDTH_UNITS * MAP_HEIGHT_UNITS)

enum { LAND = 0xe9e5dc, LAND_IN = 0xbfdccb, LAND_OUT = 0xf0cfae, LINE_IN = 0x1d6338, LINE_OUT = 0xa63d0a };

struct drawn_map {
	struct pdf *doc;
	int y;                          /* of its top */
};

/* From the units of the map to the page. */
static int map_x(int x)
{
	return MARGIN_X + (int)((int64_t)(x - MAP_LEFT) * TEXT_WIDTH / MAP_WIDTH_UNITS);
}

static int map_y(const struct drawn_map *m, int y)
{
	return PAGE_HEIGHT - m->y - (int)((int64_t)(y - MAP_TOP) * TEXT_WIDTH / MAP_WIDTH_UNITS);
}

static void put_point(const struct drawn_map *m, int x, int y, const char *operator)
{
	struct str *c = doc_content(m->doc);

	pdf_put_length(c, map_x(x));
	str_char(c, ' ');
	pdf_put_length(c, map_y(m, y));
	str_printf(c, " %s\n", operator);
}

static void put_colour(const struct drawn_map *m, uint32_t ink, const char *operator)
{
	struct str *c = doc_content(m->doc);

	for (int shift = 16; shift >= 0; shift -= 8) {
		pdf_put_length(c, (int)(ink >> shift & 255) * 1000 / 255);
		str_char(c, ' ');
	}
	str_printf(c, "%s\n", operator);
}

/* The paths of map.csv have three commands: M to a point, l by pairs of steps, z. */
static void draw_path(const struct drawn_map *m, const char *path)
{
	int x = 0, y = 0;

	for (const char *p = path; *p;) {
		char *end;
		long a, b;
		bool moves = *p == 'M';

		if (*p == 'z') {
			draw_raw(m->doc, "h\n");
			p++;
			continue;
		}
		p += *p == 'M' || *p == 'l' || *p == ' ';
		a = strtol(p, &end, 10);
		b = strtol(end, &end, 10);
		if (end == p)
			return;
		x = moves ? (int)a : x + (int)a;
		y = moves ? (int)b : y + (int)b;
		put_point(m, x, y, moves ? "m" : "l");
		p = end;
	}
}

static void draw_country(const struct drawn_map *m, const struct map_shape *s)
{
	bool eea = false;
	size_t count = map_flows_to(doc_report(m->doc), s->country, &eea);

	if (!s->path || !*s->path)
		return;
	put_colour(m, !count ? LAND : eea ? LAND_IN : LAND_OUT, "rg");
	draw_path(m, s->path);
	draw_raw(m->doc, "b\n");
}

/* A quadratic curve of SVG as the cubic one of PDF. */
static void draw_flow(const struct drawn_map *m, const struct map_shape *home, const struct map_shape *s, bool eea)
{
	int lift = (abs(s->x - home->x) + abs(s->y - home->y)) / 4, cx = (home->x + s->x) / 2, cy = (home->y + s->y) / 2 - lift;
	const int points[] = {(home->x + 2 * cx) / 3, (home->y + 2 * cy) / 3, (s->x + 2 * cx) / 3, (s->y + 2 * cy) / 3};

	put_colour(m, eea ? LINE_IN : LINE_OUT, "RG");
	draw_raw(m->doc, eea ? "1.1 w [] 0 d\n" : "1.1 w [4 2] 0 d\n");
	put_point(m, home->x, home->y, "m");
	put_point(m, points[0], points[1], "");
	put_point(m, points[2], points[3], "");
	put_point(m, s->x, s->y, "c S");
	draw_raw(m->doc, "[] 0 d\n");
}

static void draw_spot(const struct drawn_map *m, const struct map_shape *s, bool eea, size_t count)
{
	int r = (count > 20 ? 3300 : count > 5 ? 2800 : 2300), x = map_x(s->x), y = PAGE_HEIGHT - map_y(m, s->y);

	draw_disc(m->doc, x, y, r, eea ? LINE_IN : LINE_OUT);
}

static void draw_name(const struct drawn_map *m, const struct map_shape *s)
{
	struct pdf *d = m->doc;
	struct pieces p = pieces_new(d);
	struct setting t;
	int x = map_x(s->x) + 5 * POINT, y = PAGE_HEIGHT - map_y(m, s->y) - 5 * POINT, width;

	add(&p, FONT_BOLD, 6800, INK_TEXT, country_name(s->country, lang_code(doc_lang(d))));
	flow_set(d, &p, TEXT_WIDTH, &t);
	width = t.lines[0].width;
	if (x + width > MARGIN_X + TEXT_WIDTH)
		x -= width + 10 * POINT;
	draw_rect(d, x - POINT, y + POINT, width + 2 * POINT, 8 * POINT, 0xffffff);
	draw_lines(d, &t, 0, 1, x, y);
}

static void flow_picture(struct pdf *d)
{
	struct drawn_map m = {.doc = d, .y = doc_y(d)};
	const struct table_node *all = map_shapes();
	const char *countries[MAP_COUNTRIES];
	size_t count = map_countries(doc_report(d), countries);
	struct map_shape home, s;
	bool eea = false;

	if (!all || !map_find("FR", &home))
		return;
	figure_open(d, text(TEXT_MAP_NAME, doc_lang(d)), MARGIN_X, m.y, TEXT_WIDTH, MAP_HEIGHT);
	draw_rect(d, MARGIN_X, m.y, TEXT_WIDTH, MAP_HEIGHT, 0xf7f8f8);
	draw_raw(d, "q 0.3 w 1 1 1 RG\n");
	draw_clip(d, MARGIN_X, m.y, TEXT_WIDTH, MAP_HEIGHT);
	TABLE_EACH(row, all)
		if (map_shape_of(row, &s))
			draw_country(&m, &s);
	for (size_t i = 0; i < count; i++)
		if (map_find(countries[i], &s)) {
			map_flows_to(doc_report(d), countries[i], &eea);
			if (strcmp(countries[i], home.country))
				draw_flow(&m, &home, &s, eea);
		}
	for (size_t i = 0; i < count; i++)
		if (map_find(countries[i], &s))
			draw_spot(&m, &s, eea, map_flows_to(doc_report(d), countries[i], &eea));
	draw_raw(d, "Q\n");
	for (size_t i = 0; i < count; i++)
		if (map_find(countries[i], &s))
			draw_name(&m, &s);
	figure_close(d);
	doc_move(d, m.y + MAP_HEIGHT + 5 * POINT);
	doc_block(d);
}

static void flow_key(struct pdf *d)
{
	struct pieces p = pieces_new(d);

	add(&p, FONT_WIDE, 8000, LINE_IN, "\u25cf ");
	add_small(&p, text(TEXT_MAP_IN, doc_lang(d)));
	add(&p, FONT_WIDE, 8000, LINE_OUT, "     \u25cf ");
	add_small(&p, text(TEXT_MAP_OUT, doc_lang(d)));
	flow_pieces(d, "P", &p, 0);
	doc_skip(d, 8 * POINT);
	doc_block(d);
}

void pdf_map(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct table t = {.doc = d, .columns = 4, .widths = {215 * POINT, 105 * POINT, TEXT_WIDTH - 375 * POINT, 55 * POINT},
			  .heads = {TEXT_DEPLOYMENT, TEXT_MAP_USE, TEXT_MAP_COUNTRY, TEXT_MAP_PLACES}, .numeric = {[3] = true}};

	if (!r->flow_count)
		return;
	flow_heading(d, HEADING_PART, text(TEXT_MAP, doc_lang(d)), 300 * POINT);
	flow_lead(d, TEXT_MAP_HELP);
	flow_picture(d);
	flow_key(d);
	table_open(&t);
	for (size_t i = 0; i < r->flow_count; i++) {
		const struct report_flow *f = &r->flows[i];

		add_text(&t.cells[0], deployment_label(d, f->deployment));
		add_text(&t.cells[1], use_text(f->use, doc_lang(d)));
		add(&t.cells[2], f->in_eea ? FONT_SANS : FONT_BOLD, 9200, f->in_eea ? INK_TEXT : LINE_OUT,
		    f->in_eea ? country_name(f->country, lang_code(doc_lang(d)))
			      : arena_printf(doc_scratch(d), "%s (%s)", country_name(f->country, lang_code(doc_lang(d))), text(TEXT_MAP_OUT, doc_lang(d))));
		add_text(&t.cells[3], arena_printf(doc_scratch(d), "%zu", f->count));
		table_row(&t);
	}
	table_close(&t);
}
