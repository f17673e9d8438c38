/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Check digits of identifiers; separators (blank, dot, hyphen, no-break space) are dropped first.
 * Sources and published test values: docs/knowledge.md and tests/unit/u_checksum.c.
 */
#include "rule/rule_p.h"

#include <ctype.h>

#define MAX_DIGITS 40

/* Digits and letters only, in upper case; 0 when something else is in it or it is too long. */
static size_t normalise(struct span s, char out[MAX_DIGITS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == ' ' || c == '.' || c == '-' || c == 0xc2 || c == 0xa0 || c == 0xe2 || c == 0x80 || c == 0xaf)
			continue;
		if (!isalnum(c) || n == MAX_DIGITS)
			return 0;
		out[n++] = (char)toupper(c);
	}
	out[n] = '\0';
	return n;
}

static bool all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0;
}

static bool luhn(const char *s, size_t n)
{
	int sum = 0;

	if (!all_digits(s, n))
		return false;
	for (size_t i = 0; i < n; i++) {
		int d = s[n - 1 - i] - '0';

		if (i % 2) {
			d *= 2;
			d -= d > 9 ? 9 : 0;
		}
		sum += d;
	}
	return sum % 10 == 0;
}

/* NIR, NIA, matricule INS: 13 characters and 97 - (N mod 97); Corsica: 2A counts as 19, 2B as 18. */
static bool nir(char *s, size_t n)
{
	uint64_t value = 0;
	int key;

	if (n != 15 || !strchr("123478", s[0]))
		return false;
	if (s[5] == '2' && (s[6] == 'A' || s[6] == 'B')) {
		s[5] = '1';
		s[6] = s[6] == 'A' ? '9' : '8';
	}
	if (!all_digits(s, n))
		return false;
	for (size_t i = 0; i < 13; i++)
		value = value * 10 + (uint64_t)(s[i] - '0');
	key = (s[13] - '0') * 10 + s[14] - '0';
	return key == 97 - (int)(value % 97);
}

/* FINESS: nine characters with a Luhn key; Corsica reads 2A as 21 and 2B as 22. */
static bool finess(char *s, size_t n)
{
	if (n != 9)
		return false;
	if (s[0] == '2' && (s[1] == 'A' || s[1] == 'B'))
		s[1] = s[1] == 'A' ? '1' : '2';
	return luhn(s, n);
}

static bool rpps(char *s, size_t n)
{
	return n == 11 && luhn(s, n);
}

static bool siren(char *s, size_t n)
{
	return (n == 9 || n == 14) && luhn(s, n);
}

static bool plain_luhn(char *s, size_t n)
{
	return n >= 8 && luhn(s, n);
}

/* ISO 13616: the first four characters go to the end, letters count 10 to 35, mod 97 is 1. */
static bool iban(char *s, size_t n)
{
	unsigned rest = 0;

	if (n < 15 || n > 34 || !isalpha((unsigned char)s[0]) || !isalpha((unsigned char)s[1]) || !all_digits(s + 2, 2))
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = s[(i + 4) % n];
		unsigned value = isdigit((unsigned char)c) ? (unsigned)(c - '0') : (unsigned)(c - 'A' + 10);

		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return rest == 1;
}

static const struct { const char *name; bool (*ok)(char *s, size_t n); } checksums[] = {
	{"nir", nir}, {"rpps", rpps}, {"finess", finess}, {"siren", siren}, {"luhn", plain_luhn}, {"iban", iban},
};

bool checksum_exists(const char *name)
{
	for (size_t i = 0; i < sizeof checksums / sizeof *checksums; i++)
		if (!strcmp(checksums[i].name, name))
			return true;
	return false;
}

bool checksum_ok(const char *name, struct span digits)
{
	char buffer[MAX_DIGITS + 1];
	size_t n = normalise(digits, buffer);

	for (size_t i = 0; n && i < sizeof checksums / sizeof *checksums; i++)
		if (!strcmp(checksums[i].name, name))
			return checksums[i].ok(buffer, n);
	return false;
}
