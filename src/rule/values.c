/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The values that a leaf of a condition speaks of (section 4): what its paths select, below the subject or another root, or in an
 * outer block when it inherits; in pieces, captured and converted as the leaf asks. Nothing is judged here, but what can be neither
 * captured nor converted is missing, and what a bound of the pattern keeps from being known is unknown.
 */
#include "base/limits.h"
#include "rule/rule_p.h"


static struct value value_of(const struct fact *f)
{
	struct value v = {.fact = f, .text = f->value};

	while (v.fact->kind == FACT_LIST && v.fact->first && !v.fact->first->next && v.fact->first->kind != FACT_BLOCK)
		v.fact = v.fact->first;      /* a one-item list is its item */
	v.text = v.fact->value;
	v.missing = v.fact->kind == FACT_NULL;
	v.unknown = v.fact->state == FACT_UNKNOWN || v.fact->kind == FACT_REFERENCE;
	v.overridable = v.fact->state == FACT_OVERRIDABLE;
	v.doubtful = v.fact->doubtful;
	return v;
}

static const struct fact *top_of(const struct fact *f)
{
	while (f && f->parent)
		f = f->parent;
	return f;
}

static const struct fact *root_fact(const struct context *c, const struct path *p)
{
	const struct declaration *decl = c->options->declaration;

	switch (p->root) {
	case ROOT_DECLARED:
		return c->deployment ? c->deployment->block : NULL;
	case ROOT_POLICY:
		return decl ? decl->policy : NULL;
	case ROOT_DOCUMENT:
		return c->block && c->block->doc && c->block->doc->root_count ? top_of(c->subject ? c->subject->written_block : c->block) : NULL;
	case ROOT_PARENT:
		return fact_enclosing(c->subject ? c->subject->written_block : c->block);
	default:
		/* "[*]" and "[0]": the other items of the list that the value stands in */
		if ((p->steps[0].kind == STEP_ITEMS || p->steps[0].kind == STEP_INDEX) && c->self && c->self->parent && c->self->parent->kind == FACT_LIST)
			return c->self->parent;
		return c->block;
	}
}

static const char *nearest_key(const struct fact *f)
{
	while (f && !f->key)
		f = f->parent;
	return f ? f->key : NULL;
}

/* Of the subject itself, so no fact stands behind them. */
static const char *meta_text(struct context *c, enum meta meta)
{
	char date[16];

	switch (meta) {
	case META_NAME:
		return c->subject_name;
	case META_TYPE:
		return c->subject_type;
	case META_WRITTEN:
		return c->subject ? c->subject->written : NULL;
	case META_FILE:
		return c->doc ? c->doc->name : NULL;
	case META_FORMAT:
		return c->doc && c->doc->format ? c->doc->format->name : NULL;
	case META_KEY:
		return nearest_key(c->self);
	case META_AUDIT_DATE:
		return arena_str(c->scratch, date_format(c->options->date, date));
	default:
		return NULL;
	}
}

/* `not-applicable`, or a block with the reason: no value to test (section 5 reads it in `agrees`). */
static bool is_not_applicable(const struct fact *f)
{
	return f->kind == FACT_BLOCK ? fact_child(f, "not_applicable") != NULL : span_is(f->value, "not-applicable");
}

static void add_values(struct context *c, struct values *out, const struct selection *found, const struct path *p)
{
	for (size_t i = 0; i < found->count; i++) {
		struct value v = value_of(found->facts[i]);

		if (p->root == ROOT_DECLARED && is_not_applicable(v.fact))
			continue;
		if (p->root == ROOT_DECLARED && span_is(v.text, "unknown"))
			v.unknown = true;
		*ARENA_PUSH(c->scratch, out->items, out->count) = v;
	}
}

static void gather_path(struct context *c, const struct path *p, const struct fact *top, struct values *out)
{
	struct selection found;

	if (p->root == ROOT_META) {
		const char *text = meta_text(c, p->meta);

		if (text)
			*ARENA_PUSH(c->scratch, out->items, out->count) = (struct value){.text = span_of(text)};
		return;
	}
	if (!top)
		return;
	path_select_wide(c->scratch, c->wide, p, top, &found);
	out->open = out->open || found.open;
	if (!out->holder || found.deepest != top)
		out->holder = found.deepest ? found.deepest : top;
	add_values(c, out, &found, p);
}

