/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the inputs call and run: hosts of view call, and names of models that the knowledge base knows, under keys that speak of
 * a model. An inventory, not evidence: no verdict looks at it. A name of no known model is left out, since "model" is also a printer's.
 */
#include "report/components.h"

#include "base/limits.h"

#include <stdlib.h>

#define MODEL_BYTES 128      /* longest name of a model looked at */

struct gather {
	const struct draft *draft;
	struct map seen;
	struct map models;           /* name to struct model, or to no_model */
};

static const struct model no_model;

static struct report_component *component_at(struct gather *g, struct report_component c, uint32_t line)
{
	struct arena *a = g->draft->arena;
	struct report *r = g->draft->report;
	const char *key = arena_printf(a, "%d/%s/%s/%s", (int)c.kind, c.deployment ? c.deployment : "", c.document ? c.document : "", c.name);
	struct map_entry *e = map_entry(&g->seen, span_of(key));
	struct report_component *at;

	if (!e->value) {
		*ARENA_PUSH(a, r->components, r->component_count) = c;
		e->value = (void *)(uintptr_t)r->component_count;      /* index + 1: the array may move */
	}
	at = &r->components[(uintptr_t)e->value - 1];
	at->count++;
	if (!at->line || line < at->line)
		at->line = line;
	return at;
}

static const char *known(struct arena *a, const char *text)
{
	return text && *text ? show_text(a, text, 0) : NULL;
}

static const char *operator_of(const struct fact *call)
{
	const struct fact *f = fact_child(call, "operator");

	return f && f->scalar == SCALAR_STRING ? f->value.p : NULL;
}

/* ------------------------------------------------------------------ calls */

static void gather_call(struct gather *g, const struct concern *c)
{
	struct arena *a = g->draft->arena;
	const char *host = fact_text(c->block, "host");
	struct report_component x = {.kind = COMPONENT_CALL, .name = show_text(a, host, 0), .publisher = known(a, operator_of(c->block)),
		.category = known(a, fact_text(c->block, "category")), .country = known(a, model_country(fact_child(c->block, "processing"))),
		.deployment = c->deployment ? show_text(a, c->deployment->id, 0) : NULL, .document = model_name(g->draft, c->doc)};

	if (host && *host)
		component_at(g, x, c->doc ? doc_pos(c->doc, c->block->at.offset).line : 0);
}

/* ------------------------------------------------------------------ models */

static bool speaks_of_model(const char *key)
{
	static const char *const keys[] = {"model", "model_id", "model_name", "model_path", "deployment_name", "engine", "llm", "llm_model", "embedding_model",
					   "chat_model", "completion_model", "default_model", "base_model", "foundation_model", "model_arn", "served_model_name"};
	size_t n = strlen(key);

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (key_eq(key, keys[i]))
			return true;
	return n > 6 && !strcasecmp(key + n - 6, "_model");
}

static const struct model *model_named(struct gather *g, struct span name)
{
	struct map_entry *e = map_entry(&g->models, name);
	const struct model *m = e->value ? NULL : ruleset_model(g->draft->rules, name);

	if (!e->value)
		e->value = (void *)(uintptr_t)(m ? m : &no_model);
	return e->value;
}

static void tell_model(struct gather *g, const struct fact *f, const struct model *m)
{
	struct arena *a = g->draft->arena;
	const struct declaration *decl = g->draft->decl;
	struct report_component x = {.kind = COMPONENT_MODEL, .name = show_text(a, f->value.p, 0), .publisher = known(a, m->publisher),
		.category = known(a, m->family), .country = known(a, m->publisher_country), .document = model_name(g->draft, f->doc)};
	bool covered = false;

	for (size_t i = 0; decl && i < decl->deployment_count; i++)
		if (deployment_covers(&decl->deployments[i], f->doc)) {
			x.deployment = show_text(a, decl->deployments[i].id, 0);
			component_at(g, x, doc_pos(f->doc, f->at.offset).line);
			covered = true;
		}
	if (!covered)
		component_at(g, x, doc_pos(f->doc, f->at.offset).line);
}

static void gather_model(struct gather *g, const struct fact *f)
{
	const char *key;
	const struct model *m;

	if (f->kind != FACT_LITERAL || f->absent || !f->value.n || f->value.n > MODEL_BYTES)
		return;
	key = fact_key(f);
	if (!key || !speaks_of_model(key))
		return;
	m = model_named(g, f->value);
	if (m != &no_model)
		tell_model(g, f, m);
}

static void gather_models(struct gather *g, const struct doc *d)
{
	for (size_t i = 0; i < d->root_count; i++)
		for (const struct fact *f = d->roots[i]; f; f = fact_next(f, d->roots[i]))
			gather_model(g, f);
}

/* ------------------------------------------------------------------ order */

static int in_order(const void *x, const void *y)
{
	const struct report_component *a = x, *b = y;
	int by = text_order(a->deployment, b->deployment);

	if (!by)
		by = (int)a->kind - (int)b->kind;
	if (!by)
		by = text_order(a->name, b->name);
	return by ? by : text_order(a->document, b->document);
}

void components_make(const struct draft *m)
{
	struct gather g = {.draft = m, .seen = MAP_INIT(m->arena), .models = MAP_INIT(m->arena)};

	for (size_t i = 0; i < m->ev->concern_count; i++)
		if (!strcmp(m->ev->concerns[i].what, "view:call") && (!m->decl || m->ev->concerns[i].doc != m->decl->doc))
			gather_call(&g, &m->ev->concerns[i]);
	for (size_t i = 0; i < m->inputs->count; i++)
		if (!m->decl || m->inputs->docs[i] != m->decl->doc)
			gather_models(&g, m->inputs->docs[i]);
	if (m->report->component_count)
		qsort(m->report->components, m->report->component_count, sizeof *m->report->components, in_order);
}
