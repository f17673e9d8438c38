/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From verdicts to the advice a director reads. The order of the questions is the order of docs/verdicts.md:
 * what was found weighs before what could not be read, and what could not be read before what is merely not shown.
 */
#include "judge/judge.h"

enum advice advice_of(const struct advice_basis *b)
{
	if (b->grave)
		return ADVICE_UNFAVOURABLE;
	if (b->lesser)
		return ADVICE_RESERVATIONS;
	/* Nothing was found against: then all must have been read, and something must have been shown. */
	if (b->incomplete || b->unfinished || !b->docs_read || !b->conform)
		return ADVICE_CANNOT_CONCLUDE;
	if (b->doubts || b->open_points || b->unshown || b->partial)
		return ADVICE_RESERVATIONS;
	return ADVICE_FAVOURABLE;
}

enum advice advice_worst(enum advice a, enum advice b)
{
	static const int rank[] = {
		[ADVICE_FAVOURABLE] = 0, [ADVICE_RESERVATIONS] = 1, [ADVICE_CANNOT_CONCLUDE] = 2, [ADVICE_UNFAVOURABLE] = 3,
	};

	return rank[b] > rank[a] ? b : a;
}
