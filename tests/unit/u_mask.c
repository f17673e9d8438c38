/* SPDX-License-Identifier: EUPL-1.2 */
/* What must be hidden, and what must stay readable. "*" stands for the mask. Numbers are the synthetic ones of the knowledge base. */
#include "unit.h"

#include "report/excerpt.h"
#include "report/mask.h"
#include "report/report.h"

#include "base/str.h"

struct mask_case {
	const char *text, *shown;
};

static const struct mask_case hidden[] = {
	{"199019999999979", "*"},
	{"1 99 01 99 999 999 79", "*"},
	{"2-99-01-99-999-999-29", "*"},
	{"1\u00a099\u00a001\u00a02A\u00a0999\u00a0999\u00a008", "*"},
	{"1\u200b9901\u200b99999\u200b99979", "*"},
	{"299122B99999964", "*"},
	{"patient_199019999999979.json", "patient_*.json"},
	{"ins=199019999999978", "ins=*"},
	{"NIR: 1990199999999", "NIR: *"},
	{"199019999999979@patient.mssante.fr", "*@patient.mssante.fr"},
	{"marie.durand@ch-valmont.example", "*@ch-valmont.example"},
	{"RPPS n\u00b0 10999999997", "RPPS n\u00b0 *"},
	{"ipp: A12345678", "ipp: *"},
	{"IPP 0012345678 admis", "IPP * admis"},
	{"t\u00e9l. 0199000001", "t\u00e9l. *"},
	{"01 99 00 00 01", "*"},
	{"+33 1 99 00 00 01", "*"},
	{"n\u00e9e le 12/03/1961", "n\u00e9e le *"},
	{"\"family\": \"DURAND\", \"given\": [\"Marie\", \"Anne\"]", "\"family\": \"*\", \"given\": [*]"},
	{"nom_naissance=Durand", "nom_naissance=*"},
	{"pr\u00e9nom: Marie", "pr\u00e9nom: *"},
	{"PID|1||12345^^^CHU||DURAND^MARIE||19610312|F", "PID|*"},
	{"FR7699999999999999999999944", "*"},
	{"AKIAIOSFODNN7EXAMPLE", "AKIA*"},
	{"key sk-proj-abcdefghijklmnop1234", "key sk-*"},
	{"hf_abcdefghijklmnopqrstuv", "hf_*"},
	{"ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_*"},
	{"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "Bearer *"},
	{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "eyJ*"},
	{"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY*-----END PRIVATE KEY-----"},
	{"postgres://app:hunter2@db:5432/x", "postgres://app:*@db:5432/x"},
	{"https://u:p/w@host/x", "https://u:*@host/x"},
	{"DB_PASSWORD=hunter2", "DB_PASSWORD=*"},
	{"db.password: 'hun ter2'", "db.password: '*'"},
	{"\"apiKey\": \"short\"", "\"apiKey\": \"*\""},
	{"<password>hunter2</password>", "<password>*</password>"},
	{"- name: DB_PASSWORD\n  value: hunter2", "- name: DB_PASSWORD\n  value: *"},
	{"{\"name\":\"DB_PASSWORD\",\"value\":\"hunter2\"}", "{\"name\":\"DB_PASSWORD\",\"value\":\"*\"}"},
	{"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9v+bar/==;", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=*;"},
	{"run --api-key abc123 --port 80", "run --api-key * --port 80"},
	{"Authorization: Bearer abc", "Authorization: Bearer *"},
	{"?sig=abc%2B&se=2027", "?sig=*&se=2027"},
	{"wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12", "*"},
	{"{\\\"password\\\": \\\"hunter2\\\"}", "{\\\"password\\\": \\\"*"},
};

static const char *const shown[] = {
	"region = \"eu-west-3\"", "dpo@ch-valmont.example", "noreply@vendor.example", "no-reply@vendor.example", "support-ia@vendor.example",
	"password = var.db_password", "password: ${DB_PASSWORD}", "secret_name: db", "max_tokens: 4096", "token_ttl = 3600",
	"manage_master_user_password = true", "finess: 999999998", "tokenizer: cl100k", "arn:aws:kms:eu-west-3:111122223333:key/abc",
	"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "199019999999978", "2026-11-25T10:00:00Z",
	"https://api.mistral.ai/v1/chat", "storage_encrypted = false", "1.2.250.1.213.1.4.8", "il ne faut pas 100000 lignes",
	"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg", "password_policy: strict", "secretKeyRef",
};

static void unmark(struct str *out, const char *pattern)
{
	for (; *pattern; pattern++)
		if (*pattern == '*')
			str_text(out, MASK);
		else
			str_char(out, *pattern);
}

void u_mask(void)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		struct str wanted = STR_INIT(4096);

		unmark(&wanted, hidden[i].shown);
		CHECK_TEXT(masked_text(a, span_of(hidden[i].text)), str_get(&wanted).p, hidden[i].shown);
		str_free(&wanted);
	}
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		CHECK_TEXT(masked_text(a, span_of(shown[i])), shown[i], shown[i]);
	CHECK_TEXT(masked_value(a, "DB_PASSWORD", SPAN("x")), MASK, "a value goes by the name of its key");
	CHECK_TEXT(masked_value(a, "password", SPAN("${VAULT}")), "${VAULT}", "a reference is no secret");
	CHECK_TEXT(masked_value(a, "ssl", SPAN("on")), "on", "an ordinary setting shows");
	/* analyser: the very thing that is tested */
	CHECK_TEXT(show_text(a, "a\033[31mb\u202ec", 0), "a\\x1b[31mb\\u202ec", "what could command a terminal is written out");
	arena_free(a);
}
