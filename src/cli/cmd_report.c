/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * scelle report: a finished report in other formats and another language, without auditing again. Verdicts, counts and identities
 * are those of the file; the exit code is 0 when it could be read and written, whatever it says.
 */
#include "cli/outputs.h"

#include "base/sandbox.h"
#include "scan/report_file.h"

#include <unistd.h>

extern const struct command command_report;

struct order {
	struct text_list reports;
	const char *lang, *color;
	bool quiet, explain;
	int verbose;
};

static int deliver(struct arena *a, struct outputs *o, const struct order *q, const struct report *r, struct err *e)
{
	const struct terminal t = {.width = 80, .colour = colour_choose(q->color, STDOUT_FILENO), .quiet = q->quiet,
				   .verbose = q->verbose > 0, .explain = q->explain};
	enum lang lang = lang_choose(q->lang);

	return outputs_make(o, r, lang, e) || outputs_write(o, e) ? -1 : outputs_print(a, o, t, r, lang, e);
}

static int report_again(const struct order *q, const char *path)
{
	struct arena *a = arena_new();
	struct outputs o = {0};
	struct report r;
	int code = EXIT_CLEAN;
	struct err e = {0};

	if (!outputs_parse(a, &q->reports, &o, &e)) {
		(void)sandbox_enter(NULL);
		if (!report_file_load(a, path, &r, &e))
			(void)deliver(a, &o, q, &r, &e);
	}
	if (e.text[0])
		code = complain(&e);
	outputs_free(&o);
	arena_free(a);
	return code;
}

static int report_run(int argc, char **argv)
{
	struct order q = {0};
	const struct option_row rows[] = {
		{"report", 'f', OPTION_LIST, &q.reports, "NAME[=FILE]", "write this report to FILE; without FILE print it instead of the text", "écrire ce rapport dans FILE ; sans FILE, l'afficher à la place du texte"},
		{"lang", 0, OPTION_TEXT, &q.lang, "fr|en", "language of the reports", "langue des rapports"},
		{"color", 0, OPTION_TEXT, &q.color, "WHEN", "colours: auto, always, never", "couleurs : auto, always, never"},
		{"explain", 0, OPTION_FLAG, &q.explain, NULL, "say of each finding why it matters, of each control why it is not evidenced and what would show it", "dire de chaque constat pourquoi il importe, de chaque exigence pourquoi elle n'est pas démontrée et ce qui la montrerait"},
		{"quiet", 'q', OPTION_FLAG, &q.quiet, NULL, "the summary alone", "le résumé seulement"},
		{"verbose", 'v', OPTION_COUNT, &q.verbose, NULL, "also what is unknown, waived or noted", "aussi ce qui est indéterminé, dérogé ou noté"},
		{0},
	};
	struct err e = {0};
	int operands;
	bool done;

	if (options_parse(&command_report, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	if (operands != 1) {
		err_set(&e, EXIT_USAGE, "'report' needs one file: a JSON report or a sealed container");
		return complain(&e);
	}
	return report_again(&q, argv[1]);
}

const struct command command_report = {
	.name = "report",
	.usage = "report [options] FILE",
	.help_en = "write a finished report (JSON or sealed) in other formats",
	.help_fr = "écrire un rapport fini (JSON ou scellé) dans d'autres formats",
	.run = report_run,
};
