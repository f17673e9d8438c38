/* SPDX-License-Identifier: EUPL-1.2 */
/* What audit and check share: their options, writing the reports, sealing them. */
#ifndef CLI_SCAN_CMD_H
#define CLI_SCAN_CMD_H

#include "cli/cli.h"
#include "scan/scan.h"

struct scan_flags {
	struct text_list reports, rules, only, skip, exclude;
	const char *format, *date, *fail_on, *declaration, *lang, *color, *identity_key, *rules_anchors, *profile, *baseline, *changed_files, *cache;
	const char *seal, *key, *cert, *passphrase_file, *bundle, *ledger, *ledger_key, *tsa;
	int passphrase_fd, jobs, verbose, memory_limit, time_limit;
	bool no_builtin_rules, signed_rules, fail_on_unknown, allow_empty, no_prefilter, quiet, explain, diff_only, honor_inline, embed_inputs;
};

#define SCAN_ROWS 38
/* Fills rows (SCAN_ROWS of them, the last all zero) with targets in f. */
void scan_rows(struct scan_flags *f, struct option_row *rows);

/* Runs, writes, prints; returns the exit code. kind: "audit" or "check". */
int scan_command(const char *kind, const struct scan_flags *f, const char *const *roots, size_t root_count);

/* cli/seal_report.c: seals report.json, report.html and inputs.json into f->seal, with its bundle and its ledger entry. who: those who fetch stamps; NULL without --tsa. */
struct courier;
struct signer;
struct outputs;
int seal_open(const struct scan_flags *f, struct signer **ret, struct err *e);      /* f->key */
/* Signs the PDF reports among those asked for, with a stamp where a courier waits to fetch one; the container keeps them as they were. */
int seal_pdfs(struct arena *a, struct outputs *o, struct signer *s, struct err *e);
struct couriers {
	struct courier *seal, *bundle;
};
int seal_report(struct arena *a, const struct scan_flags *f, const char *root, struct signer *s, const struct couriers *who, const struct report *r, enum lang lang, date_t date, struct err *e);

/* cli/embed_inputs.c: the audited files as the bytes of inputs.zip. */
int embed_inputs(struct arena *a, const char *root, const struct report *r, date_t date, struct str *out, struct err *e);

#endif
