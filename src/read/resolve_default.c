/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Values that an environment fills in, in every format but HCL: ${X:default} of Spring, ${X:-default} of shells and compose, ${X=default} of azd, ${X},
 * $X, {{ x }}. A default becomes the value, overridable; what has none is a reference (the whole value) or a template (a part
 * of it), unknown, and keeps its text. Beside a compose file a .env decides, and there nothing is overridable.
 * What looks alike but is no default stays unknown: ${AWS::Region}, ${aws:username}, ${env:X}, ${{ x }}.
 */
#include "read/resolve.h"

#include "base/str.h"

/* Names of a .env to their last line so far: it is walked once, however many variables ask. */
struct environment {
	struct map values;
	const struct fact *next;     /* first line not in `values` */
};

struct source {
	const struct doc *doc;
	struct environment *env;     /* the .env that fills in, or NULL */
	bool shell;                  /* compose, .env, Dockerfile: names without dashes, X-default */
	bool inside;                 /* $X inside text; not in a .env, where pa$word is mostly a password as it stands */
	bool dollars;                /* $$ is $ (compose) */
	bool spring;                 /* application.yml: ":-1" is a default of -1 */
	bool json;                   /* ${a:b} there is mostly a policy variable */
	bool bare;                   /* $X is looked at */
};

struct expansion {
	struct resolver *r;
	const struct source *source;
	const struct fact *fact;
	struct str out;
	bool found, defaulted, unknown, limit;
	int unclosed;
	const char *no_braces_from;      /* there is no }} behind this */
	const struct origin *set_at;
};

static void expand(struct expansion *x, struct span text, int depth);

/* ------------------------------------------------------------------ names */

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name_byte(char c, bool shell)
{
	return is_name_start(c) || (c >= '0' && c <= '9') || (!shell && c && strchr(".-[]", c));
}

static size_t name_length(struct span text, bool shell)
{
	size_t n = 0;

	if (!text.n || !is_name_start(text.p[0]))
		return 0;
	while (n < text.n && is_name_byte(text.p[n], shell))
		n++;
	return n;
}

static bool is_capital(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] >= 'a' && name.p[i] <= 'z')
			return false;
	return true;
}

/* Words before a colon that say where to look, not what has a default: serverless, Log4j, Spring Cloud, policies. */
static bool is_lookup(struct span name)
{
	static const char *const words[] = {"aws", "base64", "bundle", "cf", "ctx", "date", "docker", "env", "file", "git", "jndi", "k8s", "main",
		"opt", "output", "param", "s3", "saml", "secretsmanager", "self", "sm", "spring", "ssm", "sys", "vault", "web"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is(name, words[i]))
			return true;
	return false;
}

/*
 * The value that the .env gives, when it is known; only lines above count inside the .env itself. Facts ask in the order of
 * their document, so a line once passed is above all that follow.
 */
static const struct fact *environment(const struct expansion *x, struct span name)
{
	struct environment *env = x->source->env;

	if (!env)
		return NULL;
	for (const struct fact *f; (f = env->next) && (f->doc != x->fact->doc || f->at.offset < x->fact->at.offset); env->next = f->next)
		if (f->key && f->kind == FACT_LITERAL && f->state != FACT_UNKNOWN)
			map_put(&env->values, span_of(f->key), f);
	return map_get(&env->values, name);
}

static void put_environment(struct expansion *x, const struct fact *f)
{
	struct origin *origin;

	str_span(&x->out, f->value);
	x->defaulted |= f->state == FACT_OVERRIDABLE;
	if (x->set_at)
		return;
	origin = ARENA_NEW(x->r->arena, struct origin);
	*origin = (struct origin){.doc = f->doc, .at = f->at, .path = f->key};
	x->set_at = fact_set_at(f) ? fact_set_at(f) : origin;
}

/* ------------------------------------------------------------------ one variable */

/* What follows the name in ${name...}: the default's text; false when there is none or it is something else. */
static bool find_default(const struct source *s, struct span name, struct span rest, struct span *ret)
{
	bool dash = rest.n > 1 && rest.p[0] == ':' && rest.p[1] == '-';

	if (s->shell) {
		size_t skip = dash ? 2 : rest.n && rest.p[0] == '-' ? 1 : 0;

		*ret = span_cut(rest, skip, rest.n);
		return skip;
	}
	if (s->json && span_starts(rest, "=") && is_capital(name)) {
		*ret = span_cut(rest, 1, rest.n);
		return true;
	}
	if (!rest.n || rest.p[0] != ':' || span_starts(rest, "::"))
		return false;
	if (!dash && (is_lookup(name) || (s->json && !is_capital(name))))
		return false;
	*ret = span_cut(rest, dash && !s->spring ? 2 : 1, rest.n);
	return true;
}

