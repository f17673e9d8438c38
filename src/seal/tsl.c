/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a trusted list (ETSI TS 119 612, version 5 and 6) says, as far as verify asks: who may sign which other list, and which services of which
 * provider had which status from when on. A table of paths, walked with the strict reader of signed XML; elements that are not in it are passed over
 * (qualifications, tax rules, addresses). Relies on canonical bytes whose signature was checked: the reader is not the one of inputs.
 */
#include "seal/tsl.h"

#include "base/cert.h"
#include "base/date.h"
#include "base/limits.h"
#include "seal/seal_p.h"
#include "seal/xml.h"

#include <openssl/err.h>

#define NS_TSL "http://uri.etsi.org/02231/v2#"
#define PATH_BYTES 1024
#define STATUSES_MAX 64
#define LIST_ITEMS_MAX 100000      /* services and pointers of a list; the largest has some thousand */

struct reading {
	struct arena *arena;
	struct trusted_list list;
	char path[PATH_BYTES];
	size_t length;
	const char *provider;
	struct trust_service *service;
	bool failed;
};

/* ------------------------------------------------------------------ small things */

static const char *behind_last_slash(struct arena *a, struct span uri)
{
	size_t i = uri.n;

	while (i && uri.p[i - 1] != '/')
		i--;
	return arena_dup(a, uri.p + i, uri.n - i);
}

static const char *behind_svctype(struct arena *a, struct span uri)
{
	const char *found = span_find(uri, SPAN("Svctype/"));

	return found ? arena_dup(a, found + 8, uri.n - (size_t)(found + 8 - uri.p)) : arena_dup(a, uri.p, uri.n);
}

static int two_digits(struct span text, size_t at)
{
	if (at + 2 > text.n || text.p[at] < '0' || text.p[at] > '9' || text.p[at + 1] < '0' || text.p[at + 1] > '9')
		return -1;
	return (text.p[at] - '0') * 10 + text.p[at + 1] - '0';
}

/* xsd:dateTime to unix seconds, INT64_MIN when it is none. A fraction is dropped. */
static int64_t date_time(struct span text)
{
	date_t day = text.n > 10 ? date_parse(span_cut(text, 0, 10)) : DATE_NONE;
	int h = two_digits(text, 11), m = two_digits(text, 14), s = two_digits(text, 17), zone_h = 0, zone_m = 0, sign = 1;
	size_t at = 19;

	if (day == DATE_NONE || h < 0 || m < 0 || s < 0)
		return INT64_MIN;
	if (at < text.n && text.p[at] == '.')
		for (at++; at < text.n && text.p[at] >= '0' && text.p[at] <= '9';)
			at++;
	if (at < text.n && (text.p[at] == '+' || text.p[at] == '-')) {
		sign = text.p[at] == '-' ? -1 : 1;
		zone_h = two_digits(text, at + 1);
		zone_m = two_digits(text, at + 4);
		if (zone_h < 0 || zone_m < 0)
			return INT64_MIN;
	}
	return (int64_t)day * 86400 + h * 3600 + m * 60 + s - sign * (zone_h * 3600 + zone_m * 60);
}

static void free_certs(void *certs)
{
	sk_X509_pop_free(certs, X509_free);
}

static STACK_OF(X509) *new_certs(struct arena *a)
{
	STACK_OF(X509) *certs = sk_X509_new_null();

	if (!certs)
		arena_exhausted();
	arena_at_end(a, free_certs, certs);
	return certs;
}

/* A certificate that cannot be read vouches for nothing; the list stays good without it. */
static void add_cert(struct reading *r, STACK_OF(X509) *certs, struct span text)
{
	const unsigned char *p;
	struct span der;
	X509 *cert;

	der = base64_read(r->arena, text);
	if (!der.n)
		return;
	p = (const unsigned char *)der.p;
	cert = d2i_X509(NULL, &p, (long)der.n);
	ERR_clear_error();
	if (cert && !sk_X509_push(certs, cert))
		arena_exhausted();
}

/* ------------------------------------------------------------------ what stands where */

