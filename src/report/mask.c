/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Masks: no writer ever sees a patient's identifier, a person's name or a secret. What remains visible: the public prefix
 * of a known kind of token (sk-, AKIA), the domain of a person's address, and nothing of the rest, not even its length.
 * Over-masking is accepted, under-masking is a fault: where a shape is doubtful, it is hidden.
 * Matchers are written by hand: they run over every text of a report and must not know a step limit.
 */
#include "report/mask.h"

#include "base/str.h"
#include "report/report.h"

#include <stdint.h>
#include <stdlib.h>

static bool hides_more(const struct mask_range *a, const struct mask_range *b)
{
	return a->to > b->to || (a->to == b->to && a->from < b->from);
}

/* Makes *best what hides furthest, of what it was (found) and what the list finds at `at`. */
static bool furthest(struct span text, size_t at, size_t behind, unsigned begins, const struct masker *list, bool found, struct mask_range *best)
{
	for (; list->hides; list++) {
		struct mask_range r;

		if (!(list->begins & begins) || !list->hides(text, at, &r))
			continue;
		if (r.from < behind)
			r.from = behind;
		if (r.to <= r.from || (found && !hides_more(&r, best)))
			continue;
		*best = r;
		found = true;
	}
	return found;
}

static const uint16_t begin_of[256] = {
	['0' ... '9'] = MASK_DIGIT, ['_'] = MASK_UNDERSCORE, ['+'] = MASK_PLUS, ['-'] = MASK_DASH, [':'] = MASK_COLON, ['/'] = MASK_SLASH, ['='] = MASK_EQUALS,
	['@'] = MASK_AT, ['A'] = MASK_LETTER, ['B'] = MASK_LETTER | MASK_INNER, ['C' ... 'M'] = MASK_LETTER, ['N'] = MASK_LETTER | MASK_INNER, ['O'] = MASK_LETTER,
	['P'] = MASK_LETTER | MASK_INNER, ['Q' ... 'Z'] = MASK_LETTER, ['a'] = MASK_LETTER, ['b'] = MASK_LETTER | MASK_INNER, ['c' ... 'z'] = MASK_LETTER,
	[0x80 ... 0xff] = MASK_LETTER,
};

/* What may begin here. In the middle of a word nothing but inner letters does, nor in the middle of a number: three bytes in four are passed over. */
static unsigned begins_at(struct span text, size_t at)
{
	unsigned char c = (unsigned char)text.p[at];
	unsigned begins = begin_of[c];

	if (!begins || !at)
		return begins;
	if (is_digit((char)c) && is_digit(text.p[at - 1]))
		return 0;
	return is_alpha((char)c) && is_alpha(text.p[at - 1]) ? begins & MASK_INNER : begins;
}

size_t mask_ranges(struct arena *a, struct span text, struct mask_range **ret)
{
	static const struct masker *const lists[] = {mask_people, mask_secrets, mask_settings};
	struct mask_range *list = NULL;
	size_t count = 0, behind = 0;

	for (size_t at = 0; at < text.n;) {
		unsigned begins = begins_at(text, at);
		struct mask_range best;
		bool found = false;

		for (size_t i = 0; begins && i < sizeof lists / sizeof *lists; i++)
			found = furthest(text, at, behind, begins, lists[i], found, &best);
		if (!found) {
			at++;
			continue;
		}
		*ARENA_PUSH(a, list, count) = best;
		behind = best.to;
		at = best.to > at ? best.to : at + 1;      /* an address hides what stands before its sign */
	}
	*ret = list;
	return count;
}

static int by_start(const void *x, const void *y)
{
	const struct mask_range *a = x, *b = y;

	return (a->from > b->from) - (a->from < b->from);
}

size_t mask_join(struct arena *a, struct mask_range *ranges, size_t count, const struct mask_range *own, size_t own_count,
		 struct mask_range **ret)
{
	struct mask_range *all = ARENA_ARRAY(a, struct mask_range, count + own_count + 1);
	size_t n = 0;

