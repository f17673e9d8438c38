/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Every rule against every document (section 6). A document is judged once for each deployment that covers it, or once for
 * nobody. Documents are shared out among threads; each writes into its own list, and the lists are joined in document order,
 * so the number of threads never shows.
 */
#include "rule/rule_p.h"

#include "base/limits.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* One document for one deployment. */
struct task {
	const struct doc *doc;
	const struct deployment *deployment;
	struct found found;
};

/* The text rules of values, or of comments, with what tells quickly that one has nothing to say. */
struct text_rules {
	const struct rule_group *group;
	struct prefilter *prefilter;
	uint64_t *by_key;            /* rules whose condition asks for the key alone */
};

struct run {
	const struct ruleset *set;
	const struct eval_options *options;
	const struct input_set *inputs;
	const struct subject_list *subjects;
	const struct map *groups, *related;
	const struct rule_index *index;
	struct text_rules values, comments;
	struct map wanted;           /* what controls concern: "class:storage" to itself */
	struct task *tasks;
	size_t task_count;
	_Atomic size_t next;
	struct arena **results;      /* one a thread: what its tasks found */
	_Atomic size_t worker_count;
};

/* What was found out about a key, which many facts share. */
struct key_note {
	uint64_t *ruled_out;         /* rules on values that do not hold for this key; NULL: not asked yet */
	bool looked_up;
	const struct rule_group *last, *whole;      /* of settings */
};

/* What a thread keeps from document to document. */
struct worker {
	const struct run *run;
	struct arena *arena, *scratch, *paths, *blocks;
	struct arena *results;
	struct map keys;             /* address of an interned key to struct key_note */
	const char *key;             /* asked for last */
	struct key_note *note;
	uint64_t *fit_values, *fit_comments;      /* rules whose `where` fits the document */
	uint64_t *candidates;
};

/* ------------------------------------------------------------------ running the rules of one subject */

static bool name_fits(const char *const *globs, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (glob_match(globs[i], name))
			return true;
	return count == 0;
}

static bool format_fits(const struct where *w, const struct doc *d)
{
	for (size_t i = 0; i < w->format_count; i++) {
		if (d->format && !strcmp(w->formats[i], d->format->name))
			return true;
		if (d->dialect && !strcmp(w->formats[i], d->dialect))
			return true;
	}
	return w->format_count == 0;
}

static bool origin_fits(const struct where *w, const struct context *c)
{
	bool declaration = c->options->declaration && c->options->declaration->doc == c->doc;

	return w->from == FROM_ANY || (w->from == FROM_DECLARATION) == declaration;
}

static bool where_fits(const struct where *w, const struct context *c)
{
	return !c->doc || (origin_fits(w, c) && format_fits(w, c->doc) && name_fits(w->files, w->file_count, c->doc->name));
}

static void run_rule(struct context *c, const struct rule *r, struct found *out)
{
	if (!where_fits(&r->where, c))
		return;
	c->rule = r;
	rule_run(c, out);
	arena_reset(c->scratch);
}

static void run_group(struct context *c, const struct rule_group *g, struct found *out)
{
	for (size_t i = 0; g && i < g->count; i++)
		run_rule(c, g->items[i], out);
}

/* ------------------------------------------------------------------ subjects */

static void note_concern(const struct run *run, struct context *c, const char *what, struct found *out)
{
	if (!map_get(&run->wanted, span_of(what)))
		return;
	*ARENA_PUSH(out->arena, out->concerns, out->concern_count) =
		(struct concern){c->deployment, c->doc, c->subject->block, c->subject->address, map_get(&run->wanted, span_of(what))};
}

static void run_subject(const struct run *run, struct context *c, const struct subject *s, struct found *out)
{
	char word[SUBJECT_WORD_BYTES], what[SUBJECT_WORD_BYTES];

	c->subject = s;
	c->block = c->self = s->block;
	c->subject_type = s->type;
	c->subject_name = s->name;
	run_group(c, map_get(&run->index->subjects, subject_word(s->kind, s->type, word)), out);
	snprintf(what, sizeof what, "%s:%s", s->kind == SUBJECT_VIEW ? "view" : "resource", s->type);
	note_concern(run, c, what, out);
	for (size_t i = 0; s->kind == SUBJECT_RESOURCE && s->classes && s->classes[i]; i++) {
		snprintf(what, sizeof what, "class:%s", s->classes[i]);
		run_group(c, map_get(&run->index->subjects, subject_word(s->kind, what, word)), out);
		note_concern(run, c, what, out);
	}
	c->subject = NULL;
	c->subject_type = c->subject_name = NULL;
}

