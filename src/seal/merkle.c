/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * RFC 9162, section 2.1. Leaves and nodes are hashed with different first bytes, so that none can pass for the other. Everything is
 * iterative; checking a proof follows 2.1.3.2 and 2.1.4.2 step by step.
 */
#include "seal/merkle.h"

#include "base/arena.h"
#include "base/digest.h"

#include <stdlib.h>

void merkle_leaf(struct span data, struct merkle_hash *ret)
{
	char *prefixed = malloc(data.n + 1);

	if (!prefixed)
		arena_exhausted();
	prefixed[0] = 0;
	if (data.n)
		memcpy(prefixed + 1, data.p, data.n);
	sha256((struct span){prefixed, data.n + 1}, ret->b);
	free(prefixed);
}

static void node(const struct merkle_hash *left, const struct merkle_hash *right, struct merkle_hash *ret)
{
	unsigned char both[1 + 2 * MERKLE_BYTES] = {1};

	memcpy(both + 1, left->b, MERKLE_BYTES);
	memcpy(both + 1 + MERKLE_BYTES, right->b, MERKLE_BYTES);
	sha256((struct span){(const char *)both, sizeof both}, ret->b);
}

/* As a binary counter: a bit set in the size is a complete subtree. */
void merkle_append(struct merkle_range *r, const struct merkle_hash *leaf)
{
	r->roots[r->count++] = *leaf;
	for (uint64_t size = r->size++; size & 1; size >>= 1) {
		r->count--;
		node(&r->roots[r->count - 1], &r->roots[r->count], &r->roots[r->count - 1]);
	}
}

void merkle_root(const struct merkle_range *r, struct merkle_hash *ret)
{
	if (!r->count) {
		sha256((struct span){"", 0}, ret->b);
		return;
	}
	*ret = r->roots[r->count - 1];
	for (size_t i = r->count - 1; i--;)
		node(&r->roots[i], ret, ret);
}

static void root_of(const struct merkle_hash *leaves, uint64_t size, struct merkle_hash *ret)
{
	struct merkle_range r = {0};

	for (uint64_t i = 0; i < size; i++)
		merkle_append(&r, &leaves[i]);
	merkle_root(&r, ret);
}

/* The largest power of two below size, which is above 1. */
static uint64_t split(uint64_t size)
{
	uint64_t k = 1;

	while (k < size - k)
		k *= 2;
	return k;
}

/* Proofs are found from the root downwards and written from the leaf upwards. */
static void turn(struct merkle_proof *p)
{
	for (size_t i = 0; i < p->count / 2; i++) {
		struct merkle_hash h = p->hashes[i];

		p->hashes[i] = p->hashes[p->count - 1 - i];
		p->hashes[p->count - 1 - i] = h;
	}
}

void merkle_inclusion(const struct merkle_hash *leaves, uint64_t size, uint64_t index, struct merkle_proof *ret)
{
	ret->count = 0;
	while (size > 1) {
		uint64_t k = split(size);

		if (index < k) {
			root_of(leaves + k, size - k, &ret->hashes[ret->count++]);
			size = k;
		} else {
			root_of(leaves, k, &ret->hashes[ret->count++]);
			leaves += k;
			index -= k;
			size -= k;
		}
	}
	turn(ret);
}

void merkle_consistency(const struct merkle_hash *leaves, uint64_t size, uint64_t first, struct merkle_proof *ret)
{
	bool whole = true;      /* the part looked at is the old tree itself, whose root the verifier has */

	ret->count = 0;
	while (first != size) {
		uint64_t k = split(size);

		if (first <= k) {
			root_of(leaves + k, size - k, &ret->hashes[ret->count++]);
			size = k;
		} else {
			root_of(leaves, k, &ret->hashes[ret->count++]);
			leaves += k;
			first -= k;
			size -= k;
			whole = false;
		}
	}
	if (!whole)
		root_of(leaves, size, &ret->hashes[ret->count++]);
	turn(ret);
}

static bool same(const struct merkle_hash *a, const struct merkle_hash *b)
{
	return !memcmp(a->b, b->b, MERKLE_BYTES);
}

bool merkle_included(const struct merkle_hash *leaf, uint64_t index, uint64_t size, const struct merkle_hash *root, const struct merkle_hash *proof, size_t count)
{
	uint64_t fn = index, sn = size - 1;
	struct merkle_hash r = *leaf;

	if (index >= size)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!sn)
			return false;
		if (fn & 1 || fn == sn) {
			node(&proof[i], &r, &r);
			while (fn && !(fn & 1)) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			node(&r, &proof[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return !sn && same(&r, root);
}

bool merkle_consistent(uint64_t first, const struct merkle_hash *first_root, uint64_t second, const struct merkle_hash *second_root,
		       const struct merkle_hash *proof, size_t count)
{
	uint64_t fn = first - 1, sn = second - 1;
	struct merkle_hash fr, sr;
	size_t i = 0;

	if (!first || first > second)
		return false;
	if (first == second)
		return !count && same(first_root, second_root);
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	if (fn && !count)
		return false;
	fr = sr = fn ? proof[i++] : *first_root;      /* a complete old tree is its own first hash */
	for (; i < count; i++) {
		if (!sn)
			return false;
		if (fn & 1 || fn == sn) {
			node(&proof[i], &fr, &fr);
			node(&proof[i], &sr, &sr);
			while (fn && !(fn & 1)) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			node(&sr, &proof[i], &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return !sn && same(&fr, first_root) && same(&sr, second_root);
}
