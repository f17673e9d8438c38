/* SPDX-License-Identifier: EUPL-1.2 */
/* A process that does the dangerous part of a run: it reads what others wrote and can do nothing else. */
#ifndef SCAN_WORKER_H
#define SCAN_WORKER_H

#include "base/str.h"
#include "read/read.h"

enum worker_limit { WORKER_THREADS = 64 };      /* that can say what they work at */

/* In memory that both processes see. The worker writes, and is not believed: the other side only ever counts and compares. */
struct worker_board;

/* The work itself, in the child: appends its answer to out. set->watch is set, and tells the board what is worked at. */
typedef void worker_task(void *data, struct input_set *set, struct str *out);
/* Outside: whether an answer, which may be anybody's, is one. It lives as long as the arena of worker_run. */
typedef bool worker_accept(void *data, struct span answer);

struct worker {
	struct input_set *set;            /* files in the order of collecting (collect_files); those that end a worker are marked unreadable */
	worker_task *task;
	worker_accept *accept;
	void *data;                       /* of both */
	int *jobs;                        /* set to 1 when it must be known which of several threads failed */
	uint64_t memory, cpu_seconds;     /* bounds of the process, 0: none */
	unsigned file_seconds;            /* of wall time on one document, more for a large one */
	bool progress;                    /* tell on standard error how far it is */
	unsigned starved;                 /* own count of children that ran out of memory */
	bool lost;                        /* out: a child was lost on the way */
	const char *unconfined;           /* out: what the kernel does not have, NULL: all of it is there */
};

/* Runs the task in a child, again without the file at which a child died, until an answer is accepted. -1: not even without any file. */
int worker_run(struct arena *a, struct worker *w, struct err *e);

#endif
