/* SPDX-License-Identifier: EUPL-1.2 */
/* The ZIP of containers, inflate and the manifest's XML from memory: what scripts with zip and openssl cannot build. */
#include "unit.h"

#include "base/io.h"
#include "seal/seal_p.h"
#include "seal/xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HEAD "<m:ASiCManifest xmlns:m=\"http://uri.etsi.org/02918/v1.2.1#\" xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\">"
#define SIGNATURE "<m:SigReference URI=\"META-INF/signature001.p7s\"/>"
#define DIGEST "<d:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><d:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</d:DigestValue>"
#define OBJECT "<m:DataObjectReference URI=\"a\">" DIGEST "</m:DataObjectReference>"
#define TAIL "</m:ASiCManifest>"

static bool manifest_accepted(struct arena *a, const char *text)
{
	struct manifest m;
	struct err e = {0};

	return !manifest_read(a, span_of(text), &m, &e);
}

static void good_manifests(struct arena *a)
{
	static const struct { const char *text, *what; } cases[] = {
		{HEAD SIGNATURE OBJECT TAIL, "the smallest manifest"},
		{"<?xml version='1.0' encoding='UTF-8'?>\n<!-- x -->" HEAD "\n" SIGNATURE "\n" OBJECT "\n" TAIL "\n<!-- y -->\n", "blanks and comments"},
		{"\xef\xbb\xbf" HEAD SIGNATURE OBJECT TAIL, "a byte order mark"},
		{"<ASiCManifest xmlns='http://uri.etsi.org/02918/v1.2.1#'><SigReference URI='s'/><DataObjectReference URI='a' Rootfile='true'>"
		 "<DigestMethod xmlns='http://www.w3.org/2000/09/xmldsig#' Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'></DigestMethod>"
		 "<x:DigestValue xmlns:x='http://www.w3.org/2000/09/xmldsig#'> 47DEQpj8HBSa+/TImW+5\nJCeuQeRkm5NMpJWZG3hSuFU= </x:DigestValue>"
		 "</DataObjectReference></ASiCManifest>", "other prefixes and quotes"},
		{HEAD SIGNATURE OBJECT "<m:ASiCManifestExtensions><m:Extension Critical='false'><y xmlns='z'>t</y></m:Extension>"
		 "</m:ASiCManifestExtensions>" TAIL, "an extension that is not critical"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"a%20b&#x2f;c\">" DIGEST "</m:DataObjectReference>" TAIL, "an encoded URI"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK(manifest_accepted(a, cases[i].text), cases[i].what);
}

static void bad_manifests(struct arena *a)
{
	static const struct { const char *text, *what; } cases[] = {
		{"", "nothing"},
		{"<!DOCTYPE x>" HEAD SIGNATURE OBJECT TAIL, "a document type"},
		{"<!DOCTYPE x [<!ENTITY a \"b\">]>" HEAD SIGNATURE OBJECT TAIL, "an entity of its own"},
		{"<?xml version='1.0' encoding='ISO-8859-1'?>" HEAD SIGNATURE OBJECT TAIL, "another encoding"},
		{HEAD SIGNATURE "<![CDATA[]]>" OBJECT TAIL, "a CDATA section"},
		{HEAD SIGNATURE OBJECT OBJECT TAIL, "an entry referenced twice"},
		{HEAD SIGNATURE TAIL, "no reference"},
		{HEAD OBJECT TAIL, "no signature"},
		{HEAD OBJECT SIGNATURE TAIL, "another order"},
		{HEAD SIGNATURE SIGNATURE OBJECT TAIL, "two signatures"},
		{HEAD SIGNATURE OBJECT TAIL TAIL, "an end too many"},
		{HEAD SIGNATURE OBJECT, "an end too few"},
		{HEAD SIGNATURE OBJECT TAIL "x", "text behind the root"},
		{HEAD SIGNATURE OBJECT TAIL HEAD SIGNATURE OBJECT TAIL, "two roots"},
		{HEAD "x" SIGNATURE OBJECT TAIL, "text within the root"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"a\" URI=\"b\">" DIGEST "</m:DataObjectReference>" TAIL, "an attribute twice"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"a\" x=\"b\">" DIGEST "</m:DataObjectReference>" TAIL, "an unknown attribute"},
		{HEAD SIGNATURE "<m:DataObjectReference>" DIGEST "</m:DataObjectReference>" TAIL, "no URI"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"a%00\">" DIGEST "</m:DataObjectReference>" TAIL, "a NUL in a URI"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"a%2\">" DIGEST "</m:DataObjectReference>" TAIL, "half an escape"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"&b;\">" DIGEST "</m:DataObjectReference>" TAIL, "an unknown entity"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"&#0;\">" DIGEST "</m:DataObjectReference>" TAIL, "a character that XML forbids"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"\xff\">" DIGEST "</m:DataObjectReference>" TAIL, "bytes that are not UTF-8"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"a\"><d:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/>"
		 "<d:DigestValue>2jmj7l5rSw0yVb/vlWAYkK/YBwk=</d:DigestValue></m:DataObjectReference>" TAIL, "SHA-1"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"a\"><d:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
		 "<d:DigestValue>47DEQpj8</d:DigestValue></m:DataObjectReference>" TAIL, "a short digest"},
		{HEAD SIGNATURE "<m:DataObjectReference URI=\"a\"><d:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
		 "<d:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=</d:DigestValue></m:DataObjectReference>" TAIL,
		 "bits behind the digest's end"},
		{HEAD SIGNATURE OBJECT "<m:ASiCManifestExtensions><m:Extension Critical='true'/></m:ASiCManifestExtensions>" TAIL,
		 "a critical extension"},
		{"<n:ASiCManifest xmlns:n='http://uri.etsi.org/02918/v1.3.1#'/>", "another namespace"},
		{"<m:ASiCManifest/>", "an unbound prefix"},
		{"<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>", "nested too deep"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK(!manifest_accepted(a, cases[i].text), cases[i].what);
	/* cut at each byte: never accepted, never a crash */
	size_t accepted = 0;
	static const char whole[] = HEAD SIGNATURE OBJECT TAIL;

	for (size_t n = 0; n < sizeof whole - 1; n++)
		accepted += manifest_accepted(a, arena_dup(a, whole, n));
	CHECK(!accepted, "a manifest cut at any byte is refused");
}

/* Each single byte changed: the ZIP is refused, or it has the same entries by another date, attribute or version. */
static void zip_round(struct arena *a)
{
	struct zip_item items[] = {{SPAN("mimetype"), SPAN("text")}, {SPAN("a/b.json"), SPAN("{}")}, {SPAN("empty"), {"", 0}}};
	struct zip z = {items, 3, zip_stamp(1767312000)}, back;
	struct str out = STR_INIT(65536), again = STR_INIT(65536);
	struct err e = {0};
	size_t kept = 0;

	zip_write(&out, &z);
	CHECK(!zip_read(a, str_get(&out), &back, &e) && back.count == 3 && span_is(back.items[1].data, "{}"), "a ZIP is read back");
	zip_write(&again, &back);
	CHECK(span_eq(str_get(&out), str_get(&again)), "and written again the same");
	for (size_t i = 0; i < out.n; i++) {
		struct err none = {0};

		out.p[i] = (char)(out.p[i] ^ 0x20);
		if (!zip_read(a, str_get(&out), &back, &none)) {
			str_clear(&again);
			zip_write(&again, &back);
			kept += span_eq(str_get(&out), str_get(&again));
		}
		out.p[i] = (char)(out.p[i] ^ 0x20);
	}
	CHECK(!kept, "no single changed byte is both accepted and canonical");
	for (size_t n = 0; n < out.n; n++) {
		struct err none = {0};

		kept += !zip_read(a, (struct span){arena_dup(a, out.p, n), n}, &back, &none);
	}
	CHECK(!kept, "a ZIP cut at any byte is refused");
	CHECK(zip_stamp(0) == zip_stamp(315532800), "times before 1980 are 1980");
	str_free(&out);
	str_free(&again);
}

/* Blocks by hand, as RFC 1951 gives them. */
static void inflate_blocks(void)
{
	static const struct { const char *bytes; size_t n; const char *text; const char *what; } good[] = {
		{"\x01\x03\x00\xfc\xff" "abc", 8, "abc", "a stored block"},
		{"\x4b\x4c\x4a\x06\x00", 5, "abc", "a fixed block"},
		{"KL\x84\x00\x00", 5, "aaaaaaaa", "a run by overlapping copy"},
		{"\x03\x00", 2, "", "an empty block"},
	};
	static const struct { const char *bytes; size_t n; const char *what; } bad[] = {
		{"", 0, "nothing"},
		{"\x07", 1, "a block of the reserved type"},
		{"\x01\x03\x00\xfc\xfe" "abc", 8, "a stored length that its complement denies"},
		{"\x01\x03\x00\xfc\xff" "ab", 7, "a cut stored block"},
		{"\x03\x02\x00", 3, "a copy from before the start"},
		{"\x4b\x4c\x4a\x06", 4, "a cut fixed block"},
		{"\x4b\x4c\x4a\x06\x00\x00", 6, "bytes behind the end"},
		{"\xed\xfd\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11, "an over-subscribed code"},
	};
	unsigned char out[64];

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		size_t n = strlen(good[i].text);

		CHECK(!inflate_exact((struct span){good[i].bytes, good[i].n}, out, n) && !memcmp(out, good[i].text, n), good[i].what);
		CHECK(inflate_exact((struct span){good[i].bytes, good[i].n}, out, n + 1), "and not to one byte more");
		if (n)
			CHECK(inflate_exact((struct span){good[i].bytes, good[i].n}, out, n - 1), "nor to one byte less");
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(inflate_exact((struct span){bad[i].bytes, bad[i].n}, out, 3), bad[i].what);
}

static bool sealed(struct arena *a, struct span *ret)
{
	static const struct seal_entry entry = {"report.json", "application/json", SPAN("{}")};
	const struct seal_request q = {.entries = &entry, .entry_count = 1};
	struct passphrase none = {.fd = -1};
	struct str out = STR_INIT(65536);
	struct signer *s = NULL;
	struct err e = {0};
	const char *key = arena_printf(a, "%s/k.pem", unit_tmp()), *cert = arena_printf(a, "%s/c.pem", unit_tmp());
	bool ok = !key_new(&(struct new_key){.key_path = key, .cert_path = cert, .common_name = "unit", .days = 30}, &none, &e) && !signer_open(key, cert, &none, &s, &e) && !seal_write(&q, s, &out, &e);

	*ret = arena_span(a, str_get(&out));
	signer_free(s);
	str_free(&out);
	return ok;
}

static bool verifies(struct span container)
{
	struct arena *a = arena_new();
	struct verify_request q = {.container = container, .now = (int64_t)time(NULL)};
	struct verify_result result;
	struct err e = {0};
	bool ok = !verify(a, &q, &result, &e);

	arena_free(a);
	return ok;
}

/*
 * A ZIP with right CRCs around one changed byte of an entry: what dd in a container cannot make, since the CRC would see it first.
 * Every byte of every entry counts, also those of the signature that no signature covers.
 */
static void changed_bytes(struct arena *a)
{
	struct span container;
	struct err e = {0};
	struct zip z;

	if (!CHECK(sealed(a, &container) && verifies(container) && !zip_read(a, container, &z, &e), "a container to change"))
		return;
	for (size_t i = 0; i < z.count; i++) {
		char *bytes = arena_dup(a, z.items[i].data.p, z.items[i].data.n);
		struct span before = z.items[i].data;
		size_t survivors = 0;

		z.items[i].data.p = bytes;
		for (size_t k = 0; k < 2 * before.n; k++) {
			struct str out = STR_INIT(65536);
			char flip = k % 2 ? 1 : (char)0x80;

			bytes[k / 2] = (char)(bytes[k / 2] ^ flip);
			zip_write(&out, &z);
			survivors += verifies(str_get(&out));
			bytes[k / 2] = (char)(bytes[k / 2] ^ flip);
			str_free(&out);
		}
		z.items[i].data = before;
		CHECK(!survivors, arena_printf(a, "no changed byte of %.*s survives", (int)z.items[i].name.n, z.items[i].name.p));
	}
}

/* fixtures/seal/rsa2048.asice, made by openssl: RSA of 2048 bits is allowed until the end of 2028. */
static void dated_algorithms(struct arena *a)
{
	static const struct { int64_t now; bool good; const char *what; } cases[] = {
		{1861919999, true, "RSA of 2048 bits passes on the last day of 2028"},
		{1861920000, false, "and fails in 2029"},
	};
	const char *path = arena_printf(a, "%s/fixtures/seal/rsa2048.asice", getenv("SRCDIR"));
	struct verify_request q = {0};
	struct err none = {0};

	if (!CHECK(!io_read(a, path, 65536, &q.container, &none), "the container made by openssl is there"))
		return;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct verify_result result;
		struct err e = {0};

		q.now = cases[i].now;
		CHECK(!verify(a, &q, &result, &e) == cases[i].good, cases[i].what);
	}
}

void u_asice(void)
{
	struct arena *a = arena_new();

	good_manifests(a);
	bad_manifests(a);
	zip_round(a);
	inflate_blocks();
	changed_bytes(a);
	dated_algorithms(a);
	arena_free(a);
}
