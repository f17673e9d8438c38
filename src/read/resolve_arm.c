/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Parameters and variables of Azure Resource Manager templates, in JSON and in Bicep: a value that is nothing but their name becomes
 * what they hold, with the place where it was set: in a file of parameters beside the template, else the parameter's default, which may be
 * replaced and stays overridable. Whatever else is
 * computed stays unknown; objects, nested templates and names that a loop may hide are left to rule/dialect_arm.c.
 */
#include "read/resolve.h"


struct arm {
	struct resolver *r;
	struct map values;      /* "p:name" or "v:name" to struct fact; Bicep has one space of names */
	bool bicep;
};

static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= 'A' && s.p[i] <= 'Z') && !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '_')
			return false;
	return s.n > 0;
}

static bool is_scalar(const struct fact *f)
{
	return f->kind != FACT_BLOCK && f->kind != FACT_LIST && f->kind != FACT_COMMENT;
}

static void put(struct arm *m, char space, const char *name, const struct fact *value)
{
	const char *key = arena_printf(m->r->scratch, "%c:%s", space, name);

	if (value && is_scalar(value) && !map_get(&m->values, span_of(key)))
		map_put(&m->values, span_of(key), resolve_own(value));
}

/* `param name string?` without a default is null until it is given. */
static const struct fact *nothing_by_default(const struct arm *m, const struct fact *parameter)
{
	const struct fact *type = fact_child(parameter, "type");
	struct fact *null;

	if (!type || !span_ends(type->value, "?"))
		return NULL;
	null = ARENA_NEW(m->r->arena, struct fact);
	*null = (struct fact){.kind = FACT_NULL, .doc = type->doc, .at = type->at};
	return null;
}

static const struct fact *default_of(const struct arm *m, const struct fact *parameter)
{
	const struct fact *value = parameter->kind == FACT_BLOCK ? fact_child(parameter, "defaultValue") : parameter;

	return value ? value : nothing_by_default(m, parameter);
}

static void learn_bicep(struct arm *m, const struct fact *root)
{
	FACT_EACH(f, root) {
		if (!f->key || fact_label_count(f) != 1)
			continue;
		if (!strcmp(f->key, "var"))
			put(m, 'v', fact_labels(f)[0], f);
		else if (!strcmp(f->key, "param"))
			put(m, 'p', fact_labels(f)[0], default_of(m, f));
	}
}

static void learn_json(struct arm *m, const struct fact *root)
{
	const struct fact *parameters = fact_child(root, "parameters"), *variables = fact_child(root, "variables");

	if (parameters && parameters->kind == FACT_BLOCK)
		FACT_EACH(p, parameters)
			if (p->kind == FACT_BLOCK && p->key)
				put(m, 'p', p->key, fact_child(p, "defaultValue"));
	if (variables && variables->kind == FACT_BLOCK)
		FACT_EACH(v, variables)
			if (v->key)
				put(m, 'v', v->key, v);
}

/* A file of parameters beside the template: t.parameters.json for t.json and t.bicep, t.bicepparam or one that names it for t.bicep. */
static bool gives_to(struct resolver *r, const struct doc *given, const struct doc *d)
{
	const char *dot = strrchr(d->name, '.');
	size_t stem = dot ? (size_t)(dot - d->name) : strlen(d->name);
	const struct fact *using = given->root_count == 1 && resolve_is(given, "bicep") ? fact_child(given->roots[0], "using") : NULL;
	const char *path;

	if (given == d)
		return false;
	if (!strncmp(given->name, d->name, stem) && (!strcmp(given->name + stem, ".parameters.json") || (resolve_is(d, "bicep") && !strcmp(given->name + stem, ".bicepparam"))))
		return true;
	if (!using || using->value.n < 3 || *using->value.p != '\'')
		return false;
	path = doc_join(r->scratch, doc_folder(given->name), span_cut(using->value, 1, using->value.n - 1));
	return path && !strcmp(path, d->name);
}

/* What a file of parameters gives counts before defaults. Two files that both fit leave the defaults, which may be replaced. */
static void learn_given(struct arm *m, const struct doc *d)
{
	const struct fact *root = NULL, *list;
	size_t found = 0;

	for (size_t i = 0; i < m->r->set->count; i++) {
		const struct doc *given = m->r->set->docs[i];

		if (given->root_count != 1 || given->roots[0]->kind != FACT_BLOCK || !gives_to(m->r, given, d))
			continue;
		root = given->roots[0];
		found++;
	}
	if (found != 1)
		return;
	list = resolve_is(root->doc, "bicep") ? root : fact_child(root, "parameters");
	if (list && list->kind == FACT_BLOCK)
		FACT_EACH(f, list) {
			if (list == root && f->key && !strcmp(f->key, "param") && fact_label_count(f) == 1)
				put(m, 'p', fact_labels(f)[0], f);
			else if (list != root && f->key && f->kind == FACT_BLOCK)
				put(m, 'p', f->key, fact_child(f, "value"));
		}
}

