/* SPDX-License-Identifier: EUPL-1.2 */
/* Checkpoints of a ledger as C2SP signed notes: origin, size, root, and an Ed25519 signature that others verify with the same text form of a key. */
#ifndef SEAL_NOTE_H
#define SEAL_NOTE_H

#include "seal/merkle.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct checkpoint {
	const char *origin;
	uint64_t size;
	struct merkle_hash root;
};

/* A new Ed25519 key in key_path (new file, mode 0600); *ret_vkey: "origin+hash+key", to be given to whoever verifies. */
int note_key_new(struct arena *a, const char *key_path, const char *origin, const char **ret_vkey, struct err *e);
/* The checkpoint's text with its signature appended to out; *ret_vkey as above, may be NULL. */
int note_sign(struct arena *a, const char *key_path, const struct checkpoint *c, struct str *out, const char **ret_vkey, struct err *e);
/* Parses a note. vkey, when not NULL, must have signed it. */
int note_read(struct arena *a, struct span note, const char *vkey, struct checkpoint *ret, struct err *e);

/* A proof file of the form c2sp.org/tlog-proof@v1: index, hashes, note. */
struct tlog_proof {
	uint64_t index;
	struct merkle_proof proof;
	struct span note;
};
void tlog_proof_write(struct str *out, const struct tlog_proof *p);

/* A head with the proof that it grew from a tree of `since` leaves (C2SP tlog-witness, add-checkpoint); since 0: the head alone. */
struct growth {
	uint64_t since;
	struct merkle_proof proof;
	struct span note;
};
void growth_write(struct str *out, uint64_t since, const struct merkle_proof *proof);      /* all but the note */
int growth_read(struct span text, struct growth *ret, struct err *e);

/* What a ledger records of a container: digests that a later time stamp does not change. Hexadecimal. */
struct container_identity {
	char manifest_sha384[97], signature_sha384[97], statement_sha256[65];      /* statement: empty when there is none */
};
/* The container must verify at now; 0 is the clock's. */
int container_identity(struct arena *a, struct span container, int64_t now, struct container_identity *ret, struct err *e);
/* The bytes of its leaf (RFC 8785) at that index. */
int container_leaf(struct str *out, const struct container_identity *id, uint64_t index);

#endif
