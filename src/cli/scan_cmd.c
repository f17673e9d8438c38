/* SPDX-License-Identifier: EUPL-1.2 */
/* The common body of audit and check: their options, the request made of them, and what is delivered in the end. */
#include "cli/scan_cmd.h"

#include "cli/outputs.h"
#include "seal/seal.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_JOBS 8      /* more threads than this gain nothing: resolving and judging are one thread */

void scan_rows(struct scan_flags *f, struct option_row *rows)
{
	const struct option_row list[SCAN_ROWS] = {
		{"report", 'f', OPTION_LIST, &f->reports, "NAME[=FILE]", "write this report to FILE; without FILE print it instead of the text", "écrire ce rapport dans FILE ; sans FILE, l'afficher à la place du texte"},
		{"seal", 0, OPTION_TEXT, &f->seal, "FILE", "seal the reports into this ASiC-E container", "sceller les rapports dans ce conteneur ASiC-E"},
		{"key", 0, OPTION_TEXT, &f->key, "KEY", "the key that seals (PEM, PKCS#8, PKCS#12, or pkcs11:token=...;object=...)", "la clé qui scelle (PEM, PKCS#8, PKCS#12, ou pkcs11:token=...;object=...)"},
		{"cert", 0, OPTION_TEXT, &f->cert, "FILE", "its certificate", "son certificat"},
		{"embed-inputs", 0, OPTION_FLAG, &f->embed_inputs, NULL, "with --seal: put the audited files themselves into the container (inputs.zip), with all that a report masks", "avec --seal : mettre les fichiers audités eux-mêmes dans le conteneur (inputs.zip), avec tout ce qu'un rapport masque"},
		{"bundle", 0, OPTION_TEXT, &f->bundle, "FILE", "with --seal: the sealed statement as a Sigstore bundle too (for cosign)", "avec --seal : aussi la déclaration scellée en attestation Sigstore (pour cosign)"},
		{"ledger", 0, OPTION_TEXT, &f->ledger, "FILE", "with --seal: enter the container in this ledger, its proof beside it (.tlog-proof)", "avec --seal : inscrire le conteneur à ce registre, sa preuve à côté (.tlog-proof)"},
		{"ledger-key", 0, OPTION_TEXT, &f->ledger_key, "FILE", "the ledger's Ed25519 private key (`scelle ledger new`)", "la clé privée Ed25519 du registre (`scelle ledger new`)"},
		{"tsa", 0, OPTION_TEXT, &f->tsa, "URL", "with --seal: have the seal, and each PDF report, stamped by this time-stamp authority, by a process that opens no input", "avec --seal : faire horodater le sceau, et chaque rapport PDF, par cette autorité, par un processus qui n'ouvre aucun fichier audité"},
		{"passphrase-file", 0, OPTION_TEXT, &f->passphrase_file, "FILE", "the key's passphrase is the first line of FILE", "la phrase de passe de la clé est la première ligne de FILE"},
		{"passphrase-fd", 0, OPTION_INT, &f->passphrase_fd, "N", "it is read from this descriptor", "elle se lit sur ce descripteur"},
		{"date", 0, OPTION_TEXT, &f->date, "DATE", "date of the audit: law, waivers, certificates (YYYY-MM-DD)", "date de l'audit : droit, dérogations, certificats (AAAA-MM-JJ)"},
		{"declaration", 0, OPTION_TEXT, &f->declaration, "FILE", "the declaration, when it is not DIR/scelle.yaml", "la déclaration, si ce n'est pas DIR/scelle.yaml"},
		{"rules", 'r', OPTION_LIST, &f->rules, "DIR", "more rules: a folder, or a signed pack (`scelle rules pack`)", "d'autres règles : un dossier, ou un lot signé (`scelle rules pack`)"},
		{"require-signed-rules", 0, OPTION_FLAG, &f->signed_rules, NULL, "refuse added rules that --rules-anchors does not vouch for", "refuser les règles ajoutées dont --rules-anchors ne répond pas"},
		{"rules-anchors", 0, OPTION_TEXT, &f->rules_anchors, "PATH", "certificates of those who may sign rules", "certificats de ceux qui peuvent signer des règles"},
		{"no-builtin-rules", 0, OPTION_FLAG, &f->no_builtin_rules, NULL, "only the rules of --rules", "seulement les règles de --rules"},
		{"profile", 0, OPTION_TEXT, &f->profile, "NAME", "only the controls of this profile: hds-v2, gdpr, ai-act...", "seulement les exigences de ce profil : hds-v2, gdpr, ai-act..."},
		{"rule", 0, OPTION_LIST, &f->only, "GLOB", "only these rules", "seulement ces règles"},
		{"skip-rule", 0, OPTION_LIST, &f->skip, "GLOB", "all but these rules", "toutes les règles sauf celles-ci"},
		{"exclude", 0, OPTION_LIST, &f->exclude, "GLOB", "leave out these files", "écarter ces fichiers"},
		{"format", 0, OPTION_TEXT, &f->format, "NAME", "read every file as this format", "lire chaque fichier dans ce format"},
		{"identity-key", 0, OPTION_TEXT, &f->identity_key, "FILE", "the facility's key for fingerprints of masked values", "la clé de l'établissement pour les empreintes de valeurs masquées"},
		{"fail-on", 0, OPTION_TEXT, &f->fail_on, "LEVEL", "exit 1 from this severity on: critical high medium low info none (high)", "code 1 à partir de cette gravité : critical high medium low info none (high)"},
		{"fail-on-unknown", 0, OPTION_FLAG, &f->fail_on_unknown, NULL, "exit 1 also when something stays unknown", "code 1 aussi si quelque chose reste indéterminé"},
		{"allow-empty", 0, OPTION_FLAG, &f->allow_empty, NULL, "having nothing to evaluate is no failure", "ne rien avoir à évaluer n'est pas un échec"},
		{"no-prefilter", 0, OPTION_FLAG, &f->no_prefilter, NULL, "try every rule everywhere (same results, slower)", "essayer chaque règle partout (mêmes résultats, plus lent)"},
		{"memory-limit", 0, OPTION_INT, &f->memory_limit, "MIB", "memory of the process that reads (16384)", "mémoire du processus qui lit (16384)"},
		{"time-limit", 0, OPTION_INT, &f->time_limit, "SECONDS", "time on one document of up to 16 MiB, more for a larger one (60)", "temps pour un document de 16 Mio au plus, davantage pour un plus gros (60)"},
		{"cache", 0, OPTION_TEXT, &f->cache, "DIR", "keep results in this folder; a run over the same bytes with the same options takes its result from there", "garder les résultats dans ce dossier ; un passage sur les mêmes octets avec les mêmes options y reprend le sien"},
		{"jobs", 'j', OPTION_INT, &f->jobs, "N", "threads", "fils d'exécution"},
		{"lang", 0, OPTION_TEXT, &f->lang, "fr|en", "language of the reports", "langue des rapports"},
		{"color", 0, OPTION_TEXT, &f->color, "WHEN", "colours: auto, always, never", "couleurs : auto, always, never"},
		{"explain", 0, OPTION_FLAG, &f->explain, NULL, "say of each finding why it matters, of each control why it is not evidenced and what would show it", "dire de chaque constat pourquoi il importe, de chaque exigence pourquoi elle n'est pas démontrée et ce qui la montrerait"},
		{"quiet", 'q', OPTION_FLAG, &f->quiet, NULL, "the summary alone", "le résumé seulement"},
		{"verbose", 'v', OPTION_COUNT, &f->verbose, NULL, "also what is unknown, waived or noted", "aussi ce qui est indéterminé, dérogé ou noté"},
	};

	f->passphrase_fd = -1;
	memcpy(rows, list, sizeof list);
}

