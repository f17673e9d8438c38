/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * scelle diff: what changed between two finished reports (JSON or sealed). Code 1 when the newer one brings a breach at or above --fail-on;
 * what is gone or waived never fails.
 */
#include "cli/cli.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "report/diff.h"
#include "scan/report_file.h"

#include <unistd.h>

extern const struct command command_diff;

struct order {
	const char *lang, *color, *format, *fail_on;
};

static int print_diff(const struct order *q, const struct report_diff *d, struct err *e)
{
	struct str out = STR_INIT(LIMIT_REPORT_BYTES);
	bool json = q->format && !strcmp(q->format, "json");
	int failed = json ? diff_json(&out, d) : diff_text(&out, d, lang_choose(q->lang), 80, colour_choose(q->color, STDOUT_FILENO));

	failed = failed ? err_set(e, EXIT_BROKEN, "cannot make the difference: it is larger than %zu bytes", LIMIT_REPORT_BYTES) :
			  io_put(STDOUT_FILENO, str_get(&out), e);
	str_free(&out);
	return failed;
}

static int compare(const struct order *q, const char *before_path, const char *after_path)
{
	struct arena *a = arena_new();
	struct report before, after;
	struct report_diff d;
	int code = EXIT_CLEAN, level;
	struct err e = {0};

	level = fail_level(q->fail_on, &e);
	if (level >= 0 && q->format && strcmp(q->format, "json") && strcmp(q->format, "text"))
		err_set(&e, EXIT_USAGE, "--format '%.100s' is neither text nor json", q->format);
	if (!e.text[0])
		(void)sandbox_enter(NULL);
	if (!e.text[0] && !report_file_load(a, before_path, &before, &e) && !report_file_load(a, after_path, &after, &e)) {
		diff_make(a, &before, &after, &d);
		code = level <= SEVERITY_CRITICAL && diff_brings(&d, (enum severity)level) ? EXIT_FINDINGS : EXIT_CLEAN;
		(void)print_diff(q, &d, &e);
	}
	if (e.text[0])
		code = complain(&e);
	arena_free(a);
	return code;
}

static int diff_run(int argc, char **argv)
{
	struct order q = {0};
	const struct option_row rows[] = {
		{"format", 'f', OPTION_TEXT, &q.format, "FORMAT", "text or json", "text ou json"},
		{"fail-on", 0, OPTION_TEXT, &q.fail_on, "LEVEL", "exit 1 when NEW brings a breach from this severity on: critical high medium low info none (high)", "code 1 si NEW apporte un manquement à partir de cette gravité : critical high medium low info none (high)"},
		{"lang", 0, OPTION_TEXT, &q.lang, "fr|en", "language of the text", "langue du texte"},
		{"color", 0, OPTION_TEXT, &q.color, "WHEN", "colours: auto, always, never", "couleurs : auto, always, never"},
		{0},
	};
	struct err e = {0};
	int operands;
	bool done;

	if (options_parse(&command_diff, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	if (operands != 2) {
		err_set(&e, EXIT_USAGE, "'diff' needs two reports, JSON or sealed: the older one, then the newer one");
		return complain(&e);
	}
	return compare(&q, argv[1], argv[2]);
}

const struct command command_diff = {
	.name = "diff",
	.usage = "diff [options] OLD NEW",
	.help_en = "say what changed between two reports (JSON or sealed)",
	.help_fr = "dire ce qui a changé entre deux rapports (JSON ou scellés)",
	.run = diff_run,
};
