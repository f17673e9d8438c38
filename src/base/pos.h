/* SPDX-License-Identifier: EUPL-1.2 */
/* Offset to line and column. Column = 1 + code points since the line's start. */
#ifndef BASE_POS_H
#define BASE_POS_H

#include "base/arena.h"

#include <stdint.h>

struct pos {
	uint32_t line, column;      /* from 1; 0 0 = no position */
};

struct lines {
	struct span text;
	uint32_t *starts;      /* offset of each line's first byte */
	size_t count;
	struct lines_mark {
		uint32_t offset, code_points;      /* a code point begins at offset; how many lie before it in the text */
	} *marks;              /* one every few kilobytes: a file of one long line must not be counted from its start each time */
	size_t mark_count;
};

/* text must outlive the table; lines end at LF, CR LF or a lone CR. */
struct lines lines_of(struct arena *a, struct span text);
struct pos lines_pos(const struct lines *l, size_t offset);
/* The line without its end; empty for a line that does not exist. */
struct span lines_line(const struct lines *l, uint32_t line);

#endif
