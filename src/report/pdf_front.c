/* SPDX-License-Identifier: EUPL-1.2 */
/* The page that a data protection officer reads: advice and what it rests on, the deployments, the contents. And the last: method, verifying. */
#include "report/pdf.h"

#include "base/embed.h"

#define PAD (14 * POINT)
#define BAR (5 * POINT)

/* ------------------------------------------------------------------ title */

static void flow_fact(struct pdf *d, int x, int width, const char *label, const char *value, int *ret_height)
{
	struct pieces p = pieces_new(d);
	struct setting t;
	int height;

	add_small(&p, label);
	add(&p, FONT_BOLD, 9200, INK_TEXT, arena_printf(doc_scratch(d), "\n%s", value));
	height = flow_set(d, &p, width - 8 * POINT, &t);
	tag_open(d, "P");
	draw_lines(d, &t, 0, t.line_count, x, doc_y(d));
	tag_close(d);
	*ret_height = height > *ret_height ? height : *ret_height;
}

static void flow_facts(struct pdf *d)
{
	const struct report *r = doc_report(d);
	enum lang lang = doc_lang(d);
	struct arena *a = doc_scratch(d);
	const struct { enum text_id label; const char *value; } facts[] = {
		{TEXT_DATE, r->date_from_clock ? arena_printf(a, "%s\n%s", r->date, text(TEXT_DATE_CLOCK, lang)) : r->date}, {TEXT_FINESS, r->finess},
		{TEXT_RULES, arena_printf(a, "%zu, %.12s", r->rule_count, r->rules_digest ? r->rules_digest : "")},
		{TEXT_TOOL, arena_printf(a, "scelle %s", r->tool_version)},
	};
	int height = 0, x = MARGIN_X, width = TEXT_WIDTH / (r->finess ? 4 : 3);

	draw_rule(d, MARGIN_X, doc_y(d), TEXT_WIDTH, INK_LINE);
	doc_move(d, doc_y(d) + 6 * POINT);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (facts[i].value) {
			flow_fact(d, x, width, text(facts[i].label, lang), facts[i].value, &height);
			x += width;
		}
	doc_move(d, doc_y(d) + height + 7 * POINT);
	draw_rule(d, MARGIN_X, doc_y(d), TEXT_WIDTH, INK_LINE);
	doc_move(d, doc_y(d) + 12 * POINT);
	doc_block(d);
}

static void flow_title(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct pieces p = pieces_new(d);

	doc_move(d, 46 * POINT);
	if (r->facility) {
		add(&p, FONT_SANS, 10000, INK_SOFT, text(TEXT_TITLE_AUDIT, doc_lang(d)));
		flow_pieces(d, "P", &p, 0);
	}
	doc_outline(d, 0, text(TEXT_SUMMARY, doc_lang(d)));
	flow_heading(d, HEADING_TITLE, r->facility ? r->facility : text(TEXT_TITLE_CHECK, doc_lang(d)), 0);
	flow_facts(d);
}

/* ------------------------------------------------------------------ advice */

/* Words that stand alone begin with a capital. */
static const char *capitalised(struct pdf *d, const char *words)
{
	char *copy = arena_str(doc_scratch(d), words);

	if (*copy >= 'a' && *copy <= 'z')
		*copy = (char)(*copy - 32);
	return copy;
}

static void add_all_counts(struct pdf *d, struct pieces *p)
{
	const struct report *r = doc_report(d);
	const struct { const char *verdict; size_t n; } others[] = {
		{"to_confirm", r->doubts}, {"unknown", r->unknowns}, {"incomplete", r->incompletes}, {"waived", r->waived},
	};

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		if (r->by_severity[s])
			add_count(d, p, severity_text((enum severity)s, doc_lang(d)), r->by_severity[s], severity_ink((enum severity)s), severity_fill((enum severity)s));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].n)
			add_count(d, p, verdict_text(others[i].verdict, doc_lang(d)), others[i].n, INK_SOFT, 0xefeeec);
}

static void add_advice(struct pdf *d, struct pieces *p)
{
	const struct report *r = doc_report(d);
	enum lang lang = doc_lang(d);

	add(p, FONT_BOLD, 8600, INK_SOFT, text(r->facility ? TEXT_OVERALL : TEXT_SUMMARY, lang));
	if (r->facility) {
		add(p, FONT_BOLD, 22000, advice_ink(r->advice), arena_printf(doc_scratch(d), "\n%s\n", capitalised(d, advice_text(r->advice, lang))));
		add_text(p, advice_meaning(r->advice, lang));
	}
	if (r->incomplete)
		add(p, FONT_BOLD, 9200, severity_ink(SEVERITY_MEDIUM), arena_printf(doc_scratch(d), "\n%s", text(TEXT_INCOMPLETE_RUN, lang)));
}

