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

static const struct column columns[] = {
	COLUMN("host_pattern", endpoint, pattern), COLUMN("match", endpoint, match), COLUMN("operator", endpoint, operator_name),
	COLUMN("home_country", endpoint, home_country), COLUMN("parent_country", endpoint, parent_country),
	COLUMN("category", endpoint, category), COLUMN("default_processing", endpoint, processing),
	COLUMN("processing_country", endpoint, processing_country), COLUMN("eu_residency_option", endpoint, eu_option),
	COLUMN("training_default", endpoint, training), COLUMN("retention_default", endpoint, retention), COLUMN("trap", endpoint, trap),
	COLUMN("source", endpoint, source), COLUMN("as_of", endpoint, as_of), COLUMN("verified", endpoint, verification),
	COLUMN("processing_verified", endpoint, verified), COLUMN("operator_verified", endpoint, operator_verified), {0},
};

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

/* More literal characters, then the earlier row. */
static const struct endpoint *better(const struct endpoint *a, const struct endpoint *b)
{
	if (!a || !b)
		return a ? a : b;
	if (a->literals != b->literals)
		return a->literals > b->literals ? a : b;
	return a < b ? a : b;
}

static void index_endpoint(struct know *k, const struct endpoint *p)
{
	if (!strcmp(p->match, "exact")) {
		map_put(&k->exact_hosts, span_of(p->pattern), p);
	} else if (!strcmp(p->match, "suffix")) {
		struct map_entry *e = map_entry(&k->host_suffixes, span_of(strncmp(p->pattern, "*.", 2) ? p->pattern : p->pattern + 2));

		e->value = (void *)(uintptr_t)better(e->value, p);
	} else {
		*ARENA_PUSH(k->arena, k->host_patterns, k->host_pattern_count) =
			(struct tailed_endpoint){p, host_tail(k->arena, p->pattern), !strcmp(p->match, "path")};
	}
}

void endpoints_fill(struct know *k, struct rows rows)
{
	k->exact_hosts = k->host_suffixes = MAP_INIT(k->arena);
	k->endpoints = ARENA_ARRAY(k->arena, struct endpoint, rows.count + 1);
	k->endpoint_count = rows.count;
	for (struct endpoint *p = k->endpoints; rows_next(&rows, columns, p); p++) {
		p->literals = literal_count(p->pattern);
		index_endpoint(k, p);
	}
}

static bool pattern_match(const struct tailed_endpoint *t, struct span host, struct span with_path)
{
	struct span text = t->path ? with_path : host;

	if ((t->path && with_path.n <= host.n) || text.n < t->tail.n || memcmp(text.p + text.n - t->tail.n, t->tail.p, t->tail.n))
		return false;
	return host_match(t->endpoint->pattern, text, NULL, NULL);
}

/* A suffix is the whole host or starts behind one of its dots: each is looked up. */
static const struct endpoint *best_match(const struct know *k, struct span host, struct span with_path)
{
	const struct endpoint *best = map_get(&k->host_suffixes, host);

	for (size_t i = 0; i < host.n; i++)
		if (host.p[i] == '.')
			best = better(best, map_get(&k->host_suffixes, span_cut(host, i + 1, host.n)));
	for (size_t i = 0; i < k->host_pattern_count; i++)
		if (pattern_match(&k->host_patterns[i], host, with_path))
			best = better(best, k->host_patterns[i].endpoint);
	return best && best->literals ? best : NULL;
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
