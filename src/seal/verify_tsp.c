/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Time-stamp tokens (RFC 3161) as verify judges them. A token must be about exactly these bytes, by an allowed digest, from one signer whose
 * certificate is for time stamping alone and is the one that the token names. Without anchors for time-stamp authorities the token is then
 * sound, but whose it is stays open. The authority's certificate must be good when verify runs, or at the time of a later stamp over the
 * token (level LTA). Read as CMS and not by OpenSSL's TS module, which takes a token for PKCS #7 and stumbles over OCSP answers in it.
 */
#include "seal/revocation.h"
#include "seal/seal_p.h"

#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <time.h>

struct parts {
	CMS_ContentInfo *cms;
	CMS_SignerInfo *si;
	TS_TST_INFO *info;
	X509 *cert;
	STACK_OF(X509) *certs;
};

static void parts_free(struct parts *p)
{
	sk_X509_pop_free(p->certs, X509_free);
	TS_TST_INFO_free(p->info);
	CMS_ContentInfo_free(p->cms);
}

static TS_TST_INFO *read_info(CMS_ContentInfo *cms)
{
	ASN1_OCTET_STRING **content = CMS_get0_content(cms);
	const unsigned char *p = content && *content ? ASN1_STRING_get0_data(*content) : NULL, *end = p ? p + ASN1_STRING_length(*content) : NULL;
	TS_TST_INFO *info = p ? d2i_TS_TST_INFO(NULL, &p, end - p) : NULL;

	if (info && p != end) {
		TS_TST_INFO_free(info);
		return NULL;
	}
	return info;
}

/* NULL, or what is wrong with the token's form. */
static const char *read_token(struct parts *p, struct span bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.p;

	p->cms = d2i_CMS_ContentInfo(NULL, &at, (long)bytes.n);
	if (!p->cms || at != (const unsigned char *)bytes.p + bytes.n || OBJ_obj2nid(CMS_get0_type(p->cms)) != NID_pkcs7_signed ||
	    OBJ_obj2nid(CMS_get0_eContentType(p->cms)) != NID_id_smime_ct_TSTInfo || !(p->info = read_info(p->cms)) || TS_TST_INFO_get_version(p->info) != 1)
		return "it is not a time-stamp token";
	if (sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(p->cms)) != 1)
		return "it has not exactly one signer";
	p->si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(p->cms), 0);
	p->certs = CMS_get1_certs(p->cms);
	CMS_set1_signers_certs(p->cms, NULL, 0);
	CMS_SignerInfo_get0_algs(p->si, NULL, &p->cert, NULL, NULL);
	return p->cert ? NULL : "its authority's certificate is not in it";
}

/* ------------------------------------------------------------------ what it says */

static const EVP_MD *allowed_digest(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *oid;

	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	for (const struct digest_method *m = digest_methods; m->name; m++)
		if (EVP_MD_get_type(m->md()) == OBJ_obj2nid(oid))
			return m->md();
	return NULL;
}

static const char *check_imprint(TS_TST_INFO *info, struct span data)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	const ASN1_OCTET_STRING *said = TS_MSG_IMPRINT_get_msg(imprint);
	const EVP_MD *md = allowed_digest(TS_MSG_IMPRINT_get_algo(imprint));
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n;

	if (!md)
		return "its digest is not allowed";
	if (!EVP_Digest(data.p, data.n, digest, &n, md, NULL) || ASN1_STRING_length(said) != (int)n || memcmp(ASN1_STRING_get0_data(said), digest, n))
		return "it is about other bytes (message imprint mismatch)";
	return NULL;
}

static int time_of(TS_TST_INFO *info, int64_t *ret)
{
	*ret = seconds_of(TS_TST_INFO_get_time(info), INT64_MIN);
	return *ret == INT64_MIN ? -1 : 0;
}

static const char *check_statement(struct verification *v, struct parts *p, const struct token_question *q, struct token *t)
{
	if (time_of(p->info, &t->time))
		return "its time is none";
	t->text = time_text(v->arena, TS_TST_INFO_get_time(p->info));
	if (t->time > v->request->now + CLOCK_SLACK)
		return "its time is in the future";
	if (q->kept && t->time > q->at + CLOCK_SLACK)
		return "its time is after that of the stamp over it";
	return check_imprint(p->info, q->data);
}

/* ------------------------------------------------------------------ who says it */

#define ANY_RSA_BITS 2048      /* most authorities still stamp with such keys; ETSI TS 119 312 allows them until 2028 */

static bool key_is_strong(X509 *cert)
{
	const EVP_PKEY *key = X509_get0_pubkey(cert);

	return key && (!key_weakness(key) || ((EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) && EVP_PKEY_get_bits(key) >= ANY_RSA_BITS));
}

static ASN1_STRING *attribute_value(const CMS_SignerInfo *si, int nid)
{
	int at = CMS_signed_get_attr_by_NID(si, nid, -1);
	X509_ATTRIBUTE *attr = at < 0 || CMS_signed_get_attr_by_NID(si, nid, at) >= 0 ? NULL : CMS_signed_get_attr(si, at);

	return attr && X509_ATTRIBUTE_count(attr) == 1 ? X509_ATTRIBUTE_get0_data(attr, 0, V_ASN1_SEQUENCE, NULL) : NULL;
}

