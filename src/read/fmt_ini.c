/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * INI in its dialects: desktop and systemd units, my.cnf, php.ini, git's configuration, Python's configparser,
 * postgresql.conf. Sections are blocks; [remote "origin"] has the label origin; keys before the first section stand at the root.
 * A line that is indented deeper than its key continues the value (configparser), a backslash at its end does too (systemd).
 * ';' and '#' start a comment at the start of a line or behind a blank. Repeated keys are kept in order: systemd
 * adds them up, others take the last.
 */
#include "read/line.h"

struct reader {
	struct builder *b;
	const struct text *t;
	struct span text;
	uint32_t at, last_end;      /* last_end: behind the last thing read, where an open section ends */
	struct fact *root;
	bool in_section;
};

static bool is_comment(char c)
{
	return c == '#' || c == ';';
}

/* End of what stands before a comment in [from, to); in quotes at the start there is none. */
static uint32_t before_comment(const struct reader *r, uint32_t from, uint32_t to)
{
	uint32_t start = from;

	if (from < to && (r->text.p[from] == '"' || r->text.p[from] == '\''))
		start = quote_end(r->text, from + 1, to, r->text.p[from], r->text.p[from] == '"');
	for (uint32_t i = start < to ? start : from; i < to; i++)
		if (is_comment(r->text.p[i]) && (i == from || line_blank(r->text.p[i - 1]))) {
			build_comment(r->b, r->t, i, to);
			return line_trim(r->text, from, i);
		}
	return line_trim(r->text, from, to);
}

static void close_section(struct reader *r)
{
	if (r->in_section)
		build_close(r->b, r->t, r->last_end);
	r->in_section = false;
}

/* [name] or [name "label"] */
static bool ini_section(struct reader *r, const struct line *l, uint32_t from)
{
	uint32_t end = quote_end(r->text, from + 1, l->to, ']', false), name = line_skip(r->text, from + 1, end), name_end, quote;
	struct fact f = {.kind = FACT_BLOCK, .block_syntax = true, .at = {from, 0}};

	if (end == l->to)
		build_diag(r->b, r->t, DIAG_ERROR, from, l->to, "syntax", "expected ']' behind the section's name");
	close_section(r);
	name_end = line_trim(r->text, name, end);
	quote = quote_end(r->text, name, name_end, '"', false);
	if (quote < name_end && quote > name && r->text.p[name_end - 1] == '"' && name_end - quote > 1) {
		const char **labels = ARENA_ARRAY(builder_arena(r->b), const char *, 1);

		labels[0] = line_key(r->b, r->t, quote + 1, name_end - 1, DECODE_DOUBLE_QUOTED);
		fact_put_labels(builder_arena(r->b), &f, labels, 1);
		name_end = line_trim(r->text, name, quote);
	}
	f.key = line_key(r->b, r->t, name, name_end, NO_DECODER);
	f.head = (struct place){name, name_end - name};
	r->last_end = end < l->to ? end + 1 : end;
	before_comment(r, r->last_end, l->to);
	r->in_section = build_open(r->b, r->t, &f);
	return r->in_section;
}

static uint32_t indent_of(const struct reader *r, const struct line *l)
{
	return line_skip(r->text, l->from, l->to) - l->from;
}

/* The lines that belong to the value on l; returns the value's end. */
static uint32_t value_end(struct reader *r, const struct line *l, uint32_t from, enum decoder_kind *ret_kind)
{
	uint32_t indent = indent_of(r, l), to = l->to;
	struct line next;

	*ret_kind = NO_DECODER;
	while (to > from && r->text.p[to - 1] == '\\' && r->at < r->text.n) {
		next = line_at(r->text, r->at);
		to = next.to;
		r->at = next.next;
		*ret_kind = DECODE_CONTINUED;
	}
	if (*ret_kind == DECODE_CONTINUED)
		return line_trim(r->text, from, to);
	to = before_comment(r, from, to);
	for (; r->at < r->text.n; r->at = next.next) {
		uint32_t text;

		next = line_at(r->text, r->at);
		text = line_skip(r->text, next.from, next.to);
		if (text == next.to || indent_of(r, &next) <= indent || is_comment(r->text.p[text]))
			break;
		to = line_trim(r->text, text, next.to);
	}
	return to;
}

static void ini_value(struct reader *r, struct fact *f, uint32_t from, uint32_t to, enum decoder_kind kind)
{
	char quote = from < to ? r->text.p[from] : 0;

	if (kind == NO_DECODER && (quote == '"' || quote == '\'') && to - from > 1
	    && quote_end(r->text, from + 1, to, quote, quote == '"') == to - 1) {
		f->scalar = SCALAR_STRING;
		from++;
		to--;
		kind = quote == '"' ? DECODE_DOUBLE_QUOTED : DECODE_SINGLE_QUOTED;
	}
	line_value(r->b, r->t, f, from, to, kind, true);
}

