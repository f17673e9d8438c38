/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Masks look at more than what is shown (the lines before, a kilobyte around), since a secret is told by what stands
 * beside it. The columns of the value are carried through masking, escaping and cutting.
 * Of a document in another encoding than UTF-8 the text is shown that its reader read. A cell's excerpt is its row.
 */
#include "report/excerpt.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/utf8.h"

#define AROUND 1024      /* bytes looked at on each side of the value */

const char *show_span(struct arena *a, struct span text, size_t max)
{
	struct span masked = span_of(masked_text(a, text));
	struct str safe = STR_INIT(masked.n * 6 + 16);
	const char *copy;

	if ((!max || masked.n <= max) && utf8_is_safe(masked))
		return masked.p;
	if (max && masked.n > max) {
		while (max && ((unsigned char)masked.p[max] & 0xc0) == 0x80)
			max--;
		utf8_safe(&safe, span_cut(masked, 0, max));
		str_text(&safe, "\u2026");
	} else {
		utf8_safe(&safe, masked);
	}
	copy = arena_dup(a, str_get(&safe).p, safe.n);
	str_free(&safe);
	return copy;
}

const char *show_text(struct arena *a, const char *text, size_t max)
{
	return text ? show_span(a, span_of(text), max) : NULL;
}

/* Folders and a base name are words each: taken together they look like a random run that none of them is. */
const char *show_name(struct arena *a, const char *name)
{
	struct str out = STR_INIT(strlen(name) * 8 + 64);
	const char *copy;

	for (const char *slash; (slash = strchr(name, '/')) != NULL; name = slash + 1) {
		str_text(&out, show_span(a, (struct span){name, (size_t)(slash - name)}, 0));
		str_char(&out, '/');
	}
	str_text(&out, show_text(a, name, 0));
	copy = arena_dup(a, str_get(&out).p, out.n);
	str_free(&out);
	return copy;
}

/* ------------------------------------------------------------------ which bytes */

struct view {
	size_t context, from, to;      /* bytes of the document: looked at from context, shown from..to */
	size_t value, value_end;
	bool cut_before, cut_behind;
};

static size_t back_lines(struct span text, size_t at, int lines)
{
	size_t least = at > AROUND ? at - AROUND : 0;

	while (at > least && (lines || text.p[at - 1] != '\n'))
		lines -= text.p[--at] == '\n' && lines;
	return at;
}

static bool is_utf8_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static struct view view_of(const struct doc *d, struct place at)
{
	struct span line = lines_line(&d->lines, lines_pos(&d->lines, at.offset).line);
	size_t start = (size_t)(line.p - d->bytes.p), end = start + line.n;
	struct view v = {.from = start, .to = end, .value = at.offset, .value_end = at.offset + at.length};

	if (v.value > end)
		v.value = end;
	if (v.value_end > end)
		v.value_end = end;
	if (v.value - v.from > AROUND) {
		v.from = v.value - AROUND;
		v.cut_before = true;
	}
	if (v.to - v.value_end > AROUND) {
		v.to = v.value_end + AROUND;
		v.cut_behind = true;
	}
	if (v.value_end - v.value > AROUND)
		v.to = v.value_end = v.value + AROUND, v.cut_behind = true;
	while (v.from < v.value && is_utf8_tail(d->bytes.p[v.from]))
		v.from++;
	while (v.to > v.value_end && v.to < end && is_utf8_tail(d->bytes.p[v.to]))
		v.to--;
	v.context = v.cut_before ? v.from : back_lines(d->bytes, v.from, 2);
	return v;
}

/* ------------------------------------------------------------------ masked output with marks */

struct shown {
	struct str out;
	size_t value, value_end;      /* offsets in out */
};

/* Bytes that are not UTF-8 are read as Latin-1, the other encoding of French files. */
static void put_safe(struct str *out, struct span s)
{
	while (s.n) {
		size_t good = utf8_valid_until(s);

		utf8_safe(out, span_cut(s, 0, good));
		if (good == s.n)
			return;
		if ((unsigned char)s.p[good] >= 0xa0)
			str_utf8(out, (unsigned char)s.p[good]);
		else
			utf8_safe(out, span_cut(s, good, good + 1));
		s = span_cut(s, good + 1, s.n);
	}
}

/* Puts bytes from..to, noting where the value's ends come to stand. */
static void put_marked(struct shown *o, const struct doc *d, const struct view *v, size_t from, size_t to)
{
	size_t stops[] = {v->value, v->value_end};
	size_t *marks[] = {&o->value, &o->value_end};

	for (int i = 0; i < 2; i++) {
		if (stops[i] < from || stops[i] > to)
			continue;
		put_safe(&o->out, span_cut(d->bytes, from, stops[i]));
		*marks[i] = o->out.n;
		from = stops[i];
	}
	put_safe(&o->out, span_cut(d->bytes, from, to));
}

static void put_mask(struct shown *o, const struct view *v, size_t from, size_t to)
{
	if (v->value >= from && v->value < to)
		o->value = o->out.n;
	str_text(&o->out, MASK);
	if (v->value_end > from && v->value_end <= to)
		o->value_end = o->out.n;
}

/* By the general masks, as offsets in the document. */
static size_t general_ranges(struct arena *a, struct looked_at *last, const struct doc *d, const struct view *v, struct mask_range **ret)
{
	struct span bytes = span_cut(d->bytes, v->context, v->to);

	if (last->bytes != bytes.p || last->n != bytes.n) {
		*last = (struct looked_at){.bytes = bytes.p, .n = bytes.n};
		last->count = mask_ranges(a, bytes, &last->ranges);
		for (size_t i = 0; i < last->count; i++) {
			last->ranges[i].from += v->context;
			last->ranges[i].to += v->context;
		}
	}
	*ret = last->ranges;
	return last->count;
}

