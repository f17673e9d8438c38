/* SPDX-License-Identifier: EUPL-1.2 */
/* Literals of patterns: what is taken, what is refused, and that a match never stands without one of them. */
#include "unit.h"

#include "base/str.h"
#include "rule/rule_p.h"

struct literal_case {
	const char *pattern, *literals;      /* joined by blanks; "#8" a run of eight digits; "" none known */
};

static const struct literal_case cases[] = {
	{"abc", "abc"}, {"ABC", "abc"}, {"(?i)Abc", "abc"}, {"ab?c", ""}, {"ab?cd", "cd"}, {"ab+c", "ab"}, {"ab{2}cd", "ab"}, {"ab{0,2}cde", "cde"},
	{"a.bc", "bc"}, {"abc|de", "abc de"}, {"abc|d", ""}, {"abc|", ""}, {"(abc|de)f", "abc de"}, {"(abc|de)?fg", "fg"}, {"(?:abc|de)*", ""},
	{"(?!abc)de", "de"}, {"(?<!abc)de", "de"}, {"(?=abc)de", "de"}, {"(?<=x)de", "de"}, {"x(?i)yz", "yz"}, {"(?-i:YZ)", "yz"},
	{"[abc]de", "de"}, {"[]x]de", "de"}, {"[^]x]de", "de"}, {"[[:alpha:]]de", "de"}, {"[\\]x]de", "de"}, {"a\\.b", "a.b"}, {"a\\db", ""},
	{"\\d{8}", "#8"}, {"[0-9]{6,}x", "#6"}, {"\\d{3}", "#3"}, {"\\d{2}", ""}, {"x?@", "@"}, {"x?:", ""}, {"\\d{8}|abcd", "abcd#8"}, {"\\d{0,8}", ""}, {"(?x) a b c", ""}, {"(?#abc)de", ""},
	{"(a)\\1bc", "bc"}, {"(abc)\\1d", "abc"}, {"a\\1b", ""}, {"(a)\\12bc", ""}, {"\\Qab\\E", ""}, {"\\x41bcd", ""}, {"(?<name>abc)", ""}, {"(*UCP)abc", ""}, {"a{,3}bcd", ""}, {"x{y", "x{y"}, {"\u00e9t\u00e9", ""},
	{"caf\u00e9s", "caf"}, {"-----BEGIN (?:RSA )?PRIVATE KEY", "-----begin "}, {"://[^@]*@", "://"}, {"^$", ""}, {"", ""}, {"(ab", ""}, {"ab)", ""},
	{"(?:ab(?:cd|efg)h?)+", "ab"}, {"0{8}", ""}, {"\\bcurl\\b", "curl"}, {"ab(?|cde|fgh)", "cde fgh"}, {"(?>abcd)", "abcd"}, {"abcd\\K", ""},
};

/* Texts that the patterns below are tried on; each holds something odd. */
static const char *const texts[] = {
	"", "abc", "ABC", "xabcx", "ab", "abbb", "abbcd", "de", "abcde", "12345678", "1234567", "a.b", "a1b", "x{y", "\u00e9t\u00e9", "CAF\u00c9S", "caf\u00e9s",
	"to\u212aen=1", "toKEN=1", "pa\u017f\u017fword", "password", ("\xff" "abc"), "abc\xff", "BEGIN", "http://a@b", "yz", "xYZ", "199019999999979",
};

static const char *const tried[] = {
	"abc", "(?i)abc", "ab?cd|de", "ab{2}cd", "(?i)token=", "(?i)password", "\\d{8}", "(?i)caf\u00e9s", "\u00e9t\u00e9", "x\\{y", "a\\.b", "(?i)x(?-i:YZ)", "://[^@]*@",
	"(?i)(?:begin|end)", "[a-z]de|abc", "\\d{8}|abcd", "(b)\\1cd",
};

static const char *shown(struct arena *a, const struct literal_set *s)
{
	const char *text = "";

	for (size_t i = 0; i < s->count; i++)
		text = arena_printf(a, "%s%s%.*s", text, i ? " " : "", (int)s->items[i].n, s->items[i].p);
	return s->digits ? arena_printf(a, "%s#%u", text, s->digits) : text;
}

/* A rule on values with one pattern, as the index holds it. */
static struct prefilter *filter_of(struct arena *a, const char *pattern, struct rule_group *g)
{
	struct test *t = ARENA_NEW(a, struct test);
	struct cond *c = ARENA_NEW(a, struct cond);
	struct rule *r = ARENA_NEW(a, struct rule);

	*t = (struct test){.kind = TEST_MATCHES, .pattern = pattern_new(a, pattern)};
	*c = (struct cond){.kind = COND_LEAF, .selector = SELECT_THIS, .tests = t, .test_count = 1};
	*r = (struct rule){.id = "x", .reject = c};
	g->items = ARENA_ARRAY(a, const struct rule *, 1);
	g->items[0] = r;
	g->count = 1;
	return prefilter_build(a, g);
}

static void try_pattern(struct arena *a, const char *pattern)
{
	struct rule_group g;
	struct prefilter *p = filter_of(a, pattern, &g);
	size_t matched = 0;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		uint64_t bits[1];
		struct span group[1];
		bool matches = regex_find(pattern_get(g.items[0]->reject->tests[0].pattern), span_of(texts[i]), 0, group, 1) == REGEX_YES;

		prefilter_run(p, span_of(texts[i]), bits);
		matched += matches;
		if (matches && !(bits[0] & 1))
			CHECK(false, arena_printf(a, "%s matches '%s' and must not be passed over", pattern, texts[i]));
		if (matches && !pattern_may_match(g.items[0]->reject->tests[0].pattern, text_pairs(span_of(texts[i]))))
			CHECK(false, arena_printf(a, "%s matches '%s' and its pairs must be there", pattern, texts[i]));
	}
	CHECK(matched, arena_printf(a, "%s matches some of the texts, and no match is passed over", pattern));
}

void u_prefilter(void)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct literal_set s;

		pattern_literals(a, cases[i].pattern, &s);
		CHECK_TEXT(shown(a, &s), cases[i].literals, arena_printf(a, "literals of %s", cases[i].pattern));
	}
	for (size_t i = 0; i < sizeof tried / sizeof *tried; i++)
		try_pattern(a, tried[i]);
	CHECK(!pattern_may_match(pattern_new(a, "(?i)secret|token"), text_pairs(SPAN("DB_HOST"))), "a text without the pairs of any literal is passed over");
	CHECK(pattern_may_match(pattern_new(a, "(?i)secret|token"), text_pairs(SPAN("DB_TOKEN"))), "a text with the pairs of a literal is not");
	arena_free(a);
}
