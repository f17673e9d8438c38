/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The steps of verify about one signature. Their order is the argument: form first, since OpenSSL accepts a signature without signed
 * attributes, and such attributes replayed as content, as good CAdES (so we demand them ourselves, each once); then the algorithms; then
 * the certificate that the signature itself names; then the cryptography over attributes and manifest; only then who the signer is.
 * A signer is judged at the time that a trusted time stamp proves, else now. Chains are checked against the caller's anchors alone: no system store, no network.
 */
#include "seal/verify_cms_p.h"

#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/x509v3.h>

/* ------------------------------------------------------------------ form */

int signature_attribute(const CMS_SignerInfo *si, int nid)
{
	int at = CMS_signed_get_attr_by_NID(si, nid, -1);

	if (at < 0 || CMS_signed_get_attr_by_NID(si, nid, at) >= 0 || X509_ATTRIBUTE_count(CMS_signed_get_attr(si, at)) != 1)
		return -1;
	return at;
}

static bool attributes_are_unique(const CMS_SignerInfo *si)
{
	int count = CMS_signed_get_attr_count(si);

	for (int i = 0; i < count; i++) {
		X509_ATTRIBUTE *attr = CMS_signed_get_attr(si, i);

		if (X509_ATTRIBUTE_count(attr) != 1)
			return false;
		for (int k = 0; k < i; k++)
			if (!OBJ_cmp(X509_ATTRIBUTE_get0_object(attr), X509_ATTRIBUTE_get0_object(CMS_signed_get_attr(si, k))))
				return false;
	}
	return true;
}

/* What we write has no unsigned attribute but time stamps; another one there was put in by somebody else. */
static bool unsigned_attributes_are_known(const struct signature *s)
{
	for (int i = 0; s->v->ours && i < CMS_unsigned_get_attr_count(s->si); i++)
		if (OBJ_obj2nid(X509_ATTRIBUTE_get0_object(CMS_unsigned_get_attr(s->si, i))) != NID_id_smime_aa_timeStampToken)
			return false;
	return true;
}

static bool content_type_is_data(const CMS_SignerInfo *si)
{
	int at = signature_attribute(si, NID_pkcs9_contentType);
	const ASN1_OBJECT *type = at < 0 ? NULL : X509_ATTRIBUTE_get0_data(CMS_signed_get_attr(si, at), 0, V_ASN1_OBJECT, NULL);

	return type && OBJ_obj2nid(type) == NID_pkcs7_data;
}

/*
 * The two version numbers (RFC 5652: 1 for what we write, 5 with OCSP answers), which nothing signs and OpenSSL neither compares nor shows.
 * Without this check they would be the only two bytes of a container that could change unseen.
 */
static bool versions_are_right(struct span der)
{
	struct signed_data d;

	return !signed_data_read(der, &d) && d.version == (signed_data_has_ocsp(&d) ? 5 : 1) && d.signer_version == 1;
}

static int parse(struct signature *s)
{
	const unsigned char *p = (const unsigned char *)s->bytes.p;
	unsigned char *again = NULL;
	int n;

	s->cms = d2i_CMS_ContentInfo(NULL, &p, (long)s->bytes.n);
	ERR_clear_error();
	if (!s->cms || p != (const unsigned char *)s->bytes.p + s->bytes.n || OBJ_obj2nid(CMS_get0_type(s->cms)) != NID_pkcs7_signed)
		return -1;
	if (!s->v->ours)
		return 0;
	/* what we write is DER: any other spelling of the same values was not made here */
	n = i2d_CMS_ContentInfo(s->cms, &again);
	if (n < 0 || (size_t)n != s->bytes.n || memcmp(again, s->bytes.p, s->bytes.n) || !versions_are_right(s->bytes))
		n = -1;
	OPENSSL_free(again);
	return n < 0 ? -1 : 0;
}

/* Detached; another tool's may carry a copy of the manifest, if it is the same to the byte. */
static bool content_is_right(const struct signature *s, bool *ret_copy)
{
	ASN1_OCTET_STRING **content = CMS_get0_content(s->cms);

	*ret_copy = content && *content;
	if (OBJ_obj2nid(CMS_get0_eContentType(s->cms)) != NID_pkcs7_data || !content)
		return false;
	if (!*ret_copy)
		return true;
	return !s->v->ours && span_eq(s->manifest, (struct span){(const char *)ASN1_STRING_get0_data(*content), (size_t)ASN1_STRING_length(*content)});
}

