/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Text inside a value: a policy written as a JSON string in HCL, YAML or JSON; a file in a ConfigMap, under its name. Its tree hangs
 * below the value, and every offset leads outward to the file's bytes through the steps that made the value. A string that is not
 * wholly of its format stays a string. The values of a Kubernetes Secret are looked at when the document has been read: its kind may stand
 * behind them.
 */
#include "read/read_p.h"

#include "base/limits.h"
#include "base/utf8.h"

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

/* Keys under which an operator or a chart takes a whole file: the file that is meant. Otherwise the key itself. */
const char *file_meant(const char *key)
{
	static const struct {
		const char *key, *file;
	} meant[] = {
		{"additionalConfig", "rabbitmq.conf"},      /* the RabbitMQ cluster operator */
		{"extraConfiguration", "rabbitmq.conf"},    /* charts of RabbitMQ */
	};

	for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
		if (!strcmp(key, meant[i].key))
			return meant[i].file;
	return key;
}

/* A key that is the name of a file, as in a ConfigMap, or means one: the format that surely reads such files, or NULL. */
static const struct format *file_format(const struct fact *f)
{
	struct span head = f->value, name = span_of(f->key ? file_meant(f->key) : NULL);
	const struct format *format;

	if (!f->key || !memchr(name.p, '.', name.n) || !memchr(head.p, '\n', head.n))
		return NULL;
	head.n = head.n > HEAD_BYTES ? HEAD_BYTES : head.n;
	format = format_pick(name, head);
	return format && format->bid(name, head) >= SURE_BID ? format : NULL;
}

enum content { CONTENT_NONE, CONTENT_JSON, CONTENT_XML, CONTENT_FILE, CONTENT_STREAM };

/* Do the bytes of each value, through its decoders, give it? A folded block has lost its lines, and what went over them with them. */
static bool stands_well(struct arena *a, const struct doc *d)
{
	for (size_t i = 0; i < d->root_count; i++)
		for (const struct fact *f = d->roots[i]; f; f = fact_next(f, d->roots[i])) {
			size_t n = 0;
			const char *text = fact_is_scalar(f) ? fact_decode(a, d, f, &n) : "";

			if (!text || (fact_is_scalar(f) && !span_eq((struct span){text, n}, f->value)))
				return false;
		}
	return true;
}

/* Read aside first: a file with mistakes stays the string it is. Several documents are a list of them. proven: its places too. */
static enum content read_aside(const struct format *format, const struct text *t, struct span bytes, const char *name, bool proven)
{
	struct arena *a = arena_new();
	struct map interned = MAP_INIT(a);
	struct doc d = {.name = name, .bytes = bytes, .text = *t, .format = format};
	struct builder *b = builder_new(a, &interned, &d);
	bool good;

	format->read(b, t);
	builder_end(b);
	good = d.status == DOC_READ && d.root_count && (!proven || stands_well(a, &d));
	for (size_t i = 0; good && i < d.root_count; i++)
		good = d.roots[i]->first && !d.roots[i]->key && (d.roots[i]->kind == FACT_BLOCK || d.roots[i]->kind == FACT_LIST);
	arena_free(a);
	return !good ? CONTENT_NONE : d.root_count == 1 ? CONTENT_FILE : CONTENT_STREAM;
}

static bool is_folded(struct span bytes, const struct fact *f)
{
	return f->decoder && f->decoder->kind == DECODE_YAML_BLOCK && f->at.offset < bytes.n && bytes.p[f->at.offset] == '>';
}

/* inner: the value's text, with the way out to bytes */
static enum content content_of(struct builder *b, const struct text *inner, struct span bytes, const struct fact *f, const struct format **ret)
{
	bool folded = is_folded(bytes, f);

	if (json_is_whole(inner, LIMIT_DEPTH - builder_depth(b)))
		return CONTENT_JSON;
	if (!folded && is_xml(inner))
		return CONTENT_XML;
	*ret = file_format(f);
	return *ret ? read_aside(*ret, inner, builder_doc(b)->bytes, f->key, folded) : CONTENT_NONE;
}

/* The tree of inner below a copy of block. */
static struct fact *embed(struct builder *b, const struct text *text, struct fact block, enum content content, const struct format *format, const struct text *inner)
{
	struct embedding before;
	struct fact *copy;

	block.kind = content == CONTENT_STREAM || (content == CONTENT_JSON && json_is_list(inner)) ? FACT_LIST : FACT_BLOCK;
	copy = build_open(b, text, &block);
	if (!copy)
		return NULL;
	before = builder_embed(b, content == CONTENT_FILE ? copy : NULL);
	if (content == CONTENT_JSON)
		json_members(b, inner);
	else if (content == CONTENT_XML)
		xml_members(b, inner);
	else
		format->read(b, inner);
	builder_embed_end(b, before);
	build_close(b, text, block.at.offset + block.at.length);
	return copy;
}

