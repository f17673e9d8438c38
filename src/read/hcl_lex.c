/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * HCL native syntax to tokens (HCL spec, "Lexical Elements"), one top-level item at a time, so that memory follows the largest
 * block and not the file. Brackets get their partner's index here, without recursion: 10,000 levels cost what one costs, and
 * the parser skips what it does not read in one step. Strings and heredocs, one token each, are in hcl_lex_text.c.
 * Every loop moves forward; the only second look at bytes is one, once a file, when a bracket or heredoc is found unclosed:
 * from then on an item ends at a line that looks like a top-level block, so that one missing brace does not lose the file.
 */
#include "read/hcl_lex.h"

#include "base/limits.h"

#include <stdlib.h>

const unsigned char hcl_class_of[256] = {
	[' '] = C_BLANK, ['\t'] = C_BLANK, ['_'] = C_WORD, ['-'] = C_OTHER,
	['0' ... '9'] = C_DIGIT, ['a' ... 'z'] = C_WORD, ['A' ... 'Z'] = C_WORD, [0x80 ... 0xff] = C_WORD,
	['\n'] = C_OTHER, ['\r'] = C_OTHER, ['"'] = C_OTHER, ['#'] = C_OTHER, ['/'] = C_OTHER, ['<'] = C_OTHER, ['>'] = C_OTHER,
	['='] = C_OTHER, ['!'] = C_OTHER, ['&'] = C_OTHER, ['|'] = C_OTHER, ['.'] = C_OTHER, [':'] = C_OTHER, [','] = C_OTHER,
	['?'] = C_OTHER, ['+'] = C_OTHER, ['*'] = C_OTHER, ['%'] = C_OTHER,
	['{'] = C_OTHER, ['}'] = C_OTHER, ['['] = C_OTHER, [']'] = C_OTHER, ['('] = C_OTHER, [')'] = C_OTHER,
};

static void *more_room(void *items, size_t *room, size_t size)
{
	void *larger;

	*room = *room ? *room * 2 : 256;
	larger = realloc(items, *room * size);
	if (!larger)
		arena_exhausted();
	return larger;
}

struct hcl_token *hcl_push(struct hcl_lexer *x, int kind, uint32_t from, uint32_t to)
{
	struct hcl_token *token;

	if (x->count == x->room)
		x->tokens = more_room(x->tokens, &x->room, sizeof *x->tokens);
	token = &x->tokens[x->count++];
	*token = (struct hcl_token){.from = from, .to = to, .match = HCL_NONE, .kind = (uint8_t)kind};
	return token;
}

static void push_comment(struct hcl_lexer *x, uint32_t from, uint32_t to)
{
	if (x->comment_count == x->comment_room)
		x->comments = more_room(x->comments, &x->comment_room, sizeof *x->comments);
	x->comments[x->comment_count++] = (struct place){.offset = from, .length = to - from};
}

void hcl_lexer_free(struct hcl_lexer *x)
{
	free(x->tokens);
	free(x->comments);
	*x = (struct hcl_lexer){.open = HCL_NONE};
}

size_t hcl_skip(const struct hcl_lexer *x, size_t i, size_t to)
{
	const struct hcl_token *token = &x->tokens[i];
	size_t next = token->match != HCL_NONE && token->match > i ? token->match + (size_t)1 : i + 1;

	/* an opening bracket without partner takes all that follows */
	if (token->match == HCL_NONE && (token->kind == '{' || token->kind == '[' || token->kind == '('))
		return to;
	return next < to ? next : to;
}

struct span hcl_token_text(const struct hcl_lexer *x, size_t i)
{
	return span_cut(x->text, x->tokens[i].from, x->tokens[i].to);
}

bool hcl_token_is(const struct hcl_lexer *x, size_t i, const char *text)
{
	return span_is(hcl_token_text(x, i), text);
}

/* ------------------------------------------------------------------ brackets */

static int bracket_slot(int kind)
{
	return kind == '{' || kind == '}' ? 0 : kind == '[' || kind == ']' ? 1 : 2;
}

