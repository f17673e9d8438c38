/* SPDX-License-Identifier: EUPL-1.2 */
/* The result of an earlier run of the same build over the same bytes with the same options, out of a cache. */
#ifndef SCAN_RECALL_H
#define SCAN_RECALL_H

#include "scan/cache.h"
#include "scan/inside.h"

struct recall {
	struct cache cache;                   /* open */
	char key[SHA256_HEX];
};

/* Works out the key. files: collected, not yet read. */
void recall_begin(struct recall *x, const struct inside *in, const struct input_set *files);
/*
 * True: in has the report and the exit code as inside_answer leaves them. *unconfined: what the process that made the result was not confined
 * by, NULL: wholly confined.
 */
bool recall_result(const struct recall *x, struct inside *in, const char **unconfined);
/* Keeps the answer that in took. */
void recall_keep(const struct recall *x, const struct inside *in, const char *unconfined);

#endif
