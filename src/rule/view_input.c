/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View input: what a module, a template or a run is told by name: entries of tfvars, defaults of Terraform's variables, arguments of modules
 * whose files are not here, inputs of Terragrunt, parameters of ARM, Bicep and CloudFormation: name, value, taken. Of a list each
 * item by itself. What a resource at hand takes is told there, with this as its second place: it is marked taken here, so that rules on
 * settings leave it and rules on secrets, which stand where they are written, do not. A default that a file of values replaces is not told.
 */
#include "base/limits.h"
#include "rule/subject_p.h"

#include <string.h>

/* ------------------------------------------------------------------ what resources take */

static void note_origins(struct build *b, const struct fact *f)
{
	const struct origin *from = fact_set_at(f);

	for (int i = 0; from && from->fact && i < LIMIT_RESOLVE_DEPTH; i++, from = fact_set_at(from->fact))
		view_note(b, from->fact, NOTE_TAKEN);
}

static void walk_taken(struct build *b, const struct fact *f, int depth)
{
	FACT_EACH(child, f) {
		if (fact_set_at(child))
			note_origins(b, child);
		if (child->first && depth)
			walk_taken(b, child, depth - 1);
	}
}

static void of_resource(struct build *b, const struct subject *s)
{
	if (s->written_block->key && !strcmp(s->written_block->key, "module"))
		view_note(b, s->written_block, NOTE_MODULE);
	walk_taken(b, s->block, LIMIT_DEPTH);
}

/* ------------------------------------------------------------------ what is told */

/* The names that a file of values sets. */
static void note(struct build *b, const struct doc *d)
{
	const struct fact *values = d->roots[0];

	if (d->dialect && !strcmp(d->dialect, "arm-parameters"))
		values = fact_child(values, "parameters");
	else if (!d->dialect || strcmp(d->dialect, "terraform-vars"))
		return;
	if (values && values->kind == FACT_BLOCK)
		FACT_EACH(f, values)
			if (f->key)
				map_put(&b->given, name_beside(b->scratch, d, span_of(f->key)), (void *)(uintptr_t)f);
}

bool input_is_given(const struct build *b, const struct doc *to, const char *name)
{
	return map_get(&b->given, name_beside(b->scratch, to, span_of(name))) != NULL;
}

static void tell(struct build *b, const struct doc *d, const struct fact *f, const char *name, bool taken)
{
	struct fact *input;

	if (f->kind == FACT_NULL || fact_is_unresolved(f))
		return;
	input = block_new(b->arena, f);
	input->key = "input";
	input->written = f->written ? f->written : f;
	fact_put_labels(b->arena, input, NULL, 0);
	block_field(b->arena, input, "name", name, f);
	block_hang(b->arena, input, f, "value");
	if (taken || view_noted(b, f, NOTE_TAKEN))
		block_field(b->arena, input, "taken", "true", f);
	view_emit(b, "input", input, f, d, NULL, fact_path(b->arena, d, f));
}

static void tell_parts(struct build *b, const struct doc *d, const struct fact *f, const char *name, bool taken, int depth)
{
	if (fact_is_scalar(f)) {
		tell(b, d, f, name, taken);
		return;
	}
	taken |= view_noted(b, f, NOTE_TAKEN);
	if (depth)
		FACT_EACH(child, f)
			if (child->kind != FACT_COMMENT)
				tell_parts(b, d, child, child->key ? child->key : name, taken, depth - 1);
}

static void tell_value(struct build *b, const struct doc *d, const struct fact *f, const char *name)
{
	tell_parts(b, d, f, name, false, LIMIT_DEPTH);
}

/* {type, default}: the value below key, by the name of its declaration. */
static void tell_declared(struct build *b, const struct doc *d, const struct fact *declaration, const char *name, const char *key)
{
	const struct fact *value = declaration->kind == FACT_BLOCK ? fact_child(declaration, key) : NULL;

	if (value && (!strcmp(key, "value") || !input_is_given(b, d, name)))
		tell_value(b, d, value, name);
}

