/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Finds template actions and covers them. An action that has its line for itself is blanked, with one exception that
 * is left to the reader (a key whose value is such a line); every other action becomes a run of the letter x.
 * It does not evaluate anything, and it does not know strings inside actions: {{ "}}" }} ends at the first braces.
 */
#include "read/mask.h"

#include "base/limits.h"

struct span mask_word(struct span action)
{
	size_t i = 2, from;

	while (i < action.n && (action.p[i] == '-' || action.p[i] == ' ' || action.p[i] == '\t'))
		i++;
	from = i;
	if (i < action.n && action.p[i] == '/')
		return span_cut(action, i, i + 1);
	while (i < action.n && ((action.p[i] | 0x20) >= 'a' && (action.p[i] | 0x20) <= 'z'))
		i++;
	return span_cut(action, from, i);
}

static bool is_assignment(struct span action)
{
	struct span body = action.n > 4 ? span_trim(span_cut(action, 2, action.n - 2)) : SPAN("");

	while (body.n && (*body.p == '-' || *body.p == ' '))
		body = span_cut(body, 1, body.n);
	return body.n && *body.p == '$' && (span_find(body, SPAN(":=")) || span_find(body, SPAN("= ")));
}

static enum mask_kind line_kind(struct span action, int *ret_step)
{
	static const struct {
		const char *word;
		enum mask_kind kind;
		int step;
	} words[] = {
		{"if", MASK_CONTROL, 1}, {"range", MASK_CONTROL, 1}, {"with", MASK_CONTROL, 1}, {"define", MASK_CONTROL, 1},
		{"block", MASK_CONTROL, 1}, {"end", MASK_CONTROL, -1}, {"else", MASK_CONTROL, 0}, {"/", MASK_SILENT, 0},
	};
	struct span word = mask_word(action);

	*ret_step = 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is(word, words[i].word)) {
			*ret_step = words[i].step;
			return words[i].kind;
		}
	return is_assignment(action) ? MASK_SILENT : MASK_INSERT;
}

/* The walk remembers what it knows ahead, so that a hostile text is not looked at again and again. */
struct walk {
	struct span text;
	size_t no_end_before;      /* no closing braces start before this offset, seen from the last action */
	size_t line_end;           /* what stands before it was judged: */
	bool line_alone;           /* only blanks and actions in it */
};

/* End of the action that starts at from, or 0. */
static size_t action_end(struct walk *w, size_t from)
{
	size_t last = w->text.n - from > LIMIT_TEMPLATE_BYTES ? from + LIMIT_TEMPLATE_BYTES : w->text.n;
	size_t start = w->no_end_before > from + 2 ? w->no_end_before : from + 2;
	const char *end = start < last ? span_find(span_cut(w->text, start, last), SPAN("}}")) : NULL;

	if (end)
		return (size_t)(end - w->text.p) + 2;
	if (last - 1 > w->no_end_before)
		w->no_end_before = last - 1;
	return 0;
}

static size_t skip_blanks(struct span text, size_t i)
{
	while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t' || text.p[i] == '\r'))
		i++;
	return i;
}

/* Judges the line, or the lines, that the action at from is in: do only blanks and actions stand there? */
static bool alone(struct walk *w, size_t from)
{
	struct span text = w->text;
	const char *newline;
	size_t i = from;

	if (from < w->line_end)
		return w->line_alone;
	while (i && text.p[i - 1] != '\n')
		i--;
	w->line_alone = true;
	for (i = skip_blanks(text, i); i < text.n && text.p[i] != '\n'; i = skip_blanks(text, i)) {
		size_t end = i + 1 < text.n && text.p[i] == '{' && text.p[i + 1] == '{' ? action_end(w, i) : 0;

		if (!end) {
			w->line_alone = false;
			break;
		}
		i = end;
	}
	newline = memchr(text.p + i, '\n', text.n - i);
	w->line_end = newline ? (size_t)(newline - text.p) : text.n;
	return w->line_alone;
}

static void cover(char *copy, const struct mask *m)
{
	char with = m->kind == MASK_INLINE ? 'x' : ' ';

	for (size_t i = m->from; i < m->to; i++)
		if (copy[i] != '\n' && copy[i] != '\r')
			copy[i] = with;
}

struct span mask_text(struct arena *a, struct span text, struct mask_set *ret_set)
{
	struct walk w = {.text = text};
	struct mask_set set = {0};
	const char *found = span_find(text, SPAN("{{"));
	char *copy = NULL;
	unsigned depth = 0;

	while (found) {
		size_t from = (size_t)(found - text.p), to = action_end(&w, from);
		struct mask m = {from, to, MASK_INLINE, 0};
		int step = 0;

		if (to) {
			if (!copy)
				copy = arena_dup(a, text.p, text.n);
			m.kind = line_kind(span_cut(text, from, to), &step);
			if (!alone(&w, from)) {
				m.kind = MASK_INLINE;
				step = 0;
			}
			depth = step > 0 ? depth + 1 : step < 0 && depth ? depth - 1 : depth;
			m.depth = depth;
			cover(copy, &m);
			*ARENA_PUSH(a, set.masks, set.count) = m;
		}
		if (!to && !set.endless && text.n - from > LIMIT_TEMPLATE_BYTES)
			set.endless = from + 2;
		from = to ? to : from + 2;
		found = span_find(span_cut(text, from, text.n), SPAN("{{"));
	}
	*ret_set = set;
	return copy ? (struct span){copy, text.n} : text;
}

/* Index of the first mask that ends behind offset. */
static size_t first_behind(struct mask_set *set, size_t offset)
{
	size_t low = 0, high = set->count;

	if (set->cursor < set->count && set->masks[set->cursor].to > offset
	    && (!set->cursor || set->masks[set->cursor - 1].to <= offset))
		return set->cursor;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->masks[middle].to > offset)
			high = middle;
		else
			low = middle + 1;
	}
	set->cursor = low;
	return low;
}

const struct mask *mask_in(struct mask_set *set, size_t from, size_t to)
{
	size_t i = first_behind(set, from);

	return i < set->count && set->masks[i].from < to ? &set->masks[i] : NULL;
}

bool mask_any(struct mask_set *set, size_t from, size_t to, unsigned kinds)
{
	for (size_t i = first_behind(set, from); i < set->count && set->masks[i].from < to; i++)
		if (kinds >> set->masks[i].kind & 1)
			return true;
	return false;
}

unsigned mask_depth(struct mask_set *set, size_t offset)
{
	size_t i = first_behind(set, offset);

	return i ? set->masks[i - 1].depth : 0;
}
