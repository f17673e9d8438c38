/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Appears after two seconds, so that a short run shows nothing, and then twice a second. What is left is told from the share of
 * documents that is done: each is taken up twice, to be read and to be matched.
 */
#include "scan/progress.h"

#include <stdio.h>
#include <unistd.h>

#define FIRST_SECONDS 2.0
#define EVERY_SECONDS 0.5

struct progress progress_begin(bool on, const struct input_set *set, double now)
{
	struct progress p = {.on = on && isatty(STDERR_FILENO), .files = set->count, .begun = now, .last = now};

	for (size_t i = 0; i < set->count; i++)
		p.bytes += set->docs[i]->bytes.n;
	return p;
}

void progress_show(struct progress *p, uint64_t begun, double now)
{
	double share = p->files ? (double)begun / (2.0 * (double)p->files) : 1, spent = now - p->begun;

	if (!p->on || spent < FIRST_SECONDS || now - p->last < EVERY_SECONDS)
		return;
	share = share > 0.99 ? 0.99 : share < 0.001 ? 0.001 : share;      /* members of archives make more documents than files */
	p->last = now;
	p->shown = true;
	fprintf(stderr, "\r\033[K%3.0f %% of %zu files, %.1f MB; %.0f files/s, %.1f MB/s; %.0f s left", share * 100, p->files, (double)p->bytes / 1e6,
		share * (double)p->files / spent, share * (double)p->bytes / 1e6 / spent, spent / share - spent);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
