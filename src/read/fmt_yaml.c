/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * YAML over libyaml's event parser; the only file that knows libyaml. It gives back what libyaml drops: byte offsets
 * (libyaml counts characters), comments, which bytes a value came from, and where an alias or a merged key was set.
 *
 * A plain scalar keeps its spelling and has no type: no, 1.2 and 0777 are text for whoever asks. Aliases and merges
 * are copied in place, with a bound. CloudFormation's short tags: !Ref X and !GetAtt X.Y on a scalar are references
 * with that text; on a list or mapping, !If [...] gives the tree of the long form, {"Fn::If": [...]}.
 * Templates ({{ }}) are covered first, see mask.h; nothing is evaluated.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "read/line.h"
#include "read/mask.h"
#include "read/read_p.h"

#include <stdlib.h>
#include <yaml.h>

#define CHARS_STEP 64      /* characters between two entries of the table from characters to bytes */
#define FRAMES (LIMIT_DEPTH + 2)

struct anchor {
	const char *name;
	const struct fact *fact;      /* NULL while its node is still open: an alias to it would be a circle */
};

struct merge {
	const struct fact *source;
	struct place use;
};

struct frame {
	struct fact *fact;
	struct anchor *anchor;
	bool mapping, wrapped;      /* wrapped: inside a block made for a short tag */
	bool has_key, merging;      /* a key waits for its value; it is << */
	bool merge_list;            /* the list behind <<: holds sources, makes no facts */
	const char *key;
	struct place head;
	uint32_t start, last_end;   /* last_end: behind the last byte of its last child */
	uint32_t checked;           /* template lines before it are accounted for, here or in a child */
	unsigned depth;             /* of template controls around it */
	struct merge *merges;
	size_t merge_count;
};

struct reader {
	struct builder *b;
	const struct text *t;
	struct arena *scratch;
	struct span text;           /* covered, when there are templates */
	struct mask_set masks;
	uint32_t *chars;            /* byte offset of every CHARS_STEP-th character; NULL: ASCII */
	size_t base, base_char;     /* where this parser started, in bytes and characters */
	size_t cut;                 /* the parser sees the text up to here */
	struct map anchors;
	struct frame frames[FRAMES];
	size_t depth;
	size_t skip_depth;          /* in a key that is a list or mapping: its bytes are the key */
	uint32_t skip_from;
	uint32_t seen;              /* comments are told up to here */
	size_t alias_facts;
	bool alias_full, stop;
};

/* ------------------------------------------------------------------ bytes and characters */

static bool is_allowed(unsigned c)
{
	return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0x7e) || c == 0x85 || (c >= 0xa0 && c < 0xfeff)
	       || (c > 0xfeff && c <= 0xfffd) || c >= 0x10000;
}

/* Offset of the first character that YAML forbids, or the text's end. */
static size_t forbidden(struct span text, size_t from)
{
	for (size_t i = from; i < text.n;) {
		unsigned char first = (unsigned char)text.p[i];
		unsigned code = first;
		size_t n = first < 0x80 ? 1 : utf8_decode(span_cut(text, i, text.n), &code);

		if (!n || !is_allowed(code))
			return i;
		i += n;
	}
	return text.n;
}

