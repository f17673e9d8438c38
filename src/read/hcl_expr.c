/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * HCL expressions to facts. What is written as a value is told as one: strings, numbers, objects, tuples, heredocs, and a few
 * functions that only wrap one (jsonencode, toset, merge of written objects). A traversal is a reference. Everything else is
 * a template of state unknown that keeps its source text, for the resolver (resolve_hcl.c) and for the reader of a report.
 * Nothing is computed here, so the bytes at a fact's place are always its value or the expression that stands for it.
 */
#include "read/hcl.h"

#include "base/limits.h"
#include "read/read_p.h"

#define MAX_CANDIDATES 16      /* outcomes of nested conditionals; more say nothing */

struct range {
	size_t from, to;      /* tokens */
};

static const struct hcl_token *token_at(const struct hcl_reader *r, size_t i)
{
	return &r->lex.tokens[i];
}

static bool is_bracket(int kind)
{
	return kind == '{' || kind == '[' || kind == '(';
}

static struct range trim(const struct hcl_reader *r, struct range e)
{
	while (e.from < e.to && token_at(r, e.from)->kind == HCL_NEWLINE)
		e.from++;
	while (e.to > e.from && token_at(r, e.to - 1)->kind == HCL_NEWLINE)
		e.to--;
	return e;
}

/* What stands between the bracket at i and its partner. */
static struct range inside(const struct hcl_reader *r, size_t i, size_t to)
{
	uint32_t close = token_at(r, i)->match;

	return (struct range){i + 1, close < to ? close : to};
}

/* The whole range is one bracket with its content. */
static bool is_group(const struct hcl_reader *r, struct range e, int kind)
{
	return e.from < e.to && token_at(r, e.from)->kind == kind && hcl_skip(&r->lex, e.from, e.to) == e.to;
}

static struct range strip_parentheses(const struct hcl_reader *r, struct range e)
{
	e = trim(r, e);
	while (is_group(r, e, '('))
		e = trim(r, inside(r, e.from, e.to));
	return e;
}

static struct place range_place(const struct hcl_reader *r, struct range e)
{
	uint32_t from, to;

	if (e.from >= e.to)
		return (struct place){0};
	from = token_at(r, e.from)->from;
	to = token_at(r, e.to - 1)->to;
	return (struct place){.offset = from, .length = to - from};
}

static struct span range_text(const struct hcl_reader *r, struct range e)
{
	struct place at = range_place(r, e);

	return span_cut(r->lex.text, at.offset, at.offset + at.length);
}

static size_t find(const struct hcl_reader *r, struct range e, int kind)
{
	size_t i = e.from;

	while (i < e.to && token_at(r, i)->kind != kind)
		i = hcl_skip(&r->lex, i, e.to);
	return i;
}

/* ------------------------------------------------------------------ literals */

static struct place quoted_place(const struct hcl_token *token)
{
	uint32_t end = token->to - (token->flags & HCL_UNCLOSED ? 0 : 1);

	return (struct place){.offset = token->from + 1, .length = end - token->from - 1};
}

static struct span place_text(const struct hcl_reader *r, struct place at)
{
	return span_cut(r->lex.text, at.offset, at.offset + at.length);
}

struct span hcl_unescape(struct arena *a, struct span raw)
{
	return decode_step(a, DECODE_HCL_STRING, (struct span){"", 0}, raw, NULL);
}

static void fill_string(struct hcl_reader *r, const struct hcl_token *token, struct fact *f)
{
	f->kind = FACT_LITERAL;
	f->scalar = SCALAR_STRING;
	f->at = quoted_place(token);
	f->value = place_text(r, f->at);
	if (token->flags & HCL_ESCAPED) {
		f->value = hcl_unescape(builder_arena(r->b), f->value);
		f->decoder = build_decoder(r->b, DECODE_HCL_STRING, NULL);
	}
}

