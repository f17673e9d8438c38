/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Paths of section 4: a.b, *, **, [*], [0], {a,b}, /regex/ on a key, ["odd.key"], with the roots declared., policy., root.,
 * parent. and meta. Selection walks breadth first, step by step, so facts come out in document order for each step.
 * A step on a list that holds one block goes through it: notations differ in whether they write the list.
 */
#include "rule/rule_p.h"

#include "base/limits.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ compiling */

static enum path_root take_root(const char **at)
{
	static const struct { const char *prefix; enum path_root root; } roots[] = {
		{"declared.", ROOT_DECLARED}, {"policy.", ROOT_POLICY}, {"root.", ROOT_DOCUMENT},
		{"parent.", ROOT_PARENT}, {"meta.", ROOT_META},
	};

	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		size_t n = strlen(roots[i].prefix);

		if (!strncmp(*at, roots[i].prefix, n)) {
			*at += n;
			return roots[i].root;
		}
	}
	return ROOT_SUBJECT;
}

static enum meta meta_of(const struct step *first)
{
	static const char *const names[] = {
		[META_NAME] = "name", [META_TYPE] = "type", [META_WRITTEN] = "written", [META_FILE] = "file", [META_FORMAT] = "format", [META_KEY] = "key",
		[META_AUDIT_DATE] = "audit_date",
	};

	for (size_t i = META_NAME; i < sizeof names / sizeof *names; i++)
		if (first->key && !strcmp(first->key, names[i]))
			return (enum meta)i;
	return META_NONE;
}

static int take_bracket(struct arena *a, const char **at, struct step *ret, struct err *e)
{
	const char *p = *at + 1;

	if (p[0] == '*' && p[1] == ']') {
		*ret = (struct step){.kind = STEP_ITEMS};
		*at = p + 2;
		return 0;
	}
	if (*p == '"') {
		const char *end = strstr(p + 1, "\"]");

		if (!end)
			return err_set(e, EXIT_USAGE, "path: '[\"' without '\"]'");
		*ret = (struct step){.kind = STEP_KEY, .key = arena_dup(a, p + 1, (size_t)(end - p - 1))};
		*at = end + 2;
		return 0;
	}
	if (*p >= '0' && *p <= '9') {
		char *end;
		unsigned long index = strtoul(p, &end, 10);

		if (*end == ']' && index < UINT32_MAX) {
			*ret = (struct step){.kind = STEP_INDEX, .index = (uint32_t)index};
			*at = end + 1;
			return 0;
		}
	}
	return err_set(e, EXIT_USAGE, "path: expected [*], [N] or [\"key\"]");
}

static int take_alternatives(struct arena *a, const char **at, struct step *ret, struct err *e)
{
	const char *p = *at + 1, *end = strchr(p, '}');
	const char **alts = NULL;
	size_t count = 0;

	if (!end || end == p)
		return err_set(e, EXIT_USAGE, "path: '{' without '}'");
	while (p < end) {
		size_t n = strcspn(p, ",}");

		*ARENA_PUSH(a, alts, count) = arena_dup(a, p, n);
		p += n + 1;
	}
	*ret = (struct step){.kind = STEP_ALT, .alts = alts, .alt_count = count};
	*at = end + 1;
	return 0;
}

static int take_regex(struct arena *a, const char **at, struct step *ret, struct err *e)
{
	const char *end = *at + 1;

	while (*end && *end != '/')
		end += *end == '\\' && end[1] ? 2 : 1;
	if (!*end)
		return err_set(e, EXIT_USAGE, "path: '/' without its end");
	*ret = (struct step){.kind = STEP_REGEX, .pattern = pattern_new(a, arena_dup(a, *at + 1, (size_t)(end - *at - 1)))};
	*at = end + 1;
	return 0;
}

static int take_key(struct arena *a, const char **at, struct step *ret, struct err *e)
{
	size_t n = strcspn(*at, ".[");

	if (!n)
		return err_set(e, EXIT_USAGE, "path: empty step");
	if (n == 2 && !strncmp(*at, "**", 2))
		*ret = (struct step){.kind = STEP_DEEP};
	else if (n == 1 && **at == '*')
		*ret = (struct step){.kind = STEP_ANY};
	else
		*ret = (struct step){.kind = STEP_KEY, .key = (*at)[n] ? arena_dup(a, *at, n) : *at};      /* the path stays too */
	*at += n;
	return 0;
}

