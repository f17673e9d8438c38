/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `rules test` (section 7): runs the examples that stand in the rules themselves, and then switches each leaf, test, default
 * and modifier off in turn: one whose loss changes no example is reported as untested.
 */
#include "rule/rule_p.h"

#include "base/limits.h"

#include <stdlib.h>

struct bench {                       /* one rule under test */
	FILE *out;
	const struct ruleset *set;
	struct rule *rule;
	struct ruleset alone;        /* the rule and those that it yields to */
	struct rules_test_result *result;
	bool quiet;                  /* while mutating: only the answer counts */
};

enum expected { EXPECT_FAIL, EXPECT_PASS, EXPECT_UNKNOWN, EXPECT_SILENT };
static const char *const expected_names[] = {"fail", "pass", "unknown", "silent"};

/* What came out of one example. */
struct seen {
	size_t against, support, unknown;
	char **places;               /* of AGAINST: "line", "line:column" and "name:line" for each */
	size_t place_count;
	const char *incomplete;
};

/* ------------------------------------------------------------------ setting up an example */

static void add_inputs(struct arena *a, struct input_set *set, const struct fact *example)
{
	const struct fact *files = fact_child(example, "files"), *text = fact_child(example, "text");
	const char *name = fact_text(example, "name"), *path = fact_text(example, "path");

	*set = (struct input_set){.arena = a, .interned = MAP_INIT(a)};
	if (files)
		FACT_EACH(file, files)
			input_add(set, file->key, file->value, NULL);
	if (text && name)
		input_add(set, path ? path : name, text->value, span_ends(span_of(name), ".facts") ? format_named("yaml") : NULL);
	resolve(set);
}

static struct declaration *make_declaration(struct arena *a, const struct fact *example)
{
	static const char *const everything[] = {"**"};
	const struct fact *declared = fact_child(example, "declared"), *policy = fact_child(example, "policy");
	struct declaration *d;

	if (!declared && !policy)
		return NULL;
	d = ARENA_NEW(a, struct declaration);
	d->policy = policy;
	d->declared_on = d->valid_until = DATE_NONE;
	if (!declared)
		return d;
	d->deployments = ARENA_NEW(a, struct deployment);
	d->deployment_count = 1;
	d->deployments[0] = (struct deployment){.id = "example", .name = "example", .block = declared, .exports = everything, .export_count = 1};
	d->doc = ARENA_NEW(a, struct doc);
	*d->doc = (struct doc){.name = "scelle.yaml", .index = UINT32_MAX};
	return d;
}

/* `x.facts`: the text is the view's block itself. */
static void direct_subjects(struct arena *a, const struct rule *r, const struct input_set *set, struct subject_list *ret)
{
	struct doc *d = set->docs[0];
	struct subject *s = ARENA_NEW(a, struct subject);

	*s = (struct subject){
		.kind = r->where.kind == WHERE_VIEW ? SUBJECT_VIEW : SUBJECT_RESOURCE, .type = r->where.names[0], .address = r->where.names[0],
		.block = d->roots[0], .written_block = d->roots[0], .doc = d,
	};
	*ret = (struct subject_list){.items = s, .count = 1, .doc_count = 1, .doc_first = ARENA_ARRAY(a, size_t, 2)};
	ret->doc_first[1] = 1;
}

/* ------------------------------------------------------------------ running it */

static void note_place(struct arena *a, struct seen *seen, const struct hit *h)
{
	const struct finding_place *p = &h->places[0];
	struct pos pos = {0, 0};

	if (p->doc && !p->whole_document && p->doc->lines.count)
		pos = doc_pos(p->doc, p->at.offset);
	*ARENA_PUSH(a, seen->places, seen->place_count) = arena_printf(a, "%s:%u:%u", p->doc ? p->doc->name : "", pos.line, pos.column);
}

void example_evaluate(struct arena *a, const struct ruleset *rules, const struct rule *r, const struct fact *example, struct evaluation *ret)
{
	struct input_set set;
	const char *date = fact_text(example, "date"), *name = fact_text(example, "name");
	struct eval_options options = {.date = date_parse(span_of(date ? date : "2026-11-23")), .declaration = make_declaration(a, example), .jobs = 1};

	add_inputs(a, &set, example);
	if (name && span_ends(span_of(name), ".facts") && set.count && set.docs[0]->root_count && r->where.count) {
		struct subject_list subjects;

		direct_subjects(a, r, &set, &subjects);
		evaluate_subjects(a, rules, &set, &subjects, &options, ret);
	} else {
		evaluate(a, rules, rules->know, &set, &options, ret);
	}
}

