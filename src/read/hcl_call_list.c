/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Terraform's functions of lists and maps over known arguments. A list that is open may hold more, and what depends on all of it is unknown.
 */
#include "read/hcl_call.h"

#include <stdlib.h>

bool call_is(const struct fact *f, enum fact_kind kind)
{
	return resolve_known(f) && f->kind == kind && !f->open;
}

const char *call_path(const struct fact *f)
{
	return fact_set_at(f) ? fact_set_at(f)->path : NULL;
}

/* A key that a later argument sets, or may set: an argument that is not known may hold any. */
static bool is_set_later(const struct call *c, size_t argument, const struct fact *child, bool *ret_maybe)
{
	for (size_t k = argument + 1; child->key && k < c->count; k++) {
		if (!call_is(c->args[k], FACT_BLOCK))
			*ret_maybe = true;
		else if (resolve_child(c->e->r, c->args[k], span_of(child->key)))
			return true;
	}
	return false;
}

static bool gather(const struct call *c, size_t argument, struct fact *group, uint32_t *index)
{
	FACT_EACH(child, c->args[argument]) {
		bool maybe = false;
		struct fact *copy;

		if (is_set_later(c, argument, child, &maybe))
			continue;
		copy = resolve_copy(c->e->r, child, group, child);
		if (!copy)
			return false;
		copy->index = group->kind == FACT_LIST ? (*index)++ : 0;
		if (maybe && copy->state == FACT_FIXED)
			copy->state = FACT_OVERRIDABLE;
	}
	return true;
}

/* concat and merge: the children of all arguments; of equal keys the last stays. What is not known leaves the group open. */
const struct fact *call_gather(const struct call *c)
{
	enum fact_kind kind = span_is(c->name, "concat") ? FACT_LIST : FACT_BLOCK;
	struct fact *group = eval_make(c->e, kind, FACT_FIXED);
	size_t known = 0;
	uint32_t index = 0;

	for (size_t i = 0; i < c->count; i++) {
		if (!call_is(c->args[i], kind)) {
			group->open = true;
			continue;
		}
		known += c->args[i]->first != NULL;
		if (c->args[i]->state == FACT_OVERRIDABLE)
			group->state = FACT_OVERRIDABLE;
		if (!fact_set_at(group))
			fact_put_set_at(c->e->r->arena, group, fact_set_at(c->args[i]));
		if (!gather(c, i, group, &index))
			return NULL;
	}
	return known || !group->open ? group : NULL;
}

const struct fact *call_length(const struct call *c)
{
	size_t n = 0;
	struct str text = STR_INIT(64);
	const struct fact *f;

	if (!call_is(c->args[0], FACT_LIST) && !call_is(c->args[0], FACT_BLOCK))
		return NULL;
	FACT_EACH(child, c->args[0])
		n++;
	str_printf(&text, "%zu", n);
	f = eval_literal(c->e, str_get(&text), SCALAR_NUMBER, c->args[0]);
	str_free(&text);
	return f;
}

const struct fact *call_contains(const struct call *c)
{
	bool found = false;

	if (!call_is(c->args[0], FACT_LIST) || !eval_is_literal(c->args[1]))
		return NULL;
	FACT_EACH(item, c->args[0]) {
		resolve_fact(c->e->r, item);
		if (!eval_is_literal(item))
			return NULL;
		found |= span_eq(item->value, c->args[1]->value);
	}
	return eval_because(c->e, eval_literal(c->e, found ? SPAN("true") : SPAN("false"), SCALAR_BOOL, c->args[0]), c->args[1]);
}

struct items {
	const struct fact **facts;
	size_t count;
};

static struct fact *like(const struct call *c, enum fact_kind kind)
{
	struct fact *group = eval_make(c->e, kind, (enum fact_state)c->args[0]->state);

	fact_put_set_at(c->e->r->arena, group, fact_set_at(c->args[0]));
	return group;
}

