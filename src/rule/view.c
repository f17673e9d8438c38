/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of views (views.def) and what they share. Each view is a file of its own. */
#include "base/team.h"
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>

#define VIEW(name) extern const struct view view_##name;
#include "rule/views.def"
#undef VIEW

const struct view *const views[] = {
#define VIEW(name) &view_##name,
#include "rule/views.def"
#undef VIEW
	NULL
};

static const struct view *view_named(const char *name)
{
	for (size_t i = 0; views[i]; i++)
		if (!strcmp(views[i]->name, name))
			return views[i];
	return NULL;
}

bool view_exists(const char *view)
{
	return view_named(view);
}

/* A field is known by its whole name, by the block it stands in, and through a list as "from[*]". A field "*" is any key. */
static bool field_is(const char *field, const char *asked)
{
	for (;; field++, asked++) {
		while (*asked == '[')
			asked += strcspn(asked, "]") + (asked[strcspn(asked, "]")] == ']');
		if (*field != *asked)
			return !*asked && *field == '.';
		if (!*field)
			return true;
	}
}

bool view_has_field(const char *view, const char *field)
{
	const struct view *v = view_named(view);

	for (const char *const *f = v ? v->fields : NULL; f && *f; f++)
		if (!strcmp(*f, "*") || field_is(*f, field))
			return true;
	return false;
}

/* "variable: docker-compose.yml.services": of a large file, many thousands. */
static const char *view_address(struct arena *a, const char *view, const char *address)
{
	size_t n = strlen(view), m = strlen(address);
	char *text = arena_alloc(a, n + m + 3);

	memcpy(text, view, n);
	memcpy(text + n, ": ", 2);
	memcpy(text + n + 2, address, m + 1);
	return text;
}

void view_emit(struct build *b, const char *view, const struct fact *block, const struct fact *from, const struct doc *doc,
	       const struct subject *of, const char *address)
{
	static const char *const none[] = {NULL};
	struct view_item *item = ARENA_PUSH(b->scratch, b->views, b->view_count);

	item->order = from;
	item->subject = (struct subject){
		.kind = SUBJECT_VIEW, .type = view, .name = of ? of->name : NULL, .address = view_address(b->arena, view, address),
		.block = block, .written_block = from, .doc = doc, .classes = of ? of->classes : none, .scope = of ? of->scope : NULL, .of = of,
		.conditional = of && of->conditional, .link = of ? of->link : NULL,
	};
}

/* ------------------------------------------------------------------ all of them: of resources, then of documents, by several threads */

#define DOCS_A_PIECE ((size_t)16)

struct derivation {
	struct build *build, *own;           /* of each thread */
	size_t threads;
	size_t docs, pieces;                 /* documents in a piece */
	struct derived {
		struct view_item *items;
		size_t count;
	} *derived;                          /* of each view and piece */
};

/* The build as a thread has it: what was told before is only read. */
static struct build *own_build(struct derivation *x, unsigned thread, struct arena *arena)
{
	struct build *own = &x->own[thread];

	if (own->arena)
		return own;
	*own = *x->build;
	own->arena = arena;
	own->scratch = arena_new();
	own->told = &x->build->places;
	own->places = own->key_notes = MAP_INIT(own->scratch);
	own->last_note = NULL;
	return own;
}

static void derive_piece(void *data, struct arena *arena, unsigned thread, size_t piece)
{
	struct derivation *x = data;
	struct build *own = own_build(x, thread, arena);
	size_t from = piece * x->docs, to = from + x->docs < own->in->count ? from + x->docs : own->in->count;

	for (size_t v = 0; views[v]; v++) {
		own->views = NULL;
		own->view_count = 0;
		for (size_t i = from; i < to && views[v]->of_doc; i++) {
			own->doc = own->in->docs[i];
			watch_doc(own->in, thread | WATCH_AGAIN, own->doc);
			if (own->doc->root_count)
				views[v]->of_doc(own, own->doc);
		}
		x->derived[v * x->pieces + piece] = (struct derived){own->views, own->view_count};
	}
}

static void leave_off(void *data, unsigned thread)
{
	const struct derivation *x = data;

	watch_doc(x->build->in, thread | WATCH_AGAIN, NULL);
}

static size_t view_count(void)
{
	size_t n = 0;

	while (views[n])
		n++;
	return n;
}

/* False: a view strayed, so that pieces are not each other's strangers. */
static bool derive(struct derivation *x, size_t docs)
{
	struct build *b = x->build;
	struct team team = {.jobs = b->jobs, .work = derive_piece, .done = leave_off, .data = x};
	bool strayed = false;

	x->docs = docs;
	team.count = x->pieces = (b->in->count + docs - 1) / docs;
	x->derived = ARENA_ARRAY(b->scratch, struct derived, view_count() * x->pieces + 1);
	x->threads = team_size(&team);
	x->own = ARENA_ARRAY(b->scratch, struct build, x->threads);
	team_run(b->arena, &team);
	for (size_t i = 0; i < x->threads; i++)
		strayed |= x->own[i].strayed;
	return !strayed || x->pieces < 2;
}

static void forget(const struct derivation *x)
{
	for (size_t i = 0; i < x->threads; i++)
		arena_free(x->own[i].scratch);
}

