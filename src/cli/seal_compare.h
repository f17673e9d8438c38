/* SPDX-License-Identifier: EUPL-1.2 */
/* compare --seal. */
#ifndef CLI_SEAL_COMPARE_H
#define CLI_SEAL_COMPARE_H

#include "base/date.h"
#include "report/compare.h"
#include "seal/seal.h"

struct seal_flags {
	const char *seal, *key, *cert, *passphrase_file, *tsa;
	int passphrase_fd;
};

/* The comparison as page and table, each offer's report, and the statement that names them, into f->seal. tsa: who fetches a stamp, or NULL. */
int seal_comparison(struct arena *a, const struct seal_flags *f, struct courier *tsa, const struct comparison *c, enum lang lang, date_t date, struct err *e);

#endif
