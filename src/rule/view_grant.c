/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View grant: who may do what on what, from JSON policies (string, heredoc, jsonencode, aws_iam_policy_document), IAM members and
 * bindings, bucket ACLs, RBAC and Azure role assignments. One block a statement: effect, who[], what[], on, on_type, condition[].
 * A policy that cannot be seen is one open grant. NotAction and NotPrincipal reach everything but a few: they count as "*".
 */
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ blocks */

static struct fact *grant_new(struct build *b, const struct fact *from)
{
	struct fact *grant = block_new(b->arena, from);

	fact_put_labels(b->arena, grant, NULL, 0);
	grant->written = from->written ? from->written : from;
	return grant;
}

static void list_text(struct build *b, struct fact *list, const char *text, const struct fact *from)
{
	block_field(b->arena, list, NULL, text, from);
}

/* A scalar or a list of scalars, each an item; unresolved ones stay what they are. */
static void list_values(struct build *b, struct fact *list, const struct fact *values)
{
	if (!values || values->kind == FACT_NULL)
		return;
	if (fact_is_scalar(values)) {
		struct fact *item = block_hang(b->arena, list, values, NULL);

		item->key = NULL;
		item->written = values->written ? values->written : values;
		return;
	}
	list->open |= values->open;
	FACT_EACH(value, values)
		if (fact_is_scalar(value))
			block_hang(b->arena, list, value, NULL);
}

static void put_on(struct build *b, struct fact *grant, const struct fact *on, const char *type)
{
	if (on && on->kind == FACT_LIST && on->first && !on->first->next)
		on = on->first;
	if (on)
		block_hang(b->arena, grant, on, "on");
	if (type)
		block_field(b->arena, grant, "on_type", type, on ? on : grant);
}

static void emit(struct build *b, struct fact *grant, const struct fact *from, const struct subject *s)
{
	grant->key = "grant";
	view_emit(b, "grant", grant, from, s->doc, s, s->address);
}

/* ------------------------------------------------------------------ AWS policies */

/* "*", {AWS: [..]}, {Service: ..} */
static void put_principals(struct build *b, struct fact *grant, const struct fact *statement)
{
	const struct fact *principal = fact_child(statement, "Principal"), *not_principal = fact_child(statement, "NotPrincipal");
	struct fact *who;

	if (!principal && !not_principal)
		return;
	who = block_list(b->arena, grant, "who", principal ? principal : not_principal);
	if (!principal)
		list_text(b, who, "*", not_principal);
	else if (principal->kind == FACT_BLOCK)
		FACT_EACH(kind, principal)
			list_values(b, who, kind);
	else
		list_values(b, who, principal);
}

static void put_condition(struct build *b, struct fact *list, const char *op, const struct fact *key, const struct fact *values)
{
	struct fact *one = block_block(b->arena, list, NULL, key), *value;

	block_field(b->arena, one, "op", op, key);
	block_field(b->arena, one, "key", key->key, key);
	value = block_list(b->arena, one, "value", values);
	list_values(b, value, values);
}

static void put_conditions(struct build *b, struct fact *grant, const struct fact *statement)
{
	const struct fact *condition = fact_child(statement, "Condition");
	struct fact *list;

	if (!condition)
		return;
	list = block_list(b->arena, grant, "condition", condition);
	list->open = condition->open || fact_is_unresolved(condition);
	if (condition->kind == FACT_BLOCK)
		FACT_EACH(op, condition)
			FACT_EACH(key, op)
				if (op->key && key->key)
					put_condition(b, list, op->key, key, key);
}

static void put_actions(struct build *b, struct fact *grant, const struct fact *statement)
{
	const struct fact *action = fact_child(statement, "Action"), *not_action = fact_child(statement, "NotAction");
	struct fact *what;

	if (!action && !not_action)
		return;
	what = block_list(b->arena, grant, "what", action ? action : not_action);
	if (action)
		list_values(b, what, action);
	else
		list_text(b, what, "*", not_action);
}

static void tell_statement(struct build *b, const struct subject *s, const struct fact *statement, const struct fact *on, const char *type)
{
	const struct fact *effect = fact_child(statement, "Effect"), *resource = fact_child(statement, "Resource");
	struct fact *grant = grant_new(b, statement);

	grant->open = statement->open;
	if (effect && fact_is_scalar(effect))
		block_hang(b->arena, grant, effect, "effect");
	put_principals(b, grant, statement);
	put_actions(b, grant, statement);
	put_on(b, grant, on ? on : resource, type);
	put_conditions(b, grant, statement);
	emit(b, grant, statement, s);
}