static int check_form(struct signature *s)
{
	static const struct { int nid; const char *name; } required[] = {
		{NID_pkcs9_contentType, "content-type"}, {NID_pkcs9_messageDigest, "message-digest"},
		{NID_pkcs9_signingTime, "signing-time"}, {NID_id_smime_aa_signingCertificateV2, "signing-certificate-v2"},
	};
	bool copy;

	if (parse(s))
		return SIGNATURE_STEP(s, "signature-form", ASKS_INTEGRITY, STEP_FAILED, "n'est pas une signature CMS en DER, ou des octets la suivent",
				      "is not a CMS signature in DER, or bytes follow it");
	if (!content_is_right(s, &copy))
		return SIGNATURE_STEP(s, "signature-form", ASKS_INTEGRITY, STEP_FAILED, "n'est pas détachée", "is not detached");
	if (sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(s->cms)) != 1)
		return SIGNATURE_STEP(s, "signature-form", ASKS_INTEGRITY, STEP_FAILED, "n'a pas exactement un signataire", "has not exactly one signer");
	s->si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(s->cms), 0);
	if (s->v->claimed_time && CMS_signed_get_attr_by_NID(s->si, NID_pkcs9_signingTime, -1) >= 0)
		return SIGNATURE_STEP(s, "signature-form", ASKS_INTEGRITY, STEP_FAILED, "porte une heure de signature, que PAdES met dans le document",
				      "has a signing time, which PAdES has in the document");
	for (size_t i = 0; i < sizeof required / sizeof *required; i++)
		if (signature_attribute(s->si, required[i].nid) < 0 && !(s->v->claimed_time && required[i].nid == NID_pkcs9_signingTime))
			return SIGNATURE_STEP(s, "signature-form", ASKS_INTEGRITY, STEP_FAILED, "l'attribut signé %s manque ou est double",
					      "the signed attribute %s is missing or doubled", required[i].name);
	if (!attributes_are_unique(s->si) || !content_type_is_data(s->si) || !unsigned_attributes_are_known(s))
		return SIGNATURE_STEP(s, "signature-form", ASKS_INTEGRITY, STEP_FAILED, "un attribut est double, faux ou étranger",
				      "an attribute is doubled, wrong or foreign");
	if (copy)
		return SIGNATURE_STEP(s, "signature-form", ASKS_INTEGRITY, STEP_WARNING, "porte une copie du manifeste, identique à l'octet près",
				      "carries a copy of the manifest, the same to the byte");
	return SIGNATURE_STEP(s, "signature-form", ASKS_INTEGRITY, STEP_PASSED, "détachée, un signataire, chaque attribut CAdES signé une fois",
			      "detached, one signer, each CAdES attribute signed once");
}

/* ------------------------------------------------------------------ algorithms */

#define RSA_2048_UNTIL 1861920000      /* 2029-01-01: ETSI TS 119 312 allows no RSA below 3000 bits from then on */

static bool digest_allowed(int nid)
{
	for (const struct digest_method *m = digest_methods; m->name; m++)
		if (EVP_MD_get_type(m->md()) == nid)
			return true;
	return false;
}

/*
 * What a signature may be made with, in CMS terms. Another algorithm is a line here and one in keys.c: ML-DSA-44, -65 and -87 (RFC 9882, OIDs
 * 2.16.840.1.101.3.4.3.17 to .19) once OpenSSL 3.5 is the base, as a further signature beside an elliptic one, which a container holds already.
 */
static const struct {
	int nid;
	const char *key;
	int md;      /* NID_undef: the attributes' digest, compared by CMS_verify */
} signature_algorithms[] = {
	{NID_rsaEncryption, "RSA", NID_undef},
	{NID_rsassaPss, "RSA", NID_undef},
	{NID_rsassaPss, "RSA-PSS", NID_undef},
	{NID_sha256WithRSAEncryption, "RSA", NID_sha256},
	{NID_sha384WithRSAEncryption, "RSA", NID_sha384},
	{NID_sha512WithRSAEncryption, "RSA", NID_sha512},
	{NID_ecdsa_with_SHA256, "EC", NID_sha256},
	{NID_ecdsa_with_SHA384, "EC", NID_sha384},
	{NID_ecdsa_with_SHA512, "EC", NID_sha512},
};

