/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Every rule against every document (section 6). A document is judged once for each deployment that covers it, or once for
 * nobody. Documents are shared out among threads; each writes into its own list, and the lists are joined in document order,
 * so the number of threads never shows. What rules say of one document is match_doc.c's.
 */
#include "rule/match_p.h"

#include "base/team.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ tasks */

static struct worker worker_new(const struct run *run, unsigned number, struct arena *results)
{
	size_t values = prefilter_words(run->values.prefilter), comments = prefilter_words(run->comments.prefilter);
	struct arena *a = arena_new();

	return (struct worker){
		.run = run, .number = number, .arena = a, .scratch = arena_new(), .paths = arena_new(), .blocks = arena_new(), .results = results,
		.lists = arena_new(),
		.subjects = MAP_INIT(a), .keys = MAP_INIT(a), .settings = MAP_INIT(a), .territories = MAP_INIT(a), .among = MAP_INIT(a), .wide = {.arena = arena_new()},
		.chain = ARENA_ARRAY(a, const char *, run->index->setting_parts + 1),
		.fit_values = ARENA_ARRAY(a, uint64_t, values), .fit_comments = ARENA_ARRAY(a, uint64_t, comments),
		.candidates = ARENA_ARRAY(a, uint64_t, values > comments ? values : comments),
	};
}

static void worker_free(struct worker *w)
{
	arena_free(w->scratch);
	arena_free(w->paths);
	arena_free(w->blocks);
	arena_free(w->wide.arena);
	arena_free(w->arena);
}

static void work(void *data, struct arena *own, unsigned thread, size_t task)
{
	struct run *run = data;
	struct worker *w = &run->workers[thread];

	if (!w->run)
		*w = worker_new(run, thread, own);
	watch_doc(run->inputs, thread, run->tasks[task].doc);
	run_task(w, &run->tasks[task]);
}

static void leave_off(void *data, unsigned thread)
{
	struct run *run = data;

	watch_doc(run->inputs, thread, NULL);
	if (run->workers[thread].run)
		worker_free(&run->workers[thread]);
}

static void run_tasks(struct arena *a, struct run *run)
{
	const struct team team = {.jobs = run->options->jobs, .count = run->task_count, .work = work, .done = leave_off, .data = run};

	run->workers = ARENA_ARRAY(a, struct worker, team_size(&team));
	run->worker_count = team_size(&team);
	team_run(a, &team);
}

static void add_task(struct arena *a, struct run *run, const struct doc *d, const struct deployment *deployment)
{
	*ARENA_PUSH(a, run->tasks, run->task_count) = (struct task){.doc = d, .deployment = deployment};
}

static void plan_tasks(struct arena *a, struct run *run)
{
	const struct declaration *decl = run->options->declaration;

	for (size_t i = 0; i < run->inputs->count; i++) {
		const struct doc *d = run->inputs->docs[i];
		size_t before = run->task_count;

		if (!d->root_count && !d->comment_count)
			continue;
		for (size_t k = 0; decl && d != decl->doc && k < decl->deployment_count; k++)
			if (deployment_covers(&decl->deployments[k], d))
				add_task(a, run, d, &decl->deployments[k]);
		if (run->task_count == before)
			add_task(a, run, d, NULL);
	}
}

/* ------------------------------------------------------------------ deployments and scopes: at the end */

static void run_deployments(struct run *run, struct found *out)
{
	const struct declaration *decl = run->options->declaration;
	struct context c = context_of(run);

	c.scratch = arena_new();
	for (size_t i = 0; decl && i < decl->deployment_count; i++) {
		const struct deployment *d = &decl->deployments[i];
		struct subject as_subject = {.block = d->block, .address = d->id};

		c.deployment = d;
		c.doc = decl->doc;
		c.block = c.self = d->block;
		c.subject_name = d->name ? d->name : d->id;
		for (size_t k = 0; k < run->index->deployments.count; k++) {
			c.rule = run->index->deployments.items[k];
			rule_run(&c, out);
			arena_reset(c.scratch);
		}
		c.subject = &as_subject;
		note_concern(run, &c, "deployment", out);
		c.subject = NULL;
	}
	found_settle(out);
	arena_free(c.scratch);
}

static bool is_asked(const struct subject *s, const struct rule *r, const struct ruleset *set)
{
	for (size_t n = 0; s->kind == SUBJECT_RESOURCE && n < r->where.count; n++)
		if (!strcmp(s->type, dialect_canonical(set->dialects, r->where.names[n])))
			return true;
	return false;
}

/* A scope is judged where its first subject stands. */
static bool first_of_scope(const struct subject_list *l, size_t i, const struct rule *r, const struct ruleset *set)
{
	if (!is_asked(&l->items[i], r, set))
		return false;
	for (size_t k = 0; k < i; k++)
		if (l->items[k].scope == l->items[i].scope && is_asked(&l->items[k], r, set))
			return false;
	return true;
}

static void run_scopes(struct run *run, struct found *out)
{
	const struct subject_list *l = run->subjects;

	for (size_t n = 0; n < run->index->scopes.count; n++) {
		const struct rule *r = run->index->scopes.items[n];

		for (size_t i = 0; i < l->count; i++) {
			const struct subject *s = &l->items[i];
			struct context c = context_of(run);

			if (!first_of_scope(l, i, r, run->set))
				continue;
			c.doc = s->doc;
			c.subject = s;
			c.block = c.self = s->block;
			c.subject_type = s->type;
			c.subject_name = s->name;
			for (size_t t = 0; t < run->task_count; t++) {
				if (run->tasks[t].doc != c.doc)
					continue;
				c.deployment = run->tasks[t].deployment;
				c.scratch = arena_new();
				run_rule(&c, r, out);
				arena_free(c.scratch);
			}
		}
	}
}

