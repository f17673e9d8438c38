/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of writers, one line of writers.def each, and what they all ask of the model. */
#include "config.h"
#include "report/report.h"

#define WRITER(name) extern const struct writer writer_##name;
#include "report/writers.def"
#undef WRITER

const struct writer *const writers[] = {
#define WRITER(name) &writer_##name,
#include "report/writers.def"
#undef WRITER
	NULL,
};

const struct writer *writer_named(const char *name)
{
	for (size_t i = 0; writers[i]; i++)
		if (!strcmp(writers[i]->name, name))
			return writers[i];
	return NULL;
}

const struct control *report_control_named(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->control_count; i++)
		if (!strcmp(r->controls[i].control->id, id))
			return r->controls[i].control;
	return NULL;
}

void report_law(struct str *out, const struct report *r, const char *const *controls, size_t count, enum lang lang)
{
	for (size_t i = 0; i < count; i++) {
		const struct control *c = report_control_named(r, controls[i]);

		str_printf(out, "%s%s", i ? " ; " : "", controls[i]);
		for (size_t k = 0; c && k < c->source_count; k++)
			str_printf(out, "%s%s", k ? ", " : lang == LANG_FR ? " : " : ": ", both_in(&c->sources[k].text, lang));
	}
}

const struct report_cell *report_cell_at(const struct report *r, size_t deployment, size_t control)
{
	if (deployment < r->deployment_count)
		return &r->cells[deployment * r->control_count + control];
	for (size_t i = r->deployment_count * r->control_count; i < r->cell_count; i++)
		if (!strcmp(r->cells[i].control, r->controls[control].control->id))
			return &r->cells[i];
	return NULL;
}

bool finding_is_old(const struct report_finding *f)
{
	return f->baseline && !strcmp(f->baseline, "old");
}

bool finding_is_breach(const struct report_finding *f)
{
	return f->outcome == OUTCOME_AGAINST && !f->waived_by && !finding_is_old(f) && f->confidence != CONFIDENCE_LOW && strcmp(f->verdict, "not_applicable");
}

/* "US" where the title speaks of the United States; the same two letters may be something else. Codes in X are ours, and nobody's word. */
static bool is_country_of(const struct report_finding *f, enum lang lang)
{
	const char *name = f->value && strlen(f->value) == 2 ? country_name(f->value, lang_code(lang)) : NULL;

	return name && name != f->value && strstr(both_in(&f->title, lang), name);
}

/* An observed word with its default: "not set; default: false". */
void finding_observed(struct str *s, const struct report_finding *f, enum lang lang)
{
	if (!f->missing && is_country_of(f, lang))
		str_printf(s, f->value[0] == 'X' ? "%s" : "%s (%s)", country_name(f->value, lang_code(lang)), f->value);
	else if (!f->missing)
		str_text(s, f->value ? f->value : "");
	else if (f->value && *f->value)
		str_printf(s, "%s%s%s", text(TEXT_DEFAULT_VALUE, lang), lang == LANG_FR ? " : " : ": ", f->value);
	else
		str_text(s, text(TEXT_NOT_SET, lang));
}

/* One reason a rule: the same breach in forty systems is one reason, with forty systems behind it. */
static bool is_repeated(const struct report *r, const size_t *given, size_t count, const struct report_finding *f)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(r->findings[given[i]].rule, f->rule))
			return true;
	return false;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

size_t reason_others(const struct report *r, size_t reason)
{
	const struct report_finding *first = &r->findings[reason];
	const char *last = first->deployment;
	size_t count = 0;

	/* findings stand by deployment */
	for (size_t i = 0; i < r->finding_count; i++) {
		const struct report_finding *f = &r->findings[i];

		if (strcmp(f->rule, first->rule) || !finding_is_breach(f) || same_text(f->deployment, last) || same_text(f->deployment, first->deployment))
			continue;
		count++;
		last = f->deployment;
	}
	return count;
}

size_t report_reasons(const struct report *r, size_t ret[REPORT_REASONS])
{
	size_t count = 0;

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_MEDIUM; s--)
		for (size_t i = 0; i < r->finding_count && count < REPORT_REASONS; i++) {
			const struct report_finding *f = &r->findings[i];

			if (finding_is_breach(f) && (int)f->severity == s && !is_repeated(r, ret, count, f))
				ret[count++] = i;
		}
	return count;
}
