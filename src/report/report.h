/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One immutable model, every text in it already masked; each writer gets it const. Nothing after report_build may change
 * a verdict, and no writer can reach an unmasked value: the model holds copies, never facts or documents.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/str.h"
#include "judge/judge.h"

enum lang { LANG_FR, LANG_EN };

struct report_place {
	enum place_role role;
	const char *document;      /* NULL: about the deployment or the run */
	uint32_t line, column, end_line, end_column;      /* 0: the whole document */
	const char *path;
	const char *excerpt;       /* the masked line, NULL when none */
	uint32_t excerpt_from, excerpt_to;      /* code points of the excerpt, from 1; to is behind the last; 0 0: none */
};

struct report_finding {
	const char *rule, *area;
	enum outcome outcome;      /* AGAINST, UNKNOWN, INCOMPLETE; FOR only in evidence lists */
	enum severity severity;
	enum confidence confidence;
	const char *verdict;       /* "nonconform", "contradicted", "undeclared", "to_confirm", "unknown", "incomplete", "conform", "not_applicable" */
	const char *deployment;    /* id, NULL: facility */
	const char *fingerprint;
	uint32_t occurrence;       /* among equal fingerprints, from 1 */
	struct both title, why, fix;      /* variables filled in, masked */
	const char *rule_source;   /* product documentation behind a default, NULL */
	struct both why_incomplete;      /* of said(); NULL: none */
	int rule_version;
	const char *value, *declared, *subject;      /* masked; NULL when none */
	bool missing;
	size_t count;
	const char *const *controls;
	size_t control_count;
	const struct report_place *places;
	size_t place_count;
	const char *waived_by, *waived_until, *waived_reason;      /* NULL: not waived */
	const char *baseline;      /* "new", "old" (known before, or in a file that did not change); NULL: compared with nothing */
};

struct report_control {
	const struct control *control;      /* no input's text in it: the writers may read it */
};

struct report_cell {
	const char *deployment, *control;      /* deployment NULL: facility */
	enum verdict verdict, below;
	bool partial;
	enum severity severity;
	const char *why;
	const size_t *findings;      /* indices into report.findings: against first, then unknown and incomplete */
	size_t finding_count;
	const size_t *support;       /* indices into report.support */
	size_t support_count;
	const char *const *missing;  /* addresses of subjects without evidence */
	size_t missing_count;
	const char *const *not_declared;
	size_t not_declared_count;
};

struct report_deployment {
	const char *id, *name, *purpose, *vendor;
	enum advice advice;
	bool incomplete, partial;
	const char *why;
	size_t docs, docs_read, docs_partial;
	size_t verdicts[VERDICTS];
	size_t by_severity[SEVERITY_CRITICAL + 1];      /* findings against, neither waived nor doubts */
};

struct report_input {
	const char *name, *sha256, *format, *dialect;
	uint64_t size;
	enum doc_status status;
	struct both reason;
	const char *const *deployments;
	size_t deployment_count, facts;
};

struct report_diag {
	enum diag_level level;
	const char *document;
	uint32_t line, column;
	const char *code;
	struct both text;
};

struct report_waiver {
	const char *target, *deployment, *reason, *approver, *until;
	const char *place;           /* "a/site.conf:12" of a waiver in a comment; NULL: in the declaration */
	size_t used;
	bool expired, outgrown;
};

/* What was seen to be called or run, whatever the rules say of it: one for each name, deployment and document. */
enum component_kind { COMPONENT_CALL, COMPONENT_MODEL };

struct report_component {
	enum component_kind kind;
	const char *name;            /* host, or name of the model */
	const char *publisher;       /* operator or publisher, NULL when not known */
	const char *country;         /* of processing, or of the publisher; NULL */
	const char *category;        /* of the endpoint, family of the model; NULL */
	const char *deployment, *document;      /* deployment NULL: of none */
	uint32_t line;               /* of the first place */
	size_t count;                /* places */
};

/* Where data goes, as the exports show it; use: storage, processing, inference, backup, replica, log, key, cdn, call. */
struct report_flow {
	const char *deployment;      /* NULL: of none */
	const char *use, *country;
	bool in_eea;
	size_t count;                /* places */
};

/* kind: hds, secnumcloud, declaration, waiver, certificate, law. */
struct report_deadline {
	const char *kind, *date;
	const char *deployment, *name;      /* NULL: none */
	int days;                    /* from the audit date; negative: past */
};

struct report {
	const char *kind;            /* "audit" or "check" */
	const char *tool_version;
	const char *date;            /* audit date */
	bool date_from_clock;
	const char *facility, *finess;      /* NULL in a check without declaration */
	const char *profile;         /* name, NULL: all controls */
	const char *rules_digest, *know_digest;
	const char *const *rules_dirs;      /* base names given by --rules; empty: built in */
	size_t rules_dir_count, rule_count;
	const char *fail_on;
	enum advice advice;
	struct report_deployment *deployments;
	size_t deployment_count;
	struct report_control *controls;
	size_t control_count;
	struct report_cell *cells;          /* every deployment with every control, in their orders; then the facility's, where there is one */
	size_t cell_count;
	struct report_finding *findings;    /* by deployment, document, place, rule */
	size_t finding_count;
	struct report_finding *support;     /* evidence for, same order */
	size_t support_count;
	struct report_input *inputs;        /* byte order of names */
	size_t input_count;
	struct report_diag *diags;
	size_t diag_count;
	struct report_waiver *waivers;
	size_t waiver_count;
	struct report_component *components;      /* by deployment, kind, name, document */
	size_t component_count;
	size_t by_severity[SEVERITY_CRITICAL + 1];      /* findings against that count: neither waived nor doubts nor old */
	size_t old;                  /* findings that would be counted as breach, doubt or unknown, but the baseline knows them */
	size_t doubts, unknowns, incompletes, waived;   /* findings, by what they are; counted whether listed or not */
	struct report_deadline *deadlines;  /* soonest first */
	size_t deadline_count;
	struct report_flow *flows;          /* by deployment, use, country */
	size_t flow_count;
	bool incomplete;             /* something could not be read or evaluated */
};

