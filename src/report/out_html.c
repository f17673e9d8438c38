/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The report for a director and a data protection officer: one file, no network, complete without scripts. Text of inputs
 * stands only in element content and never in an attribute, a style or a script; a content security policy with the digests of
 * the two inline blocks is the second lock. Style and script are html/report.css and html/report.js.
 */
#include "report/html.h"

#include "base/digest.h"
#include "base/embed.h"

/* ------------------------------------------------------------------ escaping */

void html_span(struct page *p, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '&':
			str_text(p->out, "&amp;");
			break;
		case '<':
			str_text(p->out, "&lt;");
			break;
		case '>':
			str_text(p->out, "&gt;");
			break;
		case '"':
			str_text(p->out, "&quot;");
			break;
		case '\'':
			str_text(p->out, "&#39;");
			break;
		default:
			str_char(p->out, s.p[i]);
		}
	}
}

void html_text(struct page *p, const char *words)
{
	if (words)
		html_span(p, span_of(words));
}

void html_citation(struct page *p, const struct citation *c)
{
	if (c->url) {
		html_put(p, "<a rel=\"noreferrer\" href=\"");
		html_text(p, c->url);
		html_put(p, "\">");
	}
	html_text(p, both_in(&c->text, p->lang));
	html_put(p, c->url ? "</a>" : "");
}

void html_put(struct page *p, const char *markup)
{
	str_text(p->out, markup);
}

void html_say(struct page *p, enum text_id id)
{
	html_text(p, text(id, p->lang));
}

/* ------------------------------------------------------------------ small parts */

void html_section(struct page *p, const char *id, enum text_id title)
{
	str_printf(p->out, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">", id, id, id);
	html_say(p, title);
	html_put(p, "</h2>\n");
}

void html_severity(struct page *p, enum severity s)
{
	str_printf(p->out, "<span class=\"chip tone-%s\">", severity_names[s]);
	html_text(p, severity_text(s, p->lang));
	html_put(p, "</span>");
}

/* The word first: "haute 3" needs no plural in any language. */
void html_count(struct page *p, const char *tone, const char *word, size_t n)
{
	str_printf(p->out, "<li class=\"chip %s%s\">", tone ? "tone-" : "plain", tone ? tone : "");
	html_text(p, word);
	str_printf(p->out, " <b>%zu</b></li>\n", n);
}

void html_verdict(struct page *p, const char *verdict)
{
	str_printf(p->out, "<span class=\"v v-%s\" title=\"", verdict);
	html_text(p, verdict_text(verdict, p->lang));
	str_printf(p->out, "\"><span class=\"s\" aria-hidden=\"true\">%s</span><span class=\"w\">", verdict_symbol(verdict));
	html_text(p, verdict_text(verdict, p->lang));
	html_put(p, "</span></span>");
}

void html_place(struct page *p, const struct report_place *at)
{
	html_put(p, "<b>");
	html_text(p, at->document);
	if (at->line)
		str_printf(p->out, ":%u:%u", at->line, at->column);
	html_put(p, "</b>");
	if (!at->line && at->document) {
		html_put(p, " (");
		html_say(p, TEXT_WHOLE_DOCUMENT);
		html_put(p, ")");
	}
	if (at->path && *at->path) {
		html_put(p, " <span class=\"mono\">");
		html_text(p, at->path);
		html_put(p, "</span>");
	}
}

void html_table(struct page *p, enum text_id caption, const enum text_id *heads, size_t count)
{
	html_put(p, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"");
	html_say(p, caption);
	html_put(p, "\">\n<table><caption class=\"hide\">");
	html_say(p, caption);
	html_put(p, "</caption>\n<thead><tr>");
	for (size_t i = 0; i < count; i++) {
		html_put(p, "<th scope=\"col\">");
		html_say(p, heads[i]);
		html_put(p, "</th>");
	}
	html_put(p, "</tr></thead>\n<tbody>\n");
}

void html_table_end(struct page *p)
{
	html_put(p, "</tbody></table></div>\n");
}

const char *html_deployment_name(const struct report *r, const char *id)
{
	for (size_t i = 0; id && i < r->deployment_count; i++)
		if (!strcmp(r->deployments[i].id, id))
			return r->deployments[i].name ? r->deployments[i].name : id;
	return id;
}

/* ------------------------------------------------------------------ head */

static void put_base64(struct page *p, const unsigned char *bytes, size_t n)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned long v = (unsigned long)bytes[i] << 16 | (i + 1 < n ? (unsigned long)bytes[i + 1] << 8 : 0) | (i + 2 < n ? bytes[i + 2] : 0);

		for (size_t k = 0; k < 4; k++)
			str_char(p->out, i + k > n ? '=' : letters[v >> (18 - 6 * k) & 63]);
	}
}

