/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The knowledge base: CSV tables, either compiled in (read/table.h) or read from DIR/know/, into plain structs with
 * indices. Both ways give the same rows (rows.c), so there is one loader.
 * It does not judge: what a row's `verified` column means for a verdict is said in docs/knowledge.md and used in rule/.
 */
#include "base/digest.h"
#include "base/io.h"
#include "base/limits.h"
#include "know/know_p.h"

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
	struct rows rows;
	const char *sha256;
};

static const struct column model_columns[] = {
	COLUMN("pattern", model, pattern), COLUMN("family", model, family), COLUMN("publisher", model, publisher),
	COLUMN("publisher_country", model, publisher_country), COLUMN("ultimate_parent_country", model, parent_country),
	COLUMN("open_weights", model, open_weights), COLUMN("licence", model, licence), COLUMN("hosted_by_default", model, hosted_by_default),
	COLUMN("note", model, note), COLUMN("source", model, source), COLUMN("verified", model, verification), COLUMN("as_of", model, as_of), {0},
};

static void models_fill(struct know *k, struct rows rows)
{
	k->models = ARENA_ARRAY(k->arena, struct model, rows.count + 1);
	k->model_count = rows.count;
	for (struct model *m = k->models; rows_next(&rows, model_columns, m); m++)
		m->verified = !strncmp(m->verification, "search", 6);
}

static int source_builtin(const char *name, struct source *ret, struct err *e)
{
	const struct table_file *f = table_find(name);

	if (!f)
		return err_set(e, EXIT_BROKEN, "%s: not compiled into the program", name);
	*ret = (struct source){rows_of_table(table_root(f)), table_sha256(f)};
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
		*ret = (struct source){rows_of_fact(d->roots[0]), d->sha256};
		return 0;
	}
	p = d->diag_count ? doc_pos(d, d->diags[0].at.offset) : (struct pos){1, 1};
	return err_set(e, EXIT_USAGE, "%s:%u:%u: %s", d->name, p.line, p.column,
		       d->diag_count ? d->diags[0].text : d->reason ? d->reason : "not a table");
}

static void fill(struct know *k, const struct source *s)
{
	providers_fill(k, s[TABLE_NAMES].rows, s[TABLE_PROVIDERS].rows);
	regions_fill(k, s[TABLE_REGIONS].rows);
	endpoints_fill(k, s[TABLE_ENDPOINTS].rows);
	hosts_fill(k, s[TABLE_HOSTS].rows);
	models_fill(k, s[TABLE_MODELS].rows);
}

/* What was known, as the report states it: the tables, and the territories that country_in() always takes from the program. */
static void seal_digest(struct know *k, const struct source *s)
{
	const struct table_file *territories = table_find("know/territories.yaml");
	struct digest *d = digest_new();

	for (size_t i = 0; i < TABLES; i++) {
		digest_piece(d, span_of(table_names[i]));
		digest_piece(d, span_of(s[i].sha256));
	}
	digest_piece(d, span_of("know/territories.yaml"));
	digest_piece(d, span_of(territories ? table_sha256(territories) : ""));
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
