/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Texts that stand for quantities with an order of their own: durations, protocol versions, dotted numbers, networks and
 * entropy.
 */
#include "rule/rule_p.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ------------------------------------------------------------------ durations */

static const struct { const char *name; int64_t milliseconds; } units[] = {
	{"ms", 1}, {"s", 1000}, {"sec", 1000}, {"second", 1000}, {"seconds", 1000}, {"m", 60000}, {"min", 60000}, {"minute", 60000},
	{"minutes", 60000}, {"h", 3600000}, {"hour", 3600000}, {"hours", 3600000}, {"d", 86400000}, {"day", 86400000}, {"days", 86400000},
	{"w", 604800000}, {"week", 604800000}, {"weeks", 604800000}, {"mo", 2592000000}, {"month", 2592000000}, {"months", 2592000000},
	{"y", 31536000000}, {"year", 31536000000}, {"years", 31536000000},
};

static int64_t unit_milliseconds(struct span name)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (span_eq_nocase(name, span_of(units[i].name)))
			return units[i].milliseconds;
	return -1;
}

/* ISO 8601: P1Y2M3DT4H5M6S, P4W. */
static int64_t iso_duration(struct span s)
{
	bool time = false;
	int64_t total = 0;
	size_t i = 1;

	while (i < s.n) {
		int64_t number = 0, unit;
		size_t from = i;

		if (s.p[i] == 'T') {
			time = true;
			i++;
			continue;
		}
		while (i < s.n && isdigit((unsigned char)s.p[i]) && number < 100000000)
			number = number * 10 + s.p[i++] - '0';
		if (i == from || i == s.n)
			return -1;
		unit = s.p[i] == 'M' && !time ? unit_milliseconds(SPAN("mo")) : unit_milliseconds((struct span){s.p + i, 1});
		if (unit < 0)
			return -1;
		total += number * unit / 1000;
		i++;
	}
	return s.n > 1 ? total : -1;
}

int64_t duration_seconds(struct span text, const char *unit)
{
	char buffer[64], *end;
	double number, total = 0;
	struct span s = span_trim(text);

	if (span_eq_nocase(s, SPAN("forever")) || span_eq_nocase(s, SPAN("infinite")) || span_eq_nocase(s, SPAN("never")))
		return INT64_MAX;
	if (!s.n || s.n >= sizeof buffer)
		return -1;
	if (s.p[0] == 'P')
		return iso_duration(s);
	snprintf(buffer, sizeof buffer, "%.*s", (int)s.n, s.p);
	for (char *at = buffer; *at;) {
		size_t n;
		int64_t milliseconds;

		while (*at == ' ')
			at++;
		number = strtod(at, &end);
		if (end == at || number < 0)
			return -1;
		while (*end == ' ')
			end++;
		for (n = 0; isalpha((unsigned char)end[n]);)
			n++;
		milliseconds = n ? unit_milliseconds((struct span){end, n}) : unit_milliseconds(span_of(unit ? unit : "s"));
		if (milliseconds < 0)
			return -1;
		total += number * (double)milliseconds;
		at = end + n;
	}
	return total / 1000 > 9e15 ? INT64_MAX : (int64_t)(total / 1000);
}

/* ------------------------------------------------------------------ protocol versions */

int tls_order(struct span text)
{
	char s[32];
	size_t n = 0;
	const char *p;
	int scale;

	for (size_t i = 0; i < text.n && n < sizeof s - 1; i++)
		if (isalnum((unsigned char)text.p[i]))
			s[n++] = (char)tolower((unsigned char)text.p[i]);
	s[n] = '\0';
	p = s;
	scale = 10;
	if (!strncmp(p, "ssl", 3)) {
		p += 3;
		scale = 1;
	} else if (!strncmp(p, "tls", 3)) {
		p += 3;
	}
	if (*p == 'v')
		p++;
	if (!isdigit((unsigned char)*p))
		return scale == 10 && p != s && !*p ? 10 : -1;      /* a bare TLS or TLSv: any version from 1.0 */
	if (scale == 1)
		return *p == '2' || *p == '3' ? *p - '0' : -1;
	if (*p != '1')
		return -1;
	return isdigit((unsigned char)p[1]) && p[1] <= '3' ? 10 + p[1] - '0' : 10;
}

