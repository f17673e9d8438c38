/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Terraform's names across files: variables (default, then terraform.tfvars, then *.auto.tfvars in byte order), locals, and the
 * inputs that a module in a local folder gets from its callers. A fact of state unknown is evaluated once, in place
 * (hcl_eval.c); facts on the way are kept on a stack of LIMIT_RESOLVE_DEPTH, where a second meeting is a cycle.
 * References to resources, data and modules keep kind and text: links between resources are found by them.
 */
#include "read/resolve.h"

#include "read/hcl.h"
#include "read/read_p.h"

#define FEW_CHILDREN 64           /* up to here a walk is as good as an index */
#define MAX_CALLER_VALUES 16      /* of one variable, as candidates */

bool resolve_known(const struct fact *f)
{
	return f && f->state != FACT_UNKNOWN;
}

static struct span address(const void *const *pointer)
{
	return (struct span){(const char *)pointer, sizeof *pointer};
}

/* ------------------------------------------------------------------ children */

/* A map of 20,000 keys that is asked 20,000 times must not be walked each time. */
struct index {
	struct map keys;
	const struct fact **items;
	size_t count;
};

static bool is_large(const struct fact *group)
{
	size_t n = 0;

	for (const struct fact *f = group->first; f && n <= FEW_CHILDREN; f = f->next)
		n++;
	return n > FEW_CHILDREN;
}

static const struct index *index_of(struct resolver *r, const struct fact *group)
{
	/* a copy for use elsewhere has the children of its original: these tell which group it is */
	const void *key = group->first;
	struct map_entry *entry = map_entry(&r->indexes, address(&key));
	struct index *index = entry->value;

	if (index)
		return index;
	index = entry->value = ARENA_NEW(r->scratch, struct index);
	index->keys = MAP_INIT(r->scratch);
	FACT_EACH(child, group) {
		*ARENA_PUSH(r->scratch, index->items, index->count) = child;
		if (child->key && !child->block_syntax)
			map_put(&index->keys, span_of(child->key), child);
	}
	return index;
}

const struct fact *resolve_child(struct resolver *r, const struct fact *block, struct span key)
{
	const struct fact *found = NULL;

	if (is_large(block))
		return map_get(&index_of(r, block)->keys, key);
	FACT_EACH(child, block)
		if (child->key && !child->block_syntax && span_eq(span_of(child->key), key))
			found = child;      /* the last one decides, as in merge() */
	return found;
}

const struct fact *resolve_item(struct resolver *r, const struct fact *list, size_t number)
{
	const struct fact *child = list->first;

	if (is_large(list))
		return number < index_of(r, list)->count ? index_of(r, list)->items[number] : NULL;
	while (child && number--)
		child = child->next;
	return child;
}

struct module *resolve_module(const struct resolver *r, const struct doc *d)
{
	const void *key = d;

	return map_get(&r->module_of, address(&key));
}

/* ------------------------------------------------------------------ copies */

void resolve_append(struct fact *parent, struct fact *child)
{
	child->parent = parent;
	child->next = NULL;
	if (parent->last)
		resolve_own(parent->last)->next = child;
	else
		parent->first = child;
	parent->last = child;
}

static const struct origin *origin_of(struct resolver *r, const struct fact *f, const char *path)
{
	struct origin *origin;

	if (f->set_at)
		return f->set_at;
	origin = ARENA_NEW(r->arena, struct origin);
	*origin = (struct origin){.doc = f->doc, .at = f->at, .path = path};
	return origin;
}

struct fact *resolve_use(struct resolver *r, const struct fact *f, const char *path)
{
	struct fact *copy = ARENA_NEW(r->arena, struct fact);

	*copy = *f;
	copy->set_at = origin_of(r, f, path);
	return copy;
}

static void fill_copy(struct resolver *r, struct fact *copy, const struct fact *source, const struct fact *use)
{
	copy->set_at = source->set_at ? source->set_at : origin_of(r, source, use->set_at ? use->set_at->path : NULL);
	copy->doc = use->doc;
	copy->at = use->at;
	copy->head = use->head.length ? use->head : use->at;
	if (use->state == FACT_OVERRIDABLE && copy->state == FACT_FIXED)
		copy->state = FACT_OVERRIDABLE;
}

static struct fact *copy_tree(struct resolver *r, const struct fact *source, struct fact *parent, const struct fact *use, int depth)
{
	static const struct decoder decode_resolved = {.kind = DECODE_RESOLVED};
	struct fact *copy;

