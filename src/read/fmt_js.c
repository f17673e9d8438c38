/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * JavaScript and TypeScript that set one object: `window.config = {...};` of a viewer, `export default {...}`, an Angular
 * environment. The object is a tree like JSON's, with names without quotes, single quotes, trailing commas. A value that is computed is kept
 * as its text, unknown. What stands outside such objects is program text: one fact a line, as in fmt_text.c. Nothing is evaluated, and
 * a regular expression that holds a lone bracket or quote may end the object early; that is told.
 */
#include "read/line.h"

#include "base/limits.h"

struct js {
	struct builder *b;
	const struct text *t;
	struct span in;
	uint32_t at;
	int depth;
	char closes[LIMIT_DEPTH + 1];      /* the bracket that ends each open container */
	struct fact *open[LIMIT_DEPTH + 1];
	bool in_lines;                     /* a list of program lines is open */
};

static bool is_name(char c)
{
	return word_char(c, "_$") || (unsigned char)c >= 0x80;
}

static char js_char(const struct js *j, uint32_t at)
{
	return at < j->in.n ? j->in.p[at] : '\0';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Offset behind the comment at `at`, or `at` when none starts there. */
static uint32_t comment_end(struct span in, uint32_t at)
{
	struct span rest = span_cut(in, at, in.n);
	const char *end;

	if (span_starts(rest, "//"))
		return line_at(in, at).to;
	if (!span_starts(rest, "/*"))
		return at;
	end = span_find(span_cut(rest, 2, rest.n), SPAN("*/"));
	return end ? (uint32_t)(end - in.p) + 2 : (uint32_t)in.n;
}

/* Offset behind the closing quote of the string at `at`. A backquote goes over lines, the others only behind a backslash. */
static uint32_t string_end(struct span in, uint32_t at)
{
	char quote = in.p[at];

	for (at++; at < in.n && in.p[at] != quote; at++) {
		if (in.p[at] == '\\' && at + 1 < in.n)
			at += in.p[at + 1] == '\r' && at + 2 < in.n && in.p[at + 2] == '\n' ? 2 : 1;
		else if (quote != '`' && (in.p[at] == '\n' || in.p[at] == '\r'))
			return at;
	}
	return at < in.n ? at + 1 : at;
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* To the next token; comments go to the document. */
static char next_token(struct js *j)
{
	for (;;) {
		uint32_t end;

		while (is_space(js_char(j, j->at)))
			j->at++;
		end = comment_end(j->in, j->at);
		if (end == j->at)
			return js_char(j, j->at);
		build_comment(j->b, j->t, j->at, end);
		j->at = end;
	}
}

/* ------------------------------------------------------------------ values */

/* Where the expression at `from` ends: a comma or a closing bracket that is not its own. */
static uint32_t expression_end(struct span in, uint32_t from)
{
	uint32_t at = from, open = 0;

	while (at < in.n) {
		char c = in.p[at];
		uint32_t end = comment_end(in, at);

		if (end > at) {
			at = end;
			continue;
		}
		if (!open && (c == ',' || c == '}' || c == ']' || c == ')' || c == ';'))
			break;
		open += c == '{' || c == '[' || c == '(';
		open -= open && (c == '}' || c == ']' || c == ')');
		at = is_quote(c) ? string_end(in, at) : at + 1;
	}
	while (at > from && is_space(in.p[at - 1]))
		at--;
	return at;
}

static bool is_number(struct span word)
{
	size_t digits = 0;

	for (size_t i = 0; i < word.n; i++) {
		digits += word.p[i] >= '0' && word.p[i] <= '9';
		if (!word_char(word.p[i], "_.") && !(word.p[i] == '-' && !i))
			return false;
	}
	return digits && (word.p[0] == '-' || (word.p[0] >= '0' && word.p[0] <= '9'));
}

static void name_word(struct fact *f, struct span word)
{
	if (span_is(word, "true") || span_is(word, "false")) {
		f->scalar = SCALAR_BOOL;
	} else if (span_is(word, "null") || span_is(word, "undefined")) {
		f->kind = FACT_NULL;
	} else if (is_number(word)) {
		f->scalar = SCALAR_NUMBER;
	} else {
		f->kind = FACT_REFERENCE;
		f->state = FACT_UNKNOWN;
	}
}

static void add_fact(struct js *j, struct fact *f)
{
	const struct fact *made = build_fact(j->b, j->t, f);

	if (made)
		line_duplicate(j->b, j->t, made, f->head, DIAG_NOTE);
}

static void read_scalar(struct js *j, struct fact *f)
{
	uint32_t from = j->at, end = expression_end(j->in, from);
	char c = js_char(j, from);

	if (is_quote(c) && string_end(j->in, from) == end && end - from >= 2 && j->in.p[end - 1] == c) {
		f->scalar = SCALAR_STRING;
		line_value(j->b, j->t, f, from + 1, end - 1, DECODE_JS_STRING, c == '`');
	} else {
		f->at = (struct place){from, end - from};
		f->value = span_cut(j->in, from, end);
		name_word(f, f->value);
	}
	j->at = end;
	add_fact(j, f);
}

static bool open_container(struct js *j, struct fact *f, char opening)
{
	f->kind = opening == '{' ? FACT_BLOCK : FACT_LIST;
	f->at = (struct place){j->at, 0};
	j->open[j->depth] = build_open(j->b, j->t, f);
	if (!j->open[j->depth])
		return false;
	j->closes[j->depth++] = opening == '{' ? '}' : ']';
	j->at++;
	return true;
}

static bool read_value(struct js *j, struct fact *f)
{
	char c = next_token(j);

	if (c == '{' || c == '[')
		return open_container(j, f, c);
	read_scalar(j, f);
	return !build_full(j->b);
}

/* ------------------------------------------------------------------ members */

/* The name of a member; false when it has none that can be written down: a spread, a method, [computed]. */
static bool member_name(struct js *j, struct fact *f)
{
	uint32_t from = j->at, end = from;

	if (is_quote(js_char(j, from))) {
		end = string_end(j->in, from);
		if (end - from < 2 || j->in.p[end - 1] != j->in.p[from])
			return false;
		f->head = (struct place){from + 1, end - from - 2};
	} else {
		while (is_name(js_char(j, end)))
			end++;
		f->head = (struct place){from, end - from};
	}
	j->at = end;
	if (end == from || next_token(j) != ':') {
		j->at = from;
		return false;
	}
	j->at++;
	f->key = line_key(j->b, j->t, f->head.offset, f->head.offset + f->head.length, DECODE_JS_STRING);
	return true;
}

/*
 * A member without name and colon. `a` alone means a: a. A spread and a computed name add nobody knows what; a method adds no setting. Their
 * text stands as a comment, where it is looked through for secrets and identifiers.
 */
static void other_member(struct js *j)
{
	uint32_t from = j->at, end = expression_end(j->in, from), name = from;
	struct fact f = {.kind = FACT_REFERENCE, .state = FACT_UNKNOWN, .at = {from, end - from}, .value = span_cut(j->in, from, end)};

	while (is_name(js_char(j, name)))
		name++;
	j->at = end > from ? end : from + 1;
	if (name == end && name > from) {
		f.key = build_intern(j->b, f.value);
		add_fact(j, &f);
		return;
	}
	if (js_char(j, from) == '.' || js_char(j, from) == '[')
		j->open[j->depth - 1]->open = true;
	build_comment(j->b, j->t, from, j->at);
}

/* One member or item, or the end of the innermost container; false at the end of the object or when it cannot be read. */
static bool read_next(struct js *j)
{
	char end = j->closes[j->depth - 1], c = next_token(j);
	struct fact f = {.kind = FACT_LITERAL};
	uint32_t from = j->at;

	if (c == end) {
		build_close(j->b, j->t, ++j->at);
		return --j->depth > 0;
	}
	if (c == ',' || c == ';') {
		j->at++;
		return true;
	}
	if (!c || c == ')' || c == ']' || c == '}') {
		build_diag(j->b, j->t, DIAG_ERROR, from, from, "syntax", "the object does not end as it began");
		return false;
	}
	if (end == ']' || member_name(j, &f))
		return read_value(j, &f);
	other_member(j);
	return !build_full(j->b);
}

/* head: what names it, `window.config =` */
static void read_object(struct js *j, struct place head)
{
	if (!open_container(j, &(struct fact){.kind = FACT_BLOCK, .head = head}, '{'))
		return;
	while (read_next(j) && !build_full(j->b))
		;
	while (j->depth > 0) {
		build_close(j->b, j->t, j->at);
		j->depth--;
	}
}

/* ------------------------------------------------------------------ statements */

static uint32_t skip_words(struct span in, uint32_t at, uint32_t to, const char *const *words)
{
	bool again = true;

	while (again) {
		again = false;
		for (const char *const *w = words; *w; w++) {
			uint32_t end = word_end(in, at, to, "_$");

			if (span_is(span_cut(in, at, end), *w)) {
				at = line_skip(in, end, to);
				again = true;
			}
		}
	}
	return at;
}

/* Names under which programs keep settings; a dotted name needs no such word. */
static bool is_settings_name(struct span name)
{
	static const char *const ends[] = {"onfig", "onfiguration", "ettings", "nvironment", "ptions", "env", "CONFIG", "SETTINGS", "ENV"};

	if (memchr(name.p, '.', name.n))
		return span_starts(name, "window.") || span_starts(name, "globalThis.") || span_starts(name, "self.") ||
		       span_starts(name, "module.exports") || span_starts(name, "exports.");
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_ends(name, ends[i]))
			return true;
	return false;
}

/* Behind `defineConfig(` and the like, where they stand; else `at`. */
static uint32_t skip_call(struct span in, uint32_t at, uint32_t to)
{
	uint32_t end = word_end(in, at, to, "_$.");

	return end > at && end < to && in.p[end] == '(' ? line_skip(in, end + 1, to) : at;
}

/* Offset of the brace when the line sets an object, else 0. */
static uint32_t object_at(struct span in, const struct line *l)
{
	static const char *const exports[] = {"export", "default", NULL}, *const kinds[] = {"export", "const", "let", "var", NULL};
	uint32_t from = line_skip(in, l->from, l->to), at = skip_words(in, from, l->to, exports), name, end;

	if (at > from && span_starts(span_cut(in, from, at), "export default")) {
		at = skip_call(in, at, l->to);
		return at < l->to && in.p[at] == '{' ? at : 0;
	}
	name = skip_words(in, from, l->to, kinds);
	end = word_end(in, name, l->to, "_$.");
	if (end == name || !is_settings_name(span_cut(in, name, end)))
		return 0;
	at = line_skip(in, end, l->to);
	if (at < l->to && in.p[at] == ':')      /* TypeScript says a type */
		while (at < l->to && in.p[at] != '=')
			at++;
	if (at >= l->to || in.p[at] != '=' || (at + 1 < l->to && (in.p[at + 1] == '=' || in.p[at + 1] == '>')))
		return 0;
	at = skip_call(in, line_skip(in, at + 1, l->to), l->to);
	return at < l->to && in.p[at] == '{' ? at : 0;
}

static void close_lines(struct js *j)
{
	if (j->in_lines)
		build_close(j->b, j->t, j->at);
	j->in_lines = false;
}

static void program_line(struct js *j, const struct line *l)
{
	uint32_t from = line_skip(j->in, l->from, l->to), to = line_trim(j->in, from, l->to);
	struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN, .at = {from, to - from}};

	j->at = l->next;
	if (from >= to || span_is(span_cut(j->in, from, to), ";"))
		return;
	if (!j->in_lines) {
		if (!build_open(j->b, j->t, &(struct fact){.kind = FACT_LIST, .at = {from, 0}}))
			return;
		j->in_lines = true;
	}
	f.value = span_cut(j->in, from, to);
	build_fact(j->b, j->t, &f);
}