static void tell_unseen(struct build *b, const struct subject *s, const struct fact *policy, const struct fact *on, const char *type)
{
	struct fact *grant = grant_new(b, policy);

	grant->kind = FACT_BLOCK;
	grant->open = true;
	put_on(b, grant, on, type);
	emit(b, grant, policy, s);
}

/* data "aws_iam_policy_document" "d" { statement { ... } }: the first of a name in a folder. */
static void note(struct build *b, const struct doc *d)
{
	if (!d->dialect || strcmp(d->dialect, "terraform"))
		return;
	FACT_EACH(f, d->roots[0]) {
		struct map_entry *entry;

		if (!f->key || strcmp(f->key, "data") || fact_label_count(f) != 2 || strcmp(fact_labels(f)[0], "aws_iam_policy_document"))
			continue;
		entry = map_entry(&b->policies, name_beside(b->scratch, d, span_of(fact_labels(f)[1])));
		if (!entry->value)
			entry->value = (void *)(uintptr_t)f;
	}
}

/* The one that a resource refers to, in its folder. */
static const struct fact *find_policy_document(const struct build *b, const struct subject *s, struct span reference)
{
	static const char prefix[] = "data.aws_iam_policy_document.";
	struct span name;

	if (span_starts(reference, "${"))
		reference = span_cut(reference, 2, reference.n);
	if (!span_starts(reference, prefix))
		return NULL;
	name = span_cut(reference, strlen(prefix), reference.n);
	return map_get(&b->policies, name_beside(b->scratch, s->doc, span_cut(name, 0, strcspn(name.p, ".["))));
}

static void put_document_conditions(struct build *b, struct fact *grant, const struct fact *statement)
{
	struct fact *list = NULL;

	FACT_EACH(f, statement) {
		const struct fact *test, *variable, *values;
		struct fact *one;

		if (!f->key || strcmp(f->key, "condition") || f->kind != FACT_BLOCK)
			continue;
		test = fact_child(f, "test");
		variable = fact_child(f, "variable");
		values = fact_child(f, "values");
		if (!list)
			list = block_list(b->arena, grant, "condition", f);
		if (!test || !variable)
			continue;
		one = block_block(b->arena, list, NULL, f);
		block_hang(b->arena, one, test, "op");
		block_hang(b->arena, one, variable, "key");
		list_values(b, block_list(b->arena, one, "value", values ? values : f), values);
	}
}

static void tell_document_statement(struct build *b, const struct subject *s, const struct fact *statement, const struct fact *on, const char *type)
{
	const struct fact *effect = fact_child(statement, "effect"), *actions = fact_child(statement, "actions");
	const struct fact *resources = fact_child(statement, "resources"), *not_actions = fact_child(statement, "not_actions");
	struct fact *grant = grant_new(b, statement), *who = NULL;

	grant->open = statement->open;
	if (effect && fact_is_scalar(effect))
		block_hang(b->arena, grant, effect, "effect");
	else
		block_field(b->arena, grant, "effect", "Allow", statement);
	FACT_EACH(f, statement) {
		if (!f->key || f->kind != FACT_BLOCK || (strcmp(f->key, "principals") && strcmp(f->key, "not_principals")))
			continue;
		if (!who)
			who = block_list(b->arena, grant, "who", f);
		if (strcmp(f->key, "principals"))
			list_text(b, who, "*", f);
		else
			list_values(b, who, fact_child(f, "identifiers"));
	}
	if (actions)
		list_values(b, block_list(b->arena, grant, "what", actions), actions);
	else if (not_actions)
		list_text(b, block_list(b->arena, grant, "what", not_actions), "*", not_actions);
	put_on(b, grant, on ? on : resources, type);
	put_document_conditions(b, grant, statement);
	emit(b, grant, statement, s);
}

