/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reading the table of rules and knowledge that is compiled into the program (its form: table.h). Few ask for single nodes,
 * and allocate nothing; loaders ask for facts, a file or a row at a time, and let them go. Facts of the table have no place.
 * Not in libread: mktable, which makes the table, is linked from that.
 */
#include "read/table.h"

const struct table_file *table_find(const char *name)
{
	size_t low = 0, high = table_file_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, table_name(&table_files[middle]));

		if (!order)
			return &table_files[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct table_node *table_child(const struct table_node *block, const char *key)
{
	if (block)
		TABLE_EACH(child, block)
			if (child->key != TABLE_NO_KEY && key_eq(table_key(child), key))
				return child;
	return NULL;
}

const char *table_text(const struct table_node *block, const char *key)
{
	const struct table_node *child = table_child(block, key);

	if (!child || child->kind == FACT_NULL)
		return NULL;
	if ((child->kind == FACT_BLOCK || child->kind == FACT_LIST) && !child->length)
		return NULL;
	return table_value(child).p;
}

/* Links the facts of one node's children, which stand behind it as the nodes do. */
static void link_children(struct fact *parent, const struct table_node *node)
{
	const struct table_node *end = node + node->size;

	if (node->size > 1)
		parent->first = parent + 1;
	TABLE_EACH(child, node) {
		struct fact *f = parent + (child - node);

		f->parent = parent;
		f->next = child + child->size < end ? f + child->size : NULL;
	}
}

const struct fact *table_facts(struct arena *a, const struct table_node *top)
{
	struct fact *facts = ARENA_ARRAY(a, struct fact, top->size);

	for (uint32_t i = 0; i < top->size; i++) {
		const struct table_node *node = top + i;
		struct fact *f = facts + i;

		f->key = table_key(node);
		f->value = table_value(node);
		f->index = node->index;
		f->kind = (enum fact_kind)node->kind;
		f->scalar = (enum fact_scalar)node->scalar;
		link_children(f, node);
	}
	return facts;
}
