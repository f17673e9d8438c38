/* SPDX-License-Identifier: EUPL-1.2 */
/* The knowledge base as compiled in: readings of codes, countries and territories, hosts, providers, strengths. */
#include "know/know.h"
#include "unit.h"

#include <stdio.h>

static date_t day(const char *text)
{
	return date_parse(span_of(text));
}

static void check_regions(const struct know *k)
{
	static const struct {
		const char *provider, *code, *country;      /* country of the readings that count; "" they differ or there is none */
	} cases[] = {
		{"aws", "eu-west-2", "GB"}, {"outscale", "eu-west-2", "FR"}, {NULL, "eu-west-2", ""}, {NULL, "eu-west-3", "FR"},
		{"aws", "eu-west-3a", "FR"}, {"AWS", "EU-WEST-3", "FR"}, {"google", "europe-west9-b", "FR"}, {"gcp", "europe-west2", "GB"},
		{"azurerm", "France Central", "FR"}, {"azure", "francecentral", "FR"}, {"azure", "norwayeast", "NO"}, {"gcs", "eur4", "EU"},
		{"scaleway", "fr-par-1", "FR"}, {"scw", "fr-par", "FR"}, {"ovh", "GRA11", "FR"}, {"ovh", "GRA12", "FR"}, {"ovh", "uk1", "GB"},
		{"aws", "us-gov-west-1", "US"}, {"azure", "global", "XW"}, {"aws", "nowhere-1", ""}, {"nobody", "eu-west-3", ""},
		{"aws", "", ""}, {"hetzner", "fsn1-dc14", "DE"},
	};
	const struct region *r[64];
	bool verified;
	char what[128];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		snprintf(what, sizeof what, "region %s:%s", cases[i].provider ? cases[i].provider : "(any)", cases[i].code);
		CHECK_TEXT(know_region_country(k, cases[i].provider, cases[i].code, &verified), cases[i].country, what);
	}
	CHECK(know_regions(k, NULL, "eu-west-2", r, 64) >= 4, "all readings of eu-west-2 are given");
	CHECK(know_regions(k, NULL, "eu-west-2", r, 2) == 2, "no more readings than asked for");
	CHECK(know_region_in(k, NULL, "eu-west-2", "EEA", 20000, &verified) == TRUTH_UNKNOWN, "eu-west-2 is ambiguous for the EEA");
	CHECK(know_region_in(k, NULL, "eu-west-3", "EEA", 20000, &verified) == TRUTH_YES && verified, "eu-west-3 is not");
	CHECK(know_region_in(k, NULL, "us-east-1", "EEA", 20000, &verified) == TRUTH_NO, "us-east-1 is outside in every reading");
}

