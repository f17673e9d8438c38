/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Entries are containers, by the digests that a later time stamp does not change. Each addition signs a checkpoint, so the ledger cannot
 * quietly say something else later about a state it once had, as far as somebody outside kept one of those checkpoints: a proof file
 * carries one. A ledger cut back to an older state is whole in itself; only a checkpoint kept outside (`ledger check --checkpoint`) shows it.
 * Trees are recomputed from the leaves: nothing that could be wrong is cached. A container that is sealed into a ledger, its bundle and its
 * proof are written beside their places first; the transaction that adds the entry names them, and they are moved after it. Killed before
 * the commit, nothing happened; killed after it, the next addition (or `ledger settle`) moves them.
 */
#include "ledger/ledger.h"

#include "base/digest.h"
#include "base/io.h"
#include "base/limits.h"
#include "ledger/db.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int ledger_new(struct arena *a, const char *path, const char *key_path, const char *origin, const char **ret_vkey, struct err *e)
{
	struct db *db = NULL;
	const char *vkey;
	int rc;

	if (!access(path, F_OK))
		return err_set(e, EXIT_USAGE, "cannot create ledger '%s': it exists", path);
	if (note_key_new(a, key_path, origin, &vkey, e))
		return -1;
	rc = db_open(path, true, &db, e) || db_begin(db, e) || db_put_meta(db, "origin", origin, e) || db_put_meta(db, "key", vkey, e) ||
	     db_commit(db, e) ? -1 : 0;
	db_close(db);
	if (rc)
		unlink(key_path);
	else
		*ret_vkey = vkey;
	return rc;
}

int ledger_read(struct arena *a, const char *path, struct ledger_state *ret, struct err *e)
{
	struct db *db;
	int rc;

	if (db_open(path, false, &db, e))
		return -1;
	rc = db_read(a, db, ret, e);
	db_close(db);
	return rc;
}

/* ------------------------------------------------------------------ adding */

int64_t ledger_find(const struct ledger_state *l, const struct container_identity *id)
{
	int64_t found = -1;

	for (size_t i = 0; i < l->count && found < 0; i++) {
		struct str text = STR_INIT(4096);

		if (!container_leaf(&text, id, i) && span_eq(str_get(&text), l->leaves[i].data))
			found = (int64_t)i;
		str_free(&text);
	}
	return found;
}

static void root_with(const struct ledger_state *l, size_t count, struct merkle_hash *ret)
{
	struct merkle_range r = {0};

	for (size_t i = 0; i < count; i++)
		merkle_append(&r, &l->leaves[i].hash);
	merkle_root(&r, ret);
}

/* ------------------------------------------------------------------ files that go with an entry */

#define FILES_MAX 8

/* Moves every file that waits, in a transaction of the caller. ret_lost: one of which nothing is left, NULL: none. */
static int move_pending(struct arena *a, struct db *db, size_t *ret_count, const char **ret_lost, struct err *e)
{
	struct pending *list;
	size_t count;

	*ret_count = 0;
	*ret_lost = NULL;
	if (db_read_pending(a, db, &list, &count, e))
		return -1;
	for (size_t i = 0; i < count; i++) {
		int rc = io_publish(list[i].path, list[i].owner, e);

		if (rc < 0)
			return -1;
		if (rc > 0)
			*ret_lost = list[i].path;
		*ret_count += !rc;
	}
	return count ? db_drop_pending(db, e) : 0;
}

static int settle(struct arena *a, struct db *db, size_t *ret_count, struct err *e)
{
	const char *lost;

	if (db_begin(db, e) || move_pending(a, db, ret_count, &lost, e) || db_commit(db, e))
		return -1;
	return lost ? err_set(e, EXIT_INCOMPLETE, "'%s' of an earlier entry is lost: it is not there, and no file waits to be moved there", lost) : 0;
}

int ledger_settle(struct arena *a, const char *path, size_t *ret_count, struct err *e)
{
	struct db *db;
	int rc;

	if (db_open(path, false, &db, e))
		return -1;
	rc = settle(a, db, ret_count, e);
	db_close(db);
	return rc;
}

/* Before an addition, which must not pass over a lost file in silence. */
static int move_earlier(struct arena *a, struct db *db, struct err *e)
{
	const char *lost;
	size_t count;

	if (move_pending(a, db, &count, &lost, e))
		return -1;
	return lost ? err_set(e, EXIT_INCOMPLETE, "'%s' of an earlier entry is lost; `scelle ledger settle` says so once and goes on", lost) : 0;
}

