/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Scalars of TOML 1.0: four kinds of strings, integers, floats, booleans, dates and times. All are checked as the
 * specification asks, and kept as they are written: 1_000, 0x1F, 1979-05-27. A date is plain text.
 */
#include "read/toml.h"

#include "base/utf8.h"

char toml_peek(const struct toml *r)
{
	return r->at < r->text.n ? r->text.p[r->at] : 0;
}

bool toml_fail(struct toml *r, uint32_t from, uint32_t to, const char *what)
{
	if (!r->failed)
		build_diag(r->b, r->t, DIAG_ERROR, from, to, "syntax", "%s", what);
	r->failed = true;
	return false;
}

static bool is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static bool is_newline(const struct toml *r)
{
	return toml_peek(r) == '\n' || (toml_peek(r) == '\r' && r->at + 1 < r->text.n && r->text.p[r->at + 1] == '\n');
}

bool toml_comment(struct toml *r)
{
	uint32_t from = r->at;

	for (; r->at < r->text.n && !is_newline(r); r->at++)
		if (is_control(r->text.p[r->at]))
			return toml_fail(r, r->at, r->at + 1, "a control character in a comment");
	build_comment(r->b, r->t, from, r->at);
	return true;
}

/* ------------------------------------------------------------------ strings */

static bool hex_code(const struct toml *r, uint32_t from, uint32_t digits)
{
	unsigned code = 0;

	for (uint32_t i = from; i < from + digits; i++) {
		char c = i < r->text.n ? r->text.p[i] : 0;
		unsigned d = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a' + 10) : 16;

		if (d > 15)
			return false;
		code = code << 4 | d;
	}
	return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

/* At a backslash; moves behind the escape. */
static bool string_escape(struct toml *r, bool is_long)
{
	uint32_t from = r->at++;
	char c = toml_peek(r);
	uint32_t digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;

	if (digits) {
		if (!hex_code(r, r->at + 1, digits))
			return toml_fail(r, from, r->at, "the escape is no code point");
		r->at += 1 + digits;
		return true;
	}
	if (c && strchr("btnfr\"\\", c)) {
		r->at++;
		return true;
	}
	if (is_long) {      /* a backslash at the line's end */
		r->at = line_skip(r->text, r->at, (uint32_t)r->text.n);
		if (is_newline(r))
			return true;
	}
	return toml_fail(r, from, from + 2, "an escape that TOML does not know");
}

/* Is the long string's closing quote at r->at? Up to two more quotes before it belong to the text. */
static bool long_end(struct toml *r, char quote)
{
	uint32_t n = 0;

	while (n < 5 && r->at + n < r->text.n && r->text.p[r->at + n] == quote)
		n++;
	if (n < 3) {
		r->at += n;
		return false;
	}
	r->at += n - 3;
	return true;
}

static bool string_body(struct toml *r, char quote, bool is_long)
{
	uint32_t from = r->at;

	while (r->at < r->text.n) {
		char c = r->text.p[r->at];

		if (c == quote) {
			if (!is_long || long_end(r, quote))
				return true;
		} else if (c == '\\' && quote == '"') {
			if (!string_escape(r, is_long))
				return false;
		} else if (is_newline(r)) {
			if (!is_long)
				break;
			r->at += c == '\r' ? 2 : 1;
		} else if (is_control(c)) {
			return toml_fail(r, r->at, r->at + 1, "a control character in a string");
		} else {
			r->at++;
		}
	}
	return toml_fail(r, from - 1, from, "the string that starts here is not closed");
}

bool toml_string(struct toml *r, bool may_be_long, struct toml_string *ret)
{
	char quote = toml_peek(r);
	struct span rest = span_cut(r->text, r->at, r->text.n);
	bool is_long = may_be_long && span_starts(rest, quote == '"' ? "\"\"\"" : "'''");

	r->at += is_long ? 3 : 1;
	ret->kind = quote == '\'' ? NO_DECODER : is_long ? DECODE_TOML_MULTILINE : DECODE_TOML_BASIC;
	if (quote == '\'' && is_long && is_newline(r))      /* the first line end is no part of the text */
		r->at += toml_peek(r) == '\r' ? 2 : 1;
	ret->from = r->at;
	if (!string_body(r, quote, is_long))
		return false;
	ret->to = r->at;
	r->at += is_long ? 3 : 1;
	return true;
}

/* ------------------------------------------------------------------ numbers */

static bool is_digit(char c, unsigned base)
{
	unsigned d = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a' + 10) : 16;

	return d < base;
}

/* Digits with single underscores between them; returns the offset behind, `at` when there are none. */
static size_t digits(struct span v, size_t at, unsigned base)
{
	size_t from = at;

	while (at < v.n && (is_digit(v.p[at], base)
			    || (v.p[at] == '_' && at > from && at + 1 < v.n && v.p[at - 1] != '_' && is_digit(v.p[at + 1], base))))
		at++;
	return at;
}

/* A decimal integer without leading zeros. */
static size_t whole(struct span v, size_t at)
{
	size_t end = digits(v, at, 10);

	return end > at + 1 && v.p[at] == '0' ? at : end;
}

static bool is_number(struct span v)
{
	static const struct {
		const char *prefix;
		unsigned base;
	} bases[] = {{"0x", 16}, {"0o", 8}, {"0b", 2}};
	size_t start, at, next;

	for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
		if (span_starts(v, bases[i].prefix))
			return v.n > 2 && digits(v, 2, bases[i].base) == v.n;
	start = v.n && (*v.p == '+' || *v.p == '-');
	if (span_is(span_cut(v, start, v.n), "inf") || span_is(span_cut(v, start, v.n), "nan"))
		return true;
	at = whole(v, start);
	if (at == start)
		return false;
	if (at < v.n && v.p[at] == '.') {
		next = digits(v, at + 1, 10);
		if (next == at + 1)
			return false;
		at = next;
	}
	if (at < v.n && (v.p[at] | 0x20) == 'e') {
		at++;
		at += at < v.n && (v.p[at] == '+' || v.p[at] == '-');
		next = digits(v, at, 10);
		if (next == at)
			return false;
		at = next;
	}
	return at == v.n;
}

/* ------------------------------------------------------------------ dates and times */

/* n digits at `at` as a number from low to high. */
static bool field(struct span v, size_t at, size_t n, int low, int high, int *ret)
{
	int value = 0;

	if (at + n > v.n)
		return false;
	for (size_t i = at; i < at + n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
		value = value * 10 + (v.p[i] - '0');
	}
	*ret = value;
	return value >= low && value <= high;
}

static bool is_sign(struct span v, size_t at, char c)
{
	return at < v.n && v.p[at] == c;
}

static bool is_date(struct span v)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;

	if (!field(v, 0, 4, 0, 9999, &year) || !is_sign(v, 4, '-') || !field(v, 5, 2, 1, 12, &month) || !is_sign(v, 7, '-')
	    || !field(v, 8, 2, 1, 31, &day))
		return false;
	return day <= days[month - 1] || (month == 2 && day == 29 && year % 4 == 0 && (year % 100 || year % 400 == 0));
}

