/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Builds the one immutable model from evidence and judgements: order, caps with exact counts, copies of every text.
 * Nothing here decides: verdicts come from judge/, masks from mask.c. After report_build no document is needed.
 */
#include "config.h"

#include "report/components.h"
#include "report/deadlines.h"
#include "report/flows.h"
#include "report/model.h"

#include "base/limits.h"
#include "base/team.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ before the findings */

static void hide_masked_bytes(struct draft *m)
{
	m->hidden = ARENA_ARRAY(m->arena, struct hidden, m->inputs->count + 1);
	for (size_t i = 0; i < m->ev->count; i++) {
		const struct hit *h = &m->ev->hits[i];
		struct hidden *list;

		if (!h->mask.length || !h->place_count || !h->places[0].doc)
			continue;
		list = &m->hidden[h->places[0].doc->index];
		*ARENA_PUSH(m->arena, list->ranges, list->count) = (struct mask_range){h->mask.offset, (size_t)h->mask.offset + h->mask.length};
	}
	for (size_t i = 0; i < m->inputs->count; i++) {
		struct hidden *list = &m->hidden[i];

		list->count = mask_join(m->arena, NULL, 0, list->ranges, list->count, &list->ranges);
	}
}

static void name_documents(struct draft *m)
{
	m->names = ARENA_ARRAY(m->arena, const char *, m->inputs->count + 1);
	for (size_t i = 0; i < m->inputs->count; i++)
		m->names[m->inputs->docs[i]->index] = show_name(m->arena, m->inputs->docs[i]->name);
}

/* ------------------------------------------------------------------ order */

struct ordered {
	size_t hit, deployment, document, offset;
	const char *rule;
};

static int in_order(const void *x, const void *y)
{
	const struct ordered *a = x, *b = y;
	int rule;

	if (a->deployment != b->deployment)
		return a->deployment < b->deployment ? -1 : 1;
	if (a->document != b->document)
		return a->document < b->document ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	rule = strcmp(a->rule, b->rule);
	if (rule)
		return rule;
	return (a->hit > b->hit) - (a->hit < b->hit);
}

static struct ordered *order_hits(const struct draft *m)
{
	struct ordered *list = ARENA_ARRAY(m->arena, struct ordered, m->ev->count + 1);

	for (size_t i = 0; i < m->ev->count; i++) {
		const struct hit *h = &m->ev->hits[i];
		const struct finding_place *p = h->place_count ? &h->places[0] : NULL;

		list[i].hit = i;
		list[i].deployment = h->deployment ? (size_t)(h->deployment - m->decl->deployments) : SIZE_MAX;      /* the facility last */
		list[i].document = p && p->doc ? p->doc->index : SIZE_MAX;
		list[i].offset = p && !p->whole_document ? p->at.offset : 0;
		list[i].rule = rule_id(h->rule);
	}
	qsort(list, m->ev->count, sizeof *list, in_order);
	return list;
}

/* ------------------------------------------------------------------ diagnostics */

static struct report_diag *new_diag(struct draft *m)
{
	return ARENA_PUSH(m->arena, m->report->diags, m->report->diag_count);
}

static void copy_diags(struct draft *m, const struct diag *diags, size_t count, const struct doc *d)
{
	for (size_t i = 0; i < count; i++) {
		struct report_diag *to = new_diag(m);
		const struct doc *doc = diags[i].doc ? diags[i].doc : d;

		to->level = diags[i].level;
		to->document = model_name(m, doc);
		to->code = diags[i].code;
		to->text = said(m->arena, show_text(m->arena, diags[i].text, 0));
		if (doc && diags[i].has_place) {
			struct pos p = doc_pos(doc, diags[i].at.offset);

			to->line = p.line;
			to->column = p.column;
		}
	}
}

