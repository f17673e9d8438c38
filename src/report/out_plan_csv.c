/* SPDX-License-Identifier: EUPL-1.2 */
/* The remedy plan as CSV, one row a task. It is opened by people in a spreadsheet: hence the byte-order mark, without which accents are lost. */
#include "report/csv.h"
#include "report/plain.h"
#include "report/plan.h"

static const char *vendor_of(const struct report *r, const char *deployment)
{
	for (size_t i = 0; deployment && i < r->deployment_count; i++)
		if (!strcmp(r->deployments[i].id, deployment))
			return r->deployments[i].vendor;
	return NULL;
}

static void put_scratch(struct str *out, struct str *s)
{
	csv_cell(out, str_get(s).p);
	str_clear(s);
}

static void put_correction(struct str *out, struct str *s, const struct report *r, const struct plan_task *t, enum lang lang)
{
	const struct report_finding *f = t->findings[0];

	csv_cell(out, f->rule);
	csv_cell(out, both_in(&f->title, lang));
	csv_cell(out, both_in(&f->fix, lang));
	report_law(s, r, f->controls, f->control_count, lang);
	put_scratch(out, s);
	for (size_t i = 0; i < t->count; i++) {
		str_text(s, i ? " ; " : "");
		plan_place(s, t->findings[i]);
	}
	put_scratch(out, s);
	for (size_t i = 0; i < t->count; i++)
		str_printf(s, "%s%s/%u", i ? " " : "", t->findings[i]->fingerprint, t->findings[i]->occurrence);
	put_scratch(out, s);
}

static void put_document(struct str *out, struct str *s, const struct report *r, const struct plan_task *t, enum lang lang)
{
	const struct control *c = report_control_named(r, t->cell->control);

	csv_cell(out, c->id);
	csv_cell(out, both_in(&c->title, lang));
	csv_cell(out, both_in(&c->shown_by, lang));
	report_law(s, r, &c->id, 1, lang);
	put_scratch(out, s);
	csv_cell(out, NULL);
	csv_cell(out, NULL);
}

static int plan_csv_write(struct str *out, const struct report *r, enum lang lang)
{
	static const char *const heads[] = {"actor", "due", "severity", "kind", "deployment", "vendor", "subject", "title", "remedy", "law", "places", "fingerprints"};
	struct str s = STR_INIT(1 << 20);
	struct arena *a = arena_new();
	struct plan_task *tasks;
	size_t count = plan_make(a, r, &tasks);

	str_text(out, "\xef\xbb\xbf\"actor\"");
	for (size_t i = 1; i < sizeof heads / sizeof *heads; i++)
		csv_cell(out, heads[i]);
	csv_end(out);
	for (size_t i = 0; i < count; i++) {
		const struct plan_task *t = &tasks[i];

		csv_cell(out, plan_actor_names[t->actor]);
		csv_cell(out, t->due);
		csv_cell(out, severity_names[t->severity]);
		csv_cell(out, t->cell ? "show" : "correct");
		csv_cell(out, t->deployment);
		csv_cell(out, vendor_of(r, t->deployment));
		if (t->cell)
			put_document(out, &s, r, t, lang);
		else
			put_correction(out, &s, r, t, lang);
		csv_end(out);
	}
	str_free(&s);
	arena_free(a);
	return str_failed(out) ? -1 : 0;
}

const struct writer writer_plan_csv = {
	.name = "plan-csv", .help = "remedy plan as CSV", .mime = "text/csv", .extension = "csv", .write = plan_csv_write,
};
