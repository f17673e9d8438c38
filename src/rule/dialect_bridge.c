/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Notations that are made from Terraform's providers, or from Azure's own types, by machine: programs of Pulumi in YAML, managed resources
 * of Crossplane, of Google's Config Connector and of Azure Service Operator. Their names of types and settings are Terraform's words put
 * together in another way, so no table holds them: a type is found by its letters (aws + s3 + Bucket is aws_s3_bucket).
 * What no table knows stays what it is. Programs of Pulumi in other languages are code, and are not read.
 */
#include "rule/subject_p.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ types */

/* Where the words put together are not Terraform's. */
static const char *exception(const char *words)
{
	static const struct {
		const char *words, *type;
	} table[] = {
		{"awsrdsinstance", "aws_db_instance"}, {"awsrdssubnetgroup", "aws_db_subnet_group"}, {"awsrdsparametergroup", "aws_db_parameter_group"},
		{"awsrdssnapshot", "aws_db_snapshot"}, {"awslbloadbalancer", "aws_lb"}, {"awsalbloadbalancer", "aws_lb"}, {"awselbv2lb", "aws_lb"},
		{"awselbv2lblistener", "aws_lb_listener"}, {"awselbv2lbtargetgroup", "aws_lb_target_group"}, {"awsalblistener", "aws_lb_listener"},
		{"awsalbtargetgroup", "aws_lb_target_group"}, {"awselbloadbalancer", "aws_elb"}, {"awscloudtrailtrail", "aws_cloudtrail"},
		{"googlesqlinstance", "google_sql_database_instance"}, {"googlesqlsqlinstance", "google_sql_database_instance"},
		{"azurermdbforpostgresqlflexibleserver", "azurerm_postgresql_flexible_server"}, {"azurermdbformysqlflexibleserver", "azurerm_mysql_flexible_server"},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (!strcmp(table[i].words, words))
			return table[i].type;
	return NULL;
}

/* "aws", "s3", "BucketV2" -> aws_s3_bucket: the three words, or the first and the last, without what counts versions of a type. */
static const char *terraform_type(struct build *b, const char *provider, const char *module, const char *name)
{
	const char *types[2] = {arena_printf(b->scratch, "%s%s%s", provider, module, name), arena_printf(b->scratch, "%s%s", provider, name)};

	for (int i = 0; i < 2; i++) {
		char *words = arena_str(b->scratch, types[i]);
		size_t n = strlen(words);
		const char *found;

		for (char *p = words; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		found = exception(words);
		if (!found)
			found = dialect_by_words(b->dialects, words);
		if (!found && n > 2 && words[n - 2] == 'v' && isdigit((unsigned char)words[n - 1])) {
			words[n - 2] = 0;
			found = dialect_by_words(b->dialects, words);
		}
		if (found)
			return found;
	}
	return NULL;
}

/* "storage", "StorageAccount" -> Microsoft.Storage/storageAccounts. */
static const char *azure_type(struct build *b, const char *module, const char *name)
{
	static const char *const plurals[] = {"s", "es", NULL};
	const char *type;
	size_t n = strlen(name);

	for (size_t i = 0; plurals[i]; i++) {
		type = arena_printf(b->arena, "Microsoft.%s/%s%s", module, name, plurals[i]);
		if (dialect_row(b->dialects, type))
			return type;
	}
	if (n && name[n - 1] == 'y') {
		type = arena_printf(b->arena, "Microsoft.%s/%.*sies", module, (int)(n - 1), name);
		if (dialect_row(b->dialects, type))
			return type;
	}
	return NULL;
}

static const char *terraform_provider(const char *package)
{
	static const char *const renamed[][2] = {{"gcp", "google"}, {"azure", "azurerm"}, {"ovh", "ovh"}};

	for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
		if (!strcmp(package, renamed[i][0]))
			return renamed[i][1];
	return package;
}

/* ------------------------------------------------------------------ Pulumi */

/* "aws:s3:Bucket", "aws:s3/bucket:Bucket", "azure-native:storage/v20230101:StorageAccount", "scaleway:index:Instance". */
static const char *pulumi_type(struct build *b, const char *token)
{
	size_t package = strcspn(token, ":"), module = token[package] ? strcspn(token + package + 1, ":/") : 0;
	const char *last = strrchr(token, ':'), *name = last ? last + 1 : token, *in_module, *found;

	if (!package || !last)
		return token;
	in_module = module && token + package != last ? arena_dup(b->arena, token + package + 1, module) : "";
	if (!strncmp(token, "azure-native:", 13))
		found = azure_type(b, in_module, name);
	else
		found = terraform_type(b, terraform_provider(arena_dup(b->scratch, token, package)), strcmp(in_module, "index") ? in_module : "", name);
	return found ? found : token;
}

static bool has_tokens(const struct fact *resources)
{
	FACT_EACH(r, resources) {
		const char *type = r->kind == FACT_BLOCK ? fact_text(r, "type") : NULL, *colon = type ? strchr(type, ':') : NULL;

		if (colon && strchr(colon + 1, ':') && colon[1] != ':')
			return true;
	}
	return false;
}

static void tell_pulumi(struct build *b, struct scope *scope, const struct fact *r)
{
	const char *type = fact_text(r, "type");
	const struct fact *properties = fact_child(r, "properties");
	struct draft *d;

	if (!type || !r->key || !strncmp(type, "pulumi:", 7))
		return;
	d = draft_add(b, NOTATION_CLOUDFORMATION, pulumi_type(b, type), r);      /* ${name.attribute} leads to a resource as it does there */
	d->body = properties && properties->kind == FACT_BLOCK ? properties : block_new(b->arena, r);
	d->name = d->address = r->key;
	d->scope = scope;
}

bool dialect_pulumi(struct build *b)
{
	const struct fact *root = b->doc->root_count ? b->doc->roots[0] : NULL, *resources;
	struct scope *scope;

	if (!root || root->kind != FACT_BLOCK)
		return false;
	resources = fact_child(root, "resources");
	if (!resources || resources->kind != FACT_BLOCK || !has_tokens(resources))
		return false;
	b->doc->dialect = "pulumi";
	scope = scope_named(b, arena_printf(b->arena, "pulumi:%s", b->doc->name));
	FACT_EACH(r, resources)
		if (r->kind == FACT_BLOCK)
			tell_pulumi(b, scope, r);
	return true;
}

/* ------------------------------------------------------------------ objects of Kubernetes that stand for resources of a cloud */

/* The type of "s3.aws.upbound.io", "storage.cnrm.cloud.google.com", "storage.azure.com"; NULL when it is no such group. */
static const char *managed_type(struct build *b, const char *group, const char *kind)
{
	static const struct {
		const char *end, *provider;
	} table[] = {
		{".aws.upbound.io", "aws"}, {".aws.crossplane.io", "aws"}, {".aws.m.upbound.io", "aws"}, {".azure.upbound.io", "azurerm"}, {".azure.m.upbound.io", "azurerm"},
		{".gcp.upbound.io", "google"}, {".gcp.m.upbound.io", "google"}, {".gcp.crossplane.io", "google"}, {".cnrm.cloud.google.com", "google"}, {".azure.com", NULL},
	};
	size_t n = strlen(group);

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t end = strlen(table[i].end);
		const char *module;

		if (n <= end || strcmp(group + n - end, table[i].end))
			continue;
		module = arena_dup(b->scratch, group, n - end);
		return table[i].provider ? terraform_type(b, table[i].provider, module, kind) : azure_type(b, module, kind);
	}
	return NULL;
}

/* bucketRef: {name: b} is the setting `bucket`, and leads to the object of that name; whom a selector finds is not known here. */
static void put_setting(struct build *b, struct fact *body, const struct fact *f)
{
	struct span key = span_of(f->key);
	const struct fact *name = f->kind == FACT_BLOCK ? fact_child(f, "name") : NULL;

	if (key.n > 3 && span_ends(key, "Ref") && name && fact_is_scalar(name))
		block_hang(b->arena, body, name, arena_dup(b->arena, key.p, key.n - 3));
	else if (key.n > 8 && span_ends(key, "Selector") && f->kind == FACT_BLOCK)
		block_hang(b->arena, body, fact_computed(b, f, FACT_REFERENCE, "selector"), arena_dup(b->arena, key.p, key.n - 8));
	else
		block_hang(b->arena, body, f, NULL);
}

bool bridge_object(struct build *b, const struct fact *object, struct draft *d)
{
	const char *version = fact_text(object, "apiVersion"), *kind = fact_text(object, "kind"), *type;
	const struct fact *spec = fact_child(object, "spec"), *settings;
	struct fact *body;

	if (!version || !kind || !strchr(version, '/') || !spec || spec->kind != FACT_BLOCK)
		return false;
	type = managed_type(b, arena_dup(b->scratch, version, strcspn(version, "/")), kind);
	if (!type)
		return false;
	settings = fact_child(spec, "forProvider");
	if (!settings || settings->kind != FACT_BLOCK)
		settings = spec;
	body = block_new(b->arena, settings);
	body->open = settings->open;
	FACT_EACH(f, settings)
		if (f->key)
			put_setting(b, body, f);
	d->type = type;
	d->body = body;
	return true;
}
