/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables behind the findings: deadlines, what is open, not evidenced, evidenced, waived, read. */
#include "report/pdf.h"

static const char *owner(struct pdf *d, const char *deployment)
{
	return deployment ? deployment : text(TEXT_FACILITY_LINE, doc_lang(d));
}

static void begin(struct pdf *d, enum text_id title, enum text_id lead, bool has_lead)
{
	flow_heading(d, HEADING_PART, text(title, doc_lang(d)), 80 * POINT);
	if (has_lead)
		flow_lead(d, lead);
}

/* ------------------------------------------------------------------ deadlines */

static const char *distance(struct pdf *d, int days)
{
	enum lang lang = doc_lang(d);

	if (days <= 0)
		return text(days < 0 ? TEXT_DEADLINE_PAST : TEXT_DEADLINE_TODAY, lang);
	return arena_printf(doc_scratch(d), "%s %d %s", text(TEXT_DEADLINE_IN, lang), days, text(TEXT_DEADLINE_DAYS, lang));
}

void pdf_deadlines(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct table t = {.doc = d, .columns = 4, .widths = {62 * POINT, 92 * POINT, 190 * POINT, TEXT_WIDTH - 344 * POINT},
			  .heads = {TEXT_DEADLINE_DATE, TEXT_DEADLINE_WHEN, TEXT_DEADLINE_WHAT, TEXT_DEPLOYMENT}};

	if (!r->deadline_count)
		return;
	begin(d, TEXT_DEADLINES, TEXT_DEADLINES, false);
	table_open(&t);
	for (size_t i = 0; i < r->deadline_count; i++) {
		const struct report_deadline *at = &r->deadlines[i];
		uint32_t ink = at->days < 0 ? severity_ink(SEVERITY_CRITICAL) : at->days <= 90 ? severity_ink(SEVERITY_HIGH) : INK_TEXT;

		add_text(&t.cells[0], at->date);
		add(&t.cells[1], at->days <= 90 ? FONT_BOLD : FONT_SANS, 9200, ink, distance(d, at->days));
		add_text(&t.cells[2], deadline_text(at->kind, doc_lang(d)));
		if (at->name)
			add_text(&t.cells[2], arena_printf(doc_scratch(d), "%s %s", doc_lang(d) == LANG_FR ? "\u00a0:" : ":", value_cut(doc_scratch(d), at->name)));
		if (at->name && report_control_named(r, at->name))
			add_text(&t.cells[2], arena_printf(doc_scratch(d), ", %s", both_in(&report_control_named(r, at->name)->title, doc_lang(d))));
		if (at->deployment)
			add_text(&t.cells[3], deployment_label(d, at->deployment));
		table_row(&t);
	}
	table_close(&t);
}

/* ------------------------------------------------------------------ unknown and incomplete */

static void fill_open(struct pdf *d, struct table *t, const struct report_finding *f)
{
	struct arena *a = doc_scratch(d);

	add_text(&t->cells[0], doc_report(d)->facility ? owner(d, f->deployment) : f->rule);
	add_verdict(d, &t->cells[1], f->verdict);
	add_bold(&t->cells[2], both_in(&f->title, doc_lang(d)));
	add_mono(&t->cells[2], arena_printf(a, "\n%s", f->rule));
	if (f->why_incomplete.en)
		add_small(&t->cells[2], arena_printf(a, "\n%s", value_cut(a, both_in(&f->why_incomplete, doc_lang(d)))));
	if (f->place_count)
		add_place(d, &t->cells[3], &f->places[0]);
	add(&t->cells[3], FONT_MONO, 6000, INK_SOFT, arena_printf(a, "\n%s", f->fingerprint));
}

void pdf_open_points(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct table t = {.doc = d, .columns = 4, .widths = {92 * POINT, 72 * POINT, 165 * POINT, TEXT_WIDTH - 329 * POINT},
			  .heads = {TEXT_DEPLOYMENT, TEXT_VERDICT, TEXT_FINDINGS, TEXT_FILE}, .header_column = 2};

	begin(d, TEXT_UNKNOWN_AND_OPEN, TEXT_UNKNOWN_HELP, true);
	for (size_t i = 0; i < r->finding_count; i++) {
		if (r->findings[i].outcome == OUTCOME_AGAINST)
			continue;
		if (!t.open)
			table_open(&t);
		fill_open(d, &t, &r->findings[i]);
		t.target = &doc_targets(d)->findings[i];
		table_row(&t);
	}
	if (t.open)
		table_close(&t);
	else
		flow_words(d, text(TEXT_NOTHING_HERE, doc_lang(d)));
}

