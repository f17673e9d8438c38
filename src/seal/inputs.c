/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * inputs.json: the name, size and SHA-256 of every file an audit saw, members of archives under "offer.zip!name". It is an entry of the
 * container like any other, so the seal covers the inputs without carrying them. verify collects a folder in the same way as the audit
 * did and compares. What a file meant is not judged again here: for that the audit is run again.
 */
#include "seal/seal_p.h"

#include "base/jsonw.h"
#include "base/limits.h"
#include "read/read.h"

int seal_inputs(struct str *out, const struct seal_input *inputs, size_t count)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_key(&w, "inputs");
	jsonw_array(&w);
	for (size_t i = 0; i < count; i++) {
		jsonw_object(&w);
		jsonw_member(&w, "name", inputs[i].name);
		jsonw_member(&w, "sha256", inputs[i].sha256);
		jsonw_member_int(&w, "size", (int64_t)inputs[i].size);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return jsonw_end(&w);
}

/* ------------------------------------------------------------------ comparing */

struct comparison {
	size_t same, changed, missing, added;
	const char *first;      /* the first name that differs, in the order of inputs.json, then of the folder */
};

static const struct fact *listed_inputs(struct arena *a, struct map *interned, struct span bytes)
{
	struct doc *d = ARENA_NEW(a, struct doc);
	const struct fact *list;

	if (bytes.n > LIMIT_FILE_BYTES)
		return NULL;
	d->name = SEAL_INPUTS_NAME;
	d->bytes = bytes;
	sha256_hex(bytes, d->sha256);
	doc_read(a, interned, d, format_named("json"));
	list = d->status == DOC_READ && d->root_count == 1 ? fact_child(d->roots[0], "inputs") : NULL;
	return list && list->kind == FACT_LIST ? list : NULL;
}

static void differs(struct comparison *c, size_t *count, const char *name)
{
	++*count;
	if (!c->first)
		c->first = name;
}

/* -1: inputs.json is not of the form above. */
static int compare(struct verification *v, const struct fact *list, const struct input_set *set, struct comparison *c)
{
	struct map docs = MAP_INIT(v->arena), seen = MAP_INIT(v->arena);

	for (size_t i = 0; i < set->count; i++)
		map_put(&docs, span_of(set->docs[i]->name), set->docs[i]);
	FACT_EACH(item, list) {
		const char *name = fact_text(item, "name"), *digest = fact_text(item, "sha256");
		const struct doc *d;

		if (!name || !digest || map_get(&seen, span_of(name)))
			return -1;
		map_put(&seen, span_of(name), name);
		d = map_get(&docs, span_of(name));
		if (!d)
			differs(c, &c->missing, name);
		else if (strcmp(d->sha256, digest))
			differs(c, &c->changed, name);
		else
			c->same++;
	}
	for (size_t i = 0; i < set->count; i++)
		if (!map_get(&seen, span_of(set->docs[i]->name)))
			differs(c, &c->added, set->docs[i]->name);
	return 0;
}

static int report_comparison(struct verification *v, const struct comparison *c)
{
	const char *first = c->first ? safe(v, span_of(c->first)) : "";

	if (c->changed || c->missing)
		return step(v, "inputs", ASKS_INTEGRITY, STEP_FAILED, "%zu fichiers audités ont changé, %zu manquent, le premier est « %s »",
			    "%zu audited files have changed, %zu are missing, the first is '%s'", c->changed, c->missing, first);
	if (c->added)
		return step(v, "inputs", ASKS_INTEGRITY, STEP_WARNING, "les %zu fichiers audités sont intacts ; %zu autres n'étaient pas de l'audit, le premier est « %s »",
			    "all %zu audited files are unchanged; %zu others were not part of the audit, the first is '%s'", c->same, c->added, first);
	return step(v, "inputs", ASKS_INTEGRITY, STEP_PASSED, "les %zu fichiers audités sont ceux du dossier", "all %zu audited files are those of the folder", c->same);
}

void verify_inputs(struct verification *v)
{
	const struct zip_item *item = zip_find(&v->zip, SPAN(SEAL_INPUTS_NAME));
	struct input_set set = {.arena = v->arena};
	struct collect_options options = {0};
	struct comparison c = {0};
	const struct fact *list;
	struct err e = {0};

	if (!item) {
		step(v, "inputs", ASKS_INTEGRITY, STEP_FAILED, "le conteneur n'a pas de " SEAL_INPUTS_NAME, "the container has no " SEAL_INPUTS_NAME);
		return;
	}
	if (collect(&set, v->arena, &v->request->inputs, 1, &options, &e)) {
		step(v, "inputs", ASKS_INTEGRITY, STEP_FAILED, "le dossier n'est pas lisible : %s", "the folder cannot be read: %s", safe(v, span_of(e.text)));
		return;
	}
	list = listed_inputs(v->arena, &set.interned, item->data);
	if (!list || compare(v, list, &set, &c))
		step(v, "inputs", ASKS_INTEGRITY, STEP_FAILED, SEAL_INPUTS_NAME " n'a pas la forme attendue", SEAL_INPUTS_NAME " is not of the expected form");
	else
		report_comparison(v, &c);
}
