/* SPDX-License-Identifier: EUPL-1.2 */
/* scelle rules list | show ID | doc DIR | lint [DIR...] | test [DIR...] | lock DIR | new AREA.SLUG: the work of rule authors. */
#include "cli/cli.h"

#include "base/io.h"
#include "base/limits.h"
#include "cli/reference.h"
#include "scan/rules_pack.h"

#include <stdlib.h>

extern const struct command command_rules;

struct rules_options {
	const char *lang, *rule, *output, *key, *cert, *passphrase_file;
	struct text_list dirs;
	bool mutate, profiles, timing;
};

static int load(struct arena *a, const struct rules_options *o, struct ruleset **ret, struct err *e)
{
	struct know *know;

	return know_load(a, NULL, &know, e) || ruleset_load(a, know, o->dirs.items, o->dirs.count, false, ret, e) ? -1 : 0;
}

#define PROFILES_LISTED 256

static void print_profiles(const struct ruleset *set)
{
	const char *names[PROFILES_LISTED];
	size_t count = ruleset_profiles(set, names, PROFILES_LISTED);

	for (size_t i = 0; i < count && i < PROFILES_LISTED; i++)
		puts(names[i]);
}

static int list_rules(const struct rules_options *o)
{
	struct arena *a = arena_new();
	struct ruleset *set;
	const struct rule *const *rules;
	struct err e = {0};
	size_t count;

	if (load(a, o, &set, &e)) {
		arena_free(a);
		return complain(&e);
	}
	if (o->profiles) {
		print_profiles(set);
		arena_free(a);
		return EXIT_CLEAN;
	}
	count = ruleset_rules(set, &rules);
	for (size_t i = 0; i < count; i++) {
		struct both title = rule_title(rules[i]);

		if (!o->rule || glob_match(o->rule, rule_id(rules[i])))
			printf("%-8s  %-50s  %s\n", severity_names[rule_severity(rules[i])], rule_id(rules[i]), both_in(&title, lang_choose(o->lang)));
	}
	arena_free(a);
	return EXIT_CLEAN;
}

static int show_rule(const struct rules_options *o, const char *id)
{
	struct arena *a = arena_new();
	struct ruleset *set;
	const struct rule *r;
	char digest[65];
	struct str text = STR_INIT(LIMIT_FILE_BYTES);
	struct err e = {0};

	if (load(a, o, &set, &e))
		goto out;
	r = ruleset_rule(set, id);
	if (!r) {
		err_set(&e, EXIT_USAGE, "no rule '%s'; 'scelle rules list' names them", id);
		goto out;
	}
	printf("%s  version %d  %s\n", rule_id(r), rule_version(r), rule_digest(set, r, digest));
	reference_tree(&text, rule_fact(r), 0);
	fputs(str_get(&text).p, stdout);
out:
	str_free(&text);
	arena_free(a);
	return e.text[0] ? complain(&e) : EXIT_CLEAN;
}

static int document_rules(const struct rules_options *o, const char *dir)
{
	struct arena *a = arena_new();
	struct ruleset *set;
	struct err e = {0};

	if (!load(a, o, &set, &e))
		reference_write(set, dir, &e);
	arena_free(a);
	return e.text[0] ? complain(&e) : EXIT_CLEAN;
}

static int lint_rules(const struct rules_options *o, char **dirs, int count)
{
	size_t mistakes = rules_lint(stdout, (const char *const *)dirs, (size_t)count, o->timing);

	if (mistakes)
		fprintf(stderr, lang_choose(o->lang) == LANG_FR ? "%zu erreur(s)\n" : "%zu mistake(s)\n", mistakes);
	return mistakes ? EXIT_USAGE : EXIT_CLEAN;
}

static int test_rules(const struct rules_options *o, char **dirs, int count)
{
	struct rules_test_result result;
	struct err e = {0};

	if (rules_test(stdout, (const char *const *)dirs, (size_t)count, o->rule, o->mutate, &result, &e))
		return complain(&e);
	printf(lang_choose(o->lang) == LANG_FR ? "%zu règles par sens, %zu lignes, %zu exemples, %zu en échec, %zu conditions non éprouvées\n" :
	       "%zu rules by meaning, %zu rows, %zu examples, %zu failed, %zu untested conditions\n",
	       result.rules, result.rows, result.examples, result.failed, result.untested_leaves);
	return result.failed || result.untested_leaves ? EXIT_USAGE : result.examples ? EXIT_CLEAN : EXIT_INCOMPLETE;
}

static int lock_rules(const char *dir)
{
	struct err e = {0};

	return rules_lock(dir, &e) ? complain(&e) : EXIT_CLEAN;
}

static const char skeleton[] =
	"# SPDX-License-Identifier: EUPL-1.2\n"
	"severity: medium\n"
	"controls: []\n"
	"title: { fr: \"\", en: \"\" }\n"
	"why:   { fr: \"\", en: \"\" }\n"
	"fix:   { fr: \"\", en: \"\" }\n"
	"where: { resource: aws_s3_bucket }\n"
	"expect: { key: a.b, is: true }\n"
	"examples:\n"
	"  fail: [ { name: a.tf, text: \"\", at: 1 }, { name: b.tf, text: \"\", at: 1 } ]\n"
	"  pass: [ { name: c.tf, text: \"\" }, { name: d.tf, text: \"\" } ]\n"
	"  unknown: [ { name: e.tf, text: \"\" } ]\n";