static void run_subjects(const struct run *run, struct context *c, struct found *out)
{
	const struct subject_list *l = run->subjects;
	size_t i = c->doc->index;

	if (i >= l->doc_count)
		return;
	for (size_t k = l->doc_first[i]; k < l->doc_first[i + 1]; k++)
		run_subject(run, c, &l->items[k], out);
}

/* ------------------------------------------------------------------ settings, blocks, text */

static void run_setting_group(struct context *c, const struct rule_group *g, const struct fact *f, struct found *out)
{
	for (size_t i = 0; g && i < g->count; i++) {
		const struct where *w = &g->items[i]->where;

		for (size_t k = 0; k < w->count; k++) {
			if (setting_is(w->names[k], f)) {
				run_rule(c, g->items[i], out);
				break;
			}
		}
	}
}

static struct key_note *note_of(struct worker *w, const char *key)
{
	struct map_entry *entry;

	if (key == w->key)
		return w->note;
	entry = map_entry(&w->keys, (struct span){(const char *)&key, sizeof key});
	if (!entry->value)
		entry->value = ARENA_NEW(w->arena, struct key_note);
	w->key = key;
	w->note = entry->value;
	return w->note;
}

static void look_up_settings(const struct run *run, const char *key, struct key_note *note)
{
	struct key_words words;

	key_words(key, &words);
	note->last = map_get(&run->index->settings, span_of(words.last));
	note->whole = strcmp(words.last, words.whole) ? map_get(&run->index->settings, span_of(words.whole)) : NULL;
	note->looked_up = true;
}

static void run_settings(struct worker *w, struct context *c, const struct fact *f, struct found *out)
{
	const char *key = setting_key(f);
	struct key_note *note;

	if (!key || !w->run->index->settings.count)
		return;
	note = note_of(w, key);
	if (!note->looked_up)
		look_up_settings(w->run, key, note);
	if (!note->last && !note->whole)
		return;
	c->self = f;
	c->block = fact_enclosing(f);
	c->subject_name = key;
	run_setting_group(c, note->last, f, out);
	run_setting_group(c, note->whole, f, out);
}

/* ------------------------------------------------------------------ text */

static bool has_bit(const uint64_t *set, size_t i)
{
	return set[i / 64] >> (i % 64) & 1;
}

static void set_bit(uint64_t *set, size_t i)
{
	set[i / 64] |= (uint64_t)1 << (i % 64);
}

/* meta.key: the nearest key from the fact outward. */
static const char *nearest_key(const struct fact *f)
{
	while (f && !f->key)
		f = f->parent;
	return f ? f->key : NULL;
}

/* The same answer for every fact of one key. */
static bool asks_key_alone(const struct cond *c)
{
	const struct path *p = c && c->kind == COND_LEAF && c->selector == SELECT_KEY && c->path_count == 1 ? &c->paths[0] : NULL;

	if (!p || c->off || p->root != ROOT_META || p->count != 1 || !p->steps[0].key || strcmp(p->steps[0].key, "key") || c->inherit ||
	    c->by_default.given || c->split || c->capture || c->as)
		return false;
	for (size_t i = 0; i < c->test_count; i++)
		if (c->tests[i].kind != TEST_MATCHES && c->tests[i].kind != TEST_IS && c->tests[i].kind != TEST_IN)
			return false;
	return !c->but_not_count;
}

static const uint64_t *ruled_out_by_key(struct worker *w, struct context *c, const char *key)
{
	const struct text_rules *t = &w->run->values;
	struct key_note *note = note_of(w, key);

	if (note->ruled_out)
		return note->ruled_out;
	note->ruled_out = ARENA_ARRAY(w->arena, uint64_t, prefilter_words(t->prefilter));
	for (size_t i = 0; i < t->group->count; i++) {
		if (!has_bit(t->by_key, i))
			continue;
		c->rule = t->group->items[i];
		c->limit = false;
		if (cond_eval(c, c->rule->when).truth == TRUTH_NO && !c->limit)
			set_bit(note->ruled_out, i);
		arena_reset(c->scratch);
	}
	return note->ruled_out;
}

