/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Terraform's functions of texts and numbers over known arguments. Regular expressions (replace with "/.../"), letters beyond ASCII in another case
 * and numbers that are not whole are left unknown.
 */
#include "read/hcl_call.h"

#include <stdio.h>
#include <stdlib.h>

const struct fact *call_text(const struct call *c, struct str *text, const struct fact *because)
{
	const struct fact *f = str_failed(text) ? NULL : eval_literal(c->e, str_get(text), SCALAR_STRING, because);

	str_free(text);
	return f;
}

bool call_number(const struct fact *f, int64_t *ret)
{
	char *end;

	if (!eval_is_literal(f) || !f->value.n || f->value.n > 15)
		return false;
	*ret = strtoll(f->value.p, &end, 10);
	return end == f->value.p + f->value.n;
}

const struct fact *call_case(const struct call *c)
{
	bool lower = span_is(c->name, "lower");
	struct str text = STR_INIT(LIMIT_RESOLVED_BYTES);

	if (!eval_is_literal(c->args[0]))
		return NULL;
	for (size_t i = 0; i < c->args[0]->value.n; i++) {
		char ch = c->args[0]->value.p[i];

		if ((unsigned char)ch >= 0x80) {      /* letters beyond ASCII are not converted here */
			str_free(&text);
			return NULL;
		}
		if (lower ? ch >= 'A' && ch <= 'Z' : ch >= 'a' && ch <= 'z')
			ch ^= 0x20;
		str_char(&text, ch);
	}
	return call_text(c, &text, c->args[0]);
}

/* One verb of format() at pattern.p[*i], behind '%': %s, %d, %v, %q with a width, blanks or zeros before it. */
static bool put_verb(struct str *text, struct span pattern, size_t *i, const struct fact *f)
{
	bool zeros = false, left = false;
	size_t width = 0;
	int64_t number;
	char verb;

	for (; *i < pattern.n && (pattern.p[*i] == '0' || pattern.p[*i] == '-'); ++*i)
		*(pattern.p[*i] == '0' ? &zeros : &left) = true;
	for (; *i < pattern.n && pattern.p[*i] >= '0' && pattern.p[*i] <= '9' && width < 1000; ++*i)
		width = width * 10 + (size_t)(pattern.p[*i] - '0');
	verb = *i < pattern.n ? pattern.p[*i] : '\0';
	if (!verb || !strchr("sdvq", verb) || !eval_is_literal(f) || (verb == 'd' && !call_number(f, &number)) || (zeros && f->value.n && f->value.p[0] == '-'))
		return false;
	if (verb == 'q' && (memchr(f->value.p, '"', f->value.n) || memchr(f->value.p, '\\', f->value.n)))
		return false;
	for (size_t n = f->value.n; !left && n < width; n++)
		str_char(text, zeros ? '0' : ' ');
	str_printf(text, verb == 'q' ? "\"%.*s\"" : "%.*s", (int)f->value.n, f->value.p);
	for (size_t n = f->value.n; left && n < width; n++)
		str_char(text, ' ');
	return true;
}

const struct fact *call_format(const struct call *c)
{
	struct str text = STR_INIT(LIMIT_RESOLVED_BYTES);
	const struct fact *because = c->args[0];
	struct span pattern;
	size_t next = 1;

	if (!eval_is_literal(c->args[0]))
		return NULL;
	pattern = c->args[0]->value;
	for (size_t i = 0; i < pattern.n; i++) {
		bool sign = pattern.p[i] == '%', twice = sign && i + 1 < pattern.n && pattern.p[i + 1] == '%';

		if (!sign || twice) {
			str_char(&text, pattern.p[i]);
			i += twice;
			continue;
		}
		i++;
		if (next >= c->count || !put_verb(&text, pattern, &i, c->args[next])) {
			str_free(&text);
			return NULL;
		}
		because = eval_because(c->e, because, c->args[next++]);
	}
	return call_text(c, &text, because);
}

const struct fact *call_join(const struct call *c)
{
	struct str text = STR_INIT(LIMIT_RESOLVED_BYTES);

	if (!eval_is_literal(c->args[0]) || !call_is(c->args[1], FACT_LIST))
		return NULL;
	FACT_EACH(item, c->args[1]) {
		resolve_fact(c->e->r, item);
		if (!eval_is_literal(item)) {
			str_free(&text);
			return NULL;
		}
		if (item != c->args[1]->first)
			str_span(&text, c->args[0]->value);
		str_span(&text, item->value);
	}
	return call_text(c, &text, c->args[1]);
}