/* The value that f names and nothing else, NULL when it does not; *parameter: it may be replaced. */
static const struct fact *named_value(const struct arm *m, const struct fact *f, bool *parameter, const char **ret_path)
{
	static const char *const forms[] = {"[parameters('", "[variables('"};
	struct span name = f->value;
	const struct fact *value;

	for (int i = 0; i < 2; i++) {
		if (m->bicep && (f->state != FACT_UNKNOWN || f->kind != FACT_LITERAL || fact_candidate_count(f)))
			return NULL;
		if (!m->bicep) {
			if (f->kind != FACT_LITERAL || f->scalar != SCALAR_STRING || !span_starts(f->value, forms[i]) || !span_ends(f->value, "')]"))
				continue;
			name = span_cut(f->value, strlen(forms[i]), f->value.n - 3);
		}
		if (!is_name(name))
			return NULL;
		value = map_get(&m->values, span_of(arena_printf(m->r->scratch, "%c:%.*s", i ? 'v' : 'p', (int)name.n, name.p)));
		if (value) {
			*parameter |= !i && value->doc == f->doc;      /* a default; what a file of parameters gives is settled */
			*ret_path = arena_printf(m->r->arena, "%s.%.*s", m->bicep ? i ? "var" : "param" : i ? "variables" : "parameters", (int)name.n, name.p);
			return value;
		}
	}
	return NULL;
}

/* The template of a deployment, not that of a container app. */
static bool is_nested_template(const struct fact *f)
{
	return f->key && !strcmp(f->key, "template") && f->kind == FACT_BLOCK && fact_child(f, "resources");
}

/* In a nested template names mean something else, and in a loop they may. */
static bool is_hidden(const struct fact *f)
{
	for (const struct fact *p = f->parent; p; p = p->parent)
		if ((p->kind == FACT_LIST && p->open) || is_nested_template(p) || (p->kind == FACT_BLOCK && fact_label_count(p) && fact_child(p, "copy")))
			return true;
	return false;
}

/* A name with a stand-in: what the name holds, or the stand-in where that is nothing. Either may be replaced. */
static void resolve_stand_in(struct arm *m, struct fact *f)
{
	struct fallback fallback;
	const struct fact *value;
	struct origin *origin = NULL;

	if (f->kind != FACT_LITERAL || (m->bicep ? f->state != FACT_UNKNOWN : f->scalar != SCALAR_STRING) || is_hidden(f) || !resolve_fallback(f->value, m->bicep, &fallback))
		return;
	value = fallback.name.n ? map_get(&m->values, span_of(arena_printf(m->r->scratch, "p:%.*s", (int)fallback.name.n, fallback.name.p))) : NULL;
	if (fallback.name.n && (!value || value == f || value->kind == FACT_TEMPLATE || value->kind == FACT_REFERENCE || value->state == FACT_UNKNOWN))
		return;      /* it must be given: nothing is known of it */
	if (value && value->kind == FACT_LITERAL && value->value.n) {
		origin = ARENA_NEW(m->r->arena, struct origin);
		*origin = fact_set_at(value) ? *fact_set_at(value) : (struct origin){.doc = value->doc, .at = value->at, .fact = value};
		origin->path = arena_printf(m->r->arena, "%s.%.*s", m->bicep ? "param" : "parameters", (int)fallback.name.n, fallback.name.p);
	}
	resolve_set(m->r, f, origin ? value->value : arena_span(m->r->arena, fallback.text), FACT_OVERRIDABLE, origin);
	f->scalar = SCALAR_STRING;
}

static void resolve_one(struct arm *m, struct fact *f)
{
	const char *path = NULL, *inner = NULL;
	bool parameter = false;
	const struct fact *value = named_value(m, f, &parameter, &path), *next;
	struct origin *origin;

	if (!value || is_hidden(f))
		return;
	for (int i = 0; i < LIMIT_RESOLVE_DEPTH && (next = named_value(m, value, &parameter, &inner)); i++)
		value = next;
	if (value == f || value->kind != FACT_LITERAL || value->state == FACT_UNKNOWN || (!m->bicep && span_starts(value->value, "[") && !span_starts(value->value, "[[")))
		return;
	origin = ARENA_NEW(m->r->arena, struct origin);
	*origin = fact_set_at(value) ? *fact_set_at(value) : (struct origin){.doc = value->doc, .at = value->at, .fact = value};
	origin->path = path;      /* the name that stands here: links go by it */
	resolve_set(m->r, f, value->value, parameter || value->state == FACT_OVERRIDABLE ? FACT_OVERRIDABLE : FACT_FIXED, origin);
	f->scalar = value->scalar;
}

void resolve_arm(struct resolver *r)
{
	for (size_t i = 0; i < r->set->count; i++) {
		const struct doc *d = r->set->docs[i];
		const struct fact *root = d->root_count == 1 && d->roots[0]->kind == FACT_BLOCK ? d->roots[0] : NULL;
		struct arm m = {.r = r, .values = MAP_INIT(r->scratch), .bicep = resolve_is(d, "bicep")};
		const char *schema = root && resolve_is(d, "json") ? fact_text(root, "$schema") : NULL;

		if (!root || (!m.bicep && (!schema || !strcasestr(schema, "deploymentTemplate.json"))))
			continue;
		watch_doc(r->set, WATCH_ALONE, d);
		learn_given(&m, d);
		if (m.bicep)
			learn_bicep(&m, root);
		else
			learn_json(&m, root);
		for (const struct fact *f = root; f; f = fact_next(f, root))
			if (is_scalar(f)) {
				resolve_one(&m, resolve_own(f));
				resolve_stand_in(&m, resolve_own(f));
			}
	}
}
