/* SPDX-License-Identifier: EUPL-1.2 */
/* Pieces of memory of megabytes, straight from the system. */
#ifndef BASE_BULK_H
#define BASE_BULK_H

#include <stddef.h>

#define HUGE_BYTES ((size_t)2 << 20)      /* what the processor maps as one page, where it does */

void *bulk_new(size_t size);      /* zeroed, aligned to HUGE_BYTES; NULL: there is none */
void *bulk_grow(void *p, size_t size, size_t larger);      /* moved without being copied, what is new zeroed; NULL: there is none, p stands */
void bulk_free(void *p, size_t size);

#endif
