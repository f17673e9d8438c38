/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From a pattern to texts of which one must stand in whatever it matches, so that most values never meet PCRE2.
 * Deliberately conservative: what is not understood (extended syntax, conditions, recursion, verbs) gives nothing, and the
 * pattern is then always tried. Letters are folded to lower case whatever the pattern says of case, so the texts may
 * stand in more values than the pattern matches, never in fewer.
 */
#include "rule/rule_p.h"

#define MOST_LITERALS 64      /* of one pattern; more would seldom rule anything out */
#define SHORTEST 2            /* what one letter is worth less than: it is in every value */
#define SHORTEST_DIGITS 3
#define LONGEST 32
#define DEEPEST 40            /* groups in groups */
#define MANY 1000000          /* a quantifier without upper bound */

struct parser {
	struct arena *arena;
	const char *at;
	int depth;
	bool lost;      /* something that is not understood */
};

/* What is being put together of one sequence: the best set so far, and the literal bytes that follow each other now. */
struct sequence {
	struct literal_set best;
	char run[LONGEST];
	size_t run_length;
};

static struct literal_set parse_alternatives(struct parser *p);

/* ------------------------------------------------------------------ sets */

static bool is_empty(const struct literal_set *s)
{
	return !s->count && !s->digits;
}

/* Its length; a sign that few values hold is as good as two letters. */
static size_t text_worth(struct span text)
{
	return text.n == 1 && *text.p == '@' ? SHORTEST : text.n;
}

/* That of the worst text: what rules out most. A run of digits is rarer than letters, but not by much. */
static size_t worth(const struct literal_set *s)
{
	size_t least = s->digits ? (s->digits + 1) / 2 : LONGEST;

	if (is_empty(s))
		return 0;
	for (size_t i = 0; i < s->count; i++)
		least = text_worth(s->items[i]) < least ? text_worth(s->items[i]) : least;
	return least;
}

void literals_take_better(struct literal_set *best, const struct literal_set *s)
{
	size_t old = worth(best), new = worth(s);

	if (new >= SHORTEST && (new > old || (new == old && s->count < best->count)))
		*best = *s;
}

static void end_run(struct parser *p, struct sequence *q)
{
	size_t gain = text_worth((struct span){q->run, q->run_length});

	if (gain >= SHORTEST && gain >= worth(&q->best)) {
		struct span *one = ARENA_NEW(p->arena, struct span);
		struct literal_set s = {.items = one, .count = 1};

		*one = (struct span){arena_dup(p->arena, q->run, q->run_length), q->run_length};
		literals_take_better(&q->best, &s);
	}
	q->run_length = 0;
}

void literals_unite(struct arena *a, struct literal_set *into, const struct literal_set *other)
{
	struct span *items;

	if (is_empty(into) || is_empty(other) || into->count + other->count > MOST_LITERALS) {
		*into = (struct literal_set){0};
		return;
	}
	items = ARENA_ARRAY(a, struct span, into->count + other->count + 1);
	for (size_t i = 0; i < into->count; i++)
		items[i] = into->items[i];
	for (size_t i = 0; i < other->count; i++)
		items[into->count + i] = other->items[i];
	into->items = items;
	into->count += other->count;
	if (!into->digits || (other->digits && other->digits < into->digits))
		into->digits = other->digits;
}

/* ------------------------------------------------------------------ pieces of a pattern */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static long parse_number(struct parser *p)
{
	long n = 0;

	while (is_digit(*p->at) && n < MANY)
		n = n * 10 + (*p->at++ - '0');
	return n;
}

/* How often at least and at most what stands before is repeated. A brace that is no quantifier is a literal brace: lost. */
static void parse_quantifier(struct parser *p, long *least, long *most)
{
	*least = *most = 1;
	if (*p->at == '?') {
		*least = 0;
		p->at++;
	} else if (*p->at == '*' || *p->at == '+') {
		*least = *p->at++ == '+';
		*most = MANY;
	} else if (*p->at == '{' && is_digit(p->at[1])) {
		p->at++;
		*least = *most = parse_number(p);
		if (*p->at == ',')
			*most = is_digit(*++p->at) ? parse_number(p) : MANY;
		p->lost = p->lost || *p->at != '}';
		p->at += *p->at == '}';
	} else {
		p->lost = p->lost || (*p->at == '{' && (p->at[1] == ',' || p->at[1] == ' '));      /* {,3} is one in newer versions */
		return;
	}
	if (*p->at == '?' || *p->at == '+')      /* lazy, possessive */
		p->at++;
}

