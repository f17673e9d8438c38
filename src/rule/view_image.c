/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View image: container images as registry, repository, tag and digest (OCI distribution specification, "name" and "reference").
 * A name without a registry is Docker's: docker.io, and library/ where it has one part. A missing tag stays missing: rules know
 * that it means latest; but what a compose service builds itself has no tag to pin, and says so by an unresolved one. Machine images of virtual machines are not meant.
 */
#include "base/limits.h"
#include "rule/subject_p.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>


static bool is_reference(struct span v)
{
	if (!v.n || v.n > 400 || !(isalnum((unsigned char)v.p[0]) || v.p[0] == '$' || v.p[0] == '{'))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!(isalnum((unsigned char)v.p[i]) || (v.p[i] && strchr("._-/:@${}", v.p[i]))))
			return false;
	return !span_find(v, SPAN("://"));
}

static size_t registry_length(struct span v)
{
	const char *slash = memchr(v.p, '/', v.n);
	size_t n = slash ? (size_t)(slash - v.p) : 0;
	struct span first = {v.p, n};

	return n && (memchr(v.p, '.', n) || memchr(v.p, ':', n) || span_is(first, "localhost")) ? n : 0;
}

/* The colon in front of the tag, outside ${X:-default}; end when there is no tag. */
static size_t tag_colon(struct span v, size_t from, size_t end)
{
	size_t colon = end;
	int depth = 0;

	for (size_t i = from; i < end; i++) {
		depth += v.p[i] == '{';
		depth -= v.p[i] == '}' && depth > 0;
		if (depth == 0 && v.p[i] == ':')
			colon = i;
		else if (depth == 0 && v.p[i] == '/')
			colon = end;
	}
	return colon;
}

static void put(struct build *b, struct fact *image, const struct fact *f, const char *key, struct span part, size_t at)
{
	const struct fact *from = fact_part(b->arena, f, at, at + part.n);
	struct fact *field = block_field(b->arena, image, key, arena_dup(b->arena, part.p, part.n), from);

	if (memchr(part.p, '{', part.n))
		field->state = FACT_UNKNOWN;
}

/* Built here, or named by a variable: what its tag is cannot be read here. */
static bool is_chosen_elsewhere(const struct fact *f, const struct subject *of)
{
	return f->state == FACT_OVERRIDABLE || memchr(f->value.p, '$', f->value.n) || (of && fact_child(of->block, "build"));
}

/* What a resource took from a variable is told where it is used: the variable itself says nothing more. */
static void note_origin(struct build *b, const struct fact *f)
{
	const struct origin *from = fact_set_at(f);

	if (from && from->fact)
		view_note(b, from->fact, NOTE_IMAGE);
}

static void tell(struct build *b, const struct doc *d, const struct fact *f, const struct subject *of, const char *address)
{
	struct span v = f->value, name;
	const char *at = memchr(v.p, '@', v.n);
	size_t end = at ? (size_t)(at - v.p) : v.n, n = registry_length(span_cut(v, 0, end)), colon;
	struct fact *image = block_new(b->arena, f);

	note_origin(b, f);
	image->key = "image";
	image->written = f->written ? f->written : f;
	colon = tag_colon(v, n, end);
	if (n)
		put(b, image, f, "registry", span_cut(v, 0, n), 0);
	else
		block_field(b->arena, image, "registry", "docker.io", f);
	name = span_cut(v, n ? n + 1 : 0, colon);
	if (!n && !memchr(name.p, '/', name.n) && !memchr(name.p, '{', name.n))
		block_field(b->arena, image, "repository", arena_printf(b->arena, "library/%.*s", (int)name.n, name.p), f);
	else
		put(b, image, f, "repository", name, n ? n + 1 : 0);
	if (colon < end)
		put(b, image, f, "tag", span_cut(v, colon + 1, end), colon + 1);
	else if (!at && is_chosen_elsewhere(f, of))
		block_field(b->arena, image, "tag", NULL, f);
	if (at)
		put(b, image, f, "digest", span_cut(v, end + 1, v.n), end + 1);
	view_emit(b, "image", image, f, d, of, address);
}

