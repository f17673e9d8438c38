/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Deadlines drawn along a line of time, a lane for each kind, the day of the audit marked. The table beside it says the same in words:
 * the picture is for the eye, and leaves out a name that would run into the next mark.
 */
#include "report/html.h"

#include "base/date.h"
#include "base/utf8.h"

#include <stdlib.h>

enum {
	WIDTH = 960, LEFT = 275, RIGHT = 185,      /* units of the drawing: all of it, names of lanes, room for the last name */
	TOP = 34, LANE = 38, BOTTOM = 30,
	CLOSE = 11,                                /* marks nearer than this are drawn as one */
	LETTER = 9,                                /* about a letter's width */
	NAME_LEAST = 6,                            /* letters of a name that still say something */
	TICKS_MOST = 8,
	KINDS_MOST = 8,
	PAST_MOST = 2 * 366, AHEAD_MOST = 10 * 366,      /* days drawn to scale; what lies beyond stands at the edge */
};

struct line {
	struct page *page;
	date_t audit;
	int first, last;                           /* days from the audit */
	const char *kinds[KINDS_MOST];
	int kind_count;
};

static int clamp(int n, int low, int high)
{
	return n < low ? low : n > high ? high : n;
}

static int x_of(const struct line *l, int days)
{
	return LEFT + (clamp(days, l->first, l->last) - l->first) * (WIDTH - LEFT - RIGHT) / (l->last - l->first);
}

static int bottom_of(const struct line *l)
{
	return TOP + l->kind_count * LANE;
}

static int lane_of(struct line *l, const char *kind)
{
	for (int i = 0; i < l->kind_count; i++)
		if (!strcmp(l->kinds[i], kind))
			return i;
	if (l->kind_count == KINDS_MOST)
		return -1;
	l->kinds[l->kind_count] = kind;
	return l->kind_count++;
}

static struct line line_of(struct page *p)
{
	const struct report *r = p->r;
	struct line l = {.page = p, .audit = date_parse(span_of(r->date)), .first = -30, .last = 90};

	for (size_t i = 0; i < r->deadline_count; i++) {
		int days = clamp(r->deadlines[i].days, -PAST_MOST, AHEAD_MOST);

		l.first = days - 10 < l.first ? days - 10 : l.first;
		l.last = days + 10 > l.last ? days + 10 : l.last;
		lane_of(&l, r->deadlines[i].kind);
	}
	return l;
}

/* Months from one tick to the next, so that their dates stand apart. */
static int tick_months(const struct line *l)
{
	static const int steps[] = {1, 3, 6, 12, 24};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if ((l->last - l->first) / (steps[i] * 30) <= TICKS_MOST)
			return steps[i];
	return 60;
}

static void put_ticks(const struct line *l)
{
	int months = tick_months(l);
	char text[16];
	date_t at;

	date_format(l->audit + l->first, text);
	memcpy(text + 4, "-01-01", 7);
	for (at = date_parse(span_of(text)); at <= l->audit + l->last; at = date_add_months(at, months)) {
		int x = x_of(l, at - l->audit);

		if (at < l->audit + l->first)
			continue;
		date_format(at, text);
		str_printf(l->page->out, "<path class=\"tick\" d=\"M%d %dV%d\"/><text class=\"tick\" x=\"%d\" y=\"%d\">%.*s</text>\n", x, TOP, bottom_of(l), x, bottom_of(l) + 20,
			   months % 12 ? 7 : 4, text);
	}
}

static void put_lanes(const struct line *l)
{
	for (int i = 0; i < l->kind_count; i++) {
		int y = TOP + i * LANE + LANE / 2;

		str_printf(l->page->out, "<path class=\"lane\" d=\"M%d %dH%d\"/><text class=\"kind\" x=\"%d\" y=\"%d\">", LEFT, y, WIDTH - RIGHT, LEFT - 16, y + 5);
		html_text(l->page, deadline_text(l->kinds[i], l->page->lang));
		html_put(l->page, "</text>\n");
	}
}

static void put_audit(const struct line *l)
{
	int x = x_of(l, 0);

	str_printf(l->page->out, "<path class=\"today\" d=\"M%d %dV%d\"/><text class=\"today\" x=\"%d\" y=\"%d\">", x, TOP - 8, bottom_of(l), x, TOP - 14);
	html_say(l->page, TEXT_TIMELINE_AUDIT);
	html_put(l->page, " ");
	html_text(l->page, l->page->r->date);
	html_put(l->page, "</text>\n");
}

