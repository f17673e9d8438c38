/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Signs a PDF report of this program (PAdES baseline B-B, ETSI EN 319 142-1; B-T once a stamp is put in). Signing appends an update and changes no
 * byte before it: the first part of a signed report is the report that a container seals. The update follows from the report, the time and the
 * signature alone, so that verify can write it again and compare. Reports of other programs are not signed here: their structure is theirs.
 */
#include "seal/pades.h"

#include "base/limits.h"

#include <openssl/err.h>
#include <time.h>

#define STAMP_ROOM (16 * 1024)      /* bytes of the hole for a time stamp: authorities send 3 to 9 KiB with their chains */
#define OTHER_ROOM (4 * 1024)       /* for attributes and the signature itself: RSA 8192 is 1 KiB */

bool is_pdf(struct span file)
{
	return span_starts(file, "%PDF-");
}

/* ------------------------------------------------------------------ the report before signing */

struct base {
	struct span bytes;
	size_t count, xref;             /* objects, and where their table is */
	size_t catalog, page;           /* numbers */
	struct span catalog_text, page_text, trailer;      /* between "N 0 obj\n" and "\nendobj" */
};

/* The number behind word in text; 0: none (no object has that). */
static size_t number_behind(struct span text, const char *word)
{
	const char *at = span_find(text, span_of(word));
	size_t value = 0;

	for (at = at ? at + strlen(word) : NULL; at && at < text.p + text.n && *at >= '0' && *at <= '9' && value < SIZE_MAX / 16; at++)
		value = value * 10 + (size_t)(*at - '0');
	return value;
}

static struct span between(struct span text, const char *from, const char *to)
{
	const char *a = span_find(text, span_of(from)), *b;
	struct span rest = {"", 0};

	if (!a)
		return rest;
	rest = (struct span){a + strlen(from), (size_t)(text.p + text.n - a) - strlen(from)};
	b = span_find(rest, span_of(to));
	return b ? (struct span){rest.p, (size_t)(b - rest.p)} : (struct span){"", 0};
}

/* Through the table of the file, whose lines have twenty bytes. */
static struct span object_text(const struct base *b, size_t number)
{
	char head[32];
	int head_size = snprintf(head, sizeof head, "xref\n0 %zu\n", b->count);
	size_t line = b->xref + (size_t)head_size + 20 * number, offset;

	if (!number || number >= b->count || line + 20 > b->bytes.n)
		return (struct span){"", 0};
	offset = number_behind(span_cut(b->bytes, line, line + 10), "");
	snprintf(head, sizeof head, "%zu 0 obj\n", number);
	if (offset >= b->bytes.n || !span_starts(span_cut(b->bytes, offset, b->bytes.n), head))
		return (struct span){"", 0};
	return between(span_cut(b->bytes, offset, b->bytes.n), head, "\nendobj\n");
}

static int base_read(struct span bytes, struct base *b)
{
	const size_t tail = bytes.n < 512 ? bytes.n : 512;
	struct span end = span_cut(bytes, bytes.n - tail, bytes.n);
	char head[32];

	*b = (struct base){.bytes = bytes};
	if (!span_starts(bytes, "%PDF-1.7\n") || !span_ends(bytes, "\n%%EOF\n"))
		return -1;
	b->trailer = between(end, "\ntrailer\n<<", ">>\nstartxref\n");
	b->xref = number_behind(end, ">>\nstartxref\n");
	b->count = number_behind(b->trailer, "/Size ");
	b->catalog = number_behind(b->trailer, "/Root ");
	snprintf(head, sizeof head, "xref\n0 %zu\n", b->count);
	/* a table of all objects and none before it: an update has been made neither by us nor by others */
	if (!b->xref || b->xref >= bytes.n || !span_starts(span_cut(bytes, b->xref, bytes.n), head) || span_find(b->trailer, SPAN("/Prev")))
		return -1;
	b->catalog_text = object_text(b, b->catalog);
	b->page = number_behind(object_text(b, number_behind(b->catalog_text, "/Pages ")), "/Kids[");
	b->page_text = object_text(b, b->page);
	return span_starts(b->catalog_text, "<</Type/Catalog") && span_ends(b->catalog_text, ">>") && !span_find(b->catalog_text, SPAN("/AcroForm")) &&
			       span_starts(b->page_text, "<</Type/Page/") && span_ends(b->page_text, ">>")
		       ? 0 : -1;
}

