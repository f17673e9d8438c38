/* SPDX-License-Identifier: EUPL-1.2 */
/* For hcl_lex*.c alone: classes of bytes, and what the two files of the lexer ask of each other. */
#ifndef READ_HCL_LEX_H
#define READ_HCL_LEX_H

#include "read/hcl.h"

enum byte_class { C_BAD, C_BLANK, C_WORD, C_DIGIT, C_OTHER };

extern const unsigned char hcl_class_of[256];

static inline unsigned char hcl_byte_at(const struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	return i < end ? (unsigned char)x->text.p[i] : 0;
}

static inline bool is_word_byte(unsigned char c)
{
	return hcl_class_of[c] == C_WORD || hcl_class_of[c] == C_DIGIT || c == '-';
}

static inline uint32_t hcl_word_end(const struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	while (i < end && is_word_byte((unsigned char)x->text.p[i]))
		i++;
	return i;
}

static inline uint32_t hcl_blanks_end(const struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	while (i < end && (x->text.p[i] == ' ' || x->text.p[i] == '\t'))
		i++;
	return i;
}

static inline uint32_t hcl_line_end(const struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	const char *p = i < end ? memchr(x->text.p + i, '\n', end - i) : NULL;

	return p ? (uint32_t)(p - x->text.p) : end;
}

/* A token behind the others; it stays where it is until the next one. */
struct hcl_token *hcl_push(struct hcl_lexer *x, int kind, uint32_t from, uint32_t to);

/* The string whose quote stands at `from`; one that breaks off ends with its first line: the lines below it are read for themselves. */
uint32_t hcl_lex_string(struct hcl_lexer *x, uint32_t from, uint32_t end);
/* From `<<` at from; 0 when it is no heredoc. */
uint32_t hcl_lex_heredoc(struct hcl_lexer *x, uint32_t from, uint32_t end);
/* `word "label" ... {` from the start of a line. */
bool hcl_starts_block(const struct hcl_lexer *x, uint32_t i, uint32_t end);

#endif
