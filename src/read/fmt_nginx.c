/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * nginx: directives that end in ';' and blocks in braces. A directive with arguments is always a list of them, so that
 * `listen 443 ssl;` and `listen 80;` look alike; a block's arguments are its labels (location /x). Lua blocks are one
 * text. Quotes know a backslash in front of the quote and of itself; $name in an argument is computed by nginx.
 * Included files are not read: the block with the include is open, unless the file is one of the tables of types and
 * parameters that come with nginx and hold nothing a rule asks for.
 */
#include "read/line.h"

struct word {
	uint32_t from, to;      /* value, inside the quotes */
	uint32_t end;           /* behind the closing quote */
	char quote;
};

struct reader {
	struct builder *b;
	const struct text *t;
	struct span text;
	uint32_t at;
	struct arena *scratch;
	struct word *words;
	size_t count;
	struct fact **blocks;     /* the open ones, the root first */
	size_t block_count;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* To the next token; comments are told. */
static void skip_space(struct reader *r)
{
	while (r->at < r->text.n) {
		if (is_space(r->text.p[r->at])) {
			r->at++;
		} else if (r->text.p[r->at] == '#') {
			struct line l = line_at(r->text, r->at);

			build_comment(r->b, r->t, r->at, l.to);
			r->at = l.next;
		} else {
			return;
		}
	}
}

static struct word bare_word(struct reader *r)
{
	struct word w = {.from = r->at};
	uint32_t n = (uint32_t)r->text.n;

	while (r->at < n && !is_space(r->text.p[r->at]) && r->text.p[r->at] != ';' && r->text.p[r->at] != '{') {
		if (r->text.p[r->at] == '$' && r->at + 1 < n && r->text.p[r->at + 1] == '{')
			r->at = quote_end(r->text, r->at, line_at(r->text, r->at).to, '}', false);
		else if (r->text.p[r->at] == '\\' && r->at + 1 < n)
			r->at++;
		r->at += r->at < n;
	}
	w.to = w.end = r->at;
	return w;
}

static struct word quoted_word(struct reader *r)
{
	struct word w = {.quote = r->text.p[r->at], .from = r->at + 1};

	w.to = quote_end(r->text, w.from, (uint32_t)r->text.n, w.quote, true);
	w.end = w.to < r->text.n ? w.to + 1 : w.to;
	if (w.to == w.end)
		build_diag(r->b, r->t, DIAG_ERROR, w.from - 1, w.from, "syntax", "the quote that starts here is not closed");
	r->at = w.end;
	return w;
}

/* Words up to ';', '{', '}' at a word's start, or the end; returns that character, 0 at the end. */
static char read_words(struct reader *r)
{
	r->count = 0;
	for (;;) {
		char c;

		skip_space(r);
		if (r->at >= r->text.n)
			return 0;
		c = r->text.p[r->at];
		if (c == ';' || c == '{' || c == '}')
			return c;
		*ARENA_PUSH(r->scratch, r->words, r->count) = c == '"' || c == '\'' ? quoted_word(r) : bare_word(r);
	}
}

/* A variable in an argument: only nginx knows. */
static bool has_variable(struct span v)
{
	for (size_t i = 0; i + 1 < v.n; i++)
		if (v.p[i] == '$' && (v.p[i + 1] == '{' || v.p[i + 1] == '_' || ((v.p[i + 1] | 0x20) >= 'a' && (v.p[i + 1] | 0x20) <= 'z')))
			return true;
	return false;
}

static const char *word_key(struct reader *r, const struct word *w)
{
	return line_key(r->b, r->t, w->from, w->to, w->quote ? DECODE_DOUBLE_QUOTED : NO_DECODER);
}

static bool argument(struct reader *r, const struct word *w)
{
	struct fact f = {.kind = FACT_LITERAL, .scalar = w->quote ? SCALAR_STRING : SCALAR_PLAIN};

	line_value(r->b, r->t, &f, w->from, w->to, w->quote ? DECODE_DOUBLE_QUOTED : NO_DECODER, false);
	if (has_variable(f.value)) {
		f.kind = FACT_TEMPLATE;
		f.state = FACT_UNKNOWN;
	}
	return build_fact(r->b, r->t, &f);
}

static bool is_harmless_include(struct span file)
{
	static const char *const files[] = {"mime.types", "fastcgi_params", "fastcgi.conf", "uwsgi_params", "scgi_params", "proxy_params"};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (span_ends(file, files[i]))
			return true;
	return false;
}

static bool directive(struct reader *r)
{
	const struct word *name = &r->words[0], *last = &r->words[r->count - 1];
	struct fact f = {.kind = FACT_LIST, .head = {name->from, name->to - name->from}};

	f.key = word_key(r, name);
	if (r->count == 1) {
		f.kind = FACT_NULL;
		f.at.offset = name->end;
		return build_fact(r->b, r->t, &f);
	}
	if (!strcmp(f.key, "include") && !is_harmless_include(span_cut(r->text, r->words[1].from, r->words[1].to)))
		r->blocks[r->block_count - 1]->open = true;
	f.at.offset = name[1].quote ? name[1].from - 1 : name[1].from;
	if (!build_open(r->b, r->t, &f))
		return false;
	for (size_t i = 1; i < r->count; i++)
		if (!argument(r, &r->words[i]))
			break;
	build_close(r->b, r->t, last->end);
	return !build_full(r->b);
}

/* From behind '{' to its '}': braces are counted, those in quotes and comments are not. */
static void lua_block(struct reader *r)
{
	const struct word *name = &r->words[0];
	struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_STRING, .head = {name->from, name->to - name->from}};
	uint32_t from = ++r->at, n = (uint32_t)r->text.n;
	unsigned depth = 1;

