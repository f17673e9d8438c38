/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One rule on one subject: evaluate, decide the outcome (section 6), and write it down as a hit with its places.
 */
#include "rule/rule_p.h"

#include "base/limits.h"

/* ------------------------------------------------------------------ places */

/* Offset in the document of the byte that value[offset] came from. Raw length grows with decoded length: it is found by halving. */
static uint32_t fact_offset(const struct doc *d, const struct fact *f, size_t value_offset)
{
	uint32_t low = 0, high = f->at.length;
	struct arena *scratch;

	if (!f->decoder)
		return f->at.offset + (uint32_t)value_offset;
	if (f->decoder->kind == DECODE_RESOLVED)
		return f->at.offset;
	scratch = arena_new();
	while (low < high) {
		uint32_t middle = low + (high - low + 1) / 2;
		struct fact part = *f;
		size_t n = 0;

		part.at.length = middle;
		if (!fact_decode(scratch, d, &part, &n) || n <= value_offset)
			low = middle;
		else
			high = middle - 1;
		arena_reset(scratch);
	}
	arena_free(scratch);
	return f->at.offset + low;
}

/* A whole JSON document begins at its brace, a file of settings at its first line: there a reader looks for what is missing in it. */
static bool is_whole_file(const struct fact *f)
{
	static const char *const names[] = {"json", "ini", "conf"};

	if (f->parent || f->kind != FACT_BLOCK || !f->doc)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (f->doc->format == format_named(names[i]))
			return true;
	return false;
}

/* A block stands at its head; a root without one at its first byte. */
static struct finding_place place_of_fact(const struct fact *f, enum place_role role)
{
	bool scalar = !fact_has_parts(f);
	struct place at = fact_is_alias(f) ? fact_set_at(f)->at : scalar || !f->head.length ? f->at : f->head;

	if (!scalar && !f->head.length)
		at = f->first && f->first->head.length && !is_whole_file(f) ? f->first->head : (struct place){f->at.offset, 1};
	return (struct finding_place){.role = role, .doc = f->doc, .fact = f, .at = at};
}

/* A resolved value has no map to its bytes; in a value of several lines what matched is looked for as it is written (a default's text). */
static bool is_found_as_written(const struct fact *f, struct span match, struct place *at)
{
	struct span raw = {f->doc->text.bytes.p + f->at.offset, f->at.length};
	const char *p;

	if (!f->decoder || f->decoder->kind != DECODE_RESOLVED || !match.n || !span_find(raw, SPAN("\n")))
		return false;
	p = span_find(raw, match);
	if (p)
		*at = (struct place){f->at.offset + (uint32_t)(p - raw.p), (uint32_t)match.n};
	return p != NULL;
}

static struct finding_place place_of_match(const struct fact *f, struct span match)
{
	struct finding_place place = place_of_fact(f, PLACE_DECIDES);
	size_t from = (size_t)(match.p - f->value.p);

	if (fact_is_alias(f)) {
		if (fact_set_at(f)->at.length == f->value.n)
			place.at = (struct place){fact_set_at(f)->at.offset + (uint32_t)from, (uint32_t)match.n};
		return place;
	}
	if (is_found_as_written(f, match, &place.at))
		return place;
	place.at.offset = fact_offset(f->doc, f, from);
	place.at.length = fact_offset(f->doc, f, from + match.n) - place.at.offset;
	return place;
}

