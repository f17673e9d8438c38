/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Level LT: certificates and revocation lists put into a signature (SignedData.certificates, .crls), and verify's step `revocation`, which
 * reads them. Nothing is signed again, since neither is under the signature: a list proves itself by its issuer's signature, and whoever takes
 * it out leaves the step unchecked. A signer is judged at the time that a trusted time stamp proves, else now. Lists are brought by hand;
 * nothing is downloaded. OCSP answers and delta lists are not read, nor is the revocation of time-stamp authorities judged.
 */
#include "seal/seal_p.h"

#include "base/io.h"
#include "base/limits.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <time.h>

#define CRL_FILE_BYTES (32 * MIB)      /* a list of some hundred thousand certificates */

/* ------------------------------------------------------------------ attaching */

struct data {
	STACK_OF(X509) *chain;
	STACK_OF(X509_CRL) *crls;
	bool used;      /* some list is about some certificate */
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

/* Roots are left out: a verifier has its own. */
static int add_certs(CMS_ContentInfo *cms, const struct data *d)
{
	for (int i = 0; i < sk_X509_num(d->chain); i++) {
		X509 *cert = sk_X509_value(d->chain, i);

		if (!cert_is_self_signed(cert) && !CMS_add1_cert(cms, cert) && ERR_GET_REASON(ERR_peek_last_error()) != CMS_R_CERTIFICATE_ALREADY_PRESENT)
			return 0;
	}
	ERR_clear_error();
	return 1;
}

static int add_crls(CMS_ContentInfo *cms, struct data *d)
{
	STACK_OF(X509) *certs = CMS_get1_certs(cms);
	STACK_OF(X509_CRL) *present = CMS_get1_crls(cms);
	int ok = 1;

	for (int i = 0; ok && i < sk_X509_CRL_num(d->crls); i++) {
		X509_CRL *crl = sk_X509_CRL_value(d->crls, i);

		if (!issued_for(crl, certs))
			continue;
		d->used = true;
		ok = has_crl(present, crl) || CMS_add1_crl(cms, crl);
	}
	sk_X509_CRL_pop_free(present, X509_CRL_free);
	sk_X509_pop_free(certs, X509_free);
	return ok;
}

static int add_to(struct arena *a, struct zip_item *item, struct data *d, struct err *e)
{
	struct target t = {0};
	unsigned char *der = NULL;
	int n;

	if (target_open(item, &t, e))
		return -1;
	n = add_certs(t.cms, d) && add_crls(t.cms, d) ? i2d_CMS_ContentInfo(t.cms, &der) : -1;
	if (n > 0)
		item->data = arena_span(a, (struct span){(const char *)der, (size_t)n});
	OPENSSL_free(der);
	target_free(&t);
	return n > 0 ? 0 : err_set(e, EXIT_BROKEN, "cannot put the revocation data into the signature: %s", openssl_reason());
}

static int add_to_all(struct arena *a, struct span container, struct data *d, struct str *out, struct err *e)
{
	struct zip_item *found[LIMIT_CONTAINER_ENTRIES];
	struct zip z;
	size_t count;

	if (zip_read(a, container, &z, e))
		return -1;
	count = signatures_find(a, &z, found);
	for (size_t i = 0; i < count; i++)
		if (add_to(a, found[i], d, e))
			return -1;
	if (sk_X509_CRL_num(d->crls) && !d->used)
		return err_set(e, EXIT_USAGE, "no revocation list that was given is about a certificate of the container");
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

/* ------------------------------------------------------------------ judging */

enum standing { STANDING_UNKNOWN, STANDING_GOOD, STANDING_REVOKED };

/* Does some distribution point of the certificate have the list's name? Then the list is about this certificate too. */
static bool names_meet(const DIST_POINT_NAME *list, X509 *cert)
{
	CRL_DIST_POINTS *points = X509_get_ext_d2i(cert, NID_crl_distribution_points, NULL, NULL);
	bool met = false;

	for (int i = 0; !met && i < sk_DIST_POINT_num(points); i++) {
		const DIST_POINT_NAME *own = sk_DIST_POINT_value(points, i)->distpoint;

		if (!own || own->type != 0 || list->type != 0)
			continue;
		for (int k = 0; k < sk_GENERAL_NAME_num(own->name.fullname); k++)
			for (int m = 0; m < sk_GENERAL_NAME_num(list->name.fullname); m++)
				met |= !GENERAL_NAME_cmp(sk_GENERAL_NAME_value(own->name.fullname, k), sk_GENERAL_NAME_value(list->name.fullname, m));
	}
	CRL_DIST_POINTS_free(points);
	return met;
}

/* A list may say that it is about part of the issuer's certificates. */
static bool scope_covers(const X509_CRL *crl, X509 *cert)
{
	int critical;
	ISSUING_DIST_POINT *scope = X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, &critical, NULL);
	bool is_ca = X509_check_ca(cert) > 0;
	bool ok = !scope ? critical == -1
			 : scope->indirectCRL <= 0 && scope->onlyattr <= 0 && !scope->onlysomereasons && !(scope->onlyuser > 0 && is_ca) &&
				   !(scope->onlyCA > 0 && !is_ca) && (!scope->distpoint || names_meet(scope->distpoint, cert));

	ISSUING_DIST_POINT_free(scope);
	return ok;
}

static bool extensions_are_known(const X509_CRL *crl)
{
	for (int i = 0; i < X509_CRL_get_ext_count(crl); i++) {
		X509_EXTENSION *extension = X509_CRL_get_ext(crl, i);

		if (X509_EXTENSION_get_critical(extension) && OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_issuing_distribution_point)
			return false;
	}
	return true;
}

static int64_t seconds_of(const ASN1_TIME *t, int64_t without)
{
	struct tm tm;

	return t && ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) : without;
}

