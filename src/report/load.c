/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * report.json back into the model, through the same JSON reader as any input. The file may come from anybody: what writers rely
 * on (no NULL where a text must be, indices within range, a full matrix) is checked here, once. The first mistake is told
 * with its line and column. Members that this version does not know are passed over.
 */
#include "report/load_member.h"

#include "base/limits.h"

/* ------------------------------------------------------------------ parts */

static void severities(struct load *l, const struct fact *block, const char *key, size_t *counts)
{
	const struct fact *f = load_member(l, block, key);

	for (int s = SEVERITY_INFO; s <= SEVERITY_CRITICAL; s++)
		counts[s] = load_count(l, f, severity_names[s]);
}

/* A report may come from anybody, and its links end up in a page: nothing but addresses of the web. */
static void make_citation(struct load *l, const struct fact *f, void *to)
{
	struct citation *c = to;

	c->text = (struct both){load_needed_text(l, f, "fr"), load_needed_text(l, f, "en")};
	c->url = load_text(l, f, "url");
	if (c->url && !url_is_web(c->url))
		load_refuse(l, f, "no address of the web in", "url");
}

static void make_control(struct load *l, const struct fact *f, void *to)
{
	struct control *c = ARENA_NEW(l->arena, struct control);

	c->id = load_needed_text(l, f, "id");
	c->area = load_needed_text(l, f, "area");
	c->title = load_both(l, f, "title");
	c->requirement = load_both(l, f, "requirement");
	c->remedy = load_both(l, f, "remedy");
	c->shown_by = fact_child(f, "shown_by") ? load_both(l, f, "shown_by") : c->remedy;      /* reports made before have none */
	c->sources = load_items(l, f, "sources", sizeof *c->sources, make_citation, &c->source_count);
	c->bound = load_texts(l, f, "bound", &c->bound_count);
	c->from = load_date(l, f, "from");
	c->until = load_date(l, f, "until");
	c->severity = load_severity(l, f, "severity");
	((struct report_control *)to)->control = c;
}

static void make_deployment(struct load *l, const struct fact *f, void *to)
{
	struct report_deployment *d = to;
	const struct fact *documents = load_member(l, f, "documents"), *verdicts = load_member(l, f, "verdicts");

	d->id = load_needed_text(l, f, "id");
	d->name = load_text(l, f, "name");
	d->purpose = load_text(l, f, "purpose");
	d->vendor = load_text(l, f, "vendor");
	d->advice = (enum advice)load_word(l, f, "advice", advice_names, ADVICE_CANNOT_CONCLUDE + 1);
	d->incomplete = load_yes(l, f, "incomplete");
	d->partial = load_yes(l, f, "partial");
	d->why = load_text(l, f, "why");
	d->docs = load_count(l, documents, "covered");
	d->docs_read = load_count(l, documents, "read");
	d->docs_partial = load_count(l, documents, "partial");
	for (int v = 0; v < VERDICTS; v++)
		d->verdicts[v] = load_count(l, verdicts, verdict_names[v]);
	severities(l, f, "findings", d->by_severity);
}

static void make_place(struct load *l, const struct fact *f, void *to)
{
	struct report_place *p = to;
	const struct fact *excerpt = load_member(l, f, "excerpt");

	p->role = (enum place_role)LOAD_WORD(l, f, "role", "decides", "declared", "set_at", "related");
	p->document = load_text(l, f, "document");
	p->path = load_text(l, f, "path");
	p->line = load_small(l, f, "line");
	p->column = load_small(l, f, "column");
	p->end_line = load_small(l, f, "end_line");
	p->end_column = load_small(l, f, "end_column");
	if (!excerpt || excerpt->kind == FACT_NULL)
		return;
	p->excerpt = load_needed_text(l, excerpt, "text");
	p->excerpt_from = load_small(l, excerpt, "from");
	p->excerpt_to = load_small(l, excerpt, "to");
}

