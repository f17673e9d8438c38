/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Dockerfile and Containerfile: an instruction is a fact whose key is its name. ENV, LABEL and ARG are blocks of their
 * pairs (a default of ARG can be replaced at build time: overridable); EXPOSE, COPY, ADD and VOLUME are lists of their words;
 * the others are one text, whose JSON form the builder reads. Lines are continued by the escape character, comment
 * lines between them are no part of the text; here-documents are. Shell text is not looked into.
 */
#include "read/line.h"

enum shape { SHAPE_TEXT, SHAPE_COMPUTED, SHAPE_WORDS, SHAPE_PAIRS, SHAPE_ARG, SHAPE_FROM };

static const struct instruction {
	const char *name;
	enum shape shape;
} instructions[] = {
	{"FROM", SHAPE_FROM}, {"ENV", SHAPE_PAIRS}, {"LABEL", SHAPE_PAIRS}, {"ARG", SHAPE_ARG},
	{"EXPOSE", SHAPE_WORDS}, {"COPY", SHAPE_WORDS}, {"ADD", SHAPE_WORDS}, {"VOLUME", SHAPE_WORDS},
	{"USER", SHAPE_COMPUTED}, {"WORKDIR", SHAPE_COMPUTED}, {"STOPSIGNAL", SHAPE_COMPUTED}, {"MAINTAINER", SHAPE_TEXT},
	{"RUN", SHAPE_TEXT}, {"CMD", SHAPE_TEXT}, {"ENTRYPOINT", SHAPE_TEXT}, {"SHELL", SHAPE_TEXT},
	{"HEALTHCHECK", SHAPE_TEXT}, {"ONBUILD", SHAPE_TEXT},
};

struct reader {
	struct builder *b;
	const struct text *t;
	struct span text;
	uint32_t at;
	char escape;
};

static const struct instruction *find_instruction(struct span name)
{
	for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++)
		if (span_eq_nocase(name, span_of(instructions[i].name)))
			return &instructions[i];
	return NULL;
}

/* ------------------------------------------------------------------ lines */

static bool is_continued(const struct reader *r, const struct line *l)
{
	uint32_t end = line_trim(r->text, l->from, l->to);

	return end > l->from && r->text.p[end - 1] == r->escape && l->next > l->to;
}

static bool is_comment_line(const struct reader *r, const struct line *l)
{
	uint32_t from = line_skip(r->text, l->from, l->to);

	return from < l->to && r->text.p[from] == '#';
}

/* End of the logical line that starts at from; r->at moves behind it. */
static uint32_t logical_end(struct reader *r, uint32_t from)
{
	struct line l = line_at(r->text, from);
	uint32_t end = l.to;
	bool goes_on = is_continued(r, &l);

	while (goes_on && l.next < r->text.n) {
		l = line_at(r->text, l.next);
		if (is_comment_line(r, &l))
			build_comment(r->b, r->t, line_skip(r->text, l.from, l.to), l.to);
		if (is_comment_line(r, &l) || line_skip(r->text, l.from, l.to) == l.to)
			continue;      /* an empty line does not end the instruction either */
		end = l.to;
		goes_on = is_continued(r, &l);
	}
	r->at = l.next;
	return line_trim(r->text, from, end);
}

/* The lines of here-documents that the text [from, to) asks for (<<EOF, <<-"EOF"); returns the new end. */
static uint32_t here_documents(struct reader *r, uint32_t from, uint32_t to)
{
	uint32_t end = to;

	for (uint32_t i = from; i + 2 < to; i++) {
		uint32_t name, name_end;
		struct span word;

		if (r->text.p[i] != '<' || r->text.p[i + 1] != '<' || r->text.p[i + 2] == '<')
			continue;
		name = i + 2 + (r->text.p[i + 2] == '-');
		name += name < to && (r->text.p[name] == '"' || r->text.p[name] == '\'');
		name_end = word_end(r->text, name, to, "_");
		word = span_cut(r->text, name, name_end);
		i = name_end;
		while (word.n && r->at < r->text.n) {
			struct line l = line_at(r->text, r->at);

			end = l.to;
			r->at = l.next;
			if (span_eq(span_trim(span_cut(r->text, l.from, l.to)), word))
				break;
		}
	}
	return end;
}

