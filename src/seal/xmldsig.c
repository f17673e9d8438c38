/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The XML signature of a trusted list, as ETSI TS 119 612 annex B wants it and in no other form: one Signature in the root, a reference to the whole
 * document with the transforms enveloped and exclusive canonicalisation, others to parts of the signature (XAdES SignedProperties). Parsing and
 * canonicalisation are libxml2's, digests and signatures OpenSSL's; what is between is small because nothing else is allowed: no XPath, no XSLT, no
 * remote reference, no key from the document (it only names one of those the caller vouches for). xmlsec1 would do the same, with libxslt in the
 * process, every transform to be switched off first, and in Debian 12 (1.2.37) without the RSA-PSS that some member states sign with. What a caller
 * reads afterwards are the very bytes that were digested.
 */
#include "seal/xmldsig.h"

#include "base/cert.h"
#include "base/limits.h"
#include "seal/seal_p.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#define NS_DS "http://www.w3.org/2000/09/xmldsig#"
#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"
#define INCLUSIVE "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define ENVELOPED NS_DS "enveloped-signature"
#define REFERENCES_MAX 8      /* each costs a pass over the document; lists have two */
#define CERTIFICATES_MAX 8

enum padding { PADDING_RSA, PADDING_PSS, ECDSA };

static const struct {
	const char *uri;
	const EVP_MD *(*md)(void);
	enum padding padding;
} signature_methods[] = {
	{"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", EVP_sha256, PADDING_RSA},
	{"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", EVP_sha384, PADDING_RSA},
	{"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", EVP_sha512, PADDING_RSA},
	{"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", EVP_sha256, PADDING_PSS},
	{"http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", EVP_sha384, PADDING_PSS},
	{"http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", EVP_sha512, PADDING_PSS},
	{"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", EVP_sha256, ECDSA},
	{"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", EVP_sha384, ECDSA},
	{"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", EVP_sha512, ECDSA},
};

struct reading {
	struct arena *arena;
	struct err *err;
	xmlDoc *doc;
	xmlNode *signature, *info;
	struct span whole_digest;      /* that the reference to the document gives */
	const struct digest_method *whole_method;
};

static int wrong(struct reading *r, const char *what)
{
	return err_set(r->err, EXIT_UNVERIFIED, "not signed as a trusted list (ETSI TS 119 612): %s", what);
}

/* ------------------------------------------------------------------ moving in the tree */

static bool is(const xmlNode *node, const char *local)
{
	return node->type == XML_ELEMENT_NODE && node->ns && !xmlStrcmp(node->ns->href, BAD_CAST NS_DS) && !xmlStrcmp(node->name, BAD_CAST local);
}

static xmlNode *next_element(xmlNode *node)
{
	while (node && node->type != XML_ELEMENT_NODE)
		node = node->next;
	return node;
}

static xmlNode *child(const xmlNode *parent, const char *local)
{
	xmlNode *node = parent ? next_element(parent->children) : NULL;

	while (node && !is(node, local))
		node = next_element(node->next);
	return node;
}

/* In the arena; "" when there is none. */
static const char *attribute(struct reading *r, const xmlNode *node, const char *name)
{
	xmlChar *value = node ? xmlGetNoNsProp(node, BAD_CAST name) : NULL;
	const char *copy = value ? arena_str(r->arena, (const char *)value) : "";

	xmlFree(value);
	return copy;
}

static bool has_attribute(const xmlNode *node, const char *name)
{
	return xmlHasProp(node, BAD_CAST name) != NULL;
}

static struct span text_of(struct reading *r, xmlNode *node)
{
	xmlChar *text = node ? xmlNodeGetContent(node) : NULL;
	struct span copy = text ? arena_span(r->arena, span_of((const char *)text)) : (struct span){"", 0};

	xmlFree(text);
	return copy;
}

/* ------------------------------------------------------------------ canonical bytes */