static void tell_document(struct build *b, const struct subject *s, const struct fact *document, const struct fact *on, const char *type)
{
	bool more = fact_child(document, "source_policy_documents") || fact_child(document, "override_policy_documents") || document->open ||
		    fact_child(document, "source_json") || fact_child(document, "override_json");

	FACT_EACH(f, document)
		if (f->key && !strcmp(f->key, "statement") && f->kind == FACT_BLOCK)
			tell_document_statement(b, s, f, on, type);
	if (more)
		tell_unseen(b, s, document, on, type);
}

static void tell_policy(struct build *b, const struct subject *s, const struct fact *policy, const struct fact *on, const char *type)
{
	const struct fact *statements = policy->kind == FACT_BLOCK ? fact_child(policy, "Statement") : NULL, *document;

	if (policy->kind == FACT_NULL)
		return;
	if (fact_is_scalar(policy)) {
		document = find_policy_document(b, s, policy->value);
		if (document)
			tell_document(b, s, document, on, type);
		else if (fact_is_unresolved(policy))
			tell_unseen(b, s, policy, on, type);
		return;
	}
	if (!statements || fact_is_scalar(statements)) {
		if (policy->open || statements)
			tell_unseen(b, s, policy, on, type);
		return;
	}
	if (statements->kind == FACT_BLOCK)
		tell_statement(b, s, statements, on, type);
	else
		FACT_EACH(statement, statements)
			if (statement->kind == FACT_BLOCK)
				tell_statement(b, s, statement, on, type);
	if (statements->open || policy->open)
		tell_unseen(b, s, policy, on, type);
}

/* The resource a satellite's policy is on, by the tables' parts. */
static const struct fact *owner_link(struct build *b, const struct subject *s, const char **ret_type)
{
	for (size_t i = 0; i < b->dialects->row_count; i++) {
		const struct type_row *row = b->dialects->rows[i];

		for (size_t p = 0; p < row->part_count; p++)
			if (row->parts[p].by && text_in(s->type, row->parts[p].satellites)) {
				*ret_type = row->name;
				return fact_child(s->block, row->parts[p].by);
			}
	}
	return NULL;
}

/* Policies of an identity: what they are on stands in each statement. */
static bool is_identity(const struct subject *s)
{
	return span_starts(span_of(s->type), "aws_iam_") || span_starts(span_of(s->type), "aws_ssoadmin_") || !strcmp(s->type, "outscale_policy");
}

/* The same policy under its written and its canonical name. */
static bool is_told(const struct fact *block, const struct fact *f)
{
	for (const struct fact *before = block->first; before && before != f; before = before->next)
		if (before->doc == f->doc && before->at.offset == f->at.offset && before->at.length == f->at.length && before->kind == f->kind)
			return true;
	return false;
}

static bool is_policy(const struct fact *f)
{
	static const char *const keys[] = {"policy", "access_policies", "policy_document", "resource_policy", "key_policy", "file_system_policy", "inline_policy",
					   "Policies", "assume_role_policy", "access_policy", "document", NULL};

	return f->key && text_in(f->key, keys);
}

static bool holds_policy(const struct fact *block)
{
	FACT_EACH(f, block)
		if (is_policy(f))
			return true;
	return false;
}

static void tell_policies(struct build *b, const struct subject *s)
{
	const char *type = s->type;
	const struct fact *on;

	if (!holds_policy(s->block))      /* most resources */
		return;
	on = owner_link(b, s, &type);
	if (is_identity(s))
		type = NULL;
	else if (!on)
		on = subject_reference(b, s);
	FACT_EACH(f, s->block) {
		bool trust = f->key && key_eq(f->key, "assume_role_policy"), own = f->key && key_eq(f->key, "Policies");      /* of SAM: what the function may do */
		const struct fact *target = trust ? subject_reference(b, s) : own ? NULL : on;
		const char *of_type = trust ? s->type : own ? NULL : type;

		if (!is_policy(f) || f->block_syntax || is_told(s->block, f))
			continue;
		if (f->kind == FACT_LIST)
			FACT_EACH(item, f) {
				const struct fact *document = item->kind == FACT_BLOCK ? fact_child(item, "PolicyDocument") : NULL;

				if (!document && item->kind == FACT_BLOCK)
					document = fact_child(item, "policy");      /* of a state: {name, policy} */
				tell_policy(b, s, document ? document : item, target, of_type);
			}
		else
			tell_policy(b, s, f, target, of_type);
	}
	FACT_EACH(f, s->block)
		if (f->key && f->block_syntax && !strcmp(f->key, "inline_policy") && fact_child(f, "policy"))
			tell_policy(b, s, fact_child(f, "policy"), on, type);
}

