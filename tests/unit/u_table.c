/* SPDX-License-Identifier: EUPL-1.2 */
/* The table compiled into the program against the files of rules/ that it was made of, fact by fact and node by node. */
#include "unit.h"

#include "base/io.h"
#include "base/limits.h"
#include "read/table.h"

#include <stdlib.h>

struct comparison {
	size_t files, facts, wrong;
};

static const struct fact *kept(const struct fact *f)
{
	while (f && (f->kind == FACT_COMMENT || (f->key && !strcmp(f->key, "examples"))))
		f = f->next;
	return f;
}

static bool same_key(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* read: of the file; made: of the table; node: the same, as those see it who make no facts. */
static void compare(struct comparison *c, const struct fact *read, const struct fact *made, const struct table_node *node)
{
	const struct fact *here = made->first, *there = kept(read->first);

	c->facts++;
	c->wrong += !same_key(read->key, made->key) || !same_key(read->key, table_key(node));
	c->wrong += !span_eq(read->value, made->value) || !span_eq(read->value, table_value(node)) || made->value.p[made->value.n];
	c->wrong += read->kind != made->kind || read->scalar != made->scalar || read->index != made->index;
	TABLE_EACH(child, node) {
		if (!here || !there) {
			c->wrong++;
			return;
		}
		c->wrong += here->parent != made || (child->key != TABLE_NO_KEY && !table_child(node, here->key));
		compare(c, there, here, child);
		here = here->next;
		there = kept(there->next);
	}
	c->wrong += here || there;
}

static void compare_file(struct comparison *c, const struct table_file *f)
{
	const char *root = getenv("SRCDIR");
	struct arena *a = arena_new();
	struct map interned = MAP_INIT(a);
	struct doc d = {.name = table_name(f)};
	struct err e = {0};

	if (!io_read(a, arena_printf(a, "%s/rules/%s", root ? root : ".", d.name), LIMIT_FILE_BYTES, &d.bytes, &e)) {
		doc_read(a, &interned, &d, NULL);
		compare(c, d.roots[0], table_facts(a, table_root(f)), table_root(f));
		c->files++;
	}
	arena_free(a);
}

void u_table(void)
{
	struct comparison c = {0};

	for (size_t i = 0; i < table_file_count; i++) {
		compare_file(&c, &table_files[i]);
		c.wrong += table_find(table_name(&table_files[i])) != &table_files[i];
	}
	CHECK(c.files == table_file_count && c.facts > 10000, "every file of the table is in rules/");
	CHECK(!c.wrong, "the table holds what the files of rules/ say");
	CHECK(!table_find("") && !table_find("know/no.csv") && !table_find("zz"), "a file that is not there is not found");
	CHECK(!table_child(NULL, "a") && !table_text(NULL, "a"), "nothing has no children");
}
