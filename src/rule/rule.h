/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rules: loaded from facts, evaluated over facts. docs/rules.md is the language; section numbers in comments are its.
 */
#ifndef RULE_RULE_H
#define RULE_RULE_H

#include "know/know.h"
#include "read/read.h"

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };
extern const char *const severity_names[], *const confidence_names[];
int severity_named(const char *word);      /* -1: none of that name */

struct both {
	const char *fr, *en;
};

struct citation {
	struct both text;                /* "RGPD art. 32", "GDPR art. 32" */
	const char *url;                 /* where the text of law is published, https:// or http://; NULL when not known */
};

bool url_is_web(const char *url);      /* by its scheme, and without blanks and quotes */

/* ------------------------------------------------------------------ controls (section 9) */

enum quorum { QUORUM_EVERY, QUORUM_ONE, QUORUM_DOCUMENT };

struct control {
	const char *id, *area;           /* HOST-04; hosting, transfers, encryption, secrecy, logging, governance, ai-act */
	struct both title, requirement, remedy;
	struct both shown_by;            /* what would show it: in the files, then the document */
	const struct citation *sources;  /* down to the article */
	size_t source_count;
	date_t from, until;              /* in force; DATE_NONE: always, no end */
	const char *const *bound;        /* FAC HOST VEN STATE PRO */
	size_t bound_count;
	const char *const *concerns;     /* class:storage, view:place, view:call, deployment ... */
	size_t concern_count;
	const char *const *declared;     /* fields of the declaration that state it */
	size_t declared_count;
	enum quorum quorum;
	enum severity severity;
	const char *verified;
	const struct fact *fact;         /* NULL in a scan, for those of the program */
};

/* ------------------------------------------------------------------ rules */

struct rule;
struct ruleset;

const char *rule_id(const struct rule *r);
struct span rule_meaning(const char *id);           /* AREA.SLUG of AREA.SLUG.ROW: what the rows of a family share */
const char *rule_area(const struct rule *r);
int rule_version(const struct rule *r);
/* Of its meaning, hexadecimal SHA-256: 64 digits and NUL. */
const char *rule_digest(const struct ruleset *s, const struct rule *r, char ret[65]);
struct both rule_title(const struct rule *r), rule_why(const struct rule *r), rule_fix(const struct rule *r);      /* with {variables} of a finding still in */
const char *rule_source(const struct rule *r);
size_t rule_controls(const struct rule *r, const char *const **ret);
enum severity rule_severity(const struct rule *r);      /* the gravest it can give */
const struct fact *rule_fact(const struct rule *r);     /* the YAML block it came from, for show and explain */

/* A pack of rules whose seal was verified elsewhere: {"files": [{"name", "text"}...]} (scan/rules_pack.h). */
struct rules_pack {
	const char *name;            /* with its signer, for messages and the report */
	struct span json;
};

/* dirs: more folders to read after the built-in table (dirs_only: instead of it). Errors list file:line:column, EXIT_USAGE. */
int ruleset_load(struct arena *a, const struct know *k, const char *const *dirs, size_t dir_count, bool dirs_only,
		 struct ruleset **ret, struct err *e);
/* The same for a scan, with packs, read after the folders. What only those who show rules ask for is let go: rule_fact, rule_digest, control.fact. */
int ruleset_load_scan(struct arena *a, const struct know *k, const char *const *dirs, size_t dir_count, const struct rules_pack *packs,
		       size_t pack_count, bool dirs_only, struct ruleset **ret, struct err *e);
const char *ruleset_digest(const struct ruleset *s);
size_t ruleset_rules(const struct ruleset *s, const struct rule *const **ret);            /* byte order of id */
size_t ruleset_controls(const struct ruleset *s, const struct control *const **ret);      /* byte order of id */
const struct rule *ruleset_rule(const struct ruleset *s, const char *id);                 /* also by alias */
const struct control *ruleset_control(const struct ruleset *s, const char *id);
const struct model *ruleset_model(const struct ruleset *s, struct span name);             /* that the knowledge base knows by that name; NULL */
/*
 * Keeps only the controls of a profile (rules/profiles/NAME.yaml, built in or from a folder of --rules), and the rules that speak of one.
 * EXIT_USAGE for a profile that is not there or names a control that is not.
 */
