/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bicep, the language over Azure Resource Manager: declarations become blocks "param.x", "var.x", "resource.x", "module.x" with the members
 * that ARM's JSON has (type, apiVersion, condition, copy, defaultValue), so that one dialect reads both. Strings and literals are
 * values, '...${}...' is a template, everything to be computed is its text, unknown; a condition between two texts has both as candidates.
 * Nothing is resolved here: rule/dialect_arm.c knows parameters and variables.
 */
#include "read/read_p.h"

#include "base/limits.h"
#include "base/utf8.h"

#define STRING_DEPTH 24      /* strings in interpolations in strings */

struct bicep {
	struct builder *b;
	const struct text *t;
	struct span in;
	uint32_t at;
};

static void expression(struct bicep *r, struct fact proto);

/* ------------------------------------------------------------------ scanning */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_in(const char *set, char c)
{
	return c && strchr(set, c);
}

static char char_at(const struct bicep *r, uint32_t at)
{
	return at < r->in.n ? r->in.p[at] : '\0';
}

static bool starts(const struct bicep *r, uint32_t at, const char *what)
{
	return at <= r->in.n && span_starts(span_cut(r->in, at, r->in.n), what);
}

static uint32_t find(const struct bicep *r, uint32_t at, const char *what)
{
	const char *p = at < r->in.n ? span_find(span_cut(r->in, at, r->in.n), span_of(what)) : NULL;

	return p ? (uint32_t)(p - r->in.p) : (uint32_t)r->in.n;
}

static uint32_t comment_end(const struct bicep *r, uint32_t at)
{
	uint32_t end;

	if (starts(r, at, "//")) {
		end = find(r, at, "\n");
		return end > at && r->in.p[end - 1] == '\r' ? end - 1 : end;
	}
	if (!starts(r, at, "/*"))
		return at;
	end = find(r, at + 2, "*/");
	return end < r->in.n ? end + 2 : end;
}

/* Behind the string whose quote stands at `at`; a string ends at its line's end at the latest. *parts: it has ${}. */
static uint32_t string_end(const struct bicep *r, uint32_t at, bool *parts, int depth)
{
	if (starts(r, at, "'''")) {
		uint32_t end = find(r, at + 3, "'''");

		while (end < r->in.n && char_at(r, end + 3) == '\'')
			end++;
		return end < r->in.n ? end + 3 : end;
	}
	for (at++; at < r->in.n && r->in.p[at] != '\n' && r->in.p[at] != '\r'; at++) {
		if (r->in.p[at] == '\'')
			return at + 1;
		if (r->in.p[at] == '\\' && at + 1 < r->in.n && r->in.p[at + 1] != '\n') {
			at++;
		} else if (starts(r, at, "${")) {
			int open = 1;

			*parts = true;
			for (at += 2; at < r->in.n && open && r->in.p[at] != '\n'; at++) {
				if (r->in.p[at] == '\'' && depth < STRING_DEPTH)
					at = string_end(r, at, parts, depth + 1) - 1;
				else
					open += (r->in.p[at] == '{') - (r->in.p[at] == '}');
			}
			at--;
		}
	}
	return at;
}

/* Behind blanks, line ends when lines is true, and comments, which are told. */
static void skip(struct bicep *r, bool lines)
{
	while (r->at < r->in.n) {
		uint32_t end = comment_end(r, r->at);

		if (end > r->at) {
			build_comment(r->b, r->t, r->at, end);
			r->at = end;
		} else if (r->in.p[r->at] == ' ' || r->in.p[r->at] == '\t' || (lines && (r->in.p[r->at] == '\n' || r->in.p[r->at] == '\r'))) {
			r->at++;
		} else {
			return;
		}
	}
}

static struct place word(struct bicep *r)
{
	struct place at = {r->at, 0};

	while (is_word(char_at(r, r->at)))
		r->at++;
	at.length = r->at - at.offset;
	return at;
}

static struct span text_of(const struct bicep *r, struct place at)
{
	return span_cut(r->in, at.offset, at.offset + at.length);
}

