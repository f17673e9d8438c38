/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Terraform and OpenTofu configuration, in HCL and in JSON: resource blocks and module blocks become drafts, provider blocks are
 * remembered for the view place. A folder is a scope. What count = 0 makes away is no resource, but for a count that is 0 by a default.
 * A module whose folder was not handed over leaves its scope open; one that the tables know stands as a resource itself.
 * A resource that a plan of the same or an enclosing folder holds is left to the plan: it is the more resolved one.
 */
#include "base/limits.h"
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>


static struct scope *folder_scope(struct build *b, const struct doc *d)
{
	return scope_named(b, arena_printf(b->arena, "terraform:%s", folder_of(b->arena, d->name)));
}

/* ------------------------------------------------------------------ providers */

void provider_add(struct build *b, const struct scope *scope, const char *name, const struct fact *block)
{
	struct map_entry *entry = map_entry(&b->providers, span_of(arena_printf(b->scratch, "%s\n%s", scope->name, name)));

	if (!entry->value)
		entry->value = (void *)(uintptr_t)block;
}

/* `providers = { aws = aws.eu }` of a module block: the caller's name for ours. */
static const char *passed_name(const struct fact *call, const char *name)
{
	const struct fact *map = fact_child(call, "providers");

	if (map && map->kind == FACT_BLOCK)
		FACT_EACH(child, map)
			if (child->key && !strcmp(child->key, name) && fact_is_scalar(child))
				return child->value.p;
	return name;
}

const struct fact *provider_find(const struct build *b, const struct scope *scope, const char *name)
{
	for (int depth = 0; scope && depth < LIMIT_RESOLVE_DEPTH; depth++) {
		char key[1024];
		const struct caller *caller;
		const struct fact *block;

		snprintf(key, sizeof key, "%s\n%s", scope->name, name);
		block = map_get(&b->providers, span_of(key));
		if (block)
			return block;
		caller = map_get(&b->callers, span_of(scope->name));
		if (!caller || caller->several)
			return NULL;
		name = passed_name(caller->block, name);
		scope = caller->scope;
	}
	return NULL;
}

static void tell_provider(struct build *b, const struct scope *scope, const char *name, const struct fact *block)
{
	const char *alias = fact_text(block, "alias");

	provider_add(b, scope, alias ? arena_printf(b->arena, "%s.%s", name, alias) : name, block);
}

/* ------------------------------------------------------------------ blocks */

/* azapi_resource writes an ARM resource: its type in a setting, its properties below body. */
static void read_arm_inside(struct build *b, struct draft *d, const struct fact *block)
{
	static const char *const frame[] = {"type", "body", NULL};
	const struct fact *type = fact_child(block, "type"), *body = fact_child(block, "body"), *properties;
	const char *text = type ? fact_literal(type) : NULL;
	struct fact *outer;

	if (!text || !strchr(text, '@') || !body || body->kind != FACT_BLOCK)
		return;
	properties = fact_child(body, "properties");
	outer = block_new(b->arena, block);
	FACT_EACH(f, body)
		block_hang(b->arena, outer, f, NULL);
	FACT_EACH(f, block)
		if (!f->key || !text_in(f->key, frame))
			block_hang(b->arena, outer, f, NULL);
	d->type = arena_dup(b->arena, text, strcspn(text, "@"));
	d->body = properties && properties->kind == FACT_BLOCK ? properties : block_new(b->arena, block);
	d->outer = outer;
}

/* The awscc provider writes CloudFormation's types and properties in snake case. */
static const char *type_of(const struct build *b, const char *type)
{
	const char *cloudformation = !strncmp(type, "awscc_", 6) ? dialect_awscc(b->dialects, type + 6) : NULL;

	return cloudformation ? cloudformation : type;
}

