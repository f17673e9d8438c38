/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For `related: ..., by: K`: which blocks of a group can point to a subject at all, so that a thousand buckets and a thousand
 * grants are not a million questions. A table for each such leaf, made before matching; only what subject_linked() (link.c)
 * could answer with anything but no is handed out, and it is still asked. Terraform only, where exports are large; a subject
 * of another notation, a name that is computed, and expressions that are more than an address are left to the full walk.
 */
#include "rule/rule_p.h"
#include "rule/subject_p.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define FEW 16      /* up to here the walk is as quick */

struct numbers {
	size_t *items;
	size_t count;
};

struct related_index {
	struct arena *arena;
	const struct subject_group *group;
	struct map addresses;        /* "aws_s3_bucket.logs" */
	struct map types;            /* "aws_s3_bucket", lower case: of satellites */
	struct map texts;            /* whole expressions, and literals */
	struct map last_parts;       /* of literals that are ARNs or paths */
	struct numbers literals, always;
};

/* ------------------------------------------------------------------ what a reference says */

static bool is_segment_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static size_t segment(struct span text, size_t at)
{
	while (at < text.n && is_segment_char(text.p[at]))
		at++;
	return at;
}

/* type.name, type.name.attribute, type.name[0].attribute: an address and nothing that must be computed. */
static bool is_address(struct span text, size_t *ret_type, size_t *ret_address)
{
	static const char *const others[] = {"var", "data", "module", "local", "each", "count", "path", "self", "terraform", NULL};
	size_t type = segment(text, 0), name;

	if (!type || type == text.n || text.p[type] != '.')
		return false;
	name = segment(text, type + 1);
	if (name == type + 1)
		return false;
	for (size_t at = name; at < text.n;) {
		if (text.p[at] == '[') {
			size_t digits = ++at;

			while (at < text.n && isdigit((unsigned char)text.p[at]))
				at++;
			if (at == digits || at == text.n || text.p[at++] != ']')
				return false;
		} else if (text.p[at] == '.' || is_segment_char(text.p[at])) {
			at++;
		} else {
			return false;
		}
	}
	*ret_type = type;
	*ret_address = name;
	return !span_in(span_cut(text, 0, type), others);
}

static struct span lower_case(struct arena *a, struct span s)
{
	char *copy = arena_dup(a, s.p, s.n);

	for (char *p = copy; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return (struct span){copy, s.n};
}

static struct span last_part(struct span text)
{
	size_t i;

	while (text.n && (text.p[text.n - 1] == '*' || text.p[text.n - 1] == '/'))
		text.n--;
	for (i = text.n; i && text.p[i - 1] != '/' && text.p[i - 1] != ':'; i--)
		;
	return span_cut(text, i, text.n);
}

/* ------------------------------------------------------------------ building */

static void add(struct related_index *x, struct numbers *n, size_t number)
{
	if (!n->count || n->items[n->count - 1] != number)
		*ARENA_PUSH(x->arena, n->items, n->count) = number;
}

static void add_named(struct related_index *x, struct map *m, struct span key, size_t number)
{
	struct map_entry *entry = map_entry(m, key);

	if (!entry->value)
		entry->value = ARENA_NEW(x->arena, struct numbers);
	add(x, entry->value, number);
}

static void index_reference(struct related_index *x, const struct fact *f, size_t number)
{
	size_t type, address;

	if (f->kind == FACT_BLOCK || f->kind == FACT_COMMENT || f->kind == FACT_NULL)
		return;      /* no reference, of Terraform's */
	if (f->kind == FACT_LIST) {
		add(x, &x->always, number);
	} else if (!fact_is_unresolved(f)) {
		add_named(x, &x->texts, f->value, number);
		add_named(x, &x->last_parts, last_part(f->value), number);
		add(x, &x->literals, number);
	} else if (is_address(f->value, &type, &address)) {
		add_named(x, &x->texts, f->value, number);
		add_named(x, &x->addresses, span_cut(f->value, 0, address), number);
		add_named(x, &x->types, lower_case(x->arena, span_cut(f->value, 0, type)), number);
	} else {
		add(x, &x->always, number);
	}
}

static void index_subject(struct related_index *x, const struct path *key, size_t number)
{
	struct selection found;

	path_select(x->arena, key, x->group->items[number]->block, &found);
	if (found.open && !found.count)
		add(x, &x->always, number);
	for (size_t i = 0; i < found.count; i++) {
		if (found.facts[i]->kind == FACT_LIST && !found.facts[i]->open) {
			FACT_EACH(item, found.facts[i])
				index_reference(x, item, number);
		} else {
			index_reference(x, found.facts[i], number);
		}
	}
}

static struct related_index *related_index_build(struct arena *a, const struct related *r, const struct map *groups)
{
	const struct subject_group *g = r->is_block || r->how != RELATED_BY ? NULL : subject_group_of(groups, r->kind, r->type);
	struct related_index *x;

