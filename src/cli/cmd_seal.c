/* SPDX-License-Identifier: EUPL-1.2 */
/* `scelle seal FILE...`: puts files into a signed ASiC-E container. `audit --seal` does the same with its reports. */
#include "cli/cli.h"

#include "base/date.h"
#include "base/io.h"
#include "base/limits.h"
#include "seal/seal.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

extern const struct command command_seal;

static const char *mime_of(const char *name)
{
	static const struct { const char *end, *mime; } types[] = {
		{".json", "application/json"}, {".sarif", "application/sarif+json"}, {".html", "text/html"}, {".xml", "application/xml"},
		{".pdf", "application/pdf"}, {".txt", "text/plain"}, {".md", "text/markdown"}, {".csv", "text/csv"},
		{".yaml", "application/yaml"}, {".yml", "application/yaml"},
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (span_ends(span_of(name), types[i].end))
			return types[i].mime;
	return "application/octet-stream";
}

static int read_entries(struct arena *a, char **files, size_t count, struct seal_entry *entries, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		entries[i].name = io_base(files[i]);
		entries[i].mime = mime_of(entries[i].name);
		if (io_read(a, files[i], LIMIT_CONTAINER_BYTES, &entries[i].bytes, e))
			return -1;
	}
	return 0;
}

struct order {
	const char *output, *key, *cert, *date;
	struct passphrase passphrase;
	char **files;
	size_t count;
	const char *bundle, *tsa;
	bool add, statement;
};

static int seal_day(const struct order *o, int64_t *ret, struct err *e)
{
	bool from_clock;
	date_t day = o->date ? date_parse(span_of(o->date)) : clock_today(&from_clock);

	if (day == DATE_NONE)
		return err_set(e, EXIT_USAGE, "--date '%s' is not a date like 2026-01-31", o->date);
	*ret = (int64_t)day * 86400;
	return 0;
}

/* statement.json in front of the files it is about. */
static int add_statement(struct arena *a, struct seal_request *q, struct seal_entry *entries, struct err *e)
{
	static const struct claim claims[] = {{"tool", "scelle"}};
	struct str out = STR_INIT(MIB);
	struct span bytes;

	if (statement_write(&out, entries, q->entry_count, claims, 1) || str_failed(&out)) {
		str_free(&out);
		return err_set(e, EXIT_BROKEN, "cannot write %s", STATEMENT_NAME);
	}
	bytes = arena_span(a, str_get(&out));
	str_free(&out);
	memmove(entries + 1, entries, q->entry_count++ * sizeof *entries);
	entries[0] = (struct seal_entry){STATEMENT_NAME, "application/vnd.in-toto+json", bytes};
	return 0;
}

/* Those who fetch stamps, one for each; NULL without --tsa. */
struct couriers {
	struct courier *seal, *bundle;
};

static int write_bundle(struct arena *a, const struct order *o, struct span container, struct signer *signer, struct courier *tsa, struct err *e)
{
	struct str out = STR_INIT(LIMIT_CONTAINER_BYTES), stamped = STR_INIT(LIMIT_CONTAINER_BYTES);
	int rc = bundle_write(container, signer, &out, e) || (tsa && bundle_fetch(a, str_get(&out), tsa, &stamped, e)) ||
				 io_write(o->bundle, str_get(tsa ? &stamped : &out), 0644, e) ? -1 : 0;

	str_free(&stamped);
	str_free(&out);
	return rc;
}

/* *out becomes the container with a stamp over that signature. */
static int stamp(struct arena *a, struct courier *tsa, const char *signature, struct str *out, struct err *e)
{
	const struct request_order order = {.kind = REQUEST_SIGNATURE, .signature = signature};
	struct str stamped = STR_INIT(LIMIT_CONTAINER_BYTES);
	int rc = timestamp_fetch(a, str_get(out), &order, tsa, &stamped, e);

	str_free(out);
	*out = stamped;
	return rc;
}

