/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the files of src/know/ alone. */
#ifndef KNOW_KNOW_P_H
#define KNOW_KNOW_P_H

#include "base/str.h"
#include "know/know.h"
#include "read/table.h"

/* ------------------------------------------------------------------ the knowledge base */

/* What is left of a table's rows, in its order: of a file's facts, or of the program's own nodes; the others are NULL. */
struct rows {
	const struct fact *fact;
	const struct table_node *node, *end;
	size_t count;                /* at the beginning */
};

enum column_kind { COLUMN_TEXT, COLUMN_YES };

/* A column of a table and the member of a record that takes its cell: a text, "" where there is none, or whether it says yes. */
struct column {
	const char *name;            /* NULL: behind the last; 32 at most, in the order of the file */
	size_t at;
	enum column_kind kind;
};
#define COLUMN(name, record, member) {(name), offsetof(struct record, member), _Generic(((struct record *)0)->member, bool: COLUMN_YES, const char *: COLUMN_TEXT)}

struct rows rows_of_fact(const struct fact *root);
struct rows rows_of_table(const struct table_node *root);
/* Fills the members that are named in columns from the next row; false: there is none. */
bool rows_next(struct rows *r, const struct column *columns, void *record);

struct host_pattern {
	const char *pattern, *provider, *verification;
	struct span tail;            /* host_tail() of it */
	bool verified;
};

/* Regions of one code, spelled in lower case without blanks. */
struct region_list {
	const struct region **items;
	size_t count;
};

struct know {
	struct arena *arena;
	struct region *regions;
	struct endpoint *endpoints;
	struct provider *providers;
	struct model *models;
	struct host_pattern *hosts;
	size_t region_count, endpoint_count, provider_count, model_count, host_count;
	struct map by_code;          /* normal code -> struct region_list */
	struct map spellings;        /* normal spelling -> canonical provider name */
	struct map providers_by_name;      /* canonical name -> struct provider */
	struct map exact_hosts;      /* lower case host -> struct endpoint */
	struct map host_suffixes;    /* the same for what a host may end in, without "*." */
	struct tailed_endpoint {
		const struct endpoint *endpoint;
		struct span tail;    /* host_tail() of its pattern */
		bool path;
	} *host_patterns;            /* all others, in the table's order: each whose tail fits is tried */
	size_t host_pattern_count;
	char digest[65];
};

void regions_fill(struct know *k, struct rows rows);
void endpoints_fill(struct know *k, struct rows rows);
void provider_spelling(struct know *k, const char *spelling, const char *name);      /* the first meaning stays */
void providers_fill(struct know *k, struct rows names, struct rows rows);
void hosts_fill(struct know *k, struct rows rows);

/* Lower case letters and digits only: "OVH-Cloud" and "ovh cloud" are one name. */
struct span name_normal(const char *text, size_t n, char *out, size_t size);

/*
 * Host against pattern, without case: '*' is one or more characters, "<region>" one or more of a label.
 * Where region is not NULL it gets what "<region>" stood for; accept (may be NULL) can refuse a reading, and others are tried.
 */
struct span host_tail(struct arena *a, const char *pattern);      /* what stands behind its last variable part, in lower case */
bool host_match(const char *pattern, struct span host, bool (*accept)(void *, struct span), void *context);

/* ------------------------------------------------------------------ fields and the declaration */

const struct field *field_find(enum field_section section, struct span name);      /* CORE: also MORE */
const char *field_alias(const char *name);      /* path, or NULL */
int field_records(const char *name);            /* section of a block's or record list's items, -1 none */
bool word_in(const char *allowed, struct span word);

/* Mistakes of a declaration, the first ten of them in text. */
struct mistakes {
	struct arena *arena;
	const struct doc *doc;
	struct str text;
	size_t count, listed;
};
/* of_value: the place is f's value, else its key. */
void mistake(struct mistakes *m, const struct fact *f, bool of_value, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Checks the declaration's keys and values against fields.def. */
void declaration_check(struct mistakes *m, const struct fact *root);
/* Reads the waivers; what is missing in one is a mistake. */
void waivers_read(struct mistakes *m, struct declaration *d);

#endif
