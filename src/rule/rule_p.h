/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to src/rule/: compiled rules, conditions and paths, and the pieces of the evaluation. */
#ifndef RULE_RULE_P_H
#define RULE_RULE_P_H

#include "rule/regex.h"
#include "rule/rule.h"
#include "rule/subject.h"

#include <stdatomic.h>

/* ------------------------------------------------------------------ patterns */

/* Compiled when first needed: most runs meet few of the patterns. */
struct pattern {
	const char *source;
	bool nocase;
	_Atomic(struct regex *) compiled;
	_Atomic(struct pairs *) pairs;      /* of its literals (pattern.c) */
};

struct pattern *pattern_new(struct arena *a, const char *source);
const struct regex *pattern_get(struct pattern *p);      /* it is known to compile: the loader has checked, or pattern_compiles was asked */
bool pattern_compiles(struct pattern *p);
/* The pairs of neighbouring bytes in a text, a bit each; all of them when the text is long or not ASCII. */
#define ALL_PAIRS UINT64_MAX
uint64_t text_pairs(struct span text);
bool pattern_may_match(struct pattern *p, uint64_t pairs);      /* false: no text of these pairs matches */
/* regex_find, where the pattern may match at all. */
enum regex_result pattern_find(struct pattern *p, struct span text, size_t from, struct span *groups, size_t group_count);

/* The worst a pattern does on texts made to hurt it (stress.c). */
#define STRESS_BYTES 4096

struct stress {
	double seconds;              /* processor time for STRESS_BYTES */
	bool limit;                  /* a bound of base/limits.h was reached */
	char unit[64];               /* what the worst text repeats */
	size_t unit_length;
};

void pattern_stress(const char *source, const struct regex *r, struct stress *ret);

/* ------------------------------------------------------------------ paths (section 4) */

enum step_kind { STEP_KEY, STEP_ANY, STEP_DEEP, STEP_ITEMS, STEP_INDEX, STEP_ALT, STEP_REGEX };

struct step {
	enum step_kind kind;
	const char *key;
	const char *const *alts;
	size_t alt_count;
	uint32_t index;
	struct pattern *pattern;
};

enum path_root { ROOT_SUBJECT, ROOT_DECLARED, ROOT_POLICY, ROOT_DOCUMENT, ROOT_PARENT, ROOT_META };

/* Of the root meta: what stands in no fact. */
enum meta { META_NONE, META_NAME, META_TYPE, META_WRITTEN, META_FILE, META_FORMAT, META_KEY, META_AUDIT_DATE };

struct path {
	const char *written;
	enum path_root root;
	enum meta meta;
	const struct step *steps;
	size_t count;
};

/* Patterns of its steps are the loader's to check (path_load): those of the compiled-in rules were. */
int path_compile(struct arena *a, const char *written, struct path *ret, struct err *e);

struct selection {
	const struct fact **facts;
	size_t count;
	bool open;                       /* an open block or list on the way may hold more */
	const struct fact *deepest;      /* deepest existing block that would hold what is missing */
};

/* Adds what p selects below top. */
void path_select(struct arena *a, const struct path *p, const struct fact *top, struct selection *ret);
/*
 * The children by key of a block of very many, so that each rule does not walk them all: the variables of a large .env. Of the
 * block asked for last: the rules on one subject come one after the other.
 */
struct wide_block {
	struct arena *arena;         /* of its own */
	const struct fact *block;    /* the wide one that is listed */
	const struct fact *narrow;   /* the last that was asked about and is not */
	struct listed_fact *facts;   /* its children with keys (path.c) */
	size_t fact_count;
	uint32_t *slots;             /* by the hash of a key: number + 1 of the first; a power of two */
	size_t slot_count;
};
/* path_select, with what w knows of top's children; w may be NULL. */
void path_select_wide(struct arena *a, struct wide_block *w, const struct path *p, const struct fact *top, struct selection *ret);
/* The same from what its first `done` steps have selected already. */
void path_select_from(struct arena *a, const struct path *p, size_t done, const struct fact **facts, size_t count, struct selection *ret);

/* ------------------------------------------------------------------ conditions */

/* A literal as written, or a parameter of the rule. */
struct literal {
	const char *text;
	int param;      /* index into rule->params, -1: text */
};

struct literal_list {
	const struct literal *items;
	size_t count;
};

struct test;

enum cond_kind { COND_LEAF, COND_ALL, COND_ANY, COND_NOT };
enum selector { SELECT_THIS, SELECT_KEY, SELECT_SOME, SELECT_EVERY, SELECT_RELATED };
enum related_how { RELATED_BY, RELATED_TO, RELATED_ANYWHERE };
enum reach { REACH_SCOPE, REACH_DOCUMENT, REACH_DEPLOYMENT };

