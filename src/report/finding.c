/* SPDX-License-Identifier: EUPL-1.2 */
/* One hit of the rules as a finding of the report: everything that came from an input passes the masks here. */
#include "report/model.h"

#include "base/limits.h"
#include "base/str.h"

#define VALUE_BYTES 200      /* of a value in a sentence; the excerpt shows its surroundings */
#define LOOKED_BYTES 8192    /* of a value, by the masks: a script in a value is text, of which 200 bytes are shown */

/* ------------------------------------------------------------------ what hides a value */

/* `name: DB_PASSWORD` beside `value: x`: the neighbour's word is the key. */
static const char *speaking_key(const struct fact *f)
{
	static const char *const names[] = {"name", "key", "variable"};

	if (f && f->written)      /* a view's field is called value, and its parent leads to where it is written */
		f = f->written;
	for (; f && !f->key; f = f->parent)      /* an item of a list goes by the list's key */
		;
	if (!f || !key_eq(f->key, "value") || !f->parent || f->parent->kind != FACT_BLOCK)
		return f ? f->key : NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (fact_text(f->parent, names[i]))
			return fact_text(f->parent, names[i]);
	return f->key;
}

/* The part of what hides that may reach between two offsets; found by halving, since a document may hide very much. */
static struct hidden hidden_between(const struct hidden *h, size_t from, size_t to)
{
	size_t low = 0, high = h->count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (h->ranges[middle].to <= from)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < h->count && h->ranges[end].from < to; end++)
		;
	return (struct hidden){h->count ? h->ranges + low : NULL, end - low};
}

static bool overlaps(const struct hidden *h, struct place at)
{
	return hidden_between(h, at.offset, (size_t)at.offset + at.length).count > 0;
}

#define NEIGHBOURS 400      /* children of a block looked at: a row of a table has fewer */

/* A column called "nom" holds persons when another one is called "prenom". */
static bool beside_person(const struct fact *f)
{
	size_t looked = 0;

	if (!f->parent || !(key_eq(f->key, "nom") || key_eq(f->key, "name")))
		return false;
	FACT_EACH(other, f->parent)
		if (other != f && other->key && !key_eq(other->key, "family") && key_is_person(span_of(other->key)))
			return true;      /* not "family": an Azure SKU has name and family */
		else if (++looked == NEIGHBOURS)
			break;
	return false;
}

/* Set by a variable that is called a secret: var.db_password. */
static bool set_by_secret(const struct fact *f)
{
	const char *dot = fact_set_at(f) && fact_set_at(f)->path ? strrchr(fact_set_at(f)->path, '.') : NULL;

	return fact_set_at(f) && fact_set_at(f)->path && key_is_secret(span_of(dot ? dot + 1 : fact_set_at(f)->path));
}

static const char *shown_value(const struct draft *m, const struct fact *f, struct span value)
{
	const char *key = f ? speaking_key(f) : NULL;

	if (f && value.n && (set_by_secret(f) || (key && f->key && beside_person(f))))
		return MASK;
	return masked_value(m->arena, key, value);
}

/* Bytes that read otherwise than their value (escapes, base64): the general masks do not see through them. */
static bool is_encoded(const struct finding_place *p)
{
	struct span bytes = p->doc->bytes;

	return (size_t)p->at.offset + p->at.length > bytes.n ||
	       !span_eq(span_cut(bytes, p->at.offset, (size_t)p->at.offset + p->at.length), p->fact->value);
}

static bool place_hides(const struct draft *m, const struct finding_place *p)
{
	const char *shown;

	if (!p->fact || !p->fact->value.n || !fact_is_scalar(p->fact))
		return false;
	if (p->fact->value.n > LOOKED_BYTES)
		return is_encoded(p);
	shown = shown_value(m, p->fact, p->fact->value);
	return !strcmp(shown, MASK) || (is_encoded(p) && !span_eq(span_of(shown), p->fact->value));
}

static bool neighbour_hides(const struct draft *m, const struct fact *f)
{
	static const char yes[] = "yes", no[] = "no";
	struct map_entry *entry = map_entry(m->hiding, (struct span){(const char *)&f, sizeof f});

	if (!entry->value) {
		struct finding_place place = {.doc = f->doc, .fact = f, .at = f->at};

		entry->value = (void *)(uintptr_t)(place_hides(m, &place) ? yes : no);
	}
	return entry->value == yes;
}