static void check_countries(void)
{
	static const struct {
		const char *country, *territory, *date;
		enum truth wanted;
	} cases[] = {
		{"FR", "FR", "2026-11-23", TRUTH_YES}, {"GP", "FR", "2026-11-23", TRUTH_YES}, {"RE", "EU", "2026-11-23", TRUTH_YES},
		{"NC", "EU", "2026-11-23", TRUTH_NO}, {"NO", "EEA", "2026-11-23", TRUTH_YES}, {"NO", "EU", "2026-11-23", TRUTH_NO},
		{"NO", "ADEQUATE", "2026-11-23", TRUTH_YES}, {"CH", "EEA", "2026-11-23", TRUTH_NO}, {"CH", "ADEQUATE", "2026-11-23", TRUTH_YES},
		{"GB", "ADEQUATE", "2031-12-27", TRUTH_YES}, {"GB", "ADEQUATE", "2031-12-28", TRUTH_NO}, {"GB", "ADEQUATE", "2021-01-01", TRUTH_NO},
		{"BR", "ADEQUATE", "2026-01-27", TRUTH_NO}, {"BR", "ADEQUATE", "2026-01-28", TRUTH_YES}, {"US", "ADEQUATE", "2026-11-23", TRUTH_UNKNOWN},
		{"US", "ADEQUATE", "2020-01-01", TRUTH_NO}, {"US", "EEA", "2026-11-23", TRUTH_NO}, {"CN", "ADEQUATE", "2026-11-23", TRUTH_NO},
		{"EU", "EEA", "2026-11-23", TRUTH_YES}, {"EU", "FR", "2026-11-23", TRUTH_UNKNOWN}, {"EEA", "EU", "2026-11-23", TRUTH_UNKNOWN},
		{"XN", "EEA", "2026-11-23", TRUTH_NO}, {"XN", "ADEQUATE", "2026-11-23", TRUTH_UNKNOWN}, {"XW", "EEA", "2026-11-23", TRUTH_NO},
		{"", "EEA", "2026-11-23", TRUTH_UNKNOWN}, {NULL, "EEA", "2026-11-23", TRUTH_UNKNOWN}, {"QQ", "EEA", "2026-11-23", TRUTH_UNKNOWN},
		{"FR", "MARS", "2026-11-23", TRUTH_UNKNOWN}, {"DE", "DE", "2026-11-23", TRUTH_YES}, {"DE", "FR", "2026-11-23", TRUTH_NO},
		{"fr", "eea", "2026-11-23", TRUTH_YES}, {"a country with a very long name", "EEA", "2026-11-23", TRUTH_UNKNOWN},
	};
	char what[128];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		snprintf(what, sizeof what, "%s in %s on %s", cases[i].country ? cases[i].country : "(null)", cases[i].territory, cases[i].date);
		CHECK(country_in(cases[i].country, cases[i].territory, day(cases[i].date)) == cases[i].wanted, what);
	}
	CHECK_TEXT(country_name("GB", "fr"), "Royaume-Uni", "a country has a French name");
	CHECK_TEXT(country_name("GB", "en"), "United Kingdom", "a country has an English name");
	CHECK_TEXT(country_name("QQ", "en"), "QQ", "a code of no country is its own name");
}

static void check_hosts(const struct know *k)
{
	static const struct {
		const char *host, *pattern, *country;
	} cases[] = {
		{"api.openai.com", "api.openai.com", "XW"}, {"API.OpenAI.com.", "api.openai.com", "XW"}, {"api.openai.com:443", "api.openai.com", "XW"},
		{"evil-api.openai.com", NULL, ""}, {"us3.datadoghq.com", "us3.datadoghq.com", "US"}, {"x.us3.datadoghq.com", "us3.datadoghq.com", "US"},
		{"notdatadoghq.com", NULL, ""}, {"chu.openai.azure.com", "*.openai.azure.com", ""},
		{"bedrock-runtime.eu-west-3.amazonaws.com", "bedrock-runtime.<region>.amazonaws.com", "FR"},
		{"bedrock-runtime.us-east-1.amazonaws.com", "bedrock-runtime.<region>.amazonaws.com", "US"},
		{"europe-west9-aiplatform.googleapis.com", "<region>-aiplatform.googleapis.com", "FR"},
		{"aiplatform.eu.rep.googleapis.com", "aiplatform.eu.rep.googleapis.com", "EU"},
		{"francecentral.stt.speech.microsoft.com", "*.stt.speech.microsoft.com", "FR"},
		{"db.abc.eu-west-3.rds.amazonaws.com", NULL, "FR"}, {"images.s3.fr-par.scw.cloud", NULL, "FR"}, {"b.s3.amazonaws.com", NULL, ""},
		{"api.cloudflare.com", NULL, ""}, {"api.cloudflare.com/client/v4/accounts/1/ai", "api.cloudflare.com/client/v4/accounts/*/ai", "XW"},
		{"localhost", NULL, ""}, {"localhost:11434", "localhost:11434", ""}, {"", NULL, ""}, {"...", NULL, ""},
	};
	bool verified;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct endpoint *p = know_endpoint(k, span_of(cases[i].host));

		CHECK_TEXT(p ? p->pattern : NULL, cases[i].pattern, cases[i].host);
		CHECK_TEXT(know_host_country(k, span_of(cases[i].host), &verified), cases[i].country, cases[i].host);
	}
}

