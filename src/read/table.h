/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The rules and the knowledge base compiled into the program, as src/build/mktable.c writes them: numbers and one text, without a
 * pointer. A pointer in a position independent program is written anew at every start, with the page around it; numbers are
 * read where the file lies in memory, and only those that are asked for.
 *
 * A tree is its nodes in document order, each with the count of nodes of its tree. So the first child of a node is the node
 * behind it, and the next sibling stands `size` nodes further, both as long as the parent's tree goes on.
 */
#ifndef READ_TABLE_H
#define READ_TABLE_H

#include "read/read.h"

#define TABLE_NO_KEY UINT32_MAX      /* an item of a list, or a document */

struct table_node {
	uint32_t key, value;         /* offsets in table_bytes */
	uint32_t length;             /* of the value; a NUL stands behind it */
	uint32_t size;               /* nodes of its tree, itself among them */
	uint16_t index;              /* the other three as in struct fact */
	uint8_t kind, scalar;
};

struct table_file {
	uint32_t name;               /* table_name(): relative to rules/: encryption/rest-storage.yaml, know/regions.csv */
	uint32_t sha256;             /* table_sha256(): of the file's bytes */
	uint32_t root;               /* in table_nodes */
};

extern const struct table_file table_files[];      /* byte order of names */
extern const size_t table_file_count;
extern const struct table_node table_nodes[];
extern const char table_bytes[];                   /* each text once, a NUL behind it */

static inline const char *table_name(const struct table_file *f) { return table_bytes + f->name; }
static inline const char *table_sha256(const struct table_file *f) { return table_bytes + f->sha256; }
static inline const struct table_node *table_root(const struct table_file *f) { return table_nodes + f->root; }
static inline const char *table_key(const struct table_node *n) { return n->key == TABLE_NO_KEY ? NULL : table_bytes + n->key; }
static inline struct span table_value(const struct table_node *n) { return (struct span){table_bytes + n->value, n->length}; }

#define TABLE_EACH(child, block) \
	for (const struct table_node *child = (block) + 1; child < (block) + (block)->size; child += child->size)

/* NULL: there is no file of that name. */
const struct table_file *table_find(const char *name);
/* As fact_child and fact_text; of NULL, NULL. */
const struct table_node *table_child(const struct table_node *block, const char *key);
const char *table_text(const struct table_node *block, const char *key);
/* The tree as facts, for those who read the user's files too. The facts stand in a, their texts in the program. */
const struct fact *table_facts(struct arena *a, const struct table_node *top);

#endif