int path_compile(struct arena *a, const char *written, struct path *ret, struct err *e)
{
	const char *at = written;
	struct step *steps = NULL;
	size_t count = 0;
	struct path path = {.written = written, .root = take_root(&at)};

	while (*at) {
		struct step step;
		int bad = *at == '[' ? take_bracket(a, &at, &step, e) : *at == '{' ? take_alternatives(a, &at, &step, e) :
			  *at == '/' ? take_regex(a, &at, &step, e) : take_key(a, &at, &step, e);

		if (bad)
			return -1;
		*ARENA_PUSH(a, steps, count) = step;
		if (*at == '.' && at[1])
			at++;
		else if (*at && *at != '[')
			return err_set(e, EXIT_USAGE, "path: unexpected '%c'", *at);
	}
	if (!count)
		return err_set(e, EXIT_USAGE, "path: nothing selected");
	path.steps = steps;
	path.count = count;
	path.meta = path.root == ROOT_META ? meta_of(steps) : META_NONE;
	*ret = path;
	return 0;
}

/* ------------------------------------------------------------------ selecting */

struct walk {
	struct arena *arena;
	const struct fact **now, **next;
	size_t now_count, next_count;
	struct selection *selection;
};

static void keep(struct walk *w, const struct fact *f)
{
	if (f->kind != FACT_COMMENT)
		*ARENA_PUSH(w->arena, w->next, w->next_count) = f;
}

static bool step_takes(const struct step *s, const char *key)
{
	if (!key)
		return false;
	switch (s->kind) {
	case STEP_KEY:
		return key_eq(s->key, key);
	case STEP_ANY:
		return true;
	case STEP_ALT:
		for (size_t i = 0; i < s->alt_count; i++)
			if (key_eq(s->alts[i], key))
				return true;
		return false;
	case STEP_REGEX:
		return pattern_find(s->pattern, span_of(key), 0, NULL, 0) == REGEX_YES;
	default:
		return false;
	}
}

/* A reference or template where a block is expected may hold anything. */
static bool may_hold_more(const struct fact *f)
{
	if (fact_has_parts(f))
		return f->open;
	return f->state == FACT_UNKNOWN || f->kind == FACT_REFERENCE || f->kind == FACT_TEMPLATE;
}

static void step_into_keys(struct walk *w, const struct step *s, const struct fact *f)
{
	if (may_hold_more(f))
		w->selection->open = true;
	if (f->kind == FACT_LIST) {
		FACT_EACH(item, f)
			if (item->kind == FACT_BLOCK)
				step_into_keys(w, s, item);
		return;
	}
	if (f->kind != FACT_BLOCK)
		return;
	w->selection->deepest = f;
	FACT_EACH(child, f)
		if (step_takes(s, child->key))
			keep(w, child);
}

static void step_into_items(struct walk *w, const struct fact *f)
{
	if (f->kind != FACT_LIST) {
		keep(w, f);      /* a single value where the other notations write a list */
		return;
	}
	if (f->open)
		w->selection->open = true;
	FACT_EACH(item, f)
		keep(w, item);
}

static void step_into_index(struct walk *w, const struct fact *f, uint32_t index)
{
	if (f->kind != FACT_LIST && index == 0)
		keep(w, f);
	if (f->kind != FACT_LIST)
		return;
	if (f->open)
		w->selection->open = true;
	FACT_EACH(item, f)
		if (item->index == index)
			keep(w, item);
}

/* Not with fact_next: the parents of a derived block's facts lead to where they are written, not to the block. */
static void step_deep(struct walk *w, const struct fact *f)
{
	if (f->kind == FACT_BLOCK) {
		if (may_hold_more(f))
			w->selection->open = true;
		keep(w, f);
	}
	FACT_EACH(child, f)
		step_deep(w, child);      /* bounded by LIMIT_DEPTH and the few levels a derived block adds */
}

static void step_over(struct walk *w, const struct step *s)
{
	w->next = NULL;
	w->next_count = 0;
	for (size_t i = 0; i < w->now_count; i++) {
		const struct fact *f = w->now[i];

		switch (s->kind) {
		case STEP_ITEMS:
			step_into_items(w, f);
			break;
		case STEP_INDEX:
			step_into_index(w, f, s->index);
			break;
		case STEP_DEEP:
			step_deep(w, f);
			break;
		default:
			step_into_keys(w, s, f);
		}
	}
	w->now = w->next;
	w->now_count = w->next_count;
}

void path_select_from(struct arena *a, const struct path *p, size_t done, const struct fact **facts, size_t count, struct selection *ret)
{
	struct walk w = {.arena = a, .now = facts, .now_count = count, .selection = ret};

	*ret = (struct selection){0};
	for (size_t i = done; i < p->count && w.now_count; i++)
		step_over(&w, &p->steps[i]);
	ret->facts = w.now;
	ret->count = w.now_count;
}