static void flow_advice(struct pdf *d)
{
	const struct report *r = doc_report(d);
	uint32_t ink = r->facility ? advice_ink(r->advice) : severity_ink(SEVERITY_INFO), fill = r->facility ? advice_fill(r->advice) : INK_FAINT;
	struct pieces words = pieces_new(d), counts = pieces_new(d);
	struct setting t, c;
	int height, y = doc_y(d);

	add_advice(d, &words);
	add_all_counts(d, &counts);
	height = flow_set(d, &words, TEXT_WIDTH - BAR - 2 * PAD, &t);
	draw_rect(d, MARGIN_X, y, TEXT_WIDTH, height + 2 * PAD, fill);
	draw_rect(d, MARGIN_X, y, BAR, height + 2 * PAD, ink);
	tag_open(d, "P");
	draw_lines(d, &t, 0, t.line_count, MARGIN_X + BAR + PAD, y + PAD);
	tag_close(d);
	doc_move(d, y + height + 2 * PAD + 9 * POINT);
	flow_set(d, &counts, TEXT_WIDTH, &c);
	if (c.line_count)
		flow_pieces(d, "P", &counts, 0);
	doc_block(d);
}

static void flow_reason(struct pdf *d, enum severity s, const char *chip, const char *title, const char *where, size_t target)
{
	struct pieces p = pieces_new(d), words = pieces_new(d);
	struct setting left, right;
	struct piece *link;
	int height;

	add(&p, FONT_BOLD, 7800, severity_ink(s), chip)->fill = severity_fill(s);
	link = add(&words, FONT_BOLD, 9000, INK_TEXT, value_cut(doc_scratch(d), title));
	link->link = (struct link){.kind = LINK_TARGET, .target = target};
	add_small(&words, arena_printf(doc_scratch(d), "\n%s", where));
	flow_set(d, &p, 80 * POINT, &left);
	height = flow_set(d, &words, TEXT_WIDTH - 84 * POINT, &right);
	doc_need(d, height + 6 * POINT);
	draw_rule(d, MARGIN_X, doc_y(d), TEXT_WIDTH, INK_LINE);
	tag_open(d, "LI");
	tag_open(d, "LBody");
	draw_lines(d, &left, 0, 1, MARGIN_X, doc_y(d) + 3 * POINT + line_base(&right.lines[0]) - line_base(&left.lines[0]));
	draw_lines(d, &right, 0, right.line_count, MARGIN_X + 84 * POINT, doc_y(d) + 3 * POINT);
	tag_close(d);
	tag_close(d);
	doc_move(d, doc_y(d) + height + 6 * POINT);
	doc_block(d);
}

static bool same_why(const struct report_deployment *a, const struct report_deployment *b)
{
	return a->why && b->why && !strcmp(a->why, b->why);
}

/* What was not read, once for all deployments that share it. */
static void flow_unread(struct pdf *d, size_t first)
{
	const struct report *r = doc_report(d);
	struct str names = STR_INIT(1024 * 1024);

	for (size_t i = 0; i < first; i++)
		if (same_why(&r->deployments[i], &r->deployments[first]))
			return;
	for (size_t i = first; i < r->deployment_count; i++)
		if (same_why(&r->deployments[i], &r->deployments[first]))
			str_printf(&names, "%s%s", names.n ? ", " : "", deployment_label(d, r->deployments[i].id));
	flow_reason(d, SEVERITY_MEDIUM, verdict_text("incomplete", doc_lang(d)), why_text(r->deployments[first].why, doc_lang(d)),
		    value_cut(doc_arena(d), arena_str(doc_arena(d), str_get(&names).p)), doc_targets(d)->first_deployment + first);
	str_free(&names);
}

/* The system of a reason, and how many more have it. */
static const char *reason_label(struct pdf *d, size_t reason)
{
	const char *first = deployment_label(d, doc_report(d)->findings[reason].deployment);
	size_t others = reason_others(doc_report(d), reason);

	return !others ? first : arena_printf(doc_arena(d), "%s + %zu %s", first, others, text(others > 1 ? TEXT_OTHER_SYSTEMS : TEXT_OTHER_SYSTEM, doc_lang(d)));
}

