/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A matrix of controls and offers. An offer with several deployments is as good as its worst one. No marks are given and no winner is
 * named: what differs stands first, and what each still owes is counted.
 */
#include "report/compare.h"

#include "report/csv.h"
#include "report/html.h"
#include "report/plain.h"

#include "base/utf8.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ the matrix */

/* The enumeration is in order of precedence, but for the two that say nothing against an offer. */
static int badness(enum verdict v)
{
	return v == VERDICT_NOT_APPLICABLE ? -2 : v == VERDICT_WAIVED ? -1 : v == VERDICT_CONFORM ? 0 : VERDICTS + 2 - (int)v;
}

static const struct report_cell *worst_cell(const struct report *r, const char *control)
{
	const struct report_cell *worst = NULL;

	for (size_t i = 0; i < r->cell_count; i++) {
		const struct report_cell *c = &r->cells[i];

		if (c->deployment && !strcmp(c->control, control) && (!worst || badness(c->verdict) > badness(worst->verdict)))
			worst = c;
	}
	return worst;
}

static bool row_differs(const struct compare_row *row, size_t offers)
{
	for (size_t i = 1; i < offers; i++)
		if (!row->verdicts[i] != !row->verdicts[0] || (row->verdicts[i] && strcmp(row->verdicts[i], row->verdicts[0])))
			return true;
	return false;
}

/* A difference between a breach and none weighs more than one between shown and not shown. */
static bool row_speaks_against(const struct compare_row *row, size_t offers)
{
	for (size_t o = 0; o < offers; o++)
		if (row->verdicts[o] && (!strcmp(row->verdicts[o], verdict_names[VERDICT_NONCONFORM]) || !strcmp(row->verdicts[o], verdict_names[VERDICT_CONTRADICTED])))
			return true;
	return false;
}

static int in_order(const void *x, const void *y)
{
	const struct compare_row *a = x, *b = y;

	if (a->differs != b->differs)
		return a->differs ? -1 : 1;
	if (a->control->severity != b->control->severity)
		return a->control->severity > b->control->severity ? -1 : 1;
	if (a->against != b->against)
		return a->against ? -1 : 1;
	return strcmp(a->control->id, b->control->id);
}

/* The controls of all offers, each once. */
static void collect_rows(struct arena *a, struct comparison *c)
{
	struct map known = MAP_INIT(a);

	for (size_t o = 0; o < c->offer_count; o++)
		for (size_t i = 0; i < c->offers[o].report->control_count; i++) {
			const struct control *control = c->offers[o].report->controls[i].control;
			struct map_entry *e = map_entry(&known, span_of(control->id));

			if (!e->value)
				*ARENA_PUSH(a, c->rows, c->row_count) = (struct compare_row){.control = control};
			e->value = c;
		}
}

void compare_make(struct arena *a, const struct offer *offers, size_t count, struct comparison *ret)
{
	*ret = (struct comparison){.offers = offers, .offer_count = count, .to_show = ARENA_ARRAY(a, size_t, count + 1)};
	collect_rows(a, ret);
	for (size_t i = 0; i < ret->row_count; i++) {
		struct compare_row *row = &ret->rows[i];

		row->verdicts = ARENA_ARRAY(a, const char *, count + 1);
		row->cells = ARENA_ARRAY(a, const struct report_cell *, count + 1);
		for (size_t o = 0; o < count; o++) {
			row->cells[o] = worst_cell(offers[o].report, row->control->id);
			row->verdicts[o] = row->cells[o] ? verdict_names[row->cells[o]->verdict] : NULL;
			ret->to_show[o] += row->verdicts[o] && !strcmp(row->verdicts[o], verdict_names[VERDICT_NOT_EVIDENCED]);
		}
		row->differs = row_differs(row, count);
		row->against = row_speaks_against(row, count);
		ret->differing += row->differs;
	}
	if (ret->row_count)
		qsort(ret->rows, ret->row_count, sizeof *ret->rows, in_order);
	for (size_t o = 1; o < count; o++)
		ret->rules_differ |= strcmp(offers[o].report->rules_digest, offers[0].report->rules_digest) != 0 ||
				     strcmp(offers[o].report->date, offers[0].report->date) != 0;
}

static size_t to_correct(const struct report *r)
{
	size_t n = 0;

	for (int s = SEVERITY_LOW; s <= SEVERITY_CRITICAL; s++)
		n += r->by_severity[s];
	return n;
}

