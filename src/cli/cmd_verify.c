/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `scelle verify FILE`: the steps of seal/verify.c with their results and reasons, then four answers. With --lines it verifies nothing
 * and prints the commands with which anybody checks the container without this program.
 */
#include "cli/cli.h"
#include "cli/replay.h"

#include "base/io.h"
#include "base/jsonw.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "seal/seal.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

extern const struct command command_verify;

/* ------------------------------------------------------------------ words */

static const char *const result_names[] = {
	[STEP_PASSED] = "passed", [STEP_FAILED] = "failed", [STEP_NOT_CHECKED] = "not_checked", [STEP_WARNING] = "warning"};
static const struct both result_words[] = {
	[STEP_PASSED] = {"vérifié", "passed"}, [STEP_FAILED] = {"ÉCHEC", "FAILED"},
	[STEP_NOT_CHECKED] = {"non vérifié", "not checked"}, [STEP_WARNING] = {"avec réserve", "warning"}};
static const char *const question_names[QUESTIONS] = {
	[ASKS_INTEGRITY] = "integrity", [ASKS_SIGNER] = "signer", [ASKS_TIME] = "time", [ASKS_HISTORY] = "history"};
static const struct both question_words[QUESTIONS] = {
	[ASKS_INTEGRITY] = {"intégrité", "integrity"}, [ASKS_SIGNER] = {"signataire", "signer"},
	[ASKS_TIME] = {"date", "time"}, [ASKS_HISTORY] = {"historique", "history"}};

/* The three words of EN 319 102-1. Whole but by an unknown signer is indeterminate, never passed. */
static const char *indication(const struct verify_result *r)
{
	for (int q = 0; q < QUESTIONS; q++)
		if (r->answers[q] == STEP_FAILED)
			return "TOTAL-FAILED";
	if (r->answers[ASKS_INTEGRITY] == STEP_NOT_CHECKED || r->answers[ASKS_SIGNER] == STEP_NOT_CHECKED)
		return "INDETERMINATE";
	return "TOTAL-PASSED";
}

/* ------------------------------------------------------------------ text */

/* Pads by columns: French words have accents. */
static void print_padded(const char *text, size_t columns)
{
	size_t width = utf8_width(span_of(text));

	printf("%s%*s", text, (int)(width < columns ? columns - width : 1), "");
}

static void print_signer(const struct verify_result *r, bool french)
{
	if (!r->signer_subject)
		return;
	printf(french ? "\nsignataire déclaré : %s%s\nempreinte SHA-256 du certificat : %s\n" : "\nclaimed signer: %s%s\nSHA-256 of the certificate: %s\n",
	       r->signer_subject, !r->self_signed ? "" : french ? " (auto-signé)" : " (self-signed)", r->certificate_sha256);
	if (r->proven_time)
		printf(french ? "horodatage : existait le %s\n" : "time stamp: existed at %s\n", r->proven_time);
	if (r->signing_time)
		printf(french ? "heure de signature déclarée : %s\n" : "claimed signing time: %s\n", r->signing_time);
}

static void print_text(const struct verify_result *r, enum lang lang)
{
	bool french = lang == LANG_FR;

	for (size_t i = 0; i < r->count; i++) {
		print_padded(r->steps[i].name, 19);
		print_padded(both_in(&result_words[r->steps[i].result], lang), 14);
		puts(french ? r->steps[i].reason_fr : r->steps[i].reason_en);
	}
	print_signer(r, french);
	putchar('\n');
	for (int q = 0; q < QUESTIONS; q++) {
		print_padded(both_in(&question_words[q], lang), 19);
		puts(both_in(&result_words[r->answers[q]], lang));
	}
	print_padded("EN 319 102-1", 19);
	puts(indication(r));
}

/* ------------------------------------------------------------------ JSON */

