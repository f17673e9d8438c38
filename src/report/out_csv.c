/* SPDX-License-Identifier: EUPL-1.2 */
/* One row a finding, for a spreadsheet: RFC 4180, UTF-8 without a byte-order mark, a heading of stable English words. */
#include "report/csv.h"
#include "report/plain.h"

static void put_list(struct str *out, struct str *s, const char *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		str_printf(s, "%s%s", i ? " " : "", items[i]);
	csv_cell(out, str_get(s).p);
	str_clear(s);
}

static void put_row(struct str *out, struct str *s, const struct report_finding *f, enum lang lang)
{
	const struct report_place *p = finding_spot(f);

	csv_cell(out, severity_names[f->severity]);
	csv_cell(out, f->verdict);
	csv_cell(out, f->waived_by ? "waived" : f->baseline ? f->baseline : "");
	csv_cell(out, f->rule);
	csv_cell(out, f->deployment);
	csv_cell(out, p ? p->document : NULL);
	csv_number(out, p ? p->line : 0);
	csv_number(out, p ? p->column : 0);
	csv_cell(out, p ? p->path : NULL);
	put_list(out, s, f->controls, f->control_count);
	csv_cell(out, both_in(&f->title, lang));
	csv_cell(out, f->declared);
	finding_observed(s, f, lang);
	csv_cell(out, str_get(s).p);
	str_clear(s);
	csv_cell(out, both_in(&f->why, lang));
	csv_cell(out, both_in(&f->fix, lang));
	csv_cell(out, confidence_names[f->confidence]);
	csv_cell(out, f->fingerprint);
	csv_number(out, f->occurrence);
	csv_number(out, f->count);
	csv_end(out);
}

static int csv_write(struct str *out, const struct report *r, enum lang lang)
{
	static const char *const heads[] = {"severity", "verdict", "state", "rule", "deployment", "document", "line", "column", "path", "controls",
					    "title", "declared", "observed", "why", "remedy", "confidence", "fingerprint", "occurrence", "count"};
	struct str s = STR_INIT(1 << 20);

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		csv_cell(out, heads[i]);
	csv_end(out);
	for (size_t i = 0; i < r->finding_count; i++)
		put_row(out, &s, &r->findings[i], lang);
	str_free(&s);
	return str_failed(out) ? -1 : 0;
}

const struct writer writer_csv = {
	.name = "csv", .help = "findings as CSV (RFC 4180), safe to open in a spreadsheet", .mime = "text/csv", .extension = "csv", .write = csv_write,
};