/* One after the other, in the order of the group, those whose bit is set. */
static void run_candidates(struct worker *w, struct context *c, const struct rule_group *g, const uint64_t *fits, struct found *out)
{
	for (size_t k = 0; k * 64 < g->count; k++) {
		uint64_t left = fits[k] & (c->options->no_prefilter ? ~(uint64_t)0 : w->candidates[k]);

		for (; left; left &= left - 1) {
			size_t i = k * 64 + (size_t)__builtin_ctzll(left);

			c->hopeless = !has_bit(w->candidates, i);
			c->rule = g->items[i];
			rule_run(c, out);
			arena_reset(c->scratch);
		}
	}
	c->hopeless = false;
}

static void describe_text(struct context *c, const struct fact *f)
{
	c->self = f;
	c->block = fact_enclosing(f);
	c->subject_name = setting_key(f);
	c->raw_text = true;
}

static void run_value(struct worker *w, struct context *c, const struct fact *f, struct found *out)
{
	const struct text_rules *t = &w->run->values;
	const char *key = nearest_key(f);
	uint64_t any = 0;

	describe_text(c, f);
	prefilter_run(t->prefilter, t->group->count, f->value, w->candidates);
	if (key && !c->options->no_prefilter) {
		const uint64_t *no = ruled_out_by_key(w, c, key);

		for (size_t k = 0; k < prefilter_words(t->prefilter); k++)
			any |= w->candidates[k] &= ~no[k];
	} else {
		any = 1;
	}
	if (any)
		run_candidates(w, c, t->group, w->fit_values, out);
	c->raw_text = false;
}

static void run_comment(struct worker *w, struct context *c, const struct fact *f, struct found *out)
{
	const struct text_rules *t = &w->run->comments;

	describe_text(c, f);
	prefilter_run(t->prefilter, t->group->count, f->value, w->candidates);
	run_candidates(w, c, t->group, w->fit_comments, out);
	c->raw_text = false;
}

/* variable "region" {} is called region; a server {} is called server. */
static const char *block_name(const struct fact *f)
{
	return f->label_count ? f->labels[f->label_count - 1] : f->key;
}

/* A block, or a directive of one line: host all all 10.0.0.0/8 md5, add_header A "*". */
static bool is_structural(const struct doc *d, const struct fact *f)
{
	return f->kind == FACT_BLOCK || (f->kind == FACT_LIST && d->format && (!strcmp(d->format->name, "conf") || !strcmp(d->format->name, "nginx")));
}

/* Every block of a tree, as the step "**" selects them, and whether a key stands in any of them: asked once, used by all rules. */
struct blocks {
	const struct fact **facts;
	size_t count;
	struct map keys;             /* normal keys of all children */
};

static void list_blocks(struct worker *w, const struct fact *root, struct blocks *ret)
{
	struct step deep = {.kind = STEP_DEEP};
	struct path all = {.steps = &deep, .count = 1};
	struct selection found;
	const char *before = NULL;

	path_select(w->blocks, &all, root, &found);
	*ret = (struct blocks){.facts = found.facts, .count = found.count, .keys = MAP_INIT(w->blocks)};
	for (const struct fact *f = root; f; f = fact_next(f, root)) {
		struct key_words words;

		if (!f->key || f->key == before)
			continue;
		before = f->key;
		key_words(f->key, &words);
		map_put(&ret->keys, span_of(words.last), ret);
	}
}

/* "**.key": no block of the tree may have it. Keys of other steps, and longer ones, are not looked up. */
static bool has_key(const struct blocks *b, const struct path *p)
{
	struct key_words words;

	if (p->count < 2 || p->steps[1].kind != STEP_KEY || strlen(p->steps[1].key) >= KEY_BYTES)
		return true;
	key_words(p->steps[1].key, &words);
	return map_get(&b->keys, span_of(words.last));
}

static void run_block_rule(struct worker *w, struct context *c, const struct rule *r, const struct fact *root, struct blocks *blocks, struct found *out)
{
	const struct path *p = &r->where.block;
	struct selection found;

	if (p->count && p->steps[0].kind == STEP_DEEP) {
		if (!blocks->count)
			list_blocks(w, root, blocks);
		if (!has_key(blocks, p))
			return;
		path_select_from(w->paths, p, 1, blocks->facts, blocks->count, &found);
	} else {
		path_select(w->paths, p, root, &found);
	}
	for (size_t n = 0; n < found.count; n++) {
		if (!is_structural(c->doc, found.facts[n]))
			continue;
		c->block = c->self = found.facts[n];
		c->subject_name = block_name(found.facts[n]);
		run_rule(c, r, out);
	}
	arena_reset(w->paths);
}

