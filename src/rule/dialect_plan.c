/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What Terraform prints of itself: `show -json` of a plan or a state (format_version 0.x and 1.x), and the raw state file (version 4).
 * A plan's values stand in planned_values; what is known after apply only, in resource_changes; what the configuration refers to,
 * in configuration. Data sources are no resources. A module's path is part of the scope.
 */
#include "base/limits.h"
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>


struct plan {
	struct build *b;
	struct map changes;      /* address -> change */
	const char *folder;
	bool is_plan;
};

static void index_changes(struct plan *p, const struct fact *root)
{
	const struct fact *changes = fact_child(root, "resource_changes");

	if (changes && changes->kind == FACT_LIST)
		FACT_EACH(change, changes) {
			const char *address = change->kind == FACT_BLOCK ? fact_text(change, "address") : NULL;

			if (address)
				map_put(&p->changes, span_of(address), fact_child(change, "change"));
		}
}

static bool is_managed(const struct fact *resource)
{
	const char *mode = fact_text(resource, "mode");

	return !mode || !strcmp(mode, "managed");
}

/* The configuration's resources of a module by "type.name": addresses there have neither module nor instance. */
static struct map index_configuration(struct plan *p, const struct fact *module)
{
	const struct fact *resources = module && module->kind == FACT_BLOCK ? fact_child(module, "resources") : NULL;
	struct map index = MAP_INIT(p->b->arena);

	if (resources && resources->kind == FACT_LIST)
		FACT_EACH(r, resources) {
			const char *type = r->kind == FACT_BLOCK ? fact_text(r, "type") : NULL, *name = type ? fact_text(r, "name") : NULL;

			if (name)
				map_put(&index, span_of(arena_printf(p->b->arena, "%s.%s", type, name)), r);
		}
	return index;
}

static const char *instance_of(const char *address, const char *module, const char *type, const char *name)
{
	size_t n = strlen(module) + strlen(type) + 1 + strlen(name);

	return strlen(address) > n && address[n] == '[' ? address + n : "";
}

/* Without the instances of modules and resources: as HCL writes it. */
static const char *bare_address(struct arena *a, const char *address)
{
	char *copy = arena_str(a, address), *out = copy;
	bool quoted = false, bracket = false;

	for (const char *p = address; *p; p++) {
		if (*p == '"' && bracket)
			quoted = !quoted;
		if (*p == '[' && !quoted)
			bracket = true;
		if (!bracket)
			*out++ = *p;
		if (*p == ']' && !quoted)
			bracket = false;
	}
	*out = 0;
	return copy;
}

static void tell_resource(struct plan *p, struct scope *scope, const char *module, const struct fact *r, const struct map *configuration)
{
	struct build *b = p->b;
	const char *type = fact_text(r, "type"), *name = fact_text(r, "name"), *address = fact_text(r, "address");
	const struct fact *values = fact_child(r, "values"), *change, *block;
	struct draft *d;

	if (!values)
		values = fact_at(r, "change.after");      /* a plan cut to its changes */
	if (!type || !name || !address || !values || values->kind != FACT_BLOCK || !is_managed(r))
		return;
	d = draft_add(b, p->is_plan ? NOTATION_PLAN : NOTATION_STATE, type, r);
	d->body = values;
	d->name = name;
	d->address = address;
	d->scope = scope;
	d->module = module;
	d->index = instance_of(address, module, type, name);
	change = map_get(&p->changes, span_of(address));
	d->unknown = change ? fact_child(change, "after_unknown") : NULL;
	if (d->unknown && d->unknown->kind != FACT_BLOCK)
		d->unknown = NULL;
	block = map_get(configuration, span_of(arena_printf(b->arena, "%s.%s", type, name)));
	d->references = block ? fact_child(block, "expressions") : NULL;
	d->provider = block ? fact_text(block, "provider_config_key") : NULL;
	map_put(&b->plans, span_of(arena_printf(b->scratch, "%s\n%s", p->folder, bare_address(b->scratch, address))), d);
}

static const struct fact *called(const struct fact *configuration, const char *address)
{
	const struct fact *calls = configuration ? fact_child(configuration, "module_calls") : NULL;
	const char *bare = address, *dot;
	const struct fact *call;
	char name[256];

	while ((dot = strstr(bare, "module.")) != NULL)
		bare = dot + 7;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(bare, "["), bare);
	call = calls ? fact_child(calls, name) : NULL;
	return call ? fact_child(call, "module") : NULL;
}

