/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * OSCAL assessment results 1.2.1 (NIST). One result a deployment, one for the facility's own line: an observation for each finding and each
 * evidence for, a finding for each control that applies. Only a conform verdict is satisfied; what is not applicable is excluded from the
 * reviewed controls. UUIDs are of version 5 from stable names, so that two runs give the same file. Own words stand in props under NS.
 */
#include "report/plain.h"

#define NS "https://scelle.example/ns/oscal"

struct oscal {
	struct jsonw w;
	const struct report *report;
	enum lang lang;
	struct str text;
};

/* One deployment's share of the report; deployment NULL: what belongs to none. */
struct share {
	const char *deployment, *name, *purpose;
};

static bool is_of(const char *deployment, const struct share *s)
{
	return s->deployment ? deployment && !strcmp(deployment, s->deployment) : !deployment;
}

static void put_uuid(struct oscal *o, const char *key, const char *kind, const char *name, const char *more)
{
	char uuid[UUID_TEXT];

	str_printf(&o->text, "oscal/%s/%s/%s", kind, name, more);
	jsonw_member(&o->w, key, uuid_of(str_get(&o->text).p, uuid));
	str_clear(&o->text);
}

/* A string of OSCAL is never empty and has no blanks at its ends; a title is one line. */
static void put_line(struct oscal *o, const char *key, const char *text)
{
	struct span s = span_trim(span_of(text ? text : ""));

	jsonw_key(&o->w, key);
	jsonw_string(&o->w, s.n ? s : SPAN("-"));
}

static void put_prop(struct oscal *o, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	jsonw_object(&o->w);
	jsonw_member(&o->w, "name", name);
	jsonw_member(&o->w, "ns", NS);
	put_line(o, "value", value);
	jsonw_object_end(&o->w);
}

static void put_moment(struct oscal *o, const char *key)
{
	str_printf(&o->text, "%sT00:00:00Z", o->report->date);
	member_str(&o->w, key, &o->text);
}

/* ------------------------------------------------------------------ observations */

static void put_observation_props(struct oscal *o, const struct report_finding *f)
{
	const struct report_place *p = finding_spot(f);
	char number[16];

	jsonw_key(&o->w, "props");
	jsonw_array(&o->w);
	put_prop(o, "fingerprint", f->fingerprint);
	snprintf(number, sizeof number, "%u", f->occurrence);
	put_prop(o, "occurrence", number);
	put_prop(o, "rule", f->rule);
	put_prop(o, "severity", severity_names[f->severity]);
	put_prop(o, "verdict", f->verdict);
	put_prop(o, "path", p ? p->path : NULL);
	put_prop(o, "waived-until", f->waived_until);
	put_prop(o, "baseline", f->baseline);
	jsonw_array_end(&o->w);
}

static void put_evidence(struct oscal *o, const struct report_finding *f)
{
	const struct report_place *p = finding_spot(f);

	if (!p)
		return;
	jsonw_key(&o->w, "relevant-evidence");
	jsonw_array(&o->w);
	jsonw_object(&o->w);
	str_printf(&o->text, "%s", p->document);
	if (p->line)
		str_printf(&o->text, ":%u:%u", p->line, p->column);
	member_str(&o->w, "description", &o->text);
	put_uri(&o->text, p->document);
	if (p->line)
		str_printf(&o->text, "#L%u", p->line);
	member_str(&o->w, "href", &o->text);
	jsonw_object_end(&o->w);
	jsonw_array_end(&o->w);
}

static void put_subject(struct oscal *o, const char *deployment)
{
	if (!deployment)
		return;
	jsonw_key(&o->w, "subjects");
	jsonw_array(&o->w);
	jsonw_object(&o->w);
	put_uuid(o, "subject-uuid", "deployment", deployment, "");
	jsonw_member(&o->w, "type", "component");
	jsonw_object_end(&o->w);
	jsonw_array_end(&o->w);
}

