/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * CloudFormation and SAM templates, in YAML and JSON, and OpenStack Heat, which has the same shape; the template that the Serverless
 * Framework keeps below `resources`, whole or in a list of parts.
 * A Ref to a parameter with a default is that default, overridable; a Ref or GetAtt to a resource is a reference; Fn::If with two
 * plain outcomes has both as candidates; every other function is unknown. AWS::NoValue is a setting that is not there.
 */
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ intrinsic functions */

static bool is_serverless(const struct build *b)
{
	return !strncmp(doc_base(b->doc->name), "serverless.y", 12) && fact_child(b->doc->roots[0], "provider");
}

static const struct fact *template_root(const struct build *b)
{
	const struct fact *root = b->doc->roots[0], *inner = is_serverless(b) ? fact_child(root, "resources") : NULL;

	return inner ? inner : root;
}

static const struct fact *parameter_value(struct build *b, const struct fact *f, const char *name)
{
	const struct fact *parameters = fact_child(template_root(b), "Parameters");
	const struct fact *parameter = NULL, *value;
	struct origin *origin;
	struct fact *made;

	if (parameters)
		FACT_EACH(p, parameters)
			if (p->key && p->kind == FACT_BLOCK && !strcmp(p->key, name))
				parameter = p;
	if (!parameter)
		return NULL;
	value = fact_child(parameter, "Default");
	if (!value || !fact_is_scalar(value) || value->kind == FACT_NULL)
		return fact_computed(b, f, FACT_LITERAL, arena_printf(b->arena, "!Ref %s", name));
	made = fact_computed(b, f, FACT_LITERAL, value->value.p);
	made->state = FACT_OVERRIDABLE;
	made->scalar = value->scalar;
	origin = ARENA_NEW(b->arena, struct origin);
	*origin = (struct origin){.doc = value->doc, .at = value->at, .path = arena_printf(b->arena, "Parameters.%s.Default", name), .fact = value};
	fact_put_set_at(b->arena, made, origin);
	return made;
}

static const struct fact *ref_value(struct build *b, const struct fact *f, const char *name)
{
	const struct fact *value;

	if (!strcmp(name, "AWS::NoValue"))
		return &fact_dropped;
	value = parameter_value(b, f, name);
	if (value)
		return value;
	return fact_computed(b, f, strncmp(name, "AWS::", 5) ? FACT_REFERENCE : FACT_LITERAL, name);
}

static const struct fact *get_att_value(struct build *b, const struct fact *f, const struct fact *args)
{
	const struct fact *first = args->first;

	if (args->kind == FACT_LIST && first && first->next && fact_is_scalar(first) && fact_is_scalar(first->next))
		return fact_computed(b, f, FACT_REFERENCE, arena_printf(b->arena, "%s.%s", first->value.p, first->next->value.p));
	return fact_computed(b, f, FACT_REFERENCE, fact_is_scalar(args) ? args->value.p : "Fn::GetAtt");
}

static const struct fact *sub_value(struct build *b, const struct fact *f, const struct fact *args)
{
	const struct fact *text = args->kind == FACT_LIST ? args->first : args;

	return fact_computed(b, f, FACT_TEMPLATE, text && fact_is_scalar(text) ? text->value.p : "Fn::Sub");
}

/* Fn::If of two plain values: either may come. */
static const struct fact *if_value(struct build *b, const struct fact *f, const struct fact *args)
{
	const struct fact *yes = args->kind == FACT_LIST && args->first ? args->first->next : NULL, *no = yes ? yes->next : NULL;
	struct fact *made;
	struct span *both;

	if (!no || !fact_is_scalar(yes) || !fact_is_scalar(no) || fact_is_unresolved(yes) || fact_is_unresolved(no)) {
		made = fact_computed(b, f, FACT_LITERAL, "Fn::If");
		made->conditional = true;
		return made;
	}
	made = fact_computed(b, f, FACT_LITERAL, arena_printf(b->arena, "Fn::If %s %s", yes->value.p, no->value.p));
	both = ARENA_ARRAY(b->arena, struct span, 2);
	both[0] = yes->value;
	both[1] = no->value;
	fact_put_candidates(b->arena, made, both, 2);
	return made;
}

static const struct fact *function_value(struct build *b, const struct fact *f)
{
	const struct fact *args = f->first;
	const char *name = args && !args->next ? args->key : NULL;

	if (!name)
		return f;
	if ((!strcmp(name, "Ref") || !strcmp(name, "get_resource") || !strcmp(name, "get_param")) && fact_is_scalar(args))
		return ref_value(b, f, args->value.p);
	if (!strcmp(name, "Fn::GetAtt") || !strcmp(name, "get_attr"))
		return get_att_value(b, f, args);
	if (!strcmp(name, "Fn::Sub"))
		return sub_value(b, f, args);
	if (!strcmp(name, "Fn::If"))
		return if_value(b, f, args);
	if (!strncmp(name, "Fn::", 4))
		return fact_computed(b, f, !strcmp(name, "Fn::ImportValue") ? FACT_REFERENCE : FACT_LITERAL, name);
	return f;
}

