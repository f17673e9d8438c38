/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The text of an HCL template when all its parts are known. A part or an `if` with several outcomes gives as many texts; a part that
 * is not known leaves the whole unknown.
 */
#include "read/hcl_eval.h"

#include "base/str.h"
#include "read/read_p.h"

struct outcomes {
	struct str texts[LIMIT_CANDIDATES];
	size_t count;
	const struct fact *because;      /* state and origin of the parts */
};

static void outcomes_free(struct outcomes *o)
{
	for (size_t i = 0; i < o->count; i++)
		str_free(&o->texts[i]);
}

static bool outcomes_add(struct outcomes *o, struct span text)
{
	bool failed = false;

	for (size_t i = 0; i < o->count; i++) {
		str_span(&o->texts[i], text);
		failed |= str_failed(&o->texts[i]);
	}
	return !failed;
}

/* One part with several outcomes multiplies what there is; a second such part would say too little. */
static bool outcomes_split(struct outcomes *o, const struct fact *f)
{
	struct str first = o->texts[0];

	if (o->count != 1 || !fact_candidate_count(f) || fact_candidate_count(f) > LIMIT_CANDIDATES)
		return false;
	for (size_t i = 1; i < fact_candidate_count(f); i++) {
		o->texts[i] = STR_INIT(LIMIT_RESOLVED_BYTES);
		str_span(&o->texts[i], str_get(&first));
	}
	o->count = fact_candidate_count(f);
	for (size_t i = 0; i < o->count; i++)
		str_span(&o->texts[i], fact_candidates(f)[i]);
	return true;
}

/* A template's text while it is gone through; `for` goes over its body several times. */
struct walk {
	struct eval *e;
	struct outcomes *o;
	struct span text;
	uint32_t base;      /* offset of text in the document, HCL_NONE: it does not stand there as it is */
	uint32_t at;
	bool backslashes;
	bool silent;        /* what is passed makes nothing: the branch not taken */
	bool strip;         /* blanks that come next are taken away: the part before ended in ~ */
};

/* What stands between ${ or %{ and }. */
struct part {
	uint32_t start, from, to, end;      /* start: of the sign; from, to: the words without ~; end: behind } */
	bool directive, strip_before, strip_behind;
};

enum stop { STOP_END, STOP_ELSE, STOP_ENDIF, STOP_ENDFOR, STOP_FAILED };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Text between two parts. */
static bool template_text(struct walk *w, uint32_t from, uint32_t to, bool strip_end)
{
	enum decoder_kind kind = w->backslashes ? DECODE_HCL_STRING : DECODE_HCL_HEREDOC;

	while (w->strip && from < to && is_space(w->text.p[from]))
		from++;
	while (strip_end && to > from && is_space(w->text.p[to - 1]))
		to--;
	if (to > from)
		w->strip = false;
	return w->silent || to == from || outcomes_add(w->o, decode_step(w->e->r->scratch, kind, (struct span){"", 0}, span_cut(w->text, from, to), NULL));
}

/* Offset of the next `${` or `%{` that is no escape, or n. */
static uint32_t next_part(struct span text, uint32_t i)
{
	for (; i + 1 < text.n; i++) {
		if (text.p[i] != '$' && text.p[i] != '%')
			continue;
		if (text.p[i + 1] == '{')
			return i;
		if (text.p[i + 1] == text.p[i] && i + 2 < text.n && text.p[i + 2] == '{')
			i += 2;
	}
	return (uint32_t)text.n;
}

static bool find_part(const struct walk *w, uint32_t start, struct part *p)
{
	*p = (struct part){.start = start, .from = start + 2, .directive = w->text.p[start] == '%'};
	p->end = hcl_part_end(w->text, start + 2, (uint32_t)w->text.n);
	if (p->end == HCL_NONE)
		return false;
	p->to = p->end - 1;
	if (p->from < p->to && w->text.p[p->from] == '~') {
		p->strip_before = true;
		p->from++;
	}
	if (p->from < p->to && w->text.p[p->to - 1] == '~') {
		p->strip_behind = true;
		p->to--;
	}
	return true;
}

