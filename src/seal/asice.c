/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The ASiC-E container (ETSI EN 319 162-1): mimetype, the entries in the caller's order, META-INF/ASiCManifest001.xml with their
 * digests, META-INF/signature001.p7s over the manifest. Everything but the signature follows from the request alone: digests are
 * SHA-384 whatever the key, times are the audit's, entries are stored.
 */
#include "seal/seal_p.h"

#include "base/limits.h"

#define MANIFEST_NAME "META-INF/ASiCManifest001.xml"
#define SIGNATURE_NAME "META-INF/signature001.p7s"

static bool name_is_plain(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";

	return *name && name[strspn(name, letters)] == '\0' && name[0] != '/' && !strstr(name, "//") && !strstr(name, "./") &&
	       name[strlen(name) - 1] != '/' && strcmp(name, ".") && strcmp(name, "..") && strlen(name) <= 255;
}

/* What a reader, ours included, would refuse is refused before anything is signed. */
static int check_entries(const struct seal_request *q, struct err *e)
{
	uint64_t total = 0;

	if (!q->entry_count)
		return err_set(e, EXIT_USAGE, "cannot seal: no file given");
	if (q->entry_count + 3 > LIMIT_CONTAINER_ENTRIES)
		return err_set(e, EXIT_USAGE, "cannot seal %zu files: the limit is %d", q->entry_count, LIMIT_CONTAINER_ENTRIES - 3);
	for (size_t i = 0; i < q->entry_count; i++) {
		struct span name = span_of(q->entries[i].name);

		if (!name_is_plain(q->entries[i].name))
			return err_set(e, EXIT_USAGE, "cannot seal '%s': a name in a container has only letters without accents, digits, "
						      "'.', '_', '-' and '/'", q->entries[i].name);
		if (span_eq_nocase(name, SPAN("mimetype")) || (name.n >= 9 && span_eq_nocase(span_cut(name, 0, 9), SPAN("META-INF/"))))
			return err_set(e, EXIT_USAGE, "cannot seal '%s': the container uses this name itself", q->entries[i].name);
		for (size_t k = 0; k < i; k++)
			if (span_eq_nocase(name, span_of(q->entries[k].name)))
				return err_set(e, EXIT_USAGE, "cannot seal '%s': two files of this name", q->entries[i].name);
		total += q->entries[i].bytes.n;
	}
	if (total > LIMIT_CONTAINER_BYTES - 16 * MIB)
		return err_set(e, EXIT_USAGE, "cannot seal: the files are larger than 2 GiB");
	return 0;
}

static void make_manifest(struct arena *a, const struct seal_request *q, struct manifest *m)
{
	const struct digest_method *method = digest_method_ours();

	m->signature = SPAN(SIGNATURE_NAME);
	m->mime = SPAN("application/pkcs7-signature");
	m->count = q->entry_count;
	m->references = ARENA_ARRAY(a, struct reference, m->count);
	for (size_t i = 0; i < m->count; i++) {
		struct reference *r = &m->references[i];

		r->name = span_of(q->entries[i].name);
		r->mime = span_of(q->entries[i].mime ? q->entries[i].mime : "application/octet-stream");
		r->method = method;
		if (!EVP_Digest(q->entries[i].bytes.p, q->entries[i].bytes.n, r->digest, NULL, method->md(), NULL))
			arena_exhausted();
	}
}

static void write_container(struct arena *a, const struct seal_request *q, struct span manifest, struct span signature, struct str *out)
{
	struct zip z = {.items = ARENA_ARRAY(a, struct zip_item, q->entry_count + 3), .stamp = zip_stamp(q->fixed_time)};

	z.items[z.count++] = (struct zip_item){SPAN("mimetype"), SPAN(ASICE_TYPE)};
	for (size_t i = 0; i < q->entry_count; i++)
		z.items[z.count++] = (struct zip_item){span_of(q->entries[i].name), q->entries[i].bytes};
	z.items[z.count++] = (struct zip_item){SPAN(MANIFEST_NAME), manifest};
	z.items[z.count++] = (struct zip_item){SPAN(SIGNATURE_NAME), signature};
	zip_write(out, &z);
}

