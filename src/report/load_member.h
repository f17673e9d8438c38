/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Private to load*.c: members of report.json as C values. Each tells the first mistake through load_refuse() and gives a value that
 * can be used all the same, so that what loads a part need not test each member.
 */
#ifndef REPORT_LOAD_MEMBER_H
#define REPORT_LOAD_MEMBER_H

#include "report/load.h"

#define NUMBER_MAX (((uint64_t)1 << 53) - 1)      /* the greatest that JSON keeps exactly (RFC 7493) */

struct load {
	struct arena *arena;
	const struct doc *doc;
	struct err *e;
};

/* The first mistake, with the place of f (NULL: the head of the document). */
void load_refuse(struct load *l, const struct fact *f, const char *what, const char *key);
/* NULL, with a message, when the block lacks it. */
const struct fact *load_member(struct load *l, const struct fact *block, const char *key);
/* NULL for null; needed: with a message, and an empty text, when there is none. Safe for a terminal. */
const char *load_text(struct load *l, const struct fact *block, const char *key);
const char *load_needed_text(struct load *l, const struct fact *block, const char *key);
/* 0 with a message when it is none, or above max. */
uint64_t load_number(struct load *l, const struct fact *block, const char *key, uint64_t max);
size_t load_count(struct load *l, const struct fact *block, const char *key);
uint32_t load_small(struct load *l, const struct fact *block, const char *key);
/* May be negative: past. */
int load_days(struct load *l, const struct fact *block, const char *key);
bool load_yes(struct load *l, const struct fact *block, const char *key);
/* The index of a text among names; 0 with a message when it is none of them. */
int load_word(struct load *l, const struct fact *block, const char *key, const char *const *names, size_t n);
#define LOAD_WORD(l, block, key, ...) \
	load_word((l), (block), (key), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
enum severity load_severity(struct load *l, const struct fact *block, const char *key);
struct both load_both(struct load *l, const struct fact *block, const char *key);
date_t load_date(struct load *l, const struct fact *block, const char *key);
/* The list below key and how many items it has; NULL with a message when there is none. */
const struct fact *load_list(struct load *l, const struct fact *block, const char *key, size_t *ret_count);
const char *const *load_texts(struct load *l, const struct fact *block, const char *key, size_t *ret_count);
/* Numbers below a bound, those that are not left out with a message. */
const size_t *load_indices(struct load *l, const struct fact *block, const char *key, size_t below, size_t *ret_count);
/* An array of structs filled by make, one an item. */
void *load_items(struct load *l, const struct fact *block, const char *key, size_t size,
		   void (*make)(struct load *l, const struct fact *item, void *to), size_t *ret_count);

#endif