/* The children of the argument, each resolved; false when it is not a group that is all there. */
static bool take_items(const struct call *c, size_t argument, struct items *ret)
{
	const struct fact *group = c->args[argument];

	*ret = (struct items){0};
	if (!call_is(group, FACT_LIST) && !call_is(group, FACT_BLOCK))
		return false;
	FACT_EACH(child, group) {
		resolve_fact(c->e->r, child);
		*ARENA_PUSH(c->e->r->scratch, ret->facts, ret->count) = child;
	}
	return true;
}

static bool all_literal(const struct items *items)
{
	for (size_t i = 0; i < items->count; i++)
		if (!eval_is_literal(items->facts[i]))
			return false;
	return true;
}

static bool add_item(const struct call *c, struct fact *group, const struct fact *item, const char *key)
{
	uint32_t index = group->first && !key ? fact_last(group)->index + 1 : 0;
	struct fact *copy = resolve_copy(c->e->r, item, group, item);

	if (!copy)
		return false;
	copy->key = key;
	copy->index = index;
	return true;
}

static const struct fact *list_of(const struct call *c, const struct items *items)
{
	struct fact *group = like(c, FACT_LIST);

	for (size_t i = 0; i < items->count; i++)
		if (!add_item(c, group, items->facts[i], NULL))
			return NULL;
	return group;
}

