/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables behind the findings: what is open, not evidenced, evidenced, waived, read; and how to verify. */
#include "report/html.h"

#include "base/embed.h"

#define COUNT(list) (sizeof (list) / sizeof *(list))

static void open_cell(struct page *p)
{
	html_put(p, "<td>");
}

static void text_cell(struct page *p, const char *words)
{
	open_cell(p);
	html_text(p, words);
	html_put(p, "</td>");
}

static void nothing(struct page *p, enum text_id id)
{
	html_put(p, "<p>");
	html_say(p, id);
	html_put(p, "</p>\n");
}

static const char *owner(const struct page *p, const char *deployment)
{
	return deployment ? deployment : text(TEXT_FACILITY_LINE, p->lang);
}

/* ------------------------------------------------------------------ unknown and incomplete */

static void put_open_point(struct page *p, size_t index)
{
	const struct report_finding *f = &p->r->findings[index];

	str_printf(p->out, "<tr id=\"f-%zu\"><td>", index);
	html_text(p, p->r->facility ? owner(p, f->deployment) : f->rule);
	html_put(p, "</td><td>");
	html_verdict(p, f->verdict);
	html_put(p, "</td><th scope=\"row\"><b>");
	html_text(p, both_in(&f->title, p->lang));
	html_put(p, "</b><br><span class=\"small mono\">");
	html_text(p, f->rule);
	html_put(p, "</span>");
	if (f->why_incomplete.en) {
		html_put(p, "<br>");
		html_text(p, both_in(&f->why_incomplete, p->lang));
	}
	html_put(p, "</th><td class=\"name\">");
	if (f->place_count)
		html_place(p, &f->places[0]);
	html_put(p, "</td></tr>\n");
}

void html_open_points(struct page *p)
{
	static const enum text_id heads[] = {TEXT_DEPLOYMENT, TEXT_VERDICT, TEXT_FINDINGS, TEXT_FILE};
	size_t n = 0;

	html_section(p, "open", TEXT_UNKNOWN_AND_OPEN);
	html_put(p, "<p class=\"lead\">");
	html_say(p, TEXT_UNKNOWN_HELP);
	html_put(p, "</p>\n");
	for (size_t i = 0; i < p->r->finding_count; i++) {
		if (p->r->findings[i].outcome == OUTCOME_AGAINST)
			continue;
		if (!n++)
			html_table(p, TEXT_UNKNOWN_AND_OPEN, heads, COUNT(heads));
		put_open_point(p, i);
	}
	if (n)
		html_table_end(p);
	else
		nothing(p, TEXT_NOTHING_HERE);
	html_put(p, "</section>\n");
}

/* ------------------------------------------------------------------ not evidenced */

#define SHOWN_SUBJECTS 6

static void put_list(struct page *p, const char *deployment, enum text_id label, const char *const *list, size_t count)
{
	if (!count)
		return;
	html_put(p, "<br><span class=\"small\">");
	html_text(p, deployment);
	html_put(p, ", ");
	html_say(p, label);
	html_put(p, p->lang == LANG_FR ? " : " : ": ");
	for (size_t i = 0; i < count && i < SHOWN_SUBJECTS; i++) {
		html_put(p, i ? ", " : "");
		html_put(p, "<span class=\"mono\">");
		html_text(p, list[i]);
		html_put(p, "</span>");
	}
	if (count > SHOWN_SUBJECTS) {
		str_printf(p->out, " +%zu ", count - SHOWN_SUBJECTS);
		html_say(p, TEXT_MORE);
	}
	html_put(p, "</span>");
}

/* One row for a control and a reason, with the deployments that share them: a national offer has the same gaps everywhere. */
static bool shares_row(const struct report_cell *a, const struct report_cell *b)
{
	return a->verdict == VERDICT_NOT_EVIDENCED && b->verdict == VERDICT_NOT_EVIDENCED && !strcmp(a->why, b->why) && a->severity == b->severity;
}

static bool row_is_new(const struct report *r, size_t deployment, size_t control)
{
	const struct report_cell *c = report_cell_at(r, deployment, control);

	for (size_t i = 0; i < deployment; i++)
		if (shares_row(report_cell_at(r, i, control), c))
			return false;
	return c->verdict == VERDICT_NOT_EVIDENCED;
}

static void put_sharing(struct page *p, size_t deployment, size_t control)
{
	const struct report_cell *first = report_cell_at(p->r, deployment, control);

	for (size_t i = deployment, put = 0; i < p->r->deployment_count; i++) {
		const struct report_cell *c = report_cell_at(p->r, i, control);

		if (!shares_row(c, first))
			continue;
		str_printf(p->out, "%s<span id=\"n-%zu\">", put++ ? ", " : "", (size_t)(c - p->r->cells));
		html_text(p, c->deployment);
		html_put(p, "</span>");
	}
}

