/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Where data goes: a map drawn from open geographic data (rules/know/map.csv, Natural Earth), with a line from France to each country
 * that something goes to, and the same as a table, which is what a screen reader and a printer without colour get.
 */
#include "report/html.h"

#include "read/table.h"

#include <stdlib.h>

#define LISTED_COUNTRIES 64

/* The window of the map, in the units of map.csv: from the Americas' west to Japan, from the Sahara to the north cape. */
static const char view_box[] = "120 150 1740 560";

struct shape {
	const char *country, *path;
	int x, y;
};

static const struct fact *shapes(void)
{
	for (const struct table_file *t = rules_table; t->name; t++)
		if (!strcmp(t->name, "know/map.csv"))
			return t->root;
	return NULL;
}

static bool shape_of(const struct fact *row, struct shape *ret)
{
	const char *x = fact_text(row, "x"), *y = fact_text(row, "y");

	*ret = (struct shape){.country = fact_text(row, "country"), .path = fact_text(row, "path")};
	if (!ret->country || !x || !y)
		return false;
	ret->x = atoi(x);
	ret->y = atoi(y);
	return true;
}

static bool find_shape(const char *country, struct shape *ret)
{
	const struct fact *all = shapes();

	if (all)
		FACT_EACH(row, all)
			if (shape_of(row, ret) && !strcmp(ret->country, country))
				return true;
	return false;
}

/* How much goes there, and whether the country lies in the EEA. */
static size_t flows_to(const struct report *r, const char *country, bool *ret_eea)
{
	size_t count = 0;

	for (size_t i = 0; i < r->flow_count; i++) {
		if (strcmp(r->flows[i].country, country))
			continue;
		count += r->flows[i].count;
		*ret_eea = r->flows[i].in_eea;
	}
	return count;
}

static void put_country(struct page *p, const struct shape *s)
{
	bool eea = false;
	size_t count = flows_to(p->r, s->country, &eea);

	if (!s->path || !*s->path)
		return;
	str_printf(p->out, "<path class=\"%s\" d=\"%s\"/>\n", !count ? "land" : eea ? "land in" : "land out", s->path);
}

static void put_flow(struct page *p, const struct shape *home, const char *country)
{
	bool eea = false;
	size_t count = flows_to(p->r, country, &eea);
	struct shape s;
	int lift;

	if (!find_shape(country, &s))
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

static size_t list_countries(const struct report *r, const char *ret[LISTED_COUNTRIES])
{
	size_t count = 0;

	for (size_t i = 0; i < r->flow_count && count < LISTED_COUNTRIES; i++) {
		size_t k = 0;

		while (k < count && strcmp(ret[k], r->flows[i].country))
			k++;
		if (k == count)
			ret[count++] = r->flows[i].country;
	}
	return count;
}

static void put_picture(struct page *p)
{
	const char *countries[LISTED_COUNTRIES];
	size_t count = list_countries(p->r, countries);
	struct shape home, s;
	const struct fact *all = shapes();

	if (!all || !find_shape("FR", &home))
		return;
	str_printf(p->out, "<figure class=\"map\"><svg viewBox=\"%s\" role=\"img\" aria-labelledby=\"map-name\">\n<title id=\"map-name\">", view_box);
	html_say(p, TEXT_MAP_NAME);
	html_put(p, "</title>\n");
	FACT_EACH(row, all)
		if (shape_of(row, &s))
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
