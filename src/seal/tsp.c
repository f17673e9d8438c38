/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Requests and answers: a request is made from the container alone, carried to an authority by any means (by hand, by courier.c), and its answer
 * put into the container, whose signature thereby reaches CAdES level T or LTA. Only a digest leaves the house. The stamp is over what is
 * there: nothing is signed again, and a container can be stamped years later.
 */
#include "seal/pades.h"
#include "seal/seal_p.h"
#include "seal/signed_data.h"

#include "base/limits.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <time.h>

void target_free(struct target *t)
{
	CMS_ContentInfo_free(t->cms);
	*t = (struct target){0};
}

int target_open(struct zip_item *item, struct target *t, struct err *e)
{
	const unsigned char *p = (const unsigned char *)item->data.p;

	t->item = item;
	t->cms = d2i_CMS_ContentInfo(NULL, &p, (long)item->data.n);
	if (!t->cms || !CMS_get0_SignerInfos(t->cms) || sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(t->cms)) != 1) {
		ERR_clear_error();
		target_free(t);
		return err_set(e, EXIT_UNVERIFIED, "the container's signature cannot be read");
	}
	t->si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(t->cms), 0);
	return 0;
}

size_t signatures_find(struct arena *a, struct zip *z, struct zip_item *found[])
{
	size_t count = 0;

	for (size_t i = 0; i < z->count; i++) {
		struct manifest m;
		struct err ignored = {0};

		if (!span_starts(z->items[i].name, "META-INF/ASiCManifest") || manifest_read(a, z->items[i].data, &m, &ignored))
			continue;
		for (size_t k = 0; k < z->count; k++)
			if (span_eq(z->items[k].name, m.signature))
				found[count++] = &z->items[k];
	}
	return count;
}

int container_verifies(struct arena *a, struct span container, struct err *e)
{
	struct verify_request q = {.container = container, .now = (int64_t)time(NULL)};
	struct verify_result result;

	return verify(a, &q, &result, e);
}

/* ------------------------------------------------------------------ request */

/* 128 bits with the top one clear: positive in DER without a further byte. */
static int set_nonce(TS_REQ *q)
{
	unsigned char bytes[16];
	BIGNUM *n = NULL;
	ASN1_INTEGER *nonce = NULL;
	int ok = RAND_bytes(bytes, sizeof bytes) == 1;

	bytes[0] = (bytes[0] & 0x7f) | 0x40;
	n = ok ? BN_bin2bn(bytes, sizeof bytes, NULL) : NULL;
	nonce = n ? BN_to_ASN1_INTEGER(n, NULL) : NULL;
	ok = nonce && TS_REQ_set_nonce(q, nonce);
	ASN1_INTEGER_free(nonce);
	BN_free(n);
	return ok;
}

/* SHA-256: every authority takes it. */
static int fill_request(TS_REQ *q, struct span data)
{
	unsigned char digest[SHA256_BYTES];
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	int ok;

	sha256(data, digest);
	ok = imprint && algorithm && X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) &&
	     TS_MSG_IMPRINT_set_algo(imprint, algorithm) && TS_MSG_IMPRINT_set_msg(imprint, digest, sizeof digest) && TS_REQ_set_version(q, 1) &&
	     TS_REQ_set_msg_imprint(q, imprint) && TS_REQ_set_cert_req(q, 1) && set_nonce(q);
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(imprint);
	return ok;
}

static int named_target(struct arena *a, struct zip *z, const char *name, struct target *t, struct err *e)
{
	struct zip_item *found[LIMIT_CONTAINER_ENTRIES];
	size_t count = signatures_find(a, z, found);

	for (size_t i = 0; i < count; i++)
		if (!name || span_is(found[i]->name, name))
			return target_open(found[i], t, e);
	return err_set(e, EXIT_USAGE, "cannot ask: the container has no signature '%s'", name ? name : "");
}

