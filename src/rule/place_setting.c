/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View place, outside of resources: settings whose key speaks of a region, ARNs, hosts that carry a region, the blocks that say where
 * everything goes (providers of Terraform, modules of a registry), defaults and values of parameters.
 */
#include "base/limits.h"
#include "rule/place_p.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Platforms whose own file says nothing of their name. */
static const char *provider_of_file(const struct doc *d)
{
	static const char *const files[][2] = {{"fly.toml", "Fly.io"}, {"render.yaml", "Render"}, {"vercel.json", "Vercel"}, {"railway.json", "Railway"}, {"railway.toml", "Railway"}};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (!strcmp(doc_base(d->name), files[i][0]))
			return files[i][1];
	return NULL;
}

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
static bool looks_like_code(const char *text, size_t enough)
{
	size_t n = strlen(text);
	bool digit = false, dash = false;

	for (size_t i = 0; i < n; i++) {
		digit |= isdigit((unsigned char)text[i]) != 0;
		dash |= text[i] == '-';
	}
	return (digit && n >= 4) || (dash && n >= 6) || n >= enough;
}

struct setting {
	struct build *b;
	struct doc *doc;
	const char *doc_provider;
	bool asked;
	bool chosen;      /* what templates and modules are told: a region and nothing else */
};

static const char *context_of(struct setting *s)
{
	if (!s->asked)
		s->doc_provider = provider_of_file(s->doc) ? provider_of_file(s->doc) : provider_of_doc(s->b, s->doc);
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
	if (provider ? !place_is_code(s->b, provider, code) : !looks_like_code(code, s->chosen ? 6 : 9))
		return;
	place_tell(s->b, &(struct place_told){.from = f, .code = code, .provider = provider, .use = use ? use : "processing",
					.of_name = fact_path(s->b->arena, s->doc, f), .doc = s->doc});
}

/* A list of what is allowed or refused is no place; a default that is one of its items stands elsewhere. */
static bool lists_what_may_be(const char *key)
{
	static const char *const words[] = {"allow", "permit", "deny", "denied", "forbid", "exclude", "block", "support", "valid", "policy", NULL};

	for (size_t i = 0; words[i]; i++)
		if (strcasestr(key, words[i]))
			return true;
	return false;
}

static bool speaks_of_places(const char *key)
{
	static const char *const plurals[] = {"regions", "locations", "zones", "azs", NULL};
	size_t n = strlen(key);

	for (size_t i = 0; plurals[i]; i++)
		if (n >= strlen(plurals[i]) && !strcasecmp(key + n - strlen(plurals[i]), plurals[i]))
			return !lists_what_may_be(key);
	return text_speaks_of_place(key) && !lists_what_may_be(key);
}

