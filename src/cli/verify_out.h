/* SPDX-License-Identifier: EUPL-1.2 */
/* Ways to print what verify found. */
#ifndef CLI_VERIFY_OUT_H
#define CLI_VERIFY_OUT_H

#include "cli/cli.h"
#include "seal/seal.h"

struct verified {
	const char *file;      /* as given */
	struct span container;
	const struct verify_result *result;
	enum lang lang;
};
typedef int verify_printer(const struct verified *v, struct err *e);      /* on standard output */

verify_printer *verify_printer_named(const char *name);      /* NULL: none of that name */
verify_printer verify_print_html;

const char *verify_result_word(enum step_result r, enum lang lang);
const char *verify_question_word(enum question q, enum lang lang);
/* The three words of EN 319 102-1. Whole but by an unknown signer is indeterminate, never passed. */
const char *verify_indication(const struct verify_result *r);

#endif
