/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From evidence to one verdict per deployment and control. Hits are put into buckets (deployment, control), each bucket is
 * counted into a struct evidence, verdict.c answers. Relies on the order of ev->hits; decides nothing by pointer or hash.
 */
#include "judge/judge_p.h"

/* ------------------------------------------------------------------ preparing */

/* Index of a control, or control_count when the rules name one that is not loaded. */
static size_t control_at(const struct bench *b, const char *id)
{
	const struct control *const *at = map_get(&b->control_index, span_of(id));

	return at ? (size_t)(at - b->controls) : b->control_count;
}

static void prepare_controls(struct bench *b)
{
	b->control_count = ruleset_controls(b->rules, &b->controls);
	b->control_index = MAP_INIT(b->arena);
	for (size_t i = 0; i < b->control_count; i++)
		map_put(&b->control_index, span_of(b->controls[i]->id), &b->controls[i]);
}

/* Which controls a rule speaks of. */
static void note_spoken(struct bench *b)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(b->rules, &rules);

	b->spoken = ARENA_ARRAY(b->arena, bool, b->control_count + 1);
	for (size_t r = 0; r < n; r++) {
		const char *const *ids;
		size_t count = rule_controls(rules[r], &ids);

		for (size_t i = 0; i < count; i++) {
			size_t at = control_at(b, ids[i]);

			if (at < b->control_count)
				b->spoken[at] = true;
		}
	}
}

static struct bucket *bucket_of(const struct bench *b, const struct deployment *d, size_t control)
{
	return &b->buckets[row_of(b, d) * b->control_count + control];
}

static void fill_buckets(struct bench *b)
{
	b->buckets = ARENA_ARRAY(b->arena, struct bucket, (b->decl->deployment_count + 1) * b->control_count + 1);
	for (size_t i = 0; i < b->ev->count; i++) {
		const char *const *ids;
		size_t n = rule_controls(b->ev->hits[i].rule, &ids);

		for (size_t k = 0; k < n; k++) {
			size_t at = control_at(b, ids[k]);
			struct bucket *bucket;

			if (at == b->control_count)
				continue;
			bucket = bucket_of(b, b->ev->hits[i].deployment, at);
			*ARENA_PUSH(b->arena, bucket->hits, bucket->count) = i;
		}
	}
}

static void fill_rows(struct bench *b)
{
	b->rows = ARENA_ARRAY(b->arena, struct row, b->decl->deployment_count + 1);
	for (size_t i = 0; i < b->ev->concern_count; i++) {
		struct row *row = &b->rows[row_of(b, b->ev->concerns[i].deployment)];

		*ARENA_PUSH(b->arena, row->concerns, row->concern_count) = &b->ev->concerns[i];
	}
	for (size_t i = 0; i < b->ev->field_count; i++) {
		struct row *row = &b->rows[row_of(b, b->ev->fields[i].deployment)];

		*ARENA_PUSH(b->arena, row->fields, row->field_count) = &b->ev->fields[i];
	}
}

/* ------------------------------------------------------------------ does the control apply */

static bool is_in_force(const struct control *c, date_t date)
{
	return (c->from == DATE_NONE || date >= c->from) && (c->until == DATE_NONE || date <= c->until);
}

/* State services, State operators and public interest groups: law 2024-449, article 31. */
static bool is_state(struct span entity_type)
{
	static const char *const kinds[] = {"state-service", "state-operator", "gip"};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (span_is(entity_type, kinds[i]))
			return true;
	return false;
}

/*
 * A control that binds only the State's own bodies does not concern a hospital. Hosts, vendors and professionals are
 * audited through the facility that chose them, so their duties count. An unsaid entity type excludes nothing.
 */
static bool is_bound(const struct bench *b, const struct deployment *d, const struct control *c)
{
	const struct fact *entity = declared_field(b->decl, d, "entity_type");

	for (size_t i = 0; i < c->bound_count; i++)
		if (strcmp(c->bound[i], "STATE"))
			return true;
	return !c->bound_count || declared_state(entity) != DECLARED_VALUE || is_state(entity->value);
}

/* ------------------------------------------------------------------ counting */

static void push_hit(struct arena *a, const struct hit ***list, size_t *count, const struct hit *h)
{
	*ARENA_PUSH(a, *list, *count) = h;
}

static void count_against(struct evidence *e, const struct hit *h)
{
	if (h->confidence == CONFIDENCE_LOW)
		e->doubt = true;
	else if (h->contradicts || h->undeclared)
		e->contradicted = true;
	else
		e->against = true;
}

struct count {
	struct evidence kept, all;      /* without, and with, what is waived */
	size_t unwaived;
	bool limit, graver;
	bool undeclared;
	enum severity gravest;
};

