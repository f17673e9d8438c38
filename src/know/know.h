/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is known (regions, endpoints, providers, models: rules/know/) and what is declared (scelle.yaml).
 * A fact of the knowledge base carries its source and whether it was read there; one from memory may raise a doubt,
 * never a verdict.
 */
#ifndef KNOW_KNOW_H
#define KNOW_KNOW_H

#include "base/date.h"
#include "read/read.h"

/* ------------------------------------------------------------------ places */

enum truth { TRUTH_NO, TRUTH_UNKNOWN, TRUTH_YES };      /* Kleene, in this order: and = least, or = most, not = mirror */

static inline enum truth truth_least(enum truth a, enum truth b)
{
	return a < b ? a : b;
}
static inline enum truth truth_most(enum truth a, enum truth b)
{
	return a > b ? a : b;
}
static inline enum truth truth_mirror(enum truth t)
{
	return t == TRUTH_YES ? TRUTH_NO : t == TRUTH_NO ? TRUTH_YES : TRUTH_UNKNOWN;
}

struct region {
	const char *provider, *code, *city, *note;
	const char *country;             /* ISO 3166-1 alpha-2, EU, EEA, XN, XW (see country_in), "" when not established */
	const char *scope;               /* region, zone, local-zone, multi, alias; global: no guarantee of place */
	const char *source, *as_of, *verification;      /* verification: per field, as the table words it */
	bool verified;                   /* the country was read at its source */
};

/*
 * Does a country lie in FR, EU, EEA, ADEQUATE, or in the country of that code? country "" or NULL: unknown.
 * Codes that are no country: "EU", "EEA" (somewhere in it), "XN" (several countries, none in the EEA), "XW" (worldwide, no guarantee:
 * lies in no territory). date: adequacy decisions have a start and an end. The tables are always the program's own: they are law.
 */
enum truth country_in(const char *country, const char *territory, date_t date);
bool territory_known(const char *territory);      /* a territory's or a country's code */
const char *country_name(const char *code, const char *lang);      /* the code itself when unknown */

/*
 * Is a key, hash or cipher weaker than the table ("anssi") asks on that day? name: RSA, EC, P-256, RSA_2048, sha1WithRSAEncryption;
 * bits 0: as the name says. Unknown for a name of no line, or without a size.
 */
enum truth strength_below(const char *table, struct span name, uint32_t bits, date_t at);

struct endpoint {
	const char *pattern, *match, *operator_name, *home_country, *parent_country, *category;
	const char *processing;             /* as the source words it */
	const char *processing_country;     /* ISO code, "EU", "EEA", "XN", "XW", or "" when it is not known from the host alone */
	const char *eu_option, *training, *retention, *trap, *source, *as_of, *verification;
	bool verified;                      /* the place of processing was read at its source */
	bool operator_verified;
	size_t literals;                    /* characters of the pattern that stand for themselves */
};

struct provider {
	const char *name, *home_country, *parent, *parent_country, *foreign_law, *hds, *hds_activities;
	const char *secnumcloud, *secnumcloud_offer, *validity, *source, *as_of, *note, *verification;
	bool verified, secnumcloud_verified;      /* verified: of hds */
};

struct model {
	const char *pattern, *family, *publisher, *publisher_country, *parent_country, *open_weights, *licence, *hosted_by_default;
	const char *note, *source, *as_of, *verification;
	bool verified;                   /* the names that the pattern covers were read; publisher and country mostly come from memory */
};

struct know;

/* dir NULL: the tables compiled into the program; else dir/know/. Owned by a. */
int know_load(struct arena *a, const char *rules_dir, struct know **ret, struct err *e);
const char *know_digest(const struct know *k);      /* SHA-256 of its data, hexadecimal */

/* All readings of a region code; provider NULL or "": every provider that uses it. Codes compare without case; zones lose their letter. */
size_t know_regions(const struct know *k, const char *provider, const char *code, const struct region **ret, size_t max);
/*
 * The country of a code when its readings agree on it, else "". A reading from memory counts only when none was read at a source:
 * memory may raise a doubt, and eu-west-3 is Paris. *ret_verified: the readings that counted were read.
 */
const char *know_region_country(const struct know *k, const char *provider, const char *code, bool *ret_verified);
/* Do all readings that count answer the question alike? That answer; else unknown (ambiguous, or no such region). */
enum truth know_region_in(const struct know *k, const char *provider, const char *code, const char *territory, date_t date,
			  bool *ret_verified);
