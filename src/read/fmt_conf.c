/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Server configurations that put one directive on a line: Apache (<VirtualHost *:443> ... </VirtualHost>), HAProxy (sections),
 * sshd_config (Match blocks), redis.conf, pg_hba.conf. The tree is that of nginx: a directive is a list of its
 * arguments, a block's arguments are its labels. Sections and Match blocks last until the next one.
 * Included files are not read: their block is open. Quotes know a backslash; a backslash at a line's end continues it.
 */
#include "read/line.h"

#include <strings.h>

struct reader {
	struct builder *b;
	const struct text *t;
	struct span text;
	uint32_t at, last_end;      /* last_end: where a section ends when the next begins */
	struct arena *scratch;
	struct fact **blocks;       /* the open ones, the root first */
	size_t block_count;
	bool sections;              /* HAProxy: a word at the line's start may open a section */
	bool in_section;            /* the last open block is a section or a Match: it has no end of its own */
};

struct word {
	uint32_t from, to, end;
	char quote;
};

static const char *const section_names[] = {
	"global", "defaults", "frontend", "backend", "listen", "userlist", "peers", "resolvers", "mailers", "cache", "program",
	"http-errors", "ring", "log-forward", "crt-store", "fcgi-app",
};

/* End of the directive that starts on l, over continued lines. */
static uint32_t directive_end(struct reader *r, struct line l)
{
	while (l.to > l.from && r->text.p[l.to - 1] == '\\' && l.next < r->text.n)
		l = line_at(r->text, l.next);
	r->at = l.next;
	return l.to;
}

static bool joins_lines(const struct reader *r, uint32_t at, uint32_t to)
{
	return r->text.p[at] == '\\' && at + 1 < to && (r->text.p[at + 1] == '\n' || r->text.p[at + 1] == '\r');
}

/* Over blanks and continued line ends. */
static uint32_t skip_between(const struct reader *r, uint32_t from, uint32_t to)
{
	for (;;) {
		from = line_skip(r->text, from, to);
		if (from < to && (joins_lines(r, from, to) || r->text.p[from] == '\n' || r->text.p[from] == '\r'))
			from++;
		else
			return from;
	}
}

/* The next word of [from, to), `stop` ends it too (the bracket of an Apache block); false: there is none. */
static bool next_word(struct reader *r, uint32_t from, uint32_t to, char stop, struct word *ret)
{
	uint32_t end;

	from = skip_between(r, from, to);
	if (from >= to || r->text.p[from] == stop)
		return false;
	if (r->text.p[from] == '#') {
		build_comment(r->b, r->t, from, to);
		return false;
	}
	if (r->text.p[from] == '"' || r->text.p[from] == '\'') {
		end = quote_end(r->text, from + 1, to, r->text.p[from], true);
		*ret = (struct word){from + 1, end, end < to ? end + 1 : to, r->text.p[from]};
		return true;
	}
	for (end = from; end < to && !line_blank(r->text.p[end]) && r->text.p[end] != stop && !joins_lines(r, end, to); end++)
		;
	*ret = (struct word){from, end, end, 0};
	return true;
}

static const char *word_key(struct reader *r, const struct word *w)
{
	return line_key(r->b, r->t, w->from, w->to, w->quote ? DECODE_DOUBLE_QUOTED : NO_DECODER);
}

/* ------------------------------------------------------------------ blocks */

static bool open_block(struct reader *r, const struct word *name, uint32_t from, uint32_t to, char stop)
{
	struct fact f = {.kind = FACT_BLOCK, .block_syntax = true, .at = {name->from, 0}, .head = {name->from, name->to - name->from}};
	const char **labels = NULL;
	size_t count = 0;
	struct word w;
	struct fact *made;

	f.key = word_key(r, name);
	for (; next_word(r, from, to, stop, &w); from = w.end)
		*ARENA_PUSH(builder_arena(r->b), labels, count) = word_key(r, &w);
	fact_put_labels(builder_arena(r->b), &f, labels, (uint32_t)count);
	f.conditional = !strncasecmp(f.key, "If", 2) || !strcasecmp(f.key, "Match");
	made = build_open(r->b, r->t, &f);
	if (made)
		*ARENA_PUSH(r->scratch, r->blocks, r->block_count) = made;
	r->last_end = to;
	return made;
}

static void close_block(struct reader *r, uint32_t end)
{
	build_close(r->b, r->t, end);
	r->block_count--;
}

static void close_section(struct reader *r)
{
	if (r->in_section)
		close_block(r, r->last_end);
	r->in_section = false;
}

/* </Name> */
static void end_tag(struct reader *r, uint32_t from, uint32_t to)
{
	uint32_t name = from + 2, end = word_end(r->text, name, to, "_-");
	const struct fact *open = r->blocks[r->block_count - 1];

	if (r->block_count == 1 || !span_eq_nocase(span_cut(r->text, name, end), span_of(open->key))) {
		build_diag(r->b, r->t, DIAG_ERROR, from, to, "syntax", "closes no block of that name");
		return;
	}
	close_block(r, to);
}

/* ------------------------------------------------------------------ directives */

static bool is_include(const char *key)
{
	return !strcasecmp(key, "Include") || !strcasecmp(key, "IncludeOptional") || !strcasecmp(key, "loadfile");
}

