/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Subjects of a run: each document is asked which dialect it is and tells its resources, satellites are hung into their owners,
 * views are derived from resources and documents. All in the order of documents and bytes, whatever the order of discovery.
 * Facts are only read; what is derived is new.
 */
#include "rule/subject_p.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ looking */

bool fact_is_unresolved(const struct fact *f)
{
	if (f->kind == FACT_REFERENCE || f->kind == FACT_TEMPLATE || f->state == FACT_UNKNOWN)
		return true;
	return f->kind == FACT_LITERAL && f->doc && span_ends(span_of(f->doc->name), ".tf.json") && span_find(f->value, SPAN("${"));
}

const char *fact_literal(const struct fact *f)
{
	return f && f->kind == FACT_LITERAL && !fact_is_unresolved(f) ? f->value.p : NULL;
}

const struct fact *fact_at(const struct fact *block, const char *dotted)
{
	while (block) {
		size_t n = strcspn(dotted, ".");
		char key[128];

		while (block->kind == FACT_LIST && block->first && !block->first->next)
			block = block->first;
		if (block->kind != FACT_BLOCK || n >= sizeof key)
			return NULL;
		memcpy(key, dotted, n);
		key[n] = 0;
		block = fact_child(block, key);
		if (!dotted[n])
			return block;
		dotted += n + 1;
	}
	return NULL;
}

const char *text_at(const struct fact *block, const char *dotted)
{
	const struct fact *f = fact_at(block, dotted);

	return f && fact_is_scalar(f) && f->kind != FACT_NULL ? f->value.p : NULL;
}

/* Or signs that differ as letters do: asked before the whole is compared. */
static bool same_letter(char a, char b)
{
	return !((a ^ b) & ~0x20);
}

bool text_in(const char *text, const char *const *list)
{
	if (text)
		for (; *list; list++)
			if (same_letter(*text, **list) && !strcasecmp(text, *list))
				return true;
	return false;
}

bool span_in(struct span text, const char *const *list)
{
	for (; *list; list++)
		if ((!text.n || same_letter(*text.p, **list)) && span_eq_nocase(text, span_of(*list)))
			return true;
	return false;
}

const char *folder_of(struct arena *a, const char *name)
{
	struct span folder = doc_folder(name);

	return arena_dup(a, folder.p, folder.n);
}

struct span name_beside(struct arena *a, const struct doc *d, struct span name)
{
	struct span folder = doc_folder(d->name);
	char *key = ARENA_ARRAY(a, char, folder.n + 1 + name.n);

	memcpy(key, folder.p, folder.n);
	key[folder.n] = '\n';
	for (size_t i = 0; i < name.n; i++)
		key[folder.n + 1 + i] = (char)tolower((unsigned char)name.p[i]);
	return (struct span){key, folder.n + 1 + name.n};
}

bool value_is_placeholder(struct span v)
{
	static const char *const words[] = {"changeme", "change-me", "change_me", "todo", "tbd", "fixme", "xxx", "dummy", "example", "placeholder",
					    "replace", "replaceme", "none", "null", "secret-here", "your", "redacted", "a-remplir", "a_remplir", NULL};
	static const char *const starts[] = {"changeme", "change-me", "change_me", "change-this", "your-", "your_", "example", "dummy", "replace",
					     "placeholder", "insert-", "xxx", "todo", "a-remplir", "votre-", NULL};
	char low[64];
	size_t n;

	v = span_trim(v);
	if (!v.n)
		return true;
	if ((v.p[0] == '<' && v.p[v.n - 1] == '>') || (v.p[0] == '{' && v.p[v.n - 1] == '}') || span_find(v, SPAN("${")) || span_find(v, SPAN("{{")))
		return true;
	for (n = 1; n < v.n && v.p[n] == v.p[0]; n++)
		;
	if (n == v.n && v.n >= 3 && strchr("*xX.-_#?", v.p[0]))
		return true;
	for (n = 0; n < v.n && n + 1 < sizeof low; n++)
		low[n] = (char)tolower((unsigned char)v.p[n]);
	low[n] = 0;
	if (text_in(low, words))
		return true;
	for (size_t i = 0; starts[i]; i++)
		if (*low == *starts[i] && !strncmp(low, starts[i], strlen(starts[i])))
			return true;
	return false;
}

/* ------------------------------------------------------------------ drafts */

struct scope *scope_named(struct build *b, const char *name)
{
	struct map_entry *entry = map_entry(&b->scopes, span_of(name));
	struct scope *scope;

	if (!entry->value) {
		scope = entry->value = ARENA_NEW(b->arena, struct scope);
		scope->name = entry->key.p;
	}
	return entry->value;
}

struct draft *draft_add(struct build *b, enum notation notation, const char *type, const struct fact *written)
{
	struct draft *d = ARENA_PUSH(b->scratch, b->drafts, b->draft_count);

	*d = (struct draft){.notation = notation, .type = type, .written = written, .body = written, .module = "", .index = "", .doc = b->doc};
	return d;
}

static void tell_doc(struct build *b, struct doc *d)
{
	static bool (*const dialects[])(struct build *) = {
		dialect_terraform, dialect_plan, dialect_cloudformation, dialect_arm, dialect_pulumi, dialect_kubernetes, dialect_compose, dialect_ansible,
		dialect_named,
	};

	b->doc = d;
	if (d->status == DOC_UNREADABLE || d->status == DOC_SKIPPED)
		return;
	for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
		if (dialects[i](b))
			return;
}

