/* SPDX-License-Identifier: EUPL-1.2 */
/* Pieces are taken from one counter: whoever is free takes the next, so that a large one holds up nobody. No locks, no queue. */
#include "base/team.h"

#include <pthread.h>
#include <stdatomic.h>

struct running {
	const struct team *team;
	struct arena **arenas;      /* one a thread */
	_Atomic size_t next;
	_Atomic unsigned threads;
};

static void *take_part(void *p)
{
	struct running *r = p;
	const struct team *t = r->team;
	unsigned thread = atomic_fetch_add(&r->threads, 1);

	for (;;) {
		size_t piece = atomic_fetch_add(&r->next, 1);

		if (piece >= t->count)
			break;
		t->work(t->data, r->arenas[thread], thread, piece);
	}
	if (t->done)
		t->done(t->data, thread);
	return NULL;
}

size_t team_size(const struct team *t)
{
	size_t jobs = t->jobs > 1 ? (size_t)t->jobs : 1;

	return jobs < t->count ? jobs : t->count ? t->count : 1;
}

void team_run(struct arena *a, const struct team *t)
{
	size_t size = team_size(t), started = 0;
	struct running r = {.team = t, .arenas = ARENA_ARRAY(a, struct arena *, size)};
	pthread_t *threads = ARENA_ARRAY(a, pthread_t, size);

	for (size_t i = 0; i < size; i++)
		r.arenas[i] = arena_new();
	while (started + 1 < size && !pthread_create(&threads[started], NULL, take_part, &r))
		started++;
	take_part(&r);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < size; i++)
		arena_adopt(a, r.arenas[i]);
}