static void put_digest_source(struct page *p, struct span block)
{
	unsigned char digest[SHA256_BYTES];

	sha256(block, digest);
	html_put(p, "'sha256-");
	put_base64(p, digest, sizeof digest);
	html_put(p, "'");
}

static void put_head(struct page *p, struct span css, struct span js)
{
	str_printf(p->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", lang_code(p->lang));
	html_put(p, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
	put_digest_source(p, css);
	html_put(p, "; script-src ");
	put_digest_source(p, js);
	html_put(p, "; base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n<title>");
	html_say(p, p->r->facility ? TEXT_TITLE_AUDIT : TEXT_TITLE_CHECK);
	if (p->r->facility) {
		html_put(p, " : ");
		html_text(p, p->r->facility);
	}
	html_put(p, ", ");
	html_text(p, p->r->date);
	html_put(p, "</title>\n<style>");
	str_span(p->out, css);
	html_put(p, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">");
	html_say(p, TEXT_SKIP_LINK);
	html_put(p, "</a>\n<div class=\"page\">\n");
}

static void put_fact(struct page *p, enum text_id label, const char *value, const char *note)
{
	if (!value)
		return;
	html_put(p, "<div><dt>");
	html_say(p, label);
	html_put(p, "</dt><dd>");
	html_text(p, value);
	if (note) {
		html_put(p, " <span class=\"small\">(");
		html_text(p, note);
		html_put(p, ")</span>");
	}
	html_put(p, "</dd></div>\n");
}

/* The map and the deadlines are left out of the page when there is nothing to draw. */
static bool has_part(const struct report *r, enum text_id title)
{
	return title == TEXT_MAP ? r->flow_count > 0 : title == TEXT_DEADLINES ? r->deadline_count > 0 : true;
}

static void put_contents(struct page *p)
{
	static const struct { const char *id; enum text_id title; bool audit_only; } parts[] = {
		{"deployments", TEXT_DEPLOYMENTS, true}, {"matrix", TEXT_MATRIX, true}, {"map", TEXT_MAP, false},
		{"deadlines", TEXT_DEADLINES, false}, {"findings", TEXT_FINDINGS, false},
		{"open", TEXT_UNKNOWN_AND_OPEN, false}, {"not-shown", TEXT_NOT_SHOWN, true}, {"support", TEXT_EVIDENCE_FOR, false},
		{"waivers", TEXT_WAIVERS, true}, {"inputs", TEXT_INPUTS, false}, {"diagnostics", TEXT_DIAGNOSTICS, false}, {"verify", TEXT_VERIFY, false},
	};

	html_put(p, "<nav class=\"contents\" aria-label=\"");
	html_say(p, TEXT_CONTENTS);
	html_put(p, "\"><ul>\n");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if ((parts[i].audit_only && !p->r->facility) || !has_part(p->r, parts[i].title))
			continue;
		str_printf(p->out, "<li><a href=\"#%s\">", parts[i].id);
		html_say(p, parts[i].title);
		html_put(p, "</a></li>\n");
	}
	html_put(p, "</ul></nav>\n");
}

static void put_top(struct page *p)
{
	const struct report *r = p->r;
	struct str rules = STR_INIT(256);

	html_put(p, "<header class=\"top\">\n<p class=\"over\">");
	if (r->facility)
		html_say(p, TEXT_TITLE_AUDIT);
	html_put(p, "</p>\n<h1>");
	html_text(p, r->facility ? r->facility : text(TEXT_TITLE_CHECK, p->lang));
	html_put(p, "</h1>\n<dl class=\"facts\">\n");
	put_fact(p, TEXT_DATE, r->date, r->date_from_clock ? text(TEXT_DATE_CLOCK, p->lang) : NULL);
	put_fact(p, TEXT_FINESS, r->finess, NULL);
	str_printf(&rules, "%zu, %.12s", r->rule_count, r->rules_digest ? r->rules_digest : "");
	put_fact(p, TEXT_RULES, str_get(&rules).p, r->rules_dir_count ? r->rules_dirs[0] : NULL);
	str_clear(&rules);
	str_printf(&rules, "scelle %s", r->tool_version);
	put_fact(p, TEXT_TOOL, str_get(&rules).p, NULL);
	str_free(&rules);
	html_put(p, "</dl>\n");
	put_contents(p);
	html_put(p, "</header>\n<main id=\"main\">\n");
}

/* ------------------------------------------------------------------ advice */

static void put_others(struct page *p, size_t others)
{
	if (!others)
		return;
	str_printf(p->out, " + %zu ", others);
	html_say(p, others > 1 ? TEXT_OTHER_SYSTEMS : TEXT_OTHER_SYSTEM);
}

static void put_reason(struct page *p, size_t index)
{
	const struct report_finding *f = &p->r->findings[index];

	html_put(p, "<li>");
	html_severity(p, f->severity);
	str_printf(p->out, "<span><a href=\"#f-%zu\">", index);
	html_text(p, both_in(&f->title, p->lang));
	html_put(p, "</a> <span class=\"where\">");
	html_text(p, f->deployment ? html_deployment_name(p->r, f->deployment) : text(TEXT_FACILITY_LINE, p->lang));
	put_others(p, reason_others(p->r, index));
	html_put(p, "</span></span></li>\n");
}

static void put_reasons(struct page *p)
{
	const struct report *r = p->r;
	size_t given[REPORT_REASONS], count = report_reasons(r, given);

	html_put(p, "<ul class=\"reasons\">\n");
	for (size_t i = 0; i < count; i++)
		put_reason(p, given[i]);
	for (size_t i = 0; i < r->deployment_count; i++)
		if (r->deployments[i].why) {
			html_put(p, "<li><span class=\"chip tone-medium\">");
			html_text(p, verdict_text("incomplete", p->lang));
			str_printf(p->out, "</span><span><a href=\"#d-%zu\">", i);
			html_text(p, why_text(r->deployments[i].why, p->lang));
			html_put(p, "</a> <span class=\"where\">");
			html_text(p, r->deployments[i].name);
			html_put(p, "</span></span></li>\n");
		}
	html_put(p, "</ul>\n");
}

static void put_count_chips(struct page *p)
{
	const struct report *r = p->r;
	const struct { const char *verdict; size_t n; } others[] = {
		{"to_confirm", r->doubts}, {"unknown", r->unknowns}, {"incomplete", r->incompletes}, {"waived", r->waived},
	};

	html_put(p, "<ul class=\"counts\">\n");
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		if (r->by_severity[s])
			html_count(p, severity_names[s], severity_text((enum severity)s, p->lang), r->by_severity[s]);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].n)
			html_count(p, NULL, verdict_text(others[i].verdict, p->lang), others[i].n);
	html_put(p, "</ul>\n");
}