/* ------------------------------------------------------------------ words */

/* Over blanks and continued line ends, with the comment lines behind them. */
static uint32_t skip_between(const struct reader *r, uint32_t from, uint32_t to)
{
	bool new_line = false;

	for (;;) {
		struct line l;
		bool joins;

		from = line_skip(r->text, from, to);
		if (from >= to)
			return to;
		l = line_at(r->text, from);
		joins = r->text.p[from] == r->escape && line_skip(r->text, from + 1, l.to) == l.to;
		if (!joins && from < l.to && !(new_line && r->text.p[from] == '#'))
			return from;
		new_line = true;
		from = l.next < to ? l.next : to;
	}
}

/* End of a word: blanks in quotes and behind a backslash belong to it. */
static uint32_t word_stop(const struct reader *r, uint32_t from, uint32_t to)
{
	while (from < to && !line_blank(r->text.p[from]) && r->text.p[from] != '\n' && r->text.p[from] != '\r') {
		char c = r->text.p[from];

		if (c == '"' || c == '\'') {
			from = quote_end(r->text, from + 1, to, c, c == '"');
			from += from < to;
		} else if (c == r->escape) {
			struct line l = line_at(r->text, from);

			if (line_skip(r->text, from + 1, l.to) == l.to)
				break;
			from += 2;
		} else {
			from++;
		}
	}
	return from < to ? from : to;
}

/* $NAME or ${NAME}. */
static bool has_variable(struct span v)
{
	for (size_t i = 0; i + 1 < v.n; i++) {
		if (v.p[i] == '\\')
			i++;
		else if (v.p[i] == '$' && (v.p[i + 1] == '{' || v.p[i + 1] == '_' || ((v.p[i + 1] | 0x20) >= 'a' && (v.p[i + 1] | 0x20) <= 'z')))
			return true;
	}
	return false;
}

/* raw: as it is written, where a backslash still guards the sign. */
static void computed(struct fact *f, struct span raw)
{
	if (f->kind == FACT_LITERAL && has_variable(raw)) {
		f->kind = FACT_TEMPLATE;
		f->state = FACT_UNKNOWN;
	}
}

/* A word's value, without the quotes around the whole of it. */
static void word_value(struct reader *r, struct fact *f, uint32_t from, uint32_t to)
{
	char quote = from < to ? r->text.p[from] : 0;
	bool whole = (quote == '"' || quote == '\'') && to - from > 1
		     && quote_end(r->text, from + 1, to, quote, quote == '"') == to - 1;

	f->scalar = whole ? SCALAR_STRING : SCALAR_PLAIN;
	if (whole)
		line_value(r->b, r->t, f, from + 1, to - 1, quote == '"' ? DECODE_DOUBLE_QUOTED : NO_DECODER, false);
	else
		line_value(r->b, r->t, f, from, to, r->escape == '\\' ? DECODE_PROPERTIES : NO_DECODER, false);
	if (quote != '\'')
		computed(f, span_cut(r->text, from, to));
}

/* ------------------------------------------------------------------ instructions */

static void tell_text(struct reader *r, struct fact *f, uint32_t from, uint32_t to, bool may_compute)
{
	bool joins = r->escape == '\\' && memchr(r->text.p + from, '\n', to - from);

	f->kind = FACT_LITERAL;
	f->scalar = SCALAR_PLAIN;
	line_value(r->b, r->t, f, from, to, joins ? DECODE_CONTINUED : NO_DECODER, false);
	if (may_compute)
		computed(f, span_cut(r->text, from, to));
	build_fact(r->b, r->t, f);
}

static void tell_words(struct reader *r, struct fact *f, uint32_t from, uint32_t to)
{
	if (from < to && r->text.p[from] == '[') {      /* the JSON form */
		tell_text(r, f, from, to, false);
		return;
	}
	f->kind = FACT_LIST;
	if (!build_open(r->b, r->t, f))
		return;
	while (from < to && !build_full(r->b)) {
		struct fact word = {.kind = FACT_LITERAL};
		uint32_t end = word_stop(r, from, to);

		word_value(r, &word, from, end > from ? end : from + 1);
		build_fact(r->b, r->t, &word);
		from = skip_between(r, end > from ? end : from + 1, to);
	}
	build_close(r->b, r->t, to);
}

