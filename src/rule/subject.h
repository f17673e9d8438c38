/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What rules speak of, besides plain facts: resources in any notation (dialects) and derived blocks (views).
 * Both come as blocks of facts in one shape, so that the evaluation only ever looks up keys:
 * - a resource's block has the canonical keys (renames of its notation applied, ARM's and CloudFormation's properties lifted,
 *   parts of satellites hung in under the part's name). Facts in it keep their own document and place.
 *   A notation that needs nothing of this (a Terraform block without satellites) is used as it stands, without a copy.
 *   Their parent leads to where they are written: walk a subject's block with FACT_EACH, never with fact_next.
 * - where an unresolved link may still bring a part, that part is an open block.
 * - a view's block has the fields of docs/rules.md section 3, each with the place of the fact it was read from.
 */
#ifndef RULE_SUBJECT_H
#define RULE_SUBJECT_H

#include "know/know.h"
#include "read/read.h"

struct dialects;      /* rules/dialects/ as tables */

/* A scope: a Terraform folder, a plan, a template, a Kubernetes namespace's documents in one folder. */
struct scope {
	const char *name;
	bool open;      /* has an unread or unresolved part: a module whose source was not handed over */
};

enum subject_kind { SUBJECT_RESOURCE, SUBJECT_VIEW };

struct subject {
	enum subject_kind kind;
	const char *type;              /* canonical resource type, or the view's name */
	const char *written;           /* the type as written; NULL for a view */
	const char *name;              /* NULL when it has none */
	const char *address;           /* aws_s3_bucket.logs; Deployment/web; for a view its path: "place: provider.aws" */
	const struct fact *block;      /* what keys are relative to; block->head is the subject's head */
	const struct fact *written_block;      /* where the notation wrote it; a view: the fact or block it was derived from */
	const struct doc *doc;
	const char *const *classes;    /* storage, database, queue ... NULL-terminated */
	const struct scope *scope;
	const struct subject *of;      /* a view's resource, when it was derived from one */
	bool conditional;
	bool off;                      /* not made unless a variable is set otherwise; judged all the same */
	const void *link;              /* private to the dialects: what others may call it by */
};

struct subject_list {
	struct subject *items;         /* document order, byte order of documents; resources before the views of the same place */
	size_t count;
	size_t *doc_first;             /* per document: index of its first subject; doc_first[doc_count] = count */
	size_t doc_count;
};

/* dir NULL: compiled in. Errors: file:line:column, EXIT_USAGE. */
int dialects_load(struct arena *a, const char *rules_dir, struct dialects **ret, struct err *e);
const char *dialect_canonical(const struct dialects *d, const char *type);      /* itself when it has no other name */
bool dialect_knows(const struct dialects *d, const char *type);      /* a canonical type or another name of one */
bool view_exists(const char *view);
bool view_has_field(const char *view, const char *field);      /* dotted; for the lint */

/* All subjects of all documents; also sets doc->dialect. Call after resolve(). jobs: threads; the result is the same. */
void subjects_build(struct arena *a, const struct dialects *d, const struct know *k, const struct input_set *in, int jobs,
		    struct subject_list *ret);

/* Does this fact (a reference, a literal name, !Ref, resourceId(), a selector) point to target? UNKNOWN: unresolved, and may. */
enum truth subject_linked(const struct fact *reference, const struct subject *target);

/* The `env` view's and others' shared word: is this key the name of a secret, is this value one that stands for nothing? */
bool value_is_placeholder(struct span value);

#endif
