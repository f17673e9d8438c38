/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Judges a container step by step, each step with its reason, and answers four questions apart: integrity, signer, time, history.
 * The order is the argument. The ZIP's form comes first, because every later step reads entries through it: two programs must not see
 * two different containers. Then the manifest, then that nothing outside the manifest is there, then the digests, and only then the
 * signature over the manifest. A step that cannot be made fails; nothing that was not looked at is called passed.
 * Works on bytes, offline; revocation is judged by what lies in the container alone. Stamps over everything (level LTA) come before the
 * signatures, since what a signature and its stamp are judged by is the time that a later stamp proves.
 */
#include "seal/seal_p.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <stdio.h>

/* ------------------------------------------------------------------ steps */

static const char *format_text(struct arena *a, const char *format, va_list args)
{
	struct str out = STR_INIT(8192);
	const char *text;

	str_vprintf(&out, format, args);
	text = arena_dup(a, out.p ? out.p : "", out.n);
	str_free(&out);
	return text;
}

int step(struct verification *v, const char *name, enum question question, enum step_result result, const char *fr, const char *en, ...)
{
	struct verify_step *s = ARENA_PUSH(v->arena, v->result->steps, v->result->count);
	va_list args;

	*s = (struct verify_step){.name = name, .question = question, .result = result};
	va_start(args, en);
	s->reason_fr = format_text(v->arena, fr, args);
	va_end(args);
	va_start(args, en);
	s->reason_en = format_text(v->arena, en, args);
	va_end(args);
	return result == STEP_FAILED ? -1 : 0;
}

const char *safe(struct verification *v, struct span text)
{
	struct str out = STR_INIT(4096);
	const char *copy;

	utf8_safe(&out, text);
	copy = arena_dup(v->arena, out.p ? out.p : "", out.n);
	str_free(&out);
	return copy;
}

/* ------------------------------------------------------------------ what lies in META-INF/ */

enum part { PART_DATA, PART_MIMETYPE, PART_MANIFEST, PART_SIGNATURE, PART_TIMESTAMP, PART_ARCHIVE, PART_FOLDER, PART_UNKNOWN };

/* File names as EN 319 162-1 gives them and other validators accept them. */
static enum part part_of(struct span name)
{
	if (span_is(name, "mimetype"))
		return PART_MIMETYPE;
	if (!span_starts(name, "META-INF/"))
		return PART_DATA;
	if (name.n == 9)
		return PART_FOLDER;
	if (span_starts(name, "META-INF/ASiCManifest") && span_ends(name, ".xml"))
		return PART_MANIFEST;
	if (is_archive_manifest(name))
		return PART_ARCHIVE;
	if (span_find(name, SPAN("signature")) && span_ends(name, ".p7s"))
		return PART_SIGNATURE;
	if (is_timestamp(name))
		return PART_TIMESTAMP;
	return PART_UNKNOWN;
}

/* ------------------------------------------------------------------ container */

static int check_form(struct verification *v)
{
	struct err e = {0};

	if (zip_read(v->arena, v->request->container, &v->zip, &e))
		return step(v, "container-form", ASKS_INTEGRITY, STEP_FAILED, "le conteneur n'est pas un ZIP sûr : %s", "%s",
			    safe(v, span_of(e.text)));
	return step(v, "container-form", ASKS_INTEGRITY, STEP_PASSED, "ZIP sûr de %zu entrées, sans doublon ni octet en trop",
		    "a sound ZIP of %zu entries, none twice, no byte besides", v->zip.count);
}

