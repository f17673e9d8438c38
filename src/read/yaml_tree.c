/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The tree that YAML's events build, without libyaml: facts of the block or list that is open, comments and templates between
 * them, copies for aliases and merges with their bound, and what tags say.
 */
#include "read/yaml_tree.h"

#include "base/limits.h"

#include <string.h>

/* ------------------------------------------------------------------ comments and templates */

static bool opens_comment(struct span text, size_t i, size_t from)
{
	return i == from || (text.p[i - 1] && strchr(" \t\r\n,[]{}", text.p[i - 1]));
}

/* Where the next comment in [from, to) begins, or to. Each '#' is looked for once: most tokens have none between them. */
static size_t next_comment(struct yaml_reader *r, size_t from, size_t to)
{
	while (from < to) {
		if (r->hash < from || !r->hash) {
			const char *hash = memchr(r->text.p + from, '#', r->text.n - from);

			r->hash = hash ? (size_t)(hash - r->text.p) : r->text.n;
		}
		if (r->hash >= to)
			return to;
		if (opens_comment(r->text, r->hash, r->seen))
			return r->hash;
		from = r->hash + 1;
	}
	return to;
}

/* The next line of template in [from, to), which stands in no value, or NULL. */
static const struct mask *next_template(struct yaml_reader *r, size_t from, size_t to)
{
	const struct mask *m = r->masks.count ? mask_in(&r->masks, from, to) : NULL;

	while (m && m->kind == MASK_INLINE)
		m = mask_in(&r->masks, m->to, to);
	return m;
}

/*
 * Between two tokens a '#' behind a blank is a comment up to the end of its line. What a template says there is no setting, but it was
 * written: as a comment it is looked through for secrets and identifiers.
 */
void tree_tell_comments(struct yaml_reader *r, uint32_t to)
{
	size_t i = r->seen, end = r->seen;

	while (i < to) {
		const struct mask *m = next_template(r, i, to);

		i = next_comment(r, i, m ? m->from : to);
		if (m && i == m->from) {
			end = m->to;
		} else if (i < to) {
			for (end = i; end < r->text.n && r->text.p[end] != '\n' && r->text.p[end] != '\r'; end++)
				;
		} else {
			break;
		}
		build_comment(r->b, r->t, (uint32_t)i, (uint32_t)end);
		i = end;
	}
	end = end > to ? end : to;
	if (end > r->seen)
		r->seen = (uint32_t)end;
}

/*
 * More may come out of a template: an inserted line anywhere up to the next token, a control line in front of a child.
 * A control line behind the last child belongs to what follows; an inserted line there may belong to any block that ends.
 */
void tree_check_open(struct yaml_reader *r, struct yaml_frame *f, uint32_t end, uint32_t next)
{
	if (r->masks.count && end >= f->checked
	    && (mask_any(&r->masks, f->checked, next, 1u << MASK_INSERT) || mask_any(&r->masks, f->checked, end, 1u << MASK_CONTROL)))
		f->fact->open = true;
	f->checked = end;
}

/* A key without a value, but with a template line where the value would be. */
bool tree_template(struct yaml_reader *r, struct fact *f)
{
	size_t i = f->at.offset;
	const struct mask *m = r->masks.count ? mask_in(&r->masks, i, r->text.n) : NULL;
	struct span action, word;

	if (!m)
		return false;
	while (i < m->from && strchr(" \t\r\n", r->text.p[i]))
		i++;
	action = span_cut(r->t->bytes, m->from, m->to);
	word = mask_word(action);
	if (i < m->from || m->kind == MASK_SILENT || span_is(word, "end") || span_is(word, "else"))
		return false;
	f->kind = FACT_TEMPLATE;
	f->state = FACT_UNKNOWN;
	f->value = action;
	f->at = (struct place){(uint32_t)m->from, (uint32_t)(m->to - m->from)};
	if (m->to > r->seen)
		r->seen = (uint32_t)m->to;      /* a value, and no comment besides */
	if (tree_top(r)) {
		tree_check_open(r, tree_top(r), (uint32_t)i, (uint32_t)m->from);
		tree_top(r)->checked = (uint32_t)m->to;
	}
	return true;
}

void tree_count_templates(struct yaml_reader *r)
{
	uint32_t endless = (uint32_t)r->masks.endless;

	if (endless)
		build_diag(r->b, r->t, DIAG_WARNING, endless - 2, endless, "limit-template", "these braces do not end within the limit of %d bytes: taken as they stand",
			   LIMIT_TEMPLATE_BYTES);
	if (r->masks.count)
		build_diag(r->b, r->t, DIAG_NOTE, (uint32_t)r->masks.masks[0].from, (uint32_t)r->masks.masks[0].to, "template",
			   "%zu template expression%s not evaluated", r->masks.count, r->masks.count == 1 ? " was" : "s were");
}

/* ------------------------------------------------------------------ adding facts */

/* Template controls around what begins there. Of a fact with a key it is the key's place: a block may begin with a control line. */
static unsigned template_depth(struct yaml_reader *r, uint32_t first)
{
	return r->masks.count ? mask_depth(&r->masks, first) : 0;
}

