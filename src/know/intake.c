/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Registers of processing: rows under headers (headers.def) become entries of a declaration. A cell is taken when it can be read as the
 * kind of value its field has; else it is a note, and the field stays unanswered: an answer that nobody can check against an export
 * is worth less than the question.
 */
#include "know/intake.h"
#include "know/know_p.h"

#include "base/date.h"
#include "base/jsonw.h"
#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>

#define TEXT_BYTES 2000      /* of one answer */

/* ------------------------------------------------------------------ words */

/* Letters of French without their accents. */
static const struct {
	const char *from;
	char to;
} plain_letters[] = {
	{"à", 'a'}, {"â", 'a'}, {"ä", 'a'}, {"ç", 'c'}, {"é", 'e'}, {"è", 'e'}, {"ê", 'e'}, {"ë", 'e'}, {"î", 'i'}, {"ï", 'i'}, {"ô", 'o'}, {"ö", 'o'},
	{"ù", 'u'}, {"û", 'u'}, {"ü", 'u'}, {"À", 'a'}, {"Â", 'a'}, {"Ç", 'c'}, {"É", 'e'}, {"È", 'e'}, {"Ê", 'e'}, {"Î", 'i'}, {"Ô", 'o'}, {"Ù", 'u'}, {"Û", 'u'},
};

/* Lower case, without accents, runs of anything else as one blank, blanks at both ends: " duree de conservation ". */
static char *folded(struct arena *a, struct span text)
{
	char *out = arena_alloc(a, text.n + 3);
	size_t n = 0, at = 0;

	out[n++] = ' ';
	while (at < text.n) {
		struct span rest = span_cut(text, at, text.n);
		char c = 0;

		for (size_t i = 0; i < sizeof plain_letters / sizeof *plain_letters && !c; i++)
			if (span_starts(rest, plain_letters[i].from))
				c = plain_letters[i].to;
		at += c ? 2 : 1;
		if (!c && isalnum((unsigned char)*rest.p))
			c = (char)tolower((unsigned char)*rest.p);
		if (c)
			out[n++] = c;
		else if (out[n - 1] != ' ')
			out[n++] = ' ';
	}
	if (out[n - 1] != ' ')
		out[n++] = ' ';
	return out;
}

const char *intake_quoted(struct arena *a, struct span text)
{
	struct str out = STR_INIT(8 * TEXT_BYTES);
	const char *copy;

	text = span_trim(text);
	while (text.n > TEXT_BYTES || (text.n && text.n == TEXT_BYTES && ((unsigned char)text.p[text.n - 1] & 0x80)))
		text.n--;
	json_quote(&out, text);      /* a JSON string is a YAML one */
	copy = arena_str(a, str_get(&out).p);
	str_free(&out);
	return copy;
}

const char *intake_place(struct arena *a, const struct fact *f)
{
	struct pos pos = doc_pos(f->doc, f->at.offset);

	return arena_printf(a, "%s:%u", f->doc->name, pos.line);
}

/* ------------------------------------------------------------------ entries */

/* A name as an identifier: [a-z0-9-]{3,64}, unlike those before. */
static const char *make_id(struct intake *in, const char *name)
{
	char *plain = folded(in->arena, span_of(name)), id[64];
	size_t n = 0;

	for (char *p = plain + 1; *p && n < 48; p++)
		id[n++] = *p == ' ' ? '-' : *p;
	while (n && id[n - 1] == '-')
		n--;
	id[n] = '\0';
	if (n < 3)
		snprintf(id, sizeof id, "system-%zu", in->count + 1);
	for (size_t i = 0; i < in->count; i++)
		if (!strcmp(in->entries[i].id, id))
			return arena_printf(in->arena, "%s-%zu", id, in->count + 1);
	return arena_str(in->arena, id);
}

struct intake_entry *intake_add(struct intake *in, const char *name, const char *place)
{
	const char *id = make_id(in, name);
	struct intake_entry *entry = ARENA_PUSH(in->arena, in->entries, in->count);

	*entry = (struct intake_entry){.id = id, .place = place};
	intake_put(in, entry, "deployment_id", id);
	intake_put(in, entry, "exports", arena_printf(in->arena, "[\"exports/%s/**\"]", id));
	if (*name)
		intake_put(in, entry, "system_name", intake_quoted(in->arena, span_of(name)));
	return entry;
}

const char *intake_value(const struct intake_entry *entry, const char *field)
{
	for (size_t i = 0; i < entry->count; i++)
		if (!strcmp(entry->fields[i], field))
			return entry->values[i];
	return NULL;
}

void intake_put(struct intake *in, struct intake_entry *entry, const char *field, const char *yaml)
{
	size_t values = entry->count;

	if (intake_value(entry, field))
		return;      /* the first column of a meaning has it */
	*ARENA_PUSH(in->arena, entry->values, values) = yaml;
	*ARENA_PUSH(in->arena, entry->fields, entry->count) = field;
}