/* ------------------------------------------------------------------ ACLs */

static void tell_simple(struct build *b, const struct subject *s, const struct fact *from, const struct fact *who, const char *who_text,
			const struct fact *what, const struct fact *on, const char *type)
{
	struct fact *grant = grant_new(b, from), *list;

	grant->kind = FACT_BLOCK;
	block_field(b->arena, grant, "effect", "Allow", from);
	list = block_list(b->arena, grant, "who", who ? who : from);
	if (who_text)
		list_text(b, list, who_text, who ? who : from);
	else
		list_values(b, list, who);
	if (what)
		list_values(b, block_list(b->arena, grant, "what", what), what);
	put_on(b, grant, on, type);
	emit(b, grant, from, s);
}

static void tell_acl(struct build *b, const struct subject *s)
{
	static const char *const open[] = {"public-read", "public-read-write", "publicRead", "publicReadWrite", "PublicRead", "PublicReadWrite", "website"};
	const char *type = s->type;
	const struct fact *acl = fact_child(s->block, "acl"), *on = owner_link(b, s, &type), *grants;

	if (!acl)
		acl = fact_child(s->block, "predefined_acl");
	if (!on)
		on = subject_reference(b, s);
	if (acl && fact_is_scalar(acl) && acl->kind != FACT_NULL) {
		const char *who = NULL;

		for (size_t i = 0; i < sizeof open / sizeof *open; i++)
			if (fact_literal(acl) && !strcasecmp(acl->value.p, open[i]))
				who = "*";
		if (fact_literal(acl) && (span_is(acl->value, "authenticated-read") || span_is(acl->value, "AuthenticatedRead") || span_is(acl->value, "authenticatedRead")))
			who = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
		if (fact_is_unresolved(acl))
			tell_unseen(b, s, acl, on, type);
		else if (who)
			tell_simple(b, s, acl, acl, who, acl, on, type);
	}
	grants = fact_child(s->block, "access_control_policy");
	for (const struct fact *f = grants && grants->first ? grants->first : s->block->first; f; f = f->next) {
		const struct fact *grantee = f->key && !strcmp(f->key, "grant") && f->kind == FACT_BLOCK ? fact_child(f, "grantee") : NULL;
		const struct fact *holder = grantee && grantee->kind == FACT_BLOCK ? grantee : f->kind == FACT_BLOCK && f->key && !strcmp(f->key, "grant") ? f : NULL;
		const struct fact *who = holder ? fact_child(holder, "uri") : NULL;

		if (holder && !who)
			who = fact_child(holder, "id");
		if (who)
			tell_simple(b, s, f, who, NULL, fact_child(f, fact_child(f, "permission") ? "permission" : "permissions"), on, type);
	}
}

/* ------------------------------------------------------------------ Google, Azure */

static void tell_google(struct build *b, const struct subject *s)
{
	static const char *const keys[] = {"bucket", "dataset_id", "crypto_key_id", "key_ring_id", "secret_id", "topic", "subscription", "service_account_id", "name",
					   "service", "cloud_function", "fhir_store_id", "dicom_store_id", "hl7_v2_store_id", "repository", "project", "folder", "org_id", NULL};
	const struct fact *member = fact_child(s->block, "member"), *members = fact_child(s->block, "members"), *on = NULL;
	size_t n = strlen(s->type);
	const char *iam = strstr(s->type, "_iam_");

	if (!strncmp(s->type, "google_", 7) && (!strcmp(s->type, "google_storage_bucket_access_control") || !strcmp(s->type, "google_bigquery_dataset_access"))) {
		const struct fact *entity = fact_child(s->block, "entity");

		if (!entity)
			entity = fact_child(s->block, "special_group");
		if (!entity)
			entity = fact_child(s->block, "iam_member");
		on = fact_child(s->block, fact_child(s->block, "bucket") ? "bucket" : "dataset_id");
		if (entity)
			tell_simple(b, s, entity, entity, NULL, fact_child(s->block, "role"), on, n > 14 ? (fact_child(s->block, "bucket") ? "google_storage_bucket" : "google_bigquery_dataset") : NULL);
		return;
	}
	if (!iam || strncmp(s->type, "google_", 7))
		return;
	for (size_t i = 0; keys[i] && !on; i++)
		on = fact_child(s->block, keys[i]);
	if (member || members)
		tell_simple(b, s, s->block, member ? member : members, NULL, fact_child(s->block, "role"), on, arena_dup(b->arena, s->type, (size_t)(iam - s->type)));
	else if (fact_child(s->block, "policy_data"))
		tell_unseen(b, s, fact_child(s->block, "policy_data"), on, arena_dup(b->arena, s->type, (size_t)(iam - s->type)));
}

