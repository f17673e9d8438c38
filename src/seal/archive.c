/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Making level LTA: an archive manifest over every entry and a time stamp over it (ETSI EN 319 162-1). The way of ASiC-E, and not the attributes
 * archive-time-stamp-v3 and ats-hash-index-v3 of EN 319 122-1: the EU's DSS makes and reads this one, it covers the files themselves and
 * not their digests alone, and `openssl ts -verify` checks it. The manifest follows from the container, so the request and the attaching of its
 * answer make the same one, however much time lies between.
 */
#include "seal/seal_p.h"

#include "base/limits.h"

#define NEWEST "META-INF/ASiCArchiveManifest.xml"
#define NUMBERS 100

/* The first name of that pattern that the container does not have; NULL when there is none. */
static const char *free_name(struct arena *a, const struct zip *z, const char *before, const char *after)
{
	for (int i = 1; i < NUMBERS; i++) {
		const char *name = arena_printf(a, "%s%03d%s", before, i, after);

		if (!zip_find(z, span_of(name)))
			return name;
	}
	return NULL;
}

/* The archive manifest of an earlier stamp gives up its name to the new one, and is named as that one's root. */
static int rename_newest(struct arena *a, struct zip *z, struct span *ret_root)
{
	const char *name = free_name(a, z, "META-INF/ASiCArchiveManifest", ".xml");

	*ret_root = (struct span){0};
	for (size_t i = 0; i < z->count; i++)
		if (span_is(z->items[i].name, NEWEST)) {
			if (!name)
				return -1;
			*ret_root = z->items[i].name = span_of(name);
		}
	return 0;
}

static const char *mime_of(struct span name)
{
	static const struct { const char *end, *mime; } types[] = {
		{".xml", "application/xml"}, {".p7s", "application/pkcs7-signature"}, {".tst", "application/vnd.etsi.timestamp-token"},
		{".json", "application/json"}, {".html", "text/html"},
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (span_ends(name, types[i].end))
			return types[i].mime;
	return "application/octet-stream";
}

static void refer(struct reference *r, const struct zip_item *item, struct span root)
{
	*r = (struct reference){.name = item->name, .mime = span_of(mime_of(item->name)), .method = digest_method_ours(), .root = span_eq(item->name, root)};
	if (!EVP_Digest(item->data.p, item->data.n, r->digest, NULL, r->method->md(), NULL))
		arena_exhausted();
}

int archive_next(struct arena *a, struct zip *z, struct manifest *ret, struct span *ret_manifest, struct err *e)
{
	struct manifest m = {.mime = SPAN("application/vnd.etsi.timestamp-token"), .references = ARENA_ARRAY(a, struct reference, z->count + 1)};
	const char *stamp = free_name(a, z, "META-INF/timestamp", ".tst");
	struct str text = STR_INIT(LIMIT_MANIFEST_BYTES);
	struct span root;
	int rc = -1;

	if (!stamp || rename_newest(a, z, &root))
		return err_set(e, EXIT_USAGE, "cannot stamp: the container has %d archive stamps", NUMBERS - 1);
	m.signature = span_of(stamp);
	for (size_t i = 0; i < z->count; i++)
		if (!span_is(z->items[i].name, "mimetype") && !span_ends(z->items[i].name, "/"))
			refer(&m.references[m.count++], &z->items[i], root);
	manifest_write(&text, &m);
	if (str_failed(&text)) {
		err_set(e, EXIT_USAGE, "cannot stamp: the archive manifest is larger than 1 MiB");
	} else {
		*ret = m;
		*ret_manifest = arena_span(a, str_get(&text));
		rc = 0;
	}
	str_free(&text);
	return rc;
}

int archive_write(struct zip *z, struct arena *a, const struct manifest *m, struct span manifest, struct span token)
{
	struct zip_item *items = ARENA_ARRAY(a, struct zip_item, z->count + 2);

	if (z->count + 2 > LIMIT_CONTAINER_ENTRIES)
		return -1;
	memcpy(items, z->items, z->count * sizeof *items);
	items[z->count++] = (struct zip_item){SPAN(NEWEST), manifest};
	items[z->count++] = (struct zip_item){m->signature, token};
	z->items = items;
	return 0;
}
