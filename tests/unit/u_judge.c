/* SPDX-License-Identifier: EUPL-1.2 */
/* The verdict table against its page and against its order of precedence; the advice, question by question. */
#include "unit.h"

#include "base/io.h"
#include "judge/judge.h"

#include <stdlib.h>

static struct evidence evidence_of(unsigned bits)
{
	return (struct evidence){
		.waived_all = bits & 1, .in_force = bits & 2, .bound = bits & 4, .contradicted = bits & 8, .against = bits & 16,
		.doubt = bits & 32, .incomplete = bits & 64, .unknown = bits & 128, .quorum = bits & 256,
	};
}

/* Written again, as a sentence: the first of the list that applies. */
static enum verdict by_precedence(const struct evidence *e)
{
	if (e->waived_all)
		return VERDICT_WAIVED;
	if (!e->in_force || !e->bound)
		return VERDICT_NOT_APPLICABLE;
	if (e->contradicted)
		return VERDICT_CONTRADICTED;
	if (e->against)
		return VERDICT_NONCONFORM;
	if (e->doubt)
		return VERDICT_TO_CONFIRM;
	if (e->incomplete)
		return VERDICT_INCOMPLETE;
	if (e->unknown)
		return VERDICT_UNKNOWN;
	return e->quorum ? VERDICT_CONFORM : VERDICT_NOT_EVIDENCED;
}

static void check_precedence(void)
{
	unsigned wrong = 0;

	for (unsigned bits = 0; bits < 512; bits++) {
		struct evidence e = evidence_of(bits);

		wrong += verdict_of(&e) != by_precedence(&e);
	}
	CHECK(!wrong, "each of the 512 kinds of evidence gets the verdict that the order of precedence gives it");
}

static void check_page(void)
{
	const char *source = getenv("SRCDIR");
	struct arena *a = arena_new();
	struct span page;
	struct err e = {0};
	char *print = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&print, &n);

	verdict_print(out);
	fclose(out);
	if (!source || io_read(a, arena_printf(a, "%s/docs/verdicts.md", source), 1 << 20, &page, &e))
		CHECK(false, "docs/verdicts.md can be read");
	else
		CHECK(span_find(page, (struct span){print, n}) != NULL, "docs/verdicts.md holds the table as the program prints it");
	free(print);
	arena_free(a);
}

static void check_advice(void)
{
	static const struct {
		struct advice_basis basis;
		enum advice advice;
		const char *what;
	} cases[] = {
		{{.docs_read = 3, .conform = 9}, ADVICE_FAVOURABLE, "all read, something conform, nothing open: favourable"},
		{{.docs_read = 3, .conform = 9, .grave = 1, .incomplete = true}, ADVICE_UNFAVOURABLE, "a grave breach outweighs what could not be read"},
		{{.docs_read = 3, .conform = 9, .lesser = 1, .unfinished = 1}, ADVICE_RESERVATIONS, "a lesser breach outweighs what could not be read"},
		{{.docs_read = 0, .conform = 0}, ADVICE_CANNOT_CONCLUDE, "no readable file: cannot conclude"},
		{{.docs_read = 3, .conform = 0}, ADVICE_CANNOT_CONCLUDE, "nothing shown: cannot conclude"},
		{{.docs_read = 3, .conform = 9, .incomplete = true}, ADVICE_CANNOT_CONCLUDE, "an unread document: cannot conclude"},
		{{.docs_read = 3, .conform = 9, .unfinished = 1}, ADVICE_CANNOT_CONCLUDE, "an incomplete verdict: cannot conclude"},
		{{.docs_read = 3, .conform = 9, .doubts = 1}, ADVICE_RESERVATIONS, "a doubt: reservations"},
		{{.docs_read = 3, .conform = 9, .open_points = 1}, ADVICE_RESERVATIONS, "an unknown: reservations"},
		{{.docs_read = 3, .conform = 9, .unshown = 1}, ADVICE_RESERVATIONS, "a critical control not evidenced: reservations"},
		{{.docs_read = 3, .conform = 9, .partial = true}, ADVICE_RESERVATIONS, "a file of no known format: reservations"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_TEXT(advice_names[advice_of(&cases[i].basis)], advice_names[cases[i].advice], cases[i].what);
	CHECK(advice_worst(ADVICE_RESERVATIONS, ADVICE_CANNOT_CONCLUDE) == ADVICE_CANNOT_CONCLUDE, "cannot conclude outweighs reservations");
	CHECK(advice_worst(ADVICE_UNFAVOURABLE, ADVICE_CANNOT_CONCLUDE) == ADVICE_UNFAVOURABLE, "unfavourable outweighs all");
}

void u_judge(void)
{
	check_precedence();
	check_page();
	check_advice();
}