static const struct fact *part_value(struct walk *w, uint32_t from, uint32_t to)
{
	return eval_text(w->e->r, w->e->owner, w->e->names, span_cut(w->text, from, to), w->base == HCL_NONE ? HCL_NONE : w->base + from);
}

static bool interpolation(struct walk *w, const struct part *p)
{
	const struct fact *f = w->silent ? NULL : part_value(w, p->from, p->to);

	if (w->silent)
		return true;
	if (!f)
		return false;
	if (f->state == FACT_UNKNOWN)
		return outcomes_split(w->o, f);
	if (f->kind != FACT_LITERAL)
		return false;
	w->o->because = w->o->because ? eval_because(w->e, w->o->because, f) : f;
	return outcomes_add(w->o, f->value);
}

static enum stop walk_parts(struct walk *w);

/* Both branches of a condition that is not known are possible. */
static bool split_branches(struct walk *w, const struct outcomes *yes, const struct outcomes *no)
{
	struct span texts[2] = {str_get(&yes->texts[0]), str_get(&no->texts[0])};
	struct fact either = {.more = &(struct fact_more){.candidates = texts, .candidate_count = 2}};

	return yes->count == 1 && no->count == 1 && outcomes_split(w->o, &either);
}

static enum stop branch(struct walk *w, struct outcomes *into, bool taken)
{
	struct outcomes *outer = w->o;
	bool silent = w->silent;
	enum stop stop;

	if (into)
		w->o = into;
	w->silent |= !taken;
	stop = walk_parts(w);
	w->silent = silent;
	w->o = outer;
	return stop;
}

/* %{if c}...%{else}...%{endif}, behind the first part. */
static bool if_directive(struct walk *w, const struct fact *condition)
{
	bool known = eval_is_literal(condition), yes = known && span_is(condition->value, "true");
	struct outcomes branches[2] = {{.count = 1, .texts = {STR_INIT(LIMIT_RESOLVED_BYTES)}}, {.count = 1, .texts = {STR_INIT(LIMIT_RESOLVED_BYTES)}}};
	bool apart = !known && !w->silent, fine;
	enum stop stop = branch(w, apart ? &branches[0] : NULL, apart || yes);

	if (stop == STOP_ELSE)
		stop = branch(w, apart ? &branches[1] : NULL, apart || (known && !yes));
	fine = stop == STOP_ENDIF && (!apart || split_branches(w, &branches[0], &branches[1]));
	if (known)
		w->o->because = w->o->because ? eval_because(w->e, w->o->because, condition) : condition;
	outcomes_free(&branches[0]);
	outcomes_free(&branches[1]);
	return fine;
}

/* %{for x in c}...%{endfor}: the elements as `[for x in c : x]` would give them, with the name bound to each. */
static bool for_directive(struct walk *w, struct span name, const struct fact *list)
{
	const struct eval_names *outer = w->e->names;
	uint32_t body = w->at;
	bool silent = w->silent, fine = true;

	w->silent = true;      /* once without effect: where it ends, for an empty list too */
	fine = walk_parts(w) == STOP_ENDFOR;
	w->silent = silent;
	if (!fine || silent)
		return fine;
	if (!resolve_known(list) || list->kind != FACT_LIST || list->open)
		return false;
	for (const struct fact *item = list->first; item && fine; item = item->next) {
		struct eval_names bound = {outer, name, item};

		resolve_fact(w->e->r, item);
		bound.value = eval_because(w->e, resolve_use(w->e->r, item, NULL), list);
		w->at = body;
		w->e->names = &bound;
		fine = eval_may_copy(w->e) && walk_parts(w) == STOP_ENDFOR;
	}
	w->e->names = outer;
	return fine;
}

static struct span first_word(struct span *rest)
{
	struct span all = span_trim(*rest);
	size_t n = 0;

	while (n < all.n && ((all.p[n] >= 'a' && all.p[n] <= 'z') || (all.p[n] >= 'A' && all.p[n] <= 'Z') || all.p[n] == '_' || (all.p[n] >= '0' && all.p[n] <= '9')))
		n++;
	*rest = span_cut(all, n, all.n);
	return span_cut(all, 0, n);
}

