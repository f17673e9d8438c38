/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View call: what a configuration makes a program speak to: URLs, DSNs, host settings, bases of SDKs, in values of settings.
 * Not in comments, and not what merely names something: XML namespaces, schemas, documentation, licences, sources of modules.
 * What is known of the host (operator, countries, category, place of processing) comes from the knowledge base.
 */
#include "base/limits.h"
#include "rule/subject_p.h"
#include "rule/url.h"

#include <ctype.h>
#include <string.h>

#define LONGEST_TOP_LEVEL 23    /* letters of a top-level domain; the longest in use has 18 */

/* ------------------------------------------------------------------ what is no call */

static bool host_only_names(struct span host)
{
	static const char *const names[] = {"www.w3.org", "json-schema.org", "schema.org", "json.schemastore.org", "schema.management.azure.com",
					    "schemas.microsoft.com", "schemas.xmlsoap.org", "schemas.openxmlformats.org", "creativecommons.org", "opensource.org",
					    "www.apache.org", "www.gnu.org", "spdx.org", "java.sun.com", "xmlns.jcp.org", "maven.apache.org", "www.springframework.org",
					    "www.opencontainers.org", "hl7.org", "www.hl7.org", "terminology.hl7.org", "snomed.info", "loinc.org", "unitsofmeasure.org",
					    "cyclonedx.org", "jakarta.ee", "relaxng.org", "purl.org", "xml.org", "www.mirthcorp.com", NULL};

	return span_in(host, names) || span_starts(host, "schemas.") || span_starts(host, "docs.") || span_starts(host, "xmlns.");
}

static bool scheme_calls(struct span scheme)
{
	static const char *const none[] = {"file", "arn", "data", "urn", "classpath", "docker-pullable", "git", "ssm", "secretsmanager", "unix", "npipe", "pkg", "oci",
					   "about", "chrome", "s3", "gs", "abfs", "abfss", "wasb", "wasbs", "hdfs", "vscode", "jar", "resource", "env", "op", "vault", "awssm", "fd", "tag", NULL};

	return !span_in(scheme, none);
}

/* "enabled: false" written in a block: what it would call is not called. */
static bool says_off(const struct fact *block)
{
	const struct fact *enabled = block->kind == FACT_BLOCK ? fact_child(block, "enabled") : NULL;

	return enabled && fact_is_scalar(enabled) && enabled->state != FACT_UNKNOWN && span_eq_nocase(enabled->value, span_of("false"));
}

/* Asked once for the many facts in a block: height is its own, the root's 1. */
static bool is_switched_off(struct build *b, const struct fact *block, size_t height)
{
	struct switched *s = &b->switches[height % SWITCH_DEPTH];

	if (s->block != block)
		*s = (struct switched){block, says_off(block)};
	return s->off;
}

/* A block whose settings are prose, metadata or a definition of something else. */
static bool stands_aside(struct build *b, const struct fact *f)
{
	const struct fact *up = f->parent;
	size_t height = 0;

	if (f->doc && f->doc->dialect && (!strcmp(f->doc->dialect, "helm-chart") || !strcmp(f->doc->dialect, "openapi") || !strcmp(f->doc->dialect, "cyclonedx") || !strcmp(f->doc->dialect, "fhir") || !strcmp(f->doc->dialect, "publiccode")))
		return !(f->key && key_eq(f->key, "url") && up && up->parent && up->parent->key && key_eq(up->parent->key, "servers"));
	for (const struct fact *p = up; p; p = p->parent)
		height++;
	for (int depth = 0; up && depth < SWITCH_DEPTH; depth++, height--, up = up->parent) {
		if ((up->key && key_is(b, up->key, KEY_SETS_ASIDE)) || is_switched_off(b, up, height))
			return true;
		if (up->kind == FACT_BLOCK && up->block_syntax && up->key && !strcmp(up->key, "output") && fact_label_count(up) == 1)
			return true;
	}
	return false;
}

static const char *key_of(const struct fact *f)
{
	const char *key = fact_key(f);

	for (f = f->parent; f && !key; f = f->parent)
		key = f->key;
	return key;
}

static bool may_hold_host(struct build *b, const struct fact *f, const char *key);

static bool may_call(struct build *b, const struct fact *f)
{
	const char *key;

	if (!fact_is_scalar(f) || f->kind == FACT_NULL || f->kind == FACT_REFERENCE || f->value.n < 2)
		return false;
	if (f->state == FACT_UNKNOWN && f->kind != FACT_TEMPLATE)
		return false;
	key = key_of(f);
	return may_hold_host(b, f, key) && !(key && key_is(b, key, KEY_ONLY_NAMES)) && !stands_aside(b, f);
}

/* ------------------------------------------------------------------ hosts without a scheme */