struct report_request {
	const char *kind, *fail_on, *profile;
	date_t date;
	bool date_from_clock;
	const char *const *rules_dirs;      /* paths; the model keeps base names */
	size_t rules_dir_count;
	struct span identity_key;    /* the facility's HMAC key for masked values; empty: the masked excerpt and its length */
	int jobs;                    /* threads */
};

/* f1: identities of all hits (docs/rules.md section 8), before judging, where a waiver names one. */
const char **report_fingerprints(struct arena *a, const struct evaluation *ev, struct span identity_key, int jobs);

/* fingerprints NULL: nobody asked for those of all hits, and they are made of the findings that are listed. */
void report_build(struct arena *a, const struct report_request *q, const struct ruleset *rules, const struct know *k,
		  const struct declaration *decl, const struct input_set *inputs, const struct evaluation *ev,
		  const char *const *fingerprints, const struct case_file *cf, struct report *ret);

/* ------------------------------------------------------------------ masking (report/mask.c) */

/* Copy of text with identifiers and secrets replaced by bullets; what a masked text may still show is said there. */
const char *masked_text(struct arena *a, struct span text);
/* The value of a setting whose key says that it is a secret: wholly masked when literal. */
const char *masked_value(struct arena *a, const char *key, struct span value);

/* ------------------------------------------------------------------ writers */

struct writer {
	const char *name, *help, *mime, *extension;
	int (*write)(struct str *out, const struct report *r, enum lang lang);      /* -1: the sticky failure of out */
};

extern const struct writer *const writers[];      /* writers.def, NULL-terminated */
const struct writer *writer_named(const char *name);

struct written_file {
	const char *path, *sha256;
};

/* Terminal report: width in columns, colour or not; quiet: the summary alone; verbose: also what is unknown or waived. */
struct terminal {
	int width;
	bool colour, quiet, verbose, explain;
	const struct written_file *files;      /* reports written beside, for the summary */
	size_t file_count;
};
int terminal_write(struct str *out, const struct report *r, enum lang lang, const struct terminal *t);

/* ------------------------------------------------------------------ texts */

/* From report/texts.def: TEXT(id, "fr", "en"). */
enum text_id {
#define TEXT(id, fr, en) TEXT_##id,
#include "report/texts.def"
#undef TEXT
	TEXTS
};
/* What a reader said of a document in both languages, where the table knows it (said.def); else, and for NULL, as it is in both. */
struct both said(struct arena *a, const char *english);
const char *lang_code(enum lang lang);      /* "fr" or "en", as country_name and HTML want it */
const char *text(enum text_id id, enum lang lang);
const char *both_in(const struct both *b, enum lang lang);
const char *verdict_text(const char *name, enum lang lang);
const char *verdict_symbol(const char *name);      /* one character, for those who read no colours */
const char *severity_text(enum severity s, enum lang lang);
const char *confidence_text(enum confidence c, enum lang lang);
const char *deadline_text(const char *kind, enum lang lang);
const char *use_text(const char *use, enum lang lang);      /* of a report_flow */
const char *advice_text(enum advice a, enum lang lang);
const char *advice_meaning(enum advice a, enum lang lang);
const char *area_text(const char *area, enum lang lang);
const char *why_text(const char *why, enum lang lang);        /* the stable words of struct judgement */
const char *bound_text(const char *bound, enum lang lang);    /* FAC, HOST, VEN, STATE, PRO */
const char *status_text(enum doc_status s, enum lang lang);
const char *diag_level_text(enum diag_level level, enum lang lang);

/* ------------------------------------------------------------------ questions about the model that writers share */

const struct control *report_control_named(const struct report *r, const char *id);      /* NULL when unknown */
void report_law(struct str *out, const struct report *r, const char *const *controls, size_t count, enum lang lang);      /* HOST-04: CSP L.1111-8, ...; ... */
/* The cell of a deployment and a control, both by index; deployment r->deployment_count is the facility's line. NULL when there is none. */
const struct report_cell *report_cell_at(const struct report *r, size_t deployment, size_t control);
/* Counts as a breach: against, neither waived nor old nor a doubt nor not applicable. */
bool finding_is_breach(const struct report_finding *f);
/* What an advice rests on: the gravest breaches, one of each rule and deployment, as indices of findings. */
#define REPORT_REASONS 6
size_t report_reasons(const struct report *r, size_t ret[REPORT_REASONS]);
size_t reason_others(const struct report *r, size_t reason);      /* further deployments with a breach of that finding's rule */
bool finding_is_old(const struct report_finding *f);
/* The observed side in words: the value, or that it is not set and what then holds. */
void finding_observed(struct str *s, const struct report_finding *f, enum lang lang);

#endif