static void collect_diags(struct draft *m)
{
	copy_diags(m, m->inputs->diags, m->inputs->diag_count, NULL);
	for (size_t i = 0; i < m->inputs->count; i++) {
		const struct doc *d = m->inputs->docs[i];

		copy_diags(m, d->diags, d->diag_count, d);
		if (d->diag_total > d->diag_count)
			*new_diag(m) = (struct report_diag){.level = DIAG_NOTE, .document = model_name(m, d), .code = "limit-diagnostics",
				.text = said(m->arena, arena_printf(m->arena, "%zu of %zu diagnostics of this document are listed", d->diag_count, d->diag_total))};
	}
}

/* What was declared long ago may no longer be so: twelve months unless the declaration names its own end. */
static void say_when_stale(struct draft *m)
{
	const struct declaration *d = m->decl;
	date_t end;
	char date[16];

	if (!d || (d->valid_until == DATE_NONE && d->declared_on == DATE_NONE))
		return;
	end = d->valid_until != DATE_NONE ? d->valid_until : date_add_months(d->declared_on, 12);
	if (end < m->request->date)
		*new_diag(m) = (struct report_diag){.level = DIAG_WARNING, .document = model_name(m, d->doc), .code = "declaration-stale",
			.text = said(m->arena, arena_printf(m->arena, "the declaration was valid until %s", date_format(end, date)))};
}

/* ------------------------------------------------------------------ findings, capped and counted */

struct tally {
	size_t seen, listed;
	size_t hit;
};

static struct tally *tally_of(struct draft *m, struct map *tallies, const struct ordered *o)
{
	const struct hit *h = &m->ev->hits[o->hit];
	const size_t key[4] = {o->deployment, o->document, (size_t)h->outcome, (size_t)(uintptr_t)h->rule};
	struct map_entry *entry = map_entry(tallies, (struct span){(const char *)key, sizeof key});

	if (!entry->value)
		entry->value = ARENA_NEW(m->arena, struct tally);
	return entry->value;
}

static void count_finding(struct draft *m, size_t hit)
{
	const struct hit *h = &m->ev->hits[hit];
	struct report *r = m->report;

	r->unknowns += h->outcome == OUTCOME_UNKNOWN;
	r->incompletes += h->outcome == OUTCOME_INCOMPLETE;
	if (h->outcome != OUTCOME_AGAINST)
		return;
	if (m->cf->waived[hit]) {
		r->waived++;
	} else if (h->confidence == CONFIDENCE_LOW) {
		r->doubts++;
	} else {
		enum severity s = m->cf->applies[hit] ? h->severity : SEVERITY_INFO;

		r->by_severity[s]++;
		if (h->deployment)
			r->deployments[h->deployment - m->decl->deployments].by_severity[s]++;
	}
}

static void number_equal(struct draft *m, struct map *seen, struct report_finding *f)
{
	const char *key = arena_printf(m->arena, "%s/%s/%s", f->fingerprint, f->verdict, f->deployment ? f->deployment : "");
	struct map_entry *entry = map_entry(seen, span_of(key));

	if (!entry->value)
		entry->value = ARENA_NEW(m->arena, uint32_t);
	f->occurrence = ++*(uint32_t *)entry->value;
}

/* The hits that are listed, in order, and where each becomes a finding. */
struct listing {
	const struct draft *draft;
	size_t *hits, count;
};

static void list_hit(struct draft *m, struct listing *l, size_t hit)
{
	struct report *r = m->report;

	m->index_of[hit] = m->ev->hits[hit].outcome == OUTCOME_FOR ? r->support_count++ : r->finding_count++;
	*ARENA_PUSH(m->arena, l->hits, l->count) = hit;
}

static struct report_finding *finding_of(const struct draft *m, size_t hit)
{
	return (m->ev->hits[hit].outcome == OUTCOME_FOR ? m->report->support : m->report->findings) + m->index_of[hit];
}

/* Hits are taken by the dozens, since neighbours hide the same values. */
#define HITS_A_PIECE ((size_t)64)

