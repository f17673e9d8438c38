/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One message with its exit code, kept by the first who sets it: the deepest caller knows best what went wrong. Allocates
 * nothing, so that it also works when memory is what is missing. Writes nothing: cli/ decides where a message goes.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int (err_set)(struct err *e, enum exit_code code, const char *format, ...)
{
	va_list args;

	if (!e || e->text[0])
		return -1;
	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	e->code = code;
	return -1;
}

int (err_errno)(struct err *e, enum exit_code code, const char *format, ...)
{
	int cause = errno;
	size_t n;
	va_list args;

	if (!e || e->text[0])
		return -1;
	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof e->text - n, ": %s", strerror(cause));
	e->code = code;
	return -1;
}

enum exit_code exit_worst(enum exit_code a, enum exit_code b)
{
	static const int gravity[] = {
		[EXIT_CLEAN] = 0, [EXIT_FINDINGS] = 1, [EXIT_INCOMPLETE] = 2,
		[EXIT_USAGE] = 3, [EXIT_UNVERIFIED] = 4, [EXIT_BROKEN] = 5,
	};

	return gravity[a] >= gravity[b] ? a : b;
}
