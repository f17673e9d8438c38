/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The report on a terminal of 80 columns. A finding starts with its severity in a word and its rule, so that it reads
 * without colour and aloud; file:line:column is one token that editors open; the fingerprint comes last. The summary fits a screen.
 */
#include "report/paper.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <stdio.h>

#define SHOWN_DEPLOYMENTS 15      /* of the summary, which must fit a screen; -v shows all */
#define SHOWN_PLACES 3

static enum ink severity_ink(enum severity s)
{
	static const enum ink list[] = {
		[SEVERITY_INFO] = INK_DIM, [SEVERITY_LOW] = INK_CYAN, [SEVERITY_MEDIUM] = INK_YELLOW, [SEVERITY_HIGH] = INK_RED,
		[SEVERITY_CRITICAL] = INK_BOLD_RED,
	};

	return list[s];
}

static enum ink advice_ink(enum advice a)
{
	static const enum ink list[] = {
		[ADVICE_FAVOURABLE] = INK_GREEN, [ADVICE_RESERVATIONS] = INK_YELLOW, [ADVICE_UNFAVOURABLE] = INK_BOLD_RED,
		[ADVICE_CANNOT_CONCLUDE] = INK_YELLOW,
	};

	return list[a];
}

/* A field whose text is put together; the buffer is emptied for the next one. */
static void field_of(struct paper *p, enum text_id label, struct str *words)
{
	paper_field(p, label, str_get(words).p);
	str_clear(words);
}

/* ------------------------------------------------------------------ a finding */

static void put_upper(struct paper *p, enum ink ink, const char *word)
{
	char upper[48];
	size_t n = 0;

	for (; word[n] && n + 1 < sizeof upper; n++) {
		bool accent = n && (unsigned char)word[n - 1] == 0xc3 && (unsigned char)word[n] >= 0xa0;

		upper[n] = (word[n] >= 'a' && word[n] <= 'z') || accent ? (char)(word[n] - 32) : word[n];
	}
	upper[n] = '\0';
	paper_put(p, ink, upper);
}

static void put_head(struct paper *p, const struct report_finding *f)
{
	put_upper(p, severity_ink(f->severity), severity_text(f->severity, p->lang));
	paper_pad(p, 0);
	paper_pad(p, 0);
	paper_put(p, INK_BOLD, f->rule);
	/* an ordinary breach needs no word; what is not one says so */
	if (strcmp(f->verdict, "nonconform")) {
		paper_put(p, INK_PLAIN, "  [");
		paper_put(p, INK_BOLD, verdict_text(f->verdict, p->lang));
		paper_put(p, INK_PLAIN, "]");
	}
	paper_end(p);
	str_text(p->out, "    ");
	p->column = PAPER_INDENT;
	paper_words(p, INK_PLAIN, PAPER_INDENT, both_in(&f->title, p->lang));
	paper_end(p);
}

static void put_place_name(struct str *s, const struct report_place *at, enum lang lang)
{
	if (at->document)
		str_text(s, at->document);
	if (at->line)
		str_printf(s, ":%u:%u", at->line, at->column);
	else if (at->document)
		str_printf(s, " (%s)", text(TEXT_WHOLE_DOCUMENT, lang));
	if (at->path && *at->path)
		str_printf(s, "   %s", at->path);
}

