/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * How long a pattern takes on texts made to hurt it. A sample of what the pattern matches is written from the pattern itself, with the
 * places that it may repeat without bound; each such place, repeated until the text is full and then spoilt at its end, is a stress text
 * that a pattern with two ways through one repetition needs exponential or quadratic time for. Some fixed texts come with them.
 * The sampler only has to come close: what it does not understand (references, conditions) leaves the fixed texts.
 */
#include "rule/rule_p.h"

#include "base/limits.h"

#include <time.h>

#define SAMPLE_BYTES 512
#define PUMPS 24
#define VARIANTS 4          /* first alternatives everywhere, second ones, ... */
#define REPEATS_COPIED 64   /* of {n} in a sample */
#define DEEPEST 40
#define UNBOUNDED (-1)

struct pump {
	size_t from, to;
};

struct sampler {
	const char *at;
	char text[SAMPLE_BYTES];
	size_t n;
	struct pump pumps[PUMPS];
	size_t pump_count;
	size_t variant;
	bool bare;      /* without what may be left out: repetitions whose separator is optional */
	int depth;
	bool lost;
};

/* ------------------------------------------------------------------ a sample */

static void put(struct sampler *s, char c)
{
	if (s->n < SAMPLE_BYTES)
		s->text[s->n++] = c;
}

