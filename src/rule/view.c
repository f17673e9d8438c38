/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of views (views.def) and what they share. Each view is a file of its own. */
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

void view_emit(struct build *b, const char *view, const struct fact *block, const struct fact *from, const struct doc *doc,
	       const struct subject *of, const char *address)
{
	static const char *const none[] = {NULL};
	struct view_item *item = ARENA_PUSH(b->scratch, b->views, b->view_count);

	item->order = from;
	item->subject = (struct subject){
		.kind = SUBJECT_VIEW, .type = view, .name = of ? of->name : NULL, .address = arena_printf(b->arena, "%s: %s", view, address),
		.block = block, .written_block = from, .doc = doc, .classes = of ? of->classes : none, .scope = of ? of->scope : NULL, .of = of,
		.conditional = of && of->conditional, .link = of ? of->link : NULL,
	};
}

void views_build(struct build *b)
{
	for (size_t v = 0; views[v]; v++) {
		if (views[v]->of_resource)
			for (size_t i = 0; i < b->subject_count; i++)
				views[v]->of_resource(b, &b->subjects[i]);
		if (views[v]->of_doc)
			for (size_t i = 0; i < b->in->count; i++)
				if (b->in->docs[i]->root_count) {
					watch_doc(b->in, WATCH_ALONE, b->in->docs[i]);
					views[v]->of_doc(b, b->in->docs[i]);
				}
	}
}

/* ------------------------------------------------------------------ shared by views */

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
