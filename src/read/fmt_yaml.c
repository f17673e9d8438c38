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
#include "read/line.h"
#include "read/yaml_tree.h"

#include <yaml.h>

static uint32_t offset_of(const struct yaml_reader *r, const yaml_mark_t *mark)
{
	return yaml_byte(r, mark->index);
}

/* ------------------------------------------------------------------ scalars */

static bool is_anchor(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '-';
}

/* Behind anchor, tag and what is between them and the node itself. */
static uint32_t skip_properties(const struct yaml_reader *r, uint32_t from, uint32_t to)
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

static void place_scalar(struct yaml_reader *r, const yaml_event_t *ev, struct place *ret)
{
	uint32_t from = offset_of(r, &ev->start_mark), to = offset_of(r, &ev->end_mark);

	if (ev->data.scalar.anchor || ev->data.scalar.tag)
		from = skip_properties(r, from, to);
	tree_comments(r, from);
	switch (ev->data.scalar.style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		*ret = (struct place){from + 1, to - from > 1 ? to - from - 2 : 0};
		break;
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE: {
		const char *newline = memchr(r->text.p + from, '\n', to - from);

		tree_comments(r, newline ? (uint32_t)(newline - r->text.p) : to);
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
static struct span scalar_text(struct yaml_reader *r, const yaml_event_t *ev, struct place at)
{
	struct span raw = span_cut(r->t->bytes, at.offset, at.offset + at.length);

	if (r->text.p == r->t->bytes.p || !memcmp(r->text.p + at.offset, raw.p, raw.n))
		return (struct span){(const char *)ev->data.scalar.value, ev->data.scalar.length};
	return decode_step(r->scratch, decoder_of(ev->data.scalar.style), span_cut(r->t->bytes, 0, at.offset), raw, NULL);
}

/* The value: bytes of the document where they are the value, else a copy. */
static void value_scalar(struct yaml_reader *r, const yaml_event_t *ev, struct fact *f)
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

static void on_scalar(struct yaml_reader *r, const yaml_event_t *ev)
{
	struct place at;
	struct fact *f;

	place_scalar(r, ev, &at);
	tree_ended(r, offset_of(r, &ev->end_mark));
	f = tree_fact(r, FACT_LITERAL, at.offset, at.offset + at.length);
	f->scalar = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? SCALAR_PLAIN : SCALAR_STRING;
	if (ev->data.scalar.tag) {
		tree_tag(f, (const char *)ev->data.scalar.tag);
		value_scalar(r, ev, f);
	} else if (!is_null(ev)) {
		value_scalar(r, ev, f);
		if (f->kind == FACT_LITERAL && has_expression(f->value)) {
			f->kind = FACT_TEMPLATE;
			f->state = FACT_UNKNOWN;
		}
	} else if (at.length || !tree_template(r, f)) {
		f->kind = FACT_NULL;
		f->scalar = SCALAR_NONE;
		f->value = span_cut(r->t->bytes, at.offset, at.offset + at.length);
	}
	f = build_fact(r->b, r->t, f);
	if (tree_added(r, f))
		tree_remember(r, (const char *)ev->data.scalar.anchor, f, NULL);
}

/* ------------------------------------------------------------------ aliases, lists and mappings */

/* The anchor of an alias, or NULL with a diagnostic. */
static struct yaml_anchor *find_anchor(struct yaml_reader *r, const yaml_event_t *ev, struct place use)
{
	const char *name = (const char *)ev->data.alias.anchor;
	struct yaml_anchor *a = map_get(&r->anchors, span_of(name));

	if (a && a->fact)
		return a;
	build_diag(r->b, r->t, DIAG_ERROR, use.offset, use.offset + use.length, "undefined-alias",
		   a ? "alias '*%s' stands inside the node it names" : "alias '*%s' has no anchor before it", name);
	return NULL;
}

static void on_alias(struct yaml_reader *r, const yaml_event_t *ev)
{
	uint32_t from = offset_of(r, &ev->start_mark), to = offset_of(r, &ev->end_mark);
	struct place use = {from, to - from};
	struct yaml_anchor *a = find_anchor(r, ev, use);
	struct yaml_frame *f = tree_top(r);
	struct fact written;

	tree_ended(r, to);
	if (f && f->merge_list) {
		tree_add_merge(r, f - 1, a ? a->fact : NULL, use);
		return;
	}
	if (f && f->merging) {
		f->has_key = f->merging = false;
		tree_add_merge(r, f, a ? a->fact : NULL, use);
		return;
	}
	written = *tree_fact(r, FACT_REFERENCE, from, to);
	if (a && tree_copy(r, a->fact, written, a->name))
		return;
	if (a && fact_has_parts(a->fact) && !r->alias_full)
		return;
	written.state = FACT_UNKNOWN;
	written.value = span_cut(r->t->bytes, from, to);
	if (!r->stop)
		tree_added(r, build_fact(r->b, r->t, &written));
}

/* `<<: [*a, *b]`: the list makes no facts. */
static bool starts_merge_list(struct yaml_reader *r, bool mapping)
{
	struct yaml_frame *f = tree_top(r);

	return f && f->merging && f->has_key && !mapping;
}

/* The block or list itself, and the long form's below it: what children hang in; NULL at a limit. */
static struct fact *open_node(struct yaml_reader *r, enum fact_kind kind, const char *tag, uint32_t from)
{
	const char *form = tree_long_form(tag);
	struct fact *fact = tree_fact(r, form ? FACT_BLOCK : kind, from, from), *inner;

	if (tree_top(r) && tree_top(r)->merge_list)
		fact->key = "<<";
	fact = build_open(r->b, r->t, fact);
	if (!tree_added(r, fact))
		return NULL;
	if (!form) {
		fact->open |= tag && tag[0] == '!' && tag[1];      /* what an unknown tag makes of its node is not known */
		return fact;
	}
	inner = build_open(r->b, r->t, &(struct fact){.kind = kind, .at = {from, 0}, .key = build_intern(r->b, span_of(form)),
						      .head = {from, (uint32_t)strlen(tag)}});
	if (!inner) {
		build_close(r->b, r->t, from);
		r->stop = true;
	}
	return inner;
}

static void on_start(struct yaml_reader *r, const yaml_event_t *ev, bool mapping)
{
	const char *tag = (const char *)(mapping ? ev->data.mapping_start.tag : ev->data.sequence_start.tag);
	const yaml_char_t *anchor = mapping ? ev->data.mapping_start.anchor : ev->data.sequence_start.anchor;
	uint32_t from = offset_of(r, &ev->start_mark), first = from;      /* first: where its key begins, if it has one */
	struct yaml_frame *f = tree_top(r);
	struct fact *node;

	if (r->depth == YAML_FRAMES) {
		r->stop = true;
		return;
	}
	if (starts_merge_list(r, mapping)) {
		f->has_key = false;
		tree_push(r, f->fact, from, from, false)->merge_list = true;
		return;
	}
	if (f && f->mapping)
		first = f->head.offset;
	if (f)
		tree_check_open(r, f, first, first);
	if (f && f->mapping && !f->head.length)
		first = from;
	node = open_node(r, mapping ? FACT_BLOCK : FACT_LIST, tag, from);
	if (!node)
		return;
	f = tree_push(r, node, from, first, mapping);
	f->wrapped = tree_long_form(tag);
	tree_remember(r, (const char *)anchor, NULL, &f->anchor);
}

static void on_end(struct yaml_reader *r, const yaml_event_t *ev)
{
	uint32_t from = offset_of(r, &ev->start_mark), to = offset_of(r, &ev->end_mark);

	if (r->depth)      /* a block ends with its last child, libyaml tells the next token */
		tree_pop(r, to > from ? to : tree_top(r)->last_end, from);
}

/* ------------------------------------------------------------------ keys */

static void on_key(struct yaml_reader *r, struct yaml_frame *f, const yaml_event_t *ev)
{
	uint32_t from = offset_of(r, &ev->start_mark), to = offset_of(r, &ev->end_mark);
	struct yaml_anchor *a;

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
			tree_remember(r, (const char *)ev->data.scalar.anchor, named, NULL);
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
	tree_ended(r, to);
}

/* Inside a key that is itself a list or a mapping: the key is its text. */
static void skip_key(struct yaml_reader *r, const yaml_event_t *ev)
{
	struct yaml_frame *f = tree_top(r);
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
	tree_ended(r, end);
}

/* ------------------------------------------------------------------ the events */

static void on_event(struct yaml_reader *r, const yaml_event_t *ev)
{
	struct yaml_frame *f = tree_top(r);
	bool node = ev->type == YAML_SCALAR_EVENT || ev->type == YAML_ALIAS_EVENT || ev->type == YAML_SEQUENCE_START_EVENT
		    || ev->type == YAML_MAPPING_START_EVENT;

	if (r->skip_depth) {
		skip_key(r, ev);
		return;
	}
	if (ev->type != YAML_SCALAR_EVENT) {
		uint32_t end = offset_of(r, &ev->end_mark);

		tree_comments(r, offset_of(r, &ev->start_mark));
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
static uint32_t tell_error(struct yaml_reader *r, const yaml_parser_t *p)
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

/* Reads from r->base. True: all was read; else *ret_error is where it went wrong. */
static bool read_stream(struct yaml_reader *r, uint32_t *ret_error)
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
		tree_unwind(r);
	yaml_parser_delete(&parser);
	return fine;
}

static void move_base(struct yaml_reader *r, size_t base)
{
	for (size_t i = r->base; i < base; i++)
		r->base_char += yaml_is_lead(r->text.p[i]);
	r->base = base;
	if (base > r->seen)
		r->seen = (uint32_t)base;
}

/* Behind an error, reading goes on with the next document of the stream: one broken manifest does not hide the others. */
static void read_all(struct yaml_reader *r)
{
	do {
		uint32_t error = 0;
		bool fine;

		r->cut = yaml_forbidden(r->text, r->base);
		fine = read_stream(r, &error);
		tree_comments(r, fine ? (uint32_t)r->cut : r->seen);
		if (fine && r->cut < r->text.n && !r->stop) {
			build_diag(r->b, r->t, DIAG_ERROR, (uint32_t)r->cut, (uint32_t)r->cut + 1, "syntax",
				   "a character that YAML does not allow (byte %#x)", (unsigned char)r->text.p[r->cut]);
			error = (uint32_t)r->cut;
			fine = false;
		}
		if (fine)
			break;
		move_base(r, yaml_next_document(r, error));
	} while (!r->stop && r->base < r->text.n);
}

static void yaml_read(struct builder *b, const struct text *t)
{
	struct arena *scratch = arena_new();
	struct yaml_reader *r = ARENA_NEW(scratch, struct yaml_reader);

	*r = (struct yaml_reader){.b = b, .t = t, .scratch = scratch, .anchors = MAP_INIT(scratch)};
	r->text = yaml_cover_breaks(scratch, mask_text(scratch, t->bytes, &r->masks), t->bytes);
	yaml_map_chars(r);
	tree_count_templates(r);
	read_all(r);
	arena_free(scratch);
}

static int yaml_bid(struct span name, struct span head)
{
	static const char *const suffixes[] = {".yaml", ".yml", ".yaml.j2", ".yml.j2", ".yaml.tpl", ".yml.tpl", ".yaml.tmpl", ".yml.tmpl"};

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (span_ends(name, suffixes[i]))
			return 90;
	return yaml_bid_content(head);
}

const struct format format_yaml = {
	.name = "yaml",
	.help = "YAML, several documents, aliases and merges resolved, templates covered",
	.bid = yaml_bid,
	.read = yaml_read,
};
