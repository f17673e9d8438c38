/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `scelle timestamp request|attach`: what a signature gets after it was made: time stamps over it (level T) and over the whole container (LTA),
 * certificates, revocation lists and OCSP answers (LT). A request is a file that the user carries to an authority, with curl or by hand;
 * with --tsa or --ocsp-url a process of its own carries it.
 */
#include "cli/cli.h"

#include "base/io.h"
#include "base/limits.h"
#include "seal/seal.h"

#include <stdio.h>

extern const struct command command_timestamp;

#define RESPONSE_BYTES (1 * MIB)

struct order {
	const char *output, *query, *signature, *lang, *chain, *about, *tsa, *ocsp_url;
	struct text_list crls, ocsps;
	char **operands;
	int operand_count;
};

static int read_kind(const char *word, enum request_kind *ret, struct err *e)
{
	static const char *const words[] = {[REQUEST_SIGNATURE] = "signature", [REQUEST_ARCHIVE] = "archive", [REQUEST_OCSP] = "ocsp"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!word || !strcmp(word, words[i])) {
			*ret = (enum request_kind)i;
			return 0;
		}
	return err_set(e, EXIT_USAGE, "--for '%.100s' is not signature, archive or ocsp", word);
}

static int make_request(struct arena *a, const struct order *o, struct err *e)
{
	struct request_order order = {.signature = o->signature, .chain = o->chain};
	struct span container, query;

	if (o->operand_count != 2 || !o->output)
		return err_set(e, EXIT_USAGE, "expected `scelle timestamp request FILE.asice -o FILE.tsq`");
	if (read_kind(o->about, &order.kind, e) || io_read(a, o->operands[1], LIMIT_CONTAINER_BYTES, &container, e) ||
	    (is_bundle(container) ? bundle_request(a, container, &query, e) : request_make(a, container, &order, &query, e)))
		return -1;
	return io_write(o->output, query, 0644, e);
}

/* *container becomes the one with the response in it. */
static int attach_response(struct arena *a, const struct order *o, struct span *container, struct err *e)
{
	struct span response, query = {"", 0};
	struct str out = STR_INIT(LIMIT_CONTAINER_BYTES);
	int rc = -1;

	if (!io_read(a, o->operands[2], RESPONSE_BYTES, &response, e) && (!o->query || !io_read(a, o->query, RESPONSE_BYTES, &query, e)) &&
	    !(is_bundle(*container) ? bundle_attach : timestamp_attach)(a, *container, response, query, &out, e)) {
		*container = arena_span(a, str_get(&out));
		rc = 0;
	}
	str_free(&out);
	return rc;
}

static int attach_lists(struct arena *a, const struct order *o, const struct text_list *ocsps, struct span *container, struct err *e)
{
	const struct revocation_data what = {.chain = o->chain, .crls = o->crls.items, .crl_count = o->crls.count, .ocsps = ocsps->items, .ocsp_count = ocsps->count};
	struct str out = STR_INIT(LIMIT_CONTAINER_BYTES);
	int rc = revocation_attach(a, *container, &what, &out, e);

	if (!rc)
		*container = arena_span(a, str_get(&out));
	str_free(&out);
	return rc;
}

/* ------------------------------------------------------------------ by a courier */

struct couriers {
	struct courier *tsa, *ocsp;
};

/* Before the container is opened. */
static int send_out(const struct order *o, struct couriers *c, struct err *e)
{
	return (o->tsa && courier_start(COURIER_TIMESTAMP, o->tsa, &c->tsa, e)) || (o->ocsp_url && courier_start(COURIER_OCSP, o->ocsp_url, &c->ocsp, e)) ? -1 : 0;
}

static int stamp_online(struct arena *a, const struct order *o, struct courier *c, struct span *container, struct err *e)
{
	struct request_order order = {.signature = o->signature};
	struct str out = STR_INIT(LIMIT_CONTAINER_BYTES);
	int rc = read_kind(o->about, &order.kind, e);

	if (!rc && order.kind == REQUEST_OCSP)
		rc = err_set(e, EXIT_USAGE, "--for ocsp goes with --ocsp-url, not with --tsa");
	rc = rc || (is_bundle(*container) ? bundle_fetch(a, *container, c, &out, e) : timestamp_fetch(a, *container, &order, c, &out, e)) ? -1 : 0;
	if (!rc)
		*container = arena_span(a, str_get(&out));
	str_free(&out);
	return rc;
}

/* The response is kept beside the container, as one carried by hand would be. */
static int ask_responder(struct arena *a, const struct order *o, struct courier *c, struct span *container, struct err *e)
{
	const struct request_order order = {.kind = REQUEST_OCSP, .signature = o->signature, .chain = o->chain};
	const char *path = arena_printf(a, "%s.ocsp", o->output ? o->output : o->operands[1]);
	struct text_list list = {.count = 1, .items = &path};
	struct span query, answer;

	if (request_make(a, *container, &order, &query, e) || courier_ask(c, a, query, &answer, e) || io_write(path, answer, 0644, e))
		return -1;
	return attach_lists(a, o, &list, container, e);
}

/* ------------------------------------------------------------------ attach */

