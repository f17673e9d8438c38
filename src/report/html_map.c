/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Where data goes: a map drawn from open geographic data (rules/know/map.csv, Natural Earth), with a line from France to each country
 * that something goes to, and the same as a table, which is what a screen reader and a printer without colour get.
 */
#include "report/html.h"

#include "report/map.h"

#include <stdlib.h>

static void put_country(struct page *p, const struct map_shape *s)
{
	bool eea = false;
	size_t count = map_flows_to(p->r, s->country, &eea);

	if (!s->path || !*s->path)
		return;
	str_printf(p->out, "<path class=\"%s\" d=\"%s\"/>\n", !count ? "land" : eea ? "land in" : "land out", s->path);
}

static void put_flow(struct page *p, const struct map_shape *home, const char *country)
{
	bool eea = false;
	size_t count = map_flows_to(p->r, country, &eea);
	struct map_shape s;
	int lift;

	if (!map_find(country, &s))
		return;
	lift = (abs(s.x - home->x) + abs(s.y - home->y)) / 4;
	if (strcmp(country, home->country))
		str_printf(p->out, "<path class=\"flow %s\" d=\"M%d %dQ%d %d %d %d\"/>\n", eea ? "in" : "out", home->x, home->y, (home->x + s.x) / 2,
			   (home->y + s.y) / 2 - lift, s.x, s.y);
	str_printf(p->out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"%d\"/>\n", eea ? "in" : "out", s.x, s.y, count > 20 ? 11 : count > 5 ? 9 : 7);
	str_printf(p->out, "<text x=\"%d\" y=\"%d\">", s.x + 13, s.y + 5);
	html_text(p, country_name(country, lang_code(p->lang)));
	html_put(p, "</text>\n");
}

static void put_picture(struct page *p)
{
	const char *countries[MAP_COUNTRIES];
	size_t count = map_countries(p->r, countries);
	struct map_shape home, s;
	const struct table_node *all = map_shapes();

	if (!all || !map_find("FR", &home))
		return;
	str_printf(p->out, "<figure class=\"map\"><svg viewBox=\"%d %d %d %d\" role=\"img\" aria-labelledby=\"map-name\">\n<title id=\"map-name\">", MAP_LEFT, MAP_TOP, MAP_WIDTH_UNITS, MAP_HEIGHT_UNITS);
	html_say(p, TEXT_MAP_NAME);
	html_put(p, "</title>\n");
	TABLE_EACH(row, all)
		if (map_shape_of(row, &s))
			put_country(p, &s);
	for (size_t i = 0; i < count; i++)
		put_flow(p, &home, countries[i]);
	html_put(p, "</svg>\n<figcaption><span class=\"key in\"></span> ");
	html_say(p, TEXT_MAP_IN);
	html_put(p, " <span class=\"key out\"></span> ");
	html_say(p, TEXT_MAP_OUT);
	html_put(p, "</figcaption></figure>\n");
}

static void put_row(struct page *p, const struct report_flow *f)
{
	html_put(p, "<tr><td class=\"name\">");
	html_text(p, f->deployment ? html_deployment_name(p->r, f->deployment) : text(TEXT_FACILITY_LINE, p->lang));
	html_put(p, "</td><td>");
	html_text(p, use_text(f->use, p->lang));
	str_printf(p->out, "</td><td class=\"%s\">", f->in_eea ? "in" : "out");
	html_text(p, country_name(f->country, lang_code(p->lang)));
	html_put(p, f->in_eea ? "" : " <strong>(");
	if (!f->in_eea) {
		html_say(p, TEXT_MAP_OUT);
		html_put(p, ")</strong>");
	}
	str_printf(p->out, "</td><td>%zu</td></tr>\n", f->count);
}

void html_map(struct page *p)
{
	static const enum text_id heads[] = {TEXT_DEPLOYMENT, TEXT_MAP_USE, TEXT_MAP_COUNTRY, TEXT_MAP_PLACES};

	if (!p->r->flow_count)
		return;
	html_section(p, "map", TEXT_MAP);
	html_put(p, "<p class=\"lead\">");
	html_say(p, TEXT_MAP_HELP);
	html_put(p, "</p>\n");
	put_picture(p);
	html_table(p, TEXT_MAP, heads, sizeof heads / sizeof *heads);
	for (size_t i = 0; i < p->r->flow_count; i++)
		put_row(p, &p->r->flows[i]);
	html_table_end(p);
	html_put(p, "</section>\n");
}