static void put_advice(struct page *p)
{
	const struct report *r = p->r;

	str_printf(p->out, "<div class=\"advice tone-%s\" role=\"group\" aria-labelledby=\"advice\">\n<h2 id=\"advice\">",
		   r->facility ? advice_names[r->advice] : "info");
	html_say(p, r->facility ? TEXT_OVERALL : TEXT_SUMMARY);
	html_put(p, "</h2>\n");
	if (r->facility) {
		html_put(p, "<p class=\"word\">");
		html_text(p, advice_text(r->advice, p->lang));
		html_put(p, "</p>\n<p>");
		html_text(p, advice_meaning(r->advice, p->lang));
		html_put(p, "</p>\n");
	}
	if (r->incomplete) {
		html_put(p, "<p>");
		html_say(p, TEXT_INCOMPLETE_RUN);
		html_put(p, "</p>\n");
	}
	put_count_chips(p);
	html_put(p, "<h3>");
	html_say(p, TEXT_REASONS);
	html_put(p, "</h3>\n");
	put_reasons(p);
	html_put(p, "</div>\n");
}

/* ------------------------------------------------------------------ foot and whole */

static void put_foot(struct page *p, struct span js)
{
	html_put(p, "</main>\n<footer>\n<h2>");
	html_say(p, TEXT_METHOD);
	html_put(p, "</h2>\n<p>");
	html_say(p, TEXT_METHOD_TEXT);
	html_put(p, " ");
	html_say(p, TEXT_LAW_ON_DATE);
	html_put(p, "</p>\n<dl class=\"pairs\"><dt>");
	html_say(p, TEXT_RULES);
	html_put(p, "</dt><dd class=\"mono\">");
	html_text(p, p->r->rules_digest);
	html_put(p, "</dd><dt>");
	html_say(p, TEXT_KNOWLEDGE);
	html_put(p, "</dt><dd class=\"mono\">");
	html_text(p, p->r->know_digest);
	html_put(p, "</dd></dl>\n</footer>\n</div>\n<script>");
	str_span(p->out, js);
	html_put(p, "</script>\n</body>\n</html>\n");
}

static int html_write(struct str *out, const struct report *r, enum lang lang)
{
	struct page p = {.out = out, .r = r, .lang = lang};
	struct span css = embed_get("src/report/html/report.css"), js = embed_get("src/report/html/report.js");

	put_head(&p, css, js);
	put_top(&p);
	put_advice(&p);
	if (r->facility) {
		html_deployments(&p);
		html_matrix(&p);
	}
	html_map(&p);
	html_deadlines(&p);
	html_findings(&p);
	html_open_points(&p);
	if (r->facility)
		html_not_shown(&p);
	html_support(&p);
	if (r->facility)
		html_waivers(&p);
	html_inputs(&p);
	html_diagnostics(&p);
	html_verify(&p);
	put_foot(&p, js);
	return str_failed(out) ? -1 : 0;
}

const struct writer writer_html = {
	.name = "html", .help = "one page for people, in French or English, that needs no network", .mime = "text/html", .extension = "html",
	.write = html_write,
};
