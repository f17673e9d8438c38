/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Identifiers of persons: NIR and INS by shape and key, others by the word beside them (IPP, RPPS, telephone, birth),
 * names by the name of their field, addresses by their form. A facility's own numbers (FINESS, SIREN) are no secret.
 */
#include "report/mask.h"

#include <stdint.h>

/* ------------------------------------------------------------------ NIR, NIA, INS */

/* Reads `want` digits (2A and 2B count as digits of the department) with separators; returns the end, 0 when it is none. */
static size_t read_digits(struct span s, size_t at, size_t want, char *digits)
{
	size_t n = 0;

	while (n < want) {
		size_t sep;

		if (at >= s.n)
			return 0;
		/* analyser: n is 6: six digits have been written */
		if (is_digit(s.p[at]) || (n == 6 && digits[5] == '2' && strchr("ABab", s.p[at]) && s.p[at])) {
			digits[n++] = s.p[at++];
			continue;
		}
		sep = n ? separator_at(s, at) : 0;
		if (!sep)
			return 0;
		at += sep;
		if (at >= s.n || separator_at(s, at))      /* one separator between digits */
			return 0;
	}
	return at;
}

static bool key_is_right(const char *digits)
{
	uint64_t n = 0, key = (uint64_t)(digits[13] - '0') * 10 + (uint64_t)(digits[14] - '0');

	for (int i = 0; i < 13; i++) {
		char c = digits[i];

		if (i == 6 && !is_digit(c))
			c = c == 'A' || c == 'a' ? '9' : '8';      /* 2A is 19, 2B is 18 */
		if (i == 5 && !is_digit(digits[6]))
			c = '1';
		n = n * 10 + (uint64_t)(c - '0');
	}
	return key == 97 - n % 97;
}

static bool nir_with_key(struct span s, size_t at, struct mask_range *ret)
{
	char digits[15];
	size_t end;

	if (!strchr("123478", s.p[at]) || !s.p[at] || (at && is_digit(s.p[at - 1])))
		return false;
	end = read_digits(s, at, sizeof digits, digits);
	if (!end || (end < s.n && is_digit(s.p[end])) || !key_is_right(digits))
		return false;
	*ret = (struct mask_range){at, end};
	return true;
}

/* ------------------------------------------------------------------ numbers beside a word */

struct context {
	const char *word;      /* lower case, accents dropped */
	size_t least;          /* digits that make the number */
};

#define CONTEXTS(...) (const struct context []){__VA_ARGS__, {NULL, 0}}

static const struct context *const contexts[LETTERS] = {
	['a' - 'a'] = CONTEXTS({"assure", 13}, {"adeli", 8}, {"appeler", 9}),
	['b' - 'a'] = CONTEXTS({"birthdate", 6}),
	['c' - 'a'] = CONTEXTS({"cps", 10}, {"cpe", 10}),
	['d' - 'a'] = CONTEXTS({"dossier", 6}, {"dob", 6}, {"ddn", 6}),
	['f' - 'a'] = CONTEXTS({"fax", 9}),
	['i' - 'a'] = CONTEXTS({"ins", 13}, {"insee", 13}, {"immatriculation", 13}, {"idnps", 9}, {"ipp", 5}, {"iep", 5}),
	['m' - 'a'] = CONTEXTS({"mobile", 9}),
	['n' - 'a'] = CONTEXTS({"nir", 13}, {"nia", 13}, {"nip", 5}, {"nda", 5}, {"nee", 6}, {"ne", 6}, {"naissance", 6}),
	['p' - 'a'] = CONTEXTS({"patient", 6}, {"phone", 9}, {"portable", 9}),
	['r' - 'a'] = CONTEXTS({"rpps", 11}),
	['s' - 'a'] = CONTEXTS({"secu", 13}, {"securite", 13}, {"ssn", 9}, {"sejour", 6}),
	['t' - 'a'] = CONTEXTS({"tel", 9}, {"telephone", 9}),
	['v' - 'a'] = CONTEXTS({"vitale", 10}),
};

