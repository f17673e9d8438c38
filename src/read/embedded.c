/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Text inside a value: a policy written as a JSON string in HCL, YAML or JSON. Its tree hangs below the value, and every offset
 * leads outward to the file's bytes through the steps that made the value. A string that is not wholly JSON or XML stays a string.
 */
#include "read/read_p.h"

#include "base/limits.h"

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

		if (step->kind == DECODE_CELL || step->kind == DECODE_RESOLVED)
			return false;
		in = decode_step(a, step->kind, before, in, map);
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

static const struct decoder *append(struct builder *b, const struct decoder *outer, const struct decoder *inner)
{
	return outer ? build_decoder(b, outer->kind, append(b, outer->inner, inner)) : inner;
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

struct fact *build_embedded(struct builder *b, const struct text *text, const struct fact *f)
{
	struct text inner = {.bytes = f->value, .depth = text ? text->depth + 1 : 1};
	struct fact block = *f, *copy;
	void (*read_members)(struct builder *, const struct text *) = NULL;

	if (inner.depth > LIMIT_EMBEDDED_DEPTH)
		return NULL;
	if (json_is_whole(&inner, LIMIT_DEPTH - builder_depth(b)))
		read_members = json_members;
	else if (is_xml(&inner))
		read_members = xml_members;
	if (!read_members)
		return NULL;
	inner.map = shift(builder_arena(b), f->at.offset, text ? text->map : NULL);
	if (!map_value(b, text ? text->bytes : builder_doc(b)->bytes, f, &inner))
		return NULL;
	inner.decoder = append(b, text ? text->decoder : NULL, f->decoder);
	block.kind = read_members == json_members && json_is_list(&inner) ? FACT_LIST : FACT_BLOCK;
	copy = build_open(b, text, &block);
	if (!copy)
		return NULL;
	read_members(b, &inner);
	build_close(b, text, f->at.offset + f->at.length);
	return copy;
}