static void put_lacks(struct page *p, size_t deployment, size_t control)
{
	const struct report_cell *first = report_cell_at(p->r, deployment, control);

	for (size_t i = deployment; i < p->r->deployment_count; i++) {
		const struct report_cell *c = report_cell_at(p->r, i, control);

		if (!shares_row(c, first))
			continue;
		put_list(p, c->deployment, TEXT_MISSING_SUBJECTS, c->missing, c->missing_count);
		put_list(p, c->deployment, TEXT_FIELDS_ABSENT, c->not_declared, c->not_declared_count);
	}
}

static void put_not_shown(struct page *p, size_t deployment, size_t control)
{
	const struct report_cell *cell = report_cell_at(p->r, deployment, control);
	const struct control *c = p->r->controls[control].control;

	html_put(p, "<tr><th scope=\"row\"><span class=\"small\">");
	html_text(p, cell->control);
	html_put(p, "</span><br><b>");
	html_text(p, both_in(&c->title, p->lang));
	html_put(p, "</b></th><td>");
	html_severity(p, cell->severity);
	html_put(p, "</td><td>");
	put_sharing(p, deployment, control);
	html_put(p, "</td><td>");
	html_text(p, why_text(cell->why, p->lang));
	put_lacks(p, deployment, control);
	html_put(p, "</td><td>");
	html_text(p, both_in(&c->shown_by, p->lang));
	html_put(p, "</td></tr>\n");
}

/* The gravest controls first: what a person must ask for tomorrow stands on top. */
void html_not_shown(struct page *p)
{
	static const enum text_id heads[] = {TEXT_CONTROL, TEXT_SEVERITY, TEXT_DEPLOYMENTS, TEXT_REASON, TEXT_SHOWN_BY};
	size_t n = 0;

	html_section(p, "not-shown", TEXT_NOT_SHOWN);
	html_put(p, "<p class=\"lead\">");
	html_say(p, TEXT_NOT_SHOWN_HELP);
	html_put(p, "</p>\n");
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		for (size_t c = 0; c < p->r->control_count; c++)
			for (size_t d = 0; d < p->r->deployment_count; d++) {
				if ((int)report_cell_at(p->r, d, c)->severity != s || !row_is_new(p->r, d, c))
					continue;
				if (!n++)
					html_table(p, TEXT_NOT_SHOWN, heads, COUNT(heads));
				put_not_shown(p, d, c);
			}
	if (n)
		html_table_end(p);
	else
		nothing(p, TEXT_NOTHING_HERE);
	html_put(p, "</section>\n");
}

/* ------------------------------------------------------------------ evidence for */

static void put_support(struct page *p, const struct report_finding *f)
{
	html_put(p, "<tr><td>");
	html_text(p, owner(p, f->deployment));
	html_put(p, "<br><span class=\"small\">");
	for (size_t i = 0; i < f->control_count; i++) {
		html_put(p, i ? ", " : "");
		html_text(p, f->controls[i]);
	}
	html_put(p, "</span></td><th scope=\"row\" class=\"name\">");
	html_text(p, f->subject ? f->subject : f->rule);
	html_put(p, "<br><span class=\"small mono\">");
	html_text(p, f->rule);
	html_put(p, "</span></th>");
	text_cell(p, f->value);
	html_put(p, "<td class=\"name\">");
	if (f->place_count)
		html_place(p, &f->places[0]);
	html_put(p, "</td></tr>\n");
}

void html_support(struct page *p)
{
	static const enum text_id heads[] = {TEXT_DEPLOYMENT, TEXT_EVIDENCE_FOR, TEXT_OBSERVED, TEXT_FILE};

	html_section(p, "support", TEXT_EVIDENCE_FOR);
	if (!p->r->support_count) {
		nothing(p, TEXT_NOTHING_HERE);
		html_put(p, "</section>\n");
		return;
	}
	str_printf(p->out, "<details><summary>%zu ", p->r->support_count);
	html_say(p, TEXT_PLACES_FOR);
	html_put(p, "</summary>\n");
	html_table(p, TEXT_EVIDENCE_FOR, heads, COUNT(heads));
	for (size_t i = 0; i < p->r->support_count; i++)
		put_support(p, &p->r->support[i]);
	html_table_end(p);
	html_put(p, "</details>\n");
	html_put(p, "</section>\n");
}

/* ------------------------------------------------------------------ waivers */

void html_waivers(struct page *p)
{
	static const enum text_id heads[] = {TEXT_TARGET, TEXT_DEPLOYMENT, TEXT_REASON, TEXT_APPROVER, TEXT_UNTIL, TEXT_STATE};

	html_section(p, "waivers", TEXT_WAIVERS);
	if (p->r->waiver_count)
		html_table(p, TEXT_WAIVERS, heads, COUNT(heads));
	else
		nothing(p, TEXT_NO_WAIVERS);
	for (size_t i = 0; i < p->r->waiver_count; i++) {
		const struct report_waiver *w = &p->r->waivers[i];

		html_put(p, "<tr><th scope=\"row\"><b>");
		html_text(p, w->target);
		html_put(p, w->place ? "</b><br><span class=\"small mono\">" : "</b>");
		html_text(p, w->place);
		html_put(p, w->place ? "</span></th>" : "</th>");
		text_cell(p, w->deployment);
		text_cell(p, w->reason);
		text_cell(p, w->approver);
		text_cell(p, w->until);
		open_cell(p);
		html_say(p, w->expired ? TEXT_EXPIRED : w->outgrown ? TEXT_OUTGROWN : w->used ? TEXT_USED : TEXT_UNUSED);
		if (w->used)
			str_printf(p->out, " (%zu)", w->used);
		html_put(p, "</td></tr>\n");
	}
	if (p->r->waiver_count)
		html_table_end(p);
	html_put(p, "</section>\n");
}

