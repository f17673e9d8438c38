/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The verdict table (docs/verdicts.md): rows are what the evidence says, columns are how the control stands towards this
 * facility on this date. tests/unit/u_judge.c prints it; docs/verdicts.md holds the same print.
 * Nothing here looks at a document: the evidence is counted in judge.c.
 */
#include "judge/judge.h"

const char *const verdict_names[VERDICTS] = {
	[VERDICT_WAIVED] = "waived",
	[VERDICT_NOT_APPLICABLE] = "not_applicable",
	[VERDICT_CONTRADICTED] = "contradicted",
	[VERDICT_NONCONFORM] = "nonconform",
	[VERDICT_TO_CONFIRM] = "to_confirm",
	[VERDICT_INCOMPLETE] = "incomplete",
	[VERDICT_UNKNOWN] = "unknown",
	[VERDICT_CONFORM] = "conform",
	[VERDICT_NOT_EVIDENCED] = "not_evidenced",
};

const char *const advice_names[] = {
	[ADVICE_FAVOURABLE] = "favourable",
	[ADVICE_RESERVATIONS] = "reservations",
	[ADVICE_UNFAVOURABLE] = "unfavourable",
	[ADVICE_CANNOT_CONCLUDE] = "cannot_conclude",
};

const char *const evidence_row_names[EVIDENCE_ROWS] = {
	[SAYS_CONTRADICTED] = "contradicted", [SAYS_AGAINST] = "against", [SAYS_DOUBT] = "doubt",
	[SAYS_INCOMPLETE] = "incomplete", [SAYS_UNKNOWN] = "unknown", [SAYS_QUORUM] = "quorum", [SAYS_NOTHING] = "nothing",
};

const char *const standing_names[STANDINGS] = {
	[STANDS_APPLIES] = "applies", [STANDS_WAIVED] = "all waived", [STANDS_NOT_IN_FORCE] = "not in force", [STANDS_NOT_BOUND] = "not bound",
};

#define NA VERDICT_NOT_APPLICABLE

static const enum verdict table[EVIDENCE_ROWS][STANDINGS] = {
	/*                       applies                 all waived      not in force  not bound */
	[SAYS_CONTRADICTED] = {VERDICT_CONTRADICTED,  VERDICT_WAIVED, NA, NA},
	[SAYS_AGAINST]      = {VERDICT_NONCONFORM,    VERDICT_WAIVED, NA, NA},
	/* A doubt is evidence against of low confidence only: a waiver must name it too, else the control is not waived. */
	[SAYS_DOUBT]        = {VERDICT_TO_CONFIRM,    VERDICT_WAIVED, NA, NA},
	/* "All waived" outlives what is unread or unknown: what was accepted stays accepted, and `below` tells the rest. */
	[SAYS_INCOMPLETE]   = {VERDICT_INCOMPLETE,    VERDICT_WAIVED, NA, NA},
	[SAYS_UNKNOWN]      = {VERDICT_UNKNOWN,       VERDICT_WAIVED, NA, NA},
	[SAYS_QUORUM]       = {VERDICT_CONFORM,       VERDICT_WAIVED, NA, NA},
	/* Nothing seen is never conform; and a law that is not in force is not applicable even when all is well. */
	[SAYS_NOTHING]      = {VERDICT_NOT_EVIDENCED, VERDICT_WAIVED, NA, NA},
};

static enum evidence_row evidence_row_of(const struct evidence *e)
{
	/* Incomplete stands behind everything against: what could not be read never hides what was found. */
	return e->contradicted ? SAYS_CONTRADICTED :
	       e->against ? SAYS_AGAINST :
	       e->doubt ? SAYS_DOUBT :
	       e->incomplete ? SAYS_INCOMPLETE :
	       e->unknown ? SAYS_UNKNOWN :
	       e->quorum ? SAYS_QUORUM : SAYS_NOTHING;
}

static enum standing standing_of(const struct evidence *e)
{
	/* Waived comes first: a waiver stays visible when its control does not apply today. */
	return e->waived_all ? STANDS_WAIVED :
	       !e->in_force ? STANDS_NOT_IN_FORCE :
	       !e->bound ? STANDS_NOT_BOUND : STANDS_APPLIES;
}

enum verdict verdict_of(const struct evidence *e)
{
	return table[evidence_row_of(e)][standing_of(e)];
}

void verdict_print(FILE *out)
{
	fprintf(out, "| evidence says |");
	for (int s = 0; s < STANDINGS; s++)
		fprintf(out, " %s |", standing_names[s]);
	fprintf(out, "\n| --- |");
	for (int s = 0; s < STANDINGS; s++)
		fprintf(out, " --- |");
	for (int r = 0; r < EVIDENCE_ROWS; r++) {
		fprintf(out, "\n| %s |", evidence_row_names[r]);
		for (int s = 0; s < STANDINGS; s++)
			fprintf(out, " %s |", verdict_names[table[r][s]]);
	}
	fprintf(out, "\n");
}