/* Until it is closed, an opening bracket's match holds the one around it: the stack lies in the tokens themselves. */
static void bracket_open(struct hcl_lexer *x, int kind, uint32_t at)
{
	hcl_push(x, kind, at, at + 1)->match = x->open;
	x->open = (uint32_t)(x->count - 1);
	x->opened[bracket_slot(kind)]++;
}

static uint32_t bracket_pop(struct hcl_lexer *x, uint32_t match)
{
	uint32_t top = x->open;

	x->open = x->tokens[top].match;
	x->tokens[top].match = match;
	x->opened[bracket_slot(x->tokens[top].kind)]--;
	return top;
}

/* A closing bracket also ends what was left open inside its partner; the parser reports that. */
static void bracket_close(struct hcl_lexer *x, int kind, uint32_t at)
{
	uint32_t here = (uint32_t)x->count, partner;
	int slot = bracket_slot(kind);

	hcl_push(x, kind, at, at + 1);
	if (!x->opened[slot])
		return;
	do
		partner = bracket_pop(x, here);
	while (bracket_slot(x->tokens[partner].kind) != slot);
	x->tokens[here].match = partner;
}

static void brackets_give_up(struct hcl_lexer *x)
{
	while (x->open != HCL_NONE)
		bracket_pop(x, HCL_NONE);
}

/* ------------------------------------------------------------------ tokens */

static uint32_t lex_block_comment(struct hcl_lexer *x, uint32_t from, uint32_t end)
{
	const char *stop = from + 2 < end ? memmem(x->text.p + from + 2, end - from - 2, "*/", 2) : NULL;
	uint32_t to = stop ? (uint32_t)(stop - x->text.p) + 2 : end;

	x->unclosed_comment |= !stop;
	push_comment(x, from, to);
	return to;
}

static uint32_t lex_line_comment(struct hcl_lexer *x, uint32_t from, uint32_t end)
{
	uint32_t to = hcl_line_end(x, from, end), stop = to;

	if (stop > from && x->text.p[stop - 1] == '\r')
		stop--;
	push_comment(x, from, stop);
	return to;
}

static uint32_t lex_number(struct hcl_lexer *x, uint32_t from, uint32_t end)
{
	/* after a dot (list.0.id) a number is an index: digits only */
	bool index = x->count && x->tokens[x->count - 1].kind == '.' && x->tokens[x->count - 1].to == from;
	uint32_t i = from;

#define DIGITS() while (i < end && hcl_class_of[(unsigned char)x->text.p[i]] == C_DIGIT) i++
	DIGITS();
	if (!index && hcl_byte_at(x, i, end) == '.' && hcl_class_of[hcl_byte_at(x, i + 1, end)] == C_DIGIT) {
		i++;
		DIGITS();
	}
	if (!index && (hcl_byte_at(x, i, end) | 0x20) == 'e') {
		uint32_t sign = hcl_byte_at(x, i + 1, end) == '+' || hcl_byte_at(x, i + 1, end) == '-';

		if (hcl_class_of[hcl_byte_at(x, i + 1 + sign, end)] == C_DIGIT) {
			i += 1 + sign;
			DIGITS();
		}
	}
#undef DIGITS
	hcl_push(x, HCL_NUMBER, from, i);
	return i;
}

static uint32_t lex_operator(struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	static const char longer[][4] = {"...", "==", "!=", "<=", ">=", "&&", "||", "=>", "::"};
	struct span rest = span_cut(x->text, i, end);
	unsigned char c = (unsigned char)x->text.p[i];

	for (size_t k = 0; k < sizeof longer / sizeof *longer; k++)
		if (span_starts(rest, longer[k])) {
			uint32_t to = i + (uint32_t)strlen(longer[k]);

			hcl_push(x, HCL_OPERATOR, i, to);
			return to;
		}
	if (c == '&' || c == '|')
		hcl_push(x, HCL_BAD, i, i + 1);
	else
		hcl_push(x, c == '=' || c == ':' || c == '.' ? c : HCL_OPERATOR, i, i + 1);
	return i + 1;
}

