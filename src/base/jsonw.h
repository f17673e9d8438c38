/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A streaming JSON writer for the canonical form of RFC 8785 (JCS): no blanks, keys in order, integers only.
 * The caller gives members in order; one that is out of order or doubled sets the sticky failure,
 * so that a writer's mistake is a failed test and never a report whose seal others cannot repeat.
 */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include "base/str.h"

#include <stdint.h>

#define JSONW_DEPTH 32

struct jsonw {
	struct str *out;
	int depth;
	bool in_object[JSONW_DEPTH], filled[JSONW_DEPTH];
	struct str last_key[JSONW_DEPTH];      /* of each open object */
	bool after_key, failed;
};

void jsonw_init(struct jsonw *w, struct str *out);
/* Frees what the writer held; -1 when something failed or is still open. The text stays in out. */
int jsonw_end(struct jsonw *w);

void jsonw_object(struct jsonw *w);
void jsonw_object_end(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_array_end(struct jsonw *w);
void jsonw_key(struct jsonw *w, const char *key);
void jsonw_string(struct jsonw *w, struct span text);      /* bytes that are not UTF-8 become U+FFFD */
void jsonw_text(struct jsonw *w, const char *text);        /* NULL writes null */
void jsonw_int(struct jsonw *w, int64_t n);                /* within +-(2^53 - 1) */
void jsonw_bool(struct jsonw *w, bool b);
void jsonw_null(struct jsonw *w);

/* key and value at once */
void jsonw_member(struct jsonw *w, const char *key, const char *text);
void jsonw_member_int(struct jsonw *w, const char *key, int64_t n);
void jsonw_member_bool(struct jsonw *w, const char *key, bool b);
void jsonw_member_texts(struct jsonw *w, const char *key, const char *const *texts, size_t count);

/* The JSON string of text with its quotes, in the same escaping; for writers that are not canonical. */
void json_quote(struct str *out, struct span text);

#endif