static bool ini_key(struct reader *r, const struct line *l, uint32_t from)
{
	struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN};
	uint32_t sign = from, end, value = from;
	enum decoder_kind kind;
	const struct fact *made;

	while (sign < l->to && r->text.p[sign] != '=' && r->text.p[sign] != ':')
		sign++;
	end = sign < l->to ? line_trim(r->text, from, sign) : before_comment(r, from, l->to);
	if (sign == l->to) {      /* postgresql.conf: the sign may be left out */
		r->last_end = end;
		value = end;
		for (end = from; end < value && !line_blank(r->text.p[end]); end++)
			;
		value = line_skip(r->text, end, r->last_end);
		if (r->text.p[from] == '!' || span_starts(span_cut(r->text, from, end), "include"))
			r->root->open = true;      /* !includedir /etc/mysql/conf.d */
	}
	f.head = (struct place){from, end - from};
	f.key = line_key(r->b, r->t, from, end, NO_DECODER);
	if (sign == l->to && end == r->last_end) {      /* a name alone, skip-networking: set */
		f.kind = FACT_NULL;
		f.scalar = SCALAR_NONE;
		f.at.offset = end;
	} else if (sign == l->to) {
		ini_value(r, &f, value, r->last_end, NO_DECODER);
	} else {
		value = line_skip(r->text, sign + 1, l->to);
		r->last_end = value_end(r, l, value, &kind);
		ini_value(r, &f, value, r->last_end, kind);
	}
	made = build_fact(r->b, r->t, &f);
	line_duplicate(r->b, r->t, made, f.head, DIAG_NOTE);
	return made;
}

static bool ini_line(struct reader *r)
{
	struct line l = line_at(r->text, r->at);
	uint32_t from = line_skip(r->text, l.from, l.to);

	r->at = l.next;
	if (from == l.to)
		return true;
	if (is_comment(r->text.p[from])) {
		build_comment(r->b, r->t, from, l.to);
		return !build_full(r->b);
	}
	if (r->text.p[from] == '[')
		return ini_section(r, &l, from);
	if (r->text.p[from] == '=' || r->text.p[from] == ':') {
		build_diag(r->b, r->t, DIAG_ERROR, from, l.to, "syntax", "expected a key before '%c'", r->text.p[from]);
		return true;
	}
	return ini_key(r, &l, from);
}

static void ini_read(struct builder *b, const struct text *t)
{
	struct reader r = {.b = b, .t = t, .text = t->bytes};
	struct fact root = {.kind = FACT_BLOCK};

	r.root = build_open(b, t, &root);
	if (!r.root)
		return;
	while (r.at < r.text.n && ini_line(&r))
		;
	close_section(&r);
	build_close(b, t, (uint32_t)r.text.n);
}

static bool is_ini_line(struct span line)
{
	if (*line.p == '[')
		return memchr(line.p, ']', line.n);
	return memchr(line.p, '=', line.n) && word_char(*line.p, "_-");
}

static bool starts_with_section(struct span head)
{
	for (struct line l = {0, 0, 0}; l.next < head.n;) {
		struct span line;

		l = line_at(head, l.next);
		line = span_trim(span_cut(head, l.from, l.to));
		if (line.n && !is_comment(*line.p))
			return *line.p == '[' && line.n > 2 && word_char(line.p[1], " _-") && memchr(line.p, ']', line.n)
			       && !memchr(line.p, ',', line.n);
	}
	return false;
}

static int ini_bid(struct span name, struct span head)
{
	static const char *const suffixes[] = {
		".ini", ".cfg", ".cnf", ".service", ".socket", ".timer", ".mount", ".target", ".network", ".netdev", ".desktop",
		".gitconfig", ".editorconfig", "postgresql.conf", "postgresql.auto.conf",
	};
	struct line_count count;

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (span_ends(name, suffixes[i]))
			return 90;
	count = count_lines(head, "#;!", is_ini_line);
	if (starts_with_section(head) && count.fitting * 10 >= count.lines * 7)
		return 40;
	return count.lines > 1 && count.fitting == count.lines ? 20 : 0;
}

const struct format format_ini = {
	.name = "ini",
	.help = "INI files: sections, key = value; systemd units, my.cnf, postgresql.conf",
	.bid = ini_bid,
	.read = ini_read,
};