static void skip_class(struct parser *p)
{
	p->at++;
	p->at += *p->at == '^';
	p->at += *p->at == ']';      /* first, it is itself */
	while (*p->at && *p->at != ']') {
		if (*p->at == '[' && p->at[1] == ':') {
			const char *end = strstr(p->at, ":]");

			p->at = end ? end + 2 : p->at + 1;
		} else if (*p->at == '\\' && p->at[1]) {
			p->lost = p->lost || p->at[1] == 'Q' || p->at[1] == 'E';
			p->at += 2;
		} else {
			p->at++;
		}
	}
	p->lost = p->lost || !*p->at;
	p->at += *p->at == ']';
}

/* A literal byte, or '\0' for what stands for several: a reference back to a group stands for any text, since what is around it must match anyway. */
static char parse_escape(struct parser *p, bool *digit)
{
	char c = p->at[1];

	p->at += c ? 2 : 1;
	*digit = c == 'd';
	if (c >= '1' && c <= '9' && !is_digit(*p->at))      /* \12 may be a byte in octal */
		return '\0';
	if (c && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !is_digit(c) && (unsigned char)c < 0x80)
		return c;
	if (!c || !strchr("dDwWsSbBAzZGnrtRhHvVN", c))      /* \x, \p, \Q, \12, \k, \g, \K ... */
		p->lost = true;
	return '\0';
}

/* A literal byte or a stand-in with its quantifier. */
static void put_atom(struct parser *p, struct sequence *q, char c, bool digit)
{
	long least, most;

	parse_quantifier(p, &least, &most);
	if (c >= 'A' && c <= 'Z')
		c = (char)(c + ('a' - 'A'));
	if (!c || !least)
		end_run(p, q);
	if (digit && least >= SHORTEST_DIGITS) {
		struct literal_set s = {.digits = (uint32_t)least};

		literals_take_better(&q->best, &s);
	}
	if (!c || !least)
		return;
	if (q->run_length == LONGEST)
		end_run(p, q);
	q->run[q->run_length++] = c;
	if (most != 1)
		end_run(p, q);
}

/* Behind "(?": what looks around or does not, or sets options. Returns false when the group says nothing of what stands there. */
static bool parse_group_kind(struct parser *p, bool *no_group)
{
	*no_group = false;
	if (*p->at == ':' || *p->at == '>' || *p->at == '|') {      /* '|' only numbers the groups inside anew */
		p->at++;
		return true;
	}
	if (*p->at == '=' || *p->at == '!') {
		p->at++;
		return false;
	}
	if (*p->at == '<' && (p->at[1] == '=' || p->at[1] == '!')) {
		p->at += 2;
		return false;
	}
	while (*p->at == 'i' || *p->at == 'm' || *p->at == 's' || *p->at == '-')
		p->at++;
	*no_group = *p->at == ')';
	p->lost = p->lost || (*p->at != ':' && *p->at != ')');      /* names, numbers, comments, (?x) */
	p->at += *p->at == ':' || *p->at == ')';
	return true;
}

static void parse_group(struct parser *p, struct sequence *q)
{
	struct literal_set inside;
	bool counts = true, no_group = false;
	long least, most;

	end_run(p, q);
	p->at++;
	if (*p->at == '*' || ++p->depth > DEEPEST) {
		p->lost = true;
		return;
	}
	if (*p->at == '?') {
		p->at++;
		counts = parse_group_kind(p, &no_group);
	}
	if (!no_group) {
		inside = parse_alternatives(p);
		p->lost = p->lost || *p->at != ')';
		p->at += *p->at == ')';
		parse_quantifier(p, &least, &most);
		if (counts && least)
			literals_take_better(&q->best, &inside);
	}
	p->depth--;
}

static void parse_piece(struct parser *p, struct sequence *q)
{
	bool digit = false;
	char c;

	switch (*p->at) {
	case '(':
		parse_group(p, q);
		return;
	case '[':
		digit = !strncmp(p->at, "[0-9]", 5);
		skip_class(p);
		put_atom(p, q, '\0', digit);
		return;
	case '\\':
		c = parse_escape(p, &digit);
		put_atom(p, q, c, digit);
		return;
	case '.': case '^': case '$':
		p->at++;
		put_atom(p, q, '\0', false);
		return;
	case '*': case '+': case '?':
		p->lost = true;
		return;
	default:
		c = *p->at++;
		if ((unsigned char)c >= 0x80) {      /* a letter of several bytes, whose other case is written otherwise */
			while (((unsigned char)*p->at & 0xc0) == 0x80)
				p->at++;
			c = '\0';
		}
		put_atom(p, q, c, false);
	}
}

static struct literal_set parse_sequence(struct parser *p)
{
	struct sequence q = {0};

	while (*p->at && *p->at != '|' && *p->at != ')' && !p->lost)
		parse_piece(p, &q);
	end_run(p, &q);
	return q.best;
}

