/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An error stops an operation: the function returns -1 and fills struct err, its last parameter.
 * Messages: lower case, no full stop, what failed first, the subject in quotes, one line.
 * The first (deepest) error is kept: setting a second one adds nothing.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

/* Exit codes of the command, as README.md and the manual list them. When several apply: 5, 4, 2, 3, 1. */
enum exit_code {
	EXIT_CLEAN = 0,           /* evaluated, nothing at or above --fail-on */
	EXIT_FINDINGS = 1,        /* findings at or above it */
	EXIT_USAGE = 2,           /* usage, configuration or rules wrong */
	EXIT_INCOMPLETE = 3,      /* incomplete, or nothing to evaluate */
	EXIT_UNVERIFIED = 4,      /* evidence does not verify */
	EXIT_BROKEN = 5,          /* output could not be written, or internal */
};

struct err {
	enum exit_code code;
	char text[1024];
};

/* Always returns -1, so that a caller can write: return err_set(e, EXIT_USAGE, "..."). e may be NULL. */
int err_set(struct err *e, enum exit_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Adds ": cause" of errno to the formatted text. */
int err_errno(struct err *e, enum exit_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__      /* it looks at one file at a time, and is told what they return */
#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_errno(...) (err_errno(__VA_ARGS__), -1)
#endif
/* The graver of two exit codes, in the order 5, 4, 2, 3, 1, 0. */
enum exit_code exit_worst(enum exit_code a, enum exit_code b);

#endif
