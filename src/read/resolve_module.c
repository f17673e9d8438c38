/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which files make a module of Terraform and what its names are: variables (default, then terraform.tfvars, then *.auto.tfvars in byte
 * order), locals, outputs, the module blocks that call it from another folder, and override files, whose settings become part of the
 * blocks they override. A module that lies elsewhere is not looked for.
 */
#include "read/resolve.h"

#include "read/hcl.h"

static bool is_shared_config(struct span base)
{
	return span_ends(base, ".tf") || span_ends(base, ".tofu") || span_ends(base, ".pkr.hcl");
}

static struct module *module_named(struct resolver *r, struct span name)
{
	struct map_entry *entry = map_entry(&r->modules, name);
	struct module *m = entry->value;

	if (!m) {
		m = entry->value = ARENA_NEW(r->scratch, struct module);
		m->variables = m->locals = m->outputs = m->called = MAP_INIT(r->scratch);
	}
	return m;
}

static void add_variable(struct resolver *r, struct module *m, const struct fact *block)
{
	struct variable *v;

	if (fact_label_count(block) != 1)
		return;
	v = map_get(&m->variables, span_of(fact_labels(block)[0]));
	if (v && !resolve_child(r, block, SPAN("default")))
		return;      /* an override that says nothing of the default */
	if (!v)
		v = ARENA_NEW(r->scratch, struct variable);
	v->fallback = resolve_child(r, block, SPAN("default"));
	map_put(&m->variables, span_of(fact_labels(block)[0]), v);
}

static void add_names(struct resolver *r, struct module *m, const struct doc *d)
{
	for (size_t i = 0; i < d->root_count; i++)
		FACT_EACH(block, d->roots[i]) {
			if (!block->block_syntax)
				continue;
			if (!strcmp(block->key, "variable"))
				add_variable(r, m, block);
			if (!strcmp(block->key, "output") && fact_label_count(block) == 1 && resolve_child(r, block, SPAN("value")))
				map_put(&m->outputs, span_of(fact_labels(block)[0]), (void *)(uintptr_t)resolve_child(r, block, SPAN("value")));
			if (strcmp(block->key, "locals"))
				continue;
			FACT_EACH(local, block)
				if (local->key && !local->block_syntax)
					map_put(&m->locals, span_of(local->key), local);
		}
}

static void add_calls(struct resolver *r, const struct doc *d)
{
	for (size_t i = 0; i < d->root_count; i++)
		FACT_EACH(block, d->roots[i]) {
			const struct fact *source;
			const char *folder;
			struct module *m;

			if (!block->block_syntax || strcmp(block->key, "module") || block->absent)
				continue;
			source = resolve_child(r, block, SPAN("source"));
			if (!source || source->kind != FACT_LITERAL)
				continue;
			folder = doc_join(r->scratch, doc_folder(d->name), source->value);
			m = folder ? map_get(&r->modules, span_of(folder)) : NULL;
			if (!m || m == resolve_module(r, d))
				continue;
			*ARENA_PUSH(r->scratch, m->calls, m->call_count) = block;
			if (fact_label_count(block) == 1)
				map_put(&resolve_module(r, d)->called, span_of(fact_labels(block)[0]), m);
		}
}

/* 0 for no values file that Terraform loads by itself, else its turn: later ones win. */
static int values_turn(struct span base)
{
	static const char *const names[] = {"terraform.tfvars", "terraform.tfvars.json"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_is(base, names[i]))
			return (int)i + 1;
	return span_ends(base, ".auto.tfvars") || span_ends(base, ".auto.tfvars.json") ? 3 : 0;
}

static void add_values(struct resolver *r, int turn)
{
	for (size_t i = 0; i < r->set->count; i++) {
		const struct doc *d = r->set->docs[i];
		struct module *m;

		if (values_turn(span_of(doc_base(d->name))) != turn)
			continue;
		m = map_get(&r->modules, doc_folder(d->name));
		for (size_t k = 0; m && k < d->root_count; k++)
			FACT_EACH(value, d->roots[k]) {
				struct variable *v = value->key && !value->block_syntax ? map_get(&m->variables, span_of(value->key)) : NULL;

				if (v)
					v->given = value;
			}
	}
}

static bool is_override(struct span base)
{
	size_t dot = 0;

	while (dot < base.n && base.p[dot] != '.')
		dot++;
	base.n = dot;
	return span_is(base, "override") || span_ends(base, "_override");
}

