/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One page a control and one a rule by meaning, in each language, with links between them and an index. The texts are those that the
 * reports show; the condition is printed as it is evaluated (a row's variables filled in), so a page cannot say other than the program does.
 */
#include "cli/reference.h"

#include "base/io.h"
#include "base/limits.h"
#include "report/markdown.h"
#include "report/report.h"

struct reference {
	const struct ruleset *set;
	struct arena *arena;
	const char *dir;
	enum lang lang;
	struct str page;
	struct err *e;
};

enum word { WORD_RULES, WORD_CONTROLS, WORD_REQUIREMENT, WORD_SOURCES, WORD_REMEDY, WORD_WHY, WORD_FIX, WORD_SEVERITY, WORD_VERSION, WORD_SOURCE,
	    WORD_CONDITION, WORD_REPORTED, WORD_QUIET, WORD_AT, WORD_TITLE, WORD_FROM, WORD_UNTIL, WORD_DOCUMENT, WORD_NO_RULE, WORDS };

static const struct both words[WORDS] = {
	[WORD_RULES] = {"Règles", "Rules"},
	[WORD_CONTROLS] = {"Contrôles", "Controls"},
	[WORD_REQUIREMENT] = {"Exigence", "Requirement"},
	[WORD_SOURCES] = {"Textes", "Sources of law"},
	[WORD_REMEDY] = {"Que faire", "What to do"},
	[WORD_WHY] = {"Pourquoi", "Why"},
	[WORD_FIX] = {"Corriger", "Fix"},
	[WORD_SEVERITY] = {"Gravité", "Severity"},
	[WORD_VERSION] = {"Version", "Version"},
	[WORD_SOURCE] = {"Documentation du produit", "Product documentation"},
	[WORD_CONDITION] = {"Condition", "Condition"},
	[WORD_REPORTED] = {"Signalé", "Reported"},
	[WORD_QUIET] = {"Rien à signaler", "Nothing to report"},
	[WORD_AT] = {"ligne", "line"},
	[WORD_TITLE] = {"Référence des règles et des contrôles", "Reference of rules and controls"},
	[WORD_FROM] = {"En vigueur depuis", "In force from"},
	[WORD_UNTIL] = {"En vigueur jusqu'au", "In force until"},
	[WORD_DOCUMENT] = {"Document à demander", "Document to ask for"},
	[WORD_NO_RULE] = {"Aucune règle : une configuration ne peut pas le montrer.", "No rule: a configuration cannot show it."},
};

static const char *say(const struct reference *f, enum word w)
{
	return both_in(&words[w], f->lang);
}

static const char *colon(const struct reference *f)
{
	return f->lang == LANG_FR ? " :" : ":";
}

static void put(struct reference *f, const char *markup)
{
	str_text(&f->page, markup);
}

static void put_field(struct reference *f, enum word label, const char *text)
{
	str_printf(&f->page, "**%s%s** ", say(f, label), colon(f));
	md_text(&f->page, text);
	put(f, "\n\n");
}

static void put_date(struct reference *f, enum word label, date_t date)
{
	char text[16];

	if (date != DATE_NONE)
		put_field(f, label, date_format(date, text));
}

/* A fence longer than any run of backquotes that an example can hold in a line. */
static void put_block(struct reference *f, const char *kind, struct span text)
{
	str_printf(&f->page, "``````%s\n", kind);
	str_span(&f->page, text);
	put(f, !text.n || text.p[text.n - 1] != '\n' ? "\n``````\n\n" : "``````\n\n");
}

static int write_page(struct reference *f, const char *path)
{
	const char *whole = arena_printf(f->arena, "%s/%s/%s", f->dir, lang_code(f->lang), path);
	int bad = io_write(whole, str_get(&f->page), 0644, f->e);

	str_clear(&f->page);
	return bad;
}

/* ------------------------------------------------------------------ rules */

void reference_tree(struct str *out, const struct fact *f, int depth)
{
	FACT_EACH(child, f) {
		str_printf(out, "%*s%s%s", depth * 2, "", child->key ? child->key : "-", child->key ? ":" : "");
		if (child->first) {
			str_char(out, '\n');
			reference_tree(out, child, depth + 1);
		} else {
			str_printf(out, " %.*s\n", (int)child->value.n, child->value.p);
		}
	}
}

static void put_condition(struct reference *f, const struct rule *r)
{
	static const char *const parts[] = {"where", "params", "when", "expect", "reject", "support", "unresolved", "once_per"};
	struct str text = STR_INIT(LIMIT_FILE_BYTES);

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const struct fact *part = fact_child(rule_fact(r), parts[i]);

		if (part && part->first) {
			str_printf(&text, "%s:\n", parts[i]);
			reference_tree(&text, part, 1);
		} else if (part) {
			str_printf(&text, "%s: %.*s\n", parts[i], (int)part->value.n, part->value.p);
		}
	}
	str_printf(&f->page, "%s%s\n\n", say(f, WORD_CONDITION), colon(f));
	put_block(f, "yaml", str_get(&text));
	str_free(&text);
}