static char sample_escape(char c)
{
	static const char classes[] = "dwsDWShHvVRN";
	static const char samples[] = "1a a-1 1\n1\n1";
	const char *p = c ? strchr(classes, c) : NULL;

	if (p)
		return samples[p - classes];
	return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

/* Some byte that the class takes, or for a negated class some byte that is not named in it. */
static char sample_class(struct sampler *s)
{
	static const char candidates[] = "a1-. /:=x";
	const char *first = s->at + 1, *p = first + (*first == '^');
	char one = '\0';

	p += *p == ']';
	for (; *p && *p != ']'; p++) {
		if (*p == '[' && p[1] == ':') {
			const char *end = strstr(p, ":]");

			one = one ? one : 'a';
			p = end ? end + 1 : p;
		} else if (*p == '\\' && p[1]) {
			p++;
			one = one ? one : sample_escape(*p);
		} else {
			one = one ? one : *p;
		}
	}
	s->at = *p ? p + 1 : p;
	s->lost = s->lost || !*p;
	if (*first != '^')
		return one;
	for (size_t i = 0; candidates[i]; i++)
		if (!memchr(first, candidates[i], (size_t)(p - first)))
			return candidates[i];
	return '~';
}

static int read_number(struct sampler *s)
{
	int n = 0;

	while (*s->at >= '0' && *s->at <= '9')
		n = n < 100000 ? n * 10 + (*s->at++ - '0') : (s->at++, n);
	return n;
}

static void read_quantifier(struct sampler *s, int *least, int *most)
{
	*least = *most = 1;
	if (*s->at == '?' || *s->at == '*' || *s->at == '+') {
		*least = *s->at == '+';
		*most = *s->at == '?' ? 1 : UNBOUNDED;
		s->at++;
	} else if (*s->at == '{' && s->at[1] >= '0' && s->at[1] <= '9') {
		s->at++;
		*least = *most = read_number(s);
		if (*s->at == ',')
			*most = *++s->at == '}' ? UNBOUNDED : read_number(s);
		s->at += *s->at == '}';
	} else {
		return;
	}
	s->at += *s->at == '?' || *s->at == '+';
}

/* What was just written from `from` on is repeated as its quantifier asks; what may be repeated without bound is a pump. */
static void repeat(struct sampler *s, size_t from)
{
	size_t length = s->n - from;
	int least, most;

	read_quantifier(s, &least, &most);
	if (s->bare && !least) {
		s->n = from;
		while (s->pump_count && s->pumps[s->pump_count - 1].to > from)      /* what may be repeated inside goes with it */
			s->pump_count--;
		return;
	}
	if (length && (most == UNBOUNDED || most > REPEATS_COPIED) && s->pump_count < PUMPS)
		s->pumps[s->pump_count++] = (struct pump){from, s->n};
	for (int i = 1; i < least && i < REPEATS_COPIED; i++)
		for (size_t k = 0; k < length; k++)
			put(s, s->text[from + k]);
}

static void sample_alternatives(struct sampler *s);

static void sample_group(struct sampler *s)
{
	size_t from = s->n, pumps = s->pump_count;
	bool looks = false;

	s->at++;
	if (*s->at == '*' || ++s->depth > DEEPEST) {
		s->lost = true;
		return;
	}
	if (*s->at == '?') {
		s->at++;
		looks = *s->at == '=' || *s->at == '!' || (*s->at == '<' && (s->at[1] == '=' || s->at[1] == '!'));
		s->lost = s->lost || (!looks && !strchr(":>|imsxJU-<P'", *s->at));
		s->at += *s->at == '<';
		while (*s->at && !looks && !strchr(":>)'", *s->at))
			s->at++;
		s->at += *s->at && *s->at != ')';
	}
	sample_alternatives(s);
	s->lost = s->lost || *s->at != ')';
	s->at += *s->at == ')';
	if (looks) {
		s->n = from;
		s->pump_count = pumps;
	}
	s->depth--;
	repeat(s, from);
}

static void sample_piece(struct sampler *s)
{
	size_t from = s->n;

	switch (*s->at) {
	case '(':
		sample_group(s);
		return;
	case '[':
		put(s, sample_class(s));
		break;
	case '^': case '$':
		s->at++;
		return;
	case '.':
		s->at++;
		put(s, 'a');
		break;
	case '\\':
		if (s->at[1] && strchr("bBAzZGK", s->at[1])) {
			s->at += 2;
			return;
		}
		s->lost = s->lost || !s->at[1] || (s->at[1] >= '1' && s->at[1] <= '9') || strchr("kgpPxQ", s->at[1]);
		put(s, sample_escape(s->at[1]));
		s->at += s->at[1] ? 2 : 1;
		break;
	default:
		do
			put(s, *s->at++);
		while (((unsigned char)*s->at & 0xc0) == 0x80);
	}
	repeat(s, from);
}

/* The alternative of this variant's number, or the last one. */
static void sample_alternatives(struct sampler *s)
{
	size_t from = s->n, pumps = s->pump_count;

	for (size_t i = 0;; i++) {
		size_t n = s->n, count = s->pump_count;

		if (i <= s->variant) {
			s->n = from;
			s->pump_count = pumps;
		}
		while (*s->at && *s->at != '|' && *s->at != ')' && !s->lost)
			sample_piece(s);
		if (i > s->variant) {
			s->n = n;
			s->pump_count = count;
		}
		if (*s->at != '|' || s->lost)
			return;
		s->at++;
	}
}

/* ------------------------------------------------------------------ stress */

static void try_text(struct stress *worst, const struct regex *r, const char *text, struct span unit)
{
	struct timespec from, to;
	enum regex_result result;
	double seconds;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	result = regex_find(r, (struct span){text, STRESS_BYTES}, 0, NULL, 0);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	if (result != REGEX_LIMIT && (worst->limit || seconds <= worst->seconds))
		return;
	worst->limit = worst->limit || result == REGEX_LIMIT;
	worst->seconds = seconds;
	worst->unit_length = unit.n < sizeof worst->unit ? unit.n : sizeof worst->unit;
	memcpy(worst->unit, unit.p, worst->unit_length);
}

/*
 * head, then unit until the text is full, a byte that spoils it, and tail: a letter that a pattern needs behind its repetition stands
 * there, so that the search is not given up before it begins.
 */
static void try_unit(struct stress *worst, const struct regex *r, struct span head, struct span unit, struct span tail)
{
	char text[STRESS_BYTES];
	size_t n = head.n, end = STRESS_BYTES - 1 - tail.n;

	if (unit.n == 0 || head.n + tail.n > STRESS_BYTES / 2)
		return;
	memcpy(text, head.p, n);
	for (size_t k = 0; n < end; k++)
		text[n++] = unit.p[k % unit.n];
	text[n++] = '\x01';
	memcpy(text + n, tail.p, tail.n);
	try_text(worst, r, text, unit);
}

static void try_pumps(struct stress *worst, const struct regex *r, const struct sampler *s)
{
	const struct span nothing = SPAN("");

	try_unit(worst, r, nothing, (struct span){s->text, s->n}, nothing);
	for (size_t i = 0; i < s->pump_count; i++) {
		size_t from = s->pumps[i].from, to = s->pumps[i].to;
		struct span unit = {s->text + from, to - from}, tail = {s->text + to, s->n - to};

		try_unit(worst, r, (struct span){s->text, from}, unit, tail);
		try_unit(worst, r, nothing, unit, tail);
	}
}

void pattern_stress(const char *source, const struct regex *r, struct stress *ret)
{
	static const char *const units[] = {"a", "1", " ", "a=", "aA1-_.", "://a@", "\"a\": ", "=\"a\" ", "....", "----"};

	*ret = (struct stress){.seconds = -1};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		try_unit(ret, r, SPAN(""), span_of(units[i]), SPAN(""));
	for (size_t v = 0; v < 2 * VARIANTS; v++) {
		struct sampler s = {.at = source, .variant = v % VARIANTS, .bare = v >= VARIANTS};

		sample_alternatives(&s);
		try_pumps(ret, r, &s);
	}
}
