/* SPDX-License-Identifier: EUPL-1.2 */
/* The one door to SQLite: the tables of schema.sql, nothing else. */
#ifndef LEDGER_DB_H
#define LEDGER_DB_H

#include "ledger/ledger.h"

struct db;

/* create: the file must not exist, and gets the schema. */
int db_open(const char *path, bool create, struct db **ret, struct err *e);
void db_close(struct db *db);      /* what was begun and not committed is gone; NULL is fine */
int db_begin(struct db *db, struct err *e);      /* nobody else may write until db_commit or db_close */
int db_commit(struct db *db, struct err *e);
int db_put_meta(struct db *db, const char *key, const char *value, struct err *e);
int db_put_leaf(struct db *db, uint64_t index, const struct leaf *leaf, struct err *e);
int db_put_note(struct db *db, uint64_t size, struct span note, struct err *e);
/* path appears when io_publish is called for it with that owner. */
struct pending {
	const char *path;
	long owner;
};
int db_put_pending(struct db *db, const struct pending *p, struct err *e);
int db_read_pending(struct arena *a, struct db *db, struct pending **ret, size_t *ret_count, struct err *e);
int db_drop_pending(struct db *db, struct err *e);      /* all of them */
/* All heads kept of other ledgers, by origin and size. */
int db_put_held(struct db *db, const struct held_head *head, struct err *e);
int db_read_held(struct arena *a, struct db *db, struct held_head **ret, size_t *ret_count, struct err *e);
int db_read(struct arena *a, struct db *db, struct ledger_state *ret, struct err *e);

#endif