static bool directive(struct reader *r, const struct word *name, uint32_t to)
{
	struct fact f = {.kind = FACT_LIST, .head = {name->from, name->to - name->from}};
	uint32_t from = name->end;
	struct word w;

	f.key = word_key(r, name);
	if (is_include(f.key))
		r->blocks[r->block_count - 1]->open = true;
	r->last_end = name->end;
	if (!next_word(r, from, to, 0, &w)) {
		f.kind = FACT_NULL;
		f.at.offset = name->end;
		return build_fact(r->b, r->t, &f);
	}
	f.at.offset = w.quote ? w.from - 1 : w.from;
	if (!build_open(r->b, r->t, &f))
		return false;
	do {
		struct fact item = {.kind = FACT_LITERAL, .scalar = w.quote ? SCALAR_STRING : SCALAR_PLAIN};

		line_value(r->b, r->t, &item, w.from, w.to, w.quote ? DECODE_DOUBLE_QUOTED : NO_DECODER, true);
		if (!build_fact(r->b, r->t, &item))
			break;
		r->last_end = w.end;
	} while (next_word(r, w.end, to, 0, &w));
	build_close(r->b, r->t, r->last_end);
	return !build_full(r->b);
}

static bool is_section(struct span name)
{
	for (size_t i = 0; i < sizeof section_names / sizeof *section_names; i++)
		if (span_is(name, section_names[i]))
			return true;
	return false;
}

static bool conf_line(struct reader *r, const struct line *l, uint32_t from)
{
	uint32_t to = line_trim(r->text, from, directive_end(r, *l)), name_end;
	struct word name;
	struct span key;

	if (span_starts(span_cut(r->text, from, to), "</")) {
		end_tag(r, from, to);
		return true;
	}
	if (r->text.p[from] == '<') {
		name_end = word_end(r->text, from + 1, to, "_-");
		name = (struct word){from + 1, name_end, name_end, 0};
		return open_block(r, &name, name_end, to, '>');
	}
	if (!next_word(r, from, to, 0, &name))
		return !build_full(r->b);
	key = span_cut(r->text, name.from, name.to);
	if (span_eq_nocase(key, SPAN("Match")) || (r->sections && from == l->from && is_section(key))) {
		close_section(r);
		r->in_section = open_block(r, &name, name.end, to, 0);
		return r->in_section;
	}
	return directive(r, &name, to);
}

/* HAProxy: some line is a section's name alone, or with its own name. */
static bool has_sections(struct span text)
{
	for (struct line l = {0, 0, 0}; l.next < text.n;) {
		struct span line;

		l = line_at(text, l.next);
		line = span_cut(text, l.from, l.to);
		if (span_is(span_trim(line), "global") || span_is(span_trim(line), "defaults") || span_starts(line, "frontend ")
		    || span_starts(line, "backend "))
			return true;
	}
	return false;
}

static void conf_read(struct builder *b, const struct text *t)
{
	struct reader r = {.b = b, .t = t, .text = t->bytes, .scratch = arena_new(), .sections = has_sections(t->bytes)};
	struct fact *root = build_open(b, t, &(struct fact){.kind = FACT_BLOCK});
	bool goes_on = root;

	if (root)
		*ARENA_PUSH(r.scratch, r.blocks, r.block_count) = root;
	while (goes_on && r.at < r.text.n) {
		struct line l = line_at(r.text, r.at);
		uint32_t from = line_skip(r.text, l.from, l.to);

		r.at = l.next;
		if (from < l.to)
			goes_on = conf_line(&r, &l, from);
	}
	if (root) {
		close_section(&r);
		if (r.block_count > 1 && goes_on)
			build_diag(b, t, DIAG_ERROR, r.at, r.at, "syntax", "a block is not closed: <%s>", r.blocks[r.block_count - 1]->key);
		for (; r.block_count > 1; r.block_count--) {
			r.blocks[r.block_count - 1]->open = true;
			build_close(b, t, r.at);
		}
		build_close(b, t, (uint32_t)r.text.n);
	}
	arena_free(r.scratch);
}

/* ------------------------------------------------------------------ the bid */

static bool is_conf_line(struct span line)
{
	uint32_t name = word_end(line, *line.p == '<' ? 1 : 0, (uint32_t)line.n, "_-./");

	if (*line.p == '<')
		return line.n > 3 && line.p[line.n - 1] == '>' && line.p[line.n - 2] != '/' && line.p[1] != '?';
	return name && (name == line.n || line_blank(line.p[name])) && line.p[line.n - 1] != ';' && line.p[line.n - 1] != '{';
}

static int conf_bid(struct span name, struct span head)
{
	static const char *const names[] = {
		"sshd_config", "ssh_config", "redis.conf", "haproxy.cfg", "pg_hba.conf", "httpd.conf", "apache2.conf", "ssl.conf", ".htaccess",
	};
	struct line_count count;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_ends(name, names[i]))
			return 95;
	count = count_lines(head, "#", is_conf_line);
	if (!count.lines || count.fitting < count.lines)
		return 0;
	if (span_find(head, SPAN("<VirtualHost")) || span_find(head, SPAN("<IfModule")) || span_find(head, SPAN("<Directory")))
		return 75;
	return span_ends(name, ".conf") ? 25 : 0;
}

const struct format format_conf = {
	.name = "conf",
	.help = "line directives: Apache, HAProxy, sshd_config, redis.conf, pg_hba.conf",
	.bid = conf_bid,
	.read = conf_read,
};