static void make_piece(void *data, struct arena *own, unsigned thread, size_t piece)
{
	const struct listing *l = data;
	struct draft m = *l->draft;
	struct map hiding = MAP_INIT(own);
	struct identity identity = identity_new(own, m.request->identity_key);
	struct looked_at looked_at = {0};
	size_t end = (piece + 1) * HITS_A_PIECE;

	m.arena = own;
	m.hiding = &hiding;
	m.identity = &identity;
	m.looked_at = &looked_at;
	for (size_t i = piece * HITS_A_PIECE; i < end && i < l->count; i++) {
		const struct hit *h = &m.ev->hits[l->hits[i]];

		watch_doc(m.inputs, thread | WATCH_AGAIN, h->place_count ? h->places[0].doc : NULL);
		finding_make(&m, l->hits[i], finding_of(&m, l->hits[i]));
	}
}

static void leave_off(void *data, unsigned thread)
{
	const struct listing *l = data;

	watch_doc(l->draft->inputs, thread | WATCH_AGAIN, NULL);
}

static void make_findings(struct draft *m, struct listing *l)
{
	struct report *r = m->report;
	struct map seen = MAP_INIT(m->arena);

	r->findings = ARENA_ARRAY(m->arena, struct report_finding, r->finding_count + 1);
	r->support = ARENA_ARRAY(m->arena, struct report_finding, r->support_count + 1);
	team_run(m->arena, &(struct team){.jobs = m->request->jobs, .count = (l->count + HITS_A_PIECE - 1) / HITS_A_PIECE,
					  .work = make_piece, .done = leave_off, .data = l});
	for (size_t i = 0; i < l->count; i++)
		number_equal(m, &seen, finding_of(m, l->hits[i]));
}

static void say_what_is_capped(struct draft *m, const struct map *tallies)
{
	for (size_t i = 0; i < tallies->count; i++) {
		const struct tally *t = tallies->entries[i].value;
		const struct hit *h = &m->ev->hits[t->hit];

		if (t->listed == t->seen)
			continue;
		*new_diag(m) = (struct report_diag){.level = DIAG_NOTE, .document = h->place_count ? model_name(m, h->places[0].doc) : NULL,
			.code = "limit-findings",
			.text = said(m->arena, arena_printf(m->arena, "%zu of %zu results of rule %s are listed, all are counted", t->listed, t->seen, rule_id(h->rule)))};
	}
}

static void list_findings(struct draft *m)
{
	const struct ordered *order = order_hits(m);
	struct map tallies = MAP_INIT(m->arena);
	struct listing l = {.draft = m};

	m->index_of = ARENA_ARRAY(m->arena, size_t, m->ev->count + 1);
	for (size_t i = 0; i < m->ev->count; i++) {
		size_t hit = order[i].hit;
		struct tally *t;

		m->index_of[hit] = SIZE_MAX;
		if (m->ev->hits[hit].outcome == OUTCOME_SILENT)
			continue;
		t = tally_of(m, &tallies, &order[i]);
		t->hit = hit;
		t->seen++;
		count_finding(m, hit);
		if (t->listed == LIMIT_FINDINGS_PER_RULE_FILE)
			continue;
		t->listed++;
		list_hit(m, &l, hit);
	}
	make_findings(m, &l);
	say_what_is_capped(m, &tallies);
}

/* ------------------------------------------------------------------ inputs, deployments, waivers */

