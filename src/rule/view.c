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
	struct view_item *item = ARENA_PUSH(b->arena, b->views, b->view_count);

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
				if (b->in->docs[i]->root_count)
					views[v]->of_doc(b, b->in->docs[i]);
	}
}

/* ------------------------------------------------------------------ shared by views */

/* NAME=value as one text: the part behind '=' as a fact of its own, with its place where the bytes are the value. */
struct fact *fact_part(struct arena *a, const struct fact *f, size_t from, size_t to)
{
	struct fact *part = fact_copy(a, f);
	bool verbatim = f->at.length == f->value.n;

	part->value = (struct span){arena_dup(a, f->value.p + from, to - from), to - from};
	part->written = f->written ? f->written : f;
	part->decoder = NULL;
	part->scalar = SCALAR_PLAIN;
	if (verbatim)
		part->at = (struct place){f->at.offset + (uint32_t)from, (uint32_t)(to - from)};
	return part;
}
