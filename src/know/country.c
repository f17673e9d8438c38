/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Countries, territories and adequacy decisions (GDPR, art. 45), read from the compiled-in know/territories.yaml and
 * know/countries.yaml. They are law and ISO codes, the same for every rule set, so --rules does not replace them.
 * France, EU and EEA are three tests: Norway is in the EEA and not in the EU, Guadeloupe is in France.
 */
#include "know/know_p.h"
#include "read/table.h"

#include <ctype.h>

#define INCLUDES_DEPTH 8      /* ADEQUATE includes EEA includes EU: three are used */
#define CODE_BYTES 16         /* the longest code is ADEQUATE */

static const struct table_node *root(const char *name)
{
	const struct table_file *f = table_find(name);

	return f ? table_root(f) : NULL;
}

static const struct table_node *territories(void)
{
	return root("know/territories.yaml");
}

static const struct table_node *countries(void)
{
	return table_child(root("know/countries.yaml"), "countries");
}

static const char *text(const struct table_node *block, const char *key)
{
	const char *value = table_text(block, key);

	return value ? value : "";
}

static const struct table_node *country_block(const char *code)
{
	return table_child(countries(), code);
}

static bool listed(const struct table_node *list, const char *code)
{
	if (list)
		TABLE_EACH(item, list)
			if (span_is(table_value(item), code))
				return true;
	return false;
}

/* Is code a member of the territory, itself or through what it includes? */
static bool member(const char *territory, const char *code)
{
	const struct table_node *all = table_child(territories(), "territories");

	for (int depth = 0; *territory && depth < INCLUDES_DEPTH; depth++) {
		const struct table_node *t = table_child(all, territory);

		if (listed(table_child(t, "members"), code))
			return true;
		territory = text(t, "includes");
	}
	return false;
}

static bool in_force(const struct table_node *decision, date_t date)
{
	date_t from = date_parse(span_of(text(decision, "from"))), until = date_parse(span_of(text(decision, "until")));

	return (from == DATE_NONE || date >= from) && (until == DATE_NONE || date <= until);
}

static enum truth adequate(const char *code, date_t date)
{
	const struct table_node *list = table_child(territories(), "adequacy");

	if (list)
		TABLE_EACH(decision, list)
			if (!strcmp(text(decision, "country"), code) && in_force(decision, date))
				return !strcmp(text(decision, "conditional"), "true") ? TRUTH_UNKNOWN : TRUTH_YES;
	return TRUTH_NO;
}

static enum truth one_country(const char *code, const char *territory, date_t date)
{
	const struct table_node *t = table_child(table_child(territories(), "territories"), territory);

	if (!t)
		return strcmp(code, territory) ? TRUTH_NO : TRUTH_YES;
	if (member(territory, code))
		return TRUTH_YES;
	return *text(t, "adequacy") ? adequate(code, date) : TRUTH_NO;
}

/* A code that stands for several countries: yes when all lie in the territory, no when none does. */
static enum truth several(const struct table_node *set, const char *territory, date_t date)
{
	const struct table_node *every = countries();
	const char *inside = text(set, "set"), *outside = text(set, "outside");
	bool some = false, all = true;

	if (*text(set, "everywhere"))
		return TRUTH_NO;      /* it may be there, but nothing keeps it there */
	if (every)
		TABLE_EACH(c, every) {
			if (*inside ? !member(inside, table_key(c)) : member(outside, table_key(c)))
				continue;
			enum truth here = one_country(table_key(c), territory, date);
			some |= here != TRUTH_NO;
			all &= here == TRUTH_YES;
		}
	return all ? TRUTH_YES : some ? TRUTH_UNKNOWN : TRUTH_NO;
}

static const struct table_node *set_block(const char *code)
{
	return table_child(table_child(territories(), "codes"), code);
}

static const char *upper(const char *code, char out[CODE_BYTES])
{
	size_t n = 0;

	for (; code && code[n] && n < CODE_BYTES - 1; n++)
		out[n] = (char)toupper((unsigned char)code[n]);
	out[code && code[n] ? 0 : n] = 0;      /* too long to be one: empty */
	return out;
}

bool territory_known(const char *territory)
{
	return table_child(table_child(territories(), "territories"), territory) || country_block(territory);
}

enum truth country_in(const char *country, const char *territory, date_t date)
{
	char here[CODE_BYTES], there[CODE_BYTES];
	const struct table_node *set;

	country = upper(country, here);
	territory = upper(territory, there);
	if (!*country || !territory_known(territory))
		return TRUTH_UNKNOWN;
	set = set_block(country);
	if (set)
		return several(set, territory, date);
	return country_block(country) ? one_country(country, territory, date) : TRUTH_UNKNOWN;
}

const char *country_name(const char *code, const char *lang)
{
	const struct table_node *block = code && *code ? set_block(code) : NULL;
	const char *name;

	if (!block && code && *code)
		block = country_block(code);
	name = text(block, !strcmp(lang, "fr") ? "fr" : "en");
	return *name ? name : code;
}
