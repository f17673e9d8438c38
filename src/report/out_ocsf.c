/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * OCSF compliance findings (class 2003, schema 1.3), an array of events: one a finding, and one for each control of each deployment, for
 * systems that follow controls. finding_info.types says which of the two an event is. The time is the audit date's midnight.
 */
#include "report/plain.h"

#include "base/date.h"

struct ocsf {
	struct jsonw w;
	const struct report *report;
	enum lang lang;
	int64_t time;
	struct str text;
};

/* What differs between the two kinds of events. */
struct event {
	const char *type, *uid, *title, *message;
	const char *control;                    /* the first, NULL */
	const char *const *controls;
	size_t control_count;
	const struct citation *sources;
	size_t source_count;
	int compliance;                         /* 0 unknown, 1 pass, 2 warning, 3 fail, 99 other */
	int severity, status;                   /* status 1 new, 3 suppressed */
	const char *remedy, *verdict, *deployment, *document;
	uint32_t line;
	const struct report_finding *finding;   /* NULL for a control */
};

/* The class wants at least one standard: a rule without a control is the program's own word. */
static void put_standards(struct ocsf *o, const struct event *e)
{
	jsonw_key(&o->w, "standards");
	jsonw_array(&o->w);
	for (size_t i = 0; i < e->source_count; i++)
		jsonw_text(&o->w, both_in(&e->sources[i].text, o->lang));
	if (!e->source_count)
		jsonw_text(&o->w, "scelle");
	jsonw_array_end(&o->w);
}

static void put_compliance(struct ocsf *o, const struct event *e)
{
	static const char *const words[] = {"Unknown", "Pass", "Warning", "Fail"};

	jsonw_key(&o->w, "compliance");
	jsonw_object(&o->w);
	if (e->control)
		jsonw_member(&o->w, "control", e->control);
	jsonw_member_texts(&o->w, "requirements", e->controls, e->control_count);
	put_standards(o, e);
	jsonw_member(&o->w, "status", e->compliance <= 3 ? words[e->compliance] : e->verdict);
	jsonw_member_int(&o->w, "status_id", e->compliance);
	jsonw_object_end(&o->w);
}

static void put_finding_info(struct ocsf *o, const struct event *e)
{
	jsonw_key(&o->w, "finding_info");
	jsonw_object(&o->w);
	jsonw_member_int(&o->w, "created_time", o->time);
	jsonw_member(&o->w, "desc", e->message);
	jsonw_member(&o->w, "title", e->title);
	jsonw_member_texts(&o->w, "types", &e->type, 1);
	jsonw_member(&o->w, "uid", e->uid);
	jsonw_object_end(&o->w);
}

static void put_metadata(struct ocsf *o, const struct event *e)
{
	char uuid[UUID_TEXT];

	jsonw_key(&o->w, "metadata");
	jsonw_object(&o->w);
	jsonw_key(&o->w, "product");
	jsonw_object(&o->w);
	jsonw_member(&o->w, "lang", lang_code(o->lang));
	jsonw_member(&o->w, "name", "scelle");
	jsonw_member(&o->w, "vendor_name", TOOL_VENDOR);
	jsonw_member(&o->w, "version", o->report->tool_version);
	jsonw_object_end(&o->w);
	str_printf(&o->text, "ocsf/%s/%s", e->type, e->uid);
	jsonw_member(&o->w, "uid", uuid_of(str_get(&o->text).p, uuid));
	str_clear(&o->text);
	jsonw_member(&o->w, "version", "1.3.0");
	jsonw_object_end(&o->w);
}

static void put_resources(struct ocsf *o, const struct event *e)
{
	jsonw_key(&o->w, "resources");
	jsonw_array(&o->w);
	jsonw_object(&o->w);
	jsonw_member(&o->w, "name", e->document ? e->document : e->deployment ? e->deployment : o->report->facility ? o->report->facility : "");
	jsonw_member(&o->w, "type", e->document ? "file" : e->deployment ? "deployment" : "facility");
	jsonw_object_end(&o->w);
	jsonw_array_end(&o->w);
}

static void put_unmapped(struct ocsf *o, const struct event *e)
{
	jsonw_key(&o->w, "unmapped");
	jsonw_object(&o->w);
	jsonw_member(&o->w, "deployment", e->deployment);
	if (e->finding)
		jsonw_member(&o->w, "fingerprint", e->finding->fingerprint);
	jsonw_member_int(&o->w, "line", e->line);
	if (e->finding)
		jsonw_member(&o->w, "rule", e->finding->rule);
	jsonw_member(&o->w, "verdict", e->verdict);
	jsonw_object_end(&o->w);
}