int ruleset_profile(struct ruleset *s, const char *name, struct err *e);
size_t ruleset_profiles(const struct ruleset *s, const char **ret, size_t max);      /* their names; returns how many there are */
/* Keeps only rules that match a glob of only (when any) and none of skip. */
void ruleset_select(struct ruleset *s, const char *const *only, size_t only_count, const char *const *skip, size_t skip_count);

/* ------------------------------------------------------------------ what comes out */

enum outcome { OUTCOME_SILENT, OUTCOME_FOR, OUTCOME_UNKNOWN, OUTCOME_INCOMPLETE, OUTCOME_AGAINST };

enum place_role { PLACE_DECIDES, PLACE_DECLARED, PLACE_SET_AT, PLACE_RELATED };

struct finding_place {
	enum place_role role;
	const struct doc *doc;
	struct place at;
	bool whole_document;             /* no region: a document, a scope, a deployment without a fact */
	const struct fact *fact;         /* NULL when the place is not a fact (match in a line) */
	const char *path;                /* in the grammar of fact_path */
};

struct hit {
	const struct rule *rule;
	enum outcome outcome;
	enum severity severity;
	enum confidence confidence;
	const struct deployment *deployment;      /* NULL: the facility, or check without declaration */
	struct finding_place *places;             /* the first decides */
	size_t place_count;
	const char *value;               /* what decided, as text, NOT masked: only report/mask.c reads it */
	const char *declared;            /* the declared side, or NULL */
	const char *name;                /* {name} of the subject or key */
	const char *subject;             /* address: type and name, or path */
	bool missing;                    /* decided by a setting that is not there; value is its default, or empty */
	bool contradicts;                /* an agrees leaf said no: declared against observed */
	bool is_country;                 /* value and declared are codes of countries, or of sets of them */
	bool undeclared;                 /* ... with among: no deployment declares it */
	size_t count;                    /* once_per: hits it stands for, itself included */
	struct place mask;               /* bytes in the first place's document that must not be shown; length 0: by the general masks only */
	const char *mask_reason;         /* "nir", "secret", NULL */
	const char *why_incomplete;      /* a limit reached, English */
	struct { const char *name, *value; } *vars;      /* row variables for the texts */
	size_t var_count;
};

struct evaluation {
	struct hit *hits;                /* FOR, AGAINST, UNKNOWN, INCOMPLETE; sorted: document, deployment, place, rule */
	size_t count;
	/* Subjects that controls concern, seen in a document for a deployment: for the quorum. */
	struct concern {
		const struct deployment *deployment;
		const struct doc *doc;
		const struct fact *block;
		const char *address;     /* as hit.subject */
		const char *what;        /* class:storage, view:place, view:call ... */
	} *concerns;
	size_t concern_count;
	/* agrees leaves whose declared side is absent: the control lists the field as not declared */
	struct undeclared_field {
		const struct deployment *deployment;
		const char *field;
		const struct rule *rule;
	} *fields;
	size_t field_count;
};

struct eval_options {
	date_t date;
	const struct declaration *declaration;      /* NULL: check */
	int jobs;
	bool no_prefilter;
};

/* Matches every rule against every document. Never fails: a limit reached is a hit of outcome INCOMPLETE. */
void evaluate(struct arena *a, const struct ruleset *rules, const struct know *k, const struct input_set *inputs,
	      const struct eval_options *o, struct evaluation *ret);

/* ------------------------------------------------------------------ for authors */

/* The first example of a list (fail, pass, unknown, silent), a row's variables filled in; NULL when none was read: the built-in table has none. */
const struct fact *rule_example(struct arena *a, const struct rule *r, const char *list);
/* Each returns the number of mistakes and prints them as file:line:column: what, why. */
size_t rules_lint(FILE *out, const char *const *dirs, size_t dir_count, bool timing);      /* timing: also the worst time of each pattern */
/* Writes DIR/LOCK: id, version and digest of each rule in DIR. */
int rules_lock(const char *dir, struct err *e);
struct rules_test_result { size_t rules, rows, examples, failed, untested_leaves; };
/* Runs the examples (of rule ids matching glob, NULL all); mutate: also switches each leaf off. */
int rules_test(FILE *out, const char *const *dirs, size_t dir_count, const char *glob, bool mutate,
	       struct rules_test_result *ret, struct err *e);

#endif
