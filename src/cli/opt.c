/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One table of options gives parsing, --help and (through --help) the manual's text. Own parser instead of getopt_long:
 * getopt keeps global state and cannot be driven by a table with targets. No abbreviations of long names: a script that
 * relies on one breaks the day a second option begins alike.
 */
#include "cli/cli.h"

#include "base/utf8.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct parse {
	const struct command *command;
	const struct option_row *rows;
	char **argv;
	int argc, at;                       /* the next word */
	int operands;
	const struct option_row **list_rows;      /* row and value of each list option met, in order */
	const char **list_values;
	int lists;
	bool help, only_operands;
	struct err *e;
};

/* ------------------------------------------------------------------ language, colour, ends */

static bool word_lang(const char *word, enum lang *ret)
{
	if (!strncasecmp(word, "fr", 2) && !strchr("abcdefghijklmnopqrstuvwxyz", word[2] ? word[2] : '_'))
		*ret = LANG_FR;
	else if (!strncasecmp(word, "en", 2) && !strchr("abcdefghijklmnopqrstuvwxyz", word[2] ? word[2] : '_'))
		*ret = LANG_EN;
	else
		return false;
	return true;
}

enum lang lang_choose(const char *flag)
{
	static const char *const variables[] = {"SCELLE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
	enum lang lang = LANG_EN;

	if (flag && word_lang(flag, &lang))
		return lang;
	/* the first variable that is set decides, as locale(7) has it, also when its language is neither */
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		const char *value = getenv(variables[i]);

		if (value && *value) {
			(void)word_lang(value, &lang);
			break;
		}
	}
	return lang;
}

int lang_set(const char *word, enum lang *ret)
{
	if (strcmp(word, "fr") && strcmp(word, "en"))
		return -1;
	(void)word_lang(word, ret);
	return setenv("SCELLE_LANG", word, 1);
}

bool colour_choose(const char *flag, int fd)
{
	const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE"), *term = getenv("TERM");

	if (flag && strcmp(flag, "auto"))
		return !strcmp(flag, "always");
	if (no && *no)
		return false;
	if (force && *force && strcmp(force, "0"))
		return true;
	return isatty(fd) && term && strcmp(term, "dumb");
}

int complain(const struct err *e)
{
	struct span rest = span_of(e->text);

	do {      /* a declaration's mistakes come one a line */
		const char *end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
		struct str line = STR_INIT(sizeof e->text * 6);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;

		utf8_safe(&line, span_cut(rest, 0, n));
		fprintf(stderr, "scelle: %s\n", line.n ? line.p : "");
		str_free(&line);
		rest = span_cut(rest, end ? n + 1 : n, rest.n);
	} while (rest.n);
	return (int)e->code;
}

enum exit_code finish(enum exit_code code)
{
	struct err e = {0};
	bool failed = ferror(stdout);

	if (!fflush(stdout) && !failed)
		return code;
	err_errno(&e, EXIT_BROKEN, "cannot write to standard output");
	complain(&e);
	return exit_worst(code, EXIT_BROKEN);
}

/* ------------------------------------------------------------------ parsing */

static bool says_french(const struct parse *p)
{
	for (const struct option_row *row = p->rows; row->name; row++)
		if (!strcmp(row->name, "lang"))
			return lang_choose(*(const char **)row->target) == LANG_FR;
	return lang_choose(NULL) == LANG_FR;
}

static int wrong(struct parse *p, const char *en, const char *fr, const char *subject)
{
	bool french = says_french(p);

	return err_set(p->e, EXIT_USAGE, french ? "%s '%.200s' ; voir `scelle %s --help`" : "%s '%.200s'; see `scelle %s --help`",
		       french ? fr : en, subject, p->command->name);
}

static bool takes_argument(const struct option_row *row)
{
	return row->kind != OPTION_FLAG && row->kind != OPTION_COUNT;
}

static int store_int(struct parse *p, const struct option_row *row, const char *value)
{
	char *end;
	long n;

	errno = 0;
	/* analyser: an option that takes no argument is none of this kind (takes_argument) */
	n = strtol(value, &end, 10);
	if (!*value || *end || errno || n > INT_MAX || n < INT_MIN)
		return wrong(p, "not a whole number", "pas un nombre entier", value);
	*(int *)row->target = (int)n;
	return 0;
}

static int store(struct parse *p, const struct option_row *row, const char *value)
{
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)row->target = true;
		return 0;
	case OPTION_COUNT:
		++*(int *)row->target;
		return 0;
	case OPTION_TEXT:
		*(const char **)row->target = value;
		return 0;
	case OPTION_LIST:
		p->list_rows[p->lists] = row;
		p->list_values[p->lists++] = value;
		return 0;
	case OPTION_INT:
		return store_int(p, row, value);
	}
	return 0;
}

/* The value behind '=' or stuck to the letter (inside), else the next word. */
static int store_with_argument(struct parse *p, const struct option_row *row, const char *inside, const char *word)
{
	if (!inside && p->at < p->argc)
		inside = p->argv[p->at++];
	if (!inside)
		return wrong(p, "a value is missing after", "il manque une valeur après", word);
	return store(p, row, inside);
}

static int parse_long(struct parse *p, const char *word)
{
	const char *name = word + 2, *equals = strchr(name, '=');
	size_t n = equals ? (size_t)(equals - name) : strlen(name);

	if (n == 4 && !equals && !strncmp(name, "help", 4)) {
		p->help = true;
		return 0;
	}
	for (const struct option_row *row = p->rows; row->name; row++) {
		if (strlen(row->name) != n || strncmp(row->name, name, n))
			continue;
		if (takes_argument(row))
			return store_with_argument(p, row, equals ? equals + 1 : NULL, word);
		if (equals)
			return wrong(p, "no value is allowed in", "aucune valeur n'est admise dans", word);
		return store(p, row, NULL);
	}
	return wrong(p, "unknown option", "option inconnue", word);
}