static void gather_inherited(struct context *c, const struct cond *leaf, struct values *out)
{
	for (size_t i = 0; i < leaf->inherit_count && !out->count; i++) {
		struct selection bases;
		const struct fact *root = root_fact(c, &leaf->inherit_from[i]);

		if (!root)
			continue;
		path_select(c->scratch, &leaf->inherit_from[i], root, &bases);
		for (size_t k = 0; k < bases.count; k++)
			for (size_t n = 0; n < leaf->path_count && !out->count; n++)
				gather_path(c, &leaf->paths[n], bases.facts[k], out);
	}
	if (leaf->inherit_count)
		return;
	for (const struct fact *outer = fact_enclosing(c->block); outer && !out->count; outer = fact_enclosing(outer))
		for (size_t n = 0; n < leaf->path_count && !out->count; n++)
			gather_path(c, &leaf->paths[n], outer, out);
}

static void split_value(struct context *c, const struct cond *leaf, const struct value *v, struct values *out)
{
	const struct regex *r = pattern_get(leaf->split);
	size_t from = 0;
	struct span found;

	for (int i = 0; from <= v->text.n; i++) {
		struct value piece = *v;
		bool more = regex_find(r, v->text, from, &found, 1) == REGEX_YES && found.n;

		piece.text = span_trim(span_cut(v->text, from, more ? (size_t)(found.p - v->text.p) : v->text.n));
		if (piece.text.n)
			*ARENA_PUSH(c->scratch, out->items, out->count) = piece;
		if (!more)
			break;
		if (i + 1 == LIMIT_PIECES) {
			limit_reached(c, "only the first pieces of this value were looked at");
			break;
		}
		from = (size_t)(found.p - v->text.p) + found.n;
	}
}

static void capture_value(struct context *c, const struct cond *leaf, struct value *v)
{
	struct span groups[2];
	enum regex_result result = pattern_find(leaf->capture, v->text, 0, groups, 2);

	if (result == REGEX_LIMIT) {
		limit_reached(c, "a bound of the pattern was reached");
		v->unknown = true;
	} else if (result == REGEX_NO || !groups[1].p) {
		v->missing = true;
		v->holder = v->fact;
	} else {
		v->text = groups[1];
	}
}

static void modify_values(struct context *c, const struct cond *leaf, struct values *values)
{
	struct values pieces = {.open = values->open, .holder = values->holder};

	if (leaf->split) {
		for (size_t i = 0; i < values->count; i++) {
			if (values->items[i].unknown || values->items[i].missing)
				*ARENA_PUSH(c->scratch, pieces.items, pieces.count) = values->items[i];
			else
				split_value(c, leaf, &values->items[i], &pieces);
		}
		*values = pieces;
	}
	for (size_t i = 0; i < values->count; i++) {
		struct value *v = &values->items[i];

		if (leaf->capture && !v->unknown && !v->missing)
			capture_value(c, leaf, v);
		if (leaf->as && !v->unknown && !v->missing && !convert(c, leaf->as, v)) {
			v->missing = true;
			v->holder = v->fact;
		}
	}
}

void values_gather(struct context *c, const struct cond *leaf, struct values *out)
{
	*out = (struct values){0};
	if (leaf->selector == SELECT_THIS) {
		if (c->self)
			*ARENA_PUSH(c->scratch, out->items, out->count) = value_of(c->self);
		if (c->self && c->raw_text)
			out->items[0].unknown = false;
		out->holder = c->block;
	}
	for (size_t i = 0; i < leaf->path_count && !out->count; i++)
		gather_path(c, &leaf->paths[i], root_fact(c, &leaf->paths[i]), out);
	if (leaf->inherit && !out->count && leaf->selector != SELECT_THIS)
		gather_inherited(c, leaf, out);
	modify_values(c, leaf, out);
}
