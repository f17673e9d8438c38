/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A table of a hundred patients has a finding a line, and a screen that says the same a hundred times is read by nobody: of many findings
 * of one rule in one document a terminal shows the first whole, and of the others the lines. Other formats list each.
 */
#include "report/paper.h"

#include "base/limits.h"
#include "base/map.h"

#define FOLDED_FROM 5      /* findings alike: fewer are shown one by one */
#define LINES_NAMED 12

struct alike {
	size_t first, count, told;
	struct str lines;
};

static struct span kind_of(struct str *key, const struct report_finding *f)
{
	str_clear(key);
	str_printf(key, "%s\n%s\n%s\n%s", f->rule, f->verdict, f->deployment ? f->deployment : "", f->places[0].document);
	return str_get(key);
}

static void add_line(struct alike *a, uint32_t line)
{
	if (a->told++ < LINES_NAMED)
		str_printf(&a->lines, "%s%u", a->told > 1 ? ", " : "", line);
}

const char **terminal_fold(struct arena *a, const struct report *r, const bool *shown, enum lang lang)
{
	const char **list = ARENA_ARRAY(a, const char *, r->finding_count + 1);
	struct map kinds = MAP_INIT(a);
	struct str key = STR_INIT(LIMIT_PATH_BYTES * 2);

	for (size_t i = 0; i < r->finding_count; i++) {
		const struct report_finding *f = &r->findings[i];
		struct map_entry *entry;
		struct alike *alike;

		list[i] = "";
		if (!shown[i] || !f->place_count || !f->places[0].document)
			continue;
		entry = map_entry(&kinds, kind_of(&key, f));
		if (!entry->value) {
			alike = ARENA_NEW(a, struct alike);
			*alike = (struct alike){.first = i, .lines = STR_INIT(1024)};
			entry->value = alike;
		}
		alike = entry->value;
		if (alike->count++)
			add_line(alike, f->places[0].line);
	}
	for (size_t i = 0; i < r->finding_count; i++) {
		const struct report_finding *f = &r->findings[i];
		const struct alike *alike = shown[i] && f->place_count && f->places[0].document ? map_get(&kinds, kind_of(&key, f)) : NULL;

		if (!alike || alike->count < FOLDED_FROM)
			continue;
		list[i] = i != alike->first ? NULL : arena_printf(a, "%zu %s %s%s", alike->count - 1, text(TEXT_MORE_LINES, lang), alike->lines.p, alike->told > LINES_NAMED ? "\u2026" : "");
	}
	for (size_t i = 0; i < kinds.count; i++)
		str_free(&((struct alike *)kinds.entries[i].value)->lines);
	str_free(&key);
	return list;
}
