/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The sink of every reader: takes facts in document order and makes the tree, counts siblings, maps offsets of an inner text
 * outward to the bytes as delivered, holds the limits and writes diagnostics. Facts live in the run's arena.
 * It does not know any format; a reader that closes too little or too much cannot break the tree.
 */
#include "read/read_p.h"

#include "base/limits.h"

#include <stdarg.h>
#include <stdlib.h>

#define FEW_SIBLINGS 24      /* up to here a scan beats a table */
#define FIRST_SLOTS 64       /* of the table: these, and as many again */
#define INTERN_SLOTS 512     /* keys repeat: most are found here without hashing every byte */

/* Earlier children of an open block that share a key and labels. */
struct sibling {
	const char *key;
	struct fact *first;
	uint32_t count;
};

/* Those of a block of many keys: open addressing by the key's address, at most three quarters full. */
struct sibling_table {
	struct sibling *slots;     /* key NULL: empty; freed when the block is closed */
	size_t size, count;
};

struct level {
	struct fact *fact, *last;  /* open block, its last child */
	uint32_t children;
	size_t siblings;           /* where this level's begin in builder.siblings */
	size_t sibling_count;
	struct sibling_table table;      /* in the stead of these, when there are many */
};

struct builder {
	struct arena *arena;
	struct map *interned;
	struct doc *doc;
	struct level levels[LIMIT_DEPTH + 1];      /* 0: the roots */
	int depth;
	struct sibling *siblings;
	size_t sibling_count, sibling_cap;
	bool full;
	struct embedding embedding;      /* floor 0, into NULL: the file's own text */
	const struct decoder *outer, *inner, *joined;      /* the last chain that was joined */
	struct fact *blank;              /* handed out to be filled in, not yet in the tree */
	struct {
		const char *text;
		size_t n;
	} interns[INTERN_SLOTS];
};

struct builder *builder_new(struct arena *a, struct map *interned, struct doc *d)
{
	struct builder *b = calloc(1, sizeof *b);      /* 16 KiB: not in the run's arena, where a hundred thousand files would leave them */

	if (!b)
		arena_exhausted();
	b->arena = a;
	b->interned = interned;
	b->doc = d;
	return b;
}

struct doc *builder_doc(struct builder *b)
{
	return b->doc;
}

struct arena *builder_arena(struct builder *b)
{
	return b->arena;
}

int builder_depth(const struct builder *b)
{
	return b->depth;
}

bool build_full(const struct builder *b)
{
	return b->full;
}

/* ------------------------------------------------------------------ offsets */

static size_t segment_of(const struct offset_map *m, uint32_t inner)
{
	size_t low = 0, high = m->count;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (m->segments[mid].inner <= inner)
			low = mid;
		else
			high = mid;
	}
	return low;
}

uint32_t offset_out(const struct offset_map *m, uint32_t inner)
{
	for (; m; m = m->outward) {
		const struct offset_segment *s;

		if (!m->count)
			continue;
		s = &m->segments[segment_of(m, inner)];
		inner = s->outer + (inner - s->inner) * s->step;
	}
	return inner;
}

/* Where a range ends: behind its last byte, not where the next one starts; between them may be indentation, an escape, a chomped line end. */
static uint32_t end_out(const struct offset_map *m, uint32_t end)
{
	for (; m && end; m = m->outward) {
		const struct offset_segment *s;
		size_t i;

		if (!m->count)
			continue;
		i = segment_of(m, end - 1);
		s = &m->segments[i];
		if (s->step || i + 1 == m->count)
			end = s->outer + (end - s->inner) * s->step;
		else
			end = s[1].outer;
	}
	return m ? offset_out(m, end) : end;
}

static struct place place_out(const struct text *t, struct place p)
{
	uint32_t from, to;

	if (!t || !t->map)
		return p;
	from = offset_out(t->map, p.offset);
	to = p.length ? end_out(t->map, p.offset + p.length) : from;
	return (struct place){from, to > from ? to - from : 0};
}

