/* SPDX-License-Identifier: EUPL-1.2 */
/* X.509 certificates as text fields: the second door to OpenSSL in base/, for reading only. Nothing is verified here. */
#ifndef BASE_CERT_H
#define BASE_CERT_H

#include "base/arena.h"
#include "base/date.h"

struct cert {
	const char *subject, *issuer;       /* RFC 2253, UTF-8 */
	const char *const *names;           /* subject alternative names: DNS and IP, as text */
	size_t name_count;
	bool is_ca;
	const char *key_type, *curve;       /* RSA, EC, ED25519 ...; curve P-256 ... or NULL */
	int key_bits;
	const char *signature;              /* sha256WithRSAEncryption */
	date_t not_before, not_after;
	size_t offset;                      /* of "-----BEGIN" in the text */
};

#define CERTS_MAX 64      /* in one text: a bundle of trust anchors has 150, a chain three */

/* Every PEM certificate in a text, in order; those that cannot be parsed are left out and counted. At most CERTS_MAX. */
size_t certs_in_text(struct arena *a, struct span text, struct cert *ret, size_t *ret_bad);
/* Standard base64, blanks allowed; p NULL when it is none. */
struct span base64_read(struct arena *a, struct span text);

#endif
