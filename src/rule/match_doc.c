/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The rules of one document for one deployment: of its subjects, blocks and facts, and of the document itself. Which rules a subject
 * meets is asked of tables; what each says is rule_run's (emit.c). Relies on match_text.c for rules on settings and texts.
 */
#include "rule/match_p.h"

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

bool where_fits(const struct where *w, const struct context *c)
{
	return !c->doc || (origin_fits(w, c) && format_fits(w, c->doc) && name_fits(w->files, w->file_count, c->doc->name));
}

void run_rule(struct context *c, const struct rule *r, struct found *out)
{
	if (!where_fits(&r->where, c))
		return;
	c->rule = r;
	rule_run(c, out);
	arena_reset(c->scratch);
}

/* ------------------------------------------------------------------ subjects */

static void add_concerned(const struct context *c, const char *what, struct found *out)
{
	*ARENA_PUSH(out->lists, out->concerns, out->concern_count) = (struct concern){c->deployment, c->doc, c->subject->block, c->subject->address, what};
}

void note_concern(const struct run *run, const struct context *c, const char *what, struct found *out)
{
	const char *wanted = map_get(&run->wanted, span_of(what));

	if (wanted)
		add_concerned(c, wanted, out);
}

/* What a subject of one type and its classes meets: the rules, and the words by which controls may concern it. */
struct subject_rules {
	struct rule_group rules;
	const struct needs **needs;      /* of each */
	size_t need_count;
	const char **words;
	size_t word_count;
	size_t seen;                     /* subjects so far, by weight */
	struct subject_filter *filter;   /* NULL: they were few */
	uint64_t *picked;                /* rules that may have something to say, a bit each */
};

#define SEEN_OFTEN 32      /* subjects of a type before a filter over the texts of its rules is worth building */

static void add_word(struct worker *w, struct subject_rules *r, enum subject_kind kind, const char *word)
{
	char bytes[SUBJECT_WORD_BYTES];
	const struct rule_group *g = map_get(&w->run->index->subjects, subject_word(kind, word, bytes));

	for (size_t i = 0; g && i < g->count; i++) {
		*ARENA_PUSH(w->arena, r->rules.items, r->rules.count) = g->items[i];
		*ARENA_PUSH(w->arena, r->needs, r->need_count) = needs_read(w->arena, g->items[i]);
	}
}

static void add_concern(struct worker *w, struct subject_rules *r, const char *kind, const char *name)
{
	const char *word = map_get(&w->run->wanted, span_of(arena_printf(w->arena, "%s:%s", kind, name)));

	if (word)
		*ARENA_PUSH(w->arena, r->words, r->word_count) = word;
}

/* Types and classes stand in tables: their addresses say which they are, and a type's subjects come by the thousand. */
static struct subject_rules *rules_of_subject(struct worker *w, const struct subject *s)
{
	const void *key[2] = {s->type, s->kind == SUBJECT_RESOURCE ? s->classes : NULL};
	struct map_entry *entry = map_entry(&w->subjects, (struct span){(const char *)key, sizeof key});
	struct subject_rules *r = entry->value;

	if (r)
		return r;
	r = entry->value = ARENA_NEW(w->arena, struct subject_rules);
	add_word(w, r, s->kind, s->type);
	add_concern(w, r, s->kind == SUBJECT_VIEW ? "view" : "resource", s->type);
	for (size_t i = 0; s->kind == SUBJECT_RESOURCE && s->classes && s->classes[i]; i++) {
		add_word(w, r, s->kind, arena_printf(w->arena, "class:%s", s->classes[i]));
		add_concern(w, r, "class", s->classes[i]);
	}
	r->picked = ARENA_ARRAY(w->arena, uint64_t, r->rules.count / 64 + 1);
	return r;
}

static void drop_hopeless(struct subject_rules *r, const struct fact *block)
{
	struct key_signs signs;
	bool asked = false;

	for (size_t k = 0; k * 64 < r->rules.count; k++) {
		for (uint64_t left = r->picked[k]; left; left &= left - 1) {
			size_t i = k * 64 + (size_t)__builtin_ctzll(left);

			if (!asked)
				signs = key_signs_of(block);
			asked = true;
			if (i < r->rules.count && !needs_met(r->needs[i], &signs))
				r->picked[k] &= ~((uint64_t)1 << (i % 64));
		}
	}
}

/* A wide block counts for several. */
static size_t weight(const struct fact *block)
{
	size_t children = 0;

	for (const struct fact *f = block->first; f && children < SEEN_OFTEN * 4; f = f->next)
		children++;
	return 1 + children / 4;
}

static void pick_rules(struct worker *w, struct subject_rules *r, const struct fact *block)
{
	if (!r->filter)
		r->seen += weight(block);
	if (!r->filter && r->seen > SEEN_OFTEN)
		r->filter = subject_filter_build(w->arena, &r->rules);
	if (r->filter)
		subject_filter_run(r->filter, block, r->picked);
	else
		memset(r->picked, 0xff, (r->rules.count / 64 + 1) * sizeof *r->picked);
	drop_hopeless(r, block);
}

static void run_subject(struct worker *w, struct context *c, const struct subject *s, struct found *out)
{
	struct subject_rules *r = rules_of_subject(w, s);

	pick_rules(w, r, s->block);
	c->subject = s;
	c->block = c->self = s->block;
	c->subject_type = s->type;
	c->subject_name = s->name;
	for (size_t i = 0; i < r->rules.count; i++) {
		c->hopeless = !has_bit(r->picked, i);
		if (!c->hopeless || c->options->no_prefilter)
			run_rule(c, r->rules.items[i], out);
	}
	c->hopeless = false;
	for (size_t i = 0; i < r->word_count; i++)
		add_concerned(c, r->words[i], out);
	c->subject = NULL;
	c->subject_type = c->subject_name = NULL;
}