/* Whether the inner bytes stand in the document just so: then no step of the text is needed to read them there. */
static bool is_verbatim(const struct offset_map *m, struct place p)
{
	for (; m; m = m->outward) {
		const struct offset_segment *s;
		size_t i;

		if (!m->count)
			continue;
		i = segment_of(m, p.offset);
		s = &m->segments[i];
		if (s->step != 1 || (i + 1 < m->count && p.offset + p.length > m->segments[i + 1].inner))
			return false;
		p.offset = s->outer + (p.offset - s->inner);
	}
	return true;
}

/* ------------------------------------------------------------------ decoders */

const struct decoder *build_decoder(struct builder *b, enum decoder_kind kind, const struct decoder *inner)
{
	static const struct decoder single[DECODER_KINDS] = {
		{DECODE_JSON_STRING, NULL, 0}, {DECODE_YAML_DOUBLE, NULL, 0}, {DECODE_YAML_SINGLE, NULL, 0}, {DECODE_YAML_PLAIN, NULL, 0},
		{DECODE_YAML_BLOCK, NULL, 0}, {DECODE_HCL_STRING, NULL, 0}, {DECODE_HCL_HEREDOC, NULL, 0}, {DECODE_XML_TEXT, NULL, 0}, {DECODE_XML_ATTRIBUTE, NULL, 0},
		{DECODE_DOUBLE_QUOTED, NULL, 0}, {DECODE_SINGLE_QUOTED, NULL, 0}, {DECODE_PROPERTIES, NULL, 0}, {DECODE_CONTINUED, NULL, 0},
		{DECODE_TOML_BASIC, NULL, 0}, {DECODE_TOML_MULTILINE, NULL, 0}, {DECODE_CSV_QUOTED, NULL, 0}, {DECODE_BASE64, NULL, 0},
		{DECODE_UTF16LE, NULL, 0}, {DECODE_UTF16BE, NULL, 0}, {DECODE_LATIN1, NULL, 0}, {DECODE_CP1252, NULL, 0},
		{DECODE_INDENTED, NULL, 0}, {DECODE_CELL, NULL, 0}, {DECODE_BICEP_STRING, NULL, 0}, {DECODE_JS_STRING, NULL, 0}, {DECODE_HCL_PIECE, NULL, 0}, {DECODE_FOLDED, NULL, 0},
		{DECODE_RESOLVED, NULL, 0},
	};
	struct decoder *d;

	if (!inner)
		return &single[kind];
	d = ARENA_NEW(b->arena, struct decoder);
	d->kind = kind;
	d->inner = inner;
	return d;
}

const struct decoder *decoder_join(struct arena *a, const struct decoder *outer, const struct decoder *inner)
{
	struct decoder *copy;

	if (!outer)
		return inner;
	copy = ARENA_NEW(a, struct decoder);
	*copy = *outer;
	copy->inner = decoder_join(a, outer->inner, inner);      /* chains have a handful of steps: LIMIT_EMBEDDED_DEPTH */
	return copy;
}

/* Chains are short and mostly the same as for the fact before. */
static const struct decoder *joined(struct builder *b, const struct decoder *outer, const struct decoder *inner)
{
	if (!outer || !inner)
		return outer ? outer : inner;
	if (b->outer != outer || b->inner != inner) {
		b->outer = outer;
		b->inner = inner;
		b->joined = decoder_join(b->arena, outer, inner);
	}
	return b->joined;
}

/* ------------------------------------------------------------------ interning */

/* Keys are short: eight bytes at a time here are sooner done than a call. */
static bool same_bytes(const char *a, const char *b, size_t n)
{
	for (; n >= sizeof(uint64_t); a += sizeof(uint64_t), b += sizeof(uint64_t), n -= sizeof(uint64_t)) {
		uint64_t left, right;

		memcpy(&left, a, sizeof left);
		memcpy(&right, b, sizeof right);
		if (left != right)
			return false;
	}
	while (n && *a == *b)
		a++, b++, n--;
	return !n;
}

