/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The knowledge base: CSV tables as fact trees, either compiled in (rules_table) or read from DIR/know/, into
 * plain structs with indices. Both ways give the same trees, so there is one loader.
 * It does not judge: what a row's `verified` column means for a verdict is said in docs/knowledge.md and used in rule/.
 */
#include "base/digest.h"
#include "base/io.h"
#include "base/limits.h"
#include "know/know_p.h"
#include "read/table.h"

#define TABLE_BYTES (16 * MIB)      /* the largest table has 170 kB */

enum { TABLE_ENDPOINTS, TABLE_HOSTS, TABLE_MODELS, TABLE_NAMES, TABLE_PROVIDERS, TABLE_REGIONS, TABLES };

static const char *const table_names[TABLES] = {      /* byte order: the digest goes over them in this order */
	[TABLE_ENDPOINTS] = "know/ai_endpoints.csv",
	[TABLE_HOSTS] = "know/host-regions.csv",
	[TABLE_MODELS] = "know/models.csv",
	[TABLE_NAMES] = "know/provider-names.csv",
	[TABLE_PROVIDERS] = "know/providers.csv",
	[TABLE_REGIONS] = "know/regions.csv",
};

struct source {
	const struct fact *root;
	const char *sha256;
};

const char *row_text(const struct fact *row, const char *column)
{
	const char *text = fact_text(row, column);

	return text ? text : "";
}

bool row_yes(const struct fact *row, const char *column)
{
	return !strcmp(row_text(row, column), "yes");
}

static struct rows rows_of(struct arena *a, const struct fact *root)
{
	const struct fact **items = NULL;
	size_t count = 0;

	FACT_EACH(row, root)
		if (row->kind == FACT_BLOCK)
			*ARENA_PUSH(a, items, count) = row;
	return (struct rows){items, count};
}

static void models_fill(struct know *k, struct rows rows)
{
	k->models = ARENA_ARRAY(k->arena, struct model, rows.count + 1);
	k->model_count = rows.count;
	for (size_t i = 0; i < rows.count; i++) {
		const struct fact *row = rows.items[i];

		k->models[i] = (struct model){
			.pattern = row_text(row, "pattern"), .family = row_text(row, "family"),
			.publisher = row_text(row, "publisher"), .publisher_country = row_text(row, "publisher_country"),
			.parent_country = row_text(row, "ultimate_parent_country"),
			.open_weights = row_text(row, "open_weights"), .licence = row_text(row, "licence"),
			.hosted_by_default = row_text(row, "hosted_by_default"), .note = row_text(row, "note"),
			.source = row_text(row, "source"), .as_of = row_text(row, "as_of"),
			.verification = row_text(row, "verified"),
			.verified = !strncmp(row_text(row, "verified"), "search", 6),
		};
	}
}

static const struct table_file *table_find(const char *name)
{
	for (const struct table_file *t = rules_table; t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

static int source_builtin(const char *name, struct source *ret, struct err *e)
{
	const struct table_file *t = table_find(name);

	if (!t)
		return err_set(e, EXIT_BROKEN, "%s: not compiled into the program", name);
	*ret = (struct source){t->root, t->sha256};
	return 0;
}

static int source_read(struct arena *a, struct map *interned, const char *dir, const char *name, struct source *ret,
		       struct err *e)
{
	struct doc *d = ARENA_NEW(a, struct doc);
	struct pos p;

	d->name = arena_printf(a, "%s/%s", dir, name);
	if (io_read(a, d->name, TABLE_BYTES, &d->bytes, e) < 0) {
		if (e)
			e->code = EXIT_USAGE;
		return -1;
	}
	sha256_hex(d->bytes, d->sha256);
	doc_read(a, interned, d, format_named("csv"));
	if (d->status == DOC_READ && d->root_count == 1) {
		*ret = (struct source){d->roots[0], d->sha256};
		return 0;
	}
	p = d->diag_count ? doc_pos(d, d->diags[0].at.offset) : (struct pos){1, 1};
	return err_set(e, EXIT_USAGE, "%s:%u:%u: %s", d->name, p.line, p.column,
		       d->diag_count ? d->diags[0].text : d->reason ? d->reason : "not a table");
}

static void fill(struct know *k, const struct source *s)
{
	struct rows rows[TABLES];

	for (size_t i = 0; i < TABLES; i++)
		rows[i] = rows_of(k->arena, s[i].root);
	providers_fill(k, rows[TABLE_NAMES], rows[TABLE_PROVIDERS]);
	regions_fill(k, rows[TABLE_REGIONS]);
	endpoints_fill(k, rows[TABLE_ENDPOINTS]);
	hosts_fill(k, rows[TABLE_HOSTS]);
	models_fill(k, rows[TABLE_MODELS]);
}

/* What was known, as the report states it: the tables, and the territories that country_in() always takes from the program. */
static void seal_digest(struct know *k, const struct source *s)
{
	const struct table_file *t = table_find("know/territories.yaml");
	struct digest *d = digest_new();

	for (size_t i = 0; i < TABLES; i++) {
		digest_piece(d, span_of(table_names[i]));
		digest_piece(d, span_of(s[i].sha256));
	}
	digest_piece(d, span_of("know/territories.yaml"));
	digest_piece(d, span_of(t ? t->sha256 : ""));
	digest_end(d, k->digest);
}

int know_load(struct arena *a, const char *rules_dir, struct know **ret, struct err *e)
{
	struct know *k = ARENA_NEW(a, struct know);
	struct map interned = MAP_INIT(a);
	struct source sources[TABLES];

	k->arena = a;
	for (size_t i = 0; i < TABLES; i++) {
		int failed = rules_dir ? source_read(a, &interned, rules_dir, table_names[i], &sources[i], e)
				       : source_builtin(table_names[i], &sources[i], e);
		if (failed)
			return -1;
	}
	fill(k, sources);
	seal_digest(k, sources);
	*ret = k;
	return 0;
}

const char *know_digest(const struct know *k)
{
	return k->digest;
}

const struct model *know_models(const struct know *k, size_t *ret_count)
{
	*ret_count = k->model_count;
	return k->models;
}

const struct region *know_all_regions(const struct know *k, size_t *ret_count)
{
	*ret_count = k->region_count;
	return k->regions;
}