	if (depth > LIMIT_DEPTH || !resolve_may_copy(r))
		return NULL;
	resolve_fact(r, source);
	copy = ARENA_NEW(r->arena, struct fact);
	*copy = *source;
	copy->first = copy->last = NULL;
	copy->decoder = &decode_resolved;
	fill_copy(r, copy, source, use);
	if (parent)
		resolve_append(parent, copy);
	FACT_EACH(child, source)
		if (!copy_tree(r, child, copy, use, depth + 1))
			return NULL;
	return copy;
}

struct fact *resolve_copy(struct resolver *r, const struct fact *source, struct fact *parent, const struct fact *use)
{
	struct fact *copy = copy_tree(r, source, parent, use, 0);

	if (!copy)
		resolve_diag(r, use, "limit-resolve", "the values that variables bring in here are too many: left unresolved");
	return copy;
}

/* ------------------------------------------------------------------ names */

/* Literals of several callers that differ: all of them are possible. */
static const struct fact *callers_disagree(struct resolver *r, const struct fact *const *values, size_t count)
{
	struct fact *f = ARENA_NEW(r->arena, struct fact);
	struct span *outcomes = ARENA_ARRAY(r->arena, struct span, count);
	uint32_t n = 0;

	for (size_t i = 0; i < count; i++) {
		bool seen = false;

		if (!resolve_known(values[i]) || values[i]->kind != FACT_LITERAL)
			return NULL;
		for (uint32_t k = 0; k < n; k++)
			seen |= span_eq(outcomes[k], values[i]->value);
		if (!seen)
			outcomes[n++] = values[i]->value;
	}
	if (n == 1)
		return values[0];
	*f = *values[0];
	f->kind = FACT_TEMPLATE;
	f->state = FACT_UNKNOWN;
	f->set_at = NULL;
	f->candidates = outcomes;
	f->candidate_count = n;
	return f;
}

static const struct fact *use_of(struct resolver *r, const struct fact *f, enum fact_state state, const char *prefix, struct span name)
{
	struct fact *copy;

	resolve_fact(r, f);
	copy = resolve_use(r, f, arena_printf(r->arena, "%s.%.*s", prefix, (int)name.n, name.p));
	if (copy->state == FACT_FIXED)
		copy->state = (unsigned char)state;
	return copy;
}

static const struct fact *value_of_callers(struct resolver *r, struct module *m, const struct variable *v, struct span name)
{
	const struct fact *values[MAX_CALLER_VALUES];

	if (m->call_count > MAX_CALLER_VALUES)
		return NULL;
	for (size_t i = 0; i < m->call_count; i++) {
		const struct fact *input = resolve_child(r, m->calls[i], name);

		if (input)
			values[i] = use_of(r, input, FACT_FIXED, "var", name);
		else
			values[i] = v->fallback ? use_of(r, v->fallback, FACT_OVERRIDABLE, "var", name) : NULL;
	}
	return m->call_count == 1 ? values[0] : callers_disagree(r, values, m->call_count);
}

const struct fact *resolve_variable(struct resolver *r, struct module *m, struct span name)
{
	const struct variable *v = map_get(&m->variables, name);

	if (!v)
		return NULL;
	if (m->call_count)
		return value_of_callers(r, m, v, name);
	if (v->given)
		return use_of(r, v->given, FACT_FIXED, "var", name);
	return v->fallback ? use_of(r, v->fallback, FACT_OVERRIDABLE, "var", name) : NULL;
}

const struct fact *resolve_local(struct resolver *r, struct module *m, struct span name)
{
	const struct fact *f = map_get(&m->locals, name);

	return f ? use_of(r, f, FACT_FIXED, "local", name) : NULL;
}

/* ------------------------------------------------------------------ one fact */

static void become_group(struct resolver *r, struct fact *f, const struct fact *value)
{
	struct fact use = *f;
	struct fact *copy;

	use.state = value->state;
	use.set_at = value->set_at;
	copy = resolve_copy(r, value, NULL, &use);
	if (!copy)
		return;
	resolve_set(f, (struct span){"", 0}, value->state, value->set_at);
	f->kind = copy->kind;
	f->scalar = SCALAR_NONE;
	f->open = copy->open;
	f->first = copy->first;
	f->last = copy->last;
	FACT_EACH(child, f)
		resolve_own(child)->parent = f;
}

