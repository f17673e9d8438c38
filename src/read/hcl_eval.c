/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The value of an HCL expression where it can be known from what is written: literals, variables and locals and what is in them. Objects
 * and lists are put together in hcl_group.c, templates in hcl_template.c, operators in hcl_operator.c, functions in hcl_call.c.
 * Recursive descent over the tokens of hcl_lex.c with three outcomes: a value, an unknown (NULL, or with candidates), or nothing because
 * the attribute is surely missing. What is not understood is unknown, never guessed. Depth is bounded for all nested evaluations together.
 */
#include "read/hcl_eval.h"

#include "read/read_p.h"

/* ------------------------------------------------------------------ values */

struct fact *eval_make(struct eval *e, enum fact_kind kind, enum fact_state state)
{
	struct fact *f = ARENA_NEW(e->r->arena, struct fact);

	f->doc = e->owner->doc;
	f->at = e->owner->at;
	f->kind = (unsigned char)kind;
	f->state = (unsigned char)state;
	f->value = (struct span){"", 0};
	return f;
}

const struct fact *eval_literal(struct eval *e, struct span value, enum fact_scalar scalar, const struct fact *from)
{
	struct fact *f;

	e->r->bytes += value.n;
	if (e->r->bytes > LIMIT_RESOLVED_TOTAL)
		return NULL;
	f = eval_make(e, FACT_LITERAL, from ? from->state : FACT_FIXED);
	f->value = arena_span(e->r->arena, value);
	f->scalar = (unsigned char)scalar;
	f->set_at = from ? from->set_at : NULL;
	return f;
}

bool eval_is_literal(const struct fact *f)
{
	return resolve_known(f) && f->kind == FACT_LITERAL;
}

/* Where a token of the expression stands in the document, so that an element of a list leads back to its own bytes. */
static void stand_at(struct eval *e, const struct fact *f, uint32_t from, uint32_t to)
{
	if (f && e->base != HCL_NONE)
		resolve_own(f)->at = (struct place){e->base + from, to - from};
}

/* f made from others: as sure as the least sure of them, and set where the first of them was set. */
const struct fact *eval_because(struct eval *e, const struct fact *f, const struct fact *other)
{
	struct fact *copy;

	if (!resolve_known(f) || !other || (other->state != FACT_OVERRIDABLE && !(other->set_at && !f->set_at)))
		return f;
	copy = ARENA_NEW(e->r->arena, struct fact);
	*copy = *f;
	if (other->state == FACT_OVERRIDABLE)
		copy->state = FACT_OVERRIDABLE;
	if (!copy->set_at)
		copy->set_at = other->set_at;
	return copy;
}

const struct fact *eval_boolean(struct eval *e, bool value, const struct fact *a, const struct fact *b)
{
	return eval_because(e, eval_literal(e, value ? SPAN("true") : SPAN("false"), SCALAR_BOOL, a), b);
}

/* ------------------------------------------------------------------ tokens */

const struct hcl_token *eval_peek(struct eval *e)
{
	while (e->i < e->to && e->lex->tokens[e->i].kind == HCL_NEWLINE)
		e->i++;
	return e->i < e->to ? &e->lex->tokens[e->i] : NULL;
}

bool eval_at(struct eval *e, int kind)
{
	const struct hcl_token *token = eval_peek(e);

	return token && token->kind == kind;
}

bool eval_take(struct eval *e, int kind)
{
	if (!eval_at(e, kind))
		return false;
	e->i++;
	return true;
}

bool eval_at_operator(struct eval *e, const char *text)
{
	return eval_at(e, HCL_OPERATOR) && hcl_token_is(e->lex, e->i, text);
}

const struct fact *eval_give_up(struct eval *e)
{
	e->failed = true;
	e->i = e->to;
	return NULL;
}

const struct fact *eval_deeper(struct eval *e, const struct fact *(*step)(struct eval *e))
{
	const struct fact *f;

	if (e->r->eval_depth >= LIMIT_DEPTH)
		return eval_give_up(e);
	e->r->eval_depth++;
	f = step(e);
	e->r->eval_depth--;
	return f;
}

/* ------------------------------------------------------------------ names */

static const struct fact *member(struct eval *e, const struct fact *f, struct span name, const char *path)
{
	const struct fact *child;

	if (!resolve_known(f) || f->kind != FACT_BLOCK)
		return NULL;
	child = resolve_child(e->r, f, name);
	if (!child) {
		e->missing = !f->open;
		return NULL;
	}
	resolve_fact(e->r, child);
	return eval_because(e, resolve_use(e->r, child, path), f);
}