static const struct option_row *row_of_letter(const struct parse *p, char letter)
{
	for (const struct option_row *row = p->rows; row->name; row++)
		if (row->letter == letter)
			return row;
	return NULL;
}

static int parse_letters(struct parse *p, const char *word)
{
	for (const char *at = word + 1; *at; at++) {
		const struct option_row *row = row_of_letter(p, *at);

		if (!row && *at == 'h') {
			p->help = true;
			continue;
		}
		if (!row)
			return wrong(p, "unknown option", "option inconnue", word);
		if (takes_argument(row))
			return store_with_argument(p, row, at[1] ? at + 1 : NULL, word);
		if (store(p, row, NULL))
			return -1;
	}
	return 0;
}

static int parse_word(struct parse *p)
{
	char *word = p->argv[p->at++];

	if (p->only_operands || word[0] != '-' || !word[1])
		p->argv[++p->operands] = word;
	else if (!strcmp(word, "--"))
		p->only_operands = true;
	else
		return word[1] == '-' ? parse_long(p, word) : parse_letters(p, word);
	return 0;
}

/* Every list value freed at least one word, so that all fit behind the operands. */
static void place_lists(struct parse *p)
{
	int free_slot = p->operands + 1;

	for (const struct option_row *row = p->rows; row->name; row++) {
		struct text_list *list = row->target;

		if (row->kind != OPTION_LIST)
			continue;
		*list = (struct text_list){.items = (const char **)(void *)(p->argv + free_slot)};
		for (int i = 0; i < p->lists; i++)
			if (p->list_rows[i] == row)
				list->items[list->count++] = p->list_values[i];
		free_slot += (int)list->count;
	}
}

static int check_words(struct parse *p)
{
	static const struct {
		const char *option, *words[4];
	} known[] = {
		{"lang", {"fr", "en"}},
		{"color", {"auto", "always", "never"}},
	};

	for (const struct option_row *row = p->rows; row->name; row++)
		for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
			const char *value, *const *word = known[k].words;

			if (strcmp(row->name, known[k].option) || row->kind != OPTION_TEXT)
				continue;
			value = *(const char **)row->target;
			while (value && *word && strcmp(*word, value))
				word++;
			if (value && !*word)
				return wrong(p, "unknown value", "valeur inconnue", value);
		}
	return 0;
}

/* ------------------------------------------------------------------ help */

static void left_column(struct str *out, const struct option_row *row)
{
	str_clear(out);
	if (row->letter)
		str_printf(out, "  -%c, --%s", row->letter, row->name);
	else
		str_printf(out, "      --%s", row->name);
	if (row->argument)
		str_printf(out, " %s", row->argument);
}

/* Words of text from column `indent` on, folded before column 80. */
static void print_folded(const char *text, size_t indent)
{
	size_t column = indent;

	while (*text) {
		size_t n = strcspn(text, " "), width = utf8_width((struct span){text, n});

		if (column > indent && column + 1 + width > 80) {
			printf("\n%*s", (int)indent, "");
			column = indent;
		}
		printf("%s%.*s", column > indent ? " " : "", (int)n, text);
		column += width + (column > indent);
		text += n;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void print_option(struct str *left, const char *help)
{
	const size_t indent = 28;

	fputs(left->p, stdout);
	if (left->n + 2 > indent)
		printf("\n%*s", (int)indent, "");
	else
		printf("%*s", (int)(indent - left->n), "");
	print_folded(help, indent);
}

static void print_help(const struct parse *p)
{
	bool french = says_french(p);
	struct str left = STR_INIT(1024);

	printf("%s scelle %s\n\n", french ? "usage :" : "usage:", p->command->usage);
	print_folded(french ? p->command->help_fr : p->command->help_en, 0);
	putchar('\n');
	for (const struct option_row *row = p->rows; row->name; row++) {
		left_column(&left, row);
		print_option(&left, french ? row->help_fr : row->help_en);
	}
	str_clear(&left);
	str_text(&left, "  -h, --help");
	print_option(&left, french ? "cette aide" : "this help");
	str_free(&left);
}

int options_parse(const struct command *c, const struct option_row *rows, int argc, char **argv, int *ret_operands,
		  bool *ret_done, struct err *e)
{
	struct parse p = {.command = c, .rows = rows, .argv = argv, .argc = argc, .at = 1, .e = e};
	int bad = 0;

	p.list_rows = calloc((size_t)argc + 1, sizeof *p.list_rows);
	p.list_values = calloc((size_t)argc + 1, sizeof *p.list_values);
	if (!p.list_rows || !p.list_values)
		arena_exhausted();
	while (!bad && p.at < argc)
		bad = parse_word(&p);
	if (!bad)
		bad = check_words(&p);
	if (!bad)
		place_lists(&p);
	free(p.list_rows);
	free(p.list_values);
	if (bad)
		return -1;
	if (p.help)
		print_help(&p);
	*ret_operands = p.operands;
	*ret_done = p.help;
	return 0;
}

int fail_level(const char *word, struct err *e)
{
	int level = severity_named(word ? word : "high");

	if (level >= 0)
		return level;
	/* analyser: without a word it is "high", which has a level */
	return strcmp(word, "none") ? err_set(e, EXIT_USAGE, "no severity '%s': critical, high, medium, low, info or none", word) : SEVERITY_CRITICAL + 1;
}
