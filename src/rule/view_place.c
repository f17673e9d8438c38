/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View place: where something is stored or runs, from every way a place is written: a resource's own location, its provider's
 * region, regions of replicas, settings whose key speaks of a region, ARNs, host names.
 * A code without its provider is ambiguous (eu-west-2: London at AWS, Paris at OUTSCALE): the countries of all readings are its
 * candidates. Where a template says nothing of a place, nothing is told: not seen is not evidenced.
 */
#include "base/limits.h"
#include "rule/place_p.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define READINGS 32      /* providers that share one code: at most seven today */

/* ------------------------------------------------------------------ one place */

static const char *short_provider(struct arena *a, const char *name)
{
	char *low;

	if (!strcmp(name, "Google Cloud"))
		return "google";
	low = arena_str(a, name);
	for (char *p = low; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return low;
}

/* Countries of all readings, each once. */
static size_t countries_of(const struct region *const *readings, size_t count, struct span *ret, bool *ret_verified)
{
	size_t n = 0;

	*ret_verified = true;
	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		*ret_verified &= readings[i]->verified;
		while (k < n && !span_is(ret[k], readings[i]->country))
			k++;
		if (k == n)
			ret[n++] = span_of(readings[i]->country);
	}
	return n;
}

static void put_country(struct build *b, struct fact *block, const struct place_told *t, const struct region *const *readings, size_t count)
{
	struct span countries[READINGS], *kept;
	struct fact *country;
	bool verified;
	size_t n = countries_of(readings, count, countries, &verified);

	if (n > 1 && !verified) {      /* a reading from memory makes the answer doubtful, not open */
		const struct region *sure[READINGS];
		size_t sure_count = 0;
		bool all;

		for (size_t i = 0; i < count; i++)
			if (readings[i]->verified)
				sure[sure_count++] = readings[i];
		if (sure_count && countries_of(sure, sure_count, countries, &all) == 1)
			n = 1;
		else
			n = countries_of(readings, count, countries, &verified);
	}
	if (n == 1 && countries[0].n) {
		country = block_field(b->arena, block, "country", countries[0].p, t->from);
		country->doubtful |= !verified;
		return;
	}
	country = block_field(b->arena, block, "country", NULL, t->from);
	country->kind = FACT_LITERAL;
	country->value = span_of(t->code ? t->code : t->from->value.p ? t->from->value.p : "");
	for (size_t i = 0; i < n; i++)
		if (!countries[i].n)
			return;      /* one reading is not known: no candidates */
	if (n) {
		kept = ARENA_ARRAY(b->arena, struct span, n);
		memcpy(kept, countries, n * sizeof *kept);
		fact_put_candidates(b->arena, country, kept, (uint32_t)n);
	}
	country->doubtful |= n && !verified;
}

/* A value that a resource has told already is not told again as a mere setting. */
static bool is_told(struct build *b, const struct place_told *t)
{
	uint32_t key[2] = {t->from->doc->index, t->from->at.offset};
	struct map_entry *entry = map_entry(&b->places, (struct span){(const char *)key, sizeof key});

	b->strayed |= b->told && t->from->doc != b->doc;
	if (!entry->value && b->told)
		entry->value = map_get(b->told, entry->key);
	if (entry->value && !t->of && !t->order)      /* a provider block has its own order, and its own place */
		return true;
	entry->value = (void *)(uintptr_t)t->from;
	return false;
}

/* A region is chosen where it is written, as a default or as the value given to a variable: it is told there, its use second. */
static const struct fact *where_chosen(struct build *b, const struct fact *f)
{
	const struct origin *from = fact_set_at(f);
	struct origin *use;
	struct fact *made;

	if (!from || from->alias || !from->fact || fact_set_at(from->fact) || !fact_literal(f) || !span_eq(from->fact->value, f->value))
		return f;
	use = ARENA_NEW(b->arena, struct origin);
	*use = (struct origin){.doc = f->doc, .at = f->at, .path = fact_path(b->arena, f->doc, f), .fact = f, .use = true};
	made = fact_copy(b->arena, from->fact);
	made->state = f->state;
	made->doubtful |= f->doubtful;
	fact_put_set_at(b->arena, made, use);
	return made;
}