static void flow_reasons(struct pdf *d)
{
	const struct report *r = doc_report(d);
	enum lang lang = doc_lang(d);
	size_t given[REPORT_REASONS], count = report_reasons(r, given);
	bool unread = false;

	for (size_t i = 0; i < r->deployment_count; i++)
		unread = unread || r->deployments[i].why;
	if (!count && !unread)
		return;
	flow_heading(d, HEADING_FRONT, text(TEXT_REASONS, lang), 60 * POINT);
	tag_open_with(d, "L", "/O/List/ListNumbering/None", NULL);
	for (size_t i = 0; i < count; i++) {
		const struct report_finding *f = &r->findings[given[i]];

		flow_reason(d, f->severity, severity_text(f->severity, lang), both_in(&f->title, lang), reason_label(d, given[i]), doc_targets(d)->findings[given[i]]);
	}
	for (size_t i = 0; i < r->deployment_count; i++)
		if (r->deployments[i].why)
			flow_unread(d, i);
	tag_close(d);
}

/* ------------------------------------------------------------------ deployments at a glance */

static void flow_each(struct pdf *d)
{
	const struct report *r = doc_report(d);
	enum lang lang = doc_lang(d);
	struct table t = {.doc = d, .columns = 3, .widths = {210 * POINT, 122 * POINT, TEXT_WIDTH - 332 * POINT}, .heads = {TEXT_DEPLOYMENT, TEXT_ADVICE, TEXT_FINDINGS}};

	doc_skip(d, 12 * POINT);
	table_open(&t);
	for (size_t i = 0; i < r->deployment_count; i++) {
		const struct report_deployment *at = &r->deployments[i];

		add_text(&t.cells[0], deployment_label(d, at->id))->link = (struct link){.kind = LINK_TARGET, .target = doc_targets(d)->first_deployment + i};
		add(&t.cells[1], FONT_BOLD, 9000, advice_ink(at->advice), advice_text(at->advice, lang));
		for (int s = SEVERITY_CRITICAL; s >= SEVERITY_LOW; s--)
			if (at->by_severity[s])
				add_count(d, &t.cells[2], severity_text((enum severity)s, lang), at->by_severity[s], severity_ink((enum severity)s), severity_fill((enum severity)s));
		table_row(&t);
	}
	table_close(&t);
}

#define GLANCE_MAX 12           /* rows that leave the front one page */

static void flow_by_advice(struct pdf *d)
{
	static const enum advice order[] = {ADVICE_UNFAVOURABLE, ADVICE_CANNOT_CONCLUDE, ADVICE_RESERVATIONS, ADVICE_FAVOURABLE};
	const struct report *r = doc_report(d);
	struct pieces p = pieces_new(d);

	flow_heading(d, HEADING_FRONT, text(TEXT_DEPLOYMENTS, doc_lang(d)), 20 * POINT);
	for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
		size_t n = 0;

		for (size_t i = 0; i < r->deployment_count; i++)
			n += r->deployments[i].advice == order[k];
		if (n)
			add_count(d, &p, advice_text(order[k], doc_lang(d)), n, advice_ink(order[k]), advice_fill(order[k]));
	}
	flow_pieces(d, "P", &p, 0);
	doc_block(d);
}

static void flow_glance(struct pdf *d)
{
	if (doc_report(d)->deployment_count <= GLANCE_MAX)
		flow_each(d);
	else
		flow_by_advice(d);
}

/* ------------------------------------------------------------------ contents */

#define CONTENTS_LINES 7        /* in each of two columns */
#define CONTENTS_LINE (14 * POINT)

void pdf_contents(struct pdf *d)
{
	struct doc_place back = doc_return(d, doc_targets(d)->contents);
	size_t count = doc_outline_count(d), put = 0;

	for (size_t i = 0; i < count; i++) {
		const int half = TEXT_WIDTH / 2 - 10 * POINT;
		struct pieces title = pieces_new(d), number = pieces_new(d);
		size_t page, target;
		const char *words;
		struct setting t, n;
		int x = MARGIN_X + (put < CONTENTS_LINES ? 0 : half + 20 * POINT), y = doc_targets(d)->contents.y + (int)(put % CONTENTS_LINES) * CONTENTS_LINE;

		if (!doc_outline_entry(d, i, &words, &page, &target) || put == 2 * CONTENTS_LINES)
			continue;
		put++;
		add(&title, FONT_SANS, 9000, INK_TEXT, words)->link = (struct link){.kind = LINK_TARGET, .target = target};
		add(&number, FONT_SANS, 9000, INK_SOFT, arena_printf(doc_scratch(d), "%zu", page + 1));
		flow_set(d, &title, half, &t);
		flow_set(d, &number, half, &n);
		tag_open(d, "TOCI");
		draw_lines(d, &t, 0, 1, x, y);
		draw_lines(d, &n, 0, 1, x + half - n.lines[0].width, y);
		tag_close(d);
		draw_rule(d, x, y + CONTENTS_LINE - 1 * POINT, half, INK_LINE);
		doc_block(d);
	}
	doc_return(d, back);
}

