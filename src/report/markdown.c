/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Every mark of ASCII that may begin markup is escaped by a backslash (a parenthesis means something only behind a bracket). Mentions (@name), references (#12, !3) and bare addresses are found by
 * the platforms in the finished text, where the backslash is gone: a zero-width space behind the mark ends them.
 */
#include "report/markdown.h"

#define NOTHING "\xe2\x80\x8b"      /* U+200B */

static bool begins_address(const char *text, const char *at)
{
	/* https://x, www.x: at is the colon or the dot */
	if (*at == ':')
		return at[1] == '/';
	return at - text >= 3 && (at[-1] == 'w' || at[-1] == 'W') && (at[-2] == 'w' || at[-2] == 'W');
}

void md_text(struct str *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		bool line_start = !out->n || out->p[out->n - 1] == '\n';

		if (*p == '.' && begins_address(text, p))
			str_text(out, NOTHING);
		if (strchr("\\`*_[]<>#|~&$@!", *p) || (line_start && strchr("-+=", *p)))
			str_char(out, '\\');
		str_char(out, (unsigned char)*p < 0x20 ? ' ' : *p);
		if (strchr("@#!~$&", *p) || (*p == ':' && begins_address(text, p)))
			str_text(out, NOTHING);
	}
}

void md_code(struct str *out, const char *text)
{
	size_t longest = 0, run = 0;
	bool pad;

	if (!*text)
		return;
	for (const char *p = text; *p; p++) {
		run = *p == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	/* one blank at both ends is not part of a code span */
	pad = longest || *text == ' ' || text[strlen(text) - 1] == ' ';
	for (size_t i = 0; i <= longest; i++)
		str_char(out, '`');
	str_text(out, pad ? " " : "");
	for (const char *p = text; *p; p++)
		str_char(out, (unsigned char)*p < 0x20 ? ' ' : *p);
	str_text(out, pad ? " " : "");
	for (size_t i = 0; i <= longest; i++)
		str_char(out, '`');
}
