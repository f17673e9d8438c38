/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * report.json back into the model, through the same JSON reader as any input. The file may come from anybody: what writers rely
 * on (no NULL where a text must be, indices within range, a full matrix) is checked here, once. The first mistake is told
 * with its line and column. Members that this version does not know are passed over.
 */
#include "report/load.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <stdlib.h>

struct load {
	struct arena *arena;
	const struct doc *doc;
	struct err *e;
};

static void refuse(struct load *l, const struct fact *f, const char *what, const char *key)
{
	struct pos p = doc_pos(l->doc, f ? f->at.offset : 0);

	err_set(l->e, EXIT_USAGE, "%s:%u:%u: not a report of scelle: %s '%s'", l->doc->name, p.line, p.column, what, key);
}

/* ------------------------------------------------------------------ scalars */

/* Our texts are safe for a terminal; another's are made so. */
static const char *safe_text(struct load *l, const struct fact *f)
{
	struct str out = STR_INIT(LIMIT_FILE_BYTES);
	const char *text = f->value.p;

	utf8_safe(&out, f->value);
	if (!span_eq(str_get(&out), f->value))
		text = arena_dup(l->arena, str_get(&out).p, out.n);
	str_free(&out);
	return text;
}

/* A string may hold JSON of its own: the reader then gives a block that keeps the string. */
static bool is_string(const struct fact *f)
{
	return f->scalar == SCALAR_STRING;
}

static const struct fact *member(struct load *l, const struct fact *block, const char *key)
{
	const struct fact *f = NULL;

	if (block && block->kind == FACT_BLOCK && !is_string(block))
		FACT_EACH(child, block)
			if (!f && !strcmp(child->key, key))
				f = child;
	if (!f)
		refuse(l, block, "it lacks", key);
	return f;
}

static const char *optional_text(struct load *l, const struct fact *block, const char *key)
{
	const struct fact *f = member(l, block, key);

	if (!f || (f->kind == FACT_NULL && !is_string(f)))
		return NULL;
	if (!is_string(f))
		refuse(l, f, "no text in", key);
	return is_string(f) ? safe_text(l, f) : NULL;
}

static const char *needed_text(struct load *l, const struct fact *block, const char *key)
{
	const char *t = optional_text(l, block, key);

	if (!t)
		refuse(l, block, "no text in", key);
	return t ? t : "";
}

static uint64_t number(struct load *l, const struct fact *block, const char *key, uint64_t max)
{
	const struct fact *f = member(l, block, key);
	uint64_t n = 0;
	size_t i = 0;

	if (!f || f->scalar != SCALAR_NUMBER) {
		refuse(l, f ? f : block, "no number in", key);
		return 0;
	}
	for (; i < f->value.n && f->value.p[i] >= '0' && f->value.p[i] <= '9' && n <= max; i++)
		n = n * 10 + (uint64_t)(f->value.p[i] - '0');
	if (i < f->value.n || n > max)
		refuse(l, f, "no whole number in its range in", key);
	return n <= max ? n : 0;
}

#define NUMBER_MAX (((uint64_t)1 << 53) - 1)

static size_t count_of(struct load *l, const struct fact *block, const char *key)
{
	return (size_t)number(l, block, key, NUMBER_MAX);
}

static uint32_t small(struct load *l, const struct fact *block, const char *key)
{
	return (uint32_t)number(l, block, key, UINT32_MAX);
}

/* May be negative: past. */
static int days_of(struct load *l, const struct fact *block, const char *key)
{
	const struct fact *f = member(l, block, key);

	if (f && (f->scalar != SCALAR_NUMBER || f->value.n > 8))
		refuse(l, f, "not a number of days in", key);
	return f ? (int)strtol(f->value.p, NULL, 10) : 0;
}

static bool yes(struct load *l, const struct fact *block, const char *key)
{
	const struct fact *f = member(l, block, key);

	if (f && f->scalar != SCALAR_BOOL)
		refuse(l, f, "neither true nor false in", key);
	return f && span_is(f->value, "true");
}