/* ------------------------------------------------------------------ not evidenced */

#define SHOWN_SUBJECTS 6

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

static bool same_list(const char *const *a, size_t a_count, const char *const *b, size_t b_count)
{
	for (size_t i = 0; i < a_count && i < b_count; i++)
		if (strcmp(a[i], b[i]))
			return false;
	return a_count == b_count;
}

struct lacks {                  /* what is missing in a cell: subjects without evidence, or fields that are not declared */
	enum text_id label;
	const char *const *list;
	size_t count;
};

static struct lacks lacks_of(const struct report_cell *c, enum text_id label)
{
	return label == TEXT_MISSING_SUBJECTS ? (struct lacks){label, c->missing, c->missing_count}
					      : (struct lacks){label, c->not_declared, c->not_declared_count};
}

static void add_lacks(struct pdf *d, struct pieces *p, const char *owners, const struct lacks *l)
{
	struct arena *a = doc_scratch(d);

	add_small(p, arena_printf(a, "\n%s%s%s%s", owners, *owners ? ", " : "", text(l->label, doc_lang(d)), doc_lang(d) == LANG_FR ? "\u00a0: " : ": "));
	for (size_t i = 0; i < l->count && i < SHOWN_SUBJECTS; i++)
		add(p, FONT_MONO, 7000, INK_SOFT, arena_printf(a, "%s%s", i ? ", " : "", l->list[i]));
	if (l->count > SHOWN_SUBJECTS)
		add_small(p, arena_printf(a, " +%zu %s", l->count - SHOWN_SUBJECTS, text(TEXT_MORE, doc_lang(d))));
}

/* The same gaps are told once, with whose they are; without names when all deployments of the row have them. */
static void add_all_lacks(struct pdf *d, struct pieces *p, size_t deployment, size_t control, enum text_id label)
{
	const struct report *r = doc_report(d);
	const struct report_cell *first = report_cell_at(r, deployment, control);
	bool *told = ARENA_ARRAY(doc_scratch(d), bool, r->deployment_count + 1);

	for (size_t i = deployment; i < r->deployment_count; i++) {
		const struct report_cell *at = report_cell_at(r, i, control);
		const struct lacks l = lacks_of(at, label);
		struct str owners = STR_INIT(1024 * 1024);
		bool all = i == deployment;

		if (told[i] || !shares_row(at, first) || !l.count) {
			str_free(&owners);
			continue;
		}
		for (size_t k = i; k < r->deployment_count; k++) {
			const struct report_cell *other = report_cell_at(r, k, control);
			const struct lacks m = lacks_of(other, label);
			bool same = shares_row(other, first) && same_list(l.list, l.count, m.list, m.count);

			all = all && (same || !shares_row(other, first));
			told[k] = told[k] || same;
			if (same)
				str_printf(&owners, "%s%s", owners.n ? ", " : "", other->deployment);
		}
		add_lacks(d, p, all ? "" : arena_str(doc_scratch(d), str_get(&owners).p), &l);
		str_free(&owners);
	}
}

