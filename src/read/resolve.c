/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a value becomes when other facts and files are looked at: HCL variables, locals and module inputs (resolve_hcl.c), of ARM and Bicep (resolve_arm.c), and
 * ${X:default} in every other format (resolve_default.c). Runs once, after reading and before anybody judges, in the
 * order of documents and bytes, so that the result does not depend on threads. A default that may be replaced at run time
 * becomes the value, marked overridable; what cannot be known stays unknown and keeps its expression.
 */
#include "read/resolve.h"

#include "read/read_p.h"

static const struct decoder decode_resolved = {.kind = DECODE_RESOLVED};

struct fact *resolve_own(const struct fact *f)
{
	return (struct fact *)f;
}

void resolve_diag(struct resolver *r, const struct fact *at, const char *code, const char *text)
{
	doc_diag(r->arena, (struct doc *)at->doc, DIAG_WARNING, at, code, text);
}

void resolve_note(struct resolver *r, const struct fact *at, const char *code, const char *text)
{
	doc_diag(r->arena, (struct doc *)at->doc, DIAG_NOTE, at, code, text);
}

void resolve_set(struct resolver *r, struct fact *f, struct span value, enum fact_state state, const struct origin *set_at)
{
	f->kind = FACT_LITERAL;
	f->value = value;
	f->state = state;
	fact_put_set_at(r->arena, f, set_at);
	f->decoder = &decode_resolved;
	fact_put_candidates(r->arena, f, NULL, 0);
}

bool resolve_may_copy(struct resolver *r)
{
	return ++r->copied <= LIMIT_ALIAS_FACTS && ++r->copied_in_run <= LIMIT_FACTS_PER_FILE;
}

bool resolve_is(const struct doc *d, const char *format)
{
	return d->format && !strcmp(d->format->name, format);
}

void resolve(struct input_set *set)
{
	struct resolver r = {.set = set, .arena = set->arena, .scratch = arena_new()};

	r.modules = r.module_of = r.tried = r.indexes = MAP_INIT(r.scratch);
	resolve_hcl(&r);
	resolve_defaults(&r);      /* before templates of Azure: what a file of parameters gives may have a default */
	resolve_arm(&r);
	resolve_unseen(&r);
	watch_doc(set, WATCH_ALONE, NULL);
	arena_free(r.scratch);
}
