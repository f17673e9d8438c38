/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Patterns compiled when first needed; two threads may compile the same one, the first to finish wins.
 * Before PCRE2 is asked, and before the pattern is compiled at all, a short text is looked through for what the pattern's literals
 * are made of: each pair of neighbouring bytes is one bit of 64, and a literal with a pair that the text does not have cannot
 * stand in it. One pass over the text answers for all literals; most keys and values end here.
 */
#include "rule/rule_p.h"

#include <stdlib.h>

#define PAIRED_BYTES 96      /* longer texts have nearly every bit set */

/* What pairs the literals of a pattern are made of; without any the pattern is always tried. */
struct pairs {
	size_t count;
	uint64_t of[];
};

static void pattern_release(void *p)
{
	struct pattern *pattern = p;

	regex_free(atomic_load(&pattern->compiled));
	free(atomic_load(&pattern->pairs));
}

struct pattern *pattern_new(struct arena *a, const char *source)
{
	struct pattern *p = ARENA_NEW(a, struct pattern);

	p->source = source;
	arena_at_end(a, pattern_release, p);
	return p;
}

static const struct regex *compiled_of(struct pattern *p)
{
	struct regex *compiled = atomic_load_explicit(&p->compiled, memory_order_acquire), *none = NULL;

	if (compiled)
		return compiled;
	if (regex_compile(p->source, p->nocase, &compiled, NULL))
		return NULL;
	if (!atomic_compare_exchange_strong(&p->compiled, &none, compiled)) {
		regex_free(compiled);
		compiled = none;
	}
	return compiled;
}

const struct regex *pattern_get(struct pattern *p)
{
	const struct regex *compiled = compiled_of(p);

	if (!compiled)
		abort();      /* the loader refuses patterns that do not compile */
	return compiled;
}

bool pattern_compiles(struct pattern *p)
{
	return compiled_of(p);
}

/* ------------------------------------------------------------------ pairs of bytes */

/*
 * Letters of both cases are one; so are a few signs, which only makes the answer less sharp. Letters beyond ASCII may match ASCII
 * ones where case does not count: U+212A is a k.
 */
uint64_t text_pairs(struct span text)
{
	uint64_t pairs = 0;
	unsigned char all = 0, before = 0;

	if (text.n > PAIRED_BYTES)
		return ALL_PAIRS;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i] | 0x20;

		pairs |= (uint64_t)(i > 0) << ((before * 5u + c * 3u) & 63);
		all |= c;
		before = c;
	}
	return all < 0x80 ? pairs : ALL_PAIRS;
}

static struct pairs *pairs_read(const struct pattern *p)
{
	struct arena *scratch = arena_new();
	struct literal_set literals;
	size_t count = pattern_literals(scratch, p->source, &literals) && !literals.digits ? literals.count : 0;
	struct pairs *read = calloc(1, sizeof *read + count * sizeof *read->of);

	if (!read)
		arena_exhausted();
	read->count = count;
	for (size_t i = 0; i < count; i++)
		read->of[i] = text_pairs(literals.items[i]);
	arena_free(scratch);
	return read;
}

static const struct pairs *pairs_get(struct pattern *p)
{
	struct pairs *read = atomic_load_explicit(&p->pairs, memory_order_acquire), *none = NULL;

	if (read)
		return read;
	read = pairs_read(p);
	if (!atomic_compare_exchange_strong(&p->pairs, &none, read)) {
		free(read);
		read = none;
	}
	return read;
}

bool pattern_may_match(struct pattern *p, uint64_t there)
{
	const struct pairs *pairs = there == ALL_PAIRS ? NULL : pairs_get(p);

	if (!pairs || !pairs->count)
		return true;
	for (size_t i = 0; i < pairs->count; i++)
		if (!(pairs->of[i] & ~there))
			return true;
	return false;
}

enum regex_result pattern_find(struct pattern *p, struct span text, size_t from, struct span *groups, size_t group_count)
{
	return pattern_may_match(p, text_pairs(text)) ? regex_find(pattern_get(p), text, from, groups, group_count) : REGEX_NO;
}
