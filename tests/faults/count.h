/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The number of a call in a run, over all its processes: kept in the eight bytes of the file FAULT_COUNTER. FAULT_AT is the number that is
 * struck, 0 none, so that a run that is left alone says how many calls there are.
 */
#ifndef FAULTS_COUNT_H
#define FAULTS_COUNT_H

#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic long *count_calls;
static long count_at;

static void count_begin(void)
{
	const char *file = getenv("FAULT_COUNTER"), *at = getenv("FAULT_AT");
	int fd = file ? open(file, O_RDWR | O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	count_at = at ? strtol(at, NULL, 10) : 0;
	count_calls = mmap(NULL, sizeof *count_calls, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (count_calls == MAP_FAILED)
		count_calls = NULL;
	close(fd);
}

/* The number of this call; 0 before the beginning. */
static long count_call(void)
{
	return count_calls ? atomic_fetch_add(count_calls, 1) + 1 : 0;
}

#endif
