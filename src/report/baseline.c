/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Compares by fingerprint and occurrence alone: the deployment does not enter, so that the audit of a facility can be the baseline of a
 * check of one vendor's folder. Changed files are matched by the ends of their names, since git counts from the top of the repository and
 * a check from the folder it was given; too many may match, never too few.
 */
#include "report/baseline.h"

#include "base/limits.h"
#include "report/excerpt.h"

/* Would count if nothing were known before. */
static bool is_breach(const struct report_finding *f)
{
	return f->outcome == OUTCOME_AGAINST && !f->waived_by && f->confidence != CONFIDENCE_LOW && strcmp(f->verdict, "not_applicable");
}

/* ------------------------------------------------------------------ known before */

static const char *key_of(struct arena *a, const struct report_finding *f)
{
	return arena_printf(a, "%s/%u", f->fingerprint, f->occurrence);
}

/* A file in two deployments gives a finding twice: the graver one, a breach before all else, stands for both. */
static bool stands_above(const struct report_finding *f, const struct report_finding *other)
{
	if (is_breach(f) != is_breach(other))
		return is_breach(f);
	return f->severity > other->severity;
}

static struct map known_before(struct arena *a, const struct report *before)
{
	struct map known = MAP_INIT(a);

	for (size_t i = 0; before && i < before->finding_count; i++) {
		struct report_finding *f = &before->findings[i];
		struct map_entry *e = map_entry(&known, span_of(key_of(a, f)));

		if (!e->value || stands_above(f, e->value))
			e->value = f;
	}
	return known;
}

static bool was_known(struct arena *a, const struct map *known, const struct report_finding *f)
{
	const struct report_finding *before = map_get(known, span_of(key_of(a, f)));

	return before && (!is_breach(f) || (is_breach(before) && before->severity >= f->severity));
}

/* ------------------------------------------------------------------ changed files */

static bool ends_with_part(struct span name, struct span end)
{
	/* analyser: bytes without a place have no length */
	return name.n > end.n && name.p[name.n - end.n - 1] == '/' && !memcmp(name.p + name.n - end.n, end.p, end.n);
}

static bool name_changed(const struct baseline *b, const char *document)
{
	const char *inner = strchr(document, '!');
	struct span name = {document, inner ? (size_t)(inner - document) : strlen(document)};

	for (size_t i = 0; i < b->changed_count; i++) {
		struct span changed = span_of(b->changed[i]);

		if (span_eq(name, changed) || ends_with_part(changed, name) || ends_with_part(name, changed))
			return true;
	}
	return false;
}

/* A variable changed in one file speaks through the file that uses it: any place counts. */
static bool finding_changed(const struct baseline *b, const struct report_finding *f)
{
	size_t places = 0;

	for (size_t i = 0; i < f->place_count; i++) {
		places += f->places[i].document != NULL;
		if (f->places[i].document && name_changed(b, f->places[i].document))
			return true;
	}
	return !places;      /* of no file: nobody can say that it did not change */
}

static int octal(const char *p)
{
	int n = 0;

	for (int i = 0; i < 3; i++) {
		if (p[i] < '0' || p[i] > '7')
			return -1;
		n = n * 8 + p[i] - '0';
	}
	return n;
}

/* "caf\303\251.tf" in quotes, as git writes odd names; anything else is itself. */
static const char *unquoted(struct arena *a, struct span s)
{
	static const char from[] = "abfnrtv\"\\", to[] = "\a\b\f\n\r\t\v\"\\";
	struct str out = STR_INIT(LIMIT_PATH_BYTES);
	const char *name, *known;

	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return show_span(a, s, 0);
	s = span_cut(s, 1, s.n - 1);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\' || i + 1 == s.n) {
			str_char(&out, s.p[i]);
		} else if (i + 3 < s.n && octal(s.p + i + 1) >= 0) {
			str_char(&out, (char)octal(s.p + i + 1));
			i += 3;
		} else {
			known = memchr(from, s.p[++i], sizeof from - 1);
			str_char(&out, known ? to[known - from] : s.p[i]);
		}
	}
	name = show_span(a, str_get(&out), 0);      /* as the report shows it, masked and safe */
	str_free(&out);
	return name;
}

const char *const *baseline_names(struct arena *a, struct span list, size_t *ret_count)
{
	char end = list.n && memchr(list.p, '\0', list.n) ? '\0' : '\n';
	const char **names = NULL;
	size_t from = 0;

	*ret_count = 0;
	while (from < list.n) {
		const char *stop = memchr(list.p + from, end, list.n - from);
		size_t to = stop ? (size_t)(stop - list.p) : list.n;
		struct span s = end ? span_trim(span_cut(list, from, to)) : span_cut(list, from, to);

		if (span_starts(s, "./"))
			s = span_cut(s, 2, s.n);
		if (s.n)
			*ARENA_PUSH(a, names, *ret_count) = end ? unquoted(a, s) : show_span(a, s, 0);
		from = to + 1;
	}
	return names;
}

/* ------------------------------------------------------------------ the report */

/* One counter less, one old finding more. */
static void uncount(struct report *r, const struct report_finding *f)
{
	size_t *counter = f->outcome == OUTCOME_UNKNOWN ? &r->unknowns : is_breach(f) ? &r->by_severity[f->severity] :
			  !strcmp(f->verdict, "to_confirm") && !f->waived_by ? &r->doubts : NULL;

	if (!counter)
		return;
	--*counter;
	r->old++;
	for (size_t i = 0; is_breach(f) && f->deployment && i < r->deployment_count; i++)
		if (!strcmp(r->deployments[i].id, f->deployment))
			r->deployments[i].by_severity[f->severity]--;
}

static const size_t *remapped(struct arena *a, const size_t *list, size_t *count, const size_t *moved)
{
	size_t *kept = ARENA_ARRAY(a, size_t, *count + 1), n = 0;

	for (size_t i = 0; i < *count; i++)
		if (moved[list[i]] != SIZE_MAX)
			kept[n++] = moved[list[i]];
	*count = n;
	return kept;
}

static void take_out_old(struct arena *a, struct report *r)
{
	size_t *moved = ARENA_ARRAY(a, size_t, r->finding_count + 1), n = 0;

	for (size_t i = 0; i < r->finding_count; i++) {
		moved[i] = finding_is_old(&r->findings[i]) ? SIZE_MAX : n;
		if (moved[i] != SIZE_MAX)
			r->findings[n++] = r->findings[i];
	}
	r->finding_count = n;
	for (size_t i = 0; i < r->cell_count; i++)
		r->cells[i].findings = remapped(a, r->cells[i].findings, &r->cells[i].finding_count, moved);
}

void baseline_apply(struct arena *a, const struct baseline *b, struct report *r)
{
	struct map known = known_before(a, b->before);

	for (size_t i = 0; i < r->finding_count; i++) {
		struct report_finding *f = &r->findings[i];

		/* what could not be evaluated is never known */
		f->baseline = f->outcome == OUTCOME_INCOMPLETE ? "new" :
			      was_known(a, &known, f) || (b->has_changed && !finding_changed(b, f)) ? "old" : "new";
		if (finding_is_old(f))
			uncount(r, f);
	}
	if (b->only_new)
		take_out_old(a, r);
}
