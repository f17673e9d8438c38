/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The `as` conversions of section 4: one row each in a table. A text that has no such thing (no host in a path, no region
 * in an ARN) is missing afterwards, and the leaf's default or "no" applies.
 */
#include "rule/rule_p.h"

#include <ctype.h>

#define REGION_READINGS 16

/* ------------------------------------------------------------------ parts of a URL */

/* Of a value that is one address, with a scheme or without (h:443, h1:1,h2:2); url.c looks for addresses with a scheme in any text. */

struct url_parts {
	struct span scheme, host, port, path;
};

static struct span after_userinfo(struct span authority)
{
	const char *at = memrchr(authority.p, '@', authority.n);

	return at ? (struct span){at + 1, authority.n - (size_t)(at + 1 - authority.p)} : authority;
}

static void split_authority(struct span authority, struct url_parts *u)
{
	const char *comma = memchr(authority.p, ',', authority.n), *colon;

	if (comma)      /* several hosts: the first stands for them */
		authority.n = (size_t)(comma - authority.p);
	authority = after_userinfo(authority);
	if (authority.n && authority.p[0] == '[') {
		const char *end = memchr(authority.p, ']', authority.n);
		size_t n = end ? (size_t)(end - authority.p) + 1 : authority.n;

		u->host = (struct span){authority.p, n};
		colon = n < authority.n && authority.p[n] == ':' ? authority.p + n : NULL;
	} else {
		colon = memchr(authority.p, ':', authority.n);
		u->host = (struct span){authority.p, colon ? (size_t)(colon - authority.p) : authority.n};
	}
	if (colon)
		u->port = (struct span){colon + 1, authority.n - (size_t)(colon + 1 - authority.p)};
}