/* Override files come last: their names and defaults count. */
static void find_modules(struct resolver *r, bool overrides)
{
	for (size_t i = 0; i < r->set->count; i++) {
		const struct doc *d = r->set->docs[i];
		struct span base = span_of(doc_base(d->name));
		const void *key = d;
		struct module *m;

		if (!resolve_is(d, "hcl") || is_override(base) != overrides)
			continue;
		m = module_named(r, is_shared_config(base) || values_turn(base) ? doc_folder(d->name) : span_of(d->name));
		map_put(&r->module_of, (struct span){(const char *)&key, sizeof key}, m);
		if (!span_ends(base, ".tfvars"))
			add_names(r, m, d);
	}
}

void resolve_modules(struct resolver *r)
{
	find_modules(r, false);
	find_modules(r, true);
	for (int turn = 1; turn <= 3; turn++)
		add_values(r, turn);
	for (size_t i = 0; i < r->set->count; i++)
		if (resolve_is(r->set->docs[i], "hcl"))
			add_calls(r, r->set->docs[i]);
}

bool resolve_has_module(struct resolver *r, const struct doc *d, struct span source)
{
	const char *folder = doc_join(r->scratch, doc_folder(d->name), source);

	return folder && map_get(&r->modules, span_of(folder));
}

/* ------------------------------------------------------------------ overrides */

/* The block of another file of the module that has the same words. */
static const struct fact *overridden_by(struct resolver *r, const struct fact *block)
{
	struct module *m = resolve_module(r, block->doc);

	for (size_t i = 0; i < r->set->count; i++) {
		const struct doc *d = r->set->docs[i];

		if (!resolve_is(d, "hcl") || resolve_module(r, d) != m || is_override(span_of(doc_base(d->name))))
			continue;
		for (size_t k = 0; k < d->root_count; k++)
			FACT_EACH(f, d->roots[k]) {
				bool same = f->block_syntax && !strcmp(f->key, block->key) && fact_label_count(f) == fact_label_count(block);

				for (uint32_t n = 0; same && n < fact_label_count(block); n++)
					same = !strcmp(fact_labels(f)[n], fact_labels(block)[n]);
				if (same)
					return f;
			}
	}
	return NULL;
}

/* A setting takes the place of one of the same name; a nested block takes that of all of its name (Terraform, "Merging Behavior"). */
static void override_setting(struct resolver *r, const struct fact *target, const struct fact *setting)
{
	struct fact use = {.doc = target->doc, .at = target->head.length ? target->head : target->at};
	const struct fact *old = setting->block_syntax ? NULL : resolve_child(r, target, span_of(setting->key));
	struct fact *copy;

	if (setting->block_syntax)
		FACT_EACH(child, target)
			if (child->block_syntax && !strcmp(child->key, setting->key) && child->doc == target->doc && !fact_set_at(child))
				resolve_own(child)->absent = true;
	if (old)
		use.at = old->at;
	copy = resolve_copy(r, setting, NULL, &use);
	if (!copy)
		return;
	if (!old) {
		resolve_append(r, resolve_own(target), copy);
		return;
	}
	copy->parent = old->parent;
	copy->next = old->next;
	copy->head = old->head;
	FACT_EACH(child, copy)
		resolve_own(child)->parent = old;
	*resolve_own(old) = *copy;
}

void resolve_overrides(struct resolver *r)
{
	for (size_t i = 0; i < r->set->count; i++) {
		const struct doc *d = r->set->docs[i];
		struct module *m = resolve_is(d, "hcl") && is_override(span_of(doc_base(d->name))) ? resolve_module(r, d) : NULL;

		for (size_t k = 0; m && k < d->root_count; k++)
			FACT_EACH(block, d->roots[k]) {
				const struct fact *target = block->block_syntax && fact_label_count(block) && strcmp(block->key, "variable") ? overridden_by(r, block) : NULL;

				if (!target)
					continue;
				*ARENA_PUSH(r->scratch, m->overrides, m->override_count) = (struct override){block, target};
				r->copied = 0;
				FACT_EACH(setting, block)
					if (setting->key)
						override_setting(r, target, setting);
			}
	}
}

void resolve_overridden(struct resolver *r)
{
	for (size_t i = 0; i < r->set->count; i++) {
		struct module *m = resolve_is(r->set->docs[i], "hcl") ? resolve_module(r, r->set->docs[i]) : NULL;

		for (size_t k = 0; m && k < m->override_count; k++)
			resolve_own(m->overrides[k].block)->absent = true;
	}
}
