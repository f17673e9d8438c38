/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A resource's block in one shape whatever wrote it: properties lifted, keys renamed, satellites hung in as parts.
 * Facts are shallow copies; a Terraform block that needs nothing of this is used as it stands.
 * What a plan leaves out because it is known after apply only is put back as unknown, or as the reference its configuration names.
 */
#include "base/limits.h"
#include "rule/subject_p.h"

#include <string.h>

static const struct decoder derived = {.kind = DECODE_RESOLVED};

struct normal {
	struct arena *arena;
	struct fact **owned;      /* blocks whose list of children is ours to extend: as many as the table's rows make, a dozen */
	size_t owned_count;
};

struct fact *fact_copy(struct arena *a, const struct fact *f)
{
	struct fact *copy = ARENA_NEW(a, struct fact);

	*copy = *f;
	copy->next = NULL;
	return copy;
}

struct fact *block_new(struct arena *a, const struct fact *like)
{
	struct fact *block = fact_copy(a, like);

	block->kind = FACT_BLOCK;
	block->state = FACT_FIXED;
	block->first = NULL;
	block->value = (struct span){"", 0};
	block->open = false;
	return block;
}

static struct fact *append(struct arena *a, struct fact *block, struct fact *f)
{
	if (block->kind == FACT_LIST)
		f->index = block->first ? fact_last(block)->index + 1 : 0;
	fact_append(a, block, f);
	return f;
}

static const struct fact *origin_of(const struct fact *f)
{
	return f->written ? f->written : f;
}

struct fact *block_hang(struct arena *a, struct fact *block, const struct fact *f, const char *key)
{
	struct fact *copy = fact_copy(a, f);

	if (key) {
		copy->key = key;
		copy->written = origin_of(f);
	}
	return append(a, block, copy);
}

struct fact *block_field(struct arena *a, struct fact *block, const char *key, const char *text, const struct fact *from)
{
	struct fact *field = fact_copy(a, from);

	field->key = key;
	field->written = origin_of(from);
	field->first = NULL;
	fact_put_candidates(a, field, NULL, 0);
	field->scalar = SCALAR_STRING;
	field->decoder = &derived;
	if (text) {
		field->kind = FACT_LITERAL;
		field->value = span_of(text);
		if (field->state == FACT_UNKNOWN)
			field->state = FACT_FIXED;
	} else {
		field->kind = from->kind == FACT_REFERENCE ? FACT_REFERENCE : FACT_LITERAL;
		field->value = from->value.p ? from->value : (struct span){"", 0};
		field->state = FACT_UNKNOWN;
	}
	return append(a, block, field);
}

static struct fact *block_child(struct arena *a, struct fact *block, const char *key, const struct fact *from, enum fact_kind kind)
{
	struct fact *child = block_new(a, from);

	child->kind = kind;
	child->key = key;
	child->written = origin_of(from);
	fact_put_labels(a, child, NULL, 0);
	return append(a, block, child);
}

struct fact *block_list(struct arena *a, struct fact *block, const char *key, const struct fact *from)
{
	return block_child(a, block, key, from, FACT_LIST);
}

struct fact *block_block(struct arena *a, struct fact *block, const char *key, const struct fact *from)
{
	return block_child(a, block, key, from, FACT_BLOCK);
}

/* ------------------------------------------------------------------ a tree with some facts replaced */

const struct fact fact_dropped;

static const struct fact *rewrite(struct build *b, const struct fact *f, replace_fn *replace, int depth);

static const struct fact *rewrite_children(struct build *b, const struct fact *f, replace_fn *replace, int depth)
{
	struct fact *copy = NULL;

	FACT_EACH(child, f) {
		const struct fact *made = child->kind == FACT_COMMENT ? child : rewrite(b, child, replace, depth - 1);

		if (made != child && !copy) {
			copy = fact_copy(b->arena, f);
			copy->first = NULL;
			for (const struct fact *before = f->first; before != child; before = before->next)
				block_hang(b->arena, copy, before, NULL);
		}
		if (copy && made != &fact_dropped)
			block_hang(b->arena, copy, made, NULL);
	}
	return copy ? copy : f;
}

static const struct fact *rewrite(struct build *b, const struct fact *f, replace_fn *replace, int depth)
{
	const struct fact *made = replace(b, f);

	return made != f || depth == 0 || !f->first ? made : rewrite_children(b, f, replace, depth);
}

const struct fact *fact_rewrite(struct build *b, const struct fact *f, replace_fn *replace)
{
	return rewrite(b, f, replace, LIMIT_DEPTH);
}

struct fact *fact_computed(struct build *b, const struct fact *f, enum fact_kind kind, const char *text)
{
	struct fact *made = fact_copy(b->arena, f);