static bool is_plain_host(struct span v, size_t *ret_host)
{
	size_t i = url_host_end(v, 0);

	*ret_host = i;
	if (!i || i > 253 || v.p[0] == '-' || v.p[0] == '.' || v.p[i - 1] == '-' || memchr(v.p, '{', i))
		return false;
	if (i < v.n && v.p[i] == ':') {
		size_t digits = ++i;

		while (i < v.n && isdigit((unsigned char)v.p[i]))
			i++;
		if (i == digits)
			return false;
	}
	return i == v.n || v.p[i] == '/' || v.p[i] == ',' || v.p[i] == '?';
}

/* A URL, or what bare_host() may take for a host: most values are neither, and the long lists are not asked. */
static bool may_hold_host(struct build *b, const struct fact *f, const char *key)
{
	struct span v = f->value;
	const char *comma;
	size_t n;

	if (memmem(v.p, v.n, "://", 3))
		return true;
	comma = memchr(v.p, ',', v.n);
	if (comma)
		v.n = (size_t)(comma - v.p);
	return f->kind == FACT_LITERAL && is_plain_host(v, &n) && (memchr(v.p, '.', n) || (key && key_is(b, key, KEY_HOLDS_HOST)));
}

static bool is_own_name(const struct fact *f)
{
	static const char *const kinds[] = {"Ingress", "IngressRoute", "HTTPRoute", "Gateway", "Certificate", "VirtualService", NULL};
	static const char *const blocks[] = {"ingress", "rules", "tls", "hosts", "route", "gateway", "listeners", NULL};
	const struct fact *up = f->parent;
	bool kubernetes = f->doc && f->doc->dialect && !strcmp(f->doc->dialect, "kubernetes");

	for (int depth = 0; up && depth < 12; depth++, up = up->parent) {
		if (up->key && text_in(up->key, blocks))
			return true;
		if (!up->parent && kubernetes && text_in(fact_text(up, "kind"), kinds))
			return true;
	}
	return false;
}

static bool is_word_value(struct span v)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "none", "null", "auto", "default", "any", "all", "enabled", "disabled",
					    "0.0.0.0", "::", "dynamic", "static", "internal", "external", "public", "private", "local", "string", "host", "network", NULL};
	bool letter = false;

	if (span_in(v, words))
		return true;
	for (size_t i = 0; i < v.n; i++)
		letter |= isalpha((unsigned char)v.p[i]) != 0;
	return !letter && !(memchr(v.p, '.', v.n) && v.n >= 7);
}

static bool has_dot(struct span v)
{
	return memchr(v.p, '.', v.n);
}

/* A file name or a version is no host: the last label of a host has letters only, and is no usual extension. */
static bool last_label_is_domain(struct span host)
{
	static const char *const files[] = {"py", "sh", "js", "ts", "json", "yaml", "yml", "xml", "conf", "cfg", "properties", "jar", "pem", "crt", "key", "sql", "txt",
					    "log", "md", "html", "css", "png", "service", "sock", "go", "java", "class", "tf", "env", "ini", "toml", "lua", "php", "exe", "so", "zip", "gz", NULL};
	size_t i = host.n;
	bool letters = true;

	while (i && host.p[i - 1] != '.')
		i--;
	for (size_t k = i; k < host.n; k++)
		letters &= isalpha((unsigned char)host.p[k]) != 0;
	if (host.n - i > LONGEST_TOP_LEVEL || host.n - i < 2)
		return !i;
	return letters && !span_in(span_cut(host, i, host.n), files);
}

static bool is_ipv4(struct span v)
{
	int dots = 0;

	for (size_t i = 0; i < v.n; i++) {
		if (!isdigit((unsigned char)v.p[i]) && v.p[i] != '.')
			return false;
		dots += v.p[i] == '.';
	}
	return dots == 3;
}

