/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Azure Resource Manager templates: resources, nested ones and those of nested deployments. properties are lifted by the normal block.
 * [parameters('x')] is the parameter's default, overridable; [variables('x')] the variable's value; resourceId() and reference()
 * are references; every other expression is unknown. Bicep has the same resources: a bare name is a parameter or variable there, "x.id" and
 * "x.name" belong to the resource called x.
 */
#include "base/limits.h"
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>


/* ------------------------------------------------------------------ expressions */

static bool is_bicep(const struct build *b)
{
	return b->doc->format && !strcmp(b->doc->format->name, "bicep");
}

static bool is_expression(const struct fact *f)
{
	struct span v = f->value;

	return fact_is_scalar(f) && v.n > 2 && v.p[0] == '[' && v.p[1] != '[' && v.p[v.n - 1] == ']';
}

/* name of `[function('name')]` and nothing else, or NULL. */
static const char *only_argument(struct arena *a, struct span v, const char *function)
{
	size_t n = strlen(function);
	struct span rest;
	const char *end;

	if (v.n < n + 6 || strncasecmp(v.p + 1, function, n) || v.p[n + 1] != '(' || v.p[n + 2] != '\'')
		return NULL;
	rest = span_cut(v, n + 3, v.n);
	end = memchr(rest.p, '\'', rest.n);
	return end && end + 3 == rest.p + rest.n && end[1] == ')' ? arena_dup(a, rest.p, (size_t)(end - rest.p)) : NULL;
}

static const struct fact *setting_of(struct build *b, const char *section, const char *name, const char *field)
{
	const struct fact *all = fact_child(b->arm_template, section), *one;

	one = all && all->kind == FACT_BLOCK ? fact_child(all, name) : NULL;
	if (!one || !field)
		return one;
	return one->kind == FACT_BLOCK ? fact_child(one, field) : NULL;
}

static const struct fact *put_value(struct build *b, const struct fact *f, const struct fact *value, bool overridable, const char *path)
{
	struct origin *origin = ARENA_NEW(b->arena, struct origin);
	struct fact *made = fact_computed(b, f, (enum fact_kind)value->kind, value->value.p ? value->value.p : "");

	*origin = (struct origin){.doc = value->doc, .at = value->at, .path = path, .fact = value};
	fact_put_set_at(b->arena, made, origin);
	made->first = value->first;
	made->scalar = value->scalar;
	made->state = value->state;
	if (overridable && made->state == FACT_FIXED)
		made->state = FACT_OVERRIDABLE;
	return made;
}

static const struct fact *expression_value(struct build *b, const struct fact *f, int depth)
{
	const char *name = only_argument(b->arena, f->value, "parameters");
	bool parameter = name;
	const struct fact *value;

	if (!name)
		name = only_argument(b->arena, f->value, "variables");
	if (!name) {
		bool reference = strcasestr(f->value.p, "resourceId(") || strcasestr(f->value.p, "reference(") || strcasestr(f->value.p, "listKeys(");

		return fact_computed(b, f, reference ? FACT_REFERENCE : FACT_LITERAL, f->value.p);
	}
	value = parameter ? setting_of(b, "parameters", name, "defaultValue") : setting_of(b, "variables", name, NULL);
	if (!value || value->kind == FACT_NULL || depth == 0)
		return fact_computed(b, f, FACT_LITERAL, f->value.p);
	if (is_expression(value)) {
		const struct fact *inner = expression_value(b, value, depth - 1);

		return put_value(b, f, inner, parameter, arena_printf(b->arena, "%s.%s", parameter ? "parameters" : "variables", name));
	}
	return put_value(b, f, value, parameter, arena_printf(b->arena, "%s.%s", parameter ? "parameters" : "variables", name));
}

/* ------------------------------------------------------------------ Bicep */

/* The declaration `word name`, at the top or within another resource. */
static const struct fact *declared(const struct fact *root, const char *word, struct span name)
{
	for (const struct fact *f = root; f; f = fact_next(f, root))
		if (f->key && fact_label_count(f) == 1 && !strcmp(f->key, word) && span_is(name, fact_labels(f)[0]))
			return f;
	return NULL;
}