static int is_below(void *user, xmlNode *node, xmlNode *parent)
{
	/* a namespace is no node of the tree: it belongs where its parent does */
	for (xmlNode *n = node && node->type != XML_NAMESPACE_DECL && node->type != XML_ATTRIBUTE_NODE ? node : parent; n; n = n->parent)
		if (n == user)
			return 1;
	return 0;
}

/* top: NULL for the whole document. */
static int canonical(struct reading *r, xmlNode *top, bool exclusive, struct span *ret)
{
	xmlOutputBuffer *out = xmlAllocOutputBuffer(NULL);
	int n = out ? xmlC14NExecute(r->doc, top ? is_below : NULL, top, exclusive ? XML_C14N_EXCLUSIVE_1_0 : XML_C14N_1_0, NULL, 0, out) : -1;

	if (n >= 0)
		*ret = arena_span(r->arena, (struct span){(const char *)xmlOutputBufferGetContent(out), xmlOutputBufferGetSize(out)});
	if (out)
		xmlOutputBufferClose(out);
	return n >= 0 ? 0 : wrong(r, "it cannot be canonicalised");
}

/* ------------------------------------------------------------------ references */

static const struct digest_method *method_of(const char *uri)
{
	for (const struct digest_method *m = digest_methods; m->name; m++)
		if (!strcmp(uri, m->uri))
			return m;
	return NULL;
}

static bool digest_is(const struct digest_method *method, struct span bytes, struct span wanted)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	return wanted.n == method->size && EVP_Digest(bytes.p, bytes.n, digest, NULL, method->md(), NULL) && !memcmp(digest, wanted.p, wanted.n);
}

/* The transforms of a reference: at most two, without parameters. -1 when there are more. */
static int transforms_of(struct reading *r, const xmlNode *reference, const char *ret[2])
{
	xmlNode *list = child(reference, "Transforms");
	int count = 0;

	for (xmlNode *t = list ? next_element(list->children) : NULL; t; t = next_element(t->next)) {
		if (count == 2 || !is(t, "Transform") || next_element(t->children))
			return -1;
		ret[count++] = attribute(r, t, "Algorithm");
	}
	return count;
}

/* The element of the signature with that Id; NULL when there is none or two. */
static xmlNode *part_named(struct reading *r, const char *id)
{
	xmlNode *found = NULL, *node = r->signature;

	while (node) {
		if (node->type == XML_ELEMENT_NODE && !strcmp(attribute(r, node, "Id"), id)) {
			if (found)
				return NULL;
			found = node;
		}
		if (node->children && node->type == XML_ELEMENT_NODE) {
			node = node->children;
			continue;
		}
		while (node && node != r->signature && !node->next)
			node = node->parent;
		node = !node || node == r->signature ? NULL : node->next;
	}
	return found;
}

static int check_part(struct reading *r, const char *id, const char *const transforms[2], int count, const struct digest_method *method, struct span digest)
{
	bool exclusive = count == 1 && !strcmp(transforms[0], EXCLUSIVE);
	xmlNode *part = *id ? part_named(r, id) : NULL;
	struct span bytes;

	if (!part || count > 1 || (count == 1 && !exclusive && strcmp(transforms[0], INCLUSIVE)))
		return wrong(r, "a reference to something other than the document and parts of its signature");
	if (canonical(r, part, exclusive, &bytes))
		return -1;
	return digest_is(method, bytes, digest) ? 0 : wrong(r, "the digest of a part of its signature differs");
}

/* "" is the document; some lists give their root's own Id instead. No search by Id that a second one could mislead: it is the root or it is not. */
static bool names_root(struct reading *r, const char *uri)
{
	return *uri == '#' && uri[1] && !strcmp(attribute(r, xmlDocGetRootElement(r->doc), "Id"), uri + 1);
}