static const struct fact *element(struct eval *e, const struct fact *f, struct span index, const char *path)
{
	const struct fact *child;
	size_t wanted = 0;

	if (!resolve_known(f) || f->kind != FACT_LIST || !index.n || index.n > 9)
		return NULL;
	for (size_t i = 0; i < index.n; i++) {
		if (index.p[i] < '0' || index.p[i] > '9')
			return NULL;
		wanted = wanted * 10 + (size_t)(index.p[i] - '0');
	}
	child = resolve_item(e->r, f, wanted);
	if (!child) {
		e->missing = !f->open;
		return NULL;
	}
	resolve_fact(e->r, child);
	return eval_because(e, resolve_use(e->r, child, path), f);
}

const struct fact *eval_index(struct eval *e, const struct fact *f, const struct fact *key, const char *path)
{
	const struct fact *found;

	if (!eval_is_literal(key) || !resolve_known(f))
		return NULL;
	found = f->kind == FACT_LIST ? element(e, f, key->value, path) : member(e, f, key->value, path);
	return eval_because(e, found, key);
}

/* Only what is known needs a path: so a long chain of names costs what its known part is deep. */
static const char *path_of(struct eval *e, const struct fact *f, uint32_t from)
{
	uint32_t to = e->lex->tokens[e->i - 1].to;

	if (!resolve_known(f))
		return NULL;
	return arena_printf(e->r->arena, "%.*s", (int)(to - from), e->lex->text.p + from);
}

const struct fact *eval_postfix(struct eval *e, const struct fact *f, uint32_t from)
{
	for (;;) {
		const struct hcl_token *token = e->i < e->to ? &e->lex->tokens[e->i] : NULL;

		if (token && token->kind == '.' && e->i + 1 < e->to) {
			int kind = token[1].kind;
			struct span name = hcl_token_text(e->lex, e->i + 1);

			e->i += 2;
			f = kind == HCL_WORD ? member(e, f, name, path_of(e, f, from)) : kind == HCL_NUMBER ? element(e, f, name, path_of(e, f, from)) : NULL;
		} else if (token && token->kind == '[') {
			const struct fact *key;

			e->i++;
			key = eval_at_operator(e, "*") ? (e->i++, NULL) : eval_expression(e);
			if (!eval_take(e, ']'))
				return eval_give_up(e);
			f = eval_index(e, f, key, path_of(e, f, from));
		} else {
			return f;
		}
	}
}

/* Goes over name.name[...]; the text of what is not a variable or local is a reference that others follow. */
static const struct fact *reference(struct eval *e)
{
	uint32_t from = e->lex->tokens[e->i].from;
	struct fact *f;

	e->i++;
	eval_postfix(e, NULL, from);
	if (e->failed)
		return NULL;
	f = eval_make(e, FACT_REFERENCE, FACT_UNKNOWN);
	f->value = arena_span(e->r->arena, span_cut(e->lex->text, from, e->lex->tokens[e->i - 1].to));
	f->set_at = NULL;
	return f;
}

static const struct fact *named(struct eval *e)
{
	uint32_t from = e->lex->tokens[e->i].from;
	bool variable = hcl_token_is(e->lex, e->i, "var"), local = hcl_token_is(e->lex, e->i, "local");
	struct module *m = resolve_module(e->r, e->owner->doc);
	const struct fact *f;
	struct span name;

	if ((!variable && !local) || e->i + 2 >= e->to || e->lex->tokens[e->i + 1].kind != '.' || e->lex->tokens[e->i + 2].kind != HCL_WORD || !m)
		return reference(e);
	name = hcl_token_text(e->lex, e->i + 2);
	e->i += 3;
	f = variable ? resolve_variable(e->r, m, name) : resolve_local(e->r, m, name);
	return eval_postfix(e, f, from);
}

/* ------------------------------------------------------------------ operands */