static bool list_is_sound(struct verification *v, X509_CRL *crl, X509 *cert, X509 *issuer)
{
	uint32_t usage = X509_get_key_usage(issuer);
	bool ok = !X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(cert)) && (usage == UINT32_MAX || usage & X509v3_KU_CRL_SIGN) &&
		  X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1 && extensions_are_known(crl) && scope_covers(crl, cert) &&
		  seconds_of(X509_CRL_get0_lastUpdate(crl), INT64_MAX) <= v->request->now + CLOCK_SLACK;

	ERR_clear_error();
	return ok;
}

/* From when on an entry holds: the date of invalidity, where one is given, may lie before that of revocation. */
static int64_t revoked_from(const X509_REVOKED *entry)
{
	int64_t from = seconds_of(X509_REVOKED_get0_revocationDate(entry), INT64_MIN);
	ASN1_GENERALIZEDTIME *invalid = X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, NULL, NULL);
	int64_t earlier = seconds_of(invalid, from);

	ASN1_GENERALIZEDTIME_free(invalid);
	return earlier < from ? earlier : from;
}

/* A list issued after that time says more than one that was current then, unless the certificate had expired and was dropped from it. */
static bool list_speaks_of(const X509_CRL *crl, const X509 *cert, int64_t at)
{
	int64_t issued = seconds_of(X509_CRL_get0_lastUpdate(crl), INT64_MAX), next = seconds_of(X509_CRL_get0_nextUpdate(crl), INT64_MIN);

	return issued <= at ? at <= next : issued <= seconds_of(X509_get0_notAfter(cert), INT64_MIN);
}

static enum standing standing_of(struct verification *v, STACK_OF(X509_CRL) *crls, X509 *cert, X509 *issuer, int64_t at)
{
	enum standing standing = STANDING_UNKNOWN;

	for (int i = 0; i < sk_X509_CRL_num(crls); i++) {
		X509_CRL *crl = sk_X509_CRL_value(crls, i);
		X509_REVOKED *entry = NULL;

		if (!list_is_sound(v, crl, cert, issuer))
			continue;
		if (X509_CRL_get0_by_cert(crl, &entry, cert) && entry && revoked_from(entry) <= at)
			return STANDING_REVOKED;
		if (list_speaks_of(crl, cert, at))
			standing = STANDING_GOOD;
	}
	return standing;
}

void verify_revocation(struct verification *v, const char *name, CMS_ContentInfo *cms, STACK_OF(X509) *chain, int64_t at)
{
	STACK_OF(X509_CRL) *crls = CMS_get1_crls(cms);
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)at);
	const char *text = time_text(v->arena, t);
	X509 *revoked = NULL, *unknown = NULL;

	for (int i = 0; i + 1 < sk_X509_num(chain) && !revoked; i++) {
		X509 *cert = sk_X509_value(chain, i);
		enum standing standing = standing_of(v, crls, cert, sk_X509_value(chain, i + 1), at);

		if (standing == STANDING_REVOKED)
			revoked = cert;
		else if (standing == STANDING_UNKNOWN && !unknown)
			unknown = cert;
	}
	if (revoked)
		step(v, "revocation", ASKS_SIGNER, STEP_FAILED, "%s : certificat révoqué, au %s : %s", "%s: a certificate that was revoked, at %s: %s", name, text,
		     cert_subject(v->arena, revoked));
	else if (unknown)
		step(v, "revocation", ASKS_SIGNER, STEP_NOT_CHECKED, "%s : aucune liste de révocation valable au %s ne couvre : %s (rien n'est téléchargé)",
		     "%s: no revocation list that is good at %s covers: %s (nothing is downloaded)", name, text, cert_subject(v->arena, unknown));
	else if (sk_X509_num(chain) > 1)
		step(v, "revocation", ASKS_SIGNER, STEP_PASSED, "%s : aucun certificat de la chaîne n'était révoqué au %s",
		     "%s: no certificate of the chain was revoked at %s", name, text);
	ASN1_TIME_free(t);
	sk_X509_CRL_pop_free(crls, X509_CRL_free);
}