static bool inside(struct span part, struct span whole)
{
	return part.p && whole.p && part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

/* A plan's values have no head: the resource's own entry, with its address, has one. */
static const struct fact *head_of(const struct context *c, const struct fact *block)
{
	const struct subject *s = c->subject;

	return s && s->kind == SUBJECT_RESOURCE && block == s->block && s->written_block ? s->written_block : block;
}

static struct finding_place witness_place(const struct context *c, const struct witness *w)
{
	const struct fact *holder = w->fact ? w->fact : w->holder ? w->holder : c->block;

	if (!holder || !holder->doc)
		return (struct finding_place){.role = PLACE_DECIDES, .doc = c->doc, .whole_document = true};
	if (w->fact && c->raw_text && inside(w->match, w->fact->value))
		return place_of_match(w->fact, w->match);
	return place_of_fact(w->fact ? holder : head_of(c, holder), PLACE_DECIDES);
}

static int by_position(const struct finding_place *a, const struct finding_place *b)
{
	uint32_t x = a->doc ? a->doc->index : 0, y = b->doc ? b->doc->index : 0;

	if (x != y)
		return x < y ? -1 : 1;
	return (a->at.offset > b->at.offset) - (a->at.offset < b->at.offset);
}

struct placed {
	const struct witness *w;
	struct finding_place place;
};

static bool comes_before(const struct placed *a, const struct placed *b)
{
	if (a->w->missing != b->w->missing)
		return b->w->missing;
	return by_position(&a->place, &b->place) < 0;
}

/* Written values first, in document order, then missing ones; one entry a place. */
static struct placed *order_witnesses(struct context *c, const struct verdict3 *v, size_t *ret_count)
{
	struct placed *list = ARENA_ARRAY(c->scratch, struct placed, v->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < v->count; i++) {
		struct placed one = {&v->witnesses[i], witness_place(c, &v->witnesses[i])};
		size_t at = count;

		while (at > 0 && comes_before(&one, &list[at - 1])) {
			list[at] = list[at - 1];
			at--;
		}
		list[at] = one;
		count++;
	}
	*ret_count = count;
	return list;
}

static bool same_place(const struct finding_place *a, const struct finding_place *b)
{
	return a->doc == b->doc && a->at.offset == b->at.offset && a->role == b->role;
}

static void add_place(struct found *out, struct hit *h, struct finding_place place)
{
	for (size_t i = 0; i < h->place_count; i++)
		if (same_place(&h->places[i], &place))
			return;
	if (h->place_count >= LIMIT_WITNESSES)
		return;
	if (place.fact && place.doc)
		place.path = fact_path(out->arena, place.doc, place.fact);
	*ARENA_PUSH(out->arena, h->places, h->place_count) = place;
}

static void add_witness_places(struct found *out, struct hit *h, const struct placed *p)
{
	const struct fact *f = p->w->fact;

	add_place(out, h, p->place);
	if (f && fact_is_alias(f))
		add_place(out, h, (struct finding_place){.role = PLACE_DECIDES, .doc = f->doc, .at = f->at, .fact = f});
	else if (f && fact_set_at(f))
		add_place(out, h, (struct finding_place){.role = fact_set_at(f)->use ? PLACE_RELATED : PLACE_SET_AT, .doc = fact_set_at(f)->doc, .at = fact_set_at(f)->at, .path = fact_set_at(f)->path});
	if (p->w->declared && p->w->declared->doc)
		add_place(out, h, place_of_fact(p->w->declared, PLACE_DECLARED));
}

static void add_blamed_place(struct context *c, struct found *out, struct hit *h)
{
	struct selection found;

	if (c->rule->blame_subject && c->block) {
		const struct fact *blamed = c->subject || !c->self ? c->block : c->self;

		add_place(out, h, place_of_fact(head_of(c, blamed), PLACE_DECIDES));
	}
	if (!c->rule->has_blame || !c->block)
		return;
	path_select(c->scratch, &c->rule->blame, c->block, &found);
	if (found.count)
		add_place(out, h, place_of_fact(found.facts[0], PLACE_DECIDES));
}

/* ------------------------------------------------------------------ a hit */

static int graded(struct context *c, const struct graded *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!list[i].when || cond_eval(c, list[i].when).truth == TRUTH_YES)
			return list[i].grade;
	return list[count - 1].grade;
}

static enum confidence confidence_of(struct context *c, enum outcome outcome, const struct verdict3 *v)
{
	int least = graded(c, c->rule->confidences, c->rule->confidence_count);