static void tell_docs(struct build *b)
{
	for (size_t i = 0; i < b->in->count; i++) {
		const char *folder = folder_of(b->scratch, b->in->docs[i]->name);

		map_put(&b->folders, span_of(folder), b->in->docs[i]);
	}
	for (size_t i = 0; i < b->in->count; i++) {
		watch_doc(b->in, WATCH_ALONE, b->in->docs[i]);
		tell_doc(b, b->in->docs[i]);
	}
}

/* ------------------------------------------------------------------ subjects */

static void add_subject(struct build *b, const struct draft *d)
{
	static const char *const none[] = {NULL};
	const struct type_row *row = dialect_row(b->dialects, d->type);
	struct link *link = ARENA_NEW(b->arena, struct link);
	struct subject *s = ARENA_PUSH(b->scratch, b->subjects, b->subject_count);
	const struct fact *block = normal_block(b, d);

	*link = (struct link){.row = row, .notation = d->notation, .type = d->type, .logical = d->name, .address = d->address,
			      .module = d->module, .index = d->index, .scope = d->scope, .block = block, .provider = d->provider};
	*s = (struct subject){.kind = SUBJECT_RESOURCE, .type = row ? row->name : d->type, .written = d->type, .name = d->name,
			      .address = d->address, .block = block, .written_block = d->written, .doc = d->doc,
			      .classes = row ? row->classes : none, .scope = d->scope, .conditional = d->conditional, .off = d->off, .link = link};
}

static void add_subjects(struct build *b)
{
	for (size_t i = 0; i < b->draft_count; i++)
		if (!b->drafts[i].dropped)
			add_subject(b, &b->drafts[i]);
	for (size_t i = 0; i < b->subject_count; i++)      /* they move no more */
		map_put(&b->addresses, span_of(arena_printf(b->scratch, "%s\n%s", b->subjects[i].scope->name, b->subjects[i].address)), &b->subjects[i]);
}

/* ------------------------------------------------------------------ the list */

struct ordered {
	uint32_t doc, offset;
	int rank;           /* resources before views */
	size_t made;        /* its number among resources or views: what is equal else stays in the order it was made */
};

static int compare(const void *pa, const void *pb)
{
	const struct ordered *a = pa, *b = pb;

	if (a->doc != b->doc)
		return a->doc < b->doc ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank - b->rank;
	return a->made < b->made ? -1 : 1;
}

static uint32_t offset_of(const struct fact *f)
{
	return f->head.length ? f->head.offset : f->at.offset;
}

static void fill_list(struct build *b, struct subject_list *ret)
{
	size_t count = b->subject_count + b->listed_count, doc = 0;
	struct ordered *items = ARENA_ARRAY(b->scratch, struct ordered, count + 1);
	struct map resources = MAP_INIT(b->scratch);

	for (size_t i = 0; i < b->subject_count; i++)
		items[i] = (struct ordered){b->subjects[i].doc->index, offset_of(b->subjects[i].written_block), 0, i};
	for (size_t i = 0; i < b->listed_count; i++)
		items[b->subject_count + i] = (struct ordered){b->listed[i]->subject.doc->index, offset_of(b->listed[i]->order), 1, i};
	qsort(items, count, sizeof *items, compare);
	ret->items = ARENA_ARRAY(b->arena, struct subject, count + 1);
	ret->count = count;
	ret->doc_count = b->in->count;
	ret->doc_first = ARENA_ARRAY(b->arena, size_t, b->in->count + 1);
	for (size_t i = 0; i < count; i++) {
		ret->items[i] = items[i].rank ? b->listed[items[i].made]->subject : b->subjects[items[i].made];
		for (; doc <= items[i].doc; doc++)
			ret->doc_first[doc] = i;
		if (items[i].rank == 0)
			map_put(&resources, (struct span){(const char *)&ret->items[i].link, sizeof ret->items[i].link}, &ret->items[i]);
	}
	for (; doc <= b->in->count; doc++)
		ret->doc_first[doc] = count;
	for (size_t i = 0; i < count; i++)      /* a view's resource, where it stands now */
		if (ret->items[i].of)
			ret->items[i].of = map_get(&resources, (struct span){(const char *)&ret->items[i].of->link, sizeof ret->items[i].of->link});
}

void subjects_build(struct arena *a, const struct dialects *d, const struct know *k, const struct input_set *in, int jobs, struct subject_list *ret)
{
	struct arena *s = arena_new();
	struct build b = {.arena = a, .scratch = s, .dialects = d, .know = k, .in = in, .jobs = jobs, .scopes = MAP_INIT(a), .folders = MAP_INIT(s), .given = MAP_INIT(s), .policies = MAP_INIT(s), .providers = MAP_INIT(s),
			  .modules = MAP_INIT(s), .callers = MAP_INIT(s), .plans = MAP_INIT(s), .places = MAP_INIT(s), .addresses = MAP_INIT(s), .key_notes = MAP_INIT(s)};

	tell_docs(&b);
	terraform_settle(&b);
	add_subjects(&b);
	hang_parts(&b);
	views_build(&b);
	fill_list(&b, ret);
	arena_free(s);
	watch_doc(in, WATCH_ALONE, NULL);
}
