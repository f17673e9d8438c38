/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The value of an HCL expression where it can be known from what is written: literals, variables and locals, indexing,
 * templates, conditionals, comparisons, whole-number arithmetic and the functions of hcl_call.c. Recursive descent over the tokens of
 * hcl_lex.c with three outcomes: a value, an unknown (NULL, or with candidates), or nothing because the attribute is surely missing.
 * What is not understood is unknown, never guessed. Depth is bounded for all nested evaluations together.
 */
#include "read/hcl_eval.h"

#include "base/str.h"
#include "read/read_p.h"

#include <inttypes.h>
#include <stdlib.h>

#define MAX_CANDIDATES 16

static const struct fact *expression(struct eval *e);      /* the whole grammar; its parts call it again */

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

static const struct fact *boolean(struct eval *e, bool value, const struct fact *a, const struct fact *b)
{
	return eval_because(e, eval_literal(e, value ? SPAN("true") : SPAN("false"), SCALAR_BOOL, a), b);
}

/* ------------------------------------------------------------------ tokens */

static const struct hcl_token *peek(struct eval *e)
{
	while (e->i < e->to && e->lex->tokens[e->i].kind == HCL_NEWLINE)
		e->i++;
	return e->i < e->to ? &e->lex->tokens[e->i] : NULL;
}

static bool at_kind(struct eval *e, int kind)
{
	const struct hcl_token *token = peek(e);

	return token && token->kind == kind;
}

static bool take(struct eval *e, int kind)
{
	if (!at_kind(e, kind))
		return false;
	e->i++;
	return true;
}

static bool at_operator(struct eval *e, const char *text)
{
	return at_kind(e, HCL_OPERATOR) && hcl_token_is(e->lex, e->i, text);
}

static const struct fact *give_up(struct eval *e)
{
	e->failed = true;
	e->i = e->to;
	return NULL;
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

static const struct fact *postfix(struct eval *e, const struct fact *f, uint32_t from)
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
			key = at_operator(e, "*") ? (e->i++, NULL) : expression(e);
			if (!take(e, ']'))
				return give_up(e);
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
	postfix(e, NULL, from);
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
	return postfix(e, f, from);
}

/* ------------------------------------------------------------------ objects, lists, calls */

/* Adds an element whose value may be unknown: then it keeps its expression. */
static void add_element(struct eval *e, struct fact *group, const char *key, size_t from, const struct fact *value)
{
	uint32_t index = key || !group->last ? 0 : group->last->index + 1;
	struct fact *child;

	if (value && fact_has_parts(value)) {
		child = resolve_copy(e->r, value, group, value);
	} else if (!resolve_may_copy(e->r)) {
		child = NULL;
	} else {
		child = eval_make(e, FACT_TEMPLATE, FACT_UNKNOWN);
		if (value)
			*child = *value;
		else
			child->value = arena_span(e->r->arena, span_cut(e->lex->text, e->lex->tokens[from].from, e->lex->tokens[e->i - 1].to));
		resolve_append(group, child);
	}
	if (!child) {
		give_up(e);
		return;
	}
	child->key = key;
	child->index = index;
}

static const struct fact *list(struct eval *e)
{
	struct fact *group = eval_make(e, FACT_LIST, FACT_FIXED);

	e->i++;
	if (at_kind(e, HCL_WORD) && hcl_token_is(e->lex, e->i, "for"))
		return give_up(e);
	while (!e->failed && !take(e, ']')) {
		size_t from = e->i;
		const struct fact *value = expression(e);

		if (!e->failed)
			add_element(e, group, NULL, from, value);
		if (!take(e, ',') && !at_kind(e, ']'))
			return give_up(e);
	}
	return e->failed ? NULL : group;
}

