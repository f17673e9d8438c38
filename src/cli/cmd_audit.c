/* SPDX-License-Identifier: EUPL-1.2 */
/* scelle audit: a facility's folder (declaration and exports) to verdicts, advice and reports. */
#include "cli/scan_cmd.h"

#include <sys/stat.h>

extern const struct command command_audit;

static int audit_run(int argc, char **argv)
{
	struct scan_flags f = {0};
	struct option_row rows[SCAN_ROWS];
	struct stat st;
	struct err e = {0};
	int operands;
	bool done;

	scan_rows(&f, rows);
	if (options_parse(&command_audit, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	if (operands != 1) {
		err_set(&e, EXIT_USAGE, "'audit' needs one folder; `scelle audit --help` shows its options");
		return complain(&e);
	}
	if (!stat(argv[1], &st) && !S_ISDIR(st.st_mode)) {
		err_set(&e, EXIT_USAGE, "'%.200s' is not a folder; `scelle check` looks at single files", argv[1]);
		return complain(&e);
	}
	return scan_command("audit", &f, (const char *const *)argv + 1, 1);
}

const struct command command_audit = {
	.name = "audit",
	.usage = "audit [options] DIR",
	.help_en = "judge a facility's declaration and its vendors' exports",
	.help_fr = "juger la déclaration d'un établissement et les exports de ses fournisseurs",
	.run = audit_run,
};
