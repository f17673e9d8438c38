/* SPDX-License-Identifier: EUPL-1.2 */
/* scelle check: the rules over a vendor's files, without verdicts; for continuous integration. */
#include "cli/scan_cmd.h"

extern const struct command command_check;

static int check_run(int argc, char **argv)
{
	struct scan_flags f = {0};
	struct option_row rows[SCAN_ROWS + 4];
	const struct option_row more[] = {
		{"baseline", 0, OPTION_TEXT, &f.baseline, "FILE", "what this report (JSON or sealed) lists already is old and does not fail; a moved line is old, a changed value is new", "ce que ce rapport (JSON ou scellé) cite déjà est connu et n'échoue pas ; une ligne déplacée est connue, une valeur changée est nouvelle"},
		{"changed-files", 0, OPTION_TEXT, &f.changed_files, "FILE", "only findings in these files count, one name a line as git diff --name-only gives them; - is standard input", "seuls comptent les constats de ces fichiers, un nom par ligne comme les donne git diff --name-only ; - est l'entrée standard"},
		{"diff-only", 0, OPTION_FLAG, &f.diff_only, NULL, "leave out of the reports what is old", "écarter des rapports ce qui est connu"},
		{"honor-inline", 0, OPTION_FLAG, &f.honor_inline, NULL, "let a comment `scelle:waive RULE until=DATE by=WHO reason=\"...\"` accept a finding on its line or the next; it is listed", "laisser un commentaire `scelle:waive RÈGLE until=DATE by=QUI reason=\"...\"` accepter un constat de sa ligne ou de la suivante ; il est listé"},
		{0},
	};
	struct err e = {0};
	int operands, shared = 0;
	bool done;

	scan_rows(&f, rows);
	while (rows[shared].name)
		shared++;
	memcpy(rows + shared, more, sizeof more);
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
