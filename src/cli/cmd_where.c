/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `scelle where VALUE...`: what the knowledge base says of a region, a host, a provider, a country or a model, with the source
 * of each answer. All readings of a value are given: where they disagree, the reader must say more, and the output says so.
 * An answer is a list of labelled lines; the terminal prints them in order, JSON sorts them by key (RFC 8785).
 */
#include "cli/cli.h"
#include "cli/where.h"

#include "base/io.h"
#include "base/limits.h"
#include "rule/regex.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern const struct command command_where;

#define READINGS_MAX 64

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
	if (json && where_tell_json(&out, k, questions, count, date) < 0)
		err_set(e, EXIT_BROKEN, "the answer is not canonical JSON");
	if (!json)
		where_tell_text(&out, questions, count);
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
