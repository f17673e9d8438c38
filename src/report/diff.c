/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Pairs the findings of two reports. First by identity: fingerprint, occurrence, deployment. What is left on both sides is paired by place:
 * rule, deployment, document and path, which is a value that changed. The rest appeared or is gone. Linear but for the maps.
 */
#include "report/diff.h"

#include <stdlib.h>

const char *const diff_kind_names[DIFF_KINDS] = {
	[DIFF_APPEARED] = "appeared", [DIFF_CHANGED] = "changed", [DIFF_UNWAIVED] = "unwaived", [DIFF_WAIVED] = "waived", [DIFF_GONE] = "gone"};

struct side {
	const struct report_finding *list;
	size_t count;
	bool *paired;
};

typedef const char *key_maker(struct arena *a, const struct report_finding *f);

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static const char *identity_key(struct arena *a, const struct report_finding *f)
{
	return arena_printf(a, "%s\n%u\n%s", f->fingerprint, f->occurrence, or_empty(f->deployment));
}

static const char *place_key(struct arena *a, const struct report_finding *f)
{
	const struct report_place *p = f->place_count ? &f->places[0] : NULL;

	return arena_printf(a, "%s\n%s\n%s\n%s\n%s", f->rule, or_empty(f->deployment), p ? or_empty(p->document) : "", p ? or_empty(p->path) : "", or_empty(f->subject));
}

/* ------------------------------------------------------------------ findings */

static bool same_standing(const struct report_finding *a, const struct report_finding *b)
{
	return a->severity == b->severity && !strcmp(a->verdict, b->verdict);
}

static void add(struct arena *a, struct diff_finding **list, size_t *count, enum diff_kind kind, const struct report_finding *before,
		const struct report_finding *after)
{
	*ARENA_PUSH(a, *list, *count) = (struct diff_finding){kind, before, after};
}

static void add_pair(struct arena *a, struct diff_finding **list, size_t *count, const struct report_finding *before,
		     const struct report_finding *after, bool by_place)
{
	if (!before->waived_by != !after->waived_by)
		add(a, list, count, after->waived_by ? DIFF_WAIVED : DIFF_UNWAIVED, before, after);
	else if (by_place || !same_standing(before, after))
		add(a, list, count, DIFF_CHANGED, before, after);
}

/* Keys may repeat by place: the n-th with the n-th. */
static const char *numbered(struct arena *a, struct map *seen, const char *key)
{
	struct map_entry *e = map_entry(seen, span_of(key));
	uintptr_t n = (uintptr_t)e->value + 1;

	e->value = (void *)n;
	return arena_printf(a, "%s\n%zu", key, (size_t)n);
}

static void pair(struct arena *a, struct side *before, struct side *after, key_maker *key, bool by_place, struct diff_finding **list, size_t *count)
{
	struct map known = MAP_INIT(a), seen_before = MAP_INIT(a), seen_after = MAP_INIT(a);

	for (size_t i = 0; i < before->count; i++)
		if (!before->paired[i])
			map_put(&known, span_of(numbered(a, &seen_before, key(a, &before->list[i]))), (void *)(uintptr_t)(i + 1));
	for (size_t i = 0; i < after->count; i++) {
		uintptr_t at;

		if (after->paired[i])
			continue;
		at = (uintptr_t)map_get(&known, span_of(numbered(a, &seen_after, key(a, &after->list[i]))));
		if (!at)
			continue;
		before->paired[at - 1] = after->paired[i] = true;
		add_pair(a, list, count, &before->list[at - 1], &after->list[i], by_place);
	}
}

static int by_kind(const void *x, const void *y)
{
	const struct diff_finding *a = x, *b = y;
	const struct report_finding *f = a->after ? a->after : a->before, *g = b->after ? b->after : b->before;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (f->severity != g->severity)
		return f->severity > g->severity ? -1 : 1;
	return (f > g) - (f < g);      /* one array within a kind: its order */
}

static struct diff_finding *compare(struct arena *a, struct side before, struct side after, size_t *ret_count)
{
	struct diff_finding *list = NULL;

	before.paired = ARENA_ARRAY(a, bool, before.count + 1);
	after.paired = ARENA_ARRAY(a, bool, after.count + 1);
	*ret_count = 0;
	pair(a, &before, &after, identity_key, false, &list, ret_count);
	pair(a, &before, &after, place_key, true, &list, ret_count);
	for (size_t i = 0; i < after.count; i++)
		if (!after.paired[i])
			add(a, &list, ret_count, DIFF_APPEARED, NULL, &after.list[i]);
	for (size_t i = 0; i < before.count; i++)
		if (!before.paired[i])
			add(a, &list, ret_count, DIFF_GONE, &before.list[i], NULL);
	if (*ret_count)
		qsort(list, *ret_count, sizeof *list, by_kind);
	return list;
}

