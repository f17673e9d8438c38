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

static struct provider provider_of(const struct fact *row)
{
	return (struct provider){
		.name = row_text(row, "name"), .home_country = row_text(row, "legal_home_country"),
		.parent = row_text(row, "ultimate_parent"), .parent_country = row_text(row, "parent_country"),
		.foreign_law = row_text(row, "extraterritorial_law"), .hds = row_text(row, "hds_certified"),
		.hds_activities = row_text(row, "hds_activities"), .secnumcloud = row_text(row, "secnumcloud"),
		.secnumcloud_offer = row_text(row, "secnumcloud_offer"), .validity = row_text(row, "validity"),
		.source = row_text(row, "source"), .as_of = row_text(row, "as_of"), .note = row_text(row, "note"),
		.verification = row_text(row, "verified"), .verified = row_yes(row, "hds_verified"),
		.secnumcloud_verified = row_yes(row, "secnumcloud_verified"),
	};
}

void providers_fill(struct know *k, struct rows names, struct rows rows)
{
	k->spellings = MAP_INIT(k->arena);
	k->providers_by_name = MAP_INIT(k->arena);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = row_text(names.items[i], "provider");

		provider_spelling(k, row_text(names.items[i], "spelling"), name);
		provider_spelling(k, name, name);
	}
	k->providers = ARENA_ARRAY(k->arena, struct provider, rows.count + 1);
	k->provider_count = rows.count;
	for (size_t i = 0; i < rows.count; i++) {
		struct provider *p = &k->providers[i];

		*p = provider_of(rows.items[i]);
		provider_spelling(k, p->name, p->name);
		struct map_entry *entry = map_entry(&k->providers_by_name, span_of(know_provider_name(k, p->name)));
		if (!entry->value)
			entry->value = p;
	}
}

const struct provider *know_provider(const struct know *k, const char *name)
{
	const char *canonical = know_provider_name(k, name);

	return canonical ? map_get(&k->providers_by_name, span_of(canonical)) : NULL;
}
