/* SPDX-License-Identifier: EUPL-1.2 */
/* What `scelle where` found, for a person and for a program: the same lines, in the order of the question or sorted by key (RFC 8785). */
#include "cli/where.h"

#include "base/jsonw.h"
#include "base/utf8.h"

#include <stdlib.h>

static const struct {
	const char *key, *fr, *en;
} labels[] = {
	[LABEL_PROVIDER] = {"provider", "fournisseur", "provider"},
	[LABEL_CODE] = {"code", "code", "code"},
	[LABEL_PATTERN] = {"pattern", "motif", "pattern"},
	[LABEL_OPERATOR] = {"operator", "opérateur", "operator"},
	[LABEL_HOME] = {"home_country", "pays du siège", "home country"},
	[LABEL_PARENT] = {"parent", "maison mère", "ultimate parent"},
	[LABEL_PARENT_COUNTRY] = {"parent_country", "pays de la maison mère", "parent's country"},
	[LABEL_CATEGORY] = {"category", "catégorie", "category"},
	[LABEL_COUNTRY] = {"country", "pays", "country"},
	[LABEL_CITY] = {"city", "ville", "city"},
	[LABEL_FRANCE] = {"in_france", "en France", "in France"},
	[LABEL_EU] = {"in_eu", "dans l'UE", "in the EU"},
	[LABEL_EEA] = {"in_eea", "dans l'EEE", "in the EEA"},
	[LABEL_ADEQUATE] = {"adequate", "EEE ou décision d'adéquation", "EEA or adequacy decision"},
	[LABEL_SCOPE] = {"scope", "portée", "scope"},
	[LABEL_PROCESSING] = {"processing", "lieu de traitement", "place of processing"},
	[LABEL_HOST_REGION] = {"host_region", "région dans le nom", "region in the name"},
	[LABEL_EU_OPTION] = {"eu_option", "option européenne", "EU option"},
	[LABEL_TRAINING] = {"training", "entraînement par défaut", "training by default"},
	[LABEL_RETENTION] = {"retention", "conservation par défaut", "retention by default"},
	[LABEL_TRAP] = {"trap", "piège", "trap"},
	[LABEL_LAW] = {"foreign_law", "droit extra-européen", "non-EU law"},
	[LABEL_HDS] = {"hds", "certifié HDS", "HDS certified"},
	[LABEL_ACTIVITIES] = {"hds_activities", "activités HDS", "HDS activities"},
	[LABEL_SECNUMCLOUD] = {"secnumcloud", "SecNumCloud", "SecNumCloud"},
	[LABEL_OFFER] = {"secnumcloud_offer", "offre qualifiée", "qualified offer"},
	[LABEL_VALIDITY] = {"validity", "validité", "validity"},
	[LABEL_FAMILY] = {"family", "famille", "family"},
	[LABEL_PUBLISHER] = {"publisher", "éditeur", "publisher"},
	[LABEL_WEIGHTS] = {"open_weights", "poids ouverts", "open weights"},
	[LABEL_LICENCE] = {"licence", "licence", "licence"},
	[LABEL_HOSTED] = {"hosted_by_default", "hébergé par défaut", "hosted by default"},
	[LABEL_NOTE] = {"note", "note", "note"},
	[LABEL_SOURCE] = {"source", "source", "source"},
	[LABEL_AS_OF] = {"as_of", "état au", "as of"},
	[LABEL_VERIFIED] = {"verified", "lu à la source", "read at its source"},
	[LABEL_VERIFICATION] = {"verification", "détail", "in detail"},
};

static const struct {
	const char *key, *fr, *en;
} kinds[] = {
	[KIND_REGION] = {"region", "région", "region"},
	[KIND_ENDPOINT] = {"endpoint", "service", "service"},
	[KIND_HOST] = {"host", "nom d'hôte", "host name"},
	[KIND_PROVIDER] = {"provider", "fournisseur", "provider"},
	[KIND_COUNTRY] = {"country", "pays", "country"},
	[KIND_MODEL] = {"model", "modèle", "model"},
};

static const char *word(const struct question *q, enum label label, const char *value)
{
	static const char *const french[][2] = {{"yes", "oui"}, {"no", "non"}, {"unknown", "inconnu"}};

	if (label == LABEL_COUNTRY || label == LABEL_HOME || label == LABEL_PARENT_COUNTRY) {
		const char *name = country_name(value, lang_code(q->lang));

		if (strcmp(name, value) != 0)
			return arena_printf(q->arena, "%s (%s)", value, name);
	}
	for (size_t i = 0; q->lang == LANG_FR && i < sizeof french / sizeof *french; i++)
		if (!strcmp(french[i][0], value))
			return french[i][1];
	return value;
}