/* The key as text; NULL when it is computed and not known. */
static const char *object_key(struct eval *e)
{
	const struct hcl_token *token = peek(e);
	const struct fact *f;

	if (!token)
		return NULL;
	if (token->kind == HCL_WORD || token->kind == HCL_NUMBER) {
		struct span text = hcl_token_text(e->lex, e->i++);

		return arena_dup(e->r->arena, text.p, text.n);
	}
	f = expression(e);
	return eval_is_literal(f) ? arena_dup(e->r->arena, f->value.p, f->value.n) : NULL;
}

static const struct fact *object(struct eval *e)
{
	struct fact *group = eval_make(e, FACT_BLOCK, FACT_FIXED);

	e->i++;
	if (at_kind(e, HCL_WORD) && hcl_token_is(e->lex, e->i, "for"))
		return give_up(e);
	while (!e->failed && !take(e, '}')) {
		const char *key = object_key(e);
		const struct fact *value;
		size_t from;

		if (!take(e, '=') && !take(e, ':'))
			return give_up(e);
		from = e->i;
		value = expression(e);
		if (key && !e->failed)
			add_element(e, group, key, from, value);
		else
			group->open = true;
		take(e, ',');
	}
	return e->failed ? NULL : group;
}

static const struct fact *call(struct eval *e)
{
	const struct fact *args[EVAL_MAX_ARGS];
	bool missing[EVAL_MAX_ARGS];
	struct span name = hcl_token_text(e->lex, e->i);
	size_t count = 0;

	e->i += 2;
	while (!e->failed && !take(e, ')')) {
		e->missing = false;
		if (count == EVAL_MAX_ARGS)
			return give_up(e);
		args[count] = expression(e);
		missing[count++] = e->missing;
		if (at_operator(e, "..."))
			return give_up(e);
		if (!take(e, ',') && !at_kind(e, ')'))
			return give_up(e);
	}
	e->missing = false;
	return e->failed ? NULL : eval_call(e, name, args, missing, count);
}

/* ------------------------------------------------------------------ templates */

static const struct fact *evaluate(struct resolver *r, const struct fact *owner, struct span text, uint32_t base);

struct outcomes {
	struct str texts[MAX_CANDIDATES];
	size_t count;
	const struct fact *because;      /* state and origin of the parts */
};

static void outcomes_free(struct outcomes *o)
{
	for (size_t i = 0; i < o->count; i++)
		str_free(&o->texts[i]);
}

static bool outcomes_add(struct outcomes *o, struct span text)
{
	bool failed = false;

	for (size_t i = 0; i < o->count; i++) {
		str_span(&o->texts[i], text);
		failed |= str_failed(&o->texts[i]);
	}
	return !failed;
}

/* One part with several outcomes multiplies what there is; a second such part would say too little. */
static bool outcomes_split(struct outcomes *o, const struct fact *f)
{
	struct str first = o->texts[0];

	if (o->count != 1 || !f->candidate_count || f->candidate_count > MAX_CANDIDATES)
		return false;
	for (size_t i = 1; i < f->candidate_count; i++) {
		o->texts[i] = STR_INIT(LIMIT_RESOLVED_BYTES);
		str_span(&o->texts[i], str_get(&first));
	}
	o->count = f->candidate_count;
	for (size_t i = 0; i < o->count; i++)
		str_span(&o->texts[i], f->candidates[i]);
	return true;
}

static bool template_part(struct eval *e, struct outcomes *o, struct span text, uint32_t base)
{
	const struct fact *f;

	if (text.n && text.p[0] == '~')
		return false;      /* strips blanks of its neighbours: rare, left unknown */
	f = evaluate(e->r, e->owner, text, base);
	if (!f)
		return false;
	if (f->state == FACT_UNKNOWN)
		return outcomes_split(o, f);
	if (f->kind != FACT_LITERAL)
		return false;
	o->because = o->because ? eval_because(e, o->because, f) : f;
	return outcomes_add(o, f->value);
}

