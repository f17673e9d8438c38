/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What nobody read: the words of a document that stand in no value, key, label, comment or diagnostic. Punctuation and blanks are
 * grammar and not counted. It looks at the facts only, so that it can catch a reader that loses something in silence.
 */
#include "read/read_p.h"

struct cover {
	const struct doc *d;
	unsigned char *bits;
};

static void mark(struct cover *c, struct place at)
{
	uint64_t end = (uint64_t)at.offset + at.length;

	for (uint64_t i = at.offset; i < end && i < c->d->bytes.n; i++)
		c->bits[i / 8] |= (unsigned char)(1 << i % 8);
}

/* The same for bytes of the text, which are others in UTF-16. */
static void mark_text(struct cover *c, size_t from, size_t n)
{
	uint32_t at = offset_out(c->d->text.map, (uint32_t)from);

	mark(c, (struct place){at, offset_out(c->d->text.map, (uint32_t)(from + n)) - at});
}

static bool is_marked(const struct cover *c, size_t i)
{
	return c->bits[i / 8] >> i % 8 & 1;
}

static bool is_word(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Labels have no places of their own: each must stand in the header, behind the one before. */
static void mark_labels(struct cover *c, const struct fact *f)
{
	size_t at = (size_t)f->head.offset + f->head.length;

	for (uint32_t i = 0; i < fact_label_count(f); i++) {
		struct span label = span_of(fact_labels(f)[i]), rest = span_cut(c->d->bytes, at, c->d->bytes.n);
		const char *line = memchr(rest.p, '\n', rest.n), *found = span_find(rest, label);

		if (!label.n || !found || (line && found > line))
			return;
		at = (size_t)(found - c->d->bytes.p);
		mark(c, (struct place){(uint32_t)at, (uint32_t)label.n});
		at += label.n;
	}
}

/* A dotted name before a key repeats the keys above it: [tool.mypy] in TOML, a.b = 1. */
static void mark_dotted(struct cover *c, const struct fact *f)
{
	const struct fact *p = f->parent;
	size_t at = f->head.offset;

	if (!f->key)      /* the head of a list's item names the list: [[tool.overrides]] */
		p = p ? p->parent : NULL;
	for (; p; p = p->parent) {
		struct span key = p->key ? span_of(p->key) : SPAN("");

		if (!key.n)
			continue;
		while (at && strchr(" \t.\"'", c->d->bytes.p[at - 1]) && c->d->bytes.p[at - 1])
			at--;
		if (at < key.n || !span_eq(span_cut(c->d->bytes, at - key.n, at), key))
			return;
		at -= key.n;
		mark(c, (struct place){(uint32_t)at, (uint32_t)key.n});
	}
}

/* The words around a heredoc name its end and are grammar: <<EOT on the line before, EOT behind. */
static void mark_heredoc(struct cover *c, const struct fact *f)
{
	struct span s = c->d->bytes;
	size_t end = f->at.offset, from = end - (end > 0), to;
	struct span word;

	while (from && s.p[from - 1] != '\n' && !(s.p[from] == '<' && s.p[from - 1] == '<'))
		from--;
	from += s.p[from] == '<';
	from += from < end && s.p[from] == '-';
	word = span_trim(span_cut(s, from, end));
	to = f->at.offset + f->at.length;
	while (to < s.n && strchr(" \t\r\n", s.p[to]) && s.p[to])
		to++;
	if (!word.n || word.n > s.n - to || !span_eq(span_cut(s, to, to + word.n), word))
		return;
	mark(c, (struct place){(uint32_t)from, (uint32_t)(end - from)});
	mark(c, (struct place){(uint32_t)to, (uint32_t)word.n});
}

static void mark_fact(struct cover *c, const struct fact *f)
{
	mark(c, f->head);
	mark_labels(c, f);
	if (f->head.length)
		mark_dotted(c, f);
	if (f->at.offset && f->at.offset <= c->d->bytes.n && c->d->bytes.p[f->at.offset - 1] == '\n')
		mark_heredoc(c, f);
	if (!fact_has_parts(f) || f->value.n)
		mark(c, f->at);
}

/* Of the rows whose cells name the columns: a first one may be short. */
#define ROWS_LOOKED_AT 20

/* Names of columns are keys of every row and stand once, above the first. */
static void mark_columns_of(struct cover *c, const struct fact *row)
{
	struct span s = c->d->text.bytes;
	size_t at = 0;

	for (const struct fact *f = row->first; f; f = f->next) {
		struct span key = span_of(f->key ? f->key : ""), rest = span_cut(s, at, s.n);
		const char *found = key.n ? span_find(rest, key) : NULL;

		if (!found || offset_out(c->d->text.map, (uint32_t)(found - s.p)) >= c->d->roots[0]->first->at.offset)
			continue;
		at = (size_t)(found - s.p);
		mark_text(c, at, key.n);
		at += key.n;
	}
}

static void mark_columns(struct cover *c)
{
	/* analyser: what is counted is there */
	const struct fact *row = c->d->root_count ? c->d->roots[0]->first : NULL;

	for (int i = 0; row && i < ROWS_LOOKED_AT; i++, row = row->next)
		mark_columns_of(c, row);
}

/* ------------------------------------------------------------------ words that are grammar */

static size_t word_at(struct span s, size_t at)
{
	size_t end = at;

	while (end < s.n && (is_word((unsigned char)s.p[end]) || s.p[end] == '_'))
		end++;
	return end - at;
}

/* &anchor, *alias, !tag: what they mean is in the facts. The head of a block scalar, |2-. */
static size_t yaml_word(struct span s, size_t at)
{
	size_t end = at + 1;

	if (s.p[at] == '%' && (!at || s.p[at - 1] == '\n'))      /* %YAML 1.2 */
		return (memchr(s.p + at, '\n', s.n - at) ? (size_t)((const char *)memchr(s.p + at, '\n', s.n - at) - s.p) : s.n) - at;
	if (!strchr("&*!|>", s.p[at]) || !s.p[at] || (at && !strchr(" \t\r\n[{,-:", s.p[at - 1])))
		return 0;
	while (end < s.n && (is_word((unsigned char)s.p[end]) || strchr("_-.:/!%~+", s.p[end])) && s.p[end])
		end++;
	return end - at;
}

/* </name> repeats the name; <?xml ...?> and CDATA say how to read. */
static size_t xml_word(struct span s, size_t at)
{
	static const struct {
		const char *from, *to;
	} kinds[] = {{"</", ">"}, {"<?xml ", "?>"}, {"<![CDATA", "["}};
	struct span rest = span_cut(s, at, s.n);

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *end = span_starts(rest, kinds[i].from) ? span_find(rest, span_of(kinds[i].to)) : NULL;

		if (end)
			return (size_t)(end - rest.p);
	}
	return 0;
}

