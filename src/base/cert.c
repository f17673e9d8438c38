/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * PEM certificates to text fields (RFC 5280, RFC 7468). OpenSSL parses; chains, purposes and validity are the rules' affair.
 * Times are taken as calendar dates in UTC. Errors of OpenSSL are cleared: a broken certificate is only counted.
 */
#include "base/cert.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"

static const char *bio_text(struct arena *a, BIO *bio)
{
	char *bytes;
	long n = BIO_get_mem_data(bio, &bytes);

	return n > 0 ? arena_dup(a, bytes, (size_t)n) : "";
}

static const char *name_text(struct arena *a, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	const char *text = "";

	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0)
		text = bio_text(a, bio);
	BIO_free(bio);
	return text;
}

static const char *general_name(struct arena *a, const GENERAL_NAME *name)
{
	const ASN1_STRING *s;
	const unsigned char *p;

	if (name->type == GEN_DNS || name->type == GEN_URI || name->type == GEN_EMAIL) {
		s = name->d.ia5;
		return arena_dup(a, (const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
	}
	if (name->type != GEN_IPADD || ASN1_STRING_length(name->d.iPAddress) != 4)
		return NULL;
	p = ASN1_STRING_get0_data(name->d.iPAddress);
	return arena_printf(a, "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
}

static void take_names(struct arena *a, X509 *x, struct cert *c)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	const char **list = NULL;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const char *text = general_name(a, sk_GENERAL_NAME_value(names, i));

		if (text)
			*ARENA_PUSH(a, list, c->name_count) = text;
	}
	c->names = list;
	GENERAL_NAMES_free(names);
}

static void take_key(struct arena *a, X509 *x, struct cert *c)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	char curve[80];
	size_t n;

	c->key_type = "unknown";
	if (!key)
		return;
	c->key_bits = EVP_PKEY_get_bits(key);
	c->key_type = EVP_PKEY_get0_type_name(key) ? arena_str(a, EVP_PKEY_get0_type_name(key)) : "unknown";
	if (EVP_PKEY_get_group_name(key, curve, sizeof curve, &n) == 1) {
		int nid = OBJ_txt2nid(curve);

		c->curve = nid != NID_undef && EC_curve_nid2nist(nid) ? EC_curve_nid2nist(nid) : arena_str(a, curve);
	}
}

static date_t date_of(const ASN1_TIME *t)
{
	struct tm tm;
	char text[32];

	if (!t || ASN1_TIME_to_tm(t, &tm) != 1)
		return DATE_NONE;
	snprintf(text, sizeof text, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	return date_parse(span_of(text));
}

static struct cert cert_from(struct arena *a, X509 *x, size_t offset)
{
	struct cert c = {.offset = offset};
	int nid = X509_get_signature_nid(x);

	c.subject = name_text(a, X509_get_subject_name(x));
	c.issuer = name_text(a, X509_get_issuer_name(x));
	c.is_ca = X509_check_ca(x) > 0;
	c.signature = nid != NID_undef ? OBJ_nid2ln(nid) : "unknown";
	c.not_before = date_of(X509_get0_notBefore(x));
	c.not_after = date_of(X509_get0_notAfter(x));
	take_names(a, x, &c);
	take_key(a, x, &c);
	return c;
}

size_t certs_in_text(struct arena *a, struct span text, struct cert *ret, size_t *ret_bad)
{
	size_t count = 0, at = 0;

	*ret_bad = 0;
	while (count < CERTS_MAX && at < text.n) {
		const char *begin = span_find(span_cut(text, at, text.n), SPAN(PEM_BEGIN));
		size_t offset = begin ? (size_t)(begin - text.p) : 0, left = text.n - offset;
		BIO *bio;
		X509 *x;

		if (!begin)
			break;
		bio = BIO_new_mem_buf(begin, left > INT_MAX ? INT_MAX : (int)left);
		x = bio ? PEM_read_bio_X509(bio, NULL, NULL, (void *)(uintptr_t)"") : NULL;
		if (x)
			ret[count++] = cert_from(a, x, offset);
		else
			(*ret_bad)++;
		X509_free(x);
		BIO_free(bio);
		at = offset + strlen(PEM_BEGIN);
	}
	ERR_clear_error();
	return count;
}

struct span base64_read(struct arena *a, struct span text)
{
	char *clean = arena_alloc(a, text.n + 1);
	unsigned char *out = arena_alloc(a, text.n / 4 * 3 + 4);
	size_t n = 0, pad = 0;
	int got;

	for (size_t i = 0; i < text.n; i++)
		if (!strchr(" \t\r\n", text.p[i]))
			clean[n++] = text.p[i];
	while (pad < 2 && pad < n && clean[n - 1 - pad] == '=')
		pad++;
	if (!n || n % 4 || n > INT_MAX)
		return (struct span){NULL, 0};
	got = EVP_DecodeBlock(out, (const unsigned char *)clean, (int)n);
	if (got < 0 || (size_t)got < pad)
		return (struct span){NULL, 0};
	return (struct span){(const char *)out, (size_t)got - pad};
}
