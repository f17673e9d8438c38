/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Times the stages of a check: bench [-j N] [-n TIMES] PATH...
 * Prints, a stage a line: name, milliseconds (the least of TIMES runs), megabytes a second of input. Stages: read (collect and
 * resolve), subjects (dialects and views), match (every rule), report (judge, fingerprints, model). Nothing in the program itself
 * knows of it; a figure alone says little on a shared machine: tests/bench/run sets it beside bare libraries.
 */
#include "judge/judge.h"
#include "know/know.h"
#include "read/read.h"
#include "report/report.h"
#include "stages.h"

#include <stdlib.h>
#include <time.h>

enum stage { STAGE_RULES, STAGE_READ, STAGE_SUBJECTS, STAGE_MATCH, STAGE_REPORT, STAGES };

static const char *const stage_names[STAGES] = {"load-rules", "read", "subjects", "match", "report"};

struct bench {
	const char *const *roots;
	size_t root_count;
	int jobs;
	double best[STAGES], now[STAGES], since;
	size_t bytes, facts, subjects, hits;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void lap(struct bench *b, enum stage stage)
{
	double now = seconds();

	b->now[stage] = now - b->since;
	b->since = now;
}

static int fail(const struct err *e)
{
	fprintf(stderr, "%s\n", e->text);
	return 2;
}

static int run_once(struct bench *b)
{
	struct arena *a = arena_new();
	struct know *know;
	struct ruleset *rules;
	struct input_set inputs;
	struct subject_list subjects;
	struct evaluation ev;
	struct case_file cf;
	struct report report;
	struct err e = {0};
	const struct collect_options how = {.jobs = b->jobs};
	const struct eval_options options = {.date = date_parse(SPAN("2026-01-01")), .jobs = b->jobs};
	const struct report_request wanted = {.kind = "check", .fail_on = "none", .date = options.date, .jobs = b->jobs};

	b->since = seconds();
	if (know_load(a, NULL, &know, &e) || ruleset_load_scan(a, know, NULL, 0, NULL, 0, false, &rules, &e))
		return fail(&e);
	lap(b, STAGE_RULES);
	if (collect(&inputs, a, b->roots, b->root_count, &how, &e))
		return fail(&e);
	lap(b, STAGE_READ);
	stage_subjects(a, rules, know, &inputs, b->jobs, &subjects);
	lap(b, STAGE_SUBJECTS);
	stage_match(a, rules, &inputs, &subjects, &options, &ev);
	lap(b, STAGE_MATCH);
	judge(a, rules, NULL, &inputs, &ev, NULL, &(struct waivers){0}, options.date, &cf);
	report_build(a, &wanted, rules, know, NULL, &inputs, &ev, NULL, &cf, &report);
	lap(b, STAGE_REPORT);
	b->bytes = b->facts = 0;
	for (size_t i = 0; i < inputs.count; i++) {
		b->bytes += inputs.docs[i]->bytes.n;
		b->facts += inputs.docs[i]->fact_count;
	}
	b->subjects = subjects.count;
	b->hits = ev.count;
	arena_free(a);
	return 0;
}

int main(int argc, char **argv)
{
	struct bench b = {.jobs = 1};
	int times = 3, at = 1, code = 0;
	double total = 0;

	for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
		if (!strcmp(argv[at], "-j"))
			b.jobs = atoi(argv[at + 1]);
		else if (!strcmp(argv[at], "-n"))
			times = atoi(argv[at + 1]);
	}
	b.roots = (const char *const *)argv + at;
	b.root_count = at < argc ? (size_t)(argc - at) : 0;
	if (!b.root_count || times < 1) {
		fprintf(stderr, "usage: bench [-j THREADS] [-n TIMES] PATH...\n");
		return 2;
	}
	for (int i = 0; i < times && !code; i++) {
		code = run_once(&b);
		for (int s = 0; s < STAGES; s++)
			b.best[s] = i && b.best[s] < b.now[s] ? b.best[s] : b.now[s];
	}
	for (int s = 0; s < STAGES && !code; s++) {
		printf("%-10s %10.1f ms %10.1f MB/s\n", stage_names[s], b.best[s] * 1e3, (double)b.bytes / 1e6 / b.best[s]);
		total += s == STAGE_RULES ? 0 : b.best[s];
	}
	if (!code)
		printf("%-10s %10.1f ms %10.1f MB/s %zu bytes %zu facts %zu subjects %zu results\n", "check", total * 1e3,
		       (double)b.bytes / 1e6 / total, b.bytes, b.facts, b.subjects, b.hits);
	return code;
}
