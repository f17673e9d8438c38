/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The steps of verify about a signed PDF report. PDF lets a file show other things than what was signed: updates appended behind, ranges that leave
 * bytes out, objects replaced. None of it is weighed here: the file must be, to the byte, a report with what pades.c appends to it, and what is
 * signed must be all of that but the signature. The signature is then judged as that of a container.
 */
#include "seal/pades.h"

#include <time.h>

/* PAdES has the signing time in the dictionary, which the signature covers. */
static ASN1_TIME *claimed_time(const struct pdf_parts *p)
{
	ASN1_TIME *t = ASN1_TIME_new();

	if (!t)
		arena_exhausted();
	if (ASN1_TIME_set_string(t, p->time) == 1)
		return t;
	ASN1_TIME_free(t);
	return NULL;
}

void verify_pdf(struct verification *v)
{
	struct span file = v->request->container;
	struct zip_item item = {.name = SPAN("PDF")};
	struct signed_manifest m = {.signature = &item};
	char digest[SHA256_HEX];
	struct pdf_parts p;
	ASN1_TIME *claimed;
	const char *name;
	struct err e = {0};

	if (pdf_take_apart(v->arena, file, &p, &name, &e)) {
		step(v, name, ASKS_INTEGRITY, STEP_FAILED, "%s", "%s", safe(v, span_of(e.text)));
		return;
	}
	step(v, "pdf-signature", ASKS_INTEGRITY, STEP_PASSED, "une signature, dans la forme que scelle écrit", "one signature, of the form that scelle writes");
	step(v, "byte-range", ASKS_INTEGRITY, STEP_PASSED, "les %zu octets du fichier sont signés, hors la signature elle-même",
	     "all %zu bytes of the file are signed but the signature itself", file.n);
	step(v, "pdf-update", ASKS_INTEGRITY, STEP_PASSED, "rapport de %zu octets, SHA-256 %s, suivi de sa seule signature",
	     "a report of %zu bytes, SHA-256 %s, followed by its signature alone", p.base.n, sha256_hex(p.base, digest));
	claimed = claimed_time(&p);
	if (!claimed) {
		step(v, "signing-time", ASKS_TIME, STEP_FAILED, "l'heure de signature n'est pas une heure", "the signing time is not a time");
		return;
	}
	v->ours = true;
	v->claimed_time = claimed;
	item.data = p.der;
	m.bytes = pdf_signed_bytes(v->arena, file, &p);
	verify_lists(v);
	verify_signature(v, &m);
	v->claimed_time = NULL;
	ASN1_TIME_free(claimed);
}