	if (count)
		memcpy(all, ranges, count * sizeof *all);
	if (own_count)
		memcpy(all + count, own, own_count * sizeof *all);
	qsort(all, count + own_count, sizeof *all, by_start);
	for (size_t i = 0; i < count + own_count; i++) {
		if (n && all[i].from < all[n - 1].to) {
			if (all[i].to > all[n - 1].to)
				all[n - 1].to = all[i].to;
		} else if (all[i].to > all[i].from) {
			all[n++] = all[i];
		}
	}
	*ret = all;
	return n;
}

bool mask_hides(struct arena *a, struct span text)
{
	struct mask_range *ranges;

	return mask_ranges(a, text, &ranges) > 0;
}

const char *masked_text(struct arena *a, struct span text)
{
	struct mask_range *ranges;
	size_t n = mask_ranges(a, text, &ranges), at = 0;
	struct str out = STR_INIT(text.n * 8 + 64);
	const char *copy;

	if (!n)
		return arena_dup(a, text.p, text.n);
	for (size_t i = 0; i < n; i++) {
		str_span(&out, span_cut(text, at, ranges[i].from));
		str_text(&out, MASK);
		at = ranges[i].to;
	}
	str_span(&out, span_cut(text, at, text.n));
	copy = arena_dup(a, out.p, out.n);
	str_free(&out);
	return copy;
}

/* A word that is no secret whatever its key says: nothing, yes, no, a number of a setting, a reference to be resolved. */
static bool shows_nothing(struct span value)
{
	static const char *const words[] = {"", "true", "false", "yes", "no", "on", "off", "null", "none", "nil", "enabled", "disabled",
					    "required", "optional", "absent", "unknown"};
	static const char *const starts[] = {"$", "{{", "var.", "local.", "module.", "data.", "!Ref", "!Sub", "!GetAtt", "arn:", "vault:", "[{", "{"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_eq_nocase(value, span_of(words[i])))
			return true;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (span_starts(value, starts[i]))
			return true;
	return false;
}

const char *masked_value(struct arena *a, const char *key, struct span value)
{
	struct span k = span_of(key);

	if (key && (key_is_secret(k) || key_is_person(k)) && !shows_nothing(value))
		return MASK;
	return masked_text(a, value);
}

/* ------------------------------------------------------------------ settings in a line */

static const bool in_token[256] = {
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, [0x80 ... 0xff] = true, ['_'] = true, ['-'] = true, ['.'] = true,
};

/* End of the identifier that starts at `at`; at itself when none starts there (or one started before). */
static size_t token_end(struct span s, size_t at)
{
	size_t end = at, stop = at + 128 < s.n ? at + 128 : s.n;      /* no name of a setting is longer; keeps a-a-a-a linear */

	if (at && (is_word(s.p[at - 1]) || s.p[at - 1] == '_'))
		return at;
	while (end < stop && in_token[(unsigned char)s.p[end]])
		end++;
	return end;
}

/* set: signs, no letters. */
static size_t skip(struct span s, size_t at, const char *set)
{
	while (at < s.n && s.p[at] && !is_word(s.p[at]) && strchr(set, s.p[at]))
		at++;
	return at;
}

static bool quoted_value(struct span s, size_t at, struct mask_range *ret)
{
	char quote = s.p[at];
	size_t end = at + 1;

	while (end < s.n && s.p[end] != quote && s.p[end] != '\n')
		end += s.p[end] == '\\' && end + 1 < s.n ? 2 : 1;
	*ret = (struct mask_range){at + 1, end < s.n ? end : s.n};
	return ret->to > ret->from && !shows_nothing(span_cut(s, ret->from, ret->to));
}

static size_t bare_end(struct span s, size_t at)
{
	while (at < s.n && !strchr(" \t\r\n,;&\"'<>})]", s.p[at]))
		at++;
	return at;
}

static bool bare_value(struct span s, size_t at, struct mask_range *ret)
{
	size_t end = bare_end(s, at);
	struct span word = span_cut(s, at, end);

	if (span_eq_nocase(word, SPAN("Bearer")) || span_eq_nocase(word, SPAN("Basic")) || span_eq_nocase(word, SPAN("Token"))) {
		at = skip(s, end, " \t");
		end = bare_end(s, at);
	} else if (word.n && (word.p[0] == '|' || word.p[0] == '>')) {      /* a YAML block: the value is the rest */
		*ret = (struct mask_range){end, s.n};
		return s.n > end;
	}
	*ret = (struct mask_range){at, end};
	return end > at && !shows_nothing(span_cut(s, at, end));
}

