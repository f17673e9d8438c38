/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by hcl_eval.c (expressions) and hcl_call.c (functions). */
#ifndef READ_HCL_EVAL_H
#define READ_HCL_EVAL_H

#include "read/hcl.h"
#include "read/resolve.h"

#define EVAL_MAX_ARGS 32

struct eval {
	struct resolver *r;
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
bool eval_is_literal(const struct fact *f);
const struct fact *eval_index(struct eval *e, const struct fact *f, const struct fact *key, const char *path);
/* missing[i]: argument i is NULL because what it names is surely not there. */
const struct fact *eval_call(struct eval *e, struct span name, const struct fact *const *args, const bool *missing, size_t count);

#endif
