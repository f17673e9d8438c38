/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Ranges of HCL tokens, looked at and not told: brackets and their partners, traversals, and whether what is kept as text is well formed.
 */
#include "read/hcl_expr.h"

const struct hcl_token *hcl_at(const struct hcl_reader *r, size_t i)
{
	return &r->lex.tokens[i];
}

static bool is_bracket(int kind)
{
	return kind == '{' || kind == '[' || kind == '(';
}

struct hcl_range range_trim(const struct hcl_reader *r, struct hcl_range e)
{
	while (e.from < e.to && hcl_at(r, e.from)->kind == HCL_NEWLINE)
		e.from++;
	while (e.to > e.from && hcl_at(r, e.to - 1)->kind == HCL_NEWLINE)
		e.to--;
	return e;
}

/* What stands between the bracket at i and its partner. */
struct hcl_range range_inside(const struct hcl_reader *r, size_t i, size_t to)
{
	uint32_t close = hcl_at(r, i)->match;

	return (struct hcl_range){i + 1, close < to ? close : to};
}

/* The whole range is one bracket with its content. */
bool range_is_group(const struct hcl_reader *r, struct hcl_range e, int kind)
{
	return e.from < e.to && hcl_at(r, e.from)->kind == kind && hcl_skip(&r->lex, e.from, e.to) == e.to;
}

struct hcl_range range_strip(const struct hcl_reader *r, struct hcl_range e)
{
	e = range_trim(r, e);
	while (range_is_group(r, e, '('))
		e = range_trim(r, range_inside(r, e.from, e.to));
	return e;
}

struct place range_place(const struct hcl_reader *r, struct hcl_range e)
{
	uint32_t from, to;

	if (e.from >= e.to)
		return (struct place){0};
	from = hcl_at(r, e.from)->from;
	to = hcl_at(r, e.to - 1)->to;
	return (struct place){.offset = from, .length = to - from};
}

struct span range_text(const struct hcl_reader *r, struct hcl_range e)
{
	struct place at = range_place(r, e);

	return span_cut(r->lex.text, at.offset, at.offset + at.length);
}

size_t range_find(const struct hcl_reader *r, struct hcl_range e, int kind)
{
	size_t i = e.from;

	while (i < e.to && hcl_at(r, i)->kind != kind)
		i = hcl_skip(&r->lex, i, e.to);
	return i;
}

/* name(.name | .0 | .* | [...])* */
bool range_is_traversal(const struct hcl_reader *r, struct hcl_range e)
{
	size_t i = e.from + 1;

	if (e.from >= e.to || hcl_at(r, e.from)->kind != HCL_WORD)
		return false;
	while (i < e.to) {
		int kind = hcl_at(r, i)->kind, next = i + 1 < e.to ? hcl_at(r, i + 1)->kind : 0;

		if (kind == '[')
			i = hcl_skip(&r->lex, i, e.to);
		else if (kind == '.' && (next == HCL_WORD || next == HCL_NUMBER || (next == HCL_OPERATOR && hcl_token_is(&r->lex, i + 1, "*"))))
			i += 2;
		else
			return false;
	}
	return true;
}

/* Offset behind a bracket's partner; reports a missing one. */
uint32_t range_group_end(struct hcl_reader *r, size_t i, size_t to)
{
	struct hcl_range content = range_inside(r, i, to);
	int kind = hcl_at(r, i)->kind;
	const char *text = kind == '{' ? "this '{' has no '}'" : kind == '[' ? "this '[' has no ']'" : "this '(' has no ')'";

	if (hcl_at(r, i)->match < to && hcl_at(r, hcl_at(r, i)->match)->kind == (kind == '(' ? ')' : kind + 2))
		return hcl_at(r, hcl_at(r, i)->match)->to;
	hcl_error(r, DIAG_ERROR, i, "unclosed", text);
	return content.to > content.from ? hcl_at(r, content.to - 1)->to : hcl_at(r, i)->to;
}

/* No foreign byte and no bracket without its own partner, at any depth. */
bool range_check_tokens(struct hcl_reader *r, struct hcl_range e)
{
	for (size_t i = e.from; i < e.to; i++) {
		const struct hcl_token *token = hcl_at(r, i);
		bool paired = token->match < r->lex.count && hcl_at(r, token->match)->kind == (token->kind == '(' ? ')' : token->kind + 2);

		if (is_bracket(token->kind) && !paired) {
			range_group_end(r, i, e.to);
			return false;
		}
		if (token->kind == HCL_BAD) {
			hcl_error(r, DIAG_ERROR, i, "syntax", "a character that is no part of the language");
			return false;
		}
		if (token->flags & HCL_UNCLOSED) {
			hcl_error(r, DIAG_ERROR, i, "unclosed", "this string or heredoc is not closed");
			return false;
		}
	}
	return true;
}

/*
 * A light look at what is kept as text: operands and operators take turns. Contents of brackets are not followed: what is
 * wrong there is still kept as text, and unknown.
 */
bool range_check_turns(struct hcl_reader *r, struct hcl_range e)
{
	bool operand = false;

	for (size_t i = e.from; i < e.to; i = hcl_skip(&r->lex, i, e.to)) {
		int kind = hcl_at(r, i)->kind;
		bool value = kind == HCL_WORD || kind == HCL_NUMBER || kind == HCL_STRING || kind == HCL_TEMPLATE || kind == HCL_HEREDOC;
		bool prefix = kind == HCL_OPERATOR && (hcl_token_is(&r->lex, i, "-") || hcl_token_is(&r->lex, i, "!"));

		if (kind == HCL_NEWLINE)
			continue;
		if (operand ? value || kind == '{' || kind == '=' || kind == HCL_BAD : !value && !is_bracket(kind) && !prefix &&
							!(kind == HCL_OPERATOR && hcl_token_is(&r->lex, i, "*"))) {
			hcl_error(r, DIAG_ERROR, i, "syntax", operand ? "expected an operator or the end of the value" : "expected a value");
			return false;
		}
		if (value || is_bracket(kind))
			operand = true;
		else if (!prefix || operand)
			operand = hcl_token_is(&r->lex, i, "*") && i > e.from && hcl_at(r, i - 1)->kind == '.';
		if (kind == HCL_OPERATOR && hcl_token_is(&r->lex, i, "..."))
			operand = true;
	}
	if (!operand)
		hcl_error(r, DIAG_ERROR, e.to - 1, "syntax", "the value breaks off here");
	return operand;
}
