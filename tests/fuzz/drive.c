/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Replays files through a fuzz target with any compiler: each as it is, then with one byte changed, and cut off, at a number of places,
 * always the same ones; with --each it is cut at each byte. A crash ends the program; the file and the change are printed before each try when --loud is given.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/io.h"
#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANGES 24      /* a file */
#define CUTS 4096       /* a file, with --each: a larger one is cut at so many places */

/* The first n bytes alone in memory, so that a read behind them shows. */
static void try_cut(struct span bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		exit(5);
	memcpy(copy, bytes.p, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static size_t replay_cuts(struct span bytes, const char *name, size_t places, bool loud)
{
	size_t tries = 0;

	for (size_t n = 0; n < bytes.n; n += bytes.n / places + 1, tries++) {
		if (loud)
			fprintf(stderr, "%s: cut at %zu\n", name, n);
		try_cut(bytes, n);
	}
	return tries;
}

static size_t replay(struct span bytes, const char *name, bool each, bool loud)
{
	static const char made[] = {'\0', '"', '{', '\n', '\\', '<', (char)0xff, '-'};
	char *copy = (char *)bytes.p;      /* ours: io_read made it */
	size_t step = bytes.n / CHANGES + 1, tries = 1;

	if (loud)
		fprintf(stderr, "%s\n", name);
	LLVMFuzzerTestOneInput((const uint8_t *)copy, bytes.n);
	for (size_t at = 0; at < bytes.n; at += step, tries++) {
		char kept = copy[at];

		copy[at] = made[tries % sizeof made];
		if (loud)
			fprintf(stderr, "%s: byte %zu is %d\n", name, at, copy[at]);
		LLVMFuzzerTestOneInput((const uint8_t *)copy, bytes.n);
		copy[at] = kept;
	}
	return tries + replay_cuts(bytes, name, each ? CUTS : CHANGES, loud);
}

int main(int argc, char **argv)
{
	bool loud = false, each = false;
	size_t tries = 0;
	int i = 1;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		loud |= !strcmp(argv[i], "--loud");
		each |= !strcmp(argv[i], "--each");
	}
	for (; i < argc; i++) {
		struct arena *a = arena_new();
		struct err e = {0};
		struct span bytes;

		if (io_read(a, argv[i], LIMIT_FILE_BYTES, &bytes, &e)) {
			fprintf(stderr, "%s\n", e.text);
			return 2;
		}
		tries += replay(bytes, argv[i], each, loud);
		arena_free(a);
	}
	printf("%zu inputs\n", tries);
	return 0;
}
