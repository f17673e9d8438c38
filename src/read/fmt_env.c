/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * .env files: NAME=value, as shells, Docker and the dotenv libraries agree on it. Double quotes know backslash escapes,
 * single quotes and backquotes none; both may go over several lines. A '#' behind a blank starts a comment.
 * ${...} outside single quotes is a template, kept as written; $NAME without braces is taken literally, as Docker does.
 */
#include "read/line.h"

struct reader {
	struct builder *b;
	const struct text *t;
	struct span text;
	uint32_t at;
};

/* End of an unquoted value: in front of a comment, without trailing blanks. */
static uint32_t bare_end(const struct reader *r, uint32_t from, uint32_t to, uint32_t *ret_comment)
{
	*ret_comment = to;
	for (uint32_t i = from; i < to; i++)
		if (r->text.p[i] == '#' && (i == from || line_blank(r->text.p[i - 1]))) {
			*ret_comment = i;
			break;
		}
	return line_trim(r->text, from, *ret_comment);
}

/* The value behind '='. Returns the offset behind its last line. */
static uint32_t env_value(struct reader *r, struct fact *f, const struct line *l, uint32_t from)
{
	uint32_t comment, end, rest;
	struct line last;
	char quote = from < l->to ? r->text.p[from] : 0;

	if (quote == '"' || quote == '\'' || quote == '`') {
		end = quote_end(r->text, from + 1, (uint32_t)r->text.n, quote, quote == '"');
		last = line_at(r->text, end);
		rest = end < r->text.n ? line_skip(r->text, end + 1, last.to) : end;
		if (end == r->text.n) {
			build_diag(r->b, r->t, DIAG_ERROR, from, from + 1, "syntax", "the quote that starts here is not closed");
			end = l->to;
			last = *l;
			rest = end;
		}
		if (rest == last.to || r->text.p[rest] == '#') {
			f->scalar = SCALAR_STRING;
			line_value(r->b, r->t, f, from + 1, end, quote == '"' ? DECODE_DOUBLE_QUOTED : NO_DECODER, quote != '\'');
			if (rest < last.to)
				build_comment(r->b, r->t, rest, last.to);
			return last.next;
		}
	}
	end = bare_end(r, from, l->to, &comment);
	line_value(r->b, r->t, f, from, end, NO_DECODER, true);
	if (comment < l->to)
		build_comment(r->b, r->t, comment, l->to);
	return l->next;
}

static bool env_line(struct reader *r, const struct line *l)
{
	uint32_t from = line_skip(r->text, l->from, l->to), end, equals;
	struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN};
	const struct fact *made;

	r->at = l->next;
	if (from == l->to)
		return true;
	if (r->text.p[from] == '#') {
		build_comment(r->b, r->t, from, l->to);
		return !build_full(r->b);
	}
	if (span_starts(span_cut(r->text, from, l->to), "export "))
		from = line_skip(r->text, from + 7, l->to);
	end = word_end(r->text, from, l->to, "_.-");
	equals = line_skip(r->text, end, l->to);
	if (end == from || (equals < l->to && r->text.p[equals] != '=')) {
		build_diag(r->b, r->t, DIAG_ERROR, from, l->to, "syntax", "expected NAME=value");
		return true;
	}
	f.head = (struct place){from, end - from};
	f.key = line_key(r->b, r->t, from, end, NO_DECODER);
	if (equals == l->to) {      /* a name alone: passed on from the environment */
		f.kind = FACT_NULL;
		f.state = FACT_UNKNOWN;
		f.at.offset = end;
	} else {
		r->at = env_value(r, &f, l, line_skip(r->text, equals + 1, l->to));
	}
	made = build_fact(r->b, r->t, &f);
	line_duplicate(r->b, r->t, made, f.head, DIAG_WARNING);
	return made;
}

static void env_read(struct builder *b, const struct text *t)
{
	struct reader r = {.b = b, .t = t, .text = t->bytes};
	struct fact root = {.kind = FACT_BLOCK};

	if (!build_open(b, t, &root))
		return;
	while (r.at < r.text.n) {
		struct line l = line_at(r.text, r.at);

		if (!env_line(&r, &l))
			break;
	}
	build_close(b, t, (uint32_t)r.text.n);
}

/* NAME=value with a name in capitals: what tells .env from other lists of settings. */
static bool is_env_line(struct span line)
{
	uint32_t i = span_starts(line, "export ") ? 7 : 0, from = i;

	while (i < line.n && ((line.p[i] >= 'A' && line.p[i] <= 'Z') || line.p[i] == '_' || (i > from && line.p[i] >= '0' && line.p[i] <= '9')))
		i++;
	return i > from && i < line.n && line.p[i] == '=';
}

static int env_bid(struct span name, struct span head)
{
	struct line_count count;

	if (span_is(name, ".env") || span_starts(name, ".env.") || span_ends(name, ".env") || span_is(name, "environment")
	    || span_is(name, ".envrc"))
		return 90;
	count = count_lines(head, "#", is_env_line);
	return count.lines > 1 && count.fitting * 10 >= count.lines * 8 ? 45 : 0;
}

const struct format format_env = {
	.name = "env",
	.help = "environment files: NAME=value",
	.bid = env_bid,
	.read = env_read,
};
