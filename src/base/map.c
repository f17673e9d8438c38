/* SPDX-License-Identifier: EUPL-1.2 */
/* Open addressing; at most half full. The order of the table never shows. */
#include "base/map.h"

#define MULTIPLIER UINT64_C(0x9e3779b97f4a7c15)      /* odd, its bits well spread: the golden ratio */

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * MULTIPLIER;
	return h ^ h >> 29;
}

/* Eight bytes at a time. */
static uint64_t hash(struct span key)
{
	uint64_t h = key.n * MULTIPLIER, word;
	size_t i;

	for (i = 0; i + sizeof word <= key.n; i += sizeof word) {
		memcpy(&word, key.p + i, sizeof word);
		h = mix(h, word);
	}
	if (i < key.n) {
		word = 0;
		memcpy(&word, key.p + i, key.n - i);
		h = mix(h, word);
	}
	return h ^ h >> 32;
}

static size_t find_slot(const struct map *m, struct span key, uint64_t h)
{
	size_t at = h & (m->slot_count - 1);
	uint32_t upper = (uint32_t)(h >> 32);

	while (m->slots[at].entry && !(m->slots[at].hash == upper && span_eq(m->entries[m->slots[at].entry - 1].key, key)))
		at = (at + 1) & (m->slot_count - 1);
	return at;
}

static void rehash(struct map *m)
{
	m->slot_count = m->slot_count ? m->slot_count * 2 : 16;
	m->slots = ARENA_ARRAY(m->arena, struct map_slot, m->slot_count);
	for (size_t i = 0; i < m->count; i++) {
		uint64_t h = hash(m->entries[i].key);
		size_t at = h & (m->slot_count - 1);

		while (m->slots[at].entry)      /* all keys differ */
			at = (at + 1) & (m->slot_count - 1);
		m->slots[at] = (struct map_slot){(uint32_t)i + 1, (uint32_t)(h >> 32)};
	}
}

void *map_get(const struct map *m, struct span key)
{
	size_t slot;

	if (!m->slot_count)
		return NULL;
	slot = find_slot(m, key, hash(key));
	return m->slots[slot].entry ? m->entries[m->slots[slot].entry - 1].value : NULL;
}

struct map_entry *map_entry(struct map *m, struct span key)
{
	uint64_t h = hash(key);
	size_t slot;

	if (m->count * 2 >= m->slot_count)
		rehash(m);
	slot = find_slot(m, key, h);
	if (!m->slots[slot].entry) {
		struct map_entry *entry = ARENA_PUSH(m->arena, m->entries, m->count);

		entry->key = arena_span(m->arena, key);
		m->slots[slot] = (struct map_slot){(uint32_t)m->count, (uint32_t)(h >> 32)};
	}
	return &m->entries[m->slots[slot].entry - 1];
}

void map_put(struct map *m, struct span key, const void *value)
{
	map_entry(m, key)->value = (void *)(uintptr_t)value;      /* only kept: one table serves those who change what they put, and those who do not */
}

const char *map_intern(struct map *m, struct span text)
{
	return map_entry(m, text)->key.p;
}