static void list_inputs(struct draft *m)
{
	struct report *r = m->report;

	r->inputs = ARENA_ARRAY(m->arena, struct report_input, m->inputs->count + 1);
	r->input_count = m->inputs->count;
	for (size_t i = 0; i < m->inputs->count; i++) {
		const struct doc *d = m->inputs->docs[i];
		const char **ids = NULL;
		struct report_input *to = &r->inputs[i];

		*to = (struct report_input){.name = model_name(m, d), .sha256 = arena_str(m->arena, d->sha256), .size = d->bytes.n,
			.format = d->format ? d->format->name : NULL, .dialect = d->dialect, .status = d->status, .facts = d->fact_count,
			.reason = said(m->arena, show_text(m->arena, d->reason, 0))};
		for (size_t k = 0; m->decl && k < m->decl->deployment_count; k++)
			if (d != m->decl->doc && deployment_covers(&m->decl->deployments[k], d))
				*ARENA_PUSH(m->arena, ids, to->deployment_count) = show_text(m->arena, m->decl->deployments[k].id, 0);
		to->deployments = ids;
		r->incomplete |= d->status == DOC_PARTIAL || d->status == DOC_UNREADABLE;
	}
	for (size_t i = 0; i < m->inputs->diag_count; i++)
		r->incomplete |= m->inputs->diags[i].level == DIAG_ERROR;
}

/* A text field, or the name in a block: vendor: "X", vendor: {name: X}. */
static const char *field_text(const struct draft *m, const struct fact *block, const char *key)
{
	const struct fact *f = block ? fact_child(block, key) : NULL;
	const char *text = NULL;

	if (f && f->kind == FACT_BLOCK)
		text = fact_text(f, "name");
	else if (f)
		text = fact_text(block, key);
	return show_text(m->arena, text, 0);
}

static void list_deployments(struct draft *m)
{
	struct report *r = m->report;

	r->deployments = ARENA_ARRAY(m->arena, struct report_deployment, m->cf->state_count + 1);
	r->deployment_count = m->cf->state_count;
	for (size_t i = 0; i < m->cf->state_count; i++) {
		const struct deployment_state *s = &m->cf->states[i];
		struct report_deployment *d = &r->deployments[i];

		*d = (struct report_deployment){.id = show_text(m->arena, s->deployment->id, 0), .name = show_text(m->arena, s->deployment->name, 0),
			.purpose = field_text(m, s->deployment->block, "purpose"), .vendor = field_text(m, s->deployment->block, "vendor"),
			.advice = s->advice, .incomplete = s->incomplete, .partial = s->partial, .why = s->why, .docs = s->docs,
			.docs_read = s->docs_read, .docs_partial = s->docs_partial};
		r->incomplete |= s->incomplete;
	}
	for (size_t i = 0; i < m->cf->count; i++) {
		const struct judgement *j = &m->cf->judgements[i];

		if (j->deployment)
			r->deployments[j->deployment - m->decl->deployments].verdicts[j->verdict]++;
	}
}

static void list_waivers(struct draft *m)
{
	struct report *r = m->report;

	r->waivers = ARENA_ARRAY(m->arena, struct report_waiver, m->cf->waiver_count + 1);
	r->waiver_count = m->cf->waiver_count;
	for (size_t i = 0; i < m->cf->waiver_count; i++) {
		const struct waiver_use *use = &m->cf->waivers[i];
		const struct waiver *w = use->waiver;
		char date[16];

		r->waivers[i] = (struct report_waiver){.target = show_text(m->arena, w->rule ? w->rule : w->control, 0),
			.deployment = show_text(m->arena, w->deployment, 0), .reason = show_text(m->arena, w->reason, 0),
			.approver = show_text(m->arena, w->approver, 0), .place = w->doc ? arena_printf(m->arena, "%s:%u", model_name(m, w->doc), w->from_line) : NULL,
			.until = arena_str(m->arena, date_format(w->until, date)),
			.used = use->used, .expired = use->expired, .outgrown = use->outgrown};
	}
}

/* ------------------------------------------------------------------ the matrix */

static void put_indices(struct draft *m, const struct hit *const *hits, size_t count, size_t **list, size_t *ret_count)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = m->index_of[hits[i] - m->ev->hits];

		if (at != SIZE_MAX)
			*ARENA_PUSH(m->arena, *list, *ret_count) = at;
	}
}