	made->kind = kind;
	made->state = FACT_UNKNOWN;
	made->scalar = SCALAR_STRING;
	made->first = NULL;
	made->value = span_of(text);
	made->decoder = &derived;
	made->written = f->written ? f->written : f;
	return made;
}

/* ------------------------------------------------------------------ renames */

static bool owns(const struct normal *n, const struct fact *block)
{
	for (size_t i = 0; i < n->owned_count; i++)
		if (n->owned[i] == block)
			return true;
	return false;
}

/* The children of a hung block belong to the document: they are copied before one is added. */
static bool take_over(struct normal *n, struct fact *block)
{
	const struct fact *child = block->first;

	if (owns(n, block))
		return true;
	if (block->kind != FACT_BLOCK)
		return false;
	*ARENA_PUSH(n->arena, n->owned, n->owned_count) = block;
	block->first = NULL;
	for (; child; child = child->next)
		block_hang(n->arena, block, child, NULL);
	return true;
}

/* Builds the blocks of a dotted canonical path in top and hangs leaf in under the last key. */
static void derive(struct normal *n, struct fact *top, const char *to, const struct fact *leaf)
{
	const struct fact *holder = leaf->parent ? leaf->parent : leaf;
	struct fact *at = top;
	const char *dot;

	for (; (dot = strchr(to, '.')) != NULL; to = dot + 1) {
		const char *key = arena_dup(n->arena, to, (size_t)(dot - to));
		struct fact *child = (struct fact *)(uintptr_t)fact_child(at, key);      /* top's own copy */

		if (child && child->kind == FACT_LIST)
			return;      /* written in the canonical shape already */
		if (!child)
			child = block_block(n->arena, at, key, holder->kind == FACT_LIST && holder->parent ? holder->parent : holder);
		if (!take_over(n, child))
			return;
		at = child;
	}
	for (const struct fact *f = at->first; f; f = f->next)
		if (f->key && key_eq(f->key, to) && f->doc == leaf->doc && f->at.offset == leaf->at.offset)
			return;      /* its own key differs in case and '_' only */
	block_hang(n->arena, at, leaf, to);
}

/* Hands every fact at a dotted path below f to derive; items of lists are all walked. */
static void derive_from(struct normal *n, struct fact *top, const char *to, const struct fact *f, const char *from)
{
	size_t key_n = strcspn(from, ".");
	char key[128];

	if (f->kind == FACT_LIST) {
		FACT_EACH(item, f)
			if (item->kind == FACT_BLOCK)
				derive_from(n, top, to, item, from);
		return;
	}
	if (f->kind != FACT_BLOCK || key_n >= sizeof key)
		return;
	memcpy(key, from, key_n);
	key[key_n] = 0;
	FACT_EACH(child, f) {
		if (!child->key || child->kind == FACT_COMMENT || !key_eq(child->key, key))
			continue;
		if (!from[key_n])
			derive(n, top, to, child);
		else if (fact_is_unresolved(child))
			derive(n, top, to, child);      /* unknown as a whole: so is the part of it */
		else
			derive_from(n, top, to, child, from + key_n + 1);
	}
}

static const char *strip_properties(const char *from)
{
	return strncmp(from, "properties.", 11) ? from : from + 11;
}

static bool row_is_for(const struct rename_row *r, const char *type)
{
	return span_eq_nocase(span_of(r->type), span_of(type));
}

/* New name of a key at the top, or NULL. */
static const char *renamed(const struct type_row *row, const char *type, const char *key)
{
	if (row && key)
		for (size_t i = 0; i < row->rename_count; i++) {
			const struct rename_row *r = &row->renames[i];

			if (row_is_for(r, type) && !strchr(r->to, '.') && key_eq(strip_properties(r->from), key))
				return r->to;
		}
	return NULL;
}

/* The second name by which rules may ask for a renamed setting: as the type's own notation writes it, of an inline part in every notation. */
static const char *own_name(const struct type_row *row, const char *type, const char *to, const char *written)
{
	if (!strcasecmp(type, row->name))
		return written;
	for (size_t i = 0; i < row->rename_count; i++) {
		const struct rename_row *r = &row->renames[i];

		if (r->part && row_is_for(r, row->name) && !strcmp(r->to, to))
			return r->from;
	}
	return NULL;
}

static void apply_deep_renames(struct normal *n, struct fact *top, const struct draft *d, const struct type_row *row)
{
	for (size_t i = 0; row && i < row->rename_count; i++) {
		const struct rename_row *r = &row->renames[i];
		const char *from = strip_properties(r->from);

		if (!row_is_for(r, d->type) || (!strchr(r->to, '.') && !strchr(from, '.')))
			continue;
		if (!strchr(r->to, '.') && fact_child(top, r->to))
			continue;      /* written under its canonical name too */
		derive_from(n, top, r->to, d->body, from);
		if (d->outer)
			derive_from(n, top, r->to, d->outer, from);
	}
}