/* Below the first --rules folder, else below ./rules; an existing file is never touched. */
static int new_rule(const struct rules_options *o, const char *id)
{
	struct arena *a = arena_new();
	const char *dir = o->dirs.count ? o->dirs.items[0] : "rules", *dot = strchr(id, '.');
	struct span there;
	struct err e = {0};
	char *path;

	if (!dot || !dot[1] || strchr(id, '/')) {
		err_set(&e, EXIT_USAGE, "an id is AREA.SLUG, not '%s'", id);
		goto out;
	}
	path = arena_printf(a, "%s/%.*s/%s.yaml", dir, (int)(dot - id), id, dot + 1);
	if (!io_read(a, path, LIMIT_FILE_BYTES, &there, NULL)) {
		err_set(&e, EXIT_USAGE, "'%s' is already there", path);
		goto out;
	}
	if (!io_make_folders(arena_printf(a, "%s/%.*s", dir, (int)(dot - id), id), &e) && !io_write(path, SPAN(skeleton), 0644, &e))
		printf("%s\n", path);
out:
	arena_free(a);
	return e.text[0] ? complain(&e) : EXIT_CLEAN;
}

static int seal_pack(const struct rules_options *o, struct span json, struct err *e)
{
	const struct passphrase passphrase = {.fd = -1, .file = o->passphrase_file, .ask = !o->passphrase_file};
	const struct seal_entry entry = {RULES_PACK_ENTRY, "application/json", json};
	const struct seal_request q = {.entries = &entry, .entry_count = 1};
	struct str container = STR_INIT(LIMIT_CONTAINER_BYTES);
	struct signer *s = NULL;
	int bad = signer_open(o->key, o->cert, &passphrase, &s, e) || seal_write(&q, s, &container, e) || io_write(o->output, str_get(&container), 0644, e);

	signer_free(s);
	str_free(&container);
	return bad ? -1 : 0;
}

/* Only rules that load are packed: a signature under a broken rule would be worth nothing. */
static int pack_rules(const struct rules_options *o, const char *dir)
{
	struct arena *a = arena_new();
	struct str json = STR_INIT(LIMIT_REPORT_BYTES);
	struct rules_options with = {.dirs = {&dir, 1}};
	struct ruleset *set;
	struct err e = {0};

	if (!o->output || !o->key)
		err_set(&e, EXIT_USAGE, "rules pack: needs --output and --key; `scelle key new` makes a key");
	else if (!load(a, &with, &set, &e) && !rules_pack_write(a, dir, &json, &e))
		seal_pack(o, str_get(&json), &e);
	str_free(&json);
	arena_free(a);
	return e.text[0] ? complain(&e) : EXIT_CLEAN;
}

static int dispatch(const struct rules_options *o, int operands, char **argv, struct err *e)
{
	const char *verb = operands > 0 ? argv[0] : "";

	if (!strcmp(verb, "list") && operands == 1)
		return list_rules(o);
	if (!strcmp(verb, "show") && operands == 2)
		return show_rule(o, argv[1]);
	if (!strcmp(verb, "doc") && operands == 2)
		return document_rules(o, argv[1]);
	if (!strcmp(verb, "lint") && operands > 1)
		return lint_rules(o, argv + 1, operands - 1);
	if (!strcmp(verb, "test") && operands > 1)
		return test_rules(o, argv + 1, operands - 1);
	if (!strcmp(verb, "lock") && operands == 2)
		return lock_rules(argv[1]);
	if (!strcmp(verb, "pack") && operands == 2)
		return pack_rules(o, argv[1]);
	if (!strcmp(verb, "new") && operands == 2)
		return new_rule(o, argv[1]);
	err_set(e, EXIT_USAGE, "rules: list, show ID, doc DIR, lint DIR..., test DIR..., lock DIR, pack DIR or new AREA.SLUG");
	return complain(e);
}

static int cmd_rules(int argc, char **argv)
{
	struct rules_options o = {0};
	const struct option_row rows[] = {
		{"rules", 'r', OPTION_LIST, &o.dirs, "DIR", "further rules, on top of the built-in ones", "règles ajoutées à celles du programme"},
		{"rule", 0, OPTION_TEXT, &o.rule, "GLOB", "only rules whose id matches", "seulement les règles de cet identifiant"},
		{"profiles", 0, OPTION_FLAG, &o.profiles, NULL, "list: the profiles instead of the rules", "list : les profils plutôt que les règles"},
		{"mutate", 0, OPTION_FLAG, &o.mutate, NULL, "test: also switch each condition off and see an example fail", "test : éteindre chaque condition et voir un exemple échouer"},
		{"timing", 0, OPTION_FLAG, &o.timing, NULL, "lint: print the worst time of each pattern, slowest first", "lint : afficher le pire temps de chaque motif, le plus lent d'abord"},
		{"output", 'o', OPTION_TEXT, &o.output, "FILE", "pack: the signed pack to write", "pack : le lot signé à écrire"},
		{"key", 0, OPTION_TEXT, &o.key, "FILE", "pack: the key that signs (PEM, PKCS#8 or PKCS#12)", "pack : la clé qui signe (PEM, PKCS#8 ou PKCS#12)"},
		{"cert", 0, OPTION_TEXT, &o.cert, "FILE", "pack: its certificate", "pack : son certificat"},
		{"passphrase-file", 0, OPTION_TEXT, &o.passphrase_file, "FILE", "pack: the key's passphrase is the first line of FILE", "pack : la phrase de passe de la clé est la première ligne de FILE"},
		{"lang", 0, OPTION_TEXT, &o.lang, "fr|en", "language of texts", "langue des textes"},
		{0},
	};
	struct err e = {0};
	bool done = false;
	int operands;

	if (options_parse(&command_rules, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	return done ? EXIT_CLEAN : dispatch(&o, operands, argv + 1, &e);
}

const struct command command_rules = {
	"rules", "rules list | show ID | doc DIR | lint DIR... | test DIR... | lock DIR | pack DIR | new AREA.SLUG",
	"list, show, check and test rules", "lister, montrer, vérifier et éprouver les règles", cmd_rules,
};
