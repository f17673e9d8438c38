/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Read, match, judge, report, as a list of calls. Everything here runs in a process that can open nothing (scan/worker.c): what it
 * needs is in struct inside, what it found leaves as bytes. Nothing here decides or words anything; each step belongs to the
 * folder it is named after. inside_answer is the other end, in the process that may write, and believes nothing.
 */
#include "scan/inside.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "report/baseline.h"
#include "report/pack.h"
#include "scan/report_file.h"

struct run {
	struct inside *in;
	struct input_set *inputs;
	struct declaration *declaration;
	struct evaluation evaluation;
	struct report before;
	struct baseline baseline;
};

static struct doc *document_named(const struct input_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->docs[i]->name, name))
			return set->docs[i];
	return NULL;
}

/* A declaration given by --declaration joins the inputs under its base name, so that its places can be shown. */
static struct doc *add_declaration(struct run *r)
{
	struct doc *same = document_named(r->inputs, r->in->declaration_name);

	return same && span_eq(same->bytes, r->in->declaration) ? same :
	       input_add(r->inputs, r->in->declaration_name, r->in->declaration, format_named("yaml"));
}

static int read_declaration(struct run *r, struct err *e)
{
	const struct scan_request *q = r->in->request;
	struct doc *d = NULL;

	if (r->in->declaration_name)
		d = add_declaration(r);
	else if (strcmp(q->kind, "audit"))
		return 0;
	else if (!(d = document_named(r->inputs, "scelle.yaml")))
		return err_set(e, EXIT_USAGE, "no declaration: '%s' has no scelle.yaml; `scelle init` makes one", q->roots[0]);
	return declaration_load(r->in->arena, d, &r->declaration, e);
}

static int read_baseline(struct run *r, struct err *e)
{
	struct inside *in = r->in;

	r->baseline.only_new = in->request->only_new;
	if (in->baseline_name) {
		if (report_file_parse(in->arena, in->baseline_name, in->baseline, &r->before, e)) {
			e->code = EXIT_USAGE;      /* a wrong operand, not an incomplete audit */
			return -1;
		}
		r->baseline.before = &r->before;
	}
	if (!in->has_changed)
		return 0;
	r->baseline.changed = baseline_names(in->arena, in->changed, &r->baseline.changed_count);
	r->baseline.has_changed = true;
	return 0;
}

/* ------------------------------------------------------------------ the exit code */

static bool nothing_to_evaluate(const struct run *r, const struct report *report)
{
	size_t readable = 0;

	for (size_t i = 0; i < r->inputs->count; i++)
		readable += (r->inputs->docs[i]->status == DOC_READ || r->inputs->docs[i]->status == DOC_PARTIAL) &&
			    (!r->declaration || r->inputs->docs[i] != r->declaration->doc);
	return !readable || !report->rule_count || (r->declaration && !r->declaration->deployment_count);
}

static bool fails(const struct scan_request *q, const struct report *report)
{
	int from = severity_named(q->fail_on);

	for (int s = from; from >= 0 && s <= SEVERITY_CRITICAL; s++)      /* "none" names no severity */
		if (report->by_severity[s])
			return true;
	return q->fail_on_unknown && report->unknowns;
}

static enum exit_code exit_for(const struct run *r, const struct report *report)
{
	const struct scan_request *q = r->in->request;
	enum exit_code code = fails(q, report) ? EXIT_FINDINGS : EXIT_CLEAN;

	if (report->incomplete)
		code = exit_worst(code, EXIT_INCOMPLETE);
	if (!q->allow_empty && nothing_to_evaluate(r, report))
		code = exit_worst(code, EXIT_INCOMPLETE);
	return code;
}

/* ------------------------------------------------------------------ the work */

/* Only then does judging need the identity of every hit, also of those beyond the cap of a report. */
static bool is_waived_by_fingerprint(const struct declaration *decl)
{
	for (size_t i = 0; decl && i < decl->waiver_count; i++)
		if (decl->waivers[i].fingerprint)
			return true;
	return false;
}