/* Do the readings of a value lie in different places? One from memory does not make a value ambiguous that was read. */
static bool ambiguous(const struct question *q)
{
	const char *first = NULL;
	bool some_read = false;

	for (size_t i = 0; i < q->count; i++)
		some_read |= q->answers[i].country && q->answers[i].verified;
	for (size_t i = 0; i < q->count; i++) {
		const char *country = q->answers[i].verified || !some_read ? q->answers[i].country : NULL;

		if (first && country && strcmp(first, country) != 0)
			return true;
		first = first ? first : country;
	}
	return false;
}

static void print_heading(struct str *out, const struct question *q)
{
	bool fr = q->lang == LANG_FR;

	utf8_safe(out, span_of(q->value));
	if (!q->count)
		str_text(out, fr ? " : inconnu, ni région, ni hôte, ni fournisseur, ni pays, ni modèle connu ; cela ne dit rien de bon ni de mauvais\n"
				 : ": unknown, no region, host, provider, country or model of that name; this says neither good nor bad\n");
	else if (ambiguous(q))
		str_printf(out, fr ? " : ambigu, %zu lectures en des lieux différents ; préciser le fournisseur (fournisseur:code)\n"
				   : ": ambiguous, %zu readings in different places; say which provider (provider:code)\n", q->count);
	else
		str_text(out, fr ? " :\n" : ":\n");
}

static void print_answer(struct str *out, const struct question *q, const struct answer *a)
{
	bool fr = q->lang == LANG_FR;

	str_printf(out, "  %s\n", fr ? kinds[a->kind].fr : kinds[a->kind].en);
	for (size_t i = 0; i < a->count; i++) {
		const char *name = fr ? labels[a->lines[i].label].fr : labels[a->lines[i].label].en;
		size_t width = utf8_width(span_of(name));

		str_printf(out, "    %s%*s ", name, (int)(width < 29 ? 29 - width : 0), "");
		utf8_safe(out, span_of(word(q, a->lines[i].label, a->lines[i].value)));
		str_char(out, '\n');
	}
}

static int line_cmp(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return strcmp(labels[x->label].key, labels[y->label].key);
}

static void write_answer(struct jsonw *w, const struct answer *a)
{
	struct line lines[LINES_MAX];
	bool kind_written = false;

	memcpy(lines, a->lines, sizeof lines);
	qsort(lines, a->count, sizeof *lines, line_cmp);
	jsonw_object(w);
	for (size_t i = 0; i < a->count; i++) {
		if (!kind_written && strcmp(labels[lines[i].label].key, "kind") > 0) {
			jsonw_member(w, "kind", kinds[a->kind].key);
			kind_written = true;
		}
		jsonw_member(w, labels[lines[i].label].key, lines[i].value);
	}
	if (!kind_written)
		jsonw_member(w, "kind", kinds[a->kind].key);
	jsonw_object_end(w);
}

static void write_question(struct jsonw *w, const struct question *q)
{
	jsonw_object(w);
	jsonw_member_bool(w, "ambiguous", ambiguous(q));
	jsonw_key(w, "readings");
	jsonw_array(w);
	for (size_t i = 0; i < q->count; i++)
		write_answer(w, &q->answers[i]);
	jsonw_array_end(w);
	jsonw_member(w, "value", q->value);
	jsonw_object_end(w);
}

int where_tell_json(struct str *out, const struct know *k, const struct question *questions, size_t count, date_t date)
{
	struct jsonw w;
	char day[16];

	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_key(&w, "answers");
	jsonw_array(&w);
	for (size_t i = 0; i < count; i++)
		write_question(&w, &questions[i]);
	jsonw_array_end(&w);
	jsonw_member(&w, "date", date_format(date, day));
	jsonw_member(&w, "knowledge", know_digest(k));
	jsonw_object_end(&w);
	str_char(out, '\n');
	return jsonw_end(&w);
}

void where_tell_text(struct str *out, const struct question *questions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		print_heading(out, &questions[i]);
		for (size_t j = 0; j < questions[i].count; j++)
			print_answer(out, &questions[i], &questions[i].answers[j]);
	}
}
