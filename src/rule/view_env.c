/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View env: the variables of one process as keys, however they are written: .env files, Compose in both forms, Kubernetes env and
 * envFrom, Dockerfile ENV, ECS task definitions, app settings of Azure, Lambda, Cloud Run, systemd's Environment=.
 * A variable taken from a secret or another object is a reference; where more may come in (envFrom, env_file) the block is open.
 */
#include "base/limits.h"
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>


static bool is_name(struct span s)
{
	if (!s.n || (s.p[0] >= '0' && s.p[0] <= '9'))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] == '_' || s.p[i] == '.' || s.p[i] == '-' || (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		      (s.p[i] >= 'a' && s.p[i] <= 'z')))
			return false;
	return true;
}

/* $X, ${X} and ${{ x }} alone stand for something else. */
static void settle_kind(struct fact *f)
{
	struct span v = f->value;

	if (f->kind == FACT_LITERAL && f->state != FACT_UNKNOWN && v.n > 2 && v.p[0] == '$' && (v.p[1] == '{' || v.p[1] == '(')) {
		f->kind = FACT_TEMPLATE;
		f->state = FACT_UNKNOWN;
	}
	if (f->kind == FACT_LITERAL && f->state != FACT_UNKNOWN && value_is_placeholder(v) && v.n)
		f->kind = FACT_PLACEHOLDER;
}

static void put(struct build *b, struct fact *env, const struct fact *value, const char *name)
{
	struct fact *made;

	if (!fact_is_scalar(value))
		return;
	made = block_hang(b->arena, env, value, name);
	settle_kind(made);
}

/* "NAME=value" as one text. */
static void put_pair(struct build *b, struct fact *env, const struct fact *text)
{
	const char *equals = text->value.n ? memchr(text->value.p, '=', text->value.n) : NULL;
	size_t n = equals ? (size_t)(equals - text->value.p) : 0;
	struct fact *part;

	if (!equals || !is_name(span_cut(text->value, 0, n)))
		return;
	part = fact_part(b->arena, text, n + 1, text->value.n);
	put(b, env, part, arena_dup(b->arena, text->value.p, n));
}

static const struct fact *reference_to(struct build *b, const struct fact *from)
{
	struct fact *made = fact_computed(b, from, FACT_REFERENCE, from->key ? from->key : "valueFrom");
	const struct fact *inner = from->kind == FACT_BLOCK && from->first && from->first->kind == FACT_BLOCK ? from->first : NULL;

	if (inner && fact_text(inner, "name"))
		made->value = span_of(arena_printf(b->arena, "%s:%s/%s", inner->key, fact_text(inner, "name"), fact_text(inner, "key") ? fact_text(inner, "key") : ""));
	else if (fact_is_scalar(from))
		made->value = from->value;
	return made;
}

/* {name, value} or {name, valueFrom}: Kubernetes, ECS, App Service, Cloud Run. */
static void put_named(struct build *b, struct fact *env, const struct fact *item)
{
	const char *name = fact_text(item, "name");
	const struct fact *value = fact_child(item, "value"), *from = fact_child(item, "valueFrom");

	if (!from)
		from = fact_child(item, "value_source");
	if (!from)
		from = fact_child(item, "secretRef");
	if (!name)
		return;
	if (value)
		put(b, env, value, name);
	else if (from)
		put(b, env, reference_to(b, from), name);
}

static void fill(struct build *b, struct fact *env, const struct fact *f)
{
	if (f->open || fact_is_unresolved(f))
		env->open = true;
	FACT_EACH(child, f) {
		if (child->kind == FACT_COMMENT)
			continue;
		if (f->kind == FACT_LIST && child->kind == FACT_BLOCK)
			put_named(b, env, child);
		else if (f->kind == FACT_LIST)
			put_pair(b, env, child);
		else if (child->key && fact_is_scalar(child))
			put(b, env, child, child->key);
		else if (child->key && child->kind == FACT_BLOCK && fact_child(child, "secretKeyRef"))
			put(b, env, reference_to(b, child), child->key);
	}
}