static bool template_text(struct eval *e, struct outcomes *o, struct span text, bool backslashes)
{
	enum decoder_kind kind = backslashes ? DECODE_HCL_STRING : DECODE_HCL_HEREDOC;

	return !text.n || outcomes_add(o, decode_step(e->r->scratch, kind, (struct span){"", 0}, text, NULL));
}

/* Offset of the next `${` or `%{` that is no escape, or n. */
static uint32_t next_part(struct span text, uint32_t i)
{
	for (; i + 1 < text.n; i++) {
		if (text.p[i] != '$' && text.p[i] != '%')
			continue;
		if (text.p[i + 1] == '{')
			return i;
		if (text.p[i + 1] == text.p[i] && i + 2 < text.n && text.p[i + 2] == '{')
			i += 2;
	}
	return (uint32_t)text.n;
}

static bool template_parts(struct eval *e, struct outcomes *o, struct span text, uint32_t base, bool backslashes)
{
	uint32_t at = 0;

	while (at < text.n) {
		uint32_t part = next_part(text, at), end;

		if (!template_text(e, o, span_cut(text, at, part), backslashes))
			return false;
		if (part == text.n)
			break;
		end = text.p[part] == '$' ? hcl_part_end(text, part + 2, (uint32_t)text.n) : HCL_NONE;
		if (end == HCL_NONE || !template_part(e, o, span_cut(text, part + 2, end - 1), base == HCL_NONE ? base : base + part + 2))
			return false;
		at = end;
	}
	return true;
}

static const struct fact *from_outcomes(struct eval *e, const struct outcomes *o)
{
	const struct fact *f = eval_literal(e, str_get(&o->texts[0]), SCALAR_STRING, o->because);
	struct fact *unknown;
	struct span *candidates;

	if (o->count == 1 || !f)
		return f;
	candidates = ARENA_ARRAY(e->r->arena, struct span, o->count);
	for (size_t i = 0; i < o->count; i++)
		candidates[i] = arena_span(e->r->arena, str_get(&o->texts[i]));
	unknown = eval_make(e, FACT_TEMPLATE, FACT_UNKNOWN);
	unknown->candidates = candidates;
	unknown->candidate_count = (uint32_t)o->count;
	unknown->set_at = f->set_at;
	return unknown;
}

static const struct fact *template(struct eval *e, struct span text, uint32_t base, bool backslashes)
{
	struct outcomes o = {.count = 1};
	const struct fact *f = NULL;

	o.texts[0] = STR_INIT(LIMIT_RESOLVED_BYTES);
	if (e->r->eval_depth >= LIMIT_DEPTH || e->r->bytes > LIMIT_RESOLVED_TOTAL)
		return NULL;
	e->r->eval_depth++;
	if (template_parts(e, &o, text, base, backslashes))
		f = from_outcomes(e, &o);
	if (str_failed(&o.texts[0]) || e->r->bytes > LIMIT_RESOLVED_TOTAL)
		resolve_diag(e->r, e->owner, "limit-resolve", "the text that variables make here is too long: left unresolved");
	e->r->eval_depth--;
	outcomes_free(&o);
	return f;
}

/* ------------------------------------------------------------------ operators */

static const struct fact *quoted(struct eval *e, const struct hcl_token *token)
{
	struct span text = span_cut(e->lex->text, token->from + 1, token->to - (token->flags & HCL_UNCLOSED ? 0 : 1));
	uint32_t base = e->base == HCL_NONE ? HCL_NONE : e->base + token->from + 1;
	const struct fact *f;

	if (token->flags & HCL_UNCLOSED)
		return give_up(e);
	f = template(e, text, base, true);
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
	return template(e, text, e->base == HCL_NONE ? HCL_NONE : e->base + at.offset, false);
}