/* Evidence and findings are numbered apart: the kind keeps their UUIDs apart too. */
static void put_observation_uuid(struct oscal *o, const char *key, const struct report_finding *f)
{
	struct str name = STR_INIT(1 << 20);

	finding_key(&name, f);
	put_uuid(o, key, f->outcome == OUTCOME_FOR ? "evidence" : "finding", str_get(&name).p, "");
	str_free(&name);
}

static void put_observation(struct oscal *o, const struct report_finding *f)
{
	jsonw_object(&o->w);
	put_moment(o, "collected");
	finding_message(&o->text, f, o->lang);
	member_str(&o->w, "description", &o->text);
	jsonw_key(&o->w, "methods");
	jsonw_array(&o->w);
	jsonw_text(&o->w, "TEST");
	jsonw_array_end(&o->w);
	put_observation_props(o, f);
	put_evidence(o, f);
	put_subject(o, f->deployment);
	put_line(o, "title", both_in(&f->title, o->lang));
	jsonw_key(&o->w, "types");
	jsonw_array(&o->w);
	jsonw_text(&o->w, f->outcome == OUTCOME_FOR ? "control-objective" : "finding");
	jsonw_array_end(&o->w);
	put_observation_uuid(o, "uuid", f);
	jsonw_object_end(&o->w);
}

static size_t put_observations(struct oscal *o, const struct share *s)
{
	const struct report *r = o->report;
	size_t n = 0;

	for (size_t i = 0; i < r->finding_count + r->support_count; i++) {
		const struct report_finding *f = i < r->finding_count ? &r->findings[i] : &r->support[i - r->finding_count];

		if (!is_of(f->deployment, s))
			continue;
		/* an empty array is not allowed */
		if (!n++) {
			jsonw_key(&o->w, "observations");
			jsonw_array(&o->w);
		}
		put_observation(o, f);
	}
	if (n)
		jsonw_array_end(&o->w);
	return n;
}

/* ------------------------------------------------------------------ controls */

static void put_related(struct oscal *o, const struct report_cell *c)
{
	if (!c->finding_count && !c->support_count)
		return;
	jsonw_key(&o->w, "related-observations");
	jsonw_array(&o->w);
	for (size_t i = 0; i < c->finding_count + c->support_count; i++) {
		const struct report_finding *f = i < c->finding_count ? &o->report->findings[c->findings[i]] : &o->report->support[c->support[i - c->finding_count]];

		jsonw_object(&o->w);
		put_observation_uuid(o, "observation-uuid", f);
		jsonw_object_end(&o->w);
	}
	jsonw_array_end(&o->w);
}

static void put_target(struct oscal *o, const struct report_cell *c)
{
	bool satisfied = c->verdict == VERDICT_CONFORM;

	jsonw_key(&o->w, "target");
	jsonw_object(&o->w);
	jsonw_key(&o->w, "status");
	jsonw_object(&o->w);
	/* not satisfied for another reason than a breach: nothing shows it */
	jsonw_member(&o->w, "reason", satisfied ? "pass" : c->verdict == VERDICT_NONCONFORM || c->verdict == VERDICT_CONTRADICTED ? "fail" : "other");
	jsonw_member(&o->w, "remarks", verdict_text(verdict_names[c->verdict], o->lang));
	jsonw_member(&o->w, "state", satisfied ? "satisfied" : "not-satisfied");
	jsonw_object_end(&o->w);
	str_printf(&o->text, "%s_obj", c->control);
	member_str(&o->w, "target-id", &o->text);
	jsonw_member(&o->w, "type", "objective-id");
	jsonw_object_end(&o->w);
}

static void put_finding(struct oscal *o, const struct report_cell *c)
{
	const struct control *control = report_control_named(o->report, c->control);

	jsonw_object(&o->w);
	str_printf(&o->text, "%s%s%s", verdict_text(verdict_names[c->verdict], o->lang), c->why ? ", " : "", why_text(c->why, o->lang));
	member_str(&o->w, "description", &o->text);
	jsonw_key(&o->w, "props");
	jsonw_array(&o->w);
	put_prop(o, "control", c->control);
	put_prop(o, "severity", severity_names[c->severity]);
	put_prop(o, "verdict", verdict_names[c->verdict]);
	jsonw_array_end(&o->w);
	put_related(o, c);
	put_target(o, c);
	put_line(o, "title", both_in(&control->title, o->lang));
	put_uuid(o, "uuid", "verdict", c->deployment ? c->deployment : "", c->control);
	jsonw_object_end(&o->w);
}