static void put_steps(struct jsonw *w, const struct verify_result *r, enum lang lang)
{
	jsonw_array(w);
	for (size_t i = 0; i < r->count; i++) {
		jsonw_object(w);
		jsonw_member(w, "name", r->steps[i].name);
		jsonw_member(w, "question", question_names[r->steps[i].question]);
		jsonw_member(w, "reason", lang == LANG_FR ? r->steps[i].reason_fr : r->steps[i].reason_en);
		jsonw_member(w, "result", result_names[r->steps[i].result]);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static int print_json(const struct verify_result *r, enum lang lang, struct err *e)
{
	static const enum question order[] = {ASKS_HISTORY, ASKS_INTEGRITY, ASKS_SIGNER, ASKS_TIME};
	struct str out = STR_INIT(MIB);
	struct jsonw w;
	int rc;

	jsonw_init(&w, &out);
	jsonw_object(&w);
	jsonw_key(&w, "answers");
	jsonw_object(&w);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		jsonw_member(&w, question_names[order[i]], result_names[r->answers[order[i]]]);
	jsonw_object_end(&w);
	jsonw_member(&w, "certificate_sha256", r->certificate_sha256);
	jsonw_member(&w, "indication", indication(r));
	jsonw_member(&w, "proven_time", r->proven_time);
	jsonw_member_bool(&w, "self_signed", r->self_signed);
	jsonw_member(&w, "signer", r->signer_subject);
	jsonw_member(&w, "signing_time", r->signing_time);
	jsonw_key(&w, "steps");
	put_steps(&w, r, lang);
	jsonw_object_end(&w);
	rc = jsonw_end(&w) || str_failed(&out) ? err_set(e, EXIT_BROKEN, "cannot write the result as JSON") : 0;
	if (!rc)
		puts(out.p);
	str_free(&out);
	return rc;
}

/* ------------------------------------------------------------------ command */

struct order {
	const char *file, *anchors, *tsa_anchors, *inputs, *bundle, *proof, *ledger_key, *format, *lang, *replay;
	struct text_list rules;
	bool lines;
};

static int print_lines(const struct order *o, enum lang lang)
{
	struct str out = STR_INIT(MIB);

	verify_lines(&out, lang == LANG_FR, o->file, "cert.pem");
	fwrite(out.p, 1, out.n, stdout);
	str_free(&out);
	return EXIT_CLEAN;
}

/* Only a container that verified is worth running again; the step stands behind the others. */
static int add_replay(struct arena *a, const struct order *o, struct span container, struct verify_result *r, struct err *e)
{
	const struct replay_request q = {.container = container, .inputs = o->replay, .rules = o->rules.items, .rule_count = o->rules.count};
	struct verify_step *steps = ARENA_ARRAY(a, struct verify_step, r->count + 1);
	int bad = replay(a, &q, &steps[r->count], e);

	if (bad && !steps[r->count].reason_en) {
		steps[r->count].result = STEP_FAILED;
		steps[r->count].reason_fr = steps[r->count].reason_en = arena_str(a, e->text);
	}
	memcpy(steps, r->steps, r->count * sizeof *steps);
	r->steps = steps;
	r->count++;
	return bad;
}

static int verify_file(const struct order *o, enum lang lang)
{
	struct arena *a = arena_new();
	struct verify_request q = {.anchors = o->anchors, .tsa_anchors = o->tsa_anchors, .inputs = o->inputs, .ledger_key = o->ledger_key, .now = time(NULL)};
	struct verify_result result;
	struct err e = {0}, failed = {0};
	int rc = EXIT_CLEAN;

	if (strcmp(o->file, "-") ? io_read(a, o->file, LIMIT_CONTAINER_BYTES, &q.container, &e)
				 : io_read_stdin(a, LIMIT_CONTAINER_BYTES, &q.container, &e)) {
		rc = complain(&e);
		goto out;
	}
	if ((o->bundle && io_read(a, o->bundle, LIMIT_CONTAINER_BYTES, &q.bundle, &e)) ||
	    (o->proof && io_read(a, o->proof, LIMIT_CONTAINER_BYTES, &q.proof, &e))) {
		rc = complain(&e);
		goto out;
	}
	if (verify(a, &q, &result, &failed))
		rc = EXIT_UNVERIFIED;
	else if (o->replay && add_replay(a, o, q.container, &result, &failed))
		rc = (int)failed.code;
	if (o->format && !strcmp(o->format, "json")) {
		if (print_json(&result, lang, &e))
			rc = complain(&e);
	} else {
		print_text(&result, lang);
	}
out:
	arena_free(a);
	return rc;
}

static int run(int argc, char **argv)
{
	struct order o = {0};
	struct err e = {0};
	int operands;
	bool done = false;
	const struct option_row rows[] = {
		{"anchors", 0, OPTION_TEXT, &o.anchors, "PATH", "certificates that you trust: a PEM file, or a folder of them",
		 "certificats auxquels vous faites confiance : un fichier PEM, ou un dossier de tels fichiers"},
		{"tsa-anchors", 0, OPTION_TEXT, &o.tsa_anchors, "PATH", "certificates of time-stamp authorities that you trust, likewise",
		 "certificats des autorités d'horodatage auxquelles vous faites confiance, de même"},
		{"inputs", 0, OPTION_TEXT, &o.inputs, "DIR", "the audited files, to compare with the digests in the container",
		 "les fichiers audités, à comparer avec les empreintes du conteneur"},
		{"replay", 0, OPTION_TEXT, &o.replay, "DIR", "the facility's folder: run the audit again and compare the report byte for byte",
		 "le dossier de l'établissement : rejouer l'audit et comparer le rapport octet par octet"},
		{"rules", 'r', OPTION_LIST, &o.rules, "DIR", "with --replay: the folders of rules that the audit was given",
		 "avec --replay : les dossiers de règles donnés à l'audit"},
		{"bundle", 0, OPTION_TEXT, &o.bundle, "FILE", "a Sigstore bundle that must hold the container's statement, signed by the same key",
		 "une attestation Sigstore qui doit porter la déclaration du conteneur, signée de la même clé"},
		{"proof", 0, OPTION_TEXT, &o.proof, "FILE", "a proof that the container is in a ledger (`scelle ledger prove`)",
		 "une preuve que le conteneur est inscrit à un registre (`scelle ledger prove`)"},
		{"ledger-key", 0, OPTION_TEXT, &o.ledger_key, "KEY", "the ledger's key, of the form name+hash+key", "la clé du registre, de la forme nom+empreinte+clé"},
		{"format", 'f', OPTION_TEXT, &o.format, "FORMAT", "text or json", "text ou json"},
		{"lines", 0, OPTION_FLAG, &o.lines, NULL, "verify nothing; print the commands that check FILE without scelle",
		 "ne rien vérifier ; afficher les commandes qui vérifient FILE sans scelle"},
		{"lang", 0, OPTION_TEXT, &o.lang, "LANG", "fr or en", "fr ou en"},
		{0}
	};

	if (options_parse(&command_verify, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	if (operands != 1)
		err_set(&e, EXIT_USAGE, "expected one container; see `scelle verify --help`");
	else if (o.format && strcmp(o.format, "json") && strcmp(o.format, "text"))
		err_set(&e, EXIT_USAGE, "--format '%.100s' is neither text nor json", o.format);
	if (e.text[0])
		return complain(&e);
	o.file = argv[1];
	return o.lines ? print_lines(&o, lang_choose(o.lang)) : verify_file(&o, lang_choose(o.lang));
}

const struct command command_verify = {
	.name = "verify",
	.usage = "verify [options] FILE.asice",
	.help_en = "verify a sealed container, step by step",
	.help_fr = "vérifier un conteneur scellé, étape par étape",
	.run = run,
};
