/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to the HTML writer: its parts, in the order of the page, and escaping. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/report.h"

struct page {
	struct str *out;
	const struct report *r;
	enum lang lang;
};

/* Every text that is not a literal of the writer goes through one of these. */
void html_text(struct page *p, const char *words);      /* NULL: nothing */
void html_citation(struct page *p, const struct citation *c);      /* a link where the law is published */
void html_span(struct page *p, struct span words);
void html_put(struct page *p, const char *markup);
void html_say(struct page *p, enum text_id id);
void html_section(struct page *p, const char *id, enum text_id title);      /* opens <section> with its h2 */
void html_severity(struct page *p, enum severity s);                        /* a chip */
void html_count(struct page *p, const char *tone, const char *word, size_t n);      /* a chip in a list; tone NULL: none */
void html_verdict(struct page *p, const char *verdict);                     /* symbol and word */
void html_place(struct page *p, const struct report_place *at);             /* file:line:column path */
void html_table(struct page *p, enum text_id caption, const enum text_id *heads, size_t count);
void html_table_end(struct page *p);
const char *html_deployment_name(const struct report *r, const char *id);

void html_deployments(struct page *p);
void html_matrix(struct page *p);
void html_map(struct page *p);
void html_deadlines(struct page *p);
void html_timeline(struct page *p);                                         /* the drawing of the deadlines; the table is theirs */
void html_findings(struct page *p);
void html_open_points(struct page *p);
void html_not_shown(struct page *p);
void html_support(struct page *p);
void html_waivers(struct page *p);
void html_inputs(struct page *p);
void html_diagnostics(struct page *p);
void html_verify(struct page *p);

#endif
