/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * HCL expressions to facts. What is written as a value is told as one: strings, numbers, objects, tuples, heredocs, and a few
 * functions that only wrap one (jsonencode, toset, merge of written objects). A traversal is a reference. Everything else is
 * a template of state unknown that keeps its source text, for the resolver (resolve_hcl.c) and for the reader of a report.
 * Nothing is computed here, so the bytes at a fact's place are always its value or the expression that stands for it.
 */
#include "read/hcl_expr.h"

#include "base/limits.h"
#include "read/read_p.h"

static void tell_opaque(struct hcl_reader *r, struct fact *f, struct hcl_range e)
{
	bool sound = range_check_tokens(r, e);

	literal_source(r, e, f);
	f->state = FACT_UNKNOWN;
	f->kind = FACT_TEMPLATE;
	f->scalar = SCALAR_NONE;      /* a literal inside a call may have been looked at */
	f->decoder = NULL;
	if (sound && range_is_traversal(r, e))
		f->kind = FACT_REFERENCE;
	else if (sound && range_check_turns(r, e))
		literal_candidates(r, e, f);
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

static void expression(struct hcl_reader *r, struct fact *f, struct hcl_range e);

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
	expression(r, f, (struct hcl_range){mark, r->lex.count});
	r->lex.count = mark;
	r->depth--;
	return true;
}

static void tell_quoted(struct hcl_reader *r, struct fact *f, size_t i)
{
	const struct hcl_token *token = hcl_at(r, i);

	if (token->flags & HCL_DEEP)
		hcl_error(r, DIAG_ERROR, i, "limit-depth", "interpolations are nested too deeply");
	else if (token->flags & HCL_UNCLOSED)
		hcl_error(r, DIAG_ERROR, i, "unclosed", "this string is not closed on its line");
	if (token->kind == HCL_STRING) {
		literal_string(r, token, f);
		build_fact(r->b, r->t, f);
		return;
	}
	if (tell_unwrapped(r, f, literal_quoted_place(token)))
		return;
	f->kind = FACT_TEMPLATE;
	f->state = FACT_UNKNOWN;
	f->scalar = SCALAR_STRING;
	f->at = literal_quoted_place(token);
	f->value = literal_bytes(r, f->at);
	build_fact(r->b, r->t, f);
}

static void tell_heredoc(struct hcl_reader *r, struct fact *f, size_t i)
{
	const struct hcl_token *token = hcl_at(r, i);

	if (token->flags & HCL_UNCLOSED)
		hcl_error(r, DIAG_ERROR, i, "unclosed", "the line that ends this heredoc is missing");
	literal_heredoc(r, token, f);
	if (f->kind == FACT_TEMPLATE)
		tell_template(r, f);
	else
		build_fact(r->b, r->t, f);
}

/* ------------------------------------------------------------------ objects and lists */

static bool is_for(const struct hcl_reader *r, struct hcl_range content)
{
	content = range_trim(r, content);
	return content.to - content.from > 3 && hcl_at(r, content.from)->kind == HCL_WORD && hcl_token_is(&r->lex, content.from, "for") &&
	       hcl_at(r, content.from + 1)->kind == HCL_WORD;
}

static size_t element_end(const struct hcl_reader *r, size_t i, size_t to, bool lines)
{
	while (i < to && hcl_at(r, i)->kind != ',' && !(lines && hcl_at(r, i)->kind == HCL_NEWLINE))
		i = hcl_skip(&r->lex, i, to);
	return i;
}