/* Helm's form: image: {registry, repository, tag, digest}; some charts write repo or name. */
static void tell_block(struct build *b, const struct doc *d, const struct fact *f, const struct subject *of)
{
	static const char *const keys[] = {"registry", "repository", "tag", "digest", NULL};
	const struct fact *repository = fact_child(f, "repository");
	struct fact *image;
	size_t n;

	if (!repository)
		repository = fact_child(f, "repo");
	if (!repository)
		repository = fact_child(f, "name");
	if (!repository || !fact_is_scalar(repository) || !is_reference(repository->value))
		return;
	if (!fact_child(f, "tag") && !fact_child(f, "digest")) {
		tell(b, d, repository, of, fact_path(b->arena, d, f));
		return;
	}
	image = block_new(b->arena, f);
	image->key = "image";
	for (size_t i = 0; keys[i]; i++) {
		const struct fact *field = fact_child(f, keys[i]);

		if (field && field != repository && fact_is_scalar(field) && field->kind != FACT_NULL && field->value.n)
			block_hang(b->arena, image, field, NULL);
	}
	n = fact_child(image, "registry") ? 0 : registry_length(repository->value);
	put(b, image, repository, "repository", span_cut(repository->value, n ? n + 1 : 0, repository->value.n), n ? n + 1 : 0);
	if (n)
		put(b, image, repository, "registry", span_cut(repository->value, 0, n), 0);
	else if (!fact_child(image, "registry"))
		block_field(b->arena, image, "registry", "docker.io", repository);
	view_emit(b, "image", image, f, d, of, fact_path(b->arena, d, f));
}

static bool key_is_image(const char *key)
{
	static const char *const keys[] = {"image", "image_uri", "imageUri", "image_identifier", "registry_image", "docker_image", "docker_image_name", "container_image", "linuxFxVersion",
					   "linux_fx_version", NULL};

	return key && text_in(key, keys);
}

static void walk(struct build *b, const struct doc *d, const struct fact *f, const struct subject *of, int depth)
{
	if (depth == 0)
		return;
	FACT_EACH(child, f) {
		if (child->kind == FACT_COMMENT)
			continue;
		if (key_is_image(child->key) && child->kind == FACT_BLOCK)
			tell_block(b, d, child, of);
		else if (key_is_image(child->key) && fact_is_scalar(child) && is_reference(child->value) && child->kind != FACT_REFERENCE)
			tell(b, d, child, of, of ? of->address : fact_path(b->arena, d, child));
		if (child->first)
			walk(b, d, child, of, depth - 1);
	}
}

/* Resources whose `image` is a container's; a virtual machine's image is something else. */
static bool runs_containers(const struct subject *s)
{
	static const char *const words[] = {"ecs_", "lambda", "apprunner", "batch_job", "codebuild", "container", "cloud_run", "kubernetes_", "docker_", "sagemaker_model",
					    "web_app", "function_app", "cloudfunctions", "inference", "nomad", NULL};

	if (text_in("workload", s->classes))
		return true;
	for (size_t i = 0; words[i]; i++)
		if (strstr(s->type, words[i]))
			return true;
	return false;
}

static void of_resource(struct build *b, const struct subject *s)
{
	if (runs_containers(s))
		walk(b, s->doc, s->block, s, LIMIT_DEPTH);
}

static bool is_stage(const struct doc *d, struct span name)
{
	for (const struct fact *f = d->roots[0]; f; f = fact_next(f, d->roots[0]))
		if (f->key && !strcmp(f->key, "AS") && span_eq(f->value, name))
			return true;
	return false;
}

static void of_dockerfile(struct build *b, struct doc *d)
{
	for (const struct fact *f = d->roots[0]; f; f = fact_next(f, d->roots[0]))
		if (f->key && !strcasecmp(f->key, "FROM") && fact_is_scalar(f) && is_reference(f->value) && !is_stage(d, f->value) && !span_is(f->value, "scratch"))
			tell(b, d, f, NULL, fact_path(b->arena, d, f));
}

/* ------------------------------------------------------------------ values by their name */

/* "container_image", "backendImageName": not the image of a machine, nor a picture. */
static bool names_image(const char *key)
{
	static const char *const ends[] = {"image", "image_name", "imageName", "image_uri", "imageUri", "image_url", "imageUrl", NULL};
	static const char *const others[] = {"machine", "vm", "ami", "disk", "boot", "base64", "source_image", "sourceImage", "logo", "background", NULL};
	size_t n = key ? strlen(key) : 0;

	for (size_t i = 0; others[i] && n; i++)
		if (strcasestr(key, others[i]))
			return false;
	for (size_t i = 0; ends[i]; i++)
		if (n >= strlen(ends[i]) && !strcasecmp(key + n - strlen(ends[i]), ends[i]))
			return true;
	return false;
}

