/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `rules lint` (section 11): what the loader cannot see because each rule is well formed by itself. The loader's own mistakes
 * come first; then names, texts, examples, patterns and sense, each as file:line:column: what, why.
 * rules/LOCK holds one line a rule (id, version, digest of its meaning): a changed meaning needs a raised version.
 */
#include "rule/rule_p.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/utf8.h"

#include <stdlib.h>

struct lint {
	FILE *out;
	struct arena *arena;
	const struct ruleset *set;
	const struct rule *rule;
	size_t mistakes;
	struct map locked;      /* id to its line */
	struct map stressed;    /* patterns that were timed: rows share them */
	struct timing *timings;
	size_t timing_count;
};

static void say(struct lint *l, const struct fact *at, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void say(struct lint *l, const struct fact *at, const char *format, ...)
{
	struct pos pos = {1, 1};
	va_list args;

	if (at && at->doc)
		pos = doc_pos(at->doc, at->head.length ? at->head.offset : at->at.offset);
	fprintf(l->out, "%s:%u:%u: %s: ", l->rule->file, pos.line, pos.column, l->rule->id);
	va_start(args, format);
	vfprintf(l->out, format, args);
	va_end(args);
	fputc('\n', l->out);
	l->mistakes++;
}

/* ------------------------------------------------------------------ names */

static void lint_declared_path(struct lint *l, const struct path *p, const struct fact *at)
{
	if (p->root != ROOT_DECLARED || p->steps[0].kind != STEP_KEY)
		return;
	if (!declared_field_exists(p->steps[0].key))
		say(l, at, "no field '%s' in a declaration", p->steps[0].key);
}

static void lint_view_path(struct lint *l, const struct path *p, const struct fact *at)
{
	const struct where *w = &l->rule->where;
	bool known = false;

	if (w->kind != WHERE_VIEW || p->root != ROOT_SUBJECT || p->steps[0].kind != STEP_KEY)
		return;
	if (!strcmp(w->names[0], "env"))      /* its keys are the variables' names */
		return;
	for (size_t i = 0; i < w->count; i++)
		known = known || view_has_field(w->names[i], p->steps[0].key);
	if (!known)
		say(l, at, "view '%s' has no field '%s'", w->names[0], p->steps[0].key);
}

static void lint_leaf(struct lint *l, const struct cond *c, bool top)
{
	for (size_t i = 0; i < c->path_count; i++) {
		lint_declared_path(l, &c->paths[i], c->fact);
		if (top)
			lint_view_path(l, &c->paths[i], c->fact);
		if (c->selector == SELECT_KEY)
			for (size_t k = 0; k < c->paths[i].count; k++)
				if (c->paths[i].steps[k].kind == STEP_ITEMS || c->paths[i].steps[k].kind == STEP_ANY)
					say(l, c->fact, "'key' on several values: say 'some' or 'every'");
	}
	if (c->related && c->related->kind == SUBJECT_VIEW && !c->related->is_block && !view_exists(c->related->type))
		say(l, c->fact, "unknown view '%s'", c->related->type);
	if (c->by_default.given && !c->by_default.unknown && !l->rule->source)
		say(l, c->fact, "a default needs a 'source'");
	for (size_t i = 0; i < c->test_count; i++)
		if (c->tests[i].kind == TEST_AGREES)
			lint_declared_path(l, &c->tests[i].agrees.with, c->tests[i].fact);
}

static void lint_cond(struct lint *l, const struct cond *c, bool top)
{
	if (!c)
		return;
	if (c->kind == COND_LEAF) {
		lint_leaf(l, c, top);
		for (size_t i = 0; i < c->test_count; i++)
			lint_cond(l, c->tests[i].has, false);
		return;
	}
	for (size_t i = 0; i < c->count; i++) {
		if (c->kind == COND_NOT && c->items[i]->kind == COND_LEAF && c->items[i]->selector == SELECT_EVERY)
			say(l, c->fact, "'not' over 'every': say 'some'");
		lint_cond(l, c->items[i], top);
	}
}

static void lint_where(struct lint *l)
{
	const struct where *w = &l->rule->where;

	for (size_t i = 0; i < w->count && w->kind == WHERE_VIEW; i++)
		if (!view_exists(w->names[i]))
			say(l, fact_child(l->rule->fact, "where"), "unknown view '%s'", w->names[i]);
	for (size_t i = 0; i < w->count && w->kind == WHERE_RESOURCE; i++)
		if (strncmp(w->names[i], "class:", 6) && !dialect_knows(l->set->dialects, w->names[i]))
			say(l, fact_child(l->rule->fact, "where"), "no dialect knows the type '%s'", w->names[i]);
}

/* ------------------------------------------------------------------ texts and grades */

static void lint_texts(struct lint *l)
{
	const struct { const char *key; const struct both *text; } texts[] = {
		{"title", &l->rule->title}, {"why", &l->rule->why}, {"fix", &l->rule->fix},
	};

	for (size_t i = 0; i < 3; i++)
		if (*texts[i].text->fr && !strcmp(texts[i].text->fr, texts[i].text->en))
			say(l, fact_child(l->rule->fact, texts[i].key), "'%s' is the same in French and in English", texts[i].key);
	if (rule_severity(l->rule) == SEVERITY_CRITICAL && l->rule->confidences[l->rule->confidence_count - 1].grade == CONFIDENCE_LOW)
		say(l, fact_child(l->rule->fact, "confidence"), "low confidence with critical severity");
}

/* ------------------------------------------------------------------ examples */

static size_t count_examples(const struct rule *r, const char *list)
{
	const struct fact *both[2] = {r->shared_examples, r->examples};
	size_t n = 0;

	for (int i = 0; i < 2; i++) {
		const struct fact *f = both[i] ? fact_child(both[i], list) : NULL;

		if (f)
			FACT_EACH(item, f)
				n += item->kind == FACT_BLOCK;
	}
	return n;
}

static void lint_examples(struct lint *l)
{
	const struct rule *r = l->rule;

	if (count_examples(r, "fail") < 2 && (r->expect || r->reject))
		say(l, r->fact, "at least two 'fail' examples");
	if (count_examples(r, "pass") < 2)
		say(l, r->fact, "at least two 'pass' examples");
	if (r->unresolved == OUTCOME_UNKNOWN && !count_examples(r, "unknown"))
		say(l, r->fact, "an 'unknown' example, or unresolved: silent");
	if (r->when && r->unresolved == OUTCOME_UNKNOWN && !count_examples(r, "silent"))
		say(l, r->fact, "a 'silent' example, since there is a 'when'");
}

/* ------------------------------------------------------------------ patterns */

#define STRESS_SECONDS 0.05

/* One line of --timing. */
struct timing {
	const struct rule *rule;
	const struct fact *at;
	const char *source;
	struct stress worst;
};

static void lint_pattern(struct lint *l, const struct pattern *p, const struct fact *at)
{
	const struct regex *r = pattern_get((struct pattern *)(uintptr_t)p);
	struct stress worst;

	if (map_get(&l->stressed, span_of(p->source)))
		return;
	map_put(&l->stressed, span_of(p->source), at);
	if (regex_find(r, SPAN(""), 0, NULL, 0) == REGEX_YES && l->rule->where.kind == WHERE_TEXT)
		say(l, at, "the pattern matches the empty text");
	pattern_stress(p->source, r, &worst);
	if (worst.limit || worst.seconds > STRESS_SECONDS)
		say(l, at, "the pattern needs too many steps on a text of '%.*s'", (int)worst.unit_length, worst.unit);
	*ARENA_PUSH(l->arena, l->timings, l->timing_count) = (struct timing){l->rule, at, p->source, worst};
}

static int by_time(const void *a, const void *b)
{
	const struct timing *x = a, *y = b;

	return (x->worst.seconds < y->worst.seconds) - (x->worst.seconds > y->worst.seconds);
}

/* Slowest first: microseconds for STRESS_BYTES of the worst text, where the pattern stands, the repeated text, the pattern. */
static void print_timings(struct lint *l)
{
	qsort(l->timings, l->timing_count, sizeof *l->timings, by_time);
	for (size_t i = 0; i < l->timing_count; i++) {
		const struct timing *t = &l->timings[i];
		struct str unit = STR_INIT(1024);

		utf8_safe(&unit, (struct span){t->worst.unit, t->worst.unit_length});
		fprintf(l->out, "%9.1f  %s:%u  '%s'  %s\n", t->worst.seconds * 1e6, t->rule->file, t->at->doc ? doc_pos(t->at->doc, t->at->at.offset).line : 0,
			str_get(&unit).p, t->source);
		str_free(&unit);
	}
}

static void lint_patterns(struct lint *l, const struct cond *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->count; i++)
		lint_patterns(l, c->items[i]);
	if (c->split)
		lint_pattern(l, c->split, c->fact);
	if (c->capture)
		lint_pattern(l, c->capture, c->fact);
	for (size_t i = 0; i < c->test_count; i++) {
		if (c->tests[i].pattern)
			lint_pattern(l, c->tests[i].pattern, c->tests[i].fact);
		lint_patterns(l, c->tests[i].has);
	}
}

