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

enum truth { TRUTH_NO, TRUTH_UNKNOWN, TRUTH_YES };      /* Kleene, in this order: and = least, or = greatest */

struct region {
	const char *provider, *code, *country, *city, *scope, *note, *source;      /* country ISO 3166-1 alpha-2, "" when none (global) */
	bool verified;      /* read at its source */
};

/* FR, EU, EEA, ADEQUATE, or a country code. country "" or NULL: unknown. date: adequacy decisions have an end. */
enum truth country_in(const char *country, const char *territory, date_t date);
const char *country_name(const char *code, const char *lang);      /* the code itself when unknown */

struct endpoint {
	const char *pattern, *match, *operator_name, *home_country, *parent_country, *category;
	const char *processing;             /* as the source words it */
	const char *processing_country;     /* ISO code, "EU", "EEA", or "" when it is not one place */
	const char *eu_option, *training, *retention, *trap, *source;
	bool verified;
};

struct provider {
	const char *name, *home_country, *parent, *parent_country, *foreign_law, *hds, *hds_activities;
	const char *secnumcloud, *secnumcloud_offer, *validity, *source, *as_of, *note;
	bool verified;
};

struct model {
	const char *pattern, *family, *publisher, *publisher_country, *parent_country, *open_weights, *licence, *hosted_by_default;
	const char *note, *source, *as_of;
	bool verified;
};

struct know;

/* dir NULL: the tables compiled into the program; else dir/know/. Owned by a. */
int know_load(struct arena *a, const char *rules_dir, struct know **ret, struct err *e);
const char *know_digest(const struct know *k);      /* SHA-256 of its data, hexadecimal */

/* All readings of a region code; provider NULL or "": every provider that uses it. Codes compare without case; zones lose their letter. */
size_t know_regions(const struct know *k, const char *provider, const char *code, const struct region **ret, size_t max);
/* Canonical provider name for any spelling (aws, Amazon Web Services, azurerm, google, ovh ...), or NULL. */
const char *know_provider_name(const struct know *k, const char *spelling);
/* The most precise pattern that host matches, or NULL. */
const struct endpoint *know_endpoint(const struct know *k, struct span host);
const struct provider *know_provider(const struct know *k, const char *name);
/* The model family of a model name (PCRE2 patterns of models.csv are compiled by rule/regex; see model_find there). */
const struct model *know_models(const struct know *k, size_t *ret_count);
const struct region *know_all_regions(const struct know *k, size_t *ret_count);
const struct endpoint *know_all_endpoints(const struct know *k, size_t *ret_count);
const struct provider *know_all_providers(const struct know *k, size_t *ret_count);

/* ------------------------------------------------------------------ the declaration */

struct waiver {
	const char *rule, *control;              /* glob of rule ids, or a control; one of them */
	const char *deployment, *path, *fingerprint;      /* deployment mandatory ("*" all); path (glob) and fingerprint optional */
	const char *reason, *approver;
	date_t until;
	const struct fact *fact;
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
/* Does the deployment's exports list cover this document? */
bool deployment_covers(const struct deployment *dep, const struct doc *d);

#endif