static void load_waived(struct load *l, const struct fact *f, struct report_finding *to)
{
	const struct fact *waived = load_member(l, f, "waived");

	if (!waived || waived->kind == FACT_NULL)
		return;
	to->waived_by = load_needed_text(l, waived, "by");
	to->waived_until = load_needed_text(l, waived, "until");
	to->waived_reason = load_needed_text(l, waived, "reason");
}

/* The verdict of a finding says what came out; the outcome follows. */
static void load_verdict(struct load *l, const struct fact *f, struct report_finding *to)
{
	static const char *const names[] = {"conform", "unknown", "incomplete", "nonconform", "contradicted", "undeclared", "to_confirm", "not_applicable"};
	static const enum outcome outcomes[] = {OUTCOME_FOR, OUTCOME_UNKNOWN, OUTCOME_INCOMPLETE};
	int i = load_word(l, f, "verdict", names, sizeof names / sizeof *names);

	to->verdict = names[i];
	to->outcome = i < 3 ? outcomes[i] : OUTCOME_AGAINST;
}

static void load_baseline(struct load *l, const struct fact *f, struct report_finding *to)
{
	static const char *const names[] = {"new", "old"};

	if (load_text(l, f, "baseline"))
		to->baseline = names[load_word(l, f, "baseline", names, 2)];
}

static void make_finding(struct load *l, const struct fact *f, void *to)
{
	struct report_finding *x = to;

	x->rule = load_needed_text(l, f, "rule");
	x->area = load_needed_text(l, f, "area");
	x->severity = load_severity(l, f, "severity");
	x->confidence = (enum confidence)load_word(l, f, "confidence", confidence_names, CONFIDENCE_HIGH + 1);
	x->deployment = load_text(l, f, "deployment");
	x->fingerprint = load_needed_text(l, f, "fingerprint");
	x->occurrence = load_small(l, f, "occurrence");
	x->title = load_both(l, f, "title");
	x->why = load_both(l, f, "why");
	x->fix = load_both(l, f, "fix");
	x->rule_source = load_text(l, f, "source");
	x->why_incomplete = said(l->arena, load_text(l, f, "why_incomplete"));
	x->rule_version = (int)load_number(l, f, "rule_version", INT32_MAX);
	x->value = load_text(l, f, "value");
	x->declared = load_text(l, f, "declared");
	x->subject = load_text(l, f, "subject");
	x->missing = load_yes(l, f, "missing");
	x->count = load_count(l, f, "count");
	x->controls = load_texts(l, f, "controls", &x->control_count);
	x->places = load_items(l, f, "places", sizeof *x->places, make_place, &x->place_count);
	load_verdict(l, f, x);
	load_baseline(l, f, x);
	load_waived(l, f, x);
}

static void make_input(struct load *l, const struct fact *f, void *to)
{
	struct report_input *x = to;

	x->name = load_needed_text(l, f, "name");
	x->sha256 = load_needed_text(l, f, "sha256");
	x->format = load_text(l, f, "format");
	x->dialect = load_text(l, f, "dialect");
	x->reason = said(l->arena, load_text(l, f, "reason"));
	x->size = load_number(l, f, "size", NUMBER_MAX);
	x->facts = load_count(l, f, "facts");
	x->status = (enum doc_status)LOAD_WORD(l, f, "status", "read", "partial", "unreadable", "skipped");
	x->deployments = load_texts(l, f, "deployments", &x->deployment_count);
}

static void make_diag(struct load *l, const struct fact *f, void *to)
{
	struct report_diag *d = to;

	d->level = (enum diag_level)LOAD_WORD(l, f, "level", "note", "warning", "error");
	d->document = load_text(l, f, "document");
	d->line = load_small(l, f, "line");
	d->column = load_small(l, f, "column");
	d->code = load_needed_text(l, f, "code");
	d->text = said(l->arena, load_needed_text(l, f, "text"));
}

