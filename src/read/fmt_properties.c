/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Java .properties (java.util.Properties.load): key and value parted by '=', ':' or blanks, lines continued by a backslash,
 * \uXXXX. Dotted keys stay whole: spring.datasource.url is one key. ${...} is a template, kept as written.
 */
#include "read/line.h"

struct reader {
	struct builder *b;
	const struct text *t;
	struct span text;
	uint32_t at;
};

/* A line goes on when an odd number of backslashes ends it. */
static bool is_continued(struct span text, const struct line *l)
{
	uint32_t i = l->to;

	while (i > l->from && text.p[i - 1] == '\\')
		i--;
	return (l->to - i) % 2 == 1 && l->next > l->to;
}

/* End of the logical line that starts with l; next tells the line behind it. */
static uint32_t logical_end(const struct reader *r, struct line l, uint32_t *ret_next)
{
	while (is_continued(r->text, &l) && l.next < r->text.n)
		l = line_at(r->text, l.next);
	*ret_next = l.next;
	return l.to;
}

static uint32_t key_end(struct span text, uint32_t from, uint32_t to)
{
	while (from < to && text.p[from] != '=' && text.p[from] != ':' && !line_blank(text.p[from]) && text.p[from] != '\f')
		from += text.p[from] == '\\' && from + 1 < to ? 2 : 1;
	return from;
}

static bool properties_line(struct reader *r)
{
	struct line l = line_at(r->text, r->at);
	struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN};
	const struct fact *made;
	uint32_t from = line_skip(r->text, l.from, l.to), to, end, value;

	r->at = l.next;
	if (from == l.to)
		return true;
	if (r->text.p[from] == '#' || r->text.p[from] == '!') {
		build_comment(r->b, r->t, from, l.to);
		return !build_full(r->b);
	}
	to = logical_end(r, l, &r->at);
	end = key_end(r->text, from, to);
	value = line_skip(r->text, end, to);
	if (value < to && (r->text.p[value] == '=' || r->text.p[value] == ':'))
		value = line_skip(r->text, value + 1, to);
	f.head = (struct place){from, end - from};
	f.key = line_key(r->b, r->t, from, end, DECODE_PROPERTIES);
	line_value(r->b, r->t, &f, value, to, DECODE_PROPERTIES, true);
	made = build_fact(r->b, r->t, &f);
	line_duplicate(r->b, r->t, made, f.head, DIAG_WARNING);
	return made;
}

static void properties_read(struct builder *b, const struct text *t)
{
	struct reader r = {.b = b, .t = t, .text = t->bytes};
	struct fact root = {.kind = FACT_BLOCK};

	if (!build_open(b, t, &root))
		return;
	while (r.at < r.text.n && properties_line(&r))
		;
	build_close(b, t, (uint32_t)r.text.n);
}

/* a.b-c=value: a dotted name in small letters tells properties from .env and INI. */
static bool is_properties_line(struct span line)
{
	uint32_t end = word_end(line, 0, (uint32_t)line.n, "_.-[]"), equals = line_skip(line, end, (uint32_t)line.n);

	return end && memchr(line.p, '.', end) && equals < line.n && line.p[equals] == '=';
}

/* Of RabbitMQ's own file, where a name needs no dot. */
static bool is_setting_line(struct span line)
{
	uint32_t end = word_end(line, 0, (uint32_t)line.n, "_.-"), equals = line_skip(line, end, (uint32_t)line.n);

	return end && equals < line.n && line.p[equals] == '=';
}

static int properties_bid(struct span name, struct span head)
{
	struct line_count count;

	if (span_ends(name, ".properties"))
		return 90;
	if (span_ends(name, "rabbitmq.conf")) {
		count = count_lines(head, "#", is_setting_line);
		if (count.lines && count.fitting == count.lines)
			return 90;
	}
	count = count_lines(head, "#!", is_properties_line);
	return count.lines > 1 && count.fitting * 10 >= count.lines * 8 ? 35 : 0;
}

const struct format format_properties = {
	.name = "properties",
	.help = "Java properties: key=value, escapes, continued lines",
	.bid = properties_bid,
	.read = properties_read,
};
