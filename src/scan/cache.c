/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One file an entry, FOLDER/D/KEY.entry, D the key's first digit. A file is written beside, synced and renamed (base/io.c), so that two runs
 * at once, a full disk or kill -9 leave the old entry, the new one or none. Each of the sixteen folders is kept below its share of the
 * bounds when something is added to it: what was used longest ago goes first. Nothing here looks into an entry.
 */
#include "scan/cache.h"

#include "base/io.h"
#include "base/limits.h"
#include "scan/cache_entry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ENDING ".entry"
#define HALF_WRITTEN_SECONDS 3600      /* a temporary file older than this has lost its writer */

/* ------------------------------------------------------------------ the folder */

static int check_folder(const char *folder, struct err *e)
{
	struct stat st;

	if (stat(folder, &st))
		return err_errno(e, EXIT_USAGE, "cannot use the cache folder '%s'", folder);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, EXIT_USAGE, "cannot use the cache folder '%s': it is no folder", folder);
	if ((st.st_uid != geteuid() && st.st_uid) || st.st_mode & (S_IWGRP | S_IWOTH))
		return err_set(e, EXIT_USAGE, "cannot use the cache folder '%s': others may write to it, and what they write would stand in reports", folder);
	return 0;
}

int cache_open(struct cache *c, struct arena *a, const char *folder, struct span identity, struct err *e)
{
	unsigned char secret[SHA256_BYTES];

	if (mkdir(folder, 0700) && errno != EEXIST)
		return err_errno(e, EXIT_USAGE, "cannot make the cache folder '%s'", folder);
	if (check_folder(folder, e))
		return -1;
	*c = (struct cache){.arena = a, .folder = folder};
	hmac_sha256(identity.n ? identity : SPAN("-"), SPAN("scelle cache"), secret);
	memcpy(c->secret, secret, sizeof c->secret);
	return 0;
}

static const char *share_of(const struct cache *c, const char *key)
{
	return arena_printf(c->arena, "%s/%c", c->folder, *key);
}

static const char *path_of(const struct cache *c, const char *key)
{
	return arena_printf(c->arena, "%s/%c/%s" ENDING, c->folder, *key, key);
}

/* ------------------------------------------------------------------ bounds */

struct kept {
	const char *name;
	struct timespec used;
	uint64_t size;
};

static int longest_ago_first(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
	if (x->used.tv_nsec != y->used.tv_nsec)
		return x->used.tv_nsec < y->used.tv_nsec ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Lists a share's entries, and takes away what a lost writer left. */
static struct kept *list_share(struct arena *a, DIR *dir, size_t *ret_count, uint64_t *ret_size)
{
	struct kept *list = NULL;
	const struct dirent *entry;
	time_t now = time(NULL);
	struct stat st;

	*ret_count = 0;
	*ret_size = 0;
	while ((entry = readdir(dir))) {
		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
			continue;
		if (span_ends(span_of(entry->d_name), ENDING)) {
			*ARENA_PUSH(a, list, *ret_count) = (struct kept){arena_str(a, entry->d_name), st.st_mtim, (uint64_t)st.st_size};
			*ret_size += (uint64_t)st.st_size;
		} else if (strstr(entry->d_name, ENDING ".tmp.") && now - st.st_mtime > HALF_WRITTEN_SECONDS) {
			unlinkat(dirfd(dir), entry->d_name, 0);
		}
	}
	return list;
}

static void keep_within_bounds(const char *share)
{
	struct arena *a = arena_new();
	DIR *dir = opendir(share);
	size_t count = 0;
	uint64_t size = 0;
	struct kept *list = dir ? list_share(a, dir, &count, &size) : NULL;

	if (count > LIMIT_CACHE_ENTRIES / 16 || size > LIMIT_CACHE_BYTES / 16) {
		qsort(list, count, sizeof *list, longest_ago_first);
		for (size_t i = 0; i + 1 < count && (count - i > LIMIT_CACHE_ENTRIES / 16 || size > LIMIT_CACHE_BYTES / 16); i++)
			if (!unlinkat(dirfd(dir), list[i].name, 0))
				size -= list[i].size;
	}
	if (dir)
		closedir(dir);
	arena_free(a);
}

/* ------------------------------------------------------------------ entries */

void cache_reject(const struct cache *c, const char *key, const char *why)
{
	fprintf(stderr, "scelle: warning: the cache's entry '%s' is not used: %s\n", path_of(c, key), why);
}

bool cache_get(const struct cache *c, const char *key, struct span *ret)
{
	const char *path = path_of(c, key), *why;
	struct err e = {0};
	struct span bytes;

	if (access(path, F_OK))
		return false;
	if (io_read(c->arena, path, LIMIT_CACHE_BYTES / 16, &bytes, &e))
		why = e.text;
	else
		why = cache_entry_get(bytes, key, (struct span){c->secret, sizeof c->secret}, ret);
	if (why) {
		cache_reject(c, key, why);
		return false;
	}
	utimensat(AT_FDCWD, path, NULL, 0);      /* used now: where that cannot be noted it only goes earlier */
	return true;
}

void cache_put(const struct cache *c, const char *key, struct span content)
{
	struct str out = STR_INIT(LIMIT_CACHE_BYTES / 16);
	const char *share = share_of(c, key);
	struct err e = {0};

	cache_entry_put(&out, key, (struct span){c->secret, sizeof c->secret}, content);
	if (str_failed(&out))
		err_set(&e, EXIT_BROKEN, "it is larger than one entry may be (%zu MiB)", (size_t)(LIMIT_CACHE_BYTES / 16 / MIB));
	else if (mkdir(share, 0700) && errno != EEXIST)
		err_errno(&e, EXIT_BROKEN, "cannot make '%s'", share);
	else if (!io_write(path_of(c, key), str_get(&out), 0600, &e))
		keep_within_bounds(share);
	if (e.text[0])
		fprintf(stderr, "scelle: warning: the result is not kept in the cache: %s\n", e.text);
	str_free(&out);
}