/* Canonical provider name for any spelling (aws, Amazon Web Services, azurerm, google, ovh ...), or NULL. */
const char *know_provider_name(const struct know *k, const char *spelling);
/* The most precise pattern that host matches, or NULL. */
const struct endpoint *know_endpoint(const struct know *k, struct span host);
/* The region that a host name carries (s3.eu-west-3.amazonaws.com, europe-west9-aiplatform.googleapis.com), or NULL. */
const struct region *know_host_region(const struct know *k, struct span host);
/*
 * Where calls to host are processed: the region in its name where the endpoint goes by region, else the endpoint's own place.
 * Same codes as country_in; "" when not known. *ret_verified: read at its source.
 */
const char *know_host_country(const struct know *k, struct span host, bool *ret_verified);
const struct provider *know_provider(const struct know *k, const char *name);
/* The model family of a model name (PCRE2 patterns of models.csv are compiled by rule/regex; see model_find there). */
const struct model *know_models(const struct know *k, size_t *ret_count);
const struct region *know_all_regions(const struct know *k, size_t *ret_count);

/* ------------------------------------------------------------------ the fields of a declaration */

enum field_section {      /* blocks of scelle.yaml; CORE and MORE are both keys of a deployment */
	FIELDS_TOP, FIELDS_FACILITY, FIELDS_POLICY, FIELDS_TERRITORY, FIELDS_CORE, FIELDS_MORE,
	FIELDS_TRANSFERS, FIELDS_TELEMETRY_ENDPOINTS, FIELDS_INTERFACES, FIELDS_SUBPROCESSORS, FIELDS_REF, FIELDS_WAIVERS,
};

enum field_type {
	FIELD_TEXT, FIELD_ID, FIELD_ENUM, FIELD_ENUM_SET, FIELD_BOOL, FIELD_INT, FIELD_INT_SET, FIELD_DATE, FIELD_DURATION,
	FIELD_COUNTRY, FIELD_COUNTRY_SET, FIELD_REGION, FIELD_REGION_SET, FIELD_TEXT_LIST, FIELD_GLOBS, FIELD_URL, FIELD_FINESS,
	FIELD_DIGEST, FIELD_REF, FIELD_DOCUMENTS, FIELD_RECORDS, FIELD_BLOCK,
};

struct field {
	enum field_section section;
	const char *name;
	enum field_type type;
	const char *allowed;      /* separated by blanks; "" any */
	const char *fr, *en;
};

const struct field *fields_all(size_t *ret_count);      /* fields.def, in its order */
/* A field of a deployment, of a record in it ("transfers[*].country", "documents.dpia") or another name of one ("dpia_ref")? */
bool declared_field_exists(const char *name);

/* ------------------------------------------------------------------ the declaration */

struct waiver {
	const char *rule, *control;              /* glob of rule ids, or a control; one of them */
	const char *deployment, *path, *fingerprint;      /* deployment mandatory ("*" all); path (glob) and fingerprint optional */
	const char *reason, *approver;
	date_t until;
	const struct fact *fact;
	const struct doc *doc;                   /* of a waiver in a comment: it covers these lines of its own document; else NULL */
	uint32_t from_line, to_line;
};

struct deployment {
	const char *id, *name;
	const struct fact *block;                /* its declared fields; facts of the declaration document */
	const char *const *exports;              /* globs relative to the facility's folder */
	size_t export_count;
};

struct declaration {
	struct doc *doc;                         /* a document like any other */
	const struct fact *root, *facility, *policy;      /* blocks; policy may be NULL */
	const char *facility_name, *finess;
	struct deployment *deployments;
	size_t deployment_count;
	struct waiver *waivers;
	size_t waiver_count;
	date_t declared_on, valid_until;         /* DATE_NONE when not said; stale after 12 months by default */
};

/*
 * Reads and checks scelle.yaml: unknown key, missing id, bad enum, bad date: file:line:column: what, why, EXIT_USAGE.
 * Several mistakes are listed in e (one line each, the first ten).
 */
int declaration_load(struct arena *a, struct doc *d, struct declaration **ret, struct err *e);

/*
 * What a deployment declares under a field's name, the facility's where the deployment says nothing and the field has one there
 * (entity_type, dpo_contact, facility_finess ...), NULL when absent. Only whole fields and the aliases of fields.def; no "[*]".
 */
const struct fact *declared_field(const struct declaration *d, const struct deployment *dep, const char *name);
/* Three explicit non-values are never confused: unknown (asked, not answered), not-applicable (with its reason), absent (not asked). */
enum declared_state { DECLARED_ABSENT, DECLARED_UNKNOWN, DECLARED_NOT_APPLICABLE, DECLARED_VALUE };
enum declared_state declared_state(const struct fact *f);      /* NULL: absent */
/* The reason of a not-applicable, or NULL. */
const char *declared_reason(const struct fact *f);

/* Does the deployment's exports list cover this document? */
bool deployment_covers(const struct deployment *dep, const struct doc *d);

#endif
