/* SPDX-License-Identifier: EUPL-1.2 */
/* Small things that the readers of line formats (.env, properties, INI, directives, Dockerfile, TOML) share. */
#ifndef READ_LINE_H
#define READ_LINE_H

#include "read/read_p.h"

/* Is there a ${...}, whose value only the program that reads the file knows? $${...} is an escaped one. */
bool has_expression(struct span value);

/* A line without its end (LF, CR LF, CR), and the place behind that end. */
struct line {
	uint32_t from, to, next;
};
struct line line_at(struct span text, uint32_t from);

bool line_blank(char c);      /* space or tab */
uint32_t line_skip(struct span text, uint32_t from, uint32_t to);       /* from, moved right over blanks */
uint32_t line_trim(struct span text, uint32_t from, uint32_t to);       /* to, moved left over blanks */
/* Letters, digits and the characters of more. */
bool word_char(char c, const char *more);
uint32_t word_end(struct span text, uint32_t from, uint32_t to, const char *more);
/* Offset of the quote that closes text between from and to, or `to`. A backslash guards when escapes is true. */
uint32_t quote_end(struct span text, uint32_t from, uint32_t to, char quote, bool escapes);

#define NO_DECODER DECODER_KINDS

/*
 * Gives f the value at bytes [from, to) of t: decoded by kind (NO_DECODER: as it stands), a template when it holds ${...}
 * and expressions is true.
 */
void line_value(struct builder *b, const struct text *t, struct fact *f, uint32_t from, uint32_t to, enum decoder_kind kind,
		bool expressions);
/* The same text for a key. */
const char *line_key(struct builder *b, const struct text *t, uint32_t from, uint32_t to, enum decoder_kind kind);
/* A second key of the same name among siblings. */
void line_duplicate(struct builder *b, const struct text *t, const struct fact *made, struct place head, enum diag_level level);

/* How many of the first lines of head fit, of those that are not empty or a comment (first character in comments). */
struct line_count {
	size_t lines, fitting;
};
struct line_count count_lines(struct span head, const char *comments, bool (*fits)(struct span line));
/* A statement of SQL: it ends like a directive of nginx, and has commas like a row. */
bool starts_sql(struct span line);

#endif