static void tell_module(struct plan *p, const struct fact *module, const struct fact *configuration, const char *prefix, int depth)
{
	const struct fact *resources = fact_child(module, "resources"), *children = fact_child(module, "child_modules");
	struct scope *scope = scope_named(p->b, arena_printf(p->b->arena, "plan:%s:%s", p->b->doc->name, prefix));
	struct map index = index_configuration(p, configuration);

	if (resources && resources->kind == FACT_LIST)
		FACT_EACH(r, resources)
			if (r->kind == FACT_BLOCK)
				tell_resource(p, scope, prefix, r, &index);
	if (!children || children->kind != FACT_LIST)
		return;
	if (depth == LIMIT_DEPTH) {
		scope->open = true;
		return;
	}
	FACT_EACH(child, children) {
		const char *address = child->kind == FACT_BLOCK ? fact_text(child, "address") : NULL;

		if (address)
			tell_module(p, child, called(configuration, address), arena_printf(p->b->arena, "%s.", address), depth + 1);
	}
}

/* A plan that was cut to its resource_changes still holds every value, module by module. */
static void tell_changes(struct plan *p, const struct fact *root, const struct fact *changes)
{
	struct map index = index_configuration(p, fact_at(root, "configuration.root_module")), none = MAP_INIT(p->b->arena);

	FACT_EACH(r, changes) {
		const char *module = r->kind == FACT_BLOCK ? fact_text(r, "module_address") : NULL;
		const char *prefix = module ? arena_printf(p->b->arena, "%s.", module) : "";

		if (r->kind == FACT_BLOCK)
			tell_resource(p, scope_named(p->b, arena_printf(p->b->arena, "plan:%s:%s", p->b->doc->name, prefix)), prefix, r,
				      module ? &none : &index);
	}
}

/* Providers of a plan: "aws", "aws.eu", "module.a:aws"; their region is an expression of the configuration. */
static void tell_providers(struct plan *p, const struct fact *root)
{
	const struct fact *configs = fact_at(root, "configuration.provider_config");
	struct scope *scope = scope_named(p->b, arena_printf(p->b->arena, "plan:%s:", p->b->doc->name));

	if (configs && configs->kind == FACT_BLOCK)
		FACT_EACH(config, configs)
			if (config->kind == FACT_BLOCK && config->key)
				provider_add(p->b, scope, config->key, config);
}

/* ------------------------------------------------------------------ raw state */

static void tell_instance(struct build *b, struct scope *scope, const struct fact *r, const struct fact *instance)
{
	const char *type = fact_text(r, "type"), *name = fact_text(r, "name"), *module = fact_text(r, "module");
	const struct fact *values = fact_child(instance, "attributes"), *key = fact_child(instance, "index_key");
	struct draft *d;

	if (!type || !name || !values || values->kind != FACT_BLOCK)
		return;
	d = draft_add(b, NOTATION_STATE, type, instance);
	d->body = values;
	d->name = name;
	d->scope = scope;
	d->module = module ? arena_printf(b->arena, "%s.", module) : "";
	d->index = !key || key->kind == FACT_NULL ? "" : arena_printf(b->arena, key->scalar == SCALAR_NUMBER ? "[%s]" : "[\"%s\"]", key->value.p);
	d->address = arena_printf(b->arena, "%s%s.%s%s", d->module, type, name, d->index);
}

static bool read_raw_state(struct build *b, const struct fact *root)
{
	const struct fact *resources = fact_child(root, "resources");
	struct scope *scope = scope_named(b, arena_printf(b->arena, "state:%s", b->doc->name));

	if (!fact_text(root, "terraform_version") || !fact_text(root, "lineage") || !resources || resources->kind != FACT_LIST)
		return false;
	FACT_EACH(r, resources) {
		const struct fact *instances = r->kind == FACT_BLOCK && is_managed(r) ? fact_child(r, "instances") : NULL;

		if (instances && instances->kind == FACT_LIST)
			FACT_EACH(instance, instances)
				if (instance->kind == FACT_BLOCK)
					tell_instance(b, scope, r, instance);
	}
	b->doc->dialect = "terraform-state";
	return true;
}

bool dialect_plan(struct build *b)
{
	const struct fact *root = b->doc->root_count ? b->doc->roots[0] : NULL, *top, *changes;
	struct plan p = {.b = b, .changes = MAP_INIT(b->arena)};

	if (!root || root->kind != FACT_BLOCK)
		return false;
	if (read_raw_state(b, root))
		return true;
	top = fact_at(root, "planned_values.root_module");
	changes = fact_child(root, "resource_changes");
	p.is_plan = top || changes;
	if (!top && fact_text(root, "format_version"))
		top = fact_at(root, "values.root_module");
	if (!(top && top->kind == FACT_BLOCK) && !(changes && changes->kind == FACT_LIST))
		return false;
	p.folder = folder_of(b->arena, b->doc->name);
	index_changes(&p, root);
	tell_providers(&p, root);
	if (top && top->kind == FACT_BLOCK)
		tell_module(&p, top, fact_at(root, "configuration.root_module"), "", 0);
	else
		tell_changes(&p, root, changes);
	b->doc->dialect = p.is_plan ? "terraform-plan" : "terraform-state";
	return true;
}
