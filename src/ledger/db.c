/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SQLite, opened defensively: the file may come from somebody else, so its schema is not trusted (no functions from views or triggers of its
 * own, checked cells), and every read statement names its columns. Durable before it returns: synchronous=FULL with a rollback journal, whose
 * leftovers any SQLite repairs after a kill. Not write-ahead logging: a ledger is to be one file at all times, which can be copied, and read from a medium
 * that cannot be written to; entries are few and writers wait for each other.
 */
#include "ledger/db.h"

#include "base/embed.h"
#include "base/limits.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

struct db {
	sqlite3 *handle;
	const char *path;
};

/* A damaged file is evidence that does not verify, whatever was being done with it. */
static int fail(struct db *db, enum exit_code code, const char *what, struct err *e)
{
	int cause = sqlite3_errcode(db->handle) & 0xff;

	if (cause == SQLITE_CORRUPT || cause == SQLITE_NOTADB)
		code = EXIT_UNVERIFIED;
	return err_set(e, code, "cannot %s ledger '%s': %s", what, db->path, sqlite3_errmsg(db->handle));
}

static int run(struct db *db, const char *sql, const char *what, struct err *e)
{
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(db, EXIT_BROKEN, what, e);
}

static int create_schema(struct db *db, struct err *e)
{
	struct span sql = embed_get("src/ledger/schema.sql");
	struct arena *a = arena_new();
	int rc = run(db, arena_dup(a, sql.p, sql.n), "create", e);

	arena_free(a);
	return rc;
}

int db_open(const char *path, bool create, struct db **ret, struct err *e)
{
	struct db *db;
	int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);

	if (create && !access(path, F_OK))
		return err_set(e, EXIT_USAGE, "cannot create ledger '%s': it exists", path);
	db = calloc(1, sizeof *db);
	if (!db)
		arena_exhausted();
	db->path = path;
	if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK) {
		fail(db, create ? EXIT_BROKEN : EXIT_INCOMPLETE, "open", e);
		db_close(db);
		return -1;
	}
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_busy_timeout(db->handle, 10000);
	if (run(db, "PRAGMA cell_size_check=ON; PRAGMA synchronous=FULL; PRAGMA journal_mode=DELETE;", "open", e) || (create && create_schema(db, e))) {
		db_close(db);
		return -1;
	}
	*ret = db;
	return 0;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	sqlite3_close(db->handle);
	free(db);
}

int db_begin(struct db *db, struct err *e)
{
	return run(db, "BEGIN IMMEDIATE", "write", e);
}

int db_commit(struct db *db, struct err *e)
{
	return run(db, "COMMIT", "write", e);
}

/* ------------------------------------------------------------------ writing */

static int finish_insert(struct db *db, sqlite3_stmt *s, struct err *e)
{
	int rc = s && sqlite3_step(s) == SQLITE_DONE ? 0 : fail(db, EXIT_BROKEN, "write", e);

	sqlite3_finalize(s);
	return rc;
}

static sqlite3_stmt *prepare(struct db *db, const char *sql)
{
	sqlite3_stmt *s = NULL;

	return sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL) == SQLITE_OK ? s : NULL;
}

int db_put_meta(struct db *db, const char *key, const char *value, struct err *e)
{
	sqlite3_stmt *s = prepare(db, "INSERT INTO meta(key, value) VALUES(?1, ?2)");

	if (s) {
		sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
		sqlite3_bind_text(s, 2, value, -1, SQLITE_STATIC);
	}
	return finish_insert(db, s, e);
}

int db_put_leaf(struct db *db, uint64_t index, const struct leaf *leaf, struct err *e)
{
	sqlite3_stmt *s = prepare(db, "INSERT INTO leaf(idx, data, hash) VALUES(?1, ?2, ?3)");

	if (s) {
		sqlite3_bind_int64(s, 1, (sqlite3_int64)index);
		sqlite3_bind_blob(s, 2, leaf->data.p, (int)leaf->data.n, SQLITE_STATIC);
		sqlite3_bind_blob(s, 3, leaf->hash.b, MERKLE_BYTES, SQLITE_STATIC);
	}
	return finish_insert(db, s, e);
}

int db_put_note(struct db *db, uint64_t size, struct span note, struct err *e)
{
	sqlite3_stmt *s = prepare(db, "INSERT INTO checkpoint(size, note) VALUES(?1, ?2)");

	if (s) {
		sqlite3_bind_int64(s, 1, (sqlite3_int64)size);
		sqlite3_bind_blob(s, 2, note.p, (int)note.n, SQLITE_STATIC);
	}
	return finish_insert(db, s, e);
}

int db_put_pending(struct db *db, const struct pending *p, struct err *e)
{
	sqlite3_stmt *s = prepare(db, "INSERT INTO outbox(path, owner) VALUES(?1, ?2)");

	if (s) {
		sqlite3_bind_text(s, 1, p->path, -1, SQLITE_STATIC);
		sqlite3_bind_int64(s, 2, p->owner);
	}
	return finish_insert(db, s, e);
}

int db_drop_pending(struct db *db, struct err *e)
{
	return run(db, "DELETE FROM outbox", "write", e);
}

