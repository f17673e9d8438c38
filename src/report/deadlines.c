/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Deadlines of the report, soonest first: what the declaration says of certificates and qualifications, its waivers, certificates found
 * in exports, and controls whose law comes into force after the audit date. A reminder, not evidence: no verdict looks at it.
 */
#include "report/deadlines.h"

#include "report/mask.h"

#include <stdlib.h>

static void add(const struct draft *m, const char *kind, date_t date, const char *deployment, const char *name)
{
	struct report *r = m->report;
	char buffer[16];

	if (date == DATE_NONE)
		return;
	*ARENA_PUSH(m->arena, r->deadlines, r->deadline_count) = (struct report_deadline){
		.kind = kind, .date = arena_str(m->arena, date_format(date, buffer)), .deployment = deployment ? show_text(m->arena, deployment, 0) : NULL,
		.name = name ? show_text(m->arena, name, 0) : NULL, .days = date - m->request->date,
	};
}

static void add_declared(const struct draft *m, const struct deployment *d)
{
	static const struct { const char *field, *kind; } fields[] = {
		{"hds_valid_until", "hds"}, {"secnumcloud_valid_until", "secnumcloud"},
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const char *text = fact_text(d->block, fields[i].field);

		if (text)
			add(m, fields[i].kind, date_parse(span_of(text)), d->id, NULL);
	}
}

static void add_declaration(const struct draft *m)
{
	const struct declaration *decl = m->decl;

	add(m, "declaration", decl->valid_until, NULL, NULL);
	for (size_t i = 0; i < decl->deployment_count; i++)
		add_declared(m, &decl->deployments[i]);
	for (size_t i = 0; i < decl->waiver_count; i++)
		add(m, "waiver", decl->waivers[i].until, decl->waivers[i].deployment, decl->waivers[i].rule ? decl->waivers[i].rule : decl->waivers[i].control);
}

static void add_certificates(const struct draft *m)
{
	const struct fact *last = NULL;

	for (size_t i = 0; i < m->ev->concern_count; i++) {
		const struct concern *c = &m->ev->concerns[i];
		const char *until = strcmp(c->what, "view:certificate") ? NULL : fact_text(c->block, "not_after");

		if (until && c->block != last)
			add(m, "certificate", date_parse(span_of(until)), c->deployment ? c->deployment->id : NULL, fact_text(c->block, "subject"));
		last = c->block;
	}
}

static void add_law(const struct draft *m)
{
	const struct control *const *controls;
	size_t count = ruleset_controls(m->rules, &controls);

	for (size_t i = 0; i < count; i++)
		if (controls[i]->from != DATE_NONE && controls[i]->from > m->request->date)
			add(m, "law", controls[i]->from, NULL, controls[i]->id);
}

static int in_order(const void *x, const void *y)
{
	const struct report_deadline *a = x, *b = y;
	int by = strcmp(a->date, b->date);

	by = by ? by : strcmp(a->kind, b->kind);
	by = by ? by : text_order(a->deployment, b->deployment);
	return by ? by : text_order(a->name, b->name);
}

void deadlines_make(const struct draft *m)
{
	if (m->decl) {
		add_declaration(m);
		add_law(m);
	}
	add_certificates(m);
	if (m->report->deadline_count)
		qsort(m->report->deadlines, m->report->deadline_count, sizeof *m->report->deadlines, in_order);
}