static const struct fact *bicep_setting(struct build *b, struct span name, bool *ret_parameter)
{
	const struct fact *variable = declared(b->arm_template, "var", name), *parameter;

	*ret_parameter = !variable;
	if (variable)
		return variable;
	parameter = declared(b->arm_template, "param", name);
	if (!parameter || parameter->kind != FACT_BLOCK)
		return parameter;
	return fact_child(parameter, "defaultValue");
}

/* x.id and x.name as ARM's JSON would say it, so that links see one form. */
static const struct fact *bicep_reference(struct build *b, const struct fact *f)
{
	size_t n = strcspn(f->value.p, ".:");
	const struct fact *target = declared(b->arm_template, "resource", (struct span){f->value.p, n});
	const char *type = target ? fact_text(target, "type") : NULL, *name = target ? fact_text(target, "name") : NULL;

	if (!type || !name)
		return fact_computed(b, f, FACT_REFERENCE, f->value.p);
	return fact_computed(b, f, FACT_REFERENCE, arena_printf(b->arena, "[resourceId('%s', '%s')]", type, name));
}

static const struct fact *bicep_value(struct build *b, const struct fact *f, int depth)
{
	const struct fact *value;
	bool parameter;

	if (f->kind == FACT_REFERENCE)
		return bicep_reference(b, f);
	value = bicep_setting(b, f->value, &parameter);
	if (!value && declared(b->arm_template, "resource", f->value))
		return bicep_reference(b, f);      /* scope: x */
	if (!value || value->kind == FACT_NULL || depth == 0)
		return f;
	if (value->state == FACT_UNKNOWN && (value->kind == FACT_LITERAL || value->kind == FACT_REFERENCE))
		value = bicep_value(b, value, depth - 1);
	return put_value(b, f, value, parameter, arena_printf(b->arena, "%s.%.*s", parameter ? "param" : "var", (int)f->value.n, f->value.p));
}

static const struct fact *replace_expression(struct build *b, const struct fact *f)
{
	if (is_bicep(b))
		return fact_is_scalar(f) && f->state == FACT_UNKNOWN && !fact_candidate_count(f) && f->kind != FACT_TEMPLATE ? bicep_value(b, f, LIMIT_RESOLVE_DEPTH) : f;
	return is_expression(f) ? expression_value(b, f, LIMIT_RESOLVE_DEPTH) : f;
}

/* ------------------------------------------------------------------ resources */

static void tell_resources(struct build *b, struct scope *scope, const struct fact *resources, const char *type, const char *name, int depth);

static void tell_nested_template(struct build *b, struct scope *scope, const struct fact *r, int depth)
{
	const struct fact *template = fact_at(r, "properties.template"), *outer = b->arm_template;
	const char *evaluation = text_at(r, "properties.expressionEvaluationOptions.scope");

	if (!template || template->kind != FACT_BLOCK) {
		scope->open = true;      /* a linked template that was not handed over */
		return;
	}
	if (evaluation && !strcasecmp(evaluation, "inner"))
		b->arm_template = template;
	if (fact_child(template, "resources"))
		tell_resources(b, scope, fact_child(template, "resources"), NULL, NULL, depth - 1);
	b->arm_template = outer;
}

static bool is_false(const struct fact *condition)
{
	return condition && fact_is_scalar(condition) && !strcasecmp(condition->value.p, "false");
}

