/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to src/report/: lines of a terminal, wrapped at words, coloured when wanted. */
#ifndef REPORT_PAPER_H
#define REPORT_PAPER_H

#include "report/report.h"

enum ink { INK_PLAIN, INK_BOLD, INK_DIM, INK_RED, INK_BOLD_RED, INK_YELLOW, INK_CYAN, INK_GREEN };

struct paper {
	struct str *out;
	enum lang lang;
	size_t width, column;
	bool colour;
};

void paper_span(struct paper *p, enum ink ink, struct span words);
void paper_put(struct paper *p, enum ink ink, const char *text);      /* as it is, made safe */
void paper_pad(struct paper *p, size_t column);                       /* blanks up to a column, at least one */
void paper_end(struct paper *p);
/* Words, from the present column on; further lines start at column hang. A word is never cut. */
void paper_words(struct paper *p, enum ink ink, size_t hang, const char *text);
/* "  Label     words": a label and its wrapped text. */
void paper_field(struct paper *p, enum text_id label, const char *text);
void paper_number(struct paper *p, size_t width, size_t n);           /* right-aligned; 0 shows as a dot */

/* terminal_why.c: for --explain, each control that is not evidenced: for whom, why, and what would show it. */
void terminal_not_shown(struct paper *p, const struct report *r);

/* terminal_fold.c: of each finding that is shown: "" when it stands for itself, NULL when the first of its kind stands for it, else what that one
 * says of the others. */
const char **terminal_fold(struct arena *a, const struct report *r, const bool *shown, enum lang lang);

#define PAPER_INDENT 4
#define PAPER_LABEL 12      /* columns of a label behind the indent */

#endif
