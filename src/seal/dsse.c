/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The same claim for pipelines: an in-toto Statement v1 about the files of a container, and that statement signed as a DSSE envelope in a
 * Sigstore bundle v0.3, which cosign and others read. The statement is also an entry of the container, so an auditor and a pipeline check
 * the same bytes. One way to write it: verify writes it again from the container's files and compares. Nothing is sent to a log.
 */
#include "seal/seal_p.h"

#include "base/jsonw.h"
#include "base/limits.h"
#include "read/read.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define PREDICATE_TYPE "urn:x-scelle:sealed-audit:v1"
#define PAYLOAD_TYPE "application/vnd.in-toto+json"
#define BUNDLE_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"
#define SIGNATURE_BYTES 1024      /* RSA of 8192 bits */

/* ------------------------------------------------------------------ statement */

static void put_digest(struct jsonw *w, const char *name, const EVP_MD *md, struct span bytes)
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	char text[2 * EVP_MAX_MD_SIZE + 1];
	unsigned n;

	if (!EVP_Digest(bytes.p, bytes.n, raw, &n, md, NULL))
		arena_exhausted();
	jsonw_member(w, name, hex(raw, n, text));
}

static void put_subject(struct jsonw *w, const struct seal_entry *entry)
{
	jsonw_object(w);
	jsonw_key(w, "digest");
	jsonw_object(w);
	put_digest(w, "sha256", EVP_sha256(), entry->bytes);
	put_digest(w, "sha384", EVP_sha384(), entry->bytes);
	jsonw_object_end(w);
	jsonw_member(w, "name", entry->name);
	jsonw_object_end(w);
}

int statement_write(struct str *out, const struct seal_entry *entries, size_t count, const struct claim *claims, size_t claim_count)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_member(&w, "_type", STATEMENT_TYPE);
	jsonw_key(&w, "predicate");
	jsonw_object(&w);
	for (size_t i = 0; i < claim_count; i++)
		jsonw_member(&w, claims[i].key, claims[i].value);
	jsonw_object_end(&w);
	jsonw_member(&w, "predicateType", PREDICATE_TYPE);
	jsonw_key(&w, "subject");
	jsonw_array(&w);
	for (size_t i = 0; i < count; i++)
		if (strcmp(entries[i].name, STATEMENT_NAME))
			put_subject(&w, &entries[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return jsonw_end(&w);
}

/* ------------------------------------------------------------------ DSSE */

/* "DSSEv1" SP length SP type SP length SP body: what is signed. */
static void put_pae(struct str *out, struct span body)
{
	str_printf(out, "DSSEv1 %zu %s %zu ", sizeof PAYLOAD_TYPE - 1, PAYLOAD_TYPE, body.n);
	str_span(out, body);
}

/* Lower-case SHA-256 of the DER SubjectPublicKeyInfo. */
static int key_id(const EVP_PKEY *key, char out[SHA256_HEX])
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key, &der);

	if (n > 0)
		sha256_hex((struct span){(const char *)der, (size_t)n}, out);
	OPENSSL_free(der);
	return n > 0 ? 0 : -1;
}

/* P-256 and RSA go with SHA-256, which cosign assumes; longer curves with their own digest. */
static int sign_pae(const struct signer *s, struct span body, unsigned char *signature, size_t *ret_n)
{
	struct str pae = STR_INIT(LIMIT_REPORT_BYTES);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok;

	put_pae(&pae, body);
	ok = ctx && !str_failed(&pae) && EVP_DigestSignInit(ctx, NULL, s->md, NULL, s->key) == 1 &&
	     EVP_DigestSign(ctx, signature, ret_n, (const unsigned char *)pae.p, pae.n) == 1;
	EVP_MD_CTX_free(ctx);
	str_free(&pae);
	return ok ? 0 : -1;
}

static void member_base64(struct jsonw *w, const char *key, struct span bytes)
{
	char *text = OPENSSL_malloc(bytes.n / 3 * 4 + 8);

	if (!text)
		arena_exhausted();
	EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)bytes.p, (int)bytes.n);
	jsonw_member(w, key, text);
	OPENSSL_free(text);
}