static void put_excerpt(struct paper *p, const struct report_place *at)
{
	size_t hang = PAPER_INDENT + PAPER_LABEL, from = at->excerpt_from, to = at->excerpt_to, left = 0, room;
	struct span s = span_of(at->excerpt);
	size_t total = utf8_count(s), number;
	char label[32];

	number = (size_t)snprintf(label, sizeof label, "%u | ", at->line);
	room = p->width > hang + number + 10 ? p->width - hang - number : 10;
	/* the window of the line that fits, around the value */
	if (total > room && to > room)
		left = from > room / 3 ? from - room / 3 : 0;
	for (size_t i = 0; i < left && s.n; i++) {
		unsigned code;
		size_t n = utf8_decode(s, &code);

		s = span_cut(s, n ? n : 1, s.n);
	}
	for (size_t at_byte = 0, i = 0; at_byte < s.n; i++) {
		unsigned code;
		size_t n = utf8_decode(span_cut(s, at_byte, s.n), &code);

		if (i == room) {
			s.n = at_byte;
			break;
		}
		at_byte += n ? n : 1;
	}
	str_text(p->out, "    ");
	p->column = PAPER_INDENT;
	paper_put(p, INK_DIM, text(TEXT_PROOF, p->lang));
	paper_pad(p, hang);
	paper_put(p, INK_DIM, label);
	utf8_safe(p->out, s);
	paper_end(p);
	from = from > left ? from - left : 1;
	to = to > left ? to - left : from + 1;
	if (from > room)
		return;
	for (size_t i = 1; i < hang + number + from; i++)
		str_char(p->out, ' ');
	for (size_t i = from; i < to && i <= room; i++)
		str_char(p->out, '^');
	paper_end(p);
}

static void put_other_places(struct paper *p, const struct report_finding *f, struct str *s)
{
	static const enum text_id labels[] = {
		[PLACE_DECIDES] = TEXT_ALSO_AT, [PLACE_DECLARED] = TEXT_DECLARED_AT, [PLACE_SET_AT] = TEXT_SET_AT, [PLACE_RELATED] = TEXT_RELATED_AT,
	};

	for (size_t i = 1; i < f->place_count && i <= SHOWN_PLACES; i++) {
		put_place_name(s, &f->places[i], p->lang);
		field_of(p, labels[f->places[i].role], s);
	}
	if (f->place_count > SHOWN_PLACES + 1 || f->count > 1) {
		str_printf(s, "%zu %s", f->count > f->place_count - 1 ? f->count : f->place_count, text(TEXT_TIMES, p->lang));
		field_of(p, TEXT_ALSO_AT, s);
	}
}

static void put_declared_observed(struct paper *p, const struct report_finding *f, struct str *s)
{
	struct str observed = STR_INIT(4096);
	size_t hang = PAPER_INDENT + PAPER_LABEL;

	finding_observed(&observed, f, p->lang);
	if (f->declared && hang + utf8_width(span_of(f->declared)) + 12 + utf8_width(str_get(&observed)) < p->width && observed.n) {
		str_printf(s, "%s | %s : %s", f->declared, text(TEXT_OBSERVED, p->lang), str_get(&observed).p);
		field_of(p, TEXT_DECLARED, s);
	} else {
		paper_field(p, TEXT_DECLARED, f->declared);
		paper_field(p, TEXT_OBSERVED, str_get(&observed).p);
	}
	str_free(&observed);
}

static void put_law(struct paper *p, const struct report *r, const struct report_finding *f, struct str *s)
{
	report_law(s, r, f->controls, f->control_count, p->lang);
	field_of(p, TEXT_LAW, s);
}

static const struct report_deployment *deployment_of(const struct report *r, const char *id)
{
	for (size_t i = 0; id && i < r->deployment_count; i++)
		if (!strcmp(r->deployments[i].id, id))
			return &r->deployments[i];
	return NULL;
}

static void put_system(struct paper *p, const struct report *r, const struct report_finding *f, struct str *s)
{
	const struct report_deployment *d = deployment_of(r, f->deployment);

	if (!d)
		return;
	str_text(s, d->id);
	if (d->name)
		str_printf(s, p->lang == LANG_FR ? " « %s »" : " “%s”", d->name);
	if (d->vendor)
		str_printf(s, " (%s)", d->vendor);
	field_of(p, TEXT_SYSTEM, s);
}

