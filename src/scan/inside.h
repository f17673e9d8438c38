/* SPDX-License-Identifier: EUPL-1.2 */
/* What runs inside the confined process: from the bytes of files to the packed model. */
#ifndef SCAN_INSIDE_H
#define SCAN_INSIDE_H

#include "scan/scan.h"

/* All that the work needs, in memory before the process is confined. */
struct inside {
	struct arena *arena;
	const struct scan_request *request;
	struct collect_options options;
	const struct know *know;
	const struct ruleset *rules;
	const char **origins;                 /* of rules, by name, for the report */
	size_t origin_count;
	struct span identity_key;
	const char *declaration_name;         /* of --declaration: its base name and bytes; NULL: none given */
	struct span declaration;
	const char *baseline_name;            /* NULL: none */
	struct span baseline;
	bool has_changed;
	struct span changed;                  /* names of changed files */
	int jobs;
	/* outside: the answer read back */
	struct report *report;
	struct span answer;                   /* that it was read from */
	enum exit_code code;
	struct err *e;                        /* the error that the work ended with; no text: a report */
};

/* worker_task: data is a struct inside. */
void inside_run(void *data, struct input_set *set, struct str *out);
/* worker_accept: every byte is checked. */
bool inside_answer(void *data, struct span answer);

#endif