/* hh:mm:ss[.fraction]; returns the offset behind, 0 when it is none. */
static size_t time_end(struct span v, size_t at)
{
	int x;
	size_t end = at + 8;

	if (!field(v, at, 2, 0, 23, &x) || !is_sign(v, at + 2, ':') || !field(v, at + 3, 2, 0, 59, &x) || !is_sign(v, at + 5, ':')
	    || !field(v, at + 6, 2, 0, 60, &x))
		return 0;
	if (!is_sign(v, end, '.'))
		return end;
	for (end++; end < v.n && is_digit(v.p[end], 10); end++)
		;
	return end > at + 9 ? end : 0;
}

static bool is_zone(struct span v, size_t at)
{
	int x;

	if (at + 1 == v.n && (v.p[at] | 0x20) == 'z')
		return true;
	return at + 6 == v.n && (v.p[at] == '+' || v.p[at] == '-') && field(v, at + 1, 2, 0, 23, &x) && is_sign(v, at + 3, ':')
	       && field(v, at + 4, 2, 0, 59, &x);
}

static bool is_moment(struct span v)
{
	size_t end;

	if (time_end(v, 0) == v.n && v.n)
		return true;
	if (!is_date(v))
		return false;
	if (v.n == 10)
		return true;
	if ((v.p[10] | 0x20) != 't' && v.p[10] != ' ')
		return false;
	end = time_end(v, 11);
	return end && (end == v.n || is_zone(v, end));
}

/* ------------------------------------------------------------------ any scalar */

static bool bare_scalar(struct toml *r, struct fact *f)
{
	uint32_t from = r->at, end = word_end(r->text, from, (uint32_t)r->text.n, "+-._:");
	struct span v = span_cut(r->text, from, end);

	if (v.n == 10 && is_date(v) && end + 1 < r->text.n && r->text.p[end] == ' ' && is_digit(r->text.p[end + 1], 10)) {
		end = word_end(r->text, end + 1, (uint32_t)r->text.n, "+-._:");
		v = span_cut(r->text, from, end);
	}
	if (span_is(v, "true") || span_is(v, "false"))
		f->scalar = SCALAR_BOOL;
	else if (is_number(v))
		f->scalar = SCALAR_NUMBER;
	else if (is_moment(v))
		f->scalar = SCALAR_PLAIN;
	else
		return toml_fail(r, from, end > from ? end : from + (from < r->text.n), "expected a value");
	line_value(r->b, r->t, f, from, end, NO_DECODER, false);
	r->at = end;
	return true;
}

bool toml_scalar(struct toml *r, struct fact *f)
{
	struct toml_string s;

	f->kind = FACT_LITERAL;
	if (toml_peek(r) != '"' && toml_peek(r) != '\'')
		return bare_scalar(r, f);
	if (!toml_string(r, true, &s))
		return false;
	f->scalar = SCALAR_STRING;
	line_value(r->b, r->t, f, s.from, s.to, s.kind, true);
	return true;
}
