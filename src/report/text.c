/* SPDX-License-Identifier: EUPL-1.2 */
/* Words of the reports in French and English. A word without a row is shown as it is: machines' words are readable too. */
#include "report/report.h"

static const struct both sentences[TEXTS] = {
#define TEXT(id, fr, en) [TEXT_##id] = {fr, en},
#include "report/texts.def"
#undef TEXT
};

struct word {
	const char *name;
	struct both text;
};

static const char *word_in(const struct word *words, const char *name, enum lang lang)
{
	for (; words->name; words++)
		if (!strcmp(words->name, name))
			return both_in(&words->text, lang);
	return name;
}

const char *both_in(const struct both *b, enum lang lang)
{
	const char *first = lang == LANG_FR ? b->fr : b->en, *second = lang == LANG_FR ? b->en : b->fr;

	return first ? first : second ? second : "";
}

const char *lang_code(enum lang lang)
{
	return lang == LANG_FR ? "fr" : "en";
}

const char *text(enum text_id id, enum lang lang)
{
	return both_in(&sentences[id], lang);
}

const char *verdict_text(const char *name, enum lang lang)
{
	static const struct word words[] = {
		{"waived", {"dérogation", "waived"}},
		{"not_applicable", {"sans objet", "not applicable"}},
		{"contradicted", {"contredit", "contradicted"}},
		{"undeclared", {"non déclaré", "undeclared"}},
		{"nonconform", {"non conforme", "nonconform"}},
		{"to_confirm", {"à confirmer", "to be confirmed"}},
		{"incomplete", {"incomplet", "incomplete"}},
		{"unknown", {"indéterminé", "unknown"}},
		{"conform", {"conforme", "conform"}},
		{"not_evidenced", {"non démontré", "not evidenced"}},
		{NULL, {NULL, NULL}},
	};

	return word_in(words, name, lang);
}

const char *verdict_symbol(const char *verdict)
{
	static const struct { const char *verdict, *symbol; } symbols[] = {
		{"waived", "\u25c7"}, {"not_applicable", "\u2013"}, {"contradicted", "\u2260"}, {"undeclared", "\u2260"}, {"nonconform", "\u2715"},
		{"to_confirm", "!"}, {"incomplete", "\u2026"}, {"unknown", "?"}, {"conform", "\u2713"}, {"not_evidenced", "\u25cb"},
	};

	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
		if (!strcmp(symbols[i].verdict, verdict))
			return symbols[i].symbol;
	return "";
}

const char *severity_text(enum severity s, enum lang lang)
{
	static const struct both words[] = {
		[SEVERITY_INFO] = {"information", "info"}, [SEVERITY_LOW] = {"faible", "low"}, [SEVERITY_MEDIUM] = {"moyenne", "medium"},
		[SEVERITY_HIGH] = {"haute", "high"}, [SEVERITY_CRITICAL] = {"critique", "critical"},
	};

	return both_in(&words[s], lang);
}

const char *confidence_text(enum confidence c, enum lang lang)
{
	static const struct both words[] = {
		[CONFIDENCE_LOW] = {"basse", "low"}, [CONFIDENCE_MEDIUM] = {"moyenne", "medium"}, [CONFIDENCE_HIGH] = {"haute", "high"},
	};

	return both_in(&words[c], lang);
}

const char *advice_text(enum advice a, enum lang lang)
{
	static const struct both words[] = {
		[ADVICE_FAVOURABLE] = {"favorable", "favourable"},
		[ADVICE_RESERVATIONS] = {"favorable sous réserves", "favourable with reservations"},
		[ADVICE_UNFAVOURABLE] = {"défavorable", "unfavourable"},
		[ADVICE_CANNOT_CONCLUDE] = {"conclusion impossible", "cannot conclude"},
	};

	return both_in(&words[a], lang);
}

