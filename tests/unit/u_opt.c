/* SPDX-License-Identifier: EUPL-1.2 */
/* The option parser of the command line. */
#include "unit.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

struct values {
	bool flag;
	int count, number;
	const char *text, *lang;
	struct text_list list, other;
	int operands;
	bool done;
	struct err e;
};

/* Splits line at blanks into words (at most 15), which live in *words, and parses them. */
static int parse(struct values *v, char *words, const char *line, char *argv[16])
{
	const struct option_row rows[] = {
		{"flag", 'f', OPTION_FLAG, &v->flag, NULL, "a flag", "un drapeau"},
		{"verbose", 'v', OPTION_COUNT, &v->count, NULL, "more", "plus"},
		{"jobs", 'j', OPTION_INT, &v->number, "N", "threads", "fils"},
		{"output", 'o', OPTION_TEXT, &v->text, "FILE", "where to", "vers"},
		{"skip", 0, OPTION_LIST, &v->list, "GLOB", "not these", "pas ceux-ci"},
		{"rule", 'r', OPTION_LIST, &v->other, "GLOB", "these", "ceux-ci"},
		{"lang", 0, OPTION_TEXT, &v->lang, "LANG", "language", "langue"},
		{0},
	};
	static const struct command c = {.name = "try", .usage = "try [options] FILE", .help_en = "Tries.", .help_fr = "Essaie."};
	int argc = 0;

	*v = (struct values){0};
	strcpy(words, line);
	/* analyser: one thread */
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	return options_parse(&c, rows, argc, argv, &v->operands, &v->done, &v->e);
}

static void check_forms(void)
{
	struct values v;
	char words[200], *argv[16];

	CHECK(!parse(&v, words, "try a -vvf b -j4 --output=x c", argv) && v.flag && v.count == 2 && v.number == 4 && !strcmp(v.text, "x"),
	      "opt: grouped letters, stuck and joined values");
	CHECK(v.operands == 3 && !strcmp(argv[0], "try") && !strcmp(argv[1], "a") && !strcmp(argv[2], "b") && !strcmp(argv[3], "c"),
	      "opt: operands stand behind the command's name, in order");
	CHECK(!parse(&v, words, "try -o - -- -f --flag", argv) && !strcmp(v.text, "-") && !v.flag && v.operands == 2 && !strcmp(argv[2], "--flag"),
	      "opt: after -- all are operands");
	CHECK(!parse(&v, words, "try - -o -f", argv) && v.operands == 1 && !strcmp(v.text, "-f") && !v.flag,
	      "opt: a dash is an operand, and a value may begin with one");
	CHECK(!parse(&v, words, "try --rule a x --skip=1 -rb y --skip 2 z -r c", argv) && v.operands == 3 && v.list.count == 2 && v.other.count == 3,
	      "opt: two lists and operands mixed");
	CHECK(!strcmp(v.list.items[0], "1") && !strcmp(v.list.items[1], "2") && !strcmp(v.other.items[0], "a") &&
	      !strcmp(v.other.items[1], "b") && !strcmp(v.other.items[2], "c") && !strcmp(argv[3], "z"),
	      "opt: each list keeps its values in order");
	CHECK(!parse(&v, words, "try", argv) && !v.operands && !v.list.count && !v.done, "opt: nothing at all");
}

static void check_mistakes(void)
{
	static const struct {
		const char *line, *text;
	} rows[] = {
		{"try --flags", "unknown option '--flags'; see `scelle try --help`"},
		{"try --fla", "unknown option '--fla'; see `scelle try --help`"},
		{"try -x", "unknown option '-x'; see `scelle try --help`"},
		{"try --flag=1", "no value is allowed in '--flag=1'; see `scelle try --help`"},
		{"try --output", "a value is missing after '--output'; see `scelle try --help`"},
		{"try -vo", "a value is missing after '-vo'; see `scelle try --help`"},
		{"try -j 4x", "not a whole number '4x'; see `scelle try --help`"},
		{"try -j 99999999999999999999", "not a whole number '99999999999999999999'; see `scelle try --help`"},
		{"try -j2147483648", "not a whole number '2147483648'; see `scelle try --help`"},
		{"try --lang de", "unknown value 'de'; see `scelle try --help`"},
		{"try --lang fr --nope", "option inconnue '--nope' ; voir `scelle try --help`"},
	};
	struct values v;
	char words[200], *argv[16];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int result = parse(&v, words, rows[i].line, argv);

		CHECK(result == -1 && v.e.code == EXIT_USAGE, rows[i].line);
		CHECK_TEXT(v.e.text, rows[i].text, "opt: and the message says what is wrong");
	}
}

static void check_choices(void)
{
	setenv("LC_ALL", "fr_FR.UTF-8", 1);
	CHECK(lang_choose(NULL) == LANG_FR && lang_choose("en") == LANG_EN, "opt: the flag decides before the locale");
	setenv("SCELLE_LANG", "en", 1);
	CHECK(lang_choose(NULL) == LANG_EN, "opt: SCELLE_LANG decides before LC_ALL");
	unsetenv("SCELLE_LANG");
	setenv("LC_ALL", "fry_NL", 1);
	CHECK(lang_choose(NULL) == LANG_EN, "opt: Frisian is not French");
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	setenv("CLICOLOR_FORCE", "1", 1);
	CHECK(!colour_choose(NULL, 1) && colour_choose("always", 1), "opt: NO_COLOR is obeyed, the flag decides before it");
	unsetenv("NO_COLOR");
	CHECK(colour_choose("auto", 1) && !colour_choose("never", 1), "opt: CLICOLOR_FORCE colours a pipe");
	unsetenv("CLICOLOR_FORCE");
}

void u_opt(void)
{
	check_forms();
	check_mistakes();
	check_choices();
}
