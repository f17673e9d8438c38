/* SPDX-License-Identifier: EUPL-1.2 */
/* The enveloped XML signature of a trusted list (XMLDSig, XAdES), and what exactly it covers. */
#ifndef SEAL_XMLDSIG_H
#define SEAL_XMLDSIG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

#include <openssl/x509.h>

struct xml_signed {
	struct span content;      /* the document as it was digested: exclusive canonical XML without the signature; in the arena */
	const char *root;         /* local name of its root */
	X509 *signer;             /* the one of allowed whose key signed; borrowed */
};

/* Fails unless the whole document is signed by the key of a certificate of allowed, which the signature itself names. */
int xml_signed_read(struct arena *a, struct span bytes, STACK_OF(X509) *allowed, struct xml_signed *ret, struct err *e);

#endif