/* Lower case without accents or separators; the first 31 bytes are enough for every word of the tables. */
static void plain_word(struct span s, char out[32])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < 31; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == 0xc3 && i + 1 < s.n) {      /* U+00C0 to U+00FF: the letters of French */
			unsigned char d = (unsigned char)s.p[++i] | 0x20;

			out[n++] = d >= 0xa8 && d <= 0xab ? 'e' : d >= 0xa0 && d <= 0xa5 ? 'a' : d == 0xa7 ? 'c' :
				   d >= 0xac && d <= 0xaf ? 'i' : d >= 0xb2 && d <= 0xb6 ? 'o' : 'u';
		} else if (is_alpha((char)c)) {
			out[n++] = (char)(c | 0x20);
		} else if (is_digit((char)c)) {
			out[n++] = (char)c;
		}
	}
	out[n] = '\0';
}

/* A run of at least `least` digits with single separators, within 40 bytes on the same line. */
static bool number_near(struct span s, size_t at, size_t least, struct mask_range *ret)
{
	size_t stop = at + 40 < s.n ? at + 40 : s.n;

	for (; at < stop && s.p[at] != '\n'; at++) {
		size_t end = at, digits = 0, sep = 0;

		while (end < s.n && (is_digit(s.p[end]) || (digits && (sep = separator_at(s, end)) && end + sep < s.n && is_digit(s.p[end + sep])) ||
				     (digits == 6 && strchr("ABab", s.p[end]) && s.p[end]))) {
			digits += is_digit(s.p[end]) || !sep;
			end += is_digit(s.p[end]) ? 1 : sep ? sep : 1;
			sep = 0;
		}
		if (digits >= least) {
			*ret = (struct mask_range){at, end};
			return true;
		}
		if (end > at)
			at = end - 1;
	}
	return false;
}

static size_t letters_end(struct span s, size_t at)
{
	size_t end = at;

	if (at && is_word(s.p[at - 1]) && !is_digit(s.p[at - 1]))
		return at;
	while (end < s.n && (is_alpha(s.p[end]) || (unsigned char)s.p[end] >= 0x80))
		end++;
	return end;
}

static bool number_in_context(struct span s, size_t at, struct mask_range *ret)
{
	size_t end;
	char word[32];

	if (is_alpha(s.p[at]) && !contexts[letter_of(s.p[at])])
		return false;
	end = letters_end(s, at);
	if (end == at || end - at > 24)
		return false;
	plain_word(span_cut(s, at, end), word);
	if (!strcmp(word, "ne") && !memchr(s.p + at, 0xc3, end - at))      /* the negation, not « né le » */
		return false;
	for (const struct context *c = contexts[letter_of(*word)]; c && c->word; c++)
		if (!strcmp(word, c->word))
			return number_near(s, end, c->least, ret);
	return false;
}

/* 01 99 00 00 01, +33 1 99 00 00 01: written as telephone numbers are, so without a word. */
static bool written_telephone(struct span s, size_t at, struct mask_range *ret)
{
	size_t end = at, digits = 0, seps = 0;
	bool abroad = s.p[at] == '+';

	if ((at && (is_word(s.p[at - 1]) || s.p[at - 1] == '.')) || (!abroad && s.p[at] != '0'))
		return false;
	if (abroad && !span_starts((struct span){s.p + at, s.n - at}, "+33"))
		return false;
	for (end += abroad; end < s.n && digits < 12;) {
		size_t sep = digits ? separator_at(s, end) : 0;

		if (is_digit(s.p[end]))
			digits++, end++;
		else if (sep && end + sep < s.n && is_digit(s.p[end + sep]))
			seps++, end += sep;
		else
			break;
	}
	*ret = (struct mask_range){at, end};
	return abroad ? digits == 11 || digits == 12 : digits == 10 && seps == 4;
}

/* ------------------------------------------------------------------ fields */

static const char *const *const person_words[LETTERS] = {
	['a' - 'a'] = WORDS("adressepatient", "accessionnumber", "adeli"), ['b' - 'a'] = WORDS("birthname", "birthdate"),
	['d' - 'a'] = WORDS("dateofbirth", "datenaissance", "datedenaissance", "dob", "ddn"),
	['f' - 'a'] = WORDS("familyname", "firstname", "family", "fullname"), ['g' - 'a'] = WORDS("givenname", "given"),
	['i' - 'a'] = WORDS("ipp", "iep", "idpatient", "ins", "insnir", "idnps"), ['l' - 'a'] = WORDS("lastname", "lieunaissance"),
	['m' - 'a'] = WORDS("maidenname", "mobilephone", "mobile", "matriculeins"),
	['n' - 'a'] = WORDS("nomnaissance", "nomdenaissance", "nomusuel", "nomusage", "nompatient", "nomdupatient", "nip", "numpatient", "numeropatient",
			    "numdossier", "numerodossier", "numsejour", "numerosejour", "nir", "numsecu", "numerosecu"),
	['p' - 'a'] = WORDS("prenom", "prenoms", "prenompatient", "patientname", "patientfirstname", "patientlastname", "patientbirthdate", "phone",
			    "phonenumber", "patientid"),
	['r' - 'a'] = WORDS("rpps"), ['s' - 'a'] = WORDS("surname", "ssn"), ['t' - 'a'] = WORDS("telephone", "telephonepatient", "telephonenumber", "tel"),
};