/* ${X:+text} and ${X+text}: the text when X is there, which only a .env can say. */
static bool find_alternative(struct span rest, const struct fact *given, struct span *ret)
{
	size_t skip = span_starts(rest, ":+") ? 2 : span_starts(rest, "+") ? 1 : 0;

	*ret = span_cut(rest, skip, rest.n);
	return given && skip && (skip == 1 || given->value.n);
}

/* Whether the given value decides: alone, or before a default or a message; an empty one gives way to ":-". */
static bool is_decided(const struct fact *given, struct span rest)
{
	if (!given || span_starts(rest, ":+") || span_starts(rest, "+"))
		return false;
	return !rest.n || given->value.n ? !rest.n || strchr(":-?", rest.p[0]) : rest.p[0] != ':';
}

static void expand_inside(struct expansion *x, struct span text, int depth)
{
	if (depth < LIMIT_DEFAULT_DEPTH)
		expand(x, text, depth + 1);
	else
		x->unknown = x->limit = true;
}

static void expand_variable(struct expansion *x, struct span inner, int depth)
{
	size_t n = name_length(inner, x->source->shell);
	struct span name = span_cut(inner, 0, n), rest = span_cut(inner, n, inner.n), fallback;
	const struct fact *given = n ? environment(x, name) : NULL;

	x->found = true;
	if (is_decided(given, rest)) {
		put_environment(x, given);
	} else if (find_alternative(rest, given, &fallback)) {
		expand_inside(x, fallback, depth);
	} else if (n && find_default(x->source, name, rest, &fallback)) {
		x->defaulted = true;
		expand_inside(x, fallback, depth);
	} else {
		x->unknown = true;
	}
}

/* Offset behind the '}' of the ${ at from, 0 when it is not closed. Braces inside count. */
static size_t variable_end(struct span text, size_t from)
{
	size_t open = 0;

	for (size_t i = from + 1; i < text.n; i++) {
		if (text.p[i] == '{')
			open++;
		else if (text.p[i] == '}' && --open == 0)
			return i + 1;
	}
	return 0;
}

/* $ at i: returns the offset behind what it begins, 0 when it is only a dollar sign. */
static size_t expand_dollar(struct expansion *x, struct span text, size_t i, int depth)
{
	char next = i + 1 < text.n ? text.p[i + 1] : 0;
	size_t end = next == '{' ? variable_end(text, i) : 0, n;

	if (end) {
		expand_variable(x, span_cut(text, i + 2, end - 1), depth);
		return end;
	}
	if (next == '{' && ++x->unclosed > LIMIT_UNCLOSED)
		x->found = x->unknown = x->limit = true;
	if (next == '$' && x->source->dollars) {
		x->found = true;
		str_char(&x->out, '$');
		return i + 2;
	}
	if (next == '$' && i + 2 < text.n && text.p[i + 2] == '{') {      /* an escaped one: kept as written */
		str_text(&x->out, "$$");
		return i + 2;
	}
	n = x->source->bare ? name_length(span_cut(text, i + 1, text.n), true) : 0;
	if (!n || (!x->source->inside && (i || depth || n + 1 != text.n)))
		return 0;
	expand_variable(x, span_cut(text, i + 1, i + 1 + n), 0);      /* no braces, no default in it */
	return i + 1 + n;
}

/* {{ at the start of rest, with its end somewhere behind. */
static bool opens_braces(struct expansion *x, struct span rest)
{
	if (rest.n < 4 || rest.p[1] != '{' || (x->no_braces_from && rest.p >= x->no_braces_from))
		return false;
	if (span_find(rest, SPAN("}}")))
		return true;
	x->no_braces_from = rest.p;
	return false;
}

static void expand(struct expansion *x, struct span text, int depth)
{
	for (size_t i = 0; i < text.n && !x->unknown;) {
		size_t end = text.p[i] == '$' ? expand_dollar(x, text, i, depth) : 0;

		if (!end && text.p[i] == '{' && opens_braces(x, span_cut(text, i, text.n)))
			x->found = x->unknown = true;
		if (!end) {
			str_char(&x->out, text.p[i]);
			end = i + 1;
		}
		i = end;
	}
}

/* ------------------------------------------------------------------ one fact */

/* A dotted name between the braces; pipes and calls are templates. */
static bool is_plain_name(struct span text)
{
	text = span_trim(text);
	for (size_t i = 0; i < text.n; i++)
		if (!is_name_byte(text.p[i], false) && text.p[i] != '$')
			return false;
	return text.n;
}

/* ${X}, $X, {{ x }} or ${{ x }} and nothing beside it. */
static bool is_whole(struct span text)
{
	text = span_trim(text);
	if (text.n > 4 && span_starts(text, "{{") && span_ends(text, "}}"))
		return is_plain_name(span_cut(text, 2, text.n - 2));
	if (text.n > 1 && text.p[0] == '$' && text.p[1] == '{')
		return variable_end(text, 0) == text.n;
	return text.n > 1 && text.p[0] == '$' && name_length(span_cut(text, 1, text.n), true) == text.n - 1;
}