	for (size_t i = 0; i < v->count; i++) {
		const struct witness *w = &v->witnesses[i];
		bool soft = w->overridable || (outcome == OUTCOME_FOR && w->from_default);

		if (soft && least > CONFIDENCE_MEDIUM)
			least = CONFIDENCE_MEDIUM;
		if (w->doubtful)
			least = CONFIDENCE_LOW;
	}
	if (c->subject && (c->subject->off || (outcome == OUTCOME_FOR && c->subject->conditional)) && least > CONFIDENCE_MEDIUM)
		least = CONFIDENCE_MEDIUM;
	return (enum confidence)least;
}

static const char *subject_address(const struct context *c, struct found *out)
{
	if (c->subject)
		return c->subject->address;
	if (c->rule->where.kind == WHERE_DEPLOYMENT)
		return c->deployment ? c->deployment->id : "";
	if (c->doc && c->self && c->self->doc == c->doc)
		return fact_path(out->arena, c->doc, c->self);
	return c->doc ? c->doc->name : "";
}

static const char *name_of(const struct context *c, const struct witness *w)
{
	const char *key = w && w->fact ? setting_key(w->fact) : NULL;

	if (c->subject_name && c->rule->where.kind == WHERE_RESOURCE)
		return c->subject_name;
	if (key)
		return key;
	return c->subject_name ? c->subject_name : c->doc ? c->doc->name : "";
}

static struct span shown_value(const struct witness *w)
{
	if (!w)
		return (struct span){"", 0};
	return w->shown.p && w->shown.n ? w->shown : w->fact ? w->fact->value : (struct span){"", 0};
}

static const char *mask_reason(const struct rule *r)
{
	const struct cond *c = r->reject ? r->reject : r->expect;

	for (size_t i = 0; c && c->kind == COND_LEAF && i < c->test_count; i++)
		if (c->tests[i].kind == TEST_CHECKSUM)
			return c->tests[i].checksum;
	return "secret";
}

static void set_mask(struct context *c, struct hit *h)
{
	if (c->rule->mask == MASK_NONE || !h->place_count || h->places[0].whole_document || h->missing)
		return;
	h->mask = h->places[0].at;
	h->mask_reason = mask_reason(c->rule);
}

static void describe(struct context *c, struct found *out, struct hit *h, const struct placed *list, size_t count)
{
	const struct witness *first = count ? list[0].w : NULL;
	struct span value = shown_value(first);

	h->value = arena_dup(out->arena, value.p, value.n);
	h->declared = first && first->declared ? arena_dup(out->arena, first->declared->value.p, first->declared->value.n) : NULL;
	h->name = arena_str(out->arena, name_of(c, first));
	h->subject = arena_str(out->arena, subject_address(c, out));
	h->missing = first && first->missing;
	h->is_country = first && first->fact && first->fact->key && key_eq(first->fact->key, "country");
	for (size_t i = 0; i < count; i++) {
		h->contradicts = h->contradicts || (list[i].w->contradicts && !list[i].w->undeclared);
		h->undeclared = h->undeclared || list[i].w->undeclared;
	}
}

static void emit(struct context *c, struct found *out, enum outcome outcome, const struct verdict3 *v)
{
	size_t count;
	struct placed *list = order_witnesses(c, v, &count);
	struct hit *h = ARENA_PUSH(out->lists, out->hits, out->count);

	*h = (struct hit){.rule = c->rule, .outcome = outcome, .deployment = c->deployment, .count = 1};
	h->severity = (enum severity)graded(c, c->rule->severities, c->rule->severity_count);
	h->confidence = confidence_of(c, outcome, v);
	add_blamed_place(c, out, h);
	for (size_t i = 0; i < count; i++)
		add_witness_places(out, h, &list[i]);
	if (!h->place_count)
		add_place(out, h, (struct finding_place){.role = PLACE_DECIDES, .doc = c->doc, .whole_document = true});
	describe(c, out, h, list, count);
	set_mask(c, h);
	if (outcome == OUTCOME_INCOMPLETE)
		h->why_incomplete = c->limit_why ? c->limit_why : "a limit was reached";
}