static size_t hidden_ranges(struct arena *a, struct looked_at *last, const struct doc *d, const struct view *v, const struct hidden *hidden, bool hide,
			    struct mask_range **ret)
{
	struct mask_range *general, *own = ARENA_ARRAY(a, struct mask_range, hidden->count + 1);
	size_t general_count = general_ranges(a, last, d, v, &general), n = 0;

	for (size_t i = 0; i < hidden->count; i++)
		if (hidden->ranges[i].to > v->from && hidden->ranges[i].from < v->to)
			own[n++] = hidden->ranges[i];
	if (hide)
		own[n++] = (struct mask_range){v->value, v->value_end};
	return mask_join(a, general, general_count, own, n, ret);
}

static void put_view(struct shown *o, const struct doc *d, const struct view *v, const struct mask_range *ranges, size_t n)
{
	size_t at = v->from;

	for (size_t i = 0; i < n && ranges[i].from < v->to; i++) {
		size_t from = ranges[i].from > at ? ranges[i].from : at;
		size_t to = ranges[i].to < v->to ? ranges[i].to : v->to;

		if (to <= at)
			continue;
		put_marked(o, d, v, at, from);
		put_mask(o, v, from, to);
		at = to;
	}
	put_marked(o, d, v, at, v->to);
	if (o->value_end < o->value)
		o->value_end = o->value;
}

/* ------------------------------------------------------------------ cutting */

static size_t to_boundary(struct span s, size_t at)
{
	while (at && at < s.n && is_utf8_tail(s.p[at]))
		at--;
	return at;
}

static void cut(struct arena *a, const struct shown *o, const struct view *v, struct report_place *p)
{
	struct span all = str_get(&o->out), piece;
	size_t from = 0, to = all.n, value = o->value, value_end = o->value_end;
	bool before, behind;

	while (from < value && all.p[from] == ' ')
		from++;
	while (to > value_end && to > from && all.p[to - 1] == ' ')
		to--;
	if (to - from > LIMIT_EXCERPT_BYTES) {
		size_t half = LIMIT_EXCERPT_BYTES / 2, middle = value + (value_end - value) / 2, least = from;

		if (value_end - value > LIMIT_EXCERPT_BYTES)
			middle = value + half;
		from = middle > from + half ? to_boundary(all, middle - half) : from;
		from = from < least ? least : from;
		to = from + LIMIT_EXCERPT_BYTES < to ? to_boundary(all, from + LIMIT_EXCERPT_BYTES) : to;
	}
	before = from > 0 && (v->cut_before || !span_eq(span_trim(span_cut(all, 0, from)), (struct span){"", 0}));
	behind = to < all.n || v->cut_behind;
	value_end = value_end > to ? to : value_end;
	piece = span_cut(all, from, to);
	p->excerpt = arena_printf(a, "%s%.*s%s", before ? "\u2026" : "", (int)piece.n, piece.p, behind ? "\u2026" : "");
	p->excerpt_from = (uint32_t)(utf8_count(span_cut(all, from, value)) + before + 1);
	p->excerpt_to = (uint32_t)(p->excerpt_from + utf8_count(span_cut(all, value, value_end)));
	if (p->excerpt_to == p->excerpt_from)
		p->excerpt_to++;
}

static bool is_text(const struct doc *d)
{
	struct span b = d->bytes;

	return d->lines.count && b.n && b.p == d->lines.text.p && !memchr(b.p, '\0', b.n < 4096 ? b.n : 4096);
}

static void make(struct arena *a, struct looked_at *last, const struct doc *d, struct place at, const struct hidden *hidden, bool hide, struct report_place *p)
{
	struct shown o = {.out = STR_INIT(64 * AROUND)};
	struct mask_range *ranges;
	struct view v;
	size_t n;

	if (!is_text(d) || at.offset > d->bytes.n)
		return;
	v = view_of(d, at);
	if (v.to == v.from)
		return;
	n = hidden_ranges(a, last, d, &v, hidden, hide, &ranges);
	put_view(&o, d, &v, ranges, n);
	cut(a, &o, &v, p);
	str_free(&o.out);
}

/* A document whose bytes are not its text is shown as one whose bytes are, with every offset taken inward. */
void excerpt_make(struct arena *a, struct looked_at *last, const struct doc *d, struct place at, const struct hidden *hidden, bool hide, struct report_place *p)
{
	const struct offset_map *map = d->text.map;
	struct hidden inner;
	struct doc text;
	uint32_t end = at.offset + at.length;

	if (!map) {
		make(a, last, d, at, hidden, hide, p);
		return;
	}
	inner = (struct hidden){.ranges = ARENA_ARRAY(a, struct mask_range, hidden->count + 1), .count = hidden->count};
	for (size_t i = 0; i < hidden->count; i++)
		inner.ranges[i] = (struct mask_range){offset_in(map, (uint32_t)hidden->ranges[i].from), offset_in(map, (uint32_t)hidden->ranges[i].to)};
	text = *d;
	text.bytes = d->text.bytes;
	at.offset = offset_in(map, at.offset);
	at.length = offset_in(map, end) - at.offset;
	make(a, last, &text, at, &inner, hide, p);
}
