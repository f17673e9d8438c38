/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Secrets: tokens of a known prefix, private keys, passwords in URLs, values of settings whose name says secret, and long
 * random runs. A digest in hexadecimal (image, file) is no secret and stays; only its name can make it one.
 */
#include "report/mask.h"

/* ------------------------------------------------------------------ names of secrets */

/* Letters and digits only, lower case: db_passWord-1 is dbpassword1. */
static size_t squeeze(struct span key, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < key.n && n + 1 < size; i++)
		if (is_alpha(key.p[i]) || is_digit(key.p[i]))
			out[n++] = is_alpha(key.p[i]) ? (char)(key.p[i] | 0x20) : key.p[i];
	out[n] = '\0';
	return n;
}

static bool ends_with(const char *text, size_t n, const char *end)
{
	size_t k = strlen(end);

	return n >= k && !strcmp(text + n - k, end);
}

static const char *const *const secret_words[LETTERS] = {
	['a' - 'a'] = WORDS("apikey", "accesskey", "accountkey", "authorization", "authkey"), ['c' - 'a'] = WORDS("credential", "connectionstring", "connstr"),
	['e' - 'a'] = WORDS("encryptionkey"), ['k' - 'a'] = WORDS("keycode"), ['m' - 'a'] = WORDS("masterkey", "motdepasse", "mdp"),
	['p' - 'a'] = WORDS("password", "passwd", "passphrase", "pwd", "privatekey"), ['t' - 'a'] = WORDS("token"),
	['s' - 'a'] = WORDS("secret", "sharedkey", "signingkey", "storagekey", "subscriptionkey", "sharedaccess"),
	['w' - 'a'] = WORDS("webhookurl"), ['x' - 'a'] = WORDS("xamzsignature"),
};

static bool holds_word(const char *text)
{
	for (; *text; text++)
		for (const char *const *w = secret_words[letter_of(*text)]; w && *w; w++)
			if (!strncmp(text, *w, strlen(*w)))
				return true;
	return false;
}

bool key_is_secret(struct span key)
{
	static const char *const whole[] = {"pass", "sig", "auth", "bearer", "dsn", "cookie", "salt", "pin", "signature"};
	/* what speaks about a secret without being one */
	static const char *const about[] = {
		"name", "id", "arn", "ttl", "length", "policy", "tokens", "enabled", "days", "file", "path", "uri", "type", "ref", "refs",
		"expiry", "expiration", "expires", "version", "store", "manager", "mode", "count", "limit", "size", "rotation", "age", "provider",
		"required", "tokenizer", "tokenization", "endpoint", "host", "region", "algorithm", "lifetime", "validity", "format", "class", "kind", "backend",
	};
	char plain[96];
	size_t n = squeeze(key, plain, sizeof plain);

	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		if (*plain == *whole[i] && !strcmp(plain, whole[i]))
			return true;
	if (!holds_word(plain))      /* most keys */
		return false;
	for (size_t i = 0; i < sizeof about / sizeof *about; i++)
		if (ends_with(plain, n, about[i]))
			return false;
	return true;
}

/* --password x, -p not: too many programs mean something else by it */
static bool secret_option(struct span s, size_t at, struct mask_range *ret)
{
	size_t end, value;

	if (!span_starts((struct span){s.p + at, s.n - at}, "--"))
		return false;
	for (end = at + 2; end < s.n && (is_word(s.p[end]) || s.p[end] == '-' || s.p[end] == '_'); end++)
		;
	if (end == s.n || (s.p[end] != ' ' && s.p[end] != '"') || !key_is_secret(span_cut(s, at + 2, end)))
		return false;
	for (value = end; value < s.n && strchr(" \",'", s.p[value]) && s.p[value]; value++)
		;
	for (end = value; end < s.n && !strchr(" \t\r\n\"'", s.p[end]); end++)
		;
	*ret = (struct mask_range){value, end};
	return end > value && s.p[value] != '$' && s.p[value] != '-';
}

/* ------------------------------------------------------------------ tokens of a known kind */

struct token_kind {
	const char *prefix;
	size_t least;      /* characters behind the prefix */
};

#define KINDS(...) (const struct token_kind []){__VA_ARGS__, {NULL, 0}}

static const struct token_kind *const kinds[LETTERS] = {
	['a' - 'a'] = KINDS({"AKIA", 12}, {"ASIA", 12}, {"AROA", 12}, {"AIza", 20}, {"AGE-SECRET-KEY-", 8}),
	['d' - 'a'] = KINDS({"dop_v1_", 16}, {"dckr_pat_", 12}, {"dapi", 24}),
	['e' - 'a'] = KINDS({"eyJ", 16}),
	['f' - 'a'] = KINDS({"fw_", 16}),
	['g' - 'a'] = KINDS({"ghp_", 12}, {"gho_", 12}, {"ghu_", 12}, {"ghs_", 12}, {"ghr_", 12}, {"github_pat_", 12}, {"glpat-", 12}, {"gldt-", 12}, {"gsk_", 12}),
	['h' - 'a'] = KINDS({"hf_", 12}, {"hvs.", 12}, {"hvb.", 12}),
	['l' - 'a'] = KINDS({"lsv2_", 12}),
	['n' - 'a'] = KINDS({"npm_", 16}),
	['p' - 'a'] = KINDS({"pypi-", 16}, {"pcsk_", 12}, {"pk-lf-", 8}),
	['r' - 'a'] = KINDS({"rk_live_", 8}, {"r8_", 16}),
	['s' - 'a'] = KINDS({"sk-", 12}, {"sk_live_", 8}, {"sk_test_", 8}, {"SG.", 16}, {"SCW", 17}, {"sk-lf-", 8}),
	['t' - 'a'] = KINDS({"tvly-", 12}),
	['x' - 'a'] = KINDS({"xoxb-", 8}, {"xoxp-", 8}, {"xoxa-", 8}, {"xoxs-", 8}, {"xapp-", 8}, {"xai-", 16}),
	['y' - 'a'] = KINDS({"ya29.", 12}),
};

