/* SPDX-License-Identifier: EUPL-1.2 */
/* Unit tests: one file u_NAME.c with one function u_NAME, listed in units.def. CHECK goes on after a failure. */
#ifndef UNIT_H
#define UNIT_H

#include <stdbool.h>

#define CHECK(cond, what) unit_check((cond), (what), __FILE__, __LINE__)
/* Shows both texts when they differ; NULL is a text of its own. */
#define CHECK_TEXT(got, wanted, what) unit_check_text((got), (wanted), (what), __FILE__, __LINE__)

bool unit_check(bool good, const char *what, const char *file, int line);      /* returns good */
bool unit_check_text(const char *got, const char *wanted, const char *what, const char *file, int line);
void unit_skip(const char *what, const char *reason);
const char *unit_tmp(void);      /* the test's empty scratch folder */

#define UNIT(name) void u_##name(void);
#include "units.def"
#undef UNIT

#endif
