/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The bytes of Bicep: where strings with their interpolations, comments and computed expressions end. There are no tokens: the grammar is
 * read where it stands, and what is to be computed is only skipped, so nothing here fails; a string ends at its line's end at the latest.
 */
#include "read/bicep.h"

#include "base/limits.h"

bool bicep_is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool bicep_in(const char *set, char c)
{
	return c && strchr(set, c);
}

char bicep_char(const struct bicep *r, uint32_t at)
{
	return at < r->in.n ? r->in.p[at] : '\0';
}

bool bicep_starts(const struct bicep *r, uint32_t at, const char *what)
{
	return at <= r->in.n && span_starts(span_cut(r->in, at, r->in.n), what);
}

uint32_t bicep_find(const struct bicep *r, uint32_t at, const char *what)
{
	const char *p = at < r->in.n ? span_find(span_cut(r->in, at, r->in.n), span_of(what)) : NULL;

	return p ? (uint32_t)(p - r->in.p) : (uint32_t)r->in.n;
}

uint32_t bicep_comment_end(const struct bicep *r, uint32_t at)
{
	uint32_t end;

	if (bicep_starts(r, at, "//") || bicep_starts(r, at, "#disable-") || bicep_starts(r, at, "#restore-")) {      /* directives to the linter */
		end = bicep_find(r, at, "\n");
		return end > at && r->in.p[end - 1] == '\r' ? end - 1 : end;
	}
	if (!bicep_starts(r, at, "/*"))
		return at;
	end = bicep_find(r, at + 2, "*/");
	return end < r->in.n ? end + 2 : end;
}

/* A string deeper than that is no string for the scan: its text is still what the outermost one holds. Said once in a row. */
static bool is_deep(const struct bicep *r, uint32_t at, int depth)
{
	const struct doc *d = builder_doc(r->b);
	bool said = d->diag_count && !strcmp(d->diags[d->diag_count - 1].code, "limit-depth");

	if (depth < LIMIT_INTERPOLATION_DEPTH)
		return false;
	if (!said)
		build_diag(r->b, r->t, DIAG_ERROR, at, at + 1, "limit-depth", "interpolations are nested too deeply");
	return true;
}

/* Behind the string whose quote stands at `at`; a string ends at its line's end at the latest. *parts: it has ${}. */
uint32_t bicep_string_end(const struct bicep *r, uint32_t at, bool *parts, int depth)
{
	if (bicep_starts(r, at, "'''")) {
		uint32_t end = bicep_find(r, at + 3, "'''");

		while (end < r->in.n && bicep_char(r, end + 3) == '\'')
			end++;
		return end < r->in.n ? end + 3 : end;
	}
	for (at++; at < r->in.n && r->in.p[at] != '\n' && r->in.p[at] != '\r'; at++) {
		if (r->in.p[at] == '\'')
			return at + 1;
		if (r->in.p[at] == '\\' && at + 1 < r->in.n && r->in.p[at + 1] != '\n') {
			at++;
		} else if (bicep_starts(r, at, "${")) {
			int open = 1;

			*parts = true;
			for (at += 2; at < r->in.n && open && r->in.p[at] != '\n'; at++) {
				if (r->in.p[at] == '\'' && !is_deep(r, at, depth))
					at = bicep_string_end(r, at, parts, depth + 1) - 1;
				else
					open += (r->in.p[at] == '{') - (r->in.p[at] == '}');
			}
			at--;
		}
	}
	return at;
}

/* Behind blanks, line ends when lines is true, and comments, which are told. */
void bicep_skip(struct bicep *r, bool lines)
{
	while (r->at < r->in.n) {
		uint32_t end = bicep_comment_end(r, r->at);

		if (end > r->at) {
			build_comment(r->b, r->t, r->at, end);
			r->at = end;
		} else if (r->in.p[r->at] == ' ' || r->in.p[r->at] == '\t' || (lines && (r->in.p[r->at] == '\n' || r->in.p[r->at] == '\r'))) {
			r->at++;
		} else {
			return;
		}
	}
}

struct place bicep_word(struct bicep *r)
{
	struct place at = {r->at, 0};

	while (bicep_is_word(bicep_char(r, r->at)))
		r->at++;
	at.length = r->at - at.offset;
	return at;
}

struct span bicep_text(const struct bicep *r, struct place at)
{
	return span_cut(r->in, at.offset, at.offset + at.length);
}

static char last_char(const struct bicep *r, uint32_t from, uint32_t at)
{
	while (at > from && bicep_in(" \t\r\n", r->in.p[at - 1]))
		at--;
	return at > from ? r->in.p[at - 1] : '\0';
}

static char next_char(const struct bicep *r, uint32_t at)
{
	while (at < r->in.n && bicep_in(" \t\r\n", r->in.p[at]))
		at++;
	return bicep_char(r, at);
}

/* Where a computed expression ends: a comma, a bracket it did not open, a line end that it does not continue over. */
uint32_t bicep_expression_end(const struct bicep *r, uint32_t from)
{
	uint32_t at = from;
	bool parts;
	int open = 0;

	while (at < r->in.n) {
		char c = r->in.p[at];
		uint32_t comment = bicep_comment_end(r, at);

		if (comment > at && !open)
			break;
		if (comment > at || c == '\'') {
			at = comment > at ? comment : bicep_string_end(r, at, &parts, 0);
			continue;
		}
		if (!open && (c == ',' || c == ')' || c == ']' || c == '}'))
			break;
		if (!open && c == '\n' && !bicep_in("?:.&|", next_char(r, at)) && !bicep_in("?:&|=+(", last_char(r, from, at)))
			break;
		open += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
		at++;
	}
	while (at > from && bicep_in(" \t\r\n", r->in.p[at - 1]))
		at--;
	return at;
}