/* The token names its certificate in one of two forms (RFC 2634, RFC 5816); the older one hashes it with SHA-1. */
static bool certificate_is_named(const struct parts *p)
{
	const ASN1_STRING *old = attribute_value(p->si, NID_id_smime_aa_signingCertificate), *new = attribute_value(p->si, NID_id_smime_aa_signingCertificateV2);
	const unsigned char *o = old ? ASN1_STRING_get0_data(old) : NULL, *n = new ? ASN1_STRING_get0_data(new) : NULL;
	ESS_SIGNING_CERT *v1 = o ? d2i_ESS_SIGNING_CERT(NULL, &o, ASN1_STRING_length(old)) : NULL;
	ESS_SIGNING_CERT_V2 *v2 = n ? d2i_ESS_SIGNING_CERT_V2(NULL, &n, ASN1_STRING_length(new)) : NULL;
	STACK_OF(X509) *chain = sk_X509_new_null();
	bool ok = (v1 || v2) && (!old || v1) && (!new || v2) && chain && sk_X509_push(chain, p->cert);

	for (int i = 0; ok && i < sk_X509_num(p->certs); i++)
		if (X509_cmp(sk_X509_value(p->certs, i), p->cert))
			ok = sk_X509_push(chain, sk_X509_value(p->certs, i));
	ok = ok && OSSL_ESS_check_signing_certs(v1, v2, chain, 1) > 0;
	sk_X509_free(chain);
	ESS_SIGNING_CERT_free(v1);
	ESS_SIGNING_CERT_V2_free(v2);
	ERR_clear_error();
	return ok;
}

static const char *check_signature(const struct parts *p)
{
	X509_ALGOR *digest;
	const char *reason = NULL;

	CMS_SignerInfo_get0_algs(p->si, NULL, NULL, &digest, NULL);
	if (!allowed_digest(digest) || !key_is_strong(p->cert))
		return "its signature's digest or key is not allowed";
	if (CMS_verify(p->cms, NULL, NULL, NULL, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1)
		reason = openssl_reason();
	ERR_clear_error();
	if (!reason && !certificate_is_named(p))
		reason = "the certificate in it is not the one that it names";
	if (!reason && X509_check_purpose(p->cert, X509_PURPOSE_TIMESTAMP_SIGN, 0) != 1)
		reason = "its certificate is not for time stamps";
	return reason;
}

static bool valid_at(X509 *cert, int64_t at)
{
	return seconds_of(X509_get0_notBefore(cert), INT64_MAX) <= at && at <= seconds_of(X509_get0_notAfter(cert), INT64_MIN);
}

/* Whether its authority was revoked; a compromised one proves nothing, whatever its tokens say (revocation.c). */
static void judge_standing(struct verification *v, const struct token_question *q, STACK_OF(X509) *chain, struct token *t)
{
	struct revocation_evidence evidence = {0};
	const struct standing_question when = {.at = t->time, .now = v->request->now, .stamps = true, .kept = q->kept ? q->at : INT64_MAX};
	X509 *about;

	revocation_evidence_add(v->arena, &evidence, q->bytes);
	if (q->signature.n)
		revocation_evidence_add(v->arena, &evidence, q->signature);
	t->standing = standing_of_chain(&evidence, chain, &when, &about);
	t->about = about ? cert_subject(v->arena, about) : NULL;
	revocation_evidence_free(&evidence);
}

static const char *check_authority(struct verification *v, const struct token_question *q, struct parts *p, struct token *t)
{
	const struct anchors anchors = {v->request->tsa_anchors, trusted_services(v, SERVICE_TIMESTAMP, t->time)};
	struct err e = {0};
	const char *reason = NULL;
	STACK_OF(X509) *chain;
	X509_STORE *store;

	t->state = TOKEN_SOUND;
	if (!anchors.path && !v->lists)
		return valid_at(p->cert, t->time) ? NULL : "its certificate was not valid at its time";
	if (!valid_at(p->cert, t->time))
		return "its certificate was not valid at its time";
	store = anchors_store(&anchors, q->at, &e);
	if (!store)
		return safe(v, span_of(e.text));
	chain = chain_find(store, p->cert, p->certs, X509_PURPOSE_TIMESTAMP_SIGN, &reason);
	if (chain) {
		t->state = TOKEN_TRUSTED;
		judge_standing(v, q, chain, t);
		t->service = service_of_chain(v, SERVICE_TIMESTAMP, chain, t->time);
	}
	sk_X509_pop_free(chain, X509_free);
	X509_STORE_free(store);
	return reason;
}

void token_verify(struct verification *v, const struct token_question *q, struct token *ret)
{
	struct parts p = {0};
	struct token t = {.state = TOKEN_WRONG};

	t.reason = read_token(&p, q->bytes);
	ERR_clear_error();
	if (!t.reason)
		t.reason = check_statement(v, &p, q, &t);
	if (!t.reason)
		t.reason = check_signature(&p);
	if (!t.reason)
		t.reason = check_authority(v, q, &p, &t);
	if (t.reason)
		t.state = TOKEN_WRONG;
	parts_free(&p);
	*ret = t;
}

bool token_proves(struct verification *v, const struct token *t, const char *name)
{
	if (t->state != TOKEN_TRUSTED)
		return false;
	if (t->standing == STANDING_REVOKED)
		step(v, "timestamp-revocation", ASKS_TIME, STEP_FAILED, "%s : l'autorité d'horodatage était révoquée : %s", "%s: the time-stamp authority was revoked: %s", name,
		     t->about);
	else if (t->standing == STANDING_GOOD && t->about)
		step(v, "timestamp-revocation", ASKS_TIME, STEP_PASSED, "%s : l'autorité d'horodatage n'était pas révoquée", "%s: the time-stamp authority was not revoked", name);
	else if (t->about)
		step(v, "timestamp-revocation", ASKS_TIME, STEP_NOT_CHECKED, "%s : aucune donnée de révocation ne couvre : %s (rien n'est téléchargé)",
		     "%s: no revocation data covers: %s (nothing is downloaded)", name, t->about);
	return t->standing != STANDING_REVOKED;
}