static void fill_not_shown(struct pdf *d, struct table *t, size_t deployment, size_t control)
{
	const struct report *r = doc_report(d);
	const struct report_cell *first = report_cell_at(r, deployment, control);
	const struct control *c = r->controls[control].control;
	size_t put = 0;

	add_severity(d, &t->cells[0], first->severity);
	add(&t->cells[0], FONT_BOLD, 7600, INK_SOFT, arena_printf(doc_scratch(d), "  %s", first->control));
	add_bold(&t->cells[0], arena_printf(doc_scratch(d), "\n%s", both_in(&c->title, doc_lang(d))));
	add(&t->cells[2], FONT_SANS, 8600, INK_TEXT, why_text(first->why, doc_lang(d)));
	add(&t->cells[3], FONT_SANS, 8600, INK_TEXT, both_in(&c->shown_by, doc_lang(d)));
	for (size_t i = deployment; i < r->deployment_count; i++) {
		const struct report_cell *at = report_cell_at(r, i, control);

		if (!shares_row(at, first))
			continue;
		add(&t->cells[1], FONT_SANS, 8200, INK_TEXT, arena_printf(doc_scratch(d), "%s%s", put++ ? ", " : "", at->deployment));
	}
	add_all_lacks(d, &t->cells[2], deployment, control, TEXT_MISSING_SUBJECTS);
	add_all_lacks(d, &t->cells[2], deployment, control, TEXT_FIELDS_ABSENT);
}

/* The gravest controls first: what a person must ask for tomorrow stands on top. */
void pdf_not_shown(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct table t = {.doc = d, .columns = 4, .widths = {138 * POINT, 84 * POINT, 140 * POINT, TEXT_WIDTH - 362 * POINT},
			  .heads = {TEXT_CONTROL, TEXT_DEPLOYMENTS, TEXT_REASON, TEXT_SHOWN_BY}};

	begin(d, TEXT_NOT_SHOWN, TEXT_NOT_SHOWN_HELP, true);
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		for (size_t c = 0; c < r->control_count; c++)
			for (size_t i = 0; i < r->deployment_count; i++) {
				if ((int)report_cell_at(r, i, c)->severity != s || !row_is_new(r, i, c))
					continue;
				if (!t.open)
					table_open(&t);
				fill_not_shown(d, &t, i, c);
				table_row(&t);
			}
	if (t.open)
		table_close(&t);
	else
		flow_words(d, text(TEXT_NOTHING_HERE, doc_lang(d)));
}

/* ------------------------------------------------------------------ evidence for */

static void fill_support(struct pdf *d, struct table *t, const struct report_finding *f)
{
	struct arena *a = doc_scratch(d);

	add(&t->cells[0], FONT_SANS, 7800, INK_TEXT, owner(d, f->deployment));
	for (size_t i = 0; i < f->control_count; i++)
		add(&t->cells[0], FONT_SANS, 7000, INK_SOFT, arena_printf(a, "%s%s", i ? ", " : "\n", f->controls[i]));
	add(&t->cells[1], FONT_SANS, 7800, INK_TEXT, value_cut(a, f->subject ? f->subject : f->rule));
	add(&t->cells[1], FONT_MONO, 6600, INK_SOFT, arena_printf(a, "\n%s", f->rule));
	if (f->value)
		add(&t->cells[2], FONT_SANS, 7800, INK_TEXT, value_cut(a, f->value));
	if (f->place_count)
		add_place(d, &t->cells[3], &f->places[0]);
}

void pdf_support(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct table t = {.doc = d, .columns = 4, .widths = {100 * POINT, 150 * POINT, 92 * POINT, TEXT_WIDTH - 342 * POINT},
			  .heads = {TEXT_DEPLOYMENT, TEXT_EVIDENCE_FOR, TEXT_OBSERVED, TEXT_FILE}, .header_column = 1};

	begin(d, TEXT_EVIDENCE_FOR, TEXT_EVIDENCE_FOR, false);
	if (!r->support_count) {
		flow_words(d, text(TEXT_NOTHING_HERE, doc_lang(d)));
		return;
	}
	flow_words(d, arena_printf(doc_arena(d), "%zu %s", r->support_count, text(TEXT_PLACES_FOR, doc_lang(d))));
	table_open(&t);
	for (size_t i = 0; i < r->support_count; i++) {
		fill_support(d, &t, &r->support[i]);
		table_row(&t);
	}
	table_close(&t);
}

/* ------------------------------------------------------------------ waivers */