/* A function that was worked out, with its arguments for facts: toset([...]), jsonencode({...}). */
static size_t hcl_word(struct span s, size_t at)
{
	size_t n = word_at(s, at);

	return at + n < s.n && s.p[at + n] == '(' ? n : 0;
}

static size_t bicep_word(struct span s, size_t at)
{
	static const char *const words[] = {"if", "for", "in", "string", "int", "bool", "object", "array", "resourceInput", "resourceOutput"};
	size_t n = word_at(s, at);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is(span_cut(s, at, at + n), words[i]))
			return n;
	return 0;
}

static size_t env_word(struct span s, size_t at)
{
	return span_starts(span_cut(s, at, s.n), "export ") ? 6 : 0;
}

static size_t csv_word(struct span s, size_t at)
{
	return !at && span_starts(s, "sep=") ? 4 : 0;
}

static const struct grammar {
	const char *format;
	size_t (*word)(struct span s, size_t at);      /* length of a word of grammar that begins there; 0: none */
} grammars[] = {
	{"yaml", yaml_word}, {"xml", xml_word}, {"conf", xml_word}, {"hcl", hcl_word}, {"bicep", bicep_word}, {"env", env_word}, {"csv", csv_word},
};

static void mark_grammar(struct cover *c)
{
	const struct grammar *g = NULL;
	struct span s = c->d->text.bytes;

	for (size_t i = 0; i < sizeof grammars / sizeof *grammars; i++)
		if (c->d->format && !strcmp(c->d->format->name, grammars[i].format))
			g = &grammars[i];
	for (size_t at = 0, n; g && at < s.n; at += n ? n : 1) {
		bool inside = at && is_word((unsigned char)s.p[at]) && is_word((unsigned char)s.p[at - 1]);

		n = inside || is_marked(c, offset_out(c->d->text.map, (uint32_t)at)) ? 0 : g->word(s, at);
		if (n)
			mark_text(c, at, n);
	}
}

static void mark_all(struct cover *c)
{
	const struct doc *d = c->d;

	for (size_t i = 0; i < d->root_count; i++)
		for (const struct fact *f = d->roots[i]; f; f = fact_next(f, d->roots[i]))
			mark_fact(c, f);
	for (size_t i = 0; i < d->comment_count; i++)
		mark(c, d->comments[i]->at);
	for (size_t i = 0; i < d->diag_count; i++)
		mark(c, d->diags[i].at);
	if (d->format && !strcmp(d->format->name, "csv"))
		mark_columns(c);
	mark(c, (struct place){0, offset_out(d->text.map, 0)});      /* the byte order mark */
	mark_grammar(c);
}

void doc_unread(struct arena *a, const struct doc *d, struct unread *ret)
{
	struct cover c = {.d = d, .bits = arena_alloc(a, d->bytes.n / 8 + 1)};

	*ret = (struct unread){0};
	mark_all(&c);
	for (size_t i = 0, end; i < d->bytes.n; i = end) {
		end = i + 1;
		if (is_marked(&c, i) || !is_word((unsigned char)d->bytes.p[i]))
			continue;
		while (end < d->bytes.n && !is_marked(&c, end) && is_word((unsigned char)d->bytes.p[end]))
			end++;
		ret->bytes += end - i;
		*ARENA_PUSH(a, ret->places, ret->count) = (struct place){(uint32_t)i, (uint32_t)(end - i)};
	}
}
