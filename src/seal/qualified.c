/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Trusted lists in verify: the files of a folder are read, each must be signed as its list of lists says, and their services become anchors from and
 * until when they were granted. Whether a certificate is qualified follows from that service and from what the certificate says of itself
 * (qcStatements, ETSI EN 319 412-5). Not read: the qualifications by which a list corrects its certificates (ETSI TS 119 615 in full).
 */
#include "seal/seal_p.h"
#include "seal/signed_data.h"
#include "seal/tsl.h"
#include "seal/xmldsig.h"

#include "base/io.h"
#include "base/limits.h"

#include <dirent.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#define LIST_FILES_MAX 128      /* the EU has about forty lists */

struct list_file {
	const char *name;           /* safe */
	struct span bytes;
	bool good;
	struct trusted_list list;
};

struct trusted_lists {
	struct list_file *files;
	size_t count;
	STACK_OF(X509) *made;      /* the last answer of trusted_services */
};

/* ------------------------------------------------------------------ reading the folder */

static int by_name(const void *a, const void *b)
{
	const struct list_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int read_file(struct verification *v, struct trusted_lists *l, const char *folder, const char *name, struct err *e)
{
	struct list_file *f;

	if (l->count == LIST_FILES_MAX)
		return err_set(e, EXIT_USAGE, "more than %d lists", LIST_FILES_MAX);
	f = &l->files[l->count];
	*f = (struct list_file){.name = safe(v, span_of(name))};
	if (io_read(v->arena, arena_printf(v->arena, "%s/%s", folder, name), LIMIT_TRUSTED_LIST_BYTES, &f->bytes, e))
		return -1;
	l->count++;
	return 0;
}

static int read_folder(struct verification *v, struct trusted_lists *l, struct err *e)
{
	DIR *folder = opendir(v->request->lists);
	struct dirent *entry;
	int rc = 0;

	if (!folder)
		return err_errno(e, EXIT_USAGE, "cannot read trusted lists '%s'", v->request->lists);
	while (!rc && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' && (span_ends(span_of(entry->d_name), ".xml") || span_ends(span_of(entry->d_name), ".xtsl")))
			rc = read_file(v, l, v->request->lists, entry->d_name, e);
	closedir(folder);
	qsort(l->files, l->count, sizeof *l->files, by_name);
	return rc || l->count ? rc : err_set(e, EXIT_USAGE, "no trusted list (.xml) in '%s'", v->request->lists);
}

/* ------------------------------------------------------------------ whom to believe */

static void tell(struct verification *v, const struct list_file *f)
{
	const char *next = f->list.next_update == INT64_MIN ? "-" : seconds_text(v->arena, f->list.next_update);
	const char *territory = safe(v, span_of(f->list.territory)), *sequence = safe(v, span_of(f->list.sequence)), *issued = safe(v, span_of(f->list.issued));

	if (f->list.next_update < v->request->now)
		step(v, "trusted-lists", ASKS_SIGNER, STEP_WARNING, "%s : liste %s n° %s du %s, signée ; elle devait être renouvelée le %s, un statut a pu changer depuis",
		     "%s: list %s no. %s of %s, signed; it was due for renewal at %s, a status may have changed since", f->name, territory, sequence, issued, next);
	else
		step(v, "trusted-lists", ASKS_SIGNER, STEP_PASSED, "%s : liste %s n° %s du %s, signée, valable jusqu'au %s", "%s: list %s no. %s of %s, signed, good until %s", f->name,
		     territory, sequence, issued, next);
}

/* 0: read, its signer is one of allowed. */
static int believe(struct verification *v, struct list_file *f, STACK_OF(X509) *allowed, X509 **ret_signer, struct err *e)
{
	struct xml_signed content;

	if (xml_signed_read(v->arena, f->bytes, allowed, &content, e) || trusted_list_read(v->arena, content.content, &f->list, e))
		return -1;
	*ret_signer = content.signer;
	f->good = true;
	return 0;
}

/* Those that the caller's certificates signed: the list of lists, or one list carried alone. */
static int believe_roots(struct verification *v, struct trusted_lists *l, struct err *e)
{
	const struct anchors anchors = {.path = v->request->lists_anchors};
	STACK_OF(X509) *allowed = anchors.path ? certs_of(anchors.path, e) : NULL;
	size_t good = 0;

	if (!allowed)
		return err_set(e, EXIT_USAGE, "no certificate given that may sign the list of lists (--lists-anchors)");
	for (size_t i = 0; i < l->count; i++) {
		struct err ignored = {0};
		X509 *signer;

		good += !believe(v, &l->files[i], allowed, &signer, &ignored);
	}
	sk_X509_pop_free(allowed, X509_free);
	return good ? 0 : err_set(e, EXIT_UNVERIFIED, "no list in '%s' is signed by the certificates of --lists-anchors", v->request->lists);
}

/* Certificates that lists of lists name as signers, each for one territory. */
static STACK_OF(X509) *named_signers(const struct trusted_lists *l)
{
	STACK_OF(X509) *named = sk_X509_new_null();

	if (!named)
		arena_exhausted();
	for (size_t i = 0; i < l->count; i++)
		for (size_t k = 0; l->files[i].good && l->files[i].list.of_lists && k < l->files[i].list.pointer_count; k++)
			for (int m = 0; m < sk_X509_num(l->files[i].list.pointers[k].certs); m++)
				sk_X509_push(named, sk_X509_value(l->files[i].list.pointers[k].certs, m));
	return named;
}

static bool may_sign(const struct trusted_lists *l, X509 *signer, const char *territory)
{
	for (size_t i = 0; i < l->count; i++)
		for (size_t k = 0; l->files[i].good && l->files[i].list.of_lists && k < l->files[i].list.pointer_count; k++) {
			const struct list_pointer *p = &l->files[i].list.pointers[k];

			for (int m = 0; !strcmp(p->territory, territory) && m < sk_X509_num(p->certs); m++)
				if (!X509_cmp(sk_X509_value(p->certs, m), signer))
					return true;
		}
	return false;
}

/* Every file of the folder must prove itself: one that was changed is not merely left out. */
static int believe_others(struct verification *v, struct trusted_lists *l)
{
	STACK_OF(X509) *named = named_signers(l);
	int rc = 0;

	for (size_t i = 0; i < l->count; i++) {
		struct list_file *f = &l->files[i];
		struct err e = {0};
		X509 *signer;

		if (f->good) {
			tell(v, f);
			continue;
		}
		if (!believe(v, f, named, &signer, &e) && (f->list.of_lists || !may_sign(l, signer, f->list.territory))) {
			f->good = false;
			err_set(&e, EXIT_UNVERIFIED, "its signer may sign lists of another territory only");
		}
		if (f->good)
			tell(v, f);
		else
			rc = step(v, "trusted-lists", ASKS_SIGNER, STEP_FAILED, "%s : %s", "%s: %s", f->name, safe(v, span_of(e.text)));
	}
	sk_X509_free(named);
	return rc;
}

void verify_lists(struct verification *v)
{
	struct trusted_lists *l;
	struct err e = {0};

	if (!v->request->lists)
		return;
	l = v->lists = ARENA_NEW(v->arena, struct trusted_lists);
	l->files = ARENA_ARRAY(v->arena, struct list_file, LIST_FILES_MAX);
	if (read_folder(v, l, &e) || believe_roots(v, l, &e))
		step(v, "trusted-lists", ASKS_SIGNER, STEP_FAILED, "les listes de confiance ne valent pas : %s", "the trusted lists are not good: %s", safe(v, span_of(e.text)));
	else
		believe_others(v, l);
}

void trusted_lists_free(struct trusted_lists *l)
{
	if (l)
		sk_X509_free(l->made);
}

/* ------------------------------------------------------------------ services as anchors */

static const char *const kind_types[] = {[SERVICE_CERTIFICATES] = "CA/QC", [SERVICE_TIMESTAMP] = "TSA/QTST"};

/* Before 1 July 2016 (eIDAS) the words for a service in good standing were others. */
static bool status_is_good(const char *status)
{
	static const char *const good[] = {"granted", "undersupervision", "supervisionincessation", "accredited"};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!strcmp(status, good[i]))
			return true;
	return false;
}

/* The status that had begun last at that time. */
static bool granted_at(const struct trust_service *s, int64_t at)
{
	const struct service_status *last = NULL;

	for (size_t i = 0; i < s->status_count; i++)
		if (s->statuses[i].since <= at && (!last || s->statuses[i].since > last->since))
			last = &s->statuses[i];
	return last && status_is_good(last->status);
}

struct service_visit {
	enum service_kind kind;
	int64_t at;
	size_t file, service;
};

/* The next service of that kind that was granted then; NULL after the last. */
static const struct trust_service *next_service(const struct trusted_lists *l, struct service_visit *visit, const struct trusted_list **ret_list)
{
	for (; visit->file < l->count; visit->file++, visit->service = 0) {
		const struct trusted_list *list = &l->files[visit->file].list;

		while (l->files[visit->file].good && visit->service < list->service_count) {
			const struct trust_service *s = &list->services[visit->service++];

			*ret_list = list;
			if (!strcmp(s->type, kind_types[visit->kind]) && granted_at(s, visit->at))
				return s;
		}
	}
	return NULL;
}

STACK_OF(X509) *trusted_services(struct verification *v, enum service_kind kind, int64_t at)
{
	struct service_visit visit = {.kind = kind, .at = at};
	const struct trusted_list *list;
	const struct trust_service *s;

	if (!v->lists)
		return NULL;
	sk_X509_free(v->lists->made);
	if (!(v->lists->made = sk_X509_new_null()))
		arena_exhausted();
	while ((s = next_service(v->lists, &visit, &list)))
		for (int i = 0; i < sk_X509_num(s->certs); i++)
			sk_X509_push(v->lists->made, sk_X509_value(s->certs, i));
	return v->lists->made;
}

static bool is_in_chain(STACK_OF(X509) *certs, STACK_OF(X509) *chain)
{
	for (int i = 0; i < sk_X509_num(certs); i++)
		for (int k = 0; k < sk_X509_num(chain); k++)
			if (!X509_cmp(sk_X509_value(certs, i), sk_X509_value(chain, k)))
				return true;
	return false;
}

const char *service_of_chain(struct verification *v, enum service_kind kind, STACK_OF(X509) *chain, int64_t at)
{
	struct service_visit visit = {.kind = kind, .at = at};
	const struct trusted_list *list;
	const struct trust_service *s;

	while (v->lists && (s = next_service(v->lists, &visit, &list)))
		if (is_in_chain(s->certs, chain))
			return arena_printf(v->arena, "%s, %s, %s", safe(v, span_of(list->territory)), safe(v, span_of(s->provider)), safe(v, span_of(s->name)));
	return NULL;
}

/* ------------------------------------------------------------------ what a certificate says of itself */

/* OIDs of ETSI EN 319 412-5 behind 0.4.0.1862.1, as DER content. */
#define QC_PREFIX "\x04\x00\x8e\x46\x01"

struct qualities {
	bool qualified, on_device, for_signature, for_seal;
};

static struct span next_element(struct span *rest, int wanted_tag)
{
	const unsigned char *p = (const unsigned char *)rest->p, *end = rest->n ? p + rest->n : p, *inside_end;

	if (!rest->n || !der_enter(&p, end, V_ASN1_UNIVERSAL, wanted_tag, &inside_end))
		return *rest = (struct span){0};
	*rest = (struct span){(const char *)inside_end, (size_t)(end - inside_end)};
	return (struct span){(const char *)p, (size_t)(inside_end - p)};
}

static void read_types(struct span types, struct qualities *q)
{
	struct span list = next_element(&types, V_ASN1_SEQUENCE), oid;

	while ((oid = next_element(&list, V_ASN1_OBJECT)).n) {
		q->for_signature |= span_eq(oid, SPAN(QC_PREFIX "\x06\x01"));
		q->for_seal |= span_eq(oid, SPAN(QC_PREFIX "\x06\x02"));
	}
}

static struct qualities qualities_of(X509 *cert)
{
	int at = X509_get_ext_by_NID(cert, NID_qcStatements, -1);
	const ASN1_OCTET_STRING *value = at < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(cert, at));
	struct span rest = value ? (struct span){(const char *)ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)} : (struct span){0};
	struct span list = next_element(&rest, V_ASN1_SEQUENCE), statement;
	struct qualities q = {0};

	while ((statement = next_element(&list, V_ASN1_SEQUENCE)).n) {
		struct span oid = next_element(&statement, V_ASN1_OBJECT);

		q.qualified |= span_eq(oid, SPAN(QC_PREFIX "\x01"));
		q.on_device |= span_eq(oid, SPAN(QC_PREFIX "\x04"));
		if (span_eq(oid, SPAN(QC_PREFIX "\x06")))
			read_types(statement, &q);
	}
	return q;
}

