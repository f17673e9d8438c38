/* SPDX-License-Identifier: EUPL-1.2 */
/* -f NAME[=FILE]...: the reports that a command writes, made whole in memory before the first file is touched. */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "base/digest.h"
#include "cli/cli.h"

struct courier;

struct output {
	const struct writer *writer;
	const char *path;      /* NULL: standard output */
	struct str text;
	char sha256[SHA256_HEX];
	struct courier *tsa;   /* who fetches the stamp of a PDF to be signed, or NULL */
};

struct outputs {
	struct output *items;
	size_t count;
	const struct output *printed;      /* the one that replaces the text, or NULL */
};

int outputs_parse(struct arena *a, const struct text_list *reports, struct outputs *o, struct err *e);
int outputs_make(struct outputs *o, const struct report *r, enum lang lang, struct err *e);
int outputs_write(struct outputs *o, struct err *e);
/* What goes to standard output: the report for it, else the text of style t (whose files are filled in here). */
int outputs_print(struct arena *a, const struct outputs *o, struct terminal t, const struct report *r, enum lang lang, struct err *e);
void outputs_free(struct outputs *o);

#endif
