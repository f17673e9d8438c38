/* SPDX-License-Identifier: EUPL-1.2 */
/* scelle explain ID: one rule or one control in full, in French or English: what it looks for, what would show it, the articles of law behind it. */
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

static const char *colon(enum lang lang)
{
	return lang == LANG_FR ? " :" : ":";
}

static void print_date(const char *label, date_t date, enum lang lang)
{
	char text[16];

	if (date != DATE_NONE)
		printf("\n%s%s %s\n", label, colon(lang), date_format(date, text));
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
		printf("\n%s%s %s\n", label, colon(lang), text);
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
	printf("%s  %s\n\n%s%s %s\n\n%s%s\n", c->id, both_in(&c->title, lang), words[lang].requirement, colon(lang), both_in(&c->requirement, lang), words[lang].sources, colon(lang));
	for (size_t i = 0; i < c->source_count; i++)
		print_citation("  ", &c->sources[i], lang);
	print_date(words[lang].from, c->from, lang);
	print_date(words[lang].until, c->until, lang);
	printf("\n%s%s %s\n", words[lang].remedy, colon(lang), both_in(&c->remedy, lang));
	if (c->declared_count) {
		printf("\n%s%s\n ", words[lang].declared, colon(lang));
		for (size_t i = 0; i < c->declared_count; i++)
			printf(" %s", c->declared[i]);
		putchar('\n');
	}
	print_text(words[lang].contradicts, c, "contradicts", lang);
	print_text(words[lang].supports, c, "supports", lang);
	if (c->quorum == QUORUM_DOCUMENT)
		print_text(words[lang].document, c, "document", lang);
	printf("\n%s%s\n", words[lang].rules, colon(lang));
	print_rules_of(set, c->id, lang);
}

/* ------------------------------------------------------------------ what a rule looks for, in the words of the rule language */

#define DEPTH_MAX 24      /* of a condition shown; the loader refuses deeper ones */

static void put_scalar(struct span value)
{
	bool plain = value.n > 0;

	for (size_t i = 0; i < value.n; i++)
		plain = plain && (strchr("_-./", value.p[i]) || (value.p[i] >= '0' && value.p[i] <= '9') || ((value.p[i] | 32) >= 'a' && (value.p[i] | 32) <= 'z'));
	printf(plain ? "%.*s" : "'%.*s'", (int)value.n, value.p);
}

/* On one line, as the rule's file has it: {key: x, is: y}. */
static void put_condition(const struct fact *f, int depth)
{
	bool list = f->kind == FACT_LIST;

	if (fact_is_scalar(f)) {
		put_scalar(f->value);
		return;
	}
	putchar(list ? '[' : '{');
	for (const struct fact *child = f->first; child && depth < DEPTH_MAX; child = child->next) {
		printf("%s", child == f->first ? "" : ", ");
		if (!list)
			printf("%s: ", child->key);
		put_condition(child, depth + 1);
	}
	putchar(list ? ']' : '}');
}

static void put_search(const struct rule *r, enum lang lang)
{
	static const struct {
		const char *key, *fr, *en;
	} parts[] = {
		{"where", "Regarde", "Looks at"}, {"when", "Si", "If"}, {"expect", "Attend", "Expects"}, {"reject", "Refuse", "Rejects"},
		{"support", "Appuie", "Supports"}, {"blame", "Montre", "Points at"}, {"unresolved", "L'indéterminé devient", "What is unknown becomes"},
		{"yields_to", "Cède à", "Yields to"}, {"params", "Paramètres", "Parameters"},
	};
	const struct fact *root = rule_fact(r);

	putchar('\n');
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const struct fact *f = fact_child(root, parts[i].key);

		if (!f)
			continue;
		printf("%s%s ", lang == LANG_FR ? parts[i].fr : parts[i].en, colon(lang));
		put_condition(f, 0);
		putchar('\n');
	}
}

static void explain_rule(const struct ruleset *set, const struct rule *r, enum lang lang)
{
	struct both title = rule_title(r), why = rule_why(r), fix = rule_fix(r);
	const char *const *controls;
	size_t n = rule_controls(r, &controls);

	printf("%s  %s\n\n%s%s %s\n%s%s %s\n", rule_id(r), both_in(&title, lang), words[lang].why, colon(lang), both_in(&why, lang), words[lang].fix, colon(lang), both_in(&fix, lang));
	if (rule_source(r))
		printf("%s%s %s\n", words[lang].default_source, colon(lang), rule_source(r));
	put_search(r, lang);
	printf("\n%s%s\n", words[lang].controls, colon(lang));
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