/* ------------------------------------------------------------------ verdicts, advice, inputs */

static const char *cell_key(struct arena *a, const struct report_cell *c)
{
	return arena_printf(a, "%s\n%s", or_empty(c->deployment), c->control);
}

static void compare_cells(struct arena *a, struct report_diff *d)
{
	struct map known = MAP_INIT(a), met = MAP_INIT(a);

	for (size_t i = 0; i < d->before->cell_count; i++)
		map_put(&known, span_of(cell_key(a, &d->before->cells[i])), &d->before->cells[i]);
	for (size_t i = 0; i < d->after->cell_count; i++) {
		const struct report_cell *now = &d->after->cells[i], *then = map_get(&known, span_of(cell_key(a, now)));

		map_put(&met, span_of(cell_key(a, now)), &d->after->cells[i]);
		if (!then || then->verdict != now->verdict)
			*ARENA_PUSH(a, d->cells, d->cell_count) = (struct diff_cell){now->deployment, now->control, then ? verdict_names[then->verdict] : NULL,
										     verdict_names[now->verdict]};
	}
	for (size_t i = 0; i < d->before->cell_count; i++) {
		const struct report_cell *then = &d->before->cells[i];

		if (!map_get(&met, span_of(cell_key(a, then))))
			*ARENA_PUSH(a, d->cells, d->cell_count) = (struct diff_cell){then->deployment, then->control, verdict_names[then->verdict], NULL};
	}
}

static const struct report_deployment *deployment_named(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->deployment_count; i++)
		if (!strcmp(r->deployments[i].id, id))
			return &r->deployments[i];
	return NULL;
}

static void compare_advices(struct arena *a, struct report_diff *d)
{
	const struct report *before = d->before, *after = d->after;

	if (before->facility && after->facility && before->advice != after->advice)
		*ARENA_PUSH(a, d->advices, d->advice_count) = (struct diff_advice){NULL, advice_names[before->advice], advice_names[after->advice]};
	for (size_t i = 0; i < after->deployment_count; i++) {
		const struct report_deployment *now = &after->deployments[i], *then = deployment_named(before, now->id);

		if (!then || then->advice != now->advice)
			*ARENA_PUSH(a, d->advices, d->advice_count) = (struct diff_advice){now->id, then ? advice_names[then->advice] : NULL, advice_names[now->advice]};
	}
	for (size_t i = 0; i < before->deployment_count; i++)
		if (!deployment_named(after, before->deployments[i].id))
			*ARENA_PUSH(a, d->advices, d->advice_count) =
				(struct diff_advice){before->deployments[i].id, advice_names[before->deployments[i].advice], NULL};
}

/* Both lists in byte order of names: one walk. A report of others may be unordered; then a name shows as gone and come. */
static void compare_inputs(struct arena *a, struct report_diff *d)
{
	const struct report *before = d->before, *after = d->after;

	for (size_t i = 0, k = 0; i < before->input_count || k < after->input_count;) {
		const struct report_input *then = i < before->input_count ? &before->inputs[i] : NULL, *now = k < after->input_count ? &after->inputs[k] : NULL;
		int by = !then ? 1 : !now ? -1 : strcmp(then->name, now->name);

		/* analyser: by is not 0 where one of them is NULL */
		if (by || strcmp(then->sha256, now->sha256))
			*ARENA_PUSH(a, d->inputs, d->input_count) = (struct diff_input){by > 0 ? now->name : then->name, by > 0 ? NULL : then->sha256, by < 0 ? NULL : now->sha256};
		i += by <= 0;
		k += by >= 0;
	}
}

void diff_make(struct arena *a, const struct report *before, const struct report *after, struct report_diff *ret)
{
	*ret = (struct report_diff){.before = before, .after = after};
	ret->findings = compare(a, (struct side){before->findings, before->finding_count, NULL}, (struct side){after->findings, after->finding_count, NULL},
				&ret->finding_count);
	ret->evidence = compare(a, (struct side){before->support, before->support_count, NULL}, (struct side){after->support, after->support_count, NULL},
				&ret->evidence_count);
	compare_cells(a, ret);
	compare_advices(a, ret);
	compare_inputs(a, ret);
	ret->rules_differ = strcmp(before->rules_digest, after->rules_digest) || strcmp(before->know_digest, after->know_digest);
}

bool diff_brings(const struct report_diff *d, enum severity from)
{
	for (size_t i = 0; i < d->finding_count; i++) {
		const struct diff_finding *x = &d->findings[i];

		if (!x->after || !finding_is_breach(x->after) || x->after->severity < from)
			continue;
		/* less grave than before, but the same thing: no news */
		if (x->kind != DIFF_CHANGED || !finding_is_breach(x->before) || x->after->severity > x->before->severity ||
		    strcmp(x->after->fingerprint, x->before->fingerprint))
			return true;
	}
	return false;
}