static void run_blocks(struct worker *w, struct context *c, struct found *out)
{
	const struct rule_group *g = &w->run->index->blocks;
	struct blocks *of_root = ARENA_ARRAY(w->blocks, struct blocks, c->doc->root_count + 1);

	for (size_t i = 0; i < g->count; i++) {
		if (!where_fits(&g->items[i]->where, c))
			continue;
		for (size_t k = 0; k < c->doc->root_count; k++)
			run_block_rule(w, c, g->items[i], c->doc->roots[k], &of_root[k], out);
	}
	arena_reset(w->blocks);
}

/* The next fact behind f's whole subtree. */
static const struct fact *skip(const struct fact *f, const struct fact *top)
{
	while (f != top && !f->next)
		f = f->parent;
	return f == top ? NULL : f->next;
}

static void run_facts(struct worker *w, struct context *c, struct found *out)
{
	for (size_t k = 0; k < c->doc->root_count; k++) {
		const struct fact *top = c->doc->roots[k], *dead_end = NULL;

		for (const struct fact *f = top; f; f = fact_next(f, top)) {
			if (f == dead_end)
				dead_end = NULL;
			if (f->absent && !dead_end)
				dead_end = skip(f, top);
			if (!fact_is_scalar(f))
				continue;
			if (!dead_end && !f->absent)
				run_settings(w, c, f, out);
			if (f->value.n)
				run_value(w, c, f, out);
		}
	}
	for (size_t i = 0; i < c->doc->comment_count; i++)
		run_comment(w, c, c->doc->comments[i], out);
}

static void run_document(const struct run *run, struct context *c, struct found *out)
{
	c->subject_name = c->doc->name;
	for (size_t k = 0; k < c->doc->root_count; k++) {
		c->block = c->self = c->doc->roots[k];
		run_group(c, &run->index->documents, out);
	}
}

/* ------------------------------------------------------------------ tasks */

static void fit_rules(const struct context *c, const struct rule_group *g, uint64_t *ret)
{
	memset(ret, 0, (g->count / 64 + 1) * sizeof *ret);
	for (size_t i = 0; i < g->count; i++)
		if (where_fits(&g->items[i]->where, c))
			set_bit(ret, i);
}

static void run_task(struct worker *w, struct task *t)
{
	const struct run *run = w->run;
	struct context c = {
		.set = run->set, .options = run->options, .subjects = run->subjects, .groups = run->groups, .related = run->related, .inputs = run->inputs,
		.doc = t->doc, .deployment = t->deployment, .scratch = w->scratch,
	};

	t->found.arena = w->results;
	fit_rules(&c, run->values.group, w->fit_values);
	fit_rules(&c, run->comments.group, w->fit_comments);
	run_subjects(run, &c, &t->found);
	run_blocks(w, &c, &t->found);
	run_facts(w, &c, &t->found);
	run_document(run, &c, &t->found);
	found_settle(&t->found);
	arena_reset(w->scratch);
}

static struct worker worker_new(struct run *run)
{
	size_t number = atomic_fetch_add(&run->worker_count, 1);
	struct arena *a = arena_new();
	size_t values = prefilter_words(run->values.prefilter), comments = prefilter_words(run->comments.prefilter);

	return (struct worker){
		.run = run, .arena = a, .scratch = arena_new(), .paths = arena_new(), .blocks = arena_new(), .results = run->results[number], .keys = MAP_INIT(a), .fit_values = ARENA_ARRAY(a, uint64_t, values),
		.fit_comments = ARENA_ARRAY(a, uint64_t, comments), .candidates = ARENA_ARRAY(a, uint64_t, values > comments ? values : comments),
	};
}

static void *work(void *p)
{
	struct run *run = p;
	struct worker w = worker_new(run);

	for (;;) {
		size_t i = atomic_fetch_add(&run->next, 1);

		if (i >= run->task_count)
			break;
		run_task(&w, &run->tasks[i]);
	}
	arena_free(w.scratch);
	arena_free(w.paths);
	arena_free(w.blocks);
	arena_free(w.arena);
	return NULL;
}

