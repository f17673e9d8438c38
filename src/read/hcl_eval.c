/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The value of an HCL expression where it can be known from what is written: literals, variables and locals and what is in them. Objects
 * and lists are put together in hcl_group.c and hcl_for.c, templates in hcl_template.c, operators in hcl_operator.c, functions in hcl_call.c.
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
	f->kind = kind;
	f->state = state;
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
	f->scalar = scalar;
	fact_put_set_at(e->r->arena, f, from ? fact_set_at(from) : NULL);
	return f;
}

bool eval_may_copy(struct eval *e)
{
	if (resolve_may_copy(e->r))
		return true;
	resolve_diag(e->r, e->owner, "limit-resolve", "the values that variables bring in here are too many: left unresolved");
	return false;
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

	if (!resolve_known(f) || !other || (other->state != FACT_OVERRIDABLE && !(fact_set_at(other) && !fact_set_at(f))))
		return f;
	copy = ARENA_NEW(e->r->arena, struct fact);
	*copy = *f;
	if (other->state == FACT_OVERRIDABLE)
		copy->state = FACT_OVERRIDABLE;
	if (!fact_set_at(copy))
		fact_put_set_at(e->r->arena, copy, fact_set_at(other));
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

	/* analyser: what is NULL is not known */
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

	/* analyser: what is NULL is not known */
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

/* .name or .0 at e->i */
static const struct fact *attribute(struct eval *e, const struct fact *f, uint32_t from)
{
	int kind = e->lex->tokens[e->i + 1].kind;
	struct span name = hcl_token_text(e->lex, e->i + 1);

	e->i += 2;
	return kind == HCL_WORD ? member(e, f, name, path_of(e, f, from)) : kind == HCL_NUMBER ? element(e, f, name, path_of(e, f, from)) : NULL;
}

static const struct fact *names_behind(struct eval *e, const struct fact *f, uint32_t from);

/* Behind `.*` (which only takes names with it) or `[*]`: what follows, for each element; a single value is a list of one. */
static const struct fact *splat(struct eval *e, const struct fact *f, uint32_t from, bool names)
{
	const struct fact *(*follow)(struct eval *, const struct fact *, uint32_t) = names ? names_behind : eval_postfix;
	struct fact *group = resolve_known(f) ? eval_make(e, FACT_LIST, FACT_FIXED) : NULL;
	const struct fact *only[] = {f, NULL};
	size_t start = e->i;

	follow(e, NULL, from);      /* to know where it ends, for an empty list too */
	if (!group || e->failed)
		return NULL;
	group->open = f->open;
	group->state = f->state;
	fact_put_set_at(e->r->arena, group, fact_set_at(f));
	if (f->kind == FACT_LIST)
		only[0] = f->first;
	for (const struct fact *item = f->kind == FACT_NULL ? NULL : only[0]; item && !e->failed; item = f->kind == FACT_LIST ? item->next : NULL) {
		if (!eval_may_copy(e))
			return eval_give_up(e);
		resolve_fact(e->r, item);
		e->i = start;
		eval_add(e, group, NULL, start, follow(e, item, from));
	}
	e->missing = false;
	return e->failed ? NULL : group;
}

static const struct fact *bracketed(struct eval *e, const struct fact *f, uint32_t from)
{
	const struct fact *key;

	e->i++;
	if (eval_at_operator(e, "*")) {
		e->i++;
		return eval_take(e, ']') ? splat(e, f, from, false) : eval_give_up(e);
	}
	key = eval_expression(e);
	return eval_take(e, ']') ? eval_index(e, f, key, path_of(e, f, from)) : eval_give_up(e);
}

static bool at_star(const struct eval *e, size_t i)
{
	return i < e->to && e->lex->tokens[i].kind == HCL_OPERATOR && hcl_token_is(e->lex, i, "*");
}

static const struct fact *names_behind(struct eval *e, const struct fact *f, uint32_t from)
{
	while (e->i + 1 < e->to && e->lex->tokens[e->i].kind == '.' && !at_star(e, e->i + 1))
		f = attribute(e, f, from);
	return f;
}

const struct fact *eval_postfix(struct eval *e, const struct fact *f, uint32_t from)
{
	while (e->i < e->to && !e->failed) {
		int kind = e->lex->tokens[e->i].kind;

		if (kind == '.' && at_star(e, e->i + 1)) {
			e->i += 2;
			f = splat(e, f, from, true);
		} else if (kind == '.' && e->i + 1 < e->to) {
			f = attribute(e, f, from);
		} else if (kind == '[') {
			f = bracketed(e, f, from);
		} else {
			break;
		}
	}
	return e->failed ? NULL : f;
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
	return f;
}

/* `each`, `count`, what `for` and a dynamic block name: false when the word at e->i is none of them. */
static bool bound_name(struct eval *e, const struct fact **ret)
{
	for (const struct eval_names *n = e->names; n; n = n->outer)
		if (span_eq(hcl_token_text(e->lex, e->i), n->name)) {
			*ret = n->value;
			e->i++;
			return true;
		}
	return false;
}

static bool names_two(const struct eval *e)
{
	return e->i + 2 < e->to && e->lex->tokens[e->i + 1].kind == '.' && e->lex->tokens[e->i + 2].kind == HCL_WORD;
}

/* module.NAME.OUTPUT, module.NAME[...].OUTPUT: false when it is not known, and nothing was gone over. */
static bool module_output(struct eval *e, struct module *m, const struct fact **ret)
{
	struct span name = hcl_token_text(e->lex, e->i + 2);
	size_t i = e->i + 3;

	if (i < e->to && e->lex->tokens[i].kind == '[')
		i = hcl_skip(e->lex, i, e->to);
	if (i + 1 >= e->to || e->lex->tokens[i].kind != '.' || e->lex->tokens[i + 1].kind != HCL_WORD)
		return false;
	*ret = resolve_output(e->r, m, name, hcl_token_text(e->lex, i + 1));
	if (!resolve_known(*ret) && !(*ret && fact_candidate_count(*ret)))
		return false;
	e->i = i + 2;
	return true;
}

static const struct fact *named(struct eval *e)
{
	uint32_t from = e->lex->tokens[e->i].from;
	bool variable = hcl_token_is(e->lex, e->i, "var"), local = hcl_token_is(e->lex, e->i, "local");
	struct module *m = resolve_module(e->r, e->owner->doc);
	const struct fact *f;
	struct span name;

	if (bound_name(e, &f))
		return eval_postfix(e, f, from);
	if (!m || !names_two(e))
		return reference(e);
	if (hcl_token_is(e->lex, e->i, "module") && module_output(e, m, &f))
		return eval_postfix(e, f, from);
	if (!variable && !local)
		return reference(e);
	name = hcl_token_text(e->lex, e->i + 2);
	e->i += 3;
	f = variable ? resolve_variable(e->r, m, name) : resolve_local(e->r, m, name);
	return eval_postfix(e, f, from);
}

/* ------------------------------------------------------------------ operands */

static const struct fact *written_call(struct eval *e)
{
	const struct fact *args[LIMIT_CALL_ARGUMENTS];
	bool missing[LIMIT_CALL_ARGUMENTS];
	struct span name = hcl_token_text(e->lex, e->i);
	size_t count = 0;

	e->i += 2;
	while (!e->failed && !eval_take(e, ')')) {
		e->missing = false;
		if (count == LIMIT_CALL_ARGUMENTS)
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

const struct fact *eval_text(struct resolver *r, const struct fact *owner, const struct eval_names *names, struct span text, uint32_t base)
{
	struct hcl_lexer lex = {.text = text, .open = HCL_NONE};
	struct eval e = {.r = r, .owner = owner, .names = names, .lex = &lex, .base = base};
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

const struct fact *hcl_evaluate(struct resolver *r, const struct fact *owner, const struct eval_names *names, struct span text)
{
	return eval_text(r, owner, names, text, base_of(owner));
}

const struct fact *hcl_evaluate_template(struct resolver *r, const struct fact *owner, const struct eval_names *names, struct span text, bool backslashes)
{
	struct eval e = {.r = r, .owner = owner, .names = names, .base = base_of(owner)};

	return eval_template(&e, text, e.base, backslashes);
}
