/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to verify_cms.c and verify_signer.c: one signature while its steps are taken. */
#ifndef SEAL_VERIFY_CMS_P_H
#define SEAL_VERIFY_CMS_P_H

#include "seal/seal_p.h"
#include "seal/signed_data.h"

struct signature {
	struct verification *v;
	const char *name;           /* of the entry, safe */
	struct span bytes, manifest;
	CMS_ContentInfo *cms;
	CMS_SignerInfo *si;
	X509 *cert;
	STACK_OF(X509) *certs;      /* all that the signature carries, a list of our own */
	int64_t proven;             /* the earliest time that a trusted time stamp proves, 0: none */
	const char *proven_text;
	int64_t preserved;          /* since when an archive stamp proves that all this existed, 0: none does */
	bool stamped, archived;
};

#define SIGNATURE_STEP(s, id, question, result, fr, en, ...) \
	step((s)->v, id, question, result, "%s : " fr, "%s: " en, (s)->name, ##__VA_ARGS__)

/* The index of a signed attribute that has one value and stands once in the list, or -1. */
int signature_attribute(const CMS_SignerInfo *si, int nid);

/* verify_signer.c, in this order: a trusted time stamp is when the signer is judged. */
void signature_timestamps(struct signature *s);
int signature_signer(struct signature *s);
void signature_signing_time(struct signature *s);

#endif