static const struct fact *written_call(struct eval *e)
{
	const struct fact *args[EVAL_MAX_ARGS];
	bool missing[EVAL_MAX_ARGS];
	struct span name = hcl_token_text(e->lex, e->i);
	size_t count = 0;

	e->i += 2;
	while (!e->failed && !eval_take(e, ')')) {
		e->missing = false;
		if (count == EVAL_MAX_ARGS)
			return eval_give_up(e);
		args[count] = eval_expression(e);
		missing[count++] = e->missing;
		if (eval_at_operator(e, "..."))
			return eval_give_up(e);
		if (!eval_take(e, ',') && !eval_at(e, ')'))
			return eval_give_up(e);
	}
	e->missing = false;
	return e->failed ? NULL : eval_call(e, name, args, missing, count);
}

static const struct fact *quoted(struct eval *e, const struct hcl_token *token)
{
	struct span text = span_cut(e->lex->text, token->from + 1, token->to - (token->flags & HCL_UNCLOSED ? 0 : 1));
	uint32_t base = e->base == HCL_NONE ? HCL_NONE : e->base + token->from + 1;
	const struct fact *f;

	if (token->flags & HCL_UNCLOSED)
		return eval_give_up(e);
	f = eval_template(e, text, base, true);
	stand_at(e, f, token->from + 1, token->to - 1);
	return f;
}

static const struct fact *heredoc(struct eval *e, const struct hcl_token *token)
{
	struct place at = hcl_heredoc_lines(e->lex->text, token);
	struct span text = span_cut(e->lex->text, at.offset, at.offset + at.length);

	if (token->flags & HCL_FLUSH)
		return token->flags & HCL_PARTS ? NULL : eval_literal(e, decode_step(e->r->scratch, DECODE_HCL_HEREDOC,
										     span_cut(e->lex->text, 0, at.offset), text, NULL), SCALAR_STRING, NULL);
	return eval_template(e, text, e->base == HCL_NONE ? HCL_NONE : e->base + at.offset, false);
}

static const struct fact *word(struct eval *e)
{
	bool yes = hcl_token_is(e->lex, e->i, "true"), no = hcl_token_is(e->lex, e->i, "false");

	if (e->i + 1 < e->to && e->lex->tokens[e->i + 1].kind == '(')
		return written_call(e);
	if (yes || no) {
		e->i++;
		return eval_boolean(e, yes, NULL, NULL);
	}
	if (hcl_token_is(e->lex, e->i, "null")) {
		e->i++;
		return eval_make(e, FACT_NULL, FACT_FIXED);
	}
	return named(e);
}

const struct fact *eval_primary(struct eval *e)
{
	const struct hcl_token *token = eval_peek(e);
	const struct fact *f;

	if (!token)
		return eval_give_up(e);
	switch (token->kind) {
	case HCL_WORD:
		return word(e);
	case HCL_NUMBER:
		e->i++;
		f = eval_literal(e, span_cut(e->lex->text, token->from, token->to), SCALAR_NUMBER, NULL);
		stand_at(e, f, token->from, token->to);
		return f;
	case HCL_STRING: case HCL_TEMPLATE:
		e->i++;
		return quoted(e, token);
	case HCL_HEREDOC:
		e->i++;
		return heredoc(e, token);
	case '{':
		return eval_object(e);
	case '[':
		return eval_list(e);
	case '(':
		e->i++;
		f = eval_expression(e);
		return eval_take(e, ')') ? f : eval_give_up(e);
	default:
		return eval_give_up(e);
	}
}

/* ------------------------------------------------------------------ doors */

const struct fact *eval_text(struct resolver *r, const struct fact *owner, struct span text, uint32_t base)
{
	struct hcl_lexer lex = {.text = text, .open = HCL_NONE};
	struct eval e = {.r = r, .owner = owner, .lex = &lex, .base = base};
	const struct fact *f;

	hcl_lex_range(&lex, 0, (uint32_t)text.n);
	e.to = lex.count;
	f = eval_expression(&e);
	if (eval_peek(&e) || e.failed)
		f = NULL;
	hcl_lexer_free(&lex);
	return f;
}

/* The text of a fact without decoders stands in the document as it is. */
static uint32_t base_of(const struct fact *owner)
{
	return owner->decoder ? HCL_NONE : owner->at.offset;
}

const struct fact *hcl_evaluate(struct resolver *r, const struct fact *owner, struct span text)
{
	return eval_text(r, owner, text, base_of(owner));
}

const struct fact *hcl_evaluate_template(struct resolver *r, const struct fact *owner, struct span text, bool backslashes)
{
	struct eval e = {.r = r, .owner = owner, .base = base_of(owner)};

	return eval_template(&e, text, e.base, backslashes);
}