static int nid_of(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *oid;

	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	return OBJ_obj2nid(oid);
}

/* The signature's algorithm must agree with the digest that the attributes were hashed with, and with the key. */
static bool algorithms_agree(const X509_ALGOR *digest, const X509_ALGOR *signature, const EVP_PKEY *key)
{
	int md = nid_of(digest), nid = nid_of(signature);

	for (size_t i = 0; i < sizeof signature_algorithms / sizeof *signature_algorithms; i++)
		if (nid != NID_undef && signature_algorithms[i].nid == nid && EVP_PKEY_is_a(key, signature_algorithms[i].key))
			return digest_allowed(md) && (signature_algorithms[i].md == NID_undef || signature_algorithms[i].md == md);
	return false;
}

/* As OpenSSL calls it, else its OID. */
static const char *name_of(struct signature *s, const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *oid;
	char text[128] = "?";

	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	OBJ_obj2txt(text, sizeof text, oid, 0);
	return arena_str(s->v->arena, text);
}

static int check_algorithms(struct signature *s)
{
	X509_ALGOR *digest, *signature;
	const EVP_PKEY *key;
	const char *weak;
	int bits;

	CMS_set1_signers_certs(s->cms, NULL, 0);
	CMS_SignerInfo_get0_algs(s->si, NULL, &s->cert, &digest, &signature);
	key = s->cert ? X509_get0_pubkey(s->cert) : NULL;
	ERR_clear_error();
	if (!s->cert)
		return SIGNATURE_STEP(s, "algorithms", ASKS_INTEGRITY, STEP_FAILED, "le certificat du signataire n'y est pas",
				      "the signer's certificate is not in it");
	if (!key || !algorithms_agree(digest, signature, key))
		return SIGNATURE_STEP(s, "algorithms", ASKS_INTEGRITY, STEP_FAILED, "algorithmes non admis, ou qui ne s'accordent pas (%s, %s)",
				      "algorithms that are not allowed, or that do not agree (%s, %s)", name_of(s, signature), name_of(s, digest));
	weak = key_weakness(key);
	bits = EVP_PKEY_get_bits(key);
	if (weak && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && bits >= 2048 && s->v->request->now < RSA_2048_UNTIL)
		return SIGNATURE_STEP(s, "algorithms", ASKS_INTEGRITY, STEP_WARNING, "clé RSA de %d bits, admise jusqu'en 2028 seulement",
				      "an RSA key of %d bits, allowed until 2028 only", bits);
	if (weak)
		return SIGNATURE_STEP(s, "algorithms", ASKS_INTEGRITY, STEP_FAILED, "clé trop faible ou non admise (%d bits)",
				      "a key that is too weak or not allowed (%d bits)", bits);
	return SIGNATURE_STEP(s, "algorithms", ASKS_INTEGRITY, STEP_PASSED, "admis par ETSI TS 119 312 (clé de %d bits)",
			      "allowed by ETSI TS 119 312 (key of %d bits)", bits);
}

/* ------------------------------------------------------------------ the certificate named by the signature */

static bool certificate_is_bound(const struct signature *s)
{
	X509_ATTRIBUTE *attr = CMS_signed_get_attr(s->si, signature_attribute(s->si, NID_id_smime_aa_signingCertificateV2));
	const ASN1_STRING *value = X509_ATTRIBUTE_get0_data(attr, 0, V_ASN1_SEQUENCE, NULL);
	const unsigned char *p = value ? ASN1_STRING_get0_data(value) : NULL;
	ESS_SIGNING_CERT_V2 *named = p ? d2i_ESS_SIGNING_CERT_V2(NULL, &p, ASN1_STRING_length(value)) : NULL;
	STACK_OF(X509) *chain = sk_X509_new_null();
	bool ok = named && chain && sk_X509_push(chain, s->cert);

	for (int i = 0; ok && i < sk_X509_num(s->certs); i++)
		if (X509_cmp(sk_X509_value(s->certs, i), s->cert))
			ok = sk_X509_push(chain, sk_X509_value(s->certs, i));
	ok = ok && OSSL_ESS_check_signing_certs(NULL, named, chain, 1) > 0;
	ERR_clear_error();
	sk_X509_free(chain);
	ESS_SIGNING_CERT_V2_free(named);
	return ok;
}

