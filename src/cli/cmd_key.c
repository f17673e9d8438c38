/* SPDX-License-Identifier: EUPL-1.2 */
/* `scelle key new`: a P-256 key and a self-signed certificate, enough to prove integrity on the first day; not an identity. */
#include "cli/cli.h"
#include "seal/seal.h"

#include <stdio.h>
#include <unistd.h>

extern const struct command command_key;

static void tell(const char *key, const char *cert, enum lang lang)
{
	printf(lang == LANG_FR ? "clé : %s (à garder secrète)\ncertificat : %s (à remettre à qui doit vérifier)\n"
				 "Ce certificat est auto-signé : il prouve que ce qui est scellé est intact, pas qui l'a scellé.\n"
			       : "key: %s (keep it secret)\ncertificate: %s (give it to whoever verifies)\n"
				 "This certificate is self-signed: it proves that what is sealed is unchanged, not who sealed it.\n", key, cert);
}

static int run(int argc, char **argv)
{
	const char *key = NULL, *cert = NULL, *name = "scelle", *lang = NULL;
	struct passphrase passphrase = {.fd = -1};
	struct err e = {0};
	int days = 730, operands;
	bool done = false;
	const struct option_row rows[] = {
		{"key", 0, OPTION_TEXT, &key, "FILE", "new file for the private key (mode 0600)", "nouveau fichier pour la clé privée (mode 0600)"},
		{"cert", 0, OPTION_TEXT, &cert, "FILE", "new file for the certificate", "nouveau fichier pour le certificat"},
		{"name", 0, OPTION_TEXT, &name, "NAME", "common name in the certificate (default: scelle)", "nom dans le certificat (par défaut : scelle)"},
		{"days", 0, OPTION_INT, &days, "N", "validity in days (default: 730)", "validité en jours (par défaut : 730)"},
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
	else if (!key || !cert)
		err_set(&e, EXIT_USAGE, "--key and --cert are both needed; see `scelle key --help`");
	else if (days < 1 || days > 3650)
		err_set(&e, EXIT_USAGE, "--days %d is not within 1 and 3650", days);
	else if (!*name || strlen(name) > 64)
		err_set(&e, EXIT_USAGE, "--name must have 1 to 64 bytes");
	if (e.text[0] || key_new(key, cert, name, days, &passphrase, &e))
		return complain(&e);
	tell(key, cert, lang_choose(lang));
	return EXIT_CLEAN;
}

const struct command command_key = {
	.name = "key",
	.usage = "key new --key FILE --cert FILE [options]",
	.help_en = "make a signing key with a self-signed certificate",
	.help_fr = "créer une clé de signature et son certificat auto-signé",
	.run = run,
};
