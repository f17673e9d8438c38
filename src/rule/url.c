/* SPDX-License-Identifier: EUPL-1.2 */
/* Parts of a URL by hand: libraries refuse the templates, spaces and brackets that a configuration's URLs have. */
#include "rule/url.h"

#include <ctype.h>
#include <strings.h>

/* strchr() would find the NUL that ends its list. */
static bool is_one_of(const char *list, char c)
{
	return c && strchr(list, c);
}

static bool ends_url(char c)
{
	return (unsigned char)c <= ' ' || is_one_of("\"'`<>|\\^,;()", c);
}

static bool is_host_char(char c)
{
	return isalnum((unsigned char)c) || is_one_of("-._", c) || (unsigned char)c >= 0x80;
}

size_t url_skip_template(struct span v, size_t i)
{
	const char *end = NULL;

	if (v.n - i > 2 && v.p[i] == '$' && v.p[i + 1] == '{')
		end = memchr(v.p + i, '}', v.n - i);
	else if (v.n - i > 3 && v.p[i] == '{' && v.p[i + 1] == '{')
		end = memmem(v.p + i, v.n - i, "}}", 2) ? (const char *)memmem(v.p + i, v.n - i, "}}", 2) + 1 : NULL;
	else if (v.n - i > 2 && v.p[i] == '{')
		end = memchr(v.p + i, '}', v.n - i);
	return end ? (size_t)(end - v.p) + 1 : i;
}

/* End of user:password@, or from when there is none: '@' before the path. */
static size_t behind_userinfo(struct span v, size_t from)
{
	size_t best = from;

	for (size_t i = from; i < v.n && !is_one_of("/?#", v.p[i]) && !((unsigned char)v.p[i] <= ' ') && !is_one_of("\"'<>", v.p[i]); i++) {
		size_t behind = url_skip_template(v, i);

		if (behind > i)
			i = behind - 1;
		else if (v.p[i] == '@')
			best = i + 1;
	}
	return best;
}

size_t url_host_end(struct span v, size_t from)
{
	size_t i = from;

	if (i < v.n && v.p[i] == '[') {      /* IPv6 */
		while (i < v.n && v.p[i] != ']')
			i++;
		return i < v.n ? i + 1 : i;
	}
	while (i < v.n) {
		size_t behind = url_skip_template(v, i);

		if (behind > i)
			i = behind;
		else if (is_host_char(v.p[i]))
			i++;
		else
			break;
	}
	return i;
}

void url_take_rest(struct span v, struct url *u, size_t i)
{
	size_t from;

	if (i < v.n && v.p[i] == ':') {
		for (from = ++i; i < v.n && isdigit((unsigned char)v.p[i]); i++)
			;
		u->port = span_cut(v, from, i);
	}
	for (from = i; i < v.n;) {
		size_t behind = url_skip_template(v, i);

		if (behind > i)
			i = behind;
		else if (ends_url(v.p[i]))
			break;
		else
			i++;
	}
	while (i > from && is_one_of(".])}", v.p[i - 1]) && !memchr(v.p + from, '{', i - from))
		i--;
	u->path = span_cut(v, from, i);
	u->to = i;
}

bool url_next(struct span v, size_t from, struct url *ret)
{
	while (from < v.n) {
		const char *sep = memmem(v.p + from, v.n - from, "://", 3);
		size_t at, start, first;

		if (!sep)
			return false;
		at = (size_t)(sep - v.p);
		for (start = at; start > from && (isalnum((unsigned char)v.p[start - 1]) || is_one_of("+.-", v.p[start - 1])); start--)
			;
		while (start < at && !isalpha((unsigned char)v.p[start]))
			start++;
		first = start;
		if (first >= from + 5 && !strncasecmp(v.p + first - 5, "jdbc:", 5))
			first -= 5;
		*ret = (struct url){.from = first, .scheme = span_cut(v, start, at)};
		ret->host_at = behind_userinfo(v, at + 3);
		ret->host = span_cut(v, ret->host_at, url_host_end(v, ret->host_at));
		url_take_rest(v, ret, ret->host_at + ret->host.n);
		while (ret->host.n && ret->host.p[ret->host.n - 1] == '.')
			ret->host.n--;
		if (start < at && ret->host.n)
			return true;
		from = at + 3;
	}
	return false;
}