void path_select(struct arena *a, const struct path *p, const struct fact *top, struct selection *ret)
{
	const struct fact *start[1] = {top};
	struct walk w = {.arena = a, .now = start, .now_count = top ? 1 : 0, .selection = ret};

	*ret = (struct selection){.deepest = top};
	for (size_t i = 0; i < p->count && w.now_count; i++)
		step_over(&w, &p->steps[i]);
	ret->facts = w.now;
	ret->count = w.now_count;
	if (top && ret->count == 1 && w.now == start)      /* never hand out the stack */
		ret->facts = memcpy(ARENA_ARRAY(a, const struct fact *, 1), start, sizeof start);
}

/* ------------------------------------------------------------------ wide blocks */

#define WIDE 64      /* children from which they are listed by key */

struct fact_group {
	const struct fact **facts;
	size_t count;
};

/* A child with a key, what tells quickly whether a pattern or a name may be it, and the next one of the same slot. */
struct listed_fact {
	const struct fact *fact;
	uint64_t pairs;              /* text_pairs of the key; 0: not asked yet, or a key of one byte */
	uint32_t hash, next;         /* next: its number + 1 */
};

/* The same for keys that key_eq. */
static uint32_t key_hash(const char *key)
{
	uint32_t h = 2166136261u;

	for (; *key; key++)
		if (*key != '_' && *key != '-')
			h = (h ^ (*key >= 'A' && *key <= 'Z' ? (unsigned char)(*key + ('a' - 'A')) : (unsigned char)*key)) * 16777619u;
	return h ^ h >> 15;
}

/* From the last child to the first, so that those of one slot stand in document order. */
static void fill_slots(struct wide_block *w)
{
	for (w->slot_count = WIDE; w->slot_count < w->fact_count; w->slot_count *= 2)
		;
	w->slots = ARENA_ARRAY(w->arena, uint32_t, w->slot_count);
	for (size_t i = w->fact_count; i-- > 0;) {
		uint32_t *slot = &w->slots[w->facts[i].hash & (w->slot_count - 1)];

		w->facts[i].next = *slot;
		*slot = (uint32_t)i + 1;
	}
}

/* Rules ask of narrow blocks between two questions to a wide one: those leave its list as it is. */
static bool is_wide(struct wide_block *w, const struct fact *block)
{
	size_t count = 0;

	if (w->block == block || w->narrow == block)
		return w->block == block;
	for (const struct fact *child = block->first; child && count <= WIDE; child = child->next)
		count++;
	if (count <= WIDE) {
		w->narrow = block;
		return false;
	}
	w->block = block;
	arena_reset(w->arena);
	w->facts = NULL;
	w->fact_count = 0;
	FACT_EACH(child, block)
		if (child->key && child->kind != FACT_COMMENT)
			*ARENA_PUSH(w->arena, w->facts, w->fact_count) = (struct listed_fact){.fact = child, .hash = key_hash(child->key)};
	fill_slots(w);
	return true;
}

static struct fact_group matching_facts(struct arena *a, const struct wide_block *w, struct pattern *p)
{
	struct fact_group g = {0};

	for (size_t i = 0; i < w->fact_count; i++) {
		struct listed_fact *f = &w->facts[i];

		if (!f->pairs)
			f->pairs = text_pairs(span_of(f->fact->key));
		if (pattern_may_match(p, f->pairs) && regex_find(pattern_get(p), span_of(f->fact->key), 0, NULL, 0) == REGEX_YES)
			*ARENA_PUSH(a, g.facts, g.count) = f->fact;
	}
	return g;
}

static struct fact_group named_facts(struct arena *a, const struct wide_block *w, const char *key)
{
	uint32_t hash = key_hash(key);
	struct fact_group g = {0};

	for (uint32_t i = w->slots[hash & (w->slot_count - 1)]; i; i = w->facts[i - 1].next)
		if (w->facts[i - 1].hash == hash && key_eq(key, w->facts[i - 1].fact->key))
			*ARENA_PUSH(a, g.facts, g.count) = w->facts[i - 1].fact;
	return g;
}

void path_select_wide(struct arena *a, struct wide_block *w, const struct path *p, const struct fact *top, struct selection *ret)
{
	const struct step *first = &p->steps[0];
	bool listed = first->kind == STEP_KEY || first->kind == STEP_REGEX;
	struct fact_group g;

	if (!listed || !w || !top || top->kind != FACT_BLOCK || !is_wide(w, top)) {
		path_select(a, p, top, ret);
		return;
	}
	g = first->kind == STEP_KEY ? named_facts(a, w, first->key) : matching_facts(a, w, first->pattern);
	path_select_from(a, p, 1, g.facts, g.count, ret);
	ret->open = ret->open || may_hold_more(top);
	ret->deepest = ret->deepest ? ret->deepest : top;
}