static int timestamp_query(struct arena *a, struct span data, struct span *ret, struct err *e)
{
	TS_REQ *q = TS_REQ_new();
	unsigned char *der = NULL;
	int n = q && fill_request(q, data) ? i2d_TS_REQ(q, &der) : -1;

	if (n > 0)
		*ret = arena_span(a, (struct span){(const char *)der, (size_t)n});
	else
		err_set(e, EXIT_BROKEN, "cannot make a time-stamp request: %s", openssl_reason());
	OPENSSL_free(der);
	TS_REQ_free(q);
	return n > 0 ? 0 : -1;
}

static int ask_about_signer(struct arena *a, struct target *t, const char *chain, struct span *ret, struct err *e)
{
	STACK_OF(X509) *among = CMS_get1_certs(t->cms);
	X509 *cert = NULL;
	int rc;

	if (!among && !(among = sk_X509_new_null()))
		arena_exhausted();
	CMS_set1_signers_certs(t->cms, NULL, 0);
	CMS_SignerInfo_get0_algs(t->si, NULL, &cert, NULL, NULL);
	rc = (chain && certs_read(chain, among, e)) || !cert ? -1 : ocsp_request(a, cert, among, ret, e);
	sk_X509_pop_free(among, X509_free);
	return rc;
}

/* The signature of a signed PDF report, as if it were an entry. */
static int pdf_target(struct arena *a, struct span file, struct pdf_parts *p, struct zip_item *item, struct target *t, struct err *e)
{
	const char *step_name;

	if (pdf_take_apart(a, file, p, &step_name, e))
		return -1;
	*item = (struct zip_item){SPAN("PDF"), p->der};
	return target_open(item, t, e);
}

static int request_for_pdf(struct arena *a, struct span file, const struct request_order *order, struct span *ret, struct err *e)
{
	struct target t = {0};
	struct pdf_parts p;
	struct zip_item item;
	int rc;

	if (order->kind != REQUEST_SIGNATURE)
		return err_set(e, EXIT_USAGE, "a signed PDF takes a time stamp over its signature and nothing else; seal it in a container for level LT or LTA");
	if (container_verifies(a, file, e) || pdf_target(a, file, &p, &item, &t, e))
		return -1;
	rc = timestamp_query(a, signature_value(t.si), ret, e);
	target_free(&t);
	return rc;
}

int request_make(struct arena *a, struct span container, const struct request_order *order, struct span *ret, struct err *e)
{
	struct target t = {0};
	struct manifest m;
	struct span manifest;
	struct zip z;
	int rc;

	if (is_pdf(container))
		return request_for_pdf(a, container, order, ret, e);
	if (container_verifies(a, container, e) || zip_read(a, container, &z, e))
		return -1;
	if (order->kind == REQUEST_ARCHIVE)
		return archive_next(a, &z, &m, &manifest, e) || timestamp_query(a, manifest, ret, e) ? -1 : 0;
	if (named_target(a, &z, order->signature, &t, e))
		return -1;
	rc = order->kind == REQUEST_OCSP ? ask_about_signer(a, &t, order->chain, ret, e) : timestamp_query(a, signature_value(t.si), ret, e);
	target_free(&t);
	return rc;
}

/* ------------------------------------------------------------------ response */

/* TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken }: the token's bytes as received. */
int token_of_response(struct span response, struct span *ret, struct err *e)
{
	const unsigned char *p = (const unsigned char *)response.p, *end = p + response.n, *status_end;
	TS_RESP *r = d2i_TS_RESP(NULL, &p, (long)response.n);
	long status = r && p == end ? ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(r))) : -1;
	bool token = r && TS_RESP_get_token(r);

	TS_RESP_free(r);
	ERR_clear_error();
	if (status < 0)
		return err_set(e, EXIT_USAGE, "the response is not a time-stamp response (RFC 3161)");
	if (status > 1 || !token)
		return err_set(e, EXIT_UNVERIFIED, "the time-stamp authority refused: status %ld", status);
	p = (const unsigned char *)response.p;
	if (!der_enter(&p, end, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE, &end) || !der_enter(&p, end, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE, &status_end))
		return err_set(e, EXIT_USAGE, "the response is not in DER");
	*ret = (struct span){(const char *)status_end, (size_t)(end - status_end)};
	return 0;
}

