/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of a CMS signature as they lie in its bytes, where OpenSSL 3.0 shows or takes none: version numbers, OCSP answers. */
#ifndef SEAL_SIGNED_DATA_H
#define SEAL_SIGNED_DATA_H

#include "base/arena.h"
#include "base/span.h"

struct signed_data {
	int version, signer_version;      /* of the first signer; -1: not one byte */
	struct span digests, content, certificates, signers;      /* whole elements; certificates may be empty */
	struct span revocations;      /* what is in crls [1], may be empty */
};

/* ContentInfo with SignedData, in DER. */
int signed_data_read(struct span der, struct signed_data *ret);
bool signed_data_has_ocsp(const struct signed_data *d);
/* Takes the next OCSPResponse from rest, which begins as d->revocations. */
bool signed_data_next_ocsp(struct span *rest, struct span *ret);
/* The same with a further OCSPResponse (RFC 5940), unless it is there already. */
int signed_data_add_ocsp(struct arena *a, struct span der, struct span answer, struct span *ret);

/* Reads one DER header at *p; on success *p points at its content and *ret_end behind it. */
bool der_enter(const unsigned char **p, const unsigned char *end, int wanted_class, int wanted_tag, const unsigned char **ret_end);

#endif
