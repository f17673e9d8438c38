/* SPDX-License-Identifier: EUPL-1.2 */
/* Commands: one cmd_x.c each, one line in commands.def; options are tables that give parsing, usage and the manual's text. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/err.h"
#include "report/report.h"

#include <stdbool.h>
#include <stddef.h>

enum option_kind { OPTION_FLAG, OPTION_COUNT, OPTION_TEXT, OPTION_LIST, OPTION_INT };

struct text_list {
	const char **items;
	size_t count;
};

struct option_row {
	const char *name;        /* long name without dashes; ends the table when NULL */
	char letter;             /* 0: none */
	enum option_kind kind;
	void *target;            /* bool*, int*, const char**, struct text_list*, int* */
	const char *argument;    /* FILE, DIR, LEVEL; NULL for flags */
	const char *help_en, *help_fr;
};

struct command {
	const char *name;
	const char *usage;       /* "audit [options] DIR" */
	const char *help_en, *help_fr;
	int (*run)(int argc, char **argv);      /* argv[0] is the command's name; returns an exit code */
};
extern const struct command *const commands[];      /* commands.def, NULL-terminated */

/*
 * Parses long and short options, "--name=value", "-nvalue", "-ab", "--" and operands. The operands are moved to
 * argv[1] .. argv[*ret_operands] (argv[0] stays the command's name); lists keep their values further behind in argv.
 * --help prints the command's usage and options and sets *ret_done. Wrong usage: message in e, EXIT_USAGE.
 * A row named "lang" or "color" is checked here, so that lang_choose and colour_choose never meet an unknown word.
 */
int options_parse(const struct command *c, const struct option_row *rows, int argc, char **argv, int *ret_operands,
		  bool *ret_done, struct err *e);

enum lang lang_choose(const char *flag);      /* --lang, else SCELLE_LANG, LC_ALL, LC_MESSAGES, LANG; English otherwise */
bool colour_choose(const char *flag, int fd); /* auto, always, never; NO_COLOR and CLICOLOR_FORCE */
/* --lang before the command: the same as SCELLE_LANG for this run. -1 for a word that is neither fr nor en. */
int lang_set(const char *word, enum lang *ret);
int complain(const struct err *e);            /* "scelle: text" on standard error, made safe; returns e->code */
/*
 * The severity from which a run fails, as --fail-on says it; NULL is "high". SEVERITY_CRITICAL + 1: none fails ("none").
 * -1: no such word, message in e.
 */
int fail_level(const char *word, struct err *e);
/* Flushes standard output and says so when the result was not really written. */
enum exit_code finish(enum exit_code code);

#endif