static void tell_resource(struct build *b, struct scope *scope, const char *type, const char *name, const struct fact *block)
{
	struct draft *d;

	if (block->absent || block->kind != FACT_BLOCK)
		return;
	d = draft_add(b, NOTATION_HCL, type_of(b, type), block);
	if (!strncmp(type, "azapi_", 6))
		read_arm_inside(b, d, block);
	d->name = name;
	d->address = arena_printf(b->arena, "%s.%s", type, name);
	d->scope = scope;
	d->conditional = block->conditional;
	d->off = block->off;
}

static void remember_unread(struct build *b, struct scope *scope, const struct fact *block)
{
	for (size_t i = 0;; i++) {
		struct map_entry *entry = map_entry(&b->modules, span_of(arena_printf(b->scratch, "%s\n%zu", scope->name, i)));

		if (!entry->value) {
			entry->value = (void *)(uintptr_t)block;
			break;
		}
	}
	scope->open = true;
}

static void remember_call(struct build *b, struct scope *scope, const char *folder, const struct fact *block)
{
	struct map_entry *entry = map_entry(&b->callers, span_of(arena_printf(b->scratch, "terraform:%s", folder)));
	struct caller *caller = entry->value;

	if (!caller) {
		caller = entry->value = ARENA_NEW(b->arena, struct caller);
		*caller = (struct caller){.block = block, .scope = scope};
	} else {
		caller->several = true;
	}
}

static void tell_module(struct build *b, struct scope *scope, const char *name, const struct fact *block)
{
	const struct fact *source = fact_child(block, "source");
	const char *text = source ? fact_literal(source) : NULL;
	const char *type = text ? arena_printf(b->arena, "module:%.*s", (int)strcspn(text, "?"), text) : NULL;

	if (block->absent || block->kind != FACT_BLOCK)
		return;
	if (text && (!strncmp(text, "./", 2) || !strncmp(text, "../", 3))) {
		const char *folder = doc_join(b->arena, doc_folder(b->doc->name), span_of(text));

		if (folder && map_get(&b->folders, span_of(folder))) {
			remember_call(b, scope, folder, block);
			return;
		}
	} else if (type && dialect_row(b->dialects, type)) {
		tell_resource(b, scope, type, name, block);
		b->drafts[b->draft_count - 1].address = arena_printf(b->arena, "module.%s", name);
		return;
	}
	remember_unread(b, scope, block);
}

/* ------------------------------------------------------------------ HCL */

static void tell_hcl_block(struct build *b, struct scope *scope, const struct fact *f)
{
	if (f->kind != FACT_BLOCK || !f->key || !f->block_syntax)
		return;
	if (!strcmp(f->key, "resource") && fact_label_count(f) == 2)
		tell_resource(b, scope, fact_labels(f)[0], fact_labels(f)[1], f);
	else if (!strcmp(f->key, "provider") && fact_label_count(f) == 1)
		tell_provider(b, scope, fact_labels(f)[0], f);
	else if (!strcmp(f->key, "module") && fact_label_count(f) == 1)
		tell_module(b, scope, fact_labels(f)[0], f);
}

static bool is_terraform_block(const struct fact *f)
{
	static const char *const words[] = {"resource", "provider", "module", "variable", "data", "output", "locals", "terraform", NULL};

	return f->kind == FACT_BLOCK && f->block_syntax && f->key && text_in(f->key, words);
}

static bool read_hcl(struct build *b, const struct fact *root)
{
	struct scope *scope = folder_scope(b, b->doc);
	bool any = !strcmp(doc_base(b->doc->name), "terragrunt.hcl");

	FACT_EACH(f, root) {
		any |= is_terraform_block(f);
		tell_hcl_block(b, scope, f);
	}
	return any;
}

/* ------------------------------------------------------------------ JSON */

/* A block may be written as one object or as a list of them. */
static void each_object(struct build *b, struct scope *scope, const char *type, const char *name, const struct fact *f,
			void (*tell)(struct build *, struct scope *, const char *, const char *, const struct fact *))
{
	if (f->kind == FACT_BLOCK)
		tell(b, scope, type, name, f);
	else if (f->kind == FACT_LIST)
		FACT_EACH(item, f)
			if (item->kind == FACT_BLOCK)
				tell(b, scope, type, name, item);
}