static const struct fact *word(struct eval *e)
{
	bool yes = hcl_token_is(e->lex, e->i, "true"), no = hcl_token_is(e->lex, e->i, "false");

	if (e->i + 1 < e->to && e->lex->tokens[e->i + 1].kind == '(')
		return call(e);
	if (yes || no) {
		e->i++;
		return boolean(e, yes, NULL, NULL);
	}
	if (hcl_token_is(e->lex, e->i, "null")) {
		e->i++;
		return eval_make(e, FACT_NULL, FACT_FIXED);
	}
	return named(e);
}

static const struct fact *primary(struct eval *e)
{
	const struct hcl_token *token = peek(e);
	const struct fact *f;

	if (!token)
		return give_up(e);
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
		return object(e);
	case '[':
		return list(e);
	case '(':
		e->i++;
		f = expression(e);
		return take(e, ')') ? f : give_up(e);
	default:
		return give_up(e);
	}
}

static bool whole_number(const struct fact *f, int64_t *ret)
{
	char *end;

	if (!eval_is_literal(f) || !f->value.n || f->value.n > 15)
		return false;
	*ret = strtoll(f->value.p, &end, 10);
	return end == f->value.p + f->value.n;
}

static const struct fact *number(struct eval *e, int64_t n, const struct fact *from)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRId64, n);
	return eval_literal(e, span_of(text), SCALAR_NUMBER, from);
}

static const struct fact *deeper(struct eval *e, const struct fact *(*step)(struct eval *e))
{
	const struct fact *f;

	if (e->r->eval_depth >= LIMIT_DEPTH)
		return give_up(e);
	e->r->eval_depth++;
	f = step(e);
	e->r->eval_depth--;
	return f;
}

static const struct fact *unary(struct eval *e)
{
	const struct fact *f;
	uint32_t from;
	int64_t n;

	if (at_operator(e, "!")) {
		e->i++;
		f = deeper(e, unary);
		return eval_is_literal(f) ? boolean(e, !span_is(f->value, "true"), f, NULL) : NULL;
	}
	if (at_operator(e, "-")) {
		e->i++;
		f = deeper(e, unary);
		return whole_number(f, &n) ? number(e, -n, f) : NULL;
	}
	from = peek(e) ? peek(e)->from : 0;
	f = primary(e);
	return e->failed ? NULL : postfix(e, f, from);
}

static const struct fact *equality(struct eval *e, const struct fact *a, const struct fact *b, bool equal)
{
	bool null_a = resolve_known(a) && a->kind == FACT_NULL, null_b = resolve_known(b) && b->kind == FACT_NULL;

	if (!resolve_known(a) || !resolve_known(b))
		return NULL;
	if (null_a || null_b)
		return boolean(e, (null_a && null_b) == equal, a, b);
	if (a->kind != FACT_LITERAL || b->kind != FACT_LITERAL)
		return NULL;
	return boolean(e, span_eq(a->value, b->value) == equal, a, b);
}

/* && and ||: one side can decide alone. */
static const struct fact *logic(struct eval *e, const struct fact *a, const struct fact *b, bool decides)
{
	const struct fact *sides[] = {a, b};
	const char *text = decides ? "true" : "false";

	for (size_t i = 0; i < 2; i++)
		if (eval_is_literal(sides[i]) && span_is(sides[i]->value, text))
			return boolean(e, decides, sides[i], NULL);
	return eval_is_literal(a) && eval_is_literal(b) ? boolean(e, !decides, a, b) : NULL;
}

static const struct fact *arithmetic(struct eval *e, const char *operator, const struct fact *a, const struct fact *b)
{
	int64_t x, y, n;

	if (!whole_number(a, &x) || !whole_number(b, &y))
		return NULL;
	switch (operator[0]) {
	case '<':
		return boolean(e, operator[1] ? x <= y : x < y, a, b);
	case '>':
		return boolean(e, operator[1] ? x >= y : x > y, a, b);
	case '+':
		n = x + y;
		break;
	case '-':
		n = x - y;
		break;
	case '*':
		if (__builtin_mul_overflow(x, y, &n))
			return NULL;
		break;
	default:      /* a quotient that is no whole number is not worked out */
		if (!y || x % y)
			return NULL;
		n = x / y;
		break;
	}
	return eval_because(e, number(e, n, a), b);
}

