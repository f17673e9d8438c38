/* SPDX-License-Identifier: EUPL-1.2 */
/* Small things that the readers of line formats (.env, properties, INI, directives, Dockerfile) share. */
#ifndef READ_LINE_H
#define READ_LINE_H

#include "base/span.h"

#include <stdint.h>

/* Is there a ${...}, whose value only the program that reads the file knows? $${...} is an escaped one. */
bool has_expression(struct span value);

/* A line without its end (LF, CR LF, CR), and the place behind that end. */
struct line {
	uint32_t from, to, next;
};
struct line line_at(struct span text, uint32_t from);

bool is_blank(char c);      /* space or tab */
uint32_t skip_blanks(struct span text, uint32_t from, uint32_t to);
/* to, moved left over blanks. */
uint32_t trim_end(struct span text, uint32_t from, uint32_t to);

#endif
