/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The text of an HCL template when all its parts are known. A part with several outcomes gives as many texts; a part that is
 * not known leaves the whole unknown.
 */
#include "read/hcl_eval.h"

#include "base/str.h"
#include "read/read_p.h"

struct outcomes {
	struct str texts[EVAL_MAX_CANDIDATES];
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

	if (o->count != 1 || !f->candidate_count || f->candidate_count > EVAL_MAX_CANDIDATES)
		return false;
	for (size_t i = 1; i < f->candidate_count; i++) {
		o->texts[i] = STR_INIT(LIMIT_RESOLVED_BYTES);
		str_span(&o->texts[i], str_get(&first));
	}
	o->count = f->candidate_count;
	for (size_t i = 0; i < o->count; i++)
		str_span(&o->texts[i], f->candidates[i]);
	return true;
}

static bool template_part(struct eval *e, struct outcomes *o, struct span text, uint32_t base)
{
	const struct fact *f;

	if (text.n && text.p[0] == '~')
		return false;      /* strips blanks of its neighbours: rare, left unknown */
	f = eval_text(e->r, e->owner, text, base);
	if (!f)
		return false;
	if (f->state == FACT_UNKNOWN)
		return outcomes_split(o, f);
	if (f->kind != FACT_LITERAL)
		return false;
	o->because = o->because ? eval_because(e, o->because, f) : f;
	return outcomes_add(o, f->value);
}

static bool template_text(struct eval *e, struct outcomes *o, struct span text, bool backslashes)
{
	enum decoder_kind kind = backslashes ? DECODE_HCL_STRING : DECODE_HCL_HEREDOC;

	return !text.n || outcomes_add(o, decode_step(e->r->scratch, kind, (struct span){"", 0}, text, NULL));
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

static bool template_parts(struct eval *e, struct outcomes *o, struct span text, uint32_t base, bool backslashes)
{
	uint32_t at = 0;

	while (at < text.n) {
		uint32_t part = next_part(text, at), end;

		if (!template_text(e, o, span_cut(text, at, part), backslashes))
			return false;
		if (part == text.n)
			break;
		end = text.p[part] == '$' ? hcl_part_end(text, part + 2, (uint32_t)text.n) : HCL_NONE;
		if (end == HCL_NONE || !template_part(e, o, span_cut(text, part + 2, end - 1), base == HCL_NONE ? base : base + part + 2))
			return false;
		at = end;
	}
	return true;
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
	unknown->candidates = candidates;
	unknown->candidate_count = (uint32_t)o->count;
	unknown->set_at = f->set_at;
	return unknown;
}

const struct fact *eval_template(struct eval *e, struct span text, uint32_t base, bool backslashes)
{
	struct outcomes o = {.count = 1};
	const struct fact *f = NULL;

	o.texts[0] = STR_INIT(LIMIT_RESOLVED_BYTES);
	if (e->r->eval_depth >= LIMIT_DEPTH || e->r->bytes > LIMIT_RESOLVED_TOTAL)
		return NULL;
	e->r->eval_depth++;
	if (template_parts(e, &o, text, base, backslashes))
		f = from_outcomes(e, &o);
	if (str_failed(&o.texts[0]) || e->r->bytes > LIMIT_RESOLVED_TOTAL)
		resolve_diag(e->r, e->owner, "limit-resolve", "the text that variables make here is too long: left unresolved");
	e->r->eval_depth--;
	outcomes_free(&o);
	return f;
}