static void flow_contents(struct pdf *d)
{
	flow_heading(d, HEADING_FRONT, text(TEXT_CONTENTS, doc_lang(d)), CONTENTS_LINES * CONTENTS_LINE);
	tag_open(d, "TOC");
	doc_targets(d)->contents = doc_place(d);
	tag_close(d);
	doc_move(d, doc_y(d) + CONTENTS_LINES * CONTENTS_LINE);
}

void pdf_front(struct pdf *d)
{
	flow_title(d);
	flow_advice(d);
	flow_reasons(d);
	if (doc_report(d)->facility)
		flow_glance(d);
	flow_contents(d);
}

/* ------------------------------------------------------------------ method, verifying */

void pdf_method(struct pdf *d)
{
	const struct report *r = doc_report(d);
	enum lang lang = doc_lang(d);
	const struct { enum text_id label; const char *digest; } digests[] = {{TEXT_RULES, r->rules_digest}, {TEXT_KNOWLEDGE, r->know_digest}};

	flow_heading(d, HEADING_PART, text(TEXT_METHOD, lang), 80 * POINT);
	flow_words(d, arena_printf(doc_arena(d), "%s %s", text(TEXT_METHOD_TEXT, lang), text(TEXT_LAW_ON_DATE, lang)));
	for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
		struct pieces p = pieces_new(d);

		add(&p, FONT_MONO, 7400, INK_SOFT, digests[i].digest);
		flow_pair(d, text(digests[i].label, lang), &p, 110 * POINT);
	}
	doc_block(d);
}

static void flow_command(struct pdf *d, struct span line)
{
	struct pieces p = pieces_new(d);
	struct setting t;
	int height;

	add(&p, FONT_MONO, 7200, INK_TEXT, arena_dup(doc_scratch(d), line.p, line.n));
	height = flow_set(d, &p, TEXT_WIDTH - 12 * POINT, &t) + 6 * POINT;
	doc_need(d, height);
	draw_rect(d, MARGIN_X, doc_y(d), TEXT_WIDTH, height, INK_FAINT);
	tag_open(d, "P");
	draw_lines(d, &t, 0, t.line_count, MARGIN_X + 6 * POINT, doc_y(d) + 3 * POINT);
	tag_close(d);
	doc_move(d, doc_y(d) + height + 5 * POINT);
	doc_block(d);
}

/* The lines stand once, in src/seal/verify_lines.txt: commands, and comments that start with "# fr: " or "# en: ". */
static void flow_verify_lines(struct pdf *d)
{
	const char *mine = doc_lang(d) == LANG_FR ? "# fr: " : "# en: ", *other = doc_lang(d) == LANG_FR ? "# en: " : "# fr: ";
	struct span rest = embed_get("src/seal/verify_lines.txt");
	struct str words = STR_INIT(64 * 1024);

	while (rest.n) {
		const char *end = memchr(rest.p, '\n', rest.n);
		struct span line = span_cut(rest, 0, end ? (size_t)(end - rest.p) : rest.n);

		rest = span_cut(rest, line.n + (end ? 1 : 0), rest.n);
		if (span_starts(line, other) || !line.n)
			continue;
		if (span_starts(line, mine)) {
			str_text(&words, words.n ? " " : "");
			str_span(&words, span_cut(line, strlen(mine), line.n));
			continue;
		}
		if (words.n)
			flow_words(d, arena_span(doc_arena(d), str_get(&words)).p);
		str_clear(&words);
		flow_command(d, span_is(line, "container=@CONTAINER@") ? SPAN("container=audit.asice") : span_is(line, "cert=@CERT@") ? SPAN("cert=cert.pem") : line);
	}
	str_free(&words);
}

void pdf_verify(struct pdf *d)
{
	flow_heading(d, HEADING_PART, text(TEXT_VERIFY, doc_lang(d)), 120 * POINT);
	flow_lead(d, TEXT_VERIFY_PDF_HELP);
	flow_command(d, SPAN("pdfsig report.pdf"));
	flow_command(d, SPAN("scelle verify report.pdf --anchors cert.pem"));
	flow_lead(d, TEXT_VERIFY_HELP);
	flow_verify_lines(d);
}