/* ------------------------------------------------------------------ LOCK */

static void read_lock(struct lint *l, const char *dir)
{
	struct span text;
	const char *path = arena_printf(l->arena, "%s/LOCK", dir);

	if (io_read(l->arena, path, LIMIT_FILE_BYTES, &text, NULL))
		return;
	for (const char *at = text.p; *at;) {
		size_t n = strcspn(at, "\n"), id = strcspn(at, " \n");

		if (id < n)
			map_put(&l->locked, (struct span){at, id}, arena_dup(l->arena, at, n));
		at += n + (at[n] == '\n');
	}
}

static void lint_lock(struct lint *l)
{
	const char *line = map_get(&l->locked, span_of(l->rule->id));
	int version;
	char digest[65], now[65];

	if (!l->locked.count)
		return;
	if (!line || sscanf(line, "%*s %d %64s", &version, digest) != 2)
		say(l, l->rule->fact, "not in LOCK: run 'scelle rules lock'");
	else if (strcmp(digest, rule_digest(l->set, l->rule, now)) && l->rule->version <= version)
		say(l, l->rule->fact, "the meaning changed: raise 'version' above %d, then run 'scelle rules lock'", version);
}

int rules_lock(const char *dir, struct err *e)
{
	struct arena *a = arena_new();
	struct str out = STR_INIT(16 * MIB);
	struct know *know;
	struct ruleset *set;
	char digest[65];
	int bad = -1;

	if (know_load(a, NULL, &know, e) || ruleset_load_from(a, know, &dir, 1, false, true, &set, e))
		goto out;
	for (size_t i = 0; i < set->count; i++)
		if (set->rules[i]->fact->doc)
			str_printf(&out, "%s %d %s\n", set->rules[i]->id, set->rules[i]->version, rule_digest(set, set->rules[i], digest));
	bad = io_write(arena_printf(a, "%s/LOCK", dir), str_get(&out), 0644, e);
out:
	str_free(&out);
	arena_free(a);
	return bad;
}

