/* SPDX-License-Identifier: EUPL-1.2 */
/* Who signed, and when: time stamps, the chain to the caller's anchors, revocation, the time that the signer claims. */
#include "seal/verify_cms_p.h"

#include <openssl/x509v3.h>

/* ------------------------------------------------------------------ who signed */

/* The time at which the signer is judged: proven by a stamp, else now. */
static int64_t time_of_judgement(const struct signature *s)
{
	return s->proven ? s->proven : s->v->request->now;
}

/*
 * No step when the signer's certificate is itself the anchor: nobody could revoke it. The data lies outside the signed bytes and proves itself
 * by its issuers' signatures.
 */
static void check_revocation(struct signature *s, STACK_OF(X509) *chain)
{
	const struct standing_question when = {.at = time_of_judgement(s), .now = s->v->request->now, .kept = INT64_MAX};
	const char *text = seconds_text(s->v->arena, when.at), *subject;
	struct revocation_evidence evidence = {0};
	enum standing standing;
	X509 *about;

	revocation_evidence_add(s->v->arena, &evidence, s->bytes);
	standing = standing_of_chain(&evidence, chain, &when, &about);
	subject = about ? cert_subject(s->v->arena, about) : "";
	revocation_evidence_free(&evidence);
	if (standing == STANDING_REVOKED)
		SIGNATURE_STEP(s, "revocation", ASKS_SIGNER, STEP_FAILED, "certificat révoqué, au %s : %s", "a certificate that was revoked, at %s: %s", text, subject);
	else if (standing == STANDING_UNKNOWN)
		SIGNATURE_STEP(s, "revocation", ASKS_SIGNER, STEP_NOT_CHECKED, "aucune donnée de révocation valable au %s ne couvre : %s (rien n'est téléchargé)",
			       "no revocation data that is good at %s covers: %s (nothing is downloaded)", text, subject);
	else if (about)
		SIGNATURE_STEP(s, "revocation", ASKS_SIGNER, STEP_PASSED, "aucun certificat de la chaîne n'était révoqué au %s",
			       "no certificate of the chain was revoked at %s", text);
}

static int check_chain(struct signature *s)
{
	const struct anchors anchors = {s->v->request->anchors, trusted_services(s->v, SERVICE_CERTIFICATES, time_of_judgement(s))};
	struct err e = {0};
	X509_STORE *store = anchors_store(&anchors, time_of_judgement(s), &e);
	const char *reason = NULL, *service;
	STACK_OF(X509) *chain;

	if (!store)
		return SIGNATURE_STEP(s, "signer-chain", ASKS_SIGNER, STEP_FAILED, "les ancres ne sont pas lisibles (%s)",
				      "the anchors cannot be read (%s)", safe(s->v, span_of(e.text)));
	chain = chain_find(store, s->cert, s->certs, 0, &reason);
	X509_STORE_free(store);
	if (!chain)
		return SIGNATURE_STEP(s, "signer-chain", ASKS_SIGNER, STEP_FAILED, "aucune chaîne jusqu'à une ancre de confiance au %s (%s)",
				      "no chain to an anchor trusted at %s (%s)", seconds_text(s->v->arena, time_of_judgement(s)), reason);
	service = service_of_chain(s->v, SERVICE_CERTIFICATES, chain, time_of_judgement(s));
	if (service)
		SIGNATURE_STEP(s, "signer-chain", ASKS_SIGNER, STEP_PASSED, "le certificat mène au service « %s » d'une liste de confiance",
			       "the certificate leads to the service '%s' of a trusted list", service);
	else
		SIGNATURE_STEP(s, "signer-chain", ASKS_SIGNER, STEP_PASSED, "le certificat mène à une ancre donnée", "the certificate leads to a given anchor");
	check_revocation(s, chain);
	if (s->v->lists)
		verify_qualified(s->v, s->name, s->cert, service);
	sk_X509_pop_free(chain, X509_free);
	return 0;
}