const char *advice_meaning(enum advice a, enum lang lang)
{
	static const struct both words[] = {
		[ADVICE_FAVOURABLE] = {"Rien de contraire n'a été trouvé, tout a été lu, et les exigences critiques sont démontrées.",
				       "Nothing was found against, all was read, and the critical controls are evidenced."},
		[ADVICE_RESERVATIONS] = {"Aucun manquement grave n'a été trouvé, mais des points restent à corriger, à confirmer ou à démontrer.",
					 "No grave breach was found, but points remain to be corrected, confirmed or evidenced."},
		[ADVICE_UNFAVOURABLE] = {"Au moins un manquement critique ou de haute gravité a été constaté et n'est couvert par aucune dérogation.",
					 "At least one breach of critical or high severity was found and is covered by no waiver."},
		[ADVICE_CANNOT_CONCLUDE] = {"Rien de contraire n'a été trouvé, mais ce qui a été lu ne suffit pas pour conclure.",
					    "Nothing was found against, but what was read is not enough to conclude."},
	};

	return both_in(&words[a], lang);
}

const char *area_text(const char *area, enum lang lang)
{
	static const struct word words[] = {
		{"hosting", {"Hébergement", "Hosting"}}, {"transfers", {"Transferts", "Transfers"}}, {"encryption", {"Chiffrement", "Encryption"}},
		{"secrecy", {"Secret médical", "Medical secrecy"}}, {"secret", {"Secrets techniques", "Secrets"}},
		{"logging", {"Traçabilité", "Logging"}}, {"governance", {"Gouvernance", "Governance"}}, {"ai-act", {"Règlement IA", "AI Act"}},
		{NULL, {NULL, NULL}},
	};

	return word_in(words, area ? area : "", lang);
}

const char *why_text(const char *why, enum lang lang)
{
	static const struct word words[] = {
#define WHY(id, word, fr, en) {word, {fr, en}},
#include "judge/why.def"
#undef WHY
		{NULL, {NULL, NULL}},
	};

	return why ? word_in(words, why, lang) : "";
}

const char *bound_text(const char *bound, enum lang lang)
{
	static const struct word words[] = {
		{"FAC", {"l'établissement", "the facility"}}, {"HOST", {"l'hébergeur", "the host"}}, {"VEN", {"l'éditeur", "the vendor"}},
		{"STATE", {"l'État et ses opérateurs", "the State and its operators"}}, {"PRO", {"le professionnel de santé", "the health professional"}},
		{NULL, {NULL, NULL}},
	};

	return word_in(words, bound, lang);
}

const char *status_text(enum doc_status s, enum lang lang)
{
	static const struct both words[] = {
		[DOC_READ] = {"lu", "read"}, [DOC_PARTIAL] = {"lu en partie", "partly read"}, [DOC_UNREADABLE] = {"illisible", "unreadable"},
		[DOC_SKIPPED] = {"format inconnu", "unknown format"},
	};

	return both_in(&words[s], lang);
}

const char *diag_level_text(enum diag_level level, enum lang lang)
{
	static const struct both words[] = {
		[DIAG_NOTE] = {"note", "note"}, [DIAG_WARNING] = {"avertissement", "warning"}, [DIAG_ERROR] = {"erreur", "error"},
	};

	return both_in(&words[level], lang);
}

const char *use_text(const char *use, enum lang lang)
{
	static const struct { const char *use; struct both text; } uses[] = {
		{"backup", {"sauvegarde", "backup"}}, {"call", {"service appelé", "service called"}}, {"cdn", {"diffusion", "delivery network"}},
		{"inference", {"inférence", "inference"}}, {"key", {"clés", "keys"}}, {"log", {"journaux", "logs"}},
		{"processing", {"traitement", "processing"}}, {"replica", {"réplique", "replica"}}, {"storage", {"stockage", "storage"}},
	};

	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
		if (!strcmp(uses[i].use, use))
			return both_in(&uses[i].text, lang);
	return use;
}

const char *deadline_text(const char *kind, enum lang lang)
{
	static const struct { const char *kind; struct both text; } kinds[] = {
		{"certificate", {"fin de validité d'un certificat", "end of a certificate"}}, {"declaration", {"fin de validité de la déclaration", "end of the declaration"}},
		{"hds", {"fin du certificat HDS", "end of the HDS certificate"}}, {"law", {"entrée en vigueur", "comes into force"}},
		{"secnumcloud", {"fin de la qualification SecNumCloud", "end of the SecNumCloud qualification"}}, {"waiver", {"fin de dérogation", "end of a waiver"}},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(kinds[i].kind, kind))
			return both_in(&kinds[i].text, lang);
	return kind;
}