bool key_is_person(struct span key)
{
	const char *dot = memrchr(key.p, '.', key.n);
	char plain[32];

	if (dot)
		key = (struct span){dot + 1, (size_t)(key.p + key.n - dot - 1)};
	if (key.n > 31)
		return false;
	plain_word(key, plain);
	for (const char *const *name = person_words[letter_of(*plain)]; name && *name; name++)
		if (!strcmp(plain, *name))
			return true;
	return false;
}

/* HL7 version 2: a PID or NK1 segment is a person from its first to its last field. */
static bool hl7_person(struct span s, size_t at, struct mask_range *ret)
{
	struct span rest = {s.p + at, s.n - at};
	size_t end = at + 4;

	if (!span_starts(rest, "PID|") && !span_starts(rest, "NK1|"))
		return false;
	while (end < s.n && s.p[end] != '\r' && s.p[end] != '\n' && s.p[end] != '"')
		end++;
	*ret = (struct mask_range){at + 4, end};
	return true;
}

/* ------------------------------------------------------------------ addresses and accounts */

static bool is_local(char c)
{
	return is_digit(c) || is_alpha(c) || (c && strchr("._%+-'", c)) || (unsigned char)c >= 0x80;
}

static bool is_function(struct span local)
{
	static const char *const words[] = {
		"dpo", "dpd", "rgpd", "gdpr", "contact", "support", "admin", "administrateur", "administrator", "info", "infos", "noreply", "reply", "repondre",
		"secretariat", "dsi", "rssi", "accueil", "postmaster", "webmaster", "hostmaster", "security", "securite", "abuse", "help", "helpdesk", "service",
		"services", "privacy", "legal", "juridique", "direction", "achats", "facturation", "hotline", "astreinte", "exploitation", "noc",
		"soc", "cert", "csirt", "ops", "devops", "team", "equipe", "root", "git", "alertes", "alerts", "sales", "iam", "gserviceaccount",
	};

	for (size_t at = 0; at <= local.n;) {
		size_t end = at;

		while (end < local.n && !strchr("._+-", local.p[end]))
			end++;
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (span_eq_nocase(span_cut(local, at, end), span_of(words[i])))
				return true;
		at = end + 1;
	}
	return false;
}

static bool mail_address(struct span s, size_t at, struct mask_range *ret)
{
	size_t from = at, end = at + 1;
	bool dotted = false;

	if (s.p[at] != '@')
		return false;
	while (from && is_local(s.p[from - 1]))
		from--;
	for (; end < s.n && (is_digit(s.p[end]) || is_alpha(s.p[end]) || s.p[end] == '-' || s.p[end] == '.'); end++)
		dotted |= s.p[end] == '.' && end > at + 1;
	if (from == at || !dotted || is_function(span_cut(s, from, at)))
		return false;
	*ret = (struct mask_range){from, at};
	return true;
}

static bool french_iban(struct span s, size_t at, struct mask_range *ret)
{
	size_t end = at, n = 0;

	if (!span_starts((struct span){s.p + at, s.n - at}, "FR") || (at && is_word(s.p[at - 1])))
		return false;
	while (end < s.n && n < 27 && (is_digit(s.p[end]) || is_alpha(s.p[end]) || (n >= 4 && s.p[end] == ' '))) {
		if ((n >= 2 && n < 4) && !is_digit(s.p[end]))
			return false;
		n += s.p[end++] != ' ';
	}
	*ret = (struct mask_range){at, end};
	return n == 27 && is_digit(s.p[at + 2]);
}

const struct masker mask_people[] = {
	{nir_with_key, MASK_DIGIT},
	{number_in_context, MASK_LETTER},
	{written_telephone, MASK_DIGIT | MASK_PLUS},
	{hl7_person, MASK_INNER},
	{mail_address, MASK_AT},
	{french_iban, MASK_LETTER},
	{NULL, 0},
};
