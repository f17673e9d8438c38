/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * OCSP (RFC 6960): the request that a user carries to a responder, and what its answer says later. An answer counts when it names this very
 * certificate and is signed by its issuer, or by a responder that the issuer certified for OCSP; its nonce does not matter, since it is kept
 * for years. A responder's own revocation is not judged (most carry id-pkix-ocsp-nocheck).
 */
#include "seal/revocation.h"
#include "seal/seal_p.h"

#include "base/limits.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <time.h>

/* ------------------------------------------------------------------ judging */

/* Signed by the issuer or by somebody it delegated, valid when the answer was made. */
static bool answer_is_signed(OCSP_BASICRESP *basic, const struct standing_question *q)
{
	int64_t produced = seconds_of(OCSP_resp_get0_produced_at(basic), INT64_MAX);
	STACK_OF(X509) *issuer = sk_X509_new_null();
	X509_STORE *store = X509_STORE_new();
	bool ok = issuer && store && sk_X509_push(issuer, q->issuer) && produced <= q->now + CLOCK_SLACK;

	if (ok) {
		X509_STORE_add_cert(store, q->issuer);
		X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
		X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)produced);
		ok = OCSP_basic_verify(basic, issuer, store, 0) > 0;
	}
	X509_STORE_free(store);
	sk_X509_free(issuer);
	ERR_clear_error();
	return ok;
}

static bool is_about(const OCSP_CERTID *id, const struct standing_question *q)
{
	ASN1_OBJECT *oid;
	OCSP_CERTID *mine;
	const EVP_MD *md;
	bool same;

	if (!OCSP_id_get0_info(NULL, &oid, NULL, NULL, (OCSP_CERTID *)(uintptr_t)id) || !(md = EVP_get_digestbyobj(oid)))
		return false;
	mine = OCSP_cert_to_id(md, q->cert, q->issuer);
	same = mine && !OCSP_id_cmp(mine, id);
	OCSP_CERTID_free(mine);
	return same;
}

static enum standing judge_single(OCSP_SINGLERESP *single, const struct standing_question *q)
{
	ASN1_GENERALIZEDTIME *revoked = NULL, *issued = NULL, *next = NULL;
	int reason = -1, status = OCSP_single_get0_status(single, &reason, &revoked, &issued, &next);
	int64_t at = seconds_of(issued, INT64_MAX);

	if (at > q->now + CLOCK_SLACK)
		return STANDING_UNKNOWN;
	if (status == V_OCSP_CERTSTATUS_REVOKED && revocation_holds(q, reason, seconds_of(revoked, INT64_MIN)))
		return STANDING_REVOKED;
	if (status == V_OCSP_CERTSTATUS_UNKNOWN || status < 0)
		return STANDING_UNKNOWN;
	/* revoked after that time: it was good then */
	return speaks_of(q, at, seconds_of(next, INT64_MIN)) ? STANDING_GOOD : STANDING_UNKNOWN;
}

static OCSP_BASICRESP *answer_read(struct span answer)
{
	const unsigned char *p = (const unsigned char *)answer.p;
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &p, (long)answer.n);
	OCSP_BASICRESP *basic = NULL;

	if (response && p == (const unsigned char *)answer.p + answer.n && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(response);
	OCSP_RESPONSE_free(response);
	ERR_clear_error();
	return basic;
}

enum standing standing_by_ocsp(struct span answer, const struct standing_question *q)
{
	OCSP_BASICRESP *basic = answer_read(answer);
	enum standing standing = STANDING_UNKNOWN;

	for (int i = 0; basic && standing != STANDING_REVOKED && i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
		enum standing one;

		if (!is_about(OCSP_SINGLERESP_get0_id(single), q) || !answer_is_signed(basic, q))
			continue;
		one = judge_single(single, q);
		standing = one == STANDING_UNKNOWN ? standing : one;
	}
	OCSP_BASICRESP_free(basic);
	return standing;
}

/* ------------------------------------------------------------------ attaching */

/* Is it about a certificate of the list, by whoever issued it? Its signature is judged when it is used. */
static bool answer_is_for(struct span answer, STACK_OF(X509) *certs)
{
	OCSP_BASICRESP *basic = answer_read(answer);
	bool found = false;

	for (int i = 0; basic && i < OCSP_resp_count(basic); i++)
		for (int k = 0; k < sk_X509_num(certs); k++) {
			ASN1_INTEGER *serial = NULL;
			OCSP_CERTID *id = (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(OCSP_resp_get0(basic, i));

			if (OCSP_id_get0_info(NULL, NULL, NULL, &serial, id))
				found |= !ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(sk_X509_value(certs, k)));
		}
	OCSP_BASICRESP_free(basic);
	return found;
}

int ocsp_check_answer(struct span answer, STACK_OF(X509) *certs, struct err *e)
{
	OCSP_BASICRESP *basic = answer_read(answer);
	bool readable = basic;

	OCSP_BASICRESP_free(basic);
	if (!readable)
		return err_set(e, EXIT_USAGE, "not an OCSP response (RFC 6960), or one that says that the responder refused");
	return answer_is_for(answer, certs) ? 0 : err_set(e, EXIT_USAGE, "the OCSP response is about no certificate of the container");
}

/* ------------------------------------------------------------------ asking */

static X509 *issuer_of(X509 *cert, STACK_OF(X509) *among)
{
	for (int i = 0; i < sk_X509_num(among); i++)
		if (X509_check_issued(sk_X509_value(among, i), cert) == X509_V_OK)
			return sk_X509_value(among, i);
	return NULL;
}

/* SHA-1 as the identifier's digest: it names, it proves nothing, and most responders take no other (RFC 5019). */
int ocsp_request(struct arena *a, X509 *cert, STACK_OF(X509) *among, struct span *ret, struct err *e)
{
	X509 *issuer = issuer_of(cert, among);
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	OCSP_CERTID *id = issuer ? OCSP_cert_to_id(EVP_sha1(), cert, issuer) : NULL;
	unsigned char *der = NULL;
	int n = -1;

	if (!issuer)
		err_set(e, EXIT_USAGE, "cannot ask about '%.200s': the certificate of its issuer is neither in the container nor in --chain", cert_subject(a, cert));
	else if (request && id && OCSP_request_add0_id(request, id) && (id = NULL, n = i2d_OCSP_REQUEST(request, &der)) > 0)
		*ret = arena_span(a, (struct span){(const char *)der, (size_t)n});
	else
		err_set(e, EXIT_BROKEN, "cannot make an OCSP request: %s", openssl_reason());
	OCSP_CERTID_free(id);
	OPENSSL_free(der);
	OCSP_REQUEST_free(request);
	ERR_clear_error();
	return n > 0 ? 0 : -1;
}
