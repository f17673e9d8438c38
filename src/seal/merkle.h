/* SPDX-License-Identifier: EUPL-1.2 */
/* The Merkle tree of RFC 9162 (Certificate Transparency 2.0) over SHA-256: roots, proofs, and checking proofs without the tree. */
#ifndef SEAL_MERKLE_H
#define SEAL_MERKLE_H

#include "base/span.h"

#include <stdint.h>

#define MERKLE_BYTES 32
#define MERKLE_PROOF_MAX 64      /* levels of a tree of 2^64 leaves */

struct merkle_hash {
	unsigned char b[MERKLE_BYTES];
};

struct merkle_proof {
	struct merkle_hash hashes[MERKLE_PROOF_MAX + 1];
	size_t count;
};

/* A growing tree: only the roots of its complete subtrees are kept. Zeroed is empty. */
struct merkle_range {
	struct merkle_hash roots[MERKLE_PROOF_MAX];
	size_t count;
	uint64_t size;
};

void merkle_leaf(struct span data, struct merkle_hash *ret);
void merkle_append(struct merkle_range *r, const struct merkle_hash *leaf);
void merkle_root(const struct merkle_range *r, struct merkle_hash *ret);      /* of the leaves so far */

/* leaves[0..size): index < size; 0 < first <= size */
void merkle_inclusion(const struct merkle_hash *leaves, uint64_t size, uint64_t index, struct merkle_proof *ret);
void merkle_consistency(const struct merkle_hash *leaves, uint64_t size, uint64_t first, struct merkle_proof *ret);

bool merkle_included(const struct merkle_hash *leaf, uint64_t index, uint64_t size, const struct merkle_hash *root, const struct merkle_hash *proof, size_t count);
bool merkle_consistent(uint64_t first, const struct merkle_hash *first_root, uint64_t second, const struct merkle_hash *second_root,
		       const struct merkle_hash *proof, size_t count);

#endif
