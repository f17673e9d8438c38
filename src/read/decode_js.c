/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The step of JavaScript (ECMA-262, 12.9.4): strings in any of its quotes. A backslash before another character is left out; before a
 * line end both vanish. Octal escapes of old are no escapes here, but \0.
 */
#include "read/decode.h"

/* \u{1f600} at the backslash: its length, 0 when it is none. */
static size_t braced_code(struct sink *s, size_t at)
{
	size_t end = at + 3;
	unsigned code = 0;

	if (end >= s->in.n || s->in.p[at + 1] != 'u' || s->in.p[at + 2] != '{')
		return 0;
	for (; end < s->in.n && code <= 0x10ffff && hex_value(s->in.p[end]) >= 0; end++)
		code = code * 16 + (unsigned)hex_value(s->in.p[end]);
	if (end == at + 3 || end >= s->in.n || s->in.p[end] != '}' || code > 0x10ffff)
		return 0;
	sink_code(s, at, code);
	return end + 1 - at;
}

void decode_js(struct sink *s)
{
	static const struct escapes e = {
		.letters = "ntrbfv0\\\"'`$", .values = "\n\t\r\b\f\v\0\\\"'`$", .x = 2, .u = 4, .surrogates = true, .drop = true,
	};

	for (size_t at = 0; at < s->in.n;) {
		const char *next = memchr(s->in.p + at, '\\', s->in.n - at);
		size_t to = next ? (size_t)(next - s->in.p) : s->in.n, n;

		sink_same(s, at, to);
		if (!next)
			break;
		n = line_end(s->in, to + 1);
		n = n ? n + 1 : braced_code(s, to);
		at = n ? to + n : sink_escape(s, &e, to);
	}
}