static const char *word(const char *verdict, enum lang lang)
{
	return verdict ? verdict_text(verdict, lang) : text(TEXT_DIFF_ABSENT, lang);
}

/* ------------------------------------------------------------------ CSV */

int compare_csv(struct str *out, const struct comparison *c, enum lang lang)
{
	static const char *const heads[] = {"control", "area", "severity", "title", "differs"};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		csv_cell(out, heads[i]);
	for (size_t o = 0; o < c->offer_count; o++)
		csv_cell(out, c->offers[o].name);
	csv_end(out);
	for (size_t i = 0; i < c->row_count; i++) {
		const struct control *control = c->rows[i].control;

		csv_cell(out, control->id);
		csv_cell(out, control->area);
		csv_cell(out, severity_names[control->severity]);
		csv_cell(out, both_in(&control->title, lang));
		csv_cell(out, c->rows[i].differs ? "yes" : "no");
		for (size_t o = 0; o < c->offer_count; o++)
			csv_cell(out, c->rows[i].verdicts[o]);
		csv_end(out);
	}
	return str_failed(out) ? -1 : 0;
}

/* ------------------------------------------------------------------ text */

/* What an offer offers, as its declaration names it: its systems, else its vendors, each once. */
static void put_systems(struct str *out, const struct report *r)
{
	const struct report_deployment *d = r->deployments;

	for (size_t i = 0; i < r->deployment_count; i++) {
		const char *name = d[i].name ? d[i].name : d[i].vendor;
		bool told = !name;

		for (size_t k = 0; !told && k < i; k++)
			told = !strcmp(d[k].name ? d[k].name : d[k].vendor ? d[k].vendor : "", name);
		if (!told)
			str_printf(out, "%s%s", out->n ? ", " : "", name);
	}
}

#define LABEL_WIDTH 14      /* as in the report on the terminal */

static void put_label(struct str *out, enum text_id id, enum lang lang)
{
	const char *label = text(id, lang);

	str_printf(out, "  %s%*s", label, LABEL_WIDTH - (int)utf8_width(span_of(label)), "");
}

static void put_offer(struct str *out, const struct comparison *c, size_t o, enum lang lang)
{
	const struct report *r = c->offers[o].report;
	struct str systems = STR_INIT(1 << 16);

	put_systems(&systems, r);
	str_printf(out, "%s%s%s\n", c->offers[o].name, systems.n ? ", " : "", str_get(&systems).p);
	put_label(out, TEXT_ADVICE, lang);
	str_printf(out, "%s\n", advice_text(r->advice, lang));
	put_label(out, TEXT_COMPARE_CORRECT, lang);
	str_printf(out, "%zu\n", to_correct(r));
	put_label(out, TEXT_TO_SHOW, lang);
	str_printf(out, "%zu\n\n", c->to_show[o]);
	str_free(&systems);
}

int compare_text(struct str *out, const struct comparison *c, enum lang lang)
{
	const char *colon = lang == LANG_FR ? " :" : ":";

	for (size_t o = 0; o < c->offer_count; o++)
		put_offer(out, c, o, lang);
	str_printf(out, "%s%s\n", text(TEXT_COMPARE_DIFFERENCES, lang), colon);
	for (size_t i = 0; i < c->differing; i++) {
		str_printf(out, "%s  %s  %s\n", c->rows[i].control->id, severity_text(c->rows[i].control->severity, lang), both_in(&c->rows[i].control->title, lang));
		for (size_t o = 0; o < c->offer_count; o++)
			str_printf(out, "    %s%s %s\n", c->offers[o].name, colon, word(c->rows[i].verdicts[o], lang));
	}
	if (!c->differing)
		str_printf(out, "%s\n", text(TEXT_DIFF_NOTHING, lang));
	if (c->rules_differ)
		str_printf(out, "\n%s\n", text(TEXT_COMPARE_RULES, lang));
	return str_failed(out) ? -1 : 0;
}

/* ------------------------------------------------------------------ HTML */

