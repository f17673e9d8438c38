/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * All rules, controls and lists of a run: the table compiled into the program, and folders given by --rules on top of it.
 * Order of loading: lists, controls, then rules, since a rule names both. A file of the same name replaces the built-in one.
 */
#include "rule/rule_p.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/str.h"
#include "read/table.h"

#include <stdlib.h>
#include <unistd.h>

/* A file of rules, whichever way it came. */
struct source {
	const char *name, *sha256;
	const struct fact *root;             /* of a file that was read; NULL: the table's */
	const struct table_node *node;
};

struct sources {
	struct source *items;
	size_t count;
};

/* Where rules come from besides the table. */
struct origins {
	const char *const *dirs;
	size_t dir_count;
	const struct rules_pack *packs;
	size_t pack_count;
	bool only;      /* instead of the table */
	bool scan;      /* nobody will show the rules or check them */
};

/* ------------------------------------------------------------------ gathering */

static void add_source(struct arena *a, struct sources *s, struct source one)
{
	for (size_t i = 0; i < s->count; i++) {
		if (!strcmp(s->items[i].name, one.name)) {
			s->items[i] = one;
			return;
		}
	}
	*ARENA_PUSH(a, s->items, s->count) = one;
}

static void report_diags(struct mistakes *m, const struct doc *d)
{
	for (size_t i = 0; i < d->diag_count; i++) {
		struct fact at = {.doc = d, .at = d->diags[i].at};

		if (d->diags[i].level != DIAG_NOTE)
			rule_mistake(m, &at, d->name, "%s", d->diags[i].text);
	}
	if (d->status == DOC_UNREADABLE)
		rule_mistake(m, NULL, d->name, "%s", d->reason ? d->reason : "cannot be read");
}

static int add_folder(struct arena *a, struct sources *s, const char *dir, struct mistakes *m, struct err *e)
{
	const char *roots[1] = {dir};
	struct collect_options options = {0};
	struct input_set *set = ARENA_NEW(a, struct input_set);

	if (collect(set, a, roots, 1, &options, e))
		return err_set(e, EXIT_USAGE, "cannot read rules from '%s'", dir);
	for (size_t i = 0; i < set->count; i++) {
		struct doc *d = set->docs[i];

		if (!span_ends(span_of(d->name), ".yaml") && !span_ends(span_of(d->name), ".csv"))
			continue;
		report_diags(m, d);
		if (d->root_count)
			add_source(a, s, (struct source){d->name, d->sha256, d->roots[0], NULL});
	}
	return 0;
}

static int add_pack(struct arena *a, struct sources *s, const struct rules_pack *pack, struct mistakes *m, struct err *e)
{
	struct input_set *set = ARENA_NEW(a, struct input_set);
	const struct doc *json;
	const struct fact *files;

	*set = (struct input_set){.arena = a, .interned = MAP_INIT(a)};
	json = input_add(set, pack->name, pack->json, format_named("json"));
	files = json->root_count ? fact_child(json->roots[0], "files") : NULL;
	if (json->status != DOC_READ || !files)
		return err_set(e, EXIT_USAGE, "cannot read the rules of '%s'", pack->name);
	FACT_EACH(file, files) {
		const char *name = fact_text(file, "name");
		const struct fact *text = fact_child(file, "text");
		struct doc *d;

		if (!name || !text || (!span_ends(span_of(name), ".yaml") && !span_ends(span_of(name), ".csv")))
			continue;
		d = input_add(set, name, text->value, NULL);
		report_diags(m, d);
		if (d->root_count)
			add_source(a, s, (struct source){d->name, d->sha256, d->roots[0], NULL});
	}
	return 0;
}

/* ------------------------------------------------------------------ lists and controls */

static void load_list(struct loader *l, const char *name, const struct fact *root)
{
	const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
	const struct fact *values = fact_child(root, "values");
	struct named_list *list = ARENA_PUSH(l->arena, l->set->lists, l->set->list_count);

	*list = (struct named_list){.name = arena_dup(l->arena, slash + 1, (size_t)(dot - slash - 1))};
	if (values)
		list->values = texts_load(l, values, &list->count);
	else
		rule_mistake(l->mistakes, root, name, "a list needs 'values'");
}