static void make_waiver(struct load *l, const struct fact *f, void *to)
{
	struct report_waiver *x = to;

	x->target = load_needed_text(l, f, "target");
	x->deployment = load_needed_text(l, f, "deployment");
	x->reason = load_needed_text(l, f, "reason");
	x->approver = load_needed_text(l, f, "approver");
	x->until = load_needed_text(l, f, "until");
	x->place = fact_child(f, "place") ? load_text(l, f, "place") : NULL;
	x->used = load_count(l, f, "used");
	x->expired = load_yes(l, f, "expired");
	x->outgrown = load_yes(l, f, "outgrown");
}

static void make_deadline(struct load *l, const struct fact *f, void *to)
{
	struct report_deadline *d = to;

	d->kind = load_needed_text(l, f, "kind");
	d->date = load_needed_text(l, f, "date");
	d->deployment = load_text(l, f, "deployment");
	d->name = load_text(l, f, "name");
	d->days = load_days(l, f, "days");
}

static void make_flow(struct load *l, const struct fact *f, void *to)
{
	struct report_flow *flow = to;

	flow->use = load_needed_text(l, f, "use");
	flow->country = load_needed_text(l, f, "country");
	flow->deployment = load_text(l, f, "deployment");
	flow->in_eea = load_yes(l, f, "in_eea");
	flow->count = load_count(l, f, "count");
}

static void make_component(struct load *l, const struct fact *f, void *to)
{
	struct report_component *c = to;

	c->kind = (enum component_kind)LOAD_WORD(l, f, "kind", "call", "model");
	c->name = load_needed_text(l, f, "name");
	c->publisher = load_text(l, f, "publisher");
	c->country = load_text(l, f, "country");
	c->category = load_text(l, f, "category");
	c->deployment = load_text(l, f, "deployment");
	c->document = load_text(l, f, "document");
	c->line = load_small(l, f, "line");
	c->count = load_count(l, f, "count");
}

/* ------------------------------------------------------------------ the matrix */

static void load_cell(struct load *l, const struct report *r, const struct fact *f, struct report_cell *c)
{
	c->deployment = load_text(l, f, "deployment");
	c->control = load_needed_text(l, f, "control");
	c->verdict = (enum verdict)load_word(l, f, "verdict", verdict_names, VERDICTS);
	c->below = (enum verdict)load_word(l, f, "below", verdict_names, VERDICTS);
	c->partial = load_yes(l, f, "partial");
	c->severity = load_severity(l, f, "severity");
	c->why = load_text(l, f, "why");
	c->findings = load_indices(l, f, "findings", r->finding_count, &c->finding_count);
	c->support = load_indices(l, f, "support", r->support_count, &c->support_count);
	c->missing = load_texts(l, f, "missing", &c->missing_count);
	c->not_declared = load_texts(l, f, "not_declared", &c->not_declared_count);
}

/* Writers find a cell by arithmetic: every deployment with every control, in their orders, then the facility's. */
static bool cell_stands_right(const struct report *r, size_t i)
{
	const struct report_cell *c = &r->cells[i];
	size_t inside = r->deployment_count * r->control_count;

	if (i >= inside)
		return !c->deployment && report_control_named(r, c->control);
	return c->deployment && !strcmp(c->deployment, r->deployments[i / r->control_count].id) &&
	       !strcmp(c->control, r->controls[i % r->control_count].control->id);
}

static void load_cells(struct load *l, const struct fact *root, struct report *r)
{
	const struct fact *f = load_list(l, root, "verdicts", &r->cell_count);
	size_t i = 0;

	r->cells = ARENA_ARRAY(l->arena, struct report_cell, r->cell_count + 1);
	if (r->cell_count < r->deployment_count * r->control_count)
		load_refuse(l, f, "the matrix is not full in", "verdicts");
	for (const struct fact *item = f ? f->first : NULL; item && !l->e->text[0]; item = item->next, i++) {
		load_cell(l, r, item, &r->cells[i]);
		if (!cell_stands_right(r, i))
			load_refuse(l, item, "a cell stands out of order in", "verdicts");
	}
}

/* ------------------------------------------------------------------ all of it */

