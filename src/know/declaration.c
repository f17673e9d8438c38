/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * scelle.yaml, the facility's declaration: a document like any other, read into structs that keep the facts behind them.
 * declaration_check.c says whether it is well formed; here stand the deployments and what is declared for each.
 * A value that is not there stays absent: nothing is filled in but the facility's own answers for all its deployments.
 */
#include "base/limits.h"
#include "know/know_p.h"

static const char *scalar_text(const struct fact *block, const char *key)
{
	return block ? fact_text(block, key) : NULL;
}

enum declared_state declared_state(const struct fact *f)
{
	if (!f)
		return DECLARED_ABSENT;
	if (f->kind == FACT_BLOCK && fact_child(f, "not_applicable"))
		return DECLARED_NOT_APPLICABLE;
	if (fact_has_parts(f))
		return DECLARED_VALUE;
	if (span_is(f->value, "unknown"))
		return DECLARED_UNKNOWN;
	return span_is(f->value, "not-applicable") ? DECLARED_NOT_APPLICABLE : DECLARED_VALUE;
}

const char *declared_reason(const struct fact *f)
{
	return f && f->kind == FACT_BLOCK ? fact_text(f, "not_applicable") : NULL;
}

/* What the facility says once for all its deployments. */
static const char *facility_key(const char *name)
{
	static const char *const same[] = {"entity_type", "dpo_contact", "incident_contact", "nis2_status", "literacy_programme",
					   "training_date"};

	if (key_eq(name, "facility_finess"))
		return "finess";
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (key_eq(name, same[i]))
			return same[i];
	return NULL;
}

static const struct fact *walk(const struct fact *block, const char *path)
{
	while (block && *path) {
		char key[64];
		size_t n = strcspn(path, ".");

		if (n >= sizeof key)
			return NULL;
		memcpy(key, path, n);
		key[n] = 0;
		block = fact_child(block, key);
		path += n + (path[n] == '.');
	}
	return block;
}

const struct fact *declared_field(const struct declaration *d, const struct deployment *dep, const char *name)
{
	const char *path = field_alias(name), *key = facility_key(name);
	const struct fact *f = dep ? walk(dep->block, path ? path : name) : NULL;

	return f || !key || !d->facility ? f : fact_child(d->facility, key);
}

static const char *const *exports_read(struct mistakes *m, const struct fact *block, size_t *ret_count)
{
	const struct fact *list = fact_child(block, "exports");
	const char **globs = NULL;

	*ret_count = 0;
	if (!list || declared_state(list) != DECLARED_VALUE)
		return NULL;
	if (list->kind != FACT_LIST) {
		*ARENA_PUSH(m->arena, globs, *ret_count) = arena_dup(m->arena, list->value.p, list->value.n);
		return globs;
	}
	FACT_EACH(item, list)
		*ARENA_PUSH(m->arena, globs, *ret_count) = arena_dup(m->arena, item->value.p, item->value.n);
	return globs;
}

static void deployment_read(struct mistakes *m, struct declaration *d, const struct fact *block)
{
	const struct fact *id = fact_child(block, "deployment_id");
	const char *text = scalar_text(block, "deployment_id");
	struct deployment *dep;

	if (!id || !text) {
		mistake(m, block, true, "a deployment has no deployment_id");
		return;
	}
	for (size_t i = 0; i < d->deployment_count; i++)
		if (!strcmp(d->deployments[i].id, text)) {
			mistake(m, id, true, "two deployments are called '%s'", text);
			return;
		}
	dep = ARENA_PUSH(m->arena, d->deployments, d->deployment_count);
	*dep = (struct deployment){.id = text, .name = scalar_text(block, "system_name"), .block = block};
	dep->exports = exports_read(m, block, &dep->export_count);
	if (!dep->name)
		dep->name = text;
}

