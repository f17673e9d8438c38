/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Terraform's names across files: variables, locals, and the inputs that a module in a local folder gets from its callers and the
 * outputs that it gives back; which files make a module is found in resolve_module.c. A fact of state unknown is evaluated once, in
 * place (hcl_eval.c); facts on the way are kept on a stack of LIMIT_RESOLVE_DEPTH, where a second meeting is a cycle.
 * References to resources, data and modules keep kind and text: links between resources are found by them.
 */
#include "read/resolve.h"

#include "read/hcl.h"
#include "read/read_p.h"

#define FEW_CHILDREN 64           /* up to here a walk is as good as an index */

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

void resolve_append(struct resolver *r, struct fact *parent, struct fact *child)
{
	child->parent = parent;
	child->next = NULL;
	fact_append(r->arena, parent, child);
}

static const struct origin *origin_of(struct resolver *r, const struct fact *f, const char *path)
{
	struct origin *origin;

	if (fact_set_at(f))
		return fact_set_at(f);
	origin = ARENA_NEW(r->arena, struct origin);
	*origin = (struct origin){.doc = f->doc, .at = f->at, .path = path, .fact = f};
	return origin;
}

struct fact *resolve_use(struct resolver *r, const struct fact *f, const char *path)
{
	struct fact *copy = ARENA_NEW(r->arena, struct fact);

	*copy = *f;
	fact_put_set_at(r->arena, copy, origin_of(r, f, path));
	return copy;
}

/* Written within the expression that uses it, as merge({ a = 1 }, ...): it stands there itself. */
static bool stands_inside(const struct fact *source, const struct fact *use)
{
	const struct origin *own = fact_set_at(source);

	if (source->doc != use->doc || !own || own->path || own->at.offset != source->at.offset || source->at.offset <= use->at.offset ||
	    source->at.offset + source->at.length > use->at.offset + use->at.length || source->at.offset + source->at.length > source->doc->bytes.n)
		return false;
	return fact_has_parts(source) || (source->value.n == source->at.length && !memcmp(source->doc->bytes.p + source->at.offset, source->value.p, source->value.n));
}

static void fill_copy(struct resolver *r, struct fact *copy, const struct fact *source, const struct fact *use)
{
	static const struct decoder decode_resolved = {.kind = DECODE_RESOLVED};
	const struct origin *outer = fact_set_at(use);

	if (use->state == FACT_OVERRIDABLE && copy->state == FACT_FIXED)
		copy->state = FACT_OVERRIDABLE;
	if (stands_inside(source, use)) {
		fact_put_set_at(r->arena, copy, NULL);
		copy->decoder = NULL;
		return;
	}
	copy->decoder = &decode_resolved;
	fact_put_set_at(r->arena, copy, fact_set_at(source) ? fact_set_at(source) : origin_of(r, source, outer ? outer->path : NULL));
	copy->doc = use->doc;
	copy->at = use->at;
	copy->head = use->head.length ? use->head : use->at;
}

static struct fact *copy_tree(struct resolver *r, const struct fact *source, struct fact *parent, const struct fact *use, int depth)
{
	struct fact *copy;

