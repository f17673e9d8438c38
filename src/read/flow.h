/* SPDX-License-Identifier: EUPL-1.2 */
/* For src/read/ alone: a text of paragraphs and tables, from whatever word processor, as a document of its own. */
#ifndef READ_FLOW_H
#define READ_FLOW_H

#include "read/office.h"
#include "read/sheet.h"

struct flow_block {
	const char *key;            /* paragraph, note */
	struct span text;
	const struct grid *table;   /* or NULL */
};

struct flow {
	struct office o;
	const struct part *part;
	struct flow_block *blocks;
	size_t count;
};

/* A block behind the others; one without anything in it is not kept. */
void flow_add(struct flow *w, const struct flow_block *block);
/* The document d!text: a line for each paragraph and each row of a table, and their facts. */
void flow_document(struct flow *w);

#endif