static void run_example(const struct bench *b, struct arena *a, const struct fact *example, struct seen *ret)
{
	struct evaluation ev;

	example_evaluate(a, &b->alone, b->rule, example, &ev);
	*ret = (struct seen){0};
	for (size_t i = 0; i < ev.count; i++) {
		if (ev.hits[i].rule != b->rule)
			continue;
		ret->against += ev.hits[i].outcome == OUTCOME_AGAINST;
		ret->support += ev.hits[i].outcome == OUTCOME_FOR;
		ret->unknown += ev.hits[i].outcome == OUTCOME_UNKNOWN;
		if (ev.hits[i].outcome == OUTCOME_INCOMPLETE)
			ret->incomplete = ev.hits[i].why_incomplete;
		if (ev.hits[i].outcome == OUTCOME_AGAINST)
			note_place(a, ret, &ev.hits[i]);
	}
}

/* ------------------------------------------------------------------ judging it */

/* "3", "3:5" and "a.tf:3" all name the place a.tf:3:5. */
static bool place_is(const char *place, struct span wanted)
{
	const char *column = strrchr(place, ':'), *line = memrchr(place, ':', (size_t)(column - place));
	struct span full = span_of(place);

	if (span_eq(wanted, full) || span_eq(wanted, span_of(line + 1)))
		return true;
	return span_eq(wanted, (struct span){line + 1, (size_t)(column - line - 1)}) || span_eq(wanted, (struct span){place, (size_t)(column - place)});
}

static bool places_agree(const struct seen *seen, const struct fact *at)
{
	size_t wanted = 0;

	if (at->kind != FACT_LIST)
		return seen->place_count == 1 && place_is(seen->places[0], at->value);
	FACT_EACH(item, at) {
		bool found = false;

		wanted++;
		for (size_t i = 0; i < seen->place_count; i++)
			found = found || place_is(seen->places[i], item->value);
		if (!found)
			return false;
	}
	return wanted == seen->place_count;
}

static bool as_expected(const struct bench *b, const struct fact *example, enum expected expected, const struct seen *seen)
{
	const struct fact *at = fact_child(example, "at");
	bool lone_reject = b->rule->reject && !b->rule->support && !b->rule->expect;

	if (seen->incomplete)
		return false;
	switch (expected) {
	case EXPECT_FAIL:
		return seen->against > 0 && (!at || places_agree(seen, at));
	case EXPECT_PASS:
		return !seen->against && !seen->unknown && (lone_reject || seen->support > 0);
	case EXPECT_UNKNOWN:
		return !seen->against && seen->unknown > 0;
	default:
		return !seen->against && !seen->unknown && !seen->support;
	}
}

static void explain_failure(const struct bench *b, const struct fact *example, enum expected expected, const struct seen *seen)
{
	struct pos pos = example->doc ? doc_pos(example->doc, example->at.offset) : (struct pos){0, 0};
	const char *name = fact_text(example, "name");

	fprintf(b->out, "%s:%u:%u: %s: the '%s' example %s came out as: against %zu, for %zu, unknown %zu", b->rule->file, pos.line, pos.column,
		b->rule->id, expected_names[expected], name ? name : "", seen->against, seen->support, seen->unknown);
	for (size_t i = 0; i < seen->place_count; i++)
		fprintf(b->out, "%s%s", i ? ", " : " at ", seen->places[i]);
	fprintf(b->out, "%s%s\n", seen->incomplete ? ": " : "", seen->incomplete ? seen->incomplete : "");
}

static bool run_list(struct bench *b, const struct fact *list, enum expected expected)
{
	bool all = true;

	FACT_EACH(example, list) {
		struct arena *a = arena_new();
		struct seen seen;
		bool good;

		run_example(b, a, example, &seen);
		good = as_expected(b, example, expected, &seen);
		all = all && good;
		if (!b->quiet) {
			b->result->examples++;
			b->result->failed += !good;
			if (!good)
				explain_failure(b, example, expected, &seen);
		}
		arena_free(a);
		if (b->quiet && !good)
			return false;
	}
	return all;
}

static bool run_examples(struct bench *b, const struct fact *examples)
{
	bool all = true;

	for (int i = 0; examples && i < 4; i++) {
		const struct fact *list = fact_child(examples, expected_names[i]);

		if (list && !run_list(b, list, (enum expected)i)) {
			all = false;
			if (b->quiet)
				break;
		}
	}
	return all;
}

/* ------------------------------------------------------------------ switching off */

struct mutation {
	struct bench *b;
	const struct fact *shared, *own;
};

static bool still_passes(struct mutation *m)
{
	return run_examples(m->b, m->shared) && run_examples(m->b, m->own);
}

static void report_untested(struct mutation *m, const struct fact *at, const char *what)
{
	struct pos pos = at && at->doc ? doc_pos(at->doc, at->head.length ? at->head.offset : at->at.offset) : (struct pos){0, 0};

	m->b->result->untested_leaves++;
	fprintf(m->b->out, "%s:%u:%u: %s: %s can be taken away without any example noticing\n", m->b->rule->file, pos.line, pos.column, m->b->rule->id, what);
}

static void mutate_cond(struct mutation *m, struct cond *c);

