/* SPDX-License-Identifier: EUPL-1.2 */
/* Resolving across documents whose names are those of archive members, which no fixture folder can hold. */
#include "unit.h"

#include "read/read.h"

static const struct fact *attribute(const struct doc *d, const char *key)
{
	FACT_EACH(f, d->roots[0])
		if (f->key && !strcmp(f->key, key))
			return f;
	return NULL;
}

static struct doc *add(struct input_set *set, const char *name, const char *text)
{
	return input_add(set, name, span_of(text), NULL);
}

static void check_value(const struct doc *d, const char *key, const char *wanted, enum fact_state state, const char *what)
{
	const struct fact *f = attribute(d, key);

	if (CHECK(f != NULL, what) && f) {
		CHECK_TEXT(f->value.p, wanted, what);
		CHECK(f->state == state, what);
	}
}

void u_resolve(void)
{
	struct arena *a = arena_new();
	struct input_set set = {.arena = a, .interned = MAP_INIT(a)};
	struct doc *inner, *deep, *outside, *root;

	root = add(&set, "o.zip!main.tf", "module \"m\" {\n source = \"./mod\"\n x = \"in\"\n}\nmodule \"out\" {\n source = \"../\"\n x = \"up\"\n}\n"
					  "variable \"x\" { default = \"d\" }\nv = var.x\n");
	inner = add(&set, "o.zip!mod/main.tf", "variable \"x\" {}\nmodule \"n\" {\n source = \"../n\"\n y = var.x\n}\nv = var.x\n");
	deep = add(&set, "o.zip!n/main.tf", "variable \"y\" {}\nv = \"${var.y}-deep\"\n");
	outside = add(&set, "mod/main.tf", "variable \"x\" { default = \"own\" }\nv = var.x\n");
	add(&set, "o.zip!terraform.tfvars", "x = \"given\"\n");
	resolve(&set);
	check_value(root, "v", "given", FACT_FIXED, "a values file inside an archive belongs to the archive's folder");
	check_value(inner, "v", "in", FACT_FIXED, "a module inside an archive gets its caller's value");
	check_value(deep, "v", "in-deep", FACT_FIXED, "a value goes through two modules of an archive");
	check_value(outside, "v", "own", FACT_OVERRIDABLE, "a folder of the same name outside the archive is not touched");
	CHECK(fact_set_at(attribute(deep, "v")) && fact_set_at(attribute(deep, "v"))->doc == root, "the value leads back to the caller's literal");
	CHECK_TEXT(fact_set_at(attribute(deep, "v"))->path, "var.x", "the origin names the variable that was set");
	arena_free(a);
}