static void json_provider(struct build *b, struct scope *scope, const char *type, const char *name, const struct fact *f)
{
	(void)type;
	tell_provider(b, scope, name, f);
}

static void json_module(struct build *b, struct scope *scope, const char *type, const char *name, const struct fact *f)
{
	(void)type;
	tell_module(b, scope, name, f);
}

static void json_resources(struct build *b, struct scope *scope, const char *type, const char *name, const struct fact *f)
{
	(void)type;
	FACT_EACH(one, f)
		if (one->key)
			each_object(b, scope, name, one->key, one, tell_resource);
}

static bool read_tf_json(struct build *b, const struct fact *root)
{
	static const struct {
		const char *key;
		void (*tell)(struct build *, struct scope *, const char *, const char *, const struct fact *);
	} words[] = {{"resource", json_resources}, {"provider", json_provider}, {"module", json_module}};
	struct scope *scope = folder_scope(b, b->doc);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const struct fact *top = fact_child(root, words[i].key);

		if (!top || top->kind != FACT_BLOCK)
			continue;
		FACT_EACH(f, top)
			if (f->key)
				each_object(b, scope, NULL, f->key, f, words[i].tell);
	}
	return true;
}

bool dialect_terraform(struct build *b)
{
	const struct doc *d = b->doc;
	struct span name = span_of(d->name);
	bool read = false;

	if (!d->root_count)
		return false;
	if (span_ends(name, ".tfvars") || span_ends(name, ".tfvars.json")) {
		b->doc->dialect = "terraform-vars";
		return true;
	}
	if (span_ends(name, ".tf.json"))
		read = read_tf_json(b, d->roots[0]);
	else if (d->format && !strcmp(d->format->name, "hcl"))
		for (size_t i = 0; i < d->root_count; i++)
			read |= read_hcl(b, d->roots[i]) || span_ends(name, ".tf");
	if (read)
		b->doc->dialect = "terraform";
	return read;
}

/* ------------------------------------------------------------------ across documents */

/* "module.a.module.b." of a folder's module, as a plan writes it; NULL when that is not known. */
static const char *module_prefix(struct build *b, const struct scope *scope)
{
	const char *prefix = "";

	for (int depth = 0; depth < LIMIT_RESOLVE_DEPTH; depth++) {
		const struct caller *caller = map_get(&b->callers, span_of(scope->name));

		if (!caller)
			return prefix;
		if (caller->several || !fact_label_count(caller->block))
			return NULL;
		prefix = arena_printf(b->arena, "module.%s.%s", fact_labels(caller->block)[0], prefix);
		scope = caller->scope;
	}
	return NULL;
}

static bool is_in_plan(struct build *b, const struct draft *d)
{
	const char *prefix = module_prefix(b, d->scope);
	const char *folder = folder_of(b->arena, d->written->doc->name);
	bool called = prefix && *prefix;

	if (!prefix)
		return false;
	for (;;) {
		const char *key = arena_printf(b->arena, "%s\n%s%s", folder, prefix, d->address);

		if (map_get(&b->plans, span_of(key)))
			return true;
		if (!*folder || folder[strlen(folder) - 1] == '!')
			return false;      /* the top, or that of an archive */
		folder = folder_of(b->arena, folder);
		if (!called && map_get(&b->scopes, span_of(arena_printf(b->arena, "terraform:%s", folder))))
			return false;      /* that folder has code of its own, and its plan is of that; nobody here calls this module */
	}
}

void terraform_settle(struct build *b)
{
	if (!b->plans.count)
		return;
	for (size_t i = 0; i < b->draft_count; i++)
		if (b->drafts[i].notation == NOTATION_HCL && is_in_plan(b, &b->drafts[i]))
			b->drafts[i].dropped = true;
}