/* ------------------------------------------------------------------ the request */

static int request_fill(const char *kind, const struct scan_flags *f, const char *const *roots, size_t root_count,
			struct scan_request *q, struct err *e)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct stat st;

	*q = (struct scan_request){
		.kind = kind, .roots = roots, .root_count = root_count, .declaration = f->declaration,
		.rules_dirs = f->rules.items, .rules_dir_count = f->rules.count, .no_builtin_rules = f->no_builtin_rules, .signed_rules = f->signed_rules, .profile = f->profile, .rules_anchors = f->rules_anchors,
		.only = f->only.items, .skip = f->skip.items, .exclude = f->exclude.items,
		.only_count = f->only.count, .skip_count = f->skip.count, .exclude_count = f->exclude.count,
		.format = f->format, .fail_on = f->fail_on ? f->fail_on : "high", .fail_on_unknown = f->fail_on_unknown,
		.allow_empty = f->allow_empty, .no_prefilter = f->no_prefilter, .identity_key = f->identity_key,
		.baseline = f->baseline, .changed_files = f->changed_files, .only_new = f->diff_only, .honor_inline = f->honor_inline,
		.cache = f->cache, .fresh = f->seal,
		.progress = !f->quiet, .jobs = f->jobs > 0 ? f->jobs : processors < 1 ? 1 : processors > MOST_JOBS ? MOST_JOBS : (int)processors,
	};
	if (f->memory_limit < 0 || f->time_limit < 0)
		return err_set(e, EXIT_USAGE, "--memory-limit and --time-limit are whole numbers above 0");
	q->memory_limit = (unsigned)f->memory_limit;
	q->time_limit = (unsigned)f->time_limit;
	if (fail_level(q->fail_on, e) < 0)
		return -1;
	if (f->diff_only && !f->baseline && !f->changed_files)
		return err_set(e, EXIT_USAGE, "--diff-only needs --baseline or --changed-files");
	if (f->no_builtin_rules && !f->rules.count)
		return err_set(e, EXIT_USAGE, "--no-builtin-rules needs --rules");
	if (f->seal && !f->key)
		return err_set(e, EXIT_USAGE, "--seal needs --key; `scelle key new` makes one");
	if (!f->seal && (f->bundle || f->ledger || f->ledger_key || f->tsa || f->embed_inputs))
		return err_set(e, EXIT_USAGE, "--bundle, --ledger, --tsa and --embed-inputs need --seal");
	if (f->embed_inputs && (root_count != 1 || stat(roots[0], &st) || !S_ISDIR(st.st_mode)))
		return err_set(e, EXIT_USAGE, "--embed-inputs needs one folder");
	if (!f->ledger != !f->ledger_key)
		return err_set(e, EXIT_USAGE, "--ledger and --ledger-key are both needed");
	/* looked at early, opened late: the key is not in memory while hostile files are read */
	if (f->seal && !key_is_on_token(f->key) && access(f->key, R_OK))
		return err_errno(e, EXIT_USAGE, "cannot read the key '%s'", f->key);
	if (f->ledger && access(f->ledger, R_OK | W_OK))
		return err_errno(e, EXIT_USAGE, "cannot write to ledger '%s'", f->ledger);
	q->date = f->date ? date_parse(span_of(f->date)) : clock_today(&q->date_from_clock);
	if (q->date == DATE_NONE)
		return err_set(e, EXIT_USAGE, "no date '%s': YYYY-MM-DD", f->date);
	return 0;
}

