/* SPDX-License-Identifier: EUPL-1.2 */
/* For src/read/ alone: the parts of an office file (a zip of XML) and text within them. */
#ifndef READ_OFFICE_H
#define READ_OFFICE_H

#include "base/str.h"
#include "read/unpack.h"

struct office {
	struct unpacking *u;
	struct doc *d;
	struct arena *arena;      /* scratch: parts and their trees */
	struct map parts;         /* name to struct span */
	const char *failed;
};

struct part {
	struct span bytes;        /* UTF-8; places of the tree are offsets in it */
	const struct fact *root;  /* the document's element is its child */
};

/* Unpacks all parts, once for a document; -1 when nothing of use came out (d says why). office_close frees the scratch in any case. */
int office_open(struct office *o, struct unpacking *u, struct doc *d);
void office_close(struct office *o);
bool office_has(const struct office *o, const char *name);
/* 0, or -1 when there is no such part or it is broken; the latter is said. */
int office_part(struct office *o, const char *name, struct part *ret);
/* Of OpenDocument: whether it is under a password, which is then said; whether bytes are one of that kind, "spreadsheet", "text". */
bool office_is_locked(struct office *o);
bool office_is_open_document(struct span bytes, const char *kind);
/* A note for each kind of part that is there and not read: macros, comments, embedded files. */
void office_tell_unread(struct office *o);

/* By local name: prefixes are the writer's choice. */
bool element_is(const struct fact *f, const char *local);
const struct fact *element_child(const struct fact *f, const char *local);
const struct fact *element_next(const struct fact *f, const char *local);      /* the next sibling of that name */
const char *element_attribute(const struct fact *f, const char *local);        /* NULL when missing */
uint32_t element_count(const struct fact *f, const char *attribute);           /* a number of repetitions: from 1 to the rows of a sheet */
/* All character data below f but comments and notes, blanks as they are; tabs and line breaks of both families of formats become characters. */
void element_text(struct office *o, const struct part *p, const struct fact *f, struct str *out);

#endif