static void fill_waiver(struct pdf *d, struct table *t, const struct report_waiver *w)
{
	const char *state = text(w->expired ? TEXT_EXPIRED : w->outgrown ? TEXT_OUTGROWN : w->used ? TEXT_USED : TEXT_UNUSED, doc_lang(d));

	add_bold(&t->cells[0], w->target);
	add_small(&t->cells[0], arena_printf(doc_scratch(d), "\n%s", w->place ? value_cut(doc_scratch(d), w->place) : w->deployment ? w->deployment : ""));
	add_text(&t->cells[1], w->reason);
	add_text(&t->cells[2], w->approver);
	add_text(&t->cells[3], w->until);
	add_text(&t->cells[4], w->used ? arena_printf(doc_scratch(d), "%s (%zu)", state, w->used) : state);
}

void pdf_waivers(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct table t = {.doc = d, .columns = 5, .widths = {105 * POINT, TEXT_WIDTH - 335 * POINT, 100 * POINT, 62 * POINT, 68 * POINT},
			  .heads = {TEXT_TARGET, TEXT_REASON, TEXT_APPROVER, TEXT_UNTIL, TEXT_STATE}};

	begin(d, TEXT_WAIVERS, TEXT_WAIVERS, false);
	if (!r->waiver_count) {
		flow_words(d, text(TEXT_NO_WAIVERS, doc_lang(d)));
		return;
	}
	table_open(&t);
	for (size_t i = 0; i < r->waiver_count; i++) {
		fill_waiver(d, &t, &r->waivers[i]);
		table_row(&t);
	}
	table_close(&t);
}

/* ------------------------------------------------------------------ inputs and remarks */

static void fill_input(struct pdf *d, struct table *t, const struct report_input *in)
{
	struct arena *a = doc_scratch(d);

	add(&t->cells[0], FONT_BOLD, 8000, INK_TEXT, in->name);
	if (in->sha256)
		add(&t->cells[0], FONT_MONO, 6000, INK_SOFT, arena_printf(a, "\n%s", in->sha256));
	add(&t->cells[1], FONT_SANS, 8000, INK_TEXT, in->dialect ? in->dialect : in->format);
	add(&t->cells[2], FONT_SANS, 8000, INK_TEXT, status_text(in->status, doc_lang(d)));
	if (in->reason.en)
		add_small(&t->cells[2], arena_printf(a, "\n%s", value_cut(a, both_in(&in->reason, doc_lang(d)))));
	add(&t->cells[3], FONT_SANS, 8000, INK_TEXT, arena_printf(a, "%llu", (unsigned long long)in->size));
}

void pdf_inputs(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct table t = {.doc = d, .columns = 4, .widths = {TEXT_WIDTH - 220 * POINT, 72 * POINT, 90 * POINT, 58 * POINT},
			  .heads = {TEXT_FILE_AND_DIGEST, TEXT_FORMAT, TEXT_STATE, TEXT_SIZE}, .numeric = {[3] = true}};

	begin(d, TEXT_INPUTS, TEXT_INPUTS, false);
	table_open(&t);
	for (size_t i = 0; i < r->input_count; i++) {
		fill_input(d, &t, &r->inputs[i]);
		table_row(&t);
	}
	table_close(&t);
}

void pdf_diagnostics(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct table t = {.doc = d, .columns = 3, .widths = {180 * POINT, 72 * POINT, TEXT_WIDTH - 252 * POINT},
			  .heads = {TEXT_FILE, TEXT_SEVERITY, TEXT_DIAGNOSTICS}};

	begin(d, TEXT_DIAGNOSTICS, TEXT_DIAGNOSTICS, false);
	if (!r->diag_count) {
		flow_words(d, text(TEXT_NO_DIAGNOSTICS, doc_lang(d)));
		return;
	}
	table_open(&t);
	for (size_t i = 0; i < r->diag_count; i++) {
		const struct report_diag *g = &r->diags[i];

		if (g->document)
			add(&t.cells[0], FONT_BOLD, 8000, INK_TEXT, g->line ? arena_printf(doc_scratch(d), "%s:%u:%u", g->document, g->line, g->column) : g->document);
		add(&t.cells[1], FONT_SANS, 8000, INK_TEXT, diag_level_text(g->level, doc_lang(d)));
		add(&t.cells[2], FONT_SANS, 8000, INK_TEXT, value_cut(doc_scratch(d), both_in(&g->text, doc_lang(d))));
		table_row(&t);
	}
	table_close(&t);
}