static bool is_token(char c)
{
	return is_digit(c) || is_alpha(c) || c == '_' || c == '-' || c == '.' || c == '+' || c == '/' || c == '=';
}

static bool known_token(struct span s, size_t at, struct mask_range *ret)
{
	if (at && (is_digit(s.p[at - 1]) || is_alpha(s.p[at - 1])))
		return false;
	for (const struct token_kind *kind = kinds[letter_of(s.p[at])]; kind && kind->prefix; kind++) {
		size_t from, end;

		if (s.p[at] != *kind->prefix || !span_starts((struct span){s.p + at, s.n - at}, kind->prefix))
			continue;
		from = end = at + strlen(kind->prefix);
		while (end < s.n && is_token(s.p[end]))
			end++;
		*ret = (struct mask_range){from, end};
		if (end - from >= kind->least)
			return true;
	}
	return false;
}

static bool private_key(struct span s, size_t at, struct mask_range *ret)
{
	struct span rest = {s.p + at, s.n - at};
	const char *label, *end;

	if (!span_starts(rest, "-----BEGIN "))
		return false;
	label = span_find((struct span){rest.p, rest.n < 64 ? rest.n : 64}, SPAN("PRIVATE KEY"));
	if (!label)
		return false;
	end = span_find((struct span){label, (size_t)(rest.p + rest.n - label)}, SPAN("-----END"));
	*ret = (struct mask_range){(size_t)(label - s.p) + 11, end ? (size_t)(end - s.p) : s.n};
	return ret->to > ret->from;
}

static bool bearer(struct span s, size_t at, struct mask_range *ret)
{
	struct span rest = {s.p + at, s.n - at};
	size_t end = at + 7;

	if (rest.n < 8 || !span_eq_nocase(span_cut(rest, 0, 7), SPAN("Bearer ")))
		return false;
	while (end < s.n && is_token(s.p[end]))
		end++;
	*ret = (struct mask_range){at + 7, end};
	return end - at - 7 >= 8;
}

/* ------------------------------------------------------------------ URLs */

static bool url_password(struct span s, size_t at, struct mask_range *ret)
{
	size_t end = at + 3, colon = 0, sign = 0;

	if (!span_starts((struct span){s.p + at, s.n - at}, "://"))
		return false;
	for (; end < s.n && !strchr("/? \t\r\n\"'<>,", s.p[end]); end++) {
		if (s.p[end] == ':' && !colon)
			colon = end;
		if (s.p[end] == '@')
			sign = end;
	}
	/* a password with a slash in it: look for the sign behind it, when the part before is no host and port */
	if (!sign && colon && end < s.n && s.p[end] == '/') {
		size_t more = end, stop = end + 256 < s.n ? end + 256 : s.n;

		while (more < stop && !strchr(" \t\r\n\"'<>,", s.p[more]) && s.p[more] != '@')
			more++;
		sign = more < stop && s.p[more] == '@' && !is_digit(s.p[colon + 1]) ? more : 0;
	}
	if (!sign)
		return false;
	*ret = (struct mask_range){colon && colon < sign ? colon + 1 : at + 3, sign};
	return ret->to > ret->from && s.p[ret->from] != '$' && ((colon && colon < sign) || sign - at > 12);
}

/* ------------------------------------------------------------------ random runs */

/* Rough entropy: how many different characters a run of n has; random base64 of 40 has about 30. */
static bool looks_random(struct span run)
{
	bool seen[256] = {false}, lower = false, upper = false, digit = false;
	size_t kinds_seen = 0;

	for (size_t i = 0; i < run.n; i++) {
		unsigned char c = (unsigned char)run.p[i];

		lower |= c >= 'a' && c <= 'z';
		upper |= c >= 'A' && c <= 'Z';
		digit |= is_digit((char)c);
		if (!seen[c]) {
			seen[c] = true;
			kinds_seen++;
		}
	}
	return lower && upper && digit && kinds_seen >= (run.n >= 64 ? 28 : run.n >= 40 ? 22 : 19);
}

static bool is_base64(char c)
{
	return is_digit(c) || is_alpha(c) || c == '+' || c == '/' || c == '=';
}

#define SHORTEST_RUN 32

/* Backward, since where a run is too short its end is soon met. */
static bool is_run(struct span s, size_t at)
{
	size_t n = SHORTEST_RUN;

	if (s.n - at < SHORTEST_RUN)
		return false;
	while (n && is_base64(s.p[at + n - 1]))
		n--;
	return !n;
}

static bool random_run(struct span s, size_t at, struct mask_range *ret)
{
	size_t end = at, slashes = 0;

	if ((at && is_base64(s.p[at - 1])) || !is_run(s, at))
		return false;
	for (; end < s.n && is_base64(s.p[end]); end++)
		slashes += s.p[end] == '/';
	*ret = (struct mask_range){at, end};
	/* a path has a slash every few letters, base64 one in 64 */
	return slashes * 12 <= end - at && looks_random(span_cut(s, at, end));
}

const struct masker mask_secrets[] = {
	{secret_option, MASK_DASH},
	{known_token, MASK_LETTER},
	{private_key, MASK_DASH},
	{bearer, MASK_INNER},
	{url_password, MASK_COLON},
	{random_run, MASK_DIGIT | MASK_LETTER | MASK_PLUS | MASK_SLASH | MASK_EQUALS},
	{NULL, 0},
};