int signature_signer(struct signature *s)
{
	if (s->v->request->anchors || s->v->lists)
		return check_chain(s);
	if (cert_is_self_signed(s->cert))
		return SIGNATURE_STEP(s, "signer-chain", ASKS_SIGNER, STEP_NOT_CHECKED,
				      "certificat auto-signé : il prouve que rien n'a changé depuis la signature par le détenteur de cette clé ; "
				      "il ne prouve pas qui est ce détenteur. Comparez l'empreinte du certificat avec celle que le signataire "
				      "vous a donnée autrement, ou donnez son certificat avec --anchors",
				      "self-signed certificate: it proves that nothing changed since the holder of this key signed; it does not "
				      "prove who that holder is. Compare the certificate's fingerprint with the one that the signer gave you "
				      "another way, or give their certificate with --anchors");
	return SIGNATURE_STEP(s, "signer-chain", ASKS_SIGNER, STEP_NOT_CHECKED, "aucune ancre de confiance donnée (--anchors)",
			      "no trusted anchors given (--anchors)");
}

/* ------------------------------------------------------------------ when */

const char *time_text(struct arena *a, const ASN1_TIME *t)
{
	struct tm tm;

	if (!t || !ASN1_TIME_to_tm(t, &tm))
		return NULL;
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

const char *seconds_text(struct arena *a, int64_t at)
{
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)at);
	const char *text = time_text(a, t);

	ASN1_TIME_free(t);
	return text ? text : "?";
}

struct span signature_value(CMS_SignerInfo *si)
{
	const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(si);

	return (struct span){(const char *)ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)};
}

static void check_token(struct signature *s, const ASN1_TYPE *value)
{
	struct span bytes = {(const char *)ASN1_STRING_get0_data(value->value.sequence), (size_t)ASN1_STRING_length(value->value.sequence)};
	const struct token_question q = {.bytes = bytes, .data = signature_value(s->si), .signature = s->bytes, .kept = s->preserved,
					 .at = s->preserved ? s->preserved : s->v->request->now};
	struct token t;

	token_verify(s->v, &q, &t);
	if (t.state == TOKEN_WRONG)
		SIGNATURE_STEP(s, "timestamp", ASKS_TIME, STEP_FAILED, "l'horodatage ne vaut pas pour cette signature : %s",
			       "the time stamp is not good for this signature: %s", t.reason);
	else if (t.state == TOKEN_SOUND)
		SIGNATURE_STEP(s, "timestamp", ASKS_TIME, STEP_NOT_CHECKED, "horodatée le %s par une autorité que rien ici n'atteste (--tsa-anchors)",
			       "stamped at %s by an authority that nothing here vouches for (--tsa-anchors)", t.text);
	else if (t.service)
		SIGNATURE_STEP(s, "timestamp", ASKS_TIME, STEP_PASSED, "existait le %s, selon l'horodatage qualifié « %s »", "existed at %s, by the qualified time stamp '%s'",
			       t.text, t.service);
	else
		SIGNATURE_STEP(s, "timestamp", ASKS_TIME, STEP_PASSED, "existait le %s, selon une autorité d'horodatage de confiance",
			       "existed at %s, by a trusted time-stamp authority", t.text);
	s->stamped |= t.state != TOKEN_WRONG;
	if (token_proves(s->v, &t, s->name) && (!s->proven || t.time < s->proven)) {
		s->proven = t.time;
		s->proven_text = t.text;
	}
}

/* EN 319 122-1, 5.5.3: the other way to level LTA. */
static bool has_archive_attribute(const CMS_SignerInfo *si)
{
	ASN1_OBJECT *kind = OBJ_txt2obj("0.4.0.1733.2.4", 1);
	bool found = kind && CMS_unsigned_get_attr_by_OBJ(si, kind, -1) >= 0;

	ASN1_OBJECT_free(kind);
	return found;
}

