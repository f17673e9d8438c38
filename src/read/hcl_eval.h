/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of the evaluator: operands (hcl_eval.c), hcl_group.c, hcl_for.c, hcl_template.c, hcl_operator.c, hcl_call.c. */
#ifndef READ_HCL_EVAL_H
#define READ_HCL_EVAL_H

#include "read/hcl.h"
#include "read/resolve.h"

/* What a name stands for in a part of an expression: of `for`, of for_each, count and dynamic blocks. */
struct eval_names {
	const struct eval_names *outer;
	struct span name;
	const struct fact *value;      /* NULL: not known */
};

struct eval {
	struct resolver *r;
	const struct eval_names *names;
	const struct fact *owner;      /* whose value is looked for: names are those of its module */
	struct hcl_lexer *lex;
	uint32_t base;                 /* offset of the text in the document, HCL_NONE when it does not stand there as it is */
	size_t i, to;                  /* tokens */
	bool failed;                   /* not understood: all of it is unknown */
	bool missing;                  /* the last name is surely not there: try() and lookup() go on */
};

struct fact *eval_make(struct eval *e, enum fact_kind kind, enum fact_state state);
/* A literal as sure as `from` and set where it was; from may be NULL. NULL when the limit of all resolved text is reached. */
const struct fact *eval_literal(struct eval *e, struct span value, enum fact_scalar scalar, const struct fact *from);
const struct fact *eval_because(struct eval *e, const struct fact *f, const struct fact *other);
/* Counts one more fact made, or one more round of a loop; at the limit that is said and the answer is false. */
bool eval_may_copy(struct eval *e);
bool eval_is_literal(const struct fact *f);
const struct fact *eval_index(struct eval *e, const struct fact *f, const struct fact *key, const char *path);
/* missing[i]: argument i is NULL because what it names is surely not there. */
const struct fact *eval_call(struct eval *e, struct span name, const struct fact *const *args, const bool *missing, size_t count);

/* ------------------------------------------------------------------ tokens of the expression */

const struct hcl_token *eval_peek(struct eval *e);
bool eval_at(struct eval *e, int kind);
bool eval_take(struct eval *e, int kind);
bool eval_at_operator(struct eval *e, const char *text);
const struct fact *eval_give_up(struct eval *e);      /* all of it is unknown; returns NULL */

/* ------------------------------------------------------------------ the grammar; each returns NULL for what is not known */

/* One level deeper, unless LIMIT_DEPTH is reached. */
const struct fact *eval_deeper(struct eval *e, const struct fact *(*step)(struct eval *e));
const struct fact *eval_expression(struct eval *e);      /* all of it: conditionals, operators, operands */
const struct fact *eval_primary(struct eval *e);
/* Behind an operand: .name, .0, [key]. from: where the operand began */
const struct fact *eval_postfix(struct eval *e, const struct fact *f, uint32_t from);
const struct fact *eval_list(struct eval *e);
/* `for` behind the bracket at e->i: elements for each of the collection's; ends behind the bracket's partner. */
const struct fact *eval_for(struct eval *e, size_t open);
/* Adds an element that began at token from; its value may be unknown: then it keeps its expression. */
void eval_add(struct eval *e, struct fact *group, const char *key, size_t from, const struct fact *value);
const struct fact *eval_object(struct eval *e);
/* An expression that stands in another text, base bytes into the document, and a template's text. */
const struct fact *eval_text(struct resolver *r, const struct fact *owner, const struct eval_names *names, struct span text, uint32_t base);
const struct fact *eval_template(struct eval *e, struct span text, uint32_t base, bool backslashes);
const struct fact *eval_boolean(struct eval *e, bool value, const struct fact *a, const struct fact *b);

#endif