/* A name with a tag, and only one: nothing else says that a mere value is a container's image. */
static bool has_one_tag(struct span v)
{
	size_t slash = v.n, colon;

	while (slash && v.p[slash - 1] != '/')
		slash--;
	colon = slash;
	while (colon < v.n && v.p[colon] != ':')
		colon++;
	return colon > slash && colon + 1 < v.n && !memchr(v.p + colon + 1, ':', v.n - colon - 1);
}

static void tell_named(struct build *b, const struct doc *d, const struct fact *f, const char *name)
{
	if (fact_literal(f) && names_image(name) && is_reference(f->value) && has_one_tag(f->value) && !view_noted(b, f, NOTE_IMAGE))
		tell(b, d, f, NULL, fact_path(b->arena, d, f));
}

static void walk_named(struct build *b, const struct doc *d, const struct fact *f, int depth)
{
	if (depth == 0)
		return;
	FACT_EACH(child, f) {
		if (child->key && !fact_set_at(child))
			tell_named(b, d, child, child->key);
		if (child->first)
			walk_named(b, d, child, depth - 1);
	}
}

/* What a variable, a parameter or a module is told: its value below `key`, by its own name. */
static void of_declarations(struct build *b, const struct doc *d, const struct fact *list, const char *key)
{
	FACT_EACH(f, list) {
		const struct fact *value = f->kind == FACT_BLOCK ? fact_child(f, key) : f;

		if (value && (f->key || fact_label_count(f)))
			tell_named(b, d, value, fact_label_count(f) ? fact_labels(f)[0] : f->key);
	}
}

/* The arguments of a module whose files are not here; its own resources tell the others. */
static bool is_elsewhere(const struct fact *module)
{
	const char *source = fact_text(module, "source");

	return source && (module->doc->format && !strcmp(module->doc->format->name, "bicep") ? true : *source != '.');
}

static void of_top_blocks(struct build *b, const struct doc *d)
{
	FACT_EACH(f, d->roots[0]) {
		if (!f->key)
			continue;
		if (!strcmp(f->key, "locals") || (!strcmp(f->key, "module") && is_elsewhere(f)))
			walk_named(b, d, f, LIMIT_DEPTH);
	}
}

static void of_values(struct build *b, const struct doc *d)
{
	const struct fact *root = d->roots[0], *parameters = fact_child(root, "parameters");

	if (!strcmp(d->dialect, "terraform-vars")) {
		walk_named(b, d, root, LIMIT_DEPTH);
	} else if (!strcmp(d->dialect, "terraform") || !strcmp(d->dialect, "bicep")) {
		of_declarations(b, d, root, !strcmp(d->dialect, "bicep") ? "defaultValue" : "default");
		of_top_blocks(b, d);
	} else if (parameters && (!strcmp(d->dialect, "arm-parameters") || !strcmp(d->dialect, "arm"))) {
		of_declarations(b, d, parameters, !strcmp(d->dialect, "arm") ? "defaultValue" : "value");
	} else if (!strcmp(d->dialect, "cloudformation") && fact_child(root, "Parameters")) {
		of_declarations(b, d, fact_child(root, "Parameters"), "Default");
	}
}

static bool is_plain_values(const struct doc *d)
{
	static const char *const values[] = {"yaml", "json", "toml", NULL};

	return !d->dialect && d->format && text_in(d->format->name, values);
}

static void of_doc(struct build *b, struct doc *d)
{
	static const char *const dialects[] = {"github-actions", "gitlab-ci", "helm-values", NULL};

	if (d->format && !strcmp(d->format->name, "dockerfile"))
		of_dockerfile(b, d);
	else if (d->dialect && text_in(d->dialect, dialects))
		for (size_t i = 0; i < d->root_count; i++)
			walk(b, d, d->roots[i], NULL, LIMIT_DEPTH);
	else if (is_plain_values(d))
		for (size_t i = 0; i < d->root_count; i++)
			walk_named(b, d, d->roots[i], LIMIT_DEPTH);
	else if (d->dialect && d->root_count && d->roots[0]->kind == FACT_BLOCK)
		of_values(b, d);
}

static const char *const fields[] = {"registry", "repository", "tag", "digest", NULL};

const struct view view_image = {.name = "image", .fields = fields, .of_resource = of_resource, .of_doc = of_doc};