static void run_subjects(struct worker *w, struct context *c, struct found *out)
{
	const struct subject_list *l = w->run->subjects;
	size_t i = c->doc->index;

	if (i >= l->doc_count)
		return;
	for (size_t k = l->doc_first[i]; k < l->doc_first[i + 1]; k++)
		run_subject(w, c, &l->items[k], out);
}

/* ------------------------------------------------------------------ blocks */

/* variable "region" {} is called region; a server {} is called server. */
static const char *block_name(const struct fact *f)
{
	return fact_label_count(f) ? fact_labels(f)[fact_label_count(f) - 1] : f->key;
}

/* A block, or a directive of one line: host all all 10.0.0.0/8 md5, add_header A "*". */
static bool is_structural(const struct doc *d, const struct fact *f)
{
	return f->kind == FACT_BLOCK || (f->kind == FACT_LIST && d->format && (!strcmp(d->format->name, "conf") || !strcmp(d->format->name, "nginx")));
}

/* Every block of a tree, as the step "**" selects them, and the keys of those that stand in others: asked once, used by all rules. */
struct blocks {
	const struct fact **facts;
	size_t count;
	uint64_t names;              /* a key_bit each of children that have parts */
	struct map keys;             /* and their normal keys */
	const char **written;        /* the same as they are written */
	size_t written_count;
};

static void list_keys(struct arena *a, const struct fact *root, struct blocks *b)
{
	struct map seen = MAP_INIT(a);      /* keys are interned: few addresses for many facts */
	const char *before = NULL;

	for (const struct fact *f = root; f; f = fact_next(f, root)) {
		struct key_words words;
		size_t count = seen.count;

		if (!f->key || f->key == before || !fact_has_parts(f))      /* a value is no structural block, nor holds one */
			continue;
		before = f->key;
		map_entry(&seen, (struct span){(const char *)&before, sizeof before});
		if (seen.count == count)
			continue;
		key_words(f->key, &words);
		b->names |= key_bit(f->key);
		map_put(&b->keys, span_of(words.last), b);
		*ARENA_PUSH(a, b->written, b->written_count) = f->key;
	}
}

static void list_blocks(struct worker *w, const struct fact *root, struct blocks *ret)
{
	struct step deep = {.kind = STEP_DEEP};
	struct path all = {.steps = &deep, .count = 1};
	struct selection found;

	path_select(w->blocks, &all, root, &found);
	*ret = (struct blocks){.facts = found.facts, .count = found.count, .keys = MAP_INIT(w->blocks)};
	list_keys(w->blocks, root, ret);
}

static bool has_named(const struct blocks *b, const char *key)
{
	struct key_words words;

	if (!(b->names & key_bit(key)))
		return false;
	if (strlen(key) >= KEY_BYTES)
		return true;      /* longer ones are not looked up */
	key_words(key, &words);
	return map_get(&b->keys, span_of(words.last));
}

/* "**.key", "**.{a,b}", "**./pattern/": no block of the tree may have it. */
static bool has_key(const struct blocks *b, const struct path *p)
{
	const struct step *s = p->count < 2 ? NULL : &p->steps[1];

	if (s && s->kind == STEP_KEY)
		return has_named(b, s->key);
	for (size_t i = 0; s && s->kind == STEP_ALT && i < s->alt_count; i++)
		if (has_named(b, s->alts[i]))
			return true;
	for (size_t i = 0; s && s->kind == STEP_REGEX && i < b->written_count; i++)
		if (pattern_find(s->pattern, span_of(b->written[i]), 0, NULL, 0) == REGEX_YES)
			return true;
	return !s || (s->kind != STEP_ALT && s->kind != STEP_REGEX);
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

/* ------------------------------------------------------------------ facts, the document */

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
		for (size_t i = 0; i < run->index->documents.count; i++)
			run_rule(c, run->index->documents.items[i], out);
	}
}

/* ------------------------------------------------------------------ one task */

static void fit_rules(const struct context *c, const struct rule_group *g, uint64_t *ret)
{
	memset(ret, 0, (g->count / 64 + 1) * sizeof *ret);
	for (size_t i = 0; i < g->count; i++)
		if (where_fits(&g->items[i]->where, c))
			set_bit(ret, i);
}

struct context context_of(const struct run *run)
{
	return (struct context){.set = run->set, .options = run->options, .subjects = run->subjects, .groups = run->groups,
				.related = run->related, .inputs = run->inputs};
}

void run_task(struct worker *w, struct task *t)
{
	const struct run *run = w->run;
	struct context c = context_of(run);

	c.doc = t->doc;
	c.deployment = t->deployment;
	c.scratch = w->scratch;
	c.territories = &w->territories;
	c.among = &w->among;
	c.wide = &w->wide;
	t->found.arena = w->results;
	t->found.lists = w->lists;
	fit_rules(&c, run->values.group, w->fit_values);
	fit_rules(&c, run->comments.group, w->fit_comments);
	run_subjects(w, &c, &t->found);
	run_blocks(w, &c, &t->found);
	run_facts(w, &c, &t->found);
	run_document(run, &c, &t->found);
	found_settle(&t->found);
	arena_reset(w->scratch);
}