static bool is_lead(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static void map_chars(struct reader *r)
{
	size_t count = 0, i = 0;

	while (i < r->text.n && (unsigned char)r->text.p[i] < 0x80)
		i++;
	if (i == r->text.n)
		return;
	r->chars = ARENA_ARRAY(r->scratch, uint32_t, r->text.n / CHARS_STEP + 2);
	for (i = 0; i < r->text.n; i++)
		if (is_lead(r->text.p[i])) {
			if (count % CHARS_STEP == 0)
				r->chars[count / CHARS_STEP] = (uint32_t)i;
			count++;
		}
	if (count % CHARS_STEP == 0)      /* the place behind the last character */
		r->chars[count / CHARS_STEP] = (uint32_t)r->text.n;
}

/*
 * NEL, LS and PS end lines in YAML 1.1, and so for libyaml; in 1.2, and in every editor, they are characters like others.
 * They are covered with blanks of the same length that do not break.
 */
static struct span cover_breaks(struct arena *a, struct span text, struct span original)
{
	static const char *const breaks[] = {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
	static const char *const covers[] = {"\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\xaf"};
	char *copy = text.p == original.p ? NULL : (char *)(uintptr_t)text.p;      /* ours already, when templates were covered */

	for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
		struct span wanted = span_of(breaks[i]);
		const char *found = span_find(text, wanted);

		while (found) {
			size_t at = (size_t)(found - text.p);

			if (!copy)
				copy = arena_dup(a, text.p, text.n);
			memcpy(copy + at, covers[i], wanted.n);
			text.p = copy;
			found = span_find(span_cut(text, at + wanted.n, text.n), wanted);
		}
	}
	return text;
}

static uint32_t offset_of(const struct reader *r, const yaml_mark_t *mark)
{
	size_t at = r->base_char + mark->index, left, i;

	if (!r->chars)
		return (uint32_t)(at < r->cut ? at : r->cut);
	i = r->chars[at / CHARS_STEP];
	for (left = at % CHARS_STEP; left && i < r->cut; left--)
		for (i++; i < r->cut && !is_lead(r->text.p[i]); i++)
			;
	return (uint32_t)(i < r->cut ? i : r->cut);
}

/* ------------------------------------------------------------------ comments and templates */

static bool opens_comment(struct span text, size_t i, size_t from)
{
	return i == from || (text.p[i - 1] && strchr(" \t\r\n,[]{}", text.p[i - 1]));
}

/* Between two tokens a '#' behind a blank is a comment up to the end of its line. */
static void tell_comments(struct reader *r, uint32_t to)
{
	size_t i = r->seen;

	while (i < to) {
		const char *hash = memchr(r->text.p + i, '#', to - i);
		size_t end;

		if (!hash)
			break;
		i = (size_t)(hash - r->text.p);
		if (!opens_comment(r->text, i, r->seen)) {
			i++;
			continue;
		}
		for (end = i; end < r->text.n && r->text.p[end] != '\n' && r->text.p[end] != '\r'; end++)
			;
		build_comment(r->b, r->t, (uint32_t)i, (uint32_t)end);
		i = end;
	}
	if (to > r->seen)
		r->seen = to;
}

static struct frame *top(struct reader *r)
{
	return r->depth ? &r->frames[r->depth - 1] : NULL;
}

/*
 * More may come out of a template: an inserted line anywhere up to the next token, a control line in front of a child.
 * A control line behind the last child belongs to what follows; an inserted line there may belong to any block that ends.
 */
static void check_open(struct reader *r, struct frame *f, uint32_t end, uint32_t next)
{
	if (r->masks.count && end >= f->checked
	    && (mask_any(&r->masks, f->checked, next, 1u << MASK_INSERT) || mask_any(&r->masks, f->checked, end, 1u << MASK_CONTROL)))
		f->fact->open = true;
	f->checked = end;
}

/* A key without a value, but with a template line where the value would be. */
static bool template_value(struct reader *r, struct fact *f)
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
	if (top(r)) {
		check_open(r, top(r), (uint32_t)i, (uint32_t)m->from);
		top(r)->checked = (uint32_t)m->to;
	}
	return true;
}

static void count_templates(struct reader *r)
{
	if (r->masks.count)
		build_diag(r->b, r->t, DIAG_NOTE, (uint32_t)r->masks.masks[0].from, (uint32_t)r->masks.masks[0].to, "template",
			   "%zu template expression%s not evaluated", r->masks.count, r->masks.count == 1 ? " was" : "s were");
}

/* ------------------------------------------------------------------ adding facts */

/* Template controls around a fact: around its key, for a block may begin with a control line. */
static unsigned template_depth(struct reader *r, const struct fact *f)
{
	return r->masks.count ? mask_depth(&r->masks, f->head.length ? f->head.offset : f->at.offset) : 0;
}

/* A fact for the value that comes now: key and its place from the frame. */
static struct fact new_fact(struct reader *r, enum fact_kind kind, uint32_t from, uint32_t to)
{
	struct frame *f = top(r);
	struct fact fact = {.kind = (unsigned char)kind, .at = {from, to - from}};

	if (f && f->mapping) {
		fact.key = f->key;
		fact.head = f->head;
		f->has_key = false;
	}
	fact.conditional = template_depth(r, &fact) > (f ? f->depth : 0);
	return fact;
}