static char last_char(const struct bicep *r, uint32_t from, uint32_t at)
{
	while (at > from && is_in(" \t\r\n", r->in.p[at - 1]))
		at--;
	return at > from ? r->in.p[at - 1] : '\0';
}

static char next_char(const struct bicep *r, uint32_t at)
{
	while (at < r->in.n && is_in(" \t\r\n", r->in.p[at]))
		at++;
	return char_at(r, at);
}

/* Where a computed expression ends: a comma, a bracket it did not open, a line end that it does not continue over. */
static uint32_t expression_end(const struct bicep *r, uint32_t from)
{
	uint32_t at = from;
	bool parts;
	int open = 0;

	while (at < r->in.n) {
		char c = r->in.p[at];
		uint32_t comment = comment_end(r, at);

		if (comment > at && !open)
			break;
		if (comment > at || c == '\'') {
			at = comment > at ? comment : string_end(r, at, &parts, 0);
			continue;
		}
		if (!open && (c == ',' || c == ')' || c == ']' || c == '}'))
			break;
		if (!open && c == '\n' && !is_in("?:.&|", next_char(r, at)) && !is_in("?:&|=+(", last_char(r, from, at)))
			break;
		open += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
		at++;
	}
	while (at > from && is_in(" \t\r\n", r->in.p[at - 1]))
		at--;
	return at;
}

/* ------------------------------------------------------------------ values */

/* The string at a place that is one and nothing else; false otherwise. */
static bool literal_string(struct bicep *r, uint32_t from, uint32_t end, struct fact *f)
{
	bool parts = false, multi = starts(r, from, "'''");
	uint32_t quote = multi ? 3 : 1, close;

	if (char_at(r, from) != '\'')
		return false;
	close = string_end(r, from, &parts, 0);
	if (close != end || end < from + 2 * quote || r->in.p[end - 1] != '\'')
		return false;
	f->at = (struct place){from + quote, end - from - 2 * quote};
	if (multi && char_at(r, f->at.offset) == '\n') {      /* the first line end is no part of the text */
		f->at.offset++;
		f->at.length--;
	}
	f->scalar = SCALAR_STRING;
	f->value = text_of(r, f->at);
	if (parts && !multi) {
		f->kind = FACT_TEMPLATE;
		f->state = FACT_UNKNOWN;
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
		else if (!is_word(text.p[i]))
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
			at = string_end(r, at, &parts, 0);
			continue;
		}
		open += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
		if (!open && c == '?' && !branch[0] && char_at(r, at + 1) != '?' && char_at(r, at + 1) != '.')
			branch[0] = at + 1;
		else if (!open && c == ':' && branch[0] && !branch[1])
			branch[1] = at + 1;
		at++;
	}
	if (!branch[1])
		return;
	for (int i = 0; i < 2; i++) {
		uint32_t from = branch[i], to = i ? end : branch[1] - 1;

		while (from < to && is_in(" \t\r\n", r->in.p[from]))
			from++;
		while (to > from && is_in(" \t\r\n", r->in.p[to - 1]))
			to--;
		if (!literal_string(r, from, to, i ? &two : &one) || (i ? &two : &one)->kind != FACT_LITERAL)
			return;
	}
	both[0] = one.value;
	both[1] = two.value;
	f->candidates = both;
	f->candidate_count = 2;
}