/* A profile chooses controls: what one text, or one facility, asks for. */
static void load_profile(struct loader *l, const char *name, const struct fact *root)
{
	const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
	const struct fact *controls = fact_child(root, "controls");
	struct named_list *profile = ARENA_PUSH(l->arena, l->set->profiles, l->set->profile_count);

	*profile = (struct named_list){.name = arena_dup(l->arena, slash + 1, (size_t)(dot - slash - 1))};
	if (controls)
		profile->values = texts_load(l, controls, &profile->count);
	else
		rule_mistake(l->mistakes, root, name, "a profile needs 'controls'");
}

static date_t load_date(const struct fact *f, const char *key)
{
	const char *text = fact_text(f, key);

	return text ? date_parse(span_of(text)) : DATE_NONE;
}

static struct both load_texts(struct loader *l, const char *name, const struct fact *root, const char *key)
{
	const struct fact *f = fact_child(root, key);
	const char *fr = f ? fact_text(f, "fr") : NULL, *en = f ? fact_text(f, "en") : NULL;

	if (!fr || !en)
		rule_mistake(l->mistakes, f ? f : root, name, "'%s' needs a French and an English text", key);
	return (struct both){fr ? fr : "", en ? en : ""};
}

static const char *const *load_names(struct loader *l, const struct fact *f, const char *key, size_t *ret)
{
	const struct fact *list = fact_child(f, key);

	*ret = 0;
	return list ? texts_load(l, list, ret) : NULL;
}

bool url_is_web(const char *url)
{
	return (!strncmp(url, "https://", 8) || !strncmp(url, "http://", 7)) && !strpbrk(url, " \t\r\n\"'<>");
}

/* `text` when the citation reads the same in both languages, else `fr` and `en`; a bare text is one without a link. */
static struct citation load_citation(struct loader *l, const char *name, const struct fact *f)
{
	const char *fr, *en, *url;

	if (fact_is_scalar(f))
		return (struct citation){.text = {fact_string(f), fact_string(f)}};
	fr = fact_text(f, "text");
	en = fr;
	if (!fr) {
		fr = fact_text(f, "fr");
		en = fact_text(f, "en");
	}
	if (!fr || !en)
		rule_mistake(l->mistakes, f, name, "a source needs 'text', or 'fr' and 'en'");
	url = fact_text(f, "url");
	if (url && !url_is_web(url)) {
		rule_mistake(l->mistakes, f, name, "'url' begins with https:// or http://");
		url = NULL;
	}
	return (struct citation){.text = {fr ? fr : "", en ? en : ""}, .url = url};
}

static void load_citations(struct loader *l, const char *name, const struct fact *root, struct control *c)
{
	const struct fact *list = fact_child(root, "sources");
	struct citation *citations = NULL;

	if (list)
		FACT_EACH(item, list)
			*ARENA_PUSH(l->arena, citations, c->source_count) = load_citation(l, name, item);
	c->sources = citations;
}

static void load_grades(struct loader *l, const char *name, const struct fact *root, struct control *c)
{
	static const char *const quorums[] = {"every", "one", "document", NULL};
	const char *severity = fact_text(root, "severity"), *quorum = fact_text(root, "quorum");
	bool found = false;

	for (int i = 0; severity && severity_names[i]; i++)
		if (!strcmp(severity, severity_names[i]))
			c->severity = (enum severity)i, found = true;
	if (!found)
		rule_mistake(l->mistakes, root, name, "'severity' is required: info, low, medium, high or critical");
	found = !quorum;
	for (int i = 0; quorum && quorums[i]; i++)
		if (!strcmp(quorum, quorums[i]))
			c->quorum = (enum quorum)i, found = true;
	if (!found)
		rule_mistake(l->mistakes, root, name, "unknown quorum '%s'", quorum);
}