static void put_example(struct reference *f, const struct rule *r, const char *list, enum word label)
{
	const struct fact *example = rule_example(f->arena, r, list), *text = example ? fact_child(example, "text") : NULL;
	const char *at = example ? fact_text(example, "at") : NULL;

	if (!text)
		return;
	str_printf(&f->page, "%s", say(f, label));
	if (at)
		str_printf(&f->page, " (%s %s)", say(f, WORD_AT), at);
	str_printf(&f->page, "%s\n\n", colon(f));
	put_block(f, "", text->value);
}

static void put_controls(struct reference *f, const struct rule *r)
{
	const char *const *controls;
	size_t count = rule_controls(r, &controls);

	str_printf(&f->page, "**%s%s**", say(f, WORD_CONTROLS), colon(f));
	for (size_t i = 0; i < count; i++)
		str_printf(&f->page, "%s [%s](../controls/%s.md)", i ? "," : "", controls[i], controls[i]);
	put(f, "\n\n");
}

static void put_rule(struct reference *f, const struct rule *r)
{
	const struct both title = rule_title(r), why = rule_why(r), fix = rule_fix(r);
	char digest[65];

	str_printf(&f->page, "## %s\n\n", rule_id(r));
	md_text(&f->page, both_in(&title, f->lang));
	put(f, "\n\n");
	put_field(f, WORD_SEVERITY, severity_text(rule_severity(r), f->lang));
	put_controls(f, r);
	put_field(f, WORD_WHY, both_in(&why, f->lang));
	put_field(f, WORD_FIX, both_in(&fix, f->lang));
	if (rule_source(r))
		put_field(f, WORD_SOURCE, rule_source(r));
	str_printf(&f->page, "**%s%s** %d, `%s`\n\n", say(f, WORD_VERSION), colon(f), rule_version(r), rule_digest(f->set, r, digest));
	put_condition(f, r);
	put_example(f, r, "fail", WORD_REPORTED);
	put_example(f, r, "pass", WORD_QUIET);
}

/* The rows of a family follow each other in the order of ids. Returns how many rules the page took, 0 on failure. */
static size_t write_rule(struct reference *f, const struct rule *const *rules, size_t count)
{
	const struct span meaning = rule_meaning(rule_id(rules[0]));
	size_t n = 0;

	str_printf(&f->page, "# %.*s\n\n", (int)meaning.n, meaning.p);
	while (n < count && span_eq(rule_meaning(rule_id(rules[n])), meaning))
		put_rule(f, rules[n++]);
	return write_page(f, arena_printf(f->arena, "rules/%.*s.md", (int)meaning.n, meaning.p)) ? 0 : n;
}

/* ------------------------------------------------------------------ controls */

static void put_link_to(struct reference *f, const struct rule *r, const char *folder)
{
	const struct span meaning = rule_meaning(rule_id(r));
	const struct both title = rule_title(r);

	str_printf(&f->page, "- [%s](%s%.*s.md) ", rule_id(r), folder, (int)meaning.n, meaning.p);
	md_text(&f->page, both_in(&title, f->lang));
	str_printf(&f->page, " (%s)\n", severity_text(rule_severity(r), f->lang));
}

