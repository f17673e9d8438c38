/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Inflate (RFC 1951) for containers that others wrote; ours are stored. The output's size is known beforehand, so there is no window,
 * no growth and no bomb: a stream that would write one byte more is refused. Codes are canonical Huffman codes, read bit by bit from
 * counts and symbols: slow and short, which suits reports of some megabytes. Over-subscribed and incomplete codes are refused, but
 * for the code of a single symbol that the format allows.
 */
#include "seal/zip.h"

#define MAX_BITS 15
#define MAX_SYMBOLS 288

struct stream {
	const unsigned char *in;
	size_t n, at;
	unsigned held, held_bits;
	unsigned char *out;
	size_t size, filled;
	bool failed;
};

struct code {
	uint16_t count[MAX_BITS + 1], symbol[MAX_SYMBOLS];
};

static unsigned take_bits(struct stream *s, unsigned count)
{
	unsigned value;

	while (s->held_bits < count) {
		if (s->at == s->n) {
			s->failed = true;
			return 0;
		}
		s->held |= (unsigned)s->in[s->at++] << s->held_bits;
		s->held_bits += 8;
	}
	value = s->held & ((1u << count) - 1);
	s->held >>= count;
	s->held_bits -= count;
	return value;
}

/* From code lengths to counts and symbols in code order. Returns what is left of the code space; negative: too many codes. */
static int code_make(struct code *c, const unsigned char *length, size_t n)
{
	uint16_t offset[MAX_BITS + 1] = {0};
	int left = 1;

	memset(c, 0, sizeof *c);
	for (size_t i = 0; i < n; i++)
		c->count[length[i]]++;
	if (c->count[0] == n)
		return 0;      /* no codes: whoever needs one fails there */
	for (int bits = 1; bits <= MAX_BITS; bits++) {
		left = left * 2 - c->count[bits];
		if (left < 0)
			return left;
	}
	for (int bits = 1; bits < MAX_BITS; bits++)
		offset[bits + 1] = (uint16_t)(offset[bits] + c->count[bits]);
	for (size_t i = 0; i < n; i++)
		if (length[i])
			c->symbol[offset[length[i]]++] = (uint16_t)i;
	return left;
}

static unsigned take_symbol(struct stream *s, const struct code *c)
{
	int code = 0, first = 0, index = 0;

	for (int bits = 1; bits <= MAX_BITS && !s->failed; bits++) {
		code |= (int)take_bits(s, 1);
		if (code - c->count[bits] < first)
			return c->symbol[index + code - first];
		index += c->count[bits];
		first = (first + c->count[bits]) * 2;
		code *= 2;
	}
	s->failed = true;
	return 0;
}

static void copy_back(struct stream *s, size_t distance, size_t length)
{
	if (distance > s->filled || length > s->size - s->filled) {
		s->failed = true;
		return;
	}
	for (; length; length--, s->filled++)
		s->out[s->filled] = s->out[s->filled - distance];      /* may overlap: that is how runs are written */
}

static void take_match(struct stream *s, unsigned symbol, const struct code *distances)
{
	static const uint16_t length_base[] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99,
					       115, 131, 163, 195, 227, 258};
	static const unsigned char length_extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
	static const uint16_t far_base[] = {1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
					    2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
	unsigned length, far;

	symbol -= 257;
	if (symbol >= sizeof length_extra) {
		s->failed = true;
		return;
	}
	length = length_base[symbol] + take_bits(s, length_extra[symbol]);
	far = take_symbol(s, distances);
	if (far >= 30) {
		s->failed = true;
		return;
	}
	far = far_base[far] + take_bits(s, far < 2 ? 0 : far / 2 - 1);
	if (!s->failed)
		copy_back(s, far, length);
}

