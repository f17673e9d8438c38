/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Quorum of evidence (docs/rules.md section 9). `every`: each concerned subject needs evidence; `one`: some evidence for;
 * `document`: only a document that a person reads can show it: the
 * declaration names it with its digest, and a file with that very digest was handed over.
 * A subject has evidence when a hit names it, or stands inside its block: the place of a bucket speaks for the bucket.
 */
#include "judge/judge_p.h"

#include <stdio.h>

/* Addresses that hits of the bucket speak of, with their document: "index/address". */
static const char *subject_key(char *buffer, size_t size, const struct doc *d, const char *address)
{
	snprintf(buffer, size, "%u/%s", d ? d->index : UINT32_MAX, address ? address : "");
	return buffer;
}

static struct map named_subjects(const struct bench *b, const struct bucket *k)
{
	struct map m = MAP_INIT(b->arena);
	char key[LIMIT_PATH_BYTES];

	for (size_t i = 0; i < k->count; i++) {
		const struct hit *h = &b->ev->hits[k->hits[i]];

		for (size_t p = 0; h->subject && p < h->place_count; p++)
			map_put(&m, span_of(subject_key(key, sizeof key, h->places[p].doc, h->subject)), h);
	}
	return m;
}

/* Hits are sorted by document and place: the first at or behind the block's start is looked for by halving. */
static bool hit_inside(const struct bench *b, const struct bucket *k, const struct concern *c)
{
	const struct place at = c->block ? c->block->at : (struct place){0, 0};
	const uint32_t start = c->block && c->block->head.length && c->block->head.offset < at.offset ? c->block->head.offset : at.offset;
	size_t low = 0, high = k->count;

	if (!c->block || !c->doc)
		return false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct hit *h = &b->ev->hits[k->hits[mid]];
		const struct finding_place *p = h->place_count ? &h->places[0] : NULL;
		bool before = !p || !p->doc || p->doc->index < c->doc->index || (p->doc == c->doc && p->at.offset < start);

		if (before)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < k->count) {
		const struct finding_place *p = &b->ev->hits[k->hits[low]].places[0];

		return p->doc == c->doc && !p->whole_document && p->at.offset < at.offset + at.length;
	}
	return false;
}

static bool concerned(const struct control *c, const char *what)
{
	for (size_t i = 0; i < c->concern_count; i++)
		if (!strcmp(c->concerns[i], what))
			return true;
	return false;
}

static void list_missing(const struct bench *b, const struct bucket *k, struct judgement *j)
{
	const struct row *row = &b->rows[row_of(b, j->deployment)];
	struct map named = named_subjects(b, k);
	char key[LIMIT_PATH_BYTES];

	for (size_t i = 0; i < row->concern_count; i++) {
		const struct concern *c = row->concerns[i];

		if (!concerned(j->control, c->what))
			continue;
		subject_key(key, sizeof key, c->doc, c->address);
		if (map_get(&named, span_of(key)) || hit_inside(b, k, c))
			continue;
		map_put(&named, span_of(key), c);      /* a subject of two classes is listed once */
		*ARENA_PUSH(b->arena, j->missing, j->missing_count) = c;
	}
}

/*
 * What is declared and never shown stays not evidenced: support by the declaration's own answers counts only for a control
 * that speaks of the declaration itself (concerns: [deployment]), such as the dates of a certificate.
 */
static bool is_shown(const struct bench *b, const struct judgement *j)
{
	if (concerned(j->control, "deployment"))
		return j->support_count > 0;
	for (size_t i = 0; i < j->support_count; i++)
		if (j->support[i]->place_count && j->support[i]->places[0].doc != b->decl->doc)
			return true;
	return false;
}

static bool is_handed_over(const struct bench *b, const char *sha256)
{
	for (size_t i = 0; i < b->inputs->count; i++)
		if (span_eq_nocase(span_of(b->inputs->docs[i]->sha256), span_of(sha256)))
			return true;
	return false;
}

/* A reference alone is a promise; the file itself, under the seal with the rest, is what a person can read. */
static bool document_handed_over(const struct bench *b, const struct judgement *j)
{
	for (size_t i = 0; j->deployment && i < j->control->declared_count; i++) {
		const struct fact *f = declared_field(b->decl, j->deployment, j->control->declared[i]);
		const char *sha256 = f && f->kind == FACT_BLOCK ? fact_text(f, "sha256") : NULL;

		if (sha256 && is_handed_over(b, sha256))
			return true;
	}
	return false;
}

bool quorum_met(const struct bench *b, const struct bucket *k, struct judgement *j)
{
	switch (j->control->quorum) {
	case QUORUM_EVERY:
		list_missing(b, k, j);
		return is_shown(b, j) && !j->missing_count;
	case QUORUM_ONE:
		return is_shown(b, j);
	case QUORUM_DOCUMENT:
		return document_handed_over(b, j);
	}
	return false;
}

/* ------------------------------------------------------------------ declared fields */

static bool listed(const struct judgement *j, const char *field)
{
	for (size_t i = 0; i < j->not_declared_count; i++)
		if (!strcmp(j->not_declared[i], field))
			return true;
	return false;
}

static bool rule_speaks_for(const struct rule *r, const char *control)
{
	const char *const *ids;
	size_t n = rule_controls(r, &ids);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(ids[i], control))
			return true;
	return false;
}

void list_not_declared(const struct bench *b, struct judgement *j)
{
	const struct row *row = &b->rows[row_of(b, j->deployment)];

	for (size_t i = 0; i < j->control->declared_count; i++)
		if (declared_state(declared_field(b->decl, j->deployment, j->control->declared[i])) == DECLARED_ABSENT)
			*ARENA_PUSH(b->arena, j->not_declared, j->not_declared_count) = j->control->declared[i];
	for (size_t i = 0; i < row->field_count; i++) {
		const struct undeclared_field *f = row->fields[i];

		if (rule_speaks_for(f->rule, j->control->id) && !listed(j, f->field))
			*ARENA_PUSH(b->arena, j->not_declared, j->not_declared_count) = f->field;
	}
}
