/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A table's rows to records, by a list of its columns: from a CSV file that was read, or from the program's own table. A cell
 * goes where the column of its name says, the first of that name; what has no column is passed over.
 */
#include "know/know_p.h"

/* A record that is being filled. */
struct filling {
	const struct column *columns, *next;      /* next: columns come in the file's order, so the next cell is mostly that one's */
	char *record;
	uint32_t filled;                          /* a bit for each column */
};

struct rows rows_of_fact(const struct fact *root)
{
	struct rows r = {.fact = root->first};

	FACT_EACH(row, root)
		r.count += row->kind == FACT_BLOCK;
	return r;
}

struct rows rows_of_table(const struct table_node *root)
{
	struct rows r = {.node = root + 1, .end = root + root->size};

	TABLE_EACH(row, root)
		r.count += row->kind == FACT_BLOCK;
	return r;
}

static const struct column *column_named(const struct filling *f, const char *name)
{
	if (f->next->name && !strcmp(f->next->name, name))
		return f->next;
	for (const struct column *c = f->next; c->name; c++)
		if (key_eq(c->name, name))
			return c;
	for (const struct column *c = f->columns; c != f->next; c++)
		if (key_eq(c->name, name))
			return c;
	return NULL;
}

static void put(struct filling *f, const struct column *c, struct span value)
{
	uint32_t bit = UINT32_C(1) << (c - f->columns);

	if (f->filled & bit)
		return;
	f->filled |= bit;
	if (c->kind == COLUMN_YES)
		*(bool *)(void *)(f->record + c->at) = span_is(value, "yes");
	else
		*(const char **)(void *)(f->record + c->at) = value.n ? value.p : "";
}

static void put_cell(struct filling *f, const char *name, unsigned kind, struct span value)
{
	const struct column *c = name ? column_named(f, name) : NULL;

	if (!c)
		return;
	put(f, c, kind == FACT_NULL ? SPAN("") : value);
	f->next = c + 1;
}

bool rows_next(struct rows *r, const struct column *columns, void *record)
{
	struct filling f = {.columns = columns, .next = columns, .record = record};

	while (r->fact && r->fact->kind != FACT_BLOCK)
		r->fact = r->fact->next;
	while (r->node != r->end && r->node->kind != FACT_BLOCK)
		r->node += r->node->size;
	if (!r->fact && r->node == r->end)
		return false;
	if (r->fact) {
		FACT_EACH(cell, r->fact)
			put_cell(&f, cell->key, cell->kind, cell->value);
		r->fact = r->fact->next;
	} else {
		TABLE_EACH(cell, r->node)
			put_cell(&f, table_key(cell), cell->kind, table_value(cell));
		r->node += r->node->size;
	}
	for (const struct column *c = columns; c->name; c++)
		put(&f, c, SPAN(""));
	return true;
}