static void put_finding(struct paper *p, const struct report *r, const struct report_finding *f, const char *others, const struct terminal *t)
{
	struct str s = STR_INIT(64 * 1024);

	put_head(p, f);
	put_system(p, r, f, &s);
	if (f->place_count) {
		put_place_name(&s, &f->places[0], p->lang);
		field_of(p, TEXT_FILE, &s);
	}
	put_declared_observed(p, f, &s);
	put_law(p, r, f, &s);
	if (t->explain || t->verbose)
		paper_field(p, TEXT_WHY, both_in(&f->why, p->lang));
	paper_field(p, TEXT_STATE, both_in(&f->why_incomplete, p->lang));
	if (f->place_count && f->places[0].excerpt)
		put_excerpt(p, &f->places[0]);
	put_other_places(p, f, &s);
	if (*others)
		paper_field(p, TEXT_ALSO_AT, others);
	paper_field(p, TEXT_REMEDY, both_in(&f->fix, p->lang));
	if (f->waived_by) {
		str_printf(&s, "%s, %s %s : %s", f->waived_by, text(TEXT_UNTIL, p->lang), f->waived_until, f->waived_reason);
		field_of(p, TEXT_WAIVED_BY, &s);
	}
	paper_field(p, TEXT_FINGERPRINT, f->fingerprint);
	paper_end(p);
	str_free(&s);
}

static bool is_printed(const struct report_finding *f, const struct terminal *t)
{
	if (finding_is_old(f) && !t->verbose)
		return false;
	return t->verbose || (f->outcome == OUTCOME_AGAINST && !f->waived_by && strcmp(f->verdict, "not_applicable"));
}

/* ------------------------------------------------------------------ the summary */

static void put_counts(struct paper *p, const char *const *words, const size_t *counts, size_t n)
{
	bool first = true;
	size_t last = 0;

	for (size_t i = 0; i < n; i++)
		last = counts[i] ? i : last;
	for (size_t i = 0; i < n; i++) {
		struct str s = STR_INIT(256);

		if (!counts[i])
			continue;
		/* with the comma behind it, which must not begin a line */
		str_printf(&s, "%s %zu%s", words[i], counts[i], i < last ? "," : "");
		if (!first && p->column + 1 + utf8_width(str_get(&s)) > p->width) {
			paper_end(p);
			paper_pad(p, PAPER_LABEL + 2);
		} else if (!first)
			paper_put(p, INK_PLAIN, " ");
		paper_put(p, INK_PLAIN, str_get(&s).p);
		str_free(&s);
		first = false;
	}
	if (first)
		paper_put(p, INK_PLAIN, "0");
	paper_end(p);
}

static void put_label(struct paper *p, enum text_id label)
{
	paper_put(p, INK_DIM, text(label, p->lang));
	paper_pad(p, PAPER_LABEL + 2);
}

static void put_files_line(struct paper *p, const struct report *r)
{
	const char *words[] = {text(TEXT_READ, p->lang), text(TEXT_PARTLY, p->lang), text(TEXT_UNREAD, p->lang)};
	size_t counts[3] = {0};

	for (size_t i = 0; i < r->input_count; i++)
		counts[r->inputs[i].status == DOC_READ ? 0 : r->inputs[i].status == DOC_PARTIAL ? 1 : 2]++;
	put_label(p, TEXT_FILES);
	put_counts(p, words, counts, 3);
}

static void put_findings_line(struct paper *p, const struct report *r)
{
	const char *words[SEVERITY_CRITICAL + 6];
	size_t counts[SEVERITY_CRITICAL + 6], n = 0;

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--) {
		words[n] = severity_text((enum severity)s, p->lang);
		counts[n++] = r->by_severity[s];
	}
	words[n] = verdict_text("to_confirm", p->lang);
	counts[n++] = r->doubts;
	words[n] = verdict_text("unknown", p->lang);
	counts[n++] = r->unknowns;
	words[n] = verdict_text("incomplete", p->lang);
	counts[n++] = r->incompletes;
	words[n] = verdict_text("waived", p->lang);
	counts[n++] = r->waived;
	words[n] = text(TEXT_KNOWN_BEFORE, p->lang);
	counts[n++] = r->old;
	put_label(p, TEXT_FINDINGS);
	put_counts(p, words, counts, n);
}

static void put_waivers_line(struct paper *p, const struct report *r)
{
	const char *words[] = {text(TEXT_USED, p->lang), text(TEXT_UNUSED, p->lang), text(TEXT_EXPIRED, p->lang), text(TEXT_OUTGROWN, p->lang)};
	size_t counts[4] = {0};

	if (!r->waiver_count)
		return;
	for (size_t i = 0; i < r->waiver_count; i++) {
		const struct report_waiver *w = &r->waivers[i];

		counts[w->expired ? 2 : w->outgrown ? 3 : w->used ? 0 : 1]++;
	}
	put_label(p, TEXT_WAIVERS);
	put_counts(p, words, counts, 4);
}

