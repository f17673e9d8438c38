/* SPDX-License-Identifier: EUPL-1.2 */
/* scelle explain ID: one rule or one control in full, in French or English, with the articles of law behind it. */
#include "cli/cli.h"

extern const struct command command_explain;

static const struct {
	const char *requirement, *sources, *from, *until, *remedy, *rules, *why, *fix, *controls, *default_source, *declared, *document, *contradicts, *supports;
} words[] = {
	[LANG_FR] = {"Exigence", "Sources", "En vigueur depuis", "En vigueur jusqu'au", "Que faire", "Règles", "Pourquoi", "Corriger", "Contrôles",
		     "Documentation du produit", "Champs de la déclaration", "Seul un document peut le montrer", "Peut la contredire", "Peut la soutenir"},
	[LANG_EN] = {"Requirement", "Sources", "In force from", "In force until", "What to do", "Rules", "Why", "Fix", "Controls",
		     "Product documentation", "Fields of the declaration", "Only a document can show it", "May contradict it", "May support it"},
};

static void print_date(const char *label, date_t date)
{
	char text[16];

	if (date != DATE_NONE)
		printf("\n%s: %s\n", label, date_format(date, text));
}

static void print_citation(const char *indent, const struct citation *c, enum lang lang)
{
	printf("%s%s%s%s\n", indent, both_in(&c->text, lang), c->url ? "  " : "", c->url ? c->url : "");
}

static void print_text(const char *label, const struct control *c, const char *key, enum lang lang)
{
	const struct fact *texts = fact_child(c->fact, key);
	const char *text = texts ? fact_text(texts, lang_code(lang)) : NULL;

	if (text)
		printf("\n%s: %s\n", label, text);
}

static void print_rules_of(const struct ruleset *set, const char *control, enum lang lang)
{
	const struct rule *const *rules;
	size_t count = ruleset_rules(set, &rules);

	for (size_t i = 0; i < count; i++) {
		const char *const *controls;
		size_t n = rule_controls(rules[i], &controls);
		struct both title = rule_title(rules[i]);

		for (size_t k = 0; k < n; k++)
			if (!strcmp(controls[k], control))
				printf("  %-8s  %s\n            %s\n", severity_names[rule_severity(rules[i])], rule_id(rules[i]), both_in(&title, lang));
	}
}

static void explain_control(const struct ruleset *set, const struct control *c, enum lang lang)
{
	printf("%s  %s\n\n%s: %s\n\n%s:\n", c->id, both_in(&c->title, lang), words[lang].requirement, both_in(&c->requirement, lang), words[lang].sources);
	for (size_t i = 0; i < c->source_count; i++)
		print_citation("  ", &c->sources[i], lang);
	print_date(words[lang].from, c->from);
	print_date(words[lang].until, c->until);
	printf("\n%s: %s\n", words[lang].remedy, both_in(&c->remedy, lang));
	if (c->declared_count) {
		printf("\n%s:\n ", words[lang].declared);
		for (size_t i = 0; i < c->declared_count; i++)
			printf(" %s", c->declared[i]);
		putchar('\n');
	}
	print_text(words[lang].contradicts, c, "contradicts", lang);
	print_text(words[lang].supports, c, "supports", lang);
	if (c->quorum == QUORUM_DOCUMENT)
		print_text(words[lang].document, c, "document", lang);
	printf("\n%s:\n", words[lang].rules);
	print_rules_of(set, c->id, lang);
}

static void explain_rule(const struct ruleset *set, const struct rule *r, enum lang lang)
{
	struct both title = rule_title(r), why = rule_why(r), fix = rule_fix(r);
	const char *const *controls;
	size_t n = rule_controls(r, &controls);

	printf("%s  %s\n\n%s: %s\n%s: %s\n", rule_id(r), both_in(&title, lang), words[lang].why, both_in(&why, lang), words[lang].fix, both_in(&fix, lang));
	if (rule_source(r))
		printf("%s: %s\n", words[lang].default_source, rule_source(r));
	printf("\n%s:\n", words[lang].controls);
	for (size_t i = 0; i < n; i++) {
		const struct control *c = ruleset_control(set, controls[i]);

		if (!c)
			continue;
		printf("  %s  %s\n", c->id, both_in(&c->title, lang));
		for (size_t k = 0; k < c->source_count; k++)
			print_citation("      ", &c->sources[k], lang);
	}
}

static int explain(const struct text_list *dirs, const char *id, enum lang lang)
{
	struct arena *a = arena_new();
	struct know *know;
	struct ruleset *set;
	struct err e = {0};

	if (know_load(a, NULL, &know, &e) || ruleset_load(a, know, dirs->items, dirs->count, false, &set, &e))
		goto out;
	if (ruleset_control(set, id))
		explain_control(set, ruleset_control(set, id), lang);
	else if (ruleset_rule(set, id))
		explain_rule(set, ruleset_rule(set, id), lang);
	else
		err_set(&e, EXIT_USAGE, "no rule and no control '%s'; 'scelle rules list' names the rules", id);
out:
	arena_free(a);
	return e.text[0] ? complain(&e) : EXIT_CLEAN;
}

static int cmd_explain(int argc, char **argv)
{
	const char *lang = NULL;
	struct text_list dirs = {0};
	const struct option_row rows[] = {
		{"rules", 'r', OPTION_LIST, &dirs, "DIR", "further rules, on top of the built-in ones", "règles ajoutées à celles du programme"},
		{"lang", 0, OPTION_TEXT, &lang, "fr|en", "language of texts", "langue des textes"},
		{0},
	};
	struct err e = {0};
	bool done = false;
	int operands;

	if (options_parse(&command_explain, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	if (operands != 1) {
		err_set(&e, EXIT_USAGE, "explain: one rule or control, as HOST-04");
		return complain(&e);
	}
	return explain(&dirs, argv[1], lang_choose(lang));
}

const struct command command_explain = {
	"explain", "explain ID", "one rule or control in full, with its articles of law", "une règle ou un contrôle en entier, avec ses articles de loi", cmd_explain,
};