static void check_providers(const struct know *k)
{
	const struct provider *p = know_provider(k, "OVH");

	CHECK_TEXT(know_provider_name(k, "amazon web services"), "AWS", "a provider by its legal name");
	CHECK_TEXT(know_provider_name(k, "OVH-Cloud"), "OVHcloud", "a provider without regard to case and signs");
	CHECK_TEXT(know_provider_name(k, "nobody"), NULL, "an unknown provider has no name");
	CHECK(p && !strcmp(p->name, "OVHcloud") && p->verified, "OVHcloud's certificate was read");
	CHECK(know_provider(k, "Claranet France") && !know_provider(k, "Claranet France")->verified, "Claranet's comes from memory");
}

static void check_strengths(void)
{
	static const struct {
		const char *name;
		unsigned bits;
		const char *date;
		enum truth wanted;
	} cases[] = {
		{"RSA", 2048, "2026-11-23", TRUTH_NO}, {"RSA", 2048, "2031-01-01", TRUTH_YES}, {"RSA", 1024, "2026-11-23", TRUTH_YES},
		{"RSA_4096", 0, "2031-01-01", TRUTH_NO}, {"EC", 256, "2033-01-01", TRUTH_NO}, {"P-224", 0, "2026-11-23", TRUTH_YES},
		{"prime256v1", 0, "2026-11-23", TRUTH_NO}, {"sha1WithRSAEncryption", 0, "2026-11-23", TRUTH_YES}, {"MD5", 0, "2026-11-23", TRUTH_YES},
		{"3DES", 0, "2026-11-23", TRUTH_YES}, {"AES256", 0, "2026-11-23", TRUTH_NO}, {"SHA-256", 0, "2026-11-23", TRUTH_NO},
		{"SHA-224", 0, "2026-11-23", TRUTH_YES}, {"RSA", 0, "2026-11-23", TRUTH_UNKNOWN}, {"quux", 4096, "2026-11-23", TRUTH_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK(strength_below("anssi", span_of(cases[i].name), cases[i].bits, day(cases[i].date)) == cases[i].wanted, cases[i].name);
}

/* Every row can be asked for: a table whose own codes and hosts are not found is a table with a mistake. */
static void check_tables(const struct know *k)
{
	size_t n, bad = 0;
	const struct region *regions = know_all_regions(k, &n), *r[64];
	const struct model *models;

	CHECK(n > 900, "the regions are all there");
	for (size_t i = 0; i < n; i++) {
		bool known = !*regions[i].country || territory_known(regions[i].country) || !strcmp(regions[i].country, "XN") ||
			     !strcmp(regions[i].country, "XW");

		known = known && *regions[i].source && date_parse(span_of(regions[i].as_of)) != DATE_NONE &&
			know_regions(k, regions[i].provider, regions[i].code, r, 64);
		if (!known)
			printf("# %s:%s %s %s\n", regions[i].provider, regions[i].code, regions[i].country, regions[i].as_of);
		bad += !known;
	}
	CHECK(bad == 0, "every region is found by its provider and code, has a country's code, a source and a date");
	models = know_models(k, &n);
	CHECK(n > 150 && *models[0].pattern && *models[n - 1].source, "the models are all there");
	CHECK(strlen(know_digest(k)) == 64, "the knowledge has a digest");
}

void u_know(void)
{
	struct arena *a = arena_new();
	struct know *k;
	struct err e = {0};

	if (CHECK(know_load(a, NULL, &k, &e) == 0, "the built-in knowledge loads")) {
		check_regions(k);
		check_countries();
		check_hosts(k);
		check_providers(k);
		check_strengths();
		check_tables(k);
	}
	CHECK(know_load(a, "/nonexistent", &k, &e) < 0 && e.code == EXIT_USAGE, "a folder without tables is refused");
	arena_free(a);
}