	if (!g || g->count <= FEW)
		return NULL;
	x = ARENA_NEW(a, struct related_index);
	*x = (struct related_index){.arena = a, .group = g};
	x->addresses = x->types = x->texts = x->last_parts = MAP_INIT(a);
	for (size_t i = 0; i < g->count; i++)
		index_subject(x, &r->key, i);
	return x;
}

/* ------------------------------------------------------------------ asking */

static void take(struct arena *a, struct numbers *into, const struct numbers *more)
{
	for (size_t i = 0; more && i < more->count; i++)
		*ARENA_PUSH(a, into->items, into->count) = more->items[i];
}

static void take_named(struct arena *a, struct numbers *into, const struct related_index *x, const struct link *l)
{
	static const char *const usual[] = {"name", "id", "arn", "self_link", NULL};
	const char *const *keys = l->row && *l->row->links ? l->row->links : usual;
	bool literals = false;

	for (; *keys; keys++) {
		const struct fact *name = fact_child(l->block, *keys);

		if (!name || !fact_is_scalar(name) || name->kind == FACT_NULL || !name->value.n)
			continue;
		take(a, into, map_get(&x->texts, name->value));
		if (fact_is_unresolved(name))
			literals = true;
		else
			take(a, into, map_get(&x->last_parts, name->value));
	}
	if (literals)
		take(a, into, &x->literals);
}

static void take_satellites(struct arena *a, struct numbers *into, const struct related_index *x, const struct link *l)
{
	for (size_t i = 0; l->row && i < l->row->part_count; i++)
		for (const char *const *type = l->row->parts[i].satellites; *type; type++)
			take(a, into, map_get(&x->types, lower_case(a, span_of(*type))));
}

static int by_number(const void *x, const void *y)
{
	const size_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static struct numbers sorted_once(struct numbers n)
{
	size_t kept = 0;

	if (n.count)
		qsort(n.items, n.count, sizeof *n.items, by_number);
	for (size_t i = 0; i < n.count; i++)
		if (!kept || n.items[kept - 1] != n.items[i])
			n.items[kept++] = n.items[i];
	n.count = kept;
	return n;
}

bool related_candidates(const struct related_index *x, struct arena *a, const struct subject *target, const size_t **ret, size_t *ret_count)
{
	const struct link *l = target ? target->link : NULL;
	struct numbers all = {0};
	struct span address;
	size_t type, end;

	if (!l || (l->notation != NOTATION_HCL && l->notation != NOTATION_PLAN && l->notation != NOTATION_STATE))
		return false;
	address = span_of(l->address + strlen(l->module));
	address.n -= strlen(l->index);
	if (!is_address(address, &type, &end) || end != address.n)
		return false;
	take(a, &all, &x->always);
	take(a, &all, map_get(&x->addresses, address));
	take_satellites(a, &all, x, l);
	take_named(a, &all, x, l);
	all = sorted_once(all);
	*ret = all.items;
	*ret_count = all.count;
	return true;
}

/* ------------------------------------------------------------------ all of a rule set */

static void index_cond(struct arena *a, const struct cond *c, const struct map *groups, struct map *ret)
{
	if (!c)
		return;
	for (size_t i = 0; c->kind != COND_LEAF && i < c->count; i++)
		index_cond(a, c->items[i], groups, ret);
	if (c->kind != COND_LEAF)
		return;
	for (size_t i = 0; i < c->test_count; i++)
		if (c->tests[i].kind == TEST_HAS)
			index_cond(a, c->tests[i].has, groups, ret);
	if (c->related) {
		struct related_index *x = related_index_build(a, c->related, groups);

		if (x)
			map_put(ret, (struct span){(const char *)&c->related, sizeof c->related}, x);
	}
}

static bool any_is_large(const struct map *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		if (((const struct subject_group *)groups->entries[i].value)->count > FEW)
			return true;
	return false;
}

struct map related_indexes(struct arena *a, const struct ruleset *s, const struct map *groups)
{
	struct map indexes = MAP_INIT(a);

	if (!any_is_large(groups))
		return indexes;      /* of a small run; no need to look at each condition of each rule */
	for (size_t i = 0; i < s->count; i++) {
		const struct rule *r = s->rules[i];
		const struct cond *const own[] = {r->when, r->expect, r->reject, r->support};

		for (size_t k = 0; k < 4; k++)
			index_cond(a, own[k], groups, &indexes);
		for (size_t k = 0; k < r->severity_count; k++)
			index_cond(a, r->severities[k].when, groups, &indexes);
		for (size_t k = 0; k < r->confidence_count; k++)
			index_cond(a, r->confidences[k].when, groups, &indexes);
	}
	return indexes;
}
