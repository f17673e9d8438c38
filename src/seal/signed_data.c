/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The parts of a CMS SignedData (RFC 5652, 5.1) as spans of its DER, for what OpenSSL 3.0 has no calls for: the version numbers, which nothing
 * signs, and OCSP answers among the revocation data (RFC 5940). Only lengths are read here; what the parts mean is OpenSSL's to say. DER
 * alone: a length that is not definite is refused.
 */
#include "seal/signed_data.h"

#include "base/limits.h"
#include "base/str.h"

#include <openssl/asn1.h>
#include <stdlib.h>

#define PARTS_MAX 256      /* revocation lists and answers of one signature */

static const char ocsp_kind[] = {6, 8, 0x2b, 6, 1, 5, 5, 7, 16, 2};      /* id-ri-ocsp-response, 1.3.6.1.5.5.7.16.2, as DER */
static const char signed_data_kind[] = {6, 9, 0x2a, (char)0x86, 0x48, (char)0x86, (char)0xf7, 0x0d, 1, 7, 2};

bool der_enter(const unsigned char **p, const unsigned char *end, int wanted_class, int wanted_tag, const unsigned char **ret_end)
{
	long length;
	int tag, class;
	int flags = *p < end ? ASN1_get_object(p, &length, &tag, &class, end - *p) : 0x80;

	if (flags & 0x80 || flags == (V_ASN1_CONSTRUCTED | 1) || tag != wanted_tag || class != wanted_class)
		return false;
	*ret_end = *p + length;
	return true;
}

static struct span between(const unsigned char *from, const unsigned char *to)
{
	return (struct span){(const char *)from, (size_t)(to - from)};
}

/* Takes the element of that class and tag from the front of rest: whole with its header, and what is in it. */
static bool take(struct span *rest, int class, int tag, struct span *ret_whole, struct span *ret_inside)
{
	const unsigned char *start = (const unsigned char *)rest->p, *p = start, *end, *inner_end;

	if (!rest->n)
		return false;
	end = start + rest->n;
	if (!der_enter(&p, end, class, tag, &inner_end))
		return false;
	*ret_whole = between(start, inner_end);
	*ret_inside = between(p, inner_end);
	*rest = between(inner_end, end);
	return true;
}

/* The one byte of an INTEGER, else -1. */
static int take_small(struct span *rest)
{
	struct span whole, value;

	return take(rest, V_ASN1_UNIVERSAL, V_ASN1_INTEGER, &whole, &value) && value.n == 1 ? (unsigned char)value.p[0] : -1;
}

int signed_data_read(struct span der, struct signed_data *ret)
{
	struct signed_data d = {0};
	struct span whole, inside, rest = der, ignored, kind = {signed_data_kind, sizeof signed_data_kind};

	if (!take(&rest, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE, &whole, &inside) || rest.n || inside.n < kind.n || !span_eq(span_cut(inside, 0, kind.n), kind))
		return -1;
	rest = span_cut(inside, kind.n, inside.n);
	if (!take(&rest, V_ASN1_CONTEXT_SPECIFIC, 0, &whole, &inside) || rest.n || !take(&inside, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE, &whole, &rest) || inside.n)
		return -1;
	d.version = take_small(&rest);
	if (!take(&rest, V_ASN1_UNIVERSAL, V_ASN1_SET, &d.digests, &ignored) || !take(&rest, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE, &d.content, &ignored))
		return -1;
	(void)take(&rest, V_ASN1_CONTEXT_SPECIFIC, 0, &d.certificates, &ignored);
	(void)take(&rest, V_ASN1_CONTEXT_SPECIFIC, 1, &ignored, &d.revocations);
	if (!take(&rest, V_ASN1_UNIVERSAL, V_ASN1_SET, &d.signers, &inside) || rest.n)
		return -1;
	if (take(&inside, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE, &whole, &rest))
		d.signer_version = take_small(&rest);
	*ret = d;
	return 0;
}