static void take_codes(struct stream *s, const struct code *literals, const struct code *distances)
{
	while (!s->failed) {
		unsigned symbol = take_symbol(s, literals);

		if (s->failed || symbol == 256)
			return;
		if (symbol > 256)
			take_match(s, symbol, distances);
		else if (s->filled < s->size)
			s->out[s->filled++] = (unsigned char)symbol;
		else
			s->failed = true;
	}
}

static void take_stored(struct stream *s)
{
	size_t length;

	s->held = s->held_bits = 0;
	if (s->n - s->at < 4) {
		s->failed = true;
		return;
	}
	length = s->in[s->at] | (size_t)s->in[s->at + 1] << 8;
	if ((length ^ (s->in[s->at + 2] | (size_t)s->in[s->at + 3] << 8)) != 0xffff || length > s->n - s->at - 4 ||
	    length > s->size - s->filled) {
		s->failed = true;
		return;
	}
	if (length)
		memcpy(s->out + s->filled, s->in + s->at + 4, length);
	s->at += 4 + length;
	s->filled += length;
}

static void take_fixed(struct stream *s)
{
	unsigned char length[MAX_SYMBOLS];
	struct code literals, distances;

	for (size_t i = 0; i < MAX_SYMBOLS; i++)
		length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	code_make(&literals, length, MAX_SYMBOLS);
	memset(length, 5, 30);
	code_make(&distances, length, 30);
	take_codes(s, &literals, &distances);
}

/* The code lengths of a dynamic block, themselves written in a small code with repeats. */
static void take_lengths(struct stream *s, const struct code *c, unsigned char *length, size_t n)
{
	size_t i = 0;

	while (i < n && !s->failed) {
		unsigned symbol = take_symbol(s, c), repeat;
		unsigned char value = 0;

		if (s->failed)
			return;
		if (symbol < 16) {
			length[i++] = (unsigned char)symbol;
			continue;
		}
		if (symbol == 16 && !i)
			break;
		if (symbol == 16)
			value = length[i - 1];
		repeat = symbol == 16 ? 3 + take_bits(s, 2) : symbol == 17 ? 3 + take_bits(s, 3) : 11 + take_bits(s, 7);
		if (repeat > n - i)
			break;
		memset(length + i, value, repeat);
		i += repeat;
	}
	if (i < n)
		s->failed = true;
}

static bool code_usable(const struct code *c, int left, size_t n)
{
	return !left || (left > 0 && n - c->count[0] == 1 && c->count[1] == 1);
}

static void take_dynamic(struct stream *s)
{
	static const unsigned char order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
	unsigned char length[286 + 30] = {0};
	unsigned literal_count = 257 + take_bits(s, 5), distance_count = 1 + take_bits(s, 5), count = 4 + take_bits(s, 4);
	struct code literals, distances;

	if (literal_count > 286 || distance_count > 30) {
		s->failed = true;
		return;
	}
	for (unsigned i = 0; i < count; i++)
		length[order[i]] = (unsigned char)take_bits(s, 3);
	if (code_make(&literals, length, 19)) {
		s->failed = true;
		return;
	}
	memset(length, 0, sizeof length);
	take_lengths(s, &literals, length, literal_count + distance_count);
	if (s->failed || !length[256] || !code_usable(&literals, code_make(&literals, length, literal_count), literal_count) ||
	    !code_usable(&distances, code_make(&distances, length + literal_count, distance_count), distance_count))
		s->failed = true;
	else
		take_codes(s, &literals, &distances);
}

int inflate_exact(struct span in, unsigned char *out, size_t size)
{
	struct stream s = {.in = (const unsigned char *)in.p, .n = in.n, .out = out, .size = size};
	bool last;

	do {
		last = take_bits(&s, 1);
		switch (take_bits(&s, 2)) {
		case 0: take_stored(&s); break;
		case 1: take_fixed(&s); break;
		case 2: take_dynamic(&s); break;
		default: s.failed = true;
		}
	} while (!last && !s.failed);
	return s.failed || s.filled != size || s.at != s.n ? -1 : 0;
}
