/* SPDX-License-Identifier: EUPL-1.2 */
/* What the parts of the resolver share: resolve.c, resolve_hcl.c, resolve_module.c, hcl_eval.c, resolve_fallback.c, resolve_default.c. */
#ifndef READ_RESOLVE_H
#define READ_RESOLVE_H

#include "base/limits.h"
#include "read/read.h"

/* A Terraform module: the configuration files of one folder; another HCL file is a module of its own. */
struct module {
	struct map variables;                /* name to struct variable */
	struct map locals;                   /* name to the attribute's fact */
	struct map outputs;                  /* name to the fact of its `value` */
	struct map called;                   /* name of a module block here to struct module */
	const struct fact **calls;           /* module blocks of other documents that name this folder */
	size_t call_count;
	struct override *overrides;          /* blocks of override files, each with the one it changes */
	size_t override_count;
};

struct override {
	const struct fact *block, *target;
};

struct variable {
	const struct fact *fallback;         /* `default`, or NULL */
	const struct fact *given;            /* in tfvars, or NULL */
};

struct resolver {
	struct input_set *set;
	struct arena *arena;                 /* of results */
	struct arena *scratch;               /* until the end of resolve() */
	struct map modules;                  /* folder or file to struct module */
	struct map module_of;                /* address of a document to struct module */
	struct map indexes;                  /* address of a large block or list to its children */
	struct map tried;                    /* addresses of facts that need no second look */
	const struct fact *stack[LIMIT_RESOLVE_DEPTH];      /* being resolved: a second meeting is a cycle */
	int depth, eval_depth;
	size_t copied, copied_in_run;        /* facts, of this document and in all, against doubling lists */
	size_t bytes;                        /* of text made, against doubling templates */
};

void resolve_hcl(struct resolver *r);
void resolve_modules(struct resolver *r);      /* finds them and their names */
void resolve_arm(struct resolver *r);
void resolve_defaults(struct resolver *r);
void resolve_unseen(struct resolver *r);

/* After reading facts are const for everybody but the resolver; this is the one place where it takes them back. */
struct fact *resolve_own(const struct fact *f);
void resolve_note(struct resolver *r, const struct fact *at, const char *code, const char *text);
void resolve_diag(struct resolver *r, const struct fact *at, const char *code, const char *text);      /* code: a literal */
/* A fact's value becomes text that stands elsewhere or was computed; its place stays that of the use. */
void resolve_set(struct resolver *r, struct fact *f, struct span value, enum fact_state state, const struct origin *set_at);
/* Counts one more copied fact; false when a limit is reached: LIMIT_ALIAS_FACTS a document, LIMIT_FACTS_PER_FILE in all. */
bool resolve_may_copy(struct resolver *r);
bool resolve_is(const struct doc *d, const char *format);

/* A name with a text that stands in where the name holds nothing; no name: a variable of the environment. */
struct fallback {
	struct span name, text;
};

/* Whether an expression of an Azure template is nothing but that. */
bool resolve_fallback(struct span text, bool bicep, struct fallback *ret);
/* Resolves an HCL fact of state unknown in place when that is possible. */
void resolve_fact(struct resolver *r, const struct fact *f);
struct module *resolve_module(const struct resolver *r, const struct doc *d);
/* The value of var.NAME or local.NAME in m as a fact with its origin, NULL when there is none. */
const struct fact *resolve_variable(struct resolver *r, struct module *m, struct span name);
const struct fact *resolve_local(struct resolver *r, struct module *m, struct span name);
/* A copy of f that tells where it was set, for use elsewhere; path as "var.region". */
struct fact *resolve_use(struct resolver *r, const struct fact *f, const char *path);
/* A copy of the tree below source, as a child of parent (may be NULL); NULL when a limit was reached. */
struct fact *resolve_copy(struct resolver *r, const struct fact *source, struct fact *parent, const struct fact *use);
void resolve_append(struct resolver *r, struct fact *parent, struct fact *child);
/* Children that are no blocks, by exact key (the last of equal ones) and by number; of large groups from an index. */
const struct fact *resolve_child(struct resolver *r, const struct fact *block, struct span key);
const struct fact *resolve_item(struct resolver *r, const struct fact *list, size_t number);
bool resolve_known(const struct fact *f);      /* a value: neither NULL nor unknown */

/* The value of the output of a module that this one calls, NULL when it is not known. */
const struct fact *resolve_output(struct resolver *r, struct module *m, struct span call, struct span output);
/* One value when all are the same, candidates when they are literals that differ, else NULL. */
const struct fact *resolve_agree(struct resolver *r, const struct fact *const *values, size_t count);
/* The folder of a module's source, read from document d, is among the inputs. */
bool resolve_has_module(struct resolver *r, const struct doc *d, struct span source);
/* Blocks of files named override.tf or *_override.tf become part of those they override. */
void resolve_overrides(struct resolver *r);
void resolve_overridden(struct resolver *r);      /* afterwards: what became a part of another makes nothing itself */

/*
 * The value of an expression, or of a template's text, of fact owner: a literal, null, list or block; a reference to a
 * resource as a fact of kind reference; an unknown with candidates; NULL when nothing is known.
 */
struct eval_names;
const struct fact *hcl_evaluate(struct resolver *r, const struct fact *owner, const struct eval_names *names, struct span text);
const struct fact *hcl_evaluate_template(struct resolver *r, const struct fact *owner, const struct eval_names *names, struct span text, bool backslashes);
/* The same of f's own text; hcl_value also looks for the blocks around f that are made several times. */
const struct fact *hcl_evaluate_fact(struct resolver *r, const struct fact *f, const struct eval_names *names);
const struct fact *hcl_value(struct resolver *r, const struct fact *f);

#endif