static const char style[] =
	":root{color-scheme:light dark;--paper:#fdfcfa;--ink:#1b2129;--soft:#545d68;--line:#d9d5cd;--faint:#f3f0ea;--bad:#8c1515;--doubt:#7a5600;--good:#1d6338;"
	"--bad-bg:#faeaea;--doubt-bg:#faf3df;--good-bg:#e8f3ec}"
	"@media(prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e6e4df;--soft:#a9b0b9;--line:#363d47;--faint:#20262e;--bad:#ff9d94;--doubt:#e8c468;--good:#8fd3a6;"
	"--bad-bg:#3a1d1d;--doubt-bg:#352c14;--good-bg:#18301f}}"
	"body{font:1rem/1.5 system-ui,\"Liberation Sans\",sans-serif;background:var(--paper);color:var(--ink);max-width:76rem;margin:0 auto;padding:2rem clamp(1rem,4vw,3rem) 4rem}"
	"h1{font-size:2.2rem;margin:0}p{color:var(--soft);max-width:46rem}table{border-collapse:collapse;width:100%;margin-top:2.4rem}"
	"caption{text-align:left;font-weight:600;font-size:1.3rem;padding-bottom:.6rem}th,td{border-top:1px solid var(--line);padding:.5rem .8rem;text-align:left;"
	"vertical-align:top;overflow-wrap:anywhere}thead th,thead td{background:var(--faint);border-top:0;vertical-align:bottom}tbody th{font-weight:400}"
	"th small{color:var(--soft);font-weight:400}small{font-size:.86rem}td small{color:var(--ink);font-weight:400}code{font-family:ui-monospace,\"Liberation Mono\",monospace}.owed td{font-size:1.15rem;font-weight:600}.owed td,.rows td{min-width:8.5rem}"
	".differs th:first-child{box-shadow:inset .3rem 0 var(--doubt);padding-left:1rem}.same{color:var(--soft)}.v{white-space:nowrap}.v .s{display:inline-block;width:1.4em;font-weight:700}"
	".v-nonconform,.v-contradicted,.v-undeclared{color:var(--bad);font-weight:600}.v-to_confirm,.v-unknown,.v-incomplete{color:var(--doubt)}.v-conform{color:var(--good)}"
	".against{background:var(--bad-bg)}.doubt{background:var(--doubt-bg)}.for{background:var(--good-bg)}"
	"@media print{@page{size:A4;margin:16mm}body{max-width:none;padding:0;font-size:10pt}tr{break-inside:avoid}thead{display:table-header-group}}";

static void put_offer_heads(struct page *p, const struct comparison *c)
{
	for (size_t o = 0; o < c->offer_count; o++) {
		struct str systems = STR_INIT(1 << 16);

		put_systems(&systems, c->offers[o].report);
		html_put(p, "<th scope=\"col\">");
		html_text(p, c->offers[o].name);
		html_put(p, systems.n ? "<br><small>" : "");
		html_text(p, str_get(&systems).p);
		html_put(p, systems.n ? "</small></th>" : "</th>");
		str_free(&systems);
	}
	html_put(p, "</tr></thead>\n<tbody>\n");
}

static void put_owed(struct page *p, const struct comparison *c)
{
	html_put(p, "<table class=\"owed\">\n<caption>");
	html_say(p, TEXT_COMPARE_OWED);
	html_put(p, "</caption>\n<thead><tr><td></td>");
	put_offer_heads(p, c);
	html_put(p, "<tr><th scope=\"row\">");
	html_say(p, TEXT_ADVICE);
	html_put(p, "</th>");
	for (size_t o = 0; o < c->offer_count; o++) {
		html_put(p, "<td>");
		html_text(p, advice_text(c->offers[o].report->advice, p->lang));
		html_put(p, "</td>");
	}
	html_put(p, "</tr>\n<tr><th scope=\"row\">");
	html_say(p, TEXT_COMPARE_CORRECT);
	html_put(p, "</th>");
	for (size_t o = 0; o < c->offer_count; o++)
		str_printf(p->out, "<td>%zu</td>", to_correct(c->offers[o].report));
	html_put(p, "</tr>\n<tr><th scope=\"row\">");
	html_say(p, TEXT_TO_SHOW);
	html_put(p, "</th>");
	for (size_t o = 0; o < c->offer_count; o++)
		str_printf(p->out, "<td>%zu</td>", c->to_show[o]);
	html_put(p, "</tr>\n</tbody></table>\n");
}

/* The tint of a verdict that tells offers apart; the word and its symbol say the same without it. */
static const char *tint(const char *verdict)
{
	static const struct { const char *verdict, *class; } tints[] = {
		{"nonconform", "against"}, {"contradicted", "against"}, {"undeclared", "against"}, {"to_confirm", "doubt"}, {"unknown", "doubt"},
		{"incomplete", "doubt"}, {"conform", "for"},
	};

	for (size_t i = 0; verdict && i < sizeof tints / sizeof *tints; i++)
		if (!strcmp(tints[i].verdict, verdict))
			return tints[i].class;
	return "none";
}