const char *build_intern(struct builder *b, struct span text)
{
	size_t slot = text.n;

	if (text.n)
		slot = (slot * 31 + (unsigned char)text.p[0]) * 31 + (unsigned char)text.p[text.n - 1] + (unsigned char)text.p[text.n / 2] * 7u;
	slot %= INTERN_SLOTS;
	if (!b->interns[slot].text || b->interns[slot].n != text.n || !same_bytes(b->interns[slot].text, text.p, text.n)) {
		b->interns[slot].text = map_intern(b->interned, text);
		b->interns[slot].n = text.n;
	}
	return b->interns[slot].text;
}

/* ------------------------------------------------------------------ siblings */

static struct sibling *sibling_add(struct builder *b, struct level *l, const char *key)
{
	struct sibling *s;

	if (b->sibling_count == b->sibling_cap) {
		size_t cap = b->sibling_cap ? b->sibling_cap * 2 : 64;
		struct sibling *larger = ARENA_ARRAY(b->arena, struct sibling, cap);

		if (b->sibling_count)
			memcpy(larger, b->siblings, b->sibling_count * sizeof *larger);
		b->siblings = larger;
		b->sibling_cap = cap;
	}
	s = &b->siblings[b->sibling_count++];
	*s = (struct sibling){.key = key};
	l->sibling_count++;
	return s;
}

static struct sibling *table_slot(const struct sibling_table *t, const char *key)
{
	uint64_t h = (uint64_t)(uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (h ^ h >> 32) & (t->size - 1);

	while (t->slots[at].key && t->slots[at].key != key)
		at = (at + 1) & (t->size - 1);
	return &t->slots[at];
}

static void table_grow(struct sibling_table *t)
{
	struct sibling_table larger = {.size = t->size ? 2 * t->size : FIRST_SLOTS, .count = t->count};

	larger.slots = calloc(larger.size, sizeof *larger.slots);
	if (!larger.slots)
		arena_exhausted();
	for (size_t i = 0; i < t->size; i++)
		if (t->slots[i].key)
			*table_slot(&larger, t->slots[i].key) = t->slots[i];
	free(t->slots);
	*t = larger;
}

static struct sibling *sibling_in_table(struct sibling_table *t, const char *key)
{
	struct sibling *s;

