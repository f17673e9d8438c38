/* SPDX-License-Identifier: EUPL-1.2 */
/* The whole run as a list of calls: collect, read, match, judge, report. The first file to read is scan.c. */
#ifndef SCAN_SCAN_H
#define SCAN_SCAN_H

#include "report/report.h"

struct scan_request {
	const char *kind;                 /* "audit" or "check" */
	const char *const *roots;
	size_t root_count;
	const char *declaration;          /* path, NULL: roots[0]/scelle.yaml for an audit, none for a check */
	const char *const *rules_dirs;
	size_t rules_dir_count;
	bool no_builtin_rules;
	bool signed_rules;                /* refuse rules that nobody known has signed */
	const char *rules_anchors;        /* certificates of those who may sign rules, NULL: none */
	const char *const *only, *const *skip, *const *exclude;      /* globs */
	size_t only_count, skip_count, exclude_count;
	const char *format;               /* forced format name, NULL */
	date_t date;
	bool date_from_clock;
	const char *profile;              /* only this profile's controls, NULL: all */
	const char *fail_on;              /* severity name, or "none" */
	bool fail_on_unknown, allow_empty, no_prefilter;
	int jobs;
	unsigned memory_limit;            /* of the process that reads, MiB; 0: LIMIT_WORKER_BYTES */
	unsigned time_limit;              /* seconds on one document; 0: LIMIT_FILE_SECONDS */
	bool progress;                    /* on a terminal, tell how far a long run is */
	const char *identity_key;         /* file, NULL */
	const char *baseline;             /* an earlier report, JSON or container; NULL */
	const char *changed_files;        /* a list of names, "-" for standard input; NULL: all count */
	bool honor_inline;                /* a waiver in a comment counts */
	bool only_new;                    /* leave out what the baseline knows */
	const char *cache;                /* folder of earlier results, NULL: none */
	bool fresh;                       /* take no result from it: only leave this one there */
};

/* Fills *ret (in a) and the exit code the findings deserve. -1: e says why there is no report. */
int scan_run(struct arena *a, const struct scan_request *q, struct report *ret, enum exit_code *ret_code, struct err *e);

#endif
