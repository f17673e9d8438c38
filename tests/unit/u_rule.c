/* SPDX-License-Identifier: EUPL-1.2 */
/* Check digits with published and computed test values, quantities with an order of their own, and path selection. */
#include "unit.h"

#include "rule/rule_p.h"

static void check_checksums(void)
{
	static const struct { const char *name, *digits; bool ok; } cases[] = {
		{"nir", "199019999999979", true}, {"nir", "299019999999929", true}, {"nir", "199012A99999908", true},
		{"nir", "299122B99999964", true}, {"nir", "285059749999922", true}, {"nir", "799019999999970", true},
		{"nir", "199209999999992", true}, {"nir", "1 99 01 99 999 999 79", true}, {"nir", "199019999999978", false},
		{"nir", "19901999999997", false}, {"nir", "599019999999979", false},
		{"rpps", "99999999990", true}, {"rpps", "10999999997", true}, {"rpps", "10100473148", true}, {"rpps", "99999999991", false},
		{"finess", "2A0000014", true}, {"finess", "2B0000020", true}, {"finess", "999999998", true}, {"finess", "999999999", false},
		{"siren", "732829320", true}, {"siren", "732829321", false},
		{"luhn", "4539578763621486", true}, {"luhn", "4539578763621487", false},
		{"iban", "FR1420041010050500013M02606", true}, {"iban", "FR1420041010050500013M02607", false},
		{"iban", "GB82 WEST 1234 5698 7654 32", true}, {"iban", "", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK(checksum_ok(cases[i].name, span_of(cases[i].digits)) == cases[i].ok, cases[i].digits);
}

static void check_durations(void)
{
	CHECK(duration_seconds(SPAN("180d"), NULL) == 180 * 86400, "180d");
	CHECK(duration_seconds(SPAN("30"), "d") == 30 * 86400, "a bare number takes the rule's unit");
	CHECK(duration_seconds(SPAN("1h30m"), NULL) == 5400, "1h30m");
	CHECK(duration_seconds(SPAN("P1Y2D"), NULL) == 367 * 86400, "P1Y2D");
	CHECK(duration_seconds(SPAN("PT15M"), NULL) == 900, "M behind T is minutes");
	CHECK(duration_seconds(SPAN("forever"), "d") == INT64_MAX, "forever is above all");
	CHECK(duration_seconds(SPAN("soon"), "d") == -1, "a word is no duration");
}

static void check_protocols(void)
{
	CHECK(tls_order(SPAN("TLSv1.2")) == 12 && tls_order(SPAN("TLS1_2")) == 12 && tls_order(SPAN("Tls12")) == 12 && tls_order(SPAN("1.2")) == 12,
	      "TLS 1.2 in four spellings");
	CHECK(tls_order(SPAN("TLSv1")) == 10 && tls_order(SPAN("TLS1_0")) == 10, "TLS 1.0");
	CHECK(tls_order(SPAN("SSLv3")) == 3 && tls_order(SPAN("SSLv2")) == 2, "SSL is below TLS");
	CHECK(tls_order(SPAN("none")) == -1 && tls_order(SPAN("")) == -1, "no protocol");
}

static void check_networks(void)
{
	CHECK(network_is(SPAN("0.0.0.0/0"), "any") == TRUTH_YES && network_is(SPAN("::/0"), "any") == TRUTH_YES, "everything");
	CHECK(network_is(SPAN("10.1.0.0/16"), "private") == TRUTH_YES && network_is(SPAN("10.1.0.0/16"), "public") == TRUTH_NO, "RFC 1918");
	CHECK(network_is(SPAN("127.0.0.1"), "loopback") == TRUTH_YES && network_is(SPAN("[::1]"), "loopback") == TRUTH_YES, "loopback");
	CHECK(network_is(SPAN("localhost"), "remote") == TRUTH_NO && network_is(SPAN("db.chu.example"), "remote") == TRUTH_YES, "remote");
	CHECK(network_is(SPAN("orthanc"), "private") == TRUTH_YES && network_is(SPAN("api.example.org"), "public") == TRUTH_YES, "names");
}

static size_t selected(const char *json, const char *path, bool *open)
{
	struct arena *a = arena_new();
	struct input_set set = {.arena = a, .interned = MAP_INIT(a)};
	struct doc *d = input_add(&set, "x.json", span_of(json), NULL);
	struct path p;
	struct selection found = {0};
	struct err e = {0};

	if (path_compile(a, path, &p, &e)) {
		arena_free(a);
		return SIZE_MAX;
	}
	path_select(a, &p, d->roots[0], &found);
	*open = found.open;
	arena_free(a);
	return found.count;
}

static void check_paths(void)
{
	static const char json[] = "{\"a\": {\"b\": [{\"c\": 1}, {\"c\": 2}]}, \"x_y\": {\"o.d\": 3}, \"e\": [{\"f\": 4}]}";
	static const struct { const char *path; size_t count; } cases[] = {
		{"a.b[*].c", 2}, {"a.b[1].c", 1}, {"a.b.c", 2}, {"**.c", 2}, {"a.*", 1}, {"{a,e}", 2}, {"/^x/", 1}, {"X-Y[\"o.d\"]", 1},
		{"e.f", 1}, {"a.none", 0}, {"a..b", SIZE_MAX}, {"a[b", SIZE_MAX}, {"", SIZE_MAX}, {"{a", SIZE_MAX},
	};
	bool open;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK(selected(json, cases[i].path, &open) == cases[i].count, cases[i].path);
}

void u_rule(void)
{
	check_checksums();
	check_durations();
	check_protocols();
	check_networks();
	check_paths();
}
