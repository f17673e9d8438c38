/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of the reader of HCL expressions: ranges of tokens (hcl_range.c), literals (hcl_literal.c), the choice (hcl_expr.c). */
#ifndef READ_HCL_EXPR_H
#define READ_HCL_EXPR_H

#include "base/limits.h"
#include "read/hcl.h"

struct hcl_range {
	size_t from, to;      /* tokens */
};

/* ------------------------------------------------------------------ hcl_range.c */

const struct hcl_token *hcl_at(const struct hcl_reader *r, size_t i);
struct hcl_range range_trim(const struct hcl_reader *r, struct hcl_range e);      /* without line ends around it */
/* What stands between the bracket at i and its partner. */
struct hcl_range range_inside(const struct hcl_reader *r, size_t i, size_t to);
/* The whole range is one bracket with its content. */
bool range_is_group(const struct hcl_reader *r, struct hcl_range e, int kind);
struct hcl_range range_strip(const struct hcl_reader *r, struct hcl_range e);      /* without parentheses around it */
struct place range_place(const struct hcl_reader *r, struct hcl_range e);
struct span range_text(const struct hcl_reader *r, struct hcl_range e);
/* The first token of that kind outside brackets, or e.to. */
size_t range_find(const struct hcl_reader *r, struct hcl_range e, int kind);
/* name(.name | .0 | .* | [...])* */
bool range_is_traversal(const struct hcl_reader *r, struct hcl_range e);
/* Offset behind a bracket's partner; reports a missing one. */
uint32_t range_group_end(struct hcl_reader *r, size_t i, size_t to);
/* No foreign byte and no bracket without its own partner, at any depth. */
bool range_check_tokens(struct hcl_reader *r, struct hcl_range e);
/*
 * A light look at what is kept as text: operands and operators take turns. Contents of brackets are not followed: what is
 * wrong there is still kept as text, and unknown.
 */
bool range_check_turns(struct hcl_reader *r, struct hcl_range e);

/* ------------------------------------------------------------------ hcl_literal.c */

struct place literal_quoted_place(const struct hcl_token *token);
struct span literal_bytes(const struct hcl_reader *r, struct place at);
/* These fill kind, scalar, value, place and decoder. */
void literal_string(struct hcl_reader *r, const struct hcl_token *token, struct fact *f);
void literal_heredoc(struct hcl_reader *r, const struct hcl_token *token, struct fact *f);
void literal_source(const struct hcl_reader *r, struct hcl_range e, struct fact *f);      /* the bytes as they stand */
/* Of a range that is one literal; else false. */
bool literal_of(struct hcl_reader *r, struct hcl_range e, struct fact *f);
/* c ? a : b with literals, also chained: the outcomes are known, the condition is not. */
void literal_candidates(struct hcl_reader *r, struct hcl_range e, struct fact *f);

#endif