/* Revocation data first: an archive stamp then covers it. */
static int attach_all(struct arena *a, const struct order *o, const struct couriers *c, struct span *container, struct err *e)
{
	bool archive = o->about && !strcmp(o->about, "archive"), lists = o->chain || o->crls.count || o->ocsps.count;

	if (io_read(a, o->operands[1], LIMIT_CONTAINER_BYTES, container, e) || (o->operand_count == 3 && attach_response(a, o, container, e)))
		return -1;
	if (c->tsa && !archive && stamp_online(a, o, c->tsa, container, e))
		return -1;
	if ((c->ocsp && ask_responder(a, o, c->ocsp, container, e)) || (lists && attach_lists(a, o, &o->ocsps, container, e)))
		return -1;
	return c->tsa && archive ? stamp_online(a, o, c->tsa, container, e) : 0;
}

static int attach(struct arena *a, const struct order *o, struct err *e)
{
	bool enough = o->operand_count == 2 && (o->chain || o->crls.count || o->ocsps.count || o->tsa || o->ocsp_url);
	struct couriers c = {0};
	struct span container;
	int rc;

	if (o->operand_count != 3 && !enough)
		return err_set(e, EXIT_USAGE, "expected `scelle timestamp attach FILE.asice FILE.tsr`, or --tsa, --chain, --crl, --ocsp, --ocsp-url instead of FILE.tsr");
	rc = send_out(o, &c, e) || attach_all(a, o, &c, &container, e) ? -1 : io_write(o->output ? o->output : o->operands[1], container, 0644, e);
	courier_stop(c.tsa);
	courier_stop(c.ocsp);
	return rc;
}

static int run(int argc, char **argv)
{
	struct order o = {0};
	struct err e = {0};
	struct arena *a;
	bool done = false;
	int rc;
	const struct option_row rows[] = {
		{"output", 'o', OPTION_TEXT, &o.output, "FILE", "request: the query to write (.tsq); attach: the container to write (default: in place)",
		 "request : la demande à écrire (.tsq) ; attach : le conteneur à écrire (par défaut : sur place)"},
		{"query", 0, OPTION_TEXT, &o.query, "FILE", "attach: the request that the response must answer (its nonce)",
		 "attach : la demande à laquelle la réponse doit répondre (son nonce)"},
		{"signature", 0, OPTION_TEXT, &o.signature, "NAME", "request: the signature to stamp, as META-INF/signature002.p7s (default: the first)",
		 "request : la signature à horodater, comme META-INF/signature002.p7s (par défaut : la première)"},
		{"for", 0, OPTION_TEXT, &o.about, "WHAT", "what is asked for: signature (default), archive (the whole container, level LTA), ocsp (is the signer revoked?)",
		 "ce qui est demandé : signature (par défaut), archive (tout le conteneur, niveau LTA), ocsp (le signataire est-il révoqué ?)"},
		{"tsa", 0, OPTION_TEXT, &o.tsa, "URL", "attach: ask this time-stamp authority now, over HTTP or HTTPS",
		 "attach : interroger maintenant cette autorité d'horodatage, par HTTP ou HTTPS"},
		{"chain", 0, OPTION_TEXT, &o.chain, "FILE", "attach: certificates to put into the signatures (level LT); request: where the issuer is found",
		 "attach : des certificats à joindre aux signatures (niveau LT) ; request : où trouver l'émetteur"},
		{"crl", 0, OPTION_LIST, &o.crls, "FILE", "attach: a revocation list to put into them; verify then judges revocation",
		 "attach : une liste de révocation à y joindre ; verify juge alors la révocation"},
		{"ocsp", 0, OPTION_LIST, &o.ocsps, "FILE", "attach: an OCSP response to put into them", "attach : une réponse OCSP à y joindre"},
		{"ocsp-url", 0, OPTION_TEXT, &o.ocsp_url, "URL", "attach: ask this OCSP responder about the signer now; its response is kept in FILE.asice.ocsp too",
		 "attach : interroger maintenant ce répondeur OCSP sur le signataire ; sa réponse est gardée aussi dans FILE.asice.ocsp"},
		{"lang", 0, OPTION_TEXT, &o.lang, "LANG", "fr or en", "fr ou en"},
		{0}
	};

	if (options_parse(&command_timestamp, rows, argc, argv, &o.operand_count, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	o.operands = argv + 1;
	a = arena_new();
	if (o.operand_count && !strcmp(argv[1], "request"))
		rc = make_request(a, &o, &e);
	else if (o.operand_count && !strcmp(argv[1], "attach"))
		rc = attach(a, &o, &e);
	else
		rc = err_set(&e, EXIT_USAGE, "expected `timestamp request` or `timestamp attach`; see `scelle timestamp --help`");
	arena_free(a);
	return rc ? complain(&e) : EXIT_CLEAN;
}

const struct command command_timestamp = {
	.name = "timestamp",
	.usage = "timestamp request FILE -o FILE.tsq | timestamp attach FILE [FILE.tsr] [options]",
	.help_en = "ask for a time stamp and put it into a container or bundle",
	.help_fr = "demander un horodatage et le joindre à un conteneur ou à une attestation",
	.run = run,
};