static int check_certificate(struct signature *s)
{
	uint32_t usage = X509_get_key_usage(s->cert);

	s->certs = CMS_get1_certs(s->cms);
	if (!certificate_is_bound(s))
		return SIGNATURE_STEP(s, "certificate", ASKS_SIGNER, STEP_FAILED, "le certificat joint n'est pas celui que la signature désigne",
				      "the certificate in it is not the one that the signature names");
	if (usage != UINT32_MAX && !(usage & (X509v3_KU_DIGITAL_SIGNATURE | X509v3_KU_NON_REPUDIATION)))
		return SIGNATURE_STEP(s, "certificate", ASKS_SIGNER, STEP_FAILED, "le certificat n'est pas fait pour signer (keyUsage)",
				      "the certificate is not for signing (keyUsage)");
	return SIGNATURE_STEP(s, "certificate", ASKS_SIGNER, STEP_PASSED, "le certificat est celui que la signature désigne : %s",
			      "the certificate is the one that the signature names: %s", cert_subject(s->v->arena, s->cert));
}

/* ------------------------------------------------------------------ cryptography */

static int check_cryptography(struct signature *s)
{
	BIO *content = BIO_new_mem_buf(s->manifest.p, (int)s->manifest.n);
	int ok = content && CMS_verify(s->cms, NULL, NULL, content, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
	const char *reason = ok ? "" : openssl_reason();

	BIO_free(content);
	ERR_clear_error();
	if (!ok)
		return SIGNATURE_STEP(s, "signature", ASKS_INTEGRITY, STEP_FAILED, "ne correspond pas à ce qu'elle signe (%s)",
				      "does not match what it signs (%s)", reason);
	return SIGNATURE_STEP(s, "signature", ASKS_INTEGRITY, STEP_PASSED, "correspond à ce qu'elle signe, octet pour octet",
			      "matches what it signs, byte for byte");
}

/* ------------------------------------------------------------------ the steps */

static void keep_signer(struct signature *s)
{
	struct verify_result *r = s->v->result;
	unsigned char digest[SHA256_BYTES];
	char text[SHA256_HEX];

	if (r->signer_subject || !X509_digest(s->cert, EVP_sha256(), digest, NULL))
		return;
	r->signer_subject = cert_subject(s->v->arena, s->cert);
	r->certificate_sha256 = arena_str(s->v->arena, hex(digest, sizeof digest, text));
	r->self_signed = cert_is_self_signed(s->cert);
}

/* By what is in it, as other validators tell it; whether that is good is the steps' to say. */
static void tell_level(struct signature *s)
{
	struct revocation_evidence evidence = {0};
	const char *level = "B-B";

	revocation_evidence_add(s->v->arena, &evidence, s->bytes);
	if (s->stamped)
		level = !sk_X509_CRL_num(evidence.crls) && !evidence.answer_count ? "B-T" : s->archived ? "B-LTA" : "B-LT";
	revocation_evidence_free(&evidence);
	if (!s->v->result->level)
		s->v->result->level = level;
}

void verify_signature(struct verification *v, const struct signed_manifest *m)
{
	struct signature s = {.v = v, .name = safe(v, m->signature->name), .bytes = m->signature->data, .manifest = m->bytes, .preserved = m->preserved,
			      .archived = m->archived};

	if (!check_form(&s) && !check_algorithms(&s)) {
		int bound = check_certificate(&s);

		keep_signer(&s);
		if (!check_cryptography(&s) && !bound) {
			if (!v->signer_key)
				v->signer_key = X509_get_pubkey(s.cert);
			signature_timestamps(&s);
			signature_signer(&s);
			signature_signing_time(&s);
			tell_level(&s);
		}
	}
	sk_X509_pop_free(s.certs, X509_free);
	CMS_ContentInfo_free(s.cms);
}
