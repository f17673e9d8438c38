/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View place: where something is stored or runs, from every way a place is written: a resource's own location, its provider's
 * region, regions of replicas, settings whose key speaks of a region, ARNs, host names.
 * A code without its provider is ambiguous (eu-west-2: London at AWS, Paris at OUTSCALE): the countries of all readings are its
 * candidates. Where a template says nothing of a place, nothing is told: not seen is not evidenced.
 */
#include "base/limits.h"
#include "rule/subject_p.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define READINGS 32      /* providers that share one code: at most seven today */

/* ------------------------------------------------------------------ one place */

struct place_told {
	const struct fact *from;      /* the fact that says it: its value is the code, or unresolved */
	const char *code;             /* NULL: unresolved */
	const char *provider;         /* any spelling, or NULL */
	const char *use, *of_name;
	const struct subject *of;
	const struct doc *doc;
	const struct fact *order;
};

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
	struct span *countries = ARENA_ARRAY(b->arena, struct span, READINGS);
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
	country->candidates = n ? countries : NULL;
	country->candidate_count = (uint32_t)n;
	country->doubtful |= n && !verified;
}

/* A value that a resource has told already is not told again as a mere setting. */
static bool is_told(struct build *b, const struct place_told *t)
{
	uint32_t key[2] = {t->from->doc->index, t->from->at.offset};
	struct map_entry *entry = map_entry(&b->places, (struct span){(const char *)key, sizeof key});

	if (entry->value && !t->of && !t->order)      /* a provider block has its own order, and its own place */
		return true;
	entry->value = (void *)(uintptr_t)t->from;
	return false;
}