struct fact *tree_fact(struct yaml_reader *r, enum fact_kind kind, uint32_t from, uint32_t to)
{
	struct yaml_frame *f = tree_top(r);
	struct fact *fact = build_blank(r->b);

	fact->kind = kind;
	fact->at = (struct place){from, to - from};
	if (f && f->mapping) {
		fact->key = f->key;
		fact->head = f->head;
		f->has_key = false;
	}
	fact->conditional = template_depth(r, fact->head.length ? fact->head.offset : from) > (f ? f->depth : 0);
	return fact;
}

bool tree_made(struct yaml_reader *r, const struct fact *f)
{
	r->stop |= !f;
	return f;
}

/* The frame's own child: told when its key was there before. Branches of a template may well write a key twice. */
bool tree_added(struct yaml_reader *r, const struct fact *f)
{
	if (!tree_made(r, f))
		return false;
	if (tree_top(r) && f->key && f->index && f->parent && f->parent->kind == FACT_BLOCK && !r->masks.count)      /* none at the root: an embedded one has the key of its string */
		build_diag(r->b, r->t, DIAG_WARNING, tree_top(r)->head.offset, tree_top(r)->head.offset + tree_top(r)->head.length,
			   "duplicate-key", "'%s' stands here a second time", f->key);
	return true;
}

void tree_remember(struct yaml_reader *r, const char *name, const struct fact *fact, struct yaml_anchor **ret_later)
{
	struct yaml_anchor *a;

	if (!name)
		return;
	a = ARENA_NEW(r->scratch, struct yaml_anchor);
	a->fact = fact;
	map_put(&r->anchors, span_of(name), a);
	a->name = arena_printf(builder_arena(r->b), "&%s", name);
	if (ret_later)
		*ret_later = a;
}

