/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of the Bicep reader: bytes (bicep_scan.c), values (bicep_value.c), declarations (fmt_bicep.c). */
#ifndef READ_BICEP_H
#define READ_BICEP_H

#include "read/read_p.h"

struct bicep {
	struct builder *b;
	const struct text *t;
	struct span in;
	uint32_t at;      /* next byte */
};

/* ------------------------------------------------------------------ bicep_scan.c */

bool bicep_is_word(char c);
bool bicep_in(const char *set, char c);
char bicep_char(const struct bicep *r, uint32_t at);
bool bicep_starts(const struct bicep *r, uint32_t at, const char *what);
/* Offset of what at or behind `at`, or the text's end. */
uint32_t bicep_find(const struct bicep *r, uint32_t at, const char *what);
/* Behind the comment at `at`; `at` when there is none. */
uint32_t bicep_comment_end(const struct bicep *r, uint32_t at);
/* Behind the string whose quote stands at `at`; *parts becomes true when it has ${}. depth: 0 */
uint32_t bicep_string_end(const struct bicep *r, uint32_t at, bool *parts, int depth);
/* Behind blanks, line ends when lines is true, and comments, which are told. */
void bicep_skip(struct bicep *r, bool lines);
/* The word at r->at, which moves behind it; length 0: none. */
struct place bicep_word(struct bicep *r);
struct span bicep_text(const struct bicep *r, struct place at);
/* Where a computed expression ends: a comma, a bracket it did not open, a line end that it does not continue over. */
uint32_t bicep_expression_end(const struct bicep *r, uint32_t from);

/* ------------------------------------------------------------------ bicep_value.c */

/* To the end of a line that could not be read. */
void bicep_lose_line(struct bicep *r, uint32_t from, const char *what);
/* Members up to the bracket; r->at stands behind it. */
void bicep_members(struct bicep *r, struct fact *owner);
/* `for x in list:` behind the bracket: its text, to stand for how often. */
bool bicep_loop_header(struct bicep *r, struct place *ret);
/* `if (...)`: what is asked. */
bool bicep_condition_header(struct bicep *r, struct place *ret);
/* The value at r->at; proto: key, labels, head and marks of the fact to be. */
void bicep_value(struct bicep *r, struct fact proto);

/* ------------------------------------------------------------------ fmt_bicep.c */

/* One declaration at r->at; false when no known word stands there, and nothing was read. */
bool bicep_declaration(struct bicep *r);

#endif