void place_tell(struct build *b, const struct place_told *told)
{
	struct place_told chosen = *told;
	const struct place_told *t = &chosen;
	const struct region *readings[READINGS];
	const char *provider = t->provider ? know_provider_name(b->know, t->provider) : NULL;
	size_t count = t->code ? know_regions(b->know, t->provider, t->code, readings, READINGS) : 0;
	struct fact *block;

	chosen.from = where_chosen(b, told->from);
	if (is_told(b, t))
		return;
	block = block_new(b->arena, t->from);
	block->key = "place";
	fact_put_labels(b->arena, block, NULL, 0);
	block->written = t->from->written ? t->from->written : t->from;
	if (!provider && count == 1)
		provider = readings[0]->provider;
	if (provider)
		block_field(b->arena, block, "provider", count == 1 ? readings[0]->provider : provider, t->from);
	block_field(b->arena, block, "code", t->code, t->from);
	if (provider && t->code)
		block_field(b->arena, block, "region", arena_printf(b->arena, "%s:%s", short_provider(b->arena, count == 1 ? readings[0]->provider : provider), t->code), t->from);
	else
		block_field(b->arena, block, "region", NULL, t->from);
	put_country(b, block, t, readings, count);
	block_field(b->arena, block, "use", t->use, t->from);
	block_field(b->arena, block, "of", t->of_name, t->from);
	view_emit(b, "place", block, t->order ? t->order : told->from, t->doc, t->of, t->of_name);
}

/* ------------------------------------------------------------------ uses */

