/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View place, outside of resources: settings whose key speaks of a region, ARNs, hosts that carry a region, the blocks that say where
 * everything goes (providers of Terraform, modules of a registry).
 */
#include "rule/place_p.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

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
	if (provider && !place_is_code(s->b, provider, code))
		provider = NULL;
	if (!provider && !place_is_code(s->b, NULL, code))
		return;
	if (!provider && (provider = context_of(s)) != NULL && !place_is_code(s->b, provider, code))
		provider = NULL;
	if (provider ? !place_is_code(s->b, provider, code) : !looks_like_code(code))
		return;
	place_tell(s->b, &(struct place_told){.from = f, .code = code, .provider = provider, .use = use ? use : "processing",
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
	if (!place_is_code(s->b, "aws", code))
		return;
	place_tell(s->b, &(struct place_told){
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
	place_tell(s->b, &(struct place_told){.from = fact_part(s->b->arena, f, at, at + host.n), .code = r->code, .provider = r->provider,
					.use = use ? use : "processing", .of_name = fact_path(s->b->arena, s->doc, f), .doc = s->doc});
}

/* Providers of HCL that say where everything goes that does not say otherwise. */
static void tell_providers(struct build *b, struct doc *d)
{
	FACT_EACH(f, d->roots[0]) {
		const struct fact *region;
		const char *name;

		if (f->kind != FACT_BLOCK || !f->key || strcmp(f->key, "provider") || fact_label_count(f) != 1 || !know_provider_name(b->know, fact_labels(f)[0]))
			continue;
		region = place_location(b, f, fact_labels(f)[0]);
		if (!region)
			continue;
		name = fact_text(f, "alias");
		place_tell(b, &(struct place_told){.from = region, .code = fact_is_unresolved(region) ? NULL : region->value.p, .provider = fact_labels(f)[0],
					     .use = "processing", .doc = d, .order = f,
					     .of_name = arena_printf(b->arena, "provider.%s%s%s", fact_labels(f)[0], name ? "." : "", name ? name : "")});
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

		if (f->kind != FACT_BLOCK || !f->key || strcmp(f->key, "module") || fact_label_count(f) != 1)
			continue;
		source = fact_child(f, "source");
		provider = source && fact_is_scalar(source) ? provider_of_source(b->arena, source->value) : NULL;
		region = provider && know_provider_name(b->know, provider) ? place_location(b, f, provider) : NULL;
		if (!region || fact_is_unresolved(region))
			continue;
		use = text_use(source->value.p);
		place_tell(b, &(struct place_told){.from = region, .code = region->value.p, .provider = provider, .use = use ? use : "processing", .doc = d,
					     .of_name = arena_printf(b->arena, "module.%s", fact_labels(f)[0])});
	}
}

void place_of_settings(struct build *b, struct doc *d)
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