/* A directive with a body; w->at stands behind its first part. */
static bool directive(struct walk *w, const struct part *p, struct span word, struct span rest)
{
	uint32_t at = (uint32_t)(rest.p - w->text.p);
	struct span name;

	if (span_is(word, "if"))
		return if_directive(w, w->silent ? NULL : part_value(w, at, p->to));
	if (!span_is(word, "for"))
		return false;
	name = first_word(&rest);      /* one name; with key and value it is left unknown */
	word = first_word(&rest);
	if (!name.n || !span_is(word, "in"))
		return false;
	at = (uint32_t)(rest.p - w->text.p);
	return for_directive(w, name, w->silent ? NULL : part_value(w, at, p->to));
}

/* Up to the end, or behind the part that ends or divides the body of the directive around. */
static enum stop walk_part(struct walk *w, const struct part *p)
{
	static const struct {
		const char *word;
		enum stop stop;
	} ends[] = {{"else", STOP_ELSE}, {"endif", STOP_ENDIF}, {"endfor", STOP_ENDFOR}};
	struct span rest = span_cut(w->text, p->from, p->to), word;

	w->at = p->end;
	w->strip = p->strip_behind;
	if (!p->directive)
		return interpolation(w, p) ? STOP_END : STOP_FAILED;
	word = first_word(&rest);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_is(word, ends[i].word))
			return ends[i].stop;
	return directive(w, p, word, rest) ? STOP_END : STOP_FAILED;
}

static enum stop walk_parts(struct walk *w)
{
	enum stop stop = STOP_END;

	if (w->e->r->eval_depth >= LIMIT_DEPTH)
		return STOP_FAILED;
	w->e->r->eval_depth++;
	while (stop == STOP_END && w->at < w->text.n) {
		uint32_t start = next_part(w->text, w->at);
		struct part p = {0};

		if ((start < w->text.n && !find_part(w, start, &p)) || !template_text(w, w->at, start, p.strip_before))
			stop = STOP_FAILED;
		else if (start < w->text.n)
			stop = walk_part(w, &p);
		else
			w->at = start;
	}
	w->e->r->eval_depth--;
	return stop;
}

static const struct fact *from_outcomes(struct eval *e, const struct outcomes *o)
{
	const struct fact *f = eval_literal(e, str_get(&o->texts[0]), SCALAR_STRING, o->because);
	struct fact *unknown;
	struct span *candidates;

	if (o->count == 1 || !f)
		return f;
	candidates = ARENA_ARRAY(e->r->arena, struct span, o->count);
	for (size_t i = 0; i < o->count; i++)
		candidates[i] = arena_span(e->r->arena, str_get(&o->texts[i]));
	unknown = eval_make(e, FACT_TEMPLATE, FACT_UNKNOWN);
	fact_put_candidates(e->r->arena, unknown, candidates, (uint32_t)o->count);
	fact_put_set_at(e->r->arena, unknown, fact_set_at(f));
	return unknown;
}

const struct fact *eval_template(struct eval *e, struct span text, uint32_t base, bool backslashes)
{
	struct outcomes o = {.count = 1};
	struct walk w = {.e = e, .o = &o, .text = text, .base = base, .backslashes = backslashes};
	const struct fact *f = NULL;

	o.texts[0] = STR_INIT(LIMIT_RESOLVED_BYTES);
	if (e->r->eval_depth >= LIMIT_DEPTH || e->r->bytes > LIMIT_RESOLVED_TOTAL)
		return NULL;
	e->r->eval_depth++;
	if (walk_parts(&w) == STOP_END && w.at == text.n)
		f = from_outcomes(e, &o);
	if (str_failed(&o.texts[0]) || e->r->bytes > LIMIT_RESOLVED_TOTAL)
		resolve_diag(e->r, e->owner, "limit-resolve", "the text that variables make here is too long: left unresolved");
	e->r->eval_depth--;
	outcomes_free(&o);
	return f;
}
