/* SPDX-License-Identifier: EUPL-1.2 */
/* Objects and lists of HCL put together from what is known of their elements; an element that is not known keeps its expression. */
#include "read/hcl_eval.h"

/* Adds an element whose value may be unknown: then it keeps its expression. */
void eval_add(struct eval *e, struct fact *group, const char *key, size_t from, const struct fact *value)
{
	uint32_t index = key || !group->first ? 0 : fact_last(group)->index + 1;
	struct fact *child;

	if (value && fact_has_parts(value)) {
		child = resolve_copy(e->r, value, group, value);
	} else if (!eval_may_copy(e)) {
		child = NULL;
	} else {
		child = eval_make(e, FACT_TEMPLATE, FACT_UNKNOWN);
		if (value)
			*child = *value;
		else
			child->value = arena_span(e->r->arena, span_cut(e->lex->text, e->lex->tokens[from].from, e->lex->tokens[e->i - 1].to));
		resolve_append(e->r, group, child);
	}
	if (!child) {
		eval_give_up(e);
		return;
	}
	child->key = key;
	child->index = index;
}

const struct fact *eval_list(struct eval *e)
{
	struct fact *group = eval_make(e, FACT_LIST, FACT_FIXED);
	size_t open = e->i;

	e->i++;
	if (eval_at(e, HCL_WORD) && hcl_token_is(e->lex, e->i, "for"))
		return eval_for(e, open);
	while (!e->failed && !eval_take(e, ']')) {
		size_t from = e->i;
		const struct fact *value = eval_expression(e);

		if (!e->failed)
			eval_add(e, group, NULL, from, value);
		if (!eval_take(e, ',') && !eval_at(e, ']'))
			return eval_give_up(e);
	}
	return e->failed ? NULL : group;
}

/* The key as text; NULL when it is computed and not known. */
static const char *object_key(struct eval *e)
{
	const struct hcl_token *token = eval_peek(e);
	const struct fact *f;

	if (!token)
		return NULL;
	if (token->kind == HCL_WORD || token->kind == HCL_NUMBER) {
		struct span text = hcl_token_text(e->lex, e->i++);

		return arena_dup(e->r->arena, text.p, text.n);
	}
	f = eval_expression(e);
	return eval_is_literal(f) ? arena_dup(e->r->arena, f->value.p, f->value.n) : NULL;
}

const struct fact *eval_object(struct eval *e)
{
	struct fact *group = eval_make(e, FACT_BLOCK, FACT_FIXED);
	size_t open = e->i;

	e->i++;
	if (eval_at(e, HCL_WORD) && hcl_token_is(e->lex, e->i, "for"))
		return eval_for(e, open);
	while (!e->failed && !eval_take(e, '}')) {
		const char *key = object_key(e);
		const struct fact *value;
		size_t from;

		if (!eval_take(e, '=') && !eval_take(e, ':'))
			return eval_give_up(e);
		from = e->i;
		value = eval_expression(e);
		if (key && !e->failed)
			eval_add(e, group, key, from, value);
		else
			group->open = true;
		eval_take(e, ',');
	}
	return e->failed ? NULL : group;
}
