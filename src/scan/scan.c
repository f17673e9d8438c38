/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The whole run as a list of calls: the first file to read. From sandbox_enter on, what touches an input can open no socket
 * and run no program. Nothing here decides or words anything; each step belongs to the folder it is named after.
 */
#include "scan/scan.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "report/baseline.h"
#include "scan/report_file.h"
#include "scan/rules_pack.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

struct run {
	struct arena *arena;
	const struct scan_request *request;
	struct input_set inputs;
	struct declaration *declaration;
	struct know *know;
	struct ruleset *rules;
	struct rules_pack *packs;
	size_t pack_count;
	const char **folders, **origins;      /* folders of rules; all origins by name, for the report */
	size_t folder_count, origin_count;
	struct evaluation evaluation;
	struct span identity_key;
	struct report before;
	struct baseline baseline;
};

static void confine(void)
{
	struct err why = {0};

	if (sandbox_enter(&why) > 0)
		fprintf(stderr, "scelle: warning: not confined: %s\n", why.text);
}

static int read_inputs(struct run *r, struct err *e)
{
	const struct scan_request *q = r->request;
	struct collect_options o = {.exclude = q->exclude, .exclude_count = q->exclude_count};

	if (q->format && !(o.forced = format_named(q->format)))
		return err_set(e, EXIT_USAGE, "no format '%s'; `scelle formats` lists them", q->format);
	return collect(&r->inputs, r->arena, q->roots, q->root_count, &o, e);
}

static struct doc *document_named(const struct input_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->docs[i]->name, name))
			return set->docs[i];
	return NULL;
}

/* A declaration given by --declaration joins the inputs under its base name, so that its places can be shown. */
static int add_declaration(struct run *r, struct doc **ret, struct err *e)
{
	const char *path = r->request->declaration, *name = io_base(path);
	struct span bytes;
	struct doc *same;

	if (io_read(r->arena, path, LIMIT_FILE_BYTES, &bytes, e))
		return -1;
	same = document_named(&r->inputs, name);
	*ret = same && span_eq(same->bytes, bytes) ? same : input_add(&r->inputs, name, bytes, format_named("yaml"));
	return 0;
}

static int read_declaration(struct run *r, struct err *e)
{
	struct doc *d = NULL;

	if (r->request->declaration) {
		if (add_declaration(r, &d, e))
			return -1;
	} else if (strcmp(r->request->kind, "audit")) {
		return 0;
	} else if (!(d = document_named(&r->inputs, "scelle.yaml"))) {
		return err_set(e, EXIT_USAGE, "no declaration: '%s' has no scelle.yaml; `scelle init` makes one", r->request->roots[0]);
	}
	return declaration_load(r->arena, d, &r->declaration, e);
}

/* A folder of rules may bring its own knowledge; else the program's own is used. */
static const char *knowledge_folder(struct run *r)
{
	for (size_t i = 0; i < r->folder_count; i++)
		if (!access(arena_printf(r->arena, "%s/know", r->folders[i]), F_OK))
			return r->folders[i];
	return NULL;
}

/* --rules names folders and signed packs alike. */
static int sort_origins(struct run *r, struct err *e)
{
	const struct scan_request *q = r->request;

	for (size_t i = 0; i < q->rules_dir_count; i++) {
		const char *path = q->rules_dirs[i];
		struct rules_pack pack;

		if (!rules_pack_is(path)) {
			if (q->signed_rules)
				return err_set(e, EXIT_UNVERIFIED, "the rules of '%s' are not signed: a folder is no pack", path);
			*ARENA_PUSH(r->arena, r->folders, r->folder_count) = path;
			*ARENA_PUSH(r->arena, r->origins, r->origin_count) = path;
			continue;
		}
		if (rules_pack_read(r->arena, path, q->rules_anchors, q->signed_rules, time(NULL), &pack, e))
			return -1;
		*ARENA_PUSH(r->arena, r->packs, r->pack_count) = pack;
		*ARENA_PUSH(r->arena, r->origins, r->origin_count) = pack.name;
	}
	return 0;
}