static void mutate_tests(struct mutation *m, struct cond *c)
{
	for (size_t i = 0; i < c->test_count && (c->test_count > 1 || c->but_not_count); i++) {
		c->tests[i].off = true;
		if (still_passes(m))
			report_untested(m, c->tests[i].fact, arena_printf(m->b->set->arena, "the test '%s'", test_names[c->tests[i].kind]));
		c->tests[i].off = false;
	}
	for (size_t i = 0; i < c->test_count; i++)
		if (c->tests[i].has)
			mutate_cond(m, c->tests[i].has);
}

static void mutate_modifiers(struct mutation *m, struct cond *c)
{
	struct cond before = *c;

	if (c->by_default.given && !c->by_default.unknown) {
		c->by_default.unknown = true;      /* not missing, which a default may only repeat */
		if (still_passes(m))
			report_untested(m, c->fact, "the default");
		*c = before;
	}
	if (c->inherit) {
		c->inherit = false;
		if (still_passes(m))
			report_untested(m, c->fact, "'inherit'");
		*c = before;
	}
	if (c->but_not_count) {
		c->but_not_count = 0;
		if (still_passes(m))
			report_untested(m, c->fact, "'but_not'");
		*c = before;
	}
}

static void mutate_cond(struct mutation *m, struct cond *c)
{
	if (!c)
		return;
	c->off = true;
	if (still_passes(m))
		report_untested(m, c->fact, "a condition");
	c->off = false;
	for (size_t i = 0; i < c->count; i++)
		mutate_cond(m, c->items[i]);
	if (c->kind == COND_LEAF) {
		mutate_tests(m, c);
		mutate_modifiers(m, c);
	}
}

static void mutate_rule(struct mutation *m)
{
	struct rule *r = m->b->rule;

	m->b->quiet = true;
	mutate_cond(m, r->when);
	mutate_cond(m, r->expect);
	mutate_cond(m, r->reject);
	mutate_cond(m, r->support);
	m->b->quiet = false;
}

/* ------------------------------------------------------------------ one rule, all rules */

/* A rule alone, with those that it yields to. */
static struct ruleset only_rule(const struct ruleset *set, struct rule *r)
{
	struct ruleset alone = *set;
	size_t count = 0;

	alone.rules = NULL;
	for (size_t i = 0; i < set->count; i++) {
		bool needed = set->rules[i] == r;

		for (size_t k = 0; k < r->yield_count; k++)
			needed = needed || glob_match(r->yields_to[k], set->rules[i]->id);
		if (needed)
			*ARENA_PUSH(set->arena, alone.rules, count) = set->rules[i];
	}
	alone.count = count;
	alone.control_count = 0;
	return alone;
}

static const struct fact *expand_examples(struct arena *a, const struct rule *r, const struct fact *examples)
{
	return examples && r->variable_count ? fact_expand(a, a, examples, r->variables, r->variable_count, NULL) : examples;
}

void rule_examples(struct arena *a, const struct rule *r, const char *list, const struct fact *ret[2])
{
	const struct fact *const both[] = {r->examples, r->shared_examples};

	for (size_t i = 0; i < 2; i++) {
		const struct fact *examples = expand_examples(a, r, both[i]);

		ret[i] = examples ? fact_child(examples, list) : NULL;
		ret[i] = ret[i] && ret[i]->first ? ret[i] : NULL;
	}
}

const struct fact *rule_example(struct arena *a, const struct rule *r, const char *list)
{
	const struct fact *lists[2];

	rule_examples(a, r, list, lists);
	return lists[0] ? lists[0]->first : lists[1] ? lists[1]->first : NULL;
}

static void test_rule(FILE *out, struct ruleset *set, struct rule *r, bool mutate, struct rules_test_result *result)
{
	struct bench b = {.out = out, .set = set, .rule = r, .alone = only_rule(set, r), .result = result};
	struct mutation m = {&b, expand_examples(set->arena, r, r->shared_examples), expand_examples(set->arena, r, r->examples)};
	size_t failed = result->failed;

	result->rows++;
	result->rules += r->first_row;
	run_examples(&b, m.shared);
	run_examples(&b, m.own);
	if (mutate && result->failed == failed)
		mutate_rule(&m);
}

int rules_test(FILE *out, const char *const *dirs, size_t dir_count, const char *glob, bool mutate, struct rules_test_result *ret, struct err *e)
{
	struct arena *a = arena_new();
	struct know *know;
	struct ruleset *set;
	int bad = -1;

	*ret = (struct rules_test_result){0};
	if (know_load(a, NULL, &know, e) || ruleset_load_from(a, know, dirs, dir_count, false, true, &set, e))
		goto out;
	for (size_t i = 0; i < set->count; i++)
		if (set->rules[i]->fact->doc && (!glob || glob_match(glob, set->rules[i]->id)))
			test_rule(out, set, set->rules[i], mutate, ret);
	bad = 0;
out:
	arena_free(a);
	return bad;
}