static const struct fact *apply(struct eval *e, const char *operator, const struct fact *a, const struct fact *b)
{
	if (!strcmp(operator, "==") || !strcmp(operator, "!="))
		return equality(e, a, b, operator[0] == '=');
	if (!strcmp(operator, "&&") || !strcmp(operator, "||"))
		return logic(e, a, b, operator[0] == '|');
	return strcmp(operator, "%") ? arithmetic(e, operator, a, b) : NULL;
}

/* From the loosest to the tightest. */
static const char *const levels[][5] = {{"||"}, {"&&"}, {"==", "!="}, {"<", ">", "<=", ">="}, {"+", "-"}, {"*", "/", "%"}};
#define LEVELS (sizeof levels / sizeof *levels)

static const struct fact *binary(struct eval *e, size_t level)
{
	const struct fact *left = level == LEVELS ? unary(e) : binary(e, level + 1);

	while (level < LEVELS && !e->failed && at_kind(e, HCL_OPERATOR)) {
		const char *operator = NULL;

		for (size_t i = 0; i < 5 && levels[level][i]; i++)
			if (at_operator(e, levels[level][i]))
				operator = levels[level][i];
		if (!operator)
			break;
		e->i++;
		left = apply(e, operator, left, binary(e, level + 1));
	}
	return e->failed ? NULL : left;
}

/* Unknown condition: what both branches may give, when that is known. */
static const struct fact *either(struct eval *e, const struct fact *a, const struct fact *b)
{
	const struct fact *branches[] = {a, b};
	struct span *outcomes = ARENA_ARRAY(e->r->arena, struct span, MAX_CANDIDATES);
	uint32_t count = 0;
	struct fact *f;

	for (size_t i = 0; i < 2; i++) {
		bool one = eval_is_literal(branches[i]);
		uint32_t n = one ? 1 : branches[i] ? branches[i]->candidate_count : 0;

		if (!n || count + n > MAX_CANDIDATES)
			return NULL;
		for (uint32_t k = 0; k < n; k++)
			outcomes[count++] = one ? branches[i]->value : branches[i]->candidates[k];
	}
	f = eval_make(e, FACT_TEMPLATE, FACT_UNKNOWN);
	f->candidates = outcomes;
	f->candidate_count = count;
	return f;
}

static const struct fact *conditional(struct eval *e)
{
	const struct fact *condition = binary(e, 0), *yes, *no;

	if (e->failed || !take(e, '?'))
		return e->failed ? NULL : condition;
	yes = expression(e);
	if (!take(e, ':'))
		return give_up(e);
	no = expression(e);
	e->missing = false;
	if (e->failed)
		return NULL;
	if (!eval_is_literal(condition))
		return either(e, yes, no);
	return eval_because(e, span_is(condition->value, "true") ? yes : no, condition);
}

static const struct fact *expression(struct eval *e)
{
	return deeper(e, conditional);
}

/* ------------------------------------------------------------------ doors */

static const struct fact *evaluate(struct resolver *r, const struct fact *owner, struct span text, uint32_t base)
{
	struct hcl_lexer lex = {.text = text, .open = HCL_NONE};
	struct eval e = {.r = r, .owner = owner, .lex = &lex, .base = base};
	const struct fact *f;

	hcl_lex_range(&lex, 0, (uint32_t)text.n);
	e.to = lex.count;
	f = expression(&e);
	if (peek(&e) || e.failed)
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
	return evaluate(r, owner, text, base_of(owner));
}

const struct fact *hcl_evaluate_template(struct resolver *r, const struct fact *owner, struct span text, bool backslashes)
{
	struct eval e = {.r = r, .owner = owner, .base = base_of(owner)};

	return template(&e, text, e.base, backslashes);
}