static struct fact *env_of(struct build *b, const struct fact *f)
{
	struct fact *env = block_new(b->arena, f);

	fill(b, env, f);
	return env;
}

static void tell(struct build *b, struct fact *env, const struct fact *from, const struct doc *doc, const struct subject *of, const char *address)
{
	view_emit(b, "env", env, from, doc, of, address);
	view_variables(b, env, doc, of, address);
}

static void emit(struct build *b, struct fact *env, const struct fact *from, const struct subject *of)
{
	if (env->first || env->open)
		tell(b, env, from, from->doc, of, of->address);
}

/* ------------------------------------------------------------------ resources */

static bool has_siblings_of_a_container(const struct fact *owner)
{
	static const char *const keys[] = {"image", "command", "args", "container_definitions", "essential", "cpu", NULL};

	for (size_t i = 0; keys[i]; i++)
		if (fact_child(owner, keys[i]))
			return true;
	return owner->parent && owner->parent->key && strcasestr(owner->parent->key, "containers");
}

/* Blocks `env { name value }` of Terraform's container blocks: siblings of one key. */
static bool is_repeated_env(const struct fact *f)
{
	return f->kind == FACT_BLOCK && f->block_syntax && fact_child(f, "name");
}

static void tell_container(struct build *b, const struct fact *container, const struct subject *s)
{
	static const char *const opens[] = {"envFrom", "env_from", "env_file", "environmentFiles", NULL};
	const struct fact *first = NULL;
	struct fact *env = NULL;

	FACT_EACH(f, container) {
		bool is_env = f->key && (key_eq(f->key, "env") || key_eq(f->key, "environment"));

		if (f->key && text_in(f->key, opens) && !first)
			first = f;
		if (!is_env || f->kind == FACT_NULL)
			continue;
		if (!env)
			env = block_new(b->arena, f);
		first = first && first->key && text_in(first->key, opens) ? f : first ? first : f;
		if (is_repeated_env(f))
			put_named(b, env, f);
		else
			fill(b, env, f);
	}
	if (!first)
		return;
	if (!env)
		env = block_new(b->arena, first);
	for (size_t i = 0; opens[i]; i++)
		if (fact_child(container, opens[i]))
			env->open = true;
	emit(b, env, first, s);
}

static void walk(struct build *b, const struct fact *f, const struct subject *s, int depth)
{
	/* settings maps that are a process's environment under another name */
	static const char *const maps[] = {"app_settings", "appSettings", "environment_variables", "environmentVariables", "EnvironmentVariables",
					   "secure_environment_variables", "runtime_environment_variables", "service_environment_variables", NULL};
	bool told = false;

	if (depth == 0)
		return;
	FACT_EACH(child, f) {
		bool is_env = child->key && (key_eq(child->key, "env") || key_eq(child->key, "environment") || key_eq(child->key, "envFrom"));
		const struct fact *variables;

		if (child->kind == FACT_COMMENT)
			continue;
		if (child->key && text_in(child->key, maps)) {
			emit(b, env_of(b, child), child, s);
			continue;
		}
		variables = is_env && child->kind == FACT_BLOCK ? fact_child(child, "variables") : NULL;
		if (variables) {      /* Lambda */
			emit(b, env_of(b, variables), variables, s);
			continue;
		}
		if (is_env && has_siblings_of_a_container(f)) {
			if (!told)
				tell_container(b, f, s);
			told = true;
			continue;
		}
		if (child->first)
			walk(b, child, s, depth - 1);
	}
}

/* A Secret's entries are variables one by one, and no environment of a process: they are values in base64, under any name. */
static void tell_secret(struct build *b, const struct subject *s)
{
	static const char *const keys[] = {"data", "stringData"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct fact *data = fact_child(s->block, keys[i]);

		if (data && data->kind == FACT_BLOCK)
			view_variables(b, env_of(b, data), s->doc, s, s->address);
	}
}