static void count_hit(const struct bench *b, size_t index, struct judgement *j, struct count *c)
{
	const struct hit *h = &b->ev->hits[index];

	switch (h->outcome) {
	case OUTCOME_AGAINST:
		push_hit(b->arena, &j->against, &j->against_count, h);
		count_against(&c->all, h);
		if (waiver_for(b, index, j->control))
			return;
		count_against(&c->kept, h);
		c->unwaived++;
		c->undeclared |= h->undeclared;
		if (!c->graver || h->severity > c->gravest)
			c->gravest = h->severity;
		c->graver = true;
		return;
	case OUTCOME_FOR:
		push_hit(b->arena, &j->support, &j->support_count, h);
		return;
	case OUTCOME_UNKNOWN:
		push_hit(b->arena, &j->open, &j->open_count, h);
		c->kept.unknown = c->all.unknown = true;
		return;
	case OUTCOME_INCOMPLETE:
		push_hit(b->arena, &j->open, &j->open_count, h);
		c->kept.incomplete = c->all.incomplete = c->limit = true;
		return;
	case OUTCOME_SILENT:
		return;
	}
}

/* ------------------------------------------------------------------ the reason in a word */

const char *const why_words[] = {
#define WHY(id, word, fr, en) [WHY_##id] = word,
#include "judge/why.def"
#undef WHY
};

static enum why why_not_evidenced(const struct judgement *j, bool spoken)
{
	if (j->control->quorum == QUORUM_DOCUMENT)
		return WHY_document;
	if (!spoken)
		return j->control->declared_count ? WHY_declaration_only : WHY_no_rule;
	if (j->missing_count)
		return j->support_count ? WHY_quorum_not_met : WHY_no_evidence;
	return j->support_count ? WHY_declaration_only : WHY_no_subject;
}

static enum why why_of(const struct bench *b, const struct judgement *j, const struct count *c, bool spoken)
{
	switch (j->verdict) {
	case VERDICT_WAIVED:
		return WHY_waived;
	case VERDICT_NOT_APPLICABLE:
		if (c->kept.in_force)
			return WHY_not_bound;
		return j->control->from != DATE_NONE && b->date < j->control->from ? WHY_not_in_force : WHY_no_longer_in_force;
	case VERDICT_CONTRADICTED:
		return c->undeclared ? WHY_undeclared : WHY_declared_differs;
	case VERDICT_NONCONFORM:
		return WHY_evidence_against;
	case VERDICT_TO_CONFIRM:
		return WHY_low_confidence;
	case VERDICT_INCOMPLETE:
		return WHY_limit;
	case VERDICT_UNKNOWN:
		return WHY_unresolved;
	case VERDICT_CONFORM:
		return WHY_quorum;
	case VERDICT_NOT_EVIDENCED:
	case VERDICTS:
		break;
	}
	return why_not_evidenced(j, spoken);
}

/* What was not read has its own words, unless a limit stands in the way already. */
static const char *why_word(const struct bench *b, const struct judgement *j, const struct count *c, const struct deployment_state *s, bool spoken)
{
	if (j->verdict == VERDICT_INCOMPLETE && !c->limit && s && s->why)
		return s->why;
	return why_words[why_of(b, j, c, spoken)];
}

/* ------------------------------------------------------------------ one judgement */

static void judge_control(const struct bench *b, const struct deployment_state *s, size_t control, struct judgement *j)
{
	const struct bucket *k = bucket_of(b, j->deployment, control);
	struct count c = {0};

	j->control = b->controls[control];
	for (size_t i = 0; i < k->count; i++)
		count_hit(b, k->hits[i], j, &c);
	c.kept.in_force = c.all.in_force = is_in_force(j->control, b->date);
	c.kept.bound = c.all.bound = is_bound(b, j->deployment, j->control);
	c.kept.waived_all = j->against_count && !c.unwaived;
	/* Unread documents matter where a rule could have spoken; a control of documents is not waiting for exports. */
	if (s && s->incomplete && b->spoken[control] && j->control->quorum != QUORUM_DOCUMENT)
		c.kept.incomplete = c.all.incomplete = true;
	if (s) {
		c.kept.quorum = c.all.quorum = quorum_met(b, k, j);
		list_not_declared(b, j);
	}
	j->verdict = verdict_of(&c.kept);
	j->below = verdict_of(&c.all);
	j->partial = s && s->partial && b->spoken[control];
	j->severity = c.graver ? c.gravest : j->control->severity;
	j->why = why_word(b, j, &c, s, b->spoken[control]);
}

/* ------------------------------------------------------------------ deployments */

static bool walk_failed(const struct input_set *inputs)
{
	for (size_t i = 0; i < inputs->diag_count; i++)
		if (inputs->diags[i].level == DIAG_ERROR && !inputs->diags[i].doc)
			return true;
	return false;
}

static void count_document(struct deployment_state *s, const struct doc *d)
{
	s->docs++;
	s->docs_read += d->status == DOC_READ;
	s->docs_partial += d->status == DOC_PARTIAL;
	if (d->status == DOC_PARTIAL || d->status == DOC_UNREADABLE) {
		s->incomplete = true;
		s->why = why_words[WHY_unread_document];
	}
	s->partial |= d->status != DOC_READ;      /* a binary of no known format does not stop the audit, but is said */
}

