/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A rules file to one rule, or to one rule a row (sections 1, 2 and 7). The name of the file is the id: area/slug.yaml.
 */
#include "rule/rule_p.h"

#include "base/digest.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdlib.h>

const char *const severity_names[] = {"info", "low", "medium", "high", "critical", NULL};
const char *const confidence_names[] = {"low", "medium", "high", NULL};

static const char *const rule_keys[] = {
	"version", "status", "severity", "confidence", "controls", "title", "why", "fix", "params", "where", "when", "expect",
	"reject", "support", "unresolved", "once_per", "mask", "blame", "yields_to", "aliases", "source", "examples", "rows", NULL,
};

void rule_mistake(struct mistakes *m, const struct fact *at, const char *file, const char *format, ...)
{
	va_list args;

	if (m->count++ >= m->max)
		return;
	if (m->text->n)
		str_char(m->text, '\n');
	str_text(m->text, file ? file : "rules");
	if (at && at->doc) {
		struct pos pos = doc_pos(at->doc, at->head.length ? at->head.offset : at->at.offset);

		str_printf(m->text, ":%u:%u", pos.line, pos.column);
	}
	str_text(m->text, ": ");
	va_start(args, format);
	str_vprintf(m->text, format, args);
	va_end(args);
}

static int index_of(const char *const *names, const char *name)
{
	for (int i = 0; names[i]; i++)
		if (*names[i] == *name && !strcmp(names[i], name))      /* asked of each key of each rule */
			return i;
	return -1;
}

/* ------------------------------------------------------------------ single keys */

static void load_both(struct loader *l, const struct fact *top, const char *key, struct both *ret)
{
	const struct fact *f = fact_child(top, key);
	const char *fr = f ? fact_text(f, "fr") : NULL, *en = f ? fact_text(f, "en") : NULL;

	if (!fr || !en || !*fr || !*en)
		rule_mistake(l->mistakes, f ? f : top, l->rule->file, "'%s' needs a French and an English text", key);
	*ret = (struct both){fr ? fr : "", en ? en : ""};
}

static int grade_of(struct loader *l, const struct fact *f, const char *const *names, const char *what)
{
	const char *text = fact_string(f);
	int grade = index_of(names, text);

	if (grade < 0)
		rule_mistake(l->mistakes, f, l->rule->file, "unknown %s '%s'", what, text);
	return grade < 0 ? 0 : grade;
}

static void load_graded_item(struct loader *l, const struct fact *item, const char *const *names, const char *what, struct graded *ret)
{
	const struct fact *is = fact_child(item, "is"), *when = fact_child(item, "when");

	*ret = (struct graded){0};
	if (!is) {
		rule_mistake(l->mistakes, item, l->rule->file, "%s: needs 'is'", what);
		return;
	}
	ret->grade = grade_of(l, is, names, what);
	ret->when = when ? cond_load(l, when) : NULL;
}

static struct graded *load_graded(struct loader *l, const char *key, const char *const *names, int otherwise, size_t *ret_count)
{
	const struct fact *f = fact_child(l->rule->fact, key);
	struct graded *list = NULL;
	size_t count = 0;

	if (!f) {
		*ARENA_PUSH(l->arena, list, count) = (struct graded){.grade = otherwise};
		if (otherwise < 0)
			rule_mistake(l->mistakes, l->rule->fact, l->rule->file, "'%s' is required", key);
	} else if (f->kind == FACT_LIST) {
		FACT_EACH(item, f)
			load_graded_item(l, item, names, key, ARENA_PUSH(l->arena, list, count));
		if (!count || list[count - 1].when)
			rule_mistake(l->mistakes, f, l->rule->file, "the last item of '%s' has no 'when'", key);
	} else {
		*ARENA_PUSH(l->arena, list, count) = (struct graded){.grade = grade_of(l, f, names, key)};
	}
	*ret_count = count;
	return list;
}