static void js_read(struct builder *b, const struct text *t)
{
	struct js j = {.b = b, .t = t, .in = t->bytes};

	while (j.at < j.in.n && !build_full(b)) {
		struct line l = line_at(j.in, j.at);
		uint32_t brace = object_at(j.in, &l), from = line_skip(j.in, l.from, l.to), comment = comment_end(j.in, from);

		if (comment > from) {
			build_comment(b, t, from, comment);
			j.at = comment;
		} else if (brace) {
			close_lines(&j);
			j.at = brace;
			read_object(&j, (struct place){from, line_trim(j.in, from, brace) - from});
		} else {
			program_line(&j, &l);
		}
	}
	if (!build_full(b))
		close_lines(&j);
}

/* ------------------------------------------------------------------ the format */

static int js_bid(struct span name, struct span head)
{
	static const char *const endings[] = {".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"};
	bool script = false;

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		script |= span_ends(name, endings[i]);
	for (uint32_t at = 0; script && at < head.n;) {
		struct line l = line_at(head, at);

		if (object_at(head, &l))
			return 85;
		at = l.next;
	}
	return 0;
}

const struct format format_js = {
	.name = "js",
	.help = "JavaScript and TypeScript that set an object of settings",
	.bid = js_bid,
	.read = js_read,
};