static void put_rules_of(struct reference *f, const char *control)
{
	const struct rule *const *rules;
	size_t count = ruleset_rules(f->set, &rules), said = 0;

	str_printf(&f->page, "## %s\n\n", say(f, WORD_RULES));
	for (size_t i = 0; i < count; i++) {
		const char *const *controls;
		size_t n = rule_controls(rules[i], &controls);

		for (size_t k = 0; k < n; k++)
			if (!strcmp(controls[k], control)) {
				put_link_to(f, rules[i], "../rules/");
				said++;
			}
	}
	put(f, said ? "" : say(f, WORD_NO_RULE));
	put(f, said ? "" : "\n");
}

static int write_control(struct reference *f, const struct control *c)
{
	const struct fact *document = fact_child(c->fact, "document");

	str_printf(&f->page, "# %s ", c->id);
	md_text(&f->page, both_in(&c->title, f->lang));
	put(f, "\n\n");
	put_field(f, WORD_REQUIREMENT, both_in(&c->requirement, f->lang));
	put_field(f, WORD_REMEDY, both_in(&c->remedy, f->lang));
	put_field(f, WORD_SEVERITY, severity_text(c->severity, f->lang));
	put_date(f, WORD_FROM, c->from);
	put_date(f, WORD_UNTIL, c->until);
	if (document && fact_text(document, lang_code(f->lang)))
		put_field(f, WORD_DOCUMENT, fact_text(document, lang_code(f->lang)));
	str_printf(&f->page, "## %s\n\n", say(f, WORD_SOURCES));
	for (size_t i = 0; i < c->source_count; i++) {
		put(f, "- ");
		put(f, c->sources[i].url ? "[" : "");
		md_text(&f->page, both_in(&c->sources[i].text, f->lang));
		if (c->sources[i].url)
			str_printf(&f->page, "](<%s>)", c->sources[i].url);
		put(f, "\n");
	}
	put(f, "\n");
	put_rules_of(f, c->id);
	return write_page(f, arena_printf(f->arena, "controls/%s.md", c->id));
}

/* ------------------------------------------------------------------ all */

static int write_index(struct reference *f)
{
	const struct control *const *controls;
	const struct rule *const *rules;
	size_t control_count = ruleset_controls(f->set, &controls), rule_count = ruleset_rules(f->set, &rules);

	str_printf(&f->page, "# %s\n\n## %s\n\n", say(f, WORD_TITLE), say(f, WORD_CONTROLS));
	for (size_t i = 0; i < control_count; i++) {
		str_printf(&f->page, "- [%s](controls/%s.md) ", controls[i]->id, controls[i]->id);
		md_text(&f->page, both_in(&controls[i]->title, f->lang));
		put(f, "\n");
	}
	str_printf(&f->page, "\n## %s\n\n", say(f, WORD_RULES));
	for (size_t i = 0; i < rule_count; i++)
		put_link_to(f, rules[i], "rules/");
	return write_page(f, "README.md");
}

static int write_language(struct reference *f)
{
	const struct control *const *controls;
	const struct rule *const *rules;
	size_t control_count = ruleset_controls(f->set, &controls), rule_count = ruleset_rules(f->set, &rules);
	const char *code = lang_code(f->lang);

	if (io_make_folders(arena_printf(f->arena, "%s/%s/rules", f->dir, code), f->e) ||
	    io_make_folders(arena_printf(f->arena, "%s/%s/controls", f->dir, code), f->e) || write_index(f))
		return -1;
	for (size_t i = 0; i < control_count; i++)
		if (write_control(f, controls[i]))
			return -1;
	for (size_t i = 0; i < rule_count;) {
		size_t taken = write_rule(f, rules + i, rule_count - i);

		if (!taken)
			return -1;
		i += taken;
	}
	return 0;
}

int reference_write(const struct ruleset *set, const char *dir, struct err *e)
{
	static const enum lang languages[] = {LANG_FR, LANG_EN};
	struct arena *a = arena_new();
	struct reference f = {.set = set, .arena = a, .dir = dir, .page = STR_INIT(LIMIT_FILE_BYTES), .e = e};
	int bad = 0;

	for (size_t i = 0; i < 2 && !bad; i++) {
		f.lang = languages[i];
		bad = write_language(&f);
	}
	str_free(&f.page);
	arena_free(a);
	return bad;
}
