/* SPDX-License-Identifier: EUPL-1.2 */
/* A difference of reports as text for a terminal and as canonical JSON. */
#include "report/diff.h"

#include "base/jsonw.h"
#include "report/paper.h"
#include "report/plain.h"

/* ------------------------------------------------------------------ text */

static const struct {
	enum text_id title, evidence;
	const char *mark;
	enum ink ink;
} kinds[DIFF_KINDS] = {
	[DIFF_APPEARED] = {TEXT_DIFF_APPEARED, TEXT_DIFF_GAINED, "+ ", INK_RED}, [DIFF_CHANGED] = {TEXT_DIFF_CHANGED, TEXT_DIFF_EVIDENCE_CHANGED, "~ ", INK_YELLOW},
	[DIFF_UNWAIVED] = {TEXT_DIFF_UNWAIVED, TEXT_DIFF_EVIDENCE_CHANGED, "! ", INK_RED}, [DIFF_WAIVED] = {TEXT_DIFF_WAIVED, TEXT_DIFF_EVIDENCE_CHANGED, "w ", INK_DIM},
	[DIFF_GONE] = {TEXT_DIFF_GONE, TEXT_DIFF_LOST, "- ", INK_GREEN},
};

static void put_heading(struct paper *p, enum text_id title, size_t count)
{
	paper_end(p);
	paper_put(p, INK_BOLD, text(title, p->lang));
	str_printf(p->out, " (%zu)", count);
	paper_end(p);
}

static void put_place(struct str *s, const struct report_finding *f)
{
	const struct report_place *p = finding_spot(f);

	str_text(s, finding_document(f));
	if (p && p->line)
		str_printf(s, ":%u:%u", p->line, p->column);
}

/* "high nonconform -> low waived", "value -> value" */
static void put_change(struct paper *p, const struct diff_finding *x, struct str *s)
{
	const struct report_finding *f = x->before, *g = x->after;

	if (x->kind != DIFF_CHANGED)
		return;
	/* analyser: what changed has two sides */
	if (f->severity != g->severity || strcmp(f->verdict, g->verdict))
		str_printf(s, "%s, %s -> %s, %s", severity_text(f->severity, p->lang), verdict_text(f->verdict, p->lang), severity_text(g->severity, p->lang),
			   verdict_text(g->verdict, p->lang));
	if (strcmp(f->fingerprint, g->fingerprint)) {
		str_text(s, s->n ? " ; " : "");
		finding_observed(s, f, p->lang);
		str_text(s, " -> ");
		finding_observed(s, g, p->lang);
	}
	str_text(p->out, "    ");
	p->column = PAPER_INDENT;
	paper_words(p, INK_PLAIN, PAPER_INDENT, str_get(s).p);
	paper_end(p);
	str_clear(s);
}

static void put_finding(struct paper *p, const struct diff_finding *x, struct str *s)
{
	const struct report_finding *f = x->after ? x->after : x->before;

	paper_put(p, kinds[x->kind].ink, kinds[x->kind].mark);
	str_printf(s, "%s  %s  %s%s", severity_text(f->severity, p->lang), f->rule, f->deployment ? f->deployment : "", f->deployment ? "  " : "");
	put_place(s, f);
	paper_words(p, INK_PLAIN, PAPER_INDENT, str_get(s).p);
	str_clear(s);
	paper_end(p);
	str_text(p->out, "    ");
	p->column = PAPER_INDENT;
	paper_words(p, INK_PLAIN, PAPER_INDENT, both_in(&f->title, p->lang));
	paper_end(p);
	put_change(p, x, s);
}

static void put_findings(struct paper *p, const struct diff_finding *list, size_t count, bool evidence, struct str *s)
{
	for (int kind = 0; kind < DIFF_KINDS; kind++) {
		size_t n = 0;

		for (size_t i = 0; i < count; i++)
			n += list[i].kind == (enum diff_kind)kind;
		if (!n)
			continue;
		put_heading(p, evidence ? kinds[kind].evidence : kinds[kind].title, n);
		for (size_t i = 0; i < count; i++)
			if (list[i].kind == (enum diff_kind)kind)
				put_finding(p, &list[i], s);
	}
}

static void put_line(struct paper *p, struct str *s)
{
	str_text(p->out, "  ");
	p->column = 2;
	paper_words(p, INK_PLAIN, PAPER_INDENT, str_get(s).p);
	paper_end(p);
	str_clear(s);
}

static const char *advice_word(const char *name, enum lang lang)
{
	for (int i = 0; name && i <= ADVICE_CANNOT_CONCLUDE; i++)
		if (!strcmp(name, advice_names[i]))
			return advice_text((enum advice)i, lang);
	return text(TEXT_DIFF_ABSENT, lang);
}