static void ended(struct reader *r, uint32_t end)
{
	struct frame *f = top(r);

	if (f && end > f->last_end)
		f->last_end = end;
}

static bool made(struct reader *r, const struct fact *f)
{
	r->stop |= !f;
	return f;
}

/* The frame's own child: told when its key was there before. Branches of a template may well write a key twice. */
static bool added(struct reader *r, const struct fact *f)
{
	if (!made(r, f))
		return false;
	if (top(r) && f->key && f->index && f->parent && f->parent->kind == FACT_BLOCK && !r->masks.count)      /* none at the root: an embedded one has the key of its string */
		build_diag(r->b, r->t, DIAG_WARNING, top(r)->head.offset, top(r)->head.offset + top(r)->head.length,
			   "duplicate-key", "'%s' stands here a second time", f->key);
	return true;
}

static void remember(struct reader *r, const yaml_char_t *name, const struct fact *fact, struct anchor **ret_later)
{
	struct anchor *a;

	if (!name)
		return;
	a = ARENA_NEW(r->scratch, struct anchor);
	a->fact = fact;
	map_put(&r->anchors, span_of((const char *)name), a);
	a->name = arena_printf(builder_arena(r->b), "&%s", (const char *)name);
	if (ret_later)
		*ret_later = a;
}

/* ------------------------------------------------------------------ scalars */

static bool is_anchor(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '-';
}

/* Behind anchor, tag and what is between them and the node itself. */
static uint32_t skip_properties(const struct reader *r, uint32_t from, uint32_t to)
{
	const char *p = r->text.p;

	while (from < to) {
		if (strchr(" \t\r\n", p[from])) {
			from++;
		} else if (p[from] == '#') {
			while (from < to && p[from] != '\n' && p[from] != '\r')
				from++;
		} else if (p[from] == '!') {
			while (from < to && !strchr(" \t\r\n", p[from]))
				from++;
		} else if (p[from] == '&') {      /* libyaml ends a name at the first other character: &a:b is an anchor and ":b" */
			for (from++; from < to && is_anchor(p[from]); from++)
				;
		} else {
			break;
		}
	}
	return from;
}

static void place_scalar(struct reader *r, const yaml_event_t *ev, struct place *ret)
{
	uint32_t from = offset_of(r, &ev->start_mark), to = offset_of(r, &ev->end_mark);

	if (ev->data.scalar.anchor || ev->data.scalar.tag)
		from = skip_properties(r, from, to);
	tell_comments(r, from);
	switch (ev->data.scalar.style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		*ret = (struct place){from + 1, to - from > 1 ? to - from - 2 : 0};
		break;
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE: {
		const char *newline = memchr(r->text.p + from, '\n', to - from);

		tell_comments(r, newline ? (uint32_t)(newline - r->text.p) : to);
		*ret = (struct place){from, to - from};
		break;
	}
	default:
		*ret = (struct place){from, to - from};
	}
	if (to > r->seen)
		r->seen = to;
}

static enum decoder_kind decoder_of(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE: return DECODE_YAML_SINGLE;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return DECODE_YAML_DOUBLE;
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE: return DECODE_YAML_BLOCK;
	default: return DECODE_YAML_PLAIN;
	}
}

/* What libyaml made of a scalar at a place; where it saw a covered text, the same from the original. */
static struct span scalar_text(struct reader *r, const yaml_event_t *ev, struct place at)
{
	struct span raw = span_cut(r->t->bytes, at.offset, at.offset + at.length);

	if (r->text.p == r->t->bytes.p || !memcmp(r->text.p + at.offset, raw.p, raw.n))
		return (struct span){(const char *)ev->data.scalar.value, ev->data.scalar.length};
	return decode_step(r->scratch, decoder_of(ev->data.scalar.style), span_cut(r->t->bytes, 0, at.offset), raw, NULL);
}

