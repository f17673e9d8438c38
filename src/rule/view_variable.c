/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View variable: each variable of a process by itself: name, value, holder (the type of the resource it stands in). What view env gathers in one block, for rules that speak of
 * any variable by the form of its name, so that each of several offending ones is told at its own line.
 * It looks for nothing of its own: view env hands its blocks over.
 */
#include "rule/subject_p.h"

void view_variables(struct build *b, const struct fact *env, const struct doc *doc, const struct subject *of, const char *address)
{
	FACT_EACH(value, env) {
		struct fact *one;

		if (!value->key || !fact_is_scalar(value))
			continue;
		one = block_new(b->arena, value);
		one->kind = FACT_BLOCK;
		one->written = value->written ? value->written : value;
		block_field(b->arena, one, "name", value->key, value);
		block_hang(b->arena, one, value, "value");
		if (of)
			block_field(b->arena, one, "holder", of->type, value);
		view_emit(b, "variable", one, value, doc, of, address);
	}
}

static const char *const fields[] = {"name", "value", "holder", NULL};

const struct view view_variable = {.name = "variable", .fields = fields};
