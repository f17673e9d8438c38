/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * HCL native syntax to tokens (HCL spec, "Lexical Elements"), one top-level item at a time, so that memory follows the largest
 * block and not the file. Brackets get their partner's index here, without recursion: 10,000 levels cost what one costs, and
 * the parser skips what it does not read in one step. Strings and heredocs are one token each, whatever stands in them.
 * Every loop moves forward; the only second look at bytes is one, once a file, when a bracket or heredoc is found unclosed:
 * from then on an item ends at a line that looks like a top-level block, so that one missing brace does not lose the file.
 */
#include "read/hcl.h"

#include "base/limits.h"

#include <stdlib.h>

enum byte_class { C_BAD, C_BLANK, C_WORD, C_DIGIT, C_OTHER };

static const unsigned char class_of[256] = {
	[' '] = C_BLANK, ['\t'] = C_BLANK, ['_'] = C_WORD, ['-'] = C_OTHER,
	['0' ... '9'] = C_DIGIT, ['a' ... 'z'] = C_WORD, ['A' ... 'Z'] = C_WORD, [0x80 ... 0xff] = C_WORD,
	['\n'] = C_OTHER, ['\r'] = C_OTHER, ['"'] = C_OTHER, ['#'] = C_OTHER, ['/'] = C_OTHER, ['<'] = C_OTHER, ['>'] = C_OTHER,
	['='] = C_OTHER, ['!'] = C_OTHER, ['&'] = C_OTHER, ['|'] = C_OTHER, ['.'] = C_OTHER, [':'] = C_OTHER, [','] = C_OTHER,
	['?'] = C_OTHER, ['+'] = C_OTHER, ['*'] = C_OTHER, ['%'] = C_OTHER,
	['{'] = C_OTHER, ['}'] = C_OTHER, ['['] = C_OTHER, [']'] = C_OTHER, ['('] = C_OTHER, [')'] = C_OTHER,
};

/* bytes at which the scan of a quoted string has to look */
static const unsigned char stops_string[256] = {['"'] = 1, ['\\'] = 1, ['$'] = 1, ['%'] = 1, ['\n'] = 1};

/* Words that begin a top-level block in Terraform, Packer, Nomad, Vault, Terragrunt: where reading goes on after a missing brace. */
static const char *const top_words[] = {"resource", "data", "module", "variable", "output", "provider", "locals", "terraform", "moved",
	"import", "check", "removed", "ephemeral", "source", "build", "packer", "job", "path", "include", "dependency", "generate", "remote_state"};

static unsigned char byte_at(const struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	return i < end ? (unsigned char)x->text.p[i] : 0;
}

static bool is_word_byte(unsigned char c)
{
	return class_of[c] == C_WORD || class_of[c] == C_DIGIT || c == '-';
}

static uint32_t word_end(const struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	while (i < end && is_word_byte((unsigned char)x->text.p[i]))
		i++;
	return i;
}

static uint32_t blanks_end(const struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	while (i < end && (x->text.p[i] == ' ' || x->text.p[i] == '\t'))
		i++;
	return i;
}

static uint32_t line_end(const struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	const char *p = i < end ? memchr(x->text.p + i, '\n', end - i) : NULL;

	return p ? (uint32_t)(p - x->text.p) : end;
}

static void *more_room(void *items, size_t *room, size_t size)
{
	void *larger;

	*room = *room ? *room * 2 : 256;
	larger = realloc(items, *room * size);
	if (!larger)
		arena_exhausted();
	return larger;
}

static struct hcl_token *push(struct hcl_lexer *x, int kind, uint32_t from, uint32_t to)
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
	push(x, kind, at, at + 1)->match = x->open;
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

	push(x, kind, at, at + 1);
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

/* ------------------------------------------------------------------ strings */

/* How a quoted string goes on after `$` or `%` at i: a part begins (2 bytes), an escaped one (3), or the byte alone (1). */
static uint32_t marker_length(struct span text, uint32_t i, uint32_t end)
{
	if (i + 1 < end && text.p[i + 1] == '{')
		return 2;
	return i + 2 < end && text.p[i + 1] == text.p[i] && text.p[i + 2] == '{' ? 3 : 1;
}

struct string_scan {
	uint32_t braces[LIMIT_DEPTH];      /* open inside each interpolation */
	uint32_t level;                    /* of interpolations */
	bool quoted;                       /* in the innermost string, not in an interpolation */
	unsigned flags;
	bool parts;
};

