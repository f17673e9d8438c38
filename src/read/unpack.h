/* SPDX-License-Identifier: EUPL-1.2 */
/* For src/read/ alone: a container's members as documents of the set. */
#ifndef READ_UNPACK_H
#define READ_UNPACK_H

#include "base/str.h"
#include "read/archive.h"
#include "read/read_p.h"

struct unpacking {
	struct input_set *set;
	const struct collect_options *options;
	struct archive_budget budget;      /* of the delivered file */
	int depth;                         /* containers around what is being unpacked */
	bool over;                         /* a limit ended it: no more members */
};

/* Adds the members of d to the set, when d is a container, and theirs in turn. */
void unpack(struct input_set *set, struct doc *d, const struct collect_options *o);

/* What the formats that unpack need. A diagnostic about all of d; ERROR makes it PARTIAL. */
void unpack_tell(struct unpacking *u, struct doc *d, enum diag_level level, const char *code, const char *format, ...)
		__attribute__((format(printf, 5, 6)));
/* The words of archive_each: a limit, or why the rest was not read. NULL: nothing happened. */
void unpack_failed(struct unpacking *u, struct doc *d, const char *why, size_t members);
/* A new document d!inner, or NULL when it is left out or a limit was reached (said then). Its bytes, format and facts are the caller's. */
struct doc *unpack_doc(struct unpacking *u, struct doc *d, const char *inner);

/* Of collect.c: names the user leaves out, and those that nobody wants (version control). */
bool collect_leaves_out(const struct collect_options *o, struct span name);
/* Gives a member the text that was made for it; its facts go to the builder returned. NULL: too long, said. */
struct builder *unpack_text(struct unpacking *u, const struct doc *d, struct doc *member, const struct str *text);
void unpack_members(struct unpacking *u, struct doc *d);      /* of d, a container */

#endif
