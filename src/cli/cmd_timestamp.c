/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `scelle timestamp request|attach`: a time stamp without a connection. The request is a file that the user carries to an authority,
 * with curl or by hand; its response is put into the container. `attach` also puts in certificates and revocation lists, which an auditor
 * years later could no longer get.
 */
#include "cli/cli.h"

#include "base/io.h"
#include "base/limits.h"
#include "seal/seal.h"

#include <stdio.h>

extern const struct command command_timestamp;

#define RESPONSE_BYTES (1 * MIB)

struct order {
	const char *output, *query, *signature, *lang, *chain;
	struct text_list crls;
	char **operands;
	int operand_count;
};

static int make_request(struct arena *a, const struct order *o, struct err *e)
{
	struct span container, query;

	if (o->operand_count != 2 || !o->output)
		return err_set(e, EXIT_USAGE, "expected `scelle timestamp request FILE.asice -o FILE.tsq`");
	if (io_read(a, o->operands[1], LIMIT_CONTAINER_BYTES, &container, e) || timestamp_request(a, container, o->signature, &query, e))
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
	    !timestamp_attach(a, *container, response, query, &out, e)) {
		*container = arena_span(a, str_get(&out));
		rc = 0;
	}
	str_free(&out);
	return rc;
}

static int attach_lists(struct arena *a, const struct order *o, struct span *container, struct err *e)
{
	const struct revocation_data what = {o->chain, o->crls.items, o->crls.count};
	struct str out = STR_INIT(LIMIT_CONTAINER_BYTES);
	int rc = revocation_attach(a, *container, &what, &out, e);

	if (!rc)
		*container = arena_span(a, str_get(&out));
	str_free(&out);
	return rc;
}

static int attach(struct arena *a, const struct order *o, struct err *e)
{
	bool lists = o->chain || o->crls.count;
	struct span container;

	if (o->operand_count != 3 && !(o->operand_count == 2 && lists))
		return err_set(e, EXIT_USAGE, "expected `scelle timestamp attach FILE.asice FILE.tsr`, or --chain, --crl instead of FILE.tsr");
	if (io_read(a, o->operands[1], LIMIT_CONTAINER_BYTES, &container, e) || (o->operand_count == 3 && attach_response(a, o, &container, e)) ||
	    (lists && attach_lists(a, o, &container, e)))
		return -1;
	return io_write(o->output ? o->output : o->operands[1], container, 0644, e);
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
		{"chain", 0, OPTION_TEXT, &o.chain, "FILE", "attach: certificates to put into the signatures (level LT)",
		 "attach : des certificats à joindre aux signatures (niveau LT)"},
		{"crl", 0, OPTION_LIST, &o.crls, "FILE", "attach: a revocation list to put into them; verify then judges revocation",
		 "attach : une liste de révocation à y joindre ; verify juge alors la révocation"},
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
	.usage = "timestamp request FILE.asice -o FILE.tsq | timestamp attach FILE.asice [FILE.tsr] [options]",
	.help_en = "ask for a time stamp and put it into a container",
	.help_fr = "demander un horodatage et le joindre à un conteneur",
	.run = run,
};