static void fill_heredoc(struct hcl_reader *r, const struct hcl_token *token, struct fact *f)
{
	f->scalar = SCALAR_STRING;
	f->at = hcl_heredoc_lines(r->lex.text, token);
	f->kind = FACT_LITERAL;
	f->value = place_text(r, f->at);
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

static bool fill_word(struct hcl_reader *r, size_t i, struct fact *f)
{
	for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
		if (!hcl_token_is(&r->lex, i, words[k].text))
			continue;
		if (words[k].bare)
			hcl_error(r, DIAG_WARNING, i, "bare-boolean", "booleans are written in lower case: read as one");
		f->kind = (unsigned char)words[k].kind;
		f->scalar = (unsigned char)words[k].scalar;
		return true;
	}
	return false;
}

static void fill_source(const struct hcl_reader *r, struct range e, struct fact *f)
{
	f->at = range_place(r, e);
	f->value = range_text(r, e);
}

static bool literal(struct hcl_reader *r, struct range e, struct fact *f);

/* Functions whose value is that of a literal argument, as it stands or in another case. */
static bool literal_call(struct hcl_reader *r, struct range e, struct fact *f)
{
	static const char *const same[] = {"tostring", "tonumber", "tobool", "sensitive", "nonsensitive", "trimspace"};
	bool lower, upper, known = false, found;

	if (r->depth >= LIMIT_DEPTH || e.to - e.from < 4 || token_at(r, e.from)->kind != HCL_WORD || !is_group(r, (struct range){e.from + 1, e.to}, '('))
		return false;
	lower = hcl_token_is(&r->lex, e.from, "lower");
	upper = hcl_token_is(&r->lex, e.from, "upper");
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		known |= hcl_token_is(&r->lex, e.from, same[i]);
	if (!known && !lower && !upper)
		return false;
	r->depth++;
	found = literal(r, inside(r, e.from + 1, e.to), f);
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
static bool literal(struct hcl_reader *r, struct range e, struct fact *f)
{
	const struct hcl_token *token;

	e = strip_parentheses(r, e);
	if (e.from >= e.to)
		return false;
	token = token_at(r, e.from);
	if (e.to - e.from == 2 && token->kind == HCL_OPERATOR && hcl_token_is(&r->lex, e.from, "-") && token_at(r, e.from + 1)->kind == HCL_NUMBER)
		token++;
	else if (e.to - e.from != 1)
		return literal_call(r, e, f);
	switch (token->kind) {
	case HCL_STRING:
		fill_string(r, token, f);
		return true;
	case HCL_HEREDOC:
		fill_heredoc(r, token, f);
		return f->kind == FACT_LITERAL;
	case HCL_NUMBER:
		f->kind = FACT_LITERAL;
		f->scalar = SCALAR_NUMBER;
		fill_source(r, e, f);
		return true;
	case HCL_WORD:
		if (!fill_word(r, e.from, f))
			return false;
		fill_source(r, e, f);
		return true;
	default:
		return false;
	}
}

/* ------------------------------------------------------------------ expressions that are not read further */

/* name(.name | .0 | .* | [...])* */
static bool is_traversal(const struct hcl_reader *r, struct range e)
{
	size_t i = e.from + 1;

	if (e.from >= e.to || token_at(r, e.from)->kind != HCL_WORD)
		return false;
	while (i < e.to) {
		int kind = token_at(r, i)->kind, next = i + 1 < e.to ? token_at(r, i + 1)->kind : 0;

		if (kind == '[')
			i = hcl_skip(&r->lex, i, e.to);
		else if (kind == '.' && (next == HCL_WORD || next == HCL_NUMBER || (next == HCL_OPERATOR && hcl_token_is(&r->lex, i + 1, "*"))))
			i += 2;
		else
			return false;
	}
	return true;
}

/* The ':' of the conditional whose '?' stands at i; to when it is missing. */
static size_t find_else(const struct hcl_reader *r, size_t i, size_t to)
{
	size_t open = 1;

	for (i++; i < to; i = hcl_skip(&r->lex, i, to)) {
		if (token_at(r, i)->kind == '?')
			open++;
		else if (token_at(r, i)->kind == ':' && --open == 0)
			return i;
	}
	return to;
}

/* c ? a : b with literals, also chained: the outcomes are known, the condition is not. */
static void fill_candidates(struct hcl_reader *r, struct range e, struct fact *f)
{
	struct span *outcomes = NULL;
	uint32_t count = 0;
	struct fact branch = {0};

	for (e = strip_parentheses(r, e);; e = strip_parentheses(r, e)) {
		size_t question = find(r, e, '?'), colon;

		branch = (struct fact){0};
		if (question == e.to)
			break;
		colon = find_else(r, question, e.to);
		if (colon == e.to || count + 1 >= MAX_CANDIDATES || !literal(r, (struct range){question + 1, colon}, &branch) || branch.kind != FACT_LITERAL)
			return;
		outcomes = arena_grow(builder_arena(r->b), outcomes, count, sizeof *outcomes);
		outcomes[count++] = branch.value;
		e.from = colon + 1;
	}
	if (!count || !literal(r, e, &branch) || branch.kind != FACT_LITERAL)
		return;
	outcomes = arena_grow(builder_arena(r->b), outcomes, count, sizeof *outcomes);
	outcomes[count++] = branch.value;
	f->candidates = outcomes;
	f->candidate_count = count;
}

/* Offset behind a bracket's partner; reports a missing one. */
static uint32_t group_end(struct hcl_reader *r, size_t i, size_t to)
{
	struct range content = inside(r, i, to);
	int kind = token_at(r, i)->kind;
	const char *text = kind == '{' ? "this '{' has no '}'" : kind == '[' ? "this '[' has no ']'" : "this '(' has no ')'";

	if (token_at(r, i)->match < to && token_at(r, token_at(r, i)->match)->kind == (kind == '(' ? ')' : kind + 2))
		return token_at(r, token_at(r, i)->match)->to;
	hcl_error(r, DIAG_ERROR, i, "unclosed", text);
	return content.to > content.from ? token_at(r, content.to - 1)->to : token_at(r, i)->to;
}

/* No foreign byte and no bracket without its own partner, at any depth. */
static bool check_tokens(struct hcl_reader *r, struct range e)
{
	for (size_t i = e.from; i < e.to; i++) {
		const struct hcl_token *token = token_at(r, i);
		bool paired = token->match < r->lex.count && token_at(r, token->match)->kind == (token->kind == '(' ? ')' : token->kind + 2);

		if (is_bracket(token->kind) && !paired) {
			group_end(r, i, e.to);
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
static bool check_turns(struct hcl_reader *r, struct range e)
{
	bool operand = false;

	for (size_t i = e.from; i < e.to; i = hcl_skip(&r->lex, i, e.to)) {
		int kind = token_at(r, i)->kind;
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
			operand = hcl_token_is(&r->lex, i, "*") && i > e.from && token_at(r, i - 1)->kind == '.';
		if (kind == HCL_OPERATOR && hcl_token_is(&r->lex, i, "..."))
			operand = true;
	}
	if (!operand)
		hcl_error(r, DIAG_ERROR, e.to - 1, "syntax", "the value breaks off here");
	return operand;
}

static void tell_opaque(struct hcl_reader *r, struct fact *f, struct range e)
{
	bool sound = check_tokens(r, e);

	fill_source(r, e, f);
	f->state = FACT_UNKNOWN;
	f->kind = FACT_TEMPLATE;
	f->scalar = SCALAR_NONE;      /* a literal inside a call may have been looked at */
	f->decoder = NULL;
	if (sound && is_traversal(r, e))
		f->kind = FACT_REFERENCE;
	else if (sound && check_turns(r, e))
		fill_candidates(r, e, f);
	build_fact(r->b, r->t, f);
}

/* ------------------------------------------------------------------ templates */

/* In JSON read out of a template the strings that hold ${ are templates themselves. */
static void mark_templates(struct fact *top)
{
	for (const struct fact *f = top; f; f = fact_next(f, top)) {
		struct fact *own = (struct fact *)f;      /* built just now by this reader */

		if (f->kind != FACT_LITERAL || (!span_find(f->value, SPAN("${")) && !span_find(f->value, SPAN("%{"))))
			continue;
		own->kind = FACT_TEMPLATE;
		own->state = FACT_UNKNOWN;
	}
}

static void tell_template(struct hcl_reader *r, struct fact *f)
{
	struct fact *embedded = NULL;
	struct span text = span_trim(f->value);

	/* a policy in a heredoc is JSON although parts of its strings are computed */
	if (text.n && (text.p[0] == '{' || text.p[0] == '['))
		embedded = build_embedded(r->b, r->t, f);
	if (!embedded) {
		build_fact(r->b, r->t, f);
		return;
	}
	mark_templates(embedded);
	embedded->kind = embedded->first || embedded->kind == FACT_LIST ? embedded->kind : FACT_BLOCK;
	embedded->state = FACT_FIXED;
}

static void expression(struct hcl_reader *r, struct fact *f, struct range e);

/* "${expression}" and nothing beside it is the expression itself (HCL spec, "Template Interpolation Unwrapping"). */
static bool tell_unwrapped(struct hcl_reader *r, struct fact *f, struct place quoted)
{
	struct span text = r->lex.text;
	uint32_t from = quoted.offset, end = from + quoted.length;
	size_t mark = r->lex.count;

	if (quoted.length < 4 || text.p[from] != '$' || r->depth >= LIMIT_DEPTH || hcl_part_end(text, from + 2, end) != end)
		return false;
	from += 2;
	end--;
	if (text.p[from] == '~')
		from++;
	if (end > from && text.p[end - 1] == '~')
		end--;
	if (!span_trim(span_cut(text, from, end)).n)
		return false;
	r->depth++;
	hcl_lex_range(&r->lex, from, end);
	expression(r, f, (struct range){mark, r->lex.count});
	r->lex.count = mark;
	r->depth--;
	return true;
}

static void tell_quoted(struct hcl_reader *r, struct fact *f, size_t i)
{
	const struct hcl_token *token = token_at(r, i);

	if (token->flags & HCL_DEEP)
		hcl_error(r, DIAG_ERROR, i, "limit-depth", "interpolations are nested too deeply");
	else if (token->flags & HCL_UNCLOSED)
		hcl_error(r, DIAG_ERROR, i, "unclosed", "this string is not closed on its line");
	if (token->kind == HCL_STRING) {
		fill_string(r, token, f);
		build_fact(r->b, r->t, f);
		return;
	}
	if (tell_unwrapped(r, f, quoted_place(token)))
		return;
	f->kind = FACT_TEMPLATE;
	f->state = FACT_UNKNOWN;
	f->scalar = SCALAR_STRING;
	f->at = quoted_place(token);
	f->value = place_text(r, f->at);
	build_fact(r->b, r->t, f);
}

static void tell_heredoc(struct hcl_reader *r, struct fact *f, size_t i)
{
	const struct hcl_token *token = token_at(r, i);

	if (token->flags & HCL_UNCLOSED)
		hcl_error(r, DIAG_ERROR, i, "unclosed", "the line that ends this heredoc is missing");
	fill_heredoc(r, token, f);
	if (f->kind == FACT_TEMPLATE)
		tell_template(r, f);
	else
		build_fact(r->b, r->t, f);
}

/* ------------------------------------------------------------------ objects and lists */

static bool is_for(const struct hcl_reader *r, struct range content)
{
	content = trim(r, content);
	return content.to - content.from > 3 && token_at(r, content.from)->kind == HCL_WORD && hcl_token_is(&r->lex, content.from, "for") &&
	       token_at(r, content.from + 1)->kind == HCL_WORD;
}

static size_t element_end(const struct hcl_reader *r, size_t i, size_t to, bool lines)
{
	while (i < to && token_at(r, i)->kind != ',' && !(lines && token_at(r, i)->kind == HCL_NEWLINE))
		i = hcl_skip(&r->lex, i, to);
	return i;
}

static void object_key(struct hcl_reader *r, struct fact *f, struct range key, struct fact *object)
{
	const struct hcl_token *token = token_at(r, key.from);
	struct span text = range_text(r, key);

	f->head = range_place(r, key);
	if (key.to - key.from == 1 && token->kind == HCL_STRING) {
		f->head = quoted_place(token);
		text = place_text(r, f->head);
		if (token->flags & HCL_ESCAPED)
			text = hcl_unescape(builder_arena(r->b), text);
	} else if (key.to - key.from != 1 || token->kind == HCL_TEMPLATE) {
		object->open = true;      /* a computed key may be any */
	}
	f->key = build_intern(r->b, text);
}

static size_t object_item(struct hcl_reader *r, struct fact *object, size_t i, size_t to)
{
	size_t end = element_end(r, i, to, true), equals = i;
	struct fact f = {0};

	while (equals < end && token_at(r, equals)->kind != '=' && token_at(r, equals)->kind != ':')
		equals = hcl_skip(&r->lex, equals, end);
	if (equals == end || equals == i) {
		hcl_error(r, DIAG_ERROR, i, "syntax", "expected a key and '=' in this object");
		return end;
	}
	object_key(r, &f, (struct range){i, equals}, object);
	if (equals + 1 < end)
		expression(r, &f, (struct range){equals + 1, end});
	else
		hcl_error(r, DIAG_ERROR, equals, "syntax", "expected a value after '='");
	return end;
}

static void object_items(struct hcl_reader *r, struct fact *object, struct range e)
{
	size_t i = e.from;

	while (i < e.to && !build_full(r->b)) {
		if (token_at(r, i)->kind == HCL_NEWLINE || token_at(r, i)->kind == ',')
			i++;
		else
			i = object_item(r, object, i, e.to);
	}
}

static void list_items(struct hcl_reader *r, struct range e)
{
	size_t i = e.from;

	while (i < e.to && !build_full(r->b)) {
		size_t end = element_end(r, i, e.to, false);
		struct range item = trim(r, (struct range){i, end});
		struct fact f = {0};

		if (item.from < item.to)
			expression(r, &f, item);
		else if (end < e.to)
			hcl_error(r, DIAG_ERROR, end, "syntax", "expected a value before ','");
		i = end + 1;
	}
}

/* Opens a block or list for the bracket at i; false when it is for a depth that is not read, which is then told as text. */
static struct fact *open_group(struct hcl_reader *r, struct fact *f, size_t i, size_t to)
{
	uint32_t end = group_end(r, i, to);

	f->kind = token_at(r, i)->kind == '{' ? FACT_BLOCK : FACT_LIST;
	f->at = (struct place){.offset = token_at(r, i)->from, .length = end - token_at(r, i)->from};
	return build_open(r->b, r->t, f);
}

static void tell_group(struct hcl_reader *r, struct fact *f, size_t i, size_t to)
{
	struct range content = inside(r, i, to);
	struct fact *group;

	if (builder_depth(r->b) >= LIMIT_DEPTH) {
		hcl_error(r, DIAG_ERROR, i, "limit-depth", "nested too deeply, not read from here");
		fill_source(r, (struct range){i, to}, f);
		f->kind = FACT_TEMPLATE;
		f->state = FACT_UNKNOWN;
		build_fact(r->b, r->t, f);
		return;
	}
	group = open_group(r, f, i, to);
	if (!group)
		return;
	if (group->kind == FACT_BLOCK)
		object_items(r, group, content);
	else
		list_items(r, content);
	build_close(r->b, r->t, group->at.offset + group->at.length);
}

/* ------------------------------------------------------------------ calls that wrap written values */

/* Each argument of the call is a bracket of that kind and no for expression. */
static bool arguments_are(const struct hcl_reader *r, struct range args, int kind)
{
	for (size_t i = args.from; i < args.to;) {
		size_t end = element_end(r, i, args.to, false);
		struct range arg = trim(r, (struct range){i, end});

		if (arg.from < arg.to ? !is_group(r, arg, kind) || is_for(r, inside(r, arg.from, arg.to)) : end < args.to)
			return false;
		i = end + 1;
	}
	return args.from < args.to;
}

/* concat([..], [..]) and merge({..}, {..}): the items of all arguments; of merged keys the last decides and the earlier ones are kept beside it. */
static void tell_joined(struct hcl_reader *r, struct fact *f, struct range e, struct range args, int kind)
{
	struct fact *group;

	if (builder_depth(r->b) >= LIMIT_DEPTH) {
		tell_opaque(r, f, e);
		return;
	}
	f->kind = kind == '{' ? FACT_BLOCK : FACT_LIST;
	f->at = range_place(r, e);
	group = build_open(r->b, r->t, f);
	if (!group)
		return;
	for (size_t i = args.from; i < args.to;) {
		size_t end = element_end(r, i, args.to, false);
		struct range arg = trim(r, (struct range){i, end});

		if (arg.from < arg.to && kind == '{')
			object_items(r, group, inside(r, arg.from, arg.to));
		else if (arg.from < arg.to)
			list_items(r, inside(r, arg.from, arg.to));
		i = end + 1;
	}
	build_close(r->b, r->t, group->at.offset + group->at.length);
}

static bool tell_call(struct hcl_reader *r, struct fact *f, struct range e)
{
	static const char *const wrappers[] = {"jsonencode", "yamlencode", "toset", "tolist", "tomap", "sensitive", "nonsensitive"};
	struct range args;

	if (token_at(r, e.from)->kind != HCL_WORD || !is_group(r, (struct range){e.from + 1, e.to}, '('))
		return false;
	args = trim(r, inside(r, e.from + 1, e.to));
	for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
		if (hcl_token_is(&r->lex, e.from, wrappers[i]) && ((is_group(r, args, '{') || is_group(r, args, '[')) && !is_for(r, inside(r, args.from, args.to)))) {
			group_end(r, e.from + 1, e.to);
			tell_group(r, f, args.from, args.to);
			return true;
		}
	if (hcl_token_is(&r->lex, e.from, "concat") && arguments_are(r, args, '[')) {
		group_end(r, e.from + 1, e.to);
		tell_joined(r, f, e, args, '[');
		return true;
	}
	return false;
}

/* ------------------------------------------------------------------ the choice */

static void expression(struct hcl_reader *r, struct fact *f, struct range e)
{
	const struct hcl_token *token;

	if (is_group(r, trim(r, e), '('))
		group_end(r, trim(r, e).from, e.to);
	e = strip_parentheses(r, e);
	if (e.from >= e.to) {
		hcl_error(r, DIAG_ERROR, e.from, "syntax", "expected a value");
		return;
	}
	token = token_at(r, e.from);
	if (e.to - e.from == 1 && (token->kind == HCL_STRING || token->kind == HCL_TEMPLATE))
		tell_quoted(r, f, e.from);
	else if (e.to - e.from == 1 && token->kind == HCL_HEREDOC)
		tell_heredoc(r, f, e.from);
	else if (literal(r, e, f))
		build_fact(r->b, r->t, f);
	else if ((is_group(r, e, '{') || is_group(r, e, '[')) && !is_for(r, inside(r, e.from, e.to)))
		tell_group(r, f, e.from, e.to);
	else if (e.to - e.from < 4 || !tell_call(r, f, e))
		tell_opaque(r, f, e);
}

void hcl_expression(struct hcl_reader *r, struct fact *f, size_t from, size_t to)
{
	expression(r, f, (struct range){from, to});
}

/* ------------------------------------------------------------------ there or not there */

static enum hcl_presence count_presence(const struct fact *f)
{
	if (f->kind == FACT_LITERAL && f->state != FACT_UNKNOWN)
		return span_is(f->value, "0") ? HCL_NOT_THERE : HCL_THERE;
	return HCL_PERHAPS;
}

static enum hcl_presence each_presence(const struct fact *f)
{
	if (!fact_has_parts(f))
		return HCL_PERHAPS;
	return f->first ? HCL_THERE : f->open ? HCL_PERHAPS : HCL_NOT_THERE;
}

enum hcl_presence hcl_presence_of(const struct fact *f)
{
	return !f->key || f->block_syntax ? HCL_PERHAPS : !strcmp(f->key, "count") ? count_presence(f) : each_presence(f);
}

void hcl_presence(struct fact *block)
{
	/* elsewhere a setting may have these names and mean something else */
	if (!block->parent || block->parent->parent || !block->label_count)
		return;
	FACT_EACH(child, block) {
		enum hcl_presence presence;

		if (child->block_syntax || !child->key || (strcmp(child->key, "count") && strcmp(child->key, "for_each")))
			continue;
		presence = hcl_presence_of(child);
		block->absent = presence == HCL_NOT_THERE;
		block->conditional = presence == HCL_PERHAPS;
	}
}