static void load_params(struct loader *l, struct rule *r)
{
	const struct fact *f = fact_child(r->fact, "params");
	struct param *params = NULL;
	size_t count = 0;

	if (!f)
		return;
	FACT_EACH(item, f) {
		struct param *p = ARENA_PUSH(l->arena, params, count);
		const struct fact *policy = fact_child(item, "policy"), *by_default = fact_child(item, "default");

		*p = (struct param){.name = item->key};
		if (policy)
			p->has_policy = path_load_text(l, policy, arena_printf(l->arena, "policy.%.*s", (int)policy->value.n, policy->value.p), &p->policy);
		if (by_default)
			literals_load(l, by_default, &p->by_default);
		else
			rule_mistake(l->mistakes, item, r->file, "parameter '%s' needs a default", item->key);
	}
	r->params = params;
	r->param_count = count;
}

/* ------------------------------------------------------------------ where */

static void load_where_subject(struct loader *l, const struct fact *f, int kind, struct where *w)
{
	static const char *const parts[] = {"values", "comments", "all", NULL};
	int part;

	w->kind = (enum where_kind)kind;
	if (kind == WHERE_BLOCK) {
		path_load(l, f, &w->block);
	} else if (kind == WHERE_TEXT) {
		part = index_of(parts, fact_string(f));
		if (part < 0)
			rule_mistake(l->mistakes, f, l->rule->file, "text: one of values, comments, all");
		w->text = part < 0 ? TEXT_ALL : (enum text_part)part;
	} else if (kind != WHERE_DOCUMENT && kind != WHERE_DEPLOYMENT) {
		w->names = texts_load(l, f, &w->count);
	}
}

static void load_from(struct loader *l, const struct fact *f, struct where *w)
{
	static const char *const names[] = {"export", "declaration", "any", NULL};
	int from = index_of(names, fact_string(f));

	if (from < 0)
		rule_mistake(l->mistakes, f, l->rule->file, "from: one of export, declaration, any");
	else
		w->from = (enum from)from;
}

static void load_where(struct loader *l, struct rule *r)
{
	static const char *const kinds[] = {"resource", "view", "block", "setting", "text", "document", "scope", "deployment", NULL};
	const struct fact *f = fact_child(r->fact, "where");
	int subjects = 0;

	if (!f || f->kind != FACT_BLOCK) {
		rule_mistake(l->mistakes, r->fact, r->file, "'where' is required");
		return;
	}
	FACT_EACH(item, f) {
		int kind = index_of(kinds, item->key);

		if (kind >= 0) {
			subjects++;
			load_where_subject(l, item, kind, &r->where);
		} else if (!strcmp(item->key, "format")) {
			r->where.formats = texts_load(l, item, &r->where.format_count);
		} else if (!strcmp(item->key, "file")) {
			r->where.files = texts_load(l, item, &r->where.file_count);
		} else if (!strcmp(item->key, "from")) {
			load_from(l, item, &r->where);
		} else {
			rule_mistake(l->mistakes, item, r->file, "unknown key '%s' in 'where'", item->key);
		}
	}
	if (subjects != 1)
		rule_mistake(l->mistakes, f, r->file, "'where' names one subject, not %d", subjects);
}

/* ------------------------------------------------------------------ the rest of a rule */

static void load_conditions(struct loader *l, struct rule *r)
{
	const struct { const char *key; struct cond **at; } conditions[] = {
		{"when", &r->when}, {"expect", &r->expect}, {"reject", &r->reject}, {"support", &r->support},
	};

	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		const struct fact *f = fact_child(r->fact, conditions[i].key);

		if (f)
			*conditions[i].at = cond_load(l, f);
	}
	if (r->expect ? r->reject || r->support : !r->reject && !r->support)
		rule_mistake(l->mistakes, r->fact, r->file, "one of 'expect', 'reject', 'support' ('reject' and 'support' may stand together)");
}

static const char *load_word(struct loader *l, const char *key, const char *otherwise)
{
	const char *text = fact_text(l->rule->fact, key);

	return text ? text : otherwise;
}

