/* SPDX-License-Identifier: EUPL-1.2 */
/* Text of others inside Markdown (CommonMark, GitHub's and GitLab's kinds). */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include "base/str.h"

/* Prose in which nothing is markup, a link, a mention or a reference. */
void md_text(struct str *out, const char *text);
/* The same behind a backquote fence that text cannot close; not for a table. Empty text: nothing. */
void md_code(struct str *out, const char *text);

#endif