static const char *name_of(const struct page *p, const struct report_deadline *d)
{
	return d->deployment ? html_deployment_name(p->r, d->deployment) : d->name ? d->name : "";
}

/* The name beside a mark, as much of it as there is room before the next one; what stands for several says how many more. */
static void put_name(const struct line *l, const struct report_deadline *d, size_t more, int x, int y, int before)
{
	struct span name = span_of(name_of(l->page, d));
	int room = (before - x - 14) / LETTER - (more ? 3 : 0);
	size_t count = 0, shown;

	if (!name.n || room < NAME_LEAST)
		return;
	shown = (int)utf8_count(name) <= room ? name.n : utf8_skip(name, 0, (size_t)room - 1, &count);
	str_printf(l->page->out, "<text x=\"%d\" y=\"%d\">", x + 14, y + 5);
	html_span(l->page, (struct span){name.p, shown});
	html_put(l->page, shown < name.n ? "…" : "");
	if (more)
		str_printf(l->page->out, " +%zu", more);
	html_put(l->page, "</text>\n");
}

static void put_mark(const struct line *l, const struct report_deadline *d, int x, int y)
{
	/* three shapes, so that no colour is needed */
	if (d->days < 0)
		str_printf(l->page->out, "<path class=\"past\" d=\"M%d %dl14 14m0 -14l-14 14\"/>\n", x - 7, y - 7);
	else if (d->days <= 90)
		str_printf(l->page->out, "<path class=\"soon\" d=\"M%d %dl9 16h-18z\"/>\n", x, y - 10);
	else
		str_printf(l->page->out, "<circle class=\"later\" cx=\"%d\" cy=\"%d\" r=\"7\"/>\n", x, y);
}

/* The next deadline of the lane that is drawn at another place, or the count. */
static size_t next_apart(struct line *l, size_t from, int lane, size_t *more)
{
	const struct report *r = l->page->r;
	int x = x_of(l, r->deadlines[from].days);

	*more = 0;
	for (size_t i = from + 1; i < r->deadline_count; i++) {
		if (lane_of(l, r->deadlines[i].kind) != lane)
			continue;
		if (x_of(l, r->deadlines[i].days) - x >= CLOSE)
			return i;
		++*more;
	}
	return r->deadline_count;
}

static void put_lane(struct line *l, int lane)
{
	const struct report *r = l->page->r;
	int y = TOP + lane * LANE + LANE / 2;
	size_t i = 0, next, more;

	while (i < r->deadline_count && lane_of(l, r->deadlines[i].kind) != lane)
		i++;
	for (; i < r->deadline_count; i = next) {
		int x = x_of(l, r->deadlines[i].days);

		next = next_apart(l, i, lane, &more);
		put_mark(l, &r->deadlines[i], x, y);
		put_name(l, &r->deadlines[i], more, x, y, next < r->deadline_count ? x_of(l, r->deadlines[next].days) - CLOSE : WIDTH);
	}
}

static void put_key(struct page *p, const char *picture, enum text_id words)
{
	html_put(p, "<svg class=\"key\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">");
	html_put(p, picture);
	html_put(p, "</svg> ");
	html_say(p, words);
	html_put(p, " ");
}

void html_timeline(struct page *p)
{
	struct line l = line_of(p);

	if (l.audit == DATE_NONE)
		return;
	str_printf(p->out, "<figure class=\"time\"><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"time-name\">\n<title id=\"time-name\">", WIDTH, bottom_of(&l) + BOTTOM);
	html_say(p, TEXT_TIMELINE_NAME);
	html_put(p, "</title>\n");
	put_ticks(&l);
	put_lanes(&l);
	put_audit(&l);
	for (int i = 0; i < l.kind_count; i++)
		put_lane(&l, i);
	html_put(p, "</svg>\n<figcaption>");
	put_key(p, "<path class=\"past\" d=\"M3 3l14 14m0 -14l-14 14\"/>", TEXT_TIMELINE_PAST);
	put_key(p, "<path class=\"soon\" d=\"M10 2l9 16h-18z\"/>", TEXT_TIMELINE_SOON);
	put_key(p, "<circle class=\"later\" cx=\"10\" cy=\"10\" r=\"7\"/>", TEXT_TIMELINE_LATER);
	html_put(p, "</figcaption></figure>\n");
}