static void put_event(struct ocsf *o, const struct event *e)
{
	static const char *const severities[] = {"Unknown", "Informational", "Low", "Medium", "High", "Critical"};
	struct jsonw *w = &o->w;

	jsonw_object(w);
	jsonw_member_int(w, "activity_id", 1);
	jsonw_member(w, "activity_name", "Create");
	jsonw_member(w, "category_name", "Findings");
	jsonw_member_int(w, "category_uid", 2);
	jsonw_member(w, "class_name", "Compliance Finding");
	jsonw_member_int(w, "class_uid", 2003);
	put_compliance(o, e);
	put_finding_info(o, e);
	jsonw_member(w, "message", e->message);
	put_metadata(o, e);
	jsonw_key(w, "remediation");
	jsonw_object(w);
	jsonw_member(w, "desc", e->remedy);
	jsonw_object_end(w);
	put_resources(o, e);
	jsonw_member(w, "severity", severities[e->severity]);
	jsonw_member_int(w, "severity_id", e->severity);
	jsonw_member(w, "status", e->status == 3 ? "Suppressed" : "New");
	jsonw_member_int(w, "status_id", e->status);
	jsonw_member_int(w, "time", o->time);
	jsonw_member(w, "type_name", "Compliance Finding: Create");
	jsonw_member_int(w, "type_uid", 200301);
	put_unmapped(o, e);
	jsonw_object_end(w);
}

/* ------------------------------------------------------------------ findings */

static int compliance_of(const struct report_finding *f)
{
	return finding_is_breach(f) ? 3 : !strcmp(f->verdict, "to_confirm") ? 2 : f->outcome != OUTCOME_AGAINST ? 0 : 99;
}

static void put_finding(struct ocsf *o, const struct report_finding *f)
{
	struct str message = STR_INIT(1 << 20), uid = STR_INIT(1 << 20);
	const struct control *c = f->control_count ? report_control_named(o->report, f->controls[0]) : NULL;
	const struct report_place *p = finding_spot(f);
	struct event e = {.type = "finding", .title = both_in(&f->title, o->lang), .control = f->control_count ? f->controls[0] : NULL, .controls = f->controls,
		.control_count = f->control_count, .sources = c ? c->sources : NULL, .source_count = c ? c->source_count : 0, .compliance = compliance_of(f),
		.severity = (int)f->severity + 1, .status = f->waived_by || finding_is_old(f) ? 3 : 1, .remedy = both_in(&f->fix, o->lang), .verdict = f->verdict,
		.deployment = f->deployment, .document = p ? p->document : NULL, .line = p ? p->line : 0, .finding = f};

	finding_message(&message, f, o->lang);
	finding_key(&uid, f);
	e.message = str_get(&message).p;
	e.uid = str_get(&uid).p;
	put_event(o, &e);
	str_free(&message);
	str_free(&uid);
}

/* ------------------------------------------------------------------ controls */

static void put_cell(struct ocsf *o, const struct report_cell *x)
{
	static const int status[VERDICTS] = {
		[VERDICT_CONFORM] = 1, [VERDICT_CONTRADICTED] = 3, [VERDICT_NONCONFORM] = 3, [VERDICT_TO_CONFIRM] = 2, [VERDICT_WAIVED] = 99,
		[VERDICT_NOT_APPLICABLE] = 99, [VERDICT_INCOMPLETE] = 0, [VERDICT_UNKNOWN] = 0, [VERDICT_NOT_EVIDENCED] = 99};
	struct str uid = STR_INIT(1 << 16), message = STR_INIT(1 << 16);
	const struct control *c = report_control_named(o->report, x->control);
	struct event e = {.type = "verdict", .title = both_in(&c->title, o->lang), .control = c->id, .controls = &c->id, .control_count = 1, .sources = c->sources,
		.source_count = c->source_count, .compliance = status[x->verdict], .severity = x->verdict == VERDICT_CONFORM ? 1 : (int)x->severity + 1,
		.status = x->verdict == VERDICT_WAIVED ? 3 : 1, .remedy = both_in(&c->remedy, o->lang), .verdict = verdict_names[x->verdict], .deployment = x->deployment};

	str_printf(&uid, "%s/%s", x->deployment ? x->deployment : "", x->control);
	str_printf(&message, "%s%s%s", verdict_text(e.verdict, o->lang), x->why ? ", " : "", why_text(x->why, o->lang));
	e.uid = str_get(&uid).p;
	e.message = str_get(&message).p;
	put_event(o, &e);
	str_free(&uid);
	str_free(&message);
}

static int ocsf_write(struct str *out, const struct report *r, enum lang lang)
{
	struct ocsf o = {.report = r, .lang = lang, .time = (int64_t)date_parse(span_of(r->date)) * 86400000, .text = STR_INIT(1 << 20)};

	jsonw_init(&o.w, out);
	jsonw_array(&o.w);
	for (size_t i = 0; i < r->finding_count; i++)
		put_finding(&o, &r->findings[i]);
	for (size_t i = 0; i < r->cell_count; i++)
		put_cell(&o, &r->cells[i]);
	jsonw_array_end(&o.w);
	str_free(&o.text);
	return jsonw_end(&o.w);
}

const struct writer writer_ocsf = {
	.name = "ocsf", .help = "OCSF compliance findings (class 2003), for GRC systems", .mime = "application/json", .extension = "json", .write = ocsf_write,
};