static int seal_files(const struct order *o, const struct couriers *c, struct err *e)
{
	struct arena *a = arena_new();
	struct seal_entry *entries = ARENA_ARRAY(a, struct seal_entry, o->count + 1);
	struct seal_request q = {.entries = entries, .entry_count = o->count};
	struct str out = STR_INIT(LIMIT_CONTAINER_BYTES);
	struct signer *signer = NULL;
	int rc = -1;

	if (!seal_day(o, &q.fixed_time, e) && !read_entries(a, o->files, o->count, entries, e) &&
	    (!(o->statement || o->bundle) || !add_statement(a, &q, entries, e)) && !signer_open(o->key, o->cert, &o->passphrase, &signer, e) &&
	    !seal_write(&q, signer, &out, e) && (!c->seal || !stamp(a, c->seal, NULL, &out, e)) && (!o->bundle || !write_bundle(a, o, str_get(&out), signer, c->bundle, e)))
		rc = io_write(o->output, str_get(&out), 0644, e);
	signer_free(signer);
	str_free(&out);
	arena_free(a);
	return rc;
}

static int sign_again(const struct order *o, struct courier *tsa, struct err *e)
{
	struct arena *a = arena_new();
	struct str out = STR_INIT(LIMIT_CONTAINER_BYTES);
	struct signer *signer = NULL;
	struct span container;
	const char *added;
	int rc = -1;

	if (!io_read(a, o->files[0], LIMIT_CONTAINER_BYTES, &container, e) && !signer_open(o->key, o->cert, &o->passphrase, &signer, e) &&
	    !seal_add(a, container, signer, (int64_t)time(NULL), &out, &added, e) && (!tsa || !stamp(a, tsa, added, &out, e)))
		rc = io_write(o->output ? o->output : o->files[0], str_get(&out), 0644, e);
	signer_free(signer);
	str_free(&out);
	arena_free(a);
	return rc;
}

/* -o FILE.pdf: no container, the report itself gets the signature. */
static int sign_pdf(const struct order *o, struct courier *tsa, struct err *e)
{
	struct arena *a = arena_new();
	struct str out = STR_INIT(LIMIT_CONTAINER_BYTES);
	struct signer *signer = NULL;
	struct span report;
	int rc = -1;

	if (!io_read(a, o->files[0], LIMIT_CONTAINER_BYTES, &report, e) && !signer_open(o->key, o->cert, &o->passphrase, &signer, e) &&
	    !pdf_sign(report, signer, &out, e) && (!tsa || !stamp(a, tsa, NULL, &out, e)))
		rc = io_write(o->output, str_get(&out), 0644, e);
	signer_free(signer);
	str_free(&out);
	arena_free(a);
	return rc;
}

static bool wants_pdf(const struct order *o)
{
	return !o->add && span_ends(span_of(o->output), ".pdf");
}

/* The couriers are there before any file is opened. */
static int carry_out(const struct order *o, struct err *e)
{
	struct couriers c = {0};
	int rc = -1;

	if (!o->tsa || (!courier_start(COURIER_TIMESTAMP, o->tsa, &c.seal, e) && (!o->bundle || !courier_start(COURIER_TIMESTAMP, o->tsa, &c.bundle, e))))
		rc = o->add ? sign_again(o, c.seal, e) : wants_pdf(o) ? sign_pdf(o, c.seal, e) : seal_files(o, &c, e);
	courier_stop(c.seal);
	courier_stop(c.bundle);
	return rc;
}

static int check_order(const struct order *o, struct err *e)
{
	if (o->add && (o->count != 1 || !o->key))
		return err_set(e, EXIT_USAGE, "--add takes one container and --key; see `scelle seal --help`");
	if (o->add)
		return 0;
	if (!o->count)
		return err_set(e, EXIT_USAGE, "no file to seal; see `scelle seal --help`");
	if (!o->output || !o->key)
		return err_set(e, EXIT_USAGE, "--output and --key are both needed; see `scelle seal --help`");
	if (wants_pdf(o) && (o->count != 1 || o->statement || o->bundle))
		return err_set(e, EXIT_USAGE, "-o FILE.pdf signs one PDF report, without --statement and --bundle; a container (.asice) takes more");
	return 0;
}