/* What decides a verdict against an offer: the first of its findings, and where it stands. */
static void put_reason(struct page *p, const struct report *r, const struct report_cell *cell)
{
	const struct report_finding *f = cell->finding_count ? &r->findings[cell->findings[0]] : NULL;
	const struct report_place *place = f ? finding_spot(f) : NULL;

	if (!f)
		return;
	html_put(p, "<br><small>");
	html_text(p, both_in(&f->title, p->lang));
	if (place) {
		html_put(p, "<br><code>");
		html_text(p, place->document);
		str_printf(p->out, place->line ? ":%u</code>" : "</code>", place->line);
	}
	html_put(p, "</small>");
}

static void put_row(struct page *p, const struct comparison *c, const struct compare_row *row)
{
	html_put(p, row->differs ? "<tr class=\"differs\"><th scope=\"row\"><small>" : "<tr class=\"same\"><th scope=\"row\"><small>");
	html_text(p, row->control->id);
	html_put(p, ", ");
	html_text(p, severity_text(row->control->severity, p->lang));
	html_put(p, "</small><br>");
	html_text(p, both_in(&row->control->title, p->lang));
	html_put(p, "</th>");
	for (size_t o = 0; o < c->offer_count; o++) {
		str_printf(p->out, "<td class=\"%s\">", row->differs ? tint(row->verdicts[o]) : "none");
		if (row->verdicts[o])
			html_verdict(p, row->verdicts[o]);
		else
			html_say(p, TEXT_DIFF_ABSENT);
		if (row->differs && row->cells[o])
			put_reason(p, c->offers[o].report, row->cells[o]);
		html_put(p, "</td>");
	}
	html_put(p, "</tr>\n");
}

static void put_rows(struct page *p, const struct comparison *c, enum text_id caption, size_t from, size_t to)
{
	if (from == to)
		return;
	html_put(p, "<table class=\"rows\">\n<caption>");
	html_say(p, caption);
	str_printf(p->out, " (%zu)</caption>\n<thead><tr><th scope=\"col\">", to - from);
	html_say(p, TEXT_CONTROL);
	html_put(p, "</th>");
	put_offer_heads(p, c);
	for (size_t i = from; i < to; i++)
		put_row(p, c, &c->rows[i]);
	html_put(p, "</tbody></table>\n");
}

/* What the comparison rests on; reports that do not rest on the same are a warning. */
static void put_basis(struct page *p, const struct comparison *c)
{
	const struct report *r = c->offers[0].report;

	html_put(p, "<p>");
	if (c->rules_differ) {
		html_put(p, "<strong>");
		html_say(p, TEXT_COMPARE_RULES);
		html_put(p, "</strong></p>\n");
		return;
	}
	html_say(p, TEXT_DATE);
	str_printf(p->out, "%s %s. ", p->lang == LANG_FR ? " :" : ":", r->date);
	html_say(p, TEXT_LAW_ON_DATE);
	html_put(p, " scelle ");
	html_text(p, r->tool_version);
	html_put(p, ".</p>\n");
}

int compare_html(struct str *out, const struct comparison *c, enum lang lang)
{
	struct page p = {.out = out, .r = c->offers[0].report, .lang = lang};

	str_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n", lang_code(lang));
	html_put(&p, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>");
	html_say(&p, TEXT_COMPARE_TITLE);
	html_put(&p, "</title>\n<style>");
	html_put(&p, style);
	html_put(&p, "</style>\n</head>\n<body>\n<main>\n<h1>");
	html_say(&p, TEXT_COMPARE_TITLE);
	html_put(&p, "</h1>\n<p>");
	html_say(&p, TEXT_COMPARE_HELP);
	html_put(&p, "</p>\n");
	put_basis(&p, c);
	put_owed(&p, c);
	put_rows(&p, c, TEXT_COMPARE_DIFFERENCES, 0, c->differing);
	if (!c->differing) {
		html_put(&p, "<p><strong>");
		html_say(&p, TEXT_DIFF_NOTHING);
		html_put(&p, "</strong></p>\n");
	}
	put_rows(&p, c, TEXT_COMPARE_SAME, c->differing, c->row_count);
	html_put(&p, "</main>\n</body>\n</html>\n");
	return str_failed(out) ? -1 : 0;
}
