/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Terraform functions whose value follows from known arguments alone. A function that is not in the table, an argument that is
 * not known where it matters, a use the function's page does not describe: unknown.
 */
#include "read/hcl_eval.h"

#include "base/str.h"

struct call {
	struct eval *e;
	struct span name;
	const struct fact *const *args;
	const bool *missing;
	size_t count;
};

static bool is_group(const struct fact *f, enum fact_kind kind)
{
	return resolve_known(f) && f->kind == kind && !f->open;
}

static const struct fact *text_result(const struct call *c, struct str *text, const struct fact *because)
{
	const struct fact *f = str_failed(text) ? NULL : eval_literal(c->e, str_get(text), SCALAR_STRING, because);

	str_free(text);
	return f;
}

/* The value itself: conversions of what already has that form, wrappers. */
static const struct fact *call_same(const struct call *c)
{
	return resolve_known(c->args[0]) ? c->args[0] : NULL;
}

static const struct fact *call_group(const struct call *c)
{
	return resolve_known(c->args[0]) && (c->args[0]->kind == FACT_LIST || c->args[0]->kind == FACT_BLOCK) ? c->args[0] : NULL;
}

static const struct fact *call_case(const struct call *c)
{
	bool lower = span_is(c->name, "lower");
	struct str text = STR_INIT(LIMIT_RESOLVED_BYTES);

	if (!eval_is_literal(c->args[0]))
		return NULL;
	for (size_t i = 0; i < c->args[0]->value.n; i++) {
		char ch = c->args[0]->value.p[i];

		if ((unsigned char)ch >= 0x80) {      /* letters beyond ASCII are not converted here */
			str_free(&text);
			return NULL;
		}
		if (lower ? ch >= 'A' && ch <= 'Z' : ch >= 'a' && ch <= 'z')
			ch ^= 0x20;
		str_char(&text, ch);
	}
	return text_result(c, &text, c->args[0]);
}

static const struct fact *call_trimspace(const struct call *c)
{
	return eval_is_literal(c->args[0]) ? eval_literal(c->e, span_trim(c->args[0]->value), SCALAR_STRING, c->args[0]) : NULL;
}

/* %s, %d and %v take the text of their argument; other verbs are not worked out. */
static const struct fact *call_format(const struct call *c)
{
	struct str text = STR_INIT(LIMIT_RESOLVED_BYTES);
	const struct fact *because = c->args[0];
	struct span pattern;
	size_t next = 1;

	if (!eval_is_literal(c->args[0]))
		return NULL;
	pattern = c->args[0]->value;
	for (size_t i = 0; i < pattern.n; i++) {
		char verb = pattern.p[i] == '%' && i + 1 < pattern.n ? pattern.p[i + 1] : 0;

		if (pattern.p[i] != '%') {
			str_char(&text, pattern.p[i]);
			continue;
		}
		i++;
		if (verb == '%') {
			str_char(&text, '%');
			continue;
		}
		if ((verb != 's' && verb != 'd' && verb != 'v') || next >= c->count || !eval_is_literal(c->args[next])) {
			str_free(&text);
			return NULL;
		}
		str_span(&text, c->args[next]->value);
		because = eval_because(c->e, because, c->args[next++]);
	}
	return text_result(c, &text, because);
}

static const struct fact *call_join(const struct call *c)
{
	struct str text = STR_INIT(LIMIT_RESOLVED_BYTES);

	if (!eval_is_literal(c->args[0]) || !is_group(c->args[1], FACT_LIST))
		return NULL;
	FACT_EACH(item, c->args[1]) {
		resolve_fact(c->e->r, item);
		if (!eval_is_literal(item)) {
			str_free(&text);
			return NULL;
		}
		if (item != c->args[1]->first)
			str_span(&text, c->args[0]->value);
		str_span(&text, item->value);
	}
	return text_result(c, &text, c->args[1]);
}

static const char *path_of(const struct fact *f)
{
	return f->set_at ? f->set_at->path : NULL;
}

static const struct fact *call_lookup(const struct call *c)
{
	const struct fact *found;

	if (!resolve_known(c->args[0]) || c->args[0]->kind != FACT_BLOCK || !eval_is_literal(c->args[1]))
		return NULL;
	found = eval_index(c->e, c->args[0], c->args[1], path_of(c->args[0]));
	if (found || !c->e->missing || c->count < 3)
		return found;
	c->e->missing = false;
	return eval_because(c->e, c->args[2], c->args[0]);
}

static const struct fact *call_try(const struct call *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (!c->missing[i])
			return c->args[i];
	return NULL;
}

