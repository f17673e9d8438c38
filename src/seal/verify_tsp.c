/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Time-stamp tokens (RFC 3161) as verify judges them. A token must be about exactly these bytes, by an allowed digest, from one signer
 * whose certificate is for time stamping alone and is the one that the token names; OpenSSL's TS module checks all but the first. Without
 * anchors for time-stamp authorities the token's own certificate stands in for them: the token is then sound, but whose it is stays open.
 * The authority's certificate must be valid now; renewing stamps before it expires (level LTA) is not made here.
 */
#include "seal/seal_p.h"

#include <openssl/err.h>
#include <openssl/ts.h>
#include <time.h>

static bool imprint_digest_allowed(TS_TST_INFO *info)
{
	const ASN1_OBJECT *oid;

	X509_ALGOR_get0(&oid, NULL, NULL, TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(info)));
	for (const struct digest_method *m = digest_methods; m->name; m++)
		if (EVP_MD_get_type(m->md()) == OBJ_obj2nid(oid))
			return true;
	return false;
}

/* A store that trusts the token's own signer, at the token's time. */
static X509_STORE *store_of_signer(PKCS7 *token, int64_t at)
{
	STACK_OF(X509) *signers = PKCS7_get0_signers(token, NULL, 0);
	X509_STORE *store = signers && sk_X509_num(signers) == 1 ? X509_STORE_new() : NULL;

	if (store) {
		X509_STORE_add_cert(store, sk_X509_value(signers, 0));
		X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
		X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)at);
	}
	sk_X509_free(signers);
	return store;
}

static const char *check_with(PKCS7 *token, struct span data, X509_STORE *store)
{
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	BIO *in = BIO_new_mem_buf(data.p, (int)data.n);
	const char *reason = NULL;

	if (!ctx || !in)
		arena_exhausted();
	TS_VERIFY_CTX_add_flags(ctx, TS_VFY_VERSION | TS_VFY_DATA | TS_VFY_SIGNATURE);
	TS_VERIFY_CTX_set_data(ctx, in);          /* both are freed with ctx */
	TS_VERIFY_CTX_set_store(ctx, store);
	if (TS_RESP_verify_token(ctx, token) != 1)
		reason = openssl_reason();
	ERR_clear_error();
	TS_VERIFY_CTX_free(ctx);
	return reason;
}

static int time_of(TS_TST_INFO *info, int64_t *ret)
{
	struct tm tm;

	if (!ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm))
		return -1;
	*ret = (int64_t)timegm(&tm);
	return 0;
}

static void judge(struct verification *v, PKCS7 *token, TS_TST_INFO *info, struct span data, struct token *t)
{
	const char *anchors = v->request->tsa_anchors;
	struct err e = {0};
	X509_STORE *store;

	if (time_of(info, &t->time) || !imprint_digest_allowed(info)) {
		t->reason = "its time or its digest is not allowed";
		return;
	}
	t->text = time_text(v->arena, TS_TST_INFO_get_time(info));
	if (t->time > v->request->now + CLOCK_SLACK) {
		t->reason = "its time is in the future";
		return;
	}
	store = anchors ? anchors_store(anchors, v->request->now, &e) : store_of_signer(token, t->time);
	t->reason = store ? check_with(token, data, store) : anchors ? safe(v, span_of(e.text)) : "it has not exactly one signer";
	if (!t->reason)
		t->state = anchors ? TOKEN_TRUSTED : TOKEN_SOUND;
}

/* OpenSSL 3.0 reads tokens as PKCS #7, which has no room for the OCSP answers that some archives put in; its CMS reader has. */
static bool is_token_with_ocsp(struct span bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)bytes.n);
	bool is_token = cms && p == (const unsigned char *)bytes.p + bytes.n && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed &&
			OBJ_obj2nid(CMS_get0_eContentType(cms)) == NID_id_smime_ct_TSTInfo;

	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return is_token;
}

void token_verify(struct verification *v, struct span bytes, struct span data, struct token *ret)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	PKCS7 *token = d2i_PKCS7(NULL, &p, (long)bytes.n);
	TS_TST_INFO *info = token && PKCS7_type_is_signed(token) ? PKCS7_to_TS_TST_INFO(token) : NULL;

	*ret = (struct token){.state = TOKEN_WRONG, .reason = "it is not a time-stamp token"};
	ERR_clear_error();
	if (info && p == (const unsigned char *)bytes.p + bytes.n)
		judge(v, token, info, data, ret);
	else if (!token && is_token_with_ocsp(bytes))
		ret->state = TOKEN_UNREAD;
	TS_TST_INFO_free(info);
	PKCS7_free(token);
}