static void tell_resource(struct build *b, struct scope *scope, const struct fact *r, const char *in_type, const char *in_name, int depth)
{
	const char *type = fact_text(r, "type"), *name = fact_text(r, "name");
	const struct fact *condition = fact_child(r, "condition"), *block, *properties, *existing = fact_child(r, "existing");
	struct draft *d;

	if (!type || is_false(condition) || (existing && (span_is(existing->value, "true") || span_is(existing->value, "existing"))))
		return;
	block = fact_rewrite(b, r, replace_expression);
	if (is_bicep(b))
		name = fact_text(block, "name");
	if (in_type && !strchr(type, '.'))      /* nested: the type is relative to the owner's */
		type = arena_printf(b->arena, "%s/%s", in_type, type);
	if (in_name && name && !strchr(name, '/') && name[0] != '[')
		name = arena_printf(b->arena, "%s/%s", in_name, name);
	properties = fact_child(block, "properties");
	d = draft_add(b, NOTATION_ARM, type, r);
	d->body = properties && properties->kind == FACT_BLOCK ? properties : block_new(b->arena, r);
	d->outer = block;
	d->name = name;
	d->address = arena_printf(b->arena, "%s/%s", type, name ? name : "?");
	d->scope = scope;
	d->conditional = condition || fact_child(r, "copy");
	if (depth == 0) {
		scope->open = true;
		return;
	}
	if (!strcasecmp(type, "Microsoft.Resources/deployments"))
		tell_nested_template(b, scope, r, depth);
	if (fact_child(r, "resources"))
		tell_resources(b, scope, fact_child(r, "resources"), type, name, depth - 1);
}

/* A list, or with symbolic names (language version 2) a mapping. */
static void tell_resources(struct build *b, struct scope *scope, const struct fact *resources, const char *type, const char *name, int depth)
{
	if (fact_has_parts(resources))
		FACT_EACH(r, resources)
			if (r->kind == FACT_BLOCK)
				tell_resource(b, scope, r, type, name, depth);
}

/* The resource that `parent: x` names gives the first part of the name; a nested one has its owner's. */
static void tell_bicep(struct build *b, struct scope *scope, const struct fact *owner, const char *in_type, const char *in_name, int depth)
{
	FACT_EACH(r, owner) {
		const struct fact *parent = fact_child(r, "parent"), *above;
		const char *type, *name;

		if (!r->key || !fact_label_count(r) || r->kind != FACT_BLOCK)
			continue;
		if (!strcmp(r->key, "module"))
			scope->open = true;      /* its resources are in another file, if it was handed over at all */
		if (strcmp(r->key, "resource") != 0)
			continue;
		above = parent ? declared(b->arm_template, "resource", parent->value) : NULL;
		name = above ? fact_text(fact_rewrite(b, above, replace_expression), "name") : in_name;
		tell_resource(b, scope, r, in_type, name, 1);
		type = fact_text(r, "type");
		if (depth && type)
			tell_bicep(b, scope, r, in_type && !strchr(type, '.') ? arena_printf(b->arena, "%s/%s", in_type, type) : type, fact_text(r, "name"), depth - 1);
	}
}

static bool looks_like_arm(const struct fact *root)
{
	const char *schema = fact_text(root, "$schema");
	const struct fact *resources = fact_child(root, "resources");
	const char *type;

	if (schema && strcasestr(schema, "deploymentTemplate.json"))
		return true;
	if (!resources || resources->kind != FACT_LIST || !resources->first || resources->first->kind != FACT_BLOCK)
		return false;
	type = fact_text(resources->first, "type");
	return type && strchr(type, '/') && fact_child(resources->first, "apiVersion");
}

bool dialect_arm(struct build *b)
{
	const struct fact *root = b->doc->root_count ? b->doc->roots[0] : NULL;
	const char *schema;

	if (!root || root->kind != FACT_BLOCK)
		return false;
	if (is_bicep(b)) {
		b->doc->dialect = "bicep";
		b->arm_template = root;
		tell_bicep(b, scope_named(b, arena_printf(b->arena, "template:%s", b->doc->name)), root, NULL, NULL, LIMIT_DEPTH);
		return true;
	}
	schema = fact_text(root, "$schema");
	if (schema && strcasestr(schema, "deploymentParameters.json")) {
		b->doc->dialect = "arm-parameters";
		return true;
	}
	if (!looks_like_arm(root))
		return false;
	b->doc->dialect = "arm";
	b->arm_template = root;
	if (fact_child(root, "resources"))
		tell_resources(b, scope_named(b, arena_printf(b->arena, "template:%s", b->doc->name)), fact_child(root, "resources"), NULL, NULL, LIMIT_DEPTH);
	return true;
}
