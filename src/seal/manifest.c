/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ASiCManifest (ETSI EN 319 162-1, annex A.4; schema en_31916201v010101.xsd): which entries a signature covers, by digest.
 * manifest_write has one way to write a manifest, one reference a line so that sed is enough to read it; verify uses it to recognise
 * containers made here. manifest_read accepts what the schema accepts, whatever prefixes others use, and nothing else.
 */
#include "seal/base64.h"
#include "seal/seal_p.h"
#include "seal/xml.h"

#include "base/limits.h"

#include <openssl/evp.h>

#define NS_ASIC "http://uri.etsi.org/02918/v1.2.1#"
#define NS_DS "http://www.w3.org/2000/09/xmldsig#"

/* SHA-1 and MD5 are not here, so a manifest that names them is refused. */
const struct digest_method digest_methods[] = {
	{"sha256", "http://www.w3.org/2001/04/xmlenc#sha256", EVP_sha256, 32},
	{"sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384", EVP_sha384, 48},
	{"sha512", "http://www.w3.org/2001/04/xmlenc#sha512", EVP_sha512, 64},
	{0}
};

const struct digest_method *digest_method_ours(void)
{
	return &digest_methods[1];
}

/* ------------------------------------------------------------------ writing */

static void put_attribute(struct str *out, const char *name, struct span value)
{
	str_printf(out, " %s=\"", name);
	for (size_t i = 0; i < value.n; i++) {
		if (strchr("<&\"\t\n\r", value.p[i]) && value.p[i])
			str_printf(out, "&#%d;", value.p[i]);
		else
			str_char(out, value.p[i]);
	}
	str_char(out, '"');
}

static void put_reference(struct str *out, const struct reference *r)
{
	unsigned char base64[4 * ((DIGEST_MAX + 2) / 3) + 1];

	EVP_EncodeBlock(base64, r->digest, (int)r->method->size);
	str_text(out, "<asic:DataObjectReference");
	put_attribute(out, "URI", r->name);
	put_attribute(out, "MimeType", r->mime);
	if (r->root)
		put_attribute(out, "Rootfile", SPAN("true"));
	str_printf(out, "><ds:DigestMethod Algorithm=\"%s\"/><ds:DigestValue>%s</ds:DigestValue></asic:DataObjectReference>\n",
		   r->method->uri, (const char *)base64);
}

void manifest_write(struct str *out, const struct manifest *m)
{
	str_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<asic:ASiCManifest xmlns:asic=\"" NS_ASIC "\" xmlns:ds=\"" NS_DS "\">\n<asic:SigReference");
	put_attribute(out, "URI", m->signature);
	put_attribute(out, "MimeType", m->mime);
	str_text(out, "/>\n");
	for (size_t i = 0; i < m->count; i++)
		put_reference(out, &m->references[i]);
	str_text(out, "</asic:ASiCManifest>\n");
}

/* ------------------------------------------------------------------ reading */

static int wrong(struct xml *x, const char *what)
{
	return err_set(x->err, EXIT_UNVERIFIED, "not a manifest of ETSI EN 319 162-1 at byte %zu: %s", x->at, what);
}

static const struct span *attribute(const struct xml *x, const char *name)
{
	for (size_t i = 0; i < x->attribute_count; i++)
		if (!x->attributes[i].name.ns.n && span_is(x->attributes[i].name.local, name))
			return &x->attributes[i].value;
	return NULL;
}

/* Only attributes of that list (NULL-terminated), the first one required. */
static int check_attributes(struct xml *x, const char *const *allowed)
{
	for (size_t i = 0; i < x->attribute_count; i++) {
		size_t k = 0;

		while (allowed[k] && !(span_is(x->attributes[i].name.local, allowed[k]) && !x->attributes[i].name.ns.n))
			k++;
		if (!allowed[k])
			return wrong(x, "an unknown attribute");
	}
	return allowed[0] && !attribute(x, allowed[0]) ? wrong(x, "a required attribute is missing") : 0;
}

static int expect_start(struct xml *x, const char *ns, const char *local, const char *const *allowed)
{
	if (xml_next(x) != XML_START || !xml_is(&x->name, ns, local))
		return err_set(x->err, EXIT_UNVERIFIED, "not a manifest of ETSI EN 319 162-1 at byte %zu: expected the element %s", x->at, local);
	return check_attributes(x, allowed);
}

static int expect_end(struct xml *x)
{
	return xml_next(x) == XML_END ? 0 : wrong(x, "an element with unexpected content");
}

/* Percent-decoded, relative to the container's root. */
static int uri_to_name(struct arena *a, struct span uri, struct span *ret)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	char *out = arena_alloc(a, uri.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < uri.n; i++) {
		if (uri.p[i] != '%') {
			out[n++] = uri.p[i];
			continue;
		}
		int value = 0;

		if (uri.n - i < 3)
			return -1;
		for (int k = 1; k <= 2; k++) {
			const char *d = uri.p[i + (size_t)k] ? strchr(digits, uri.p[i + (size_t)k]) : NULL;

			if (!d)
				return -1;
			value = value * 16 + (int)(d - digits < 16 ? d - digits : d - digits - 6);
		}
		if (!value)
			return -1;
		out[n++] = (char)value;
		i += 2;
	}
	*ret = (struct span){out, n};
	return n ? 0 : -1;
}

