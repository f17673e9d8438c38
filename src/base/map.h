/* SPDX-License-Identifier: EUPL-1.2 */
/* A table keyed by text, in an arena; iteration follows insertion. Keys are copied once (interned). */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

#include <stdint.h>

struct map_entry {
	struct span key;      /* NUL-terminated, owned by the arena */
	void *value;
};

/* Where an entry is found: most others are told from it without a look at them. */
struct map_slot {
	uint32_t entry;       /* its number + 1, 0 empty */
	uint32_t hash;        /* of its key: the upper half */
};

struct map {
	struct arena *arena;
	struct map_entry *entries;      /* in insertion order */
	size_t count;
	struct map_slot *slots;
	size_t slot_count;
};

#define MAP_INIT(a) ((struct map){.arena = (a)})

void *map_get(const struct map *m, struct span key);      /* NULL when absent */
/* The entry of key, made with value NULL when absent. Valid until the next map_entry call. */
struct map_entry *map_entry(struct map *m, struct span key);
void map_put(struct map *m, struct span key, const void *value);      /* what was put const is to be read const */
/* One copy of each text for the life of the arena: equal texts have equal pointers. */
const char *map_intern(struct map *m, struct span text);

#endif
