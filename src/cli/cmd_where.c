/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `scelle where VALUE...`: what the knowledge base says of a region, a host, a provider, a country or a model, with the source
 * of each answer. All readings of a value are given: where they disagree, the reader must say more, and the output says so.
 * An answer is a list of labelled lines; the terminal prints them in order, JSON sorts them by key (RFC 8785).
 */
#include "cli/cli.h"

#include "base/date.h"
#include "base/io.h"
#include "base/jsonw.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "know/know.h"
#include "rule/regex.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern const struct command command_where;

#define READINGS_MAX 64
#define LINES_MAX 24

enum label {
	LABEL_PROVIDER, LABEL_CODE, LABEL_PATTERN, LABEL_OPERATOR, LABEL_HOME, LABEL_PARENT, LABEL_PARENT_COUNTRY, LABEL_CATEGORY,
	LABEL_COUNTRY, LABEL_CITY, LABEL_FRANCE, LABEL_EU, LABEL_EEA, LABEL_ADEQUATE, LABEL_SCOPE, LABEL_PROCESSING,
	LABEL_HOST_REGION, LABEL_EU_OPTION, LABEL_TRAINING, LABEL_RETENTION, LABEL_TRAP, LABEL_LAW, LABEL_HDS, LABEL_ACTIVITIES,
	LABEL_SECNUMCLOUD, LABEL_OFFER, LABEL_VALIDITY, LABEL_FAMILY, LABEL_PUBLISHER, LABEL_WEIGHTS, LABEL_LICENCE, LABEL_HOSTED,
	LABEL_NOTE, LABEL_SOURCE, LABEL_AS_OF, LABEL_VERIFIED, LABEL_VERIFICATION,
};

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

enum kind { KIND_REGION, KIND_ENDPOINT, KIND_HOST, KIND_PROVIDER, KIND_COUNTRY, KIND_MODEL };

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

struct line {
	enum label label;
	const char *value;
};

struct answer {
	enum kind kind;
	struct line lines[LINES_MAX];
	size_t count;
	const char *country;      /* what ambiguity is about; NULL: not a place */
	bool verified;
};

struct question {
	struct arena *arena;
	const struct know *know;
	enum lang lang;
	date_t date;
	const char *value;
	struct answer *answers;
	size_t count;
};

/* ------------------------------------------------------------------ answers */

static struct answer *answer_new(struct question *q, enum kind kind)
{
	struct answer *a = ARENA_PUSH(q->arena, q->answers, q->count);

	*a = (struct answer){.kind = kind};
	return a;
}

/* What is not known is not printed: an empty cell is no answer. */
static void say(struct answer *a, enum label label, const char *value)
{
	if (value && *value && a->count < LINES_MAX)
		a->lines[a->count++] = (struct line){label, value};
}

static const char *truth_word(enum truth t)
{
	return t == TRUTH_YES ? "yes" : t == TRUTH_NO ? "no" : "unknown";
}

static void say_territories(struct question *q, struct answer *a, const char *country)
{
	static const struct {
		enum label label;
		const char *territory;
	} asked[] = {{LABEL_FRANCE, "FR"}, {LABEL_EU, "EU"}, {LABEL_EEA, "EEA"}, {LABEL_ADEQUATE, "ADEQUATE"}};

	a->country = country;
	say(a, LABEL_COUNTRY, *country ? country : "unknown");
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		say(a, asked[i].label, truth_word(country_in(country, asked[i].territory, q->date)));
}

static void say_origin(struct answer *a, const char *source, const char *as_of, bool verified, const char *verification)
{
	say(a, LABEL_SOURCE, source);
	say(a, LABEL_AS_OF, as_of);
	a->verified = verified;
	say(a, LABEL_VERIFIED, verified ? "yes" : "no");
	say(a, LABEL_VERIFICATION, verification);
}

static void answer_region(struct question *q, const struct region *r)
{
	struct answer *a = answer_new(q, KIND_REGION);

	say(a, LABEL_PROVIDER, r->provider);
	say(a, LABEL_CODE, r->code);
	say(a, LABEL_CITY, r->city);
	say_territories(q, a, r->country);
	say(a, LABEL_SCOPE, r->scope);
	say(a, LABEL_NOTE, r->note);
	say_origin(a, r->source, r->as_of, r->verified, r->verification);
}

