/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Literals of HCL: strings, heredocs, numbers and words, alone, in parentheses or in a function that gives them back as they stand.
 * Their bytes are the value, through a decoder where there are escapes. Nothing is told to the builder here.
 */
#include "read/hcl_expr.h"

#include "read/read_p.h"

struct place literal_quoted_place(const struct hcl_token *token)
{
	uint32_t end = token->to - (token->flags & HCL_UNCLOSED ? 0 : 1);

	return (struct place){.offset = token->from + 1, .length = end - token->from - 1};
}

struct span literal_bytes(const struct hcl_reader *r, struct place at)
{
	return span_cut(r->lex.text, at.offset, at.offset + at.length);
}

struct span hcl_unescape(struct arena *a, struct span raw)
{
	return decode_step(a, DECODE_HCL_STRING, (struct span){"", 0}, raw, NULL);
}

void literal_string(struct hcl_reader *r, const struct hcl_token *token, struct fact *f)
{
	f->kind = FACT_LITERAL;
	f->scalar = SCALAR_STRING;
	f->at = literal_quoted_place(token);
	f->value = literal_bytes(r, f->at);
	if (token->flags & HCL_ESCAPED) {
		f->value = hcl_unescape(builder_arena(r->b), f->value);
		f->decoder = build_decoder(r->b, DECODE_HCL_STRING, NULL);
	}
}

void literal_heredoc(struct hcl_reader *r, const struct hcl_token *token, struct fact *f)
{
	f->scalar = SCALAR_STRING;
	f->at = hcl_heredoc_lines(r->lex.text, token);
	f->kind = FACT_LITERAL;
	f->value = literal_bytes(r, f->at);
	if (token->flags & HCL_PARTS) {      /* kept as written: its escapes would look like parts once decoded */
		f->kind = FACT_TEMPLATE;
		f->state = FACT_UNKNOWN;
		return;
	}
	f->value = decode_step(builder_arena(r->b), DECODE_HCL_HEREDOC, span_cut(r->lex.text, 0, f->at.offset), f->value, NULL);
	f->decoder = build_decoder(r->b, DECODE_HCL_HEREDOC, NULL);
}

struct word {
	const char *text;
	enum fact_kind kind;
	enum fact_scalar scalar;
	bool bare;      /* not a word of HCL: what people write who come from Python */
};

static const struct word words[] = {
	{"true", FACT_LITERAL, SCALAR_BOOL, false}, {"false", FACT_LITERAL, SCALAR_BOOL, false}, {"null", FACT_NULL, SCALAR_NONE, false},
	{"True", FACT_LITERAL, SCALAR_BOOL, true}, {"False", FACT_LITERAL, SCALAR_BOOL, true},
	{"TRUE", FACT_LITERAL, SCALAR_BOOL, true}, {"FALSE", FACT_LITERAL, SCALAR_BOOL, true},
};

static bool literal_word(struct hcl_reader *r, size_t i, struct fact *f)
{
	for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
		if (!hcl_token_is(&r->lex, i, words[k].text))
			continue;
		if (words[k].bare)
			hcl_error(r, DIAG_WARNING, i, "bare-boolean", "booleans are written in lower case: read as one");
		f->kind = words[k].kind;
		f->scalar = words[k].scalar;
		return true;
	}
	return false;
}

void literal_source(const struct hcl_reader *r, struct hcl_range e, struct fact *f)
{
	f->at = range_place(r, e);
	f->value = range_text(r, e);
}

/* Functions whose value is that of a literal argument, as it stands or in another case. */
static bool literal_call(struct hcl_reader *r, struct hcl_range e, struct fact *f)
{
	static const char *const same[] = {"tostring", "tonumber", "tobool", "sensitive", "nonsensitive", "trimspace"};
	bool lower, upper, known = false, found;

	if (r->depth >= LIMIT_DEPTH || e.to - e.from < 4 || hcl_at(r, e.from)->kind != HCL_WORD || !range_is_group(r, (struct hcl_range){e.from + 1, e.to}, '('))
		return false;
	lower = hcl_token_is(&r->lex, e.from, "lower");
	upper = hcl_token_is(&r->lex, e.from, "upper");
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		known |= hcl_token_is(&r->lex, e.from, same[i]);
	if (!known && !lower && !upper)
		return false;
	r->depth++;
	found = literal_of(r, range_inside(r, e.from + 1, e.to), f);
	r->depth--;
	if (!found)
		return false;
	for (size_t i = 0; (lower || upper) && i < f->value.n; i++) {
		char c = f->value.p[i];

		/* another case is another value: then it is computed, and the resolver's work */
		if ((unsigned char)c >= 0x80 || (lower ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z'))
			return false;
	}
	return !hcl_token_is(&r->lex, e.from, "trimspace") || span_trim(f->value).n == f->value.n;
}

/* Fills kind, scalar, value, place and decoder of a range that is one literal. */
bool literal_of(struct hcl_reader *r, struct hcl_range e, struct fact *f)
{
	const struct hcl_token *token;

	e = range_strip(r, e);
	if (e.from >= e.to)
		return false;
	token = hcl_at(r, e.from);
	if (e.to - e.from == 2 && token->kind == HCL_OPERATOR && hcl_token_is(&r->lex, e.from, "-") && hcl_at(r, e.from + 1)->kind == HCL_NUMBER)
		token++;
	else if (e.to - e.from != 1)
		return literal_call(r, e, f);
	switch (token->kind) {
	case HCL_STRING:
		literal_string(r, token, f);
		return true;
	case HCL_HEREDOC:
		literal_heredoc(r, token, f);
		return f->kind == FACT_LITERAL;
	case HCL_NUMBER:
		f->kind = FACT_LITERAL;
		f->scalar = SCALAR_NUMBER;
		literal_source(r, e, f);
		return true;
	case HCL_WORD:
		if (!literal_word(r, e.from, f))
			return false;
		literal_source(r, e, f);
		return true;
	default:
		return false;
	}
}

/* The ':' of the conditional whose '?' stands at i; to when it is missing. */
static size_t find_else(const struct hcl_reader *r, size_t i, size_t to)
{
	size_t open = 1;

	for (i++; i < to; i = hcl_skip(&r->lex, i, to)) {
		if (hcl_at(r, i)->kind == '?')
			open++;
		else if (hcl_at(r, i)->kind == ':' && --open == 0)
			return i;
	}
	return to;
}

/* c ? a : b with literals, also chained: the outcomes are known, the condition is not. */
void literal_candidates(struct hcl_reader *r, struct hcl_range e, struct fact *f)
{
	struct span *outcomes = NULL;
	uint32_t count = 0;
	struct fact branch = {0};

	for (e = range_strip(r, e);; e = range_strip(r, e)) {
		size_t question = range_find(r, e, '?'), colon;

		branch = (struct fact){0};
		if (question == e.to)
			break;
		colon = find_else(r, question, e.to);
		if (colon == e.to || count + 1 >= LIMIT_CANDIDATES || !literal_of(r, (struct hcl_range){question + 1, colon}, &branch) || branch.kind != FACT_LITERAL)
			return;
		outcomes = arena_grow(builder_arena(r->b), outcomes, count, sizeof *outcomes);
		outcomes[count++] = branch.value;
		e.from = colon + 1;
	}
	if (!count || !literal_of(r, e, &branch) || branch.kind != FACT_LITERAL)
		return;
	outcomes = arena_grow(builder_arena(r->b), outcomes, count, sizeof *outcomes);
	outcomes[count++] = branch.value;
	fact_put_candidates(builder_arena(r->b), f, outcomes, count);
}
