/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The authoritative report: canonical JSON (RFC 8785), integers only, described by docs/report.schema.json. Members stand in
 * the order of their names; jsonw refuses any other order, so a slip here is a failed test. Language does not matter:
 * every text is given in both.
 */
#include "base/jsonw.h"
#include "base/limits.h"
#include "report/report.h"

static void write_indices(struct jsonw *w, const char *key, const size_t *indices, size_t count)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		jsonw_int(w, (int64_t)indices[i]);
	jsonw_array_end(w);
}

static void write_both(struct jsonw *w, const char *key, const struct both *b)
{
	jsonw_key(w, key);
	jsonw_object(w);
	jsonw_member(w, "en", b->en);
	jsonw_member(w, "fr", b->fr);
	jsonw_object_end(w);
}

static void write_count(struct jsonw *w, const char *key, size_t n)
{
	jsonw_member_int(w, key, (int64_t)n);
}

static const char *date_text(date_t date, char buffer[16])
{
	return date == DATE_NONE ? NULL : date_format(date, buffer);
}

/* ------------------------------------------------------------------ parts, in the order of their keys */

static void write_components(struct jsonw *w, const struct report *r)
{
	static const char *const kinds[] = {[COMPONENT_CALL] = "call", [COMPONENT_MODEL] = "model"};

	jsonw_key(w, "components");
	jsonw_array(w);
	for (size_t i = 0; i < r->component_count; i++) {
		const struct report_component *c = &r->components[i];

		jsonw_object(w);
		jsonw_member(w, "category", c->category);
		write_count(w, "count", c->count);
		jsonw_member(w, "country", c->country);
		jsonw_member(w, "deployment", c->deployment);
		jsonw_member(w, "document", c->document);
		jsonw_member(w, "kind", kinds[c->kind]);
		jsonw_member_int(w, "line", c->line);
		jsonw_member(w, "name", c->name);
		jsonw_member(w, "publisher", c->publisher);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_citations(struct jsonw *w, const struct control *c)
{
	jsonw_key(w, "sources");
	jsonw_array(w);
	for (size_t i = 0; i < c->source_count; i++) {
		jsonw_object(w);
		jsonw_member(w, "en", c->sources[i].text.en);
		jsonw_member(w, "fr", c->sources[i].text.fr);
		jsonw_member(w, "url", c->sources[i].url);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_controls(struct jsonw *w, const struct report *r)
{
	jsonw_key(w, "controls");
	jsonw_array(w);
	for (size_t i = 0; i < r->control_count; i++) {
		const struct control *c = r->controls[i].control;
		char date[16];

		jsonw_object(w);
		jsonw_member(w, "area", c->area);
		jsonw_member_texts(w, "bound", c->bound, c->bound_count);
		jsonw_member(w, "from", date_text(c->from, date));
		jsonw_member(w, "id", c->id);
		write_both(w, "remedy", &c->remedy);
		write_both(w, "requirement", &c->requirement);
		jsonw_member(w, "severity", severity_names[c->severity]);
		write_both(w, "shown_by", &c->shown_by);
		write_citations(w, c);
		write_both(w, "title", &c->title);
		jsonw_member(w, "until", date_text(c->until, date));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_severities(struct jsonw *w, const char *key, const size_t *counts)
{
	static const enum severity order[] = {SEVERITY_CRITICAL, SEVERITY_HIGH, SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM};

	jsonw_key(w, key);
	jsonw_object(w);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		write_count(w, severity_names[order[i]], counts[order[i]]);
	jsonw_object_end(w);
}

static void write_verdict_counts(struct jsonw *w, const size_t *counts)
{
	static const enum verdict order[] = {VERDICT_CONFORM, VERDICT_CONTRADICTED, VERDICT_INCOMPLETE, VERDICT_NONCONFORM,
					     VERDICT_NOT_APPLICABLE, VERDICT_NOT_EVIDENCED, VERDICT_TO_CONFIRM, VERDICT_UNKNOWN, VERDICT_WAIVED};

	jsonw_key(w, "verdicts");
	jsonw_object(w);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		write_count(w, verdict_names[order[i]], counts[order[i]]);
	jsonw_object_end(w);
}

static void write_deployments(struct jsonw *w, const struct report *r)
{
	jsonw_key(w, "deployments");
	jsonw_array(w);
	for (size_t i = 0; i < r->deployment_count; i++) {
		const struct report_deployment *d = &r->deployments[i];

		jsonw_object(w);
		jsonw_member(w, "advice", advice_names[d->advice]);
		jsonw_key(w, "documents");
		jsonw_object(w);
		write_count(w, "covered", d->docs);
		write_count(w, "partial", d->docs_partial);
		write_count(w, "read", d->docs_read);
		jsonw_object_end(w);
		write_severities(w, "findings", d->by_severity);
		jsonw_member(w, "id", d->id);
		jsonw_member_bool(w, "incomplete", d->incomplete);
		jsonw_member(w, "name", d->name);
		jsonw_member_bool(w, "partial", d->partial);
		jsonw_member(w, "purpose", d->purpose);
		jsonw_member(w, "vendor", d->vendor);
		write_verdict_counts(w, d->verdicts);
		jsonw_member(w, "why", d->why);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_diagnostics(struct jsonw *w, const struct report *r)
{
	static const char *const levels[] = {[DIAG_NOTE] = "note", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};

	jsonw_key(w, "diagnostics");
	jsonw_array(w);
	for (size_t i = 0; i < r->diag_count; i++) {
		const struct report_diag *d = &r->diags[i];

		jsonw_object(w);
		jsonw_member(w, "code", d->code);
		jsonw_member_int(w, "column", d->column);
		jsonw_member(w, "document", d->document);
		jsonw_member(w, "level", levels[d->level]);
		jsonw_member_int(w, "line", d->line);
		jsonw_member(w, "text", d->text.en);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* ------------------------------------------------------------------ findings */

static void write_place(struct jsonw *w, const struct report_place *p)
{
	static const char *const roles[] = {[PLACE_DECIDES] = "decides", [PLACE_DECLARED] = "declared", [PLACE_SET_AT] = "set_at", [PLACE_RELATED] = "related"};

	jsonw_object(w);
	jsonw_member_int(w, "column", p->column);
	jsonw_member(w, "document", p->document);
	jsonw_member_int(w, "end_column", p->end_column);
	jsonw_member_int(w, "end_line", p->end_line);
	jsonw_key(w, "excerpt");
	if (p->excerpt) {
		jsonw_object(w);
		jsonw_member_int(w, "from", p->excerpt_from);
		jsonw_member(w, "text", p->excerpt);
		jsonw_member_int(w, "to", p->excerpt_to);
		jsonw_object_end(w);
	} else {
		jsonw_null(w);
	}
	jsonw_member_int(w, "line", p->line);
	jsonw_member(w, "path", p->path);
	jsonw_member(w, "role", roles[p->role]);
	jsonw_object_end(w);
}

static void write_waived(struct jsonw *w, const struct report_finding *f)
{
	jsonw_key(w, "waived");
	if (!f->waived_by) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_member(w, "by", f->waived_by);
	jsonw_member(w, "reason", f->waived_reason);
	jsonw_member(w, "until", f->waived_until);
	jsonw_object_end(w);
}

static void write_finding(struct jsonw *w, const struct report_finding *f)
{
	static const struct report_place nowhere = {0};
	const struct report_place *p = f->place_count ? &f->places[0] : &nowhere;

	jsonw_object(w);
	jsonw_member(w, "area", f->area);
	jsonw_member(w, "baseline", f->baseline);
	jsonw_member_int(w, "column", p->column);
	jsonw_member(w, "confidence", confidence_names[f->confidence]);
	jsonw_member_texts(w, "controls", f->controls, f->control_count);
	write_count(w, "count", f->count);
	jsonw_member(w, "declared", f->declared);
	jsonw_member(w, "deployment", f->deployment);
	jsonw_member(w, "document", p->document);
	jsonw_member(w, "fingerprint", f->fingerprint);
	write_both(w, "fix", &f->fix);
	jsonw_member_int(w, "line", p->line);
	jsonw_member_bool(w, "missing", f->missing);
	jsonw_member_int(w, "occurrence", f->occurrence);
	jsonw_member(w, "path", p->path);
	jsonw_key(w, "places");
	jsonw_array(w);
	for (size_t i = 0; i < f->place_count; i++)
		write_place(w, &f->places[i]);
	jsonw_array_end(w);
	jsonw_member(w, "rule", f->rule);
	jsonw_member_int(w, "rule_version", f->rule_version);
	jsonw_member(w, "severity", severity_names[f->severity]);
	jsonw_member(w, "source", f->rule_source);
	jsonw_member(w, "subject", f->subject);
	write_both(w, "title", &f->title);
	jsonw_member(w, "value", f->value);
	jsonw_member(w, "verdict", f->verdict);
	write_waived(w, f);
	write_both(w, "why", &f->why);
	jsonw_member(w, "why_incomplete", f->why_incomplete.en);
	jsonw_object_end(w);
}

static void write_findings(struct jsonw *w, const char *key, const struct report_finding *list, size_t count)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		write_finding(w, &list[i]);
	jsonw_array_end(w);
}

/* ------------------------------------------------------------------ inputs and the rest */

static void write_deadlines(struct jsonw *w, const struct report *r)
{
	jsonw_key(w, "deadlines");
	jsonw_array(w);
	for (size_t i = 0; i < r->deadline_count; i++) {
		const struct report_deadline *d = &r->deadlines[i];

		jsonw_object(w);
		jsonw_member(w, "date", d->date);
		jsonw_member_int(w, "days", d->days);
		jsonw_member(w, "deployment", d->deployment);
		jsonw_member(w, "kind", d->kind);
		jsonw_member(w, "name", d->name);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_flows(struct jsonw *w, const struct report *r)
{
	jsonw_key(w, "flows");
	jsonw_array(w);
	for (size_t i = 0; i < r->flow_count; i++) {
		const struct report_flow *f = &r->flows[i];

		jsonw_object(w);
		write_count(w, "count", f->count);
		jsonw_member(w, "country", f->country);
		jsonw_member(w, "deployment", f->deployment);
		jsonw_member_bool(w, "in_eea", f->in_eea);
		jsonw_member(w, "use", f->use);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_inputs(struct jsonw *w, const struct report *r)
{
	static const char *const states[] = {[DOC_READ] = "read", [DOC_PARTIAL] = "partial", [DOC_UNREADABLE] = "unreadable", [DOC_SKIPPED] = "skipped"};

	jsonw_key(w, "inputs");
	jsonw_array(w);
	for (size_t i = 0; i < r->input_count; i++) {
		const struct report_input *in = &r->inputs[i];

		jsonw_object(w);
		jsonw_member_texts(w, "deployments", in->deployments, in->deployment_count);
		jsonw_member(w, "dialect", in->dialect);
		write_count(w, "facts", in->facts);
		jsonw_member(w, "format", in->format);
		jsonw_member(w, "name", in->name);
		jsonw_member(w, "reason", in->reason.en);
		jsonw_member(w, "sha256", in->sha256);
		jsonw_member_int(w, "size", (int64_t)in->size);
		jsonw_member(w, "status", states[in->status]);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_rules(struct jsonw *w, const struct report *r)
{
	jsonw_key(w, "rules");
	jsonw_object(w);
	write_count(w, "count", r->rule_count);
	jsonw_member(w, "digest", r->rules_digest);
	jsonw_member_texts(w, "folders", r->rules_dirs, r->rules_dir_count);
	jsonw_object_end(w);
}

static void write_summary(struct jsonw *w, const struct report *r)
{
	jsonw_key(w, "summary");
	jsonw_object(w);
	write_count(w, "doubts", r->doubts);
	write_severities(w, "findings", r->by_severity);
	jsonw_member_bool(w, "incomplete", r->incomplete);
	write_count(w, "incompletes", r->incompletes);
	write_count(w, "old", r->old);
	write_count(w, "unknowns", r->unknowns);
	write_count(w, "waived", r->waived);
	jsonw_object_end(w);
}

static void write_verdicts(struct jsonw *w, const struct report *r)
{
	jsonw_key(w, "verdicts");
	jsonw_array(w);
	for (size_t i = 0; i < r->cell_count; i++) {
		const struct report_cell *c = &r->cells[i];

		jsonw_object(w);
		jsonw_member(w, "below", verdict_names[c->below]);
		jsonw_member(w, "control", c->control);
		jsonw_member(w, "deployment", c->deployment);
		write_indices(w, "findings", c->findings, c->finding_count);
		jsonw_member_texts(w, "missing", c->missing, c->missing_count);
		jsonw_member_texts(w, "not_declared", c->not_declared, c->not_declared_count);
		jsonw_member_bool(w, "partial", c->partial);
		jsonw_member(w, "severity", severity_names[c->severity]);
		write_indices(w, "support", c->support, c->support_count);
		jsonw_member(w, "verdict", verdict_names[c->verdict]);
		jsonw_member(w, "why", c->why);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_waivers(struct jsonw *w, const struct report *r)
{
	jsonw_key(w, "waivers");
	jsonw_array(w);
	for (size_t i = 0; i < r->waiver_count; i++) {
		const struct report_waiver *x = &r->waivers[i];

		jsonw_object(w);
		jsonw_member(w, "approver", x->approver);
		jsonw_member(w, "deployment", x->deployment);
		jsonw_member_bool(w, "expired", x->expired);
		jsonw_member_bool(w, "outgrown", x->outgrown);
		jsonw_member(w, "place", x->place);
		jsonw_member(w, "reason", x->reason);
		jsonw_member(w, "target", x->target);
		jsonw_member(w, "until", x->until);
		write_count(w, "used", x->used);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void write_facility(struct jsonw *w, const struct report *r)
{
	jsonw_key(w, "facility");
	if (!r->facility) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_member(w, "finess", r->finess);
	jsonw_member(w, "name", r->facility);
	jsonw_object_end(w);
}

static void write_tool(struct jsonw *w, const struct report *r)
{
	jsonw_key(w, "tool");
	jsonw_object(w);
	jsonw_member(w, "name", "scelle");
	jsonw_member(w, "version", r->tool_version);
	jsonw_object_end(w);
}

static void write_report(struct jsonw *w, const struct report *r)
{
	jsonw_object(w);
	/* a check gives no advice: it has no declaration to advise on */
	jsonw_member(w, "advice", r->deployment_count || r->facility ? advice_names[r->advice] : NULL);
	write_components(w, r);
	write_controls(w, r);
	jsonw_member(w, "date", r->date);
	jsonw_member_bool(w, "date_from_clock", r->date_from_clock);
	write_deadlines(w, r);
	write_deployments(w, r);
	write_diagnostics(w, r);
	write_facility(w, r);
	jsonw_member(w, "fail_on", r->fail_on);
	write_findings(w, "findings", r->findings, r->finding_count);
	write_flows(w, r);
	write_inputs(w, r);
	jsonw_member(w, "kind", r->kind);
	jsonw_key(w, "knowledge");
	jsonw_object(w);
	jsonw_member(w, "digest", r->know_digest);
	jsonw_object_end(w);
	jsonw_member(w, "profile", r->profile);
	write_rules(w, r);
	jsonw_member_int(w, "schema", 1);
	write_summary(w, r);
	write_findings(w, "support", r->support, r->support_count);
	write_tool(w, r);
	write_verdicts(w, r);
	write_waivers(w, r);
	jsonw_object_end(w);
}

static int json_write(struct str *out, const struct report *r, enum lang lang)
{
	struct jsonw w;

	(void)lang;
	jsonw_init(&w, out);
	write_report(&w, r);
	return jsonw_end(&w);
}

const struct writer writer_json = {
	.name = "json", .help = "canonical JSON (RFC 8785), the authoritative report", .mime = "application/json", .extension = "json",
	.write = json_write,
};
