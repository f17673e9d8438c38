/* SPDX-License-Identifier: EUPL-1.2 */
/* For src/read/ alone: members of an archive in memory. */
#ifndef READ_ARCHIVE_H
#define READ_ARCHIVE_H

#include "base/arena.h"
#include "base/span.h"

#include <stdint.h>

/* What a delivered file may cost, archives within it included: one for all of them. */
struct archive_budget {
	uint64_t delivered, unpacked;      /* bytes */
	size_t entries;
};

struct archive_member {
	const char *name;        /* as stored: not to be trusted; NULL when there is none */
	struct span bytes;       /* NUL-terminated, in the arena */
	const char *reason;      /* why there are none */
	const char *limit;       /* code of the limit that ended the archive at this member */
	bool link;               /* to another name; it has no bytes of its own */
	bool raw;                /* a single file under a compression: the name says nothing */
};

/* false: enough */
typedef bool archive_see(void *data, const struct archive_member *m);

/* From the first bytes: of a form that archive_each reads. */
bool archive_is(struct span bytes);

/* A zip that ends before its list of members: libarchive goes through what is there without a word. */
bool zip_is_cut(struct span bytes);
/* A zip whose list of members, at its end, has this name. */
bool zip_lists(struct span bytes, const char *name);

/* Once, while files can be opened: see struct format. */
void archive_prepare(struct arena *a);

/*
 * Hands each member that is not a folder to see, in the archive's order. NULL: all were seen, or see said enough; else why the
 * rest was not, a literal: the code of a limit, or words.
 */
const char *archive_each(struct arena *a, struct span bytes, struct archive_budget *budget, archive_see *see, void *data);

#endif
