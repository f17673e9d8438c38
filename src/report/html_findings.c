/* SPDX-License-Identifier: EUPL-1.2 */
/* Findings, grouped by deployment: what is declared and observed side by side, the line, the law, the remedy and who acts. */
#include "report/html.h"

#include "base/utf8.h"

/* Byte offset of a column (code points from 1). */
static size_t byte_of(struct span s, uint32_t column)
{
	size_t at = 0;

	while (column > 1 && at < s.n) {
		unsigned code;
		size_t n = utf8_decode(span_cut(s, at, s.n), &code);

		at += n ? n : 1;
		column--;
	}
	return at;
}

static void put_excerpt(struct page *p, const struct report_place *at)
{
	struct span s = span_of(at->excerpt);
	size_t from = byte_of(s, at->excerpt_from), to = byte_of(s, at->excerpt_to);

	str_printf(p->out, "<pre><span class=\"n\">%u</span>", at->line);
	html_span(p, span_cut(s, 0, from));
	if (to > from) {
		html_put(p, "<mark>");
		html_span(p, span_cut(s, from, to));
		html_put(p, "</mark>");
	}
	html_span(p, span_cut(s, to, s.n));
	html_put(p, "</pre>\n");
}

static void put_proof(struct page *p, const struct report_place *at, enum text_id label)
{
	html_put(p, "<figure class=\"proof\"><figcaption>");
	html_say(p, label);
	html_put(p, " ");
	html_place(p, at);
	html_put(p, "</figcaption>");
	if (at->excerpt)
		put_excerpt(p, at);
	html_put(p, "</figure>\n");
}

static void put_proofs(struct page *p, const struct report_finding *f)
{
	static const enum text_id labels[] = {
		[PLACE_DECIDES] = TEXT_ALSO_AT, [PLACE_DECLARED] = TEXT_DECLARED_AT, [PLACE_SET_AT] = TEXT_SET_AT, [PLACE_RELATED] = TEXT_RELATED_AT,
	};

	for (size_t i = 0; i < f->place_count && i < 4; i++)
		put_proof(p, &f->places[i], i ? labels[f->places[i].role] : TEXT_FILE);
	if (f->place_count > 4 || f->count > 1) {
		str_printf(p->out, "<p class=\"small\">%zu ", f->count > f->place_count ? f->count : f->place_count);
		html_say(p, TEXT_TIMES);
		html_put(p, "</p>\n");
	}
}

static void put_sides(struct page *p, const struct report_finding *f)
{
	struct str observed = STR_INIT(4096);

	finding_observed(&observed, f, p->lang);
	html_put(p, "<dl class=\"sides\">");
	if (f->declared) {
		html_put(p, "<div><dt>");
		html_say(p, TEXT_DECLARED);
		html_put(p, "</dt><dd>");
		html_text(p, f->declared);
		html_put(p, "</dd></div>");
	}
	if (observed.n) {
		html_put(p, "<div><dt>");
		html_say(p, TEXT_OBSERVED);
		html_put(p, "</dt><dd>");
		html_text(p, str_get(&observed).p);
		html_put(p, "</dd>");
		if (f->subject && *f->subject) {
			html_put(p, "<dd class=\"at mono\">");
			html_text(p, f->subject);
			html_put(p, "</dd>");
		}
		html_put(p, "</div>");
	}
	html_put(p, "</dl>\n");
	str_free(&observed);
}

/* ------------------------------------------------------------------ law, remedy, who acts */

static void pair(struct page *p, enum text_id label, const char *words)
{
	if (!words || !*words)
		return;
	html_put(p, "<dt>");
	html_say(p, label);
	html_put(p, "</dt><dd>");
	html_text(p, words);
	html_put(p, "</dd>\n");
}

static void put_law(struct page *p, const struct report_finding *f)
{
	html_put(p, "<dt>");
	html_say(p, TEXT_LAW);
	html_put(p, "</dt><dd><ul>");
	for (size_t i = 0; i < f->control_count; i++) {
		const struct control *c = report_control_named(p->r, f->controls[i]);

		html_put(p, "<li>");
		html_text(p, f->controls[i]);
		if (c) {
			html_put(p, ", ");
			html_text(p, both_in(&c->title, p->lang));
		}
		for (size_t k = 0; c && k < c->source_count; k++) {
			html_put(p, k ? ", " : " : <strong>");
			html_citation(p, &c->sources[k]);
		}
		html_put(p, c && c->source_count ? "</strong></li>" : "</li>");
	}
	html_put(p, "</ul></dd>\n");
}

static bool is_said(const struct report_finding *f, const struct report *r, size_t control, const char *bound)
{
	for (size_t i = 0; i < control; i++) {
		const struct control *c = report_control_named(r, f->controls[i]);

		for (size_t k = 0; c && k < c->bound_count; k++)
			if (!strcmp(c->bound[k], bound))
				return true;
	}
	return false;
}

static void put_who(struct page *p, const struct report_finding *f)
{
	size_t put = 0;

	for (size_t i = 0; i < f->control_count; i++) {
		const struct control *c = report_control_named(p->r, f->controls[i]);

		for (size_t k = 0; c && k < c->bound_count; k++) {
			if (is_said(f, p->r, i, c->bound[k]))
				continue;
			if (!put) {
				html_put(p, "<dt>");
				html_say(p, TEXT_WHO_ACTS);
				html_put(p, "</dt><dd>");
			}
			html_put(p, put++ ? ", " : "");
			html_text(p, bound_text(c->bound[k], p->lang));
		}
	}
	if (put)
		html_put(p, "</dd>\n");
}