/* ------------------------------------------------------------------ delivery */

static int deliver(struct arena *a, struct outputs *o, const struct scan_flags *f, const char *root, const struct couriers *who, const struct report *r, enum lang lang, date_t date,
		   struct err *e)
{
	const struct terminal t = {.width = 80, .colour = colour_choose(f->color, STDOUT_FILENO), .quiet = f->quiet,
				   .verbose = f->verbose > 0, .explain = f->explain};
	struct signer *s = NULL;
	int failed = outputs_make(o, r, lang, e) || (f->seal && (seal_open(f, &s, e) || seal_pdfs(a, o, s, e))) || outputs_write(o, e) ||
		     (f->seal && seal_report(a, f, root, s, who, r, lang, date, e));

	signer_free(s);
	return failed ? -1 : outputs_print(a, o, t, r, lang, e);
}

/* One for each stamp: over the seal, the bundle, and each PDF that is signed. */
static int send_out(const struct scan_flags *f, struct outputs *o, struct couriers *who, struct err *e)
{
	if (!f->tsa)
		return 0;
	for (size_t i = 0; i < o->count; i++)
		if (!strcmp(o->items[i].writer->mime, "application/pdf") && courier_start(COURIER_TIMESTAMP, f->tsa, &o->items[i].tsa, e))
			return -1;
	return courier_start(COURIER_TIMESTAMP, f->tsa, &who->seal, e) || (f->bundle && courier_start(COURIER_TIMESTAMP, f->tsa, &who->bundle, e)) ? -1 : 0;
}

int scan_command(const char *kind, const struct scan_flags *f, const char *const *roots, size_t root_count)
{
	struct arena *a = arena_new();
	enum lang lang = lang_choose(f->lang);
	struct scan_request q;
	struct outputs o = {0};
	struct report r;
	enum exit_code code = EXIT_CLEAN;
	struct couriers who = {0};
	struct err e = {0};

	/* the couriers leave before scan_run confines this process and opens its first input */
	if (request_fill(kind, f, roots, root_count, &q, &e) || outputs_parse(a, &f->reports, &o, &e) ||
	    send_out(f, &o, &who, &e) || scan_run(a, &q, &r, &code, &e) || deliver(a, &o, f, roots[0], &who, &r, lang, q.date, &e))
		code = exit_worst(code, (enum exit_code)complain(&e));
	courier_stop(who.seal);
	courier_stop(who.bundle);
	outputs_free(&o);
	arena_free(a);
	return (int)code;
}
