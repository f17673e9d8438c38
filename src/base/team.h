/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbered pieces of work, shared out among threads so that nothing of the result shows how many there were. */
#ifndef BASE_TEAM_H
#define BASE_TEAM_H

#include "base/arena.h"

struct team {
	int jobs;                             /* threads at most; below 2: the caller's alone */
	size_t count;                         /* pieces of work */
	/* Piece by piece, in no order: writes to places of the piece's own, and allocates in own, which is the thread's. */
	void (*work)(void *data, struct arena *own, unsigned thread, size_t piece);
	void (*done)(void *data, unsigned thread);      /* a thread has no more work; NULL: nobody asks */
	void *data;
};

/* The threads that there may be, the caller's among them: their numbers are below this. */
size_t team_size(const struct team *t);
/* Returns when all is done; a takes over what was allocated. Threads that cannot be started are done without. */
void team_run(struct arena *a, const struct team *t);

#endif
