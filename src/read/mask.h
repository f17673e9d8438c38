/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Templates in YAML: Helm charts, Ansible, workflow files. Each {{ ... }} is covered, byte for byte, so that a YAML
 * parser can read the file and all positions hold; the original says what a covered scalar is.
 */
#ifndef READ_MASK_H
#define READ_MASK_H

#include "base/arena.h"
#include "base/span.h"

enum mask_kind {
	MASK_INLINE,       /* within a line: covered with letters, becomes part of a scalar */
	MASK_INSERT,       /* a line of its own that writes something unknown: toYaml, include, template */
	MASK_CONTROL,      /* a line of its own: if, range, with, else, end */
	MASK_SILENT,       /* a line of its own that writes nothing: a comment, an assignment */
};

struct mask {
	size_t from, to;      /* the action, with its braces */
	enum mask_kind kind;
	unsigned depth;       /* of if, range, with and define that are open behind it */
};

struct mask_set {
	struct mask *masks;      /* in the order of the text */
	size_t count;
	size_t cursor;           /* a hint: most questions go forward */
	size_t endless;          /* behind the first {{ whose end was not looked for beyond LIMIT_TEMPLATE_BYTES; 0: none */
};

/* Returns text itself when nothing is covered, else a changed copy of the same length in a. */
struct span mask_text(struct arena *a, struct span text, struct mask_set *ret_set);
/* First mask that ends behind from and starts before to, or NULL. */
const struct mask *mask_in(struct mask_set *set, size_t from, size_t to);
/* Is there one of these kinds (a set of 1 << kind) that starts in [from, to)? */
bool mask_any(struct mask_set *set, size_t from, size_t to, unsigned kinds);
/* Open controls at that offset. */
unsigned mask_depth(struct mask_set *set, size_t offset);
/* The first word of an action, without braces and dash: {{- if .x }} gives if. */
struct span mask_word(struct span action);

#endif