/* What supports it in the files handed over, and the document that shows the rest; where a control names neither, what to do. */
static struct both load_shown_by(struct loader *l, const char *name, const struct fact *root, struct both remedy)
{
	bool supports = fact_child(root, "supports"), document = fact_child(root, "document");
	struct both files = supports ? load_texts(l, name, root, "supports") : (struct both){"", ""};
	struct both paper = document ? load_texts(l, name, root, "document") : (struct both){"", ""};
	const char *between = supports && document ? " " : "";

	if (!supports && !document)
		return remedy;
	return (struct both){arena_printf(l->arena, "%s%s%s", files.fr, between, paper.fr), arena_printf(l->arena, "%s%s%s", files.en, between, paper.en)};
}

static void load_control(struct loader *l, const char *name, const struct fact *root)
{
	const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
	struct control *c = ARENA_NEW(l->arena, struct control);

	c->id = arena_dup(l->arena, slash + 1, (size_t)(dot - slash - 1));
	c->area = fact_text(root, "area");
	c->title = load_texts(l, name, root, "title");
	c->requirement = load_texts(l, name, root, "requirement");
	c->remedy = load_texts(l, name, root, "remedy");
	c->shown_by = load_shown_by(l, name, root, c->remedy);
	load_citations(l, name, root, c);
	c->bound = load_names(l, root, "bound", &c->bound_count);
	c->concerns = load_names(l, root, "concerns", &c->concern_count);
	c->declared = load_names(l, root, "declared", &c->declared_count);
	c->from = load_date(root, "from");
	c->until = load_date(root, "until");
	c->verified = fact_text(root, "verified");
	c->fact = fact_kept(l, root);
	load_grades(l, name, root, c);
	if (!c->area || !c->source_count)
		rule_mistake(l->mistakes, root, name, "a control needs 'area' and 'sources'");
	*ARENA_PUSH(l->arena, l->set->controls, l->set->control_count) = c;
}

/* ------------------------------------------------------------------ loading */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct source *)a)->name, ((const struct source *)b)->name);
}

static int by_rule_id(const void *a, const void *b)
{
	return strcmp((*(struct rule *const *)a)->id, (*(struct rule *const *)b)->id);
}

static bool below(const char *name, const char *folder)
{
	return span_starts(span_of(name), folder);
}

static bool is_rule_file(const char *name)
{
	static const char *const others[] = {"controls/", "lists/", "know/", "dialects/", "profiles/"};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (below(name, others[i]))
			return false;
	return strchr(name, '/') && span_ends(span_of(name), ".yaml");
}

/*
 * Facts of the table are made for each file in turn, and unless somebody shows rules they are gone when it is loaded: they would
 * be most of what a small check takes. Those of files that were read stay, so that messages have a place.
 */
static void load_source(struct loader *l, const struct source *s, void (*load)(struct loader *, const char *, const struct fact *))
{
	bool let_go = !s->root && l->scratch;

	l->facts = let_go ? l->scratch : l->arena;
	l->row_facts = let_go ? l->row_scratch : l->arena;
	load(l, s->name, s->root ? s->root : table_facts(l->facts, s->node));
	if (let_go)
		arena_reset(l->scratch);
}

static void load_sources(struct loader *l, const struct sources *s)
{
	struct rule nobody = {0};

	for (size_t i = 0; i < s->count; i++) {
		l->rule = &nobody;      /* analyser: whoever reads it later has set it to a rule */
		nobody.file = s->items[i].name;
		if (below(s->items[i].name, "lists/"))
			load_source(l, &s->items[i], load_list);
		else if (below(s->items[i].name, "controls/"))
			load_source(l, &s->items[i], load_control);
		else if (below(s->items[i].name, "profiles/"))
			load_source(l, &s->items[i], load_profile);
	}
	/* analyser: whoever reads the rule has set it: rule_load, or a pass over all */
	for (size_t i = 0; i < s->count; i++)
		if (is_rule_file(s->items[i].name))
			load_source(l, &s->items[i], rule_load);
	if (l->set->count)
		qsort(l->set->rules, l->set->count, sizeof *l->set->rules, by_rule_id);
}