static bool has_renames(const struct type_row *row, const char *type)
{
	for (size_t i = 0; row && i < row->rename_count; i++)
		if (row_is_for(&row->renames[i], type))
			return true;
	return false;
}

/* ------------------------------------------------------------------ the block */

/* Plans and states write null, and an empty list for a block that is not there. */
static bool says_nothing(const struct draft *d, const struct fact *f)
{
	if (d->notation != NOTATION_PLAN && d->notation != NOTATION_STATE)
		return false;
	return f->kind == FACT_NULL || (f->kind == FACT_LIST && !f->first && !f->open);
}

static bool holds_true(const struct fact *f, int depth)
{
	if (fact_is_scalar(f))
		return span_is(f->value, "true");
	if (depth)
		FACT_EACH(child, f)
			if (holds_true(child, depth - 1))
				return true;
	return false;
}

static void hang_settings(struct normal *n, struct fact *top, const struct draft *d, const struct type_row *row, const struct fact *from)
{
	static const char *const frame[] = {"Type", "Properties", "DependsOn", "Condition", "Metadata", "apiVersion", "resources", NULL};

	FACT_EACH(child, from) {
		const struct fact *later = d->unknown && child->key ? fact_child(d->unknown, child->key) : NULL;
		const char *key = renamed(row, d->type, child->key), *own;
		struct fact *copy;

		if (child->kind == FACT_COMMENT || says_nothing(d, child))
			continue;
		if (from == d->outer && (text_in(child->key, frame) || fact_child(top, child->key)))
			continue;
		if (key && from == d->body && fact_child(d->body, key) && !key_eq(key, child->key))
			key = NULL;
		own = key ? own_name(row, d->type, key, child->key) : NULL;
		if (own)
			block_hang(n->arena, top, child, own);
		copy = block_hang(n->arena, top, child, key);
		if (later && !fact_is_scalar(later) && holds_true(later, 8))
			copy->open = true;
	}
}

/* The first thing the configuration of a plan names for a key. */
static const char *plan_reference(struct build *b, const struct draft *d, const char *key)
{
	const struct fact *expression = d->references ? fact_child(d->references, key) : NULL;
	const struct fact *names = expression && expression->kind == FACT_BLOCK ? fact_child(expression, "references") : NULL;
	const char *first = names && names->first ? fact_literal(names->first) : NULL;
	bool each = false;

	if (!first)
		return NULL;
	FACT_EACH(name, names)
		each |= span_starts(name->value, "each.") || span_starts(name->value, "count.");
	return arena_printf(b->arena, "%s%s%s", d->module, first, each ? d->index : "");
}

static void hang_unknown(struct build *b, struct fact *top, const struct draft *d)
{
	FACT_EACH(key, d->unknown) {
		const struct fact *written = fact_child(d->body, key->key);
		const char *reference;
		struct fact *f;

		if (!fact_is_scalar(key) || !span_is(key->value, "true") || (written && written->kind != FACT_NULL))
			continue;
		reference = plan_reference(b, d, key->key);
		f = block_field(b->arena, top, key->key, NULL, key);
		f->kind = reference ? FACT_REFERENCE : FACT_LITERAL;
		f->value = span_of(reference ? reference : "(known after apply)");
	}
}

const struct fact *normal_block(struct build *b, const struct draft *d)
{
	const struct type_row *row = dialect_row(b->dialects, d->type);
	struct normal n = {.arena = b->arena};
	struct fact *top;

	if (d->body == d->written && !d->outer && !d->unknown && !has_renames(row, d->type))
		return d->written;
	top = block_new(b->arena, d->written);
	top->open = d->written->open || d->body->open;
	hang_settings(&n, top, d, row, d->body);
	if (d->outer)
		hang_settings(&n, top, d, row, d->outer);
	if (d->unknown)
		hang_unknown(b, top, d);
	apply_deep_renames(&n, top, d, row);
	return top;
}

/* ------------------------------------------------------------------ parts */

static struct fact *own_block(struct build *b, struct subject *s)
{
	struct fact *top;

	if (s->block != s->written_block)
		return (struct fact *)(uintptr_t)s->block;      /* made by normal_block */
	top = block_new(b->arena, s->block);
	top->open = s->block->open;
	FACT_EACH(child, s->block)
		if (child->kind != FACT_COMMENT)
			block_hang(b->arena, top, child, NULL);
	s->block = top;
	((struct link *)(uintptr_t)s->link)->block = top;
	return top;
}