static const char *use_of_classes(const char *const *classes)
{
	static const struct {
		const char *class_name, *use;
	} table[] = {      /* in this order: what holds data is storage, whatever else it is */
		{"backup", "backup"}, {"replica", "replica"}, {"database", "storage"}, {"storage", "storage"}, {"queue", "storage"}, {"disk", "storage"},
		{"log", "log"}, {"key", "key"}, {"secret", "key"}, {"cdn", "cdn"}, {"notebook", "processing"}, {"ai", "inference"}, {"compute", "processing"},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (text_in(table[i].class_name, classes))
			return table[i].use;
	return NULL;
}

/* ------------------------------------------------------------------ resources */

bool place_is_code(const struct build *b, const char *provider, const char *text)
{
	const struct region *one;

	return know_regions(b->know, provider, text, &one, 1) > 0;
}

/* "aws" of aws_s3_bucket; CloudFormation, ARM and Ansible by their canonical type. */
static const char *provider_of_type(struct build *b, const char *type)
{
	size_t n = strcspn(type, "_");

	if (!strncmp(type, "AWS::", 5))
		return "aws";
	if (!strncmp(type, "Microsoft.", 10) || !strncasecmp(type, "microsoft.", 10))
		return "azurerm";
	return type[n] ? arena_dup(b->arena, type, n) : NULL;
}

static const char *const location_keys[] = {"region", "location", "zone", "availability_zone", "region_name", "subregion_name", "aws_region",
					    "datacenter", "primary_location", NULL};

const struct fact *place_location(const struct build *b, const struct fact *block, const char *provider)
{
	const struct fact *unsure = NULL;

	for (size_t i = 0; location_keys[i]; i++) {
		const struct fact *f = fact_child(block, location_keys[i]);

		while (f && f->kind == FACT_LIST && f->first && !f->first->next)
			f = f->first;
		if (!f || !fact_is_scalar(f) || f->kind == FACT_NULL || !f->value.n)
			continue;
		if (fact_is_unresolved(f) || place_is_code(b, provider, f->value.p))
			return f;
		if (!unsure && i < 2)
			unsure = f;      /* a code that no table knows, or "nova" */
	}
	return unsure;
}

/* The subject that an address at the start of an expression names, and the attribute behind it; NULL when it names none. */
static const struct subject *subject_at(struct build *b, struct span v, const struct scope *scope, struct span *ret_attribute)
{
	size_t dot = 0, n;

	for (n = 0; n < v.n && (isalnum((unsigned char)v.p[n]) || v.p[n] == '_' || v.p[n] == '-' || (v.p[n] == '.' && !dot)); n++)
		if (v.p[n] == '.')
			dot = n;
	if (!dot || !scope)
		return NULL;
	*ret_attribute = span_cut(v, n, v.n);
	return map_get(&b->addresses, span_of(arena_printf(b->scratch, "%s\n%.*s", scope->name, (int)n, v.p)));
}

/* azurerm_resource_group.main.location: what stands in that resource. A group is where the place of all in it is chosen: it is told there. */
static const struct fact *follow(struct build *b, const struct fact *f, const struct scope *scope)
{
	struct span v = f->value, attribute;
	const struct subject *s;
	const struct fact *target;
	struct origin *origin;
	struct fact *made;

	if (span_starts(v, "${") && span_ends(v, "}"))
		v = span_cut(v, 2, v.n - 1);
	s = subject_at(b, v, scope, &attribute);
	while (s && attribute.n && attribute.p[0] == '[' && strcspn(attribute.p, "]") < attribute.n)
		attribute = span_cut(attribute, strcspn(attribute.p, "]") + 1, attribute.n);
	if (!s || attribute.n < 2 || attribute.p[0] != '.')
		return f;
	target = fact_child(s->block, arena_dup(b->arena, attribute.p + 1, attribute.n - 1));
	if (!target || !fact_is_scalar(target) || fact_is_unresolved(target))
		return f;
	if (text_in("group", s->classes))
		return target;
	made = fact_copy(b->arena, f);
	origin = ARENA_NEW(b->arena, struct origin);
	*origin = fact_set_at(target) ? *fact_set_at(target) : (struct origin){.doc = target->doc, .at = target->at, .path = fact_path(b->arena, target->doc, target), .fact = target};
	fact_put_set_at(b->arena, made, origin);
	made->kind = FACT_LITERAL;
	made->state = target->state;
	made->value = target->value;
	made->written = f->written ? f->written : f;
	return made;
}

/* The region a plan's provider block is configured with: a constant, or a variable's value in the plan. */
const struct fact *place_plan_region(const struct fact *config)
{
	static const char *const keys[] = {"region", "zone", "location", NULL};

	for (size_t i = 0; keys[i]; i++) {
		const struct fact *expressions = fact_child(config, "expressions"), *expression;
		const struct fact *names;
		char path[300];

		expression = expressions && expressions->kind == FACT_BLOCK ? fact_child(expressions, keys[i]) : NULL;
		if (!expression || expression->kind != FACT_BLOCK)
			continue;
		if (fact_child(expression, "constant_value"))
			return fact_child(expression, "constant_value");
		names = fact_child(expression, "references");
		if (names && names->first && span_starts(names->first->value, "var.")) {
			const struct fact *value;

			snprintf(path, sizeof path, "variables.%.200s.value", names->first->value.p + 4);
			value = fact_at(config->doc->roots[0], path);
			return value ? value : names->first;
		}
	}
	return NULL;
}

/* "module.m:aws" is the module's own configuration, or what it was given: the one of that name outside. */
static const struct fact *plan_provider(const struct build *b, const struct scope *scope, const char *key, const char *provider)
{
	const struct fact *block = provider_find(b, scope, key);
	const char *colon = strrchr(key, ':');

	if (!block && colon)
		block = provider_find(b, scope, colon + 1);
	return block ? block : provider_find(b, scope, provider);
}

static const struct fact *provider_region(struct build *b, const struct subject *s, const char *provider)
{
	const struct link *l = s->link;
	const struct fact *named = fact_child(s->block, "provider"), *block;
	const char *name = provider;

	if (l->notation == NOTATION_PLAN || l->notation == NOTATION_STATE) {
		const struct scope *scope = map_get(&b->scopes, span_of(arena_printf(b->scratch, "plan:%s:", s->doc->name)));

		block = scope ? plan_provider(b, scope, l->provider ? l->provider : provider, provider) : NULL;
		return block ? place_plan_region(block) : NULL;
	}
	if (l->notation != NOTATION_HCL)
		return NULL;
	if (named && fact_is_scalar(named) && named->value.n)
		name = named->value.p;
	block = provider_find(b, s->scope, name);
	if (!block)
		return NULL;
	return place_location(b, block, provider);
}

static const struct fact *state_region(struct build *b, const struct subject *s)
{
	const char *arn = text_at(s->block, "arn");
	const char *at = arn;
	size_t n;

	if (((const struct link *)s->link)->notation == NOTATION_HCL || !arn || strncmp(arn, "arn:", 4))
		return NULL;
	for (int colon = 0; colon < 3 && at; colon++)
		at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL;
	n = at ? strcspn(at, ":") : 0;
	return n ? fact_part(b->arena, fact_child(s->block, "arn"), (size_t)(at - arn), (size_t)(at - arn) + n) : NULL;
}

static void tell_resource_place(struct build *b, const struct subject *s, const struct fact *f, const char *provider, const char *use)
{
	if (fact_is_unresolved(f))
		f = follow(b, f, s->scope);
	place_tell(b, &(struct place_told){.from = f, .code = fact_is_unresolved(f) ? NULL : f->value.p, .provider = provider, .use = use,
				     .of_name = s->address, .of = s, .doc = s->doc, .order = s->written_block});
}

/* Regions below the top of a resource: replicas, geo locations, copies of backups. */
static void tell_inner_places(struct build *b, const struct subject *s, const struct fact *f, const char *provider, const char *use, const char *via, int depth)
{
	if (depth == 0)
		return;
	FACT_EACH(child, f) {
		const char *key = child->key ? child->key : via, *inner = key ? key_means(b, key, KEY_USE) : NULL;
		bool top = f == s->block, speaks = key && key_is(b, key, KEY_TELLS_PLACE);

		if (child->kind == FACT_COMMENT || (top && key && text_in(key, location_keys)))
			continue;
		if (child->first)
			tell_inner_places(b, s, child, provider, inner ? inner : use, key, depth - 1);
		else if (speaks && fact_literal(child) && place_is_code(b, provider, child->value.p))
			tell_resource_place(b, s, child, provider, inner ? inner : use);
	}
}

/* A zone that is chosen later lies in the provider's region, and so does what a plan says is known after apply. */
static bool is_vague(const struct fact *own)
{
	return fact_is_unresolved(own) && (span_starts(own->value, "(known after") || (own->key && strcasestr(own->key, "zone")));
}

/* A type no table knows. Names, alerts and routes of a cloud are global: no place of data, NULL. */
static const char *use_of_unknown(const char *type, const struct fact *place)
{
	const char *use = text_use(type);

	if (use && !strcmp(use, "inference"))
		return use;
	return strcasecmp(place->value.p, "global") ? "processing" : NULL;
}

/*
 * Networks, identities and other things that hold no data are told where it is written at them: what is attached to a subnet lies in
 * its zone, what a peering leads to lies in the peer's region. What a plan or a state repeats of the provider is told there.
 */
static void tell_bystander(struct build *b, const struct subject *s, const struct fact *own, const char *provider)
{
	const struct link *l = s->link;

	if (l->notation == NOTATION_PLAN || l->notation == NOTATION_STATE)
		return;
	if (own && fact_literal(own) && strcasecmp(own->value.p, "global") && place_is_code(b, provider, own->value.p))
		tell_resource_place(b, s, own, provider, "processing");
	tell_inner_places(b, s, s->block, provider, "processing", NULL, LIMIT_DEPTH);
}

static void of_resource(struct build *b, const struct subject *s)
{
	const char *use = use_of_classes(s->classes), *provider = provider_of_type(b, s->type);
	const struct fact *own;
	bool known = dialect_row(b->dialects, s->written);

	if (provider && !strcmp(provider, "openstack")) {      /* of whom, its region says: GRA, BHS5 */
		own = fact_child(s->block, "region");
		if (own && fact_literal(own) && place_is_code(b, NULL, own->value.p))
			tell_resource_place(b, s, own, NULL, use ? use : "processing");
		return;
	}
	if (!provider || !know_provider_name(b->know, provider))
		return;
	own = place_location(b, s->block, provider);
	if (!strcmp(s->type, "azurerm_resource_group") && own && !fact_is_unresolved(own))
		use = "processing";      /* what is put into the group goes there, in modules too that are not seen */
	if (!use)
		use = known || !own || fact_is_unresolved(own) ? NULL : use_of_unknown(s->type, own);
	if (!use) {
		tell_bystander(b, s, own, provider);
		return;
	}
	if (!own)
		own = state_region(b, s);
	if (!own || is_vague(own)) {
		const struct fact *general = provider_region(b, s, provider);

		own = general ? general : own;
	}
	if (own)
		tell_resource_place(b, s, own, provider, use);
	tell_inner_places(b, s, s->block, provider, use, NULL, LIMIT_DEPTH);
}

static const char *const fields[] = {"provider", "code", "region", "country", "use", "of", NULL};

const struct view view_place = {.name = "place", .fields = fields, .of_resource = of_resource, .of_doc = place_of_settings};
