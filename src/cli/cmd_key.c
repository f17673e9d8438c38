/* SPDX-License-Identifier: EUPL-1.2 */
/* `scelle key new`: a P-256 key and a self-signed certificate, enough to prove integrity on the first day; not an identity. For that, a request to an authority. */
#include "cli/cli.h"
#include "seal/seal.h"

#include <stdio.h>
#include <unistd.h>

extern const struct command command_key;

static void tell(const struct new_key *k, enum lang lang)
{
	bool french = lang == LANG_FR;

	printf(french ? "clé : %s (à garder secrète)\n" : "key: %s (keep it secret)\n", k->key_path);
	if (k->cert_path)
		printf(french ? "certificat : %s (à remettre à qui doit vérifier)\n"
				"Ce certificat est auto-signé : il prouve que ce qui est scellé est intact, pas qui l'a scellé.\n"
			      : "certificate: %s (give it to whoever verifies)\n"
				"This certificate is self-signed: it proves that what is sealed is unchanged, not who sealed it.\n", k->cert_path);
	if (k->request_path)
		printf(french ? "demande de certificat : %s (à remettre à une autorité)\n" : "certificate request: %s (give it to an authority)\n", k->request_path);
}

static int run(int argc, char **argv)
{
	struct new_key k = {.common_name = "scelle", .days = 730};
	const char *lang = NULL;
	struct passphrase passphrase = {.fd = -1};
	struct err e = {0};
	int operands;
	bool done = false;
	const struct option_row rows[] = {
		{"key", 0, OPTION_TEXT, &k.key_path, "FILE", "new file for the private key (mode 0600)", "nouveau fichier pour la clé privée (mode 0600)"},
		{"cert", 0, OPTION_TEXT, &k.cert_path, "FILE", "new file for a self-signed certificate", "nouveau fichier pour un certificat auto-signé"},
		{"request", 0, OPTION_TEXT, &k.request_path, "FILE", "new file for a certificate request (PKCS#10), for an authority to sign", "nouveau fichier pour une demande de certificat (PKCS#10), à faire signer par une autorité"},
		{"name", 0, OPTION_TEXT, &k.common_name, "NAME", "common name in the certificate (default: scelle)", "nom dans le certificat (par défaut : scelle)"},
		{"days", 0, OPTION_INT, &k.days, "N", "validity in days (default: 730)", "validité en jours (par défaut : 730)"},
		{"passphrase-file", 0, OPTION_TEXT, &passphrase.file, "FILE", "encrypt the key with the first line of this file",
		 "chiffrer la clé avec la première ligne de ce fichier"},
		{"passphrase-fd", 0, OPTION_INT, &passphrase.fd, "N", "encrypt the key with the line read from this descriptor",
		 "chiffrer la clé avec la ligne lue sur ce descripteur"},
		{"lang", 0, OPTION_TEXT, &lang, "LANG", "fr or en", "fr ou en"},
		{0}
	};

	if (options_parse(&command_key, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	if (operands != 1 || strcmp(argv[1], "new"))
		err_set(&e, EXIT_USAGE, "expected `scelle key new`; see `scelle key --help`");
	else if (!k.key_path || (!k.cert_path && !k.request_path))
		err_set(&e, EXIT_USAGE, "--key and --cert are both needed (or --request instead of --cert); see `scelle key --help`");
	else if (k.days < 1 || k.days > 3650)
		err_set(&e, EXIT_USAGE, "--days %d is not within 1 and 3650", k.days);
	else if (!*k.common_name || strlen(k.common_name) > 64)
		err_set(&e, EXIT_USAGE, "--name must have 1 to 64 bytes");
	if (e.text[0] || key_new(&k, &passphrase, &e))
		return complain(&e);
	tell(&k, lang_choose(lang));
	return EXIT_CLEAN;
}

const struct command command_key = {
	.name = "key",
	.usage = "key new --key FILE [--cert FILE] [--request FILE] [options]",
	.help_en = "make a signing key with a self-signed certificate",
	.help_fr = "créer une clé de signature et son certificat auto-signé",
	.run = run,
};