/* A reference may be handed on inside a module; in another one the same text would name another thing. */
static void become_reference(struct resolver *r, struct fact *f, const struct fact *value)
{
	const struct doc *from = value->set_at ? value->set_at->doc : value->doc;

	if (span_starts(value->value, "var.") || span_starts(value->value, "local.") || (f->kind == FACT_REFERENCE && !value->set_at) || resolve_module(r, from) != resolve_module(r, f->doc))
		return;
	resolve_set(f, value->value, FACT_UNKNOWN, value->set_at);
	f->kind = FACT_REFERENCE;
}

static void become(struct resolver *r, struct fact *f, const struct fact *value)
{
	if (value->kind == FACT_REFERENCE) {
		become_reference(r, f, value);
	} else if (value->state == FACT_UNKNOWN) {
		if (!value->candidate_count)
			return;
		f->candidates = value->candidates;
		f->candidate_count = value->candidate_count;
		f->set_at = value->set_at;
	} else if (fact_has_parts(value)) {
		become_group(r, f, value);
	} else if (value->kind == FACT_LITERAL || value->kind == FACT_NULL) {
		resolve_set(f, value->value, value->state, value->set_at);
		f->kind = value->kind;
		f->scalar = value->scalar;
	}
}

/* Quoted text has backslash escapes; a heredoc and a string of JSON inside it have none left. */
static bool has_backslashes(const struct fact *f)
{
	return !f->decoder && f->at.offset && f->at.offset <= f->doc->bytes.n && f->doc->bytes.p[f->at.offset - 1] == '"';
}

static bool is_on_stack(const struct resolver *r, const struct fact *f)
{
	for (int i = 0; i < r->depth; i++)
		if (r->stack[i] == f)
			return true;
	return false;
}

void resolve_fact(struct resolver *r, const struct fact *f)
{
	const struct fact *value;
	const void *key = f;

	if (f->state != FACT_UNKNOWN || (f->kind != FACT_REFERENCE && f->kind != FACT_TEMPLATE))
		return;
	if (map_get(&r->tried, address(&key))) {
		if (map_get(&r->tried, address(&key)) == r && is_on_stack(r, f)) {
			resolve_diag(r, f, "cycle", "this value needs itself: left unresolved");
			map_put(&r->tried, address(&key), &r->tried);      /* said once */
		}
		return;
	}
	if (r->depth == LIMIT_RESOLVE_DEPTH) {
		resolve_diag(r, f, "limit-resolve", "this value is named through too many others: left unresolved");
		return;
	}
	map_put(&r->tried, address(&key), r);
	r->stack[r->depth++] = f;
	if (f->kind == FACT_TEMPLATE && f->scalar == SCALAR_STRING)
		value = hcl_evaluate_template(r, f, f->value, has_backslashes(f));
	else
		value = hcl_evaluate(r, f, f->value);
	r->depth--;
	if (value)
		become(r, resolve_own(f), value);
}

/* ------------------------------------------------------------------ modules */

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
		m->variables = m->locals = MAP_INIT(r->scratch);
	}
	return m;
}

static void add_variable(struct resolver *r, struct module *m, const struct fact *block)
{
	struct variable *v;

	if (block->label_count != 1)
		return;
	v = ARENA_NEW(r->scratch, struct variable);
	v->fallback = resolve_child(r, block, SPAN("default"));
	map_put(&m->variables, span_of(block->labels[0]), v);
}

static void add_names(struct resolver *r, struct module *m, const struct doc *d)
{
	for (size_t i = 0; i < d->root_count; i++)
		FACT_EACH(block, d->roots[i]) {
			if (!block->block_syntax)
				continue;
			if (!strcmp(block->key, "variable"))
				add_variable(r, m, block);
			if (strcmp(block->key, "locals"))
				continue;
			FACT_EACH(local, block)
				if (local->key && !local->block_syntax)
					map_put(&m->locals, span_of(local->key), local);
		}
}

