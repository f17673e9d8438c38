/* SPDX-License-Identifier: EUPL-1.2 */
/* Members of report.json, checked one by one: kinds, ranges, words of a list. */
#include "report/load_member.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <stdlib.h>

void load_refuse(struct load *l, const struct fact *f, const char *what, const char *key)
{
	struct pos p = doc_pos(l->doc, f ? f->at.offset : 0);

	err_set(l->e, EXIT_USAGE, "%s:%u:%u: not a report of scelle: %s '%s'", l->doc->name, p.line, p.column, what, key);
}

/* ------------------------------------------------------------------ scalars */

/* Our texts are safe for a terminal; another's are made so. */
static const char *safe_text(struct load *l, const struct fact *f)
{
	struct str out = STR_INIT(LIMIT_FILE_BYTES);
	const char *text = f->value.p;

	utf8_safe(&out, f->value);
	if (!span_eq(str_get(&out), f->value))
		text = arena_dup(l->arena, str_get(&out).p, out.n);
	str_free(&out);
	return text;
}

static bool load_is_string(const struct fact *f)
{
	return f->scalar == SCALAR_STRING;
}

const struct fact *load_member(struct load *l, const struct fact *block, const char *key)
{
	const struct fact *f = NULL;

	if (block && block->kind == FACT_BLOCK && !load_is_string(block))
		FACT_EACH(child, block)
			if (!f && !strcmp(child->key, key))
				f = child;
	if (!f)
		load_refuse(l, block, "it lacks", key);
	return f;
}

const char *load_text(struct load *l, const struct fact *block, const char *key)
{
	const struct fact *f = load_member(l, block, key);

	if (!f || (f->kind == FACT_NULL && !load_is_string(f)))
		return NULL;
	if (!load_is_string(f))
		load_refuse(l, f, "no text in", key);
	return load_is_string(f) ? safe_text(l, f) : NULL;
}

const char *load_needed_text(struct load *l, const struct fact *block, const char *key)
{
	const char *t = load_text(l, block, key);

	if (!t)
		load_refuse(l, block, "no text in", key);
	return t ? t : "";
}

uint64_t load_number(struct load *l, const struct fact *block, const char *key, uint64_t max)
{
	const struct fact *f = load_member(l, block, key);
	uint64_t n = 0;
	size_t i = 0;

	if (!f || f->scalar != SCALAR_NUMBER) {
		load_refuse(l, f ? f : block, "no number in", key);
		return 0;
	}
	for (; i < f->value.n && f->value.p[i] >= '0' && f->value.p[i] <= '9' && n <= max; i++)
		n = n * 10 + (uint64_t)(f->value.p[i] - '0');
	if (i < f->value.n || n > max)
		load_refuse(l, f, "no whole number in its range in", key);
	return n <= max ? n : 0;
}

size_t load_count(struct load *l, const struct fact *block, const char *key)
{
	return (size_t)load_number(l, block, key, NUMBER_MAX);
}

uint32_t load_small(struct load *l, const struct fact *block, const char *key)
{
	return (uint32_t)load_number(l, block, key, UINT32_MAX);
}

int load_days(struct load *l, const struct fact *block, const char *key)
{
	const struct fact *f = load_member(l, block, key);

	if (f && (f->scalar != SCALAR_NUMBER || f->value.n > 8))
		load_refuse(l, f, "not a number of days in", key);
	return f ? (int)strtol(f->value.p, NULL, 10) : 0;
}

bool load_yes(struct load *l, const struct fact *block, const char *key)
{
	const struct fact *f = load_member(l, block, key);

	if (f && f->scalar != SCALAR_BOOL)
		load_refuse(l, f, "neither true nor false in", key);
	return f && span_is(f->value, "true");
}

int load_word(struct load *l, const struct fact *block, const char *key, const char *const *names, size_t n)
{
	const char *t = load_needed_text(l, block, key);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(t, names[i]))
			return (int)i;
	load_refuse(l, block, "unknown word in", key);
	return 0;
}

enum severity load_severity(struct load *l, const struct fact *block, const char *key)
{
	return (enum severity)load_word(l, block, key, severity_names, SEVERITY_CRITICAL + 1);
}

struct both load_both(struct load *l, const struct fact *block, const char *key)
{
	const struct fact *f = load_member(l, block, key);

	return (struct both){load_needed_text(l, f, "fr"), load_needed_text(l, f, "en")};
}

date_t load_date(struct load *l, const struct fact *block, const char *key)
{
	const char *t = load_text(l, block, key);
	date_t d = t ? date_parse(span_of(t)) : DATE_NONE;

	if (t && d == DATE_NONE)
		load_refuse(l, block, "no date in", key);
	return d;
}

/* ------------------------------------------------------------------ lists */

const struct fact *load_list(struct load *l, const struct fact *block, const char *key, size_t *ret_count)
{
	const struct fact *f = load_member(l, block, key);

	*ret_count = 0;
	if (f && (f->kind != FACT_LIST || load_is_string(f)))
		load_refuse(l, f, "no list in", key);
	if (!f || f->kind != FACT_LIST)
		return NULL;
	FACT_EACH(item, f)
		++*ret_count;
	return f;
}

const char *const *load_texts(struct load *l, const struct fact *block, const char *key, size_t *ret_count)
{
	const struct fact *f = load_list(l, block, key, ret_count);
	const char **items = ARENA_ARRAY(l->arena, const char *, *ret_count + 1);
	size_t n = 0;

	for (const struct fact *item = f ? f->first : NULL; item; item = item->next) {
		if (!load_is_string(item))
			load_refuse(l, item, "no text in", key);
		items[n++] = load_is_string(item) ? safe_text(l, item) : "";
	}
	return items;
}

const size_t *load_indices(struct load *l, const struct fact *block, const char *key, size_t below, size_t *ret_count)
{
	const struct fact *f = load_list(l, block, key, ret_count);
	size_t *items = ARENA_ARRAY(l->arena, size_t, *ret_count + 1);
	size_t n = 0;

	for (const struct fact *item = f ? f->first : NULL; item; item = item->next) {
		char *end;
		unsigned long long index = strtoull(item->value.p, &end, 10);

		if (item->scalar != SCALAR_NUMBER || *end || index >= below)
			load_refuse(l, item, "no index in its range in", key);
		else
			items[n++] = (size_t)index;
	}
	*ret_count = n;
	return items;
}

void *load_items(struct load *l, const struct fact *block, const char *key, size_t size,
		   void (*make)(struct load *l, const struct fact *item, void *to), size_t *ret_count)
{
	const struct fact *f = load_list(l, block, key, ret_count);
	char *array = arena_alloc_array(l->arena, *ret_count + 1, size);
	size_t n = 0;

	for (const struct fact *item = f ? f->first : NULL; item; item = item->next)
		make(l, item, array + size * n++);
	return array;
}