/* The service must have been granted when it issued the certificate too, not only when it was used. */
static bool granted_at_issue(struct verification *v, X509 *cert)
{
	int64_t issued = seconds_of(X509_get0_notBefore(cert), INT64_MIN);
	STACK_OF(X509) *services = trusted_services(v, SERVICE_CERTIFICATES, issued);

	for (int i = 0; i < sk_X509_num(services); i++)
		if (X509_check_issued(sk_X509_value(services, i), cert) == X509_V_OK)
			return true;
	return false;
}

void verify_qualified(struct verification *v, const char *name, X509 *cert, const char *service)
{
	struct qualities q = qualities_of(cert);
	const char *device = q.on_device ? " (QSCD)" : "";

	if (!service)
		step(v, "qualified", ASKS_SIGNER, STEP_WARNING, "%s : certificat non qualifié : son ancre n'est d'aucune liste de confiance",
		     "%s: not a qualified certificate: its anchor is of no trusted list", name);
	else if (!q.qualified)
		step(v, "qualified", ASKS_SIGNER, STEP_WARNING, "%s : certificat non qualifié : il ne se dit pas tel (qcStatements)",
		     "%s: not a qualified certificate: it does not say that it is one (qcStatements)", name);
	else if (!granted_at_issue(v, cert))
		step(v, "qualified", ASKS_SIGNER, STEP_WARNING, "%s : certificat non qualifié : le service n'était pas agréé quand il l'a délivré",
		     "%s: not a qualified certificate: the service was not granted when it issued it", name);
	else if (q.for_seal)
		step(v, "qualified", ASKS_SIGNER, STEP_PASSED, "%s : certificat qualifié de cachet électronique%s, délivré par « %s »",
		     "%s: a qualified certificate for electronic seals%s, issued by '%s'", name, device, service);
	else
		step(v, "qualified", ASKS_SIGNER, STEP_PASSED, "%s : certificat qualifié de signature électronique%s, délivré par « %s »",
		     "%s: a qualified certificate for electronic signatures%s, issued by '%s'", name, device, service);
}