/* v: the value, or one item of a list in it, from its offset at to its end. known: hosts of known services count under any key; or NULL. */
static bool bare_host(struct build *b, const struct know *known, const struct fact *f, size_t at, struct url *ret)
{
	const char *key = key_of(f);
	struct span v = span_cut(f->value, at, f->value.n), host;
	const char *comma = v.n ? memchr(v.p, ',', v.n) : NULL;
	size_t n;

	if (comma)
		v.n = (size_t)(comma - v.p);

	if (f->kind != FACT_LITERAL || f->scalar == SCALAR_NUMBER || f->scalar == SCALAR_BOOL || !is_plain_host(v, &n))
		return false;
	host = span_cut(v, 0, n);
	if (!has_dot(host) && value_is_placeholder(host))
		return false;
	if (has_dot(host) && memchr(host.p, '_', host.n))
		return false;      /* an address in Terraform, a file, a Python module */
	if (key && key_eq(key, "hostname") && f->doc && f->doc->dialect)
		return false;      /* a container's own name */
	if (key && (strcasestr(key, "image") || strcasestr(key, "ip_address") || strcasestr(key, "ipaddress") || strcasestr(key, "_ip")))
		return false;      /* where an image comes from; ranges of a firewall */
	if (is_word_value(host) || host_only_names(host))
		return false;
	*ret = (struct url){.host = host};
	url_take_rest(v, ret, n);
	ret->from = ret->host_at = at;
	ret->to += at;
	if (has_dot(host) && !is_ipv4(host) && !last_label_is_domain(host))
		return false;
	if (has_dot(host) && known && know_endpoint(known, host))
		return !is_own_name(f);
	if (!key || !key_is(b, key, KEY_HOLDS_HOST) || (ret->path.n && !has_dot(host)) || is_own_name(f))
		return false;
	return has_dot(host) || ret->port.n || span_ends(span_of(key), "host") || span_ends(span_of(key), "HOST") || span_ends(span_of(key), "Host") ||
	       strcasestr(key, "hostname");
}

/* The next of host:port,host:port; the first that is none ends the list. */
static bool next_host(struct build *b, const struct know *known, const struct fact *f, size_t *at, struct url *ret)
{
	const char *comma;

	if (*at >= f->value.n || !bare_host(b, known, f, *at, ret))
		return false;
	comma = memchr(f->value.p + *at, ',', f->value.n - *at);
	*at = comma ? (size_t)(comma - f->value.p) + 1 : f->value.n;
	while (*at < f->value.n && f->value.p[*at] == ' ')
		(*at)++;
	return true;
}

/* ------------------------------------------------------------------ the view */

void call_hosts(struct build *b, const struct fact *f, void (*found)(void *, const struct fact *, struct span, size_t), void *context)
{
	struct url u;
	size_t from = 0, at = 0;

	if (!may_call(b, f))
		return;
	for (int i = 0; i < LIMIT_URLS_PER_VALUE && url_next(f->value, from, &u); i++, from = u.to)
		if (scheme_calls(u.scheme) && !memchr(u.host.p, '{', u.host.n))
			found(context, f, u.host, u.host_at);
	for (int i = 0; !from && i < LIMIT_URLS_PER_VALUE && next_host(b, NULL, f, &at, &u); i++)
		if (has_dot(u.host))
			found(context, f, u.host, u.host_at);
}

/* ${...} in a host stands for some label: x-${env}.openai.azure.com is a host below openai.azure.com. */
static struct span host_for_lookup(struct arena *a, struct span host)
{
	char *out = arena_alloc(a, host.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < host.n;) {
		size_t behind = url_skip_template(host, i);

		out[n++] = behind > i ? 'x' : host.p[i];
		i = behind > i ? behind : i + 1;
	}
	return (struct span){out, n};
}

