/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Other declarations that a facility already holds, taken over into scelle.yaml: a register of processing (CSV, a sheet of a workbook)
 * with French headers, and a CycloneDX bill of materials (1.5 to 1.7, JSON or XML). Only what has a field and a value of its kind is
 * taken; everything else becomes a note, so that nothing is lost and nothing is made up.
 */
#ifndef KNOW_INTAKE_H
#define KNOW_INTAKE_H

#include "read/read.h"

struct intake_entry {      /* one deployment */
	const char *id;
	const char *place;             /* where it stood: "register.xlsx!Feuil1:3" */
	const char **fields, **values; /* names of fields.def, and YAML for each */
	size_t count;
	const char **notes;            /* what was said and has no field, one line each */
	size_t note_count;
};

struct intake {
	struct arena *arena;
	struct intake_entry *entries;
	size_t count;
};

/* All documents of the set; none is no error. -1: a document was not read whole. */
int intake_read(struct arena *a, const struct input_set *set, struct intake *ret, struct err *e);
/* YAML of a declared field, or NULL when the entry does not say. */
const char *intake_value(const struct intake_entry *entry, const char *field);

/* Between intake.c and intake_bom.c. */
struct intake_entry *intake_add(struct intake *in, const char *name, const char *place);
void intake_put(struct intake *in, struct intake_entry *entry, const char *field, const char *yaml);
void intake_note(struct intake *in, struct intake_entry *entry, const char *what, const char *text);
const char *intake_quoted(struct arena *a, struct span text);      /* "..." for YAML, one line */
const char *intake_place(struct arena *a, const struct fact *f);
bool intake_bom(struct intake *in, const struct doc *d);           /* false: it is none */

#endif
