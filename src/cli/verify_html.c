/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What verify found, as a page to keep or to send: the steps and the four answers of the text form, the file's digest, and what the page
 * itself is worth. It is well-formed XML too, loads nothing and runs nothing (its policy allows its own style alone, by digest); every
 * text that is not of this file goes through put_text.
 */
#include "cli/verify_out.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "seal/base64.h"

#include <stdio.h>

static const char css[] =
	"body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1b1b1b;background:#fff}"
	"h1{font-size:1.5em}h2{font-size:1.2em;margin-top:2em}code{overflow-wrap:anywhere}"
	"table{border-collapse:collapse;width:100%}caption{text-align:left;color:#555}"
	"th,td{text-align:left;vertical-align:top;padding:.4em .6em;border-bottom:1px solid #ccc}"
	".failed{color:#a00000;font-weight:bold}.passed{color:#0b5d1e}.open{color:#6b4a00}";

static const char *const result_classes[] = {[STEP_PASSED] = "passed", [STEP_FAILED] = "failed", [STEP_NOT_CHECKED] = "open", [STEP_WARNING] = "open"};

struct page {
	struct str *out;
	const struct verified *v;
	bool french;
};

static void say(struct page *p, const char *fr, const char *en)
{
	str_text(p->out, p->french ? fr : en);
}

/* No control character comes through utf8_safe, and none of XML's five characters through this. */
static void put_text(struct page *p, const char *text)
{
	static const struct { char c; const char *entity; } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
	struct str clean = STR_INIT(MIB);

	utf8_safe(&clean, span_of(text));
	for (size_t i = 0; i < clean.n; i++) {
		size_t k = 0;

		while (k < 5 && entities[k].c != clean.p[i])
			k++;
		if (k < 5)
			str_text(p->out, entities[k].entity);
		else
			str_char(p->out, clean.p[i]);
	}
	str_free(&clean);
}

static void put_head(struct page *p)
{
	unsigned char digest[SHA256_BYTES];

	sha256((struct span){css, sizeof css - 1}, digest);
	str_printf(p->out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"%s\">\n<head>\n<meta charset=\"utf-8\"/>\n", p->french ? "fr" : "en");
	str_text(p->out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
	base64_write(p->out, digest, sizeof digest);
	str_text(p->out, "'\"/>\n<meta name=\"viewport\" content=\"width=device-width\"/>\n<title>");
	say(p, "Vérification", "Verification");
	str_printf(p->out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", css);
}

static void put_subject(struct page *p)
{
	char digest[SHA256_HEX];

	sha256_hex(p->v->container, digest);
	say(p, "<h1>Vérification de <code>", "<h1>Verification of <code>");
	put_text(p, p->v->file);
	str_printf(p->out, "</code></h1>\n<p>SHA-256 <code>%s</code></p>\n", digest);
}

static void put_row(struct page *p, const char *name, enum step_result r, const char *reason)
{
	str_printf(p->out, "<tr><th scope=\"row\">%s</th><td class=\"%s\">%s</td>", name, result_classes[r], verify_result_word(r, p->v->lang));
	if (reason) {
		str_text(p->out, "<td>");
		put_text(p, reason);
		str_text(p->out, "</td>");
	}
	str_text(p->out, "</tr>\n");
}

static void put_answers(struct page *p)
{
	const struct verify_result *r = p->v->result;

	say(p, "<h2>Réponses</h2>\n<table>\n<caption>Chaque question a la réponse de sa pire étape</caption>\n<tr><th scope=\"col\">Question</th><th scope=\"col\">Réponse</th></tr>\n",
	    "<h2>Answers</h2>\n<table>\n<caption>Each question has the answer of its worst step</caption>\n<tr><th scope=\"col\">Question</th><th scope=\"col\">Answer</th></tr>\n");
	for (int q = 0; q < QUESTIONS; q++)
		put_row(p, verify_question_word((enum question)q, p->v->lang), r->answers[q], NULL);
	str_printf(p->out, "</table>\n<p>EN 319 102-1: <strong>%s</strong></p>\n", verify_indication(r));
}

static void put_item(struct page *p, const char *fr, const char *en, const char *text)
{
	if (!text)
		return;
	str_text(p->out, "<dt>");
	say(p, fr, en);
	str_text(p->out, "</dt><dd>");
	put_text(p, text);
	str_text(p->out, "</dd>\n");
}

static void put_signer(struct page *p)
{
	const struct verify_result *r = p->v->result;

	if (!r->signer_subject)
		return;
	say(p, "<h2>Signataire</h2>\n<dl>\n", "<h2>Signer</h2>\n<dl>\n");
	put_item(p, r->self_signed ? "Déclaré (auto-signé)" : "Déclaré", r->self_signed ? "Claimed (self-signed)" : "Claimed", r->signer_subject);
	put_item(p, "Empreinte SHA-256 du certificat", "SHA-256 of the certificate", r->certificate_sha256);
	put_item(p, "Niveau", "Level", r->level);
	put_item(p, "Horodatage : existait le", "Time stamp: existed at", r->proven_time);
	put_item(p, "Heure de signature déclarée", "Claimed signing time", r->signing_time);
	str_text(p->out, "</dl>\n");
}

static void put_steps(struct page *p)
{
	const struct verify_result *r = p->v->result;

	say(p, "<h2>Étapes</h2>\n<table>\n<caption>Dans l'ordre où elles ont été faites</caption>\n<tr><th scope=\"col\">Étape</th><th scope=\"col\">Résultat</th><th scope=\"col\">Raison</th></tr>\n",
	    "<h2>Steps</h2>\n<table>\n<caption>In the order in which they were made</caption>\n<tr><th scope=\"col\">Step</th><th scope=\"col\">Result</th><th scope=\"col\">Reason</th></tr>\n");
	for (size_t i = 0; i < r->count; i++)
		put_row(p, r->steps[i].name, r->steps[i].result, p->french ? r->steps[i].reason_fr : r->steps[i].reason_en);
	str_text(p->out, "</table>\n");
}

int verify_print_html(const struct verified *v, struct err *e)
{
	struct str out = STR_INIT(LIMIT_REPORT_BYTES);
	struct page p = {&out, v, v->lang == LANG_FR};
	int rc;

	put_head(&p);
	put_subject(&p);
	put_answers(&p);
	put_signer(&p);
	put_steps(&p);
	say(&p, "<p>Cette page dit ce que scelle a trouvé ; elle n'est pas elle-même une preuve. La preuve est le conteneur, que chacun peut vérifier de nouveau.</p>\n",
	    "<p>This page says what scelle found; it is no evidence itself. The evidence is the container, which anybody can verify again.</p>\n");
	str_text(&out, "</main>\n</body>\n</html>\n");
	rc = str_failed(&out) ? err_set(e, EXIT_BROKEN, "cannot write the result as HTML") : 0;
	if (!rc)
		fwrite(out.p, 1, out.n, stdout);
	str_free(&out);
	return rc;
}