static void run_tasks(struct arena *a, struct run *run)
{
	size_t jobs = run->options->jobs > 1 ? (size_t)run->options->jobs : 1;
	pthread_t *threads = ARENA_ARRAY(a, pthread_t, jobs);
	size_t started = 0;

	run->results = ARENA_ARRAY(a, struct arena *, jobs);
	for (size_t i = 0; i < jobs; i++)
		run->results[i] = arena_new();
	while (started + 1 < jobs && started + 1 < run->task_count && !pthread_create(&threads[started], NULL, work, run))
		started++;
	work(run);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < jobs; i++)
		arena_adopt(a, run->results[i]);
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
	struct context c = {
		.set = run->set, .options = run->options, .subjects = run->subjects, .groups = run->groups, .related = run->related, .inputs = run->inputs,
		.scratch = arena_new(),
	};

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

/* A scope is judged where its first subject stands. */
static bool first_of_scope(const struct subject_list *l, size_t i, const struct rule *r, const struct ruleset *set)
{
	for (size_t k = 0; k <= i; k++) {
		if (l->items[k].scope != l->items[i].scope || l->items[k].kind != SUBJECT_RESOURCE)
			continue;
		for (size_t n = 0; n < r->where.count; n++)
			if (!strcmp(l->items[k].type, dialect_canonical(set->dialects, r->where.names[n])))
				return k == i;
	}
	return false;
}

static void run_scopes(struct run *run, struct found *out)
{
	const struct subject_list *l = run->subjects;

	for (size_t n = 0; n < run->index->scopes.count; n++) {
		const struct rule *r = run->index->scopes.items[n];

		for (size_t i = 0; i < l->count; i++) {
			struct context c = {
				.set = run->set, .options = run->options, .subjects = l, .groups = run->groups, .related = run->related, .inputs = run->inputs,
				.doc = l->items[i].doc, .subject = &l->items[i], .block = l->items[i].block, .self = l->items[i].block,
				.subject_type = l->items[i].type, .subject_name = l->items[i].name,
			};

			if (!first_of_scope(l, i, r, run->set))
				continue;
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

static void join(struct arena *a, struct evaluation *ret, const struct found *f)
{
	for (size_t i = 0; i < f->count; i++)
		*ARENA_PUSH(a, ret->hits, ret->count) = f->hits[i];
	for (size_t i = 0; i < f->concern_count; i++)
		*ARENA_PUSH(a, ret->concerns, ret->concern_count) = f->concerns[i];
	for (size_t i = 0; i < f->field_count; i++)
		*ARENA_PUSH(a, ret->fields, ret->field_count) = f->fields[i];
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

	t.by_key = ARENA_ARRAY(a, uint64_t, prefilter_words(t.prefilter));
	for (size_t i = 0; i < g->count; i++)
		if (asks_key_alone(g->items[i]->when))
			set_bit(t.by_key, i);
	return t;
}

void evaluate_subjects(struct arena *a, const struct ruleset *rules, const struct input_set *inputs, const struct subject_list *subjects,
		       const struct eval_options *o, struct evaluation *ret)
{
	struct rule_index index;
	struct map groups = subject_groups(a, subjects), related = related_indexes(a, rules, &groups);
	struct run run = {.set = rules, .options = o, .inputs = inputs, .subjects = subjects, .groups = &groups, .related = &related, .index = &index};
	struct found late = {.arena = a};

	*ret = (struct evaluation){0};
	rule_index_build(a, rules, &index);
	run.wanted = wanted_concerns(a, rules);
	run.values = text_rules(a, &index.values);
	run.comments = text_rules(a, &index.comments);
	plan_tasks(a, &run);
	run_tasks(a, &run);
	for (size_t i = 0; i < run.task_count; i++)
		join(a, ret, &run.tasks[i].found);
	run_scopes(&run, &late);
	run_deployments(&run, &late);
	join(a, ret, &late);
	if (ret->count)
		qsort_r(ret->hits, ret->count, sizeof *ret->hits, by_place, (void *)(uintptr_t)o->declaration);
}

void evaluate(struct arena *a, const struct ruleset *rules, const struct know *k, const struct input_set *inputs,
	      const struct eval_options *o, struct evaluation *ret)
{
	struct subject_list subjects;

	subjects_build(a, rules->dialects, k, inputs, &subjects);
	evaluate_subjects(a, rules, inputs, &subjects, o, ret);
}
