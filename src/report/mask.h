/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to src/report/: what must not be shown, as ranges of a text. */
#ifndef REPORT_MASK_H
#define REPORT_MASK_H

#include "base/arena.h"

#define MASK "\u2022\u2022\u2022\u2022\u2022\u2022"      /* one length for all: the length of a secret is not shown either */

struct mask_range {
	size_t from, to;      /* bytes of the text */
};

/*
 * A matcher looks at the text from `at` on (and may look back) and says which bytes hide. True: *ret is
 * set. Matchers are tried at each position; the one that hides furthest wins.
 */
typedef bool mask_matcher(struct span text, size_t at, struct mask_range *ret);

/*
 * The bytes that a matcher begins at: it is not asked at others. A letter is one of ASCII or a byte beyond it; those that begin a matcher
 * also in the middle of a word (PID|, NK1|, Bearer) are inner ones too.
 */
enum mask_begin {
	MASK_DIGIT = 1, MASK_LETTER = 2, MASK_INNER = 4, MASK_UNDERSCORE = 8, MASK_PLUS = 16, MASK_DASH = 32, MASK_COLON = 64,
	MASK_SLASH = 128, MASK_EQUALS = 256, MASK_AT = 512,
};

struct masker {
	mask_matcher *hides;
	unsigned begins;      /* enum mask_begin, several */
};

extern const struct masker mask_people[], mask_secrets[], mask_settings[];      /* ended by one without a matcher */

/* Every range that hides in text: ascending, not overlapping. Returns their number. */
size_t mask_ranges(struct arena *a, struct span text, struct mask_range **ret);
/* Joins own (any order) with those of the general masks. */
size_t mask_join(struct arena *a, struct mask_range *ranges, size_t count, const struct mask_range *own, size_t own_count,
		 struct mask_range **ret);
bool mask_hides(struct arena *a, struct span text);      /* would masked_text change it */

/* Tables of words go by the first letter, without case; 26, which stands in none, for what is no letter of ASCII. */
#define LETTERS 27
static inline size_t letter_of(char c)
{
	char folded = (char)(c | 0x20);

	return folded >= 'a' && folded <= 'z' ? (size_t)(folded - 'a') : LETTERS - 1;
}
#define WORDS(...) (const char *const []){__VA_ARGS__, NULL}

bool key_is_secret(struct span key);      /* names a secret: password, api_key; not secret_name, max_tokens */
bool key_is_person(struct span key);      /* names a person's trait: prenom, ipp, birthDate */

/* ------------------------------------------------------------------ small looks at bytes, for the matchers */

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_word(char c)
{
	return is_digit(c) || is_alpha(c) || (unsigned char)c >= 0x80;
}

/* Length of the separator at s.p[at], 0 when there is none: blank, dot, hyphen, underscore, no-break spaces, zero-width. */
size_t separator_at(struct span s, size_t at);

#endif