static void deployments_read(struct mistakes *m, struct declaration *d)
{
	const struct fact *list = fact_child(d->root, "deployments");

	if (!list)
		mistake(m, d->root, true, "no deployments: the declaration lists at least one");
	else if (list->kind == FACT_LIST)
		FACT_EACH(item, list)
			if (item->kind == FACT_BLOCK)
				deployment_read(m, d, item);
}

static void heading_read(struct declaration *d)
{
	const char *on = scalar_text(d->root, "declared_on"), *until = scalar_text(d->root, "valid_until");
	const struct fact *policy = fact_child(d->root, "policy"), *facility = fact_child(d->root, "facility");

	d->facility = facility && facility->kind == FACT_BLOCK ? facility : NULL;
	d->policy = policy && policy->kind == FACT_BLOCK ? policy : NULL;
	d->facility_name = scalar_text(d->facility, "name");
	d->finess = scalar_text(d->facility, "finess");
	d->declared_on = on ? date_parse(span_of(on)) : DATE_NONE;
	d->valid_until = until ? date_parse(span_of(until)) : DATE_NONE;
}

/* The document must have been read whole: a declaration cut in half would declare less than the facility did. */
static int whole_document(const struct doc *d, struct err *e)
{
	const struct diag *why = NULL;

	for (size_t i = 0; i < d->diag_count; i++)
		if (d->diags[i].level != DIAG_NOTE && (!why || d->diags[i].level > why->level))
			why = &d->diags[i];
	if (why) {
		struct pos p = doc_pos(d, why->at.offset);

		return err_set(e, EXIT_USAGE, "%s:%u:%u: %s", d->name, p.line, p.column, why->text);
	}
	if (d->status != DOC_READ)
		return err_set(e, EXIT_USAGE, "%s:1:1: %s", d->name, d->reason ? d->reason : "cannot be read");
	if (d->root_count != 1 || d->roots[0]->kind != FACT_BLOCK)
		return err_set(e, EXIT_USAGE, "%s:1:1: a declaration is one block of fields: facility, deployments ...", d->name);
	return 0;
}

static int mistakes_tell(struct mistakes *m, struct err *e)
{
	int result = 0;

	if (m->count > m->listed)
		str_printf(&m->text, "\n%s: %zu mistakes in all", m->doc->name, m->count);
	if (m->count)
		result = err_set(e, EXIT_USAGE, "%s", m->text.p);
	str_free(&m->text);
	return result;
}

int declaration_load(struct arena *a, struct doc *doc, struct declaration **ret, struct err *e)
{
	struct declaration *d = ARENA_NEW(a, struct declaration);
	struct mistakes m = {.arena = a, .doc = doc, .text = STR_INIT(8192)};

	if (whole_document(doc, e) < 0)
		return -1;
	d->doc = doc;
	d->root = doc->roots[0];
	declaration_check(&m, d->root);
	heading_read(d);
	deployments_read(&m, d);
	waivers_read(&m, d);
	if (mistakes_tell(&m, e) < 0)
		return -1;
	*ret = d;
	return 0;
}

/* A glob also covers what lies below a folder it names, and what is inside an archive it names. */
static bool glob_covers(const char *glob, const char *name)
{
	char outer[LIMIT_PATH_BYTES];
	size_t n = strlen(glob), folder = n && glob[n - 1] == '/' ? n - 1 : n;
	const char *inner = strchr(name, '!');

	if (glob_match(glob, name))
		return true;
	if (folder && !strncmp(name, glob, folder) && name[folder] == '/')
		return true;
	for (; inner; inner = strchr(inner + 1, '!')) {
		size_t k = (size_t)(inner - name);

		if (k >= sizeof outer)
			return false;
		memcpy(outer, name, k);
		outer[k] = 0;
		if (glob_match(glob, outer))
			return true;
	}
	return false;
}

bool deployment_covers(const struct deployment *dep, const struct doc *d)
{
	for (size_t i = 0; i < dep->export_count; i++)
		if (glob_covers(dep->exports[i], d->name))
			return true;
	return false;
}