/* ------------------------------------------------------------------ reading */

static struct span blob(struct arena *a, sqlite3_stmt *s, int column)
{
	const void *p = sqlite3_column_blob(s, column);

	return arena_span(a, (struct span){p ? p : "", (size_t)sqlite3_column_bytes(s, column)});
}

static int read_leaves(struct arena *a, struct db *db, struct ledger_state *ret, struct err *e)
{
	sqlite3_stmt *s = prepare(db, "SELECT idx, data, hash FROM leaf ORDER BY idx");
	int rc = s ? SQLITE_ROW : SQLITE_ERROR, bad = 0;

	while (s && !bad && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		size_t index = ret->count;
		struct leaf *leaf = ARENA_PUSH(a, ret->leaves, ret->count);
		struct span hash = blob(a, s, 2);

		leaf->data = blob(a, s, 1);
		if (hash.n == MERKLE_BYTES)
			memcpy(leaf->hash.b, hash.p, MERKLE_BYTES);
		if (hash.n != MERKLE_BYTES || sqlite3_column_int64(s, 0) != (sqlite3_int64)index)
			bad = err_set(e, EXIT_UNVERIFIED, "ledger '%s' is not whole: entry %zu is missing or out of form", db->path, index);
	}
	if (!bad && rc != SQLITE_DONE)
		bad = fail(db, EXIT_UNVERIFIED, "read", e);
	sqlite3_finalize(s);
	return bad;
}

static int read_notes(struct arena *a, struct db *db, struct ledger_state *ret, struct err *e)
{
	sqlite3_stmt *s = prepare(db, "SELECT note FROM checkpoint ORDER BY size");
	int rc = SQLITE_ERROR;

	while (s && (rc = sqlite3_step(s)) == SQLITE_ROW)
		*ARENA_PUSH(a, ret->notes, ret->note_count) = blob(a, s, 0);
	if (rc != SQLITE_DONE)
		rc = fail(db, EXIT_UNVERIFIED, "read", e);
	else
		rc = 0;
	sqlite3_finalize(s);
	return rc;
}

int db_read_pending(struct arena *a, struct db *db, struct pending **ret, size_t *ret_count, struct err *e)
{
	sqlite3_stmt *s = prepare(db, "SELECT path, owner FROM outbox ORDER BY path");
	int rc = SQLITE_ERROR;

	*ret = NULL;
	*ret_count = 0;
	while (s && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct span path = blob(a, s, 0);

		*ARENA_PUSH(a, *ret, *ret_count) = (struct pending){arena_dup(a, path.p, path.n), (long)sqlite3_column_int64(s, 1)};
	}
	rc = rc == SQLITE_DONE ? 0 : fail(db, EXIT_BROKEN, "read", e);
	sqlite3_finalize(s);
	return rc;
}

int db_put_held(struct db *db, const struct held_head *head, struct err *e)
{
	sqlite3_stmt *s = prepare(db, "INSERT INTO held(origin, size, key, note) VALUES(?1, ?2, ?3, ?4)");

	if (s) {
		sqlite3_bind_text(s, 1, head->origin, -1, SQLITE_STATIC);
		sqlite3_bind_int64(s, 2, (sqlite3_int64)head->size);
		sqlite3_bind_text(s, 3, head->vkey, -1, SQLITE_STATIC);
		sqlite3_bind_blob(s, 4, head->note.p, (int)head->note.n, SQLITE_STATIC);
	}
	return finish_insert(db, s, e);
}

int db_read_held(struct arena *a, struct db *db, struct held_head **ret, size_t *ret_count, struct err *e)
{
	sqlite3_stmt *s = prepare(db, "SELECT origin, size, key, note FROM held ORDER BY origin, size");
	int rc = SQLITE_ERROR;

	*ret = NULL;
	*ret_count = 0;
	while (s && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct span origin = blob(a, s, 0), vkey = blob(a, s, 2);

		*ARENA_PUSH(a, *ret, *ret_count) = (struct held_head){arena_dup(a, origin.p, origin.n), (uint64_t)sqlite3_column_int64(s, 1),
								       arena_dup(a, vkey.p, vkey.n), blob(a, s, 3)};
	}
	rc = rc == SQLITE_DONE ? 0 : fail(db, EXIT_BROKEN, "read", e);
	sqlite3_finalize(s);
	return rc;
}

static const char *meta(struct arena *a, struct db *db, const char *key)
{
	sqlite3_stmt *s = prepare(db, "SELECT value FROM meta WHERE key = ?1");
	const char *value = NULL;

	if (s && sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW) {
		struct span text = blob(a, s, 0);

		value = arena_dup(a, text.p, text.n);
	}
	sqlite3_finalize(s);
	return value;
}

int db_read(struct arena *a, struct db *db, struct ledger_state *ret, struct err *e)
{
	struct ledger_state l = {.origin = meta(a, db, "origin"), .vkey = meta(a, db, "key")};

	if (!l.origin || !l.vkey)
		return err_set(e, EXIT_UNVERIFIED, "'%s' is not a ledger", db->path);
	if (read_leaves(a, db, &l, e) || read_notes(a, db, &l, e))
		return -1;
	*ret = l;
	return 0;
}
