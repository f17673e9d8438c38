/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Docker Compose files, and documents that are only given a name: workflows, API descriptions, chart values.
 * A compose service is a resource of type compose_service; the file is its scope. The first form of Compose has its services at the top.
 */
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>

static bool is_service(const struct fact *f)
{
	return f->kind == FACT_BLOCK && (fact_child(f, "image") || fact_child(f, "build") || fact_child(f, "environment") ||
					 fact_child(f, "env_file") || fact_child(f, "ports") || fact_child(f, "extends"));
}

static bool looks_like_compose(const struct doc *d, const struct fact *services)
{
	if (strstr(doc_base(d->name), "compose"))
		return true;
	FACT_EACH(service, services)
		if (is_service(service) && (fact_child(service, "image") || fact_child(service, "build")))
			return true;
	return false;
}

/* Services at the top: by the file's name and an image or a build below. */
static const struct fact *services_at_top(const struct doc *d, const struct fact *root)
{
	const char *base = doc_base(d->name);

	if (!strncmp(base, "docker-compose", 14) || !strncmp(base, "compose.", 8))
		FACT_EACH(f, root)
			if (f->kind == FACT_BLOCK && (fact_child(f, "image") || fact_child(f, "build")))
				return root;
	return NULL;
}

bool dialect_compose(struct build *b)
{
	const struct fact *root = b->doc->root_count ? b->doc->roots[0] : NULL, *services;
	struct scope *scope;

	if (!root || root->kind != FACT_BLOCK)
		return false;
	services = fact_child(root, "services");
	if (!services)
		services = services_at_top(b->doc, root);
	if (!services || services->kind != FACT_BLOCK || !looks_like_compose(b->doc, services))
		return false;
	b->doc->dialect = "compose";
	scope = scope_named(b, arena_printf(b->arena, "compose:%s", b->doc->name));
	scope->open = fact_child(root, "include");
	FACT_EACH(service, services) {
		struct draft *d;

		if (service->kind != FACT_BLOCK || !service->key || (services == root && !is_service(service)))
			continue;
		d = draft_add(b, NOTATION_COMPOSE, "compose_service", service);
		d->name = service->key;
		d->address = arena_printf(b->arena, services == root ? "%s" : "services.%s", service->key);
		d->scope = scope;
	}
	return true;
}

/* ------------------------------------------------------------------ a name, no resources */

static bool has_keys(const struct fact *root, const char *first, const char *second)
{
	return root && root->kind == FACT_BLOCK && fact_child(root, first) && (!second || fact_child(root, second));
}

bool dialect_named(struct build *b)
{
	static const struct {
		const char *dialect, *name, *first, *second;      /* a part of the path, or NULL; keys of the root, or NULL */
	} table[] = {
		{"github-actions", ".github/workflows/", "jobs", NULL},
		{"gitlab-ci", ".gitlab-ci.y", NULL, NULL},
		{"helm-chart", "Chart.yaml", NULL, NULL},
		{"helm-values", "values", NULL, NULL},
		{"openapi", NULL, "openapi", "info"},
		{"openapi", NULL, "swagger", "info"},
		{"cyclonedx", NULL, "bomFormat", "specVersion"},
		{"publiccode", NULL, "publiccodeYmlVersion", NULL},
		{"fhir", NULL, "resourceType", NULL},
		{"serverless", "serverless.y", "provider", NULL},
		{"spring", "application", "spring", NULL},
		{"spring", "bootstrap", "spring", NULL},
	};
	const struct fact *root = b->doc->root_count ? b->doc->roots[0] : NULL;

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *name = table[i].name;
		bool path = name && strchr(name, '/');

		if (name && (path ? !strstr(b->doc->name, name) : strncmp(doc_base(b->doc->name), name, strlen(name))))
			continue;
		if (table[i].first && !has_keys(root, table[i].first, table[i].second))
			continue;
		if (!strcmp(table[i].dialect, "helm-values") && !(b->doc->format && !strcmp(b->doc->format->name, "yaml")))
			continue;
		b->doc->dialect = table[i].dialect;
		return true;
	}
	return false;
}