struct related {
	enum subject_kind kind;
	bool is_block;               /* block: P, RELATED_ANYWHERE only */
	const char *type;            /* resource type, class:NAME or view */
	struct path block;
	enum related_how how;
	struct path key;
	enum reach reach;
};

struct default_value {
	bool given, unknown;
	struct literal value;
	date_t since;                /* DATE_NONE: always */
};

struct cond {
	enum cond_kind kind;
	const struct fact *fact;     /* where it is written; NULL when the facts are let go */
	struct cond *const *items;   /* ALL, ANY, NOT (one) */
	size_t count;
	bool off;                    /* switched off by rules_test */

	/* leaf */
	enum selector selector;
	const struct path *paths;
	size_t path_count;
	const struct related *related;
	bool inherit;
	const struct path *inherit_from;
	size_t inherit_count;
	struct pattern *split, *capture;
	const char *as;
	struct default_value by_default;
	bool exact;
	struct test *tests, *but_not;
	size_t test_count, but_not_count;
};

enum agree_how { AGREE_MEMBER, AGREE_EQUAL, AGREE_SUBSET, AGREE_GE, AGREE_LE, AGREE_HOST };

struct agrees {
	struct path with;
	enum agree_how how;
	const char *as;
	bool among;
};

enum test_kind {
	TEST_IS, TEST_IN, TEST_CONTAINS, TEST_MATCHES, TEST_PRESENT, TEST_FILLED, TEST_HAS, TEST_KIND, TEST_NUMBER, TEST_COUNT,
	TEST_LENGTH, TEST_COVERS, TEST_DURATION, TEST_TLS, TEST_VERSION, TEST_DATE, TEST_TERRITORY, TEST_JURISDICTION,
	TEST_NETWORK, TEST_CHECKSUM, TEST_ENTROPY, TEST_STRENGTH, TEST_AGREES, TEST_KINDS
};
extern const char *const test_names[TEST_KINDS];

struct test {
	enum test_kind kind;
	bool off;                    /* switched off by rules_test */
	const struct fact *fact;
	struct literal_list values;  /* is, in, contains, kind, covers, territory, jurisdiction, network, checksum */
	struct pattern *pattern;     /* matches */
	bool yes;                    /* present, filled */
	struct { bool given; struct literal at; } lt, le, gt, ge;      /* number, count, length, duration, tls, version, date, entropy */
	const char *unit;            /* duration */
	struct cond *has;
	struct agrees agrees;
	const char *table;           /* strength: below */
	struct literal at;           /* strength: at */
	const char *checksum;
};

/* ------------------------------------------------------------------ rules */

enum where_kind { WHERE_RESOURCE, WHERE_VIEW, WHERE_BLOCK, WHERE_SETTING, WHERE_TEXT, WHERE_DOCUMENT, WHERE_SCOPE, WHERE_DEPLOYMENT, WHERE_KINDS };
enum text_part { TEXT_VALUES, TEXT_COMMENTS, TEXT_ALL };
enum from { FROM_EXPORT, FROM_DECLARATION, FROM_ANY };
enum once_per { ONCE_SUBJECT, ONCE_BLOCK, ONCE_COLUMN, ONCE_LINE, ONCE_DOCUMENT, ONCE_DEPLOYMENT };
enum mask_what { MASK_NONE, MASK_VALUE, MASK_CAPTURE };

struct where {
	enum where_kind kind;
	const char *const *names;    /* resource types and classes, views, settings, scope types */
	size_t count;
	struct path block;
	enum text_part text;
	const char *const *formats, *const *files;
	size_t format_count, file_count;
	enum from from;
};

struct graded {                      /* one item of a severity or confidence list */
	int grade;
	struct cond *when;           /* NULL: the last */
};

struct param {
	const char *name;
	struct path policy;
	bool has_policy;
	struct literal_list by_default;      /* several: a list */
};

struct variable {                   /* of a family's row; fr and en are the same unless the row says {fr, en} */
	const char *name, *fr, *en;
};

