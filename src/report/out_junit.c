/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * JUnit XML that both common schemas accept (Jenkins' junit-10.xsd, Windyroad's). One suite an area; one case a finding or a piece of
 * evidence: a breach fails, evidence for passes, what is waived, doubtful, known before or undecided is skipped, what could not be
 * evaluated is an error. Names carry no line, so that a test keeps its history when code moves. A last suite holds the inputs.
 */
#include "report/plain.h"

#include "base/utf8.h"

enum result { PASSED, FAILED, ERROR, SKIPPED, RESULTS };

struct junit {
	struct str *out;
	const struct report *report;
	enum lang lang;
	struct str text;
	int suites;
};

/* Characters that XML 1.0 forbids were made visible by the masks already, but for U+FFFE and U+FFFF. */
static void put_xml(struct str *out, const char *text)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\t', " "}, {'\n', " "}, {'\r', " "}};
	struct span s = span_of(text);

	while (s.n) {
		unsigned code = 0xfffd;
		size_t n = utf8_decode(s, &code), i = 0;

		while (i < sizeof entities / sizeof *entities && (unsigned char)entities[i].c != code)
			i++;
		if (i < sizeof entities / sizeof *entities)
			str_text(out, entities[i].entity);
		else
			str_utf8(out, !n || code < 0x20 || code == 0xfffe || code == 0xffff ? 0xfffd : code);
		s = span_cut(s, n ? n : 1, s.n);
	}
}

static void put_attribute(struct junit *j, const char *name, const char *value)
{
	str_printf(j->out, " %s=\"", name);
	put_xml(j->out, value);
	str_char(j->out, '"');
}

static enum result result_of(const struct report_finding *f)
{
	if (!strcmp(f->verdict, "conform"))
		return PASSED;
	if (!strcmp(f->verdict, "incomplete"))
		return ERROR;
	return finding_is_breach(f) ? FAILED : SKIPPED;
}

/* ------------------------------------------------------------------ cases */

static void put_details(struct junit *j, const struct report_finding *f)
{
	const struct report_place *p = finding_spot(f);

	str_printf(&j->text, "%s", finding_document(f));
	if (p && p->line)
		str_printf(&j->text, ":%u:%u", p->line, p->column);
	put_xml(j->out, j->text.p);
	str_clear(&j->text);
	str_char(j->out, '\n');
	finding_message(&j->text, f, j->lang);
	put_xml(j->out, j->text.p);
	str_clear(&j->text);
}

static void put_case_head(struct junit *j, const struct report_finding *f)
{
	str_text(j->out, "    <testcase");
	put_attribute(j, "classname", f->rule);
	str_printf(&j->text, "%s | %s%s%s | %s/%u", both_in(&f->title, j->lang), f->deployment ? f->deployment : "", f->deployment ? " | " : "",
		   finding_document(f), f->fingerprint, f->occurrence);
	put_attribute(j, "name", j->text.p);
	str_clear(&j->text);
	put_attribute(j, "time", "0");
}

static void put_skipped(struct junit *j, const struct report_finding *f)
{
	if (f->waived_by)
		str_printf(&j->text, "waived: %s (%s, %s %s)", f->waived_reason, f->waived_by, text(TEXT_UNTIL, j->lang), f->waived_until);
	else
		str_printf(&j->text, "%s: %s", finding_is_old(f) ? "old" : f->verdict, verdict_text(f->verdict, j->lang));
	str_text(j->out, "<skipped");
	put_attribute(j, "message", j->text.p);
	str_clear(&j->text);
	str_text(j->out, "/>");
}

static void put_case(struct junit *j, const struct report_finding *f)
{
	static const char *const elements[] = {[FAILED] = "failure", [ERROR] = "error"};
	enum result result = result_of(f);

	put_case_head(j, f);
	if (result == PASSED) {
		str_text(j->out, "/>\n");
		return;
	}
	str_char(j->out, '>');
	if (result == SKIPPED) {
		put_skipped(j, f);
	} else {
		str_printf(j->out, "<%s", elements[result]);
		put_attribute(j, "message", both_in(&f->title, j->lang));
		str_printf(&j->text, "%s %s", severity_names[f->severity], f->verdict);
		put_attribute(j, "type", j->text.p);
		str_clear(&j->text);
		str_char(j->out, '>');
		put_details(j, f);
		str_printf(j->out, "</%s>", elements[result]);
	}
	str_text(j->out, "</testcase>\n");
}