static void tell(struct build *b, const struct place_told *t)
{
	const struct region *readings[READINGS];
	const char *provider = t->provider ? know_provider_name(b->know, t->provider) : NULL;
	size_t count = t->code ? know_regions(b->know, t->provider, t->code, readings, READINGS) : 0;
	struct fact *block;

	if (is_told(b, t))
		return;
	block = block_new(b->arena, t->from);
	block->key = "place";
	block->labels = NULL;
	block->label_count = 0;
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
	view_emit(b, "place", block, t->order ? t->order : t->from, t->doc, t->of, t->of_name);
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

static bool is_code(const struct build *b, const char *provider, const char *text)
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

static const struct fact *location_in(const struct build *b, const struct fact *block, const char *provider)
{
	const struct fact *unsure = NULL;

	for (size_t i = 0; location_keys[i]; i++) {
		const struct fact *f = fact_child(block, location_keys[i]);

		while (f && f->kind == FACT_LIST && f->first && !f->first->next)
			f = f->first;
		if (!f || !fact_is_scalar(f) || f->kind == FACT_NULL || !f->value.n)
			continue;
		if (fact_is_unresolved(f) || is_code(b, provider, f->value.p))
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
	return map_get(&b->addresses, span_of(arena_printf(b->arena, "%s\n%.*s", scope->name, (int)n, v.p)));
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
	*origin = target->set_at ? *target->set_at : (struct origin){.doc = target->doc, .at = target->at, .path = fact_path(b->arena, target->doc, target)};
	made->set_at = origin;
	made->kind = FACT_LITERAL;
	made->state = target->state;
	made->value = target->value;
	made->written = f->written ? f->written : f;
	return made;
}

/* The region a plan's provider block is configured with: a constant, or a variable's value in the plan. */
static const struct fact *plan_region(const struct fact *config)
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
		const struct scope *scope = map_get(&b->scopes, span_of(arena_printf(b->arena, "plan:%s:", s->doc->name)));

		block = scope ? plan_provider(b, scope, l->provider ? l->provider : provider, provider) : NULL;
		return block ? plan_region(block) : NULL;
	}
	if (l->notation != NOTATION_HCL)
		return NULL;
	if (named && fact_is_scalar(named) && named->value.n)
		name = named->value.p;
	block = provider_find(b, s->scope, name);
	if (!block)
		return NULL;
	return location_in(b, block, provider);
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
	tell(b, &(struct place_told){.from = f, .code = fact_is_unresolved(f) ? NULL : f->value.p, .provider = provider, .use = use,
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
		else if (speaks && fact_literal(child) && is_code(b, provider, child->value.p))
			tell_resource_place(b, s, child, provider, inner ? inner : use);
	}
}

/* A zone that is chosen later lies in the provider's region, and so does what a plan says is known after apply. */
static bool is_vague(const struct fact *own)
{
	return fact_is_unresolved(own) && (span_starts(own->value, "(known after") || (own->key && strcasestr(own->key, "zone")));
}

static void of_resource(struct build *b, const struct subject *s)
{
	const char *use = use_of_classes(s->classes), *provider = provider_of_type(b, s->type);
	const struct fact *own;
	bool known = dialect_row(b->dialects, s->written);

	if (!provider || !know_provider_name(b->know, provider))
		return;
	own = location_in(b, s->block, provider);
	if (!use && !(own && !known && !fact_is_unresolved(own)))
		return;
	use = use ? use : "processing";
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

/* ------------------------------------------------------------------ settings */

/* The one provider that a document speaks of, or NULL: none, or several. */
static const char *provider_of_doc(struct build *b, const struct doc *d)
{
	const char *found = NULL;

	for (size_t i = 0; i < d->root_count; i++)
		for (const struct fact *f = d->roots[i]; f; f = fact_next(f, d->roots[i])) {
			const char *in_key = f->key ? key_means(b, f->key, KEY_PROVIDER) : NULL;
			const char *in_value = f->kind == FACT_LITERAL && f->value.n < 400 ? text_provider(f->value.p) : NULL;

			for (int k = 0; k < 2; k++) {
				const char *one = k ? in_value : in_key;

				if (one && found && strcmp(one, found))
					return NULL;
				found = one ? one : found;
			}
		}
	return found;
}

/* Short words are codes of some provider somewhere (par, west): without a provider only what looks like a code counts. */
static bool looks_like_code(const char *text)
{
	size_t n = strlen(text);
	bool digit = false, dash = false;

	for (size_t i = 0; i < n; i++) {
		digit |= isdigit((unsigned char)text[i]) != 0;
		dash |= text[i] == '-';
	}
	return (digit && n >= 4) || (dash && n >= 6) || n >= 9;
}

struct setting {
	struct build *b;
	struct doc *doc;
	const char *doc_provider;
	bool asked;
};

static const char *context_of(struct setting *s)
{
	if (!s->asked)
		s->doc_provider = provider_of_doc(s->b, s->doc);
	s->asked = true;
	return s->doc_provider;
}

/* Stores one runs oneself and speaks S3 with want a region's name and go nowhere by it. */
static bool is_nominal(const char *key)
{
	static const char *const stores[] = {"minio", "rustfs", "garage", "seaweed", "localstack", NULL};

	for (size_t i = 0; stores[i]; i++)
		if (strcasestr(key, stores[i]))
			return true;
	return false;
}

static void tell_setting(struct setting *s, const struct fact *f, const char *key, const char *code)
{
	const char *provider = key_means(s->b, key, KEY_PROVIDER), *use = key_means(s->b, key, KEY_USE);
	const struct fact *parent = f->parent;

	if (is_nominal(key) || (parent && parent->key && is_nominal(parent->key)))
		return;
	for (int up = 0; up < 3 && parent && !provider; up++, parent = parent->parent)
		provider = parent->key ? key_means(s->b, parent->key, KEY_PROVIDER) : NULL;
	for (parent = f->parent; parent && !use; parent = parent->parent)
		use = parent->key ? key_means(s->b, parent->key, KEY_USE) : NULL;
	if (provider && !is_code(s->b, provider, code))
		provider = NULL;
	if (!provider && !is_code(s->b, NULL, code))
		return;
	if (!provider && (provider = context_of(s)) != NULL && !is_code(s->b, provider, code))
		provider = NULL;
	if (provider ? !is_code(s->b, provider, code) : !looks_like_code(code))
		return;
	tell(s->b, &(struct place_told){.from = f, .code = code, .provider = provider, .use = use ? use : "processing",
					.of_name = fact_path(s->b->arena, s->doc, f), .doc = s->doc});
}

/* An item of a list goes by the list's key. */
static const char *key_of(const struct fact *f)
{
	const char *key = fact_key(f);

	return key || !f->parent ? key : f->parent->key;
}

static void scan_pair(struct setting *s, const struct fact *f)
{
	const char *equals = f->key || f->value.n > 300 || !f->value.n ? NULL : memchr(f->value.p, '=', f->value.n);
	const struct fact *part;
	char *key;

	if (!equals)
		return;
	key = arena_dup(s->b->arena, f->value.p, (size_t)(equals - f->value.p));
	if (strchr(key, ' ') || !text_speaks_of_place(key))
		return;
	part = fact_part(s->b->arena, f, strlen(key) + 1, f->value.n);
	tell_setting(s, part, key, part->value.p);
}

/* arn:partition:service:region:account:... */
static void scan_arn(struct setting *s, const struct fact *f)
{
	const char *service, *region;
	size_t service_n, region_n;
	char code[40], name[64];

	if (!span_starts(f->value, "arn:aws") || !(service = strchr(f->value.p + 4, ':')))
		return;
	service_n = strcspn(++service, ":");
	region = service[service_n] ? service + service_n + 1 : "";
	region_n = strcspn(region, ":");
	if (!region_n || region_n >= sizeof code || service_n >= sizeof name)
		return;
	snprintf(code, sizeof code, "%.*s", (int)region_n, region);
	snprintf(name, sizeof name, "%.*s", (int)service_n, service);
	if (!is_code(s->b, "aws", code))
		return;
	tell(s->b, &(struct place_told){
		.from = fact_part(s->b->arena, f, (size_t)(region - f->value.p), (size_t)(region - f->value.p) + region_n),
		.code = arena_str(s->b->arena, code), .provider = "aws", .use = text_use(name) ? text_use(name) : "processing",
		.of_name = fact_path(s->b->arena, s->doc, f), .doc = s->doc});
}

/* Hosts of calls that carry a region; call_hosts() finds them. */
static void tell_host(void *context, const struct fact *f, struct span host, size_t at)
{
	struct setting *s = context;
	const struct region *r = know_host_region(s->b->know, host);
	char text[260];
	const char *use;

	if (!r || host.n >= sizeof text)
		return;
	snprintf(text, sizeof text, "%.*s", (int)host.n, host.p);
	use = text_use(fact_path(s->b->arena, s->doc, f));
	use = use && (!strcmp(use, "backup") || !strcmp(use, "replica")) ? use : text_use(text);
	tell(s->b, &(struct place_told){.from = fact_part(s->b->arena, f, at, at + host.n), .code = r->code, .provider = r->provider,
					.use = use ? use : "processing", .of_name = fact_path(s->b->arena, s->doc, f), .doc = s->doc});
}

/* Providers of HCL that say where everything goes that does not say otherwise. */
static void tell_providers(struct build *b, struct doc *d)
{
	FACT_EACH(f, d->roots[0]) {
		const struct fact *region;
		const char *name;

		if (f->kind != FACT_BLOCK || !f->key || strcmp(f->key, "provider") || f->label_count != 1 || !know_provider_name(b->know, f->labels[0]))
			continue;
		region = location_in(b, f, f->labels[0]);
		if (!region)
			continue;
		name = fact_text(f, "alias");
		tell(b, &(struct place_told){.from = region, .code = fact_is_unresolved(region) ? NULL : region->value.p, .provider = f->labels[0],
					     .use = "processing", .doc = d, .order = f,
					     .of_name = arena_printf(b->arena, "provider.%s%s%s", f->labels[0], name ? "." : "", name ? name : "")});
	}
}

/* "google" of the registry address NAMESPACE/NAME/PROVIDER//submodule; NULL for folders and other sources. */
static const char *provider_of_source(struct arena *a, struct span source)
{
	const char *submodule = strstr(source.p, "//");
	size_t end = submodule ? (size_t)(submodule - source.p) : source.n, slashes = 0, last = 0;

	for (size_t i = 0; i < end; i++) {
		if (!isalnum((unsigned char)source.p[i]) && (!source.p[i] || !strchr("/-_", source.p[i])))
			return NULL;
		if (source.p[i] == '/') {
			slashes++;
			last = i + 1;
		}
	}
	return slashes == 2 && last < end ? arena_dup(a, source.p + last, end - last) : NULL;
}

/* Modules of a registry that nobody handed over: the region they are given, for the provider that their address ends with. */
static void tell_modules(struct build *b, struct doc *d)
{
	FACT_EACH(f, d->roots[0]) {
		const struct fact *source, *region;
		const char *provider, *use;

		if (f->kind != FACT_BLOCK || !f->key || strcmp(f->key, "module") || f->label_count != 1)
			continue;
		source = fact_child(f, "source");
		provider = source && fact_is_scalar(source) ? provider_of_source(b->arena, source->value) : NULL;
		region = provider && know_provider_name(b->know, provider) ? location_in(b, f, provider) : NULL;
		if (!region || fact_is_unresolved(region))
			continue;
		use = text_use(source->value.p);
		tell(b, &(struct place_told){.from = region, .code = region->value.p, .provider = provider, .use = use ? use : "processing", .doc = d,
					     .of_name = arena_printf(b->arena, "module.%s", f->labels[0])});
	}
}

static void of_doc(struct build *b, struct doc *d)
{
	static const char *const told[] = {"terraform", "terraform-plan", "terraform-state", "cloudformation", "heat", "arm", "bicep", "ansible", "terraform-vars", NULL};
	bool resources = d->dialect && text_in(d->dialect, told), made = d->dialect && (!strcmp(d->dialect, "terraform-plan") || !strcmp(d->dialect, "terraform-state"));
	struct setting s = {.b = b, .doc = d};

	if (d->dialect && !strcmp(d->dialect, "terraform")) {
		tell_providers(b, d);
		tell_modules(b, d);
	}
	for (size_t i = 0; i < d->root_count && !made; i++)      /* a plan says all of it in its resources */
		for (const struct fact *f = d->roots[i]; f; f = fact_next(f, d->roots[i])) {
			const char *key;

			if (!fact_literal(f) || !f->value.n || f->value.n > 2000)
				continue;
			key = resources ? NULL : key_of(f);
			if (!resources && key && key_is(b, key, KEY_SPEAKS_OF_PLACE) && f->value.n < 40)
				tell_setting(&s, f, key, f->value.p);
			if (!resources)
				scan_pair(&s, f);
			if (!resources)
				scan_arn(&s, f);
			call_hosts(b, f, tell_host, &s);
		}
}

static const char *const fields[] = {"provider", "code", "region", "country", "use", "of", NULL};

const struct view view_place = {.name = "place", .fields = fields, .of_resource = of_resource, .of_doc = of_doc};
