/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Ansible playbooks and task lists: a task whose module the tables know, or whose module has a collection's name, is a resource.
 * The file is the scope. `state: absent` makes a resource away. Roles and includes are read where they stand, not followed.
 */
#include "base/limits.h"
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>


static bool is_collection_name(const char *key)
{
	const char *dot = strchr(key, '.');

	return dot && strchr(dot + 1, '.') && !strchr(key, ' ') && !strchr(key, '/');
}

static const struct fact *module_of(struct build *b, const struct fact *task)
{
	FACT_EACH(f, task)
		if (f->key && f->kind == FACT_BLOCK && (dialect_row(b->dialects, f->key) || is_collection_name(f->key)))
			return f;
	return NULL;
}

static void tell_task(struct build *b, struct scope *scope, const struct fact *task, const struct fact *module)
{
	const struct fact *state = fact_child(module, "state");
	const char *name = fact_text(module, "name");
	struct draft *d;

	if (state && span_is(state->value, "absent"))
		return;
	d = draft_add(b, NOTATION_ANSIBLE, module->key, task);
	d->body = module;
	d->name = name;
	d->address = arena_printf(b->arena, "%s/%s", module->key, name ? name : "?");
	d->scope = scope;
	d->conditional = fact_child(task, "when");
}

static bool tell_tasks(struct build *b, struct scope *scope, const struct fact *list, int depth)
{
	static const char *const lists[] = {"tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always", NULL};
	bool any = false;

	FACT_EACH(task, list) {
		const struct fact *module = task->kind == FACT_BLOCK ? module_of(b, task) : NULL;

		if (module) {
			tell_task(b, scope, task, module);
			any = true;
		}
		if (task->kind != FACT_BLOCK || depth == 0)
			continue;
		any |= fact_child(task, "hosts") && (fact_child(task, "tasks") || fact_child(task, "roles"));
		for (size_t i = 0; lists[i]; i++) {
			const struct fact *inner = fact_child(task, lists[i]);

			if (inner && inner->kind == FACT_LIST)
				any |= tell_tasks(b, scope, inner, depth - 1);
		}
	}
	return any;
}

bool dialect_ansible(struct build *b)
{
	const struct fact *root = b->doc->root_count ? b->doc->roots[0] : NULL;

	if (!root || root->kind != FACT_LIST || !b->doc->format || strcmp(b->doc->format->name, "yaml"))
		return false;
	if (!tell_tasks(b, scope_named(b, arena_printf(b->arena, "ansible:%s", b->doc->name)), root, LIMIT_DEPTH))
		return false;
	b->doc->dialect = "ansible";
	return true;
}
