/* SPDX-License-Identifier: EUPL-1.2 */
/* One verdict per deployment and control, and the waivers (DESIGN 3.6; the table is printed by a test and in docs/verdicts.md). */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "rule/rule.h"

enum verdict {      /* in order of precedence, first wins; WAIVED and NOT_APPLICABLE are decided before the evidence */
	VERDICT_WAIVED,
	VERDICT_NOT_APPLICABLE,
	VERDICT_CONTRADICTED,
	VERDICT_NONCONFORM,
	VERDICT_TO_CONFIRM,          /* evidence against of low confidence only */
	VERDICT_INCOMPLETE,
	VERDICT_UNKNOWN,
	VERDICT_CONFORM,             /* quorum met, nothing against */
	VERDICT_NOT_EVIDENCED,
	VERDICTS
};
extern const char *const verdict_names[VERDICTS];      /* "waived", "not_applicable", ... as in JSON */

/* What was found for one deployment and control, counted; the input of the table. */
struct evidence {
	bool waived_all;             /* there is evidence against and all of it is waived */
	bool in_force, bound;        /* on the audit date; for this facility and deployment */
	bool contradicted, against, doubt, incomplete, unknown, quorum;
};
enum verdict verdict_of(const struct evidence *e);

struct waiver_use {
	const struct waiver *waiver;
	size_t used;                 /* findings it covers */
	bool expired, outgrown;      /* outgrown: by fingerprint, and that finding is no longer there */
};

struct judgement {
	const struct deployment *deployment;      /* NULL: the facility's own line (undeclared AI, secrets, identifiers) */
	const struct control *control;
	enum verdict verdict, below;              /* below: the verdict under a waiver, else the same */
	bool partial;                             /* coverage: partial, a mark beside any verdict */
	enum severity severity;                   /* the gravest against, else the control's */
	const char *why;                          /* stable word for the reason: "quorum", "not-in-force", "declaration-only", "no-subject", ... */
	const struct hit **against, **support, **open;      /* open: unknown and incomplete */
	size_t against_count, support_count, open_count;
	const struct concern **missing;           /* concerned subjects without evidence */
	size_t missing_count;
	const char **not_declared;                /* fields the control lists that the declaration lacks */
	size_t not_declared_count;
};

enum advice { ADVICE_FAVOURABLE, ADVICE_RESERVATIONS, ADVICE_UNFAVOURABLE, ADVICE_CANNOT_CONCLUDE };
extern const char *const advice_names[];

struct deployment_state {
	const struct deployment *deployment;
	size_t docs, docs_read, docs_partial;     /* covered by its exports */
	bool incomplete;                          /* globs match nothing, or a covered document was not wholly read */
	const char *why;                          /* "no-document", "unread-document", NULL */
	enum advice advice;
};

struct case_file {
	struct judgement *judgements;             /* by deployment (declared order, facility last), then control id */
	size_t count;
	struct deployment_state *states;
	size_t state_count;
	struct waiver_use *waivers;
	size_t waiver_count;
	const struct hit **facility;              /* findings on documents that belong to no deployment */
	size_t facility_count;
	enum advice advice;
};

/* fingerprints: one per hit, in the order of ev->hits ("f1:..."), see report/identity.h. */
void judge(struct arena *a, const struct ruleset *rules, const struct declaration *decl, const struct input_set *inputs,
	   const struct evaluation *ev, const char *const *fingerprints, date_t date, struct case_file *ret);

#endif