/* ------------------------------------------------------------------ the update */

struct update {
	const char *time;        /* 20260131120000Z */
	size_t hole;             /* bytes of the signature that it has room for */
	size_t from, to;         /* set by writing: the hole in the file */
};

#define OFFSETS 4
struct offsets {
	size_t at[OFFSETS], xref;       /* signature, field, page, catalog */
};

/* The numbers of the range are as long whatever they are. */
static void put_signature(struct str *out, const struct base *b, struct update *u, size_t *ret_range)
{
	str_printf(out, "%zu 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:%s)/ByteRange[", b->count, u->time);
	*ret_range = out->n;
	str_printf(out, "%-44s]/Contents", "");
	u->from = out->n;
	str_char(out, '<');
	for (size_t i = 0; i < 2 * u->hole; i++)
		str_char(out, '0');
	str_char(out, '>');
	u->to = out->n;
	str_text(out, ">>\nendobj\n");
}

/* Without extent and off the page: nothing is drawn, and nothing for a screen reader to stop at. */
static void put_field(struct str *out, const struct base *b)
{
	str_printf(out, "%zu 0 obj\n<</Type/Annot/Subtype/Widget/FT/Sig/T(scelle)/TU(scelle)/V %zu 0 R/P %zu 0 R/F 132/Rect[-1 -1 -1 -1]>>\nendobj\n", b->count + 1,
		   b->count, b->page);
}

static void put_page(struct str *out, const struct base *b)
{
	struct span inside = span_cut(b->page_text, 0, b->page_text.n - 2), list = SPAN("/Annots[");
	const char *at = span_find(inside, list);

	str_printf(out, "%zu 0 obj\n", b->page);
	str_put(out, inside.p, at ? (size_t)(at - inside.p) : inside.n);
	str_printf(out, "/Annots[%zu 0 R", b->count + 1);
	if (at) {
		str_char(out, ' ');
		str_put(out, at + list.n, (size_t)(inside.p + inside.n - at) - list.n);
	} else
		str_char(out, ']');
	str_text(out, ">>\nendobj\n");
}

static void put_catalog(struct str *out, const struct base *b)
{
	str_printf(out, "%zu 0 obj\n", b->catalog);
	str_put(out, b->catalog_text.p, b->catalog_text.n - 2);
	str_printf(out, "/AcroForm<</Fields[%zu 0 R]/SigFlags 3>>>>\nendobj\n", b->count + 1);
}

static void put_table(struct str *out, const struct base *b, const struct offsets *o)
{
	size_t first = b->catalog < b->page ? 3 : 2, second = 5 - first;      /* sections stand in the order of numbers */
	const size_t number[OFFSETS] = {b->count, b->count + 1, b->page, b->catalog};
	struct span id = between(b->trailer, "/ID[<", ">");
	char digest[SHA256_HEX];

	sha256_hex(id, digest);      /* the second identifier is another one after a change (14.4): here it follows from the first */
	str_printf(out, "xref\n%zu 1\n%010zu 00000 n \n%zu 1\n%010zu 00000 n \n", number[first], o->at[first], number[second], o->at[second]);
	str_printf(out, "%zu 2\n%010zu 00000 n \n%010zu 00000 n \ntrailer\n<</Size %zu/Root %zu 0 R/Info %zu 0 R/Prev %zu/ID[<%.*s><%.32s>]>>\nstartxref\n%zu\n%%%%EOF\n",
		   b->count, o->at[0], o->at[1], b->count + 2, b->catalog, number_behind(b->trailer, "/Info "), b->xref, (int)id.n, id.p, digest, o->xref);
}

