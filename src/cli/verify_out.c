/* SPDX-License-Identifier: EUPL-1.2 */
/* What verify found, as text and as JSON (RFC 8785), and the words for it. verify_html.c has the page. */
#include "cli/verify_out.h"

#include "base/jsonw.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <stdio.h>

#define NAME_COLUMNS 22

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

const char *verify_result_word(enum step_result r, enum lang lang)
{
	return both_in(&result_words[r], lang);
}

const char *verify_question_word(enum question q, enum lang lang)
{
	return both_in(&question_words[q], lang);
}

const char *verify_indication(const struct verify_result *r)
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

static void print_signer(const struct verified *v, bool french)
{
	const struct verify_result *r = v->result;

	if (!r->signer_subject)
		return;
	printf(french ? "\nsignataire déclaré : %s%s\nempreinte SHA-256 du certificat : %s\n" : "\nclaimed signer: %s%s\nSHA-256 of the certificate: %s\n",
	       r->signer_subject, !r->self_signed ? "" : french ? " (auto-signé)" : " (self-signed)", r->certificate_sha256);
	if (r->level)
		printf(french ? "niveau : %s-%s\n" : "level: %s-%s\n", is_pdf(v->container) ? "PAdES" : "CAdES", r->level);
	if (r->proven_time)
		printf(french ? "horodatage : existait le %s\n" : "time stamp: existed at %s\n", r->proven_time);
	if (r->signing_time)
		printf(french ? "heure de signature déclarée : %s\n" : "claimed signing time: %s\n", r->signing_time);
}

static int print_text(const struct verified *v, struct err *e)
{
	const struct verify_result *r = v->result;
	enum lang lang = v->lang;
	bool french = lang == LANG_FR;

	(void)e;
	for (size_t i = 0; i < r->count; i++) {
		print_padded(r->steps[i].name, NAME_COLUMNS);
		print_padded(both_in(&result_words[r->steps[i].result], lang), 14);
		puts(french ? r->steps[i].reason_fr : r->steps[i].reason_en);
	}
	print_signer(v, french);
	putchar('\n');
	for (int q = 0; q < QUESTIONS; q++) {
		print_padded(both_in(&question_words[q], lang), NAME_COLUMNS);
		puts(both_in(&result_words[r->answers[q]], lang));
	}
	print_padded("EN 319 102-1", NAME_COLUMNS);
	puts(verify_indication(r));
	return 0;
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

static int print_json(const struct verified *v, struct err *e)
{
	const struct verify_result *r = v->result;
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
	jsonw_member(&w, "indication", verify_indication(r));
	jsonw_member(&w, "level", r->level);
	jsonw_member(&w, "proven_time", r->proven_time);
	jsonw_member_bool(&w, "self_signed", r->self_signed);
	jsonw_member(&w, "signer", r->signer_subject);
	jsonw_member(&w, "signing_time", r->signing_time);
	jsonw_key(&w, "steps");
	put_steps(&w, r, v->lang);
	jsonw_object_end(&w);
	rc = jsonw_end(&w) || str_failed(&out) ? err_set(e, EXIT_BROKEN, "cannot write the result as JSON") : 0;
	if (!rc)
		puts(out.p);
	str_free(&out);
	return rc;
}

/* ------------------------------------------------------------------ names */

verify_printer *verify_printer_named(const char *name)
{
	static const struct { const char *name; verify_printer *print; } printers[] = {
		{"text", print_text}, {"json", print_json}, {"html", verify_print_html},
	};

	for (size_t i = 0; i < sizeof printers / sizeof *printers; i++)
		if (!strcmp(name, printers[i].name))
			return printers[i].print;
	return NULL;
}
