/* SPDX-License-Identifier: EUPL-1.2 */
/* For the steps of decode.c alone, one file a family of notations: where a step writes, and what several of them look for. */
#ifndef READ_DECODE_H
#define READ_DECODE_H

#include "base/str.h"
#include "read/read_p.h"

/* Where a step writes: text, and from which input offset each piece came. */
struct sink {
	struct arena *arena;
	struct str out;
	struct span in, before;
	struct offset_segment *segments;
	size_t count;
	bool mapped;
	uint32_t indent;
};

void sink_segment(struct sink *s, size_t from, uint32_t step);      /* what comes next is from there, step bytes of input for each of its own */
void sink_same(struct sink *s, size_t from, size_t to);             /* bytes as they stand */
void sink_made(struct sink *s, size_t from, const char *p, size_t n);      /* bytes made from the input at `from` */
void sink_char(struct sink *s, size_t from, char c);
void sink_code(struct sink *s, size_t from, unsigned code);

/* What a notation knows after a backslash. */
struct escapes {
	const char *letters, *values;      /* letter i stands for value i */
	unsigned char x, u, U;             /* hexadecimal digits after \x, \u, \U; 0: not known */
	bool surrogates;                   /* \ud83d\ude00 is one code point */
	bool drop;                         /* \c of an unknown c is c; else both are kept */
	bool join;                         /* backslash and line end vanish, blanks behind too */
};

/* One escape at the backslash; returns the offset behind it. */
size_t sink_escape(struct sink *s, const struct escapes *e, size_t at);

/* ------------------------------------------------------------------ small looks at bytes */

static inline int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Length of a line end at `at`: 0, 1 or 2. */
static inline size_t line_end(struct span in, size_t at)
{
	if (at >= in.n)
		return 0;
	if (in.p[at] == '\n')
		return 1;
	if (in.p[at] != '\r')
		return 0;
	return at + 1 < in.n && in.p[at + 1] == '\n' ? 2 : 1;
}

static inline size_t skip_blanks(struct span in, size_t at)
{
	while (at < in.n && is_blank(in.p[at]))
		at++;
	return at;
}

/* ------------------------------------------------------------------ the steps, and what the table needs to know of them */

void decode_yaml_double(struct sink *s);
void decode_yaml_single(struct sink *s);
void decode_yaml_plain(struct sink *s);
void decode_yaml_block(struct sink *s);
void decode_hcl_string(struct sink *s);
void decode_hcl_heredoc(struct sink *s);
void decode_hcl_piece(struct sink *s);
void decode_bicep(struct sink *s);
void decode_js(struct sink *s);
void decode_xml_text(struct sink *s);
void decode_xml_attribute(struct sink *s);
void decode_base64(struct sink *s);
void decode_utf16le(struct sink *s);
void decode_utf16be(struct sink *s);
void decode_latin1(struct sink *s);
void decode_cp1252(struct sink *s);

/* Indentation that is no part of a heredoc's text; `before` ends in its opening. */
uint32_t heredoc_indent(struct span before, struct span in);
/* The same of a block scalar, which begins with its header; folded: its lines are joined. */
uint32_t block_scalar_indent(struct span before, struct span in, bool *ret_folded);

#endif
