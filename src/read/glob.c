/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Globs over names with '/': * ? [a-z] [!a-z] stay inside a part, ** crosses, {a,b} alternates. A backslash takes the next
 * character as it is. Two points to go back to (the last * and the last **) make matching quadratic at worst, never exponential;
 * alternatives are tried one after the other, within a cap.
 */
#include "read/read.h"

#include "base/limits.h"
#include "base/str.h"

#define MAX_ALTERNATIVES 1024      /* tried for one glob: more is no list a person wrote */
#define MAX_BRACES 16              /* groups; each is one level of recursion */

/* One [..] at *glob (behind the bracket): whether c is in it; *glob moves behind it. Without an end it matches nothing. */
static bool match_set(const char **glob, char c)
{
	const char *p = *glob;
	bool negated = *p == '!' || *p == '^', found = false, first = true;

	p += negated;
	for (; *p && (*p != ']' || first); first = false) {
		char from = *p++, to = from;

		if (from == '\\' && *p)
			from = to = *p++;
		if (*p == '-' && p[1] && p[1] != ']') {
			to = p[1];
			p += 2;
		}
		found |= (unsigned char)c >= (unsigned char)from && (unsigned char)c <= (unsigned char)to;
	}
	if (!*p)
		return false;
	*glob = p + 1;
	return found != negated;
}

/* One character of the name against the next piece of the glob; moves both on success. */
static bool match_one(const char **glob, const char **name)
{
	const char *p = *glob;

	switch (*p) {
	case '\0':
		return false;
	case '?':
		if (**name == '/')
			return false;
		p++;
		break;
	case '[':
		p++;
		if (**name == '/' || !match_set(&p, **name))
			return false;
		break;
	case '\\':
		p += p[1] ? 1 : 0;
		__attribute__((fallthrough));
	default:
		if (*p++ != **name)
			return false;
	}
	*glob = p;
	(*name)++;
	return true;
}

struct backtrack {
	const char *glob, *name;      /* NULL: none */
};

/* At "**": what follows may match here or after any further part. */
static const char *enter_crossing(const char *glob, const char *name, struct backtrack *far)
{
	while (*glob == '*')
		glob++;
	if (*glob == '/')
		glob++;
	*far = (struct backtrack){glob, name};
	return glob;
}

/* Without braces. */
static bool match_plain(const char *glob, const char *name)
{
	struct backtrack near = {NULL, NULL}, far = {NULL, NULL};
	bool by_part = false;      /* "**" followed by '/': going back stops at the starts of parts only */

	for (;;) {
		if (glob[0] == '*' && glob[1] == '*') {
			near.glob = NULL;
			glob = enter_crossing(glob, name, &far);
			by_part = glob[-1] == '/';
			if (!*glob && !by_part)
				return true;
			continue;
		}
		if (*glob == '*') {
			near = (struct backtrack){++glob, name};
			continue;
		}
		if (!*name && !*glob)
			return true;
		if (*name && match_one(&glob, &name))
			continue;
		if (near.glob && *near.name && *near.name != '/') {
			name = ++near.name;
			glob = near.glob;
			continue;
		}
		if (!far.glob || !*far.name)
			return false;
		far.name++;
		while (by_part && *far.name && far.name[-1] != '/')
			far.name++;
		if (by_part && far.name[-1] != '/')
			return false;
		near.glob = NULL;
		name = far.name;
		glob = far.glob;
	}
}

/* The first { with its } and where its alternatives part; false when there is none. */
static bool find_braces(const char *glob, const char **ret_open, const char **ret_close)
{
	int depth = 0;

	for (const char *p = glob; *p; p++) {
		if (*p == '\\' && p[1]) {
			p++;
		} else if (*p == '{' && !depth++) {
			*ret_open = p;
		} else if (*p == '}' && depth && !--depth) {
			*ret_close = p;
			return true;
		}
	}
	return false;
}

static const char *alternative_end(const char *p, const char *close)
{
	for (int depth = 0; p < close; p++) {
		if (*p == '\\' && p + 1 < close)
			p++;
		else if (*p == '{')
			depth++;
		else if (*p == '}')
			depth--;
		else if (*p == ',' && !depth)
			break;
	}
	return p;
}

static bool match_braces(const char *glob, const char *name, int groups, int *budget)
{
	const char *open = NULL, *close = NULL;
	bool found = false;

	if (!groups || !find_braces(glob, &open, &close))
		return --*budget >= 0 && match_plain(glob, name);
	for (const char *p = open + 1; p <= close && !found && *budget > 0;) {
		const char *end = alternative_end(p, close);
		struct str one = STR_INIT(LIMIT_PATH_BYTES);

		str_put(&one, glob, (size_t)(open - glob));
		str_put(&one, p, (size_t)(end - p));
		str_text(&one, close + 1);
		found = !str_failed(&one) && match_braces(one.p ? one.p : "", name, groups - 1, budget);
		str_free(&one);
		p = end + 1;
	}
	return found;
}

/* Most globs of a long list differ from a name in a letter that stands before any sign of theirs. */
static bool begins_otherwise(const char *glob, const char *name)
{
	while (*glob && !strchr("*?[{\\", *glob))
		if (*glob++ != *name++)
			return true;
	return false;
}

bool glob_match(const char *glob, const char *name)
{
	int budget = MAX_ALTERNATIVES;

	return !begins_otherwise(glob, name) && match_braces(glob, name, MAX_BRACES, &budget);
}