/* The whole file with an empty hole. */
static void update_write(struct str *out, const struct base *b, struct update *u)
{
	struct offsets o;
	size_t range;
	char numbers[64];

	str_span(out, b->bytes);
	o.at[0] = out->n;
	put_signature(out, b, u, &range);
	o.at[1] = out->n;
	put_field(out, b);
	o.at[2] = out->n;
	put_page(out, b);
	o.at[3] = out->n;
	put_catalog(out, b);
	o.xref = out->n;
	put_table(out, b, &o);
	if (str_failed(out))
		return;
	snprintf(numbers, sizeof numbers, "0 %zu %zu %zu", u->from, u->to, out->n - u->to);
	memcpy(out->p + range, numbers, strlen(numbers));
}

/* ------------------------------------------------------------------ the signature (CMS without a signing time: the dictionary has it) */

/* The signed attributes in DER: encoded one by one, in the order of their bytes, as a SET. */
static int by_bytes(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return order ? order : x->n < y->n ? -1 : x->n > y->n;
}

#define ATTRIBUTES_MAX 8

static struct span attributes_der(struct arena *a, const CMS_SignerInfo *si)
{
	struct span parts[ATTRIBUTES_MAX];
	struct str out = STR_INIT(MIB);
	int count = CMS_signed_get_attr_count(si);
	size_t total = 0;
	unsigned char head[16], *p = head;
	struct span der;

	for (int i = 0; i < count && i < ATTRIBUTES_MAX; i++) {
		unsigned char *bytes = NULL;
		int n = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(si, i), &bytes);

		parts[i] = arena_span(a, (struct span){(const char *)bytes, n > 0 ? (size_t)n : 0});
		total += parts[i].n;
		OPENSSL_free(bytes);
	}
	/* analyser: filled above, one a turn */
	qsort(parts, (size_t)count, sizeof *parts, by_bytes);
	ASN1_put_object(&p, 1, (int)total, V_ASN1_SET, V_ASN1_UNIVERSAL);
	str_put(&out, (const char *)head, (size_t)(p - head));
	for (int i = 0; i < count; i++)
		str_span(&out, parts[i]);
	der = arena_span(a, str_get(&out));
	str_free(&out);
	return der;
}

/* OpenSSL adds a signing time to whatever it signs, which PAdES forbids (EN 319 142-1, 6.3): so the attributes are signed here. */
static int sign_attributes(struct arena *a, const struct signer *s, CMS_SignerInfo *si)
{
	struct span der = attributes_der(a, si);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = 0;
	unsigned char *value = NULL;
	int ok = ctx && EVP_DigestSignInit(ctx, NULL, s->md, NULL, s->key) > 0 &&
		 EVP_DigestSign(ctx, NULL, &n, (const unsigned char *)der.p, der.n) > 0 && (value = arena_alloc(a, n)) &&
		 EVP_DigestSign(ctx, value, &n, (const unsigned char *)der.p, der.n) > 0 && ASN1_STRING_set(CMS_SignerInfo_get0_signature(si), value, (int)n);

	EVP_MD_CTX_free(ctx);
	return ok;
}

static int add_attributes(const struct signer *s, CMS_SignerInfo *si, struct span content)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n;

	return EVP_Digest(content.p, content.n, digest, &n, s->md, NULL) &&
	       CMS_signed_add1_attr_by_NID(si, NID_pkcs9_contentType, V_ASN1_OBJECT, OBJ_nid2obj(NID_pkcs7_data), -1) &&
	       CMS_signed_add1_attr_by_NID(si, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, digest, (int)n);
}

/* RSA keys sign with PKCS #1 v1.5, the padding that readers of PDF know. */
static int cms_sign_pdf(struct arena *a, const struct signer *s, struct span content, struct span *ret, struct err *e)
{
	const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL;
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	CMS_SignerInfo *si = cms ? CMS_add1_signer(cms, s->cert, s->key, s->md, flags | CMS_NOSMIMECAP | CMS_CADES) : NULL;
	unsigned char *der = NULL;
	int n = -1;

	if (si && cms_add_chain(cms, s) && add_attributes(s, si, content) && sign_attributes(a, s, si))
		n = i2d_CMS_ContentInfo(cms, &der);
	CMS_ContentInfo_free(cms);
	if (n <= 0)
		return err_set(e, EXIT_BROKEN, "cannot sign the PDF: %s", openssl_reason());
	*ret = arena_span(a, (struct span){(const char *)der, (size_t)n});
	OPENSSL_free(der);
	return 0;
}

