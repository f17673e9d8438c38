/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One input to the reader of a cache's entry, and, sealed as an entry with a key that everybody knows, to the reader of what an entry holds:
 * the answer of the process that reads, as it comes through the pipe too. Beyond not crashing: no bytes of the input may pass for an entry
 * by chance, and what was put in comes out as it was.
 * Linked with libFuzzer (--enable-fuzzing) or with drive.c, which replays files in `make check`.
 */
#include "fuzz.h"

#include "scan/cache_entry.h"
#include "scan/inside.h"

#include <stdio.h>
#include <stdlib.h>

#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SECRET SPAN("a key that everybody knows")

/* The rules of the program: the controls of a report are looked up in them. */
static const struct ruleset *rules(void)
{
	static struct ruleset *set;      /* freed by nobody: it lives as long as the program */
	struct err e = {0};
	struct know *know;

	if (set)
		return set;
	if (know_load(arena_new(), NULL, &know, &e) || ruleset_load(arena_new(), know, NULL, 0, false, &set, &e)) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	return set;
}

static void entry(struct span bytes)
{
	struct span content;

	if (!cache_entry_get(bytes, KEY, SPAN("a key that nobody knows"), &content)) {
		fprintf(stderr, "a forged entry is believed\n");
		abort();
	}
}

static void there_and_back(struct span bytes)
{
	struct str out = STR_INIT(bytes.n + 4096);
	struct span content;

	cache_entry_put(&out, KEY, SECRET, bytes);
	if (cache_entry_get(str_get(&out), KEY, SECRET, &content) || !span_eq(content, bytes)) {
		fprintf(stderr, "an entry does not hold what was put in\n");
		abort();
	}
	str_free(&out);
}

/* As run and recall do: bytes live as long as the arena. */
static void answer(struct span bytes)
{
	struct arena *a = arena_new();
	struct report report = {0};
	struct err e = {0};
	struct inside in = {.arena = a, .rules = rules(), .report = &report, .e = &e};

	if (bytes.n)
		(void)inside_answer(&in, arena_span(a, bytes));
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct span input = {(const char *)bytes, n}, content;

	entry(input);
	there_and_back(input);
	answer(input);
	/* real entries are the corpus: what they hold lies between head and MAC, behind the first NUL */
	if (n > 120) {
		const char *end;

		content = span_cut(input, 87, n - SHA256_BYTES);
		end = memchr(content.p, '\0', content.n);
		if (end)
			answer(span_cut(content, (size_t)(end - content.p) + 1, content.n));
	}
	return 0;
}