static bool is_reviewed(const struct report_cell *c)
{
	return c->verdict != VERDICT_NOT_APPLICABLE;
}

static void put_findings(struct oscal *o, const struct share *s)
{
	size_t n = 0;

	for (size_t i = 0; i < o->report->cell_count; i++) {
		const struct report_cell *c = &o->report->cells[i];

		if (!is_of(c->deployment, s) || !is_reviewed(c))
			continue;
		if (!n++) {
			jsonw_key(&o->w, "findings");
			jsonw_array(&o->w);
		}
		put_finding(o, c);
	}
	if (n)
		jsonw_array_end(&o->w);
}

static size_t put_selection(struct oscal *o, const struct share *s, const char *key, bool reviewed)
{
	size_t n = 0;

	for (size_t i = 0; i < o->report->cell_count; i++) {
		const struct report_cell *c = &o->report->cells[i];

		if (!is_of(c->deployment, s) || is_reviewed(c) != reviewed)
			continue;
		if (!n++) {
			jsonw_key(&o->w, key);
			jsonw_array(&o->w);
		}
		jsonw_object(&o->w);
		jsonw_member(&o->w, "control-id", c->control);
		jsonw_object_end(&o->w);
	}
	if (n)
		jsonw_array_end(&o->w);
	return n;
}

static void put_reviewed(struct oscal *o, const struct share *s)
{
	jsonw_key(&o->w, "reviewed-controls");
	jsonw_object(&o->w);
	jsonw_key(&o->w, "control-selections");
	jsonw_array(&o->w);
	jsonw_object(&o->w);
	put_selection(o, s, "exclude-controls", false);
	if (!put_selection(o, s, "include-controls", true)) {
		jsonw_key(&o->w, "include-all");
		jsonw_object(&o->w);
		jsonw_object_end(&o->w);
	}
	jsonw_object_end(&o->w);
	jsonw_array_end(&o->w);
	jsonw_object_end(&o->w);
}

/* ------------------------------------------------------------------ results */

static void put_component(struct oscal *o, const struct share *s)
{
	if (!s->deployment)
		return;
	jsonw_key(&o->w, "local-definitions");
	jsonw_object(&o->w);
	jsonw_key(&o->w, "components");
	jsonw_array(&o->w);
	jsonw_object(&o->w);
	put_line(o, "description", s->purpose ? s->purpose : s->deployment);
	jsonw_key(&o->w, "status");
	jsonw_object(&o->w);
	jsonw_member(&o->w, "state", "operational");
	jsonw_object_end(&o->w);
	put_line(o, "title", s->name ? s->name : s->deployment);
	jsonw_member(&o->w, "type", "software");
	put_uuid(o, "uuid", "deployment", s->deployment, "");
	jsonw_object_end(&o->w);
	jsonw_array_end(&o->w);
	jsonw_object_end(&o->w);
}

static void put_result(struct oscal *o, const struct share *s)
{
	const char *title = s->deployment ? s->name ? s->name : s->deployment : text(TEXT_FACILITY_LINE, o->lang);

	jsonw_object(&o->w);
	put_line(o, "description", s->deployment ? s->deployment : text(TEXT_FACILITY_LINE_HELP, o->lang));
	put_moment(o, "end");
	put_findings(o, s);
	put_component(o, s);
	put_observations(o, s);
	put_reviewed(o, s);
	put_moment(o, "start");
	put_line(o, "title", title);
	put_uuid(o, "uuid", "result", s->deployment ? s->deployment : "", o->report->date);
	jsonw_object_end(&o->w);
}

