/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Memory that is freed together. Three arenas live in a run: the program's (rules, knowledge),
 * the scan's (facts, findings, report) and a file's scratch, reset after each file.
 * Running out of memory ends the program with exit code 5 and a message: no caller tests for NULL.
 * Under --enable-sanitizers every request is a malloc of its own, so that an overrun of one byte shows.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);      /* NULL is fine */
void arena_reset(struct arena *a);     /* everything handed out is gone, the first page is kept */
/* Runs release(what) when the arena is reset or freed: for what a library allocated elsewhere. Last in, first out. */
void arena_at_end(struct arena *a, void (*release)(void *what), void *what);
/* a takes over everything that from handed out; from is gone. For results made by a thread in an arena of its own. */
void arena_adopt(struct arena *a, struct arena *from);

/* Zeroed, aligned for any type; or as one type needs it, which leaves less unused between them. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_alloc_array(struct arena *a, size_t count, size_t size);
void *arena_alloc_as(struct arena *a, size_t size, size_t alignment);
void *arena_alloc_array_as(struct arena *a, size_t count, size_t size, size_t alignment);
#define ARENA_NEW(a, type) ((type *)arena_alloc_as((a), sizeof(type), _Alignof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc_array_as((a), (count), sizeof(type), _Alignof(type)))

/* Copies, NUL-terminated behind their last byte. */
char *arena_dup(struct arena *a, const char *p, size_t n);
char *arena_str(struct arena *a, const char *text);      /* NULL stays NULL */
struct span arena_span(struct arena *a, struct span s);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * A growing array in an arena: returns the (possibly moved) array with room for count + 1 items.
 * The capacity is the next power of two from 2 up, so the count alone tells when to grow.
 */
void *arena_grow(struct arena *a, void *items, size_t count, size_t size);
#define ARENA_PUSH(a, items, count) \
	((items) = arena_grow((a), (items), (count), sizeof *(items)), &(items)[(count)++])

/* Prints "out of memory" and ends the program with code 5. */
_Noreturn void arena_exhausted(void);

#endif
