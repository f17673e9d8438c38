/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A table of findings for CISO Assistant (import wizard or command line, "findings follow-up"), which reads CSV with these headings and reads no
 * OCSF. One row a problem, and one for what a waiver covers, as dismissed. It keeps names of 200 characters and labels of letters, digits, _ and
 * - alone; it joins rows by ref_id, which is the same in the next audit as long as the finding is the same. It renders Markdown: names and values
 * of inputs are kept from being any.
 */
#include "report/csv.h"
#include "report/markdown.h"
#include "report/plain.h"
#include "report/plan.h"

#define NAME_CHARACTERS 200

static void put_scratch(struct str *out, struct str *s)
{
	csv_cell(out, str_get(s).p);
	str_clear(s);
}

/* Cut at a character's end, with "..." where something was left out. */
static void put_name(struct str *out, const char *text)
{
	struct str name = STR_INIT(4096);
	size_t characters = 0;

	for (const char *p = text; *p; p++) {
		bool begins = ((unsigned char)*p & 0xc0) != 0x80;

		if (begins && ++characters > NAME_CHARACTERS - 3 && strlen(p) > 3) {
			str_text(&name, "...");
			break;
		}
		str_char(&name, *p);
	}
	put_scratch(out, &name);
	str_free(&name);
}

static void put_line(struct str *s, const char *label, const char *value, bool code, enum lang lang)
{
	if (!value || !*value)
		return;
	str_printf(s, "%s**%s**%s", s->n ? "\n\n" : "", label, lang == LANG_FR ? " : " : ": ");
	if (code)
		md_code(s, value);
	else
		md_text(s, value);
}

static void put_description(struct str *out, struct str *s, const struct report *r, const struct report_finding *f, enum lang lang)
{
	struct str value = STR_INIT(1 << 20);

	md_text(s, both_in(&f->why, lang));
	put_line(s, text(TEXT_SYSTEM, lang), f->deployment, true, lang);
	plan_place(&value, f);
	put_line(s, text(TEXT_FILE, lang), str_get(&value).p, true, lang);
	str_clear(&value);
	put_line(s, text(TEXT_DECLARED, lang), f->declared, true, lang);
	finding_observed(&value, f, lang);
	put_line(s, text(TEXT_OBSERVED, lang), str_get(&value).p, true, lang);
	str_clear(&value);
	report_law(&value, r, f->controls, f->control_count, lang);
	put_line(s, text(TEXT_LAW, lang), str_get(&value).p, false, lang);
	put_line(s, text(TEXT_REMEDY, lang), both_in(&f->fix, lang), false, lang);
	put_scratch(out, s);
	str_free(&value);
}

static void put_row(struct str *out, struct str *s, const struct report *r, const struct report_finding *f, enum lang lang)
{
	char uuid[UUID_TEXT];

	finding_key(s, f);
	csv_cell(out, uuid_of(str_get(s).p, uuid));
	str_clear(s);
	put_name(out, both_in(&f->title, lang));
	put_description(out, s, r, f, lang);
	csv_cell(out, severity_names[f->severity]);
	csv_cell(out, f->waived_by ? "dismissed" : "identified");
	str_text(s, "scelle");
	for (size_t i = 0; i < f->control_count; i++)
		str_printf(s, "|%s", f->controls[i]);
	put_scratch(out, s);
	str_printf(s, "%s, %s/%u, %s", f->rule, f->fingerprint, f->occurrence, verdict_text(f->verdict, lang));
	if (f->waived_by)
		str_printf(s, "\n\n%s%s", text(TEXT_WAIVED_BY, lang), lang == LANG_FR ? " : " : ": ");
	if (f->waived_by)
		md_text(s, f->waived_by);
	put_scratch(out, s);
	csv_end(out);
}

static int ciso_write(struct str *out, const struct report *r, enum lang lang)
{
	static const char *const heads[] = {"ref_id", "name", "description", "severity", "status", "filtering_labels", "observation"};
	struct str s = STR_INIT(1 << 20);

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		csv_cell(out, heads[i]);
	csv_end(out);
	for (size_t i = 0; i < r->finding_count; i++) {
		const struct report_finding *f = &r->findings[i];

		if (finding_is_problem(f) || (f->waived_by && f->outcome == OUTCOME_AGAINST))
			put_row(out, &s, r, f, lang);
	}
	str_free(&s);
	return str_failed(out) ? -1 : 0;
}

const struct writer writer_ciso = {
	.name = "ciso", .help = "findings for CISO Assistant (its import of findings, CSV)", .mime = "text/csv", .extension = "csv", .write = ciso_write,
};