/* "./x/../y" from folder a gives a/y; NULL when it is no local folder or leads above the root or out of the archive. */
static const char *join_folder(struct resolver *r, struct span folder, struct span source)
{
	size_t floor = 0, n = folder.n;
	char *path = arena_alloc(r->scratch, folder.n + source.n + 3);

	if (!span_starts(source, "./") && !span_starts(source, "../") && !span_is(source, ".") && !span_is(source, ".."))
		return NULL;
	memcpy(path, folder.p, folder.n);
	for (size_t i = 0; i < n; i++)
		if (path[i] == '!')
			floor = i + 1;
	for (size_t at = 0; at < source.n;) {
		const char *slash = memchr(source.p + at, '/', source.n - at);
		size_t end = slash ? (size_t)(slash - source.p) : source.n;
		struct span part = span_cut(source, at, end);

		at = end + 1;
		if (!part.n || span_is(part, "."))
			continue;
		if (span_is(part, "..")) {
			if (n == floor)
				return NULL;
			while (n > floor && path[n - 1] != '/')
				n--;
			n -= n > floor;
			continue;
		}
		if (n > floor)
			path[n++] = '/';
		memcpy(path + n, part.p, part.n);
		n += part.n;
	}
	path[n] = '\0';
	return path;
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
			folder = join_folder(r, resolve_folder(d->name), source->value);
			m = folder ? map_get(&r->modules, span_of(folder)) : NULL;
			if (m && m != resolve_module(r, d))
				*ARENA_PUSH(r->scratch, m->calls, m->call_count) = block;
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
		m = map_get(&r->modules, resolve_folder(d->name));
		for (size_t k = 0; m && k < d->root_count; k++)
			FACT_EACH(value, d->roots[k]) {
				struct variable *v = value->key && !value->block_syntax ? map_get(&m->variables, span_of(value->key)) : NULL;

				if (v)
					v->given = value;
			}
	}
}

static void find_modules(struct resolver *r)
{
	for (size_t i = 0; i < r->set->count; i++) {
		const struct doc *d = r->set->docs[i];
		struct span base = span_of(doc_base(d->name));
		const void *key = d;
		struct module *m;

		if (!resolve_is(d, "hcl"))
			continue;
		m = module_named(r, is_shared_config(base) || values_turn(base) ? resolve_folder(d->name) : span_of(d->name));
		map_put(&r->module_of, address(&key), m);
		if (!span_ends(base, ".tfvars"))
			add_names(r, m, d);
	}
}

/* ------------------------------------------------------------------ there or not there */

static bool is_dynamic(const struct fact *f)
{
	return f->block_syntax && f->label_count == 1 && !strcmp(f->key, "dynamic") && f->parent;
}

/* The block made of a dynamic one's content stands behind it and inside its bytes (fmt_hcl.c). */
static struct fact *made_by(const struct fact *dynamic)
{
	const struct fact *next = dynamic->next;

	if (!next || !next->key || strcmp(next->key, dynamic->labels[0]) || next->at.offset >= dynamic->at.offset + dynamic->at.length)
		return NULL;
	return resolve_own(next);
}

static enum hcl_presence set_dynamic(struct resolver *r, const struct fact *dynamic)
{
	const struct fact *each = resolve_child(r, dynamic, SPAN("for_each"));
	enum hcl_presence presence = each ? hcl_presence_of(each) : HCL_PERHAPS;
	struct fact *made = made_by(dynamic);

	if (made) {
		made->absent = presence == HCL_NOT_THERE;
		made->conditional = presence == HCL_PERHAPS;
	}
	return presence;
}

/* The owner of dynamic blocks is open as long as one of them is not decided. */
static void set_presence(struct resolver *r, const struct fact *f)
{
	bool found = false, open = false;

	hcl_presence(resolve_own(f));
	FACT_EACH(child, f) {
		if (!is_dynamic(child))
			continue;
		found = true;
		open |= set_dynamic(r, child) == HCL_PERHAPS;
	}
	if (found)
		resolve_own(f)->open = open;
}

void resolve_hcl(struct resolver *r)
{
	find_modules(r);
	for (int turn = 1; turn <= 3; turn++)
		add_values(r, turn);
	for (size_t i = 0; i < r->set->count; i++)
		if (resolve_is(r->set->docs[i], "hcl"))
			add_calls(r, r->set->docs[i]);
	for (size_t i = 0; i < r->set->count; i++) {
		const struct doc *d = r->set->docs[i];

		if (!resolve_is(d, "hcl"))
			continue;
		r->copied = 0;
		for (size_t k = 0; k < d->root_count; k++) {
			for (const struct fact *f = d->roots[k]; f; f = fact_next(f, d->roots[k]))
				resolve_fact(r, f);
			for (const struct fact *f = d->roots[k]; f; f = fact_next(f, d->roots[k]))
				if (f->block_syntax)
					set_presence(r, f);
		}
	}
}