/* ------------------------------------------------------------------ inputs and diagnostics */

static void put_input(struct page *p, const struct report_input *in)
{
	html_put(p, "<tr><th scope=\"row\" class=\"name\"><b>");
	html_text(p, in->name);
	html_put(p, "</b>");
	if (in->deployment_count) {
		html_put(p, "<br><span class=\"small\">");
		for (size_t i = 0; i < in->deployment_count; i++) {
			html_put(p, i ? ", " : "");
			html_text(p, in->deployments[i]);
		}
		html_put(p, "</span>");
	}
	html_put(p, "</th>");
	text_cell(p, in->dialect ? in->dialect : in->format);
	open_cell(p);
	html_text(p, status_text(in->status, p->lang));
	if (in->reason.en) {
		html_put(p, "<br><span class=\"small\">");
		html_text(p, both_in(&in->reason, p->lang));
		html_put(p, "</span>");
	}
	str_printf(p->out, "</td><td class=\"number\">%llu</td><td class=\"digest\">", (unsigned long long)in->size);
	html_text(p, in->sha256);
	html_put(p, "</td></tr>\n");
}

void html_inputs(struct page *p)
{
	static const enum text_id heads[] = {TEXT_FILE, TEXT_FORMAT, TEXT_STATE, TEXT_SIZE, TEXT_DIGEST};

	html_section(p, "inputs", TEXT_INPUTS);
	html_table(p, TEXT_INPUTS, heads, COUNT(heads));
	for (size_t i = 0; i < p->r->input_count; i++)
		put_input(p, &p->r->inputs[i]);
	html_table_end(p);
	html_put(p, "</section>\n");
}

void html_diagnostics(struct page *p)
{
	static const enum text_id heads[] = {TEXT_FILE, TEXT_SEVERITY, TEXT_DIAGNOSTICS};

	html_section(p, "diagnostics", TEXT_DIAGNOSTICS);
	if (p->r->diag_count)
		html_table(p, TEXT_DIAGNOSTICS, heads, COUNT(heads));
	else
		nothing(p, TEXT_NO_DIAGNOSTICS);
	for (size_t i = 0; i < p->r->diag_count; i++) {
		const struct report_diag *d = &p->r->diags[i];

		html_put(p, "<tr><td class=\"name\">");
		html_text(p, d->document);
		if (d->line)
			str_printf(p->out, ":%u:%u", d->line, d->column);
		html_put(p, "</td>");
		text_cell(p, diag_level_text(d->level, p->lang));
		html_put(p, "<td lang=\"en\">");
		html_text(p, both_in(&d->text, p->lang));
		html_put(p, "</td></tr>\n");
	}
	if (p->r->diag_count)
		html_table_end(p);
	html_put(p, "</section>\n");
}

/* ------------------------------------------------------------------ verifying without scelle */

/* The lines stand once, in src/seal/verify_lines.txt: commands, and comments that start with "# fr: " or "# en: ". */
static void put_verify_line(struct page *p, struct span line, bool *in_text)
{
	const char *mine = p->lang == LANG_FR ? "# fr: " : "# en: ", *other = p->lang == LANG_FR ? "# en: " : "# fr: ";

	if (span_starts(line, other) || !line.n)
		return;
	if (span_starts(line, mine)) {
		html_put(p, *in_text ? " " : "<li><p>");
		html_span(p, span_cut(line, strlen(mine), line.n));
		*in_text = true;
		return;
	}
	html_put(p, *in_text ? "</p><pre>" : "<li><pre>");
	if (span_is(line, "container=@CONTAINER@"))
		html_put(p, "container=audit.asice");
	else if (span_is(line, "cert=@CERT@"))
		html_put(p, "cert=cert.pem");
	else
		html_span(p, line);
	html_put(p, "</pre></li>\n");
	*in_text = false;
}

void html_verify(struct page *p)
{
	struct span rest = embed_get("src/seal/verify_lines.txt");
	bool in_text = false;

	html_section(p, "verify", TEXT_VERIFY);
	html_put(p, "<p class=\"lead\">");
	html_say(p, TEXT_VERIFY_HELP);
	html_put(p, "</p>\n<ol class=\"lines\">\n");
	while (rest.n) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;

		put_verify_line(p, span_cut(rest, 0, n), &in_text);
		rest = span_cut(rest, end ? n + 1 : n, rest.n);
	}
	html_put(p, "</ol>\n</section>\n");
}
