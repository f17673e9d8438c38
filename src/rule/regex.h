/* SPDX-License-Identifier: EUPL-1.2 */
/* PCRE2's door: compiled with JIT where it is allowed, bounded in match calls, depth and heap. */
#ifndef RULE_REGEX_H
#define RULE_REGEX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct regex;

enum regex_result { REGEX_NO, REGEX_YES, REGEX_LIMIT };      /* LIMIT: a bound was reached; never read it as NO */

/* UTF, no multi-line; nocase: without case unless the pattern says otherwise. Lives as long as the program or regex_free. */
int regex_compile(const char *pattern, bool nocase, struct regex **ret, struct err *e);
void regex_free(struct regex *r);
/* First match at or after from. group 0 is the match; an unset group has p NULL. groups may be NULL. */
enum regex_result regex_find(const struct regex *r, struct span subject, size_t from, struct span *groups, size_t group_count);

#endif
