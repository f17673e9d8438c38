/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules and the knowledge base compiled into the program: constant fact trees written by src/build/mktable.c. */
#ifndef READ_TABLE_H
#define READ_TABLE_H

#include "read/read.h"

struct table_file {
	const char *name;      /* relative to rules/: encryption/rest-storage.yaml, know/regions.csv */
	const char *sha256;    /* of the file's bytes */
	const struct fact *root;
};

extern const struct table_file rules_table[];      /* byte order of names, ends with a NULL name */
extern const size_t rules_table_count;             /* without that one */

#endif