static void put_results(struct oscal *o)
{
	const struct report *r = o->report;
	const struct share none = {0};

	jsonw_key(&o->w, "results");
	jsonw_array(&o->w);
	for (size_t i = 0; i < r->deployment_count; i++) {
		const struct share s = {r->deployments[i].id, r->deployments[i].name, r->deployments[i].purpose};

		put_result(o, &s);
	}
	put_result(o, &none);
	jsonw_array_end(&o->w);
}

/* ------------------------------------------------------------------ the head */

static void put_party(struct oscal *o)
{
	if (!o->report->facility)
		return;
	jsonw_key(&o->w, "parties");
	jsonw_array(&o->w);
	jsonw_object(&o->w);
	if (o->report->finess && *span_trim(span_of(o->report->finess)).p) {
		jsonw_key(&o->w, "external-ids");
		jsonw_array(&o->w);
		jsonw_object(&o->w);
		put_line(o, "id", o->report->finess);
		jsonw_member(&o->w, "scheme", "https://finess.esante.gouv.fr");
		jsonw_object_end(&o->w);
		jsonw_array_end(&o->w);
	}
	put_line(o, "name", o->report->facility);
	jsonw_member(&o->w, "type", "organization");
	put_uuid(o, "uuid", "facility", o->report->facility, o->report->finess ? o->report->finess : "");
	jsonw_object_end(&o->w);
	jsonw_array_end(&o->w);
}

static void put_metadata(struct oscal *o)
{
	jsonw_key(&o->w, "metadata");
	jsonw_object(&o->w);
	put_moment(o, "last-modified");
	jsonw_member(&o->w, "oscal-version", "1.2.1");
	put_party(o);
	jsonw_key(&o->w, "props");
	jsonw_array(&o->w);
	put_prop(o, "advice", o->report->facility ? advice_names[o->report->advice] : NULL);
	put_prop(o, "knowledge-digest", o->report->know_digest);
	put_prop(o, "rules-digest", o->report->rules_digest);
	put_prop(o, "tool-version", o->report->tool_version);
	jsonw_array_end(&o->w);
	put_line(o, "title", text(strcmp(o->report->kind, "audit") ? TEXT_TITLE_CHECK : TEXT_TITLE_AUDIT, o->lang));
	put_line(o, "version", o->report->date);
	jsonw_object_end(&o->w);
}

/* The declaration stands for the plan; its digest is in the back matter. */
static void put_back_matter(struct oscal *o)
{
	jsonw_key(&o->w, "back-matter");
	jsonw_object(&o->w);
	jsonw_key(&o->w, "resources");
	jsonw_array(&o->w);
	jsonw_object(&o->w);
	jsonw_member(&o->w, "description", "scelle.yaml");
	put_uuid(o, "uuid", "plan", o->report->facility ? o->report->facility : "", "");
	jsonw_object_end(&o->w);
	jsonw_array_end(&o->w);
	jsonw_object_end(&o->w);
}

static int oscal_write(struct str *out, const struct report *r, enum lang lang)
{
	struct oscal o = {.report = r, .lang = lang, .text = STR_INIT(1 << 20)};
	char uuid[UUID_TEXT];

	jsonw_init(&o.w, out);
	jsonw_object(&o.w);
	jsonw_key(&o.w, "assessment-results");
	jsonw_object(&o.w);
	put_back_matter(&o);
	jsonw_key(&o.w, "import-ap");
	jsonw_object(&o.w);
	str_printf(&o.text, "oscal/plan/%s/", r->facility ? r->facility : "");
	uuid_of(str_get(&o.text).p, uuid);
	str_clear(&o.text);
	str_printf(&o.text, "#%s", uuid);
	member_str(&o.w, "href", &o.text);
	jsonw_object_end(&o.w);
	put_metadata(&o);
	put_results(&o);
	put_uuid(&o, "uuid", "report", r->facility ? r->facility : r->kind, r->date);
	jsonw_object_end(&o.w);
	jsonw_object_end(&o.w);
	str_free(&o.text);
	return jsonw_end(&o.w);
}

const struct writer writer_oscal = {
	.name = "oscal", .help = "OSCAL assessment results 1.2.1", .mime = "application/json", .extension = "json", .write = oscal_write,
};