/* Room for the chain, the signature, and a stamp that may come later. */
static size_t hole_for(const struct signer *s)
{
	int n = i2d_X509(s->cert, NULL), total = n > 0 ? n : 0;

	for (int i = 0; i < sk_X509_num(s->chain); i++) {
		n = i2d_X509(sk_X509_value(s->chain, i), NULL);
		total += n > 0 ? n : 0;
	}
	return (size_t)total + STAMP_ROOM + OTHER_ROOM;
}

int pdf_sign(struct span report, struct signer *s, struct str *out, struct err *e)
{
	struct arena *a = arena_new();
	struct str empty = STR_INIT(LIMIT_CONTAINER_BYTES);
	struct update u = {.hole = hole_for(s)};
	struct pdf_parts p;
	time_t seconds = time(NULL);
	struct span der;
	struct tm tm;
	struct base b;
	char when[32];
	int rc = -1;

	if (base_read(report, &b)) {
		err_set(e, EXIT_USAGE, "cannot sign this PDF: it is not a report of scelle, or is signed already");
	} else if (!gmtime_r(&seconds, &tm) || !strftime(when, sizeof when, "%Y%m%d%H%M%SZ", &tm)) {
		err_set(e, EXIT_BROKEN, "cannot sign the PDF: the clock tells no time");
	} else {
		u.time = when;
		update_write(&empty, &b, &u);
		p = (struct pdf_parts){.from = u.from, .to = u.to};
		rc = str_failed(&empty) ? err_set(e, EXIT_BROKEN, "cannot sign the PDF: it is larger than its limit") :
		     cms_sign_pdf(a, s, pdf_signed_bytes(a, str_get(&empty), &p), &der, e) ? -1 : pdf_fill(str_get(&empty), &p, der, out, e);
	}
	str_free(&empty);
	arena_free(a);
	return rc;
}

/* ------------------------------------------------------------------ a signed report */

struct span pdf_signed_bytes(struct arena *a, struct span file, const struct pdf_parts *p)
{
	char *bytes = arena_alloc(a, file.n + 1);

	memcpy(bytes, file.p, p->from);
	memcpy(bytes + p->from, file.p + p->to, file.n - p->to);
	return (struct span){bytes, p->from + file.n - p->to};
}

int pdf_fill(struct span file, const struct pdf_parts *p, struct span der, struct str *out, struct err *e)
{
	size_t room = p->to - p->from - 2;

	if (2 * der.n > room)
		return err_set(e, EXIT_USAGE, "the signature has %zu bytes and the PDF room for %zu", der.n, room / 2);
	str_put(out, file.p, p->from + 1);
	for (size_t i = 0; i < der.n; i++)
		str_printf(out, "%02x", (unsigned char)der.p[i]);
	for (size_t i = 2 * der.n; i < room; i++)
		str_char(out, '0');
	str_put(out, file.p + p->to - 1, file.n - p->to + 1);
	return str_failed(out) ? err_set(e, EXIT_BROKEN, "cannot sign the PDF: it is larger than its limit") : 0;
}

static const char *find_last(struct span s, struct span word)
{
	const char *last = NULL, *at;

	while ((at = span_find(s, word))) {
		last = at;
		s = (struct span){at + 1, (size_t)(s.p + s.n - at) - 1};
	}
	return last;
}