const struct fact *call_search(const struct call *c)
{
	bool found;

	if (!eval_is_literal(c->args[0]) || !eval_is_literal(c->args[1]))
		return NULL;
	if (span_is(c->name, "strcontains"))
		found = span_find(c->args[0]->value, c->args[1]->value);
	else
		found = (span_is(c->name, "startswith") ? span_starts : span_ends)(c->args[0]->value, c->args[1]->value.p);
	return eval_boolean(c->e, found, c->args[0], c->args[1]);
}

/* Without "/", which would begin a regular expression. */
const struct fact *call_replace(const struct call *c)
{
	struct str text = STR_INIT(LIMIT_RESOLVED_BYTES);
	struct span rest, what, with;
	const char *found;

	for (size_t i = 0; i < 3; i++)
		if (!eval_is_literal(c->args[i]))
			return NULL;
	rest = c->args[0]->value;
	what = c->args[1]->value;
	with = c->args[2]->value;
	if (!what.n || (what.n > 1 && what.p[0] == '/' && what.p[what.n - 1] == '/'))
		return NULL;
	while ((found = span_find(rest, what)) && !str_failed(&text)) {
		size_t at = (size_t)(found - rest.p);

		str_put(&text, rest.p, at);
		str_span(&text, with);
		rest = span_cut(rest, at + what.n, rest.n);
	}
	str_span(&text, rest);
	return call_text(c, &text, c->args[0]);
}

const struct fact *call_split(const struct call *c)
{
	struct fact *group;
	struct span rest, by;
	uint32_t index = 0;

	if (!eval_is_literal(c->args[0]) || !eval_is_literal(c->args[1]) || !c->args[0]->value.n)
		return NULL;
	by = c->args[0]->value;
	rest = c->args[1]->value;
	group = eval_make(c->e, FACT_LIST, (enum fact_state)c->args[1]->state);
	fact_put_set_at(c->e->r->arena, group, fact_set_at(c->args[1]));
	for (;;) {
		const char *found = span_find(rest, by);
		struct span part = found ? span_cut(rest, 0, (size_t)(found - rest.p)) : rest;
		const struct fact *f = eval_may_copy(c->e) ? eval_literal(c->e, part, SCALAR_STRING, c->args[1]) : NULL;

		if (!f)
			return NULL;
		resolve_own(f)->index = index++;
		resolve_append(c->e->r, group, resolve_own(f));
		if (!found)
			return group;
		rest = span_cut(rest, part.n + by.n, rest.n);
	}
}

static bool is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* substr(text, offset, length), length -1: to the end. */
const struct fact *call_substr(const struct call *c)
{
	int64_t from, n;
	struct span text;

	if (!eval_is_literal(c->args[0]) || !call_number(c->args[1], &from) || !call_number(c->args[2], &n) || !is_ascii(c->args[0]->value))
		return NULL;
	text = c->args[0]->value;
	if (from < 0 || n < -1 || (size_t)from > text.n)
		return NULL;
	if (n == -1 || (size_t)n > text.n - (size_t)from)
		n = (int64_t)(text.n - (size_t)from);
	return eval_literal(c->e, span_cut(text, (size_t)from, (size_t)(from + n)), SCALAR_STRING, c->args[0]);
}

static struct span trim_set(struct span s, struct span set)
{
	while (s.n && memchr(set.p, s.p[0], set.n))
		s = span_cut(s, 1, s.n);
	while (s.n && memchr(set.p, s.p[s.n - 1], set.n))
		s.n--;
	return s;
}

const struct fact *call_trim(const struct call *c)
{
	struct span text, what;

	if (!eval_is_literal(c->args[0]) || (c->count > 1 && (!eval_is_literal(c->args[1]) || !is_ascii(c->args[1]->value))))
		return NULL;
	text = c->args[0]->value;
	what = c->count > 1 ? c->args[1]->value : SPAN("");
	if (span_is(c->name, "trimspace"))
		text = span_trim(text);
	else if (span_is(c->name, "chomp"))
		while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
			text.n--;
	else if (span_is(c->name, "trim"))
		text = trim_set(text, what);
	else if (span_is(c->name, "trimprefix"))
		text = span_starts(text, what.p) ? span_cut(text, what.n, text.n) : text;
	else
		text.n -= span_ends(text, what.p) ? what.n : 0;
	return eval_literal(c->e, text, SCALAR_STRING, c->args[0]);
}

const struct fact *call_extreme(const struct call *c)
{
	bool least = span_is(c->name, "min");
	const struct fact *found = NULL;
	int64_t best = 0, n;

	for (size_t i = 0; i < c->count; i++) {
		if (!call_number(c->args[i], &n))
			return NULL;
		if (!found || (least ? n < best : n > best)) {
			best = n;
			found = c->args[i];
		}
	}
	for (size_t i = 0; i < c->count; i++)
		found = eval_because(c->e, found, c->args[i]);
	return found;
}
