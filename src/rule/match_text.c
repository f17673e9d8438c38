/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The rules of one fact: on settings and on texts. What depends on a key alone is found out once a key and thread, what depends on
 * the keys outward of it once for each such chain, and the prefilter says which patterns a text can hold: a fact that no rule
 * speaks of costs two look-ups.
 */
#include "rule/match_p.h"
#include "rule/subject_p.h"

/* ------------------------------------------------------------------ settings */

static struct key_note *note_of(struct worker *w, const char *key)
{
	struct map_entry *entry;

	if (w->note && key == w->key)
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
	note->has_settings = map_get(&run->index->settings, span_of(words.last)) || map_get(&run->index->settings, span_of(words.whole));
	note->looked_up = true;
}

static void list_settings(struct worker *w, const char *word, const struct fact *f, struct rule_group *into)
{
	const struct rule_group *g = map_get(&w->run->index->settings, span_of(word));

	for (size_t i = 0; g && i < g->count; i++) {
		const struct where *where = &g->items[i]->where;

		for (size_t k = 0; k < where->count; k++) {
			if (setting_is(where->names[k], f)) {
				*ARENA_PUSH(w->arena, into->items, into->count) = g->items[i];
				break;
			}
		}
	}
}

/* Whether a setting's name fits depends on the fact's key and on as many keys outward of it as the longest name has parts. */
static const struct rule_group *rules_of_setting(struct worker *w, const struct fact *f, const char *key)
{
	size_t parts = w->run->index->setting_parts, n = 0;
	struct map_entry *entry;
	struct key_words words;

	memset(w->chain, 0, parts * sizeof *w->chain);
	for (const struct fact *up = f; up && n < parts; up = up->parent)
		if (up->key && *up->key)
			w->chain[n++] = up->key;
	entry = map_entry(&w->settings, (struct span){(const char *)w->chain, parts * sizeof *w->chain});
	if (!entry->value) {
		entry->value = ARENA_NEW(w->arena, struct rule_group);
		key_words(key, &words);
		list_settings(w, words.last, f, entry->value);
		if (strcmp(words.last, words.whole))
			list_settings(w, words.whole, f, entry->value);
	}
	return entry->value;
}

void run_settings(struct worker *w, struct context *c, const struct fact *f, struct found *out)
{
	const char *key = setting_key(f);
	const struct rule_group *g;
	struct key_note *note;

	if (!key || !*key || !w->run->index->settings.count)
		return;
	note = note_of(w, key);
	if (!note->looked_up)
		look_up_settings(w->run, key, note);
	if (!note->has_settings)
		return;
	g = rules_of_setting(w, f, key);
	c->self = f;
	c->block = fact_enclosing(f);
	c->subject_name = key;
	for (size_t i = 0; i < g->count; i++)
		run_rule(c, g->items[i], out);
}

/* ------------------------------------------------------------------ text */

/* meta.key: the nearest key from the fact outward. */
static const char *nearest_key(const struct fact *f)
{
	while (f && !f->key)
		f = f->parent;
	return f ? f->key : NULL;
}

static bool compare_texts(const struct test *tests, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (tests[i].kind != TEST_MATCHES && tests[i].kind != TEST_IS && tests[i].kind != TEST_IN)
			return false;
	return true;
}

static bool leaf_asks_key_alone(const struct cond *c)
{
	const struct path *p = c->selector == SELECT_KEY && c->path_count == 1 ? &c->paths[0] : NULL;

	if (!p || p->root != ROOT_META || p->count != 1 || !p->steps[0].key || strcmp(p->steps[0].key, "key") || c->inherit ||
	    c->by_default.given || c->split || c->capture || c->as)
		return false;
	return compare_texts(c->tests, c->test_count) && compare_texts(c->but_not, c->but_not_count);
}

static bool asks_key_alone(const struct cond *c)
{
	if (!c || c->off)
		return false;
	if (c->kind == COND_LEAF)
		return leaf_asks_key_alone(c);
	for (size_t i = 0; i < c->count; i++)      /* a condition in itself is as deep as its rule is written */
		if (!asks_key_alone(c->items[i]))
			return false;
	return true;
}

const struct cond *key_condition(const struct cond *when)
{
	if (asks_key_alone(when))
		return when;
	for (size_t i = 0; when && !when->off && when->kind == COND_ALL && i < when->count; i++)
		if (asks_key_alone(when->items[i]))
			return when->items[i];
	return NULL;
}