/* ------------------------------------------------------------------ the whole */

static long deployment_rank(const struct hit *h, const struct declaration *decl)
{
	return h->deployment && decl ? h->deployment - decl->deployments : -1;
}

static int compare_hits(const struct hit *a, const struct hit *b, const struct declaration *decl)
{
	const struct finding_place *p = &a->places[0], *q = &b->places[0];
	uint32_t x = p->doc ? p->doc->index : 0, y = q->doc ? q->doc->index : 0;
	long m = deployment_rank(a, decl), n = deployment_rank(b, decl);

	if (x != y)
		return x < y ? -1 : 1;
	if (m != n)
		return m < n ? -1 : 1;
	if (p->at.offset != q->at.offset)
		return p->at.offset < q->at.offset ? -1 : 1;
	if (strcmp(a->rule->id, b->rule->id))
		return strcmp(a->rule->id, b->rule->id);
	return (a->outcome > b->outcome) - (a->outcome < b->outcome);
}

static int by_place(const void *a, const void *b, void *decl)
{
	return compare_hits(a, b, decl);
}

/* Behind the lists of ret, which have room. */
static void append(struct evaluation *ret, const struct found *f)
{
	for (size_t i = 0; i < f->count; i++)
		ret->hits[ret->count++] = f->hits[i];
	for (size_t i = 0; i < f->concern_count; i++)
		ret->concerns[ret->concern_count++] = f->concerns[i];
	for (size_t i = 0; i < f->field_count; i++)
		ret->fields[ret->field_count++] = f->fields[i];
}

static void join(struct arena *a, struct run *run, const struct found *late, struct evaluation *ret)
{
	size_t hits = late->count, concerns = late->concern_count, fields = late->field_count;

	for (size_t i = 0; i < run->task_count; i++) {
		hits += run->tasks[i].found.count;
		concerns += run->tasks[i].found.concern_count;
		fields += run->tasks[i].found.field_count;
	}
	ret->hits = ARENA_ARRAY(a, struct hit, hits);
	ret->concerns = ARENA_ARRAY(a, struct concern, concerns);
	ret->fields = ARENA_ARRAY(a, struct undeclared_field, fields);
	for (size_t i = 0; i < run->task_count; i++)
		append(ret, &run->tasks[i].found);
	append(ret, late);
	for (size_t i = 0; i < run->worker_count; i++)
		arena_free(run->workers[i].lists);
}

static struct map wanted_concerns(struct arena *a, const struct ruleset *s)
{
	struct map wanted = MAP_INIT(a);

	for (size_t i = 0; i < s->control_count; i++)
		for (size_t k = 0; k < s->controls[i]->concern_count; k++)
			map_put(&wanted, span_of(s->controls[i]->concerns[k]), s->controls[i]->concerns[k]);
	/* for the report's inventory, whatever the controls ask */
	map_put(&wanted, SPAN("view:call"), "view:call");
	return wanted;
}

static struct text_rules text_rules(struct arena *a, const struct rule_group *g)
{
	struct text_rules t = {.group = g, .prefilter = prefilter_build(a, g)};
	struct literal_set *sets = ARENA_ARRAY(a, struct literal_set, g->count + 1);

	t.by_key = ARENA_ARRAY(a, uint64_t, prefilter_words(t.prefilter));
	t.key_conditions = ARENA_ARRAY(a, const struct cond *, g->count + 1);
	for (size_t i = 0; i < g->count; i++) {
		t.key_conditions[i] = key_condition(g->items[i]->when);
		if (!t.key_conditions[i])
			continue;
		set_bit(t.by_key, i);
		key_literals(a, t.key_conditions[i], &sets[i]);
	}
	t.keys = prefilter_of_sets(a, sets, g->count);
	return t;
}

void evaluate_subjects(struct arena *a, const struct ruleset *rules, const struct input_set *inputs, const struct subject_list *subjects,
		       const struct eval_options *o, struct evaluation *ret)
{
	struct rule_index index;
	struct map groups = subject_groups(a, subjects), related = related_indexes(a, rules, &groups);
	struct run run = {.set = rules, .options = o, .inputs = inputs, .subjects = subjects, .groups = &groups, .related = &related, .index = &index};
	struct found late = {.arena = a, .lists = a};

	*ret = (struct evaluation){0};
	rule_index_build(a, rules, &index);
	run.wanted = wanted_concerns(a, rules);
	run.values = text_rules(a, &index.values);
	run.comments = text_rules(a, &index.comments);
	plan_tasks(a, &run);
	run_tasks(a, &run);
	run_scopes(&run, &late);
	run_deployments(&run, &late);
	join(a, &run, &late, ret);
	if (ret->count)
		qsort_r(ret->hits, ret->count, sizeof *ret->hits, by_place, (void *)(uintptr_t)o->declaration);
}

void evaluate(struct arena *a, const struct ruleset *rules, const struct know *k, const struct input_set *inputs,
	      const struct eval_options *o, struct evaluation *ret)
{
	struct subject_list subjects;

	subjects_build(a, rules->dialects, k, inputs, o->jobs, &subjects);
	evaluate_subjects(a, rules, inputs, &subjects, o, ret);
}
