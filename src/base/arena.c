/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Pages linked in a list, each filled from its front. A request larger than a page gets a page of
 * its own. An arena that has grown large goes on in huge pages (bulk.h). The malloc twin (SCELLE_MALLOC_ARENA) keeps the same
 * interface with one page a request.
 */
#include "base/arena.h"

#include "base/bulk.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef SCELLE_MALLOC_ARENA
#define PAGE_BYTES ((size_t)0)
#define BULK_BYTES SIZE_MAX
#else
#define PAGE_BYTES ((size_t)64 * 1024)
#define BULK_BYTES (HUGE_BYTES - sizeof(struct page))      /* from here on a page is taken from the system */
#endif
#define LARGE_BYTES (4 * HUGE_BYTES)      /* an arena that holds as much may leave a part of a huge page empty */

#define FIRST_ITEMS ((size_t)2)      /* of a growing array: most never hold more */

struct page {
	struct page *next;
	size_t used, size;
	bool bulk;
	max_align_t bytes[];
};

struct ending {
	struct ending *next;
	void (*release)(void *what);
	void *what;
};

struct arena {
	struct page *pages;      /* the one being filled first */
	size_t held;             /* bytes of all of them */
	struct ending *endings;      /* newest first; they live in the pages */
};

_Noreturn void arena_exhausted(void)
{
	static const char text[] = "scelle: out of memory\n";

	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	_exit(5);
}

/* What the kernel hands out zeroed stays untouched until it is used. */
static struct page *page_new(size_t size)
{
	bool bulk = size >= BULK_BYTES;
	struct page *page;

	if (size > SIZE_MAX / 2)
		arena_exhausted();
	page = bulk ? bulk_new(sizeof *page + size) : calloc(1, sizeof *page + size);
	if (!page)
		arena_exhausted();
	page->size = size;
	page->bulk = bulk;
	return page;
}

static void page_free(struct page *page)
{
	if (page->bulk)
		bulk_free(page, sizeof *page + page->size);
	else
		free(page);
}

static struct page *page_add(struct arena *a, size_t need)
{
	size_t common = PAGE_BYTES && a->held >= LARGE_BYTES ? BULK_BYTES : PAGE_BYTES;
	struct page *page = page_new(need > PAGE_BYTES ? need : common);

	a->held += page->size;
	if (need > PAGE_BYTES && a->pages) {      /* behind the newest, which is still being filled */
		page->next = a->pages->next;
		a->pages->next = page;
	} else {
		page->next = a->pages;
		a->pages = page;
	}
	return page;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof *a);

	if (!a)
		arena_exhausted();
	return a;
}

static void pages_free(struct page *page)
{
	while (page) {
		struct page *next = page->next;

		page_free(page);
		page = next;
	}
}

static void run_endings(struct arena *a)
{
	for (struct ending *e = a->endings; e; e = e->next)
		e->release(e->what);
	a->endings = NULL;
}

void arena_at_end(struct arena *a, void (*release)(void *what), void *what)
{
	struct ending *e = ARENA_NEW(a, struct ending);

	*e = (struct ending){a->endings, release, what};
	a->endings = e;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	run_endings(a);
	pages_free(a->pages);
	free(a);
}

void arena_reset(struct arena *a)
{
	struct page *keep = a->pages;

	run_endings(a);
	a->held = 0;
	if (!keep || keep->size != PAGE_BYTES) {
		pages_free(a->pages);
		a->pages = NULL;
		return;
	}
	a->held = keep->size;
	pages_free(keep->next);
	keep->next = NULL;
	memset(keep->bytes, 0, keep->used);      /* what is behind was never handed out */
	keep->used = 0;
}

static size_t room(const struct arena *a)
{
	return a->pages ? a->pages->size - a->pages->used : 0;
}