static void object_key(struct hcl_reader *r, struct fact *f, struct hcl_range key, struct fact *object)
{
	const struct hcl_token *token = hcl_at(r, key.from);
	struct span text = range_text(r, key);

	f->head = range_place(r, key);
	if (key.to - key.from == 1 && token->kind == HCL_STRING) {
		f->head = literal_quoted_place(token);
		text = literal_bytes(r, f->head);
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

	while (equals < end && hcl_at(r, equals)->kind != '=' && hcl_at(r, equals)->kind != ':')
		equals = hcl_skip(&r->lex, equals, end);
	if (equals == end || equals == i) {
		hcl_error(r, DIAG_ERROR, i, "syntax", "expected a key and '=' in this object");
		return end;
	}
	object_key(r, &f, (struct hcl_range){i, equals}, object);
	if (equals + 1 < end)
		expression(r, &f, (struct hcl_range){equals + 1, end});
	else
		hcl_error(r, DIAG_ERROR, equals, "syntax", "expected a value after '='");
	return end;
}

static void object_items(struct hcl_reader *r, struct fact *object, struct hcl_range e)
{
	size_t i = e.from;

	while (i < e.to && !build_full(r->b)) {
		if (hcl_at(r, i)->kind == HCL_NEWLINE || hcl_at(r, i)->kind == ',')
			i++;
		else
			i = object_item(r, object, i, e.to);
	}
}

static void list_items(struct hcl_reader *r, struct hcl_range e)
{
	size_t i = e.from;

	while (i < e.to && !build_full(r->b)) {
		size_t end = element_end(r, i, e.to, false);
		struct hcl_range item = range_trim(r, (struct hcl_range){i, end});
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
	uint32_t end = range_group_end(r, i, to);

	f->kind = hcl_at(r, i)->kind == '{' ? FACT_BLOCK : FACT_LIST;
	f->at = (struct place){.offset = hcl_at(r, i)->from, .length = end - hcl_at(r, i)->from};
	return build_open(r->b, r->t, f);
}

static void tell_group(struct hcl_reader *r, struct fact *f, size_t i, size_t to)
{
	struct hcl_range content = range_inside(r, i, to);
	struct fact *group;

	if (builder_depth(r->b) >= LIMIT_DEPTH) {
		hcl_error(r, DIAG_ERROR, i, "limit-depth", "nested too deeply, not read from here");
		literal_source(r, (struct hcl_range){i, to}, f);
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
static bool arguments_are(const struct hcl_reader *r, struct hcl_range args, int kind)
{
	for (size_t i = args.from; i < args.to;) {
		size_t end = element_end(r, i, args.to, false);
		struct hcl_range arg = range_trim(r, (struct hcl_range){i, end});

		if (arg.from < arg.to ? !range_is_group(r, arg, kind) || is_for(r, range_inside(r, arg.from, arg.to)) : end < args.to)
			return false;
		i = end + 1;
	}
	return args.from < args.to;
}

/* concat([..], [..]) and merge({..}, {..}): the items of all arguments; of merged keys the last decides and the earlier ones are kept beside it. */
static void tell_joined(struct hcl_reader *r, struct fact *f, struct hcl_range e, struct hcl_range args, int kind)
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
		struct hcl_range arg = range_trim(r, (struct hcl_range){i, end});

		if (arg.from < arg.to && kind == '{')
			object_items(r, group, range_inside(r, arg.from, arg.to));
		else if (arg.from < arg.to)
			list_items(r, range_inside(r, arg.from, arg.to));
		i = end + 1;
	}
	build_close(r->b, r->t, group->at.offset + group->at.length);
}

static bool tell_call(struct hcl_reader *r, struct fact *f, struct hcl_range e)
{
	static const char *const wrappers[] = {"jsonencode", "yamlencode", "toset", "tolist", "tomap", "sensitive", "nonsensitive"};
	struct hcl_range args;

	if (hcl_at(r, e.from)->kind != HCL_WORD || !range_is_group(r, (struct hcl_range){e.from + 1, e.to}, '('))
		return false;
	args = range_trim(r, range_inside(r, e.from + 1, e.to));
	for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
		if (hcl_token_is(&r->lex, e.from, wrappers[i]) && ((range_is_group(r, args, '{') || range_is_group(r, args, '[')) && !is_for(r, range_inside(r, args.from, args.to)))) {
			range_group_end(r, e.from + 1, e.to);
			tell_group(r, f, args.from, args.to);
			return true;
		}
	if (hcl_token_is(&r->lex, e.from, "concat") && arguments_are(r, args, '[')) {
		range_group_end(r, e.from + 1, e.to);
		tell_joined(r, f, e, args, '[');
		return true;
	}
	return false;
}

/* ------------------------------------------------------------------ the choice */

static void expression(struct hcl_reader *r, struct fact *f, struct hcl_range e)
{
	const struct hcl_token *token;

	if (range_is_group(r, range_trim(r, e), '('))
		range_group_end(r, range_trim(r, e).from, e.to);
	e = range_strip(r, e);
	if (e.from >= e.to) {
		hcl_error(r, DIAG_ERROR, e.from, "syntax", "expected a value");
		return;
	}
	token = hcl_at(r, e.from);
	if (e.to - e.from == 1 && (token->kind == HCL_STRING || token->kind == HCL_TEMPLATE))
		tell_quoted(r, f, e.from);
	else if (e.to - e.from == 1 && token->kind == HCL_HEREDOC)
		tell_heredoc(r, f, e.from);
	else if (literal_of(r, e, f))
		build_fact(r->b, r->t, f);
	else if ((range_is_group(r, e, '{') || range_is_group(r, e, '[')) && !is_for(r, range_inside(r, e.from, e.to)))
		tell_group(r, f, e.from, e.to);
	else if (e.to - e.from < 4 || !tell_call(r, f, e))
		tell_opaque(r, f, e);
}

void hcl_expression(struct hcl_reader *r, struct fact *f, size_t from, size_t to)
{
	expression(r, f, (struct hcl_range){from, to});
}

/* ------------------------------------------------------------------ there or not there */

static enum hcl_presence not_there(const struct fact *f)
{
	return f->state == FACT_OVERRIDABLE ? HCL_OFF : HCL_NOT_THERE;
}

static enum hcl_presence count_presence(const struct fact *f)
{
	if (f->kind == FACT_LITERAL && f->state != FACT_UNKNOWN)
		return span_is(f->value, "0") ? not_there(f) : HCL_THERE;
	return HCL_PERHAPS;
}

static enum hcl_presence each_presence(const struct fact *f)
{
	if (!fact_has_parts(f))
		return HCL_PERHAPS;
	return f->first ? HCL_THERE : f->open ? HCL_PERHAPS : not_there(f);
}

enum hcl_presence hcl_presence_of(const struct fact *f)
{
	return !f->key || f->block_syntax ? HCL_PERHAPS : !strcmp(f->key, "count") ? count_presence(f) : each_presence(f);
}

void hcl_presence(struct fact *block)
{
	/* elsewhere a setting may have these names and mean something else */
	if (!block->parent || block->parent->parent || !fact_label_count(block))
		return;
	FACT_EACH(child, block) {
		enum hcl_presence presence;

		if (child->block_syntax || !child->key || (strcmp(child->key, "count") && strcmp(child->key, "for_each")))
			continue;
		presence = hcl_presence_of(child);
		block->absent = presence == HCL_NOT_THERE;
		block->off = presence == HCL_OFF;
		block->conditional = presence == HCL_PERHAPS;
	}
}
