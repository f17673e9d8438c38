/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Operators of HCL over known values: logic, comparison, whole-number arithmetic, conditionals. An unknown condition gives the outcomes of
 * both branches. Fractions are not worked out.
 */
#include "read/hcl_call.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct fact *number(struct eval *e, int64_t n, const struct fact *from)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRId64, n);
	return eval_literal(e, span_of(text), SCALAR_NUMBER, from);
}

static const struct fact *unary(struct eval *e)
{
	const struct fact *f;
	uint32_t from;
	int64_t n;

	if (eval_at_operator(e, "!")) {
		e->i++;
		f = eval_deeper(e, unary);
		return eval_is_literal(f) ? eval_boolean(e, !span_is(f->value, "true"), f, NULL) : NULL;
	}
	if (eval_at_operator(e, "-")) {
		e->i++;
		f = eval_deeper(e, unary);
		return call_number(f, &n) ? number(e, -n, f) : NULL;
	}
	from = eval_peek(e) ? eval_peek(e)->from : 0;
	f = eval_primary(e);
	return e->failed ? NULL : eval_postfix(e, f, from);
}

static const struct fact *equality(struct eval *e, const struct fact *a, const struct fact *b, bool equal)
{
	bool null_a = resolve_known(a) && a->kind == FACT_NULL, null_b = resolve_known(b) && b->kind == FACT_NULL;

	if (!resolve_known(a) || !resolve_known(b))
		return NULL;
	if (null_a || null_b)
		return eval_boolean(e, (null_a && null_b) == equal, a, b);
	if (a->kind != FACT_LITERAL || b->kind != FACT_LITERAL)
		return NULL;
	return eval_boolean(e, span_eq(a->value, b->value) == equal, a, b);
}

/* && and ||: one side can decide alone. */
static const struct fact *logic(struct eval *e, const struct fact *a, const struct fact *b, bool decides)
{
	const struct fact *sides[] = {a, b};
	const char *text = decides ? "true" : "false";

	for (size_t i = 0; i < 2; i++)
		/* analyser: what is NULL is no literal */
		if (eval_is_literal(sides[i]) && span_is(sides[i]->value, text))
			return eval_boolean(e, decides, sides[i], NULL);
	return eval_is_literal(a) && eval_is_literal(b) ? eval_boolean(e, !decides, a, b) : NULL;
}

static const struct fact *arithmetic(struct eval *e, const char *operator, const struct fact *a, const struct fact *b)
{
	int64_t x, y, n;

	if (!call_number(a, &x) || !call_number(b, &y))
		return NULL;
	switch (operator[0]) {
	case '<':
		return eval_boolean(e, operator[1] ? x <= y : x < y, a, b);
	case '>':
		return eval_boolean(e, operator[1] ? x >= y : x > y, a, b);
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

	while (level < LEVELS && !e->failed && eval_at(e, HCL_OPERATOR)) {
		const char *operator = NULL;

		for (size_t i = 0; i < 5 && levels[level][i]; i++)
			if (eval_at_operator(e, levels[level][i]))
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
	struct span *outcomes = ARENA_ARRAY(e->r->arena, struct span, LIMIT_CANDIDATES);
	uint32_t count = 0;
	struct fact *f;

	for (size_t i = 0; i < 2; i++) {
		bool one = eval_is_literal(branches[i]);
		uint32_t n = one ? 1 : branches[i] ? fact_candidate_count(branches[i]) : 0;

		if (!n || count + n > LIMIT_CANDIDATES)
			return NULL;
		for (uint32_t k = 0; k < n; k++)
			outcomes[count++] = one ? branches[i]->value : fact_candidates(branches[i])[k];
	}
	f = eval_make(e, FACT_TEMPLATE, FACT_UNKNOWN);
	fact_put_candidates(e->r->arena, f, outcomes, count);
	return f;
}

static const struct fact *conditional(struct eval *e)
{
	const struct fact *condition = binary(e, 0), *yes, *no;

	if (e->failed || !eval_take(e, '?'))
		return e->failed ? NULL : condition;
	yes = eval_expression(e);
	if (!eval_take(e, ':'))
		return eval_give_up(e);
	no = eval_expression(e);
	e->missing = false;
	if (e->failed)
		return NULL;
	if (!eval_is_literal(condition))
		return either(e, yes, no);
	return eval_because(e, span_is(condition->value, "true") ? yes : no, condition);
}

const struct fact *eval_expression(struct eval *e)
{
	return eval_deeper(e, conditional);
}
