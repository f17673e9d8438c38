/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Flows of the map: each place view is a flow of its use (storage, processing, backup...), each call to a known service a flow of use
 * "call". A picture of what was seen, not evidence: no verdict looks at it. Places whose country is not known are left out here and
 * listed where they belong, among what is to be cleared up.
 */
#include "report/flows.h"

#include <stdlib.h>

static void count_flow(const struct draft *m, struct map *seen, const struct concern *c, const char *use, const char *country)
{
	struct report *r = m->report;
	const char *deployment = c->deployment ? c->deployment->id : NULL;
	const char *key = arena_printf(m->arena, "%s/%s/%s", deployment ? deployment : "", use, country);
	struct map_entry *e = map_entry(seen, span_of(key));

	if (!e->value) {
		*ARENA_PUSH(m->arena, r->flows, r->flow_count) = (struct report_flow){
			.deployment = deployment, .use = arena_str(m->arena, use), .country = arena_str(m->arena, country),
			.in_eea = country_in(country, "EEA", m->request->date) == TRUTH_YES,
		};
		e->value = (void *)(uintptr_t)r->flow_count;      /* index + 1: the array may move */
	}
	r->flows[(uintptr_t)e->value - 1].count++;
}

static void look_at(const struct draft *m, struct map *seen, const struct concern *c)
{
	const char *use = fact_text(c->block, "use"), *country;

	if (!strcmp(c->what, "view:place") && use) {
		country = model_country(c->block);
	} else if (!strcmp(c->what, "view:call") && fact_text(c->block, "category")) {
		use = "call";
		country = model_country(fact_child(c->block, "processing"));
	} else {
		return;
	}
	if (country)
		count_flow(m, seen, c, use, country);
}

static int in_order(const void *x, const void *y)
{
	const struct report_flow *a = x, *b = y;
	int by = text_order(a->deployment, b->deployment);

	by = by ? by : strcmp(a->use, b->use);
	return by ? by : strcmp(a->country, b->country);
}

void flows_make(const struct draft *m)
{
	struct map seen = MAP_INIT(m->arena);

	for (size_t i = 0; i < m->ev->concern_count; i++)
		if (!m->decl || m->ev->concerns[i].doc != m->decl->doc)
			look_at(m, &seen, &m->ev->concerns[i]);
	if (m->report->flow_count)
		qsort(m->report->flows, m->report->flow_count, sizeof *m->report->flows, in_order);
}