static void put_waiver(struct page *p, const struct report_finding *f)
{
	if (!f->waived_by)
		return;
	html_put(p, "<dt>");
	html_say(p, TEXT_WAIVED_BY);
	html_put(p, "</dt><dd>");
	html_text(p, f->waived_by);
	html_put(p, ", ");
	html_say(p, TEXT_UNTIL);
	html_put(p, " ");
	html_text(p, f->waived_until);
	html_put(p, " : ");
	html_text(p, f->waived_reason);
	html_put(p, "</dd>\n");
}

static void put_pairs(struct page *p, const struct report_finding *f)
{
	html_put(p, "<dl class=\"pairs\">\n");
	if (f->control_count)
		put_law(p, f);
	pair(p, TEXT_REMEDY, both_in(&f->fix, p->lang));
	put_who(p, f);
	put_waiver(p, f);
	if (f->confidence != CONFIDENCE_HIGH)
		pair(p, TEXT_CONFIDENCE, confidence_text(f->confidence, p->lang));
	html_put(p, "<dt>");
	html_say(p, TEXT_FINGERPRINT);
	html_put(p, "</dt><dd class=\"mono\">");
	html_text(p, f->fingerprint);
	html_put(p, "</dd>\n</dl>\n");
}

/* ------------------------------------------------------------------ one finding, all findings */

static void put_finding(struct page *p, size_t index)
{
	const struct report_finding *f = &p->r->findings[index];

	str_printf(p->out, "<article class=\"finding tone-%s\" id=\"f-%zu\" data-index=\"%zu\" data-severity=\"%s\" data-rank=\"%d\">\n<p class=\"badges\">",
		   f->waived_by ? "info" : severity_names[f->severity], index, index, severity_names[f->severity], (int)f->severity);
	html_severity(p, f->severity);
	html_put(p, "<span class=\"chip plain\">");
	html_verdict(p, f->waived_by ? "waived" : f->verdict);
	html_put(p, "</span><span class=\"chip plain mono\">");
	html_text(p, f->rule);
	html_put(p, "</span></p>\n<h4>");
	html_text(p, both_in(&f->title, p->lang));
	html_put(p, "</h4>\n<p class=\"why\">");
	html_text(p, both_in(&f->why, p->lang));
	html_put(p, "</p>\n");
	put_sides(p, f);
	put_proofs(p, f);
	put_pairs(p, f);
	html_put(p, "</article>\n");
}

static void put_filters(struct page *p)
{
	html_put(p, "<div class=\"filters\" role=\"search\" hidden>\n<label>");
	html_say(p, TEXT_SEARCH);
	html_put(p, " <input type=\"search\" placeholder=\"");
	html_say(p, TEXT_SEARCH_HINT);
	html_put(p, "\"></label>\n<fieldset><legend class=\"hide\">");
	html_say(p, TEXT_SEVERITY);
	html_put(p, "</legend>\n");
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--) {
		str_printf(p->out, "<label><input type=\"checkbox\" value=\"%s\" checked> ", severity_names[s]);
		html_text(p, severity_text((enum severity)s, p->lang));
		html_put(p, "</label>\n");
	}
	html_put(p, "</fieldset>\n<label>");
	html_say(p, TEXT_SORT);
	html_put(p, " <select><option value=\"severity\">");
	html_say(p, TEXT_BY_SEVERITY);
	html_put(p, "</option><option value=\"file\">");
	html_say(p, TEXT_BY_FILE);
	html_put(p, "</option></select></label>\n<span role=\"status\" data-label=\"");
	html_say(p, TEXT_SHOWN_COUNT);
	html_put(p, "\"></span>\n</div>\n");
}

static bool same_group(const struct report_finding *a, const struct report_finding *b)
{
	return a->deployment && b->deployment ? !strcmp(a->deployment, b->deployment) : a->deployment == b->deployment;
}

static void open_group(struct page *p, const struct report_finding *f)
{
	html_put(p, "<div class=\"group\">\n");
	if (!p->r->facility)
		return;
	html_put(p, "<h3>");
	html_text(p, f->deployment ? html_deployment_name(p->r, f->deployment) : text(TEXT_FACILITY_LINE, p->lang));
	html_put(p, "</h3>\n");
	if (!f->deployment) {
		html_put(p, "<p class=\"lead\">");
		html_say(p, TEXT_FACILITY_LINE_HELP);
		html_put(p, "</p>\n");
	}
}

void html_findings(struct page *p)
{
	const struct report_finding *last = NULL;

	html_section(p, "findings", TEXT_FINDINGS);
	put_filters(p);
	for (size_t i = 0; i < p->r->finding_count; i++) {
		const struct report_finding *f = &p->r->findings[i];

		if (f->outcome != OUTCOME_AGAINST)
			continue;
		if (!last || !same_group(last, f)) {
			html_put(p, last ? "</div>\n" : "");
			open_group(p, f);
		}
		put_finding(p, i);
		last = f;
	}
	if (last)
		html_put(p, "</div>\n");
	else {
		html_put(p, "<p>");
		html_say(p, TEXT_NO_FINDINGS);
		html_put(p, "</p>\n");
	}
	html_put(p, "</section>\n");
}