/* What a tag says of a scalar. An unknown tag asks the program that reads the file to compute something. */
void tree_tag(struct fact *f, const char *tag)
{
	static const struct {
		const char *tag;
		enum fact_kind kind;
		enum fact_scalar scalar;
		enum fact_state state;
	} tags[] = {
		{"!", FACT_LITERAL, SCALAR_STRING, FACT_FIXED},
		{"tag:yaml.org,2002:str", FACT_LITERAL, SCALAR_STRING, FACT_FIXED},
		{"tag:yaml.org,2002:int", FACT_LITERAL, SCALAR_NUMBER, FACT_FIXED},
		{"tag:yaml.org,2002:float", FACT_LITERAL, SCALAR_NUMBER, FACT_FIXED},
		{"tag:yaml.org,2002:bool", FACT_LITERAL, SCALAR_BOOL, FACT_FIXED},
		{"tag:yaml.org,2002:null", FACT_NULL, SCALAR_NONE, FACT_FIXED},
		{"!Ref", FACT_REFERENCE, SCALAR_STRING, FACT_UNKNOWN},
		{"!GetAtt", FACT_REFERENCE, SCALAR_STRING, FACT_UNKNOWN},
		{"!ImportValue", FACT_REFERENCE, SCALAR_STRING, FACT_UNKNOWN},
		{"!Condition", FACT_REFERENCE, SCALAR_STRING, FACT_UNKNOWN},
		{"!vault", FACT_REFERENCE, SCALAR_STRING, FACT_UNKNOWN},      /* Ansible: encrypted text */
		{"!secret", FACT_REFERENCE, SCALAR_STRING, FACT_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (!strcmp(tag, tags[i].tag)) {
			f->kind = tags[i].kind;
			f->scalar = tags[i].scalar;
			f->state = tags[i].state;
			return;
		}
	f->scalar = SCALAR_STRING;
	f->kind = FACT_LITERAL;
	if (!span_starts(span_of(tag), "tag:yaml.org,2002:")) {
		f->kind = FACT_TEMPLATE;
		f->state = FACT_UNKNOWN;
	}
}

/* ------------------------------------------------------------------ aliases and merges */

static bool count_alias(struct yaml_reader *r, struct place use)
{
	if (r->alias_full || ++r->alias_facts <= LIMIT_ALIAS_FACTS)
		return !r->alias_full;
	r->alias_full = true;
	build_diag(r->b, r->t, DIAG_ERROR, use.offset, use.offset + use.length, "limit-alias",
		   "aliases make more than %d facts, the rest is left out", LIMIT_ALIAS_FACTS);
	return false;
}

/* Depth is bounded by build_open. False: a limit was reached, what was copied is incomplete. */
bool tree_copy(struct yaml_reader *r, const struct fact *source, struct fact f, const char *anchor)
{
	uint32_t end = f.at.offset + f.at.length;
	struct fact *copy;
	bool whole = true;

	if (r->stop || !count_alias(r, f.at))
		return false;
	f.value = source->value;
	f.kind = source->kind;
	f.scalar = source->scalar;
	f.state = source->state;
	f.open = source->open;
	f.absent = source->absent;
	f.conditional |= source->conditional;
	f.decoder = build_decoder(r->b, DECODE_RESOLVED, NULL);
	fact_put_set_at(builder_arena(r->b), &f, fact_set_at(source));
	if (!fact_set_at(&f)) {
		struct origin *o = ARENA_NEW(builder_arena(r->b), struct origin);

		*o = (struct origin){.doc = builder_doc(r->b), .at = source->at, .path = anchor, .alias = true};
		fact_put_set_at(builder_arena(r->b), &f, o);
	}
	if (!fact_has_parts(source))
		return tree_made(r, build_fact(r->b, r->t, &f));
	copy = build_open(r->b, r->t, &f);
	if (!tree_made(r, copy))
		return false;
	FACT_EACH(child, source) {
		struct fact inner = {.key = child->key, .at = f.at, .head = child->key ? f.at : (struct place){0, 0}};

		whole = tree_copy(r, child, inner, anchor) && whole;
		if (r->stop)
			break;
	}
	copy->open |= !whole;
	build_close(r->b, r->t, end);
	return whole;
}

void tree_add_merge(struct yaml_reader *r, struct yaml_frame *mapping, const struct fact *source, struct place use)
{
	if (!source || source->kind != FACT_BLOCK)
		mapping->fact->open = true;
	else
		*ARENA_PUSH(r->scratch, mapping->merges, mapping->merge_count) = (struct yaml_merge){source, use};
}

/*
 * Merged children come behind the mapping's own, whatever the place of <<: only then is it known what overrides them.
 * Of several sources the earlier wins.
 */
static void apply_merges(struct yaml_reader *r, struct yaml_frame *f)
{
	struct map keys = MAP_INIT(r->scratch);

	if (!f->merge_count)
		return;
	FACT_EACH(child, f->fact)
		if (child->key)
			map_put(&keys, span_of(child->key), f);
	for (size_t i = 0; i < f->merge_count && !r->stop; i++) {
		const struct yaml_merge *m = &f->merges[i];

		FACT_EACH(child, m->source) {
			struct map_entry *known = child->key ? map_entry(&keys, span_of(child->key)) : NULL;
			struct fact copy = {.key = child->key, .at = m->use, .head = m->use};

			if (!known || known->value)
				continue;
			known->value = f;
			if (!tree_copy(r, child, copy, "<<"))
				f->fact->open = true;
			if (r->stop)
				return;
		}
		f->fact->open |= m->source->open;
	}
}

/* ------------------------------------------------------------------ lists and mappings */

/* The long form of a CloudFormation short tag on a list or mapping, or NULL. */
const char *tree_long_form(const char *tag)
{
	static const char *const forms[] = {
		"Fn::And", "Fn::Base64", "Fn::Cidr", "Fn::Equals", "Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs", "Fn::If",
		"Fn::ImportValue", "Fn::Join", "Fn::Length", "Fn::Not", "Fn::Or", "Fn::Select", "Fn::Split", "Fn::Sub",
		"Fn::ToJsonString", "Fn::Transform",
	};

	for (size_t i = 0; tag && tag[0] == '!' && i < sizeof forms / sizeof *forms; i++)
		if (!strcmp(tag + 1, forms[i] + strlen("Fn::")))
			return forms[i];
	return NULL;
}

struct yaml_frame *tree_push(struct yaml_reader *r, struct fact *node, uint32_t start, uint32_t first, bool mapping)
{
	struct yaml_frame *f = &r->frames[r->depth++];

	*f = (struct yaml_frame){.fact = node, .mapping = mapping, .start = start, .last_end = start, .checked = first,
				 .depth = template_depth(r, first)};
	return f;
}

/* next: where the next token stands. */
void tree_pop(struct yaml_reader *r, uint32_t end, uint32_t next)
{
	struct yaml_frame *f = &r->frames[r->depth - 1];
	struct yaml_frame *outer = r->depth > 1 ? f - 1 : NULL;
	struct fact *node = f->fact;

	if (f->merge_list) {
		r->depth--;
		/* analyser: a list of merges stands in a mapping */
		outer->merging = false;
		tree_ended(r, end);
		return;
	}
	apply_merges(r, f);
	tree_check_open(r, f, end, next);
	build_close(r->b, r->t, end);
	if (f->wrapped) {
		build_close(r->b, r->t, end);
		node = (struct fact *)(uintptr_t)node->parent;
	}
	if (f->anchor)
		f->anchor->fact = node;
	r->depth--;
	tree_ended(r, end);
	if (outer)
		outer->checked = end;
	if (outer && (outer->merging || outer->merge_list)) {      /* `<<: {a: b}` stays visible and is merged too */
		struct yaml_frame *target = outer->merge_list ? outer - 1 : outer;

		outer->merging = false;
		tree_add_merge(r, target, node, (struct place){f->start, end - f->start});
	}
}

/* What is still open when the parser gives up may have had more in it. */
void tree_unwind(struct yaml_reader *r)
{
	r->skip_depth = 0;
	while (r->depth) {
		struct yaml_frame *f = tree_top(r);

		/* analyser: there is a top, as the depth is not 0 */
		f->fact->open = true;
		tree_pop(r, f->last_end, f->last_end);
	}
}
