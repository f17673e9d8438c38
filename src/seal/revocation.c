/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Judges revocation by the lists in a signature. A list proves itself by its issuer's signature, so it may come from anywhere; whoever takes it
 * out leaves the question open. A signer is judged at the time that a trusted time stamp proves, else now. Nothing is downloaded. Not read:
 * indirect and delta lists, lists of some reasons alone. OCSP answers are ocsp.c's.
 */
#include "seal/revocation.h"
#include "seal/seal_p.h"
#include "seal/signed_data.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <time.h>

/* ------------------------------------------------------------------ gathering */

void revocation_evidence_add(struct arena *a, struct revocation_evidence *evidence, struct span der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	STACK_OF(X509_CRL) *crls = cms && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed ? CMS_get1_crls(cms) : NULL;
	struct signed_data d;
	struct span answer;

	if (!evidence->crls && !(evidence->crls = sk_X509_CRL_new_null()))
		arena_exhausted();
	while (sk_X509_CRL_num(crls) > 0)
		sk_X509_CRL_push(evidence->crls, sk_X509_CRL_shift(crls));
	sk_X509_CRL_free(crls);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	if (!signed_data_read(der, &d))
		while (signed_data_next_ocsp(&d.revocations, &answer))
			*ARENA_PUSH(a, evidence->answers, evidence->answer_count) = answer;
}

void revocation_evidence_free(struct revocation_evidence *evidence)
{
	sk_X509_CRL_pop_free(evidence->crls, X509_CRL_free);
	*evidence = (struct revocation_evidence){0};
}

/* ------------------------------------------------------------------ what a list is about */

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

int64_t seconds_of(const ASN1_TIME *t, int64_t without)
{
	struct tm tm;

	return t && ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) : without;
}

static bool list_is_sound(X509_CRL *crl, const struct standing_question *q)
{
	uint32_t usage = X509_get_key_usage(q->issuer);
	bool ok = !X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(q->cert)) && (usage == UINT32_MAX || usage & X509v3_KU_CRL_SIGN) &&
		  X509_CRL_verify(crl, X509_get0_pubkey(q->issuer)) == 1 && extensions_are_known(crl) && scope_covers(crl, q->cert) &&
		  seconds_of(X509_CRL_get0_lastUpdate(crl), INT64_MAX) <= q->now + CLOCK_SLACK;

	ERR_clear_error();
	return ok;
}

/* ------------------------------------------------------------------ when it holds */

/*
 * A signature counts from its own time. Tokens of a time-stamp authority that was revoked without a reason, or because its key was lost,
 * prove nothing whatever their time says; those of one that merely closed or changed its name stay good (RFC 3161, 4).
 */
bool revocation_holds(const struct standing_question *q, int reason, int64_t from)
{
	static const int harmless[] = {CRL_REASON_UNSPECIFIED, CRL_REASON_AFFILIATION_CHANGED, CRL_REASON_SUPERSEDED, CRL_REASON_CESSATION_OF_OPERATION};

	if (!q->stamps || from > q->kept)
		return from <= q->at;
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (reason == harmless[i])
			return from <= q->at;
	return true;
}

/* Data issued after that time says more than what was current then, unless the certificate had expired and was dropped from it. */
bool speaks_of(const struct standing_question *q, int64_t issued, int64_t next)
{
	return issued <= q->at ? q->at <= next : issued <= seconds_of(X509_get0_notAfter(q->cert), INT64_MIN);
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

static int reason_of(const X509_REVOKED *entry)
{
	ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
	long code = reason ? ASN1_ENUMERATED_get(reason) : -1;

	ASN1_ENUMERATED_free(reason);
	return code >= 0 && code <= 10 ? (int)code : -1;
}

enum standing standing_by_crl(X509_CRL *crl, const struct standing_question *q)
{
	X509_REVOKED *entry = NULL;

	if (!list_is_sound(crl, q))
		return STANDING_UNKNOWN;
	if (X509_CRL_get0_by_cert(crl, &entry, q->cert) == 1 && revocation_holds(q, reason_of(entry), revoked_from(entry)))
		return STANDING_REVOKED;
	return speaks_of(q, seconds_of(X509_CRL_get0_lastUpdate(crl), INT64_MAX), seconds_of(X509_CRL_get0_nextUpdate(crl), INT64_MIN)) ? STANDING_GOOD
																	: STANDING_UNKNOWN;
}

/* ------------------------------------------------------------------ a certificate, a chain */

/* One piece that says revoked is enough, whatever others say. */
static enum standing standing_of(const struct revocation_evidence *evidence, const struct standing_question *q)
{
	enum standing standing = STANDING_UNKNOWN;
	size_t lists = (size_t)(evidence->crls ? sk_X509_CRL_num(evidence->crls) : 0);

	for (size_t i = 0; i < lists + evidence->answer_count; i++) {
		enum standing one = i < lists ? standing_by_crl(sk_X509_CRL_value(evidence->crls, (int)i), q) : standing_by_ocsp(evidence->answers[i - lists], q);

		if (one == STANDING_REVOKED)
			return STANDING_REVOKED;
		if (one == STANDING_GOOD)
			standing = STANDING_GOOD;
	}
	return standing;
}

enum standing standing_of_chain(const struct revocation_evidence *evidence, STACK_OF(X509) *chain, const struct standing_question *when, X509 **ret_about)
{
	enum standing all = STANDING_GOOD;

	*ret_about = NULL;
	for (int i = 0; i + 1 < sk_X509_num(chain); i++) {
		struct standing_question q = *when;
		enum standing one;

		q.cert = sk_X509_value(chain, i);
		q.issuer = sk_X509_value(chain, i + 1);
		one = standing_of(evidence, &q);

		if (!*ret_about || one == STANDING_REVOKED || (one == STANDING_UNKNOWN && all == STANDING_GOOD))
			*ret_about = q.cert;
		if (one == STANDING_REVOKED)
			return STANDING_REVOKED;
		if (one == STANDING_UNKNOWN)
			all = STANDING_UNKNOWN;
	}
	return all;
}
