/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * CSV (RFC 4180) and its kin with ';' or tabs: the header row names the cells, each further row is a block of a list.
 * The separator is the one the header row uses most; a first line "sep=;" says it, as spreadsheets write. Line ends are LF, CR LF or
 * CR. Cells are not trimmed and have no type. A row of another length is kept and warned about.
 */
#include "read/line.h"
#include "read/read_p.h"

#include "base/limits.h"
#include "base/str.h"

struct csv {
	struct builder *b;
	const struct text *t;
	const char *p;
	uint32_t n, at;
	char separator;
	const char **names;
	struct place *heads;
	size_t name_count;
};

struct cell {
	struct place at;
	bool quoted, doubled;      /* doubled: has "" inside */
	bool last;                 /* of its row */
};

/* ------------------------------------------------------------------ cells */

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

static void end_row(struct csv *c)
{
	if (c->at < c->n && c->p[c->at] == '\r')
		c->at++;
	else if (c->at < c->n && c->p[c->at] == '\n') {
		c->at++;
		return;
	}
	if (c->at < c->n && c->p[c->at] == '\n')
		c->at++;
}

static void quoted_cell(struct csv *c, struct cell *cell)
{
	uint32_t from = ++c->at;

	cell->quoted = true;
	for (;;) {
		const char *quote = memchr(c->p + c->at, '"', c->n - c->at);

		if (!quote) {
			build_diag(c->b, c->t, DIAG_ERROR, from - 1, from, "syntax", "quoted cell without end");
			c->at = c->n;
			cell->at = (struct place){from, c->n - from};
			return;
		}
		c->at = (uint32_t)(quote - c->p) + 1;
		if (c->at >= c->n || c->p[c->at] != '"')
			break;
		cell->doubled = true;
		c->at++;
	}
	cell->at = (struct place){from, c->at - 1 - from};
}

static void read_cell(struct csv *c, struct cell *cell)
{
	uint32_t from = c->at;

	*cell = (struct cell){0};
	if (c->at < c->n && c->p[c->at] == '"')
		quoted_cell(c, cell);
	from = cell->quoted ? c->at : from;
	while (c->at < c->n && c->p[c->at] != c->separator && !is_line_end(c->p[c->at]))
		c->at++;
	if (!cell->quoted)
		cell->at = (struct place){from, c->at - from};
	else if (c->at > from)
		build_diag(c->b, c->t, DIAG_WARNING, from, c->at, "csv-quote", "text behind a closing quote is left out");
	cell->last = c->at >= c->n || c->p[c->at] != c->separator;
	if (!cell->last)
		c->at++;
}

static struct span cell_text(struct csv *c, const struct cell *cell)
{
	struct span source = {c->p + cell->at.offset, cell->at.length};

	if (!cell->doubled)
		return source;
	return decode_step(builder_arena(c->b), DECODE_CSV_QUOTED, (struct span){"", 0}, source, NULL);
}

/* ------------------------------------------------------------------ rows */

static void read_header(struct csv *c)
{
	struct arena *a = builder_arena(c->b);
	struct cell cell;
	size_t places = 0;

	do {
		read_cell(c, &cell);
		*ARENA_PUSH(a, c->names, c->name_count) = build_intern(c->b, cell_text(c, &cell));
		*ARENA_PUSH(a, c->heads, places) = cell.at;
	} while (!cell.last);
	end_row(c);
}

static bool add_cell(struct csv *c, const struct cell *cell, size_t column)
{
	struct fact f = {.kind = FACT_LITERAL, .scalar = cell->quoted ? SCALAR_STRING : SCALAR_PLAIN, .at = cell->at};
	char number[32];

	if (column < c->name_count) {
		f.key = c->names[column];
	} else {      /* the header has no name for it: #5 is the fifth cell */
		snprintf(number, sizeof number, "#%zu", column + 1);
		f.key = build_intern(c->b, span_of(number));
	}
	f.value = cell_text(c, cell);
	f.decoder = cell->doubled ? build_decoder(c->b, DECODE_CSV_QUOTED, NULL) : NULL;
	return build_fact(c->b, c->t, &f) != NULL;
}

