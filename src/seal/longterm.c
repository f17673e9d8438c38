/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Level LT: certificates, revocation lists and OCSP answers put into signatures and archive stamps (SignedData.certificates, .crls). Nothing is signed again,
 * since they are not under the signature. What a later archive stamp covers is closed: its bytes may not change any more. Judging what is there
 * is revocation.c's.
 */
#include "seal/seal_p.h"
#include "seal/signed_data.h"

#include "base/io.h"
#include "base/limits.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define OCSP_FILE_BYTES MIB
#define CRL_FILE_BYTES (32 * MIB)      /* a list of some hundred thousand certificates */

/* ------------------------------------------------------------------ attaching */

struct data {
	STACK_OF(X509) *chain;
	STACK_OF(X509_CRL) *crls;
	struct span *answers;
	size_t answer_count;
	bool used;      /* some list or answer is about some certificate */
	struct err why; /* what is wrong with an answer that was left out */
};

static int crls_read(struct arena *a, const char *path, STACK_OF(X509_CRL) *list, struct err *e)
{
	int before = sk_X509_CRL_num(list);
	struct span bytes;
	X509_CRL *crl;
	BIO *in;

	if (io_read(a, path, CRL_FILE_BYTES, &bytes, e))
		return -1;
	in = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	while (in && (crl = PEM_read_bio_X509_CRL(in, NULL, NULL, NULL)))
		sk_X509_CRL_push(list, crl);
	BIO_free(in);
	if (sk_X509_CRL_num(list) == before) {
		const unsigned char *p = (const unsigned char *)bytes.p;

		if ((crl = d2i_X509_CRL(NULL, &p, (long)bytes.n)))
			sk_X509_CRL_push(list, crl);
	}
	ERR_clear_error();
	return sk_X509_CRL_num(list) > before ? 0 : err_set(e, EXIT_USAGE, "cannot read '%s': no revocation list in it", path);
}

static int read_data(struct arena *a, const struct revocation_data *d, struct data *ret, struct err *e)
{
	ret->chain = sk_X509_new_null();
	ret->crls = sk_X509_CRL_new_null();
	if (!ret->chain || !ret->crls)
		arena_exhausted();
	for (size_t i = 0; i < d->crl_count; i++)
		if (crls_read(a, d->crls[i], ret->crls, e))
			return -1;
	ret->answers = ARENA_ARRAY(a, struct span, d->ocsp_count + 1);
	for (; ret->answer_count < d->ocsp_count; ret->answer_count++)
		if (io_read(a, d->ocsps[ret->answer_count], OCSP_FILE_BYTES, &ret->answers[ret->answer_count], e))
			return -1;
	return d->chain ? certs_read(d->chain, ret->chain, e) : 0;
}

static bool issued_for(const X509_CRL *crl, STACK_OF(X509) *certs)
{
	for (int i = 0; i < sk_X509_num(certs); i++)
		if (!X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(sk_X509_value(certs, i))))
			return true;
	return false;
}

static bool has_crl(STACK_OF(X509_CRL) *list, const X509_CRL *crl)
{
	for (int i = 0; i < sk_X509_CRL_num(list); i++)
		if (!X509_CRL_match(sk_X509_CRL_value(list, i), crl))
			return true;
	return false;
}

/* ------------------------------------------------------------------ whose data belongs where */

static void append_certs(STACK_OF(X509) *list, CMS_ContentInfo *cms)
{
	STACK_OF(X509) *certs = cms ? CMS_get1_certs(cms) : NULL;

	while (sk_X509_num(certs) > 0)
		sk_X509_push(list, sk_X509_shift(certs));
	sk_X509_free(certs);
}

static void append_certs_of_token(STACK_OF(X509) *list, const ASN1_TYPE *value)
{
	const unsigned char *p = value && value->type == V_ASN1_SEQUENCE ? ASN1_STRING_get0_data(value->value.sequence) : NULL;
	CMS_ContentInfo *token = p ? d2i_CMS_ContentInfo(NULL, &p, ASN1_STRING_length(value->value.sequence)) : NULL;

	append_certs(list, token);
	CMS_ContentInfo_free(token);
	ERR_clear_error();
}

/* Of a signature or token, and of the time stamps in the signature, whose authorities' revocation data lies with the signer's. */
static STACK_OF(X509) *certs_concerned(CMS_ContentInfo *cms)
{
	STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
	STACK_OF(X509) *list = sk_X509_new_null();

	if (!list)
		arena_exhausted();
	append_certs(list, cms);
	for (int i = 0; i < sk_CMS_SignerInfo_num(signers); i++) {
		CMS_SignerInfo *si = sk_CMS_SignerInfo_value(signers, i);

		for (int at = -1; (at = CMS_unsigned_get_attr_by_NID(si, NID_id_smime_aa_timeStampToken, at)) >= 0;)
			append_certs_of_token(list, X509_ATTRIBUTE_get0_type(CMS_unsigned_get_attr(si, at), 0));
	}
	return list;
}

static bool issued_some(X509 *issuer, STACK_OF(X509) *certs)
{
	for (int i = 0; i < sk_X509_num(certs); i++)
		if (X509_check_issued(issuer, sk_X509_value(certs, i)) == X509_V_OK)
			return true;
	return false;
}