static void scalar(struct bicep *r, struct fact f)
{
	uint32_t from = r->at, end = expression_end(r, from);
	struct span text;

	f.kind = FACT_LITERAL;
	f.at = (struct place){from, end - from};
	text = text_of(r, f.at);
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

static bool declaration(struct bicep *r);

static struct span key_text(struct bicep *r, struct place *ret_head)
{
	struct fact f = {0};
	uint32_t from = r->at, end;
	bool parts;

	if (char_at(r, from) != '\'') {
		*ret_head = word(r);
		return text_of(r, *ret_head);
	}
	end = string_end(r, from, &parts, 0);
	r->at = end;
	if (!literal_string(r, from, end, &f))
		return (struct span){"", 0};
	*ret_head = f.at;
	return f.value;
}

/* To the end of a line that could not be read. */
static void lose_line(struct bicep *r, uint32_t from, const char *what)
{
	uint32_t end = find(r, r->at, "\n");

	build_diag(r->b, r->t, DIAG_ERROR, from, end, "syntax", "%s", what);
	r->at = end;
}

static bool is_nested_declaration(struct bicep *r)
{
	return (starts(r, r->at, "resource ") || starts(r, r->at, "@")) && declaration(r);
}

static void member(struct bicep *r, struct fact *owner)
{
	struct fact f = {.kind = FACT_LITERAL};
	uint32_t from = r->at;
	struct span key;

	if (starts(r, r->at, "...")) {      /* a spread: more is in it */
		r->at = expression_end(r, r->at);
		owner->open = true;
		return;
	}
	if (is_nested_declaration(r))
		return;
	key = key_text(r, &f.head);
	skip(r, false);
	if (!key.n || char_at(r, r->at) != ':') {
		lose_line(r, from, "expected a member: name and ':'");
		r->at += r->at == from;
		return;
	}
	r->at++;
	skip(r, true);
	f.key = build_intern(r->b, key);
	expression(r, f);
}

/* Members up to the bracket; r->at stands behind it. */
static void members(struct bicep *r, struct fact *owner)
{
	for (;;) {
		uint32_t before;

		skip(r, true);
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
	members(r, made);
	build_close(r->b, r->t, r->at);
}

/* `for x in list:` behind the bracket: its text, to stand for how often. */
static bool loop_header(struct bicep *r, struct place *ret)
{
	uint32_t end;
	bool parts;
	int open = 0;

	if (!starts(r, r->at, "for "))
		return false;
	for (end = r->at; end < r->in.n; end++) {
		char c = r->in.p[end];

		if (c == '\'')
			end = string_end(r, end, &parts, 0) - 1;
		else if (c == ':' && !open)
			break;
		else
			open += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
	}
	*ret = (struct place){r->at, end - r->at};
	r->at = end < r->in.n ? end + 1 : end;
	return true;
}

static bool condition_header(struct bicep *r, struct place *ret)
{
	uint32_t from, end;

	if (!starts(r, r->at, "if") || is_word(char_at(r, r->at + 2)))
		return false;
	r->at += 2;
	skip(r, true);
	if (char_at(r, r->at) != '(')
		return false;
	from = r->at + 1;
	end = expression_end(r, from);
	*ret = (struct place){from, end - from};
	r->at = end;
	skip(r, true);
	r->at += char_at(r, r->at) == ')';
	return true;
}

static void list(struct bicep *r, struct fact f)
{
	struct place loop, condition;
	bool looped;
	struct fact *made;

	f.kind = FACT_LIST;
	f.at = (struct place){r->at++, 0};
	skip(r, true);
	looped = loop_header(r, &loop);
	f.open = looped;
	made = build_open(r->b, r->t, &f);
	while (made && !build_full(r->b)) {
		uint32_t before;

		skip(r, true);
		before = r->at;
		if (r->at >= r->in.n || r->in.p[r->at] == ']')
			break;
		if (looped && condition_header(r, &condition))
			skip(r, true);
		if (starts(r, r->at, "...")) {
			r->at = expression_end(r, r->at);
			made->open = true;
		} else if (r->in.p[r->at] == ',') {
			r->at++;
		} else {
			expression(r, (struct fact){.conditional = looped});
		}
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
static void expression(struct bicep *r, struct fact proto)
{
	uint32_t end;
	char c = char_at(r, r->at);

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
	end = expression_end(r, r->at);
	if (end > r->at && !build_full(r->b)) {
		build_diag(r->b, r->t, DIAG_WARNING, r->at, end, "bicep-expression", "what is computed from the value before it is not read");
		r->at = end;
	}
}

/* ------------------------------------------------------------------ declarations */

static void put(struct bicep *r, const char *key, struct place at, enum fact_state state)
{
	struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN, .state = (unsigned char)state, .key = build_intern(r->b, span_of(key)),
			 .at = at, .value = text_of(r, at)};

	if (at.length)
		(void)build_fact(r->b, r->t, &f);
}

/* 'Microsoft.Storage/storageAccounts@2023-01-01', or the path of a module. */
static void put_type(struct bicep *r, bool module)
{
	uint32_t from = r->at, end;
	const char *version;
	bool parts = false;

	if (char_at(r, from) != '\'')
		return;
	end = string_end(r, from, &parts, 0);
	r->at = end;
	if (end < from + 2 || r->in.p[end - 1] != '\'')
		return;
	version = module ? NULL : memchr(r->in.p + from, '@', end - from);
	if (version) {
		uint32_t at = (uint32_t)(version - r->in.p);

		put(r, "type", (struct place){from + 1, at - from - 1}, FACT_FIXED);
		put(r, "apiVersion", (struct place){at + 1, end - at - 2}, FACT_FIXED);
	} else {
		put(r, module ? "source" : "type", (struct place){from + 1, end - from - 2}, FACT_FIXED);
		if (module && memchr(r->in.p + from, ':', end - from))
			build_diag(r->b, r->t, DIAG_WARNING, from + 1, end - 1, "remote-module", "the module lies in a registry and was not handed over: what it makes is not known");
	}
}

/* Behind '=': `if (...)`, `[for ...: ` and the object. */
static void body(struct bicep *r, struct fact *owner)
{
	struct place header;
	bool bracket = false;

	skip(r, true);
	if (char_at(r, r->at) == '[') {
		bracket = true;
		r->at++;
		skip(r, true);
		if (loop_header(r, &header)) {
			put(r, "copy", header, FACT_UNKNOWN);
			owner->conditional = true;
		}
		skip(r, true);
	}
	if (condition_header(r, &header)) {
		put(r, "condition", header, span_is(text_of(r, header), "true") || span_is(text_of(r, header), "false") ? FACT_FIXED : FACT_UNKNOWN);
		owner->conditional = true;
		skip(r, true);
	}
	if (char_at(r, r->at) != '{') {
		lose_line(r, r->at, "expected '{'");
		return;
	}
	r->at++;
	members(r, owner);
	skip(r, bracket);
	if (bracket)
		r->at += char_at(r, r->at) == ']';
}

static void resource(struct bicep *r, struct fact f, bool module)
{
	struct fact *made = build_open(r->b, r->t, &f);
	struct place existing;

	if (!made)
		return;
	put_type(r, module);
	skip(r, false);
	if (starts(r, r->at, "existing")) {
		existing = word(r);
		put(r, "existing", existing, FACT_FIXED);
		skip(r, false);
	}
	if (char_at(r, r->at) == '=') {
		r->at++;
		body(r, made);
	} else {
		lose_line(r, r->at, "expected '='");
	}
	build_close(r->b, r->t, r->at);
}

/* `param x string = 'a'`: a block of type and default; in a file of parameters a value of that name. */
static void parameter(struct bicep *r, struct fact f)
{
	uint32_t from = r->at, end = from;

	while (end < r->in.n && r->in.p[end] != '\n' && r->in.p[end] != '=' && comment_end(r, end) == end)
		end++;
	if (char_at(r, from) == '=') {
		r->at++;
		skip(r, true);
		expression(r, f);
		return;
	}
	if (!build_open(r->b, r->t, &f))
		return;
	while (end > from && is_in(" \t\r", r->in.p[end - 1]))
		end--;
	put(r, "type", (struct place){from, end - from}, FACT_FIXED);
	r->at = end;
	skip(r, false);
	if (char_at(r, r->at) == '=') {
		r->at++;
		skip(r, true);
		expression(r, (struct fact){.key = build_intern(r->b, SPAN("defaultValue"))});
	}
	build_close(r->b, r->t, r->at);
}

/* `var x = ...`, `output x string = ...`, `metadata x = ...`: what stands before '=' is a type. */
static void named_value(struct bicep *r, struct fact f)
{
	while (r->at < r->in.n && r->in.p[r->at] != '=' && r->in.p[r->at] != '\n')
		r->at++;
	if (char_at(r, r->at) != '=') {
		lose_line(r, f.head.offset, "expected '='");
		return;
	}
	r->at++;
	skip(r, true);
	expression(r, f);
}

static void whole_line(struct bicep *r, const char *key, uint32_t from)
{
	uint32_t end = expression_end(r, r->at);

	put(r, key, (struct place){from, end - from}, FACT_UNKNOWN);
	r->at = end;
}

enum bicep_form { FORM_PARAMETER, FORM_VALUE, FORM_RESOURCE, FORM_MODULE, FORM_PLAIN, FORM_LINE };

/* One declaration at r->at; false when no known word stands there, and nothing was read. */
static bool declaration(struct bicep *r)
{
	static const struct {
		const char *word;
		enum bicep_form form;
	} forms[] = {
		{"param", FORM_PARAMETER}, {"var", FORM_VALUE}, {"output", FORM_VALUE}, {"metadata", FORM_VALUE}, {"resource", FORM_RESOURCE},
		{"module", FORM_MODULE}, {"targetScope", FORM_PLAIN}, {"using", FORM_LINE}, {"import", FORM_LINE}, {"extension", FORM_LINE},
		{"provider", FORM_LINE}, {"type", FORM_LINE}, {"func", FORM_LINE}, {"assert", FORM_LINE}, {"extends", FORM_LINE},
	};
	uint32_t from = r->at;
	struct fact f = {.block_syntax = true, .kind = FACT_BLOCK};
	const char **labels;
	struct place name;
	size_t i = 0;

	if (char_at(r, from) == '@') {
		r->at++;
		whole_line(r, "decorator", from);
		return true;
	}
	f.head = word(r);
	while (i < sizeof forms / sizeof *forms && !span_is(text_of(r, f.head), forms[i].word))
		i++;
	if (i == sizeof forms / sizeof *forms) {
		r->at = from;
		return false;
	}
	f.key = forms[i].word;
	f.at.offset = from;
	skip(r, false);
	if (forms[i].form == FORM_LINE) {
		whole_line(r, f.key, r->at);
		return true;
	}
	if (forms[i].form != FORM_PLAIN) {
		name = word(r);
		labels = ARENA_NEW(builder_arena(r->b), const char *);
		*labels = build_intern(r->b, text_of(r, name));
		f.labels = labels;
		f.label_count = 1;
		skip(r, false);
	}
	f.key = build_intern(r->b, span_of(f.key));
	if (forms[i].form == FORM_PARAMETER)
		parameter(r, f);
	else if (forms[i].form == FORM_RESOURCE || forms[i].form == FORM_MODULE)
		resource(r, f, forms[i].form == FORM_MODULE);
	else
		named_value(r, f);
	return true;
}

static void bicep_read(struct builder *b, const struct text *t)
{
	struct bicep r = {.b = b, .t = t, .in = t->bytes};

	if (!build_open(b, t, &(struct fact){.kind = FACT_BLOCK}))
		return;
	while (skip(&r, true), r.at < r.in.n && !build_full(b)) {
		uint32_t from = r.at;

		if (!declaration(&r))
			lose_line(&r, from, "expected a declaration: param, var, resource, module or output");
		r.at += r.at == from;
	}
	build_close(b, t, (uint32_t)t->bytes.n);
}

static int bicep_bid(struct span name, struct span head)
{
	const char *p = span_find(head, SPAN("resource ")), *line;

	if (span_ends(name, ".bicep") || span_ends(name, ".bicepparam"))
		return 92;
	if (!p || (p > head.p && p[-1] != '\n'))
		return 0;
	line = memchr(p, '\n', (size_t)(head.p + head.n - p));
	head = (struct span){p, line ? (size_t)(line - p) : (size_t)(head.p + head.n - p)};
	return span_find(head, SPAN(" 'Microsoft.")) && memchr(head.p, '@', head.n) && memchr(head.p, '=', head.n) ? 85 : 0;
}

const struct format format_bicep = {
	.name = "bicep",
	.help = "Bicep: resources, modules, parameters, variables",
	.bid = bicep_bid,
	.read = bicep_read,
};
