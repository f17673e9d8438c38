/* SPDX-License-Identifier: EUPL-1.2 */
/* scelle check: the rules over a vendor's files, without verdicts; for continuous integration. */
#include "cli/scan_cmd.h"

extern const struct command command_check;

static int check_run(int argc, char **argv)
{
	struct scan_flags f = {0};
	struct option_row rows[SCAN_ROWS];
	struct err e = {0};
	int operands;
	bool done;

	scan_rows(&f, rows);
	if (options_parse(&command_check, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	if (!operands) {
		err_set(&e, EXIT_USAGE, "'check' needs a file or a folder; `scelle check --help` shows its options");
		return complain(&e);
	}
	return scan_command("check", &f, (const char *const *)argv + 1, (size_t)operands);
}

const struct command command_check = {
	.name = "check",
	.usage = "check [options] PATH...",
	.help_en = "look for findings in configuration files, without a declaration",
	.help_fr = "chercher des constats dans des fichiers de configuration, sans déclaration",
	.run = check_run,
};
