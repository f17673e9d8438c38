/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Strict decoder: shortest forms only, no surrogates, nothing beyond U+10FFFF (RFC 3629, Unicode 3.9 table 3-7). The width of
 * characters is an approximation that is good enough to align columns; it decides nothing else.
 */
#include "base/utf8.h"

#include "base/str.h"

#include <stdint.h>

size_t utf8_decode(struct span s, unsigned *ret_code_point)
{
	static const unsigned least[5] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first;
	unsigned code;
	size_t n;

	if (!s.n)
		return 0;
	first = (unsigned char)s.p[0];
	if (first < 0x80) {
		*ret_code_point = first;
		return 1;
	}
	n = first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
	if (first >= 0xf8 || !n || s.n < n)
		return 0;
	code = first & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (c & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code_point = code;
	return n;
}

size_t utf8_encode(unsigned code, char bytes[4])
{
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		code = 0xfffd;
	if (code < 0x80) {
		bytes[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		bytes[0] = (char)(0xc0 | code >> 6);
		bytes[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		bytes[0] = (char)(0xe0 | code >> 12);
		bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	bytes[0] = (char)(0xf0 | code >> 18);
	bytes[1] = (char)(0x80 | (code >> 12 & 0x3f));
	bytes[2] = (char)(0x80 | (code >> 6 & 0x3f));
	bytes[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

bool utf8_is_ascii(struct span s)
{
	uint64_t eight, high = 0;
	size_t at = 0;

	for (; s.n - at >= sizeof eight; at += sizeof eight) {
		memcpy(&eight, s.p + at, sizeof eight);
		high |= eight;
	}
	for (; at < s.n; at++)
		high |= (unsigned char)s.p[at];
	return !(high & UINT64_C(0x8080808080808080));
}

size_t utf8_valid_until(struct span s)
{
	size_t at = 0;
	unsigned code;

	while (at < s.n) {
		uint64_t eight;
		size_t n;

		if (s.n - at >= sizeof eight && (memcpy(&eight, s.p + at, sizeof eight), !(eight & UINT64_C(0x8080808080808080)))) {
			at += sizeof eight;
			continue;
		}
		n = utf8_decode((struct span){s.p + at, s.n - at}, &code);
		if (!n)
			break;
		at += n;
	}
	return at;
}

static size_t step(struct span s, size_t at, unsigned *ret_code)
{
	size_t n = utf8_decode((struct span){s.p + at, s.n - at}, ret_code);

	if (n)
		return n;
	*ret_code = 0xfffd;
	return 1;
}

/* Eight bytes at once while they are ASCII: nearly all of a configuration file is. */
size_t utf8_skip(struct span s, size_t from, size_t to, size_t *count)
{
	size_t at = from;
	unsigned code;

	while (at < to) {
		uint64_t eight;

		if (to - at >= sizeof eight) {
			memcpy(&eight, s.p + at, sizeof eight);
			if (!(eight & UINT64_C(0x8080808080808080))) {
				at += sizeof eight;
				*count += sizeof eight;
				continue;
			}
		}
		at += step(s, at, &code);
		++*count;
	}
	return at;
}

size_t utf8_count(struct span s)
{
	size_t count = 0;

	(void)utf8_skip(s, 0, s.n, &count);
	return count;
}

static bool is_combining(unsigned c)
{
	return (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || (c >= 0xfe00 && c <= 0xfe0f);
}

static bool is_wide(unsigned c)
{
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
	       (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	       (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

size_t utf8_width(struct span s)
{
	size_t width = 0;
	unsigned code;

	for (size_t at = 0; at < s.n;) {
		at += step(s, at, &code);
		width += is_combining(code) ? 0 : is_wide(code) ? 2 : 1;
	}
	return width;
}

static bool is_unsafe(unsigned c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
	       c == 0x200e || c == 0x200f || c == 0x61c;
}

/* Where the printable ASCII from `at` on ends. */
static size_t plain_until(struct span s, size_t at)
{
	while (at < s.n && s.p[at] >= 0x20 && s.p[at] < 0x7f)
		at++;
	return at;
}

bool utf8_is_safe(struct span s)
{
	for (size_t at = plain_until(s, 0); at < s.n; at = plain_until(s, at)) {
		unsigned code;
		size_t n = utf8_decode((struct span){s.p + at, s.n - at}, &code);

		if (!n || is_unsafe(code))
			return false;
		at += n;
	}
	return true;
}

void utf8_safe(struct str *out, struct span s)
{
	for (size_t at = 0; at < s.n;) {
		size_t plain = plain_until(s, at), n;
		unsigned code;

		if (plain > at) {
			str_put(out, s.p + at, plain - at);
			at = plain;
			continue;
		}
		n = utf8_decode((struct span){s.p + at, s.n - at}, &code);
		if (!n)
			str_printf(out, "\\x%02x", (unsigned char)s.p[at]);
		else if (code == '\t')
			str_char(out, ' ');
		else if (is_unsafe(code))
			str_printf(out, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
		else
			str_put(out, s.p + at, n);
		at += n ? n : 1;
	}
}