static void put_verdicts(struct paper *p, const struct report_diff *d, struct str *s)
{
	size_t changed = 0;

	if (d->advice_count)
		put_heading(p, TEXT_ADVICE, d->advice_count);
	for (size_t i = 0; i < d->advice_count; i++) {
		const struct diff_advice *x = &d->advices[i];

		str_printf(s, "%s  %s -> %s", x->deployment ? x->deployment : text(TEXT_OVERALL, p->lang), advice_word(x->before, p->lang), advice_word(x->after, p->lang));
		put_line(p, s);
	}
	/* a deployment that came or went is in the advice above, without its hundred lines */
	for (size_t i = 0; i < d->cell_count; i++)
		changed += d->cells[i].before && d->cells[i].after;
	if (changed)
		put_heading(p, TEXT_DIFF_VERDICTS, changed);
	for (size_t i = 0; i < d->cell_count; i++) {
		const struct diff_cell *x = &d->cells[i];

		if (!x->before || !x->after)
			continue;
		str_printf(s, "%s  %s  %s -> %s", x->deployment ? x->deployment : text(TEXT_FACILITY, p->lang), x->control,
			   verdict_text(x->before, p->lang), verdict_text(x->after, p->lang));
		put_line(p, s);
	}
}

static void put_inputs(struct paper *p, const struct report_diff *d, struct str *s)
{
	if (d->input_count)
		put_heading(p, TEXT_DIFF_INPUTS, d->input_count);
	for (size_t i = 0; i < d->input_count; i++) {
		str_printf(s, "%s %s", !d->inputs[i].before ? "+" : !d->inputs[i].after ? "-" : "~", d->inputs[i].name);
		put_line(p, s);
	}
}

int diff_text(struct str *out, const struct report_diff *d, enum lang lang, size_t width, bool colour)
{
	struct paper p = {.out = out, .lang = lang, .width = width, .colour = colour};
	struct str s = STR_INIT(1 << 20);

	str_printf(&s, "%s  ->  %s", d->before->date, d->after->date);
	paper_put(&p, INK_BOLD, str_get(&s).p);
	str_clear(&s);
	paper_end(&p);
	put_verdicts(&p, d, &s);
	put_findings(&p, d->findings, d->finding_count, false, &s);
	put_findings(&p, d->evidence, d->evidence_count, true, &s);
	put_inputs(&p, d, &s);
	if (!d->advice_count && !d->cell_count && !d->finding_count && !d->evidence_count && !d->input_count) {
		paper_put(&p, INK_PLAIN, text(TEXT_DIFF_NOTHING, lang));
		paper_end(&p);
	}
	if (d->rules_differ) {
		paper_end(&p);
		paper_words(&p, INK_YELLOW, 0, text(TEXT_DIFF_RULES, lang));
		paper_end(&p);
	}
	str_free(&s);
	return str_failed(out) ? -1 : 0;
}

/* ------------------------------------------------------------------ JSON */

static void json_side(struct jsonw *w, const char *key, const struct report_finding *f)
{
	const struct report_place *p = f ? finding_spot(f) : NULL;

	jsonw_key(w, key);
	if (!f) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_member(w, "deployment", f->deployment);
	jsonw_member(w, "document", p ? p->document : NULL);
	jsonw_member(w, "fingerprint", f->fingerprint);
	jsonw_member_int(w, "line", p ? p->line : 0);
	jsonw_member_int(w, "occurrence", f->occurrence);
	jsonw_member(w, "rule", f->rule);
	jsonw_member(w, "severity", severity_names[f->severity]);
	jsonw_member(w, "value", f->value);
	jsonw_member(w, "verdict", f->verdict);
	jsonw_member_bool(w, "waived", f->waived_by != NULL);
	jsonw_object_end(w);
}

static void json_findings(struct jsonw *w, const char *key, const struct diff_finding *list, size_t count)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (size_t i = 0; i < count; i++) {
		jsonw_object(w);
		json_side(w, "after", list[i].after);
		json_side(w, "before", list[i].before);
		jsonw_member(w, "kind", diff_kind_names[list[i].kind]);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* One change of words: after, before, then what it is about. */
static void json_change(struct jsonw *w, const char *after, const char *before, const char *key, const char *value, const char *key2, const char *value2)
{
	jsonw_object(w);
	jsonw_member(w, "after", after);
	jsonw_member(w, "before", before);
	if (key2)
		jsonw_member(w, key2, value2);
	jsonw_member(w, key, value);
	jsonw_object_end(w);
}

int diff_json(struct str *out, const struct report_diff *d)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_key(&w, "advice");
	jsonw_array(&w);
	for (size_t i = 0; i < d->advice_count; i++)
		json_change(&w, d->advices[i].after, d->advices[i].before, "deployment", d->advices[i].deployment, NULL, NULL);
	jsonw_array_end(&w);
	json_findings(&w, "evidence", d->evidence, d->evidence_count);
	json_findings(&w, "findings", d->findings, d->finding_count);
	jsonw_key(&w, "inputs");
	jsonw_array(&w);
	for (size_t i = 0; i < d->input_count; i++)
		json_change(&w, d->inputs[i].after, d->inputs[i].before, "name", d->inputs[i].name, NULL, NULL);
	jsonw_array_end(&w);
	jsonw_member_bool(&w, "rules_differ", d->rules_differ);
	jsonw_member_int(&w, "schema", 1);
	jsonw_key(&w, "verdicts");
	jsonw_array(&w);
	for (size_t i = 0; i < d->cell_count; i++)
		json_change(&w, d->cells[i].after, d->cells[i].before, "deployment", d->cells[i].deployment, "control", d->cells[i].control);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return jsonw_end(&w);
}
