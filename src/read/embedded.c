/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Text inside a value: a policy written as a JSON string in HCL, YAML or JSON; a file in a ConfigMap, under its name. Its tree hangs
 * below the value, and every offset leads outward to the file's bytes through the steps that made the value. A string that is not
 * wholly of its format stays a string.
 */
#include "read/read_p.h"

#include "base/limits.h"

#define SURE_BID 90      /* by name */

/* The chain for what will be found in the value: this step, or what it does to a piece of its text. */
static void add_piece(struct builder *b, const struct decoder *step, struct span before, struct span in, struct text *ret)
{
	struct decoder *own = ARENA_NEW(builder_arena(b), struct decoder);
	const struct decoder *piece = decode_piece(builder_arena(b), step, before, in);

	*own = piece ? *piece : *step;
	own->inner = NULL;
	ret->decoder = decoder_join(builder_arena(b), ret->decoder, own);
}

/* The value's text again from its bytes, with the map; false when they disagree (a resolved value has no bytes here). */
static bool map_value(struct builder *b, struct span bytes, const struct fact *f, struct text *ret)
{
	struct arena *a = builder_arena(b);
	struct span before, in;

	if ((uint64_t)f->at.offset + f->at.length > bytes.n)
		return false;
	before = span_cut(bytes, 0, f->at.offset);
	in = span_cut(bytes, f->at.offset, f->at.offset + f->at.length);
	for (const struct decoder *step = f->decoder; step; step = step->inner) {
		struct offset_map *map = ARENA_NEW(a, struct offset_map);

		if (step->kind == DECODE_RESOLVED)
			return false;
		add_piece(b, step, before, in, ret);
		in = decode_with(a, step, before, in, map);
		map->outward = ret->map;
		ret->map = map;
		before = (struct span){"", 0};
	}
	ret->bytes = f->value;
	return span_eq(in, f->value);
}

/* The text of the fact starts at its own offset 0; this map leads to the text around it. */
static const struct offset_map *shift(struct arena *a, uint32_t by, const struct offset_map *outward)
{
	struct offset_segment *segment = ARENA_NEW(a, struct offset_segment);
	struct offset_map *map = ARENA_NEW(a, struct offset_map);

	*segment = (struct offset_segment){0, by, 1};
	*map = (struct offset_map){.segments = segment, .count = 1, .outward = outward};
	return map;
}

/* Pieces of HTML in a message are no documents: XML must say that it is one. */
static bool is_xml(const struct text *t)
{
	const char *end;

	if (span_starts(t->bytes, "<?xml"))
		return xml_is_whole(t);
	end = memchr(t->bytes.p, '>', t->bytes.n);
	return *t->bytes.p == '<' && end && span_find((struct span){t->bytes.p, (size_t)(end - t->bytes.p)}, SPAN(" xmlns")) && xml_is_whole(t);
}

/* A key that is the name of a file, as in a ConfigMap: the format that surely reads such files, or NULL. */
static const struct format *file_format(const struct fact *f)
{
	struct span head = f->value, name = span_of(f->key);
	const struct format *format;

	if (!f->key || !strchr(f->key, '.') || !memchr(head.p, '\n', head.n))
		return NULL;
	head.n = head.n > HEAD_BYTES ? HEAD_BYTES : head.n;
	format = format_pick(name, head);
	return format && format->bid(name, head) >= SURE_BID ? format : NULL;
}

/* Read aside first: a file with mistakes, or of several documents, stays the string it is. */
static bool reads_well(const struct format *format, const struct fact *f, int depth)
{
	struct arena *a = arena_new();
	struct map interned = MAP_INIT(a);
	struct doc d = {.name = f->key, .bytes = f->value, .text = {.bytes = f->value, .depth = depth}, .format = format};
	struct builder *b = builder_new(a, &interned, &d);
	bool good;

	format->read(b, &d.text);
	builder_end(b);
	good = d.status == DOC_READ && d.root_count == 1 && d.roots[0]->first && !d.roots[0]->key &&
	       (d.roots[0]->kind == FACT_BLOCK || d.roots[0]->kind == FACT_LIST);
	arena_free(a);
	return good;
}

enum content { CONTENT_NONE, CONTENT_JSON, CONTENT_XML, CONTENT_FILE };

/* A folded block has lost its lines: only JSON, whose values stand in one line, keeps its places. */
static bool is_folded(struct span bytes, const struct fact *f)
{
	return f->decoder && f->decoder->kind == DECODE_YAML_BLOCK && f->at.offset < bytes.n && bytes.p[f->at.offset] == '>';
}

static enum content content_of(struct builder *b, const struct text *inner, struct span bytes, const struct fact *f, const struct format **ret)
{
	if (json_is_whole(inner, LIMIT_DEPTH - builder_depth(b)))
		return CONTENT_JSON;
	if (is_folded(bytes, f))
		return CONTENT_NONE;
	if (is_xml(inner))
		return CONTENT_XML;
	*ret = file_format(f);
	return *ret && reads_well(*ret, f, inner->depth) ? CONTENT_FILE : CONTENT_NONE;
}

static void read_content(struct builder *b, enum content content, const struct format *format, const struct text *inner)
{
	if (content == CONTENT_JSON)
		json_members(b, inner);
	else if (content == CONTENT_XML)
		xml_members(b, inner);
	else
		format->read(b, inner);
}

struct fact *build_embedded(struct builder *b, const struct text *text, const struct fact *f)
{
	struct text inner = {.bytes = f->value, .depth = text ? text->depth + 1 : 1};
	struct span bytes = text ? text->bytes : builder_doc(b)->bytes;
	const struct format *format = NULL;
	struct fact block = *f, *copy;
	struct embedding before;
	enum content content;

	if (inner.depth > LIMIT_EMBEDDED_DEPTH) {
		if (json_is_whole(&inner, LIMIT_DEPTH) || is_xml(&inner))
			build_diag(b, text, DIAG_WARNING, f->at.offset, f->at.offset + f->at.length, "limit-embedded",
				   "a text in a text deeper than the limit of %d stays a string", LIMIT_EMBEDDED_DEPTH);
		return NULL;
	}
	content = content_of(b, &inner, bytes, f, &format);
	if (content == CONTENT_NONE)
		return NULL;
	inner.map = shift(builder_arena(b), f->at.offset, text ? text->map : NULL);
	inner.decoder = text ? text->decoder : NULL;
	if (!map_value(b, bytes, f, &inner))
		return NULL;
	block.kind = content == CONTENT_JSON && json_is_list(&inner) ? FACT_LIST : FACT_BLOCK;
	copy = build_open(b, text, &block);
	if (!copy)
		return NULL;
	before = builder_embed(b, content == CONTENT_FILE ? copy : NULL);
	read_content(b, content, format, &inner);
	builder_embed_end(b, before);
	build_close(b, text, f->at.offset + f->at.length);
	return copy;
}
