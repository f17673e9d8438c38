/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Hits of one task put in order of worth: those that yield to another rule at the same place go, those that once_per counts
 * as one are folded into the first. A document may hold a hundred thousand hits: both questions are asked of tables,
 * never of every other hit.
 */
#include "base/limits.h"
#include "rule/rule_p.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ what counts as one */

static const char *column_key(const struct hit *h)
{
	const struct fact *f = h->places[0].fact;
	const char *key = f ? setting_key(f) : NULL;

	return key ? key : "";
}

static bool at_same_place(const struct hit *a, const struct hit *b)
{
	const struct finding_place *p = &a->places[0], *q = &b->places[0];

	return p->doc == q->doc && p->at.offset == q->at.offset && p->whole_document == q->whole_document && !p->whole_document;
}

/* Two hits count as one when their keys are equal. Zeroed before it is filled: it is compared byte by byte. */
struct once_key {
	const struct rule *rule;
	const struct deployment *deployment;
	const void *doc, *what;      /* enclosing block, or column's key, once each */
	uint64_t outcome;
	uint64_t offset;             /* of the place, behind ONE_PLACE */
};

#define BY_ONCE UINT64_MAX           /* no place has this offset */

struct settling {
	struct arena *scratch;
	struct map kept;             /* struct once_key to 1 + number of the first hit kept under it */
	struct map lines;            /* struct once_key of a document to how many lines of it are told */
	struct map columns;          /* keys of columns and addresses of calls, one copy each */
};

static struct once_key key_of(const struct hit *h, uint64_t offset)
{
	struct once_key k;

	memset(&k, 0, sizeof k);
	k.rule = h->rule;
	k.deployment = h->deployment;
	k.outcome = (uint64_t)h->outcome;
	k.offset = offset;
	return k;
}

static bool is_on_view(const struct hit *h, const char *view)
{
	const struct where *w = &h->rule->where;

	return w->kind == WHERE_VIEW && w->count == 1 && !strcmp(w->names[0], view);
}

/*
 * Many resources that take where they are from one variable are one choice: it is told once, where it was made, or where the first of
 * them takes it when that place is not kept. So is a line of YAML that an alias repeats in the same file.
 */
static const struct origin *chosen_at(const struct hit *h)
{
	const struct fact *f = h->places[0].fact;

	if (!f || !fact_set_at(f) || fact_set_at(f)->use)
		return NULL;
	if (is_on_view(h, "place"))
		return fact_set_at(f);
	return f->doc && fact_set_at(f)->doc == f->doc && f->doc->format == format_named("yaml") ? fact_set_at(f) : NULL;
}

/* Evidence for is never folded by place: the quorum asks for each subject. */
static bool place_key(struct settling *s, const struct hit *h, struct once_key *ret)
{
	const struct origin *choice = chosen_at(h);
	const struct finding_place *p = &h->places[0];

	*ret = key_of(h, choice ? choice->at.offset : p->at.offset);
	ret->doc = choice ? choice->doc : p->doc;
	if (!choice && p->doc && is_on_view(h, "call")) {      /* several addresses of one setting, on one line: the nodes of one service */
		ret->offset = doc_pos(p->doc, p->at.offset).line;
		ret->what = map_intern(&s->columns, span_of(h->subject ? h->subject : ""));
	}
	return h->outcome != OUTCOME_FOR && !h->places[0].whole_document;
}

static struct span key_bytes(const struct once_key *k)
{
	return (struct span){(const char *)k, sizeof *k};
}

/* A line of a table of people is a person, and told at its place, until enough are told to show what the document is. */
static void line_key(const struct settling *s, const struct hit *h, struct once_key *ret)
{
	static const char by_line;
	const struct finding_place *p = &h->places[0];

	if ((uintptr_t)map_get(&s->lines, key_bytes(ret)) >= LIMIT_LINES_PER_RULE_FILE || !p->doc || p->whole_document)
		return;
	ret->what = &by_line;
	ret->offset = doc_pos(p->doc, p->at.offset).line;
}

static bool once_key(struct settling *s, const struct hit *h, struct once_key *ret)
{
	*ret = key_of(h, BY_ONCE);
	if (h->rule->once_per == ONCE_DEPLOYMENT)
		return true;
	ret->doc = h->places[0].doc;
	switch (h->rule->once_per) {
	case ONCE_BLOCK:
		ret->what = fact_enclosing(h->places[0].fact);
		return true;
	case ONCE_COLUMN:
		ret->what = map_intern(&s->columns, span_of(column_key(h)));
		return h->places[0].fact;
	case ONCE_LINE:
		line_key(s, h, ret);
		return true;
	case ONCE_DOCUMENT:
		return true;
	default:
		return false;
	}
}

static void note_kept(struct settling *s, const struct once_key *k, size_t number)
{
	struct map_entry *entry = map_entry(&s->kept, key_bytes(k));

	if (!entry->value)
		entry->value = (void *)(uintptr_t)(number + 1);
}

/* The document's own key leads to the first line told: further ones are counted there when the lines are used up. */
static void note_line(struct settling *s, const struct once_key *once, size_t number)
{
	struct once_key document = *once;
	struct map_entry *entry;

	document.what = NULL;
	document.offset = BY_ONCE;
	note_kept(s, &document, number);
	entry = map_entry(&s->lines, key_bytes(&document));
	entry->value = (void *)((uintptr_t)entry->value + 1);
}