/* The value: bytes of the document where they are the value, else a copy. */
static void value_scalar(struct reader *r, const yaml_event_t *ev, struct fact *f)
{
	struct span raw = span_cut(r->t->bytes, f->at.offset, f->at.offset + f->at.length);
	struct span value = scalar_text(r, ev, f->at);

	if (r->masks.count && mask_in(&r->masks, f->at.offset, f->at.offset + f->at.length)) {
		f->kind = FACT_TEMPLATE;
		f->state = FACT_UNKNOWN;
	}
	if (span_eq(raw, value)) {
		f->value = raw;
	} else {
		f->value = arena_span(builder_arena(r->b), value);
		f->decoder = build_decoder(r->b, decoder_of(ev->data.scalar.style), NULL);
	}
}

static bool is_null(const yaml_event_t *ev)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};
	struct span value = {(const char *)ev->data.scalar.value, ev->data.scalar.length};

	if (ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is(value, words[i]))
			return true;
	return false;
}

/* What a tag says of a scalar. An unknown tag asks the program that reads the file to compute something. */
static void apply_tag(struct fact *f, const char *tag)
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
			f->kind = (unsigned char)tags[i].kind;
			f->scalar = (unsigned char)tags[i].scalar;
			f->state = (unsigned char)tags[i].state;
			return;
		}
	f->scalar = SCALAR_STRING;
	f->kind = FACT_LITERAL;
	if (!span_starts(span_of(tag), "tag:yaml.org,2002:")) {
		f->kind = FACT_TEMPLATE;
		f->state = FACT_UNKNOWN;
	}
}

static void on_scalar(struct reader *r, const yaml_event_t *ev)
{
	struct place at;
	struct fact f, *copy;

	place_scalar(r, ev, &at);
	ended(r, offset_of(r, &ev->end_mark));
	f = new_fact(r, FACT_LITERAL, at.offset, at.offset + at.length);
	f.scalar = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? SCALAR_PLAIN : SCALAR_STRING;
	if (ev->data.scalar.tag) {
		apply_tag(&f, (const char *)ev->data.scalar.tag);
		value_scalar(r, ev, &f);
	} else if (!is_null(ev)) {
		value_scalar(r, ev, &f);
		if (f.kind == FACT_LITERAL && has_expression(f.value)) {
			f.kind = FACT_TEMPLATE;
			f.state = FACT_UNKNOWN;
		}
	} else if (at.length || !template_value(r, &f)) {
		f.kind = FACT_NULL;
		f.scalar = SCALAR_NONE;
		f.value = span_cut(r->t->bytes, at.offset, at.offset + at.length);
	}
	copy = build_fact(r->b, r->t, &f);
	if (added(r, copy))
		remember(r, ev->data.scalar.anchor, copy, NULL);
}

/* ------------------------------------------------------------------ aliases and merges */

static bool count_alias(struct reader *r, struct place use)
{
	if (r->alias_full || ++r->alias_facts <= LIMIT_ALIAS_FACTS)
		return !r->alias_full;
	r->alias_full = true;
	build_diag(r->b, r->t, DIAG_ERROR, use.offset, use.offset + use.length, "limit-alias",
		   "aliases make more than %d facts, the rest is left out", LIMIT_ALIAS_FACTS);
	return false;
}

/* Depth is bounded by build_open. False: a limit was reached, what was copied is incomplete. */
static bool copy_fact(struct reader *r, const struct fact *source, struct fact f, const char *anchor)
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
	f.set_at = source->set_at;
	if (!f.set_at) {
		struct origin *o = ARENA_NEW(builder_arena(r->b), struct origin);

		*o = (struct origin){builder_doc(r->b), source->at, anchor};
		f.set_at = o;
	}
	if (!fact_has_parts(source))
		return made(r, build_fact(r->b, r->t, &f));
	copy = build_open(r->b, r->t, &f);
	if (!made(r, copy))
		return false;
	FACT_EACH(child, source) {
		struct fact inner = {.key = child->key, .at = f.at, .head = child->key ? f.at : (struct place){0, 0}};

		whole = copy_fact(r, child, inner, anchor) && whole;
		if (r->stop)
			break;
	}
	copy->open |= !whole;
	build_close(r->b, r->t, end);
	return whole;
}

/* The anchor of an alias, or NULL with a diagnostic. */
static struct anchor *find_anchor(struct reader *r, const yaml_event_t *ev, struct place use)
{
	const char *name = (const char *)ev->data.alias.anchor;
	struct anchor *a = map_get(&r->anchors, span_of(name));