static void put_envelope(struct jsonw *w, const struct bundle *b)
{
	jsonw_object(w);
	member_base64(w, "payload", b->statement);
	jsonw_member(w, "payloadType", PAYLOAD_TYPE);
	jsonw_key(w, "signatures");
	jsonw_array(w);
	jsonw_object(w);
	jsonw_member(w, "keyid", b->key);
	member_base64(w, "sig", b->signature);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void put_stamps(struct jsonw *w, const struct bundle *b)
{
	jsonw_key(w, "timestampVerificationData");
	jsonw_object(w);
	jsonw_key(w, "rfc3161Timestamps");
	jsonw_array(w);
	for (size_t i = 0; i < b->stamp_count; i++) {
		jsonw_object(w);
		member_base64(w, "signedTimestamp", b->stamps[i]);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
}

int bundle_put(struct str *out, const struct bundle *b)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_key(&w, "dsseEnvelope");
	put_envelope(&w, b);
	jsonw_member(&w, "mediaType", BUNDLE_TYPE);
	jsonw_key(&w, "verificationMaterial");
	jsonw_object(&w);
	jsonw_key(&w, "publicKey");
	jsonw_object(&w);
	jsonw_member(&w, "hint", b->key);
	jsonw_object_end(&w);
	if (b->stamp_count)
		put_stamps(&w, b);
	jsonw_key(&w, "tlogEntries");
	jsonw_array(&w);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	return jsonw_end(&w);
}

int bundle_write(struct span container, struct signer *s, struct str *out, struct err *e)
{
	struct arena *a = arena_new();
	unsigned char signature[SIGNATURE_BYTES];
	size_t n = sizeof signature, count, i = 0;
	struct seal_entry *entries;
	char key[SHA256_HEX];
	int rc = -1;

	if (container_entries(a, container, &entries, &count, e))
		goto out;
	while (i < count && strcmp(entries[i].name, STATEMENT_NAME))
		i++;
	if (i == count)
		err_set(e, EXIT_USAGE, "the container has no %s: seal it with --statement", STATEMENT_NAME);
	else if (entries[i].bytes.n > LIMIT_STATEMENT_BYTES)
		err_set(e, EXIT_USAGE, "%s is larger than 64 MiB", STATEMENT_NAME);
	else if (key_id(s->key, key) || sign_pae(s, entries[i].bytes, signature, &n))
		err_set(e, EXIT_BROKEN, "cannot sign the statement: %s", openssl_reason());
	else if (bundle_put(out, &(struct bundle){.statement = entries[i].bytes, .signature = {(const char *)signature, n}, .key = key}) || str_failed(out))
		err_set(e, EXIT_BROKEN, "cannot write the bundle: it is larger than its limit");
	else
		rc = 0;
out:
	arena_free(a);
	return rc;
}

/* ------------------------------------------------------------------ verifying */

static const struct fact *json_root(struct arena *a, const char *name, struct span bytes)
{
	struct map *interned = ARENA_NEW(a, struct map);
	struct doc *d = ARENA_NEW(a, struct doc);

	if (bytes.n > LIMIT_STATEMENT_BYTES)
		return NULL;
	*interned = MAP_INIT(a);
	d->name = name;
	d->bytes = bytes;
	sha256_hex(bytes, d->sha256);
	doc_read(a, interned, d, format_named("json"));
	return d->status == DOC_READ && d->root_count == 1 && d->roots[0]->kind == FACT_BLOCK ? d->roots[0] : NULL;
}

/* The claims of a statement of ours, so that it can be written again. */
static int read_claims(struct arena *a, const struct fact *root, struct claim **ret, size_t *ret_count)
{
	const struct fact *predicate = root ? fact_child(root, "predicate") : NULL;

	*ret = NULL;
	*ret_count = 0;
	if (!predicate || predicate->kind != FACT_BLOCK)
		return -1;
	FACT_EACH(member, predicate) {
		if (!member->key)
			return -1;
		*ARENA_PUSH(a, *ret, *ret_count) = (struct claim){member->key, member->kind == FACT_NULL ? NULL : arena_dup(a, member->value.p, member->value.n)};
	}
	return 0;
}

static bool statement_is_ours(struct verification *v, const struct seal_entry *entries, size_t count, struct span statement)
{
	struct str again = STR_INIT(LIMIT_REPORT_BYTES);
	struct claim *claims;
	size_t claim_count;
	bool same = !read_claims(v->arena, json_root(v->arena, STATEMENT_NAME, statement), &claims, &claim_count) &&
		    !statement_write(&again, entries, count, claims, claim_count) && span_eq(str_get(&again), statement);

	str_free(&again);
	return same;
}

void verify_statement(struct verification *v, const struct seal_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(entries[i].name, STATEMENT_NAME))
			continue;
		if (statement_is_ours(v, entries, count, entries[i].bytes))
			step(v, "statement", ASKS_INTEGRITY, STEP_PASSED, STATEMENT_NAME " nomme chaque fichier avec son empreinte",
			     STATEMENT_NAME " names each file with its digest");
		else
			step(v, "statement", ASKS_INTEGRITY, STEP_FAILED, STATEMENT_NAME " ne dit pas la même chose que le conteneur",
			     STATEMENT_NAME " does not say the same as the container");
	}
}

