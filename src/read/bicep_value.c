/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Values of Bicep: literals are values, '...${}...' is a template, everything to be computed is its text, unknown; a condition
 * between two texts has both as candidates. Objects and lists nest as deep as the builder allows. Nothing is resolved here.
 */
#include "read/bicep.h"

/* ------------------------------------------------------------------ values */

/* The string at a place that is one and nothing else; false otherwise. */
static bool literal_string(struct bicep *r, uint32_t from, uint32_t end, struct fact *f)
{
	bool parts = false, multi = bicep_starts(r, from, "'''");
	uint32_t quote = multi ? 3 : 1, close;

	if (bicep_char(r, from) != '\'')
		return false;
	close = bicep_string_end(r, from, &parts, 0);
	if (close != end || end < from + 2 * quote || r->in.p[end - 1] != '\'')
		return false;
	f->at = (struct place){from + quote, end - from - 2 * quote};
	if (multi && bicep_char(r, f->at.offset) == '\n') {      /* the first line end is no part of the text */
		f->at.offset++;
		f->at.length--;
	}
	f->scalar = SCALAR_STRING;
	f->value = bicep_text(r, f->at);
	if (parts && !multi) {
		f->kind = FACT_TEMPLATE;
		f->state = FACT_UNKNOWN;
	/* analyser: bicep_text gives no NULL */
	} else if (!multi && memchr(f->value.p, '\\', f->value.n)) {
		f->decoder = build_decoder(r->b, DECODE_BICEP_STRING, NULL);
		f->value = decode_step(builder_arena(r->b), DECODE_BICEP_STRING, SPAN(""), f->value, NULL);
	}
	return true;
}

static bool is_number(struct span text)
{
	size_t i = text.n && *text.p == '-';

	if (i == text.n)
		return false;
	for (; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	return true;
}

/* a.b or a::b: something of another declaration. */
static bool is_reference(struct span text)
{
	bool dot = false;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '.' || text.p[i] == ':' || text.p[i] == '!' || text.p[i] == '?')
			dot = true;
		else if (!bicep_is_word(text.p[i]))
			return span_starts(text, "resourceId(") || span_starts(text, "subscriptionResourceId(");
	}
	return dot;
}

/* `c ? 'a' : 'b'`: both texts are known. */
static void find_candidates(struct bicep *r, struct fact *f)
{
	uint32_t end = f->at.offset + f->at.length, at = f->at.offset, branch[2] = {0, 0};
	struct span *both = ARENA_ARRAY(builder_arena(r->b), struct span, 2);
	struct fact one = {0}, two = {0};
	bool parts;
	int open = 0;

	while (at < end) {
		char c = r->in.p[at];

		if (c == '\'') {
			at = bicep_string_end(r, at, &parts, 0);
			continue;
		}
		open += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
		if (!open && c == '?' && !branch[0] && bicep_char(r, at + 1) != '?' && bicep_char(r, at + 1) != '.')
			branch[0] = at + 1;
		else if (!open && c == ':' && branch[0] && !branch[1])
			branch[1] = at + 1;
		at++;
	}
	if (!branch[1])
		return;
	for (int i = 0; i < 2; i++) {
		uint32_t from = branch[i], to = i ? end : branch[1] - 1;

		while (from < to && bicep_in(" \t\r\n", r->in.p[from]))
			from++;
		while (to > from && bicep_in(" \t\r\n", r->in.p[to - 1]))
			to--;
		if (!literal_string(r, from, to, i ? &two : &one) || (i ? &two : &one)->kind != FACT_LITERAL)
			return;
	}
	both[0] = one.value;
	both[1] = two.value;
	fact_put_candidates(builder_arena(r->b), f, both, 2);
}

static void scalar(struct bicep *r, struct fact f)
{
	uint32_t from = r->at, end = bicep_expression_end(r, from);
	struct span text;

	f.kind = FACT_LITERAL;
	f.at = (struct place){from, end - from};
	text = bicep_text(r, f.at);
	r->at = end;
	if (!text.n)
		build_diag(r->b, r->t, DIAG_ERROR, from, from, "syntax", "expected a value");
	if (text.n && !literal_string(r, from, end, &f)) {
		f.value = text;
		if (is_number(text)) {
			f.scalar = SCALAR_NUMBER;
		} else if (span_is(text, "true") || span_is(text, "false")) {
			f.scalar = SCALAR_BOOL;
		} else if (span_is(text, "null")) {
			f.kind = FACT_NULL;
		} else {
			f.state = FACT_UNKNOWN;
			f.kind = is_reference(text) ? FACT_REFERENCE : FACT_LITERAL;
			find_candidates(r, &f);
		}
	}
	if (text.n)
		(void)build_fact(r->b, r->t, &f);
}

/* ------------------------------------------------------------------ objects and lists */

static struct span key_text(struct bicep *r, struct place *ret_head)
{
	struct fact f = {0};
	uint32_t from = r->at, end;
	bool parts;

	if (bicep_char(r, from) != '\'') {
		*ret_head = bicep_word(r);
		return bicep_text(r, *ret_head);
	}
	end = bicep_string_end(r, from, &parts, 0);
	r->at = end;
	if (!literal_string(r, from, end, &f))
		return (struct span){"", 0};
	*ret_head = f.at;
	return f.value;
}

/* To the end of a line that could not be read. */
void bicep_lose_line(struct bicep *r, uint32_t from, const char *what)
{
	uint32_t end = bicep_find(r, r->at, "\n");

	build_diag(r->b, r->t, DIAG_ERROR, from, end, "syntax", "%s", what);
	r->at = end;
}

