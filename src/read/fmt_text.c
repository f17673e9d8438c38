/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Text of no format known: one fact a line that is not empty, so that rules over text still have something to look at.
 * Bids least of all. It reads no structure into prose.
 */
#include "read/read.h"

static int text_bid(struct span name, struct span head)
{
	size_t odd = 0;

	if (span_ends(name, ".txt") || span_ends(name, ".md") || span_ends(name, ".log") || span_ends(name, ".sql") || span_ends(name, ".hl7"))
		return 80;
	for (size_t i = 0; i < head.n; i++) {
		unsigned char c = (unsigned char)head.p[i];

		odd += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b;
	}
	return odd * 20 <= head.n;      /* an empty file is read, and has nothing */
}

static uint32_t line_stop(struct span in, uint32_t at)
{
	while (at < in.n && in.p[at] != '\n' && in.p[at] != '\r')
		at++;
	return at;
}

static bool text_line(struct builder *b, const struct text *t, uint32_t from, uint32_t to)
{
	struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN};

	while (from < to && (t->bytes.p[from] == ' ' || t->bytes.p[from] == '\t'))
		from++;
	while (to > from && (t->bytes.p[to - 1] == ' ' || t->bytes.p[to - 1] == '\t'))
		to--;
	if (from == to)
		return true;
	f.value = span_cut(t->bytes, from, to);
	f.at.offset = from;
	f.at.length = to - from;
	return build_fact(b, t, &f) != NULL;
}

static void text_read(struct builder *b, const struct text *t)
{
	struct fact root = {.kind = FACT_LIST, .at = {0, (uint32_t)t->bytes.n}};

	if (!build_open(b, t, &root))
		return;
	for (uint32_t at = 0; at < t->bytes.n;) {
		uint32_t end = line_stop(t->bytes, at);

		if (!text_line(b, t, at, end))
			break;
		at = end + 1;
	}
	build_close(b, t, (uint32_t)t->bytes.n);
}

const struct format format_text = {
	.name = "text",
	.help = "plain text of no format known, line by line",
	.bid = text_bid,
	.read = text_read,
};
