/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bicep, the language over Azure Resource Manager: declarations become blocks "param.x", "var.x", "resource.x", "module.x" with the members
 * that ARM's JSON has (type, apiVersion, condition, copy, defaultValue), so that one dialect reads both. Values are read in bicep_value.c;
 * nothing is resolved here: rule/dialect_arm.c knows parameters and variables.
 */
#include "read/bicep.h"

static void put_at(struct bicep *r, const char *key, struct place head, struct place at, enum fact_state state)
{
	struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN, .state = state, .key = build_intern(r->b, span_of(key)),
			 .head = head, .at = at, .value = bicep_text(r, at)};

	if (at.length)
		(void)build_fact(r->b, r->t, &f);
}

static void put(struct bicep *r, const char *key, struct place at, enum fact_state state)
{
	put_at(r, key, (struct place){0, 0}, at, state);
}

/* 'Microsoft.Storage/storageAccounts@2023-01-01', or the path of a module. */
static void put_type(struct bicep *r, bool module)
{
	uint32_t from = r->at, end;
	const char *version;
	bool parts = false;

	if (bicep_char(r, from) != '\'')
		return;
	end = bicep_string_end(r, from, &parts, 0);
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

	bicep_skip(r, true);
	if (bicep_char(r, r->at) == '[') {
		bracket = true;
		r->at++;
		bicep_skip(r, true);
		if (bicep_loop_header(r, &header)) {
			put(r, "copy", header, FACT_UNKNOWN);
			owner->conditional = true;
		}
		bicep_skip(r, true);
	}
	if (bicep_condition_header(r, &header)) {
		put(r, "condition", header, span_is(bicep_text(r, header), "true") || span_is(bicep_text(r, header), "false") ? FACT_FIXED : FACT_UNKNOWN);
		owner->conditional = true;
		bicep_skip(r, true);
	}
	if (bicep_char(r, r->at) != '{') {
		bicep_lose_line(r, r->at, "expected '{'");
		return;
	}
	r->at++;
	bicep_members(r, owner);
	bicep_skip(r, bracket);
	if (bracket)
		r->at += bicep_char(r, r->at) == ']';
}

static void resource(struct bicep *r, struct fact f, bool module)
{
	struct fact *made = build_open(r->b, r->t, &f);
	struct place existing;

	if (!made)
		return;
	put_type(r, module);
	bicep_skip(r, false);
	if (bicep_starts(r, r->at, "existing")) {
		existing = bicep_word(r);
		put(r, "existing", existing, FACT_FIXED);
		bicep_skip(r, false);
	}
	if (bicep_char(r, r->at) == '=') {
		r->at++;
		body(r, made);
	} else {
		bicep_lose_line(r, r->at, "expected '='");
	}
	build_close(r->b, r->t, r->at);
}

/* `param x string = 'a'`: a block of type and default; in a file of parameters a value of that name. */
static void parameter(struct bicep *r, struct fact f)
{
	uint32_t from = r->at, end = from;

	while (end < r->in.n && r->in.p[end] != '\n' && r->in.p[end] != '=' && bicep_comment_end(r, end) == end)
		end++;
	if (bicep_char(r, from) == '=') {
		r->at++;
		bicep_skip(r, true);
		bicep_value(r, f);
		return;
	}
	if (!build_open(r->b, r->t, &f))
		return;
	while (end > from && bicep_in(" \t\r", r->in.p[end - 1]))
		end--;
	put(r, "type", (struct place){from, end - from}, FACT_FIXED);
	r->at = end;
	bicep_skip(r, false);
	if (bicep_char(r, r->at) == '=') {
		r->at++;
		bicep_skip(r, true);
		bicep_value(r, (struct fact){.key = build_intern(r->b, SPAN("defaultValue"))});
	}
	build_close(r->b, r->t, r->at);
}

/* `var x = ...`, `output x string = ...`, `metadata x = ...`: what stands before '=' is a type. */
static void named_value(struct bicep *r, struct fact f)
{
	while (r->at < r->in.n && r->in.p[r->at] != '=' && r->in.p[r->at] != '\n')
		r->at++;
	if (bicep_char(r, r->at) != '=') {
		bicep_lose_line(r, f.head.offset, "expected '='");
		return;
	}
	r->at++;
	bicep_skip(r, true);
	bicep_value(r, f);
}

static void whole_line(struct bicep *r, const char *key, struct place head, uint32_t from)
{
	uint32_t end = bicep_expression_end(r, r->at);

	put_at(r, key, head, (struct place){from, end - from}, FACT_UNKNOWN);
	r->at = end;
}

enum bicep_form { FORM_PARAMETER, FORM_VALUE, FORM_RESOURCE, FORM_MODULE, FORM_PLAIN, FORM_LINE };

/* One declaration at r->at; false when no known word stands there, and nothing was read. */
bool bicep_declaration(struct bicep *r)
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

	if (bicep_char(r, from) == '@') {
		r->at++;
		whole_line(r, "decorator", (struct place){0, 0}, from);
		return true;
	}
	f.head = bicep_word(r);
	while (i < sizeof forms / sizeof *forms && !span_is(bicep_text(r, f.head), forms[i].word))
		i++;
	if (i == sizeof forms / sizeof *forms) {
		r->at = from;
		return false;
	}
	f.key = forms[i].word;
	f.at.offset = from;
	bicep_skip(r, false);
	if (forms[i].form == FORM_LINE) {
		whole_line(r, f.key, f.head, r->at);
		return true;
	}
	if (forms[i].form != FORM_PLAIN) {
		name = bicep_word(r);
		labels = ARENA_NEW(builder_arena(r->b), const char *);
		*labels = build_intern(r->b, bicep_text(r, name));
		fact_put_labels(builder_arena(r->b), &f, labels, 1);
		bicep_skip(r, false);
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
	while (bicep_skip(&r, true), r.at < r.in.n && !build_full(b)) {
		uint32_t from = r.at;

		if (!bicep_declaration(&r))
			bicep_lose_line(&r, from, "expected a declaration: param, var, resource, module or output");
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