static void answer_endpoint(struct question *q, const struct endpoint *p, struct span host)
{
	struct answer *a = answer_new(q, KIND_ENDPOINT);
	const struct region *r = know_host_region(q->know, host);
	bool verified;

	say(a, LABEL_PATTERN, p->pattern);
	say(a, LABEL_OPERATOR, p->operator_name);
	say(a, LABEL_HOME, p->home_country);
	say(a, LABEL_PARENT_COUNTRY, p->parent_country);
	say(a, LABEL_CATEGORY, p->category);
	say(a, LABEL_PROCESSING, p->processing);
	if (r)
		say(a, LABEL_HOST_REGION, arena_printf(q->arena, "%s %s", r->provider, r->code));
	say_territories(q, a, know_host_country(q->know, host, &verified));
	say(a, LABEL_EU_OPTION, p->eu_option);
	say(a, LABEL_TRAINING, p->training);
	say(a, LABEL_RETENTION, p->retention);
	say(a, LABEL_TRAP, p->trap);
	say_origin(a, p->source, p->as_of, verified, p->verification);
}

/* A host of no known service whose name still carries a region: a bucket, a database. */
static void answer_host(struct question *q, const struct region *r, struct span host)
{
	struct answer *a = answer_new(q, KIND_HOST);
	bool verified;

	say(a, LABEL_PROVIDER, r->provider);
	say(a, LABEL_HOST_REGION, r->code);
	say(a, LABEL_CITY, r->city);
	say_territories(q, a, know_host_country(q->know, host, &verified));
	say_origin(a, r->source, r->as_of, verified, r->verification);
}

static void answer_provider(struct question *q, const struct provider *p)
{
	struct answer *a = answer_new(q, KIND_PROVIDER);

	say(a, LABEL_PROVIDER, p->name);
	say(a, LABEL_HOME, p->home_country);
	say(a, LABEL_PARENT, p->parent);
	say(a, LABEL_PARENT_COUNTRY, p->parent_country);
	say(a, LABEL_LAW, p->foreign_law);
	say(a, LABEL_HDS, p->hds);
	say(a, LABEL_ACTIVITIES, p->hds_activities);
	say(a, LABEL_SECNUMCLOUD, p->secnumcloud);
	say(a, LABEL_OFFER, p->secnumcloud_offer);
	say(a, LABEL_VALIDITY, p->validity);
	say(a, LABEL_NOTE, p->note);
	say_origin(a, p->source, p->as_of, p->verified, p->verification);
}

static void answer_model(struct question *q, const struct model *m)
{
	struct answer *a = answer_new(q, KIND_MODEL);

	say(a, LABEL_FAMILY, m->family);
	say(a, LABEL_PUBLISHER, m->publisher);
	say(a, LABEL_HOME, m->publisher_country);
	say(a, LABEL_PARENT_COUNTRY, m->parent_country);
	say(a, LABEL_WEIGHTS, m->open_weights);
	say(a, LABEL_LICENCE, m->licence);
	say(a, LABEL_HOSTED, m->hosted_by_default);
	say(a, LABEL_NOTE, m->note);
	say_origin(a, m->source, m->as_of, m->verified, m->verification);
}

/* ------------------------------------------------------------------ asking */

/* The host, port and path of a URL or of a bare host; user and password are dropped. */
static struct span host_of(const char *value)
{
	const char *scheme = strstr(value, "://"), *at, *end;
	struct span s = span_of(scheme ? scheme + 3 : value);

	end = s.p + strcspn(s.p, "?#");
	s.n = (size_t)(end - s.p);
	end = s.n ? memchr(s.p, '/', s.n) : NULL;
	at = s.n ? memchr(s.p, '@', end ? (size_t)(end - s.p) : s.n) : NULL;
	return at ? span_cut(s, (size_t)(at + 1 - s.p), s.n) : s;
}

static void ask_host(struct question *q)
{
	struct span host = host_of(q->value);
	const struct endpoint *p = know_endpoint(q->know, host);
	const struct region *r = p ? NULL : know_host_region(q->know, host);

	if (p)
		answer_endpoint(q, p, host);
	else if (r)
		answer_host(q, r, host);
}

/* provider:code; a value without a colon is asked of every provider. */
static void ask_regions(struct question *q)
{
	const struct region *readings[READINGS_MAX];
	const char *colon = strstr(q->value, "://") ? NULL : strchr(q->value, ':');
	const char *provider = colon ? arena_dup(q->arena, q->value, (size_t)(colon - q->value)) : NULL;
	size_t n = know_regions(q->know, provider, colon ? colon + 1 : q->value, readings, READINGS_MAX);

	for (size_t i = 0; i < n; i++)
		answer_region(q, readings[i]);
}

static void ask_country(struct question *q)
{
	struct answer *a;

	if (strlen(q->value) < 2 || strlen(q->value) > 3 || !strcmp(country_name(q->value, "en"), q->value))
		return;
	a = answer_new(q, KIND_COUNTRY);
	say_territories(q, a, q->value);
}

