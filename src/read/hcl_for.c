/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `[for x in list : value if condition]` and `{for k, v in map : key => value}` of HCL over a collection that is known. The body is
 * gone over once for each element with its names bound. Each round counts as a copied fact, so that loops in loops end at that limit.
 * Grouping (`...`) is left unknown.
 */
#include "read/hcl_eval.h"

#include <stdio.h>
#include <stdlib.h>

struct loop {
	struct span key, value;      /* names; key.n 0: none */
	size_t body;                 /* first token behind ':' */
	size_t end;                  /* the closing bracket */
	bool object;
	struct fact *group;
};

static bool take_name(struct eval *e, struct span *ret)
{
	if (!eval_at(e, HCL_WORD))
		return false;
	*ret = hcl_token_text(e->lex, e->i++);
	return true;
}

/* The header up to ':'; NULL: not known what to go over, or not understood (then e->failed). */
static const struct fact *header(struct eval *e, struct loop *l)
{
	const struct fact *collection;
	struct span word;

	e->i++;
	if (!take_name(e, &l->value))
		return eval_give_up(e);
	if (eval_take(e, ',')) {
		l->key = l->value;
		if (!take_name(e, &l->value))
			return eval_give_up(e);
	}
	if (!take_name(e, &word) || !span_is(word, "in"))
		return eval_give_up(e);
	collection = eval_expression(e);
	if (!eval_take(e, ':'))
		return eval_give_up(e);
	l->body = e->i;
	return collection;
}

/* The key of an element of an object, or its value; NULL: not known. */
static const struct fact *round_key(struct eval *e, bool *ret_known)
{
	const struct fact *key = eval_expression(e);

	*ret_known = eval_is_literal(key);
	if (!eval_at_operator(e, "=>"))
		return eval_give_up(e);
	e->i++;
	return key;
}

/* One round with the names bound: value and condition are read before it is known whether they count. */
static void go_round(struct eval *e, struct loop *l)
{
	const struct fact *key = NULL, *value, *condition = NULL;
	bool known = true, asked = false;
	size_t from;

	e->i = l->body;
	if (l->object)
		key = round_key(e, &known);
	from = e->i;
	value = e->failed ? NULL : eval_expression(e);
	if (!e->failed && eval_at(e, HCL_WORD) && hcl_token_is(e->lex, e->i, "if")) {
		size_t end = e->i++;

		asked = true;
		condition = eval_expression(e);
		if (eval_is_literal(condition) && !span_is(condition->value, "true"))
			return;
		e->i = end;      /* the element's own expression ends here */
	}
	if (asked && !eval_is_literal(condition))
		l->group->open = true;
	else if (!e->failed && known)
		eval_add(e, l->group, key ? arena_dup(e->r->arena, key->value.p, key->value.n) : NULL, from, value);
	l->group->open |= !known;
}

static int by_key(const void *a, const void *b)
{
	const struct fact *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

/* Children in the order that Terraform goes in: a map's by key. */
static const struct fact **ordered(struct eval *e, const struct fact *collection, size_t *ret_count)
{
	const struct fact **items = NULL;
	size_t count = 0;

	FACT_EACH(child, collection)
		if (collection->kind == FACT_LIST || (child->key && resolve_child(e->r, collection, span_of(child->key)) == child))
			*ARENA_PUSH(e->r->scratch, items, count) = child;
	if (collection->kind == FACT_BLOCK && count)
		qsort(items, count, sizeof(const struct fact *), by_key);
	*ret_count = count;
	return items;
}

static void go_over(struct eval *e, struct loop *l, const struct fact *collection)
{
	const struct eval_names *outer = e->names;
	size_t count;
	const struct fact **items = ordered(e, collection, &count);

	for (size_t i = 0; i < count && !e->failed; i++) {
		char number[24];
		const struct fact *name;
		struct eval_names key = {outer, l->key, NULL}, value = {l->key.n ? &key : outer, l->value, items[i]};

		if (!eval_may_copy(e)) {
			eval_give_up(e);
			break;
		}
		resolve_fact(e->r, items[i]);
		snprintf(number, sizeof number, "%zu", i);
		name = collection->kind == FACT_BLOCK ? eval_literal(e, span_of(items[i]->key), SCALAR_STRING, collection) :
						       eval_literal(e, span_of(number), SCALAR_NUMBER, collection);
		key.value = name;
		value.value = eval_because(e, resolve_use(e->r, items[i], NULL), collection);
		e->names = &value;
		go_round(e, l);
	}
	e->names = outer;
}

const struct fact *eval_for(struct eval *e, size_t open)
{
	struct loop l = {.object = e->lex->tokens[open].kind == '{', .end = e->lex->tokens[open].match};
	const struct fact *collection;

	if (l.end >= e->to)
		return eval_give_up(e);
	collection = header(e, &l);
	for (size_t i = l.body; i < l.end && !e->failed; i = hcl_skip(e->lex, i, l.end))
		if (e->lex->tokens[i].kind == HCL_OPERATOR && hcl_token_is(e->lex, i, "..."))
			collection = NULL;
	if (e->failed)
		return NULL;
	l.group = eval_make(e, l.object ? FACT_BLOCK : FACT_LIST, FACT_FIXED);
	if (resolve_known(collection) && fact_has_parts(collection)) {
		l.group->open = collection->open;
		l.group->state = collection->state;
		fact_put_set_at(e->r->arena, l.group, fact_set_at(collection));
		go_over(e, &l, collection);
	} else {
		l.group = NULL;
	}
	e->i = l.end + 1;
	return e->failed ? NULL : l.group;
}
