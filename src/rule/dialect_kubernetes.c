/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Kubernetes objects in YAML and JSON, alone, in streams and in lists. The kind is the type; where the tables know the kind with
 * its group (Cluster.postgresql.cnpg.io), that is the type. Objects of one namespace in one folder are a scope.
 * Custom resources are resources like any other.
 */
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>

static const char *type_of(struct build *b, const char *kind, const char *version)
{
	size_t group = version ? strcspn(version, "/") : 0;
	const char *full;

	if (!version || !version[group])
		return kind;
	full = arena_printf(b->arena, "%s.%.*s", kind, (int)group, version);
	return dialect_row(b->dialects, full) ? full : kind;
}

static bool is_object(struct build *b, const struct fact *f)
{
	const char *kind = fact_text(f, "kind");

	if (!kind || !*kind)
		return false;
	return fact_text(f, "apiVersion") || (dialect_row(b->dialects, kind) && (fact_child(f, "spec") || fact_child(f, "metadata")));
}

static void tell_object(struct build *b, const struct fact *f)
{
	const char *kind = fact_text(f, "kind"), *name = text_at(f, "metadata.name"), *space = text_at(f, "metadata.namespace");
	struct draft *d;

	if (!name)
		name = text_at(f, "metadata.generateName");
	d = draft_add(b, NOTATION_KUBERNETES, type_of(b, kind, fact_text(f, "apiVersion")), f);
	d->name = name;
	d->address = arena_printf(b->arena, "%s/%s", kind, name ? name : "?");
	d->scope = scope_named(b, arena_printf(b->arena, "kubernetes:%s:%s", folder_of(b->arena, b->doc->name), space ? space : ""));
	d->conditional = f->conditional;
	bridge_object(b, f, d);
}

static bool tell_root(struct build *b, const struct fact *f)
{
	const char *kind;
	const struct fact *items;

	if (f->kind != FACT_BLOCK || !is_object(b, f))
		return false;
	kind = fact_text(f, "kind");
	items = fact_child(f, "items");
	if (!span_ends(span_of(kind), "List") || !items || items->kind != FACT_LIST) {
		tell_object(b, f);
		return true;
	}
	FACT_EACH(item, items)
		if (item->kind == FACT_BLOCK && is_object(b, item))
			tell_object(b, item);
	return true;
}

bool dialect_kubernetes(struct build *b)
{
	bool any = false;

	for (size_t i = 0; i < b->doc->root_count; i++)
		any |= tell_root(b, b->doc->roots[i]);
	if (any)
		b->doc->dialect = "kubernetes";
	return any;
}