static int ask_models(struct question *q, struct err *e)
{
	size_t n;
	const struct model *models = know_models(q->know, &n);

	for (size_t i = 0; i < n; i++) {
		struct regex *r;
		enum regex_result found;

		if (regex_compile(models[i].pattern, true, &r, e) < 0)
			return -1;
		found = regex_find(r, span_of(q->value), 0, NULL, 0);
		regex_free(r);
		if (found == REGEX_LIMIT)
			return err_set(e, EXIT_INCOMPLETE, "'%.100s': too long or too odd to be matched as a model's name", q->value);
		if (found == REGEX_YES)
			answer_model(q, &models[i]);
	}
	return 0;
}

static int ask(struct question *q, struct err *e)
{
	const struct provider *p = know_provider(q->know, q->value);

	ask_host(q);
	ask_regions(q);
	if (p)
		answer_provider(q, p);
	ask_country(q);
	return q->count ? 0 : ask_models(q, e);
}

/* ------------------------------------------------------------------ telling */

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

static int tell_json(struct str *out, const struct know *k, const struct question *questions, size_t count, date_t date)
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

static void tell_text(struct str *out, const struct question *questions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		print_heading(out, &questions[i]);
		for (size_t j = 0; j < questions[i].count; j++)
			print_answer(out, &questions[i], &questions[i].answers[j]);
	}
}

/* ------------------------------------------------------------------ the command */

struct options {
	const char *lang, *format, *date, *rules;
};

static int where_date(const struct options *o, date_t *ret, struct err *e)
{
	bool from_clock;

	*ret = o->date ? date_parse(span_of(o->date)) : clock_today(&from_clock);
	return *ret == DATE_NONE ? err_set(e, EXIT_USAGE, "'%.40s' is not a date YYYY-MM-DD", o->date) : 0;
}

static int answer_all(struct arena *a, const struct options *o, char **values, size_t count, struct err *e)
{
	struct question *questions = ARENA_ARRAY(a, struct question, count);
	struct str out = STR_INIT(LIMIT_REPORT_BYTES);
	bool json = o->format && !strcmp(o->format, "json");
	enum exit_code code = EXIT_CLEAN;
	struct know *k;
	date_t date;
	int failed;

	if (where_date(o, &date, e) < 0 || know_load(a, o->rules, &k, e) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		questions[i] = (struct question){.arena = a, .know = k, .lang = lang_choose(o->lang), .date = date, .value = values[i]};
		if (ask(&questions[i], e) < 0)
			return -1;
		if (!questions[i].count)
			code = EXIT_INCOMPLETE;
	}
	if (json && tell_json(&out, k, questions, count, date) < 0)
		err_set(e, EXIT_BROKEN, "the answer is not canonical JSON");
	if (!json)
		tell_text(&out, questions, count);
	failed = io_put(STDOUT_FILENO, str_get(&out), e) < 0 || e->code == EXIT_BROKEN;
	str_free(&out);
	return failed ? -1 : (int)code;
}


static int cmd_where(int argc, char **argv)
{
	struct options o = {0};
	const struct option_row rows[] = {
		{"format", 'f', OPTION_TEXT, &o.format, "FORMAT", "text (default) or json", "text (par défaut) ou json"},
		{"date", 0, OPTION_TEXT, &o.date, "DATE", "day on which adequacy decisions are judged", "jour auquel juger les décisions d'adéquation"},
		{"rules", 'r', OPTION_TEXT, &o.rules, "DIR", "take the tables of DIR/know instead of the program's", "prendre les tables de DIR/know au lieu de celles du programme"},
		{"lang", 0, OPTION_TEXT, &o.lang, "LANG", "fr or en", "fr ou en"},
		{0},
	};
	struct err e = {0};
	struct arena *a;
	bool done = false;
	int operands = 0, code;

	if (options_parse(&command_where, rows, argc, argv, &operands, &done, &e) < 0)
		return complain(&e);
	if (done)
		return EXIT_CLEAN;
	if (!operands || (o.format && strcmp(o.format, "json") != 0 && strcmp(o.format, "text") != 0)) {
		err_set(&e, EXIT_USAGE, operands ? "unknown format '%.40s': text or json" : "nothing to look for%s",
			operands ? o.format : "; see `scelle where --help`");
		return complain(&e);
	}
	a = arena_new();
	code = answer_all(a, &o, argv + 1, (size_t)operands, &e);
	arena_free(a);
	return code < 0 ? complain(&e) : code;
}

const struct command command_where = {
	.name = "where",
	.usage = "where [options] VALUE...",
	.help_en = "tell where a region, host, provider, country or model lies, and who says so",
	.help_fr = "dire où se trouve une région, un hôte, un fournisseur, un pays ou un modèle, et qui le dit",
	.run = cmd_where,
};