struct rule {
	const char *id, *area, *row;
	bool first_row;              /* a family counts once, by its first row */
	const char *file;
	const struct fact *fact;     /* the expanded block; NULL when it is let go */
	int version;
	const char *status;
	struct graded *severities, *confidences;
	size_t severity_count, confidence_count;
	const char *const *controls;
	size_t control_count;
	struct both title, why, fix;
	const char *source;
	struct param *params;
	size_t param_count;
	struct where where;
	struct cond *when, *expect, *reject, *support;
	enum outcome unresolved;     /* OUTCOME_UNKNOWN or OUTCOME_SILENT */
	enum once_per once_per;
	enum mask_what mask;
	int mask_group;
	bool blame_subject;
	struct path blame;
	bool has_blame;
	const char *const *yields_to, *const *aliases;
	size_t yield_count, alias_count;
	struct variable *variables;
	size_t variable_count;
	const struct fact *examples, *shared_examples;
};

struct named_list {
	const char *name;
	const char *const *values;
	size_t count;
};

struct ruleset {
	struct arena *arena;
	struct rule **rules;         /* byte order of id */
	size_t count;
	struct control **controls;   /* byte order of id */
	size_t control_count;
	struct named_list *lists, *profiles;      /* a profile's values are its controls */
	size_t list_count, profile_count;
	struct dialects *dialects;
	const struct know *know;
	struct pattern **models;     /* of each model that the knowledge base knows */
	char digest[65];
	const char *mistakes;        /* when checking: all of them */
	size_t mistake_count;
	bool check_only, verify_patterns;      /* lint and tests; rules from a folder: every pattern is compiled when loaded */
};

int ruleset_load_from(struct arena *a, const struct know *k, const char *const *dirs, size_t dir_count, bool dirs_only, bool checking,
		      struct ruleset **ret, struct err *e);
void models_list(struct ruleset *s);
const struct named_list *ruleset_list(const struct ruleset *s, const char *name);      /* without '@' */

