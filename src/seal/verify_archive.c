/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Level LTA as ASiC-E containers have it (ETSI EN 319 162-1, 4.4.4.2 and annex A.7): an archive manifest lists signatures, manifests, files and the archive
 * manifest before it, each by digest, and a time stamp is over the archive manifest. The newest is judged now; each older one, and the stamps in
 * signatures, at the time of the newest trusted stamp that lists them. So only the newest authority's certificate must still be good, and a
 * digest or key that has since become weak stays covered.
 */
#include "seal/seal_p.h"

#include <stdlib.h>

struct archive {
	struct manifest manifest;
	int64_t time;
};

bool is_archive_manifest(struct span name)
{
	return span_starts(name, "META-INF/ASiCArchiveManifest") && span_ends(name, ".xml");
}

bool is_timestamp(struct span name)
{
	return span_starts(name, "META-INF/") && span_find(name, SPAN("timestamp")) && span_ends(name, ".tst");
}

int64_t preserved_since(const struct verification *v, const struct span *names, size_t count)
{
	int64_t since = 0;

	for (size_t i = 0; i < v->archive_count; i++) {
		size_t named = 0;

		for (size_t k = 0; k < count; k++)
			named += reference_of(&v->archives[i].manifest, names[k]) ? 1 : 0;
		if (named == count && (!since || v->archives[i].time < since))
			since = v->archives[i].time;
	}
	return since;
}

static void judge_stamp(struct verification *v, const struct zip_item *item, const struct manifest *m, const struct zip_item *stamp)
{
	const struct span names[] = {item->name, stamp->name};
	int64_t since = preserved_since(v, names, 2);
	const struct token_question q = {.bytes = stamp->data, .data = item->data, .at = since ? since : v->request->now, .kept = since};
	const char *name = safe(v, stamp->name);
	struct token t;

	token_verify(v, &q, &t);
	if (t.state == TOKEN_WRONG)
		step(v, "archive-timestamp", ASKS_TIME, STEP_FAILED, "%s ne vaut pas pour %s : %s", "%s is not good for %s: %s", name, safe(v, item->name), t.reason);
	else
		step(v, "archive-timestamp", ASKS_TIME, t.state == TOKEN_TRUSTED ? STEP_PASSED : STEP_NOT_CHECKED, "%s, du %s%s", "%s, of %s%s", name, t.text,
		     t.state == TOKEN_TRUSTED ? "" : " (--tsa-anchors ?)");
	if (token_proves(v, &t, name))
		*ARENA_PUSH(v->arena, v->archives, v->archive_count) = (struct archive){*m, t.time};
}

static void verify_archive(struct verification *v, const struct zip_item *item)
{
	const struct zip_item *stamp;
	struct manifest m;

	if (read_manifest(v, item, &m) || check_digests(v, "archive-digests", item, &m))
		return;
	stamp = zip_find(&v->zip, m.signature);
	if (!stamp || !is_timestamp(stamp->name))
		step(v, "archive-timestamp", ASKS_TIME, STEP_FAILED, "%s : son horodatage manque", "%s: its time stamp is missing", safe(v, item->name));
	else
		judge_stamp(v, item, &m, stamp);
}

/* The newest has no number, older ones count up. */
static int newest_first(const void *a, const void *b)
{
	const struct zip_item *const *x = a, *const *y = b;
	size_t shorter = (*x)->name.n < (*y)->name.n ? (*x)->name.n : (*y)->name.n;
	int order;

	if (span_is((*x)->name, "META-INF/ASiCArchiveManifest.xml"))
		return -1;
	if (span_is((*y)->name, "META-INF/ASiCArchiveManifest.xml"))
		return 1;
	order = memcmp((*y)->name.p, (*x)->name.p, shorter);
	return order ? order : ((*x)->name.n < (*y)->name.n) - ((*x)->name.n > (*y)->name.n);
}

void verify_archives(struct verification *v)
{
	const struct zip_item **list = ARENA_ARRAY(v->arena, const struct zip_item *, v->zip.count + 1);
	size_t count = 0;

	for (size_t i = 0; i < v->zip.count; i++)
		if (is_archive_manifest(v->zip.items[i].name))
			list[count++] = &v->zip.items[i];
	qsort(list, count, sizeof *list, newest_first);
	for (size_t i = 0; i < count; i++)
		verify_archive(v, list[i]);
}