/* Columns of the table of deployments: with them a line of the longest name and advice ends in column 80. */
#define NAME_COLUMNS 21
#define ADVICE_COLUMNS 25

/* A long name keeps its beginning and its end, which tell names of one series apart. */
static void put_short(struct paper *p, const char *name)
{
	const size_t room = NAME_COLUMNS - 2, half = (room - 1) / 2, n = strlen(name);
	struct span whole = {name, n};
	size_t from = n, head;

	if (utf8_width(whole) <= room) {
		paper_put(p, INK_BOLD, name);
		return;
	}
	while (from && utf8_width(span_cut(whole, from, n)) < half)
		for (from--; from && ((unsigned char)name[from] & 0xc0) == 0x80; from--)
			;
	for (head = n; head && (utf8_width(span_cut(whole, 0, head)) > half || ((unsigned char)name[head] & 0xc0) == 0x80); head--)
		;
	paper_span(p, INK_BOLD, span_cut(whole, 0, head));
	paper_put(p, INK_BOLD, "\xe2\x80\xa6");
	paper_span(p, INK_BOLD, span_cut(whole, from, n));
}

static void put_deployment_heads(struct paper *p, size_t names)
{
	paper_put(p, INK_DIM, text(TEXT_DEPLOYMENT, p->lang));
	paper_pad(p, names);
	paper_put(p, INK_DIM, text(TEXT_ADVICE, p->lang));
	paper_pad(p, names + ADVICE_COLUMNS + 1);
	paper_put(p, INK_DIM, p->lang == LANG_FR ? "crit haut  moy faib" : "crit high  med  low");
	paper_put(p, INK_DIM, p->lang == LANG_FR ? "  conf  n.d." : "  conf  n.e.");
	paper_end(p);
}

static void put_deployment_line(struct paper *p, const struct report_deployment *d, size_t names)
{
	put_short(p, d->id);
	paper_pad(p, names);
	paper_put(p, advice_ink(d->advice), advice_text(d->advice, p->lang));
	paper_pad(p, names + ADVICE_COLUMNS);
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_LOW; s--)
		paper_number(p, 5, d->by_severity[s]);
	paper_number(p, 6, d->verdicts[VERDICT_CONFORM]);
	paper_number(p, 6, d->verdicts[VERDICT_NOT_EVIDENCED]);
	if (d->partial)
		paper_put(p, INK_YELLOW, " *");
	paper_end(p);
}

static void put_deployments(struct paper *p, const struct report *r, const struct terminal *t)
{
	size_t shown = t->verbose || r->deployment_count <= SHOWN_DEPLOYMENTS ? r->deployment_count : SHOWN_DEPLOYMENTS, names = 12;
	bool partial = false;

	if (!r->deployment_count)
		return;
	for (size_t i = 0; i < shown; i++) {
		size_t width = utf8_width(span_of(r->deployments[i].id)) + 2;

		names = width > names ? width : names;
		partial |= r->deployments[i].partial;
	}
	names = names > NAME_COLUMNS ? NAME_COLUMNS : names;
	put_deployment_heads(p, names);
	for (size_t i = 0; i < shown; i++)
		put_deployment_line(p, &r->deployments[i], names);
	if (shown < r->deployment_count) {
		str_printf(p->out, "... +%zu (-v)", r->deployment_count - shown);
		paper_end(p);
	}
	if (partial) {
		paper_put(p, INK_DIM, "* ");
		paper_put(p, INK_DIM, text(TEXT_PARTIAL, p->lang));
		paper_end(p);
	}
	paper_end(p);
}