/* The response answers this very request: same nonce. */
static int check_nonce(struct span token, struct span query, struct err *e)
{
	const unsigned char *p = (const unsigned char *)query.p, *t = (const unsigned char *)token.p;
	TS_REQ *q = d2i_TS_REQ(NULL, &p, (long)query.n);
	PKCS7 *pkcs7 = d2i_PKCS7(NULL, &t, (long)token.n);
	TS_TST_INFO *info = pkcs7 && PKCS7_type_is_signed(pkcs7) ? PKCS7_to_TS_TST_INFO(pkcs7) : NULL;
	const ASN1_INTEGER *asked = q ? TS_REQ_get_nonce(q) : NULL, *got = info ? TS_TST_INFO_get_nonce(info) : NULL;
	bool same = asked && got && !ASN1_INTEGER_cmp(asked, got);

	TS_TST_INFO_free(info);
	PKCS7_free(pkcs7);
	TS_REQ_free(q);
	ERR_clear_error();
	return same ? 0 : err_set(e, EXIT_UNVERIFIED, "the response answers another request (its nonce differs)");
}

static int check_token(struct arena *a, struct span token, struct span data, struct err *e)
{
	struct verify_request q = {.now = (int64_t)time(NULL)};
	struct verify_result result = {0};
	struct verification v = {.arena = a, .request = &q, .result = &result};
	const struct token_question question = {.bytes = token, .data = data, .at = q.now};
	struct token t;

	token_verify(&v, &question, &t);
	return t.state == TOKEN_WRONG ? err_set(e, EXIT_UNVERIFIED, "the time stamp is not for this container: %s", t.reason) : 0;
}

/* Opens the signature that the token is about. */
static int stamped_target(struct arena *a, struct zip *z, struct span token, struct target *t, struct err *e)
{
	struct zip_item *found[LIMIT_CONTAINER_ENTRIES];
	size_t count = signatures_find(a, z, found);

	for (size_t i = 0; i < count; i++) {
		struct err reason = {0};

		if (target_open(found[i], t, e))
			return -1;
		if (!check_token(a, token, signature_value(t->si), &reason))
			return 0;
		target_free(t);
		if (i + 1 == count)
			*e = reason;
	}
	return err_set(e, EXIT_UNVERIFIED, "cannot stamp: the container has no signature");
}

static int write_zip(struct arena *a, const struct zip *z, struct str *out, struct err *e)
{
	zip_write(out, z);
	if (str_failed(out))
		return err_set(e, EXIT_BROKEN, "cannot write the container: it is larger than its limit");
	/* never hand out a container that was broken: others may encode a signature in ways that do not survive a rewrite */
	return container_verifies(a, str_get(out), e);
}

int target_write(struct arena *a, struct zip *z, struct target *t, struct str *out, struct err *e)
{
	unsigned char *der = NULL;
	int n = i2d_CMS_ContentInfo(t->cms, &der);

	if (n <= 0)
		return err_set(e, EXIT_BROKEN, "cannot write the signature: %s", openssl_reason());
	t->item->data = arena_span(a, (struct span){(const char *)der, (size_t)n});
	OPENSSL_free(der);
	return write_zip(a, z, out, e);
}

static int stamp_signature(struct arena *a, struct zip *z, struct span token, struct str *out, struct err *e)
{
	struct target t = {0};
	int rc = -1;

	if (stamped_target(a, z, token, &t, e))
		return -1;
	if (!CMS_unsigned_add1_attr_by_NID(t.si, NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE, token.p, (int)token.n))
		err_set(e, EXIT_BROKEN, "cannot put the time stamp into the signature: %s", openssl_reason());
	else
		rc = target_write(a, z, &t, out, e);
	target_free(&t);
	return rc;
}