static struct literal_set parse_alternatives(struct parser *p)
{
	struct literal_set all = parse_sequence(p);

	while (*p->at == '|' && !p->lost) {
		struct literal_set other;

		p->at++;
		other = parse_sequence(p);
		literals_unite(p->arena, &all, &other);
	}
	return all;
}

bool pattern_literals(struct arena *a, const char *pattern, struct literal_set *ret)
{
	struct parser p = {.arena = a, .at = pattern};

	*ret = parse_alternatives(&p);
	if (p.lost || *p.at || is_empty(ret))
		*ret = (struct literal_set){0};
	return !is_empty(ret);
}

/* ------------------------------------------------------------------ conditions */

/* What is compared as a number or as yes and no has many spellings. */
static bool has_one_spelling(const struct literal *l)
{
	return l->param < 0 && strlen(l->text) > 1 && !(*l->text >= '0' && *l->text <= '9') && !strchr(" +-.", *l->text) &&
	       strcmp(l->text, "true") && strcmp(l->text, "false");
}

static void read_equality(struct arena *a, const struct literal_list *l, struct literal_set *ret)
{
	for (size_t i = 0; i < l->count; i++) {
		size_t n = has_one_spelling(&l->items[i]) ? strlen(l->items[i].text) : 0;
		struct span *text = ARENA_NEW(a, struct span);
		struct literal_set one = {.items = text, .count = n ? 1 : 0};

		*text = (struct span){l->items[i].text, n < LONGEST ? n : LONGEST};
		if (i)
			literals_unite(a, ret, &one);
		else
			*ret = one;
	}
}

bool test_literals(struct arena *a, const struct test *t, struct literal_set *ret)
{
	*ret = (struct literal_set){0};
	if (!t->off && t->kind == TEST_MATCHES)
		pattern_literals(a, t->pattern->source, ret);
	else if (!t->off && (t->kind == TEST_IS || t->kind == TEST_IN))
		read_equality(a, &t->values, ret);
	return !is_empty(ret);
}

/* Tests that reach no bound and have nothing to say but yes and no. */
static bool is_plain_test(const struct test *t)
{
	return !t->off && (t->kind == TEST_MATCHES || t->kind == TEST_KIND || t->kind == TEST_LENGTH || t->kind == TEST_ENTROPY || t->kind == TEST_CHECKSUM);
}

/* Of a piece that is captured, the capture says what must stand in the value: tests see what was made of the piece. */
static bool leaf_literals(struct arena *a, const struct cond *c, struct literal_set *ret)
{
	const struct test *matches = NULL;

	if (c->selector != SELECT_THIS || c->split || (c->as && !c->capture) || c->by_default.given || c->inherit)
		return false;
	for (size_t i = 0; i < c->test_count; i++) {
		if (!is_plain_test(&c->tests[i]))
			return false;
		if (c->tests[i].kind == TEST_MATCHES)
			matches = &c->tests[i];
	}
	for (size_t i = 0; i < c->but_not_count; i++)
		if (!is_plain_test(&c->but_not[i]))
			return false;
	if (c->capture)
		return pattern_literals(a, c->capture->source, ret);
	return matches && pattern_literals(a, matches->pattern->source, ret);
}

static bool cond_literals(struct arena *a, const struct cond *c, struct literal_set *ret)
{
	if (c->off)
		return false;
	if (c->kind == COND_LEAF)
		return leaf_literals(a, c, ret);
	if (c->kind != COND_ANY || !c->count)
		return false;
	for (size_t i = 0; i < c->count; i++) {
		struct literal_set one;

		if (!cond_literals(a, c->items[i], &one))
			return false;
		if (i)
			literals_unite(a, ret, &one);
		else
			*ret = one;
	}
	return !is_empty(ret);
}

static bool asks_declared(const struct cond *c)
{
	for (size_t i = 0; c->kind != COND_LEAF && i < c->count; i++)
		if (asks_declared(c->items[i]))
			return true;
	if (c->kind == COND_LEAF && c->selector == SELECT_RELATED)
		return true;
	for (size_t i = 0; c->kind == COND_LEAF && i < c->test_count; i++)
		if (c->tests[i].kind == TEST_AGREES || c->tests[i].kind == TEST_HAS)
			return true;
	return false;
}

bool rule_literals(struct arena *a, const struct rule *r, struct literal_set *ret)
{
	*ret = (struct literal_set){0};
	if (!r->reject || r->expect || (r->when && asks_declared(r->when)) || !cond_literals(a, r->reject, ret))
		return false;
	if (r->support) {      /* it speaks when either holds */
		struct literal_set support;

		if (!cond_literals(a, r->support, &support))
			return false;
		literals_unite(a, ret, &support);
	}
	return !is_empty(ret);
}