/* The next run may start in another folder. */
static int absolute(struct arena *a, const char *path, const char **ret, struct err *e)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char *folder = realpath(slash ? arena_dup(a, path, (size_t)(slash - path) + 1) : ".", NULL);

	if (!folder)
		return err_errno(e, EXIT_BROKEN, "cannot write '%s'", path);
	*ret = arena_printf(a, "%s/%s", strcmp(folder, "/") ? folder : "", name);
	free(folder);
	return 0;
}

/* What must go to its place together: written beside it under our process number. */
struct staged {
	struct pending list[FILES_MAX];
	size_t count;
};

static int stage(struct arena *a, struct staged *s, const char *path, struct span bytes, struct err *e)
{
	struct pending *p = &s->list[s->count];
	struct stat st;

	if (s->count == FILES_MAX || !strcmp(path, "-") || (!stat(path, &st) && !S_ISREG(st.st_mode)))
		return err_set(e, EXIT_USAGE, "cannot write '%s' together with a ledger: it is not a file", path);
	p->owner = (long)getpid();
	if (absolute(a, path, &p->path, e) || io_stage(p->path, p->owner, bytes, 0644, e))
		return -1;
	s->count++;
	return 0;
}

static void unstage(const struct staged *s)
{
	for (size_t i = 0; i < s->count; i++)
		io_unstage(s->list[i].path, s->list[i].owner);
}

static int stage_all(struct arena *a, struct staged *s, const struct ledger_state *l, const struct ledger_addition *what, struct err *e)
{
	struct str proof = STR_INIT(MIB);
	int rc = 0;

	for (size_t i = 0; i < what->count && !rc; i++)
		rc = stage(a, s, what->files[i].path, what->files[i].bytes, e);
	if (!rc && what->proof)
		rc = ledger_prove(l, l->count - 1, &proof, e) || stage(a, s, what->proof, str_get(&proof), e) ? -1 : 0;
	str_free(&proof);
	return rc;
}

/* ------------------------------------------------------------------ the entry itself */

/* l gets the new leaf and its checkpoint; nothing is written yet. */
static int extend(struct arena *a, struct ledger_state *l, const char *key_path, const struct container_identity *id, struct err *e)
{
	struct str text = STR_INIT(4096), note = STR_INIT(4096);
	struct checkpoint c = {.origin = l->origin, .size = l->count + 1};
	const char *vkey;
	struct leaf *leaf;
	int rc = container_leaf(&text, id, l->count);

	leaf = ARENA_PUSH(a, l->leaves, l->count);
	leaf->data = arena_span(a, str_get(&text));
	merkle_leaf(leaf->data, &leaf->hash);
	root_with(l, l->count, &c.root);
	rc = rc || note_sign(a, key_path, &c, &note, &vkey, e) ? -1 : 0;
	if (!rc && strcmp(vkey, l->vkey))
		rc = err_set(e, EXIT_USAGE, "'%s' is not the key of this ledger", key_path);
	*ARENA_PUSH(a, l->notes, l->note_count) = arena_span(a, str_get(&note));
	str_free(&note);
	str_free(&text);
	return rc;
}

/* The commit is the moment at which the entry and its files exist. */
static int append(struct arena *a, struct db *db, struct ledger_state *l, const char *key_path, const struct ledger_addition *what, struct err *e)
{
	struct staged staged = {0};
	int rc = extend(a, l, key_path, what->id, e) || stage_all(a, &staged, l, what, e) ? -1 : 0;

	for (size_t i = 0; i < staged.count && !rc; i++)
		rc = db_put_pending(db, &staged.list[i], e);
	rc = rc || db_put_leaf(db, l->count - 1, &l->leaves[l->count - 1], e) || db_put_note(db, l->count, l->notes[l->note_count - 1], e) ||
	     db_commit(db, e) ? -1 : 0;
	if (rc)
		unstage(&staged);
	return rc;
}

static int settle_after(struct arena *a, struct db *db, uint64_t index, struct err *e)
{
	struct err cause = {0};
	size_t count;

	if (!settle(a, db, &count, &cause))
		return 0;
	return err_set(e, cause.code, "entry %llu is in the ledger, but its files wait beside their places: %s; `scelle ledger settle` moves them",
		       (unsigned long long)index, cause.text);
}

