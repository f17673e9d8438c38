/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Heads of other ledgers, kept here. A ledger that was cut back or rewritten is whole in itself; it shows to whoever kept one of its earlier heads and
 * asks for the proof that the new one grew from it (RFC 9162, 2.1.4). The file that carries head and proof is that of C2SP tlog-witness, so a
 * witness of that kind can be given the same file.
 */
#include "ledger/ledger.h"

#include "ledger/db.h"

#include <stdlib.h>

int ledger_growth(const struct ledger_state *l, uint64_t since, struct str *out, struct err *e)
{
	struct merkle_hash *hashes;
	struct merkle_proof proof = {0};

	if (!l->note_count)
		return err_set(e, EXIT_INCOMPLETE, "the ledger is empty");
	if (since > l->count)
		return err_set(e, EXIT_UNVERIFIED, "the ledger has %zu entries, fewer than %llu", l->count, (unsigned long long)since);
	if (since) {
		hashes = calloc(l->count, sizeof *hashes);
		if (!hashes)
			arena_exhausted();
		for (size_t i = 0; i < l->count; i++)
			hashes[i] = l->leaves[i].hash;
		merkle_consistency(hashes, l->count, since, &proof);
		free(hashes);
		growth_write(out, since, &proof);
	}
	str_span(out, l->notes[l->note_count - 1]);
	return 0;
}

int ledger_heads(struct arena *a, const char *path, struct held_head **ret, size_t *ret_count, struct err *e)
{
	struct db *db;
	int rc;

	if (db_open(path, false, &db, e))
		return -1;
	rc = db_read_held(a, db, ret, ret_count, e);
	db_close(db);
	return rc;
}

/* The last head kept of that ledger; NULL when there is none. */
static int last_held(struct arena *a, struct db *db, const char *origin, const struct held_head **ret, struct err *e)
{
	struct held_head *list;
	size_t count;

	*ret = NULL;
	if (db_read_held(a, db, &list, &count, e))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].origin, origin))
			*ret = &list[i];
	return 0;
}

/* new against the head that was kept: the same state, or one that provably grew from it. */
static int compare(struct arena *a, const struct held_head *old, const struct growth *g, const struct checkpoint *new, struct err *e)
{
	struct checkpoint was;

	if (note_read(a, old->note, old->vkey, &was, e))
		return -1;
	if (new->size < was.size)
		return err_set(e, EXIT_UNVERIFIED, "the ledger '%s' had %llu entries and shows %llu: it was cut back, or this head is older than the one kept", new->origin,
			       (unsigned long long)was.size, (unsigned long long)new->size);
	if (new->size == was.size)
		return memcmp(new->root.b, was.root.b, MERKLE_BYTES) ? err_set(e, EXIT_UNVERIFIED, "the ledger '%s' was rewritten: two states of %llu entries", new->origin,
									    (unsigned long long)was.size) : 0;
	if (g->since != was.size)
		return err_set(e, EXIT_USAGE, "the head kept of '%s' is of %llu entries: ask for `scelle ledger export --since %llu`", new->origin,
			       (unsigned long long)was.size, (unsigned long long)was.size);
	if (!merkle_consistent(was.size, &was.root, new->size, &new->root, g->proof.hashes, g->proof.count))
		return err_set(e, EXIT_UNVERIFIED, "the ledger '%s' was rewritten: its first %llu entries are not those of the head kept", new->origin,
			       (unsigned long long)was.size);
	return 0;
}

static int import(struct arena *a, struct db *db, struct span bytes, const char *vkey, struct held_head *ret, struct err *e)
{
	const struct held_head *old;
	struct checkpoint c;
	struct growth g;

	if (growth_read(bytes, &g, e) || note_read(a, g.note, NULL, &c, e) || last_held(a, db, c.origin, &old, e))
		return -1;
	if (!old && !vkey)
		return err_set(e, EXIT_USAGE, "the first head of '%s' needs --ledger-key, the key that its keeper gave you", c.origin);
	if (old && vkey && strcmp(old->vkey, vkey))
		return err_set(e, EXIT_UNVERIFIED, "the ledger '%s' has another key than when its first head was kept", c.origin);
	*ret = (struct held_head){c.origin, c.size, old ? old->vkey : vkey, g.note};
	if (!c.size || note_read(a, g.note, ret->vkey, &c, e) || (old && compare(a, old, &g, &c, e)))
		return c.size ? -1 : err_set(e, EXIT_UNVERIFIED, "a head of an empty ledger says nothing");
	return old && old->size == c.size ? 0 : db_put_held(db, ret, e);
}

int ledger_import(struct arena *a, const char *path, struct span bytes, const char *vkey, struct held_head *ret, struct err *e)
{
	struct db *db;
	int rc;

	if (db_open(path, false, &db, e))
		return -1;
	rc = db_begin(db, e) || import(a, db, bytes, vkey, ret, e) || db_commit(db, e) ? -1 : 0;
	db_close(db);
	return rc;
}