static int hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One way to write it: lower-case digits, the signature, zeros. */
static int decode_hole(struct arena *a, struct span digits, struct span *ret)
{
	unsigned char *bytes = arena_alloc(a, digits.n / 2 + 1);
	const unsigned char *p = bytes;
	size_t n = digits.n / 2;
	long length;
	int tag, class;

	for (size_t i = 0; i < n; i++) {
		int high = hex_value(digits.p[2 * i]), low = hex_value(digits.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return -1;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	if (digits.n % 2 || ASN1_get_object(&p, &length, &tag, &class, (long)n) != V_ASN1_CONSTRUCTED || tag != V_ASN1_SEQUENCE) {
		ERR_clear_error();
		return -1;
	}
	*ret = (struct span){(const char *)bytes, (size_t)(p - bytes) + (size_t)length};
	for (size_t i = ret->n; i < n; i++)
		if (bytes[i])
			return -1;
	return 0;
}

/* The range that the file claims: the numbers themselves are compared later, by writing the update again. */
static int check_range(struct span file, struct span dictionary, struct pdf_parts *p, struct err *e)
{
	struct span range = between(dictionary, "/ByteRange[", "]"), hole = between(dictionary, "/Contents<", ">");
	char text[64];
	unsigned long long from, to, rest;

	if (!hole.n || range.n >= sizeof text)
		return err_set(e, EXIT_UNVERIFIED, "the signature has no range of bytes, or no content");
	memcpy(text, range.p, range.n);
	text[range.n] = '\0';
	p->from = (size_t)(hole.p - file.p) - 1;
	p->to = p->from + hole.n + 2;
	if (sscanf(text, "0 %llu %llu %llu", &from, &to, &rest) != 3 || from != p->from || to != p->to)
		return err_set(e, EXIT_UNVERIFIED, "the range of bytes that is signed leaves out more than the signature itself");
	if (to + rest < file.n)
		return err_set(e, EXIT_UNVERIFIED, "%llu bytes follow what is signed", (unsigned long long)file.n - to - rest);
	return to + rest == file.n ? 0 : err_set(e, EXIT_UNVERIFIED, "the range of bytes that is signed is longer than the file");
}

/* Everything but the signature is as pades.c writes it over that base. */
static int check_update(struct span file, struct pdf_parts *p, struct err *e)
{
	struct update u = {.time = p->time, .hole = (p->to - p->from - 2) / 2};
	struct str again = STR_INIT(LIMIT_CONTAINER_BYTES);
	struct base b;
	bool same;

	if (base_read(p->base, &b))
		return err_set(e, EXIT_UNVERIFIED, "what was signed is not one report of scelle as it was written");
	update_write(&again, &b, &u);
	same = !str_failed(&again) && again.n == file.n && u.from == p->from && u.to == p->to && !memcmp(again.p, file.p, p->from) &&
	       !memcmp(again.p + p->to, file.p + p->to, file.n - p->to);
	str_free(&again);
	return same ? 0 : err_set(e, EXIT_UNVERIFIED, "what was appended for the signature is not what scelle appends");
}

int pdf_take_apart(struct arena *a, struct span file, struct pdf_parts *ret, const char **ret_step, struct err *e)
{
	const char *mark = find_last(file, SPAN("<</Type/Sig/Filter/")), *end = mark ? find_last((struct span){file.p, (size_t)(mark - file.p)}, SPAN("%%EOF\n")) : NULL;
	struct span dictionary, when;

	memset(ret, 0, sizeof *ret);
	*ret_step = "pdf-signature";
	if (!end)
		return err_set(e, EXIT_UNVERIFIED, "the PDF has no signature of the form that scelle writes; pdfsig judges those of others");
	ret->base = (struct span){file.p, (size_t)(end - file.p) + 6};
	ret->update = span_cut(file, ret->base.n, file.n);
	dictionary = (struct span){mark, (size_t)(file.p + file.n - mark)};
	when = between(dictionary, "/M(D:", ")");
	*ret_step = "byte-range";
	if (check_range(file, dictionary, ret, e))
		return -1;
	*ret_step = "pdf-update";
	if (when.n != sizeof ret->time - 1)
		return err_set(e, EXIT_UNVERIFIED, "the signature has no time");
	memcpy(ret->time, when.p, when.n);
	if (check_update(file, ret, e))
		return -1;
	*ret_step = "pdf-signature";
	if (decode_hole(a, span_cut(file, ret->from + 1, ret->to - 1), &ret->der))
		return err_set(e, EXIT_UNVERIFIED, "the signature is not one CMS structure in hexadecimal, filled up with zeros");
	return 0;
}
