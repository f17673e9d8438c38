/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The form of a declaration: known keys, values of the right type and among those allowed. Each mistake stands at its place.
 * It does not judge content: a wrong country is for the rules, a word that is no country is for here.
 */
#include "base/date.h"
#include "base/utf8.h"
#include "know/know_p.h"

#include <ctype.h>
#include <stdarg.h>

#define MISTAKES_LISTED 10
#define LIST_BYTES 960        /* what a message holds, with room for the count at its end */
#define NEAR_DISTANCE 4      /* edits between a wrong key and the one meant; more is another word */
#define KEY_BYTES 64

void mistake(struct mistakes *m, const struct fact *f, bool of_value, const char *format, ...)
{
	uint32_t at = of_value || !f->head.length ? f->at.offset : f->head.offset;
	struct pos p = doc_pos(m->doc, at);
	struct str line = STR_INIT(LIST_BYTES);
	va_list args;

	str_printf(&line, "%s%s:%u:%u: ", m->count ? "\n" : "", m->doc->name, p.line, p.column);
	va_start(args, format);
	str_vprintf(&line, format, args);
	va_end(args);
	m->count++;
	if (m->listed + 1 == m->count && m->listed < MISTAKES_LISTED && (!m->listed || m->text.n + line.n < LIST_BYTES)) {
		str_span(&m->text, str_get(&line));
		m->listed++;
	}
	str_free(&line);
}

/* Text of a vendor or a user, shortened and made safe for a message. */
static const char *shown(struct mistakes *m, struct span value)
{
	struct str s = STR_INIT(256);
	const char *copy;

	utf8_safe(&s, value.n > 60 ? span_cut(value, 0, 60) : value);
	copy = arena_dup(m->arena, s.p ? s.p : "", s.n);
	str_free(&s);
	return copy;
}

static size_t distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), row[KEY_BYTES + 1];

	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t up = row[j], best = diagonal + (a[i - 1] != b[j - 1]);

			if (up + 1 < best)
				best = up + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			diagonal = up;
		}
	}
	return row[nb];
}

/* The last word of key and of name the same: hostname, host_name. Otherwise few edits. NULL: nothing near. */
static const char *nearest(enum field_section section, const char *key)
{
	size_t count, best = NEAR_DISTANCE;
	const struct field *all = fields_all(&count);
	const char *name = NULL;

	if (strlen(key) > KEY_BYTES)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		bool same = all[i].section == section || (section == FIELDS_CORE && all[i].section == FIELDS_MORE);
		size_t n = same && strlen(all[i].name) <= KEY_BYTES ? distance(key, all[i].name) : best;

		if (n < best && n < strlen(key)) {
			best = n;
			name = all[i].name;
		}
	}
	return name;
}