/* The index of a text among names; 0 with a message when it is none of them. */
static int word(struct load *l, const struct fact *block, const char *key, const char *const *names, size_t n)
{
	const char *t = needed_text(l, block, key);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(t, names[i]))
			return (int)i;
	refuse(l, block, "unknown word in", key);
	return 0;
}

#define WORD(l, block, key, ...) \
	word((l), (block), (key), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static enum severity severity(struct load *l, const struct fact *block, const char *key)
{
	return (enum severity)word(l, block, key, severity_names, SEVERITY_CRITICAL + 1);
}

static struct both both(struct load *l, const struct fact *block, const char *key)
{
	const struct fact *f = member(l, block, key);

	return (struct both){needed_text(l, f, "fr"), needed_text(l, f, "en")};
}

static date_t date(struct load *l, const struct fact *block, const char *key)
{
	const char *t = optional_text(l, block, key);
	date_t d = t ? date_parse(span_of(t)) : DATE_NONE;

	if (t && d == DATE_NONE)
		refuse(l, block, "no date in", key);
	return d;
}

/* ------------------------------------------------------------------ lists */

/* The list below key and how many items it has; NULL with a message when there is none. */
static const struct fact *list(struct load *l, const struct fact *block, const char *key, size_t *ret_count)
{
	const struct fact *f = member(l, block, key);

	*ret_count = 0;
	if (f && (f->kind != FACT_LIST || is_string(f)))
		refuse(l, f, "no list in", key);
	if (!f || f->kind != FACT_LIST)
		return NULL;
	FACT_EACH(item, f)
		++*ret_count;
	return f;
}

static const char *const *texts(struct load *l, const struct fact *block, const char *key, size_t *ret_count)
{
	const struct fact *f = list(l, block, key, ret_count);
	const char **items = ARENA_ARRAY(l->arena, const char *, *ret_count + 1);
	size_t n = 0;

	for (const struct fact *item = f ? f->first : NULL; item; item = item->next) {
		if (!is_string(item))
			refuse(l, item, "no text in", key);
		items[n++] = is_string(item) ? safe_text(l, item) : "";
	}
	return items;
}

static const size_t *indices(struct load *l, const struct fact *block, const char *key, size_t below, size_t *ret_count)
{
	const struct fact *f = list(l, block, key, ret_count);
	size_t *items = ARENA_ARRAY(l->arena, size_t, *ret_count + 1);
	size_t n = 0;

	for (const struct fact *item = f ? f->first : NULL; item; item = item->next) {
		char *end;
		unsigned long long index = strtoull(item->value.p, &end, 10);

		if (item->scalar != SCALAR_NUMBER || *end || index >= below)
			refuse(l, item, "no index in its range in", key);
		else
			items[n++] = (size_t)index;
	}
	*ret_count = n;
	return items;
}

/* An array of structs filled by make, one an item. */
static void *items(struct load *l, const struct fact *block, const char *key, size_t size,
		   void (*make)(struct load *l, const struct fact *item, void *to), size_t *ret_count)
{
	const struct fact *f = list(l, block, key, ret_count);
	char *array = arena_alloc_array(l->arena, *ret_count + 1, size);
	size_t n = 0;

	for (const struct fact *item = f ? f->first : NULL; item; item = item->next)
		make(l, item, array + size * n++);
	return array;
}

/* ------------------------------------------------------------------ parts */

static void severities(struct load *l, const struct fact *block, const char *key, size_t *counts)
{
	const struct fact *f = member(l, block, key);

	for (int s = SEVERITY_INFO; s <= SEVERITY_CRITICAL; s++)
		counts[s] = count_of(l, f, severity_names[s]);
}

/* A report may come from anybody, and its links end up in a page: nothing but addresses of the web. */
static void make_citation(struct load *l, const struct fact *f, void *to)
{
	struct citation *c = to;

	c->text = (struct both){needed_text(l, f, "fr"), needed_text(l, f, "en")};
	c->url = optional_text(l, f, "url");
	if (c->url && !url_is_web(c->url))
		refuse(l, f, "no address of the web in", "url");
}

static void make_control(struct load *l, const struct fact *f, void *to)
{
	struct control *c = ARENA_NEW(l->arena, struct control);

	c->id = needed_text(l, f, "id");
	c->area = needed_text(l, f, "area");
	c->title = both(l, f, "title");
	c->requirement = both(l, f, "requirement");
	c->remedy = both(l, f, "remedy");
	c->sources = items(l, f, "sources", sizeof *c->sources, make_citation, &c->source_count);
	c->bound = texts(l, f, "bound", &c->bound_count);
	c->from = date(l, f, "from");
	c->until = date(l, f, "until");
	c->severity = severity(l, f, "severity");
	((struct report_control *)to)->control = c;
}

static void make_deployment(struct load *l, const struct fact *f, void *to)
{
	struct report_deployment *d = to;
	const struct fact *documents = member(l, f, "documents"), *verdicts = member(l, f, "verdicts");

	d->id = needed_text(l, f, "id");
	d->name = optional_text(l, f, "name");
	d->purpose = optional_text(l, f, "purpose");
	d->vendor = optional_text(l, f, "vendor");
	d->advice = (enum advice)word(l, f, "advice", advice_names, ADVICE_CANNOT_CONCLUDE + 1);
	d->incomplete = yes(l, f, "incomplete");
	d->partial = yes(l, f, "partial");
	d->why = optional_text(l, f, "why");
	d->docs = count_of(l, documents, "covered");
	d->docs_read = count_of(l, documents, "read");
	d->docs_partial = count_of(l, documents, "partial");
	for (int v = 0; v < VERDICTS; v++)
		d->verdicts[v] = count_of(l, verdicts, verdict_names[v]);
	severities(l, f, "findings", d->by_severity);
}

static void make_place(struct load *l, const struct fact *f, void *to)
{
	struct report_place *p = to;
	const struct fact *excerpt = member(l, f, "excerpt");

	p->role = (enum place_role)WORD(l, f, "role", "decides", "declared", "set_at", "related");
	p->document = optional_text(l, f, "document");
	p->path = optional_text(l, f, "path");
	p->line = small(l, f, "line");
	p->column = small(l, f, "column");
	p->end_line = small(l, f, "end_line");
	p->end_column = small(l, f, "end_column");
	if (!excerpt || excerpt->kind == FACT_NULL)
		return;
	p->excerpt = needed_text(l, excerpt, "text");
	p->excerpt_from = small(l, excerpt, "from");
	p->excerpt_to = small(l, excerpt, "to");
}

static void load_waived(struct load *l, const struct fact *f, struct report_finding *to)
{
	const struct fact *waived = member(l, f, "waived");

	if (!waived || waived->kind == FACT_NULL)
		return;
	to->waived_by = needed_text(l, waived, "by");
	to->waived_until = needed_text(l, waived, "until");
	to->waived_reason = needed_text(l, waived, "reason");
}

/* The verdict of a finding says what came out; the outcome follows. */
static void load_verdict(struct load *l, const struct fact *f, struct report_finding *to)
{
	static const char *const names[] = {"conform", "unknown", "incomplete", "nonconform", "contradicted", "undeclared", "to_confirm", "not_applicable"};
	static const enum outcome outcomes[] = {OUTCOME_FOR, OUTCOME_UNKNOWN, OUTCOME_INCOMPLETE};
	int i = word(l, f, "verdict", names, sizeof names / sizeof *names);

	to->verdict = names[i];
	to->outcome = i < 3 ? outcomes[i] : OUTCOME_AGAINST;
}

static void load_baseline(struct load *l, const struct fact *f, struct report_finding *to)
{
	static const char *const names[] = {"new", "old"};

	if (optional_text(l, f, "baseline"))
		to->baseline = names[word(l, f, "baseline", names, 2)];
}

static void make_finding(struct load *l, const struct fact *f, void *to)
{
	struct report_finding *x = to;

	x->rule = needed_text(l, f, "rule");
	x->area = needed_text(l, f, "area");
	x->severity = severity(l, f, "severity");
	x->confidence = (enum confidence)word(l, f, "confidence", confidence_names, CONFIDENCE_HIGH + 1);
	x->deployment = optional_text(l, f, "deployment");
	x->fingerprint = needed_text(l, f, "fingerprint");
	x->occurrence = small(l, f, "occurrence");
	x->title = both(l, f, "title");
	x->why = both(l, f, "why");
	x->fix = both(l, f, "fix");
	x->rule_source = optional_text(l, f, "source");
	x->why_incomplete = said(l->arena, optional_text(l, f, "why_incomplete"));
	x->rule_version = (int)number(l, f, "rule_version", INT32_MAX);
	x->value = optional_text(l, f, "value");
	x->declared = optional_text(l, f, "declared");
	x->subject = optional_text(l, f, "subject");
	x->missing = yes(l, f, "missing");
	x->count = count_of(l, f, "count");
	x->controls = texts(l, f, "controls", &x->control_count);
	x->places = items(l, f, "places", sizeof *x->places, make_place, &x->place_count);
	load_verdict(l, f, x);
	load_baseline(l, f, x);
	load_waived(l, f, x);
}

static void make_input(struct load *l, const struct fact *f, void *to)
{
	struct report_input *x = to;

	x->name = needed_text(l, f, "name");
	x->sha256 = needed_text(l, f, "sha256");
	x->format = optional_text(l, f, "format");
	x->dialect = optional_text(l, f, "dialect");
	x->reason = said(l->arena, optional_text(l, f, "reason"));
	x->size = number(l, f, "size", NUMBER_MAX);
	x->facts = count_of(l, f, "facts");
	x->status = (enum doc_status)WORD(l, f, "status", "read", "partial", "unreadable", "skipped");
	x->deployments = texts(l, f, "deployments", &x->deployment_count);
}

static void make_diag(struct load *l, const struct fact *f, void *to)
{
	struct report_diag *d = to;

	d->level = (enum diag_level)WORD(l, f, "level", "note", "warning", "error");
	d->document = optional_text(l, f, "document");
	d->line = small(l, f, "line");
	d->column = small(l, f, "column");
	d->code = needed_text(l, f, "code");
	d->text = said(l->arena, needed_text(l, f, "text"));
}

static void make_waiver(struct load *l, const struct fact *f, void *to)
{
	struct report_waiver *x = to;

	x->target = needed_text(l, f, "target");
	x->deployment = needed_text(l, f, "deployment");
	x->reason = needed_text(l, f, "reason");
	x->approver = needed_text(l, f, "approver");
	x->until = needed_text(l, f, "until");
	x->used = count_of(l, f, "used");
	x->expired = yes(l, f, "expired");
	x->outgrown = yes(l, f, "outgrown");
}

static void make_deadline(struct load *l, const struct fact *f, void *to)
{
	struct report_deadline *d = to;

	d->kind = needed_text(l, f, "kind");
	d->date = needed_text(l, f, "date");
	d->deployment = optional_text(l, f, "deployment");
	d->name = optional_text(l, f, "name");
	d->days = days_of(l, f, "days");
}

static void make_flow(struct load *l, const struct fact *f, void *to)
{
	struct report_flow *flow = to;

	flow->use = needed_text(l, f, "use");
	flow->country = needed_text(l, f, "country");
	flow->deployment = optional_text(l, f, "deployment");
	flow->in_eea = yes(l, f, "in_eea");
	flow->count = count_of(l, f, "count");
}

static void make_component(struct load *l, const struct fact *f, void *to)
{
	struct report_component *c = to;

	c->kind = (enum component_kind)WORD(l, f, "kind", "call", "model");
	c->name = needed_text(l, f, "name");
	c->publisher = optional_text(l, f, "publisher");
	c->country = optional_text(l, f, "country");
	c->category = optional_text(l, f, "category");
	c->deployment = optional_text(l, f, "deployment");
	c->document = optional_text(l, f, "document");
	c->line = small(l, f, "line");
	c->count = count_of(l, f, "count");
}

/* ------------------------------------------------------------------ the matrix */

static void load_cell(struct load *l, const struct report *r, const struct fact *f, struct report_cell *c)
{
	c->deployment = optional_text(l, f, "deployment");
	c->control = needed_text(l, f, "control");
	c->verdict = (enum verdict)word(l, f, "verdict", verdict_names, VERDICTS);
	c->below = (enum verdict)word(l, f, "below", verdict_names, VERDICTS);
	c->partial = yes(l, f, "partial");
	c->severity = severity(l, f, "severity");
	c->why = optional_text(l, f, "why");
	c->findings = indices(l, f, "findings", r->finding_count, &c->finding_count);
	c->support = indices(l, f, "support", r->support_count, &c->support_count);
	c->missing = texts(l, f, "missing", &c->missing_count);
	c->not_declared = texts(l, f, "not_declared", &c->not_declared_count);
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
	const struct fact *f = list(l, root, "verdicts", &r->cell_count);
	size_t i = 0;

	r->cells = ARENA_ARRAY(l->arena, struct report_cell, r->cell_count + 1);
	if (r->cell_count < r->deployment_count * r->control_count)
		refuse(l, f, "the matrix is not full in", "verdicts");
	for (const struct fact *item = f ? f->first : NULL; item && !l->e->text[0]; item = item->next, i++) {
		load_cell(l, r, item, &r->cells[i]);
		if (!cell_stands_right(r, i))
			refuse(l, item, "a cell stands out of order in", "verdicts");
	}
}

/* ------------------------------------------------------------------ all of it */

static void load_summary(struct load *l, const struct fact *root, struct report *r)
{
	const struct fact *summary = member(l, root, "summary");

	severities(l, summary, "findings", r->by_severity);
	r->doubts = count_of(l, summary, "doubts");
	r->unknowns = count_of(l, summary, "unknowns");
	r->incompletes = count_of(l, summary, "incompletes");
	r->waived = count_of(l, summary, "waived");
	r->old = count_of(l, summary, "old");
	r->incomplete = yes(l, summary, "incomplete");
}

static void load_head(struct load *l, const struct fact *root, struct report *r)
{
	static const char *const kinds[] = {"audit", "check"};
	const struct fact *facility = member(l, root, "facility"), *rules = member(l, root, "rules");

	if (small(l, root, "schema") != 1)
		refuse(l, root, "another version in", "schema");
	r->kind = kinds[word(l, root, "kind", kinds, 2)];
	r->tool_version = needed_text(l, member(l, root, "tool"), "version");
	r->date = needed_text(l, root, "date");
	if (date(l, root, "date") == DATE_NONE)
		refuse(l, root, "no date in", "date");
	r->date_from_clock = yes(l, root, "date_from_clock");
	r->rules_digest = needed_text(l, rules, "digest");
	r->rule_count = count_of(l, rules, "count");
	r->rules_dirs = texts(l, rules, "folders", &r->rules_dir_count);
	r->profile = optional_text(l, root, "profile");
	r->know_digest = needed_text(l, member(l, root, "knowledge"), "digest");
	r->fail_on = needed_text(l, root, "fail_on");
	if (optional_text(l, root, "advice"))
		r->advice = (enum advice)word(l, root, "advice", advice_names, ADVICE_CANNOT_CONCLUDE + 1);
	if (facility && facility->kind != FACT_NULL) {
		r->facility = needed_text(l, facility, "name");
		r->finess = optional_text(l, facility, "finess");
	}
}

static void load_report(struct load *l, const struct fact *root, struct report *r)
{
	load_head(l, root, r);
	load_summary(l, root, r);
	r->controls = items(l, root, "controls", sizeof *r->controls, make_control, &r->control_count);
	r->deployments = items(l, root, "deployments", sizeof *r->deployments, make_deployment, &r->deployment_count);
	r->findings = items(l, root, "findings", sizeof *r->findings, make_finding, &r->finding_count);
	r->support = items(l, root, "support", sizeof *r->support, make_finding, &r->support_count);
	r->inputs = items(l, root, "inputs", sizeof *r->inputs, make_input, &r->input_count);
	r->diags = items(l, root, "diagnostics", sizeof *r->diags, make_diag, &r->diag_count);
	r->waivers = items(l, root, "waivers", sizeof *r->waivers, make_waiver, &r->waiver_count);
	r->components = items(l, root, "components", sizeof *r->components, make_component, &r->component_count);
	r->deadlines = items(l, root, "deadlines", sizeof *r->deadlines, make_deadline, &r->deadline_count);
	r->flows = items(l, root, "flows", sizeof *r->flows, make_flow, &r->flow_count);
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