/* Mistakes of one load, listed with file:line:column, the first ten in the message. */
struct mistakes {
	struct arena *arena;
	size_t count;
	struct str *text;
	size_t max;
};
void rule_mistake(struct mistakes *m, const struct fact *at, const char *file, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* What the loader of conditions needs besides the fact. */
struct loader {
	struct arena *arena;
	struct arena *scratch, *row_scratch;      /* for facts that go with their file, with their row; NULL: all are kept */
	struct arena *facts, *row_facts;          /* where those being loaded are made: these two, or arena */
	struct ruleset *set;
	struct rule *rule;
	struct mistakes *mistakes;
};

struct cond *cond_load(struct loader *l, const struct fact *f);
bool literals_load(struct loader *l, const struct fact *f, struct literal_list *ret);
const struct fact *fact_kept(const struct loader *l, const struct fact *f);      /* NULL: gone when its file is loaded */
const char *fact_string(const struct fact *f);      /* a scalar's text; it lives as long as the rules, whatever becomes of the fact */
const char *const *texts_load(struct loader *l, const struct fact *f, size_t *ret_count);      /* a text or a list of texts */
bool path_load(struct loader *l, const struct fact *f, struct path *ret);
bool path_load_text(struct loader *l, const struct fact *f, const char *text, struct path *ret);      /* f: where it stands */

/* One rules file: appends its rule, or the rules of its rows. */
void rule_load(struct loader *l, const char *name, const struct fact *root);
/* A copy of a tree with {variables} put in; keys of override (a row) replace those of the tree. Facts and texts may go at different times. */
const struct fact *fact_expand(struct arena *facts, struct arena *texts, const struct fact *f, const struct variable *v, size_t count, const struct fact *override);

/* ------------------------------------------------------------------ evaluation */

/*
 * What subjects go by in the indexes of rules and of subjects: "r:aws_s3_bucket", "r:class:storage", "v:place". In out; empty, which
 * stands in no index, when it is too long.
 */
#define SUBJECT_WORD_BYTES 256
struct span subject_word(enum subject_kind kind, const char *type, char out[SUBJECT_WORD_BYTES]);

/* Subjects by their words, so that `related` does not walk them all. */
struct subject_group {
	const struct subject **items;
	size_t count;
};
struct map subject_groups(struct arena *a, const struct subject_list *l);
const struct subject_group *subject_group_of(const struct map *groups, enum subject_kind kind, const char *type);

/* For each leaf `related: ..., by: K` over a large group, which of it can point to a subject; from its struct related. */
struct related_index;
struct map related_indexes(struct arena *a, const struct ruleset *s, const struct map *groups);
/* Numbers in the group, ascending; false: any of it may. */
bool related_candidates(const struct related_index *x, struct arena *a, const struct subject *target, const size_t **ret, size_t *ret_count);

struct context {
	const struct ruleset *set;
	const struct eval_options *options;
	const struct subject_list *subjects;
	const struct map *groups;    /* of struct subject_group */
	const struct map *related;   /* related_indexes() */
	const struct input_set *inputs;
	const struct rule *rule;
	const struct doc *doc;
	const struct deployment *deployment;
	/* the subject */
	const struct fact *block;    /* what keys are relative to */
	const struct fact *self;     /* `this`: a setting's or text's fact; a resource's or view's block */
	const struct subject *subject;      /* NULL unless resource or view */
	const char *subject_type, *subject_name;
	struct arena *scratch;
	bool raw_text;               /* a text rule reads the bytes, whatever they may become at run time */
	bool every_match;            /* the reject is one `some` over a regex on a key: each key that fits is a witness, and a finding */
	bool hopeless;               /* what the rule looks for cannot be in this text: a bound reached on the way is no result */
	bool brief;                  /* a no is final: of `when`, whose witnesses are nobody's then */
	bool negated;                /* inside a `not` */
	bool limit;                  /* a bound of base/limits.h was reached */
	const char *limit_why;
	struct wide_block *wide;     /* of a thread; may be NULL */
	struct map *territories;     /* country, newline, territory to 1 + enum truth, on the audit's date; NULL: nothing is kept */
	struct map *among;           /* address of a test to the struct among of predicate_agrees.c; NULL: nothing is kept */
};

/* What c's rule says here is not the whole truth: a bound of base/limits.h was reached on the way. why: a literal */
static inline void limit_reached(struct context *c, const char *why)
{
	c->limit = true;
	c->limit_why = why;
}

/* One value under test, and what can be said of how it came about. */
struct value {
	const struct fact *fact;     /* NULL: no fact (meta, a default) */
	struct span text;
	bool missing, unknown, from_default;
	bool overridable, doubtful;
	const struct fact *holder;   /* missing: deepest existing block */
	struct span match;           /* capture 1 or the match of the last `matches`; p NULL when none */
};

/* What a leaf speaks of. */
struct values {
	struct value *items;
	size_t count;
	bool open;                   /* there may be more: an open block or list on the way */
	const struct fact *holder;   /* deepest existing block that would hold what is missing */
};

struct witness {
	const struct fact *fact;
	struct span match;           /* part of fact->value that decided; p NULL: the whole */
	struct span shown;           /* the value as text */
	bool missing, from_default, overridable, doubtful;
	const struct fact *holder;
	const struct fact *declared; /* agrees: the declared side */
	bool contradicts, undeclared;
	bool related;                /* decided in a related block */
};

struct verdict3 {
	enum truth truth;
	struct witness *witnesses;
	size_t count;
	bool silenced;               /* agrees without a declared side: the rule says nothing here */
	const char *absent_field;    /* that field */
};

struct verdict3 cond_eval(struct context *c, const struct cond *cond);
struct verdict3 related_eval(struct context *c, const struct cond *leaf);
void values_gather(struct context *c, const struct cond *leaf, struct values *out);
/* A test on one value that is neither missing nor unknown. */
enum truth test_eval(struct context *c, const struct cond *leaf, const struct test *t, struct value *v, const struct fact **ret_declared, struct verdict3 *out);
/* The `as` conversions: false = no such thing in this text. */
bool convert(struct context *c, const char *as, struct value *v);
bool convert_exists(const char *as);
const char *literal_text(struct context *c, const struct literal *l);
bool checksum_ok(const char *name, struct span digits);
bool checksum_exists(const char *name);
/* TLS and SSL versions in any spelling to one order: SSLv2 2, SSLv3 3, TLS 1.0 10 ... 1.3 13; -1 none. */
int tls_order(struct span text);
int64_t duration_seconds(struct span text, const char *unit);      /* INT64_MAX forever, -1 none */
enum truth network_is(struct span text, const char *class_name);
double entropy_bits(struct span text);

/* ------------------------------------------------------------------ matching */

/* Which rules can have something to say of a subject. */
struct rule_group {
	const struct rule **items;
	size_t count;
};

struct rule_index {
	struct map subjects;         /* subject_word to struct rule_group */
	struct map settings;         /* key_words of names, last and whole, to struct rule_group */
	size_t setting_parts;        /* of the longest name, "a.b" has two */
	struct rule_group blocks, values, comments, documents, scopes, deployments;
};
void rule_index_build(struct arena *a, const struct ruleset *s, struct rule_index *ret);

/* A key without case, '_' and '-': its last dotted part, and all parts run together. Longer ones are cut: setting_is has the last word. */
#define KEY_BYTES 256
struct key_words {
	char last[KEY_BYTES], whole[KEY_BYTES];
};
void key_words(const char *key, struct key_words *ret);
/* Does the fact's key, with the keys above it, end in this setting's name? */
bool setting_is(const char *setting, const struct fact *f);
const char *setting_key(const struct fact *f);      /* its key, or its list's; NULL when it has none */

/* Texts in lower case of which one must stand in what a pattern matches; digits: or a run of so many digits. Empty: nothing is known. */
struct literal_set {
	const struct span *items;
	size_t count;
	uint32_t digits;
};
bool pattern_literals(struct arena *a, const char *pattern, struct literal_set *ret);
/* One of either must stand there; nothing is known when it is of neither side. */
void literals_unite(struct arena *a, struct literal_set *into, const struct literal_set *other);
void literals_take_better(struct literal_set *best, const struct literal_set *s);      /* what rules out more */
bool test_literals(struct arena *a, const struct test *t, struct literal_set *ret);      /* of a value that passes the test */
/* The same of a rule's reject: without one of them the rule is silent. False when that cannot be said. */
bool rule_literals(struct arena *a, const struct rule *r, struct literal_set *ret);

struct prefilter;
struct prefilter *prefilter_build(struct arena *a, const struct rule_group *g);      /* of rules on texts */
struct prefilter *prefilter_of_sets(struct arena *a, const struct literal_set *sets, size_t count);      /* an empty set: always */
size_t prefilter_words(const struct prefilter *p);      /* of a set of the group's rules, bit i for items[i] */
/* The rules that may have something to say of text. */
void prefilter_run(const struct prefilter *p, struct span text, uint64_t *ret);
/* The same of several texts, one after the other: those that always run, and what each text adds. */
void prefilter_start(const struct prefilter *p, uint64_t *ret);
void prefilter_add(const struct prefilter *p, struct span text, uint64_t *ret);

/* The rules on subjects of one type, by the texts without which they are silent (subject_filter.c). */
struct subject_filter;
struct subject_filter *subject_filter_build(struct arena *a, const struct rule_group *g);
/* Bit i: items[i] may have something to say of the block. Words as many as prefilter_words gives for the group. */
void subject_filter_run(struct subject_filter *f, const struct fact *block, uint64_t *ret);

/* The keys without which a rule on subjects is silent (needs.c). */
struct needs;
struct needs *needs_read(struct arena *a, const struct rule *r);
/* Of the keys that stand in a block. */
struct key_signs {
	bool any;                    /* it may hold others */
	uint64_t names, pairs;       /* a bit a name; text_pairs() of all of them */
};
struct key_signs key_signs_of(const struct fact *block);
bool needs_met(const struct needs *n, const struct key_signs *signs);      /* false: the rule is silent */
uint64_t key_bit(const char *key);      /* of key_signs.names; the same for keys that key_eq */
bool is_no_when_missing(const struct cond *leaf);      /* it says no when its paths select nothing */
bool notes_declared(const struct cond *c);      /* what is declared is noted even where the rule is silent; c may be NULL */

/* What rules found in one document for one deployment. */
struct found {
	struct arena *arena;             /* of what the lists point to */
	struct arena *lists;             /* of the lists themselves, which are gone once they are joined */
	struct hit *hits;
	size_t count;
	struct undeclared_field *fields;
	size_t field_count;
	struct concern *concerns;
	size_t concern_count;
};

/* A rule's examples of a list, its own and those of its family, a row's variables filled in; NULL where there are none. */
void rule_examples(struct arena *a, const struct rule *r, const char *list, const struct fact *ret[2]);
void example_evaluate(struct arena *a, const struct ruleset *rules, const struct rule *r, const struct fact *example, struct evaluation *ret);
/* Whether r is silent where `to` hits the same place. */
bool rule_yields(const struct rule *r, const struct rule *to);
/* Rules that yield to each other, in a circle of any length, or to themselves, are told as mistakes. */
void ruleset_find_circles(const struct ruleset *set, struct mistakes *m);
/* Another rule of the set that hits all failing examples of r for a control of both, where neither yields to the other; NULL. */
const struct rule *rule_overlap(const struct ruleset *set, const struct rule *r);

/* As evaluate(), with subjects that were built elsewhere: examples that give a view's facts directly. */
void evaluate_subjects(struct arena *a, const struct ruleset *rules, const struct input_set *inputs, const struct subject_list *subjects,
		       const struct eval_options *o, struct evaluation *ret);
/* Runs c->rule on the subject that c describes and appends what comes out. */
void rule_run(struct context *c, struct found *out);
/* Folds hits of one rule that once_per counts as one; drops those that yield to another at the same place. */
void found_settle(struct found *f);

#endif