static const struct fact *replace_function(struct build *b, const struct fact *f)
{
	if (f->kind == FACT_BLOCK)
		return function_value(b, f);
	if (f->kind == FACT_REFERENCE && f->value.n && !memchr(f->value.p, '.', f->value.n))
		return ref_value(b, f, f->value.p);      /* !Ref X */
	return f;
}

/* Values of intrinsic functions and template expressions in a tree; the tree itself when nothing is to be said. */
static const struct fact *cloudformation_values(struct build *b, const struct fact *f)
{
	return fact_rewrite(b, f, replace_function);
}

/* ------------------------------------------------------------------ the template */

/* own's settings, then those of shared that it has not; maps that both have are put together, as deep as they go. */
static struct fact *put_together(struct build *b, const struct fact *own, const struct fact *shared)
{
	struct fact *all = block_new(b->arena, own);

	all->open = own->open || shared->open;
	FACT_EACH(f, own) {
		const struct fact *same = f->key && f->kind == FACT_BLOCK ? fact_child(shared, f->key) : NULL;

		block_hang(b->arena, all, same && same->kind == FACT_BLOCK ? put_together(b, f, same) : f, f->key);
	}
	FACT_EACH(f, shared)
		if (f->key && !fact_child(own, f->key))
			block_hang(b->arena, all, f, NULL);
	return all;
}

/* SAM: settings under Globals hold for each resource of the kind that has none of its own. */
static const struct fact *with_globals(struct build *b, const struct fact *root, const char *type, const struct fact *body)
{
	static const char prefix[] = "AWS::Serverless::";
	const struct fact *globals = fact_child(root, "Globals"), *shared;

	if (strncmp(type, prefix, strlen(prefix)) || !globals || globals->kind != FACT_BLOCK)
		return body;
	shared = fact_child(globals, type + strlen(prefix));
	return shared && shared->kind == FACT_BLOCK ? put_together(b, body, cloudformation_values(b, shared)) : body;
}

static void tell_resource(struct build *b, struct scope *scope, const struct fact *root, const struct fact *r)
{
	const char *type = fact_text(r, "Type");
	const struct fact *properties = fact_child(r, "Properties");
	struct draft *d;

	if (!type || !r->key)
		return;
	if (!strcmp(type, "AWS::CloudFormation::Stack") || !strcmp(type, "AWS::Serverless::Application"))
		scope->open = true;
	d = draft_add(b, NOTATION_CLOUDFORMATION, type, r);
	d->body = properties && properties->kind == FACT_BLOCK ? cloudformation_values(b, properties) : block_new(b->arena, r);
	d->body = with_globals(b, root, type, d->body);
	d->outer = r;
	d->name = d->address = r->key;
	d->scope = scope;
	d->conditional = fact_child(r, "Condition");
}

static bool has_aws_type(const struct fact *resources)
{
	FACT_EACH(r, resources) {
		const char *type = r->kind == FACT_BLOCK ? fact_text(r, "Type") : NULL;

		if (type && strstr(type, "::"))
			return true;
	}
	return false;
}

static void tell_resources(struct build *b, struct scope *scope, const struct fact *root, const struct fact *resources)
{
	FACT_EACH(r, resources)
		if (r->kind == FACT_BLOCK && !strncmp(r->key ? r->key : "", "Fn::", 4))
			scope->open = true;
		else if (r->kind == FACT_BLOCK)
			tell_resource(b, scope, root, r);
}

/* What the framework itself makes of functions and events stays untold; parts in files of their own leave the scope open. */
static void tell_serverless(struct build *b)
{
	const struct fact *template = template_root(b), *resources;
	struct scope *scope = scope_named(b, arena_printf(b->arena, "template:%s", b->doc->name));

	scope->open = true;
	if (template->kind == FACT_BLOCK) {
		resources = fact_child(template, "Resources");
		if (resources && resources->kind == FACT_BLOCK)
			tell_resources(b, scope, template, resources);
	} else if (template->kind == FACT_LIST) {
		FACT_EACH(part, template) {
			resources = part->kind == FACT_BLOCK ? fact_child(part, "Resources") : NULL;
			if (resources && resources->kind == FACT_BLOCK)
				tell_resources(b, scope, part, resources);
		}
	}
}

bool dialect_cloudformation(struct build *b)
{
	const struct fact *root = b->doc->root_count ? b->doc->roots[0] : NULL, *resources;
	struct scope *scope;

	if (!root || root->kind != FACT_BLOCK)
		return false;
	if (is_serverless(b)) {
		tell_serverless(b);
		return false;      /* its name and the rest of it are told by its own */
	}
	resources = fact_child(root, "Resources");
	if (!resources || resources->kind != FACT_BLOCK || !has_aws_type(resources))
		return false;
	b->doc->dialect = fact_child(root, "heat_template_version") ? "heat" : "cloudformation";
	scope = scope_named(b, arena_printf(b->arena, "template:%s", b->doc->name));
	scope->open = resources->open;
	tell_resources(b, scope, root, resources);
	return true;
}
