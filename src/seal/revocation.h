/* SPDX-License-Identifier: EUPL-1.2 */
/* Was a certificate revoked at a time? By revocation lists (RFC 5280) and OCSP answers (RFC 6960) that lie in signatures and time stamps. */
#ifndef SEAL_REVOCATION_H
#define SEAL_REVOCATION_H

#include "base/arena.h"
#include "base/span.h"

#include <openssl/x509.h>
#include <stdint.h>

struct revocation_evidence {
	STACK_OF(X509_CRL) *crls;      /* freed by revocation_evidence_free */
	struct span *answers;          /* OCSPResponse, in the arena */
	size_t answer_count;
};
/* Adds what lies in a CMS signature; der must live as long as the evidence. What cannot be read is left out: it proves nothing. */
void revocation_evidence_add(struct arena *a, struct revocation_evidence *evidence, struct span der);
void revocation_evidence_free(struct revocation_evidence *evidence);

enum standing { STANDING_UNKNOWN, STANDING_GOOD, STANDING_REVOKED };

struct standing_question {
	X509 *cert, *issuer;
	int64_t at, now;
	bool stamps;           /* of a time-stamp authority: RFC 3161, 4 */
	int64_t kept;          /* by a later stamp: what happened after it cannot matter; INT64_MAX: none */
};
enum standing standing_by_crl(X509_CRL *crl, const struct standing_question *q);
enum standing standing_by_ocsp(struct span answer, const struct standing_question *q);
/*
 * Of a whole chain, signer first, anchor last (which nobody can revoke): revoked when one certificate is, good when all are. *ret_about: the
 * certificate that decided; when gives all but cert and issuer; NULL when there is nothing to judge, since the signer is the anchor.
 */
enum standing standing_of_chain(const struct revocation_evidence *evidence, STACK_OF(X509) *chain, const struct standing_question *when, X509 **ret_about);

/* What both kinds share: an entry with that reason and date, does it hold at q->at? */
bool revocation_holds(const struct standing_question *q, int reason, int64_t from);
/* Does what was issued at that time, and is current until next, speak of q->at? */
bool speaks_of(const struct standing_question *q, int64_t issued, int64_t next);
int64_t seconds_of(const ASN1_TIME *t, int64_t without);

#endif