/* What hides near a value: by itself, and in its neighbours on the line, the other cells of a row whose keys stand in another line. */
static struct hidden hidden_around(const struct draft *m, const struct finding_place *p)
{
	const bool all = p->doc->text.map;      /* whose offsets are others than those of its text */
	const size_t from = all || p->at.offset < EXCERPT_REACH ? 0 : p->at.offset - EXCERPT_REACH;
	const size_t to = all ? SIZE_MAX : (size_t)p->at.offset + p->at.length + EXCERPT_REACH;
	struct mask_range *ranges = NULL;
	size_t count = 0, looked = 0;
	struct hidden h = hidden_between(&m->hidden[p->doc->index], from, to);

	if (!p->fact || !p->fact->parent)
		return h;
	FACT_EACH(f, p->fact->parent) {
		if (++looked > NEIGHBOURS)
			break;
		if (f->doc == p->doc && f->at.length && f->at.offset < to && (size_t)f->at.offset + f->at.length > from && neighbour_hides(m, f))
			*ARENA_PUSH(m->arena, ranges, count) = (struct mask_range){f->at.offset, (size_t)f->at.offset + f->at.length};
	}
	h.count = mask_join(m->arena, h.ranges, h.count, ranges, count, &h.ranges);
	return h;
}

static const char *value_of(const struct draft *m, const struct hit *h)
{
	const struct finding_place *p = h->place_count ? &h->places[0] : NULL;
	const char *value;

	if (!h->value)
		return NULL;
	if (h->mask.length || (p && p->doc && !p->whole_document && !h->missing && overlaps(&m->hidden[p->doc->index], p->at)))
		return MASK;
	value = shown_value(m, p && !h->missing ? p->fact : NULL, (struct span){h->value, strnlen(h->value, LOOKED_BYTES)});
	return show_text(m->arena, value, VALUE_BYTES);
}

/* ------------------------------------------------------------------ texts */

/* In a sentence a place is called by its name: "États-Unis", not "US". */
static const char *in_words(const struct hit *h, const char *value, enum lang lang)
{
	return h->is_country ? country_name(value, lang_code(lang)) : value;
}

static const char *variable(const struct report_finding *f, const struct hit *h, struct span name, enum lang lang)
{
	if (span_is(name, "value"))
		return f->value && *f->value ? in_words(h, f->value, lang) : lang == LANG_FR ? "non défini" : "not set";
	if (span_is(name, "declared"))
		return f->declared ? in_words(h, f->declared, lang) : lang == LANG_FR ? "non déclaré" : "not declared";
	for (size_t i = 0; i < h->var_count; i++)
		if (span_is(name, h->vars[i].name))
			return h->vars[i].value;
	return NULL;
}

/* Behind an opening brace: the value that stands for the name in it, NULL when it is not one. */
static const char *value_for(const struct draft *m, const struct report_finding *f, const struct hit *h, struct span name, enum lang lang)
{
	if (span_is(name, "name"))
		return show_text(m->arena, h->name ? h->name : h->subject ? h->subject : "", VALUE_BYTES);
	return variable(f, h, name, lang);
}

static const char *fill(const struct draft *m, const struct report_finding *f, const struct hit *h, const char *text, enum lang lang)
{
	struct str out = STR_INIT(64 * 1024);
	const char *copy;

	if (text && !strchr(text, '{'))      /* a rule's texts outlive the report */
		return text;
	while (text && *text) {
		size_t plain = strcspn(text, "{");
		const char *open = text + plain, *close = *open ? strchr(open, '}') : NULL;
		const char *value = close ? value_for(m, f, h, (struct span){open + 1, (size_t)(close - open - 1)}, lang) : NULL;

		str_put(&out, text, plain);
		text = open;
		if (value)
			str_text(&out, value);
		else if (*text)
			str_char(&out, *text);
		text = value ? close + 1 : *text ? text + 1 : text;
	}
	copy = arena_dup(m->arena, str_get(&out).p, out.n);
	str_free(&out);
	return copy;
}

static struct both fill_both(const struct draft *m, const struct report_finding *f, const struct hit *h, struct both text)
{
	return (struct both){fill(m, f, h, text.fr, LANG_FR), fill(m, f, h, text.en, LANG_EN)};
}

/* ------------------------------------------------------------------ places */