/* ------------------------------------------------------------------ the whole set */

struct digested {
	const struct rule *rule;
	char digest[65];
};

static int by_digest(const void *a, const void *b)
{
	const struct digested *x = a, *y = b;
	int order = strcmp(x->digest, y->digest);

	return order ? order : strcmp(x->rule->id, y->rule->id);
}

static void lint_doubles(struct lint *l)
{
	struct digested *sorted = ARENA_ARRAY(l->arena, struct digested, l->set->count + 1);

	for (size_t i = 0; i < l->set->count; i++) {
		sorted[i].rule = l->set->rules[i];
		rule_digest(l->set, sorted[i].rule, sorted[i].digest);
	}
	qsort(sorted, l->set->count, sizeof *sorted, by_digest);
	for (size_t i = 1; i < l->set->count; i++) {
		if (strcmp(sorted[i - 1].digest, sorted[i].digest))
			continue;
		l->rule = sorted[i].rule;
		say(l, l->rule->fact, "the same meaning as %s", sorted[i - 1].rule->id);
	}
}

static bool any_rule_for(const struct ruleset *set, const char *control)
{
	for (size_t i = 0; i < set->count; i++)
		for (size_t k = 0; k < set->rules[i]->control_count; k++)
			if (!strcmp(set->rules[i]->controls[k], control))
				return true;
	return false;
}

