/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Private to dialects and views. A run goes: each document's dialect reader tells drafts (a resource as its notation
 * writes it); drafts become subjects with a normal block; satellites are hung into their owners; views are derived.
 *
 * Facts of a derived block are shallow copies: their parent pointer leads to where they are written, so that a path and an
 * enclosing block are the document's own. Walk a derived block with FACT_EACH only, never with fact_next.
 */
#ifndef RULE_SUBJECT_P_H
#define RULE_SUBJECT_P_H

#include "rule/subject.h"

/* ------------------------------------------------------------------ tables */

struct rename_row {
	const char *type;              /* written type it holds for; NULL: any */
	const char *to, *from;         /* dotted: canonical, written */
	bool part;                     /* where a part stands inline */
};

struct part_row {
	const char *name;
	const char *const *satellites;      /* canonical types */
	const char *by;                /* key of the satellite that points to the owner */
};

struct type_row {
	const char *name;
	const char *const *classes, *const *same, *const *links;      /* NULL-terminated */
	struct part_row *parts;
	size_t part_count;
	struct rename_row *renames;
	size_t rename_count;
};

struct dialects {
	struct arena *arena;
	struct map types;              /* any spelling in lower case -> struct type_row */
	struct map awscc;              /* CloudFormation's types without what separates their words -> the type as written there */
	struct map words;              /* Terraform's types without what separates their words -> the type */
	struct type_row **rows;        /* in the order of the tables */
	size_t row_count;
};

/* CloudFormation's name of a type of the awscc provider, without its prefix; NULL when no table has it. */
const char *dialect_awscc(const struct dialects *d, const char *type);
/* Terraform's type of words put together, in lower case ("awss3bucket"); NULL when no table has it. */
const char *dialect_by_words(const struct dialects *d, const char *words);
/* Row of a type in any spelling, or NULL. */
const struct type_row *dialect_row(const struct dialects *d, const char *type);

/* ------------------------------------------------------------------ drafts */

enum notation {
	NOTATION_HCL, NOTATION_PLAN, NOTATION_STATE, NOTATION_CLOUDFORMATION, NOTATION_ARM, NOTATION_KUBERNETES, NOTATION_COMPOSE,
	NOTATION_ANSIBLE
};

struct draft {
	enum notation notation;
	const char *type, *name, *address;
	const struct fact *written;    /* the block that is the resource */
	const struct fact *body;       /* the block of its settings: written itself, values, Properties */
	const struct fact *outer;      /* a block whose other keys are settings too (ARM: location beside properties), or NULL */
	const struct fact *unknown;    /* plan: after_unknown */
	const struct fact *references; /* plan: expressions of the configuration */
	const char *module;            /* plan: "module.a." in front of addresses; else "" */
	const char *provider;          /* plan: key of its provider_config, or NULL */
	const char *index;             /* plan: ["a"] or [0] at the end of the address; "" */
	struct scope *scope;
	const struct doc *doc;
	bool conditional, off, dropped;
};

#define SWITCH_DEPTH 12      /* blocks outward of a fact that may set it aside */

