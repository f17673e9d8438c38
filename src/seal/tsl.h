/* SPDX-License-Identifier: EUPL-1.2 */
/* Trusted lists (ETSI TS 119 612): what one says, read from bytes whose signature was checked. */
#ifndef SEAL_TSL_H
#define SEAL_TSL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

#include <openssl/x509.h>
#include <stdint.h>

/* One status of a service from its beginning on; older ones follow. */
struct service_status {
	const char *status;       /* the last part of its URI: "granted", "withdrawn"... */
	int64_t since;
};

struct trust_service {
	const char *type;         /* the part of its URI behind "Svctype/": "CA/QC", "TSA/QTST"... */
	const char *provider, *name;
	STACK_OF(X509) *certs;
	struct service_status *statuses;      /* newest first */
	size_t status_count;
};

struct list_pointer {
	const char *territory, *location;
	STACK_OF(X509) *certs;      /* that may sign the list there */
};

struct trusted_list {
	bool of_lists;              /* the LOTL */
	const char *territory, *issued, *sequence;
	int64_t next_update;        /* INT64_MIN: none, the list is closed */
	struct list_pointer *pointers;
	size_t pointer_count;
	struct trust_service *services;
	size_t service_count;
};

/* content: exclusive canonical XML. Certificates are freed with the arena. */
int trusted_list_read(struct arena *a, struct span content, struct trusted_list *ret, struct err *e);

#endif