static struct list_pointer *pointer(struct reading *r)
{
	return &r->list.pointers[r->list.pointer_count - 1];
}

static struct service_status *status(struct reading *r)
{
	return &r->service->statuses[r->service->status_count - 1];
}

static void begin_pointer(struct reading *r)
{
	struct list_pointer *p = ARENA_PUSH(r->arena, r->list.pointers, r->list.pointer_count);

	*p = (struct list_pointer){.territory = "", .location = "", .certs = new_certs(r->arena)};
}

static void begin_provider(struct reading *r)
{
	r->provider = "";
}

static void begin_service(struct reading *r)
{
	r->service = ARENA_PUSH(r->arena, r->list.services, r->list.service_count);
	*r->service = (struct trust_service){.type = "", .provider = r->provider ? r->provider : "", .name = "", .certs = new_certs(r->arena)};
}

static void begin_status(struct reading *r)
{
	if (r->service && r->service->status_count < STATUSES_MAX)
		*ARENA_PUSH(r->arena, r->service->statuses, r->service->status_count) = (struct service_status){"", INT64_MAX};
	else
		r->failed = true;
}

static void take_type(struct reading *r, struct span text) { r->list.of_lists = span_ends(text, "/EUlistofthelists"); }
static void take_territory(struct reading *r, struct span text) { r->list.territory = arena_dup(r->arena, text.p, text.n); }
static void take_issued(struct reading *r, struct span text) { r->list.issued = arena_dup(r->arena, text.p, text.n); }
static void take_sequence(struct reading *r, struct span text) { r->list.sequence = arena_dup(r->arena, text.p, text.n); }
static void take_next(struct reading *r, struct span text) { r->list.next_update = date_time(text); }
static void take_pointer_cert(struct reading *r, struct span text) { add_cert(r, pointer(r)->certs, text); }
static void take_location(struct reading *r, struct span text) { pointer(r)->location = arena_dup(r->arena, text.p, text.n); }
static void take_pointer_territory(struct reading *r, struct span text) { pointer(r)->territory = arena_dup(r->arena, text.p, text.n); }
static void take_service_cert(struct reading *r, struct span text) { add_cert(r, r->service->certs, text); }
static void take_service_type(struct reading *r, struct span text) { r->service->type = behind_svctype(r->arena, text); }
static void take_status(struct reading *r, struct span text) { status(r)->status = behind_last_slash(r->arena, text); }
static void take_since(struct reading *r, struct span text)
{
	int64_t since = date_time(text);

	status(r)->since = since == INT64_MIN ? INT64_MAX : since;
}

/* Names come in several languages; the first, which lists put in their own, names it. */
static void take_provider(struct reading *r, struct span text)
{
	if (r->provider && !*r->provider)
		r->provider = arena_dup(r->arena, text.p, text.n);
}

static void take_service_name(struct reading *r, struct span text)
{
	if (!*r->service->name)
		r->service->name = arena_dup(r->arena, text.p, text.n);
}

/* needs: what must have begun before, so that a list in another order is passed over and not taken wrongly. */
enum needs { NOTHING, A_POINTER, A_SERVICE, A_STATUS };

#define LIST "/TrustServiceStatusList"
#define SCHEME LIST "/SchemeInformation"
#define POINTER SCHEME "/PointersToOtherTSL/OtherTSLPointer"
#define PROVIDER LIST "/TrustServiceProviderList/TrustServiceProvider"
#define SERVICE PROVIDER "/TSPServices/TSPService"
#define INFORMATION SERVICE "/ServiceInformation"
#define HISTORY SERVICE "/ServiceHistory/ServiceHistoryInstance"

