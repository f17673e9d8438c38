/* SPDX-License-Identifier: EUPL-1.2 */
/* What pdf_doc.c gathers and pdf_finish.c writes out. */
#ifndef REPORT_PDF_DOC_H
#define REPORT_PDF_DOC_H

#include "report/pdf.h"

enum kid_kind { KID_ELEMENT, KID_MARK, KID_LINK };
struct kid {
	enum kid_kind kind;
	size_t index, page;      /* of the element, the mark on its page, or the link */
};

struct element {
	const char *type, *attributes, *alt;
	size_t parent;
	struct kid *kids;
	size_t kid_count;
};

struct doc_page {
	struct str content;
	size_t *marks;           /* the element of each mark */
	size_t mark_count;
};

struct doc_link {
	struct link link;
	const char *says;        /* what it leads to, for who does not see it */
	size_t page, element;
	int x, y, width, height; /* y from the page's top */
};

struct doc_target {
	size_t page;
	int y;
};

struct outline_entry {
	int level;
	const char *title;
	size_t page;
	int y;
};

struct pdf {
	struct arena *arena, *scratch;
	struct pdf_file file;
	const struct report *report;
	enum lang lang;
	struct fonts *fonts;
	struct doc_page *pages;
	size_t page_count;      /* those that are; pages are drawn on the one named by page */
	size_t page;
	int y;
	struct element *elements;
	size_t element_count, current;      /* element 0 is the document */
	bool marked, artifact;
	struct doc_link *links;
	size_t link_count;
	struct doc_target *targets;
	size_t target_count;
	struct outline_entry *outline;
	size_t outline_count;
	struct targets inside;
};

/* pdf_meta.c: catalog, metadata and colour profile; the object numbers that they name. */
struct doc_meta {
	size_t catalog, info, pages, tree, outline;
};
void doc_write_meta(struct pdf *d, const struct doc_meta *m);

#endif