static void tell_list(struct build *b, const struct doc *d, const char *list, const char *key)
{
	const struct fact *all = fact_child(d->roots[0], list);

	if (all && all->kind == FACT_BLOCK)
		FACT_EACH(f, all)
			if (f->key)
				tell_declared(b, d, f, f->key, key);
}

/* The arguments of a module that are no settings of the block itself. */
static void tell_module(struct build *b, const struct doc *d, const struct fact *module, const struct fact *arguments)
{
	static const char *const own[] = {"source", "version", "providers", "count", "for_each", "depends_on", "name", "scope", NULL};

	if (view_noted(b, module, NOTE_MODULE))
		return;
	FACT_EACH(f, arguments)
		if (f->key && !text_in(f->key, own))
			tell_value(b, d, f, f->key);
}

/* set { name = "auth.password", value = "x" } of a Helm release: what the chart is told, by the last part of its name. */
static void tell_release(struct build *b, const struct doc *d, const struct fact *release)
{
	FACT_EACH(f, release) {
		const char *name = f->key && f->kind == FACT_BLOCK && !strncmp(f->key, "set", 3) ? fact_text(f, "name") : NULL;
		const struct fact *value = name ? fact_child(f, "value") : NULL;
		const char *dot = name ? strrchr(name, '.') : NULL;

		if (value)
			tell_value(b, d, value, dot ? dot + 1 : name);
	}
}

static void tell_top(struct build *b, const struct doc *d, const struct fact *f, bool bicep)
{
	const char *label = fact_label_count(f) ? fact_labels(f)[0] : NULL;
	const struct fact *params;

	if (!strcmp(f->key, "inputs") && (f->kind == FACT_BLOCK || f->kind == FACT_LIST)) {
		tell_value(b, d, f, f->key);
	} else if (label && !strcmp(f->key, bicep ? "param" : "variable") && f->kind == FACT_BLOCK) {
		tell_declared(b, d, f, label, bicep ? "defaultValue" : "default");
	} else if (label && bicep && !strcmp(f->key, "param")) {
		tell_value(b, d, f, label);      /* of a file of parameters */
	} else if (label && !strcmp(f->key, "resource") && !strcmp(label, "helm_release")) {
		tell_release(b, d, f);
	} else if (label && !strcmp(f->key, "module") && f->kind == FACT_BLOCK) {
		params = bicep ? fact_child(f, "params") : f;
		if (params && params->kind == FACT_BLOCK)
			tell_module(b, d, f, params);
	}
}

/* What a stack of CloudFormation is told in a file: [{ParameterKey, ParameterValue}], alone or below Parameters. */
static void tell_pairs(struct build *b, const struct doc *d, const struct fact *list)
{
	FACT_EACH(pair, list) {
		const char *name = pair->kind == FACT_BLOCK ? fact_text(pair, "ParameterKey") : NULL;
		const struct fact *value = name ? fact_child(pair, "ParameterValue") : NULL;

		if (value)
			tell_value(b, d, value, name);
	}
}

static void of_doc(struct build *b, struct doc *d)
{
	const struct fact *root = d->roots[0];
	bool bicep;

	if (!d->dialect && root->kind == FACT_LIST)
		tell_pairs(b, d, root);
	if (!d->dialect || root->kind != FACT_BLOCK)
		return;
	bicep = !strcmp(d->dialect, "bicep");
	if (!strcmp(d->dialect, "terraform-vars")) {
		tell_value(b, d, root, "");
	} else if (!strcmp(d->dialect, "arm-parameters")) {
		tell_list(b, d, "parameters", "value");
	} else if (!strcmp(d->dialect, "arm")) {
		tell_list(b, d, "parameters", "defaultValue");
	} else if (!strcmp(d->dialect, "cloudformation")) {
		tell_list(b, d, "Parameters", "Default");
	} else if (bicep || !strcmp(d->dialect, "terraform")) {
		FACT_EACH(f, root)
			if (f->key)
				tell_top(b, d, f, bicep);
	}
}

static const char *const fields[] = {"name", "value", "taken", NULL};

const struct view view_input = {.name = "input", .fields = fields, .note = note, .of_resource = of_resource, .of_doc = of_doc};
