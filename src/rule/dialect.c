/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The tables of rules/dialects/: names of one resource type in all notations, classes, links, parts and renamed keys.
 * A type that stands in no table is itself; its keys are its own. Types compare without case, because ARM's do.
 * Renames are given per written type; a canonical path with dots is built, a written one is walked.
 */
#include "read/table.h"
#include "rule/subject_p.h"

#include <ctype.h>
#include <string.h>

#define TYPE_BYTES 256       /* a longer name is no type's */
#define AWSCC_BYTES 128      /* the longest type has 80 */

/* Empty when it is too long. */
static struct span lower(const char *type, char out[TYPE_BYTES])
{
	size_t n = 0;

	for (; type[n] && n < TYPE_BYTES; n++)
		out[n] = (char)tolower((unsigned char)type[n]);
	return (struct span){out, n < TYPE_BYTES ? n : 0};
}

static const char *const none[] = {NULL};

static const char *text_of(const struct fact *f)
{
	return f->value.n ? f->value.p : "";
}

/* A text or a list of texts. */
static const char *const *texts_of(struct arena *a, const struct fact *f)
{
	const char **list = NULL;
	size_t count = 0;

	if (!f)
		return none;
	if (f->kind == FACT_LIST) {
		FACT_EACH(item, f)
			*ARENA_PUSH(a, list, count) = text_of(item);
	} else {
		*ARENA_PUSH(a, list, count) = text_of(f);
	}
	*ARENA_PUSH(a, list, count) = NULL;
	return list;
}

static void add_rename(struct dialects *d, struct type_row *row, const char *type, const char *to, const struct fact *from, bool part)
{
	const char *const *paths = texts_of(d->arena, from);

	for (; *paths; paths++)
		*ARENA_PUSH(d->arena, row->renames, row->rename_count) = (struct rename_row){.type = type, .to = to, .from = *paths, .part = part};
}

static void load_renames(struct dialects *d, struct type_row *row, const struct fact *renames)
{
	FACT_EACH(of_type, renames)
		FACT_EACH(one, of_type)
			add_rename(d, row, of_type->key, one->key, one, false);
}

static void load_parts(struct dialects *d, struct type_row *row, const struct fact *parts)
{
	FACT_EACH(part, parts) {
		const struct fact *inline_ = fact_child(part, "inline");

		*ARENA_PUSH(d->arena, row->parts, row->part_count) = (struct part_row){
			.name = part->key,
			.satellites = texts_of(d->arena, fact_child(part, "satellite")),
			.by = fact_text(part, "by"),
		};
		if (inline_)
			FACT_EACH(one, inline_)
				add_rename(d, row, one->key, part->key, one, true);
	}
}

/* "AWS::HealthLake::FHIRDatastore" and "healthlake_fhir_datastore" have one key: lower case, without what stands between. */
static struct span awscc_key(const char *name, char *ret, size_t size)
{
	size_t n = 0;

	for (const char *p = name; *p && n < size; p++)
		if (*p != ':' && *p != '_')
			ret[n++] = (char)tolower((unsigned char)*p);
	return (struct span){ret, n};
}

static void add_awscc(struct dialects *d, const char *name)
{
	char bytes[AWSCC_BYTES];
	struct span key;

	if (strncmp(name, "AWS::", 5))
		return;
	key = awscc_key(name + 5, bytes, sizeof bytes);
	map_put(&d->awscc, key, name);
}

const char *dialect_awscc(const struct dialects *d, const char *type)
{
	char bytes[AWSCC_BYTES];

	return map_get(&d->awscc, awscc_key(type, bytes, sizeof bytes));
}

static int add_name(struct dialects *d, struct type_row *row, const char *name, struct err *e)
{
	char bytes[TYPE_BYTES];
	struct span key = lower(name, bytes);
	struct map_entry *entry;

	if (!key.n)
		return err_set(e, EXIT_USAGE, "dialects: '%.40s' is empty or too long for a name of a type", name);
	entry = map_entry(&d->types, key);
	if (entry->value && entry->value != row)
		return err_set(e, EXIT_USAGE, "dialects: '%s' is a name of two types, '%s' and '%s'", name,
			       ((struct type_row *)entry->value)->name, row->name);
	entry->value = row;
	add_awscc(d, name);
	return 0;
}