int ledger_add_files(struct arena *a, const char *path, const char *key_path, const struct ledger_addition *what, uint64_t *ret_index, struct err *e)
{
	struct ledger_state l;
	struct db *db;
	int rc = -1;

	if (db_open(path, false, &db, e))
		return -1;
	if (!db_begin(db, e) && !move_earlier(a, db, e) && !db_read(a, db, &l, e) && !ledger_check(a, &l, NULL, (struct span){0}, e)) {
		if (ledger_find(&l, what->id) >= 0)
			err_set(e, EXIT_USAGE, "the container is in the ledger already, as entry %lld", (long long)ledger_find(&l, what->id));
		else
			rc = append(a, db, &l, key_path, what, e);
	}
	if (!rc && what->count)
		rc = settle_after(a, db, l.count - 1, e);
	db_close(db);
	if (!rc)
		*ret_index = l.count - 1;
	return rc;
}

int ledger_add(struct arena *a, const char *path, const char *key_path, const struct container_identity *id, uint64_t *ret_index, struct err *e)
{
	const struct ledger_addition what = {.id = id};

	return ledger_add_files(a, path, key_path, &what, ret_index, e);
}

/* ------------------------------------------------------------------ proofs */

int ledger_prove(const struct ledger_state *l, uint64_t index, struct str *out, struct err *e)
{
	struct merkle_hash *hashes;
	struct tlog_proof p = {.index = index};

	if (index >= l->count || !l->note_count)
		return err_set(e, EXIT_USAGE, "the ledger has no entry %llu", (unsigned long long)index);
	hashes = calloc(l->count, sizeof *hashes);
	if (!hashes)
		arena_exhausted();
	for (size_t i = 0; i < l->count; i++)
		hashes[i] = l->leaves[i].hash;
	merkle_inclusion(hashes, l->count, index, &p.proof);
	free(hashes);
	p.note = l->notes[l->note_count - 1];
	tlog_proof_write(out, &p);
	return 0;
}

/* ------------------------------------------------------------------ checking */

/* roots[i]: of the first i leaves, from the leaves' bytes. */
static int recompute(struct arena *a, const struct ledger_state *l, struct merkle_hash **ret_roots, struct err *e)
{
	struct merkle_hash *roots = ARENA_ARRAY(a, struct merkle_hash, l->count + 1);
	struct merkle_range r = {0};

	for (size_t i = 0; i < l->count; i++) {
		struct merkle_hash hash;

		merkle_leaf(l->leaves[i].data, &hash);
		if (memcmp(hash.b, l->leaves[i].hash.b, MERKLE_BYTES))
			return err_set(e, EXIT_UNVERIFIED, "the ledger was changed: entry %zu does not have its hash", i);
		merkle_append(&r, &hash);
		merkle_root(&r, &roots[i + 1]);
	}
	*ret_roots = roots;
	return 0;
}

static int check_state(struct arena *a, const struct ledger_state *l, const struct merkle_hash *roots, struct span note, const char *vkey, const char *what,
		       uint64_t *ret_size, struct err *e)
{
	struct checkpoint c;

	if (note_read(a, note, vkey, &c, e))
		return -1;
	if (strcmp(c.origin, l->origin))
		return err_set(e, EXIT_UNVERIFIED, "%s is of another ledger", what);
	if (c.size > l->count)
		return err_set(e, EXIT_UNVERIFIED, "the ledger was cut: %s is of %llu entries, it has %zu", what, (unsigned long long)c.size, l->count);
	if (!c.size || memcmp(roots[c.size].b, c.root.b, MERKLE_BYTES))
		return err_set(e, EXIT_UNVERIFIED, "the ledger was changed: its first %llu entries are not those of %s", (unsigned long long)c.size, what);
	*ret_size = c.size;
	return 0;
}

int ledger_check(struct arena *a, const struct ledger_state *l, const char *vkey, struct span held, struct err *e)
{
	struct merkle_hash *roots;
	uint64_t size = 0;

	if (vkey && strcmp(vkey, l->vkey))
		return err_set(e, EXIT_UNVERIFIED, "the ledger names another key than the given one");
	if (recompute(a, l, &roots, e))
		return -1;
	for (size_t i = 0; i < l->note_count; i++)
		if (check_state(a, l, roots, l->notes[i], l->vkey, "a checkpoint in it", &size, e))
			return -1;
	if (size != l->count)
		return err_set(e, EXIT_UNVERIFIED, "the ledger was changed: its last entries have no checkpoint");
	return held.n ? check_state(a, l, roots, held, l->vkey, "the checkpoint kept outside", &size, e) : 0;
}