/* ------------------------------------------------------------------ OCSP answers */

/* One RevocationInfoChoice of any kind from the front. */
static bool take_choice(struct span *rest, struct span *ret_whole, struct span *ret_answer)
{
	struct span inside, kind = {ocsp_kind, sizeof ocsp_kind};

	*ret_answer = (struct span){0};
	if (take(rest, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE, ret_whole, &inside))      /* a revocation list */
		return true;
	if (!take(rest, V_ASN1_CONTEXT_SPECIFIC, 1, ret_whole, &inside))
		return false;
	if (inside.n > kind.n && span_eq(span_cut(inside, 0, kind.n), kind))
		*ret_answer = span_cut(inside, kind.n, inside.n);
	return true;
}

bool signed_data_next_ocsp(struct span *rest, struct span *ret)
{
	struct span whole;

	while (take_choice(rest, &whole, ret))
		if (ret->n)
			return true;
	return false;
}

bool signed_data_has_ocsp(const struct signed_data *d)
{
	struct span rest = d->revocations, answer;

	return signed_data_next_ocsp(&rest, &answer);
}

/* ------------------------------------------------------------------ writing */

static void put_header(struct str *out, unsigned tag, size_t length)
{
	unsigned char bytes[4] = {(unsigned char)(length >> 24), (unsigned char)(length >> 16), (unsigned char)(length >> 8), (unsigned char)length};
	size_t skip = 0;

	str_char(out, (char)tag);
	if (length < 128) {
		str_char(out, (char)length);
		return;
	}
	while (!bytes[skip])
		skip++;
	str_char(out, (char)(0x80 | (4 - skip)));
	str_put(out, (const char *)bytes + skip, 4 - skip);
}

static struct span wrapped(struct arena *a, unsigned tag, struct span inside)
{
	struct str out = STR_INIT(LIMIT_SIGNATURE_BYTES);
	struct span made;

	put_header(&out, tag, inside.n);
	str_span(&out, inside);
	made = arena_span(a, str_get(&out));
	str_free(&out);
	return made;
}

static struct span joined(struct arena *a, const struct span *parts, size_t count)
{
	struct str out = STR_INIT(LIMIT_SIGNATURE_BYTES);
	struct span made;

	for (size_t i = 0; i < count; i++)
		str_span(&out, parts[i]);
	made = arena_span(a, str_get(&out));
	str_free(&out);
	return made;
}

/* The order of a SET OF in DER. */
static int by_bytes(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* RFC 5652, 5.1: with revocation data of another kind than lists the version is 5. */
static struct span write_parts(struct arena *a, const struct signed_data *d, struct span revocations)
{
	const struct span parts[] = {{"\2\1\5", 3}, d->digests, d->content, d->certificates, wrapped(a, 0xa1, revocations), d->signers};
	const struct span content[] = {{signed_data_kind, sizeof signed_data_kind},
				       wrapped(a, 0xa0, wrapped(a, 0x30, joined(a, parts, sizeof parts / sizeof *parts)))};

	return wrapped(a, 0x30, joined(a, content, 2));
}

int signed_data_add_ocsp(struct arena *a, struct span der, struct span answer, struct span *ret)
{
	struct span choices[PARTS_MAX + 1], rest, there;
	const struct span mine[] = {{ocsp_kind, sizeof ocsp_kind}, answer};
	struct signed_data d;
	size_t count = 0;

	if (der.n + answer.n > LIMIT_SIGNATURE_BYTES / 2 || signed_data_read(der, &d))
		return -1;
	for (rest = d.revocations; count < PARTS_MAX && take_choice(&rest, &choices[count], &there); count++)
		if (span_eq(there, answer)) {
			*ret = der;
			return 0;
		}
	if (rest.n)
		return -1;
	choices[count++] = wrapped(a, 0xa1, joined(a, mine, 2));
	qsort(choices, count, sizeof *choices, by_bytes);
	*ret = write_parts(a, &d, joined(a, choices, count));
	return 0;
}
