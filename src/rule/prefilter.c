/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which rules can have something to say of a text: one automaton (Aho and Corasick) over the literals of all their
 * patterns, run once over it; a rule without literals always runs. Built once, then only read.
 * Case: only ASCII letters are folded. PCRE2 also takes U+212A for k and U+017F for s; a value that holds one of the two
 * meets every rule.
 */
#include "rule/rule_p.h"

struct state {
	uint32_t fail;
	uint32_t output;      /* 1 + number of the first ending in this state's list */
};

/* A literal that ends in a state, and the rule that asked for it. */
struct ending {
	uint32_t rule;
	uint32_t next;        /* 1 + number of the next ending */
};

#define EVERY_RULE UINT32_MAX

struct prefilter {
	struct arena *arena;
	size_t words;
	uint64_t *always;             /* rules without literals */
	uint32_t *digits;             /* of each rule: the run of digits it asks for, 0 none */
	uint32_t least_digits;        /* 0: no rule asks */
	size_t rules;
	unsigned char class_of[256];
	size_t class_count;
	uint32_t *next;               /* state * class_count + class to the same product of the next state; OUTPUT set when something ends there */
	struct state *states;
	size_t state_count;
	struct ending *endings;
	size_t ending_count;
};

#define OUTPUT ((uint32_t)1 << 31)

static unsigned char fold(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

/* ------------------------------------------------------------------ building */

static void add_bytes(struct prefilter *p, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = fold((unsigned char)text.p[i]);

		if (!p->class_of[c])
			p->class_of[c] = (unsigned char)++p->class_count;
	}
}

static uint32_t add_state(struct prefilter *p, size_t *room)
{
	if (p->state_count == *room) {
		uint32_t *next = ARENA_ARRAY(p->arena, uint32_t, *room * 2 * p->class_count);
		struct state *states = ARENA_ARRAY(p->arena, struct state, *room * 2);

		memcpy(next, p->next, *room * p->class_count * sizeof *next);
		memcpy(states, p->states, *room * sizeof *states);
		p->next = next;
		p->states = states;
		*room *= 2;
	}
	return (uint32_t)p->state_count++;
}

static void add_literal(struct prefilter *p, size_t *room, struct span text, uint32_t rule)
{
	uint32_t at = 0;

	for (size_t i = 0; i < text.n; i++) {
		size_t slot = at * p->class_count + p->class_of[fold((unsigned char)text.p[i])];

		if (!p->next[slot]) {
			uint32_t made = add_state(p, room);

			p->next[at * p->class_count + p->class_of[fold((unsigned char)text.p[i])]] = made;
			at = made;
		} else {
			at = p->next[slot];
		}
	}
	*ARENA_PUSH(p->arena, p->endings, p->ending_count) = (struct ending){rule, p->states[at].output};
	p->states[at].output = (uint32_t)p->ending_count;
}

/* The endings of the longest text that also ends here stand behind a state's own. */
static void join_outputs(struct prefilter *p, uint32_t at)
{
	uint32_t *last = &p->states[at].output;

	while (*last)
		last = &p->endings[*last - 1].next;
	*last = p->states[p->states[at].fail].output;
}

static void link_states(struct prefilter *p)
{
	uint32_t *queue = ARENA_ARRAY(p->arena, uint32_t, p->state_count + 1);
	size_t first = 0, count = 1;

	for (; first < count; first++) {
		uint32_t at = queue[first];

		for (size_t c = 0; c < p->class_count; c++) {
			uint32_t *to = &p->next[at * p->class_count + c], other = at ? p->next[p->states[at].fail * p->class_count + c] : 0;

			if (!*to) {
				*to = other;
				continue;
			}
			p->states[*to].fail = other;
			join_outputs(p, *to);
			queue[count++] = *to;
		}
	}
	for (size_t i = 0; i < p->state_count * p->class_count; i++)
		p->next[i] = p->next[i] * (uint32_t)p->class_count | (p->states[p->next[i]].output ? OUTPUT : 0);
}

static const struct span odd_letters[] = {{"\xe2\x84\xaa", 3}, {"\xc5\xbf", 2}};

#define ODD_LETTERS (sizeof odd_letters / sizeof *odd_letters)

