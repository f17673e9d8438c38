/* SPDX-License-Identifier: EUPL-1.2 */
/* Merkle proofs of every size against each other, and the vectors of transparency-dev/merkle when they are there. */
#include "unit.h"

#include "read/read.h"
#include "seal/base64.h"
#include "seal/merkle.h"

#include <stdio.h>
#include <stdlib.h>

#define LEAVES 33

static void own_proofs(void)
{
	struct merkle_hash leaves[LEAVES], roots[LEAVES + 1];
	struct merkle_range r = {0};
	size_t wrong = 0;

	merkle_root(&r, &roots[0]);
	for (size_t i = 0; i < LEAVES; i++) {
		char text[16];

		merkle_leaf((struct span){text, (size_t)snprintf(text, sizeof text, "%zu", i)}, &leaves[i]);
		merkle_append(&r, &leaves[i]);
		merkle_root(&r, &roots[i + 1]);
	}
	for (uint64_t size = 1; size <= LEAVES; size++)
		for (uint64_t i = 0; i < size; i++) {
			struct merkle_proof p;

			merkle_inclusion(leaves, size, i, &p);
			wrong += !merkle_included(&leaves[i], i, size, &roots[size], p.hashes, p.count);
			wrong += merkle_included(&leaves[i], i ^ 1, size, &roots[size], p.hashes, p.count) && size > 1;
			wrong += merkle_included(&leaves[i], i, size, &roots[size - 1], p.hashes, p.count);
			merkle_consistency(leaves, size, i + 1, &p);
			wrong += !merkle_consistent(i + 1, &roots[i + 1], size, &roots[size], p.hashes, p.count);
			wrong += merkle_consistent(i + 1, &roots[i], size, &roots[size], p.hashes, p.count);
			wrong += p.count && merkle_consistent(i + 1, &roots[i + 1], size, &roots[size], p.hashes, p.count - 1);
		}
	CHECK(!wrong, "all inclusion and consistency proofs of trees up to 33 leaves hold, and no other");
}

/* ------------------------------------------------------------------ vectors */

static bool hash_of(const char *base64, struct merkle_hash *h)
{
	return base64 && !base64_exact(span_of(base64), h->b, MERKLE_BYTES);
}

static bool proof_of(const struct fact *root, struct merkle_hash *hashes, size_t *ret_count)
{
	const struct fact *list = fact_child(root, "proof");

	*ret_count = 0;
	if (!list || list->kind != FACT_LIST)
		return true;
	FACT_EACH(item, list)
		if (*ret_count == MERKLE_PROOF_MAX || !hash_of(item->value.p, &hashes[(*ret_count)++]))
			return false;
	return true;
}

static bool vector_accepted(const struct fact *root, bool inclusion)
{
	struct merkle_hash a, b, hashes[MERKLE_PROOF_MAX];
	size_t count;

	if (!proof_of(root, hashes, &count) || !hash_of(fact_text(root, inclusion ? "leafHash" : "root1"), &a) ||
	    !hash_of(fact_text(root, inclusion ? "root" : "root2"), &b))
		return false;
	if (inclusion)
		return merkle_included(&a, strtoull(fact_text(root, "leafIdx"), NULL, 10), strtoull(fact_text(root, "treeSize"), NULL, 10), &b, hashes, count);
	return merkle_consistent(strtoull(fact_text(root, "size1"), NULL, 10), &a, strtoull(fact_text(root, "size2"), NULL, 10), &b, hashes, count);
}

/* Two kinds of vectors differ on purpose: roots that are not 32 bytes, and a tree of no leaves, of which nothing is consistent. */
static bool refused_on_purpose(const struct fact *root, bool inclusion)
{
	struct merkle_hash h;

	return !hash_of(fact_text(root, inclusion ? "root" : "root2"), &h) || !hash_of(fact_text(root, inclusion ? "leafHash" : "root1"), &h) ||
	       (!inclusion && !strcmp(fact_text(root, "size1"), "0"));
}

static void vectors(const char *suites, const char *folder, bool inclusion)
{
	struct arena *a = arena_new();
	struct input_set set = {.arena = a};
	struct collect_options options = {0};
	const char *path = arena_printf(a, "%s/merkle/testdata/%s", suites, folder);
	struct err e = {0};
	size_t ran = 0, wrong = 0;

	if (collect(&set, a, &path, 1, &options, &e)) {
		unit_skip("vectors of transparency-dev/merkle", "no suites");
		arena_free(a);
		return;
	}
	for (size_t i = 0; i < set.count; i++) {
		const struct fact *root = set.docs[i]->root_count ? set.docs[i]->roots[0] : NULL;
		const char *error = root ? fact_text(root, "wantErr") : NULL;
		bool wanted = error && !strcmp(error, "false");

		if (!error)
			continue;
		ran++;
		if (vector_accepted(root, inclusion) != wanted && !(wanted && refused_on_purpose(root, inclusion))) {
			wrong++;
			printf("# %s: wanted %s\n", set.docs[i]->name, wanted ? "accepted" : "refused");
		}
	}
	printf("# %zu vectors of %s\n", ran, folder);
	CHECK(ran && !wrong, arena_printf(a, "the vectors of transparency-dev/merkle/%s", folder));
	arena_free(a);
}

void u_ledger(void)
{
	const char *suites = getenv("SCELLE_SUITES");
	char beside[4096];

	snprintf(beside, sizeof beside, "%s/../shared/suites", getenv("SRCDIR") ? getenv("SRCDIR") : ".");
	own_proofs();
	vectors(suites ? suites : beside, "inclusion", true);
	vectors(suites ? suites : beside, "consistency", false);
}
