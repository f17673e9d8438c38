/* SPDX-License-Identifier: EUPL-1.2 */
/* Tests of section 4 about where a thing lies and whose law it obeys: territories, providers, networks. */
#include "rule/predicate_p.h"

#include <stdio.h>

/* Kept: the tables of countries are walked for each answer, and the same few questions come again and again. */
static enum truth lies_in(struct judged *j, const char *country, const char *territory)
{
	struct map *kept = j->c->territories;
	char question[64];
	struct map_entry *entry;
	int n = snprintf(question, sizeof question, "%s\n%s", country, territory);

	if (!kept || n < 0 || (size_t)n >= sizeof question)
		return country_in(country, territory, j->c->options->date);
	entry = map_entry(kept, span_of(question));
	if (!entry->value)
		entry->value = (void *)(1 + (uintptr_t)country_in(country, territory, j->c->options->date));
	return (enum truth)((uintptr_t)entry->value - 1);
}

static enum truth value_lies_in(struct judged *j, const char *territory)
{
	return lies_in(j, arena_dup(j->c->scratch, j->v->text.p, j->v->text.n), territory);
}

enum truth test_territory(struct judged *j)
{
	return judged_any(j, value_lies_in);
}

static const struct provider *provider_of(struct judged *j)
{
	return know_provider(j->c->set->know, arena_dup(j->c->scratch, j->v->text.p, j->v->text.n));
}

/* A provider obeys the law of its home and of its parent's. */
static enum truth provider_lies_in(struct judged *j, const char *territory)
{
	const struct provider *p = provider_of(j);
	const char *parent = p->parent_country && *p->parent_country ? p->parent_country : p->home_country;

	return truth_least(lies_in(j, p->home_country, territory), lies_in(j, parent, territory));
}

/* Of a country's code, or of a provider's name. */
enum truth test_jurisdiction(struct judged *j)
{
	const struct provider *p;

	if (j->v->text.n == 2)
		return judged_any(j, value_lies_in);
	p = provider_of(j);
	if (!p)
		return TRUTH_UNKNOWN;
	j->v->doubtful = j->v->doubtful || !p->verified;
	return judged_any(j, provider_lies_in);
}

static enum truth network_of(struct judged *j, const char *class_name)
{
	return network_is(j->v->text, class_name);
}

enum truth test_network(struct judged *j)
{
	return judged_any(j, network_of);
}