/* Made by us: then writing the same entries again must give the same bytes. Others may differ in ways that the standard leaves open. */
static int check_profile(struct verification *v)
{
	const struct zip_item *type = zip_find(&v->zip, SPAN("mimetype"));
	struct str again = STR_INIT(LIMIT_CONTAINER_BYTES);
	bool same;

	if (type && !span_is(type->data, ASICE_TYPE))
		return step(v, "container-profile", ASKS_INTEGRITY, STEP_FAILED, "l'entrée mimetype ne dit pas " ASICE_TYPE,
			    "the entry mimetype does not say " ASICE_TYPE);
	if (!v->ours && (!type || v->zip.items != type))
		return step(v, "container-profile", ASKS_INTEGRITY, STEP_WARNING, "conteneur d'un autre outil, dont mimetype n'est pas la première entrée",
			    "a container of another tool, whose first entry is not mimetype");
	if (!v->ours)
		return step(v, "container-profile", ASKS_INTEGRITY, STEP_PASSED, "conteneur d'un autre outil, mimetype en tête",
			    "a container of another tool, mimetype first");
	zip_write(&again, &v->zip);
	same = type && v->zip.items == type && span_eq(str_get(&again), v->request->container);
	str_free(&again);
	if (!same)
		return step(v, "container-profile", ASKS_INTEGRITY, STEP_FAILED, "le manifeste vient de scelle, mais pas ce ZIP : ses octets ont été refaits",
			    "the manifest is of scelle's making, but this ZIP is not: its bytes were made anew");
	return step(v, "container-profile", ASKS_INTEGRITY, STEP_PASSED, "octets tels que scelle les écrit", "bytes as scelle writes them");
}

/* ------------------------------------------------------------------ manifest */

static bool manifest_is_ours(const struct manifest *m, struct span bytes)
{
	struct str again = STR_INIT(bytes.n + 1);
	bool same;

	manifest_write(&again, m);
	same = !str_failed(&again) && span_eq(str_get(&again), bytes);
	str_free(&again);
	return same;
}

int read_manifest(struct verification *v, const struct zip_item *item, struct manifest *m)
{
	struct err e = {0};

	if (manifest_read(v->arena, item->data, m, &e))
		return step(v, "manifest", ASKS_INTEGRITY, STEP_FAILED, "%s : %s", "%s: %s", safe(v, item->name), safe(v, span_of(e.text)));
	return step(v, "manifest", ASKS_INTEGRITY, STEP_PASSED, "%s : %zu entrées référencées", "%s: %zu entries referenced",
		    safe(v, item->name), m->count);
}

const struct reference *reference_of(const struct manifest *m, struct span name)
{
	for (size_t i = 0; i < m->count; i++)
		if (span_eq(m->references[i].name, name))
			return &m->references[i];
	return NULL;
}

/* Other validators only warn here; but a reader who unpacks the container takes every file in it for sealed. */
static int check_unlisted(struct verification *v, const struct zip_item *item, const struct manifest *m)
{
	for (size_t i = 0; i < v->zip.count; i++)
		if (part_of(v->zip.items[i].name) == PART_DATA && !reference_of(m, v->zip.items[i].name))
			return step(v, "unlisted-file", ASKS_INTEGRITY, STEP_FAILED, "« %s » n'est pas dans le manifeste %s : rien ne le scelle",
				    "'%s' is not in the manifest %s: nothing seals it", safe(v, v->zip.items[i].name), safe(v, item->name));
	return step(v, "unlisted-file", ASKS_INTEGRITY, STEP_PASSED, "%s : toute entrée y figure", "%s: every entry is in it", safe(v, item->name));
}

static bool digest_matches(const struct reference *r, struct span data)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	return EVP_Digest(data.p, data.n, digest, NULL, r->method->md(), NULL) && !memcmp(digest, r->digest, r->method->size);
}

/* name: the step's, since archive manifests list digests too. */
int check_digests(struct verification *v, const char *name, const struct zip_item *item, const struct manifest *m)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct reference *r = &m->references[i];
		const struct zip_item *entry = zip_find(&v->zip, r->name);

		if (!entry)
			return step(v, name, ASKS_INTEGRITY, STEP_FAILED, "« %s » est dans le manifeste %s mais pas dans le conteneur",
				    "'%s' is in the manifest %s but not in the container", safe(v, r->name), safe(v, item->name));
		if (!digest_matches(r, entry->data))
			return step(v, name, ASKS_INTEGRITY, STEP_FAILED, "« %s » a changé : son empreinte n'est plus celle du manifeste %s",
				    "'%s' has changed: its digest is not the one in the manifest %s", safe(v, r->name), safe(v, item->name));
	}
	return step(v, name, ASKS_INTEGRITY, STEP_PASSED, "%s : les %zu empreintes correspondent", "%s: all %zu digests match",
		    safe(v, item->name), m->count);
}