struct fact *build_embedded(struct builder *b, const struct text *text, const struct fact *f)
{
	struct text inner = {.bytes = f->value, .depth = text ? text->depth + 1 : 1};
	struct span bytes = text ? text->bytes : builder_doc(b)->bytes;
	const struct format *format = NULL;
	enum content content;

	if (inner.depth > LIMIT_EMBEDDED_DEPTH) {
		if (json_is_whole(&inner, LIMIT_DEPTH) || is_xml(&inner))
			build_diag(b, text, DIAG_WARNING, f->at.offset, f->at.offset + f->at.length, "limit-embedded",
				   "a text in a text deeper than the limit of %d stays a string", LIMIT_EMBEDDED_DEPTH);
		return NULL;
	}
	if (!file_format(f) && !json_is_whole(&inner, LIMIT_DEPTH - builder_depth(b)) && !is_xml(&inner))
		return NULL;
	inner.map = shift(builder_arena(b), f->at.offset, text ? text->map : NULL);
	inner.decoder = text ? text->decoder : NULL;
	if (!map_value(b, bytes, f, &inner))
		return NULL;
	content = content_of(b, &inner, bytes, f, &format);
	return content == CONTENT_NONE ? NULL : embed(b, text, *f, content, format, &inner);
}

/* ------------------------------------------------------------------ base64 in a Secret */

/* The text that base64 stands for, with the way back to its groups; false when it is no base64 or no text. */
static bool base64_text(struct arena *a, const struct doc *d, const struct fact *f, struct text *ret)
{
	struct offset_map *map = ARENA_NEW(a, struct offset_map);
	struct span in = f->value;

	if (f->kind != FACT_LITERAL || f->state != FACT_FIXED || fact_set_at(f) || f->decoder || in.n < 8 || in.n % 4)
		return false;
	for (size_t i = 0; i < in.n; i++)
		if (!(in.p[i] >= 'a' && in.p[i] <= 'z') && !(in.p[i] >= 'A' && in.p[i] <= 'Z') && !(in.p[i] >= '0' && in.p[i] <= '9')
		    && in.p[i] != '+' && in.p[i] != '/' && !(in.p[i] == '=' && i + 2 >= in.n))
			return false;
	*ret = (struct text){.bytes = decode_step(a, DECODE_BASE64, span_cut(d->bytes, 0, f->at.offset), in, map), .depth = 1};
	map->outward = shift(a, f->at.offset, NULL);
	ret->map = map;
	return ret->bytes.n && !memchr(ret->bytes.p, 0, ret->bytes.n) && utf8_valid_until(ret->bytes) == ret->bytes.n;
}

/* A value in base64 stays as it is written; a file, JSON or XML in it is read below it. Its places are those of groups of four characters. */
static void read_base64(struct arena *a, struct map *interned, struct doc *d, struct fact *f)
{
	static const struct decoder resolved = {.kind = DECODE_RESOLVED};
	struct doc aside = {.name = d->name, .bytes = d->bytes, .text = d->text, .format = d->format};
	const struct format *format = NULL;
	struct fact decoded = *f, *tree;
	struct builder *b;
	struct text inner;
	enum content content;

	if (!base64_text(a, d, f, &inner))
		return;
	decoded.value = inner.bytes;
	b = builder_new(a, interned, &aside);
	content = content_of(b, &inner, d->bytes, &decoded, &format);
	tree = content == CONTENT_NONE ? NULL : embed(b, NULL, *f, content, format, &inner);
	builder_end(b);
	if (!tree)
		return;
	f->kind = tree->kind;
	f->scalar = SCALAR_STRING;
	f->first = tree->first;
	FACT_EACH(child, f)
		((struct fact *)child)->parent = f;
	for (const struct fact *p = f->first ? fact_next(f, f) : NULL; p; p = fact_next(p, f)) {
		((struct fact *)p)->doc = d;
		((struct fact *)p)->decoder = &resolved;
	}
	d->fact_count += aside.fact_count;
}

static void read_secret(struct arena *a, struct map *interned, struct doc *d, const struct fact *root)
{
	const char *kind = root->kind == FACT_BLOCK ? fact_text(root, "kind") : NULL;
	const struct fact *data = kind && !strcmp(kind, "Secret") ? fact_child(root, "data") : NULL;
	const struct fact *items = kind && !strcmp(kind, "List") ? fact_child(root, "items") : NULL;

	if (data && data->kind == FACT_BLOCK)
		FACT_EACH(f, data)
			read_base64(a, interned, d, (struct fact *)f);
	if (items && items->kind == FACT_LIST)
		FACT_EACH(item, items)
			if (item->kind == FACT_BLOCK && !fact_child(item, "items"))
				read_secret(a, interned, d, item);
}

void embedded_secrets(struct arena *a, struct map *interned, struct doc *d)
{
	for (size_t i = 0; i < d->root_count; i++)
		read_secret(a, interned, d, d->roots[i]);
}