static bool value_from(struct span s, size_t at, bool lists, struct mask_range *ret)
{
	at = skip(s, at, " \t");
	if (at >= s.n)
		return false;
	if (lists && s.p[at] == '[') {
		const char *close = memchr(s.p + at, ']', s.n - at);

		*ret = (struct mask_range){at + 1, close ? (size_t)(close - s.p) : s.n};
		return ret->to > ret->from;
	}
	if (s.p[at] == '\\' && at + 1 < s.n && s.p[at + 1] == '"')      /* JSON inside a string */
		at++;
	if (s.p[at] == '"' || s.p[at] == '\'' || s.p[at] == '`')
		return quoted_value(s, at, ret);
	return bare_value(s, at, ret);
}

/* Behind `name = "DB_PASSWORD"`: a neighbour called value, on this line or the next ones. */
static size_t value_word(struct span s, size_t at)
{
	at = skip(s, at, " \t\r\n,;\"'\\");
	if (at + 5 > s.n || !span_eq_nocase(span_cut(s, at, at + 5), SPAN("value")))
		return 0;
	at = skip(s, at + 5, " \t\"'\\");
	return at < s.n && (s.p[at] == ':' || s.p[at] == '=') ? at + 1 : 0;
}

/* The value of a setting behind its key at `at`: ": x", "= 'x'", ">x<", ", value: x". False when no value follows. */
static bool setting_value(struct span s, size_t at, bool lists, struct mask_range *ret)
{
	size_t sep = skip(s, at, "\"'\\ \t`]"), value;

	if (sep < s.n && (s.p[sep] == ':' || s.p[sep] == '=')) {
		sep++;
		if (sep < s.n && (s.p[sep] == '>' || s.p[sep] == '='))
			sep++;
		return value_from(s, sep, lists, ret);
	}
	if (sep < s.n && s.p[sep] == '>') {      /* <password>x</password>; also name="password">x< */
		const char *close = memchr(s.p + sep, '<', s.n - sep);

		*ret = (struct mask_range){sep + 1, close ? (size_t)(close - s.p) : s.n};
		return ret->to > ret->from && !shows_nothing(span_trim(span_cut(s, ret->from, ret->to)));
	}
	value = value_word(s, at);
	return value && value_from(s, value, lists, ret);
}

/* Whether anything follows the key is sooner known than what the key says, and that sooner than whether the value shows anything. */
static bool value_follows(struct span s, size_t at)
{
	size_t sep = skip(s, at, "\"'\\ \t`]");

	return (sep < s.n && (s.p[sep] == ':' || s.p[sep] == '=' || s.p[sep] == '>')) || value_word(s, at);
}

/* A value whose key names a secret or a person's trait: of the latter the list behind it too. */
static bool named_setting(struct span s, size_t at, struct mask_range *ret)
{
	size_t end = token_end(s, at);
	struct span key = span_cut(s, at, end);
	struct mask_range more;
	bool secret, person;

	if (end == at || !value_follows(s, end))
		return false;
	secret = key_is_secret(key) && setting_value(s, end, false, ret);
	person = key_is_person(key) && setting_value(s, end, true, &more);
	if (person && (!secret || hides_more(&more, ret)))
		*ret = more;
	return secret || person;
}

const struct masker mask_settings[] = {
	{named_setting, MASK_DIGIT | MASK_LETTER | MASK_UNDERSCORE},
	{NULL, 0},
};

size_t separator_at(struct span s, size_t at)
{
	static const char *const wide[] = {"\u00a0", "\u202f", "\u2009", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u2011"};
	struct span rest = {s.p + at, s.n - at};

	if (at >= s.n)
		return 0;
	if (strchr(" .-_/\t", *rest.p) && *rest.p)
		return 1;
	if (rest.n >= 3 && (!memcmp(rest.p, "%20", 3) || !memcmp(rest.p, "%2E", 3)))
		return 3;
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (span_starts(rest, wide[i]))
			return strlen(wide[i]);
	return 0;
}