static bool finess_valid(struct span text)
{
	unsigned sum = 0;
	bool zero = true;

	if (text.n != 9)
		return false;
	for (size_t i = 0; i < 9; i++) {
		char c = text.p[i];
		unsigned digit;

		if (i == 1 && text.p[0] == '2' && (c == 'A' || c == 'B'))
			c = c == 'A' ? '1' : '2';      /* Corsica: A counts 1, B counts 2 */
		if (!isdigit((unsigned char)c))
			return false;
		digit = (unsigned)(c - '0');
		zero = zero && !digit;
		if (i % 2)      /* Luhn: every second digit from the right, the ninth is the key */
			digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return !zero && sum % 10 == 0;
}

static bool id_valid(struct span s)
{
	if (s.n < 3 || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!islower((unsigned char)s.p[i]) && !isdigit((unsigned char)s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

static bool number_valid(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isdigit((unsigned char)s.p[i]))
			return false;
	return s.n > 0 && s.n < 10;
}

static bool duration_valid(struct span s)
{
	static const char *const units[] = {"", "ms", "s", "m", "h", "d", "w", "mo", "y"};
	size_t n = 0;

	while (n < s.n && isdigit((unsigned char)s.p[n]))
		n++;
	for (size_t i = 0; n > 0 && n < 10 && i < sizeof units / sizeof *units; i++)
		if (span_is(span_cut(s, n, s.n), units[i]))
			return true;
	return false;
}

static bool country_valid(struct span s)
{
	char code[8] = {0};

	if (s.n != 2 && s.n != 3)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!isupper((unsigned char)s.p[i]))
			return false;
	memcpy(code, s.p, s.n);
	return territory_known(code);
}

static bool region_valid(struct span s)
{
	const char *colon = s.n ? memchr(s.p, ':', s.n) : NULL;

	return span_is(s, "on-premises") || (colon && colon > s.p && colon < s.p + s.n - 1);
}

static bool glob_valid(struct span s)
{
	return s.n > 0 && s.p[0] != '/' && !span_is(s, "..") && !span_starts(s, "../") && !span_find(s, SPAN("/../"));
}

static bool url_valid(struct span s)
{
	return span_starts(s, "https://") || span_starts(s, "http://");
}

static bool digest_valid(struct span s)
{
	if (span_starts(s, "sha256:"))
		s = span_cut(s, 7, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (!isxdigit((unsigned char)s.p[i]))
			return false;
	return s.n == 64;
}

static bool date_valid(struct span s)
{
	return date_parse(s) != DATE_NONE;
}

static bool bool_valid(struct span s)
{
	return span_is(s, "true") || span_is(s, "false") || span_is(s, "yes") || span_is(s, "no");
}

static bool text_valid(struct span s)
{
	return span_trim(s).n > 0;
}

struct type_check {
	bool (*valid)(struct span value);
	const char *wants;
	bool list;
};

static const struct type_check checks[] = {
	[FIELD_TEXT] = {text_valid, "a text", false},
	[FIELD_ID] = {id_valid, "3 to 64 of a-z, 0-9 and '-'", false},
	[FIELD_ENUM] = {NULL, NULL, false},
	[FIELD_ENUM_SET] = {NULL, NULL, true},
	[FIELD_BOOL] = {bool_valid, "true or false", false},
	[FIELD_INT] = {number_valid, "a whole number", false},
	[FIELD_INT_SET] = {NULL, NULL, true},
	[FIELD_DATE] = {date_valid, "a date YYYY-MM-DD", false},
	[FIELD_DURATION] = {duration_valid, "a duration such as 180d or 1y", false},
	[FIELD_COUNTRY] = {country_valid, "a country code of two capital letters", false},
	[FIELD_COUNTRY_SET] = {country_valid, "a country code of two capital letters", true},
	[FIELD_REGION] = {region_valid, "provider:region, such as aws:eu-west-3", false},
	[FIELD_REGION_SET] = {region_valid, "provider:region, such as aws:eu-west-3", true},
	[FIELD_TEXT_LIST] = {text_valid, "a text", true},
	[FIELD_GLOBS] = {glob_valid, "a pattern of file names inside the facility's folder", true},
	[FIELD_URL] = {url_valid, "an address that starts with https://", false},
	[FIELD_FINESS] = {finess_valid, "a FINESS number: nine characters, the last one a valid key", false},
	[FIELD_DIGEST] = {digest_valid, "64 hexadecimal digits", false},
	[FIELD_BLOCK] = {NULL, NULL, false},      /* the last type: the others before it have no check of a single value */
};

static void check_word(struct mistakes *m, const struct field *f, const struct fact *value)
{
	const struct type_check *c = &checks[f->type];

	if (fact_has_parts(value) || value->kind == FACT_NULL) {
		mistake(m, value, false, "'%s' must be %s", f->name, c->wants ? c->wants : "one of the words it allows");
		return;
	}
	if (*f->allowed && !word_in(f->allowed, value->value))
		mistake(m, value, true, "'%s' cannot be '%s': allowed are %s", f->name, shown(m, value->value), f->allowed);
	else if (c->valid && !c->valid(value->value))
		mistake(m, value, true, "'%s' cannot be '%s': it must be %s", f->name, shown(m, value->value), c->wants);
}

static void check_block(struct mistakes *m, enum field_section section, const struct fact *block);

static void check_document(struct mistakes *m, const struct fact *value)
{
	if (value->kind == FACT_BLOCK)
		check_block(m, FIELDS_REF, value);
	else if (value->kind == FACT_LIST || value->kind == FACT_NULL)
		mistake(m, value, false, "'%s' must be a reference, or a block with ref, date, sha256", value->key);
}

static void check_documents(struct mistakes *m, const struct field *f, const struct fact *value)
{
	if (value->kind != FACT_BLOCK) {
		mistake(m, value, false, "'%s' must be a block: kind of document, then its reference", f->name);
		return;
	}
	FACT_EACH(entry, value) {
		if (!word_in(f->allowed, span_of(entry->key)))
			mistake(m, entry, false, "unknown document '%s': allowed are %s", shown(m, span_of(entry->key)), f->allowed);
		else if (declared_state(entry) == DECLARED_VALUE)
			check_document(m, entry);
	}
}

static void check_list(struct mistakes *m, const struct field *f, const struct fact *value)
{
	int section = field_records(f->name);

	if (f->type == FIELD_RECORDS && value->kind != FACT_LIST) {
		mistake(m, value, false, "'%s' must be a list", f->name);
		return;
	}
	if (value->kind != FACT_LIST) {      /* a single value stands for a list of one */
		check_word(m, f, value);
		return;
	}
	FACT_EACH(item, value) {
		if (f->type != FIELD_RECORDS)
			check_word(m, f, item);
		else if (item->kind != FACT_BLOCK)
			mistake(m, item, true, "an item of '%s' must be a block of fields", f->name);
		else
			check_block(m, (enum field_section)section, item);
	}
}

/* extraterritorial_laws: none, transfers: none: an explicit "there is none" for a list. */
static bool says_none(const struct field *f, const struct fact *value)
{
	return (f->type == FIELD_RECORDS || checks[f->type].list) && span_is(value->value, "none") && f->section != FIELDS_TOP;
}

static void check_value(struct mistakes *m, const struct field *f, const struct fact *value)
{
	if (declared_state(value) != DECLARED_VALUE && f->section != FIELDS_TOP && f->section != FIELDS_WAIVERS &&
	    strcmp(f->name, "deployment_id") != 0)
		return;
	if (value->kind == FACT_NULL) {
		mistake(m, value, false, "'%s' has no value: write unknown, not-applicable, or leave the line out", f->name);
	} else if (f->type == FIELD_BLOCK) {
		if (value->kind == FACT_BLOCK)
			check_block(m, (enum field_section)field_records(f->name), value);
		else
			mistake(m, value, false, "'%s' must be a block of fields", f->name);
	} else if (says_none(f, value)) {
		return;
	} else if (f->type == FIELD_DOCUMENTS) {
		check_documents(m, f, value);
	} else if (f->type == FIELD_REF) {
		check_document(m, value);
	} else if (f->type == FIELD_RECORDS || checks[f->type].list) {
		check_list(m, f, value);
	} else {
		check_word(m, f, value);
	}
}

static void check_block(struct mistakes *m, enum field_section section, const struct fact *block)
{
	FACT_EACH(value, block) {
		const struct field *f = value->key ? field_find(section, span_of(value->key)) : NULL;
		const char *near = f || !value->key ? NULL : nearest(section, value->key);

		if (f)
			check_value(m, f, value);
		else if (near)
			mistake(m, value, false, "unknown field '%s'; did you mean '%s'?", shown(m, span_of(value->key)), near);
		else
			mistake(m, value, false, "unknown field '%s'", shown(m, span_of(value->key ? value->key : "")));
	}
}

void declaration_check(struct mistakes *m, const struct fact *root)
{
	check_block(m, FIELDS_TOP, root);
}
