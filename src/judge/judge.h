/* SPDX-License-Identifier: EUPL-1.2 */
/* One verdict per deployment and control, and the waivers (docs/verdicts.md says it in words). */
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

/* What was found for one deployment and control, counted; the input of the table. Waived evidence is not counted in it. */
struct evidence {
	bool waived_all;             /* there is evidence against and all of it is waived */
	bool in_force, bound;        /* on the audit date; for this facility and deployment */
	bool contradicted, against, doubt, incomplete, unknown, quorum;
};
enum verdict verdict_of(const struct evidence *e);

/* Rows and columns of the table, for its print. */
enum evidence_row { SAYS_CONTRADICTED, SAYS_AGAINST, SAYS_DOUBT, SAYS_INCOMPLETE, SAYS_UNKNOWN, SAYS_QUORUM, SAYS_NOTHING, EVIDENCE_ROWS };
enum standing { STANDS_APPLIES, STANDS_WAIVED, STANDS_NOT_IN_FORCE, STANDS_NOT_BOUND, STANDINGS };
extern const char *const evidence_row_names[EVIDENCE_ROWS], *const standing_names[STANDINGS];
void verdict_print(FILE *out);      /* the Markdown table of docs/verdicts.md */

/* The reasons of verdicts, from judge/why.def. */
enum why {
#define WHY(id, word, fr, en) WHY_##id,
#include "judge/why.def"
#undef WHY
};
extern const char *const why_words[];

struct waiver_use {
	const struct waiver *waiver;
	size_t used;                 /* findings it covers */
	bool expired, outgrown;      /* outgrown: by fingerprint, and that finding is no longer there */
};

struct judgement {
	const struct deployment *deployment;      /* NULL: the facility's own line (undeclared AI, secrets, identifiers) */
	const struct control *control;
	enum verdict verdict, below;              /* below: the verdict if there were no waiver */
	bool partial;                             /* coverage: partial, a mark beside any verdict */
	enum severity severity;                   /* the gravest unwaived against, else the control's */
	const char *why;                          /* the reason in a word: one of why_words */
	const struct hit **against, **support, **open;      /* open: unknown and incomplete */
	size_t against_count, support_count, open_count;
	const struct concern **missing;           /* concerned subjects without evidence */
	size_t missing_count;
	const char **not_declared;                /* fields the control lists that the declaration lacks */
	size_t not_declared_count;
};

enum advice { ADVICE_FAVOURABLE, ADVICE_RESERVATIONS, ADVICE_UNFAVOURABLE, ADVICE_CANNOT_CONCLUDE };
extern const char *const advice_names[];

/* What an advice rests on; see docs/verdicts.md. Each is a count of judgements, or a yes or no. */
struct advice_basis {
	size_t grave, lesser;        /* nonconform or contradicted: high and critical; low and medium */
	size_t doubts, open_points;  /* to_confirm; unknown of medium severity or more */
	size_t unshown;              /* not_evidenced of critical severity */
	size_t conform, unfinished;  /* unfinished: incomplete */
	size_t docs_read;
	bool incomplete, partial;
};
enum advice advice_of(const struct advice_basis *b);
enum advice advice_worst(enum advice a, enum advice b);      /* unfavourable, cannot conclude, reservations, favourable */

struct deployment_state {
	const struct deployment *deployment;
	size_t docs, docs_read, docs_partial;     /* covered by its exports */
	bool incomplete;                          /* globs match nothing, or a covered document was not wholly read */
	bool partial;                             /* that, or a covered document of no known format */
	const char *why;                          /* what was not read, one of why_words, or NULL */
	enum advice advice;
	struct advice_basis basis;
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
	const struct waiver **waived;             /* per hit of the evaluation: the waiver that covers it wholly, or NULL */
	bool *applies;                            /* per hit: one of its controls applies on that date (or it has none) */
	enum advice advice;
};

/* Waivers in the comments of all documents; not honoured, none, and each is told as a remark of its document. */
struct waivers {
	struct waiver *items;
	size_t count;
};
void inline_waivers(struct arena *a, const struct ruleset *rules, const struct input_set *inputs, bool honoured, struct waivers *ret);

/*
 * fingerprints: one per hit, in the order of ev->hits ("f1:..."), see report_fingerprints; NULL where no waiver names one. decl NULL
 * (check): no judgement. more: besides the declaration's; in comments nobody names a fingerprint.
 */
void judge(struct arena *a, const struct ruleset *rules, const struct declaration *decl, const struct input_set *inputs,
	   const struct evaluation *ev, const char *const *fingerprints, const struct waivers *more, date_t date, struct case_file *ret);

#endif