const char *dialect_by_words(const struct dialects *d, const char *words)
{
	return map_get(&d->words, span_of(words));
}

static void add_words(struct dialects *d, const char *name)
{
	char bytes[AWSCC_BYTES];
	struct span key = awscc_key(name, bytes, sizeof bytes);

	if (islower((unsigned char)*name) && strchr(name, '_') && key.n < sizeof bytes)
		map_put(&d->words, key, name);
}

static int load_type(struct dialects *d, const char *file, const struct fact *f, struct err *e)
{
	static const char *const known[] = {"class", "same", "links", "parts", "rename", NULL};
	struct type_row *row = ARENA_NEW(d->arena, struct type_row);

	if (f->kind != FACT_BLOCK || !f->key)
		return err_set(e, EXIT_USAGE, "%s: a type must hold a mapping", file);
	FACT_EACH(child, f)
		if (child->kind != FACT_COMMENT && !text_in(child->key, known))
			return err_set(e, EXIT_USAGE, "%s: %s: unknown key '%s'", file, f->key, child->key);
	row->name = f->key;
	row->classes = texts_of(d->arena, fact_child(f, "class"));
	row->same = texts_of(d->arena, fact_child(f, "same"));
	row->links = texts_of(d->arena, fact_child(f, "links"));
	if (fact_child(f, "parts"))
		load_parts(d, row, fact_child(f, "parts"));
	if (fact_child(f, "rename"))
		load_renames(d, row, fact_child(f, "rename"));
	*ARENA_PUSH(d->arena, d->rows, d->row_count) = row;
	add_words(d, row->name);
	for (const char *const *same = row->same; *same; same++)
		if (add_name(d, row, *same, e) < 0)
			return -1;
	return add_name(d, row, row->name, e);
}

static int load_file(struct dialects *d, const char *file, const struct fact *root, struct err *e)
{
	if (!root || root->kind != FACT_BLOCK)
		return err_set(e, EXIT_USAGE, "%s: must hold a mapping of types", file);
	FACT_EACH(type, root)
		if (type->kind != FACT_COMMENT && load_type(d, file, type, e) < 0)
			return -1;
	return 0;
}

static int load_folder(struct dialects *d, const char *rules_dir, struct err *e)
{
	struct input_set *set = ARENA_NEW(d->arena, struct input_set);
	const char *dir = arena_printf(d->arena, "%s/dialects", rules_dir);

	if (collect(set, d->arena, &dir, 1, &(struct collect_options){.forced = format_named("yaml")}, e) < 0)
		return -1;
	for (size_t i = 0; i < set->count; i++) {
		const struct doc *doc = set->docs[i];

		if (doc->status != DOC_READ || !doc->root_count)
			return err_set(e, EXIT_USAGE, "%s/%s: cannot be read as YAML", dir, doc->name);
		if (load_file(d, doc->name, doc->roots[0], e) < 0)
			return -1;
	}
	return 0;
}

static int load_table(struct dialects *d, struct err *e)
{
	struct arena *facts = arena_new();
	int bad = 0;

	for (const struct table_file *f = table_files; f < table_files + table_file_count && !bad; f++) {
		if (strncmp(table_name(f), "dialects/", 9))
			continue;
		bad = load_file(d, table_name(f), table_facts(facts, table_root(f)), e);
		arena_reset(facts);
	}
	arena_free(facts);
	return bad;
}

int dialects_load(struct arena *a, const char *rules_dir, struct dialects **ret, struct err *e)
{
	struct dialects *d = ARENA_NEW(a, struct dialects);

	d->arena = a;
	d->types = MAP_INIT(a);
	d->awscc = d->words = MAP_INIT(a);
	if ((rules_dir ? load_folder(d, rules_dir, e) : load_table(d, e)) < 0)
		return -1;
	*ret = d;
	return 0;
}

const struct type_row *dialect_row(const struct dialects *d, const char *type)
{
	char bytes[TYPE_BYTES];

	return map_get(&d->types, lower(type, bytes));
}

const char *dialect_canonical(const struct dialects *d, const char *type)
{
	const struct type_row *row = dialect_row(d, type);

	return row ? row->name : type;
}

bool dialect_knows(const struct dialects *d, const char *type)
{
	return dialect_row(d, type);
}
