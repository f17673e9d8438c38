/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `scelle verify FILE`: the steps of seal/verify.c with their results and reasons, then four answers (verify_out.c prints them). With --lines it verifies nothing
 * and prints the commands with which anybody checks the container without this program.
 */
#include "cli/cli.h"
#include "cli/replay.h"
#include "cli/verify_out.h"

#include "base/io.h"
#include "base/limits.h"
#include "seal/seal.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

extern const struct command command_verify;

struct order {
	const char *file, *anchors, *tsa_anchors, *lists, *lists_anchors, *inputs, *bundle, *proof, *ledger_key, *format, *lang, *replay;
	struct text_list rules;
	verify_printer *print;
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
	struct verify_request q = {.anchors = o->anchors, .tsa_anchors = o->tsa_anchors, .lists = o->lists, .lists_anchors = o->lists_anchors,
				   .inputs = o->inputs, .ledger_key = o->ledger_key, .now = time(NULL)};
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
	if (is_pdf(q.container) && (o->bundle || o->proof || o->inputs || o->replay)) {
		err_set(&e, EXIT_USAGE, "--bundle, --proof, --inputs and --replay are about a container; '%.200s' is a PDF", o->file);
		rc = complain(&e);
		goto out;
	}
	if (verify(a, &q, &result, &failed))
		rc = EXIT_UNVERIFIED;
	else if (o->replay && add_replay(a, o, q.container, &result, &failed))
		rc = (int)failed.code;
	/* analyser: the table of formats gives each its printer */
	if (o->print(&(struct verified){o->file, q.container, &result, lang}, &e))
		rc = complain(&e);
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
		{"trusted-lists", 0, OPTION_TEXT, &o.lists, "DIR", "trusted lists as XML files, the list of lists among them: services granted at the time in question are trusted too",
		 "listes de confiance en fichiers XML, la liste des listes comprise : les services agréés à la date en cause font foi aussi"},
		{"lists-anchors", 0, OPTION_TEXT, &o.lists_anchors, "PATH", "certificates that may sign the list of lists (Official Journal of the EU), or a list alone",
		 "certificats qui peuvent signer la liste des listes (Journal officiel de l'UE), ou une liste seule"},
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
		{"format", 'f', OPTION_TEXT, &o.format, "FORMAT", "text, json or html", "text, json ou html"},
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
	else if (!(o.print = verify_printer_named(o.format ? o.format : "text")))
		err_set(&e, EXIT_USAGE, "--format '%.100s' is not text, json or html", o.format);
	else if (!o.lists != !o.lists_anchors)
		err_set(&e, EXIT_USAGE, "--trusted-lists and --lists-anchors are both needed");
	if (e.text[0])
		return complain(&e);
	o.file = argv[1];
	return o.lines ? print_lines(&o, lang_choose(o.lang)) : verify_file(&o, lang_choose(o.lang));
}

const struct command command_verify = {
	.name = "verify",
	.usage = "verify [options] FILE.asice|FILE.pdf",
	.help_en = "verify a sealed container or a signed PDF report, step by step",
	.help_fr = "vérifier un conteneur scellé ou un rapport PDF signé, étape par étape",
	.run = run,
};