static void leaf_key_literals(struct arena *a, const struct cond *leaf, struct literal_set *ret)
{
	for (size_t i = 0; i < leaf->test_count; i++) {
		struct literal_set one;

		if (test_literals(a, &leaf->tests[i], &one) && !one.digits)
			literals_take_better(ret, &one);
	}
}

void key_literals(struct arena *a, const struct cond *c, struct literal_set *ret)
{
	*ret = (struct literal_set){0};
	if (c->kind == COND_LEAF)
		leaf_key_literals(a, c, ret);
	for (size_t i = 0; (c->kind == COND_ALL || c->kind == COND_ANY) && i < c->count; i++) {
		struct literal_set one;

		key_literals(a, c->items[i], &one);
		if (c->kind == COND_ALL)
			literals_take_better(ret, &one);
		else if (i)
			literals_unite(a, ret, &one);
		else
			*ret = one;
	}
}

static bool rules_out(struct context *c, const struct rule *r, const struct cond *of_key)
{
	bool out;

	c->rule = r;
	c->limit = false;
	out = cond_eval(c, of_key).truth == TRUTH_NO && !c->limit;
	arena_reset(c->scratch);
	return out;
}

/* What the texts in a key say of it already. */
static void begin_note(struct worker *w, const char *key, struct key_note *note)
{
	const struct text_rules *t = &w->run->values;
	size_t words = prefilter_words(t->prefilter);

	note->asked = ARENA_ARRAY(w->arena, uint64_t, words);
	note->ruled_out = ARENA_ARRAY(w->arena, uint64_t, words);
	prefilter_run(t->keys, span_of(key), note->asked);
	for (size_t k = 0; k < words; k++) {
		note->ruled_out[k] = t->by_key[k] & ~note->asked[k];
		note->asked[k] = note->ruled_out[k];
	}
}

/* Takes from the candidates what the key alone rules out; each is asked once a key. False: none is left. */
static bool heed_key(struct worker *w, struct context *c, const char *key)
{
	const struct text_rules *t = &w->run->values;
	struct key_note *note = note_of(w, key);
	size_t words = prefilter_words(t->prefilter);
	uint64_t any = 0;

	if (!note->asked)
		begin_note(w, key, note);
	for (size_t k = 0; k < words; k++) {
		uint64_t left = w->candidates[k] & w->fit_values[k] & t->by_key[k] & ~note->asked[k];

		note->asked[k] |= left;
		for (; left; left &= left - 1) {
			size_t i = k * 64 + (size_t)__builtin_ctzll(left);

			if (rules_out(c, t->group->items[i], t->key_conditions[i]))
				set_bit(note->ruled_out, i);
		}
		any |= w->candidates[k] &= ~note->ruled_out[k];
	}
	return any;
}

#define LINES_OF_A_VALUE 200      /* of a script or a table in one value; a rule counts the first hundred hits of a document alone */

/* A rule that counts by lines looks at each line of a value by itself: a script that sets three passwords is told three times. */
static void run_lines(struct context *c, struct found *out)
{
	const struct fact *whole = c->self;
	struct span v = whole->value;
	size_t from = 0;

	for (int lines = 0; lines < LINES_OF_A_VALUE && from < v.n; lines++) {
		const char *end = memchr(v.p + from, '\n', v.n - from);
		size_t to = end ? (size_t)(end - v.p) : v.n;

		if (to > from) {
			c->self = fact_part(out->arena, whole, from, to);
			rule_run(c, out);
			arena_reset(c->scratch);
		}
		from = to + 1;
	}
	c->self = whole;
}

static bool counts_lines(const struct rule *r, const struct fact *f)
{
	return r->once_per == ONCE_LINE && f->value.n && memchr(f->value.p, '\n', f->value.n);
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
			if (counts_lines(c->rule, c->self))
				run_lines(c, out);
			else
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

void run_value(struct worker *w, struct context *c, const struct fact *f, struct found *out)
{
	const struct text_rules *t = &w->run->values;

	describe_text(c, f);
	prefilter_run(t->prefilter, f->value, w->candidates);
	if (c->options->no_prefilter || heed_key(w, c, nearest_key(f)))      /* no key, in a text: the same for all its lines */
		run_candidates(w, c, t->group, w->fit_values, out);
	c->raw_text = false;
}

void run_comment(struct worker *w, struct context *c, const struct fact *f, struct found *out)
{
	const struct text_rules *t = &w->run->comments;

	describe_text(c, f);
	prefilter_run(t->prefilter, f->value, w->candidates);
	run_candidates(w, c, t->group, w->fit_comments, out);
	c->raw_text = false;
}