/* jdbc:postgresql://h:1/x, https://u@h/x, h:443, h */
static bool split_url(struct span s, struct url_parts *u)
{
	const char *mark;
	struct span rest = s, authority;
	size_t n = 0;

	*u = (struct url_parts){{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
	if (span_starts(rest, "jdbc:"))
		rest = span_cut(rest, 5, rest.n);
	mark = memmem(rest.p, rest.n, "://", 3);
	if (mark) {
		u->scheme = (struct span){rest.p, (size_t)(mark - rest.p)};
		rest = (struct span){mark + 3, rest.n - (size_t)(mark + 3 - rest.p)};
	}
	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?' && rest.p[n] != '#' && rest.p[n] != ';')
		n++;
	authority = (struct span){rest.p, n};
	if (n < rest.n && rest.p[n] == '/')
		u->path = (struct span){rest.p + n, rest.n - n};
	split_authority(authority, u);
	return u->host.n > 0;
}

static bool as_url_part(struct value *v, size_t offset)
{
	struct url_parts u;
	const struct span *part = (const struct span *)(const void *)((const char *)&u + offset);

	if (!split_url(v->text, &u) || !part->n)
		return false;
	v->text = *part;
	return true;
}

static bool as_scheme(struct context *c, struct value *v)
{
	(void)c;
	return as_url_part(v, offsetof(struct url_parts, scheme));
}

static bool as_host(struct context *c, struct value *v)
{
	(void)c;
	return as_url_part(v, offsetof(struct url_parts, host));
}

static bool as_port(struct context *c, struct value *v)
{
	(void)c;
	return as_url_part(v, offsetof(struct url_parts, port));
}

static bool as_path(struct context *c, struct value *v)
{
	(void)c;
	return as_url_part(v, offsetof(struct url_parts, path));
}

/* ------------------------------------------------------------------ others */

static bool as_lower(struct context *c, struct value *v)
{
	char *copy = arena_dup(c->scratch, v->text.p, v->text.n);

	for (size_t i = 0; i < v->text.n; i++)
		copy[i] = (char)tolower((unsigned char)copy[i]);
	v->text.p = copy;
	return true;
}

static bool as_arn_region(struct context *c, struct value *v)
{
	struct span rest = v->text;

	(void)c;
	if (!span_starts(rest, "arn:"))
		return false;
	for (int field = 0; field < 3; field++) {
		const char *colon = memchr(rest.p, ':', rest.n);

		if (!colon)
			return false;
		rest = (struct span){colon + 1, rest.n - (size_t)(colon + 1 - rest.p)};
	}
	for (size_t n = 0; n < rest.n; n++)
		if (rest.p[n] == ':')
			rest.n = n;
	v->text = rest;
	return rest.n > 0;
}

/* A country code, a region code or provider:code; several countries: unknown. */
static bool as_country(struct context *c, struct value *v)
{
	const struct region *found[REGION_READINGS];
	char *text = arena_dup(c->scratch, v->text.p, v->text.n), *colon = strchr(text, ':');
	size_t count;

	if (v->text.n == 2) {
		text[0] = (char)toupper((unsigned char)text[0]);
		text[1] = (char)toupper((unsigned char)text[1]);
		v->text.p = text;
		return true;
	}
	if (colon)
		*colon = '\0';
	count = know_regions(c->set->know, colon ? text : NULL, colon ? colon + 1 : text, found, REGION_READINGS);
	if (!count)
		return false;
	for (size_t i = 1; i < count && i < REGION_READINGS; i++)
		if (strcmp(found[i]->country, found[0]->country))
			v->unknown = true;
	v->doubtful = v->doubtful || !found[0]->verified;
	v->text = span_of(found[0]->country);
	return v->text.n > 0 || v->unknown;
}

/* "Clever Cloud SAS", "Microsoft Ireland Operations Ltd": the longest beginning that names a provider, else the first word. */
static bool company_name(struct context *c, struct value *v)
{
	char *text = arena_dup(c->scratch, v->text.p, v->text.n);
	const char *name;

	for (size_t end = v->text.n; end; end--) {
		if (text[end] && !strchr(" ,(", text[end]))
			continue;
		text[end] = '\0';
		name = know_provider_name(c->set->know, text);
		if (name)
			text = arena_str(c->scratch, name);
		if (name)
			break;
	}
	v->text = span_of(text);
	return v->text.n > 0;
}

static bool as_operator(struct context *c, struct value *v)
{
	const struct endpoint *endpoint;
	struct value host = *v;

	if (as_host(c, &host) && (endpoint = know_endpoint(c->set->know, host.text))) {
		v->text = span_of(endpoint->operator_name);
		return true;
	}
	return company_name(c, v);
}

static int base64_digit(unsigned char ch)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = ch ? strchr(digits, ch == '-' ? '+' : ch == '_' ? '/' : ch) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool as_base64(struct context *c, struct value *v)
{
	char *out = arena_alloc(c->scratch, v->text.n + 1);
	size_t n = 0;
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < v->text.n; i++) {
		unsigned char ch = (unsigned char)v->text.p[i];
		int digit = base64_digit(ch);

		if (ch == '=' || isspace(ch))
			continue;
		if (digit < 0)
			return false;
		bits = (bits << 6 | (unsigned)digit) & 0xffffff;
		held += 6;
		if (held >= 8)
			out[n++] = (char)(bits >> (held -= 8) & 0xff);
	}
	v->text = (struct span){out, n};
	return n > 0;
}

static bool as_model_publisher(struct context *c, struct value *v)
{
	const struct model *m = ruleset_model(c->set, v->text);

	if (!m)
		return false;
	v->text = span_of(m->publisher);
	v->doubtful = v->doubtful || !m->verified;
	return true;
}

static bool as_model_country(struct context *c, struct value *v)
{
	const struct model *m = ruleset_model(c->set, v->text);

	if (!m || !m->publisher_country || !*m->publisher_country)
		return false;
	v->text = span_of(m->publisher_country);
	v->doubtful = v->doubtful || !m->verified;
	return true;
}

/* The first run of digits, dots and hyphens that starts with a digit behind the name: gpt-4o-2024-08-06 -> 2024-08-06. */
static bool as_model_version(struct context *c, struct value *v)
{
	struct span s = v->text;

	(void)c;
	for (size_t i = s.n; i > 0; i--) {
		size_t from = i;

		while (from > 0 && (isdigit((unsigned char)s.p[from - 1]) || s.p[from - 1] == '.' || s.p[from - 1] == '-'))
			from--;
		while (from < i && !isdigit((unsigned char)s.p[from]))
			from++;
		if (from < i) {
			v->text = span_cut(s, from, i);
			return true;
		}
	}
	return false;
}

/* Azure's pairs are in the knowledge base's note: "paired with ukwest". */
static bool as_paired_region(struct context *c, struct value *v)
{
	const struct region *found[REGION_READINGS];
	size_t count = know_regions(c->set->know, "azure", arena_dup(c->scratch, v->text.p, v->text.n), found, REGION_READINGS);

	for (size_t i = 0; i < count && i < REGION_READINGS; i++) {
		const char *at = found[i]->note ? strstr(found[i]->note, "paired with ") : NULL;

		if (at) {
			at += strlen("paired with ");
			v->text = (struct span){at, strcspn(at, " ;,)")};
			return true;
		}
	}
	return false;
}

/* `all -SSLv3 -TLSv1` to the lowest version left on: what a minimum test asks for. */
static bool as_apache_protocols(struct context *c, struct value *v)
{
	static const struct { const char *name; int bit; } names[] = {{"sslv3", 0}, {"tlsv1", 1}, {"tlsv1.1", 2}, {"tlsv1.2", 3}, {"tlsv1.3", 4}};
	static const char *const lowest[] = {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
	struct value low = *v;
	unsigned on = 0;

	as_lower(c, &low);
	for (size_t at = 0; at < low.text.n;) {
		size_t n = strcspn(low.text.p + at, " \t,");
		struct span word = {low.text.p + at, n};
		char sign = n && (word.p[0] == '+' || word.p[0] == '-') ? word.p[0] : 0;
		unsigned bits = 0;

		if (sign)
			word = span_cut(word, 1, word.n);
		if (span_is(word, "all"))
			bits = 31;
		for (size_t i = 0; i < 5; i++)
			bits |= span_is(word, names[i].name) ? 1u << names[i].bit : 0;
		on = sign == '-' ? on & ~bits : on | bits;
		at += n + 1;
	}
	for (size_t i = 0; i < 5; i++) {
		if (on >> i & 1) {
			v->text = span_of(lowest[i]);
			return true;
		}
	}
	return false;
}

static const struct { const char *name; bool (*run)(struct context *c, struct value *v); } conversions[] = {
	{"lower", as_lower}, {"url.host", as_host}, {"url.scheme", as_scheme}, {"url.port", as_port}, {"url.path", as_path},
	{"arn.region", as_arn_region}, {"country", as_country}, {"operator", as_operator}, {"paired_region", as_paired_region},
	{"base64", as_base64}, {"model.publisher", as_model_publisher}, {"model.country", as_model_country},
	{"model.version", as_model_version}, {"apache.protocols", as_apache_protocols},
};

bool convert_exists(const char *as)
{
	for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++)
		if (!strcmp(conversions[i].name, as))
			return true;
	return false;
}

bool convert(struct context *c, const char *as, struct value *v)
{
	for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++)
		if (!strcmp(conversions[i].name, as))
			return conversions[i].run(c, v);
	return false;
}