static bool is_nested_declaration(struct bicep *r)
{
	return (bicep_starts(r, r->at, "resource ") || bicep_starts(r, r->at, "@")) && bicep_declaration(r);
}

/* What is not worked out and sets nothing that could be named: as a comment it is looked through for secrets and identifiers. */
static void keep_as_text(struct bicep *r, struct place at)
{
	build_comment(r->b, r->t, at.offset, at.offset + at.length);
}

static void spread(struct bicep *r, struct fact *owner)
{
	uint32_t from = r->at;

	r->at = bicep_expression_end(r, from);
	keep_as_text(r, (struct place){from, r->at - from});
	owner->open = true;      /* more is in it */
}

static void member(struct bicep *r, struct fact *owner)
{
	struct fact f = {.kind = FACT_LITERAL};
	uint32_t from = r->at;
	struct span key;

	if (bicep_starts(r, r->at, "...")) {
		spread(r, owner);
		return;
	}
	if (is_nested_declaration(r))
		return;
	key = key_text(r, &f.head);
	bicep_skip(r, false);
	if (!key.n || bicep_char(r, r->at) != ':') {
		bicep_lose_line(r, from, "expected a member: name and ':'");
		r->at += r->at == from;
		return;
	}
	r->at++;
	bicep_skip(r, true);
	f.key = build_intern(r->b, key);
	bicep_value(r, f);
}

/* Members up to the bracket; r->at stands behind it. */
void bicep_members(struct bicep *r, struct fact *owner)
{
	for (;;) {
		uint32_t before;

		bicep_skip(r, true);
		before = r->at;
		if (r->at >= r->in.n || build_full(r->b)) {
			if (!build_full(r->b))
				build_diag(r->b, r->t, DIAG_ERROR, before, before, "syntax", "'}' is missing");
			return;
		}
		if (r->in.p[r->at] == '}') {
			r->at++;
			return;
		}
		if (r->in.p[r->at] == ',' )
			r->at++;
		else
			member(r, owner);
		if (r->at == before)
			r->at++;
	}
}

static void object(struct bicep *r, struct fact f)
{
	struct fact *made;

	f.kind = FACT_BLOCK;
	f.at = (struct place){r->at, 0};
	made = build_open(r->b, r->t, &f);
	if (!made)
		return;
	r->at++;
	bicep_members(r, made);
	build_close(r->b, r->t, r->at);
}

/* `for x in list:` behind the bracket: its text, to stand for how often. */
bool bicep_loop_header(struct bicep *r, struct place *ret)
{
	uint32_t end;
	bool parts;
	int open = 0;

	if (!bicep_starts(r, r->at, "for "))
		return false;
	for (end = r->at; end < r->in.n; end++) {
		char c = r->in.p[end];

		if (c == '\'')
			end = bicep_string_end(r, end, &parts, 0) - 1;
		else if (c == ':' && !open)
			break;
		else
			open += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
	}
	*ret = (struct place){r->at, end - r->at};
	r->at = end < r->in.n ? end + 1 : end;
	return true;
}

bool bicep_condition_header(struct bicep *r, struct place *ret)
{
	uint32_t from, end;

	if (!bicep_starts(r, r->at, "if") || bicep_is_word(bicep_char(r, r->at + 2)))
		return false;
	r->at += 2;
	bicep_skip(r, true);
	if (bicep_char(r, r->at) != '(')
		return false;
	from = r->at + 1;
	end = bicep_expression_end(r, from);
	*ret = (struct place){from, end - from};
	r->at = end;
	bicep_skip(r, true);
	r->at += bicep_char(r, r->at) == ')';
	return true;
}

static void list(struct bicep *r, struct fact f)
{
	struct place loop, condition;
	bool looped;
	struct fact *made;

	f.kind = FACT_LIST;
	f.at = (struct place){r->at++, 0};
	bicep_skip(r, true);
	looped = bicep_loop_header(r, &loop);
	f.open = looped;
	made = build_open(r->b, r->t, &f);
	if (made && looped)
		keep_as_text(r, loop);
	while (made && !build_full(r->b)) {
		uint32_t before;

		bicep_skip(r, true);
		before = r->at;
		if (r->at >= r->in.n || r->in.p[r->at] == ']')
			break;
		if (looped && bicep_condition_header(r, &condition)) {
			keep_as_text(r, condition);
			bicep_skip(r, true);
		}
		if (bicep_starts(r, r->at, "..."))
			spread(r, made);
		else if (r->in.p[r->at] == ',')
			r->at++;
		else
			bicep_value(r, (struct fact){.conditional = looped});
		r->at += r->at == before;
	}
	if (r->at < r->in.n && r->in.p[r->at] == ']')
		r->at++;
	else if (made && !build_full(r->b))
		build_diag(r->b, r->t, DIAG_ERROR, r->at, r->at, "syntax", "']' is missing");
	if (made)
		build_close(r->b, r->t, r->at);
}

/* proto: key, labels, head and marks of the fact to be. */
void bicep_value(struct bicep *r, struct fact proto)
{
	uint32_t end;
	char c = bicep_char(r, r->at);

	if (build_full(r->b))
		return;
	if (c != '{' && c != '[') {
		scalar(r, proto);
		return;
	}
	if (c == '{')
		object(r, proto);
	else
		list(r, proto);
	end = bicep_expression_end(r, r->at);
	if (end > r->at && !build_full(r->b)) {
		build_diag(r->b, r->t, DIAG_WARNING, r->at, end, "bicep-expression", "what is computed from the value before it is not read");
		r->at = end;
	}
}
