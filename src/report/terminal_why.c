/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * --explain on the terminal: why a control is not evidenced, and what would show it. One entry for a control and a reason, with the systems
 * that share them, the gravest first, as the table of the HTML report has it.
 */
#include "report/paper.h"

#define SHOWN_SUBJECTS 8      /* of one system; the JSON report lists all */

static bool shares(const struct report_cell *a, const struct report_cell *b)
{
	return a->verdict == VERDICT_NOT_EVIDENCED && b->verdict == VERDICT_NOT_EVIDENCED && !strcmp(a->why, b->why) && a->severity == b->severity;
}

static bool is_first(const struct report *r, size_t deployment, size_t control)
{
	const struct report_cell *c = report_cell_at(r, deployment, control);

	for (size_t i = 0; i < deployment; i++)
		if (shares(report_cell_at(r, i, control), c))
			return false;
	return c->verdict == VERDICT_NOT_EVIDENCED;
}

/* "Without evidence  rdv: aws_s3_bucket.logs, ..." */
static void put_lacks(struct paper *p, struct str *s, enum text_id label, const char *deployment, const char *const *list, size_t count)
{
	if (!count)
		return;
	str_printf(s, "%s%s", deployment, p->lang == LANG_FR ? " : " : ": ");
	for (size_t i = 0; i < count && i < SHOWN_SUBJECTS; i++)
		str_printf(s, "%s%s", i ? ", " : "", list[i]);
	if (count > SHOWN_SUBJECTS)
		str_printf(s, " +%zu %s", count - SHOWN_SUBJECTS, text(TEXT_MORE, p->lang));
	paper_field(p, label, str_get(s).p);
	str_clear(s);
}

static void put_entry(struct paper *p, const struct report *r, size_t deployment, size_t control)
{
	const struct report_cell *first = report_cell_at(r, deployment, control);
	const struct control *c = r->controls[control].control;
	struct str s = STR_INIT(1 << 20);

	paper_put(p, INK_BOLD, c->id);
	paper_put(p, INK_PLAIN, "  ");
	paper_words(p, INK_BOLD, PAPER_INDENT, both_in(&c->title, p->lang));
	paper_end(p);
	for (size_t i = deployment; i < r->deployment_count; i++)
		if (shares(report_cell_at(r, i, control), first))
			str_printf(&s, "%s%s", s.n ? ", " : "", r->deployments[i].id);
	paper_field(p, TEXT_SYSTEM, str_get(&s).p);
	str_clear(&s);
	paper_field(p, TEXT_SEVERITY, severity_text(first->severity, p->lang));
	paper_field(p, TEXT_WHY, why_text(first->why, p->lang));
	for (size_t i = deployment; i < r->deployment_count; i++) {
		const struct report_cell *x = report_cell_at(r, i, control);

		if (!shares(x, first))
			continue;
		put_lacks(p, &s, TEXT_MISSING_SUBJECTS, r->deployments[i].id, x->missing, x->missing_count);
		put_lacks(p, &s, TEXT_UNDECLARED_FIELDS, r->deployments[i].id, x->not_declared, x->not_declared_count);
	}
	paper_field(p, TEXT_ASK_FOR, both_in(&c->shown_by, p->lang));
	paper_end(p);
	str_free(&s);
}

void terminal_not_shown(struct paper *p, const struct report *r)
{
	bool told = false;

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		for (size_t c = 0; c < r->control_count; c++)
			for (size_t d = 0; d < r->deployment_count; d++) {
				if ((int)report_cell_at(r, d, c)->severity != s || !is_first(r, d, c))
					continue;
				if (!told) {
					paper_put(p, INK_BOLD, text(TEXT_NOT_SHOWN, p->lang));
					paper_end(p);
					paper_words(p, INK_PLAIN, 0, text(TEXT_NOT_SHOWN_HELP, p->lang));
					paper_end(p);
					paper_end(p);
				}
				told = true;
				put_entry(p, r, d, c);
			}
}