void intake_note(struct intake *in, struct intake_entry *entry, const char *what, const char *text)
{
	*ARENA_PUSH(in->arena, entry->notes, entry->note_count) =
		arena_printf(in->arena, "%s : %s", intake_quoted(in->arena, span_of(what)), intake_quoted(in->arena, span_of(text)));
}

/* ------------------------------------------------------------------ values by kind */

static const struct {
	const char *field, *word, *value;
} words[] = {
#define HEADER(name, field)
#define WORD(field, word, value) {#field, word, #value},
#include "know/headers.def"
#undef HEADER
#undef WORD
};

static bool is_among(const char *allowed, const char *value)
{
	size_t n = strlen(value);

	if (strpbrk(value, " \"\n"))
		return false;
	for (const char *p = allowed; (p = strstr(p, value)); p += n)
		if ((p == allowed || p[-1] == ' ') && (!p[n] || p[n] == ' '))
			return true;
	return false;
}

static const char *enum_values(struct arena *a, const struct field *f, const char *text, bool many)
{
	const char *plain = folded(a, span_of(text));
	struct str out = STR_INIT(4096);
	const char *result = NULL;
	size_t count = 0;

	if (is_among(f->allowed, text))
		return many ? arena_printf(a, "[%s]", text) : arena_printf(a, "\"%s\"", text);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i].field, f->name) != 0 || !strstr(plain, folded(a, span_of(words[i].word))) || (count && strstr(out.p, words[i].value)))
			continue;
		str_printf(&out, "%s%s", count ? ", " : "", words[i].value);
		count++;
	}
	if (count && many)
		result = arena_printf(a, "[%s]", out.p);
	else if (count == 1)
		result = arena_str(a, out.p);
	str_free(&out);
	return result;
}

static const char *country_code(struct arena *a, struct span text)
{
	const char *plain = folded(a, text);
	char code[3] = "AA";

	text = span_trim(text);
	for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
		for (code[1] = 'A'; code[1] <= 'Z'; code[1]++) {
			const char *fr = country_name(code, "fr"), *en = country_name(code, "en");

			if (!strcmp(fr, code))
				continue;
			if (span_is(text, code) || !strcmp(plain, folded(a, span_of(fr))) || !strcmp(plain, folded(a, span_of(en))))
				return arena_str(a, code);
		}
	return NULL;
}

/* Pieces of an enumeration in a cell: "OVH, Scaleway ; Doctolib et Nabla". */
static bool next_piece(struct span *rest, struct span *ret)
{
	static const char *const separators[] = {",", ";", "/", " et ", " and ", "\n"};

	while (rest->n) {
		size_t end = rest->n, width = 0;

		for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
			const char *p = span_find(*rest, span_of(separators[i]));

			if (p && (size_t)(p - rest->p) < end) {
				end = (size_t)(p - rest->p);
				width = strlen(separators[i]);
			}
		}
		*ret = span_trim(span_cut(*rest, 0, end));
		*rest = span_cut(*rest, end + width, rest->n);
		if (ret->n)
			return true;
	}
	return false;
}

/* Each piece through one; NULL when one of them cannot be had, so that a list is never half of what was said. */
static const char *list_of(struct arena *a, const char *text, const char *(*one)(struct arena *, struct span))
{
	struct str out = STR_INIT(16 * TEXT_BYTES);
	struct span rest = span_of(text), piece;
	const char *result = NULL, *value = "";

	str_char(&out, '[');
	while (value && next_piece(&rest, &piece)) {
		value = one(a, piece);
		if (value)
			str_printf(&out, "%s%s", out.n > 1 ? ", " : "", value);
	}
	str_char(&out, ']');
	if (value && !str_failed(&out))
		result = arena_str(a, out.p);
	str_free(&out);
	return result;
}

static const char *region_of(struct arena *a, struct span text)
{
	const char *colon = memchr(text.p, ':', text.n);

	return colon && colon > text.p && !memchr(text.p, ' ', text.n) ? intake_quoted(a, text) : NULL;      /* a code alone is ambiguous */
}

static const char *named_record(struct arena *a, struct span text)
{
	return arena_printf(a, "{ name: %s }", intake_quoted(a, text));
}

static const char *days_of(struct arena *a, const char *text)
{
	static const struct {
		const char *word;
		long days;
	} units[] = {{" jour", 1}, {" day", 1}, {" semaine", 7}, {" mois", 30}, {" month", 30}, {" an ", 365}, {" ans ", 365}, {" annee", 365}, {" year", 365}};
	const char *plain = folded(a, span_of(text));
	char *end;
	long n = strtol(plain + 1, &end, 10);

	if (end == plain + 1 || n < 0 || n > 100000)
		return NULL;
	if (!strcmp(end, " "))
		return arena_printf(a, "%ld", n);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (!strncmp(end, units[i].word, strlen(units[i].word)))
			return arena_printf(a, "%ld", n * units[i].days);
	return NULL;
}

static const char *date_of(struct arena *a, const char *text)
{
	unsigned day, month, year;
	char out[16], rest;
	date_t date = date_parse(span_of(text));

	if (date == DATE_NONE && sscanf(text, "%2u/%2u/%4u%c", &day, &month, &year, &rest) == 3)
		date = date_parse(span_of(arena_printf(a, "%04u-%02u-%02u", year, month, day)));
	return date == DATE_NONE ? NULL : arena_str(a, date_format(date, out));
}

