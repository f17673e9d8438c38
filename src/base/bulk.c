/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Memory in huge pages, where the system has any to give: one fault in the stead of 512, which for a document of megabytes is a third of
 * the time that reading takes. A piece grows by moving its pages, so that it never stands in memory twice, and goes back to the
 * system when it is freed.
 */
#include "base/bulk.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t whole_pages(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) & ~(page - 1);
}

void *bulk_new(size_t size)
{
	size_t length = whole_pages(size), before;
	char *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	p = mmap(NULL, length + HUGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	before = (HUGE_BYTES - ((uintptr_t)p & (HUGE_BYTES - 1))) & (HUGE_BYTES - 1);
	if (before)
		munmap(p, before);
	if (before < HUGE_BYTES)
		munmap(p + before + length, HUGE_BYTES - before);
	(void)madvise(p + before, length, MADV_HUGEPAGE);      /* where there are none it is memory like any other */
	return p + before;
}

void *bulk_grow(void *p, size_t size, size_t larger)
{
	void *to = bulk_new(larger);

	if (!to)
		return NULL;
	/* both are aligned: whole tables of pages change hands */
	if (mremap(p, whole_pages(size), whole_pages(larger), MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED) {
		bulk_free(to, larger);
		return NULL;
	}
	return to;
}

void bulk_free(void *p, size_t size)
{
	munmap(p, whole_pages(size));
}
