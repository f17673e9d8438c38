/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of fields.def and the look-ups over it. */
#include "know/know_p.h"

#include <ctype.h>

struct alias {
	const char *name, *path;
};

#define FIELD(section, name, type, allowed, fr, en) {FIELDS_##section, #name, FIELD_##type, allowed, fr, en},
#define ALIAS(name, path)
static const struct field table[] = {
#include "know/fields.def"
};
#undef FIELD
#undef ALIAS

#define FIELD(section, name, type, allowed, fr, en)
#define ALIAS(name, path) {#name, path},
static const struct alias aliases[] = {
#include "know/fields.def"
};
#undef FIELD
#undef ALIAS

const struct field *fields_all(size_t *ret_count)
{
	*ret_count = sizeof table / sizeof *table;
	return table;
}

/* Keys of a declaration: without case, '-' is '_'. Stricter than key_eq, for a form that someone fills in by hand. */
static bool same_name(const char *name, struct span key)
{
	size_t i = 0;

	for (; i < key.n && name[i]; i++)
		if ((key.p[i] == '-' ? '_' : tolower((unsigned char)key.p[i])) != name[i])
			return false;
	return i == key.n && !name[i];
}

const struct field *field_find(enum field_section section, struct span name)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		bool same = table[i].section == section || (section == FIELDS_CORE && table[i].section == FIELDS_MORE);

		if (same && same_name(table[i].name, name))
			return &table[i];
	}
	return NULL;
}

const char *field_alias(const char *name)
{
	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
		if (key_eq(aliases[i].name, name))
			return aliases[i].path;
	return NULL;
}

int field_records(const char *name)
{
	static const struct {
		const char *name;
		enum field_section section;
	} records[] = {
		{"transfers", FIELDS_TRANSFERS}, {"telemetry_endpoints", FIELDS_TELEMETRY_ENDPOINTS},
		{"interfaces", FIELDS_INTERFACES}, {"subprocessors", FIELDS_SUBPROCESSORS}, {"waivers", FIELDS_WAIVERS},
		{"facility", FIELDS_FACILITY}, {"policy", FIELDS_POLICY}, {"territory", FIELDS_TERRITORY},
		{"deployments", FIELDS_CORE},
	};

	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		if (!strcmp(records[i].name, name))
			return (int)records[i].section;
	return -1;
}

bool word_in(const char *allowed, struct span word)
{
	while (*allowed) {
		size_t n = strcspn(allowed, " ");

		if (span_eq((struct span){allowed, n}, word))
			return true;
		allowed += n + (allowed[n] == ' ');
	}
	return false;
}

/* The next step of a dotted path without its index: "transfers[*].country" gives "transfers", then "country". */
static struct span path_step(const char **path)
{
	size_t n = strcspn(*path, ".[");
	struct span step = {*path, n};

	*path += n;
	while (**path == '[')
		*path += strcspn(*path, "]") + ((*path)[strcspn(*path, "]")] == ']');
	if (**path == '.')
		++*path;
	return step;
}

static bool sub_field_exists(const struct field *f, const char *rest)
{
	struct span step = path_step(&rest);
	int section;

	if (f->type == FIELD_DOCUMENTS) {
		if (!word_in(f->allowed, step))
			return false;
		return !*rest || (step = path_step(&rest), !*rest && field_find(FIELDS_REF, step));
	}
	section = f->type == FIELD_REF ? FIELDS_REF : f->type == FIELD_RECORDS ? field_records(f->name) : -1;
	return section >= 0 && !*rest && field_find((enum field_section)section, step);
}

bool declared_field_exists(const char *name)
{
	const char *alias = field_alias(name), *rest = alias ? alias : name;
	struct span step = path_step(&rest);
	const struct field *f = field_find(FIELDS_CORE, step);

	return f && (!*rest || sub_field_exists(f, rest));
}