/* Blanks are allowed as in xsd:base64Binary, nothing else. */
static int base64_to_digest(struct span text, unsigned char *digest, size_t size)
{
	char compact[4 * ((DIGEST_MAX + 2) / 3)];
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (strchr(" \t\r\n", text.p[i]) && text.p[i])
			continue;
		if (n == sizeof compact)
			return -1;
		compact[n++] = text.p[i];
	}
	return base64_exact((struct span){compact, n}, digest, size);
}

static const struct digest_method *method_of(struct span uri)
{
	for (const struct digest_method *m = digest_methods; m->name; m++)
		if (span_is(uri, m->uri))
			return m;
	return NULL;
}

/* Passes over the element that has just begun. A critical extension is one that we may not ignore. */
static int skip_extensions(struct xml *x)
{
	size_t depth = 1;

	while (depth) {
		enum xml_event event = xml_next(x);
		const struct span *critical = event == XML_START ? attribute(x, "Critical") : NULL;

		if (event == XML_BROKEN || event == XML_DONE)
			return wrong(x, "extensions without end");
		if (critical && !span_is(span_trim(*critical), "false") && !span_is(span_trim(*critical), "0"))
			return wrong(x, "a critical extension that is not known here");
		depth += event == XML_START ? 1 : 0;
		depth -= event == XML_END ? 1 : 0;
	}
	return 0;
}

static int read_digest(struct xml *x, struct reference *r)
{
	static const char *const algorithm[] = {"Algorithm", NULL}, *const none[] = {NULL};

	if (expect_start(x, NS_DS, "DigestMethod", algorithm))
		return -1;
	r->method = method_of(*attribute(x, "Algorithm"));
	if (!r->method)
		return wrong(x, "a digest algorithm that is not allowed (SHA-256, SHA-384, SHA-512 are)");
	if (expect_end(x) || expect_start(x, NS_DS, "DigestValue", none))
		return -1;
	if (xml_next(x) != XML_TEXT || base64_to_digest(x->text, r->digest, r->method->size))
		return wrong(x, "a digest value of the wrong form or length");
	return expect_end(x);
}

/* Its start tag has been read. */
static int read_reference(struct xml *x, struct manifest *m)
{
	static const char *const allowed[] = {"URI", "MimeType", "Rootfile", NULL}, *const none[] = {NULL};
	struct reference *r = ARENA_PUSH(x->arena, m->references, m->count);
	enum xml_event event;

	memset(r, 0, sizeof *r);
	if (m->count > LIMIT_CONTAINER_ENTRIES)
		return wrong(x, "too many references");
	if (check_attributes(x, allowed) || uri_to_name(x->arena, *attribute(x, "URI"), &r->name))
		return wrong(x, "a reference without a usable URI");
	if (attribute(x, "MimeType"))
		r->mime = *attribute(x, "MimeType");
	r->root = attribute(x, "Rootfile") && span_is(*attribute(x, "Rootfile"), "true");
	for (size_t i = 0; i + 1 < m->count; i++)
		if (span_eq(m->references[i].name, r->name))
			return wrong(x, "the same entry referenced twice");
	if (read_digest(x, r))
		return -1;
	event = xml_next(x);
	if (event == XML_START && xml_is(&x->name, NS_ASIC, "DataObjectReferenceExtensions")) {
		if (check_attributes(x, none) || skip_extensions(x))
			return -1;
		event = xml_next(x);
	}
	return event == XML_END ? 0 : wrong(x, "a reference with unexpected content");
}

static int read_root(struct xml *x, struct manifest *m)
{
	static const char *const none[] = {NULL}, *const signature[] = {"URI", "MimeType", NULL};
	enum xml_event event;

	if (expect_start(x, NS_ASIC, "ASiCManifest", none) || expect_start(x, NS_ASIC, "SigReference", signature))
		return -1;
	/* analyser: check_attributes asks for the first of the allowed ones */
	if (uri_to_name(x->arena, *attribute(x, "URI"), &m->signature))
		return wrong(x, "a signature reference without a usable URI");
	m->mime = attribute(x, "MimeType") ? *attribute(x, "MimeType") : (struct span){"", 0};
	if (expect_end(x))
		return -1;
	while ((event = xml_next(x)) == XML_START && xml_is(&x->name, NS_ASIC, "DataObjectReference"))
		if (read_reference(x, m))
			return -1;
	if (!m->count)
		return wrong(x, "no reference");
	if (event == XML_START && xml_is(&x->name, NS_ASIC, "ASiCManifestExtensions")) {
		if (check_attributes(x, none) || skip_extensions(x))
			return -1;
		event = xml_next(x);
	}
	return event == XML_END && xml_next(x) == XML_DONE ? 0 : wrong(x, "unexpected content");
}

int manifest_read(struct arena *a, struct span bytes, struct manifest *ret, struct err *e)
{
	struct manifest m = {0};
	struct xml x;

	if (bytes.n > LIMIT_MANIFEST_BYTES)
		return err_set(e, EXIT_UNVERIFIED, "not a manifest of ETSI EN 319 162-1: larger than 1 MiB");
	xml_begin(&x, a, bytes, e);
	if (read_root(&x, &m))
		return -1;
	*ret = m;
	return 0;
}