/* Behind a's first page, so that a goes on filling the page it is at; before it, where from's has more room left. */
void arena_adopt(struct arena *a, struct arena *from)
{
	struct page **at = room(a) >= room(from) && a->pages ? &a->pages->next : &a->pages, *last = from->pages;
	struct ending *oldest = from->endings;

	while (last && last->next)
		last = last->next;
	if (last) {
		last->next = *at;
		*at = from->pages;
	}
	a->held += from->held;
	while (oldest && oldest->next)
		oldest = oldest->next;
	if (oldest) {
		oldest->next = a->endings;
		a->endings = from->endings;
	}
	free(from);
}

void *arena_alloc_as(struct arena *a, size_t size, size_t alignment)
{
	struct page *page = a->pages;
	size_t at = page ? (page->used + alignment - 1) & ~(alignment - 1) : 0;

	size += !size;
	if (!page || at > page->size || page->size - at < size) {
		page = page_add(a, size);
		at = page->used;      /* 0: a page begins aligned for any type */
	}
	page->used = at + size;
	return (char *)page->bytes + at;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return arena_alloc_as(a, size, _Alignof(max_align_t));
}

void *arena_alloc_array_as(struct arena *a, size_t count, size_t size, size_t alignment)
{
	if (size && count > SIZE_MAX / size)
		arena_exhausted();
	return arena_alloc_as(a, count * size, alignment);
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size)
{
	return arena_alloc_array_as(a, count, size, _Alignof(max_align_t));
}

char *arena_dup(struct arena *a, const char *p, size_t n)
{
	char *copy = arena_alloc_as(a, n + 1, 1);

	if (n)
		memcpy(copy, p, n);
	return copy;
}

char *arena_str(struct arena *a, const char *text)
{
	return text ? arena_dup(a, text, strlen(text)) : NULL;
}

struct span arena_span(struct arena *a, struct span s)
{
	return (struct span){arena_dup(a, s.p, s.n), s.n};
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	char small[256], *text;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	if (n < 0)
		arena_exhausted();
	text = arena_alloc_as(a, (size_t)n + 1, 1);
	if ((size_t)n < sizeof small) {
		va_end(again);
		return memcpy(text, small, (size_t)n + 1);
	}
	vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return text;
}

/* The link to the page that these bytes have to themselves; NULL: they are few, or not a's. */
static struct page **page_of(struct arena *a, const void *bytes, size_t size)
{
	if (size <= PAGE_BYTES)
		return NULL;
	for (struct page **at = &a->pages; *at; at = &(*at)->next)
		if ((const void *)(*at)->bytes == bytes)
			return at;
	return NULL;
}

/* From half its room to size bytes. A new page rather than realloc: zeroed by the kernel, so that room which is never used costs no memory. */
static void *grow_page(struct page **link, size_t size)
{
	struct page *small = *link, *large;

	if (small->used >= size) {      /* it had been larger, and items were taken off its end */
		memset((char *)small->bytes + size / 2, 0, size / 2);
		return small->bytes;
	}
	if (small->bulk) {
		large = bulk_grow(small, sizeof *small + small->size, sizeof *large + size);
		if (!large)
			arena_exhausted();
		large->size = size;
	} else {
		large = page_new(size);
		large->next = small->next;
		memcpy(large->bytes, small->bytes, small->used);
		page_free(small);
	}
	large->used = size;
	*link = large;
	return large->bytes;
}

void *arena_grow(struct arena *a, void *items, size_t count, size_t size)
{
	bool full = count == 0 || (count >= FIRST_ITEMS && !(count & (count - 1)));
	struct page **alone;
	void *larger;

	if (!full)
		return items;
	if (size && count > SIZE_MAX / 2 / size)
		arena_exhausted();
	alone = count ? page_of(a, items, count * size) : NULL;
	if (alone) {
		a->held += count * size;
		return grow_page(alone, count * 2 * size);
	}
	larger = arena_alloc_array(a, count ? count * 2 : FIRST_ITEMS, size);
	if (count)
		memcpy(larger, items, count * size);
	return larger;
}
