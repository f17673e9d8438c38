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
	size_t first, count;      /* the first one's index; how many there are */
	struct str lines;
};

static bool has_line(const struct report_finding *f)
{
	return f->place_count && f->places[0].document;
}

static struct alike *alike_of(struct arena *a, struct map *kinds, struct str *key, const struct report_finding *f)
{
	struct map_entry *entry;

	str_clear(key);
	str_printf(key, "%s\n%s\n%s\n%s", f->rule, f->verdict, f->deployment ? f->deployment : "", f->places[0].document);
	entry = map_entry(kinds, str_get(key));
	if (!entry->value)
		entry->value = ARENA_NEW(a, struct alike);
	return entry->value;
}

/* The first is told whole; the lines of the others are named, as many as a reader looks at. */
static void add(struct alike *x, size_t finding, uint32_t line)
{
	if (!x->count++) {
		x->first = finding;
		x->lines = STR_INIT(1024);
	} else if (x->count - 1 <= LINES_NAMED) {
		str_printf(&x->lines, "%s%u", x->lines.n ? ", " : "", line);
	}
}

static const char *others_of(struct arena *a, const struct alike *x, enum lang lang)
{
	return arena_printf(a, "%zu %s %s%s", x->count - 1, text(TEXT_MORE_LINES, lang), x->lines.p, x->count - 1 > LINES_NAMED ? "\u2026" : "");
}

const char **terminal_fold(struct arena *a, const struct report *r, const bool *shown, enum lang lang)
{
	const char **list = ARENA_ARRAY(a, const char *, r->finding_count + 1);
	struct alike **of = ARENA_ARRAY(a, struct alike *, r->finding_count + 1);
	struct str key = STR_INIT(LIMIT_PATH_BYTES * 2);
	struct map kinds = MAP_INIT(a);

	for (size_t i = 0; i < r->finding_count; i++) {
		if (!shown[i] || !has_line(&r->findings[i]))
			continue;
		of[i] = alike_of(a, &kinds, &key, &r->findings[i]);
		add(of[i], i, r->findings[i].places[0].line);
	}
	for (size_t i = 0; i < r->finding_count; i++)
		list[i] = !of[i] || of[i]->count < FOLDED_FROM ? "" : i == of[i]->first ? others_of(a, of[i], lang) : NULL;
	for (size_t i = 0; i < kinds.count; i++)
		str_free(&((struct alike *)kinds.entries[i].value)->lines);
	str_free(&key);
	return list;
}