static void find_doubles(struct loader *l)
{
	for (size_t i = 1; i < l->set->count; i++)
		if (!strcmp(l->set->rules[i - 1]->id, l->set->rules[i]->id))
			rule_mistake(l->mistakes, l->set->rules[i]->fact, l->set->rules[i]->file, "doubled rule '%s'", l->set->rules[i]->id);
}

static void digest_sources(struct ruleset *set, const struct sources *s)
{
	struct digest *d = digest_new();

	for (size_t i = 0; i < s->count; i++) {
		if (below(s->items[i].name, "know/"))
			continue;
		digest_piece(d, span_of(s->items[i].name));
		digest_piece(d, span_of(s->items[i].sha256));
	}
	digest_end(d, set->digest);
}

static int gather(struct arena *a, struct sources *s, const struct origins *o, struct mistakes *m, struct err *e)
{
	for (const struct table_file *f = table_files; f < table_files + table_file_count && !o->only; f++)
		*ARENA_PUSH(a, s->items, s->count) = (struct source){table_name(f), table_sha256(f), NULL, table_root(f)};
	for (size_t i = 0; i < o->dir_count; i++)
		if (add_folder(a, s, o->dirs[i], m, e))
			return -1;
	for (size_t i = 0; i < o->pack_count; i++)
		if (add_pack(a, s, &o->packs[i], m, e))
			return -1;
	if (s->count)
		qsort(s->items, s->count, sizeof *s->items, by_name);
	return 0;
}

/* A folder of rules alone may bring its own dialects; most do not, and then the program's serve. */
static const char *dialects_folder(struct arena *a, const struct origins *o)
{
	bool own = o->only && o->dir_count && !access(arena_printf(a, "%s/dialects", o->dirs[0]), R_OK);

	return own ? o->dirs[0] : NULL;
}

static int load_from(struct arena *a, const struct know *k, const struct origins *o, bool checking, struct ruleset **ret, struct err *e)
{
	struct str text = STR_INIT(MIB);
	struct mistakes mistakes = {.arena = a, .text = &text, .max = checking ? 10000 : 10};
	struct ruleset *set = ARENA_NEW(a, struct ruleset);
	struct loader loader = {.arena = a, .set = set, .mistakes = &mistakes};
	struct sources sources = {0};
	int bad = -1;

	if (o->scan) {
		loader.scratch = arena_new();
		loader.row_scratch = arena_new();
	}
	set->arena = a;
	set->know = k;
	models_list(set);
	set->check_only = checking;
	set->verify_patterns = o->dir_count || o->pack_count;
	if (gather(a, &sources, o, &mistakes, e) || dialects_load(a, dialects_folder(a, o), &set->dialects, e))
		goto out;
	load_sources(&loader, &sources);
	find_doubles(&loader);
	if (checking || set->verify_patterns)
		ruleset_find_circles(set, &mistakes);      /* the program's own are checked when they are tested */
	digest_sources(set, &sources);
	*ret = set;
	bad = mistakes.count ? err_set(e, EXIT_USAGE, "%.*s", (int)(text.n < 1000 ? text.n : 1000), text.p) : 0;
	if (checking && mistakes.count)
		set->mistakes = arena_str(a, text.p);
	set->mistake_count = mistakes.count;
out:
	arena_free(loader.scratch);
	arena_free(loader.row_scratch);
	str_free(&text);
	return bad;
}

int ruleset_load_from(struct arena *a, const struct know *k, const char *const *dirs, size_t dir_count, bool dirs_only, bool checking,
		      struct ruleset **ret, struct err *e)
{
	const struct origins o = {.dirs = dirs, .dir_count = dir_count, .only = dirs_only};

	return load_from(a, k, &o, checking, ret, e);
}

int ruleset_load(struct arena *a, const struct know *k, const char *const *dirs, size_t dir_count, bool dirs_only, struct ruleset **ret, struct err *e)
{
	return ruleset_load_from(a, k, dirs, dir_count, dirs_only, false, ret, e);
}

