/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which waiver covers which finding. A waiver names a rule (glob, or a former id) or a control, a deployment ("*": all, the
 * facility's own line included), and may be narrowed by document (glob) or fingerprint. Only evidence against is waived:
 * what is unknown or unread cannot be accepted by anybody. An expired waiver covers nothing.
 */
#include "judge/judge_p.h"

static bool rule_named(const struct bench *b, const char *pattern, const struct rule *rule)
{
	return glob_match(pattern, rule_id(rule)) || ruleset_rule(b->rules, pattern) == rule;
}

/* One in a comment: what decides stands on its line or the next one. */
static bool beside(const struct waiver *w, const struct hit *h)
{
	const struct finding_place *p = h->place_count ? &h->places[0] : NULL;
	uint32_t line = p && p->doc == w->doc && !p->whole_document ? doc_pos(p->doc, p->at.offset).line : 0;

	return line >= w->from_line && line <= w->to_line;
}

static bool in_scope(const struct waiver *w, const struct hit *h, const char *fingerprint)
{
	if (w->doc && !beside(w, h))
		return false;
	if (strcmp(w->deployment, "*") && (!h->deployment || strcmp(w->deployment, h->deployment->id)))
		return false;
	if (w->fingerprint && (!fingerprint || strcmp(w->fingerprint, fingerprint)))
		return false;
	if (w->path && (!h->place_count || !h->places[0].doc || !glob_match(w->path, h->places[0].doc->name)))
		return false;
	return true;
}

/* c NULL: only waivers of rules. */
static bool waiver_covers(const struct bench *b, const struct waiver *w, size_t hit, const struct control *c)
{
	const struct hit *h = &b->ev->hits[hit];

	if (h->outcome != OUTCOME_AGAINST || w->until < b->date || !in_scope(w, h, b->fingerprints ? b->fingerprints[hit] : NULL))
		return false;
	if (w->rule)
		return rule_named(b, w->rule, h->rule);
	return c && w->control && !strcmp(w->control, c->id);
}

const struct waiver *waiver_for(const struct bench *b, size_t hit, const struct control *c)
{
	for (size_t i = 0; i < b->waiver_count; i++)
		if (waiver_covers(b, &b->waivers[i], hit, c))
			return &b->waivers[i];
	return NULL;
}

/* A finding is waived as a whole by a waiver of its rule, or when each of its controls is waived. */
static const struct waiver *waiver_of_hit(const struct bench *b, size_t hit)
{
	const char *const *controls;
	size_t n = rule_controls(b->ev->hits[hit].rule, &controls);
	const struct waiver *w = waiver_for(b, hit, NULL), *last = NULL;

	if (w)
		return w;
	for (size_t i = 0; i < n; i++) {
		const struct control *c = ruleset_control(b->rules, controls[i]);

		w = c ? waiver_for(b, hit, c) : NULL;
		if (!w)
			return NULL;
		last = last ? last : w;
	}
	return last;
}

static bool touches(const struct bench *b, const struct waiver *w, size_t hit)
{
	const char *const *controls;
	size_t n = rule_controls(b->ev->hits[hit].rule, &controls);

	for (size_t i = 0; i < n; i++) {
		const struct control *c = ruleset_control(b->rules, controls[i]);

		if (c && waiver_covers(b, w, hit, c))
			return true;
	}
	return waiver_covers(b, w, hit, NULL);
}

static bool fingerprint_seen(const struct bench *b, const char *fingerprint)
{
	for (size_t i = 0; b->fingerprints && i < b->ev->count; i++)
		if (b->ev->hits[i].outcome == OUTCOME_AGAINST && !strcmp(b->fingerprints[i], fingerprint))
			return true;
	return false;
}

void waivers_gather(struct bench *b, const struct waivers *more)
{
	size_t declared = b->decl ? b->decl->waiver_count : 0;
	struct waiver *all = ARENA_ARRAY(b->arena, struct waiver, declared + more->count + 1);

	if (declared)
		memcpy(all, b->decl->waivers, declared * sizeof *all);
	if (more->count)
		memcpy(all + declared, more->items, more->count * sizeof *all);
	b->waivers = all;
	b->waiver_count = declared + more->count;
}

void waivers_apply(struct bench *b, struct case_file *cf)
{
	size_t n = b->waiver_count;

	cf->waived = ARENA_ARRAY(b->arena, const struct waiver *, b->ev->count + 1);
	cf->waivers = ARENA_ARRAY(b->arena, struct waiver_use, n + 1);
	cf->waiver_count = n;
	for (size_t i = 0; n && i < b->ev->count; i++)
		if (b->ev->hits[i].outcome == OUTCOME_AGAINST)
			cf->waived[i] = waiver_of_hit(b, i);
	for (size_t k = 0; k < n; k++) {
		struct waiver_use *use = &cf->waivers[k];

		use->waiver = &b->waivers[k];
		use->expired = use->waiver->until < b->date;
		use->outgrown = use->waiver->fingerprint && !fingerprint_seen(b, use->waiver->fingerprint);
		for (size_t i = 0; i < b->ev->count; i++)
			use->used += touches(b, use->waiver, i);
	}
}
