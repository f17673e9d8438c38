/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * HCL native syntax inside src/read/: tokens with matched brackets, and the helpers shared by the reader
 * (fmt_hcl.c, hcl_expr.c and its parts) and the resolver (resolve_hcl.c, hcl_eval.c and its parts).
 */
#ifndef READ_HCL_H
#define READ_HCL_H

#include "read/read.h"

/* Punctuation is its own character: { } [ ] ( ) = , : . ? */
enum hcl_kind {
	HCL_NEWLINE = 'N', HCL_WORD = 'w', HCL_NUMBER = 'n',
	HCL_STRING = 's',        /* quoted, no parts to be computed */
	HCL_TEMPLATE = 't',      /* quoted, with ${ or %{ */
	HCL_HEREDOC = 'h',
	HCL_OPERATOR = 'o',      /* == != < <= > >= && || ! + - * / % => ... :: */
	HCL_BAD = 'b',
};

enum hcl_flag {
	HCL_ESCAPED = 1,       /* the bytes are not the value: backslash, $${, %%{ */
	HCL_PARTS = 2,         /* heredoc: has ${ or %{ */
	HCL_FLUSH = 4,         /* heredoc: <<- */
	HCL_UNCLOSED = 8,      /* string, heredoc: its end is missing */
	HCL_DEEP = 16,         /* nested deeper than LIMIT_DEPTH */
};

#define HCL_NONE UINT32_MAX

struct hcl_token {
	uint32_t from, to;      /* with quotes; a heredoc from << to behind its end word */
	uint32_t match;         /* brackets: index of the partner, HCL_NONE when missing */
	uint8_t kind, flags;
};

struct hcl_lexer {
	struct span text;
	uint32_t at;                 /* next byte */
	struct hcl_token *tokens;    /* of the item, or of several texts one behind the other */
	size_t count, room;
	uint32_t open;               /* innermost bracket without partner */
	uint32_t opened[3];          /* brackets without partner: { [ ( */
	struct place *comments;      /* of the item */
	size_t comment_count, comment_room;
	bool cut;                    /* a bracket or heredoc is unclosed: items end at lines that look like a top-level block */
	bool unclosed_comment, full;
};

void hcl_lexer_free(struct hcl_lexer *x);
/* Reads one top-level item: up to a line end outside brackets. False at the end of the text. */
bool hcl_lex_item(struct hcl_lexer *x);
/* Adds the tokens of a part of the text, as of an interpolation; the caller cuts count back afterwards. */
void hcl_lex_range(struct hcl_lexer *x, uint32_t from, uint32_t to);
/* Token behind i or behind i's partner, at most to. */
size_t hcl_skip(const struct hcl_lexer *x, size_t i, size_t to);
struct span hcl_token_text(const struct hcl_lexer *x, size_t i);
bool hcl_token_is(const struct hcl_lexer *x, size_t i, const char *text);
/* Offset behind the '}' that ends the interpolation whose first byte stands at from, HCL_NONE when it is not closed before end. */
uint32_t hcl_part_end(struct span text, uint32_t from, uint32_t end);

/* Bytes between quotes to text: backslash escapes, $${ and %%{. An unknown escape stays as it is. */
struct span hcl_unescape(struct arena *a, struct span raw);
/* Bytes of a heredoc's lines: from the line after <<X to the line with its end word. */
struct place hcl_heredoc_lines(struct span text, const struct hcl_token *token);

/* The reader's state, shared by bodies and expressions. */
struct hcl_reader {
	struct builder *b;
	const struct text *t;
	struct hcl_lexer lex;
	size_t comments_told;
	int depth;      /* of interpolations inside strings */
};

/* Tells the expression of tokens from..to-1 as fact f, whose key and head are set. */
void hcl_expression(struct hcl_reader *r, struct fact *f, size_t from, size_t to);
void hcl_error(struct hcl_reader *r, enum diag_level level, size_t token, const char *code, const char *text);

enum hcl_presence { HCL_NOT_THERE, HCL_OFF, HCL_THERE, HCL_PERHAPS };      /* HCL_OFF: not there by a default that may be overridden */
enum hcl_presence hcl_presence_of(const struct fact *count_or_for_each);
/* Sets absent, off and conditional of a resource, data or module block from its count and for_each; again after resolution. */
void hcl_presence(struct fact *block);

#endif