	if (a && a->fact)
		return a;
	build_diag(r->b, r->t, DIAG_ERROR, use.offset, use.offset + use.length, "undefined-alias",
		   a ? "alias '*%s' stands inside the node it names" : "alias '*%s' has no anchor before it", name);
	return NULL;
}

static void add_merge(struct reader *r, struct frame *mapping, const struct fact *source, struct place use)
{
	if (!source || source->kind != FACT_BLOCK)
		mapping->fact->open = true;
	else
		*ARENA_PUSH(r->scratch, mapping->merges, mapping->merge_count) = (struct merge){source, use};
}

/*
 * Merged children come behind the mapping's own, whatever the place of <<: only then is it known what overrides them.
 * Of several sources the earlier wins.
 */
static void apply_merges(struct reader *r, struct frame *f)
{
	struct map keys = MAP_INIT(r->scratch);

	if (!f->merge_count)
		return;
	FACT_EACH(child, f->fact)
		if (child->key)
			map_put(&keys, span_of(child->key), f);
	for (size_t i = 0; i < f->merge_count && !r->stop; i++) {
		const struct merge *m = &f->merges[i];

		FACT_EACH(child, m->source) {
			struct map_entry *known = child->key ? map_entry(&keys, span_of(child->key)) : NULL;
			struct fact copy = {.key = child->key, .at = m->use, .head = m->use};

			if (!known || known->value)
				continue;
			known->value = f;
			if (!copy_fact(r, child, copy, "<<"))
				f->fact->open = true;
			if (r->stop)
				return;
		}
		f->fact->open |= m->source->open;
	}
}

static void on_alias(struct reader *r, const yaml_event_t *ev)
{
	uint32_t from = offset_of(r, &ev->start_mark), to = offset_of(r, &ev->end_mark);
	struct place use = {from, to - from};
	struct anchor *a = find_anchor(r, ev, use);
	struct frame *f = top(r);
	struct fact fact;

	ended(r, to);
	if (f && f->merge_list) {
		add_merge(r, f - 1, a ? a->fact : NULL, use);
		return;
	}
	if (f && f->merging) {
		f->has_key = f->merging = false;
		add_merge(r, f, a ? a->fact : NULL, use);
		return;
	}
	fact = new_fact(r, FACT_REFERENCE, from, to);
	if (a && copy_fact(r, a->fact, fact, a->name))
		return;
	if (a && fact_has_parts(a->fact) && !r->alias_full)
		return;
	fact.state = FACT_UNKNOWN;
	fact.value = span_cut(r->t->bytes, from, to);
	if (!r->stop)
		added(r, build_fact(r->b, r->t, &fact));
}

/* ------------------------------------------------------------------ lists and mappings */

/* The long form of a CloudFormation short tag on a list or mapping, or NULL. */
static const char *long_form(const char *tag)
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

/* as_told: the fact with offsets of this text; node: the copy of it in the tree. */
static struct frame *push(struct reader *r, struct fact *node, const struct fact *as_told, bool mapping)
{
	struct frame *f = &r->frames[r->depth++];
	uint32_t start = as_told->at.offset;

	*f = (struct frame){.fact = node, .mapping = mapping, .start = start, .last_end = start,
			    .checked = as_told->head.length ? as_told->head.offset : start,
			    .depth = template_depth(r, as_told)};
	return f;
}

/* `<<: [*a, *b]`: the list makes no facts. */
static bool starts_merge_list(struct reader *r, bool mapping)
{
	struct frame *f = top(r);

	return f && f->merging && f->has_key && !mapping;
}

