/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A folder that keeps results by key, so that they need not be worked out again. Everything in it may be missing, old, cut or altered:
 * what is not exactly an entry for the key is reported on standard error and not used. Deleting the folder empties it.
 */
#ifndef SCAN_CACHE_H
#define SCAN_CACHE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct cache {
	struct arena *arena;
	const char *folder;
	char secret[SHA256_BYTES];            /* of the entries' MAC */
};

/*
 * The folder is made when it is not there (its parent must be). It must be the user's, or root's, and nobody else may write to it. identity: what
 * the facility keeps secret, so that entries of others are noticed too; empty: anybody who may write to the folder can make entries.
 */
int cache_open(struct cache *c, struct arena *a, const char *folder, struct span identity, struct err *e);
/* False when there is none that can be believed; *ret lives in the arena. key: SHA256_HEX digits. */
bool cache_get(const struct cache *c, const char *key, struct span *ret);
/* What cannot be kept is said on standard error: the result itself is none the worse. */
void cache_put(const struct cache *c, const char *key, struct span content);
/* Says on standard error why an entry is not used. */
void cache_reject(const struct cache *c, const char *key, const char *why);

#endif
