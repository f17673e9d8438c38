/* SPDX-License-Identifier: EUPL-1.2 */
/* The two halves of the TOML reader: scalars (toml_scalar.c) and the document (fmt_toml.c). */
#ifndef READ_TOML_H
#define READ_TOML_H

#include "read/line.h"

struct toml {
	struct builder *b;
	const struct text *t;
	struct span text;
	uint32_t at;
	bool failed;      /* the statement in hand is wrong: a diagnostic was written */
};

/* Writes the diagnostic of a statement, once; returns false. */
bool toml_fail(struct toml *r, uint32_t from, uint32_t to, const char *what);
/* The character at r->at, 0 at the end (a NUL in the text is refused as a control character elsewhere). */
char toml_peek(const struct toml *r);
/* Comment up to the line's end, told; false when it holds control characters. */
bool toml_comment(struct toml *r);

/* A string whose quote stands at r->at: where its text is and how it is decoded. */
struct toml_string {
	uint32_t from, to;
	enum decoder_kind kind;
};
bool toml_string(struct toml *r, bool may_be_long, struct toml_string *ret);
/* Any scalar at r->at into f: kind, scalar, value, place, decoder. */
bool toml_scalar(struct toml *r, struct fact *f);

#endif