/* An item of a list goes by the list's key; a value by the name beside it, in a stack's parameters. */
static const char *key_of(const struct fact *f)
{
	const char *key = fact_key(f);

	if (key && f->parent && !strcmp(key, "ParameterValue"))
		return fact_text(f->parent, "ParameterKey");
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

/* ------------------------------------------------------------------ commands */

static const char *const place_options[] = {"--region", "--location", "--zone", "--primary-location", "--master-region", NULL};

/* The cloud whose client is called last in front of `at`: its words decide what a code means. */
static const char *client_before(struct span v, size_t at)
{
	static const char *const clients[][2] = {{"gcloud ", "google"}, {"gsutil ", "google"}, {"az ", "azurerm"}, {"aws ", "aws"}, {"eksctl ", "aws"}, {"sam ", "aws"}, {"scw ", "scaleway"}};
	const char *found = NULL;
	size_t last = 0;

	for (size_t k = 0; k < sizeof clients / sizeof *clients; k++) {
		size_t n = strlen(clients[k][0]);

		for (size_t i = 0; i + n <= at; i++)
			if (!memcmp(v.p + i, clients[k][0], n) && (!i || strchr(" \t\n;&|('\"", v.p[i - 1])) && (!found || i >= last)) {
				found = clients[k][1];
				last = i;
			}
	}
	return found;
}

static void tell_option(struct setting *s, const struct fact *f, size_t from, size_t to, const char *provider)
{
	const struct fact *part;

	if (to <= from || to - from > 40)
		return;
	part = from == 0 && to == f->value.n ? f : fact_part(s->b->arena, f, from, to);
	if (!(provider ? place_is_code(s->b, provider, part->value.p) : place_is_code(s->b, NULL, part->value.p) && looks_like_code(part->value.p, 9)))
		return;
	place_tell(s->b, &(struct place_told){.from = part, .code = part->value.p, .provider = provider, .use = "processing",
					.of_name = fact_path(s->b->arena, s->doc, f), .doc = s->doc});
}

/* --region us-east-1, --location=eastus: in a script or a command; as one argument of a list, its value is the next. */
static void scan_options(struct setting *s, const struct fact *f)
{
	struct span v = f->value;

	for (size_t i = 0; place_options[i]; i++) {
		size_t n = strlen(place_options[i]), at = 0;
		const char *hit;

		if (v.n == n && span_is(v, place_options[i]) && f->next && fact_literal(f->next) && f->next->value.n) {
			tell_option(s, f->next, 0, f->next->value.n, NULL);
			return;
		}
		while (at < v.n && (hit = memmem(v.p + at, v.n - at, place_options[i], n)) != NULL) {
			size_t from = (size_t)(hit - v.p) + n, to;

			at = from;
			if (from >= v.n || !strchr("= ", v.p[from]))
				continue;
			from++;
			from += from < v.n && strchr("\"'", v.p[from]);
			for (to = from; to < v.n && (isalnum((unsigned char)v.p[to]) || v.p[to] == '-'); to++)
				;
			tell_option(s, f, from, to, client_before(v, (size_t)(hit - v.p)));
		}
	}
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

/* ${bucket}.s3.us-east-1.amazonaws.com: what is computed in front of a host says nothing of its region, what stands behind does. */
static void tell_host_end(struct setting *s, const struct fact *f, const char *key)
{
	struct span v = f->value, host;
	size_t from = v.n, n;
	const struct region *r;

	if (!span_find(v, SPAN("${")) || span_find(v, SPAN("://")) || (key && strcasestr(key, "image")))
		return;
	while (from && v.p[from - 1] != '}')
		from--;
	if (!from || from == v.n || v.p[from] != '.')
		return;
	for (n = from; n < v.n && (isalnum((unsigned char)v.p[n]) || v.p[n] == '.' || v.p[n] == '-'); n++)
		;
	host = span_cut(v, from, n);
	r = n == v.n || v.p[n] == '/' || v.p[n] == ':' ? know_host_region(s->b->know, host) : NULL;
	if (r)
		tell_host(s, f, host, from);
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

/* An address of one's own beside a region that a store of another kind only wants to hear. */
static bool is_elsewhere(const struct fact *backend)
{
	static const char *const keys[] = {"endpoint", "endpoints", "custom_endpoint", NULL};

	for (size_t i = 0; keys[i]; i++)
		if (fact_child(backend, keys[i]))
			return true;
	return false;
}

/* The state of Terraform holds what resources were told, secrets too: it lies in the region of its backend. */
static void tell_backend(struct build *b, struct doc *d, const struct fact *backend)
{
	const struct fact *region = fact_child(backend, "region");
	bool aws;

	if (!region || !fact_literal(region) || !fact_label_count(backend))
		return;
	aws = !strcmp(fact_labels(backend)[0], "s3") && place_is_code(b, "aws", region->value.p);
	if ((aws && is_elsewhere(backend)) || (!aws && !place_is_code(b, NULL, region->value.p)))
		return;
	place_tell(b, &(struct place_told){.from = region, .code = region->value.p, .provider = aws ? "aws" : NULL, .use = "storage", .doc = d,
				     .of_name = arena_printf(b->arena, "terraform.backend.%s", fact_labels(backend)[0])});
}

/* Terragrunt writes the backend's settings below another name. */
static void tell_remote_state(struct build *b, struct doc *d, const struct fact *state)
{
	const struct fact *config = fact_child(state, "config"), *region = config && config->kind == FACT_BLOCK ? fact_child(config, "region") : NULL;

	if (region && fact_literal(region) && !is_elsewhere(config) && place_is_code(b, "aws", region->value.p))
		place_tell(b, &(struct place_told){.from = region, .code = region->value.p, .provider = "aws", .use = "storage", .doc = d, .of_name = "remote_state"});
}

static void tell_backends(struct build *b, struct doc *d)
{
	FACT_EACH(f, d->roots[0])
		if (f->kind == FACT_BLOCK && f->key && !strcmp(f->key, "remote_state"))
			tell_remote_state(b, d, f);
	FACT_EACH(f, d->roots[0])
		if (f->kind == FACT_BLOCK && f->key && !strcmp(f->key, "terraform"))
			FACT_EACH(inner, f)
				if (inner->kind == FACT_BLOCK && inner->key && !strcmp(inner->key, "backend"))
					tell_backend(b, d, inner);
}

/* Providers of a plan, where no resource told their region: all that it makes are keys and secrets, or nothing is made. */
static void tell_plan_providers(struct build *b, struct doc *d)
{
	const struct fact *all = fact_at(d->roots[0], "configuration.provider_config");

	if (!all || all->kind != FACT_BLOCK)
		return;
	FACT_EACH(f, all) {
		const char *name = f->kind == FACT_BLOCK ? fact_text(f, "name") : NULL;
		const struct fact *region = name && know_provider_name(b->know, name) ? place_plan_region(f) : NULL;

		if (region && fact_literal(region) && place_is_code(b, name, region->value.p))
			place_tell(b, &(struct place_told){.from = region, .code = region->value.p, .provider = name, .use = "processing", .doc = d,
						     .of_name = arena_printf(b->arena, "provider.%s", f->key)});
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

/* ------------------------------------------------------------------ what templates and modules are told */

/* Zones in a row on one line are one choice. */
static bool on_the_line_of(const struct fact *f, const struct fact *before)
{
	struct span bytes = f->doc->bytes;
	size_t from = before->at.offset, to = f->at.offset;

	return from < to && to <= bytes.n && !memchr(bytes.p + from, '\n', to - from);
}

/* The value by its name, and below it what has a name of its own. What is taken from elsewhere is told there. */
static void tell_chosen(struct setting *s, const struct fact *f, const char *key, int depth)
{
	if (!depth)
		return;
	if (fact_literal(f) && !fact_set_at(f) && f->value.n && f->value.n < 40 && speaks_of_places(key))
		tell_setting(s, f, key, f->value.p);
	else if (fact_has_parts(f))
		for (const struct fact *child = f->first, *before = NULL; child; before = child, child = child->next)
			if (child->key || !before || !on_the_line_of(child, before))
				tell_chosen(s, child, child->key ? child->key : key, depth - 1);
}

/* Parameters by their name: the value that stands below key, or the parameter itself. */
static void tell_parameter(struct setting *s, const struct fact *parameter, const char *name, const char *key)
{
	const struct fact *value = parameter->kind == FACT_BLOCK ? fact_child(parameter, key) : NULL;

	if (value && (speaks_of_places(name) || fact_has_parts(value)) && (!strcmp(key, "value") || !input_is_given(s->b, s->doc, name)))
		tell_chosen(s, value, name, LIMIT_DEPTH);
}

static void tell_parameters(struct setting *s, const char *block, const char *key)
{
	const struct fact *parameters = fact_child(s->doc->roots[0], block);

	if (parameters && parameters->kind == FACT_BLOCK)
		FACT_EACH(f, parameters)
			if (f->key)
				tell_parameter(s, f, f->key, key);
}

static void tell_top_block(struct setting *s, const struct fact *f)
{
	const char *label = fact_label_count(f) ? fact_labels(f)[0] : NULL;

	if (label && !strcmp(f->key, "variable"))
		tell_parameter(s, f, label, "default");
	else if (label && !strcmp(f->key, "param") && f->kind == FACT_BLOCK && fact_child(f, "defaultValue"))
		tell_parameter(s, f, label, "defaultValue");
	else if (label && (!strcmp(f->key, "param") || !strcmp(f->key, "var")))
		tell_chosen(s, f, label, LIMIT_DEPTH);
	else if (!strcmp(f->key, "locals") || !strcmp(f->key, "module") || !strcmp(f->key, "inputs"))
		tell_chosen(s, f, f->key, LIMIT_DEPTH);
}

/* Defaults of parameters, locals, what modules are given, files of values: told where no resource told them already. */
static void tell_choices(struct build *b, struct doc *d)
{
	bool azure = !strcmp(d->dialect, "arm") || !strcmp(d->dialect, "arm-parameters") || !strcmp(d->dialect, "bicep");
	struct setting s = {.b = b, .doc = d, .chosen = true, .asked = azure, .doc_provider = azure ? "azurerm" : NULL};

	if (!strcmp(d->dialect, "cloudformation")) {
		s.doc_provider = "aws";
		s.asked = true;
		tell_parameters(&s, "Parameters", "Default");
	} else if (!strcmp(d->dialect, "arm")) {
		tell_parameters(&s, "parameters", "defaultValue");
		if (fact_child(d->roots[0], "variables"))
			tell_chosen(&s, fact_child(d->roots[0], "variables"), "variables", LIMIT_DEPTH);
	} else if (!strcmp(d->dialect, "pulumi")) {
		tell_parameters(&s, "config", "default");
		tell_parameters(&s, "config", "value");
	} else if (!strcmp(d->dialect, "arm-parameters")) {
		tell_parameters(&s, "parameters", "value");
	} else if (!strcmp(d->dialect, "terraform-vars")) {
		tell_chosen(&s, d->roots[0], "", LIMIT_DEPTH);
	} else if (!strcmp(d->dialect, "terraform") || !strcmp(d->dialect, "bicep")) {
		FACT_EACH(f, d->roots[0])
			if (f->key)
				tell_top_block(&s, f);
	}
}

void place_of_settings(struct build *b, struct doc *d)
{
	static const char *const told[] = {"terraform", "terraform-plan", "terraform-state", "cloudformation", "heat", "arm", "bicep", "ansible", "terraform-vars", NULL};
	bool resources = d->dialect && text_in(d->dialect, told), made = d->dialect && (!strcmp(d->dialect, "terraform-plan") || !strcmp(d->dialect, "terraform-state"));
	struct setting s = {.b = b, .doc = d};

	if (d->dialect && !strcmp(d->dialect, "terraform-plan") && d->root_count && d->roots[0]->kind == FACT_BLOCK)
		tell_plan_providers(b, d);
	if (d->dialect && !strcmp(d->dialect, "terraform")) {
		tell_backends(b, d);
		tell_providers(b, d);
		tell_modules(b, d);
	}
	if (d->dialect && d->root_count && d->roots[0]->kind == FACT_BLOCK)
		tell_choices(b, d);
	for (size_t i = 0; i < d->root_count && !made; i++)      /* a plan says all of it in its resources */
		for (const struct fact *f = d->roots[i]; f; f = fact_next(f, d->roots[i])) {
			const char *key;

			if (f->kind == FACT_TEMPLATE && f->value.n && f->value.n < 400)
				tell_host_end(&s, f, fact_key(f));
			if (!fact_literal(f) || !f->value.n || f->value.n > 2000)
				continue;
			key = resources ? NULL : key_of(f);
			if (!resources && key && f->value.n < 40 && (key_is(b, key, KEY_SPEAKS_OF_PLACE) || (!f->key && speaks_of_places(key))))
				tell_setting(&s, f, key, f->value.p);
			if (!resources)
				scan_pair(&s, f);
			if (!resources && memmem(f->value.p, f->value.n, "--", 2))
				scan_options(&s, f);
			if (!resources)
				scan_arn(&s, f);
			call_hosts(b, f, tell_host, &s);
		}
}