static void load_mask(struct rule *r)
{
	const char *text = fact_text(r->fact, "mask");
	bool secret_text = r->where.kind == WHERE_TEXT && (!strcmp(r->area, "secret") || !strcmp(r->area, "secrecy"));

	if (!text)
		r->mask = secret_text || !strcmp(r->area, "secret") ? MASK_VALUE : MASK_NONE;
	else if (!strcmp(text, "none"))
		r->mask = MASK_NONE;
	else if (!strcmp(text, "value"))
		r->mask = MASK_VALUE;
	else {
		r->mask = MASK_CAPTURE;
		r->mask_group = atoi(text);
	}
}

static void load_options(struct loader *l, struct rule *r)
{
	static const char *const once[] = {"subject", "block", "column", "line", "document", "deployment", NULL};
	const struct fact *yields = fact_child(r->fact, "yields_to"), *aliases = fact_child(r->fact, "aliases");
	const struct fact *blame = fact_child(r->fact, "blame"), *controls = fact_child(r->fact, "controls");
	int per = index_of(once, load_word(l, "once_per", "subject"));

	r->version = atoi(load_word(l, "version", "1"));
	r->status = load_word(l, "status", "stable");
	r->source = load_word(l, "source", NULL);
	r->unresolved = strcmp(load_word(l, "unresolved", "unknown"), "silent") ? OUTCOME_UNKNOWN : OUTCOME_SILENT;
	r->once_per = per < 0 ? ONCE_SUBJECT : (enum once_per)per;
	if (per < 0)
		rule_mistake(l->mistakes, fact_child(r->fact, "once_per"), r->file, "once_per: one of subject, block, column, line, document, deployment");
	if (yields)
		r->yields_to = texts_load(l, yields, &r->yield_count);
	if (aliases)
		r->aliases = texts_load(l, aliases, &r->alias_count);
	if (controls)
		r->controls = texts_load(l, controls, &r->control_count);
	else
		rule_mistake(l->mistakes, r->fact, r->file, "'controls' is required");
	r->blame_subject = blame && span_is(blame->value, "subject");
	if (blame && !r->blame_subject)
		r->has_blame = path_load(l, blame, &r->blame);
	load_mask(r);
}

static void check_keys(struct loader *l, const struct rule *r, const struct fact *shared)
{
	if (l->facts != l->arena)
		return;      /* the program's own rules in a scan: lint has checked them */
	FACT_EACH(item, r->fact)
		if (item->key && index_of(rule_keys, item->key) < 0 && fact_child(shared, item->key) && !r->row)
			rule_mistake(l->mistakes, item, r->file, "unknown key '%s'", item->key);
	for (size_t i = 0; i < r->control_count; i++)
		if (!ruleset_control(l->set, r->controls[i]))
			rule_mistake(l->mistakes, fact_child(r->fact, "controls"), r->file, "unknown control '%s'", r->controls[i]);
}

/* What a rule means: its digest changes when, and only when, its answers may. */
static void digest_meaning(struct digest *d, const struct fact *f)
{
	digest_piece(d, span_of(f->key ? f->key : "-"));
	digest_piece(d, f->value);
	FACT_EACH(child, f)
		digest_meaning(d, child);
	digest_piece(d, SPAN("."));
}

static void digest_lists(struct digest *d, const struct ruleset *set, const struct fact *f)
{
	if (f->value.n > 1 && f->value.p[0] == '@') {
		const struct named_list *list = ruleset_list(set, f->value.p + 1);

		for (size_t i = 0; list && i < list->count; i++)
			digest_piece(d, span_of(list->values[i]));
	}
	FACT_EACH(child, f)
		digest_lists(d, set, child);
}

/* Asked for by those who show or compare rules; a check never does. */
const char *rule_digest(const struct ruleset *s, const struct rule *r, char ret[65])
{
	static const char *const meaning[] = {"where", "when", "expect", "reject", "support", "unresolved", "params", "once_per"};
	struct digest *d = digest_new();

	for (size_t i = 0; i < sizeof meaning / sizeof *meaning; i++) {
		const struct fact *f = fact_child(r->fact, meaning[i]);

		if (!f)
			continue;
		digest_meaning(d, f);
		digest_lists(d, s, f);
	}
	return digest_end(d, ret);
}

