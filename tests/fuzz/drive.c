/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Replays files through a fuzz target with any compiler: each as it is, then with one byte changed at a number of places, always
 * the same ones. A crash ends the program; the file and the change are printed before each try when --loud is given.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/io.h"
#include "base/limits.h"

#include <stdio.h>

#define CHANGES 24      /* a file */

static size_t replay(struct span bytes, const char *name, bool loud)
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
	return tries;
}

int main(int argc, char **argv)
{
	bool loud = argc > 1 && !strcmp(argv[1], "--loud");
	size_t tries = 0;

	for (int i = 1 + loud; i < argc; i++) {
		struct arena *a = arena_new();
		struct err e = {0};
		struct span bytes;

		if (io_read(a, argv[i], LIMIT_FILE_BYTES, &bytes, &e)) {
			fprintf(stderr, "%s\n", e.text);
			return 2;
		}
		tries += replay(bytes, argv[i], loud);
		arena_free(a);
	}
	printf("%zu inputs\n", tries);
	return 0;
}