static int by_key(const void *a, const void *b)
{
	const struct fact *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

static int by_value(const void *a, const void *b)
{
	const struct fact *const *x = a, *const *y = b;

	return strcmp((*x)->value.p, (*y)->value.p);
}

/* A map's children by key, each key once: the last decides. */
static bool take_map(const struct call *c, size_t argument, struct items *ret)
{
	size_t kept = 0;

	if (!call_is(c->args[argument], FACT_BLOCK) || !take_items(c, argument, ret))
		return false;
	for (size_t i = 0; i < ret->count; i++)
		if (ret->facts[i]->key && resolve_child(c->e->r, c->args[argument], span_of(ret->facts[i]->key)) == ret->facts[i])
			ret->facts[kept++] = ret->facts[i];
	ret->count = kept;
	if (kept)
		qsort(ret->facts, kept, sizeof(const struct fact *), by_key);
	return true;
}

const struct fact *call_keys(const struct call *c)
{
	struct items items;
	struct fact *group;

	if (!take_map(c, 0, &items))
		return NULL;
	group = like(c, FACT_LIST);
	for (size_t i = 0; i < items.count; i++) {
		const struct fact *key = eval_may_copy(c->e) ? eval_literal(c->e, span_of(items.facts[i]->key), SCALAR_STRING, c->args[0]) : NULL;

		if (!key)
			return NULL;
		resolve_own(key)->index = (uint32_t)i;
		resolve_append(c->e->r, group, resolve_own(key));
	}
	return group;
}

const struct fact *call_values(const struct call *c)
{
	struct items items;

	return take_map(c, 0, &items) ? list_of(c, &items) : NULL;
}

const struct fact *call_zipmap(const struct call *c)
{
	struct items keys, values;
	struct fact *group;

	if (!take_items(c, 0, &keys) || !take_items(c, 1, &values) || keys.count != values.count || !all_literal(&keys))
		return NULL;
	group = like(c, FACT_BLOCK);
	for (size_t i = 0; i < keys.count; i++)
		if (!add_item(c, group, values.facts[i], arena_dup(c->e->r->arena, keys.facts[i]->value.p, keys.facts[i]->value.n)))
			return NULL;
	return group;
}

/* Lists in lists, to any depth that evaluation allows. */
static bool flatten(const struct call *c, struct fact *into, const struct fact *list, int depth)
{
	FACT_EACH(item, list) {
		resolve_fact(c->e->r, item);
		if (item->kind == FACT_LIST ? item->open || depth == LIMIT_RESOLVE_DEPTH || !flatten(c, into, item, depth + 1) : !add_item(c, into, item, NULL))
			return false;
	}
	return true;
}

const struct fact *call_flatten(const struct call *c)
{
	struct fact *group = call_is(c->args[0], FACT_LIST) ? like(c, FACT_LIST) : NULL;

	return group && flatten(c, group, c->args[0], 0) ? group : NULL;
}

/* compact: without null and "". */
const struct fact *call_compact(const struct call *c)
{
	struct items items;
	size_t kept = 0;

	if (!call_is(c->args[0], FACT_LIST) || !take_items(c, 0, &items))
		return NULL;
	for (size_t i = 0; i < items.count; i++) {
		const struct fact *f = items.facts[i];

		if (!resolve_known(f))
			return NULL;
		if (f->kind != FACT_NULL && (f->kind != FACT_LITERAL || f->value.n))
			items.facts[kept++] = f;
	}
	items.count = kept;
	return list_of(c, &items);
}

const struct fact *call_distinct(const struct call *c)
{
	struct map seen = MAP_INIT(c->e->r->scratch);
	struct items items;
	size_t kept = 0;

	if (call_is(c->args[0], FACT_BLOCK))
		return c->args[0];
	if (!call_is(c->args[0], FACT_LIST) || !take_items(c, 0, &items))
		return resolve_known(c->args[0]) && c->args[0]->kind == FACT_LIST ? c->args[0] : NULL;
	if (!all_literal(&items))
		return c->args[0];
	for (size_t i = 0; i < items.count; i++) {
		struct map_entry *entry = map_entry(&seen, items.facts[i]->value);

		if (!entry->value)
			items.facts[kept++] = items.facts[i];
		entry->value = &seen;
	}
	if (kept == items.count)
		return c->args[0];
	items.count = kept;
	return list_of(c, &items);
}

const struct fact *call_reverse(const struct call *c)
{
	struct items items;

	if (!call_is(c->args[0], FACT_LIST) || !take_items(c, 0, &items))
		return NULL;
	for (size_t i = 0; i < items.count / 2; i++) {
		const struct fact *f = items.facts[i];

		items.facts[i] = items.facts[items.count - 1 - i];
		items.facts[items.count - 1 - i] = f;
	}
	return list_of(c, &items);
}

const struct fact *call_sort(const struct call *c)
{
	struct items items;

	if (!call_is(c->args[0], FACT_LIST) || !take_items(c, 0, &items) || !all_literal(&items))
		return NULL;
	if (items.count)
		qsort(items.facts, items.count, sizeof(const struct fact *), by_value);
	return list_of(c, &items);
}

const struct fact *call_slice(const struct call *c)
{
	struct items items;
	int64_t from, to;

	if (!call_is(c->args[0], FACT_LIST) || !take_items(c, 0, &items) || !call_number(c->args[1], &from) || !call_number(c->args[2], &to))
		return NULL;
	if (from < 0 || to < from || (size_t)to > items.count)
		return NULL;
	items.facts += from;
	items.count = (size_t)(to - from);
	return list_of(c, &items);
}

/* element(list, n): n goes round behind the list's end. */
const struct fact *call_element(const struct call *c)
{
	struct items items;
	int64_t n;

	if (!call_is(c->args[0], FACT_LIST) || !take_items(c, 0, &items) || !items.count || !call_number(c->args[1], &n) || n < 0)
		return NULL;
	return eval_because(c->e, eval_because(c->e, resolve_use(c->e->r, items.facts[(uint64_t)n % items.count], call_path(c->args[0])), c->args[0]), c->args[1]);
}

/* one([x]) is x, of an empty list null. */
const struct fact *call_one(const struct call *c)
{
	struct items items;

	if (!call_is(c->args[0], FACT_LIST) || !take_items(c, 0, &items) || items.count > 1)
		return NULL;
	return items.count ? items.facts[0] : eval_make(c->e, FACT_NULL, (enum fact_state)c->args[0]->state);
}

const struct fact *call_all_any(const struct call *c)
{
	bool all = span_is(c->name, "alltrue"), result = all;
	struct items items;

	if (!call_is(c->args[0], FACT_LIST) || !take_items(c, 0, &items) || !all_literal(&items))
		return NULL;
	for (size_t i = 0; i < items.count; i++) {
		bool one = span_is(items.facts[i]->value, "true");

		result = all ? result && one : result || one;
	}
	return eval_boolean(c->e, result, c->args[0], NULL);
}