/* NAME=value. Returns the pair's end. */
static uint32_t tell_pair(struct reader *r, uint32_t from, uint32_t to, bool arg)
{
	struct fact f = {.kind = FACT_LITERAL};
	uint32_t end = word_stop(r, from, to), sign = from, key_end;

	if (end == from)
		end = from + 1;
	while (sign < end && r->text.p[sign] != '=')
		sign++;
	key_end = sign;
	if (key_end - from > 1 && r->text.p[from] == '"' && r->text.p[key_end - 1] == '"') {
		from++;
		key_end--;
	}
	f.head = (struct place){from, key_end - from};
	f.key = line_key(r->b, r->t, from, key_end, NO_DECODER);
	if (sign == end) {      /* ARG NAME: given at build time */
		f.kind = FACT_NULL;
		f.state = FACT_UNKNOWN;
		f.at.offset = end;
	} else {
		word_value(r, &f, sign + 1, end);
		if (arg && f.state == FACT_FIXED)
			f.state = FACT_OVERRIDABLE;
	}
	build_fact(r->b, r->t, &f);
	return end;
}

/* ENV K=V K=V, or the old ENV K V. */
static void tell_pairs(struct reader *r, struct fact *f, uint32_t from, uint32_t to, bool arg)
{
	uint32_t end = word_stop(r, from, to);

	f->kind = FACT_BLOCK;
	f->block_syntax = true;
	if (!build_open(r->b, r->t, f))
		return;
	if (!arg && end < to && !memchr(r->text.p + from, '=', end - from)) {
		struct fact pair = {.head = {from, end - from}, .key = line_key(r->b, r->t, from, end, NO_DECODER)};

		tell_text(r, &pair, skip_between(r, end, to), to, true);
	} else {
		while (from < to && !build_full(r->b))
			from = skip_between(r, tell_pair(r, from, to, arg), to);
	}
	build_close(r->b, r->t, to);
}

/* platform=linux/amd64, the dashes before it left out */
static void tell_flag(struct reader *r, uint32_t from, uint32_t to)
{
	struct fact f = {.kind = FACT_LITERAL};
	uint32_t sign = from;

	while (sign < to && r->text.p[sign] != '=')
		sign++;
	f.head = (struct place){from, sign - from};
	f.key = line_key(r->b, r->t, from, sign, NO_DECODER);
	word_value(r, &f, sign < to ? sign + 1 : to, to);
	build_fact(r->b, r->t, &f);
}

/* FROM [--platform=...] image [AS name] */
static void tell_from(struct reader *r, struct fact *f, uint32_t from, uint32_t to)
{
	uint32_t end = word_stop(r, from, to), as, name;
	struct fact stage = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN};

	while (end < to && to - from > 2 && r->text.p[from] == '-' && r->text.p[from + 1] == '-') {
		tell_flag(r, from + 2, end);
		from = skip_between(r, end, to);
		end = word_stop(r, from, to);
	}
	f->kind = FACT_LITERAL;
	word_value(r, f, from, end);
	build_fact(r->b, r->t, f);
	as = skip_between(r, end, to);
	name = skip_between(r, word_stop(r, as, to), to);
	if (name < to && span_eq_nocase(span_cut(r->text, as, word_stop(r, as, to)), SPAN("as"))) {
		stage.key = build_intern(r->b, SPAN("AS"));
		stage.head = (struct place){as, 2};
		word_value(r, &stage, name, word_stop(r, name, to));
		build_fact(r->b, r->t, &stage);
	}
}

static void tell_instruction(struct reader *r, enum shape shape, struct fact *f, uint32_t from, uint32_t to)
{
	f->at.offset = from;
	switch (shape) {
	case SHAPE_FROM: tell_from(r, f, from, to); break;
	case SHAPE_PAIRS: tell_pairs(r, f, from, to, false); break;
	case SHAPE_ARG: tell_pairs(r, f, from, to, true); break;
	case SHAPE_WORDS: tell_words(r, f, from, to); break;
	case SHAPE_COMPUTED: tell_text(r, f, from, to, true); break;
	case SHAPE_TEXT: tell_text(r, f, from, to, false); break;
	}
}

