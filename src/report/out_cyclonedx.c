/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * CycloneDX 1.6: the AI systems declared, the models they name and the services they call, as the inputs show them. An inventory for
 * somebody else's tools; what is right or wrong stands in the other reports. The serial number follows from the inputs' digests.
 */
#include "report/plain.h"

#include <stdlib.h>

struct bom {
	struct jsonw w;
	const struct report *report;
	const struct report_component **sorted;      /* by kind and name: what has one name stands together */
	enum lang lang;
	struct str text;
};

static int by_name(const void *x, const void *y)
{
	const struct report_component *a = *(const struct report_component *const *)x, *b = *(const struct report_component *const *)y;
	int by = (int)a->kind - (int)b->kind;

	if (!by)
		by = strcmp(a->name, b->name);
	return by ? by : (a > b) - (a < b);
}

static void sort_components(struct bom *b, struct arena *a)
{
	b->sorted = ARENA_ARRAY(a, const struct report_component *, b->report->component_count + 1);
	for (size_t i = 0; i < b->report->component_count; i++)
		b->sorted[i] = &b->report->components[i];
	qsort(b->sorted, b->report->component_count, sizeof *b->sorted, by_name);
}

/* How many from i on have one kind and name. */
static size_t group_at(const struct bom *b, size_t i)
{
	size_t n = 1;

	while (i + n < b->report->component_count && b->sorted[i + n]->kind == b->sorted[i]->kind && !strcmp(b->sorted[i + n]->name, b->sorted[i]->name))
		n++;
	return n;
}

static void member_ref(struct bom *b, const char *key, const char *kind, const char *name)
{
	str_printf(&b->text, "%s:%s", kind, name);
	member_str(&b->w, key, &b->text);
}

static const char *kind_word(const struct report_component *c)
{
	return c->kind == COMPONENT_CALL ? "call" : "model";
}

static void put_property(struct bom *b, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	jsonw_object(&b->w);
	str_printf(&b->text, "scelle:%s", name);
	member_str(&b->w, "name", &b->text);
	jsonw_member(&b->w, "value", value);
	jsonw_object_end(&b->w);
}

/* Where the name was seen. */
static void put_places(struct bom *b, const struct report_component *const *group, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!group[i]->document)
			continue;
		jsonw_object(&b->w);
		jsonw_member(&b->w, "name", "scelle:seen");
		str_printf(&b->text, "%s:%u", group[i]->document, group[i]->line);
		if (group[i]->deployment)
			str_printf(&b->text, " (%s)", group[i]->deployment);
		member_str(&b->w, "value", &b->text);
		jsonw_object_end(&b->w);
	}
}

static void put_properties(struct bom *b, const struct report_component *const *group, size_t count)
{
	const struct report_component *c = group[0];

	jsonw_key(&b->w, "properties");
	jsonw_array(&b->w);
	put_property(b, "category", c->category);
	put_property(b, c->kind == COMPONENT_CALL ? "processing-country" : "publisher-country", c->country);
	put_places(b, group, count);
	jsonw_array_end(&b->w);
}

static void put_provider(struct bom *b, const char *key, const char *name)
{
	if (!name)
		return;
	jsonw_key(&b->w, key);
	jsonw_object(&b->w);
	jsonw_member(&b->w, "name", name);
	jsonw_object_end(&b->w);
}

/* ------------------------------------------------------------------ components and services */

static void put_system(struct bom *b, const struct report_deployment *d)
{
	jsonw_object(&b->w);
	member_ref(b, "bom-ref", "deployment", d->id);
	if (d->purpose)
		jsonw_member(&b->w, "description", d->purpose);
	jsonw_member(&b->w, "name", d->name && *d->name ? d->name : d->id);
	put_provider(b, "supplier", d->vendor);
	jsonw_member(&b->w, "type", "application");
	jsonw_object_end(&b->w);
}

static void put_model(struct bom *b, const struct report_component *const *group, size_t count)
{
	const struct report_component *c = group[0];

	jsonw_object(&b->w);
	member_ref(b, "bom-ref", "model", c->name);
	jsonw_member(&b->w, "name", c->name);
	put_properties(b, group, count);
	if (c->publisher)
		jsonw_member(&b->w, "publisher", c->publisher);
	jsonw_member(&b->w, "type", "machine-learning-model");
	jsonw_object_end(&b->w);
}

static void put_components(struct bom *b)
{
	const struct report *r = b->report;

	jsonw_key(&b->w, "components");
	jsonw_array(&b->w);
	for (size_t i = 0; i < r->deployment_count; i++)
		put_system(b, &r->deployments[i]);
	for (size_t i = 0; i < r->component_count; i += group_at(b, i))
		if (b->sorted[i]->kind == COMPONENT_MODEL)
			put_model(b, &b->sorted[i], group_at(b, i));
	jsonw_array_end(&b->w);
}

