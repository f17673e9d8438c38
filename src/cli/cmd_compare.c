/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * scelle compare A B...: offers of several vendors side by side. A folder with its scelle.yaml is audited here, all with one date and one
 * set of rules; a finished report (JSON or sealed) is taken as it is. With --seal the comparison is sealed like a report.
 */
#include "cli/cli.h"
#include "cli/seal_compare.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "base/utf8.h"
#include "report/compare.h"
#include "scan/report_file.h"
#include "scan/scan.h"

#include <sys/stat.h>
#include <unistd.h>

extern const struct command command_compare;

struct order {
	struct text_list rules, reports;
	const char *date, *lang;
	struct seal_flags seal;
};

static int read_offer(struct arena *a, const struct scan_request *base, const char *path, struct offer *ret, struct err *e)
{
	struct report *r = ARENA_NEW(a, struct report);
	struct str name = STR_INIT(LIMIT_PATH_BYTES * 6);
	struct scan_request q = *base;
	enum exit_code code;
	struct stat st;

	utf8_safe(&name, span_of(path));
	*ret = (struct offer){.name = arena_dup(a, str_get(&name).p, name.n), .report = r};
	str_free(&name);
	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return report_file_load(a, path, r, e);
	q.roots = &path;
	q.root_count = 1;
	return scan_run(a, &q, r, &code, e);
}

static int write_one(const struct comparison *c, const char *asked, enum lang lang, struct err *e)
{
	static const struct {
		const char *name;
		int (*write)(struct str *out, const struct comparison *c, enum lang lang);
	} kinds[] = {{"html", compare_html}, {"csv", compare_csv}, {"text", compare_text}};
	const char *equals = strchr(asked, '=');
	size_t n = equals ? (size_t)(equals - asked) : strlen(asked);
	struct str out = STR_INIT(LIMIT_REPORT_BYTES);
	int failed = 1;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strlen(kinds[i].name) == n && !strncmp(kinds[i].name, asked, n)) {
			failed = kinds[i].write(&out, c, lang) ? err_set(e, EXIT_BROKEN, "cannot make the comparison: it is too large") :
				 equals ? io_write(equals + 1, str_get(&out), 0644, e) : io_put(STDOUT_FILENO, str_get(&out), e);
			break;
		}
	str_free(&out);
	return failed > 0 ? err_set(e, EXIT_USAGE, "no comparison '%.100s': html, csv or text", asked) : failed;
}

static int write_all(const struct order *o, const struct comparison *c, struct err *e)
{
	enum lang lang = lang_choose(o->lang);

	for (size_t i = 0; i < o->reports.count; i++)
		if (write_one(c, o->reports.items[i], lang, e))
			return -1;
	return o->reports.count ? 0 : write_one(c, "text", lang, e);
}

/* What must hold before the first offer is opened; the courier then leaves, and this process is confined. */
static int prepare(const struct order *o, struct scan_request *q, struct courier **tsa, struct err *e)
{
	q->date = o->date ? date_parse(span_of(o->date)) : clock_today(&q->date_from_clock);
	if (q->date == DATE_NONE)
		return err_set(e, EXIT_USAGE, "no date '%.100s': YYYY-MM-DD", o->date);
	if (o->seal.seal && !o->seal.key)
		return err_set(e, EXIT_USAGE, "--seal needs --key; `scelle key new` makes one");
	if (!o->seal.seal && (o->seal.key || o->seal.tsa))
		return err_set(e, EXIT_USAGE, "--key and --tsa need --seal");
	if (o->seal.seal && !key_is_on_token(o->seal.key) && access(o->seal.key, R_OK))
		return err_errno(e, EXIT_USAGE, "cannot read the key '%s'", o->seal.key);
	if (o->seal.tsa && courier_start(COURIER_TIMESTAMP, o->seal.tsa, tsa, e))
		return -1;
	(void)sandbox_enter(NULL);
	return 0;
}

static int compare(const struct order *o, char **paths, size_t count)
{
	struct arena *a = arena_new();
	struct offer *offers = ARENA_ARRAY(a, struct offer, count + 1);
	struct scan_request q = {.kind = "audit", .fail_on = "none", .rules_dirs = o->rules.items, .rules_dir_count = o->rules.count, .jobs = 1};
	struct courier *tsa = NULL;
	struct comparison c;
	int code = EXIT_CLEAN;
	struct err e = {0};

	(void)prepare(o, &q, &tsa, &e);
	for (size_t i = 0; !e.text[0] && i < count; i++)
		(void)read_offer(a, &q, paths[i], &offers[i], &e);
	if (!e.text[0]) {
		compare_make(a, offers, count, &c);
		if (!write_all(o, &c, &e) && o->seal.seal)
			(void)seal_comparison(a, &o->seal, tsa, &c, lang_choose(o->lang), q.date, &e);
		for (size_t i = 0; i < count; i++)
			code = offers[i].report->incomplete ? EXIT_INCOMPLETE : code;
	}
	if (e.text[0])
		code = complain(&e);
	courier_stop(tsa);
	arena_free(a);
	return code;
}

static int compare_run(int argc, char **argv)
{
	struct order o = {.seal.passphrase_fd = -1};
	const struct option_row rows[] = {
		{"report", 'f', OPTION_LIST, &o.reports, "NAME[=FILE]", "html, csv or text, to FILE or standard output (text)", "html, csv ou text, dans FILE ou sur la sortie standard (text)"},
		{"seal", 0, OPTION_TEXT, &o.seal.seal, "FILE", "seal the comparison and each offer's report into this ASiC-E container", "sceller la comparaison et le rapport de chaque offre dans ce conteneur ASiC-E"},
		{"key", 0, OPTION_TEXT, &o.seal.key, "KEY", "the key that seals, as for audit", "la clé qui scelle, comme pour audit"},
		{"cert", 0, OPTION_TEXT, &o.seal.cert, "FILE", "its certificate", "son certificat"},
		{"passphrase-file", 0, OPTION_TEXT, &o.seal.passphrase_file, "FILE", "the key's passphrase is the first line of FILE", "la phrase de passe de la clé est la première ligne de FILE"},
		{"passphrase-fd", 0, OPTION_INT, &o.seal.passphrase_fd, "N", "it is read from this descriptor", "elle se lit sur ce descripteur"},
		{"tsa", 0, OPTION_TEXT, &o.seal.tsa, "URL", "have the seal stamped by this time-stamp authority, by a process that opens no input", "faire horodater le sceau par cette autorité, par un processus qui n'ouvre aucun fichier audité"},
		{"date", 0, OPTION_TEXT, &o.date, "DATE", "date of the audits: law, waivers, certificates (YYYY-MM-DD)", "date des audits : droit, dérogations, certificats (AAAA-MM-JJ)"},
		{"rules", 'r', OPTION_LIST, &o.rules, "DIR", "more rules from this folder", "d'autres règles, de ce dossier"},
		{"lang", 0, OPTION_TEXT, &o.lang, "fr|en", "language of the comparison", "langue de la comparaison"},
		{0},
	};
	struct err e = {0};
	int operands;
	bool done;

	if (options_parse(&command_compare, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	if (operands < 2) {
		err_set(&e, EXIT_USAGE, "'compare' needs two offers or more: folders, JSON reports or sealed ones");
		return complain(&e);
	}
	return compare(&o, argv + 1, (size_t)operands);
}

const struct command command_compare = {
	.name = "compare",
	.usage = "compare [options] OFFER OFFER...",
	.help_en = "put several vendors' offers side by side",
	.help_fr = "mettre côte à côte les offres de plusieurs fournisseurs",
	.run = compare_run,
};