static const char *bool_of(struct arena *a, const char *text)
{
	static const struct {
		const char *word, *value;
	} answers[] = {{" oui ", "true"}, {" yes ", "true"}, {" true ", "true"}, {" vrai ", "true"}, {" non ", "false"}, {" no ", "false"}, {" false ", "false"}, {" faux ", "false"}};
	const char *plain = folded(a, span_of(text));

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (!strcmp(plain, answers[i].word))
			return answers[i].value;
	return NULL;
}

static const char *value_of(struct arena *a, const struct field *f, const char *text)
{
	switch (f->type) {
	case FIELD_TEXT: return intake_quoted(a, span_of(text));
	case FIELD_ENUM: return enum_values(a, f, text, false);
	case FIELD_ENUM_SET: return enum_values(a, f, text, true);
	case FIELD_BOOL: return bool_of(a, text);
	case FIELD_INT: return days_of(a, text);      /* those of headers.def count days */
	case FIELD_DATE: return date_of(a, text);
	case FIELD_COUNTRY: return country_code(a, span_of(text));
	case FIELD_COUNTRY_SET: return list_of(a, text, country_code);
	case FIELD_REGION_SET: return list_of(a, text, region_of);
	case FIELD_TEXT_LIST: return list_of(a, text, intake_quoted);
	case FIELD_RECORDS: return list_of(a, text, named_record);
	default: return NULL;
	}
}

/* ------------------------------------------------------------------ registers */

static const struct {
	const char *name, *field;
} headers[] = {
#define HEADER(name, field) {name, #field},
#define WORD(field, word, value)
#include "know/headers.def"
#undef HEADER
#undef WORD
};

static const char *field_of(struct arena *a, const char *header)
{
	const char *plain = folded(a, span_of(header));

	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		if (!strcmp(plain, folded(a, span_of(headers[i].name))))
			return headers[i].field;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		const char *name = folded(a, span_of(headers[i].name));

		if (strlen(name) > 6 && !strncmp(plain, name, strlen(name)))
			return headers[i].field;
	}
	return NULL;
}

static const struct field *field_named(const char *name)
{
	size_t count;
	const struct field *all = fields_all(&count);

	for (size_t i = 0; i < count; i++)
		if ((all[i].section == FIELDS_CORE || all[i].section == FIELDS_MORE) && !strcmp(all[i].name, name))
			return &all[i];
	return NULL;
}

static void take_cell(struct intake *in, struct intake_entry *entry, const struct fact *cell)
{
	const char *name = field_of(in->arena, cell->key), *text = cell->value.p, *yaml;
	const struct field *f = name ? field_named(name) : NULL;

	yaml = f ? value_of(in->arena, f, text) : NULL;
	if (!yaml || intake_value(entry, name))
		intake_note(in, entry, cell->key, text);
	else
		intake_put(in, entry, name, yaml);
}

/* The row's cell that names the system; a row without one is no system. */
static const struct fact *name_cell(struct arena *a, const struct fact *row)
{
	FACT_EACH(cell, row) {
		const char *field = cell->key && cell->value.n ? field_of(a, cell->key) : NULL;

		if (field && !strcmp(field, "system_name") && span_trim(cell->value).n)
			return cell;
	}
	return NULL;
}

static bool is_register(struct arena *a, const struct doc *d)
{
	static const char *const formats_read[] = {"csv", "xlsx", "ods"};
	bool known = false;
	size_t rows = 0;

	for (size_t i = 0; i < sizeof formats_read / sizeof *formats_read; i++)
		known |= d->format && !strcmp(d->format->name, formats_read[i]);
	if (!known || !d->root_count)
		return false;
	FACT_EACH(row, d->roots[0])
		rows += name_cell(a, row) != NULL;
	return rows > 0;
}

static void take_register(struct intake *in, const struct doc *d)
{
	FACT_EACH(row, d->roots[0]) {
		const struct fact *name = name_cell(in->arena, row);
		struct intake_entry *entry;

		if (!name)
			continue;
		entry = intake_add(in, arena_dup(in->arena, name->value.p, name->value.n), intake_place(in->arena, row));
		FACT_EACH(cell, row)
			if (cell != name && cell->key && span_trim(cell->value).n)
				take_cell(in, entry, cell);
	}
}

int intake_read(struct arena *a, const struct input_set *set, struct intake *ret, struct err *e)
{
	struct intake in = {.arena = a};

	for (size_t i = 0; i < set->count; i++) {
		const struct doc *d = set->docs[i];

		if (d->status != DOC_READ)
			return err_set(e, EXIT_INCOMPLETE, "%s: not read whole: %s", d->name,
				       d->reason ? d->reason : d->diag_count ? d->diags[0].text : "no reason given");
		if (!intake_bom(&in, d) && is_register(a, d))
			take_register(&in, d);
	}
	*ret = in;
	return 0;
}
