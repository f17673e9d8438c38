/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The region that a host name carries, by the name patterns of host-regions.csv. A label counts as a region only when the
 * provider's table has it: "my-bucket.s3.amazonaws.com" carries none, whatever the bucket is called.
 * Matching tries every reading, within a bound on steps that no real host name comes near.
 */
#include "know/know_p.h"

#include <ctype.h>

#define HOST_NAME_BYTES 253
#define MATCH_STEPS 20000      /* two stars over 253 characters need less than 10000 */

struct match {
	bool (*accept)(void *, struct span);
	void *context;
	size_t steps;
};

static bool label_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static bool match_from(struct match *m, const char *pattern, struct span host);

static bool match_star(struct match *m, const char *rest, struct span host)
{
	for (size_t n = 1; n <= host.n; n++)
		if (match_from(m, rest, span_cut(host, n, host.n)))
			return true;
	return false;
}

static bool match_region(struct match *m, const char *rest, struct span host)
{
	size_t n = 0;

	while (n < host.n && label_char(host.p[n]))
		n++;
	for (; n > 0; n--)
		if (match_from(m, rest, span_cut(host, n, host.n)) && (!m->accept || m->accept(m->context, span_cut(host, 0, n))))
			return true;
	return false;
}

static bool match_from(struct match *m, const char *pattern, struct span host)
{
	for (;; pattern++, host = span_cut(host, 1, host.n)) {
		if (m->steps++ > MATCH_STEPS)
			return false;
		if (!*pattern)
			return !host.n;
		if (*pattern == '*')
			return match_star(m, pattern + 1, host);
		if (!strncmp(pattern, "<region>", 8))
			return match_region(m, pattern + 8, host);
		if (!host.n || tolower((unsigned char)*host.p) != tolower((unsigned char)*pattern))
			return false;
	}
}

struct span host_tail(struct arena *a, const char *pattern)
{
	size_t n = strlen(pattern), from = n;
	char *tail;

	while (from && pattern[from - 1] != '*' && pattern[from - 1] != '>')
		from--;
	tail = arena_dup(a, pattern + from, n - from);
	for (char *p = tail; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return (struct span){tail, n - from};
}

bool host_match(const char *pattern, struct span host, bool (*accept)(void *, struct span), void *context)
{
	struct match m = {.accept = accept, .context = context};

	return match_from(&m, pattern, host);
}

static const struct column columns[] = {
	COLUMN("pattern", host_pattern, pattern), COLUMN("provider", host_pattern, provider), COLUMN("verified", host_pattern, verification), {0},
};

void hosts_fill(struct know *k, struct rows rows)
{
	k->hosts = ARENA_ARRAY(k->arena, struct host_pattern, rows.count + 1);
	k->host_count = rows.count;
	for (struct host_pattern *p = k->hosts; rows_next(&rows, columns, p); p++) {
		p->tail = host_tail(k->arena, p->pattern);
		p->verified = !strncmp(p->verification, "search", 6);
	}
}

struct wanted {
	const struct know *k;
	const char *provider;
	const struct region *found;
};

static bool known_region(void *context, struct span label)
{
	struct wanted *w = context;
	char code[64];

	if (label.n >= sizeof code)
		return false;
	memcpy(code, label.p, label.n);
	code[label.n] = 0;
	return know_regions(w->k, w->provider, code, &w->found, 1) > 0;
}

static const struct region *host_region(const struct know *k, struct span host, bool *ret_verified)
{
	const char *end = host.n ? memchr(host.p, '/', host.n) : NULL;
	char low[HOST_NAME_BYTES];

	if (end)
		host.n = (size_t)(end - host.p);
	end = host.n ? memchr(host.p, ':', host.n) : NULL;
	if (end)
		host.n = (size_t)(end - host.p);
	if (host.n > HOST_NAME_BYTES)
		return NULL;
	for (size_t i = 0; i < host.n; i++)
		low[i] = (char)tolower((unsigned char)host.p[i]);
	for (size_t i = 0; i < k->host_count; i++) {
		struct wanted w = {.k = k, .provider = k->hosts[i].provider};
		struct span tail = k->hosts[i].tail;

		if (host.n < tail.n || memcmp(low + host.n - tail.n, tail.p, tail.n))
			continue;      /* most end here, without a reading being tried */
		if (!host_match(k->hosts[i].pattern, host, known_region, &w))
			continue;
		/* analyser: what matches has found a place */
		*ret_verified = k->hosts[i].verified && w.found->verified;
		return w.found;
	}
	return NULL;
}

const struct region *know_host_region(const struct know *k, struct span host)
{
	bool verified;

	return host_region(k, host, &verified);
}

const char *know_host_country(const struct know *k, struct span host, bool *ret_verified)
{
	const struct endpoint *p = know_endpoint(k, host);
	const struct region *r;
	bool verified;

	if (p && *p->processing_country) {
		*ret_verified = p->verified;
		return p->processing_country;
	}
	r = host_region(k, host, &verified);
	*ret_verified = r && verified;
	return r ? r->country : "";
}
