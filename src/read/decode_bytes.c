/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Steps that know no notation but bytes: base64, and encodings that are not UTF-8.
 */
#include "read/decode.h"

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

void decode_base64(struct sink *s)
{
	unsigned bits = 0, have = 0;
	size_t from = 0;

	for (size_t at = 0; at < s->in.n; at++) {
		int value = base64_value(s->in.p[at]);

		if (value < 0)
			continue;
		if (!have)
			from = at;
		bits = bits << 6 | (unsigned)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			sink_char(s, from, (char)(bits >> have & 0xff));
			bits &= (1u << have) - 1;
			from = at;
		}
	}
}

static void decode_utf16(struct sink *s, int high, int low)
{
	for (size_t at = 0; at + 1 < s->in.n;) {
		unsigned code = (unsigned)(unsigned char)s->in.p[at + (size_t)high] << 8 | (unsigned char)s->in.p[at + (size_t)low];
		size_t from = at;

		at += 2;
		if (code >= 0xd800 && code < 0xdc00 && at + 1 < s->in.n) {
			unsigned next = (unsigned)(unsigned char)s->in.p[at + (size_t)high] << 8 | (unsigned char)s->in.p[at + (size_t)low];

			if (next >= 0xdc00 && next < 0xe000) {
				code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
				at += 2;
			}
		}
		if (code < 0x80) {
			sink_segment(s, from, 2);
			str_char(&s->out, (char)code);
		} else {
			sink_code(s, from, code);
		}
	}
	if (s->in.n & 1)
		sink_code(s, s->in.n - 1, 0xfffd);
}

void decode_utf16le(struct sink *s)
{
	decode_utf16(s, 1, 0);
}

void decode_utf16be(struct sink *s)
{
	decode_utf16(s, 0, 1);
}

/* Windows-1252 between 0x80 and 0x9f; 0: not assigned, kept as the C1 control of Latin-1. */
static const unsigned short cp1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

static void decode_bytes(struct sink *s, bool windows)
{
	size_t start = 0;

	for (size_t at = 0; at < s->in.n; at++) {
		unsigned code = (unsigned char)s->in.p[at];

		if (code < 0x80)
			continue;
		sink_same(s, start, at);
		if (windows && code < 0xa0 && cp1252[code - 0x80])
			code = cp1252[code - 0x80];
		sink_code(s, at, code);
		start = at + 1;
	}
	sink_same(s, start, s->in.n);
}

void decode_latin1(struct sink *s)
{
	decode_bytes(s, false);
}

void decode_cp1252(struct sink *s)
{
	decode_bytes(s, true);
}