/* Comment lines among those that an instruction goes on over. */
static void tell_comments(struct reader *r, const struct line *first, uint32_t to)
{
	for (struct line l = *first; l.next < to;) {
		uint32_t from;

		l = line_at(r->text, l.next);
		from = line_skip(r->text, l.from, l.to);
		if (from < l.to && r->text.p[from] == '#')
			build_comment(r->b, r->t, from, l.to);
	}
}

/* The texts behind COPY and ADD, down to the last word that ends one. */
static void tell_here_documents(struct reader *r, uint32_t from, uint32_t to)
{
	struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN, .key = build_intern(r->b, SPAN("here-document"))};

	from = line_at(r->text, from).next;
	if (from >= to)
		return;
	line_value(r->b, r->t, &f, from, to, NO_DECODER, false);
	build_fact(r->b, r->t, &f);
}

static void instruction_line(struct reader *r, const struct line *l, uint32_t from)
{
	uint32_t name_end = word_end(r->text, from, l->to, "_"), to = logical_end(r, l->from), value, texts = 0;
	struct fact f = {.head = {from, name_end - from}};
	const struct instruction *i = find_instruction(span_cut(r->text, from, name_end));

	value = skip_between(r, name_end, to);
	if (!i || value == name_end) {
		build_diag(r->b, r->t, DIAG_ERROR, from, l->to, "syntax", "expected an instruction and its text");
		return;
	}
	tell_comments(r, l, to);
	if (value < to && i->shape == SHAPE_TEXT)
		to = here_documents(r, value, to);
	else if (value < to && i->shape == SHAPE_WORDS)
		texts = here_documents(r, value, to);      /* no words of the instruction */
	f.key = line_key(r->b, r->t, from, name_end, NO_DECODER);
	tell_instruction(r, i->shape, &f, value, to);
	if (texts > to)
		tell_here_documents(r, to, texts);
}

/* `# escape=` as one of the first lines */
static void look_for_escape(struct reader *r, const struct line *l)
{
	struct span comment = span_trim(span_cut(r->text, l->from, l->to));

	comment = span_trim(span_cut(comment, 1, comment.n));
	if (span_starts(comment, "escape=") && comment.n == 8 && comment.p[7] == '`')
		r->escape = '`';
}

static void dockerfile_read(struct builder *b, const struct text *t)
{
	struct reader r = {.b = b, .t = t, .text = t->bytes, .escape = '\\'};
	bool started = false;

	if (!build_open(b, t, &(struct fact){.kind = FACT_BLOCK}))
		return;
	while (r.at < r.text.n && !build_full(b)) {
		struct line l = line_at(r.text, r.at);
		uint32_t from = line_skip(r.text, l.from, l.to);

		r.at = l.next;
		if (is_comment_line(&r, &l)) {
			if (!started)
				look_for_escape(&r, &l);
			build_comment(b, t, from, l.to);
		} else if (from < l.to) {
			started = true;
			instruction_line(&r, &l, from);
		}
	}
	build_close(b, t, (uint32_t)r.text.n);
}

static bool is_instruction_line(struct span line)
{
	uint32_t end = word_end(line, 0, (uint32_t)line.n, "_");

	return end < line.n && line_blank(line.p[end]) && find_instruction(span_cut(line, 0, end)) && *line.p >= 'A' && *line.p <= 'Z';
}

static int dockerfile_bid(struct span name, struct span head)
{
	struct line_count count;

	if (span_is(name, "Dockerfile") || span_starts(name, "Dockerfile.") || span_is(name, "Containerfile")
	    || span_ends(name, ".dockerfile") || span_ends(name, ".Dockerfile"))
		return 90;
	if (!span_find(head, SPAN("FROM ")))
		return 0;
	count = count_lines(head, "#", is_instruction_line);
	return count.fitting > 1 && count.fitting * 10 >= count.lines * 6 ? 50 : 0;
}

const struct format format_dockerfile = {
	.name = "dockerfile",
	.help = "Dockerfile and Containerfile",
	.bid = dockerfile_bid,
	.read = dockerfile_read,
};
