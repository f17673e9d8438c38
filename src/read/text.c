/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bytes as delivered to text in UTF-8: byte order marks, UTF-16 with and without one, and two one-byte encodings as a last resort.
 * A fallback is said in a note, because a wrong guess changes names. What is not text is refused with a reason.
 * Line ends stay as they are.
 */
#include "read/read_p.h"

#include "base/utf8.h"

static const struct decoder utf16le = {.kind = DECODE_UTF16LE}, utf16be = {.kind = DECODE_UTF16BE};
static const struct decoder latin1 = {.kind = DECODE_LATIN1}, cp1252 = {.kind = DECODE_CP1252};

/* A part of the bytes, read as it stands: only the offset differs. */
static void take_same(struct arena *a, struct span bytes, size_t skip, struct encoding *ret)
{
	struct offset_segment *segment;
	struct offset_map *map;

	ret->text.bytes = span_cut(bytes, skip, bytes.n);
	if (!skip)
		return;
	segment = ARENA_NEW(a, struct offset_segment);
	map = ARENA_NEW(a, struct offset_map);
	*segment = (struct offset_segment){0, (uint32_t)skip, 1};
	*map = (struct offset_map){.segments = segment, .count = 1};
	ret->text.map = map;
}

static void take_decoded(struct arena *a, struct span bytes, size_t skip, const struct decoder *decoder, struct encoding *ret)
{
	struct offset_map *map = ARENA_NEW(a, struct offset_map);

	ret->text.bytes = decode_step(a, decoder->kind, (struct span){"", 0}, span_cut(bytes, skip, bytes.n), map);
	for (size_t i = 0; skip && i < map->count; i++)
		((struct offset_segment *)map->segments)[i].outer += (uint32_t)skip;      /* made a line above, ours */
	ret->text.map = map;
	ret->text.decoder = decoder;
}

/* NUL bytes at one parity only: Latin text in UTF-16 without a mark. */
static const struct decoder *guess_utf16(struct span bytes)
{
	size_t n = bytes.n < HEAD_BYTES ? bytes.n & ~(size_t)1 : HEAD_BYTES, zero[2] = {0, 0};

	for (size_t i = 0; i < n; i++)
		zero[i & 1] += !bytes.p[i];
	if (n < 4 || bytes.n & 1)
		return NULL;
	if (!zero[0] && zero[1] * 3 > n)
		return &utf16le;
	return !zero[1] && zero[0] * 3 > n ? &utf16be : NULL;
}

/* Controls that no text has; escape sequences and form feeds occur in logs and listings. */
static bool has_many_controls(struct span bytes)
{
	size_t n = bytes.n < HEAD_BYTES ? bytes.n : HEAD_BYTES, controls = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		controls += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b;
	}
	return controls * 20 > n;
}

static bool has_c1(struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (((unsigned char)bytes.p[i] & 0xe0) == 0x80)
			return true;
	return false;
}

static bool is_cp1252(struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] && strchr("\x81\x8d\x8f\x90\x9d", bytes.p[i]))
			return false;
	return has_c1(bytes);
}

/* A mark of UTF-8 before bytes that are not is still no part of the text. */
static void take_one_byte(struct arena *a, struct span bytes, size_t skip, struct encoding *ret)
{
	bool windows = is_cp1252(span_cut(bytes, skip, bytes.n));

	if (has_many_controls(bytes)) {
		ret->binary = "binary: control characters, and not UTF-8";
		return;
	}
	take_decoded(a, bytes, skip, windows ? &cp1252 : &latin1, ret);
	ret->note = windows ? "not UTF-8, read as Windows-1252" : "not UTF-8, read as Latin-1";
}

void text_detect(struct arena *a, struct span bytes, struct encoding *ret)
{
	const struct decoder *guess;

	*ret = (struct encoding){.text.bytes = bytes};
	if (span_starts(bytes, "\xef\xbb\xbf")) {
		take_same(a, bytes, 3, ret);
	} else if (span_starts(bytes, "\xff\xfe")) {
		take_decoded(a, bytes, 2, &utf16le, ret);
		ret->note = "UTF-16, little endian";
	} else if (span_starts(bytes, "\xfe\xff")) {
		take_decoded(a, bytes, 2, &utf16be, ret);
		ret->note = "UTF-16, big endian";
	}
	if (!ret->note && memchr(bytes.p, '\0', bytes.n)) {
		guess = ret->text.map ? NULL : guess_utf16(bytes);
		if (!guess) {
			ret->binary = "binary: it holds NUL bytes";
			return;
		}
		take_decoded(a, bytes, 0, guess, ret);
		ret->note = guess == &utf16le ? "no byte order mark, read as UTF-16, little endian" :
						"no byte order mark, read as UTF-16, big endian";
	}
	if (!ret->note && utf8_valid_until(ret->text.bytes) < ret->text.bytes.n) {
		*ret = (struct encoding){.text.bytes = bytes};
		take_one_byte(a, bytes, span_starts(bytes, "\xef\xbb\xbf") ? 3 : 0, ret);
	}
}
