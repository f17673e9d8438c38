/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A name with a stand-in, as templates of Azure write it: !empty(image) ? image : 'nginx:latest', image ?? 'x', [coalesce(...)],
 * readEnvironmentVariable('REGION', 'eastus'). Only forms that name one thing and give one text for its absence: whatever else is
 * computed is not looked at. What the name holds is the caller's to look up.
 */
#include "read/resolve.h"

/* '@' a name, the same one each time; '#' the text; '%' the name of a variable of the environment. Blanks may stand anywhere. */
static const char *const bicep_forms[] = {"!empty(@)?@:#", "(!empty(@))?@:#", "empty(@)?#:@", "@!=''?@:#", "@==''?#:@", "@!=null?@:#", "@==null?#:@", "@??#",
					  "readEnvironmentVariable(%,#)", NULL};
static const char *const json_forms[] = {"[if(empty(@),#,@)]", "[if(not(empty(@)),@,#)]", "[if(equals(@,''),#,@)]", "[if(not(equals(@,'')),@,#)]", "[coalesce(@,#)]", NULL};

static size_t skip_blanks(struct span s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r' || s.p[at] == '\n'))
		at++;
	return at;
}

static size_t word_length(struct span s, size_t at)
{
	size_t n = at;

	while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || (s.p[n] >= 'A' && s.p[n] <= 'Z') || (s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '_'))
		n++;
	return n - at;
}

/* A text in single quotes at `at` without parts and escapes: the offset behind it, 0 when there is none. */
static size_t quoted(struct span s, size_t at, struct span *ret)
{
	size_t end = at + 1;

	if (at >= s.n || s.p[at] != '\'')
		return 0;
	while (end < s.n && s.p[end] != '\'' && s.p[end] != '$' && s.p[end] != '\\' && s.p[end] != '\n')
		end++;
	if (end >= s.n || s.p[end] != '\'')
		return 0;
	*ret = span_cut(s, at + 1, end);
	return end + 1;
}

/* A name as Bicep writes it, or parameters('name'): the offset behind it, 0 when there is none. */
static size_t named(struct span s, size_t at, bool bicep, struct span *ret)
{
	size_t n = word_length(s, at), end;

	if (bicep) {
		*ret = span_cut(s, at, at + n);
		return n ? at + n : 0;
	}
	if (!span_is(span_cut(s, at, at + n), "parameters") || !span_starts(span_cut(s, at + n, s.n), "("))
		return 0;
	end = quoted(s, at + n + 1, ret);
	return end && end < s.n && s.p[end] == ')' ? end + 1 : 0;
}

static bool fits(struct span text, const char *form, bool bicep, struct fallback *ret)
{
	size_t at = 0;

	*ret = (struct fallback){0};
	for (; *form; form++) {
		struct span name = {0}, ignored;

		at = skip_blanks(text, at);
		if (*form == '@') {
			at = named(text, at, bicep, &name);
			if (!at || (ret->name.n && !span_eq(ret->name, name)))
				return false;
			ret->name = name;
		} else if (*form == '#' || *form == '%') {
			at = quoted(text, at, *form == '#' ? &ret->text : &ignored);
			if (!at)
				return false;
		} else if (at < text.n && text.p[at] == *form) {
			at++;
		} else {
			return false;
		}
	}
	return skip_blanks(text, at) == text.n;
}

bool resolve_fallback(struct span text, bool bicep, struct fallback *ret)
{
	const char *const *forms = bicep ? bicep_forms : json_forms;

	for (size_t i = 0; forms[i]; i++)
		if (fits(text, forms[i], bicep, ret) && ret->text.n)
			return true;
	return false;
}
