/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A CAdES signature, baseline level B (ETSI EN 319 122-1, 6.3): detached CMS over the manifest's bytes with content-type, message-digest,
 * signing-time, signing-certificate-v2 and mime-type signed. The signing time is the real clock: a fixed one could lie before the
 * certificate's validity, which other verifiers refuse. Verification is verify_cms.c.
 */
#include "seal/seal_p.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <time.h>

#define OID_MIME_TYPE "0.4.0.1733.2.1"

/* RSA keys sign with PSS, salt as long as the digest. */
static int choose_padding(CMS_SignerInfo *si, const struct signer *s)
{
	EVP_PKEY_CTX *ctx = CMS_SignerInfo_get0_pkey_ctx(si);

	if (!EVP_PKEY_is_a(s->key, "RSA") && !EVP_PKEY_is_a(s->key, "RSA-PSS"))
		return 1;
	return ctx && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) > 0 && EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, s->md) > 0;
}

/* Lengths are always given: with -1 OpenSSL takes the pointer for an ASN1_STRING. */
static int add_attributes(CMS_SignerInfo *si)
{
	static const char type[] = "application/xml";
	ASN1_TIME *now = ASN1_TIME_set(NULL, time(NULL));
	int ok = now && CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime, ASN1_STRING_type(now), ASN1_STRING_get0_data(now), ASN1_STRING_length(now)) &&
		 CMS_signed_add1_attr_by_txt(si, OID_MIME_TYPE, V_ASN1_UTF8STRING, type, sizeof type - 1);

	ASN1_TIME_free(now);
	return ok;
}

/* Intermediates, so that a verifier with the root alone can build the chain; never the root itself. */
int cms_add_chain(CMS_ContentInfo *cms, const struct signer *s)
{
	for (int i = 0; i < sk_X509_num(s->chain); i++) {
		X509 *cert = sk_X509_value(s->chain, i);

		if (cert_is_self_signed(cert) || !X509_cmp(cert, s->cert))
			continue;
		if (!CMS_add1_cert(cms, cert) && ERR_GET_REASON(ERR_peek_last_error()) != CMS_R_CERTIFICATE_ALREADY_PRESENT)
			return 0;
	}
	ERR_clear_error();
	return 1;
}

static CMS_ContentInfo *build(const struct signer *s, struct span content)
{
	const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL;
	BIO *in = BIO_new_mem_buf(content.p, (int)content.n);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	CMS_SignerInfo *si = cms ? CMS_add1_signer(cms, s->cert, s->key, s->md, flags | CMS_NOSMIMECAP | CMS_CADES | CMS_KEY_PARAM) : NULL;

	if (!in || !si || !choose_padding(si, s) || !cms_add_chain(cms, s) || !add_attributes(si) ||
	    !CMS_final(cms, in, NULL, CMS_BINARY | CMS_DETACHED)) {
		CMS_ContentInfo_free(cms);
		cms = NULL;
	}
	BIO_free(in);
	return cms;
}

int cms_sign(struct arena *a, const struct signer *s, struct span content, struct span *ret, struct err *e)
{
	CMS_ContentInfo *cms = build(s, content);
	unsigned char *der = NULL;
	int n = cms ? i2d_CMS_ContentInfo(cms, &der) : -1;

	CMS_ContentInfo_free(cms);
	if (n <= 0)
		return err_set(e, EXIT_BROKEN, "cannot sign: %s", openssl_reason());
	*ret = arena_span(a, (struct span){(const char *)der, (size_t)n});
	OPENSSL_free(der);
	return 0;
}