static const struct fact *call_coalesce(const struct call *c)
{
	const struct fact *passed = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const struct fact *f = c->args[i];

		if (!resolve_known(f))
			return NULL;
		if (f->kind != FACT_NULL && !(f->kind == FACT_LITERAL && !f->value.n))
			return eval_because(c->e, f, passed);
		passed = passed ? eval_because(c->e, passed, f) : f;
	}
	return NULL;
}

/* concat and merge: the children of all arguments; of equal keys the last stays. */
static const struct fact *call_gather(const struct call *c)
{
	enum fact_kind kind = span_is(c->name, "concat") ? FACT_LIST : FACT_BLOCK;
	struct fact *group = eval_make(c->e, kind, FACT_FIXED);
	uint32_t index = 0;

	for (size_t i = 0; i < c->count; i++) {
		if (!is_group(c->args[i], kind))
			return NULL;
		if (c->args[i]->state == FACT_OVERRIDABLE)
			group->state = FACT_OVERRIDABLE;
		if (!group->set_at)
			group->set_at = c->args[i]->set_at;
	}
	for (size_t i = 0; i < c->count; i++)
		FACT_EACH(child, c->args[i]) {
			struct fact *copy;
			bool later = false;

			for (size_t k = i + 1; child->key && k < c->count; k++)
				later |= resolve_child(c->e->r, c->args[k], span_of(child->key)) != NULL;
			if (later)
				continue;
			copy = resolve_copy(c->e->r, child, group, child);
			if (!copy)
				return NULL;
			copy->index = kind == FACT_LIST ? index++ : 0;
		}
	return group;
}

static const struct fact *call_length(const struct call *c)
{
	size_t n = 0;
	struct str text = STR_INIT(64);
	const struct fact *f;

	if (!is_group(c->args[0], FACT_LIST) && !is_group(c->args[0], FACT_BLOCK))
		return NULL;
	FACT_EACH(child, c->args[0])
		n++;
	str_printf(&text, "%zu", n);
	f = eval_literal(c->e, str_get(&text), SCALAR_NUMBER, c->args[0]);
	str_free(&text);
	return f;
}

static const struct fact *call_contains(const struct call *c)
{
	bool found = false;

	if (!is_group(c->args[0], FACT_LIST) || !eval_is_literal(c->args[1]))
		return NULL;
	FACT_EACH(item, c->args[0]) {
		resolve_fact(c->e->r, item);
		if (!eval_is_literal(item))
			return NULL;
		found |= span_eq(item->value, c->args[1]->value);
	}
	return eval_because(c->e, eval_literal(c->e, found ? SPAN("true") : SPAN("false"), SCALAR_BOOL, c->args[0]), c->args[1]);
}

static const struct fact *call_element(const struct call *c)
{
	return is_group(c->args[0], FACT_LIST) ? eval_index(c->e, c->args[0], c->args[1], path_of(c->args[0])) : NULL;
}

static const struct function {
	const char *name;
	const struct fact *(*call)(const struct call *c);
	size_t least, most;      /* arguments */
} functions[] = {
	{"coalesce", call_coalesce, 1, EVAL_MAX_ARGS},
	{"concat", call_gather, 1, EVAL_MAX_ARGS},
	{"contains", call_contains, 2, 2},
	{"element", call_element, 2, 2},
	{"format", call_format, 1, EVAL_MAX_ARGS},
	{"join", call_join, 2, 2},
	{"jsonencode", call_group, 1, 1},
	{"length", call_length, 1, 1},
	{"lookup", call_lookup, 2, 3},
	{"lower", call_case, 1, 1},
	{"merge", call_gather, 1, EVAL_MAX_ARGS},
	{"nonsensitive", call_same, 1, 1},
	{"sensitive", call_same, 1, 1},
	{"tobool", call_same, 1, 1},
	{"tolist", call_group, 1, 1},
	{"tomap", call_group, 1, 1},
	{"tonumber", call_same, 1, 1},
	{"toset", call_group, 1, 1},
	{"tostring", call_same, 1, 1},
	{"trimspace", call_trimspace, 1, 1},
	{"try", call_try, 1, EVAL_MAX_ARGS},
	{"upper", call_case, 1, 1},
};

const struct fact *eval_call(struct eval *e, struct span name, const struct fact *const *args, const bool *missing, size_t count)
{
	struct call c = {.e = e, .name = name, .args = args, .missing = missing, .count = count};

	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (span_is(name, functions[i].name))
			return count < functions[i].least || count > functions[i].most ? NULL : functions[i].call(&c);
	return NULL;
}