/* ------------------------------------------------------------------ manifests with their signatures */

struct pair {
	const struct zip_item *item;      /* the manifest */
	struct manifest manifest;
};

static int find_manifests(struct verification *v, struct pair *pairs, size_t *ret_count)
{
	size_t count = 0;

	for (size_t i = 0; i < v->zip.count; i++) {
		if (part_of(v->zip.items[i].name) != PART_MANIFEST)
			continue;
		pairs[count].item = &v->zip.items[i];
		if (read_manifest(v, pairs[count].item, &pairs[count].manifest))
			return -1;
		count++;
	}
	if (!count)
		return step(v, "manifest", ASKS_INTEGRITY, STEP_FAILED, "aucun manifeste META-INF/ASiCManifest*.xml : rien n'est scellé",
			    "no manifest META-INF/ASiCManifest*.xml: nothing is sealed");
	v->ours = manifest_is_ours(&pairs[0].manifest, pairs[0].item->data);
	*ret_count = count;
	return 0;
}

/* How many archive manifests this is the time stamp of. One that cannot be read is told by its own step. */
static size_t archive_uses(struct verification *v, struct span name)
{
	size_t uses = 0;

	for (size_t i = 0; i < v->zip.count; i++) {
		struct err ignored = {0};
		struct manifest m;

		if (is_archive_manifest(v->zip.items[i].name))
			uses += manifest_read(v->arena, v->zip.items[i].data, &m, &ignored) || span_eq(m.signature, name);
	}
	return uses;
}

/* Each thing in META-INF/ has a use: a stranger there would be taken for part of the evidence. */
static int check_strangers(struct verification *v, const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < v->zip.count; i++) {
		struct span name = v->zip.items[i].name;
		enum part part = part_of(name);
		size_t uses = 0;

		for (size_t k = 0; k < count; k++)
			uses += span_eq(pairs[k].manifest.signature, name);
		if (part == PART_TIMESTAMP)
			uses += archive_uses(v, name);
		if (part == PART_UNKNOWN || ((part == PART_SIGNATURE || part == PART_TIMESTAMP) && uses != 1))
			return step(v, "unlisted-file", ASKS_INTEGRITY, STEP_FAILED, "« %s » n'a pas de rôle connu dans ce conteneur",
				    "'%s' has no known use in this container", safe(v, name));
	}
	return 0;
}

/* The entries that a manifest covers, in the order of the container. */
static void list_entries(struct verification *v, const struct manifest *m, struct seal_entry **ret, size_t *ret_count)
{
	struct arena *a = v->arena;

	*ret = NULL;
	*ret_count = 0;
	for (size_t i = 0; i < v->zip.count; i++) {
		const struct reference *r = reference_of(m, v->zip.items[i].name);

		if (r)
			*ARENA_PUSH(a, *ret, *ret_count) = (struct seal_entry){
				.name = arena_dup(a, r->name.p, r->name.n), .mime = arena_dup(a, r->mime.p, r->mime.n), .bytes = v->zip.items[i].data};
	}
}

/* A stamp preserves a signature when it covers manifest, signature and every file of the manifest. */
static int64_t pair_preserved(const struct verification *v, const struct pair *p)
{
	struct span names[LIMIT_CONTAINER_ENTRIES + 2] = {p->item->name, p->manifest.signature};

	for (size_t i = 0; i < p->manifest.count; i++)
		names[i + 2] = p->manifest.references[i].name;
	return preserved_since(v, names, p->manifest.count + 2);
}

/* Some archive manifest names the signature, whether its stamp is good or not. */
static bool pair_archived(struct verification *v, const struct pair *p)
{
	for (size_t i = 0; i < v->zip.count; i++) {
		struct err ignored = {0};
		struct manifest m;

		if (is_archive_manifest(v->zip.items[i].name) && !manifest_read(v->arena, v->zip.items[i].data, &m, &ignored) &&
		    reference_of(&m, p->manifest.signature))
			return true;
	}
	return false;
}

