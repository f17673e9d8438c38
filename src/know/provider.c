/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Providers and their many spellings. The canonical name is the one of regions.csv ("AWS", "Azure", "Google Cloud");
 * provider-names.csv says who else is meant by what. A name that no table knows has no canonical form: NULL, never a guess.
 */
#include "know/know_p.h"

#define NAME_BYTES 128      /* the longest name of the tables has 45; a longer one is nobody's */

struct span name_normal(const char *text, size_t n, char *out, size_t size)
{
	size_t k = 0;

	for (size_t i = 0; i < n && k < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
			out[k++] = (char)c;
	}
	return (struct span){out, k};
}

void provider_spelling(struct know *k, const char *spelling, const char *name)
{
	char buffer[NAME_BYTES];
	struct map_entry *entry = map_entry(&k->spellings, name_normal(spelling, strlen(spelling), buffer, sizeof buffer));

	if (!entry->value)
		entry->value = arena_str(k->arena, name);
}

const char *know_provider_name(const struct know *k, const char *spelling)
{
	char buffer[NAME_BYTES];

	if (!spelling || strlen(spelling) > NAME_BYTES)
		return NULL;
	return map_get(&k->spellings, name_normal(spelling, strlen(spelling), buffer, sizeof buffer));
}

static const struct column columns[] = {
	COLUMN("name", provider, name), COLUMN("legal_home_country", provider, home_country), COLUMN("ultimate_parent", provider, parent),
	COLUMN("parent_country", provider, parent_country), COLUMN("extraterritorial_law", provider, foreign_law),
	COLUMN("hds_certified", provider, hds), COLUMN("hds_activities", provider, hds_activities),
	COLUMN("secnumcloud", provider, secnumcloud), COLUMN("secnumcloud_offer", provider, secnumcloud_offer),
	COLUMN("validity", provider, validity), COLUMN("source", provider, source), COLUMN("as_of", provider, as_of),
	COLUMN("verified", provider, verification), COLUMN("hds_verified", provider, verified),
	COLUMN("secnumcloud_verified", provider, secnumcloud_verified), COLUMN("note", provider, note), {0},
};

struct spelling {
	const char *spelling, *provider;
};

static const struct column spelling_columns[] = {COLUMN("spelling", spelling, spelling), COLUMN("provider", spelling, provider), {0}};

void providers_fill(struct know *k, struct rows names, struct rows rows)
{
	struct spelling one;

	k->spellings = MAP_INIT(k->arena);
	k->providers_by_name = MAP_INIT(k->arena);
	while (rows_next(&names, spelling_columns, &one)) {
		provider_spelling(k, one.spelling, one.provider);
		provider_spelling(k, one.provider, one.provider);
	}
	k->providers = ARENA_ARRAY(k->arena, struct provider, rows.count + 1);
	k->provider_count = rows.count;
	for (struct provider *p = k->providers; rows_next(&rows, columns, p); p++) {
		struct map_entry *entry;

		provider_spelling(k, p->name, p->name);
		entry = map_entry(&k->providers_by_name, span_of(know_provider_name(k, p->name)));
		if (!entry->value)
			entry->value = p;
	}
}

const struct provider *know_provider(const struct know *k, const char *name)
{
	const char *canonical = know_provider_name(k, name);

	return canonical ? map_get(&k->providers_by_name, span_of(canonical)) : NULL;
}