/* What all steps share. */
struct build {
	struct arena *arena;           /* of facts, scopes, links and texts: what the subjects refer to */
	struct arena *scratch;         /* of drafts, of tables, and of the lists below: gone when the subjects are listed */
	const struct dialects *dialects;
	const struct know *know;
	const struct input_set *in;
	int jobs;                      /* threads that may derive views */
	struct draft *drafts;
	size_t draft_count;
	struct map scopes;             /* name -> struct scope */
	struct map folders;            /* folder names that hold documents */
	struct map given;              /* folder, newline, name that a file of values sets there */
	struct map policies;           /* folder, newline, name -> the policy document that Terraform has of that name there */
	struct doc *doc;               /* the one being told */
	const struct fact *arm_template;      /* ARM: the template whose parameters and variables hold here */
	struct subject *subjects;
	size_t subject_count;
	struct view_item *views;       /* of resources, and of what is told now */
	size_t view_count;
	const struct view_item **listed;      /* all of them, in their order */
	size_t listed_count;
	struct map modules;            /* scope, newline, number from 0 -> a module block whose source was not handed over */
	struct map callers;            /* scope of a local module -> struct caller */
	struct map plans;              /* folder, newline, address without instance -> the plan's draft */
	struct map addresses;          /* scope, newline, address -> its subject */
	struct map places;             /* document and offset of each fact that a place was read from; with a third number, what other views note */
	const struct map *told;        /* the same, of resources, where a thread has places of its own; NULL: it has not */
	bool strayed;                  /* a view of a document was read from another one: threads would not see of each other what is told */
	struct map providers;          /* scope and local name of a provider -> its block */
	struct switched {
		const struct fact *block;
		bool off;
	} switches[SWITCH_DEPTH];      /* what view call asked last, by the height of the block: facts near each other stand in the same */
	struct map key_notes;          /* address of a key -> what its words say (words.c) */
	const char *last_key;        /* asked for last, and its note */
	struct key_note *last_note;
};

struct scope *scope_named(struct build *b, const char *name);
struct draft *draft_add(struct build *b, enum notation notation, const char *type, const struct fact *written);
/* doc_folder() as text: "" at the top. */
const char *folder_of(struct arena *a, const char *name);
/* A name in the folder of a document, as the key of a map: case aside. */
struct span name_beside(struct arena *a, const struct doc *d, struct span name);

/* Each recognises its documents, sets doc->dialect and tells drafts; true: nobody else need look. */
bool dialect_terraform(struct build *b);
bool dialect_plan(struct build *b);
bool dialect_cloudformation(struct build *b);
bool dialect_arm(struct build *b);
bool dialect_pulumi(struct build *b);
bool dialect_kubernetes(struct build *b);
bool dialect_compose(struct build *b);
bool dialect_ansible(struct build *b);
bool dialect_named(struct build *b);      /* github-actions, gitlab-ci, openapi, helm-values: a name, no resources */

/* An object that stands for a resource of a cloud: its draft gets that type and settings; false: it is an object like any other. */
bool bridge_object(struct build *b, const struct fact *object, struct draft *d);

/* HCL facts that cross documents: duplicates of a plan, modules that were not handed over. */
void terraform_settle(struct build *b);

/* Who calls the module in a folder; block NULL when several do and they may differ. */
struct caller {
	const struct fact *block;
	const struct scope *scope;
	bool several;
};

/* A provider's block: by scope and name as written ("aws", "aws.eu"), outward through the callers of modules. NULL: none, or not sure. */
const struct fact *provider_find(const struct build *b, const struct scope *scope, const char *name);
void provider_add(struct build *b, const struct scope *scope, const char *name, const struct fact *block);

/* ------------------------------------------------------------------ derived blocks */

struct fact *block_new(struct arena *a, const struct fact *like);      /* empty, with like's place, head, key, labels */
/* Hangs a shallow copy of f in; key NULL: its own. */
struct fact *block_hang(struct arena *a, struct fact *block, const struct fact *f, const char *key);
/* A field of a view: text read from f. */
struct fact *block_field(struct arena *a, struct fact *block, const char *key, const char *text, const struct fact *from);
struct fact *block_list(struct arena *a, struct fact *block, const char *key, const struct fact *from);
struct fact *block_block(struct arena *a, struct fact *block, const char *key, const struct fact *from);
/* A copy that stands alone, to be altered. */
struct fact *fact_copy(struct arena *a, const struct fact *f);
/* A scalar in f's place that the notation computes: its value is the text of the expression, its state unknown. */
struct fact *fact_computed(struct build *b, const struct fact *f, enum fact_kind kind, const char *text);
/* A tree in which replace has put other facts; f itself when it changed none. &fact_dropped: leave it out. */
typedef const struct fact *replace_fn(struct build *b, const struct fact *f);
extern const struct fact fact_dropped;
const struct fact *fact_rewrite(struct build *b, const struct fact *f, replace_fn *replace);
const struct fact *normal_block(struct build *b, const struct draft *d);
void hang_parts(struct build *b);