	if (4 * t->count >= 3 * t->size)
		table_grow(t);
	s = table_slot(t, key);
	t->count += !s->key;
	s->key = key;
	return s;
}

static void make_table(struct builder *b, struct level *l)
{
	for (size_t i = l->siblings; i < l->siblings + l->sibling_count; i++)
		*sibling_in_table(&l->table, b->siblings[i].key) = b->siblings[i];
}

static struct sibling *sibling_of(struct builder *b, struct level *l, const char *key)
{
	if (l->table.slots)
		return sibling_in_table(&l->table, key);
	for (size_t i = l->siblings; i < l->siblings + l->sibling_count; i++)
		if (b->siblings[i].key == key)
			return &b->siblings[i];
	if (l->sibling_count < FEW_SIBLINGS)
		return sibling_add(b, l, key);
	make_table(b, l);
	return sibling_in_table(&l->table, key);
}

/* Two blocks are siblings of a kind when key and labels agree: resource "a" "b" and resource "a" "c" are not. */
static const char *sibling_key(struct builder *b, const struct fact *f)
{
	struct span joined_text;
	size_t n;
	char *at;

	if (!fact_label_count(f))
		return f->key;
	n = strlen(f->key) + 1;
	for (uint32_t i = 0; i < fact_label_count(f); i++)
		n += strlen(fact_labels(f)[i]) + 1;
	joined_text = (struct span){at = arena_alloc(b->arena, n), n};
	at = stpcpy(at, f->key) + 1;
	for (uint32_t i = 0; i < fact_label_count(f); i++)
		at = stpcpy(at, fact_labels(f)[i]) + 1;
	return build_intern(b, joined_text);
}

static void count_sibling(struct builder *b, struct level *l, struct fact *f)
{
	struct sibling *s;

	if (!f->key || (l->fact && l->fact->kind == FACT_LIST)) {
		f->index = l->children;
		return;
	}
	s = sibling_of(b, l, sibling_key(b, f));
	f->index = s->count++;
	f->repeated = f->index > 0;
	if (!s->first)
		s->first = f;
	else
		s->first->repeated = true;
}

/* ------------------------------------------------------------------ the tree */

static bool is_at_limit(struct builder *b, const struct text *t, const struct fact *f, bool opens)
{
	if (b->full)
		return true;
	if (opens && b->depth >= LIMIT_DEPTH)
		build_diag(b, t, DIAG_ERROR, f->at.offset, f->at.offset, "limit-depth",
			   "nested deeper than the limit of %d", LIMIT_DEPTH);
	else if (b->doc->fact_count >= LIMIT_FACTS_PER_FILE)
		build_diag(b, t, DIAG_ERROR, f->at.offset, f->at.offset, "limit-facts",
			   "more than the limit of %d facts", LIMIT_FACTS_PER_FILE);
	else
		return false;
	b->full = true;
	return true;
}

static void hang(struct builder *b, struct fact *f)
{
	struct level *l = &b->levels[b->depth];
	struct fact *parent = l->fact;

	count_sibling(b, l, f);
	l->children++;
	f->parent = parent;
	if (!parent) {
		*ARENA_PUSH(b->arena, b->doc->roots, b->doc->root_count) = f;
	} else {
		if (l->last)
			l->last->next = f;
		else
			parent->first = f;
		l->last = f;
	}
	b->doc->fact_count++;
}

/* Values end in a NUL, so that fact_text needs no copy: a span into the middle of a file gets one of its own here. */
static struct span terminated(struct builder *b, struct span value)
{
	if (!value.p)
		return (struct span){"", 0};
	return value.p[value.n] ? arena_span(b->arena, value) : value;
}

struct fact *build_blank(struct builder *b)
{
	if (b->blank)
		*b->blank = (struct fact){0};      /* the last one came to nothing */
	else
		b->blank = ARENA_NEW(b->arena, struct fact);
	return b->blank;
}

/* A fact to be put into the tree: f itself, when it is the blank one, else a copy. */
static struct fact *take_fact(struct builder *b, const struct fact *f)
{
	struct fact *own = b->blank;

	if (f == own) {
		b->blank = NULL;
		return own;
	}
	own = ARENA_NEW(b->arena, struct fact);
	*own = *f;
	return own;
}

static struct fact *put_fact(struct builder *b, const struct text *t, struct fact *f)
{
	f->doc = b->doc;
	f->first = f->next = NULL;
	f->value = terminated(b, f->value);
	if (t && t->decoder && !is_verbatim(t->map, f->at))
		f->decoder = joined(b, t->decoder, f->decoder);
	if (t && t->map) {
		f->at = place_out(t, f->at);
		if (f->head.length || f->head.offset)
			f->head = place_out(t, f->head);
	}
	hang(b, f);
	return f;
}

struct fact *build_open(struct builder *b, const struct text *t, const struct fact *f)
{
	struct fact *copy;

