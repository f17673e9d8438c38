/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs the units of units.def, or those named as arguments, and prints one TAP-like line a check for tests/run. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	void (*run)(void);
} units[] = {
#define UNIT(name) {#name, u_##name},
#include "units.def"
#undef UNIT
};

bool unit_check(bool good, const char *what, const char *file, int line)
{
	if (good)
		printf("ok - %s\n", what);
	else
		printf("not ok - %s (%s:%d)\n", what, file, line);
	fflush(stdout);      /* what was checked before a crash is known */
	return good;
}

bool unit_check_text(const char *got, const char *wanted, const char *what, const char *file, int line)
{
	bool same = got && wanted ? !strcmp(got, wanted) : got == wanted;

	if (!same)
		printf("# got    %s\n# wanted %s\n", got ? got : "(null)", wanted ? wanted : "(null)");
	return unit_check(same, what, file, line);
}

void unit_skip(const char *what, const char *reason)
{
	printf("ok - %s # SKIP %s\n", what, reason);
}

const char *unit_tmp(void)
{
	const char *tmp = getenv("TMP");

	return tmp && *tmp ? tmp : "/tmp";
}

static bool is_wanted(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc < 2;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (is_wanted(argc, argv, units[i].name))
			units[i].run();
	return 0;
}