int ruleset_load_scan(struct arena *a, const struct know *k, const char *const *dirs, size_t dir_count, const struct rules_pack *packs,
		       size_t pack_count, bool dirs_only, struct ruleset **ret, struct err *e)
{
	const struct origins o = {dirs, dir_count, packs, pack_count, dirs_only, true};

	return load_from(a, k, &o, false, ret, e);
}

/* ------------------------------------------------------------------ looking */

const char *ruleset_digest(const struct ruleset *s)
{
	return s->digest;
}

size_t ruleset_rules(const struct ruleset *s, const struct rule *const **ret)
{
	*ret = (const struct rule *const *)s->rules;
	return s->count;
}

size_t ruleset_controls(const struct ruleset *s, const struct control *const **ret)
{
	*ret = (const struct control *const *)s->controls;
	return s->control_count;
}

const struct rule *ruleset_rule(const struct ruleset *s, const char *id)
{
	for (size_t i = 0; i < s->count; i++) {
		if (!strcmp(s->rules[i]->id, id))
			return s->rules[i];
		for (size_t j = 0; j < s->rules[i]->alias_count; j++)
			if (!strcmp(s->rules[i]->aliases[j], id))
				return s->rules[i];
	}
	return NULL;
}

const struct control *ruleset_control(const struct ruleset *s, const char *id)
{
	for (size_t i = 0; i < s->control_count; i++)
		if (!strcmp(s->controls[i]->id, id))
			return s->controls[i];
	return NULL;
}

const struct named_list *ruleset_list(const struct ruleset *s, const char *name)
{
	for (size_t i = 0; i < s->list_count; i++)
		if (!strcmp(s->lists[i].name, name))
			return &s->lists[i];
	return NULL;
}

static bool any_glob(const char *const *globs, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (glob_match(globs[i], id))
			return true;
	return false;
}

void ruleset_select(struct ruleset *s, const char *const *only, size_t only_count, const char *const *skip, size_t skip_count)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++) {
		const char *id = s->rules[i]->id;
		bool draft = !strcmp(s->rules[i]->status, "draft");

		if ((only_count ? any_glob(only, only_count, id) : !draft) && !any_glob(skip, skip_count, id))
			s->rules[kept++] = s->rules[i];
	}
	s->count = kept;
}

/* ------------------------------------------------------------------ profiles */

static bool profile_has(const struct named_list *p, const char *control)
{
	for (size_t i = 0; i < p->count; i++)
		if (!strcmp(p->values[i], control))
			return true;
	return false;
}

static bool speaks_of(const struct rule *r, const struct named_list *p)
{
	for (size_t i = 0; i < r->control_count; i++)
		if (profile_has(p, r->controls[i]))
			return true;
	return false;
}

static void keep_profile(struct ruleset *s, const struct named_list *p)
{
	size_t controls = 0, rules = 0;

	for (size_t i = 0; i < s->control_count; i++)
		if (profile_has(p, s->controls[i]->id))
			s->controls[controls++] = s->controls[i];
	for (size_t i = 0; i < s->count; i++)
		if (speaks_of(s->rules[i], p))
			s->rules[rules++] = s->rules[i];
	s->control_count = controls;
	s->count = rules;
}

int ruleset_profile(struct ruleset *s, const char *name, struct err *e)
{
	const struct named_list *p = NULL;

	for (size_t i = 0; i < s->profile_count; i++)
		if (!strcmp(s->profiles[i].name, name))
			p = &s->profiles[i];
	if (!p)
		return err_set(e, EXIT_USAGE, "no profile '%s'; `scelle rules list --profiles` names them", name);
	for (size_t i = 0; i < p->count; i++)
		if (!ruleset_control(s, p->values[i]))
			return err_set(e, EXIT_USAGE, "profile '%s': unknown control '%s'", name, p->values[i]);
	keep_profile(s, p);
	return 0;
}

size_t ruleset_profiles(const struct ruleset *s, const char **ret, size_t max)
{
	for (size_t i = 0; i < s->profile_count && i < max; i++)
		ret[i] = s->profiles[i].name;
	return s->profile_count;
}