static void cell_make(struct draft *m, const struct judgement *j, struct report_cell *c)
{
	size_t *findings = NULL, *support = NULL;
	const char **missing = ARENA_ARRAY(m->arena, const char *, j->missing_count + 1);

	*c = (struct report_cell){.deployment = j->deployment ? show_text(m->arena, j->deployment->id, 0) : NULL, .control = j->control->id,
		.verdict = j->verdict, .below = j->below, .partial = j->partial, .severity = j->severity, .why = j->why,
		.missing_count = j->missing_count, .not_declared = j->not_declared, .not_declared_count = j->not_declared_count};
	put_indices(m, j->against, j->against_count, &findings, &c->finding_count);
	put_indices(m, j->open, j->open_count, &findings, &c->finding_count);
	put_indices(m, j->support, j->support_count, &support, &c->support_count);
	for (size_t i = 0; i < j->missing_count; i++)
		missing[i] = show_text(m->arena, j->missing[i]->address, 0);
	c->findings = findings;
	c->support = support;
	c->missing = missing;
}

static void cells_make(struct draft *m)
{
	struct report *r = m->report;
	const struct control *const *controls;

	r->control_count = ruleset_controls(m->rules, &controls);
	r->controls = ARENA_ARRAY(m->arena, struct report_control, r->control_count + 1);
	for (size_t i = 0; i < r->control_count; i++)
		r->controls[i].control = controls[i];
	r->cells = ARENA_ARRAY(m->arena, struct report_cell, m->cf->count + 1);
	r->cell_count = m->cf->count;
	for (size_t i = 0; i < m->cf->count; i++)
		cell_make(m, &m->cf->judgements[i], &r->cells[i]);
}

/* ------------------------------------------------------------------ all of it */

/* A path says where a person keeps their files, which is nobody's business: the base name is kept. */
static const char *base_name(struct arena *a, const char *path)
{
	size_t n = strlen(path), from;

	while (n > 1 && path[n - 1] == '/')
		n--;
	for (from = n; from && path[from - 1] != '/'; from--)
		;
	return arena_dup(a, path + from, n - from);
}

static void fill_head(struct draft *m, const struct know *k)
{
	const struct report_request *q = m->request;
	struct report *r = m->report;
	const char **dirs = ARENA_ARRAY(m->arena, const char *, q->rules_dir_count + 1);
	const struct rule *const *rules;
	char date[16];

	for (size_t i = 0; i < q->rules_dir_count; i++)
		dirs[i] = base_name(m->arena, q->rules_dirs[i]);
	r->kind = q->kind;
	r->tool_version = PACKAGE_VERSION;
	r->date = arena_str(m->arena, date_format(q->date, date));
	r->date_from_clock = q->date_from_clock;
	r->rules_digest = ruleset_digest(m->rules);
	r->know_digest = know_digest(k);
	r->profile = q->profile;
	r->rules_dirs = dirs;
	r->rules_dir_count = q->rules_dir_count;
	r->rule_count = ruleset_rules(m->rules, &rules);
	r->fail_on = q->fail_on;
	r->advice = m->cf->advice;
	if (m->decl) {
		r->facility = show_text(m->arena, m->decl->facility_name, 0);
		r->finess = show_text(m->arena, m->decl->finess, 0);
	}
}

void report_build(struct arena *a, const struct report_request *q, const struct ruleset *rules, const struct know *k,
		  const struct declaration *decl, const struct input_set *inputs, const struct evaluation *ev,
		  const char *const *fingerprints, const struct case_file *cf, struct report *ret)
{
	struct draft m = {.arena = a, .request = q, .rules = rules, .decl = decl, .inputs = inputs, .ev = ev,
			  .fingerprints = fingerprints, .cf = cf, .report = ret};

	*ret = (struct report){0};
	fill_head(&m, k);
	name_documents(&m);
	hide_masked_bytes(&m);
	collect_diags(&m);
	say_when_stale(&m);
	list_inputs(&m);
	list_deployments(&m);
	list_findings(&m);
	cells_make(&m);
	list_waivers(&m);
	components_make(&m);
	flows_make(&m);
	deadlines_make(&m);
	ret->incomplete |= ret->incompletes > 0;
}