static int check_reference(struct reading *r, const xmlNode *reference)
{
	const char *uri = attribute(r, reference, "URI"), *transforms[2] = {"", ""};
	const struct digest_method *method = method_of(attribute(r, child(reference, "DigestMethod"), "Algorithm"));
	int count = transforms_of(r, reference, transforms);
	struct span digest;

	if (!method || !has_attribute(reference, "URI") || count < 0 || !(digest = base64_read(r->arena, text_of(r, child(reference, "DigestValue")))).n)
		return wrong(r, "a reference of a form or digest that is not allowed");
	if (*uri && !names_root(r, uri))
		return *uri == '#' ? check_part(r, uri + 1, transforms, count, method, digest) : wrong(r, "a reference to another document");
	if (r->whole_method || count != 2 || strcmp(transforms[0], ENVELOPED) || strcmp(transforms[1], EXCLUSIVE))
		return wrong(r, "the document is not referenced once, enveloped and in exclusive canonical form");
	r->whole_method = method;
	r->whole_digest = digest;
	return 0;
}

static int check_references(struct reading *r)
{
	int count = 0;

	for (xmlNode *node = next_element(r->info->children); node; node = next_element(node->next)) {
		if (!is(node, "Reference"))
			continue;
		if (++count > REFERENCES_MAX)
			return wrong(r, "too many references");
		if (check_reference(r, node))
			return -1;
	}
	return r->whole_method ? 0 : wrong(r, "nothing in it refers to the document");
}

/* ------------------------------------------------------------------ who signed */

static X509 *same_cert(STACK_OF(X509) *among, X509 *cert)
{
	for (int i = 0; i < sk_X509_num(among); i++)
		if (!X509_cmp(sk_X509_value(among, i), cert))
			return sk_X509_value(among, i);
	return NULL;
}

/* The certificate that KeyInfo holds, if the caller vouches for it. */
static X509 *signer_among(struct reading *r, STACK_OF(X509) *allowed)
{
	xmlNode *data = child(child(r->signature, "KeyInfo"), "X509Data");
	X509 *found = NULL;
	int count = 0;

	for (xmlNode *node = data ? next_element(data->children) : NULL; node && !found && count < CERTIFICATES_MAX; node = next_element(node->next)) {
		const unsigned char *p;
		struct span der;
		X509 *cert;

		if (!is(node, "X509Certificate") || !(der = base64_read(r->arena, text_of(r, node))).n)
			continue;
		count++;
		p = (const unsigned char *)der.p;
		cert = d2i_X509(NULL, &p, (long)der.n);
		found = cert ? same_cert(allowed, cert) : NULL;
		X509_free(cert);
	}
	ERR_clear_error();
	return found;
}

/* XML signatures carry r and s side by side, OpenSSL wants a SEQUENCE. */
static int ecdsa_der(struct arena *a, struct span pair, struct span *ret)
{
	const unsigned char *p = (const unsigned char *)pair.p;
	int half = (int)(pair.n / 2), n;
	ECDSA_SIG *signature = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(p, half, NULL), *s = BN_bin2bn(p + half, half, NULL);
	unsigned char *der = NULL;

	if (!signature || !r || !s || !half || pair.n % 2 || pair.n > 256 || !ECDSA_SIG_set0(signature, r, s)) {
		BN_free(r);
		BN_free(s);
		ECDSA_SIG_free(signature);
		return -1;
	}
	n = i2d_ECDSA_SIG(signature, &der);
	if (n > 0)
		*ret = arena_span(a, (struct span){(const char *)der, (size_t)n});
	OPENSSL_free(der);
	ECDSA_SIG_free(signature);
	return n > 0 ? 0 : -1;
}

static bool value_verifies(EVP_PKEY *key, const EVP_MD *md, enum padding padding, struct span signed_bytes, struct span value)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *options;
	bool ok = ctx && EVP_PKEY_is_a(key, padding == ECDSA ? "EC" : "RSA") && EVP_DigestVerifyInit(ctx, &options, md, NULL, key) == 1 &&
		  (padding != PADDING_PSS || (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) > 0 &&
					      EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_AUTO) > 0)) &&
		  EVP_DigestVerify(ctx, (const unsigned char *)value.p, value.n, (const unsigned char *)signed_bytes.p, signed_bytes.n) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