/* Anybody can add an unsigned attribute: each token is judged, and none proves more than its authority. */
void signature_timestamps(struct signature *s)
{
	for (int at = -1; (at = CMS_unsigned_get_attr_by_NID(s->si, NID_id_smime_aa_timeStampToken, at)) >= 0;) {
		X509_ATTRIBUTE *attr = CMS_unsigned_get_attr(s->si, at);

		for (int i = 0; i < X509_ATTRIBUTE_count(attr); i++) {
			const ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(attr, i);

			if (value && value->type == V_ASN1_SEQUENCE)
				check_token(s, value);
			else
				SIGNATURE_STEP(s, "timestamp", ASKS_TIME, STEP_FAILED, "l'horodatage n'en est pas un", "the time stamp is none");
		}
	}
	if (has_archive_attribute(s->si))
		SIGNATURE_STEP(s, "archive-attribute", ASKS_TIME, STEP_NOT_CHECKED, "un horodatage d'archive dans la signature (archive-time-stamp-v3) n'est pas jugé ici",
			       "an archive time stamp inside the signature (archive-time-stamp-v3) is not judged here");
	if (s->preserved && (!s->proven || s->preserved < s->proven)) {
		s->proven = s->preserved;
		s->proven_text = seconds_text(s->v->arena, s->preserved);
	}
	if (!s->v->result->proven_time)
		s->v->result->proven_time = s->proven_text;
}

/* The signing time, of either ASN.1 time type; NULL when it is neither. */
static const ASN1_TIME *signing_time(const struct signature *s)
{
	X509_ATTRIBUTE *attr = s->v->claimed_time ? NULL : CMS_signed_get_attr(s->si, signature_attribute(s->si, NID_pkcs9_signingTime));
	const ASN1_TYPE *value = attr ? X509_ATTRIBUTE_get0_type(attr, 0) : NULL;

	if (s->v->claimed_time)
		return s->v->claimed_time;
	if (!value || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME))
		return NULL;
	return value->type == V_ASN1_UTCTIME ? value->value.utctime : value->value.generalizedtime;
}

/* What is wrong with the claimed time, as two formats for its text; NULL when nothing is. */
static const char *const *time_fault(const struct signature *s, const ASN1_TIME *t)
{
	static const char *const future[] = {"%s : l'heure de signature %s est dans le futur", "%s: the signing time %s is in the future"};
	static const char *const after[] = {"%s : l'heure de signature %s est après l'horodatage", "%s: the signing time %s is after the time stamp"};
	static const char *const outside[] = {"%s : l'heure de signature %s est hors de la validité du certificat",
					      "%s: the signing time %s is outside the certificate's validity"};
	ASN1_TIME *now = ASN1_TIME_set(NULL, (time_t)(s->v->request->now + CLOCK_SLACK));
	ASN1_TIME *stamp = s->proven ? ASN1_TIME_set(NULL, (time_t)(s->proven + CLOCK_SLACK)) : NULL;
	const char *const *fault = NULL;

	if (ASN1_TIME_compare(t, now) > 0)
		fault = future;
	else if (stamp && ASN1_TIME_compare(t, stamp) > 0)
		fault = after;
	else if (ASN1_TIME_compare(t, X509_get0_notBefore(s->cert)) < 0 || ASN1_TIME_compare(t, X509_get0_notAfter(s->cert)) > 0)
		fault = outside;
	ASN1_TIME_free(stamp);
	ASN1_TIME_free(now);
	return fault;
}

void signature_signing_time(struct signature *s)
{
	const ASN1_TIME *t = signing_time(s);
	const char *text = time_text(s->v->arena, t), *const *fault = text ? time_fault(s, t) : NULL;

	if (!text)
		SIGNATURE_STEP(s, "signing-time", ASKS_TIME, STEP_FAILED, "l'heure de signature n'est pas une heure", "the signing time is not a time");
	else if (fault)
		step(s->v, "signing-time", ASKS_TIME, STEP_FAILED, fault[0], fault[1], s->name, text);
	else if (s->proven)
		SIGNATURE_STEP(s, "signing-time", ASKS_TIME, STEP_PASSED, "%s selon le signataire, ce que l'horodatage ne contredit pas",
			       "%s by the signer, which the time stamp does not contradict", text);
	else
		SIGNATURE_STEP(s, "signing-time", ASKS_TIME, STEP_NOT_CHECKED, "%s selon le signataire lui-même ; aucun horodatage vérifié ne le prouve",
			       "%s by the signer's own word; no verified time stamp proves it", text);
	if (!s->v->result->signing_time)
		s->v->result->signing_time = text;
}
