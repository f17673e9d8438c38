/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A growing byte buffer, born with a cap. The first failure sticks: callers append freely and test
 * str_failed() once at the end. The bytes are always NUL-terminated.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/span.h"

#include <stdarg.h>

struct str {
	char *p;
	size_t n, cap, max;
	bool failed;      /* the cap was reached; what is there is whole up to that point */
};

#define STR_INIT(limit) ((struct str){.max = (limit)})

void str_free(struct str *s);
void str_clear(struct str *s);
void str_put(struct str *s, const char *p, size_t n);
void str_char(struct str *s, char c);
void str_text(struct str *s, const char *text);
void str_span(struct str *s, struct span text);
void str_utf8(struct str *s, unsigned code_point);
void str_printf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void str_vprintf(struct str *s, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
bool str_failed(const struct str *s);
struct span str_get(const struct str *s);

#endif
