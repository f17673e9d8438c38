/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SARIF 2.1.0 (OASIS, errata 01), for the line of a merge request. A result is one finding of the report: what fails has kind fail,
 * a doubt review, an unknown open; waived ones carry their suppression. No region for a document as a whole: a region needs a
 * line. What could not be read is a notification, and then the execution was not successful. Evidence for a control is not
 * listed: code scanners show whatever is listed as an alert.
 */
#include "report/plain.h"

#include <ctype.h>

static const char *const levels[] = {[SEVERITY_INFO] = "note", [SEVERITY_LOW] = "note", [SEVERITY_MEDIUM] = "warning",
				     [SEVERITY_HIGH] = "error", [SEVERITY_CRITICAL] = "error"};

struct sarif {
	struct jsonw w;
	struct arena *arena;
	const struct report *report;
	enum lang lang;
	struct rule_met *rules;
	size_t rule_count;
	struct str text;      /* scratch, empty between uses */
};

static void put_text(struct sarif *s, const char *key, const char *text)
{
	jsonw_key(&s->w, key);
	jsonw_object(&s->w);
	jsonw_member(&s->w, "text", text);
	jsonw_object_end(&s->w);
}

/* ------------------------------------------------------------------ rules */

/* hosting.storage-territory: HostingStorageTerritory */
static void put_pascal(struct sarif *s, const char *id)
{
	bool start = true;

	for (const char *p = id; *p; p++) {
		bool letter = isalnum((unsigned char)*p);

		if (letter)
			str_char(&s->text, start ? (char)toupper((unsigned char)*p) : *p);
		start = !letter;
	}
	member_str(&s->w, "name", &s->text);
}

static const struct control *control_of(const struct sarif *s, const struct rule_met *m)
{
	return m->control_count ? report_control_named(s->report, m->controls[0]) : NULL;
}

static void put_help(struct sarif *s, const struct rule_met *m)
{
	for (size_t i = 0; i < m->control_count; i++) {
		const struct control *c = report_control_named(s->report, m->controls[i]);

		str_printf(&s->text, "%s%s", s->text.n ? "\n" : "", m->controls[i]);
		for (size_t k = 0; c && k < c->source_count; k++)
			str_printf(&s->text, "%s%s", k ? ", " : ": ", both_in(&c->sources[k].text, s->lang));
		if (c)
			str_printf(&s->text, ". %s", both_in(&c->remedy, s->lang));
	}
	put_text(s, "help", str_get(&s->text).n ? s->text.p : m->id);
	str_clear(&s->text);
}

static void put_rule_properties(struct sarif *s, const struct rule_met *m)
{
	static const char *const scores[] = {[SEVERITY_INFO] = "0.0", [SEVERITY_LOW] = "3.0", [SEVERITY_MEDIUM] = "5.5",
					     [SEVERITY_HIGH] = "8.0", [SEVERITY_CRITICAL] = "9.5"};

	jsonw_key(&s->w, "properties");
	jsonw_object(&s->w);
	jsonw_member(&s->w, "precision", "high");
	jsonw_member(&s->w, "security-severity", scores[m->severity]);
	jsonw_key(&s->w, "tags");
	jsonw_array(&s->w);
	jsonw_text(&s->w, "security");
	jsonw_text(&s->w, m->area);
	for (size_t i = 0; i < m->control_count; i++)
		jsonw_text(&s->w, m->controls[i]);
	jsonw_array_end(&s->w);
	jsonw_object_end(&s->w);
}

static void put_rule(struct sarif *s, const struct rule_met *m)
{
	const struct control *c = control_of(s, m);

	jsonw_object(&s->w);
	jsonw_key(&s->w, "defaultConfiguration");
	jsonw_object(&s->w);
	jsonw_member(&s->w, "level", levels[m->severity]);
	jsonw_object_end(&s->w);
	put_text(s, "fullDescription", c ? both_in(&c->requirement, s->lang) : m->id);
	put_help(s, m);
	jsonw_member(&s->w, "id", m->id);
	put_pascal(s, m->id);
	put_rule_properties(s, m);
	put_text(s, "shortDescription", c ? both_in(&c->title, s->lang) : m->id);
	jsonw_object_end(&s->w);
}

static void put_tool(struct sarif *s)
{
	jsonw_key(&s->w, "tool");
	jsonw_object(&s->w);
	jsonw_key(&s->w, "driver");
	jsonw_object(&s->w);
	jsonw_member(&s->w, "name", "scelle");
	jsonw_key(&s->w, "notifications");
	jsonw_array(&s->w);
	jsonw_array_end(&s->w);
	jsonw_key(&s->w, "rules");
	jsonw_array(&s->w);
	for (size_t i = 0; i < s->rule_count; i++)
		put_rule(s, &s->rules[i]);
	jsonw_array_end(&s->w);
	jsonw_member(&s->w, "semanticVersion", s->report->tool_version);
	jsonw_member(&s->w, "version", s->report->tool_version);
	jsonw_object_end(&s->w);
	jsonw_object_end(&s->w);
}