static void load_one(struct loader *l, struct rule *r, const struct fact *shared)
{
	l->rule = r;
	load_params(l, r);
	load_where(l, r);
	load_conditions(l, r);
	r->severities = load_graded(l, "severity", severity_names, -1, &r->severity_count);
	r->confidences = load_graded(l, "confidence", confidence_names, CONFIDENCE_HIGH, &r->confidence_count);
	load_both(l, r->fact, "title", &r->title);
	load_both(l, r->fact, "why", &r->why);
	load_both(l, r->fact, "fix", &r->fix);
	load_options(l, r);
	check_keys(l, r, shared);
	r->fact = fact_kept(l, r->fact);
	*ARENA_PUSH(l->arena, l->set->rules, l->set->count) = r;
}

/* ------------------------------------------------------------------ files and rows */

static void add_variables(struct loader *l, const struct fact *row, struct rule *r)
{
	FACT_EACH(item, row) {
		const char *fr = item->kind == FACT_BLOCK ? fact_text(item, "fr") : NULL;
		const char *en = item->kind == FACT_BLOCK ? fact_text(item, "en") : NULL;
		const char *plain = item->kind == FACT_LITERAL || item->kind == FACT_PLACEHOLDER ? fact_string(item) : NULL;

		if (index_of(rule_keys, item->key) < 0 && (plain || (fr && en)))
			*ARENA_PUSH(l->arena, r->variables, r->variable_count) = (struct variable){item->key, plain ? plain : fr, plain ? plain : en};
	}
}

static struct rule *rule_new(struct loader *l, const char *file, const char *base, const char *area)
{
	struct rule *r = ARENA_NEW(l->arena, struct rule);

	r->file = file;
	r->id = base;
	r->area = area;
	return r;
}

void rule_load(struct loader *l, const char *name, const struct fact *root)
{
	const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
	const char *area = slash ? arena_dup(l->arena, name, (size_t)(slash - name)) : "";
	const char *slug = slash ? slash + 1 : name;
	const char *base = arena_printf(l->arena, "%s.%.*s", area, (int)(dot ? (size_t)(dot - slug) : strlen(slug)), slug);
	const struct fact *rows = fact_child(root, "rows"), *examples = fact_child(root, "examples");
	struct rule *r;

	if (!rows) {
		r = rule_new(l, name, base, area);
		r->first_row = true;
		r->fact = examples ? fact_expand(l->facts, l->arena, root, NULL, 0, NULL) : root;
		r->examples = examples;
		load_one(l, r, root);
		return;
	}
	FACT_EACH(row, rows) {
		r = rule_new(l, name, arena_printf(l->arena, "%s.%s", base, row->key), area);
		r->row = row->key;
		r->first_row = row == rows->first;
		add_variables(l, row, r);
		r->fact = fact_expand(l->row_facts, l->arena, root, r->variables, r->variable_count, row);
		r->shared_examples = examples;
		r->examples = fact_child(row, "examples");
		load_one(l, r, root);
		if (l->row_facts != l->arena)
			arena_reset(l->row_facts);
	}
}

/* ------------------------------------------------------------------ reading a rule */

int severity_named(const char *word)
{
	for (int s = SEVERITY_INFO; s <= SEVERITY_CRITICAL; s++)
		if (!strcmp(word, severity_names[s]))
			return s;
	return -1;
}

const char *rule_id(const struct rule *r) { return r->id; }
const char *rule_area(const struct rule *r) { return r->area; }
int rule_version(const struct rule *r) { return r->version; }
struct both rule_title(const struct rule *r) { return r->title; }
struct both rule_why(const struct rule *r) { return r->why; }
struct both rule_fix(const struct rule *r) { return r->fix; }
const char *rule_source(const struct rule *r) { return r->source; }
const struct fact *rule_fact(const struct rule *r) { return r->fact; }

size_t rule_controls(const struct rule *r, const char *const **ret)
{
	*ret = r->controls;
	return r->control_count;
}

enum severity rule_severity(const struct rule *r)
{
	int worst = 0;

	for (size_t i = 0; i < r->severity_count; i++)
		worst = r->severities[i].grade > worst ? r->severities[i].grade : worst;
	return (enum severity)worst;
}