static uint32_t lex_newline(struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	uint32_t to = x->text.p[i] == '\r' && hcl_byte_at(x, i + 1, end) == '\n' ? i + 2 : i + 1;

	/* several line ends in a row say no more than one */
	if (x->count && x->tokens[x->count - 1].kind != HCL_NEWLINE)
		hcl_push(x, HCL_NEWLINE, i, to);
	return to;
}

static uint32_t lex_other(struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	unsigned char c = (unsigned char)x->text.p[i], next = hcl_byte_at(x, i + 1, end);
	uint32_t to;

	switch (c) {
	case '"':
		return hcl_lex_string(x, i, end);
	case '{': case '[': case '(':
		bracket_open(x, c, i);
		return i + 1;
	case '}': case ']': case ')':
		bracket_close(x, c, i);
		return i + 1;
	case ',': case '?':
		hcl_push(x, c, i, i + 1);
		return i + 1;
	case '#':
		return lex_line_comment(x, i, end);
	case '/':
		if (next == '/')
			return lex_line_comment(x, i, end);
		if (next == '*')
			return lex_block_comment(x, i, end);
		break;
	case '<':
		to = next == '<' ? hcl_lex_heredoc(x, i, end) : 0;
		if (to)
			return to;
		break;
	case '=':
		if (next != '=' && next != '>') {
			hcl_push(x, '=', i, i + 1);
			return i + 1;
		}
		break;
	default:
		break;
	}
	return lex_operator(x, i, end);
}

static uint32_t lex_token(struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	uint32_t to;

	switch (hcl_class_of[(unsigned char)x->text.p[i]]) {
	case C_BLANK:
		return hcl_blanks_end(x, i, end);
	case C_WORD:
		to = hcl_word_end(x, i, end);
		hcl_push(x, HCL_WORD, i, to);
		return to;
	case C_DIGIT:
		return lex_number(x, i, end);
	case C_OTHER:
		if (x->text.p[i] == '\n' || x->text.p[i] == '\r')
			return lex_newline(x, i, end);
		return lex_other(x, i, end);
	default:
		hcl_push(x, HCL_BAD, i, i + 1);
		return i + 1;
	}
}

static bool at_line_start(const struct hcl_lexer *x, uint32_t i)
{
	return i == 0 || x->text.p[i - 1] == '\n';
}

/* Lexes one item; false when something in it stays open to the end of the text. */
static bool lex_until_item_end(struct hcl_lexer *x)
{
	uint32_t end = (uint32_t)x->text.n, i = x->at;

	x->count = x->comment_count = 0;
	x->open = HCL_NONE;
	memset(x->opened, 0, sizeof x->opened);
	while (i < end) {
		if (x->cut && x->open != HCL_NONE && at_line_start(x, i) && hcl_starts_block(x, i, end))
			break;
		i = lex_token(x, i, end);
		if (x->count >= LIMIT_HCL_TOKENS) {
			x->full = true;
			i = end;
		}
		if (x->open == HCL_NONE && x->count && x->tokens[x->count - 1].kind == HCL_NEWLINE)
			break;
	}
	x->at = i;
	return x->open == HCL_NONE && !(x->count && x->tokens[x->count - 1].flags & HCL_UNCLOSED && x->tokens[x->count - 1].kind == HCL_HEREDOC);
}

bool hcl_lex_item(struct hcl_lexer *x)
{
	uint32_t from = x->at;

	if (x->at >= x->text.n)
		return false;
	if (!lex_until_item_end(x) && !x->cut && !x->full) {
		x->cut = true;
		x->at = from;
		x->unclosed_comment = false;
		lex_until_item_end(x);
	}
	brackets_give_up(x);
	return true;
}

void hcl_lex_range(struct hcl_lexer *x, uint32_t from, uint32_t to)
{
	uint32_t open = x->open, opened[3];
	size_t comments = x->comment_count;

	memcpy(opened, x->opened, sizeof opened);
	memset(x->opened, 0, sizeof x->opened);
	x->open = HCL_NONE;
	while (from < to && x->count < LIMIT_HCL_TOKENS)
		from = lex_token(x, from, to);
	brackets_give_up(x);
	x->open = open;
	x->comment_count = comments;
	memcpy(x->opened, opened, sizeof opened);
}