static bool read_row(struct csv *c)
{
	struct fact row = {.kind = FACT_BLOCK, .at.offset = c->at};
	struct cell cell;
	size_t column = 0;

	if (!build_open(c->b, c->t, &row))
		return false;
	do {
		read_cell(c, &cell);
		if (!add_cell(c, &cell, column++))
			return false;
	} while (!cell.last);
	build_close(c->b, c->t, c->at);
	if (column != c->name_count)
		build_diag(c->b, c->t, DIAG_WARNING, row.at.offset, c->at, "ragged", "row of %zu cells under a header of %zu", column, c->name_count);
	end_row(c);
	return true;
}

static void skip_empty_lines(struct csv *c)
{
	while (c->at < c->n && is_line_end(c->p[c->at]))
		c->at++;
}

/* ------------------------------------------------------------------ the separator */

static const char separators[] = ",;\t";

/* How often each separator stands in the line at `at`, outside quotes; returns the offset of the line's end. */
static size_t count_separators(struct span in, size_t at, size_t counts[3])
{
	bool quoted = false;

	memset(counts, 0, 3 * sizeof *counts);
	for (; at < in.n && (quoted || !is_line_end(in.p[at])); at++) {
		const char *found = in.p[at] ? strchr(separators, in.p[at]) : NULL;

		if (in.p[at] == '"')
			quoted = !quoted;
		else if (found && !quoted)
			counts[found - separators]++;
	}
	return at;
}

static size_t best_of(const size_t counts[3])
{
	size_t best = 0;

	for (size_t i = 1; i < 3; i++)
		if (counts[i] > counts[best])
			best = i;
	return best;
}

static void choose_separator(struct csv *c)
{
	size_t counts[3];
	struct span in = {c->p, c->n};

	if (span_starts(in, "sep=") && c->n > 5 && strchr(separators, c->p[4]) && is_line_end(c->p[5])) {
		c->separator = c->p[4];
		c->at = 5;
		end_row(c);
		return;
	}
	count_separators(in, c->at, counts);
	c->separator = separators[best_of(counts)];
}

static void csv_read(struct builder *b, const struct text *t)
{
	struct csv c = {.b = b, .t = t, .p = t->bytes.p, .n = (uint32_t)t->bytes.n};
	int depth = builder_depth(b);
	uint32_t header;

	skip_empty_lines(&c);
	choose_separator(&c);
	if (!build_open(b, t, &(struct fact){.kind = FACT_LIST, .at = {c.at, 0}}))
		return;
	header = c.at;
	if (c.at < c.n)
		read_header(&c);
	if (c.at == c.n && c.at > header)      /* no row has its names for keys */
		build_comment(b, t, header, header + (uint32_t)span_trim(span_cut(t->bytes, header, c.at)).n);
	for (skip_empty_lines(&c); c.at < c.n; skip_empty_lines(&c))
		if (!read_row(&c))
			break;
	while (builder_depth(b) > depth)
		build_close(b, t, c.at);
}

/* Content alone is a weak sign: at least three columns, and every line of the head has as many. */
static int csv_bid(struct span name, struct span head)
{
	size_t first[3], counts[3], at, best, lines = 1;

	if (span_ends(name, ".csv") || span_ends(name, ".tsv"))
		return 90;
	at = count_separators(head, 0, first);
	best = best_of(first);
	if (first[best] < 2 || starts_sql(head))
		return 0;
	while (at < head.n) {
		while (at < head.n && is_line_end(head.p[at]))
			at++;
		if (at >= head.n)
			break;
		at = count_separators(head, at, counts);
		if (at >= head.n && head.n >= HEAD_BYTES)
			break;      /* cut by the head, not by its author */
		if (counts[best] != first[best])
			return 0;
		lines++;
	}
	return lines > 1 ? 25 : 0;
}

const struct format format_csv = {
	.name = "csv",
	.help = "CSV with ',', ';' or tabs; the header row names the cells",
	.bid = csv_bid,
	.read = csv_read,
};