/* ------------------------------------------------------------------ links */

struct link {
	const struct type_row *row;
	enum notation notation;
	const char *type;              /* as written */
	const char *logical;           /* name in its notation: HCL name, logical id, ARM name */
	const char *address, *module, *index;
	const struct scope *scope;
	const struct fact *block;      /* normal block: its names are looked up in it */
	const char *provider;          /* plan: key of its provider_config */
};

/* ------------------------------------------------------------------ looking */

/* Text of a scalar literal (not a reference, template or unknown), or NULL. */
const char *fact_literal(const struct fact *f);
/* The value cannot be known from here. */
bool fact_is_unresolved(const struct fact *f);
/* Follows a dotted path by keys; lists of one item are stepped through. NULL when missing. */
const struct fact *fact_at(const struct fact *block, const char *dotted);
const char *text_at(const struct fact *block, const char *dotted);
/* Without case; list NULL-terminated. NULL is in no list. */
bool text_in(const char *text, const char *const *list);
bool span_in(struct span text, const char *const *list);

/* ------------------------------------------------------------------ words (words.c) */

const char *text_use(const char *text);            /* storage, backup, inference ...; NULL: it does not say */
const char *text_provider(const char *text);       /* NULL: it speaks of none */
bool text_speaks_of_place(const char *key);

/* The same of a key that lives as long as the build: each is asked once, by its address. */
enum key_meaning { KEY_USE, KEY_PROVIDER, KEY_MEANINGS };
enum key_question { KEY_SPEAKS_OF_PLACE, KEY_TELLS_PLACE, KEY_ONLY_NAMES, KEY_HOLDS_HOST, KEY_SETS_ASIDE, KEY_QUESTIONS };
const char *key_means(struct build *b, const char *key, enum key_meaning m);
bool key_is(struct build *b, const char *key, enum key_question q);

/* ------------------------------------------------------------------ views */

struct view_item {
	struct subject subject;
	const struct fact *order;      /* place in the document it stands at */
};

struct view {
	const char *name;
	const char *const *fields;     /* dotted, NULL-terminated */
	/* each may be NULL */
	void (*note)(struct build *b, const struct doc *d);                 /* what others may ask of a document, before any view is told */
	void (*of_resource)(struct build *b, const struct subject *s);
	void (*of_doc)(struct build *b, struct doc *d);
};
/* What a view notes of a fact, so that it is not told twice; heard of what resources noted, and of what this thread did. */
enum view_note {
	NOTE_IMAGE = 1,      /* an image that a resource took from it */
	NOTE_TAKEN,          /* a value that a resource took */
	NOTE_MODULE,         /* a module that a resource stands for */
};
void view_note(struct build *b, const struct fact *f, enum view_note what);
bool view_noted(const struct build *b, const struct fact *f, enum view_note what);
/* A file of values in the same folder that sets this name: then its default is not what counts. */
bool input_is_given(const struct build *b, const struct doc *to, const char *name);
/* The variables of one env block, each as a view of its own. */
void view_variables(struct build *b, const struct fact *env, const struct doc *doc, const struct subject *of, const char *address);
extern const struct view *const views[];      /* views.def, NULL-terminated */

/* Adds a view's subject; from: the fact or block it was derived from. of may be NULL. */
void view_emit(struct build *b, const char *view, const struct fact *block, const struct fact *from, const struct doc *doc,
	       const struct subject *of, const char *address);

void views_build(struct build *b);
/* A reference to the resource itself, as its own notation would write it. */
const struct fact *subject_reference(struct build *b, const struct subject *s);
/* Each host that a value makes a program speak to, with its offset in the value. */
void call_hosts(struct build *b, const struct fact *f, void (*found)(void *context, const struct fact *f, struct span host, size_t at), void *context);
/* A part of a text value as a fact of its own, with its own place where the bytes are the value. */
struct fact *fact_part(struct arena *a, const struct fact *f, size_t from, size_t to);
#endif
