/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Findings, the gravest of each deployment first. Those of one rule with the same verdict are told once, with all their places: what is
 * wrong, why, by which law and how to mend it are the same, and a printed report of three thousand findings stays readable.
 */
#include "report/pdf.h"

#include "base/utf8.h"

#include <stdlib.h>

#define LABEL_WIDTH (76 * POINT)
#define PLACES_OF_A_FINDING 4

struct sorted {
	const struct report_finding *finding;
	size_t index, group;            /* group: of deployments, in the report's order */
};

static int by_group(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int order;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (!x->finding->waived_by != !y->finding->waived_by)
		return x->finding->waived_by ? 1 : -1;
	if (x->finding->severity != y->finding->severity)
		return x->finding->severity > y->finding->severity ? -1 : 1;
	order = strcmp(x->finding->rule, y->finding->rule);
	if (!order)
		order = strcmp(x->finding->verdict, y->finding->verdict);
	return order ? order : x->index < y->index ? -1 : 1;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Told together: all but the places is the same. */
static bool tell_together(const struct sorted *a, const struct sorted *b)
{
	const struct report_finding *x = a->finding, *y = b->finding;

	return a->group == b->group && !strcmp(x->rule, y->rule) && !strcmp(x->verdict, y->verdict) && x->severity == y->severity &&
	       x->confidence == y->confidence && same_text(x->waived_by, y->waived_by) && same_text(x->waived_reason, y->waived_reason) &&
	       same_text(x->fix.fr, y->fix.fr) && same_text(x->why.fr, y->why.fr) && same_text(x->title.fr, y->title.fr);
}

static struct sorted *sort_findings(struct pdf *d, size_t *ret_count)
{
	const struct report *r = doc_report(d);
	struct sorted *list = ARENA_ARRAY(doc_arena(d), struct sorted, r->finding_count + 1);
	size_t count = 0, group = 0;
	const char *last = NULL;

	for (size_t i = 0; i < r->finding_count; i++) {
		if (r->findings[i].outcome != OUTCOME_AGAINST)
			continue;
		group += count && !same_text(last, r->findings[i].deployment);
		last = r->findings[i].deployment;
		list[count++] = (struct sorted){&r->findings[i], i, group};
	}
	qsort(list, count, sizeof *list, by_group);
	*ret_count = count;
	return list;
}

/* ------------------------------------------------------------------ places */

/* Byte offset of a column (code points from 1). */
static size_t byte_of(struct span s, uint32_t column)
{
	size_t at = 0;

	while (column > 1 && at < s.n) {
		unsigned code;
		size_t n = utf8_decode(span_cut(s, at, s.n), &code);

		at += n ? n : 1;
		column--;
	}
	return at;
}

static void flow_excerpt(struct pdf *d, const struct report_place *at)
{
	struct span s = span_of(at->excerpt);
	size_t from = byte_of(s, at->excerpt_from), to = byte_of(s, at->excerpt_to);
	struct arena *a = doc_scratch(d);
	struct pieces p = pieces_new(d);
	struct setting t;
	int height;

	add(&p, FONT_MONO, 7600, INK_SOFT, arena_printf(a, "%u  ", at->line));
	add(&p, FONT_MONO, 7600, INK_TEXT, arena_dup(a, s.p, from));
	if (to > from)
		add(&p, FONT_MONO, 7600, 0x8c1515, arena_dup(a, s.p + from, to - from));
	to = to > from ? to : from;
	add(&p, FONT_MONO, 7600, INK_TEXT, arena_dup(a, s.p + to, s.n - to));
	height = flow_set(d, &p, TEXT_WIDTH - 22 * POINT, &t) + 6 * POINT;
	doc_need(d, height);
	draw_rect(d, MARGIN_X + 10 * POINT, doc_y(d), TEXT_WIDTH - 10 * POINT, height, INK_FAINT);
	tag_open(d, "P");
	draw_lines(d, &t, 0, t.line_count, MARGIN_X + 16 * POINT, doc_y(d) + 3 * POINT);
	tag_close(d);
	doc_move(d, doc_y(d) + height + 3 * POINT);
}

static void flow_place(struct pdf *d, const struct report_place *at, enum text_id label, bool labelled)
{
	struct pieces p = pieces_new(d);

	if (labelled)
		add_small(&p, arena_printf(doc_scratch(d), "%s ", text(label, doc_lang(d))));
	add_place(d, &p, at);
	doc_need(d, 34 * POINT);
	flow_pieces(d, "P", &p, 10 * POINT);
	doc_skip(d, POINT);
	if (at->excerpt)
		flow_excerpt(d, at);
}

static void flow_sides(struct pdf *d, const struct report_finding *f)
{
	struct str observed = STR_INIT(4 * 1024 * 1024);
	struct arena *a = doc_scratch(d);
	struct pieces p = pieces_new(d);

	finding_observed(&observed, f, doc_lang(d));
	if (f->declared) {
		add_text(&p, value_cut(a, f->declared));
		flow_pair(d, text(TEXT_DECLARED, doc_lang(d)), &p, LABEL_WIDTH);
	}
	p = pieces_new(d);
	if (observed.n) {
		add_bold(&p, value_cut(a, arena_dup(a, observed.p, observed.n)));
		if (f->subject && *f->subject)
			add_mono(&p, arena_printf(a, "   %s", value_cut(a, f->subject)));
		flow_pair(d, text(TEXT_OBSERVED, doc_lang(d)), &p, LABEL_WIDTH);
	}
	str_free(&observed);
}

/* What one finding of a group has of its own. */
static void flow_one(struct pdf *d, const struct sorted *s)
{
	static const enum text_id labels[] = {
		[PLACE_DECIDES] = TEXT_ALSO_AT, [PLACE_DECLARED] = TEXT_DECLARED_AT, [PLACE_SET_AT] = TEXT_SET_AT, [PLACE_RELATED] = TEXT_RELATED_AT,
	};
	const struct report_finding *f = s->finding;
	size_t shown = f->place_count < PLACES_OF_A_FINDING ? f->place_count : PLACES_OF_A_FINDING;
	struct pieces p;

	doc_need(d, 44 * POINT);
	doc_target_here(d, doc_targets(d)->findings[s->index]);
	flow_sides(d, f);
	for (size_t i = 0; i < shown; i++)
		flow_place(d, &f->places[i], labels[f->places[i].role], i > 0);
	p = pieces_new(d);
	if (f->place_count > shown || f->count > 1)
		add_small(&p, arena_printf(doc_scratch(d), "%zu %s   ", f->count > f->place_count ? f->count : f->place_count, text(TEXT_TIMES, doc_lang(d))));
	add(&p, FONT_MONO, 6400, INK_SOFT, f->fingerprint);
	flow_pieces(d, "P", &p, 10 * POINT);
	doc_skip(d, 5 * POINT);
	doc_block(d);
}

/* ------------------------------------------------------------------ law, remedy, who acts */

static void flow_law(struct pdf *d, const struct report_finding *f)
{
	struct pieces p = pieces_new(d);

	for (size_t i = 0; i < f->control_count; i++) {
		const struct control *c = report_control_named(doc_report(d), f->controls[i]);

		add(&p, FONT_BOLD, 7800, INK_SOFT, arena_printf(doc_scratch(d), "%s%s ", i ? "\n" : "", f->controls[i]));
		if (!c)
			continue;
		add(&p, FONT_SANS, 9000, INK_TEXT, arena_printf(doc_scratch(d), "%s%s", both_in(&c->title, doc_lang(d)), !c->source_count ? "" : doc_lang(d) == LANG_FR ? "\u00a0: " : ": "));
		add_citations(d, &p, c);
	}
	flow_pair(d, text(TEXT_LAW, doc_lang(d)), &p, LABEL_WIDTH);
}

static void flow_who(struct pdf *d, const struct report_finding *f)
{
	struct pieces p = pieces_new(d);
	const char *said[16];
	size_t count = 0;

	for (size_t i = 0; i < f->control_count; i++) {
		const struct control *c = report_control_named(doc_report(d), f->controls[i]);

		for (size_t k = 0; c && k < c->bound_count && count < sizeof said / sizeof *said; k++) {
			size_t n = 0;

			while (n < count && strcmp(said[n], c->bound[k]))
				n++;
			if (n < count)
				continue;
			said[count++] = c->bound[k];
			add_text(&p, arena_printf(doc_scratch(d), "%s%s", n ? ", " : "", bound_text(c->bound[k], doc_lang(d))));
		}
	}
	if (count)
		flow_pair(d, text(TEXT_WHO_ACTS, doc_lang(d)), &p, LABEL_WIDTH);
}

static void flow_word(struct pdf *d, enum text_id label, const char *words)
{
	struct pieces p = pieces_new(d);

	if (!words || !*words)
		return;
	add_text(&p, words);
	flow_pair(d, text(label, doc_lang(d)), &p, LABEL_WIDTH);
}

static void flow_acts(struct pdf *d, const struct report_finding *f)
{
	if (f->control_count)
		flow_law(d, f);
	flow_word(d, TEXT_REMEDY, both_in(&f->fix, doc_lang(d)));
	flow_who(d, f);
	if (f->waived_by)
		flow_word(d, TEXT_WAIVED_BY, arena_printf(doc_scratch(d), "%s, %s %s%s %s", f->waived_by, text(TEXT_UNTIL, doc_lang(d)), f->waived_until,
							 doc_lang(d) == LANG_FR ? "\u00a0:" : ":", f->waived_reason));
	if (f->confidence != CONFIDENCE_HIGH)
		flow_word(d, TEXT_CONFIDENCE, confidence_text(f->confidence, doc_lang(d)));
	doc_block(d);
}

/* ------------------------------------------------------------------ groups */

static void flow_title(struct pdf *d, const struct sorted *s, size_t count)
{
	const struct report_finding *f = s->finding;
	struct pieces p = pieces_new(d);

	doc_need(d, 150 * POINT);
	doc_skip(d, 5 * POINT);
	draw_rect(d, MARGIN_X, doc_y(d), TEXT_WIDTH, 3 * POINT / 2, f->waived_by ? severity_ink(SEVERITY_INFO) : severity_ink(f->severity));
	doc_move(d, doc_y(d) + 6 * POINT);
	doc_target_here(d, doc_targets(d)->findings[s->index]);
	add_severity(d, &p, f->severity);
	add_small(&p, "   ");
	add_verdict(d, &p, f->waived_by ? "waived" : f->verdict);
	add_mono(&p, arena_printf(doc_scratch(d), "   %s", f->rule));
	if (count > 1)
		add_small(&p, arena_printf(doc_scratch(d), "   × %zu", count));
	flow_pieces(d, "P", &p, 0);
	flow_heading(d, doc_report(d)->facility ? HEADING_FINDING : HEADING_ALONE, both_in(&f->title, doc_lang(d)), 0);
	p = pieces_new(d);
	add(&p, FONT_SANS, 9000, INK_SOFT, both_in(&f->why, doc_lang(d)));
	flow_pieces(d, "P", &p, 0);
	doc_skip(d, 4 * POINT);
	doc_block(d);
}

static void flow_group(struct pdf *d, const struct sorted *list, size_t count)
{
	flow_title(d, list, count);
	flow_acts(d, list[0].finding);
	doc_skip(d, 4 * POINT);
	for (size_t i = 0; i < count; i++)
		flow_one(d, &list[i]);
	doc_skip(d, 8 * POINT);
}

static void flow_owner(struct pdf *d, const char *deployment)
{
	if (!doc_report(d)->facility)
		return;
	flow_heading(d, HEADING_OWNER, deployment_label(d, deployment), 170 * POINT);
	if (!deployment)
		flow_lead(d, TEXT_FACILITY_LINE_HELP);
}

void pdf_findings(struct pdf *d)
{
	size_t count;
	struct sorted *list = sort_findings(d, &count);

	doc_break(d);
	flow_heading(d, HEADING_PART, text(TEXT_FINDINGS, doc_lang(d)), 0);
	if (!count)
		flow_words(d, text(TEXT_NO_FINDINGS, doc_lang(d)));
	for (size_t from = 0, to; from < count; from = to) {
		if (!from || list[from].group != list[from - 1].group)
			flow_owner(d, list[from].finding->deployment);
		for (to = from + 1; to < count && tell_together(&list[from], &list[to]); to++)
			;
		flow_group(d, list + from, to - from);
	}
}
