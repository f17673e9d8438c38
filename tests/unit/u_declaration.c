/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The declaration: each folder of fixtures/declaration/ holds scelle.yaml and expected.txt, which is "loads" or the exact message.
 * Then the sample hospital, the look-ups, and what a deployment covers.
 */
#include "base/io.h"
#include "know/know.h"
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static struct doc *document(struct input_set *set, struct arena *a, struct span bytes)
{
	*set = (struct input_set){.arena = a, .interned = MAP_INIT(a)};
	return input_add(set, "scelle.yaml", bytes, format_named("yaml"));
}

static struct declaration *load(struct arena *a, struct span bytes, struct err *e)
{
	struct input_set set;
	struct declaration *d = NULL;
	struct doc *doc = document(&set, a, bytes);

	return declaration_load(a, doc, &d, e) == 0 ? d : NULL;
}

static void check_case(const char *folder, const char *name)
{
	struct arena *a = arena_new();
	struct err e = {0}, io = {0};
	struct span text, wanted;

	if (CHECK(!io_read(a, arena_printf(a, "%s/%s/scelle.yaml", folder, name), 1 << 20, &text, &io), name)) {
		const char *path = arena_printf(a, "%s/%s/expected.txt", folder, name);
		bool loaded = load(a, text, &e) != NULL;
		struct span want;

		if (getenv("UPDATE"))
			io_write(path, span_of(arena_printf(a, "%s\n", loaded ? "loads" : e.text)), 0644, &io);
		if (!CHECK(!io_read(a, path, 1 << 20, &wanted, &io), "the expected message is there"))
			wanted = SPAN("");
		want = span_trim(wanted);

		CHECK_TEXT(loaded ? "loads" : e.text, arena_dup(a, want.p, want.n), name);
		CHECK(loaded || e.code == EXIT_USAGE, name);
	}
	arena_free(a);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void check_cases(const char *folder)
{
	struct arena *a = arena_new();
	char **names = NULL;
	size_t count = 0;
	DIR *d = opendir(folder);

	if (CHECK(d != NULL, "fixtures/declaration is there") && d) {
		for (struct dirent *entry; (entry = readdir(d));)
			if (entry->d_name[0] != '.')
				*ARENA_PUSH(a, names, count) = arena_str(a, entry->d_name);
		closedir(d);
		if (count)
			qsort(names, count, sizeof *names, by_name);
		for (size_t i = 0; i < count; i++)
			check_case(folder, names[i]);
		CHECK(count >= 8, "there are cases");
	}
	arena_free(a);
}

static const char sample[] = "facility: {name: CHU, finess: '999999998', entity_type: public-hospital}\n"
			     "deployments:\n"
			     "  - deployment_id: one-1\n    exports: ['a/**/*.tf', 'b/', 'c/offer.zip']\n    storage_countries: unknown\n"
			     "    transfers: {not_applicable: no flow}\n    documents: {dpia: {ref: D1, date: 2026-01-02}}\n"
			     "waivers: [{control: LOG-02, deployment: one-1, reason: r, approver: b, until: 2027-01-01}]\n";

static void check_fields(struct declaration *d)
{
	const struct deployment *dep = &d->deployments[0];
	const struct fact *f;

	CHECK(declared_state(declared_field(d, dep, "storage_countries")) == DECLARED_UNKNOWN, "unknown is unknown");
	CHECK(declared_state(declared_field(d, dep, "transfers")) == DECLARED_NOT_APPLICABLE, "not applicable, with a reason");
	CHECK_TEXT(declared_reason(declared_field(d, dep, "transfers")), "no flow", "the reason of not applicable");
	CHECK(declared_state(declared_field(d, dep, "host_name")) == DECLARED_ABSENT, "what is not there is absent");
	f = declared_field(d, dep, "entity_type");
	CHECK(f && span_is(f->value, "public-hospital"), "the facility answers for its deployments");
	f = declared_field(d, dep, "dpia_date");
	CHECK(f && span_is(f->value, "2026-01-02"), "another name of a document's date");
	CHECK(declared_field_exists("transfers[*].country") && declared_field_exists("storage_countries[*]") &&
	      declared_field_exists("documents.dpia.date") && declared_field_exists("dpia_ref"), "fields the lint may meet exist");
	CHECK(!declared_field_exists("transfers[*].colour") && !declared_field_exists("hostname") && !declared_field_exists("documents.x") &&
	      !declared_field_exists("host_name.x") && !declared_field_exists(""), "fields that are none do not");
}

static void check_covers(const struct deployment *dep)
{
	static const struct {
		const char *name;
		bool wanted;
	} cases[] = {
		{"a/x.tf", true}, {"a/b/c/x.tf", true}, {"a/x.json", false}, {"b/any/thing", true}, {"bb/x", false},
		{"c/offer.zip!infra/main.tf", true}, {"c/other.zip!infra/main.tf", false}, {"d/a/x.tf", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct doc d = {.name = cases[i].name};

		CHECK(deployment_covers(dep, &d) == cases[i].wanted, cases[i].name);
	}
}

static void check_sample(struct arena *a)
{
	struct err e = {0};
	struct declaration *d = load(a, SPAN(sample), &e);

	if (!CHECK_TEXT(e.text, "", "the sample loads") || !d)
		return;
	CHECK_TEXT(d->finess, "999999998", "the FINESS number is read");
	CHECK(d->deployment_count == 1 && d->waiver_count == 1 && d->waivers[0].until == date_parse(SPAN("2027-01-01")), "all parts are read");
	check_fields(d);
	check_covers(&d->deployments[0]);
}

/* Cut at each byte: never a crash, and never a declaration out of half a file without a word. */
static void check_cut(void)
{
	size_t loaded = 0;

	for (size_t n = 0; n < sizeof sample - 1; n++) {
		struct arena *a = arena_new();
		struct err e = {0};

		loaded += load(a, (struct span){sample, n}, &e) == NULL && !*e.text;
		arena_free(a);
	}
	CHECK(loaded == 0, "a cut declaration is loaded or refused with a message");
}

void u_declaration(void)
{
	const char *source = getenv("SRCDIR");
	struct arena *a = arena_new();
	struct span text;
	struct err e = {0};

	source = source ? source : ".";
	check_cases(arena_printf(a, "%s/fixtures/declaration", source));
	check_sample(a);
	check_cut();
	if (CHECK(!io_read(a, arena_printf(a, "%s/fixtures/chu-valmont/scelle.yaml", source), 1 << 20, &text, &e), "the sample hospital is there")) {
		struct declaration *d = load(a, text, &e);

		CHECK_TEXT(e.text, "", "the sample hospital's declaration loads");
		CHECK(d && d->deployment_count >= 4, "it declares four deployments");
	}
	arena_free(a);
}