/* Comments without a key share no column. */
static bool opens_column(const struct hit *h)
{
	return h->rule->once_per != ONCE_COLUMN || column_key(h)[0] || h->places[0].fact->kind != FACT_COMMENT;
}

/* The first hit kept that h counts as one with, or SIZE_MAX: then h is kept as number. */
static size_t same_as(struct settling *s, const struct hit *h, size_t number)
{
	struct once_key place, once;
	bool by_place = place_key(s, h, &place), by_once = once_key(s, h, &once);
	size_t a = by_place ? (size_t)(uintptr_t)map_get(&s->kept, key_bytes(&place)) : 0;
	size_t b = by_once ? (size_t)(uintptr_t)map_get(&s->kept, key_bytes(&once)) : 0;

	if (a || b)
		return (a && (!b || a < b) ? a : b) - 1;
	if (by_place)
		note_kept(s, &place, number);
	if (by_once && opens_column(h))
		note_kept(s, &once, number);
	if (by_once && h->rule->once_per == ONCE_LINE)
		note_line(s, &once, number);
	return SIZE_MAX;
}

static void fold_into(struct arena *a, struct hit *into, const struct hit *h)
{
	into->count += h->count;
	if (into->place_count < 3 && h->place_count && !at_same_place(into, h))
		*ARENA_PUSH(a, into->places, into->place_count) = h->places[0];
	if (h->severity > into->severity)
		into->severity = h->severity;
	if (h->confidence > into->confidence)
		into->confidence = h->confidence;
}

/* ------------------------------------------------------------------ what yields */

/* A hit against, as others may yield to it. */
struct rival {
	const struct doc *doc;
	const struct deployment *deployment;
	uint64_t from, to;
	uint64_t furthest;           /* the greatest `to` so far, of this document and deployment */
	const struct rule *rule;
};

struct rivals {
	struct rival *items;
	size_t count;
};

/* By document and deployment (in any order: it is only looked up), then by place. */
static int by_place(const void *x, const void *y)
{
	const struct rival *a = x, *b = y;

	if (a->doc != b->doc)
		return (uintptr_t)a->doc < (uintptr_t)b->doc ? -1 : 1;
	if (a->deployment != b->deployment)
		return (uintptr_t)a->deployment < (uintptr_t)b->deployment ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

static struct rival rival_of(const struct hit *h)
{
	const struct finding_place *p = &h->places[0];
	uint64_t to = (uint64_t)p->at.offset + (p->at.length ? p->at.length : 1);

	return (struct rival){p->doc, h->deployment, p->at.offset, to, to, h->rule};
}

static bool same_side(const struct rival *a, const struct rival *b)
{
	return a->doc == b->doc && a->deployment == b->deployment;
}

static struct rivals list_rivals(struct arena *a, const struct found *f)
{
	struct rivals r = {.items = ARENA_ARRAY(a, struct rival, f->count + 1)};

	for (size_t i = 0; i < f->count; i++)
		if (f->hits[i].outcome == OUTCOME_AGAINST && !f->hits[i].places[0].whole_document)
			r.items[r.count++] = rival_of(&f->hits[i]);
	if (r.count)
		qsort(r.items, r.count, sizeof *r.items, by_place);
	for (size_t i = 1; i < r.count; i++)
		if (same_side(&r.items[i], &r.items[i - 1]) && r.items[i - 1].furthest > r.items[i].furthest)
			r.items[i].furthest = r.items[i - 1].furthest;
	return r;
}

/* How many rivals begin before the end of h, counting other documents and deployments that are sorted before its own. */
static size_t begin_before(const struct rivals *r, const struct rival *h)
{
	struct rival end = *h;
	size_t low = 0, high = r->count;

	end.from = h->to;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_place(&r->items[middle], &end) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_outdone(const struct rivals *r, const struct hit *h)
{
	struct rival own = rival_of(h);

	if (!h->rule->yield_count || h->places[0].whole_document)
		return false;
	for (size_t i = begin_before(r, &own); i-- && same_side(&r->items[i], &own) && r->items[i].furthest > own.from;)
		if (r->items[i].to > own.from && rule_yields(h->rule, r->items[i].rule))
			return true;
	return false;
}

static size_t drop_outdone(struct arena *scratch, const struct found *f)
{
	struct rivals r = {0};
	bool any = false;
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++)
		any = any || f->hits[i].rule->yield_count;
	if (!any)
		return f->count;
	r = list_rivals(scratch, f);
	for (size_t i = 0; i < f->count; i++)
		if (!is_outdone(&r, &f->hits[i]))
			f->hits[kept++] = f->hits[i];
	return kept;
}

void found_settle(struct found *f)
{
	struct settling s = {.scratch = arena_new()};
	size_t kept = 0;

	s.kept = s.lines = s.columns = MAP_INIT(s.scratch);
	f->count = drop_outdone(s.scratch, f);
	for (size_t i = 0; i < f->count; i++) {
		bool folds = f->hits[i].rule->once_per != ONCE_SUBJECT || f->hits[i].outcome != OUTCOME_FOR;
		size_t same = folds ? same_as(&s, &f->hits[i], kept) : SIZE_MAX;

		if (same != SIZE_MAX)
			fold_into(f->arena, &f->hits[same], &f->hits[i]);
		else
			f->hits[kept++] = f->hits[i];
	}
	f->count = kept;
	arena_free(s.scratch);
}