static const struct {
	const char *path;
	void (*begin)(struct reading *r);
	void (*take)(struct reading *r, struct span text);
	enum needs needs;
} places[] = {
	{SCHEME "/TSLType", NULL, take_type, NOTHING},
	{SCHEME "/TSLSequenceNumber", NULL, take_sequence, NOTHING},
	{SCHEME "/SchemeTerritory", NULL, take_territory, NOTHING},
	{SCHEME "/ListIssueDateTime", NULL, take_issued, NOTHING},
	{SCHEME "/NextUpdate/dateTime", NULL, take_next, NOTHING},
	{POINTER, begin_pointer, NULL, NOTHING},
	{POINTER "/ServiceDigitalIdentities/ServiceDigitalIdentity/DigitalId/X509Certificate", NULL, take_pointer_cert, A_POINTER},
	{POINTER "/TSLLocation", NULL, take_location, A_POINTER},
	{POINTER "/AdditionalInformation/OtherInformation/SchemeTerritory", NULL, take_pointer_territory, A_POINTER},
	{PROVIDER, begin_provider, NULL, NOTHING},
	{PROVIDER "/TSPInformation/TSPName/Name", NULL, take_provider, NOTHING},
	{SERVICE, begin_service, NULL, NOTHING},
	{INFORMATION, begin_status, NULL, A_SERVICE},
	{INFORMATION "/ServiceTypeIdentifier", NULL, take_service_type, A_SERVICE},
	{INFORMATION "/ServiceName/Name", NULL, take_service_name, A_SERVICE},
	{INFORMATION "/ServiceDigitalIdentity/DigitalId/X509Certificate", NULL, take_service_cert, A_SERVICE},
	{INFORMATION "/ServiceStatus", NULL, take_status, A_STATUS},
	{INFORMATION "/StatusStartingTime", NULL, take_since, A_STATUS},
	{HISTORY, begin_status, NULL, A_SERVICE},
	{HISTORY "/ServiceStatus", NULL, take_status, A_STATUS},
	{HISTORY "/StatusStartingTime", NULL, take_since, A_STATUS},
};

static bool has(const struct reading *r, enum needs needs)
{
	return needs == NOTHING || (needs == A_POINTER && r->list.pointer_count) || (needs == A_SERVICE && r->service) ||
	       (needs == A_STATUS && r->service && r->service->status_count);
}

static void at_place(struct reading *r, const struct span *text)
{
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (strcmp(r->path, places[i].path) || !has(r, places[i].needs))
			continue;
		if (text && places[i].take)
			places[i].take(r, span_trim(*text));
		else if (!text && places[i].begin)
			places[i].begin(r);
	}
}

/* ------------------------------------------------------------------ walking */

static int enter(struct reading *r, const struct xml_name *name)
{
	struct span local = span_is(name->ns, NS_TSL) ? name->local : SPAN("?");

	if (r->length + local.n + 2 > sizeof r->path || r->list.service_count > LIST_ITEMS_MAX || r->list.pointer_count > LIST_ITEMS_MAX)
		return -1;
	r->path[r->length++] = '/';
	memcpy(r->path + r->length, local.p, local.n);
	r->length += local.n;
	r->path[r->length] = '\0';
	at_place(r, NULL);
	return 0;
}

static void leave(struct reading *r)
{
	while (r->length && r->path[r->length] != '/')
		r->length--;
	r->path[r->length] = '\0';
}

static int walk(struct reading *r, struct xml *x)
{
	enum xml_event event;

	while ((event = xml_next(x)) != XML_DONE) {
		if (event == XML_BROKEN || (event == XML_START && enter(r, &x->name)))
			return -1;
		if (event == XML_TEXT)
			at_place(r, &x->text);
		if (event == XML_END)
			leave(r);
	}
	return r->failed ? -1 : 0;
}

int trusted_list_read(struct arena *a, struct span content, struct trusted_list *ret, struct err *e)
{
	struct reading r = {.arena = a, .list = {.territory = "", .issued = "", .sequence = "", .next_update = INT64_MIN}};
	struct xml x;

	xml_begin(&x, a, content, e);
	if (walk(&r, &x))
		return err_set(e, EXIT_UNVERIFIED, "not a trusted list of ETSI TS 119 612");
	if (!*r.list.territory || (!r.list.service_count && !r.list.pointer_count))
		return err_set(e, EXIT_UNVERIFIED, "not a trusted list of ETSI TS 119 612: it names no territory, or neither services nor other lists");
	*ret = r.list;
	return 0;
}
