/* SPDX-License-Identifier: EUPL-1.2 */
/* An append-only list of sealed containers: a Merkle tree in a SQLite file, with a signed checkpoint for each state it ever had. */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "seal/note.h"

struct leaf {
	struct span data;              /* RFC 8785 */
	struct merkle_hash hash;       /* as stored; check compares */
};

struct ledger_state {
	const char *origin, *vkey;
	struct leaf *leaves;
	size_t count;
	struct span *notes;            /* checkpoints by size */
	size_t note_count;
};

/* A new ledger file and its new Ed25519 key; neither may exist. */
int ledger_new(struct arena *a, const char *path, const char *key_path, const char *origin, const char **ret_vkey, struct err *e);
/* All of it; nothing is checked yet. */
int ledger_read(struct arena *a, const char *path, struct ledger_state *ret, struct err *e);
/* Appends the container's leaf and a checkpoint in one transaction; one that is there already is refused. */
int ledger_add(struct arena *a, const char *path, const char *key_path, const struct container_identity *id, uint64_t *ret_index, struct err *e);
/*
 * The same, and files that are there if and only if the entry is: proof (the entry's proof is written to it) and files. They are written
 * beside their places before the entry is, and moved there after. What a killed run left unmoved, the next addition moves first.
 * At most seven.
 */
struct ledger_file {
	const char *path;
	struct span bytes;
};
struct ledger_addition {
	const struct container_identity *id;
	const struct ledger_file *files;
	size_t count;
	const char *proof;      /* path; NULL: none */
};
int ledger_add_files(struct arena *a, const char *path, const char *key_path, const struct ledger_addition *what, uint64_t *ret_index, struct err *e);
/* Moves what a killed run left unmoved; ret_count: how many files. One that is lost is an error that is told once. */
int ledger_settle(struct arena *a, const char *path, size_t *ret_count, struct err *e);
/* The proof file for entry index, against the last checkpoint. */
int ledger_prove(const struct ledger_state *l, uint64_t index, struct str *out, struct err *e);
/*
 * Recomputes every leaf and root: leaf hashes, each checkpoint's root, size and signature, and a checkpoint kept outside (held, may be empty),
 * which must be a state this ledger had. vkey: NULL takes the ledger's own word.
 */
int ledger_check(struct arena *a, const struct ledger_state *l, const char *vkey, struct span held, struct err *e);
/*
 * What shows another ledger's keeper, or a witness, that this one only grew since it had `since` entries (C2SP tlog-witness: "old N", consistency proof,
 * checkpoint); since 0: the checkpoint alone.
 */
int ledger_growth(const struct ledger_state *l, uint64_t since, struct str *out, struct err *e);

/* A head of another ledger. */
struct held_head {
	const char *origin;
	uint64_t size;
	const char *vkey;
	struct span note;
};
int ledger_heads(struct arena *a, const char *path, struct held_head **ret, size_t *ret_count, struct err *e);
/*
 * Keeps a head of another ledger in this one, after comparing it with the last that was kept: bytes are a checkpoint or what ledger_growth writes. vkey may
 * be NULL from the second on. What was rewritten or cut back since is EXIT_UNVERIFIED, and not kept.
 */
int ledger_import(struct arena *a, const char *path, struct span bytes, const char *vkey, struct held_head *ret, struct err *e);
/* The index of the container, or -1. */
int64_t ledger_find(const struct ledger_state *l, const struct container_identity *id);

#endif