	if (depth > LIMIT_DEPTH || !resolve_may_copy(r))
		return NULL;
	resolve_fact(r, source);
	copy = ARENA_NEW(r->arena, struct fact);
	*copy = *source;
	copy->first = NULL;
	fill_copy(r, copy, source, use);
	if (parent)
		resolve_append(r, parent, copy);
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

/* Literals of several callers or elements that differ: all of them are possible. */
const struct fact *resolve_agree(struct resolver *r, const struct fact *const *values, size_t count)
{
	struct fact *f = ARENA_NEW(r->arena, struct fact);
	struct span *outcomes = ARENA_ARRAY(r->arena, struct span, count);
	const struct fact *least = NULL;
	uint32_t n = 0;

	for (size_t i = 0; i < count; i++) {
		bool seen = false;

		if (!resolve_known(values[i]) || values[i]->kind != FACT_LITERAL)
			return NULL;
		for (uint32_t k = 0; k < n; k++)
			seen |= span_eq(outcomes[k], values[i]->value);
		if (!least || values[i]->state == FACT_OVERRIDABLE)
			least = values[i];
		if (!seen)
			outcomes[n++] = values[i]->value;
	}
	if (n == 1)
		return least;
	*f = *values[0];
	f->kind = FACT_TEMPLATE;
	f->state = FACT_UNKNOWN;
	fact_put_set_at(r->arena, f, NULL);
	fact_put_candidates(r->arena, f, outcomes, n);
	return f;
}

static const struct fact *use_of(struct resolver *r, const struct fact *f, enum fact_state state, const char *prefix, struct span name)
{
	struct fact *copy;

	resolve_fact(r, f);
	copy = resolve_use(r, f, arena_printf(r->arena, "%s.%.*s", prefix, (int)name.n, name.p));
	if (copy->state == FACT_FIXED)
		copy->state = state;
	return copy;
}

static const struct fact *value_of_callers(struct resolver *r, struct module *m, const struct variable *v, struct span name)
{
	const struct fact *values[LIMIT_CANDIDATES];

	if (m->call_count > LIMIT_CANDIDATES)
		return NULL;
	for (size_t i = 0; i < m->call_count; i++) {
		const struct fact *input = resolve_child(r, m->calls[i], name);

		if (input)
			values[i] = use_of(r, input, FACT_FIXED, "var", name);
		else
			values[i] = v->fallback ? use_of(r, v->fallback, FACT_OVERRIDABLE, "var", name) : NULL;
	}
	return m->call_count == 1 ? values[0] : resolve_agree(r, values, m->call_count);
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

const struct fact *resolve_output(struct resolver *r, struct module *m, struct span call, struct span output)
{
	const struct module *callee = map_get(&m->called, call);
	const struct fact *f = callee ? map_get(&callee->outputs, output) : NULL;

	return f ? use_of(r, f, FACT_FIXED, "output", output) : NULL;
}

/* ------------------------------------------------------------------ one fact */

static void become_group(struct resolver *r, struct fact *f, const struct fact *value)
{
	struct fact use = *f;
	struct fact *copy;

	use.state = value->state;
	fact_put_set_at(r->arena, &use, fact_set_at(value));
	copy = resolve_copy(r, value, NULL, &use);
	if (!copy)
		return;
	resolve_set(r, f, (struct span){"", 0}, value->state, fact_set_at(value));
	f->kind = copy->kind;
	f->scalar = SCALAR_NONE;
	f->open = copy->open;
	f->first = copy->first;
	FACT_EACH(child, f)
		resolve_own(child)->parent = f;
}

/* A reference may be handed on inside a module; in another one the same text would name another thing. */
static void become_reference(struct resolver *r, struct fact *f, const struct fact *value)
{
	const struct doc *from = fact_set_at(value) ? fact_set_at(value)->doc : value->doc;

	if (span_starts(value->value, "var.") || span_starts(value->value, "local.") || (f->kind == FACT_REFERENCE && !fact_set_at(value)) || resolve_module(r, from) != resolve_module(r, f->doc))
		return;
	resolve_set(r, f, value->value, FACT_UNKNOWN, fact_set_at(value));
	f->kind = FACT_REFERENCE;
}

static void become(struct resolver *r, struct fact *f, const struct fact *value)
{
	if (value->kind == FACT_REFERENCE) {
		become_reference(r, f, value);
	} else if (value->state == FACT_UNKNOWN) {
		if (!fact_candidate_count(value))
			return;
		fact_put_candidates(r->arena, f, fact_candidates(value), fact_candidate_count(value));
		fact_put_set_at(r->arena, f, fact_set_at(value));
	} else if (fact_has_parts(value)) {
		become_group(r, f, value);
	} else if (value->kind == FACT_LITERAL || value->kind == FACT_NULL) {
		resolve_set(r, f, value->value, value->state, fact_set_at(value));
		f->kind = value->kind;
		f->scalar = value->scalar;
	}
}

/* Quoted text has backslash escapes; a heredoc and a string of JSON inside it have none left. */
static bool has_backslashes(const struct fact *f)
{
	return !f->decoder && f->at.offset && f->at.offset <= f->doc->bytes.n && f->doc->bytes.p[f->at.offset - 1] == '"';
}

const struct fact *hcl_evaluate_fact(struct resolver *r, const struct fact *f, const struct eval_names *names)
{
	if (f->kind == FACT_TEMPLATE && f->scalar == SCALAR_STRING)
		return hcl_evaluate_template(r, f, names, f->value, has_backslashes(f));
	return hcl_evaluate(r, f, names, f->value);
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
	value = hcl_value(r, f);
	r->depth--;
	if (value)
		become(r, resolve_own(f), value);
}

/* ------------------------------------------------------------------ there or not there */

static bool is_dynamic(const struct fact *f)
{
	return f->block_syntax && fact_label_count(f) == 1 && !strcmp(f->key, "dynamic") && f->parent;
}

/* The block made of a dynamic one's content stands behind it and inside its bytes (fmt_hcl.c). */
static struct fact *made_by(const struct fact *dynamic)
{
	const struct fact *next = dynamic->next;

	if (!next || !next->key || strcmp(next->key, fact_labels(dynamic)[0]) || next->at.offset >= dynamic->at.offset + dynamic->at.length)
		return NULL;
	return resolve_own(next);
}

static enum hcl_presence set_dynamic(struct resolver *r, const struct fact *dynamic)
{
	const struct fact *each = resolve_child(r, dynamic, SPAN("for_each"));
	enum hcl_presence presence = each ? hcl_presence_of(each) : HCL_PERHAPS;
	struct fact *made = made_by(dynamic);

	if (made) {
		made->absent = presence == HCL_NOT_THERE || presence == HCL_OFF;
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
	resolve_modules(r);
	resolve_overrides(r);
	for (size_t i = 0; i < r->set->count; i++) {
		const struct doc *d = r->set->docs[i];

		if (!resolve_is(d, "hcl"))
			continue;
		watch_doc(r->set, WATCH_ALONE, d);
		r->copied = 0;
		for (size_t k = 0; k < d->root_count; k++) {
			for (const struct fact *f = d->roots[k]; f; f = fact_next(f, d->roots[k]))
				resolve_fact(r, f);
			for (const struct fact *f = d->roots[k]; f; f = fact_next(f, d->roots[k]))
				if (f->block_syntax)
					set_presence(r, f);
		}
	}
	resolve_overridden(r);
}