/* Those that issued what is there. Roots are left out: a verifier has its own. Returns how many were added, -1 on failure. */
static int add_certs(CMS_ContentInfo *cms, const struct data *d)
{
	STACK_OF(X509) *certs = certs_concerned(cms);
	int added = 0, before = -1;

	while (added >= 0 && before != added) {      /* a certificate just added may have its issuer behind it */
		before = added;
		for (int i = 0; added >= 0 && i < sk_X509_num(d->chain); i++) {
			X509 *cert = sk_X509_value(d->chain, i);

			if (cert_is_self_signed(cert) || !issued_some(cert, certs))
				continue;
			if (CMS_add1_cert(cms, cert))
				added += X509_up_ref(cert) && sk_X509_push(certs, cert);
			else if (ERR_GET_REASON(ERR_peek_last_error()) != CMS_R_CERTIFICATE_ALREADY_PRESENT)
				added = -1;
		}
	}
	if (added >= 0)
		ERR_clear_error();
	sk_X509_pop_free(certs, X509_free);
	return added;
}

/* The same of lists. */
static int add_crls(CMS_ContentInfo *cms, struct data *d)
{
	STACK_OF(X509) *certs = certs_concerned(cms);
	STACK_OF(X509_CRL) *present = CMS_get1_crls(cms);
	int added = 0;

	for (int i = 0; added >= 0 && i < sk_X509_CRL_num(d->crls); i++) {
		X509_CRL *crl = sk_X509_CRL_value(d->crls, i);

		if (!issued_for(crl, certs))
			continue;
		d->used = true;
		if (!has_crl(present, crl))
			added = CMS_add1_crl(cms, crl) ? added + 1 : -1;
	}
	sk_X509_CRL_pop_free(present, X509_CRL_free);
	sk_X509_pop_free(certs, X509_free);
	return added;
}

/* der becomes the signature with the answers that are about its certificates. */
static int add_answers(struct arena *a, STACK_OF(X509) *certs, struct data *d, struct span *der, struct err *e)
{
	for (size_t i = 0; i < d->answer_count; i++) {
		struct err why = {0};

		if (!ocsp_check_answer(d->answers[i], certs, &why)) {
			if (signed_data_add_ocsp(a, *der, d->answers[i], der))
				return err_set(e, EXIT_UNVERIFIED, "cannot put an OCSP response into the signature: it is not in DER");
			d->used = true;
		} else if (!*d->why.text) {
			d->why = why;
		}
	}
	return 0;
}

/* Nothing is written anew that gets nothing: another tool's bytes then stay as they are. */
static int write_changed(struct arena *a, CMS_ContentInfo *cms, struct span *bytes, struct err *e)
{
	unsigned char *der = NULL;
	int n = i2d_CMS_ContentInfo(cms, &der);

	if (n > 0)
		*bytes = arena_span(a, (struct span){(const char *)der, (size_t)n});
	OPENSSL_free(der);
	return n > 0 ? 0 : err_set(e, EXIT_BROKEN, "cannot write the signature: %s", openssl_reason());
}

/* A token is a CMS signature too: the same may be put into it. */
static int add_to(struct arena *a, struct zip_item *item, struct data *d, struct err *e)
{
	const unsigned char *p = (const unsigned char *)item->data.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)item->data.n);
	int certs = cms ? add_certs(cms, d) : -1, crls = certs < 0 ? -1 : add_crls(cms, d), rc = -1;
	STACK_OF(X509) *concerned;

	if (crls < 0) {
		err_set(e, EXIT_BROKEN, "cannot put the revocation data into the signature: %s", openssl_reason());
	} else if (!(certs + crls) || !write_changed(a, cms, &item->data, e)) {
		concerned = certs_concerned(cms);
		rc = add_answers(a, concerned, d, &item->data, e);
		sk_X509_pop_free(concerned, X509_free);
	}
	CMS_ContentInfo_free(cms);
	return rc;
}

/* Named by an archive manifest: a stamp is over its bytes. */
static bool is_closed(struct arena *a, const struct zip *z, struct span name)
{
	for (size_t i = 0; i < z->count; i++) {
		struct err ignored = {0};
		struct manifest m;

		if (is_archive_manifest(z->items[i].name) && !manifest_read(a, z->items[i].data, &m, &ignored) && reference_of(&m, name))
			return true;
	}
	return false;
}

static int add_to_all(struct arena *a, struct span container, struct data *d, struct str *out, struct err *e)
{
	struct zip_item *found[2 * LIMIT_CONTAINER_ENTRIES];
	struct zip z;
	size_t count;

	if (zip_read(a, container, &z, e))
		return -1;
	count = signatures_find(a, &z, found);
	for (size_t i = 0; i < z.count; i++)
		if (is_timestamp(z.items[i].name))
			found[count++] = &z.items[i];
	for (size_t i = 0; i < count; i++)
		if (!is_closed(a, &z, found[i]->name) && add_to(a, found[i], d, e))
			return -1;
	if (*d->why.text && !d->used)
		return err_set(e, d->why.code, "%s", d->why.text);
	if ((sk_X509_CRL_num(d->crls) || d->answer_count) && !d->used)
		return err_set(e, EXIT_USAGE, "no revocation list or OCSP response that was given is about a certificate of the container that no archive stamp closes");
	zip_write(out, &z);
	if (str_failed(out))
		return err_set(e, EXIT_BROKEN, "cannot write the container: it is larger than its limit");
	return container_verifies(a, str_get(out), e);
}

int revocation_attach(struct arena *a, struct span container, const struct revocation_data *what, struct str *out, struct err *e)
{
	struct data d = {0};
	int rc = container_verifies(a, container, e) || read_data(a, what, &d, e) || add_to_all(a, container, &d, out, e) ? -1 : 0;

	sk_X509_CRL_pop_free(d.crls, X509_CRL_free);
	sk_X509_pop_free(d.chain, X509_free);
	return rc;
}