static void on_start(struct reader *r, const yaml_event_t *ev, bool mapping)
{
	const char *tag = (const char *)(mapping ? ev->data.mapping_start.tag : ev->data.sequence_start.tag);
	const yaml_char_t *anchor = mapping ? ev->data.mapping_start.anchor : ev->data.sequence_start.anchor;
	uint32_t from = offset_of(r, &ev->start_mark);
	const char *form = long_form(tag);
	enum fact_kind kind = mapping ? FACT_BLOCK : FACT_LIST;
	struct frame *f;
	struct fact fact, *outer, *inner;

	if (r->depth == FRAMES) {
		r->stop = true;
		return;
	}
	if (starts_merge_list(r, mapping)) {
		top(r)->has_key = false;
		push(r, top(r)->fact, &(struct fact){.at = {from, 0}}, false)->merge_list = true;
		return;
	}
	if (top(r))
		check_open(r, top(r), top(r)->mapping ? top(r)->head.offset : from, top(r)->mapping ? top(r)->head.offset : from);
	fact = new_fact(r, form ? FACT_BLOCK : kind, from, from);
	if (top(r) && top(r)->merge_list)
		fact.key = "<<";
	outer = inner = build_open(r->b, r->t, &fact);
	if (!added(r, outer))
		return;
	if (form) {
		struct fact long_fact = {.kind = (unsigned char)kind, .at = fact.at, .key = build_intern(r->b, span_of(form)),
					 .head = {from, (uint32_t)strlen(tag)}};

		inner = build_open(r->b, r->t, &long_fact);
		if (!inner) {
			build_close(r->b, r->t, from);
			r->stop = true;
			return;
		}
	} else if (tag && tag[0] == '!' && tag[1]) {
		inner->open = true;      /* what an unknown tag makes of its node is not known */
	}
	f = push(r, inner, &fact, mapping);
	f->wrapped = form;
	remember(r, anchor, NULL, &f->anchor);
}

/* next: where the next token stands. */
static void pop(struct reader *r, uint32_t end, uint32_t next)
{
	struct frame *f = &r->frames[r->depth - 1];
	struct frame *outer = r->depth > 1 ? f - 1 : NULL;
	struct fact *node = f->fact;

	if (f->merge_list) {
		r->depth--;
		outer->merging = false;
		ended(r, end);
		return;
	}
	apply_merges(r, f);
	check_open(r, f, end, next);
	build_close(r->b, r->t, end);
	if (f->wrapped) {
		build_close(r->b, r->t, end);
		node = (struct fact *)(uintptr_t)node->parent;
	}
	if (f->anchor)
		f->anchor->fact = node;
	r->depth--;
	ended(r, end);
	if (outer)
		outer->checked = end;
	if (outer && (outer->merging || outer->merge_list)) {      /* `<<: {a: b}` stays visible and is merged too */
		struct frame *target = outer->merge_list ? outer - 1 : outer;

		outer->merging = false;
		add_merge(r, target, node, (struct place){f->start, end - f->start});
	}
}

static void on_end(struct reader *r, const yaml_event_t *ev)
{
	uint32_t from = offset_of(r, &ev->start_mark), to = offset_of(r, &ev->end_mark);

	if (r->depth)      /* a block ends with its last child, libyaml tells the next token */
		pop(r, to > from ? to : top(r)->last_end, from);
}

/* ------------------------------------------------------------------ keys */

static void on_key(struct reader *r, struct frame *f, const yaml_event_t *ev)
{
	uint32_t from = offset_of(r, &ev->start_mark), to = offset_of(r, &ev->end_mark);
	struct anchor *a;

	f->merging = false;
	f->has_key = true;
	f->head = (struct place){from, to - from};
	switch ((int)ev->type) {
	case YAML_SCALAR_EVENT:
		place_scalar(r, ev, &f->head);
		f->key = build_intern(r->b, scalar_text(r, ev, f->head));
		f->merging = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !strcmp(f->key, "<<");
		if (ev->data.scalar.anchor) {
			struct fact *named = ARENA_NEW(r->scratch, struct fact);

			*named = (struct fact){.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN, .value = span_of(f->key), .at = f->head};
			remember(r, ev->data.scalar.anchor, named, NULL);
		}
		break;
	case YAML_ALIAS_EVENT:
		a = find_anchor(r, ev, f->head);
		f->key = build_intern(r->b, a && a->fact->value.n ? a->fact->value : span_cut(r->t->bytes, from, to));
		break;
	default:
		r->skip_depth = 1;
		r->skip_from = from;
	}
	ended(r, to);
}