/* ------------------------------------------------------------------ places */

/* Its place in artifacts, which are the inputs in byte order of names; -1 for none of them. */
static int64_t artifact_index(const struct report *r, const char *name)
{
	size_t low = 0, high = r->input_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int by = strcmp(r->inputs[middle].name, name);

		if (!by)
			return (int64_t)middle;
		if (by < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

static void put_artifact_location(struct sarif *s, const char *key, const char *document)
{
	int64_t index = artifact_index(s->report, document);

	jsonw_key(&s->w, key);
	jsonw_object(&s->w);
	if (index >= 0)
		jsonw_member_int(&s->w, "index", index);
	put_uri(&s->text, document);
	member_str(&s->w, "uri", &s->text);
	jsonw_member(&s->w, "uriBaseId", "%SRCROOT%");
	jsonw_object_end(&s->w);
}

static void put_region(struct sarif *s, const struct report_place *p)
{
	bool ends = p->end_line > p->line || (p->end_line == p->line && p->end_column > p->column);

	jsonw_key(&s->w, "region");
	jsonw_object(&s->w);
	if (ends && p->end_column) {
		jsonw_member_int(&s->w, "endColumn", p->end_column);
		jsonw_member_int(&s->w, "endLine", p->end_line);
	}
	if (p->column)
		jsonw_member_int(&s->w, "startColumn", p->column);
	jsonw_member_int(&s->w, "startLine", p->line);
	jsonw_object_end(&s->w);
}

static void put_physical(struct sarif *s, const char *document, const struct report_place *p)
{
	jsonw_key(&s->w, "physicalLocation");
	jsonw_object(&s->w);
	put_artifact_location(s, "artifactLocation", document);
	if (p && p->line)
		put_region(s, p);
	jsonw_object_end(&s->w);
}

static void put_logical(struct sarif *s, const struct report_finding *f, const struct report_place *p)
{
	if (!f->deployment && !(p && p->path && *p->path))
		return;
	jsonw_key(&s->w, "logicalLocations");
	jsonw_array(&s->w);
	if (p && p->path && *p->path) {
		jsonw_object(&s->w);
		jsonw_member(&s->w, "fullyQualifiedName", p->path);
		jsonw_member(&s->w, "kind", "member");
		jsonw_object_end(&s->w);
	}
	if (f->deployment) {
		jsonw_object(&s->w);
		jsonw_member(&s->w, "kind", "module");
		jsonw_member(&s->w, "name", f->deployment);
		jsonw_object_end(&s->w);
	}
	jsonw_array_end(&s->w);
}

static void put_locations(struct sarif *s, const struct report_finding *f)
{
	const struct report_place *p = finding_spot(f);

	jsonw_key(&s->w, "locations");
	jsonw_array(&s->w);
	jsonw_object(&s->w);
	put_logical(s, f, p);
	put_physical(s, finding_document(f), p);
	jsonw_object_end(&s->w);
	jsonw_array_end(&s->w);
}

static const char *role_text(enum place_role role, enum lang lang)
{
	static const enum text_id ids[] = {[PLACE_DECIDES] = TEXT_ALSO_AT, [PLACE_DECLARED] = TEXT_DECLARED_AT, [PLACE_SET_AT] = TEXT_SET_AT,
					   [PLACE_RELATED] = TEXT_RELATED_AT};

	return text(ids[role], lang);
}

static void put_related(struct sarif *s, const struct report_finding *f)
{
	const struct report_place *main_place = finding_spot(f);
	int64_t id = 0;

	jsonw_key(&s->w, "relatedLocations");
	jsonw_array(&s->w);
	for (size_t i = 0; i < f->place_count; i++) {
		const struct report_place *p = &f->places[i];

		if (!p->document || p == main_place)
			continue;
		jsonw_object(&s->w);
		jsonw_member_int(&s->w, "id", ++id);
		put_text(s, "message", role_text(p->role, s->lang));
		put_physical(s, p->document, p);
		jsonw_object_end(&s->w);
	}
	jsonw_array_end(&s->w);
}

/* ------------------------------------------------------------------ results */

static const char *kind_of(const struct report_finding *f)
{
	static const struct {
		const char *verdict, *kind;
	} kinds[] = {{"to_confirm", "review"}, {"unknown", "open"}, {"incomplete", "open"}, {"not_applicable", "notApplicable"}};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(f->verdict, kinds[i].verdict))
			return kinds[i].kind;
	return "fail";
}

static void put_fingerprints(struct sarif *s, const struct report_finding *f)
{
	const char *bare = strncmp(f->fingerprint, "f1:", 3) ? f->fingerprint : f->fingerprint + 3;

	jsonw_key(&s->w, "partialFingerprints");
	jsonw_object(&s->w);
	/* the name that code scanning takes instead of hashing the line itself */
	str_printf(&s->text, "%s:%u", bare, f->occurrence);
	member_str(&s->w, "primaryLocationLineHash", &s->text);
	str_printf(&s->text, "%s/%u", f->fingerprint, f->occurrence);
	member_str(&s->w, "scelleFinding/v1", &s->text);
	jsonw_object_end(&s->w);
}

static void put_result_properties(struct sarif *s, const struct report_finding *f)
{
	jsonw_key(&s->w, "properties");
	jsonw_object(&s->w);
	jsonw_member(&s->w, "confidence", confidence_names[f->confidence]);
	jsonw_key(&s->w, "controls");
	jsonw_array(&s->w);
	for (size_t i = 0; i < f->control_count; i++)
		jsonw_text(&s->w, f->controls[i]);
	jsonw_array_end(&s->w);
	if (f->deployment)
		jsonw_member(&s->w, "deployment", f->deployment);
	if (f->place_count && f->places[0].excerpt)
		jsonw_member(&s->w, "excerpt", f->places[0].excerpt);
	jsonw_member(&s->w, "fingerprint", f->fingerprint);
	jsonw_member_int(&s->w, "occurrence", f->occurrence);
	jsonw_member(&s->w, "severity", severity_names[f->severity]);
	jsonw_member(&s->w, "verdict", f->verdict);
	jsonw_object_end(&s->w);
}

static void put_suppressions(struct sarif *s, const struct report_finding *f)
{
	jsonw_key(&s->w, "suppressions");
	jsonw_array(&s->w);
	if (f->waived_by) {
		str_printf(&s->text, "%s (%s, %s %s)", f->waived_reason, f->waived_by, text(TEXT_UNTIL, s->lang), f->waived_until);
		jsonw_object(&s->w);
		member_str(&s->w, "justification", &s->text);
		jsonw_member(&s->w, "kind", "external");
		jsonw_member(&s->w, "status", "accepted");
		jsonw_object_end(&s->w);
	}
	jsonw_array_end(&s->w);
}

static int64_t rule_index(const struct sarif *s, const char *id)
{
	size_t low = 0, high = s->rule_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(s->rules[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (int64_t)low;
}

static void put_result(struct sarif *s, const struct report_finding *f)
{
	const char *kind = kind_of(f);

	jsonw_object(&s->w);
	if (f->baseline)
		jsonw_member(&s->w, "baselineState", finding_is_old(f) ? "unchanged" : "new");
	jsonw_member(&s->w, "kind", kind);
	/* 3.27.10: only what fails has a level */
	jsonw_member(&s->w, "level", strcmp(kind, "fail") ? "none" : levels[f->severity]);
	put_locations(s, f);
	finding_message(&s->text, f, s->lang);
	jsonw_key(&s->w, "message");
	jsonw_object(&s->w);
	member_str(&s->w, "text", &s->text);
	jsonw_object_end(&s->w);
	put_fingerprints(s, f);
	put_result_properties(s, f);
	put_related(s, f);
	jsonw_member(&s->w, "ruleId", f->rule);
	jsonw_member_int(&s->w, "ruleIndex", rule_index(s, f->rule));
	put_suppressions(s, f);
	jsonw_object_end(&s->w);
}

/* ------------------------------------------------------------------ the run */

static void put_artifacts(struct sarif *s)
{
	jsonw_key(&s->w, "artifacts");
	jsonw_array(&s->w);
	for (size_t i = 0; i < s->report->input_count; i++) {
		const struct report_input *in = &s->report->inputs[i];

		jsonw_object(&s->w);
		jsonw_key(&s->w, "hashes");
		jsonw_object(&s->w);
		jsonw_member(&s->w, "sha-256", in->sha256);
		jsonw_object_end(&s->w);
		jsonw_member_int(&s->w, "length", (int64_t)in->size);
		put_artifact_location(s, "location", in->name);
		jsonw_object_end(&s->w);
	}
	jsonw_array_end(&s->w);
}

static void put_notification(struct sarif *s, const char *code, const char *level, const char *document, uint32_t line, uint32_t column,
			     const char *message)
{
	const struct report_place p = {.line = line, .column = column};

	jsonw_object(&s->w);
	jsonw_key(&s->w, "descriptor");
	jsonw_object(&s->w);
	jsonw_member(&s->w, "id", code);
	jsonw_object_end(&s->w);
	jsonw_member(&s->w, "level", level);
	if (document) {
		jsonw_key(&s->w, "locations");
		jsonw_array(&s->w);
		jsonw_object(&s->w);
		put_physical(s, document, &p);
		jsonw_object_end(&s->w);
		jsonw_array_end(&s->w);
	}
	put_text(s, "message", message);
	jsonw_object_end(&s->w);
}

static void put_notifications(struct sarif *s)
{
	static const char *const words[] = {[DIAG_NOTE] = "note", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};
	const struct report *r = s->report;

	jsonw_key(&s->w, "toolExecutionNotifications");
	jsonw_array(&s->w);
	for (size_t i = 0; i < r->diag_count; i++)
		put_notification(s, r->diags[i].code, words[r->diags[i].level], r->diags[i].document, r->diags[i].line, r->diags[i].column,
				 both_in(&r->diags[i].text, s->lang));
	for (size_t i = 0; i < r->input_count; i++)
		if (r->inputs[i].status == DOC_UNREADABLE || r->inputs[i].status == DOC_SKIPPED)
			put_notification(s, r->inputs[i].status == DOC_UNREADABLE ? "unreadable" : "unknown-format",
					 r->inputs[i].status == DOC_UNREADABLE ? "error" : "note", r->inputs[i].name, 0, 0,
					 r->inputs[i].reason.en ? both_in(&r->inputs[i].reason, s->lang) : status_text(r->inputs[i].status, s->lang));
	jsonw_array_end(&s->w);
}

static void put_invocations(struct sarif *s)
{
	jsonw_key(&s->w, "invocations");
	jsonw_array(&s->w);
	jsonw_object(&s->w);
	jsonw_member_bool(&s->w, "executionSuccessful", !s->report->incomplete);
	put_notifications(s);
	jsonw_object_end(&s->w);
	jsonw_array_end(&s->w);
}

static void put_base(struct sarif *s)
{
	jsonw_key(&s->w, "originalUriBaseIds");
	jsonw_object(&s->w);
	jsonw_key(&s->w, "%SRCROOT%");
	jsonw_object(&s->w);
	put_text(s, "description", "the folder that was examined");
	jsonw_object_end(&s->w);
	jsonw_object_end(&s->w);
}

static void put_run_properties(struct sarif *s)
{
	const struct report *r = s->report;

	jsonw_key(&s->w, "properties");
	jsonw_object(&s->w);
	if (r->facility)
		jsonw_member(&s->w, "advice", advice_names[r->advice]);
	jsonw_member(&s->w, "date", r->date);
	if (r->facility)
		jsonw_member(&s->w, "facility", r->facility);
	jsonw_member(&s->w, "knowledgeDigest", r->know_digest);
	jsonw_member(&s->w, "rulesDigest", r->rules_digest);
	jsonw_object_end(&s->w);
}

static void put_run(struct sarif *s)
{
	jsonw_object(&s->w);
	put_artifacts(s);
	jsonw_key(&s->w, "automationDetails");
	jsonw_object(&s->w);
	str_printf(&s->text, "scelle/%s/", s->report->kind);
	member_str(&s->w, "id", &s->text);
	jsonw_object_end(&s->w);
	jsonw_member(&s->w, "columnKind", "unicodeCodePoints");
	put_invocations(s);
	jsonw_member(&s->w, "language", lang_code(s->lang));
	put_base(s);
	put_run_properties(s);
	jsonw_key(&s->w, "results");
	jsonw_array(&s->w);
	for (size_t i = 0; i < s->report->finding_count; i++)
		put_result(s, &s->report->findings[i]);
	jsonw_array_end(&s->w);
	put_tool(s);
	jsonw_object_end(&s->w);
}

static int sarif_write(struct str *out, const struct report *r, enum lang lang)
{
	struct sarif s = {.arena = arena_new(), .report = r, .lang = lang, .text = STR_INIT(1 << 20)};
	int failed;

	s.rule_count = rules_met(s.arena, r, &s.rules);
	jsonw_init(&s.w, out);
	jsonw_object(&s.w);
	jsonw_member(&s.w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	jsonw_key(&s.w, "runs");
	jsonw_array(&s.w);
	put_run(&s);
	jsonw_array_end(&s.w);
	jsonw_member(&s.w, "version", "2.1.0");
	jsonw_object_end(&s.w);
	failed = jsonw_end(&s.w);
	str_free(&s.text);
	arena_free(s.arena);
	return failed;
}

const struct writer writer_sarif = {
	.name = "sarif", .help = "SARIF 2.1.0, for code scanning and editors", .mime = "application/sarif+json", .extension = "sarif", .write = sarif_write,
};
