/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Picks a row of commands.def by the first operand and runs it. Knows --help, --version and --lang, which may
 * stand before the command; everything else belongs to the command's own option table.
 * Nothing is set up here that a command may not need: `scelle --version` touches no file.
 */
#include "config.h"

#include "base/digest.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#define COMMAND(name) extern const struct command command_##name;
#include "cli/commands.def"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "cli/commands.def"
#undef COMMAND
	NULL,
};

static const struct command *command_named(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static void print_help(enum lang lang)
{
	bool fr = lang == LANG_FR;

	puts(fr ? "scelle - audite les systèmes d'IA déclarés par un établissement de santé et scelle le résultat"
		: "scelle - audits the AI systems that a health facility declares and seals the result");
	puts(fr ? "\nusage : scelle [--lang fr|en] COMMANDE [options] ...\n" : "\nusage: scelle [--lang fr|en] COMMAND [options] ...\n");
	for (size_t i = 0; commands[i]; i++)
		printf("  %-10s %s\n", commands[i]->name, fr ? commands[i]->help_fr : commands[i]->help_en);
	puts(fr ? "\n  -h, --help     cette aide ; `scelle COMMANDE --help` : les options d'une commande\n"
		  "  -V, --version  la version"
		: "\n  -h, --help     this help; `scelle COMMAND --help`: the options of a command\n"
		  "  -V, --version  the version");
	puts(fr ? "\nCode de sortie : 0 rien au niveau de --fail-on ou au-dessus, 1 constats, 2 usage, configuration ou\n"
		  "règles, 3 incomplet, 4 preuve non vérifiée, 5 sortie non écrite ou erreur interne."
		: "\nExit code: 0 nothing at or above --fail-on, 1 findings, 2 usage, configuration or rules,\n"
		  "3 incomplete, 4 evidence does not verify, 5 output not written or internal error.");
}

static int usage_error(const char *what_en, const char *what_fr, const char *subject, enum lang lang)
{
	struct err e = {0};

	err_set(&e, EXIT_USAGE, lang == LANG_FR ? "%s '%.200s' ; `scelle --help` donne la liste" : "%s '%.200s'; `scelle --help` lists them",
		lang == LANG_FR ? what_fr : what_en, subject);
	return complain(&e);
}

static int run_command(int argc, char **argv, enum lang lang)
{
	const struct command *c = command_named(argv[0]);

	if (!c)
		return usage_error("unknown command", "commande inconnue", argv[0], lang);
	return (int)finish((enum exit_code)c->run(argc, argv));
}

/* Reads what stands before the command; argv[*ret_at] is the command, or NULL. -1: *ret_at is the word that is wrong. */
static int read_globals(char **argv, int *ret_at, enum lang *lang, bool *help, bool *version)
{
	int i;

	for (i = 1; argv[i] && argv[i][0] == '-'; i++) {
		const char *word = argv[i], *value = NULL;

		if (!strncmp(word, "--lang=", 7))
			value = word + 7;
		else if (!strcmp(word, "--lang") && argv[i + 1])
			value = argv[++i];
		*ret_at = i;
		if (value && lang_set(value, lang))
			return -1;
		*help |= !strcmp(word, "--help") || !strcmp(word, "-h");
		*version |= !strcmp(word, "--version") || !strcmp(word, "-V");
		if (!value && !*help && !*version)
			return -1;
	}
	*ret_at = i;
	return 0;
}

int main(int argc, char **argv)
{
	enum lang lang = lang_choose(NULL);
	bool help = false, version = false;
	int at = 1;

	digest_memory();
	if (argc < 1)
		return EXIT_USAGE;
	if (read_globals(argv, &at, &lang, &help, &version))
		return usage_error("unknown option or language", "option ou langue inconnue", argv[at], lang);
	if (version)
		puts(PACKAGE_NAME " " PACKAGE_VERSION);
	else if (help)
		print_help(lang);
	else if (at < argc)
		return run_command(argc - at, argv + at, lang);
	else
		return usage_error("no command follows", "aucune commande ne suit", argv[0], lang);
	return (int)finish(EXIT_CLEAN);
}