static void hang_part(struct build *b, struct subject *owner, const struct part_row *part, const struct subject *satellite, bool sure)
{
	struct fact *copy = block_hang(b->arena, own_block(b, owner), satellite->block, part->name);

	fact_put_labels(b->arena, copy, NULL, 0);
	if (sure)
		return;
	copy->first = NULL;
	copy->open = true;
}

struct satellite {
	const struct subject *subject;
	const struct fact *by;
	struct span names;      /* the owner's name in an expression that has its type, to spare asking all others */
};

struct satellites {
	struct satellite *items;
	size_t count;
};

/* b of aws_s3_bucket.b.id, where the expression names one resource of that type. */
static struct span named_owner(const struct fact *by, const char *type)
{
	const char *at = by && fact_is_scalar(by) && by->kind == FACT_REFERENCE ? span_find(by->value, span_of(type)) : NULL;
	const char *end = at ? by->value.p + by->value.n : NULL;
	struct span rest;

	if (!at || at + strlen(type) >= end || at[strlen(type)] != '.')
		return (struct span){NULL, 0};
	rest = (struct span){at + strlen(type) + 1, (size_t)(end - at) - strlen(type) - 1};
	if (span_find(rest, span_of(type)))
		return (struct span){NULL, 0};
	rest.n = strcspn(rest.p, ".[ )}\"") < rest.n ? strcspn(rest.p, ".[ )}\"") : rest.n;
	return rest;
}

static void hang_satellites(struct build *b, struct subject *owner, const struct part_row *part, struct satellites *list)
{
	const struct link *link = owner->link;

	for (size_t i = 0; i < list->count; i++) {
		const struct satellite *s = &list->items[i];
		enum truth linked;

		if (s->subject->off && !owner->off)
			continue;      /* by default it makes nothing for an owner that is there */
		if (s->subject->scope != owner->scope || !s->by || (s->names.p && !span_is(s->names, link->logical ? link->logical : "")))
			continue;
		linked = subject_linked(s->by, owner);
		if (linked != TRUTH_NO)
			hang_part(b, owner, part, s->subject, linked == TRUTH_YES);
	}
}

/* A module that was not handed over and was given this resource may write its parts. */
static void hang_module_parts(struct build *b, struct subject *owner, const struct part_row *part)
{
	const struct link *link = owner->link;
	const struct fact *module;
	char key[64];

	if (link->notation != NOTATION_HCL || !owner->scope || !b->modules.count)
		return;
	for (size_t i = 0;; i++) {
		snprintf(key, sizeof key, "%zu", i);
		module = map_get(&b->modules, span_of(arena_printf(b->scratch, "%s\n%s", owner->scope->name, key)));
		if (!module)
			return;
		FACT_EACH(input, module)
			if (fact_is_scalar(input) && subject_linked(input, owner) == TRUTH_YES) {
				block_block(b->arena, own_block(b, owner), part->name, module)->open = true;
				break;
			}
	}
}

/* The first two stand in tables and go by their addresses; an owner's type is as it is written. */
static struct span satellites_key(struct arena *a, const char *type, const char *by, const char *owner_type)
{
	size_t n = strlen(owner_type), at = sizeof type + sizeof by;
	char *key = arena_alloc(a, at + n);

	memcpy(key, &type, sizeof type);
	memcpy(key + sizeof type, &by, sizeof by);
	memcpy(key + at, owner_type, n);
	return (struct span){key, at + n};
}

/* Satellites of one part and type, with what they are on; found once. */
static struct satellites *satellites_of(struct build *b, struct map *found, const struct part_row *part, const char *type, const char *owner_type)
{
	struct map_entry *entry = map_entry(found, satellites_key(b->scratch, type, part->by, owner_type));
	struct satellites *list = entry->value;

	if (list)
		return list;
	list = entry->value = ARENA_NEW(b->scratch, struct satellites);
	for (size_t i = 0; i < b->subject_count; i++) {
		const struct subject *s = &b->subjects[i];
		const struct fact *by;

		if (strcmp(s->type, type))
			continue;
		by = fact_at(s->block, part->by);
		*ARENA_PUSH(b->scratch, list->items, list->count) = (struct satellite){s, by, named_owner(by, owner_type)};
	}
	return list;
}

void hang_parts(struct build *b)
{
	struct map found = MAP_INIT(b->scratch);

	for (size_t i = 0; i < b->subject_count; i++) {
		struct subject *owner = &b->subjects[i];
		const struct link *link = owner->link;

		for (size_t p = 0; link->row && p < link->row->part_count; p++) {
			const struct part_row *part = &link->row->parts[p];

			for (const char *const *type = part->satellites; *type && part->by; type++)
				hang_satellites(b, owner, part, satellites_of(b, &found, part, *type, link->type));
			hang_module_parts(b, owner, part);
		}
	}
}
