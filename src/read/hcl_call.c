/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Terraform functions whose value follows from known arguments alone. A function that is not in the table, an argument that is
 * not known where it matters, a use the function's page does not describe: unknown.
 */
#include "read/hcl_call.h"

/* The value itself: conversions of what already has that form, wrappers. */
static const struct fact *call_same(const struct call *c)
{
	return resolve_known(c->args[0]) ? c->args[0] : NULL;
}

static const struct fact *call_group(const struct call *c)
{
	return resolve_known(c->args[0]) && (c->args[0]->kind == FACT_LIST || c->args[0]->kind == FACT_BLOCK) ? c->args[0] : NULL;
}

static const struct fact *call_lookup(const struct call *c)
{
	const struct fact *found;

	if (!resolve_known(c->args[0]) || c->args[0]->kind != FACT_BLOCK || !eval_is_literal(c->args[1]))
		return NULL;
	found = eval_index(c->e, c->args[0], c->args[1], call_path(c->args[0]));
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

/* can(x): whether its argument is there; only when it is known. */
static const struct fact *call_can(const struct call *c)
{
	if (c->missing[0])
		return eval_boolean(c->e, false, NULL, NULL);
	return resolve_known(c->args[0]) ? eval_boolean(c->e, true, c->args[0], NULL) : NULL;
}

static const struct function {
	const char *name;
	const struct fact *(*call)(const struct call *c);
	size_t least, most;      /* arguments */
} functions[] = {
	{"alltrue", call_all_any, 1, 1},
	{"anytrue", call_all_any, 1, 1},
	{"can", call_can, 1, 1},
	{"chomp", call_trim, 1, 1},
	{"coalesce", call_coalesce, 1, LIMIT_CALL_ARGUMENTS},
	{"compact", call_compact, 1, 1},
	{"concat", call_gather, 1, LIMIT_CALL_ARGUMENTS},
	{"contains", call_contains, 2, 2},
	{"distinct", call_distinct, 1, 1},
	{"element", call_element, 2, 2},
	{"endswith", call_search, 2, 2},
	{"flatten", call_flatten, 1, 1},
	{"format", call_format, 1, LIMIT_CALL_ARGUMENTS},
	{"join", call_join, 2, 2},
	{"jsonencode", call_group, 1, 1},
	{"keys", call_keys, 1, 1},
	{"length", call_length, 1, 1},
	{"lookup", call_lookup, 2, 3},
	{"lower", call_case, 1, 1},
	{"max", call_extreme, 1, LIMIT_CALL_ARGUMENTS},
	{"merge", call_gather, 1, LIMIT_CALL_ARGUMENTS},
	{"min", call_extreme, 1, LIMIT_CALL_ARGUMENTS},
	{"nonsensitive", call_same, 1, 1},
	{"one", call_one, 1, 1},
	{"replace", call_replace, 3, 3},
	{"reverse", call_reverse, 1, 1},
	{"sensitive", call_same, 1, 1},
	{"slice", call_slice, 3, 3},
	{"sort", call_sort, 1, 1},
	{"split", call_split, 2, 2},
	{"startswith", call_search, 2, 2},
	{"strcontains", call_search, 2, 2},
	{"substr", call_substr, 3, 3},
	{"tobool", call_same, 1, 1},
	{"tolist", call_group, 1, 1},
	{"tomap", call_group, 1, 1},
	{"tonumber", call_same, 1, 1},
	{"toset", call_distinct, 1, 1},
	{"tostring", call_same, 1, 1},
	{"trim", call_trim, 2, 2},
	{"trimprefix", call_trim, 2, 2},
	{"trimspace", call_trim, 1, 1},
	{"trimsuffix", call_trim, 2, 2},
	{"try", call_try, 1, LIMIT_CALL_ARGUMENTS},
	{"upper", call_case, 1, 1},
	{"values", call_values, 1, 1},
	{"yamlencode", call_group, 1, 1},
	{"zipmap", call_zipmap, 2, 2},
};

const struct fact *eval_call(struct eval *e, struct span name, const struct fact *const *args, const bool *missing, size_t count)
{
	struct call c = {.e = e, .name = name, .args = args, .missing = missing, .count = count};

	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (span_is(name, functions[i].name))
			return count < functions[i].least || count > functions[i].most ? NULL : functions[i].call(&c);
	return NULL;
}