	for (; r->at < n; r->at++) {
		char c = r->text.p[r->at];

		if (c == '-' && r->at + 1 < n && r->text.p[r->at + 1] == '-')
			r->at = line_at(r->text, r->at).to;
		else if (c == '"' || c == '\'')
			r->at = quote_end(r->text, r->at + 1, line_at(r->text, r->at).to, c, true);
		else if (c == '{')
			depth++;
		else if (c == '}' && !--depth)
			break;
	}
	if (r->at >= n) {
		r->at = n;
		build_diag(r->b, r->t, DIAG_ERROR, from - 1, from, "syntax", "the block that starts here is not closed");
	}
	f.key = word_key(r, name);
	line_value(r->b, r->t, &f, from, r->at, NO_DECODER, false);
	build_fact(r->b, r->t, &f);
	r->at += r->at < n;
}

static bool open_block(struct reader *r)
{
	const struct word *name = &r->words[0];
	struct fact f = {.kind = FACT_BLOCK, .block_syntax = true, .at = {name->from, 0}, .head = {name->from, name->to - name->from}};
	const char **labels = ARENA_ARRAY(builder_arena(r->b), const char *, r->count);
	struct fact *made;

	f.key = word_key(r, name);
	for (size_t i = 1; i < r->count; i++)
		labels[i - 1] = word_key(r, &r->words[i]);
	fact_put_labels(builder_arena(r->b), &f, labels, (uint32_t)r->count - 1);
	f.conditional = !strcmp(f.key, "if");
	made = build_open(r->b, r->t, &f);
	if (made)
		*ARENA_PUSH(r->scratch, r->blocks, r->block_count) = made;
	r->at++;
	return made;
}

static void close_block(struct reader *r)
{
	if (r->block_count == 1) {
		build_diag(r->b, r->t, DIAG_ERROR, r->at, r->at + 1, "syntax", "'}' closes nothing");
		r->at++;
		return;
	}
	r->at++;
	r->block_count--;
	build_close(r->b, r->t, r->at);
}

static void missing_semicolon(struct reader *r)
{
	const struct word *last = &r->words[r->count - 1];

	build_diag(r->b, r->t, DIAG_ERROR, last->from, last->end, "syntax", "expected ';' behind '%.*s'",
		   (int)(last->to - last->from > 60 ? 60 : last->to - last->from), r->text.p + last->from);
}

/* One directive or block border. False: the end, or a limit. */
static bool statement(struct reader *r)
{
	char end = read_words(r);

	if (r->count && end != ';' && end != '{')
		missing_semicolon(r);
	if (!r->count && end == '{') {
		build_diag(r->b, r->t, DIAG_ERROR, r->at, r->at + 1, "syntax", "expected a name before '{'");
		*ARENA_PUSH(r->scratch, r->words, r->count) = (struct word){r->at, r->at, r->at, 0};
	}
	if (end == '{' && span_ends(span_cut(r->text, r->words[0].from, r->words[0].to), "_by_lua_block"))
		lua_block(r);
	else if (end == '{')
		return open_block(r);
	else if (r->count && !directive(r))
		return false;
	if (end == ';')
		r->at++;
	else if (end == '}')
		close_block(r);
	return end && !build_full(r->b);
}

static void nginx_read(struct builder *b, const struct text *t)
{
	struct reader r = {.b = b, .t = t, .text = t->bytes, .scratch = arena_new()};
	struct fact *root = build_open(b, t, &(struct fact){.kind = FACT_BLOCK});

	if (root) {
		*ARENA_PUSH(r.scratch, r.blocks, r.block_count) = root;
		while (statement(&r))
			;
		if (r.block_count > 1 && !build_full(b))
			build_diag(b, t, DIAG_ERROR, r.at, r.at, "syntax", "%zu block%s not closed", r.block_count - 1,
				   r.block_count == 2 ? " is" : "s are");
		for (; r.block_count > 1; r.block_count--) {
			r.blocks[r.block_count - 1]->open = true;
			build_close(b, t, r.at);
		}
		build_close(b, t, (uint32_t)r.text.n);
	}
	arena_free(r.scratch);
}

/* `name arguments;`, `name {` or `}`, without the signs of other languages. */
static bool is_nginx_line(struct span line)
{
	const char *comment = span_find(line, SPAN(" #"));
	struct span body = comment ? span_trim(span_cut(line, 0, (size_t)(comment - line.p))) : line;
	char last = body.p[body.n - 1];
	uint32_t name = word_end(line, 0, (uint32_t)line.n, "_");

	if (*line.p == '}')
		return line.n == 1 || last == '}';
	if (*line.p >= 'A' && *line.p <= 'Z')      /* INSERT INTO t VALUES (1); */
		return false;
	return name && !starts_sql(line) && (name == line.n || line_blank(line.p[name]) || line.p[name] == ';') && (last == ';' || last == '{' || last == '}')
	       && !span_find(line, SPAN(" = ")) && !span_find(line, SPAN("()")) && !span_find(line, SPAN("\": "));
}

static int nginx_bid(struct span name, struct span head)
{
	struct line_count count;

	if (span_is(name, "nginx.conf") || span_ends(name, ".nginx") || span_ends(name, ".nginx.conf") || span_ends(name, ".vhost"))
		return 90;
	count = count_lines(head, "#", is_nginx_line);
	if (!count.lines || !memchr(head.p, ';', head.n) || count.fitting * 10 < count.lines * 6)
		return 0;
	return span_ends(name, ".conf") || span_find(name, SPAN("nginx")) ? 70 : 30;
}

const struct format format_nginx = {
	.name = "nginx",
	.help = "nginx configuration: directives and blocks",
	.bid = nginx_bid,
	.read = nginx_read,
};
