/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Hosts of AI and SaaS services to what is known of them. An exact name wins; else the matching pattern with the most
 * literal characters. Kinds of pattern (column match): exact, suffix (the name and all below it), wildcard ('*'),
 * template ("<region>" is one label or a part of it), path (the host and a path; only a URL's host and path together match).
 */
#include "know/know_p.h"

#include <ctype.h>

#define HOST_BYTES 512      /* a host name has at most 253; the rest is a path for the patterns that have one */

static struct span lower(struct span s, char out[HOST_BYTES])
{
	size_t n = s.n < HOST_BYTES ? s.n : 0;

	for (size_t i = 0; i < n; i++)
		out[i] = (char)tolower((unsigned char)s.p[i]);
	while (n && out[n - 1] == '.')      /* a fully qualified name ends with a dot */
		n--;
	return (struct span){out, n};
}

static struct endpoint endpoint_of(const struct fact *row)
{
	return (struct endpoint){
		.pattern = row_text(row, "host_pattern"), .match = row_text(row, "match"),
		.operator_name = row_text(row, "operator"), .home_country = row_text(row, "home_country"),
		.parent_country = row_text(row, "parent_country"), .category = row_text(row, "category"),
		.processing = row_text(row, "default_processing"), .processing_country = row_text(row, "processing_country"),
		.eu_option = row_text(row, "eu_residency_option"), .training = row_text(row, "training_default"),
		.retention = row_text(row, "retention_default"), .trap = row_text(row, "trap"),
		.source = row_text(row, "source"), .as_of = row_text(row, "as_of"), .verification = row_text(row, "verified"),
		.verified = row_yes(row, "processing_verified"), .operator_verified = row_yes(row, "operator_verified"),
	};
}

void endpoints_fill(struct know *k, struct rows rows)
{
	k->exact_hosts = MAP_INIT(k->arena);
	k->endpoints = ARENA_ARRAY(k->arena, struct endpoint, rows.count + 1);
	k->endpoint_count = rows.count;
	for (size_t i = 0; i < rows.count; i++) {
		struct endpoint *p = &k->endpoints[i];

		*p = endpoint_of(rows.items[i]);
		if (!strcmp(p->match, "exact"))
			map_put(&k->exact_hosts, span_of(p->pattern), p);
	}
}

static bool suffix_match(const char *pattern, struct span host)
{
	size_t n;

	if (!strncmp(pattern, "*.", 2))
		pattern += 2;
	n = strlen(pattern);
	return span_ends(host, pattern) && (host.n == n || host.p[host.n - n - 1] == '.');
}

static bool endpoint_match(const struct endpoint *p, struct span host, struct span with_path)
{
	if (!strcmp(p->match, "suffix"))
		return suffix_match(p->pattern, host);
	if (!strcmp(p->match, "path"))
		return with_path.n > host.n && host_match(p->pattern, with_path, NULL, NULL);
	return strcmp(p->match, "exact") != 0 && host_match(p->pattern, host, NULL, NULL);
}

static size_t literal_count(const char *pattern)
{
	size_t n = 0;

	for (; *pattern; pattern++) {
		if (*pattern == '<')
			while (pattern[1] && *pattern != '>')
				pattern++;
		else if (*pattern != '*')
			n++;
	}
	return n;
}

static const struct endpoint *best_match(const struct know *k, struct span host, struct span with_path)
{
	const struct endpoint *best = NULL;
	size_t best_count = 0;

	for (size_t i = 0; i < k->endpoint_count; i++) {
		size_t n = endpoint_match(&k->endpoints[i], host, with_path) ? literal_count(k->endpoints[i].pattern) : 0;

		if (n > best_count) {
			best = &k->endpoints[i];
			best_count = n;
		}
	}
	return best;
}

const struct endpoint *know_endpoint(const struct know *k, struct span host)
{
	char buffer[HOST_BYTES];
	struct span all = lower(host, buffer), bare = all, named;
	const char *slash = all.n ? memchr(all.p, '/', all.n) : NULL, *colon;
	const struct endpoint *p;

	if (slash)
		bare.n = (size_t)(slash - all.p);
	named = bare;
	colon = bare.n ? memchr(bare.p, ':', bare.n) : NULL;
	if (colon)
		bare.n = (size_t)(colon - bare.p);
	if (!bare.n)
		return NULL;
	p = map_get(&k->exact_hosts, named);      /* localhost:11434 is Ollama, localhost is anything */
	if (!p)
		p = map_get(&k->exact_hosts, bare);
	return p ? p : best_match(k, bare, all);
}