static void verify_pair(struct verification *v, const struct pair *p)
{
	const struct zip_item *signature = zip_find(&v->zip, p->manifest.signature);

	check_unlisted(v, p->item, &p->manifest);
	check_digests(v, "digests", p->item, &p->manifest);
	if (!signature || part_of(signature->name) != PART_SIGNATURE)
		step(v, "signature", ASKS_INTEGRITY, STEP_FAILED, "%s : sa signature « %s » manque", "%s: its signature '%s' is missing",
		     safe(v, p->item->name), safe(v, p->manifest.signature));
	else
		verify_signature(v, &(struct signed_manifest){p->item->data, signature, pair_preserved(v, p), pair_archived(v, p)});
}

static void verify_all(struct verification *v)
{
	struct pair pairs[LIMIT_CONTAINER_ENTRIES];
	struct seal_entry *entries;
	size_t manifests, count;

	if (is_pdf(v->request->container)) {
		verify_pdf(v);
		return;
	}
	if (check_form(v) || find_manifests(v, pairs, &manifests))
		return;
	check_profile(v);
	if (check_strangers(v, pairs, manifests))
		return;
	verify_lists(v);
	verify_archives(v);
	for (size_t i = 0; i < manifests; i++)
		verify_pair(v, &pairs[i]);
	if (v->ours) {
		list_entries(v, &pairs[0].manifest, &entries, &count);
		verify_statement(v, entries, count);
	}
	if (v->request->bundle.p)
		verify_bundle(v);
	verify_before(v);
	if (v->request->proof.p)
		verify_proof(v);
	if (v->request->inputs)
		verify_inputs(v);
}

/* ------------------------------------------------------------------ answers */

/*
 * Revocation that nothing in the container speaks of is told as not checked, and leaves the answer to the chain: most containers have no
 * lists, and a signer would then never be known.
 */
static bool step_answers(const struct verify_step *s)
{
	return s->result != STEP_NOT_CHECKED || (strcmp(s->name, "revocation") && strcmp(s->name, "timestamp-revocation"));
}

/* The worst step answers; a question that no step touched is not checked. */
static void answer(struct verify_result *r)
{
	static const int gravity[] = {[STEP_PASSED] = 0, [STEP_WARNING] = 1, [STEP_NOT_CHECKED] = 2, [STEP_FAILED] = 3};
	bool asked[QUESTIONS] = {false};

	for (size_t i = 0; i < r->count; i++) {
		enum step_result *a = &r->answers[r->steps[i].question];

		if (!step_answers(&r->steps[i]))
			continue;
		if (!asked[r->steps[i].question] || gravity[r->steps[i].result] > gravity[*a])
			*a = r->steps[i].result;
		asked[r->steps[i].question] = true;
	}
	for (int q = 0; q < QUESTIONS; q++)
		if (!asked[q])
			r->answers[q] = STEP_NOT_CHECKED;
}

int verify(struct arena *a, const struct verify_request *q, struct verify_result *ret, struct err *e)
{
	struct verification v = {.arena = a, .request = q, .result = ret};

	memset(ret, 0, sizeof *ret);
	verify_all(&v);
	trusted_lists_free(v.lists);
	EVP_PKEY_free(v.signer_key);
	answer(ret);
	for (size_t i = 0; i < ret->count; i++)
		if (ret->steps[i].result == STEP_FAILED)
			return err_set(e, EXIT_UNVERIFIED, "evidence does not verify: %s: %s", ret->steps[i].name, ret->steps[i].reason_en);
	return 0;
}

int container_entries(struct arena *a, struct span container, struct seal_entry **ret, size_t *ret_count, struct err *e)
{
	struct verify_request q = {.container = container};
	struct verify_result result = {0};
	struct verification v = {.arena = a, .request = &q, .result = &result};
	struct pair pairs[LIMIT_CONTAINER_ENTRIES];
	size_t manifests;

	if (check_form(&v) || find_manifests(&v, pairs, &manifests) || check_unlisted(&v, pairs[0].item, &pairs[0].manifest) ||
	    check_digests(&v, "digests", pairs[0].item, &pairs[0].manifest))
		return err_set(e, EXIT_UNVERIFIED, "evidence does not verify: %s: %s", result.steps[result.count - 1].name,
			       result.steps[result.count - 1].reason_en);
	list_entries(&v, &pairs[0].manifest, ret, ret_count);
	return 0;
}
