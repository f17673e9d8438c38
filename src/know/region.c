/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Region codes to places. A code means nothing without its provider (eu-west-2 is London at AWS and Paris at OUTSCALE),
 * so the answer is the list of readings, one per provider, best spelling first kept.
 * A zone (eu-west-3a, europe-west9-b, fsn1-dc14, GRA12) lies where its region lies; it is cut only when the table has no such zone.
 */
#include "know/know_p.h"

#include <ctype.h>

#define READINGS_MAX 64      /* a code has at most a dozen readings */
#define CODE_BYTES 64      /* the longest code of the table has 34; a longer one is nobody's */

static struct span code_normal(const char *code, char out[CODE_BYTES])
{
	size_t n = 0;

	for (; *code && n < CODE_BYTES; code++)
		if (*code != ' ' && *code != '\t')
			out[n++] = (char)tolower((unsigned char)*code);
	return (struct span){out, n};
}

static const struct column columns[] = {
	COLUMN("provider", region, provider), COLUMN("region_code", region, code), COLUMN("country", region, country),
	COLUMN("city", region, city), COLUMN("scope", region, scope), COLUMN("note", region, note), COLUMN("source", region, source),
	COLUMN("as_of", region, as_of), COLUMN("verified", region, verification), COLUMN("country_verified", region, verified), {0},
};

void regions_fill(struct know *k, struct rows rows)
{
	k->by_code = MAP_INIT(k->arena);
	k->regions = ARENA_ARRAY(k->arena, struct region, rows.count + 1);
	k->region_count = rows.count;
	for (struct region *r = k->regions; rows_next(&rows, columns, r); r++) {
		bool same = r > k->regions && r->provider == r[-1].provider;      /* mostly: a text stands in the program once */
		struct map_entry *entry;
		struct region_list *list;
		char buffer[CODE_BYTES];

		if (!same)
			provider_spelling(k, r->provider, r->provider);
		entry = map_entry(&k->by_code, code_normal(r->code, buffer));
		if (!entry->value)
			entry->value = ARENA_NEW(k->arena, struct region_list);
		list = entry->value;
		*ARENA_PUSH(k->arena, list->items, list->count) = r;
	}
}

/* Is name the provider, or a part of it that has tables of its own ("AWS GovCloud" of "AWS")? 2 the same, 1 a part, 0 no. */
static int provider_rank(const char *name, const char *provider)
{
	size_t n = strlen(provider);

	if (!strcmp(name, provider))
		return 2;
	return !strncmp(name, provider, n) && name[n] == ' ' ? 1 : 0;
}

/* Cuts the zone from a normal code; the length of what is left, 0 when it has none. */
static size_t zone_cut(struct span code)
{
	size_t n = code.n, digits = n;

	if (n > 2 && isalpha((unsigned char)code.p[n - 1]) && isdigit((unsigned char)code.p[n - 2]))
		return n - 1;      /* eu-west-3a */
	if (n > 3 && isalpha((unsigned char)code.p[n - 1]) && code.p[n - 2] == '-' && isdigit((unsigned char)code.p[n - 3]))
		return n - 2;      /* europe-west9-b */
	while (digits > 0 && isdigit((unsigned char)code.p[digits - 1]))
		digits--;
	if (digits == n || digits < 2)
		return 0;
	if (digits > 3 && !memcmp(code.p + digits - 3, "-dc", 3))
		return digits - 3;      /* fsn1-dc14 */
	if (digits == 3 || digits == 2)
		return digits;          /* GRA12, DE1: OVHcloud writes sites in letters and numbers what stands there */
	return code.p[digits - 1] == '-' && digits > 3 ? digits - 1 : 0;      /* francecentral-1 */
}

/* Does the array already hold a reading of this provider? A reading in the code's own case replaces one in another. */
static bool reading_held(const struct region **ret, size_t count, const struct region *r, const char *code)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(ret[i]->provider, r->provider)) {
			if (!strcmp(r->code, code))
				ret[i] = r;
			return true;
		}
	return false;
}

static size_t readings_add(const struct region_list *list, const char *provider, int rank, const char *code,
			   const struct region **ret, size_t count, size_t max)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct region *r = list->items[i];

		if ((provider && provider_rank(r->provider, provider) != rank) || reading_held(ret, count, r, code))
			continue;
		if (count < max)
			ret[count++] = r;
	}
	return count;
}

size_t know_regions(const struct know *k, const char *provider, const char *code, const struct region **ret, size_t max)
{
	const char *name = provider && *provider ? know_provider_name(k, provider) : NULL;
	char buffer[CODE_BYTES];
	struct span normal;
	size_t count = 0, cut;

	if (!code || (provider && *provider && !name))
		return 0;
	normal = code_normal(code, buffer);
	for (int rank = 2; rank > 0 && !count; rank--) {
		count = readings_add(map_get(&k->by_code, normal), name, rank, code, ret, count, max);
		cut = zone_cut(normal);
		/* without a provider both are readings: eu-west-2a is a zone of London and a subregion of Paris */
		if (cut && (!count || (!name && isalpha((unsigned char)normal.p[normal.n - 1]))))
			count = readings_add(map_get(&k->by_code, span_cut(normal, 0, cut)), name, rank, code, ret, count, max);
	}
	return count;
}

/* The readings that count: those read at a source; only when there are none, the others. Moved to the front; their number. */
static size_t readings_that_count(const struct region **readings, size_t n, bool *ret_verified)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		/* analyser: n of them were filled */
		if (readings[i]->verified)
			readings[kept++] = readings[i];
	*ret_verified = kept > 0;
	return kept ? kept : n;
}

const char *know_region_country(const struct know *k, const char *provider, const char *code, bool *ret_verified)
{
	const struct region *readings[READINGS_MAX];
	size_t n = readings_that_count(readings, know_regions(k, provider, code, readings, READINGS_MAX), ret_verified);

	for (size_t i = 1; i < n; i++)
		if (strcmp(readings[i]->country, readings[0]->country) != 0)
			return "";
	return n ? readings[0]->country : "";
}

enum truth know_region_in(const struct know *k, const char *provider, const char *code, const char *territory, date_t date,
			  bool *ret_verified)
{
	const struct region *readings[READINGS_MAX];
	size_t n = readings_that_count(readings, know_regions(k, provider, code, readings, READINGS_MAX), ret_verified);
	enum truth all = n ? country_in(readings[0]->country, territory, date) : TRUTH_UNKNOWN;

	for (size_t i = 1; i < n; i++)
		if (country_in(readings[i]->country, territory, date) != all)
			return TRUTH_UNKNOWN;
	return all;
}
