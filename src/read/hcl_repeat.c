/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Values inside blocks that are made several times: each.key, each.value, count.index and what a dynamic block calls its element. The
 * value is worked out for each element that is known; where all agree it is that value, else the outcomes are its candidates. More than
 * LIMIT_CANDIDATES elements, or one that is not known, leave it unknown. Blocks are never multiplied.
 */
#include "base/limits.h"
#include "read/hcl_eval.h"

struct loop {
	struct span name;               /* each, count, the label of a dynamic block or its iterator */
	const struct fact *elements;    /* for_each's value or count's */
};

struct elements {
	const struct fact *items[LIMIT_CANDIDATES];
	size_t count;
};

/* NAME. with no letter, digit or dot before it. */
static bool mentions(struct span text, struct span name)
{
	for (size_t i = 0; i + name.n < text.n; i++) {
		char before = i ? text.p[i - 1] : ' ';
		bool word = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') || (before >= '0' && before <= '9') || before == '_' || before == '.' || before == '-';

		if (!word && text.p[i + name.n] == '.' && span_eq(span_cut(text, i, i + name.n), name))
			return true;
	}
	return false;
}

/* The dynamic block whose content is block: it stands before it (fmt_hcl.c). */
static const struct fact *dynamic_of(const struct fact *block)
{
	const struct fact *found = NULL;

	for (const struct fact *f = block->parent ? block->parent->first : NULL; f && f != block; f = f->next)
		if (f->block_syntax && fact_label_count(f) == 1 && !strcmp(f->key, "dynamic") && f->next == block && !strcmp(fact_labels(f)[0], block->key)
		    && block->at.offset >= f->at.offset && block->at.offset < f->at.offset + f->at.length)
			found = f;
	return found;
}

/* What block is repeated over, when the text speaks of it. */
static bool loop_of(struct resolver *r, const struct fact *block, struct span text, struct loop *ret)
{
	bool outermost = block->parent && !block->parent->parent;
	const struct fact *dynamic, *iterator;

	if (outermost) {
		ret->name = mentions(text, SPAN("each")) ? SPAN("each") : SPAN("count");
		ret->elements = resolve_child(r, block, span_is(ret->name, "each") ? SPAN("for_each") : SPAN("count"));
		return ret->elements && mentions(text, ret->name);
	}
	dynamic = block->key && block->parent ? dynamic_of(block) : NULL;
	if (!dynamic)
		return false;
	iterator = resolve_child(r, dynamic, SPAN("iterator"));
	ret->name = iterator ? iterator->value : span_of(fact_labels(dynamic)[0]);
	ret->elements = resolve_child(r, dynamic, SPAN("for_each"));
	return ret->elements && mentions(text, ret->name);
}

static struct fact *make(struct resolver *r, const struct fact *like, enum fact_kind kind, const char *key)
{
	struct fact *f = ARENA_NEW(r->arena, struct fact);

	f->doc = like->doc;
	f->at = like->at;
	f->kind = kind;
	f->state = like->state;
	fact_put_set_at(r->arena, f, fact_set_at(like));
	f->key = key;
	f->value = SPAN("");
	return f;
}

static void add_text(struct resolver *r, struct fact *block, const char *key, struct span text, enum fact_scalar scalar)
{
	struct fact *f = make(r, block, FACT_LITERAL, key);

	f->value = text;
	f->scalar = scalar;
	resolve_append(r, block, f);
}

/* {key, value} of one element of a list or map. */
static const struct fact *element_of(struct resolver *r, const struct fact *group, const struct fact *item)
{
	struct fact *block = make(r, group, FACT_BLOCK, NULL), *value;

	resolve_fact(r, item);
	value = resolve_use(r, item, NULL);
	if (group->kind == FACT_BLOCK)
		add_text(r, block, "key", span_of(item->key), SCALAR_STRING);
	else if (item->kind == FACT_LITERAL && item->state != FACT_UNKNOWN)
		add_text(r, block, "key", item->value, SCALAR_STRING);
	value->key = "value";
	resolve_append(r, block, value);
	return block;
}

static bool find_elements(struct resolver *r, const struct loop *l, struct elements *ret)
{
	const struct fact *all = l->elements;

	ret->count = 0;
	resolve_fact(r, all);
	if (!resolve_known(all) || all->open)
		return false;
	if (span_is(l->name, "count")) {
		size_t n = all->kind == FACT_LITERAL && all->value.n == 1 ? (size_t)(all->value.p[0] - '0') : 0;

		for (size_t i = 0; i < n && n <= 9; i++) {
			struct fact *block = make(r, all, FACT_BLOCK, NULL);

			add_text(r, block, "index", arena_span(r->arena, (struct span){&"0123456789"[i], 1}), SCALAR_NUMBER);
			ret->items[ret->count++] = block;
		}
		return ret->count > 0;
	}
	if (!fact_has_parts(all))
		return false;
	FACT_EACH(item, all) {
		if (ret->count == LIMIT_CANDIDATES)
			return false;
		ret->items[ret->count++] = element_of(r, all, item);
	}
	return ret->count > 0;
}

static const struct fact *value_with(struct resolver *r, const struct fact *f, const struct eval_names *names, const struct fact *from);

static const struct fact *repeat(struct resolver *r, const struct fact *f, const struct eval_names *names, const struct loop *l, const struct fact *block)
{
	const struct fact *values[LIMIT_CANDIDATES];
	struct elements e;

	if (!find_elements(r, l, &e))
		return NULL;
	for (size_t i = 0; i < e.count; i++) {
		struct eval_names bound = {names, l->name, e.items[i]};

		values[i] = value_with(r, f, &bound, block->parent);
		if (!values[i])
			return NULL;
	}
	return e.count == 1 ? values[0] : resolve_agree(r, values, e.count);
}

/* from: the innermost block whose repetition is not looked at yet. */
static const struct fact *value_with(struct resolver *r, const struct fact *f, const struct eval_names *names, const struct fact *from)
{
	for (const struct fact *block = from; block; block = block->parent) {
		struct loop l;

		if (block->block_syntax && loop_of(r, block, f->value, &l))
			return repeat(r, f, names, &l, block);
	}
	return hcl_evaluate_fact(r, f, names);
}

const struct fact *hcl_value(struct resolver *r, const struct fact *f)
{
	const struct fact *value = NULL;

	if (f->parent && memchr(f->value.p, '.', f->value.n))
		value = value_with(r, f, NULL, f->parent);
	return value ? value : hcl_evaluate_fact(r, f, NULL);
}
