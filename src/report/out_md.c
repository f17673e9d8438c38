/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Markdown for a merge request, a ticket or a wiki: advice, counts, then the findings, gravest first. Values of inputs stand in code
 * spans, so that nothing of a vendor's becomes markup, a mention or a link.
 */
#include "report/markdown.h"
#include "report/plain.h"

struct md {
	struct str *out;
	const struct report *report;
	enum lang lang;
	struct str text;
};

static const char *colon(const struct md *m)
{
	return m->lang == LANG_FR ? " : " : ": ";
}

static void put_item(struct md *m, enum text_id label, const char *value, bool code)
{
	if (!value || !*value)
		return;
	str_printf(m->out, "- %s%s", text(label, m->lang), colon(m));
	if (code)
		md_code(m->out, value);
	else
		md_text(m->out, value);
	str_char(m->out, '\n');
}

/* ------------------------------------------------------------------ a finding */

static void put_place(struct md *m, const struct report_finding *f)
{
	const struct report_place *p = finding_spot(f);

	if (!p)
		return;
	str_text(&m->text, p->document);
	if (p->line)
		str_printf(&m->text, ":%u:%u", p->line, p->column);
	put_item(m, TEXT_FILE, m->text.p, true);
	str_clear(&m->text);
}

static void put_law(struct md *m, const struct report_finding *f)
{
	report_law(&m->text, m->report, f->controls, f->control_count, m->lang);
	put_item(m, TEXT_LAW, str_get(&m->text).p, false);
	str_clear(&m->text);
}

static void put_finding(struct md *m, const struct report_finding *f)
{
	str_printf(m->out, "\n### %s · ", severity_text(f->severity, m->lang));
	md_text(m->out, both_in(&f->title, m->lang));
	str_text(m->out, "\n\n");
	put_item(m, TEXT_VERDICT, verdict_text(f->verdict, m->lang), false);
	put_item(m, TEXT_DEPLOYMENT, f->deployment, true);
	put_place(m, f);
	put_item(m, TEXT_DECLARED, f->declared, true);
	finding_observed(&m->text, f, m->lang);
	put_item(m, TEXT_OBSERVED, str_get(&m->text).p, true);
	str_clear(&m->text);
	if (f->place_count)
		put_item(m, TEXT_PROOF, f->places[0].excerpt, true);
	put_law(m, f);
	put_item(m, TEXT_WHY, both_in(&f->why, m->lang), false);
	put_item(m, TEXT_REMEDY, both_in(&f->fix, m->lang), false);
	if (f->waived_by) {
		str_printf(&m->text, "%s, %s %s%s%s", f->waived_by, text(TEXT_UNTIL, m->lang), f->waived_until, colon(m), f->waived_reason);
		put_item(m, TEXT_WAIVED_BY, m->text.p, false);
		str_clear(&m->text);
	}
	str_printf(&m->text, "%s/%u %s", f->fingerprint, f->occurrence, f->rule);
	put_item(m, TEXT_FINGERPRINT, m->text.p, true);
	str_clear(&m->text);
}

static void put_findings(struct md *m)
{
	const struct report *r = m->report;
	size_t n = 0;

	str_printf(m->out, "\n## %s\n", text(TEXT_FINDINGS, m->lang));
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		for (size_t i = 0; i < r->finding_count; i++)
			if ((int)r->findings[i].severity == s && r->findings[i].outcome == OUTCOME_AGAINST && ++n)
				put_finding(m, &r->findings[i]);
	if (!n)
		str_printf(m->out, "\n%s\n", text(TEXT_NO_FINDINGS, m->lang));
	for (size_t i = 0, k = 0; i < r->finding_count; i++)
		if (r->findings[i].outcome != OUTCOME_AGAINST) {
			if (!k++)
				str_printf(m->out, "\n## %s\n\n%s\n", text(TEXT_UNKNOWN_AND_OPEN, m->lang), text(TEXT_UNKNOWN_HELP, m->lang));
			put_finding(m, &r->findings[i]);
		}
}

/* ------------------------------------------------------------------ the head */

static void put_head(struct md *m)
{
	const struct report *r = m->report;

	str_printf(m->out, "# %s\n\n", text(strcmp(r->kind, "audit") ? TEXT_TITLE_CHECK : TEXT_TITLE_AUDIT, m->lang));
	put_item(m, TEXT_FACILITY, r->facility, true);
	put_item(m, TEXT_DATE, r->date, false);
	if (!r->facility)
		return;
	str_printf(m->out, "- %s%s**%s**. %s\n", text(TEXT_ADVICE, m->lang), colon(m), advice_text(r->advice, m->lang), advice_meaning(r->advice, m->lang));
}

static void put_counts(struct md *m)
{
	const struct report *r = m->report;
	const struct {
		const char *word;
		size_t n;
	} rows[] = {
		{severity_text(SEVERITY_CRITICAL, m->lang), r->by_severity[SEVERITY_CRITICAL]}, {severity_text(SEVERITY_HIGH, m->lang), r->by_severity[SEVERITY_HIGH]},
		{severity_text(SEVERITY_MEDIUM, m->lang), r->by_severity[SEVERITY_MEDIUM]}, {severity_text(SEVERITY_LOW, m->lang), r->by_severity[SEVERITY_LOW]},
		{severity_text(SEVERITY_INFO, m->lang), r->by_severity[SEVERITY_INFO]}, {verdict_text("to_confirm", m->lang), r->doubts},
		{verdict_text("unknown", m->lang), r->unknowns}, {verdict_text("incomplete", m->lang), r->incompletes},
		{verdict_text("waived", m->lang), r->waived}, {text(TEXT_KNOWN_BEFORE, m->lang), r->old},
	};

	str_printf(m->out, "\n| %s | |\n| --- | ---: |\n", text(TEXT_SUMMARY, m->lang));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].n || i < 4)
			str_printf(m->out, "| %s | %zu |\n", rows[i].word, rows[i].n);
	if (r->incomplete)
		str_printf(m->out, "\n**%s**\n", text(TEXT_INCOMPLETE_RUN, m->lang));
}

static void put_deployments(struct md *m)
{
	const struct report *r = m->report;

	if (!r->deployment_count)
		return;
	str_printf(m->out, "\n## %s\n\n", text(TEXT_DEPLOYMENTS, m->lang));
	for (size_t i = 0; i < r->deployment_count; i++) {
		const struct report_deployment *d = &r->deployments[i];

		str_text(m->out, "- ");
		md_code(m->out, d->id);
		str_printf(m->out, "%s**%s**", colon(m), advice_text(d->advice, m->lang));
		for (int s = SEVERITY_CRITICAL; s >= SEVERITY_LOW; s--)
			if (d->by_severity[s])
				str_printf(m->out, ", %s %zu", severity_text((enum severity)s, m->lang), d->by_severity[s]);
		str_char(m->out, '\n');
	}
}

static int md_write(struct str *out, const struct report *r, enum lang lang)
{
	struct md m = {.out = out, .report = r, .lang = lang, .text = STR_INIT(1 << 20)};

	put_head(&m);
	put_counts(&m);
	put_deployments(&m);
	put_findings(&m);
	str_free(&m.text);
	return str_failed(out) ? -1 : 0;
}

const struct writer writer_md = {
	.name = "md", .help = "Markdown, for a merge request or a ticket", .mime = "text/markdown", .extension = "md", .write = md_write,
};