static int decode_base64(struct arena *a, const char *text, struct span *ret)
{
	size_t n = text ? strlen(text) : 0, padding = !n || text[n - 1] != '=' ? 0 : n > 1 && text[n - 2] == '=' ? 2 : 1;
	unsigned char *out = arena_alloc(a, n / 4 * 3 + 4);
	int got = n && n % 4 == 0 ? EVP_DecodeBlock(out, (const unsigned char *)text, (int)n) : -1;

	if (got < (int)padding)
		return -1;
	*ret = (struct span){(const char *)out, (size_t)got - padding};
	return 0;
}

static bool pae_verifies(EVP_PKEY *key, const EVP_MD *md, struct span body, struct span signature)
{
	struct str pae = STR_INIT(LIMIT_REPORT_BYTES);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	put_pae(&pae, body);
	ok = ctx && !str_failed(&pae) && EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
	     EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n, (const unsigned char *)pae.p, pae.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	str_free(&pae);
	return ok;
}

/* The time stamps, each a whole response in base64. */
static int read_stamps(struct arena *a, const struct fact *root, struct bundle *b)
{
	const struct fact *material = fact_child(root, "verificationMaterial"), *data = material ? fact_child(material, "timestampVerificationData") : NULL;
	const struct fact *list = data ? fact_child(data, "rfc3161Timestamps") : NULL;

	if (!list)
		return 0;
	FACT_EACH(item, list)
		if (decode_base64(a, item->kind == FACT_BLOCK ? fact_text(item, "signedTimestamp") : NULL, ARENA_PUSH(a, b->stamps, b->stamp_count)))
			return -1;
	return 0;
}

const char *bundle_read(struct arena *a, struct span bytes, struct bundle *ret)
{
	const struct fact *root = json_root(a, "bundle", bytes), *envelope = root ? fact_child(root, "dsseEnvelope") : NULL;
	const struct fact *signatures = envelope ? fact_child(envelope, "signatures") : NULL;

	*ret = (struct bundle){0};
	if (!root || !envelope || !signatures || signatures->kind != FACT_LIST || !signatures->first || signatures->first->next)
		return "it is not a bundle with one signature";
	if (!fact_text(envelope, "payloadType") || strcmp(fact_text(envelope, "payloadType"), PAYLOAD_TYPE))
		return "its payload is not an in-toto statement";
	ret->key = fact_text(signatures->first, "keyid");
	if (!ret->key || decode_base64(a, fact_text(envelope, "payload"), &ret->statement) ||
	    decode_base64(a, fact_text(signatures->first, "sig"), &ret->signature) || read_stamps(a, root, ret))
		return "its base64 is wrong";
	return NULL;
}

/* NULL when the bundle holds exactly this statement, signed by the container's own signer. */
static const char *bundle_fault(struct verification *v, struct span statement, struct bundle *b)
{
	const char *fault = bundle_read(v->arena, v->request->bundle, b);

	if (fault)
		return fault;
	if (!span_eq(b->statement, statement))
		return "its statement is not the one in the container";
	if (!v->signer_key || !pae_verifies(v->signer_key, key_digest(v->signer_key), b->statement, b->signature))
		return "its signature is not by the key that signed the container";
	return NULL;
}

static void verify_stamp(struct verification *v, const struct bundle *b, struct span response)
{
	struct token_question q = {.data = b->signature, .at = v->request->now};
	struct token t = {.state = TOKEN_WRONG, .reason = "it is not a time-stamp response"};
	struct err ignored = {0};

	if (!token_of_response(response, &q.bytes, &ignored))
		token_verify(v, &q, &t);
	if (t.state == TOKEN_WRONG)
		step(v, "bundle-timestamp", ASKS_TIME, STEP_FAILED, "l'horodatage de l'attestation ne vaut pas : %s", "the attestation's time stamp is not good: %s", t.reason);
	else
		step(v, "bundle-timestamp", ASKS_TIME, t.state == TOKEN_TRUSTED ? STEP_PASSED : STEP_NOT_CHECKED, "l'attestation existait le %s%s", "the attestation existed at %s%s", t.text,
		     t.state == TOKEN_TRUSTED ? "" : " (--tsa-anchors ?)");
	(void)token_proves(v, &t, "bundle");
}

void verify_bundle(struct verification *v)
{
	const struct zip_item *item = zip_find(&v->zip, SPAN(STATEMENT_NAME));
	struct bundle b = {0};
	const char *fault = item ? bundle_fault(v, item->data, &b) : "the container has no " STATEMENT_NAME;

	if (fault) {
		step(v, "bundle", ASKS_INTEGRITY, STEP_FAILED, "l'attestation ne vaut pas pour ce conteneur : %s", "the attestation is not good for this container: %s", fault);
		return;
	}
	step(v, "bundle", ASKS_INTEGRITY, STEP_PASSED, "l'attestation dit la même chose, signée de la même clé", "the attestation says the same, signed by the same key");
	for (size_t i = 0; i < b.stamp_count; i++)
		verify_stamp(v, &b, b.stamps[i]);
}
