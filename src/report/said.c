/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What readers say of a document, in the report's language. A diagnostic is an English text with pieces of the document in it, made where
 * the document is read; its French is found by its fixed words (said.def), so that readers need no languages and a report that was written
 * earlier can be shown in the other one. A text that the table does not know stays as it is: tests/t-said finds it.
 */
#include "report/report.h"

#define PIECES 4      /* '%' in one text */

static const struct { const char *en, *fr; } table[] = {
#define SAID(en, fr) {en, fr},
#include "report/said.def"
#undef SAID
};

/* Fixed words up to the next '%', which takes as little as lets the rest match: the words behind it are looked for from the left. */
static bool match_pieces(const char *pattern, const char *text, struct span *pieces, size_t *count)
{
	for (*count = 0;;) {
		size_t fixed = strcspn(pattern, "%"), next;
		const char *found;

		if (strncmp(pattern, text, fixed))
			return false;
		pattern += fixed;
		text += fixed;
		if (!*pattern)
			return !*text;
		if (*count == PIECES)
			return false;
		next = strcspn(++pattern, "%");
		/* the last words end the text, others are the first such words */
		found = !pattern[next] ? (strlen(text) >= next ? text + strlen(text) - next : NULL) : memmem(text, strlen(text), pattern, next);
		if (!found)
			return false;
		pieces[(*count)++] = (struct span){text, (size_t)(found - text)};
		text = found;
	}
}

static const char *put_pieces(struct arena *a, const char *pattern, const struct span *pieces)
{
	struct str out = STR_INIT(1 << 20);
	const char *text;

	for (; *pattern; pattern++) {
		if (*pattern == '%')
			/* analyser: there are as many pieces as signs */
			str_span(&out, *pieces++);
		else
			str_char(&out, *pattern);
	}
	text = arena_dup(a, str_get(&out).p, out.n);
	str_free(&out);
	return text;
}

struct both said(struct arena *a, const char *english)
{
	struct span pieces[PIECES];
	size_t count;

	for (size_t i = 0; english && i < sizeof table / sizeof *table; i++)
		if (match_pieces(table[i].en, english, pieces, &count))
			return (struct both){put_pieces(a, table[i].fr, pieces), english};
	return (struct both){english, english};
}