/* Into the room that the PDF keeps for it: no signed byte changes. */
static int stamp_pdf(struct arena *a, struct span file, struct span token, struct str *out, struct err *e)
{
	struct target t = {0};
	struct pdf_parts p;
	struct zip_item item;
	unsigned char *der = NULL;
	int n = -1, rc = -1;

	if (pdf_target(a, file, &p, &item, &t, e))
		return -1;
	if (!check_token(a, token, signature_value(t.si), e)) {
		if (CMS_unsigned_add1_attr_by_NID(t.si, NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE, token.p, (int)token.n))
			n = i2d_CMS_ContentInfo(t.cms, &der);
		rc = n <= 0 ? err_set(e, EXIT_BROKEN, "cannot put the time stamp into the signature: %s", openssl_reason()) :
		     pdf_fill(file, &p, (struct span){(const char *)der, (size_t)n}, out, e) || container_verifies(a, str_get(out), e) ? -1 : 0;
		OPENSSL_free(der);
	}
	target_free(&t);
	return rc;
}

/* The token itself says what it is about: all of the container, or one of its signatures. */
int timestamp_attach(struct arena *a, struct span container, struct span response, struct span query, struct str *out, struct err *e)
{
	struct err ignored = {0};
	struct manifest m;
	struct span token, manifest;
	struct zip z;

	if (container_verifies(a, container, e) || token_of_response(response, &token, e) || (query.n && check_nonce(token, query, e)))
		return -1;
	if (is_pdf(container))
		return stamp_pdf(a, container, token, out, e);
	if (zip_read(a, container, &z, e))
		return -1;
	if (!archive_next(a, &z, &m, &manifest, &ignored) && !check_token(a, token, manifest, &ignored))
		return archive_write(&z, a, &m, manifest, token) ? err_set(e, EXIT_USAGE, "cannot stamp: no room for more entries in the container")
								 : write_zip(a, &z, out, e);
	if (zip_read(a, container, &z, e))      /* archive_next renamed an entry */
		return -1;
	return stamp_signature(a, &z, token, out, e);
}

int timestamp_fetch(struct arena *a, struct span container, const struct request_order *order, struct courier *c, struct str *out, struct err *e)
{
	struct span query, answer;

	return request_make(a, container, order, &query, e) || courier_ask(c, a, query, &answer, e) || timestamp_attach(a, container, answer, query, out, e) ? -1 : 0;
}

/* ------------------------------------------------------------------ bundles */

bool is_bundle(struct span bytes)
{
	return span_starts(span_trim(span_cut(bytes, 0, bytes.n < 64 ? bytes.n : 64)), "{");
}

static int open_bundle(struct arena *a, struct span bytes, struct bundle *b, struct err *e)
{
	const char *fault = bundle_read(a, bytes, b);

	return fault ? err_set(e, EXIT_UNVERIFIED, "cannot stamp the bundle: %s", fault) : 0;
}

int bundle_request(struct arena *a, struct span bundle, struct span *ret, struct err *e)
{
	struct bundle b;

	return open_bundle(a, bundle, &b, e) || timestamp_query(a, b.signature, ret, e) ? -1 : 0;
}

int bundle_attach(struct arena *a, struct span bundle, struct span response, struct span query, struct str *out, struct err *e)
{
	struct bundle b;
	struct span token;

	if (open_bundle(a, bundle, &b, e) || token_of_response(response, &token, e) || (query.n && check_nonce(token, query, e)) ||
	    check_token(a, token, b.signature, e))
		return -1;
	*ARENA_PUSH(a, b.stamps, b.stamp_count) = response;
	return bundle_put(out, &b) || str_failed(out) ? err_set(e, EXIT_BROKEN, "cannot write the bundle") : 0;
}

int bundle_fetch(struct arena *a, struct span bundle, struct courier *c, struct str *out, struct err *e)
{
	struct span query, answer;

	return bundle_request(a, bundle, &query, e) || courier_ask(c, a, query, &answer, e) || bundle_attach(a, bundle, answer, query, out, e) ? -1 : 0;
}
