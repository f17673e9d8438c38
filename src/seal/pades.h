/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to src/seal/: a PDF report with its signature (PAdES, ETSI EN 319 142-1), made by pades.c, judged by verify_pdf.c. */
#ifndef SEAL_PADES_H
#define SEAL_PADES_H

#include "seal/seal_p.h"

struct pdf_parts {
	struct span base;        /* the report as it was before signing */
	struct span update;      /* what signing appended */
	size_t from, to;         /* of the signature's hole with its angle brackets, in the file */
	struct span der;         /* the CMS signature, decoded from the hole */
	char time[16];           /* 20260131120000Z, from the signature dictionary */
};

/*
 * Takes a signed file apart. Only the form that pades.c writes is taken: anything else is somebody else's to judge. ret_step names the step of
 * verify that a failure belongs to.
 */
int pdf_take_apart(struct arena *a, struct span file, struct pdf_parts *ret, const char **ret_step, struct err *e);
/* All that is signed: the file without the hole. */
struct span pdf_signed_bytes(struct arena *a, struct span file, const struct pdf_parts *p);
/* The file with another signature in its hole. */
int pdf_fill(struct span file, const struct pdf_parts *p, struct span der, struct str *out, struct err *e);

#endif