static int run(int argc, char **argv)
{
	struct order o = {.passphrase = {.fd = -1, .ask = isatty(STDIN_FILENO)}};
	const char *lang = NULL;
	struct err e = {0};
	int operands;
	bool done = false;
	const struct option_row rows[] = {
		{"output", 'o', OPTION_TEXT, &o.output, "FILE", "the container to write (.asice); FILE.pdf: sign one PDF report itself (PAdES)", "le conteneur à écrire (.asice) ; FILE.pdf : signer un rapport PDF lui-même (PAdES)"},
		{"key", 0, OPTION_TEXT, &o.key, "KEY", "private key: PEM, PKCS#8, PKCS#12, or pkcs11:token=...;object=... (docs/evidence.md)",
		 "clé privée : PEM, PKCS#8, PKCS#12, ou pkcs11:token=...;object=... (docs/evidence.md)"},
		{"cert", 0, OPTION_TEXT, &o.cert, "FILE", "its certificate, with further ones of the chain behind it (PKCS#12 has its own)",
		 "son certificat, suivi au besoin de ceux de la chaîne (PKCS#12 a le sien)"},
		{"passphrase-file", 0, OPTION_TEXT, &o.passphrase.file, "FILE", "the key's passphrase (a token's PIN) is the first line of this file",
		 "la phrase secrète de la clé (le code PIN) est la première ligne de ce fichier"},
		{"passphrase-fd", 0, OPTION_INT, &o.passphrase.fd, "N", "the key's passphrase is read from this descriptor",
		 "la phrase secrète de la clé se lit sur ce descripteur"},
		{"add", 0, OPTION_FLAG, &o.add, NULL, "FILE is a container: add a signature over the same files (default output: in place)",
		 "FILE est un conteneur : ajouter une signature sur les mêmes fichiers (par défaut : sur place)"},
		{"statement", 0, OPTION_FLAG, &o.statement, NULL, "put an in-toto statement about the files into the container",
		 "mettre dans le conteneur une déclaration in-toto sur les fichiers"},
		{"bundle", 0, OPTION_TEXT, &o.bundle, "FILE", "write that statement as a Sigstore bundle too (for cosign)",
		 "écrire aussi cette déclaration en attestation Sigstore (pour cosign)"},
		{"tsa", 0, OPTION_TEXT, &o.tsa, "URL", "have the signature stamped by this time-stamp authority now (`scelle timestamp` does it later)",
		 "faire horodater la signature par cette autorité maintenant (`scelle timestamp` le fait plus tard)"},
		{"date", 0, OPTION_TEXT, &o.date, "DATE", "date of the entries (default: SOURCE_DATE_EPOCH, else today)",
		 "date des entrées (par défaut : SOURCE_DATE_EPOCH, sinon aujourd'hui)"},
		{"lang", 0, OPTION_TEXT, &lang, "LANG", "fr or en", "fr ou en"},
		{0}
	};

	if (options_parse(&command_seal, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	o.files = argv + 1;
	o.count = (size_t)operands;
	return check_order(&o, &e) || carry_out(&o, &e) ? complain(&e) : EXIT_CLEAN;
}

const struct command command_seal = {
	.name = "seal",
	.usage = "seal FILE... -o FILE.asice --key FILE [--cert FILE] [options] | seal FILE.pdf -o FILE.pdf --key FILE [--cert FILE] | seal --add FILE.asice --key FILE [--cert FILE]",
	.help_en = "put files into a signed ASiC-E container",
	.help_fr = "mettre des fichiers dans un conteneur ASiC-E signé",
	.run = run,
};