static void take_digits(struct prefilter *p, size_t rule, uint32_t digits)
{
	p->digits[rule] = digits;
	if (digits && (!p->least_digits || digits < p->least_digits))
		p->least_digits = digits;
}

/* What the states are made of: which bytes are told from each other, which rules have no text. */
static void list_bytes(struct prefilter *p, const struct literal_set *sets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!sets[i].count && !sets[i].digits)
			p->always[i / 64] |= (uint64_t)1 << (i % 64);
		for (size_t k = 0; k < sets[i].count; k++)
			add_bytes(p, sets[i].items[k]);
		take_digits(p, i, sets[i].digits);
	}
	for (size_t i = 0; i < ODD_LETTERS; i++)
		add_bytes(p, odd_letters[i]);
	p->class_count++;      /* class 0: every other byte */
}

struct prefilter *prefilter_of_sets(struct arena *a, const struct literal_set *sets, size_t count)
{
	struct prefilter *p = ARENA_NEW(a, struct prefilter);
	size_t room = 64;

	*p = (struct prefilter){.arena = a, .words = count / 64 + 1, .rules = count};
	p->always = ARENA_ARRAY(a, uint64_t, p->words);
	p->digits = ARENA_ARRAY(a, uint32_t, count + 1);
	list_bytes(p, sets, count);
	p->next = ARENA_ARRAY(a, uint32_t, room * p->class_count);
	p->states = ARENA_ARRAY(a, struct state, room);
	p->state_count = 1;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < sets[i].count; k++)
			add_literal(p, &room, sets[i].items[k], (uint32_t)i);
	for (size_t i = 0; i < ODD_LETTERS; i++)
		add_literal(p, &room, odd_letters[i], EVERY_RULE);
	for (int c = 'A'; c <= 'Z'; c++)
		p->class_of[c] = p->class_of[fold((unsigned char)c)];
	link_states(p);
	return p;
}

struct prefilter *prefilter_build(struct arena *a, const struct rule_group *g)
{
	struct literal_set *sets = ARENA_ARRAY(a, struct literal_set, g->count + 1);

	for (size_t i = 0; i < g->count; i++)
		rule_literals(a, g->items[i], &sets[i]);
	return prefilter_of_sets(a, sets, g->count);
}

size_t prefilter_words(const struct prefilter *p)
{
	return p->words;
}

/* ------------------------------------------------------------------ looking */

static void mark(const struct prefilter *p, uint32_t state, uint64_t *ret)
{
	for (uint32_t i = p->states[state].output; i; i = p->endings[i - 1].next) {
		uint32_t rule = p->endings[i - 1].rule;

		if (rule == EVERY_RULE)
			memset(ret, 0xff, p->words * sizeof *ret);
		else
			ret[rule / 64] |= (uint64_t)1 << (rule % 64);
	}
}

static size_t longest_digits(struct span text)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < text.n; i++) {
		run = text.p[i] >= '0' && text.p[i] <= '9' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void mark_digits(const struct prefilter *p, struct span text, uint64_t *ret)
{
	size_t run = text.n >= p->least_digits ? longest_digits(text) : 0;

	for (size_t i = 0; run >= p->least_digits && i < p->rules; i++)
		if (p->digits[i] && run >= p->digits[i])
			ret[i / 64] |= (uint64_t)1 << (i % 64);
}

void prefilter_start(const struct prefilter *p, uint64_t *ret)
{
	memcpy(ret, p->always, p->words * sizeof *ret);
}

void prefilter_add(const struct prefilter *p, struct span text, uint64_t *ret)
{
	const unsigned char *byte = (const unsigned char *)text.p;
	uint32_t at = 0;

	for (size_t i = 0; i < text.n; i++) {
		at = p->next[at + p->class_of[byte[i]]];
		if (at & OUTPUT) {
			at &= ~OUTPUT;
			mark(p, at / (uint32_t)p->class_count, ret);
		}
	}
	if (p->least_digits)
		mark_digits(p, text, ret);
}

void prefilter_run(const struct prefilter *p, struct span text, uint64_t *ret)
{
	prefilter_start(p, ret);
	prefilter_add(p, text, ret);
}
