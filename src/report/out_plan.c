/* SPDX-License-Identifier: EUPL-1.2 */
/* The remedy plan as Markdown with boxes to tick: one part for each who acts, the most urgent first. */
#include "report/markdown.h"
#include "report/plain.h"
#include "report/plan.h"

struct page {
	struct str *out;
	const struct report *report;
	enum lang lang;
	struct str text;
};

static void put_item(struct page *p, enum text_id label, const char *value, bool code)
{
	if (!value || !*value)
		return;
	str_printf(p->out, "  - %s%s", text(label, p->lang), p->lang == LANG_FR ? " : " : ": ");
	if (code)
		md_code(p->out, value);
	else
		md_text(p->out, value);
	str_char(p->out, '\n');
}

static void put_scratch(struct page *p, enum text_id label, bool code)
{
	put_item(p, label, str_get(&p->text).p, code);
	str_clear(&p->text);
}

static void put_head(struct page *p, const struct plan_task *t, const char *title)
{
	str_printf(p->out, "- [ ] **%s %s**, %s%s ", text(TEXT_DUE, p->lang), t->due, severity_text(t->severity, p->lang), p->lang == LANG_FR ? " :" : ":");
	md_text(p->out, title);
	str_char(p->out, '\n');
	put_item(p, TEXT_DEPLOYMENT, t->deployment, true);
}

static void put_correction(struct page *p, const struct plan_task *t)
{
	const struct report_finding *f = t->findings[0];

	put_head(p, t, both_in(&f->title, p->lang));
	put_item(p, TEXT_REMEDY, both_in(&f->fix, p->lang), false);
	report_law(&p->text, p->report, f->controls, f->control_count, p->lang);
	put_scratch(p, TEXT_LAW, false);
	for (size_t i = 0; i < t->count; i++) {
		str_printf(p->out, "  - %s%s", text(TEXT_FILE, p->lang), p->lang == LANG_FR ? " : " : ": ");
		plan_place(&p->text, t->findings[i]);
		md_code(p->out, str_get(&p->text).p);
		str_clear(&p->text);
		str_printf(p->out, " (%s/%u)\n", t->findings[i]->fingerprint, t->findings[i]->occurrence);
	}
}

static void put_document(struct page *p, const struct plan_task *t)
{
	const struct control *c = report_control_named(p->report, t->cell->control);

	str_printf(&p->text, "%s %s", c->id, both_in(&c->title, p->lang));
	put_head(p, t, str_get(&p->text).p);
	str_clear(&p->text);
	put_item(p, TEXT_TO_SHOW, both_in(&c->requirement, p->lang), false);
	put_item(p, TEXT_SHOWN_BY, both_in(&c->shown_by, p->lang), false);
	put_item(p, TEXT_WHY, why_text(t->cell->why, p->lang), false);
}

static void put_actor(struct page *p, enum plan_actor actor, const struct plan_task *tasks, size_t count)
{
	bool shown = false, documents = false;

	for (size_t i = 0; i < count; i++) {
		if (tasks[i].actor != actor)
			continue;
		if (!shown)
			str_printf(p->out, "\n## %s\n", plan_actor_text(actor, p->lang));
		if (!documents && tasks[i].cell)
			str_printf(p->out, "\n### %s\n\n", text(TEXT_TO_SHOW, p->lang));
		else if (!shown)
			str_printf(p->out, "\n### %s\n\n", text(TEXT_TO_CORRECT, p->lang));
		shown = true;
		documents |= tasks[i].cell != NULL;
		if (tasks[i].cell)
			put_document(p, &tasks[i]);
		else
			put_correction(p, &tasks[i]);
	}
}

static int plan_write(struct str *out, const struct report *r, enum lang lang)
{
	struct page p = {.out = out, .report = r, .lang = lang, .text = STR_INIT(1 << 20)};
	struct arena *a = arena_new();
	struct plan_task *tasks;
	size_t count = plan_make(a, r, &tasks);

	str_printf(out, "# %s\n\n", text(TEXT_PLAN, lang));
	if (r->facility) {
		md_text(out, r->facility);
		str_text(out, ", ");
	}
	str_printf(out, "%s %s. %s\n", text(TEXT_DATE, lang), r->date, text(TEXT_PLAN_HELP, lang));
	for (int actor = 0; actor < ACTORS; actor++)
		put_actor(&p, (enum plan_actor)actor, tasks, count);
	if (!count)
		str_printf(out, "\n%s\n", text(TEXT_NOTHING_HERE, lang));
	str_free(&p.text);
	arena_free(a);
	return str_failed(out) ? -1 : 0;
}

const struct writer writer_plan = {
	.name = "plan", .help = "remedy plan in Markdown: who does what by when", .mime = "text/markdown", .extension = "md", .write = plan_write,
};