/* ------------------------------------------------------------------ networks */

struct network {
	unsigned char address[16];
	int family, bits;
};

static bool parse_network(struct span text, struct network *ret)
{
	char buffer[80], *slash;

	if (text.n >= sizeof buffer)
		return false;
	snprintf(buffer, sizeof buffer, "%.*s", (int)text.n, text.p);
	slash = strchr(buffer, '/');
	if (slash)
		*slash = '\0';
	ret->family = strchr(buffer, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(ret->family, buffer, ret->address) != 1)
		return false;
	ret->bits = slash ? atoi(slash + 1) : ret->family == AF_INET ? 32 : 128;
	return true;
}

static bool is_loopback_address(const struct network *n)
{
	static const unsigned char six[16] = {[15] = 1};

	return n->family == AF_INET ? n->address[0] == 127 : !memcmp(n->address, six, 16);
}

static bool is_private_address(const struct network *n)
{
	const unsigned char *a = n->address;

	if (n->family == AF_INET6)
		return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80);
	return a[0] == 10 || (a[0] == 172 && (a[1] & 0xf0) == 16) || (a[0] == 192 && a[1] == 168) || (a[0] == 169 && a[1] == 254) ||
	       (a[0] == 100 && (a[1] & 0xc0) == 64);
}

static bool is_unspecified(const struct network *n)
{
	static const unsigned char zero[16];

	return !memcmp(n->address, zero, n->family == AF_INET ? 4 : 16);
}

static bool is_local_name(struct span host)
{
	return span_eq_nocase(host, SPAN("localhost")) || span_ends(host, ".localhost");
}

/* Names that only mean something inside a cluster or a site. */
static bool is_private_name(struct span host)
{
	static const char *const ends[] = {".local", ".internal", ".svc", ".lan", ".intranet", ".home.arpa", ".cluster.local"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_ends(host, ends[i]))
			return true;
	return !memchr(host.p, '.', host.n);
}

enum truth network_is(struct span text, const char *class_name)
{
	struct network n = {0};
	bool address, loopback, private_;

	text = span_trim(text);
	if (!text.n)
		return TRUTH_NO;
	if (text.p[0] == '[' && text.p[text.n - 1] == ']')
		text = span_cut(text, 1, text.n - 1);
	if (span_is(text, "*"))
		return !strcmp(class_name, "any") || !strcmp(class_name, "public") || !strcmp(class_name, "remote") ? TRUTH_YES : TRUTH_NO;
	address = parse_network(text, &n);
	if (!strcmp(class_name, "any"))
		return address && is_unspecified(&n) && (n.bits == 0 || !memchr(text.p, '/', text.n)) ? TRUTH_YES : TRUTH_NO;
	loopback = address ? is_loopback_address(&n) : is_local_name(text);
	private_ = address ? is_private_address(&n) : is_private_name(text);
	if (!strcmp(class_name, "loopback"))
		return loopback ? TRUTH_YES : TRUTH_NO;
	if (!strcmp(class_name, "remote"))
		return loopback ? TRUTH_NO : TRUTH_YES;
	if (!strcmp(class_name, "private"))
		return private_ && !loopback ? TRUTH_YES : TRUTH_NO;
	return !private_ && !loopback ? TRUTH_YES : TRUTH_NO;      /* public */
}

/* ------------------------------------------------------------------ entropy */

double entropy_bits(struct span text)
{
	size_t counts[256] = {0};
	double bits = 0;

	for (size_t i = 0; i < text.n; i++)
		counts[(unsigned char)text.p[i]]++;
	for (size_t i = 0; i < 256; i++) {
		double p = (double)counts[i] / (double)(text.n ? text.n : 1);

		if (counts[i])
			bits -= p * log2(p);
	}
	return bits;
}
