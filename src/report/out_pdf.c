/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The report on paper, and for the archive: PDF/A-2a and PDF/UA-1, A4, the same in content and order as the HTML report. It follows from the
 * report alone: dates are the audit's, fonts are carried in the program, so that two runs give the same bytes. A signature comes later,
 * appended by seal/pades.c.
 */
#include "report/pdf.h"

static void make_targets(struct pdf *d)
{
	const struct report *r = doc_report(d);
	struct targets *t = doc_targets(d);

	t->findings = ARENA_ARRAY(doc_arena(d), size_t, r->finding_count + 1);
	for (size_t i = 0; i < r->finding_count; i++)
		t->findings[i] = doc_target(d);
	t->first_deployment = doc_target(d);
	for (size_t i = 1; i < r->deployment_count; i++)
		doc_target(d);
}

static int pdf_write(struct str *out, const struct report *r, enum lang lang)
{
	static const struct { void (*write)(struct pdf *d); bool audit_only; } parts[] = {
		{pdf_front, false}, {pdf_deployments, true}, {pdf_matrix, true}, {pdf_map, false}, {pdf_deadlines, false}, {pdf_findings, false},
		{pdf_open_points, false}, {pdf_not_shown, true}, {pdf_waivers, true}, {pdf_support, false}, {pdf_inputs, false}, {pdf_diagnostics, false},
		{pdf_method, false}, {pdf_verify, false}, {pdf_contents, false},
	};
	struct arena *a = arena_new();
	struct pdf *d = doc_new(a, out, r, lang);
	int rc;

	make_targets(d);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!parts[i].audit_only || r->facility)
			parts[i].write(d);
	rc = doc_finish(d);
	arena_free(a);
	return rc;
}

const struct writer writer_pdf = {
	.name = "pdf", .help = "the same on paper (PDF/A), tagged for screen readers", .mime = "application/pdf", .extension = "pdf", .write = pdf_write,
};