const char *model_name(const struct draft *m, const struct doc *d)
{
	return d && d->index < m->inputs->count && m->inputs->docs[d->index] == d ? m->names[d->index] :
	       d ? show_name(m->arena, d->name) : NULL;
}

const char *model_country(const struct fact *block)
{
	const struct fact *f = block ? fact_child(block, "country") : NULL;

	return f && f->state != FACT_UNKNOWN && f->value.n ? f->value.p : NULL;
}

int text_order(const char *a, const char *b)
{
	return !a || !b ? (a != NULL) - (b != NULL) : strcmp(a, b);
}

static void place_make(const struct draft *m, const struct hit *h, const struct finding_place *from, struct report_place *p)
{
	struct hidden hidden;
	struct pos start, end;

	p->role = from->role;
	p->document = model_name(m, from->doc);
	p->path = show_text(m->arena, from->path, LIMIT_PATH_BYTES);
	if (!from->doc || from->whole_document)
		return;
	start = doc_pos(from->doc, from->at.offset);
	end = doc_pos(from->doc, from->at.offset + from->at.length);
	p->line = start.line;
	p->column = start.column;
	p->end_line = end.line;
	p->end_column = end.column;
	hidden = hidden_around(m, from);
	excerpt_make(m->arena, m->looked_at, from->doc, from->at, &hidden,
		     (!h->missing && place_hides(m, from)) || (from == h->places && h->mask_reason && !h->missing), p);
}

static void places_make(const struct draft *m, const struct hit *h, struct report_finding *f)
{
	size_t n = h->place_count < LIMIT_WITNESSES ? h->place_count : LIMIT_WITNESSES;
	struct report_place *places = ARENA_ARRAY(m->arena, struct report_place, n + 1);

	for (size_t i = 0; i < n; i++)
		place_make(m, h, &h->places[i], &places[i]);
	f->places = places;
	f->place_count = n;
}

/* ------------------------------------------------------------------ the finding */

static const char *verdict_word(const struct draft *m, size_t hit)
{
	const struct hit *h = &m->ev->hits[hit];

	switch (h->outcome) {
	case OUTCOME_FOR:
	case OUTCOME_SILENT:
		return "conform";
	case OUTCOME_UNKNOWN:
		return "unknown";
	case OUTCOME_INCOMPLETE:
		return "incomplete";
	case OUTCOME_AGAINST:
		break;
	}
	return !m->cf->applies[hit] ? "not_applicable" :
	       h->confidence == CONFIDENCE_LOW ? "to_confirm" :
	       h->undeclared ? "undeclared" :
	       h->contradicts ? "contradicted" : "nonconform";
}

static void waiver_note(const struct draft *m, size_t hit, struct report_finding *f)
{
	const struct waiver *w = m->cf->waived[hit];
	char date[16];

	if (!w)
		return;
	f->waived_by = show_text(m->arena, w->approver, VALUE_BYTES);
	f->waived_until = arena_str(m->arena, date_format(w->until, date));
	f->waived_reason = show_text(m->arena, w->reason, 0);
}

void finding_make(const struct draft *m, size_t hit, struct report_finding *f)
{
	const struct hit *h = &m->ev->hits[hit];

	*f = (struct report_finding){
		.rule = rule_id(h->rule), .area = rule_area(h->rule), .rule_version = rule_version(h->rule), .rule_source = rule_source(h->rule),
		.outcome = h->outcome, .severity = m->cf->applies[hit] ? h->severity : SEVERITY_INFO, .confidence = h->confidence,
		.verdict = verdict_word(m, hit), .fingerprint = m->fingerprints ? m->fingerprints[hit] : fingerprint_make(m->identity, h), .missing = h->missing,
		.deployment = h->deployment ? show_text(m->arena, h->deployment->id, 0) : NULL, .count = h->count ? h->count : 1,
		.declared = show_text(m->arena, h->declared, VALUE_BYTES), .subject = show_text(m->arena, h->subject, VALUE_BYTES),
		.why_incomplete = said(m->arena, show_text(m->arena, h->why_incomplete, 0)),
	};
	f->control_count = rule_controls(h->rule, &f->controls);
	f->value = value_of(m, h);
	f->title = fill_both(m, f, h, rule_title(h->rule));
	f->why = fill_both(m, f, h, rule_why(h->rule));
	f->fix = fill_both(m, f, h, rule_fix(h->rule));
	places_make(m, h, f);
	waiver_note(m, hit, f);
}