static int check_value(struct reading *r, X509 *signer)
{
	const char *uri = attribute(r, child(r->info, "SignatureMethod"), "Algorithm");
	struct span bytes, value;
	EVP_PKEY *key = X509_get0_pubkey(signer);
	size_t i = 0;

	while (i < sizeof signature_methods / sizeof *signature_methods && strcmp(uri, signature_methods[i].uri))
		i++;
	if (i == sizeof signature_methods / sizeof *signature_methods)
		return err_set(r->err, EXIT_UNVERIFIED, "the list's signature algorithm '%.100s' is not allowed", uri);
	if (!key || !(value = base64_read(r->arena, text_of(r, child(r->signature, "SignatureValue")))).n || canonical(r, r->info, true, &bytes) ||
	    (signature_methods[i].padding == ECDSA && ecdsa_der(r->arena, value, &value)) ||
	    !value_verifies(key, signature_methods[i].md(), signature_methods[i].padding, bytes, value))
		return wrong(r, "its signature does not match");
	return 0;
}

/* ------------------------------------------------------------------ the whole */

static int find_signature(struct reading *r)
{
	xmlNode *root = xmlDocGetRootElement(r->doc), *method;

	r->signature = child(root, "Signature");
	r->info = child(r->signature, "SignedInfo");
	method = child(r->info, "CanonicalizationMethod");
	if (!r->info)
		return wrong(r, "it has no signature");
	for (xmlNode *other = next_element(r->signature->next); other; other = next_element(other->next))
		if (is(other, "Signature"))
			return wrong(r, "it has two signatures");
	if (!method || strcmp(attribute(r, method, "Algorithm"), EXCLUSIVE) || next_element(method->children))
		return wrong(r, "its signature is not in exclusive canonical form");
	return 0;
}

/* Last, since it takes the signature out of the tree. */
static int take_content(struct reading *r, struct span *ret)
{
	xmlNode *signature = r->signature;
	int rc;

	xmlUnlinkNode(signature);
	rc = canonical(r, NULL, true, ret);
	xmlFreeNode(signature);
	if (rc)
		return -1;
	return digest_is(r->whole_method, *ret, r->whole_digest) ? 0 : wrong(r, "its content was changed: the digest differs");
}

static int read_signed(struct reading *r, STACK_OF(X509) *allowed, struct xml_signed *ret)
{
	struct xml_signed made = {0};

	if (!r->doc || r->doc->intSubset || !xmlDocGetRootElement(r->doc))
		return wrong(r, "it is not well-formed XML without a document type");
	made.root = arena_str(r->arena, (const char *)xmlDocGetRootElement(r->doc)->name);
	if (find_signature(r))
		return -1;
	made.signer = signer_among(r, allowed);
	if (!made.signer)
		return err_set(r->err, EXIT_UNVERIFIED, "the list is signed by a certificate that nothing vouches for");
	if (check_references(r) || check_value(r, made.signer) || take_content(r, &made.content))
		return -1;
	*ret = made;
	return 0;
}

int xml_signed_read(struct arena *a, struct span bytes, STACK_OF(X509) *allowed, struct xml_signed *ret, struct err *e)
{
	struct reading r = {.arena = a, .err = e};
	int rc;

	if (bytes.n > LIMIT_TRUSTED_LIST_BYTES)
		return err_set(e, EXIT_UNVERIFIED, "the list is larger than %d MiB", (int)(LIMIT_TRUSTED_LIST_BYTES / MIB));
	r.doc = xmlReadMemory(bytes.p, (int)bytes.n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	rc = read_signed(&r, allowed, ret);
	xmlFreeDoc(r.doc);
	return rc;
}