/* Inside a key that is itself a list or a mapping: the key is its text. */
static void skip_key(struct reader *r, const yaml_event_t *ev)
{
	struct frame *f = top(r);
	uint32_t end = offset_of(r, &ev->end_mark);

	if (r->skip_depth >= LIMIT_DEPTH && !r->stop) {      /* libyaml's time grows with the square of the depth */
		build_diag(r->b, r->t, DIAG_ERROR, end, end, "limit-depth", "a key is nested deeper than the limit of %d", LIMIT_DEPTH);
		r->stop = true;
	}
	if (ev->type == YAML_SEQUENCE_START_EVENT || ev->type == YAML_MAPPING_START_EVENT)
		r->skip_depth++;
	else if ((ev->type == YAML_SEQUENCE_END_EVENT || ev->type == YAML_MAPPING_END_EVENT) && !--r->skip_depth) {
		struct span text = span_trim(span_cut(r->t->bytes, r->skip_from, end > r->skip_from ? end : r->skip_from));

		f->key = build_intern(r->b, text);
		f->head = (struct place){r->skip_from, (uint32_t)text.n};
	}
	if (end > r->seen)
		r->seen = end;
	ended(r, end);
}

/* ------------------------------------------------------------------ the events */

static void on_event(struct reader *r, const yaml_event_t *ev)
{
	struct frame *f = top(r);
	bool node = ev->type == YAML_SCALAR_EVENT || ev->type == YAML_ALIAS_EVENT || ev->type == YAML_SEQUENCE_START_EVENT
		    || ev->type == YAML_MAPPING_START_EVENT;

	if (r->skip_depth) {
		skip_key(r, ev);
		return;
	}
	if (ev->type != YAML_SCALAR_EVENT) {
		uint32_t end = offset_of(r, &ev->end_mark);

		tell_comments(r, offset_of(r, &ev->start_mark));
		if (end > r->seen)
			r->seen = end;
	}
	if (node && f && f->mapping && !f->has_key) {
		on_key(r, f, ev);
		return;
	}
	switch (ev->type) {
	case YAML_DOCUMENT_START_EVENT: r->anchors = MAP_INIT(r->scratch); break;
	case YAML_SCALAR_EVENT: on_scalar(r, ev); break;
	case YAML_ALIAS_EVENT: on_alias(r, ev); break;
	case YAML_SEQUENCE_START_EVENT: on_start(r, ev, false); break;
	case YAML_MAPPING_START_EVENT: on_start(r, ev, true); break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: on_end(r, ev); break;
	default: break;
	}
}

/* Returns the offset of the error. */
static uint32_t tell_error(struct reader *r, const yaml_parser_t *p)
{
	uint32_t at;

	if (p->error == YAML_MEMORY_ERROR)
		arena_exhausted();
	at = p->error == YAML_READER_ERROR ? (uint32_t)(r->base + p->problem_offset) : offset_of(r, &p->problem_mark);
	if (at > r->cut)
		at = (uint32_t)r->cut;
	build_diag(r->b, r->t, DIAG_ERROR, at, at < r->text.n ? at + 1 : at, "syntax", "%s%s%s",
		   p->problem ? p->problem : "not YAML", p->context ? " " : "", p->context ? p->context : "");
	return at;
}

/* What is still open when the parser gives up may have had more in it. */
static void unwind(struct reader *r)
{
	r->skip_depth = 0;
	while (r->depth) {
		struct frame *f = top(r);

		f->fact->open = true;
		pop(r, f->last_end, f->last_end);
	}
}

/* Reads from r->base. True: all was read; else *ret_error is where it went wrong. */
static bool read_stream(struct reader *r, uint32_t *ret_error)
{
	yaml_parser_t parser;
	bool fine = true, last = false;

	if (!yaml_parser_initialize(&parser))
		arena_exhausted();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)r->text.p + r->base, r->cut - r->base);
	while (fine && !last && !r->stop) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			*ret_error = tell_error(r, &parser);
			fine = false;
			break;
		}
		last = event.type == YAML_STREAM_END_EVENT;
		on_event(r, &event);
		yaml_event_delete(&event);
	}
	if (r->depth)
		unwind(r);
	yaml_parser_delete(&parser);
	return fine;
}