static void judge_and_report(struct run *r, struct report *ret)
{
	const struct inside *in = r->in;
	const struct scan_request *q = in->request;
	const struct report_request wanted = {
		.kind = q->kind, .profile = q->profile, .fail_on = q->fail_on, .date = q->date, .date_from_clock = q->date_from_clock,
		.rules_dirs = in->origins, .rules_dir_count = in->origin_count, .identity_key = in->identity_key, .jobs = in->jobs,
	};
	const char **fingerprints = NULL;
	struct case_file verdicts;
	struct waivers more;

	if (is_waived_by_fingerprint(r->declaration))
		fingerprints = report_fingerprints(in->arena, &r->evaluation, in->identity_key, in->jobs);
	inline_waivers(in->arena, in->rules, r->inputs, q->honor_inline, &more);
	judge(in->arena, in->rules, r->declaration, r->inputs, &r->evaluation, fingerprints, &more, q->date, &verdicts);
	report_build(in->arena, &wanted, in->rules, in->know, r->declaration, r->inputs, &r->evaluation, fingerprints, &verdicts, ret);
	if (r->baseline.before || r->baseline.has_changed)
		baseline_apply(in->arena, &r->baseline, ret);
}

static int work(struct run *r, struct report *ret, struct err *e)
{
	struct inside *in = r->in;
	struct eval_options how = {.date = in->request->date, .jobs = in->jobs, .no_prefilter = in->request->no_prefilter};

	in->options.jobs = in->jobs;
	if (read_baseline(r, e))
		return -1;
	collect_read(r->inputs, &in->options);
	if (read_declaration(r, e))
		return -1;
	how.declaration = r->declaration;
	evaluate(in->arena, in->rules, in->know, r->inputs, &how, &r->evaluation);
	judge_and_report(r, ret);
	return 0;
}

/* ------------------------------------------------------------------ the answer: a letter, an exit code, a report or the text of an error */

#define ANSWER_REPORT 'R'
#define ANSWER_ERROR 'E'

void inside_run(void *data, struct input_set *set, struct str *out)
{
	struct run r = {.in = data, .inputs = set};
	struct report report;
	struct err e = {0};

	if (work(&r, &report, &e)) {
		str_char(out, ANSWER_ERROR);
		str_char(out, (char)e.code);
		str_text(out, e.text);
		return;
	}
	str_char(out, ANSWER_REPORT);
	str_char(out, (char)exit_for(&r, &report));
	report_pack(out, &report);
}

/* Several mistakes are told one a line; nothing else in them may command a terminal. */
static void take_error(struct inside *in, struct span text)
{
	struct str safe = STR_INIT(sizeof in->e->text);

	for (size_t from = 0; from < text.n;) {
		const char *end = memchr(text.p + from, '\n', text.n - from);
		size_t to = end ? (size_t)(end - text.p) : text.n;

		utf8_safe(&safe, span_cut(text, from, to));
		if (end)
			str_char(&safe, '\n');
		from = to + 1;
	}
	err_set(in->e, in->code, "%s", str_get(&safe).p);
	str_free(&safe);
}

bool inside_answer(void *data, struct span answer)
{
	struct inside *in = data;
	unsigned code = answer.n > 1 ? (unsigned char)answer.p[1] : EXIT_BROKEN + 1;
	struct span text = answer.n > 2 ? span_cut(answer, 2, answer.n) : SPAN("");
	struct err wrong = {0};

	if (code > EXIT_BROKEN)
		return false;
	in->code = (enum exit_code)code;
	in->answer = answer;
	if (*answer.p == ANSWER_ERROR && code && text.n && text.n < sizeof in->e->text) {
		take_error(in, text);
		return true;
	}
	return *answer.p == ANSWER_REPORT && !report_unpack(in->arena, text, in->rules, in->report, &wrong);
}