/* ------------------------------------------------------------------ a further signature */

static bool name_free(const struct zip *z, const char *manifest, const char *signature)
{
	return !zip_find(z, span_of(manifest)) && !zip_find(z, span_of(signature));
}

/* The first number from 002 on of which the container has neither manifest nor signature. */
static int next_names(struct arena *a, const struct zip *z, struct span *manifest, struct span *signature)
{
	for (int i = 2; i < 100; i++) {
		const char *m = arena_printf(a, "META-INF/ASiCManifest%03d.xml", i), *s = arena_printf(a, "META-INF/signature%03d.p7s", i);

		if (name_free(z, m, s)) {
			*manifest = span_of(m);
			*signature = span_of(s);
			return 0;
		}
	}
	return -1;
}

static const struct zip_item *first_manifest(const struct zip *z)
{
	for (size_t i = 0; i < z->count; i++)
		if (span_starts(z->items[i].name, "META-INF/ASiCManifest"))
			return &z->items[i];
	return NULL;
}

/* The same files under a manifest of its own: neither signature covers the other, and either can be checked alone. */
static int add_signature(struct arena *a, struct zip *z, struct signer *s, struct err *e)
{
	const struct zip_item *first = first_manifest(z);
	struct zip_item *items = ARENA_ARRAY(a, struct zip_item, z->count + 2);
	struct str text = STR_INIT(MIB);
	struct manifest m;
	struct span name, bytes, signature;
	int rc = -1;

	if (!first || manifest_read(a, first->data, &m, e) || next_names(a, z, &name, &m.signature) || z->count + 2 > LIMIT_CONTAINER_ENTRIES) {
		err_set(e, EXIT_USAGE, "cannot add a signature: no room for it in the container");
		goto out;
	}
	m.mime = SPAN("application/pkcs7-signature");
	manifest_write(&text, &m);
	if (str_failed(&text)) {
		err_set(e, EXIT_BROKEN, "cannot seal: the manifest is too long");
		goto out;
	}
	bytes = arena_span(a, str_get(&text));
	if (cms_sign(a, s, bytes, &signature, e))
		goto out;
	memcpy(items, z->items, z->count * sizeof *items);
	items[z->count++] = (struct zip_item){name, bytes};
	items[z->count++] = (struct zip_item){m.signature, signature};
	z->items = items;
	rc = 0;
out:
	str_free(&text);
	return rc;
}

int seal_add(struct arena *a, struct span container, struct signer *s, int64_t now, struct str *out, const char **ret_name, struct err *e)
{
	struct verify_request q = {.container = container, .now = now};
	struct verify_result result;
	struct zip z;
	struct span name;

	if (verify(a, &q, &result, e) || zip_read(a, container, &z, e) || add_signature(a, &z, s, e))
		return -1;
	zip_write(out, &z);
	if (str_failed(out))
		return err_set(e, EXIT_BROKEN, "cannot seal: the container is larger than its limit");
	name = z.items[z.count - 1].name;
	*ret_name = arena_dup(a, name.p, name.n);
	return 0;
}

int seal_write(const struct seal_request *q, struct signer *s, struct str *out, struct err *e)
{
	struct arena *a;
	struct str manifest = STR_INIT(MIB);
	struct manifest m;
	struct span signature;
	int rc = -1;

	if (check_entries(q, e))
		return -1;
	a = arena_new();
	make_manifest(a, q, &m);
	manifest_write(&manifest, &m);
	if (str_failed(&manifest)) {
		err_set(e, EXIT_BROKEN, "cannot seal: the manifest is too long");
		goto out;
	}
	if (cms_sign(a, s, str_get(&manifest), &signature, e))
		goto out;
	write_container(a, q, str_get(&manifest), signature, out);
	rc = str_failed(out) ? err_set(e, EXIT_BROKEN, "cannot seal: the container is larger than its limit") : 0;
out:
	str_free(&manifest);
	arena_free(a);
	return rc;
}