static const char *text_of(struct arena *a, struct span s)
{
	char *text = arena_dup(a, s.p, s.n);

	for (char *p = text; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return text;
}

static void put_operator(struct build *b, struct fact *call, const struct endpoint *e, const struct fact *from)
{
	struct fact *operator_fact = block_block(b->arena, call, "operator", from);

	operator_fact->value = span_of(e->operator_name);      /* a text with fields below, as a string that holds JSON */
	operator_fact->scalar = SCALAR_STRING;
	operator_fact->doubtful |= !e->operator_verified;
	if (*e->home_country)
		block_field(b->arena, operator_fact, "home_country", e->home_country, from)->doubtful |= !e->operator_verified;
	if (*e->parent_country)
		block_field(b->arena, operator_fact, "parent_country", e->parent_country, from)->doubtful |= !e->operator_verified;
}

static void tell(struct build *b, const struct fact *f, const struct url *u)
{
	const struct fact *from = u->from == 0 && u->to == f->value.n ? f : fact_part(b->arena, f, u->from, u->to);
	struct fact *call = block_new(b->arena, from), *field;
	struct span host = host_for_lookup(b->arena, u->host);
	bool templated = host.n != u->host.n || memchr(u->host.p, '{', u->host.n), verified = false;
	const struct endpoint *e = know_endpoint(b->know, host);
	const char *country = know_host_country(b->know, host, &verified);

	call->key = "call";
	call->written = f->written ? f->written : f;
	block_field(b->arena, call, "url", arena_dup(b->arena, f->value.p + u->from, u->to - u->from), from);
	if (u->scheme.n)
		block_field(b->arena, call, "scheme", text_of(b->arena, u->scheme), from);
	field = block_field(b->arena, call, "host", text_of(b->arena, u->host), from);
	if (templated)
		field->state = FACT_UNKNOWN;
	if (u->port.n)
		block_field(b->arena, call, "port", arena_dup(b->arena, u->port.p, u->port.n), from);
	if (u->path.n)
		block_field(b->arena, call, "path", arena_dup(b->arena, u->path.p, u->path.n), from);
	if (e) {
		put_operator(b, call, e, from);
		block_field(b->arena, call, "category", e->category, from);
	}
	if (e || (country && *country)) {
		struct fact *processing = block_block(b->arena, call, "processing", from);

		field = block_field(b->arena, processing, "country", country && *country ? country : NULL, from);
		field->doubtful |= !verified;
	}
	view_emit(b, "call", call, f, f->doc, NULL, fact_path(b->arena, f->doc, f));
}

/* A host whose end is computed says nothing; one with a known domain does. */
static bool says_something(struct span host)
{
	size_t tail = 0, letters = 0;

	for (size_t i = 0; i < host.n;) {
		size_t behind = url_skip_template(host, i);

		if (behind > i)
			tail = behind;
		i = behind > i ? behind : i + 1;
	}
	for (size_t i = tail; i < host.n; i++)
		letters += isalnum((unsigned char)host.p[i]) != 0;
	return letters && (!tail || (memchr(host.p + tail, '.', host.n - tail) && letters > 3));
}

/* In a script, or in code inside a value: the line is a comment. */
static bool in_comment(struct span v, size_t at)
{
	size_t from = at;

	while (from && v.p[from - 1] != '\n')
		from--;
	if (!from && !memchr(v.p, '\n', v.n))
		return false;
	while (from < at && (v.p[from] == ' ' || v.p[from] == '\t'))
		from++;
	return from < at && (v.p[from] == '#' || v.p[from] == '*' || (v.p[from] == '/' && (v.p[from + 1] == '/' || v.p[from + 1] == '*')));
}

/* Addresses to listen on, and names of nginx's own upstream blocks. */
static bool is_listener(const struct fact *f, struct span host)
{
	if (span_is(host, "0.0.0.0") || span_is(host, "[::]"))
		return true;
	if (!f->doc || !f->doc->format || strcmp(f->doc->format->name, "nginx") || has_dot(host))
		return false;
	for (const struct fact *g = f->doc->roots[0]; g; g = fact_next(g, f->doc->roots[0]))
		if (g->key && !strcmp(g->key, "upstream") && fact_label_count(g) && span_is(host, fact_labels(g)[0]))
			return true;
	return false;
}

static void scan(struct build *b, const struct fact *f)
{
	struct url u;
	size_t from = 0, at = 0;
	int i = 0;

	if (!may_call(b, f))
		return;
	for (; i < LIMIT_URLS_PER_VALUE && url_next(f->value, from, &u); i++, from = u.to)
		if (scheme_calls(u.scheme) && !host_only_names(u.host) && says_something(u.host) && !in_comment(f->value, u.from) && !is_listener(f, u.host))
			tell(b, f, &u);
	for (; !from && i < LIMIT_URLS_PER_VALUE && next_host(b, b->know, f, &at, &u); i++)
		tell(b, f, &u);
	if (i == LIMIT_URLS_PER_VALUE && f->doc && (from ? url_next(f->value, from, &u) : next_host(b, b->know, f, &at, &u)))
		doc_diag(b->arena, (struct doc *)f->doc, DIAG_ERROR, f, "limit-urls", "this value holds more addresses than are looked at: the rest is not judged");
}

static bool is_made_by_terraform(const struct doc *d)
{
	return d->dialect && (!strcmp(d->dialect, "terraform-plan") || !strcmp(d->dialect, "terraform-state"));
}

static void scan_tree(struct build *b, const struct fact *f)
{
	scan(b, f);
	FACT_EACH(child, f)
		scan_tree(b, child);
}

/* A plan and a state say a value many times over: only the resources' own settings count. */
static void of_resource(struct build *b, const struct subject *s)
{
	if (!is_made_by_terraform(s->doc))
		return;
	FACT_EACH(setting, s->block)
		if (!(setting->key && text_in(setting->key, (const char *const[]){"id", "arn", "endpoint", "address", "self_link", "url", NULL})) && setting->doc == s->doc)
			scan_tree(b, setting);
}

static void of_doc(struct build *b, struct doc *d)
{
	if ((d->format && !strcmp(d->format->name, "text")) || is_made_by_terraform(d))
		return;      /* prose */
	for (size_t i = 0; i < d->root_count; i++)
		for (const struct fact *f = d->roots[i]; f; f = fact_next(f, d->roots[i]))
			scan(b, f);
}

static const char *const fields[] = {"url", "scheme", "host", "port", "path", "operator", "operator.home_country", "operator.parent_country",
				     "category", "processing.country", NULL};

const struct view view_call = {.name = "call", .fields = fields, .of_resource = of_resource, .of_doc = of_doc};