static void put_service(struct bom *b, const struct report_component *const *group, size_t count)
{
	jsonw_object(&b->w);
	member_ref(b, "bom-ref", "call", group[0]->name);
	jsonw_member(&b->w, "name", group[0]->name);
	put_properties(b, group, count);
	put_provider(b, "provider", group[0]->publisher);
	jsonw_object_end(&b->w);
}

static void put_services(struct bom *b)
{
	jsonw_key(&b->w, "services");
	jsonw_array(&b->w);
	for (size_t i = 0; i < b->report->component_count; i += group_at(b, i))
		if (b->sorted[i]->kind == COMPONENT_CALL)
			put_service(b, &b->sorted[i], group_at(b, i));
	jsonw_array_end(&b->w);
}

/* What a deployment calls and runs; NULL: what no deployment covers, on the facility's account. */
static void put_dependency(struct bom *b, const char *deployment)
{
	const struct report *r = b->report;
	struct arena *a = arena_new();
	struct map seen = MAP_INIT(a);

	jsonw_object(&b->w);
	jsonw_key(&b->w, "dependsOn");
	jsonw_array(&b->w);
	for (size_t i = 0; !deployment && i < r->deployment_count; i++) {
		str_printf(&b->text, "deployment:%s", r->deployments[i].id);
		jsonw_string(&b->w, str_get(&b->text));
		str_clear(&b->text);
	}
	for (size_t i = 0; i < r->component_count; i++) {
		const struct report_component *c = &r->components[i];
		const char *ref = arena_printf(a, "%s:%s", kind_word(c), c->name);

		if (!c->deployment != !deployment || (deployment && strcmp(c->deployment, deployment)) || map_get(&seen, span_of(ref)))
			continue;
		map_put(&seen, span_of(ref), b);
		jsonw_text(&b->w, ref);
	}
	jsonw_array_end(&b->w);
	if (deployment)
		member_ref(b, "ref", "deployment", deployment);
	else
		jsonw_member(&b->w, "ref", "facility");
	jsonw_object_end(&b->w);
	arena_free(a);
}

/* ------------------------------------------------------------------ the head */

static void put_metadata(struct bom *b)
{
	const struct report *r = b->report;

	jsonw_key(&b->w, "metadata");
	jsonw_object(&b->w);
	jsonw_key(&b->w, "component");
	jsonw_object(&b->w);
	jsonw_member(&b->w, "bom-ref", "facility");
	jsonw_member(&b->w, "name", r->facility && *r->facility ? r->facility : "check");
	jsonw_member(&b->w, "type", "application");
	jsonw_object_end(&b->w);
	str_printf(&b->text, "%sT00:00:00Z", r->date);
	member_str(&b->w, "timestamp", &b->text);
	jsonw_key(&b->w, "tools");
	jsonw_object(&b->w);
	jsonw_key(&b->w, "components");
	jsonw_array(&b->w);
	jsonw_object(&b->w);
	jsonw_member(&b->w, "name", "scelle");
	jsonw_member(&b->w, "type", "application");
	jsonw_member(&b->w, "version", r->tool_version);
	jsonw_object_end(&b->w);
	jsonw_array_end(&b->w);
	jsonw_object_end(&b->w);
	jsonw_object_end(&b->w);
}

static void put_serial(struct bom *b)
{
	struct str name = STR_INIT((size_t)1 << 30);
	char uuid[UUID_TEXT];

	str_printf(&name, "cyclonedx/%s", b->report->date);
	for (size_t i = 0; i < b->report->input_count; i++)
		str_printf(&name, "/%s", b->report->inputs[i].sha256);
	str_printf(&b->text, "urn:uuid:%s", uuid_of(str_get(&name).p, uuid));
	member_str(&b->w, "serialNumber", &b->text);
	str_free(&name);
}

static int cyclonedx_write(struct str *out, const struct report *r, enum lang lang)
{
	struct bom b = {.report = r, .lang = lang, .text = STR_INIT(1 << 20)};
	struct arena *a = arena_new();

	sort_components(&b, a);
	jsonw_init(&b.w, out);
	jsonw_object(&b.w);
	jsonw_member(&b.w, "$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
	jsonw_member(&b.w, "bomFormat", "CycloneDX");
	put_components(&b);
	jsonw_key(&b.w, "dependencies");
	jsonw_array(&b.w);
	put_dependency(&b, NULL);
	for (size_t i = 0; i < r->deployment_count; i++)
		put_dependency(&b, r->deployments[i].id);
	jsonw_array_end(&b.w);
	put_metadata(&b);
	put_serial(&b);
	put_services(&b);
	jsonw_member(&b.w, "specVersion", "1.6");
	jsonw_member_int(&b.w, "version", 1);
	jsonw_object_end(&b.w);
	str_free(&b.text);
	arena_free(a);
	return jsonw_end(&b.w);
}

const struct writer writer_cyclonedx = {
	.name = "cyclonedx", .help = "CycloneDX 1.6: AI systems, models and services seen", .mime = "application/vnd.cyclonedx+json", .extension = "cdx.json",
	.write = cyclonedx_write,
};