/* What a thread told stays where it is. */
static void keep_views(const struct derivation *x)
{
	for (size_t i = 0; i < x->threads; i++)
		if (x->own[i].scratch)
			arena_adopt(x->build->scratch, x->own[i].scratch);
}

static void list_views(struct build *b, const struct view_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		*ARENA_PUSH(b->scratch, b->listed, b->listed_count) = &items[i];
}

static void note_all(struct build *b)
{
	for (size_t i = 0; i < b->in->count; i++) {
		const struct doc *d = b->in->docs[i];

		watch_doc(b->in, WATCH_ALONE, d);
		for (size_t v = 0; views[v] && d->root_count; v++)
			if (views[v]->note)
				views[v]->note(b, d);
	}
}

/* In the order of views; of each, resources first, then documents, both in their own order. */
void views_build(struct build *b)
{
	struct derivation x = {.build = b};
	size_t *until = ARENA_ARRAY(b->scratch, size_t, view_count() + 1);

	note_all(b);
	for (size_t v = 0; views[v]; v++) {
		for (size_t i = 0; i < b->subject_count && views[v]->of_resource; i++)
			views[v]->of_resource(b, &b->subjects[i]);
		until[v] = b->view_count;
	}
	if (!derive(&x, DOCS_A_PIECE)) {
		forget(&x);
		derive(&x, b->in->count);
	}
	keep_views(&x);
	for (size_t v = 0; views[v]; v++) {
		size_t from = v ? until[v - 1] : 0;

		list_views(b, b->views + from, until[v] - from);
		for (size_t i = 0; i < x.pieces; i++)
			list_views(b, x.derived[v * x.pieces + i].items, x.derived[v * x.pieces + i].count);
	}
}

/* ------------------------------------------------------------------ shared by views */

struct note_key {
	uint32_t doc, offset, what;
};

static struct note_key note_key(const struct fact *f, enum view_note what)
{
	return (struct note_key){f->doc->index, f->at.offset, what};
}

void view_note(struct build *b, const struct fact *f, enum view_note what)
{
	struct note_key *key = ARENA_NEW(b->scratch, struct note_key);

	*key = note_key(f, what);
	map_put(&b->places, (struct span){(const char *)key, sizeof *key}, key);
}

bool view_noted(const struct build *b, const struct fact *f, enum view_note what)
{
	struct note_key key = note_key(f, what);
	struct span at = {(const char *)&key, sizeof key};

	return map_get(&b->places, at) || (b->told && map_get(b->told, at));
}

/* How often part stands in text before its offset at. */
static size_t count_before(struct span text, struct span part, size_t at)
{
	size_t count = 0;

	for (size_t from = 0; from < at;) {
		const char *found = span_find(span_cut(text, from, text.n), part);

		if (!found || (size_t)(found - text.p) >= at)
			break;
		count++;
		from = (size_t)(found - text.p) + 1;
	}
	return count;
}

/* Where a part of a decoded value stands: the same bytes, as often repeated, between the value's first and last. */
static bool find_part(const struct fact *f, struct span part, size_t at, struct place *ret)
{
	size_t skip, from = f->at.offset, end = from + f->at.length;

	if (!f->doc || end > f->doc->bytes.n || !part.n)
		return false;
	for (skip = count_before(f->value, part, at);; skip--) {
		const char *found = span_find(span_cut(f->doc->bytes, from, end), part);

		if (!found)
			return false;
		from = (size_t)(found - f->doc->bytes.p);
		if (skip == 0)
			break;
		from++;
	}
	*ret = (struct place){(uint32_t)from, (uint32_t)part.n};
	return true;
}

struct fact *fact_part(struct arena *a, const struct fact *f, size_t from, size_t to)
{
	struct fact *part = fact_copy(a, f);

	part->value = (struct span){arena_dup(a, f->value.p + from, to - from), to - from};
	part->written = f->written ? f->written : f;
	part->decoder = NULL;
	part->scalar = SCALAR_PLAIN;
	if (fact_is_alias(f) && fact_set_at(f)->at.length == f->value.n) {
		struct origin *origin = ARENA_NEW(a, struct origin);

		*origin = *fact_set_at(f);
		origin->at = (struct place){origin->at.offset + (uint32_t)from, (uint32_t)(to - from)};
		fact_put_set_at(a, part, origin);
	}
	if (fact_set_at(f))
		return part;      /* the bytes at its place are its use */
	if (f->at.length == f->value.n)
		part->at = (struct place){f->at.offset + (uint32_t)from, (uint32_t)(to - from)};
	else
		find_part(f, part->value, from, &part->at);
	return part;
}

/* A reference to the resource itself, as its own notation would write it. */
const struct fact *subject_reference(struct build *b, const struct subject *s)
{
	const struct link *l = s->link;

	switch (l->notation) {
	case NOTATION_HCL:
	case NOTATION_PLAN:
	case NOTATION_STATE:
		return fact_computed(b, s->written_block, FACT_REFERENCE, arena_printf(b->arena, "%s.id", s->address));
	case NOTATION_ARM:
		return fact_computed(b, s->written_block, FACT_REFERENCE, arena_printf(b->arena, "[resourceId('%s', '%s')]", l->type, l->logical ? l->logical : ""));
	default:
		return fact_computed(b, s->written_block, FACT_REFERENCE, l->logical ? l->logical : "");
	}
}
