/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to predicate*.c: what a test of section 4 is asked, and what several of them need. */
#ifndef RULE_PREDICATE_P_H
#define RULE_PREDICATE_P_H

#include "rule/rule_p.h"

struct judged {
	struct context *c;
	const struct cond *leaf;
	const struct test *t;
	struct value *v;
	const struct fact *declared;      /* the other side of an agreement, for the report */
	struct verdict3 *out;
};

static inline enum truth truth_of(bool b)
{
	return b ? TRUTH_YES : TRUTH_NO;
}

/* The test's literals, parameters resolved. ret: room for LIMIT_LITERALS + 1. */
size_t judged_literals(struct judged *j, const char **ret);
/* The best answer that one of them gives. */
enum truth judged_any(struct judged *j, enum truth (*answer)(struct judged *, const char *));
/* What a pattern of the same leaf found in the value, else the whole of it. */
struct span judged_part(const struct judged *j);
/* Booleans and numbers by what they say, texts without case unless the leaf is exact. */
bool judged_equal(const struct cond *leaf, struct span value, const char *text);
bool judged_number(struct span s, double *ret);

/* predicate_order.c: on a scale */
enum truth test_number(struct judged *j);
enum truth test_length(struct judged *j);
enum truth test_entropy(struct judged *j);
enum truth test_duration(struct judged *j);
enum truth test_tls(struct judged *j);
enum truth test_version(struct judged *j);
enum truth test_date(struct judged *j);
enum truth test_strength(struct judged *j);
enum truth test_covers(struct judged *j);

/* predicate_place.c: where, and whose */
enum truth test_territory(struct judged *j);
enum truth test_jurisdiction(struct judged *j);
enum truth test_network(struct judged *j);

/* predicate_agrees.c: declared against observed */
enum truth test_agrees(struct judged *j);

#endif