static void load_summary(struct load *l, const struct fact *root, struct report *r)
{
	const struct fact *summary = load_member(l, root, "summary");

	severities(l, summary, "findings", r->by_severity);
	r->doubts = load_count(l, summary, "doubts");
	r->unknowns = load_count(l, summary, "unknowns");
	r->incompletes = load_count(l, summary, "incompletes");
	r->waived = load_count(l, summary, "waived");
	r->old = load_count(l, summary, "old");
	r->incomplete = load_yes(l, summary, "incomplete");
}

static void load_head(struct load *l, const struct fact *root, struct report *r)
{
	static const char *const kinds[] = {"audit", "check"};
	const struct fact *facility = load_member(l, root, "facility"), *rules = load_member(l, root, "rules");

	if (load_small(l, root, "schema") != 1)
		load_refuse(l, root, "another version in", "schema");
	r->kind = kinds[load_word(l, root, "kind", kinds, 2)];
	r->tool_version = load_needed_text(l, load_member(l, root, "tool"), "version");
	r->date = load_needed_text(l, root, "date");
	if (load_date(l, root, "date") == DATE_NONE)
		load_refuse(l, root, "no date in", "date");
	r->date_from_clock = load_yes(l, root, "date_from_clock");
	r->rules_digest = load_needed_text(l, rules, "digest");
	r->rule_count = load_count(l, rules, "count");
	r->rules_dirs = load_texts(l, rules, "folders", &r->rules_dir_count);
	r->profile = load_text(l, root, "profile");
	r->know_digest = load_needed_text(l, load_member(l, root, "knowledge"), "digest");
	r->fail_on = load_needed_text(l, root, "fail_on");
	if (load_text(l, root, "advice"))
		r->advice = (enum advice)load_word(l, root, "advice", advice_names, ADVICE_CANNOT_CONCLUDE + 1);
	if (facility && facility->kind != FACT_NULL) {
		r->facility = load_needed_text(l, facility, "name");
		r->finess = load_text(l, facility, "finess");
	}
}

static void load_report(struct load *l, const struct fact *root, struct report *r)
{
	load_head(l, root, r);
	load_summary(l, root, r);
	r->controls = load_items(l, root, "controls", sizeof *r->controls, make_control, &r->control_count);
	r->deployments = load_items(l, root, "deployments", sizeof *r->deployments, make_deployment, &r->deployment_count);
	r->findings = load_items(l, root, "findings", sizeof *r->findings, make_finding, &r->finding_count);
	r->support = load_items(l, root, "support", sizeof *r->support, make_finding, &r->support_count);
	r->inputs = load_items(l, root, "inputs", sizeof *r->inputs, make_input, &r->input_count);
	r->diags = load_items(l, root, "diagnostics", sizeof *r->diags, make_diag, &r->diag_count);
	r->waivers = load_items(l, root, "waivers", sizeof *r->waivers, make_waiver, &r->waiver_count);
	r->components = load_items(l, root, "components", sizeof *r->components, make_component, &r->component_count);
	r->deadlines = load_items(l, root, "deadlines", sizeof *r->deadlines, make_deadline, &r->deadline_count);
	r->flows = load_items(l, root, "flows", sizeof *r->flows, make_flow, &r->flow_count);
	if (!l->e->text[0])
		load_cells(l, root, r);
}

int report_load(struct arena *a, const char *name, struct span json, struct report *ret, struct err *e)
{
	struct input_set set = {.arena = a, .interned = MAP_INIT(a)};
	struct doc *d = input_add(&set, name, json, format_named("json"));
	struct load l = {.arena = a, .doc = d, .e = e};
	struct report r = {0};

	if (d->status != DOC_READ || d->root_count != 1)
		return err_set(e, EXIT_USAGE, "%s: not a report of scelle: not JSON that can be read wholly", name);
	load_report(&l, d->roots[0], &r);
	if (e->text[0])
		return -1;
	*ret = r;
	return 0;
}