static void lint_concern(struct lint *l, const struct fact *at, const char *what)
{
	const char *colon = strchr(what, ':');

	if (!strcmp(what, "deployment") || (colon && !strncmp(what, "class:", 6)))
		return;
	if (colon && !strncmp(what, "view:", 5) && view_exists(colon + 1))
		return;
	/* subjects carry the canonical name, so another name would concern nothing */
	if (colon && !strncmp(what, "resource:", 9) && dialect_knows(l->set->dialects, colon + 1) &&
	    !strcmp(dialect_canonical(l->set->dialects, colon + 1), colon + 1))
		return;
	say(l, at, "'%s' is no subject: class:NAME, view:NAME, resource:TYPE (the dialect's first name) or deployment", what);
}

static void lint_control(struct lint *l, const struct control *c)
{
	static const char *const areas[] = {"hosting", "transfers", "encryption", "secrecy", "logging", "governance", "ai-act", NULL};
	const struct { const char *key; const struct both *text; } texts[] = {
		{"title", &c->title}, {"requirement", &c->requirement}, {"remedy", &c->remedy},
	};
	size_t area = 0;

	for (size_t i = 0; i < 3; i++)
		if (*texts[i].text->fr && !strcmp(texts[i].text->fr, texts[i].text->en))
			say(l, fact_child(c->fact, texts[i].key), "'%s' is the same in French and in English", texts[i].key);
	while (c->area && areas[area] && strcmp(areas[area], c->area))
		area++;
	if (!areas[area])
		say(l, fact_child(c->fact, "area"), "unknown area '%s'", c->area);
	for (size_t i = 0; i < c->declared_count; i++)
		if (!declared_field_exists(c->declared[i]))
			say(l, fact_child(c->fact, "declared"), "no field '%s' in a declaration", c->declared[i]);
	for (size_t i = 0; i < c->concern_count; i++)
		lint_concern(l, fact_child(c->fact, "concerns"), c->concerns[i]);
	if (c->quorum == QUORUM_DOCUMENT && !fact_child(c->fact, "document"))
		say(l, c->fact, "quorum: document needs 'document', which one shows it");
}

static void lint_controls(struct lint *l)
{
	struct rule *nobody = ARENA_NEW(l->arena, struct rule);

	nobody->id = "controls";
	l->rule = nobody;
	for (size_t i = 0; i < l->set->control_count; i++) {
		const struct control *c = l->set->controls[i];

		nobody->file = arena_printf(l->arena, "controls/%s.yaml", c->id);
		lint_control(l, c);
		if (c->quorum != QUORUM_DOCUMENT && !any_rule_for(l->set, c->id))
			say(l, c->fact, "no rule can speak for %s: write one, or quorum: document", c->id);
	}
}

static void lint_rule(struct lint *l)
{
	const struct rule *r = l->rule;
	const struct cond *const conditions[] = {r->when, r->expect, r->reject, r->support};
	const struct rule *other;

	lint_where(l);
	lint_texts(l);
	lint_examples(l);
	for (size_t i = 0; i < 4; i++) {
		lint_cond(l, conditions[i], true);
		lint_patterns(l, conditions[i]);
	}
	lint_lock(l);
	other = rule_overlap(l->set, r);
	if (other)
		say(l, r->fact, "%s hits all its failing examples too: 'yields_to', or one rule of the two", other->id);
}

size_t rules_lint(FILE *out, const char *const *dirs, size_t dir_count, bool timing)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct know *know;
	struct ruleset *set = NULL;
	struct lint l = {.out = out, .arena = a, .locked = MAP_INIT(a), .stressed = MAP_INIT(a)};

	if (know_load(a, NULL, &know, &e) || ruleset_load_from(a, know, dirs, dir_count, false, true, &set, &e)) {
		fprintf(out, "%s\n", set && set->mistakes ? set->mistakes : e.text);
		l.mistakes = set && set->mistake_count ? set->mistake_count : 1;
		arena_free(a);
		return l.mistakes;
	}
	l.set = set;
	for (size_t i = 0; i < dir_count; i++)
		read_lock(&l, dirs[i]);
	for (size_t i = 0; i < set->count; i++) {
		l.rule = set->rules[i];
		if (l.rule->fact->doc)
			lint_rule(&l);
	}
	lint_doubles(&l);
	lint_controls(&l);
	if (timing)
		print_timings(&l);
	arena_free(a);
	return l.mistakes;
}