/* One step inside quotes. Returns the next offset, or HCL_NONE when the string breaks off at i. */
static uint32_t scan_quoted(struct string_scan *s, struct span text, uint32_t i, uint32_t end)
{
	uint32_t length;

	while (i < end && !stops_string[(unsigned char)text.p[i]])
		i++;
	if (i >= end || text.p[i] == '\n')
		return HCL_NONE;
	if (text.p[i] == '"') {
		s->quoted = false;
		return i + 1;
	}
	if (text.p[i] == '\\') {
		s->flags |= HCL_ESCAPED;
		return i + 1 < end && text.p[i + 1] != '\n' ? i + 2 : i + 1;
	}
	length = marker_length(text, i, end);
	if (length == 3)
		s->flags |= HCL_ESCAPED;
	if (length != 2)
		return i + length;
	s->parts = true;
	if (s->level + 1 >= LIMIT_DEPTH) {
		s->flags |= HCL_DEEP;
		return HCL_NONE;
	}
	s->braces[++s->level] = 0;
	s->quoted = false;
	return i + 2;
}

/* One step inside an interpolation. */
static uint32_t scan_part(struct string_scan *s, struct span text, uint32_t i, uint32_t end)
{
	for (; i < end; i++) {
		switch (text.p[i]) {
		case '{':
			s->braces[s->level]++;
			break;
		case '}':
			if (s->braces[s->level]) {
				s->braces[s->level]--;
				break;
			}
			s->level--;
			s->quoted = true;
			return i + 1;
		case '"':
			s->quoted = true;
			return i + 1;
		default:
			break;
		}
	}
	return HCL_NONE;
}

uint32_t hcl_part_end(struct span text, uint32_t from, uint32_t end)
{
	struct string_scan s;
	uint32_t i = from;

	s.level = 1;
	s.braces[1] = 0;
	s.quoted = s.parts = false;
	s.flags = 0;
	while (i != HCL_NONE && s.level)
		i = s.quoted ? scan_quoted(&s, text, i, end) : scan_part(&s, text, i, end);
	return i;
}

/* A string that breaks off ends with its first line: the lines below it are read for themselves. */
static uint32_t lex_string(struct hcl_lexer *x, uint32_t from, uint32_t end)
{
	struct string_scan s;
	uint32_t i = from + 1;
	struct hcl_token *token;

	s.level = 0;
	s.quoted = true;
	s.parts = false;
	s.flags = 0;
	while (i != HCL_NONE && (s.quoted || s.level))
		i = s.quoted ? scan_quoted(&s, x->text, i, end) : scan_part(&s, x->text, i, end);
	if (i == HCL_NONE) {
		i = line_end(x, from, end);
		if (i > from + 1 && x->text.p[i - 1] == '\r')
			i--;
		s.flags |= HCL_UNCLOSED;
	}
	token = push(x, s.parts ? HCL_TEMPLATE : HCL_STRING, from, i);
	token->flags = (uint8_t)s.flags;
	return i;
}

/* ------------------------------------------------------------------ lines that look like a top-level block */

static bool is_top_word(struct span word)
{
	for (size_t i = 0; i < sizeof top_words / sizeof *top_words; i++)
		if (span_is(word, top_words[i]))
			return true;
	return false;
}

/* `word "label" ... {` from the start of a line. */
static bool starts_block(const struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	uint32_t at = word_end(x, i, end);

	if (at == i || !is_top_word(span_cut(x->text, i, at)))
		return false;
	at = blanks_end(x, at, end);
	while (byte_at(x, at, end) == '"') {
		at++;
		while (at < end && x->text.p[at] != '"' && x->text.p[at] != '\n')
			at++;
		at = blanks_end(x, at + 1, end);
	}
	return byte_at(x, at, end) == '{';
}

/* ------------------------------------------------------------------ heredocs */

static uint8_t heredoc_flags(struct span line)
{
	uint8_t flags = 0;

	for (size_t i = 0; i + 1 < line.n; i++) {
		uint32_t length;

		if (line.p[i] != '$' && line.p[i] != '%')
			continue;
		length = marker_length(line, (uint32_t)i, (uint32_t)line.n);
		flags |= length == 2 ? HCL_PARTS : length == 3 ? HCL_ESCAPED : 0;
		i += length - 1;
	}
	return flags;
}