/* ------------------------------------------------------------------ the outcome */

/* Nothing is invented: evidence for needs a fact, a declared value or a sourced default. */
static bool something_seen(const struct verdict3 *v)
{
	for (size_t i = 0; i < v->count; i++)
		if (!v->witnesses[i].missing || v->witnesses[i].from_default || v->witnesses[i].declared)
			return true;
	return false;
}

static void note_absent_field(struct context *c, struct found *out, const char *field)
{
	for (size_t i = 0; i < out->field_count; i++)
		if (out->fields[i].rule == c->rule && out->fields[i].deployment == c->deployment)
			return;
	*ARENA_PUSH(out->lists, out->fields, out->field_count) = (struct undeclared_field){c->deployment, field, c->rule};
}

/* Two passwords in one block are two findings: `reject: { some: /password$/ }` speaks of each key by itself. */
static bool speaks_of_each(const struct cond *reject)
{
	if (!reject || reject->kind != COND_LEAF || reject->selector != SELECT_SOME)
		return false;
	for (size_t i = 0; i < reject->path_count; i++)
		for (size_t k = 0; k < reject->paths[i].count; k++)
			if (reject->paths[i].steps[k].kind == STEP_REGEX)
				return true;
	return false;
}

static void emit_each(struct context *c, struct found *out, const struct verdict3 *v)
{
	for (size_t i = 0; i < v->count; i++) {
		struct verdict3 one = *v;

		one.witnesses = &v->witnesses[i];
		one.count = 1;
		emit(c, out, OUTCOME_AGAINST, &one);
	}
}

static enum outcome outcome_of(const struct rule *r, enum truth w, enum truth bad, enum truth good, const struct verdict3 *for_)
{
	enum outcome out = bad == TRUTH_YES ? OUTCOME_AGAINST : bad == TRUTH_UNKNOWN ? OUTCOME_UNKNOWN :
			   good == TRUTH_YES ? OUTCOME_FOR : OUTCOME_SILENT;

	if (w == TRUTH_UNKNOWN && out != OUTCOME_SILENT)
		out = OUTCOME_UNKNOWN;
	if (out == OUTCOME_FOR && !something_seen(for_))
		out = OUTCOME_SILENT;
	return out == OUTCOME_UNKNOWN ? r->unresolved : out;
}

void rule_run(struct context *c, struct found *out)
{
	const struct rule *r = c->rule;
	struct verdict3 when = {.truth = TRUTH_YES}, against = {.truth = TRUTH_NO}, support = {.truth = TRUTH_NO};
	enum truth bad, good;
	enum outcome outcome;

	c->limit = false;
	c->every_match = speaks_of_each(r->reject);
	if (r->when) {
		c->brief = true;
		when = cond_eval(c, r->when);
		c->brief = false;
	}
	if (when.truth == TRUTH_NO && !c->limit)
		return;
	if (r->expect || r->reject)
		against = cond_eval(c, r->expect ? r->expect : r->reject);
	if (r->support)
		support = cond_eval(c, r->support);
	if (c->limit) {
		if (!c->hopeless)
			emit(c, out, OUTCOME_INCOMPLETE, &against);
		return;
	}
	if (against.silenced || when.silenced) {
		if (against.absent_field)
			note_absent_field(c, out, against.absent_field);
		return;
	}
	bad = r->expect ? truth_mirror(against.truth) : against.truth;
	good = r->expect ? against.truth : support.truth;
	outcome = outcome_of(r, when.truth, bad, good, r->expect ? &against : &support);
	if (outcome == OUTCOME_AGAINST && c->every_match && against.count)
		emit_each(c, out, &against);
	else if (outcome != OUTCOME_SILENT)
		emit(c, out, outcome, outcome == OUTCOME_FOR && !r->expect ? &support : against.count || r->expect ? &against : &when);
}
