/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One input to one reader of evidence: SCELLE_FUZZ_SEAL names it (container, token, ocsp, list, note, bundle); without it all of them get it.
 * Nothing random is ever good evidence, so beyond not crashing: what was not signed by a known key must not be called proven.
 * Linked with libFuzzer (--enable-fuzzing) or with drive.c, which replays files in `make check`.
 */
#include "fuzz.h"

#include "seal/note.h"
#include "seal/revocation.h"
#include "seal/seal_p.h"
#include "seal/signed_data.h"
#include "seal/tsl.h"
#include "seal/xmldsig.h"

#include <stdio.h>
#include <stdlib.h>

#define NOW 1800000000

static void fuzz_container(struct arena *a, struct span bytes)
{
	struct verify_request q = {.container = bytes, .now = NOW};
	struct verify_result result;
	struct seal_entry *entries;
	size_t count;
	struct err e = {0};

	if (!verify(a, &q, &result, &e) && (result.answers[ASKS_SIGNER] == STEP_PASSED || result.answers[ASKS_TIME] == STEP_PASSED)) {
		fprintf(stderr, "signer or time proven without anchors\n");
		abort();
	}
	(void)container_entries(a, bytes, &entries, &count, &e);
}

static void fuzz_token(struct arena *a, struct span bytes)
{
	struct verify_request q = {.now = NOW};
	struct verify_result result = {0};
	struct verification v = {.arena = a, .request = &q, .result = &result};
	struct token_question question = {.bytes = bytes, .data = SPAN("data"), .at = NOW};
	struct revocation_evidence evidence = {0};
	struct err e = {0};
	struct token t;

	token_verify(&v, &question, &t);
	if (!token_of_response(bytes, &question.bytes, &e))
		token_verify(&v, &question, &t);
	revocation_evidence_add(a, &evidence, bytes);
	revocation_evidence_free(&evidence);
	if (t.state == TOKEN_TRUSTED)
		abort();
}

/* An authority of our own, made once: its certificate is what answers and lists are judged for. */
static X509 *some_cert(void)
{
	static X509 *cert;      /* freed by nobody: it lives as long as the program */
	EVP_PKEY *key;

	if (cert)
		return cert;
	key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	cert = X509_new();
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8, (const unsigned char *)"x", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	X509_sign(cert, key, EVP_sha256());
	EVP_PKEY_free(key);
	return cert;
}

static void fuzz_ocsp(struct arena *a, struct span bytes)
{
	const struct standing_question q = {.cert = some_cert(), .issuer = some_cert(), .at = NOW, .now = NOW, .kept = INT64_MAX};
	struct span der = {0};

	if (standing_by_ocsp(bytes, &q) != STANDING_UNKNOWN) {
		fprintf(stderr, "an answer that nobody signed says something\n");
		abort();
	}
	(void)signed_data_add_ocsp(a, bytes, SPAN("\x30\x03\x0a\x01\x06"), &der);
}

static void fuzz_list(struct arena *a, struct span bytes)
{
	STACK_OF(X509) *allowed = sk_X509_new_null();
	struct trusted_list list;
	struct xml_signed content;
	struct err e = {0};

	sk_X509_push(allowed, some_cert());
	if (!xml_signed_read(a, bytes, allowed, &content, &e)) {
		fprintf(stderr, "a list that nobody signed is good\n");
		abort();
	}
	(void)trusted_list_read(a, bytes, &list, &e);
	sk_X509_free(allowed);
}

static void fuzz_note(struct arena *a, struct span bytes)
{
	struct checkpoint c;
	struct growth g;
	struct manifest m;
	struct err e = {0};

	(void)note_read(a, bytes, NULL, &c, &e);
	(void)note_read(a, bytes, "audit.example/ia+00000000+AQ==", &c, &e);
	(void)growth_read(bytes, &g, &e);
	(void)manifest_read(a, bytes, &m, &e);
}

static void fuzz_bundle(struct arena *a, struct span bytes)
{
	struct str out = STR_INIT(1 << 20);
	struct bundle b;

	if (!bundle_read(a, bytes, &b))
		(void)bundle_put(&out, &b);
	str_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct { const char *name; void (*run)(struct arena *a, struct span bytes); } targets[] = {
		{"container", fuzz_container}, {"token", fuzz_token}, {"ocsp", fuzz_ocsp}, {"list", fuzz_list}, {"note", fuzz_note}, {"bundle", fuzz_bundle},
	};
	const char *name = getenv("SCELLE_FUZZ_SEAL");
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
		if (!name || !strcmp(name, targets[i].name))
			targets[i].run(a, (struct span){(const char *)bytes, n});
	arena_free(a);
	return 0;
}