static int load_rules(struct run *r, struct err *e)
{
	const struct scan_request *q = r->request;

	if (sort_origins(r, e) || know_load(r->arena, knowledge_folder(r), &r->know, e) ||
	    ruleset_load_packs(r->arena, r->know, r->folders, r->folder_count, r->packs, r->pack_count, q->no_builtin_rules, &r->rules, e))
		return -1;
	if (q->profile && ruleset_profile(r->rules, q->profile, e))
		return -1;
	ruleset_select(r->rules, q->only, q->only_count, q->skip, q->skip_count);
	return 0;
}

static int read_identity_key(struct run *r, struct err *e)
{
	if (!r->request->identity_key)
		return 0;
	if (io_read(r->arena, r->request->identity_key, 4096, &r->identity_key, e))
		return -1;
	if (r->identity_key.n < 16)
		return err_set(e, EXIT_USAGE, "the identity key '%s' is shorter than 16 bytes", r->request->identity_key);
	return 0;
}

/* ------------------------------------------------------------------ what was before */

static int read_baseline(struct run *r, struct err *e)
{
	const struct scan_request *q = r->request;
	struct span list;

	r->baseline.only_new = q->only_new;
	if (q->baseline) {
		if (report_file_load(r->arena, q->baseline, &r->before, e))
			return -1;
		r->baseline.before = &r->before;
	}
	if (!q->changed_files)
		return 0;
	if (strcmp(q->changed_files, "-") ? io_read(r->arena, q->changed_files, LIMIT_FILE_BYTES, &list, e) :
					    io_read_stdin(r->arena, LIMIT_FILE_BYTES, &list, e))
		return -1;
	r->baseline.changed = baseline_names(r->arena, list, &r->baseline.changed_count);
	r->baseline.has_changed = true;
	return 0;
}

static bool compares(const struct run *r)
{
	return r->baseline.before || r->baseline.has_changed;
}

/* ------------------------------------------------------------------ the exit code */

static bool nothing_to_evaluate(const struct run *r, const struct report *report)
{
	size_t readable = 0;

	for (size_t i = 0; i < r->inputs.count; i++)
		readable += (r->inputs.docs[i]->status == DOC_READ || r->inputs.docs[i]->status == DOC_PARTIAL) &&
			    (!r->declaration || r->inputs.docs[i] != r->declaration->doc);
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
	enum exit_code code = fails(r->request, report) ? EXIT_FINDINGS : EXIT_CLEAN;

	if (report->incomplete)
		code = exit_worst(code, EXIT_INCOMPLETE);
	if (!r->request->allow_empty && nothing_to_evaluate(r, report))
		code = exit_worst(code, EXIT_INCOMPLETE);
	return code;
}

/* ------------------------------------------------------------------ the run */

static void judge_and_report(struct run *r, struct report *ret)
{
	const struct scan_request *q = r->request;
	const struct report_request wanted = {
		.kind = q->kind, .profile = q->profile, .fail_on = q->fail_on, .date = q->date, .date_from_clock = q->date_from_clock,
		.rules_dirs = r->origins, .rules_dir_count = r->origin_count, .identity_key = r->identity_key,
	};
	const char **fingerprints = report_fingerprints(r->arena, &r->evaluation, r->identity_key);
	struct case_file verdicts;

	judge(r->arena, r->rules, r->declaration, &r->inputs, &r->evaluation, fingerprints, q->date, &verdicts);
	report_build(r->arena, &wanted, r->rules, r->know, r->declaration, &r->inputs, &r->evaluation, fingerprints, &verdicts, ret);
}

int scan_run(struct arena *a, const struct scan_request *q, struct report *ret, enum exit_code *ret_code, struct err *e)
{
	struct run r = {.arena = a, .request = q};
	struct eval_options how = {.date = q->date, .jobs = q->jobs, .no_prefilter = q->no_prefilter};

	if (load_rules(&r, e) || read_identity_key(&r, e)) {
		e->code = e->code == EXIT_INCOMPLETE ? EXIT_USAGE : e->code;      /* a folder of rules that cannot be read is a wrong option */
		return -1;
	}
	confine();
	if (read_baseline(&r, e)) {
		e->code = EXIT_USAGE;
		return -1;
	}
	if (read_inputs(&r, e) || read_declaration(&r, e))
		return -1;
	how.declaration = r.declaration;
	evaluate(a, r.rules, r.know, &r.inputs, &how, &r.evaluation);
	judge_and_report(&r, ret);
	if (compares(&r))
		baseline_apply(a, &r.baseline, ret);
	*ret_code = exit_for(&r, ret);
	return 0;
}