/* From `<<` at from; 0 when it is no heredoc. */
static uint32_t lex_heredoc(struct hcl_lexer *x, uint32_t from, uint32_t end)
{
	uint32_t at = from + 2, word_from, line, stop;
	uint8_t flags = 0;
	struct span word;

	if (byte_at(x, at, end) == '-') {
		flags = HCL_FLUSH;
		at++;
	}
	word_from = at;
	at = word_end(x, at, end);
	word = span_cut(x->text, word_from, at);
	line = line_end(x, at, end);
	if (!word.n || line == end || span_trim(span_cut(x->text, at, line)).n)
		return 0;
	for (line++; line < end; line = stop + 1) {
		struct span text;

		stop = line_end(x, line, end);
		text = span_cut(x->text, line, stop);
		if (span_eq(span_trim(text), word)) {
			at = (uint32_t)(span_trim(text).p - x->text.p) + (uint32_t)word.n;
			push(x, HCL_HEREDOC, from, at)->flags = flags;
			return at;
		}
		if (x->cut && starts_block(x, line, end))
			break;
		flags |= heredoc_flags(text);
	}
	stop = line < end ? line - 1 : end;      /* the line end stays: it ends the item */
	push(x, HCL_HEREDOC, from, stop)->flags = (uint8_t)(flags | HCL_UNCLOSED);
	return stop;
}

struct place hcl_heredoc_lines(struct span text, const struct hcl_token *token)
{
	const char *header = memchr(text.p + token->from, '\n', token->to - token->from);
	uint32_t from = header ? (uint32_t)(header - text.p) + 1 : token->to, to = token->to;

	if (!(token->flags & HCL_UNCLOSED))
		while (to > from && text.p[to - 1] != '\n')
			to--;
	return (struct place){.offset = from, .length = to - from};
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
	uint32_t to = line_end(x, from, end), stop = to;

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

#define DIGITS() while (i < end && class_of[(unsigned char)x->text.p[i]] == C_DIGIT) i++
	DIGITS();
	if (!index && byte_at(x, i, end) == '.' && class_of[byte_at(x, i + 1, end)] == C_DIGIT) {
		i++;
		DIGITS();
	}
	if (!index && (byte_at(x, i, end) | 0x20) == 'e') {
		uint32_t sign = byte_at(x, i + 1, end) == '+' || byte_at(x, i + 1, end) == '-';

		if (class_of[byte_at(x, i + 1 + sign, end)] == C_DIGIT) {
			i += 1 + sign;
			DIGITS();
		}
	}
#undef DIGITS
	push(x, HCL_NUMBER, from, i);
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

			push(x, HCL_OPERATOR, i, to);
			return to;
		}
	if (c == '&' || c == '|')
		push(x, HCL_BAD, i, i + 1);
	else
		push(x, c == '=' || c == ':' || c == '.' ? c : HCL_OPERATOR, i, i + 1);
	return i + 1;
}

static uint32_t lex_newline(struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	uint32_t to = x->text.p[i] == '\r' && byte_at(x, i + 1, end) == '\n' ? i + 2 : i + 1;

	/* several line ends in a row say no more than one */
	if (x->count && x->tokens[x->count - 1].kind != HCL_NEWLINE)
		push(x, HCL_NEWLINE, i, to);
	return to;
}

static uint32_t lex_other(struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	unsigned char c = (unsigned char)x->text.p[i], next = byte_at(x, i + 1, end);
	uint32_t to;

	switch (c) {
	case '"':
		return lex_string(x, i, end);
	case '{': case '[': case '(':
		bracket_open(x, c, i);
		return i + 1;
	case '}': case ']': case ')':
		bracket_close(x, c, i);
		return i + 1;
	case ',': case '?':
		push(x, c, i, i + 1);
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
		to = next == '<' ? lex_heredoc(x, i, end) : 0;
		if (to)
			return to;
		break;
	case '=':
		if (next != '=' && next != '>') {
			push(x, '=', i, i + 1);
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

	switch (class_of[(unsigned char)x->text.p[i]]) {
	case C_BLANK:
		return blanks_end(x, i, end);
	case C_WORD:
		to = word_end(x, i, end);
		push(x, HCL_WORD, i, to);
		return to;
	case C_DIGIT:
		return lex_number(x, i, end);
	case C_OTHER:
		if (x->text.p[i] == '\n' || x->text.p[i] == '\r')
			return lex_newline(x, i, end);
		return lex_other(x, i, end);
	default:
		push(x, HCL_BAD, i, i + 1);
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
		if (x->cut && x->open != HCL_NONE && at_line_start(x, i) && starts_block(x, i, end))
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