static bool may_expand(const struct fact *f)
{
	bool plain = f->kind == FACT_LITERAL && f->state == FACT_FIXED, computed = f->kind == FACT_TEMPLATE && f->state == FACT_UNKNOWN;

	if ((!plain && !computed) || (f->scalar != SCALAR_STRING && f->scalar != SCALAR_PLAIN))
		return false;
	return memchr(f->value.p, '$', f->value.n) || span_find(f->value, SPAN("{{"));
}

/* Single quotes and backslashes keep a dollar sign in a .env; of a Dockerfile and nginx the reader has said what is computed. */
static bool is_quoted(const struct fact *f)
{
	if (f->kind != FACT_LITERAL)
		return false;
	if (resolve_is(f->doc, "env"))
		return f->decoder || (f->at.offset && f->doc->bytes.p[f->at.offset - 1] == '\'');
	return resolve_is(f->doc, "dockerfile") || resolve_is(f->doc, "nginx");
}

static void resolve_default(struct resolver *r, const struct source *s, const struct fact *f)
{
	struct expansion x = {.r = r, .source = s, .fact = f, .out = STR_INIT(LIMIT_RESOLVED_BYTES), .set_at = fact_set_at(f)};

	if (!may_expand(f) || is_quoted(f))
		return;
	expand(&x, f->value, 0);
	r->bytes += x.out.n;
	if (str_failed(&x.out) || r->bytes > LIMIT_RESOLVED_TOTAL) {
		resolve_diag(r, f, "limit-resolve", "the text with its defaults put in is too long: left unresolved");
		x.found = x.unknown = true;
	}
	if (x.limit)
		resolve_diag(r, f, "limit-resolve", "defaults are nested too deeply here, or too many braces are open: left unresolved");
	if (x.unknown) {
		resolve_own(f)->kind = is_whole(f->value) ? FACT_REFERENCE : FACT_TEMPLATE;
		resolve_own(f)->state = FACT_UNKNOWN;
	} else if (x.found) {
		resolve_set(r, resolve_own(f), arena_span(r->arena, str_get(&x.out)), x.defaulted ? FACT_OVERRIDABLE : FACT_FIXED, x.set_at);
	}
	str_free(&x.out);
}

/* ------------------------------------------------------------------ documents */

static bool is_compose(const struct doc *d)
{
	struct span base = span_of(doc_base(d->name));

	return resolve_is(d, "yaml") && (span_starts(base, "docker-compose") || span_starts(base, "compose.") || span_starts(base, "compose-"));
}

static const struct fact *env_beside(const struct map *names, const struct doc *d, struct arena *scratch)
{
	struct span folder = doc_folder(d->name);
	bool bare = !folder.n || folder.p[folder.n - 1] == '!';
	const char *name = arena_printf(scratch, "%.*s%s.env", (int)folder.n, folder.p, bare ? "" : "/");
	const struct doc *env = map_get(names, span_of(name));

	return env && resolve_is(env, "env") && env->root_count ? env->roots[0] : NULL;
}

static void resolve_document(struct resolver *r, const struct map *names, const struct doc *d)
{
	struct span base = span_of(doc_base(d->name));
	bool env = resolve_is(d, "env"), compose = is_compose(d), json = resolve_is(d, "json");
	const struct fact *lines = NULL;
	struct environment filled = {.values = MAP_INIT(r->scratch)};
	struct source s = {
		.doc = d,
		.shell = env || compose || resolve_is(d, "dockerfile"),
		.inside = compose || resolve_is(d, "dockerfile"),
		.dollars = compose,
		.spring = span_starts(base, "application") || span_starts(base, "bootstrap"),
		.json = json,
		.bare = !json,
	};

	if (env || compose)
		lines = env ? d->root_count ? d->roots[0] : NULL : env_beside(names, d, r->scratch);
	if (lines) {
		filled.next = lines->first;
		s.env = &filled;
	}
	for (size_t k = 0; k < d->root_count; k++)
		for (const struct fact *f = d->roots[k]; f; f = fact_next(f, d->roots[k]))
			resolve_default(r, &s, f);
}

/* Formats that no environment fills in: they have expressions of their own, or are what people wrote for people. */
static bool is_closed(const struct doc *d)
{
	static const char *const closed[] = {"hcl", "bicep", "text", "csv", "xlsx", "ods", "docx", "odt"};

	for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
		if (resolve_is(d, closed[i]))
			return true;
	return false;
}

void resolve_defaults(struct resolver *r)
{
	struct map names = MAP_INIT(r->scratch);

	for (size_t i = 0; i < r->set->count; i++)
		map_put(&names, span_of(r->set->docs[i]->name), r->set->docs[i]);
	/* .env files first: others take values from them */
	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < r->set->count; i++) {
			const struct doc *d = r->set->docs[i];

			if (is_closed(d) || resolve_is(d, "env") != (turn == 0))
				continue;
			watch_doc(r->set, WATCH_ALONE, d);
			resolve_document(r, &names, d);
		}
}
