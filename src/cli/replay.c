/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * verify --replay: the audit again, on the same files, with the recorded date, and byte for byte the recorded report. What the
 * report names (rules, knowledge, date) is compared first, so that a difference has its reason and not only its offset.
 */
#include "cli/replay.h"

#include "base/limits.h"
#include "report/report.h"
#include "scan/scan.h"

#include <stdlib.h>

struct recorded {
	struct span json;
	const char *kind, *date, *fail_on, *profile, *rules, *knowledge;
};

static int find_report(struct arena *a, struct span container, struct span *ret, struct err *e)
{
	struct seal_entry *entries;
	size_t count;

	if (container_entries(a, container, &entries, &count, e))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(entries[i].name, "report.json")) {
			*ret = entries[i].bytes;
			return 0;
		}
	}
	return err_set(e, EXIT_UNVERIFIED, "the container has no report.json to replay");
}

static const char *digest_of(const struct fact *root, const char *key)
{
	const struct fact *block = fact_child(root, key);

	return block ? fact_text(block, "digest") : NULL;
}

static int read_recorded(struct arena *a, struct span json, struct recorded *ret, struct err *e)
{
	struct input_set set = {.arena = a, .interned = MAP_INIT(a)};
	const struct doc *d = input_add(&set, "report.json", json, format_named("json"));
	const struct fact *root = d->root_count ? d->roots[0] : NULL;

	if (d->status != DOC_READ || !root)
		return err_set(e, EXIT_UNVERIFIED, "report.json is not sound JSON");
	*ret = (struct recorded){
		.json = json, .kind = fact_text(root, "kind"), .date = fact_text(root, "date"), .fail_on = fact_text(root, "fail_on"), .profile = fact_text(root, "profile"),
		.rules = digest_of(root, "rules"), .knowledge = digest_of(root, "knowledge"),
	};
	if (!ret->kind || !ret->date || !ret->rules || !ret->knowledge || date_parse(span_of(ret->date)) == DATE_NONE)
		return err_set(e, EXIT_UNVERIFIED, "report.json lacks kind, date or digests");
	return 0;
}

static bool differs(const char *a, const char *b)
{
	/* analyser: recorded_read refuses a report without digests */
	return strcmp(a, b) != 0;
}

/* The first byte that differs, with what stands around it on both sides. */
static void say_difference(struct arena *a, struct span was, struct span is, struct verify_step *step)
{
	size_t at = 0, from, n;

	while (at < was.n && at < is.n && was.p[at] == is.p[at])
		at++;
	from = at > 40 ? at - 40 : 0;
	n = 80;
	step->result = STEP_FAILED;
	step->reason_fr = arena_printf(a, "le rapport rejoué diffère à l'octet %zu : enregistré « %.*s », rejoué « %.*s »", at,
				       (int)(was.n - from < n ? was.n - from : n), was.p + from, (int)(is.n - from < n ? is.n - from : n), is.p + from);
	step->reason_en = arena_printf(a, "the replayed report differs at byte %zu: recorded '%.*s', replayed '%.*s'", at,
				       (int)(was.n - from < n ? was.n - from : n), was.p + from, (int)(is.n - from < n ? is.n - from : n), is.p + from);
}

static void judge_replay(struct arena *a, const struct recorded *was, const struct report *r, struct span is, struct verify_step *step)
{
	if (differs(was->rules, r->rules_digest) || differs(was->knowledge, r->know_digest)) {
		step->result = STEP_FAILED;
		step->reason_fr = "les règles ou les connaissances ne sont pas celles de l'audit : reprendre la version d'alors, ou --rules";
		step->reason_en = "rules or knowledge are not those of the audit: take the version of that day, or --rules";
	} else if (span_eq(was->json, is)) {
		step->result = STEP_PASSED;
		step->reason_fr = "l'audit rejoué donne les mêmes octets";
		step->reason_en = "the audit, run again, gives the same bytes";
	} else {
		say_difference(a, was->json, is, step);
	}
}

int replay(struct arena *a, const struct replay_request *q, struct verify_step *ret, struct err *e)
{
	const char *roots[1] = {q->inputs};
	struct scan_request scan = {.roots = roots, .root_count = 1, .rules_dirs = q->rules, .rules_dir_count = q->rule_count, .allow_empty = true, .jobs = 1};
	struct str out = STR_INIT(LIMIT_REPORT_BYTES);
	struct recorded was = {0};
	struct report r;
	enum exit_code code;
	struct span json = {NULL, 0};
	int bad = -1;

	*ret = (struct verify_step){.name = "replay", .question = ASKS_HISTORY};
	if (find_report(a, q->container, &json, e) || read_recorded(a, json, &was, e))
		goto out;
	scan.kind = was.kind;
	scan.date = date_parse(span_of(was.date));
	scan.profile = was.profile;
	scan.fail_on = was.fail_on ? was.fail_on : "high";
	if (scan_run(a, &scan, &r, &code, e))
		goto out;
	if (writer_named("json")->write(&out, &r, LANG_EN)) {
		err_set(e, EXIT_BROKEN, "cannot write the replayed report");
		goto out;
	}
	judge_replay(a, &was, &r, str_get(&out), ret);
	bad = ret->result == STEP_PASSED ? 0 : err_set(e, EXIT_UNVERIFIED, "replay: %s", ret->reason_en);
out:
	str_free(&out);
	return bad;
}