static void put_title(struct paper *p, const struct report *r)
{
	struct str s = STR_INIT(4096);

	str_printf(&s, "%s", r->facility ? r->facility : text(TEXT_TITLE_CHECK, p->lang));
	str_printf(&s, ", %s%s%s%s", r->date, r->date_from_clock ? " (" : "", r->date_from_clock ? text(TEXT_DATE_CLOCK, p->lang) : "",
		   r->date_from_clock ? ")" : "");
	paper_words(p, INK_BOLD, 0, str_get(&s).p);
	paper_end(p);
	str_free(&s);
	if (!r->facility)
		return;
	put_label(p, TEXT_ADVICE);
	put_upper(p, advice_ink(r->advice), advice_text(r->advice, p->lang));
	paper_end(p);
	paper_words(p, INK_PLAIN, 0, advice_meaning(r->advice, p->lang));
	paper_end(p);
	paper_end(p);
}

static void put_written(struct paper *p, const struct terminal *t)
{
	for (size_t i = 0; i < t->file_count; i++) {
		if (i)
			paper_pad(p, PAPER_LABEL + 2);
		else
			put_label(p, TEXT_REPORTS_WRITTEN);
		paper_put(p, INK_BOLD, t->files[i].path);
		paper_end(p);
		paper_pad(p, PAPER_LABEL + 2);
		paper_put(p, INK_DIM, t->files[i].sha256);
		paper_end(p);
	}
}

static void put_summary(struct paper *p, const struct report *r, const struct terminal *t)
{
	put_title(p, r);
	put_deployments(p, r, t);
	put_findings_line(p, r);
	put_files_line(p, r);
	put_waivers_line(p, r);
	put_written(p, t);
	if (r->incomplete) {
		paper_words(p, INK_YELLOW, 0, text(TEXT_INCOMPLETE_RUN, p->lang));
		paper_end(p);
	}
}

static void put_diags(struct paper *p, const struct report *r, const struct terminal *t)
{
	size_t n = 0;

	for (size_t i = 0; i < r->diag_count; i++) {
		const struct report_diag *d = &r->diags[i];

		if (d->level != DIAG_ERROR && !t->verbose)
			continue;
		if (d->document)
			paper_put(p, INK_PLAIN, d->document);
		if (d->line)
			str_printf(p->out, ":%u:%u", d->line, d->column);
		paper_put(p, INK_PLAIN, d->document ? ": " : "");
		paper_put(p, d->level == DIAG_ERROR ? INK_YELLOW : INK_DIM, diag_level_text(d->level, p->lang));
		paper_put(p, INK_PLAIN, ": ");
		paper_words(p, INK_PLAIN, PAPER_INDENT, both_in(&d->text, p->lang));
		paper_end(p);
		n++;
	}
	for (size_t i = 0; i < r->input_count; i++)
		if (r->inputs[i].status == DOC_UNREADABLE) {
			paper_put(p, INK_PLAIN, r->inputs[i].name);
			paper_put(p, INK_PLAIN, ": ");
			paper_words(p, INK_YELLOW, PAPER_INDENT, r->inputs[i].reason.en ? both_in(&r->inputs[i].reason, p->lang) : status_text(DOC_UNREADABLE, p->lang));
			paper_end(p);
			n++;
		}
	if (n)
		paper_end(p);
}

static void put_findings(struct paper *p, const struct report *r, const struct terminal *t)
{
	struct arena *a = arena_new();
	bool *shown = ARENA_ARRAY(a, bool, r->finding_count + 1);
	const char **others;

	for (size_t i = 0; i < r->finding_count; i++)
		shown[i] = is_printed(&r->findings[i], t);
	others = t->verbose ? NULL : terminal_fold(a, r, shown, p->lang);
	for (size_t i = 0; i < r->finding_count; i++)
		if (shown[i] && (!others || others[i]))
			put_finding(p, r, &r->findings[i], others ? others[i] : "", t);
	arena_free(a);
}

int terminal_write(struct str *out, const struct report *r, enum lang lang, const struct terminal *t)
{
	struct paper p = {.out = out, .lang = lang, .width = t->width > 40 ? (size_t)t->width : 40, .colour = t->colour};

	if (!t->quiet) {
		put_findings(&p, r, t);
		put_diags(&p, r, t);
	}
	if (t->explain)
		terminal_not_shown(&p, r);
	put_summary(&p, r, t);
	return str_failed(out) ? -1 : 0;
}
