/* SPDX-License-Identifier: EUPL-1.2 */
/* The deployments as cards, and the matrix of controls and deployments, grouped by area. A verdict is a symbol and a word, never a colour alone. */
#include "report/html.h"

static void put_card_counts(struct page *p, const struct report_deployment *d)
{
	html_put(p, "<ul class=\"counts\">");
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_LOW; s--)
		if (d->by_severity[s])
			html_count(p, severity_names[s], severity_text((enum severity)s, p->lang), d->by_severity[s]);
	if (d->verdicts[VERDICT_CONFORM])
		html_count(p, "good", verdict_text("conform", p->lang), d->verdicts[VERDICT_CONFORM]);
	if (d->verdicts[VERDICT_NOT_EVIDENCED])
		html_count(p, NULL, verdict_text("not_evidenced", p->lang), d->verdicts[VERDICT_NOT_EVIDENCED]);
	html_put(p, "</ul>\n");
}

static void put_card(struct page *p, size_t index)
{
	const struct report_deployment *d = &p->r->deployments[index];

	str_printf(p->out, "<article class=\"card tone-%s\" id=\"d-%zu\">\n<h3>", advice_names[d->advice], index);
	html_text(p, d->name ? d->name : d->id);
	html_put(p, "</h3>\n<p class=\"id\">");
	html_text(p, d->id);
	if (d->vendor) {
		html_put(p, ", ");
		html_text(p, d->vendor);
	}
	html_put(p, "</p>\n");
	if (d->purpose) {
		html_put(p, "<p>");
		html_text(p, d->purpose);
		html_put(p, "</p>\n");
	}
	html_put(p, "<p class=\"word\">");
	html_text(p, advice_text(d->advice, p->lang));
	html_put(p, "</p>\n");
	put_card_counts(p, d);
	str_printf(p->out, "<p class=\"files\">%zu ", d->docs);
	html_say(p, TEXT_COVERED_FILES);
	str_printf(p->out, ", %zu ", d->docs_read);
	html_say(p, TEXT_READ);
	if (d->why) {
		html_put(p, "<br>");
		html_text(p, why_text(d->why, p->lang));
	} else if (d->partial) {
		html_put(p, "<br>");
		html_say(p, TEXT_PARTIAL);
	}
	html_put(p, "</p>\n</article>\n");
}

void html_deployments(struct page *p)
{
	html_section(p, "deployments", TEXT_DEPLOYMENTS);
	html_put(p, "<div class=\"cards\">\n");
	for (size_t i = 0; i < p->r->deployment_count; i++)
		put_card(p, i);
	html_put(p, "</div>\n</section>\n");
}

/* ------------------------------------------------------------------ matrix */

#define WORDY_COLUMNS 8      /* with more, a cell shows its symbol alone, and a screen or a page holds forty */

static void put_cell(struct page *p, const struct report_cell *c)
{
	bool linked;

	html_put(p, "<td>");
	if (!c) {
		html_put(p, "<span aria-hidden=\"true\">\u00b7</span></td>");
		return;
	}
	linked = c->finding_count || c->verdict == VERDICT_NOT_EVIDENCED;
	if (c->finding_count)
		str_printf(p->out, "<a href=\"#f-%zu\">", c->findings[0]);
	else if (linked)
		str_printf(p->out, "<a href=\"#n-%zu\">", (size_t)(c - p->r->cells));
	html_verdict(p, verdict_names[c->verdict]);
	if (linked)
		html_put(p, "</a>");
	if (c->verdict == VERDICT_WAIVED || c->below != c->verdict) {
		html_put(p, "<br><span class=\"small\">");
		html_text(p, verdict_text(verdict_names[c->below], p->lang));
		html_put(p, "</span>");
	}
	if (c->partial && c->verdict != VERDICT_INCOMPLETE) {
		html_put(p, "<br><span class=\"small\">");
		html_say(p, TEXT_PARTIAL_MARK);
		html_put(p, "</span>");
	}
	html_put(p, "</td>");
}

static void put_row(struct page *p, size_t control, bool facility_column)
{
	const struct control *c = p->r->controls[control].control;

	html_put(p, "<tr><th scope=\"row\"><span class=\"cid\">");
	html_text(p, c->id);
	if (c->from != DATE_NONE && c->from > date_parse(span_of(p->r->date))) {
		char date[16];

		html_put(p, ", ");
		html_say(p, TEXT_IN_FORCE_FROM);
		str_printf(p->out, " %s", date_format(c->from, date));
	}
	html_put(p, "</span>");
	html_text(p, both_in(&c->title, p->lang));
	html_put(p, "</th>");
	for (size_t i = 0; i < p->r->deployment_count + facility_column; i++)
		put_cell(p, report_cell_at(p->r, i, control));
	html_put(p, "</tr>\n");
}

static void put_legend(struct page *p)
{
	html_put(p, "<ul class=\"legend\">\n");
	for (int v = 0; v < VERDICTS; v++) {
		html_put(p, "<li>");
		html_verdict(p, verdict_names[v]);
		html_put(p, "</li>\n");
	}
	html_put(p, "</ul>\n");
}

static bool area_is_first(const struct report *r, size_t control)
{
	for (size_t i = 0; i < control; i++)
		if (!strcmp(r->controls[i].control->area, r->controls[control].control->area))
			return false;
	return true;
}

static void put_area(struct page *p, const char *area, bool facility_column)
{
	str_printf(p->out, "<tbody>\n<tr class=\"area\"><th scope=\"rowgroup\" colspan=\"%zu\">", p->r->deployment_count + 1 + facility_column);
	html_text(p, area_text(area, p->lang));
	html_put(p, "</th></tr>\n");
	for (size_t i = 0; i < p->r->control_count; i++)
		if (!strcmp(p->r->controls[i].control->area, area))
			put_row(p, i, facility_column);
	html_put(p, "</tbody>\n");
}

static bool has_facility_line(const struct report *r)
{
	return r->cell_count > r->deployment_count * r->control_count;
}

void html_matrix(struct page *p)
{
	bool facility = has_facility_line(p->r);

	html_section(p, "matrix", TEXT_MATRIX);
	put_legend(p);
	html_put(p, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"matrix-title\">\n");
	str_printf(p->out, "<table class=\"matrix%s\"><caption class=\"hide\">", p->r->deployment_count > WORDY_COLUMNS ? " dense" : "");
	html_say(p, TEXT_MATRIX);
	html_put(p, "</caption>\n<thead><tr><th scope=\"col\">");
	html_say(p, TEXT_CONTROL);
	html_put(p, "</th>");
	for (size_t i = 0; i < p->r->deployment_count; i++) {
		str_printf(p->out, "<th scope=\"col\"><a href=\"#d-%zu\">", i);
		html_text(p, p->r->deployments[i].id);
		html_put(p, "</a></th>");
	}
	if (facility) {
		html_put(p, "<th scope=\"col\">");
		html_say(p, TEXT_FACILITY_LINE);
		html_put(p, "</th>");
	}
	html_put(p, "</tr></thead>\n");
	for (size_t i = 0; i < p->r->control_count; i++)
		if (area_is_first(p->r, i))
			put_area(p, p->r->controls[i].control->area, facility);
	html_put(p, "</table></div>\n</section>\n");
}