/* Start of the first document marker at or behind from, beyond the place the last parser started at; or the end. */
static size_t next_document(const struct reader *r, size_t from)
{
	size_t i = from > r->base ? from : r->base + 1;

	while (i < r->text.n) {
		const char *found = span_find(span_cut(r->text, i, r->text.n), SPAN("---"));

		if (!found)
			break;
		i = (size_t)(found - r->text.p);
		if (i && (r->text.p[i - 1] == '\n' || r->text.p[i - 1] == '\r')
		    && (i + 3 == r->text.n || strchr(" \t\r\n", r->text.p[i + 3])))
			return i;
		i++;
	}
	return r->text.n;
}

static void move_base(struct reader *r, size_t base)
{
	for (size_t i = r->base; i < base; i++)
		r->base_char += is_lead(r->text.p[i]);
	r->base = base;
	if (base > r->seen)
		r->seen = (uint32_t)base;
}

/* Behind an error, reading goes on with the next document of the stream: one broken manifest does not hide the others. */
static void read_all(struct reader *r)
{
	bool started = false;

	while (!r->stop && (r->base < r->text.n || !started)) {
		uint32_t error = 0;
		bool fine;

		started = true;
		r->cut = forbidden(r->text, r->base);
		fine = read_stream(r, &error);
		tell_comments(r, fine ? (uint32_t)r->cut : r->seen);
		if (fine && r->cut < r->text.n && !r->stop) {
			build_diag(r->b, r->t, DIAG_ERROR, (uint32_t)r->cut, (uint32_t)r->cut + 1, "syntax",
				   "a character that YAML does not allow (byte %#x)", (unsigned char)r->text.p[r->cut]);
			error = (uint32_t)r->cut;
			fine = false;
		}
		move_base(r, fine ? r->text.n : next_document(r, error));
	}
}

static void yaml_read(struct builder *b, const struct text *t)
{
	struct arena *scratch = arena_new();
	struct reader *r = ARENA_NEW(scratch, struct reader);

	*r = (struct reader){.b = b, .t = t, .scratch = scratch, .anchors = MAP_INIT(scratch)};
	r->text = cover_breaks(scratch, mask_text(scratch, t->bytes, &r->masks), t->bytes);
	map_chars(r);
	count_templates(r);
	read_all(r);
	arena_free(scratch);
}

/* ------------------------------------------------------------------ the bid */

/* `key:`, `key: value`, `- item`: a line as YAML files begin with. */
static bool is_yaml_line(struct span line)
{
	size_t i = 0;

	line = span_trim(line);
	if (span_starts(line, "- ") || span_is(line, "-") || span_starts(line, "{{"))
		return true;
	if (line.n && (*line.p == '"' || *line.p == '\'')) {
		const char *end = memchr(line.p + 1, *line.p, line.n - 1);

		i = end ? (size_t)(end - line.p) + 1 : 0;
	}
	while (i < line.n && line.p[i] != ':' && line.p[i] != '=' && line.p[i] != '{' && line.p[i] != '"')
		i++;
	return i && i < line.n && line.p[i] == ':' && (i + 1 == line.n || line.p[i + 1] == ' ');
}

static int bid_content(struct span head)
{
	size_t lines = 0, fitting = 0;

	if (span_starts(head, "---\n") || span_starts(head, "---\r\n") || span_starts(head, "%YAML"))
		return 70;
	while (head.n && lines < 40) {
		const char *newline = memchr(head.p, '\n', head.n);
		struct span line = span_cut(head, 0, newline ? (size_t)(newline - head.p) : head.n), text = span_trim(line);
		bool comment = text.n && *text.p == '#';

		if (text.n && !comment && newline) {      /* the last line may be cut */
			lines++;
			fitting += is_yaml_line(line);
		}
		head = span_cut(head, newline ? line.n + 1 : line.n, head.n);
	}
	return lines && fitting * 10 >= lines * 8 ? 30 : 0;
}

static int yaml_bid(struct span name, struct span head)
{
	static const char *const suffixes[] = {".yaml", ".yml", ".yaml.j2", ".yml.j2", ".yaml.tpl", ".yml.tpl", ".yaml.tmpl", ".yml.tmpl"};

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (span_ends(name, suffixes[i]))
			return 90;
	return bid_content(head);
}

const struct format format_yaml = {
	.name = "yaml",
	.help = "YAML, several documents, aliases and merges resolved, templates covered",
	.bid = yaml_bid,
	.read = yaml_read,
};
