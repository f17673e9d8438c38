/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The only file that knows PCRE2. A pattern is compiled once and then only read, so threads may share it; what a search
 * writes (match data, JIT stack) belongs to the thread and is made on first use.
 * Bounds: match calls, depth and heap of base/limits.h. A reached bound is REGEX_LIMIT, which callers must not read as "no".
 * Where memory that is both writable and executable is refused, JIT compilation fails and the interpreter runs instead:
 * the same answers, slower.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rule/regex.h"

#include "base/limits.h"

#include <pcre2.h>
#include <pthread.h>
#include <stdlib.h>

#define MAX_GROUPS 32

struct regex {
	pcre2_code *code;
	bool jit;
};

struct thread_state {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

static pthread_key_t state_key;
static pthread_once_t state_once = PTHREAD_ONCE_INIT;

static void state_free(void *p)
{
	struct thread_state *state = p;

	pcre2_match_data_free(state->data);
	pcre2_match_context_free(state->context);
	pcre2_jit_stack_free(state->stack);
	free(state);
}

static void state_key_make(void)
{
	if (pthread_key_create(&state_key, state_free))
		arena_exhausted();
}

static struct thread_state *state_new(void)
{
	struct thread_state *state = calloc(1, sizeof *state);

	if (!state)
		arena_exhausted();
	state->data = pcre2_match_data_create(MAX_GROUPS, NULL);
	state->context = pcre2_match_context_create(NULL);
	state->stack = pcre2_jit_stack_create((size_t)32 * 1024, MIB, NULL);
	if (!state->data || !state->context)
		arena_exhausted();
	pcre2_set_match_limit(state->context, LIMIT_REGEX_MATCH);
	pcre2_set_depth_limit(state->context, LIMIT_REGEX_DEPTH);
	pcre2_set_heap_limit(state->context, LIMIT_REGEX_HEAP_KIB);
	if (state->stack)
		pcre2_jit_stack_assign(state->context, NULL, state->stack);
	if (pthread_setspecific(state_key, state))
		arena_exhausted();
	return state;
}

static struct thread_state *state_of_thread(void)
{
	struct thread_state *state;

	pthread_once(&state_once, state_key_make);
	state = pthread_getspecific(state_key);
	return state ? state : state_new();
}

int regex_compile(const char *pattern, bool nocase, struct regex **ret, struct err *e)
{
	uint32_t flags = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | (nocase ? PCRE2_CASELESS : 0);
	int code;
	PCRE2_SIZE at;
	pcre2_code *compiled;
	struct regex *r;

	compiled = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, flags, &code, &at, NULL);
	if (!compiled) {
		PCRE2_UCHAR why[160];

		pcre2_get_error_message(code, why, sizeof why);
		return err_set(e, EXIT_USAGE, "bad pattern at character %zu: %s", (size_t)at + 1, (const char *)why);
	}
	r = calloc(1, sizeof *r);
	if (!r)
		arena_exhausted();
	r->code = compiled;
	r->jit = !pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
	*ret = r;
	return 0;
}

void regex_free(struct regex *r)
{
	if (!r)
		return;
	pcre2_code_free(r->code);
	free(r);
}

static void copy_groups(const pcre2_match_data *data, int matched, struct span subject, struct span *groups, size_t count)
{
	const PCRE2_SIZE *o = pcre2_get_ovector_pointer((pcre2_match_data *)(uintptr_t)data);

	for (size_t i = 0; i < count; i++) {
		bool set = i < (size_t)matched && o[2 * i] != PCRE2_UNSET && o[2 * i] <= o[2 * i + 1];

		groups[i] = set ? span_cut(subject, o[2 * i], o[2 * i + 1]) : (struct span){NULL, 0};
	}
}

enum regex_result regex_find(const struct regex *r, struct span subject, size_t from, struct span *groups, size_t group_count)
{
	struct thread_state *state = state_of_thread();
	PCRE2_SPTR text = (PCRE2_SPTR)(subject.p ? subject.p : "");
	int matched;

	/* analyser: the state is the thread's, freed with it */
	if (from > subject.n)
		return REGEX_NO;
	matched = pcre2_match(r->code, text, subject.n, from, 0, state->data, state->context);
	if (matched == PCRE2_ERROR_JIT_STACKLIMIT)      /* the interpreter's heap may still do */
		matched = pcre2_match(r->code, text, subject.n, from, PCRE2_NO_JIT, state->data, state->context);
	if (matched == PCRE2_ERROR_NOMATCH)
		return REGEX_NO;
	if (matched < 0)
		return REGEX_LIMIT;
	copy_groups(state->data, matched ? matched : MAX_GROUPS, subject, groups, groups ? group_count : 0);
	return REGEX_YES;
}
