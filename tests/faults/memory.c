/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Preloaded by tests/t-memory: the request for memory number FAULT_AT of a run fails, or with FAULT_ON=1 that one and all after it. Requests are
 * counted over all processes of the run and all libraries (count.h). Not counted: what is asked for before the shim knows the real allocator, and what libseccomp asks for
 * (2.5.4 frees twice or loops without end when it is refused; nothing has been read or written by then).
 */
#include "count.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stddef.h>
#include <string.h>

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static int (*real_posix_memalign)(void **, size_t, size_t);
static void *(*real_aligned_alloc)(size_t, size_t);
static void (*real_free)(void *);
static bool goes_on;
static bool looking;
static const char *spared, *spared_end;      /* where libseccomp lies */

/* dlsym itself may ask for memory */
static max_align_t first[512];
static size_t first_used;

static void *from_first(size_t size)
{
	size_t items = (size + sizeof *first - 1) / sizeof *first;

	if (first_used + items > sizeof first / sizeof *first)
		return NULL;
	first_used += items;
	return &first[first_used - items];
}

static bool is_first(const void *p)
{
	return (const max_align_t *)p >= first && (const max_align_t *)p < first + sizeof first / sizeof *first;
}

static void look(void)
{
	looking = true;
	real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
	real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	real_posix_memalign = (int (*)(void **, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
	real_aligned_alloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
	real_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
	real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	looking = false;
}

static int find_spared(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	(void)data;
	if (!strstr(info->dlpi_name, "/libseccomp.so"))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		const char *start = (const char *)info->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_LOAD && (part->p_flags & PF_X)) {
			spared = start;
			spared_end = start + part->p_memsz;
		}
	}
	return 1;
}

__attribute__((constructor)) static void begin(void)
{
	if (!real_malloc)
		look();
	goes_on = getenv("FAULT_ON") != NULL;
	dl_iterate_phdr(find_spared, NULL);
	count_begin();
}

#define ASKER ((const char *)__builtin_return_address(0))

static bool meets_fault(const char *asker)
{
	long n;

	if (asker >= spared && asker < spared_end)
		return false;
	n = count_call();
	if (!n || !count_at || (goes_on ? n < count_at : n != count_at))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	if (!real_malloc) {
		if (looking)
			return from_first(size);
		look();
	}
	return meets_fault(ASKER) ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	if (!real_malloc) {
		if (looking)
			return from_first(count * size);
		look();
	}
	return meets_fault(ASKER) ? NULL : real_calloc(count, size);
}

void *realloc(void *p, size_t size)
{
	void *moved;

	if (!is_first(p))
		return meets_fault(ASKER) ? NULL : real_realloc(p, size);
	moved = malloc(size);
	return moved ? memcpy(moved, p, size) : NULL;
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	return meets_fault(ASKER) ? ENOMEM : real_posix_memalign(ret, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return meets_fault(ASKER) ? NULL : real_aligned_alloc(alignment, size);
}

void free(void *p)
{
	if (!p || is_first(p) || !real_free)
		return;
	real_free(p);
}