static void look_at_documents(const struct bench *b, struct deployment_state *s)
{
	for (size_t i = 0; i < b->inputs->count; i++)
		if (b->inputs->docs[i] != b->decl->doc && deployment_covers(s->deployment, b->inputs->docs[i]))
			count_document(s, b->inputs->docs[i]);
	if (!s->docs) {
		s->incomplete = true;
		s->why = why_words[WHY_no_document];
	} else if (!s->incomplete && walk_failed(b->inputs)) {
		s->incomplete = true;
		s->why = why_words[WHY_unread_folder];
	}
	s->partial |= s->incomplete;
	s->basis.incomplete = s->incomplete;
	s->basis.partial = s->partial;
	s->basis.docs_read = s->docs_read + s->docs_partial;
}

static void weigh(struct advice_basis *b, const struct judgement *j)
{
	bool against = j->verdict == VERDICT_NONCONFORM || j->verdict == VERDICT_CONTRADICTED;

	b->grave += against && j->severity >= SEVERITY_HIGH;
	b->lesser += against && j->severity < SEVERITY_HIGH && j->severity > SEVERITY_INFO;
	b->doubts += j->verdict == VERDICT_TO_CONFIRM && j->severity > SEVERITY_INFO;
	b->open_points += j->verdict == VERDICT_UNKNOWN && j->severity >= SEVERITY_MEDIUM;
	b->unshown += j->verdict == VERDICT_NOT_EVIDENCED && j->severity == SEVERITY_CRITICAL;
	b->conform += j->verdict == VERDICT_CONFORM;
	b->unfinished += j->verdict == VERDICT_INCOMPLETE;
}

static void judge_deployment(const struct bench *b, const struct deployment *d, struct case_file *cf)
{
	struct deployment_state *s = &cf->states[cf->state_count++];

	s->deployment = d;
	look_at_documents(b, s);
	for (size_t c = 0; c < b->control_count; c++) {
		struct judgement *j = &cf->judgements[cf->count++];

		j->deployment = d;
		judge_control(b, s, c, j);
		weigh(&s->basis, j);
	}
	s->advice = advice_of(&s->basis);
}

/* The facility's own line: only where something was found, since nobody declared what these documents should show. */
static void judge_facility(const struct bench *b, struct case_file *cf)
{
	struct advice_basis basis = {0};

	for (size_t c = 0; c < b->control_count; c++) {
		struct judgement *j = &cf->judgements[cf->count];

		*j = (struct judgement){0};
		judge_control(b, NULL, c, j);
		if (!j->against_count)
			continue;
		cf->count++;
		weigh(&basis, j);
	}
	if (basis.grave)
		cf->advice = ADVICE_UNFAVOURABLE;
	else if (basis.lesser || basis.doubts)
		cf->advice = advice_worst(cf->advice, ADVICE_RESERVATIONS);
}

/* ------------------------------------------------------------------ hits */

static void list_facility_hits(const struct bench *b, struct case_file *cf)
{
	for (size_t i = 0; i < b->ev->count; i++) {
		const struct hit *h = &b->ev->hits[i];

		if (!h->deployment && h->outcome == OUTCOME_AGAINST)
			*ARENA_PUSH(b->arena, cf->facility, cf->facility_count) = h;
	}
}

static bool hit_applies(const struct bench *b, const struct hit *h)
{
	const char *const *ids;
	size_t n = rule_controls(h->rule, &ids), known = 0;

	for (size_t i = 0; i < n; i++) {
		const struct control *c = ruleset_control(b->rules, ids[i]);

		if (!c)
			continue;
		known++;
		if (is_in_force(c, b->date) && (!b->decl || is_bound(b, h->deployment, c)))
			return true;
	}
	return !known;
}

void judge(struct arena *a, const struct ruleset *rules, const struct declaration *decl, const struct input_set *inputs,
	   const struct evaluation *ev, const char *const *fingerprints, const struct waivers *more, date_t date, struct case_file *ret)
{
	struct bench b = {.arena = a, .rules = rules, .decl = decl, .inputs = inputs, .ev = ev, .fingerprints = fingerprints, .date = date};

	*ret = (struct case_file){.advice = ADVICE_CANNOT_CONCLUDE};
	prepare_controls(&b);
	waivers_gather(&b, more);
	waivers_apply(&b, ret);
	ret->applies = ARENA_ARRAY(a, bool, ev->count + 1);
	for (size_t i = 0; i < ev->count; i++)
		ret->applies[i] = hit_applies(&b, &ev->hits[i]);
	if (!decl)
		return;
	note_spoken(&b);
	fill_buckets(&b);
	fill_rows(&b);
	ret->states = ARENA_ARRAY(a, struct deployment_state, decl->deployment_count + 1);
	ret->judgements = ARENA_ARRAY(a, struct judgement, (decl->deployment_count + 1) * b.control_count + 1);
	for (size_t i = 0; i < decl->deployment_count; i++)
		judge_deployment(&b, &decl->deployments[i], ret);
	if (ret->state_count)
		ret->advice = ret->states[0].advice;
	for (size_t i = 1; i < ret->state_count; i++)
		ret->advice = advice_worst(ret->advice, ret->states[i].advice);
	judge_facility(&b, ret);
	list_facility_hits(&b, ret);
}