static void tell_azure(struct build *b, const struct subject *s)
{
	const struct fact *who = fact_child(s->block, "principal_id"), *what = fact_child(s->block, "role_definition_name");
	const struct fact *access = fact_child(s->block, "container_access_type");

	if (!strcmp(s->type, "azurerm_role_assignment") && who)
		tell_simple(b, s, s->block, who, NULL, what ? what : fact_child(s->block, "role_definition_id"), fact_child(s->block, "scope"), NULL);
	if (!strcmp(s->type, "azurerm_storage_container") && fact_literal(access) && (!strcasecmp(access->value.p, "blob") || !strcasecmp(access->value.p, "container"))) {
		const struct fact *account = fact_child(s->block, "storage_account_id");

		tell_simple(b, s, access, access, "*", access, account ? account : fact_child(s->block, "storage_account_name"), "azurerm_storage_account");
	}
}

/* ------------------------------------------------------------------ Kubernetes */

static void tell_binding(struct build *b, const struct subject *s)
{
	const struct fact *subjects = fact_child(s->block, "subjects"), *role = fact_at(s->block, "roleRef.name");
	struct fact *grant, *who;

	if (!subjects || subjects->kind != FACT_LIST)
		return;
	grant = grant_new(b, s->block);
	block_field(b->arena, grant, "effect", "Allow", s->block);
	who = block_list(b->arena, grant, "who", subjects);
	who->open = subjects->open;
	FACT_EACH(one, subjects) {
		const struct fact *name = one->kind == FACT_BLOCK ? fact_child(one, "name") : NULL;

		if (name && fact_is_scalar(name))
			list_values(b, who, name);
	}
	if (role)
		list_values(b, block_list(b->arena, grant, "what", role), role);
	if (fact_at(s->block, "metadata.namespace"))
		put_on(b, grant, fact_at(s->block, "metadata.namespace"), "Namespace");
	else
		block_field(b->arena, grant, "on_type", "Cluster", s->block);
	emit(b, grant, s->block, s);
}

static void tell_role(struct build *b, const struct subject *s)
{
	const struct fact *rules = fact_child(s->block, "rules");

	if (!rules || rules->kind != FACT_LIST)
		return;
	FACT_EACH(rule, rules) {
		const struct fact *verbs = rule->kind == FACT_BLOCK ? fact_child(rule, "verbs") : NULL, *resources = verbs ? fact_child(rule, "resources") : NULL;
		struct fact *grant;

		if (!verbs)
			continue;
		grant = grant_new(b, rule);
		block_field(b->arena, grant, "effect", "Allow", rule);
		list_values(b, block_list(b->arena, grant, "what", verbs), verbs);
		if (resources)
			block_hang(b->arena, grant, resources, "on");
		emit(b, grant, rule, s);
	}
}

static void of_resource(struct build *b, const struct subject *s)
{
	if (!strcmp(s->type, "RoleBinding") || !strcmp(s->type, "ClusterRoleBinding")) {
		tell_binding(b, s);
	} else if (!strcmp(s->type, "Role") || !strcmp(s->type, "ClusterRole")) {
		tell_role(b, s);
	} else {
		if (!strncmp(s->type, "google_", 7))
			tell_google(b, s);
		else if (!strncmp(s->type, "azurerm_", 8))
			tell_azure(b, s);
		else
			tell_policies(b, s);
		if (strstr(s->type, "bucket"))
			tell_acl(b, s);
	}
}

static const char *const fields[] = {"effect", "who", "what", "on", "on_type", "condition", "condition.op", "condition.key", "condition.value", NULL};

const struct view view_grant = {.name = "grant", .fields = fields, .note = note, .of_resource = of_resource};