/* ------------------------------------------------------------------ suites */

static void suite_open(struct junit *j, const char *name, const size_t *counts)
{
	str_printf(j->out, "  <testsuite id=\"%d\" package=\"scelle\"", j->suites++);
	put_attribute(j, "name", name);
	str_printf(j->out, " timestamp=\"%sT00:00:00\" hostname=\"localhost\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\">\n",
		   j->report->date, counts[PASSED] + counts[FAILED] + counts[ERROR] + counts[SKIPPED], counts[FAILED], counts[ERROR], counts[SKIPPED]);
	str_text(j->out, "    <properties><property name=\"scelle\"");
	put_attribute(j, "value", j->report->tool_version);
	str_text(j->out, "/></properties>\n");
}

static void suite_close(struct junit *j)
{
	str_text(j->out, "    <system-out/>\n    <system-err/>\n  </testsuite>\n");
}

static void count_area(const char *area, const struct report_finding *list, size_t n, size_t *counts)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i].area, area))
			counts[result_of(&list[i])]++;
}

static void put_area(struct junit *j, const char *area)
{
	const struct report *r = j->report;
	size_t counts[RESULTS] = {0};

	count_area(area, r->findings, r->finding_count, counts);
	count_area(area, r->support, r->support_count, counts);
	suite_open(j, area, counts);
	for (size_t i = 0; i < r->finding_count; i++)
		if (!strcmp(r->findings[i].area, area))
			put_case(j, &r->findings[i]);
	for (size_t i = 0; i < r->support_count; i++)
		if (!strcmp(r->support[i].area, area))
			put_case(j, &r->support[i]);
	suite_close(j);
}

/* Each area once, in the order in which findings, then evidence, bring them. */
static void put_areas(struct junit *j)
{
	const struct report *r = j->report;
	struct arena *a = arena_new();
	struct map seen = MAP_INIT(a);

	for (size_t i = 0; i < r->finding_count + r->support_count; i++) {
		const struct report_finding *f = i < r->finding_count ? &r->findings[i] : &r->support[i - r->finding_count];
		struct map_entry *e = map_entry(&seen, span_of(f->area));

		if (!e->value)
			put_area(j, f->area);
		e->value = j;
	}
	arena_free(a);
}

static bool is_unread(const struct report_input *in)
{
	return in->status == DOC_UNREADABLE || in->status == DOC_PARTIAL;
}

static void put_inputs(struct junit *j)
{
	const struct report *r = j->report;
	size_t counts[RESULTS] = {0};

	for (size_t i = 0; i < r->input_count; i++)
		counts[is_unread(&r->inputs[i]) ? ERROR : r->inputs[i].status == DOC_SKIPPED ? SKIPPED : PASSED]++;
	suite_open(j, "inputs", counts);
	for (size_t i = 0; i < r->input_count; i++) {
		const struct report_input *in = &r->inputs[i];

		str_text(j->out, "    <testcase classname=\"inputs\"");
		put_attribute(j, "name", in->name);
		put_attribute(j, "time", "0");
		if (in->status == DOC_READ) {
			str_text(j->out, "/>\n");
			continue;
		}
		str_printf(j->out, "><%s", is_unread(in) ? "error type=\"unread\"" : "skipped");
		put_attribute(j, "message", in->reason.en ? both_in(&in->reason, j->lang) : status_text(in->status, j->lang));
		str_text(j->out, "/></testcase>\n");
	}
	suite_close(j);
}

static int junit_write(struct str *out, const struct report *r, enum lang lang)
{
	struct junit j = {.out = out, .report = r, .lang = lang, .text = STR_INIT(1 << 20)};

	str_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	put_areas(&j);
	put_inputs(&j);
	str_text(out, "</testsuites>\n");
	str_free(&j.text);
	return str_failed(out) ? -1 : 0;
}

const struct writer writer_junit = {
	.name = "junit", .help = "JUnit XML, for dashboards of continuous integration", .mime = "application/xml", .extension = "xml", .write = junit_write,
};
