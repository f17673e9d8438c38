/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A problem in what a vendor delivers is the vendor's; what binds the facility alone goes to the service that the area names. The days
 * follow the severity, counted from the audit date: they are a proposal to the people who sign the plan, not law.
 */
#include "report/plan.h"

#include "base/map.h"
#include "report/plain.h"

#include <stdlib.h>

const char *const plan_actor_names[ACTORS] = {[ACTOR_VENDOR] = "vendor", [ACTOR_IT] = "it", [ACTOR_DPO] = "dpo", [ACTOR_PROCUREMENT] = "procurement"};

const char *plan_actor_text(enum plan_actor actor, enum lang lang)
{
	static const enum text_id ids[ACTORS] = {[ACTOR_VENDOR] = TEXT_ACTOR_VENDOR, [ACTOR_IT] = TEXT_ACTOR_IT, [ACTOR_DPO] = TEXT_ACTOR_DPO,
						 [ACTOR_PROCUREMENT] = TEXT_ACTOR_PROCUREMENT};

	return text(ids[actor], lang);
}

/* ------------------------------------------------------------------ who */

static enum plan_actor actor_of_area(const char *area)
{
	static const struct {
		const char *area;
		enum plan_actor actor;
	} areas[] = {{"encryption", ACTOR_IT}, {"logging", ACTOR_IT}, {"secret", ACTOR_IT}, {"hosting", ACTOR_PROCUREMENT}, {"transfers", ACTOR_PROCUREMENT}};

	for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
		if (!strcmp(area, areas[i].area))
			return areas[i].actor;
	return ACTOR_DPO;
}

static bool is_outside(const char *bound)
{
	return !strcmp(bound, "VEN") || !strcmp(bound, "HOST");
}

static bool binds_vendor(const struct control *c)
{
	for (size_t i = 0; c && i < c->bound_count; i++)
		if (is_outside(c->bound[i]))
			return true;
	return false;
}

static enum plan_actor actor_of(const struct report *r, const struct report_finding *f)
{
	if (!strcmp(f->verdict, "undeclared"))
		return ACTOR_DPO;
	/* in an audit, a file of no deployment is the facility's own */
	if (!f->deployment && !strcmp(r->kind, "audit"))
		return actor_of_area(f->area) == ACTOR_PROCUREMENT ? ACTOR_DPO : actor_of_area(f->area);
	for (size_t i = 0; i < f->control_count; i++)
		if (binds_vendor(report_control_named(r, f->controls[i])))
			return ACTOR_VENDOR;
	return actor_of_area(f->area);
}

/* ------------------------------------------------------------------ by when */

static void set_due(struct plan_task *t, const char *from)
{
	static const int days[] = {[SEVERITY_INFO] = 365, [SEVERITY_LOW] = 180, [SEVERITY_MEDIUM] = 90, [SEVERITY_HIGH] = 30, [SEVERITY_CRITICAL] = 7};

	date_format(date_parse(span_of(from)) + days[t->severity], t->due);
}

/* ------------------------------------------------------------------ what */

struct plan {
	struct arena *arena;
	const struct report *report;
	struct plan_task *tasks;
	size_t count;
};

static void add_finding(struct plan *p, struct map *known, const struct report_finding *f)
{
	enum plan_actor actor = actor_of(p->report, f);
	const char *key = arena_printf(p->arena, "%d\n%s\n%s\n%s\n%s", (int)actor, f->deployment ? f->deployment : "", f->rule, f->title.fr, f->fix.fr);
	struct map_entry *e = map_entry(known, span_of(key));
	struct plan_task *t;

	if (!e->value) {
		t = ARENA_PUSH(p->arena, p->tasks, p->count);
		*t = (struct plan_task){.actor = actor, .deployment = f->deployment};
		e->value = (void *)(uintptr_t)p->count;      /* index + 1: the array may move */
	}
	t = &p->tasks[(uintptr_t)e->value - 1];
	*ARENA_PUSH(p->arena, t->findings, t->count) = f;
	t->severity = f->severity > t->severity ? f->severity : t->severity;
}

/* A document is asked of whom the control binds first. */
static void add_cell(struct plan *p, const struct report_cell *c)
{
	const struct control *control = report_control_named(p->report, c->control);
	struct plan_task *t;

	if (c->verdict != VERDICT_NOT_EVIDENCED || !c->deployment)
		return;
	t = ARENA_PUSH(p->arena, p->tasks, p->count);
	*t = (struct plan_task){.actor = control->bound_count && is_outside(control->bound[0]) ? ACTOR_VENDOR : actor_of_area(control->area), .severity = c->severity, .deployment = c->deployment, .cell = c};
}

struct numbered {
	struct plan_task task;
	size_t number;
};

static int in_order(const void *x, const void *y)
{
	const struct numbered *a = x, *b = y;

	if (a->task.actor != b->task.actor)
		return a->task.actor < b->task.actor ? -1 : 1;
	if (!a->task.cell != !b->task.cell)
		return a->task.cell ? 1 : -1;
	if (a->task.severity != b->task.severity)
		return a->task.severity > b->task.severity ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

static void sort_tasks(struct plan *p)
{
	struct numbered *list = ARENA_ARRAY(p->arena, struct numbered, p->count + 1);

	for (size_t i = 0; i < p->count; i++) {
		set_due(&p->tasks[i], p->report->date);
		list[i] = (struct numbered){p->tasks[i], i};
	}
	qsort(list, p->count, sizeof *list, in_order);
	for (size_t i = 0; i < p->count; i++)
		p->tasks[i] = list[i].task;
}

size_t plan_make(struct arena *a, const struct report *r, struct plan_task **ret)
{
	struct plan p = {.arena = a, .report = r};
	struct map known = MAP_INIT(a);

	for (size_t i = 0; i < r->finding_count; i++)
		if (finding_is_problem(&r->findings[i]))
			add_finding(&p, &known, &r->findings[i]);
	for (size_t i = 0; i < r->cell_count; i++)
		add_cell(&p, &r->cells[i]);
	if (p.count)
		sort_tasks(&p);
	*ret = p.tasks;
	return p.count;
}

/* ------------------------------------------------------------------ words */

void plan_place(struct str *out, const struct report_finding *f)
{
	const struct report_place *p = finding_spot(f);

	str_text(out, finding_document(f));
	if (p && p->line)
		str_printf(out, ":%u:%u", p->line, p->column);
}