	if (is_at_limit(b, t, f, true))
		return NULL;
	if (b->embedding.into && !f->key && b->depth == b->embedding.floor) {
		copy = b->embedding.into;
		copy->kind = f->kind;
		copy->open |= f->open;
		b->embedding.into = NULL;
	} else {
		copy = put_fact(b, t, take_fact(b, f));
	}
	b->levels[++b->depth] = (struct level){.fact = copy, .siblings = b->sibling_count};
	return copy;
}

void build_close(struct builder *b, const struct text *t, uint32_t end)
{
	struct fact *f;
	uint32_t outer;

	if (b->depth <= b->embedding.floor)
		return;
	f = b->levels[b->depth].fact;
	if (t && end > t->bytes.n)      /* behind a token that a broken text lacks */
		end = (uint32_t)t->bytes.n;
	outer = t ? end_out(t->map, end) : end;
	f->at.length = outer > f->at.offset ? outer - f->at.offset : 0;
	b->sibling_count = b->levels[b->depth].siblings;
	free(b->levels[b->depth].table.slots);
	b->depth--;
}

/* Cheap first look: a string that starts like an object, an array or an element, or lines under a key that is a file's name or means a file. */
static bool may_embed(const struct fact *f)
{
	if (f->kind != FACT_LITERAL || f->value.n < 2 || (f->scalar != SCALAR_STRING && f->scalar != SCALAR_PLAIN))
		return false;
	if (f->decoder && f->key && memchr(f->value.p, '\n', f->value.n) && strchr(file_meant(f->key), '.'))
		return true;
	switch (f->value.p[0]) {
	case '{': case '[': case '<': case ' ': case '\n': case '\t': case '\r':
		return true;
	default:
		return false;
	}
}

struct fact *build_fact(struct builder *b, const struct text *t, const struct fact *f)
{
	struct fact *taken, *embedded;

	if (is_at_limit(b, t, f, false))
		return NULL;
	taken = take_fact(b, f);      /* what is embedded in it fills in blank facts of its own */
	embedded = may_embed(taken) ? build_embedded(b, t, taken) : NULL;
	return embedded ? embedded : put_fact(b, t, taken);
}

void build_comment(struct builder *b, const struct text *t, uint32_t from, uint32_t to)
{
	struct place at = {from, to - from};
	struct span source = t ? t->bytes : b->doc->bytes;
	struct fact *f;

	if (is_at_limit(b, t, &(struct fact){.at = at}, false))
		return;
	f = ARENA_NEW(b->arena, struct fact);
	f->kind = FACT_COMMENT;
	f->doc = b->doc;
	f->parent = b->levels[b->depth].fact;
	f->value = arena_span(b->arena, span_cut(source, from, to));
	f->at = place_out(t, at);
	if (t && t->decoder && !is_verbatim(t->map, at))
		f->decoder = t->decoder;
	*ARENA_PUSH(b->arena, b->doc->comments, b->doc->comment_count) = f;
	b->doc->fact_count++;
}

struct embedding builder_embed(struct builder *b, struct fact *into)
{
	struct embedding before = b->embedding;

	b->embedding = (struct embedding){into, b->depth};
	return before;
}

void builder_embed_end(struct builder *b, struct embedding before)
{
	while (b->depth > b->embedding.floor)
		build_close(b, NULL, 0);
	b->embedding = before;
}

void builder_end(struct builder *b)
{
	while (b->depth)
		build_close(b, NULL, (uint32_t)b->doc->bytes.n);
	free(b->levels[0].table.slots);
	free(b);
}

/* ------------------------------------------------------------------ diagnostics */

void build_diag(struct builder *b, const struct text *t, enum diag_level level, uint32_t from, uint32_t to,
		const char *code, const char *format, ...)
{
	struct doc *d = b->doc;
	struct diag *diag;
	char text[512];
	va_list args;

	if (level == DIAG_ERROR && d->status == DOC_READ)
		d->status = DOC_PARTIAL;
	if (d->diag_total++ >= LIMIT_DIAGS_PER_FILE)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	diag = ARENA_PUSH(b->arena, d->diags, d->diag_count);
	diag->level = level;
	diag->doc = d;
	diag->at = place_out(t, (struct place){from, to > from ? to - from : 0});
	diag->has_place = true;
	diag->code = code;
	diag->text = arena_str(b->arena, text);
}
