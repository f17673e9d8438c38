/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One input to one reader: SCELLE_FUZZ_FORMAT names it, without it the choice among formats is fuzzed too. Beyond not crashing,
 * each value must be what stands at its place, and each place must lie in the document.
 * Linked with libFuzzer (--enable-fuzzing) or with drive.c, which replays files in `make check`.
 */
#include "fuzz.h"

#include "read/read.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_elsewhere(const struct fact *f)
{
	for (const struct decoder *step = f->decoder; step; step = step->inner)
		if (step->kind == DECODE_RESOLVED)
			return true;
	return false;
}

static void check_fact(struct arena *scratch, const struct doc *d, const struct fact *f)
{
	struct span bytes;
	bool inside = (uint64_t)f->at.offset + f->at.length <= d->bytes.n && (uint64_t)f->head.offset + f->head.length <= d->bytes.n;

	if (inside && (is_elsewhere(f) || ((f->kind == FACT_BLOCK || f->kind == FACT_LIST) && !f->value.n)))
		return;
	bytes.p = inside ? fact_decode(scratch, d, f, &bytes.n) : NULL;
	if (bytes.p && span_eq(bytes, f->value))
		return;
	fprintf(stderr, "%s: '%.*s' at %u+%u of %s is not the value '%.*s'\n", d->format->name, bytes.p ? (int)bytes.n : 0, bytes.p ? bytes.p : "",
		f->at.offset, f->at.length, fact_path(scratch, d, f), (int)f->value.n, f->value.p);
	abort();
}

static void check_doc(const struct doc *d)
{
	struct arena *scratch = arena_new();

	for (size_t i = 0; i < d->root_count; i++)
		for (const struct fact *f = d->roots[i]; f; f = fact_next(f, d->roots[i]))
			check_fact(scratch, d, f);
	for (size_t i = 0; i < d->comment_count; i++)
		check_fact(scratch, d, d->comments[i]);
	for (size_t i = 0; i < d->diag_count; i++)
		(void)doc_pos(d, d->diags[i].at.offset);
	arena_free(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *name = getenv("SCELLE_FUZZ_FORMAT");
	const struct format *format = name ? format_named(name) : NULL;
	struct arena *a = arena_new();
	struct input_set set = {.arena = a, .interned = MAP_INIT(a)};

	if (name && !format) {
		fprintf(stderr, "no format '%s'\n", name);
		exit(2);
	}
	input_add(&set, "input", (struct span){(const char *)bytes, n}, format);
	for (size_t i = 0; i < set.count; i++)      /* and the members of a container */
		check_doc(set.docs[i]);
	arena_free(a);
	return 0;
}