static void of_resource(struct build *b, const struct subject *s)
{
	if (!strcmp(s->type, "compose_service")) {
		tell_container(b, s->block, s);
		return;
	}
	if (!strcmp(s->type, "ConfigMap")) {
		const struct fact *data = fact_child(s->block, "data");

		if (data && data->kind == FACT_BLOCK)
			emit(b, env_of(b, data), data, s);
		return;
	}
	if (!strcmp(s->type, "Secret")) {
		tell_secret(b, s);
		return;
	}
	walk(b, s->block, s, LIMIT_DEPTH);
}

/* ------------------------------------------------------------------ documents */

static void of_env_file(struct build *b, struct doc *d)
{
	struct fact *env = block_new(b->arena, d->roots[0]);

	fill(b, env, d->roots[0]);
	if (env->first)
		tell(b, env, d->roots[0], d, NULL, doc_base(d->name));
}

/* Instructions of a Dockerfile: ENV A=b C=d, one block of variables an image. */
static void of_dockerfile(struct build *b, struct doc *d)
{
	struct fact *env = NULL;
	const struct fact *first = NULL;

	for (const struct fact *f = d->roots[0]; f; f = fact_next(f, d->roots[0])) {
		if (!f->key || strcasecmp(f->key, "ENV"))
			continue;
		if (!first) {
			first = f;
			env = block_new(b->arena, f);
		}
		if (fact_is_scalar(f))
			put_pair(b, env, f);
		else
			fill(b, env, f);
	}
	if (env && env->first)
		tell(b, env, first, d, NULL, doc_base(d->name));
}

static void of_systemd(struct build *b, struct doc *d)
{
	struct fact *env = NULL;
	const struct fact *first = NULL;

	for (const struct fact *f = d->roots[0]; f; f = fact_next(f, d->roots[0])) {
		if (!f->key || (strcmp(f->key, "Environment") && strcmp(f->key, "EnvironmentFile")))
			continue;
		if (!first) {
			first = f;
			env = block_new(b->arena, f);
		}
		if (strcmp(f->key, "Environment"))
			env->open = true;
		else if (fact_is_scalar(f))
			put_pair(b, env, f);
		else
			fill(b, env, f);
	}
	if (env)
		tell(b, env, first, d, NULL, doc_base(d->name));
}

/* A workflow's env maps, at the top, of a job and of a step. */
static void of_workflow(struct build *b, struct doc *d)
{
	for (const struct fact *f = d->roots[0]; f; f = fact_next(f, d->roots[0])) {
		struct fact *env;

		if (!f->key || f->kind != FACT_BLOCK || (strcmp(f->key, "env") && strcmp(f->key, "variables")))
			continue;
		env = env_of(b, f);
		if (env->first)
			tell(b, env, f, d, NULL, fact_path(b->arena, d, f));
	}
}

static void of_doc(struct build *b, struct doc *d)
{
	const char *format = d->format ? d->format->name : "", *dialect = d->dialect ? d->dialect : "";

	if (!strcmp(format, "env"))
		of_env_file(b, d);
	else if (!strcmp(format, "dockerfile"))
		of_dockerfile(b, d);
	else if (!strcmp(format, "ini") && (span_ends(span_of(d->name), ".service") || span_ends(span_of(d->name), ".conf")))
		of_systemd(b, d);
	else if (!strcmp(dialect, "github-actions") || !strcmp(dialect, "gitlab-ci"))
		of_workflow(b, d);
	else if (!strcmp(dialect, "helm-values"))
		of_workflow(b, d);
}

static const char *const fields[] = {"*", NULL};

const struct view view_env = {.name = "env", .fields = fields, .of_resource = of_resource, .of_doc = of_doc};
