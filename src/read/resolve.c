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

/* The list of diagnostics grew in the builder by doubling; one more is a copy, which is rare enough. */
static void add_diag(struct resolver *r, enum diag_level level, const struct fact *at, const char *code, const char *text)
{
	struct doc *d = (struct doc *)at->doc;
	struct diag *diags;

	if (d->diag_count && d->diags[d->diag_count - 1].code == code && d->diags[d->diag_count - 1].at.offset == at->at.offset)
		return;      /* said for this place */
	if (d->diag_total++ >= LIMIT_DIAGS_PER_FILE)
		return;
	diags = ARENA_ARRAY(r->arena, struct diag, d->diag_count + 1);
	if (d->diag_count)
		memcpy(diags, d->diags, d->diag_count * sizeof *diags);
	diags[d->diag_count++] = (struct diag){.level = level, .doc = d, .at = at->at, .has_place = true, .code = code, .text = text};
	d->diags = diags;
}

void resolve_diag(struct resolver *r, const struct fact *at, const char *code, const char *text)
{
	add_diag(r, DIAG_WARNING, at, code, text);
}

void resolve_note(struct resolver *r, const struct fact *at, const char *code, const char *text)
{
	add_diag(r, DIAG_NOTE, at, code, text);
}

void resolve_set(struct fact *f, struct span value, enum fact_state state, const struct origin *set_at)
{
	f->kind = FACT_LITERAL;
	f->value = value;
	f->state = (unsigned char)state;
	f->set_at = set_at;
	f->decoder = &decode_resolved;
	f->candidates = NULL;
	f->candidate_count = 0;
}

bool resolve_may_copy(struct resolver *r)
{
	return ++r->copied <= LIMIT_ALIAS_FACTS && ++r->copied_in_run <= LIMIT_FACTS_PER_FILE;
}

bool resolve_is(const struct doc *d, const char *format)
{
	return d->format && !strcmp(d->format->name, format);
}

struct span resolve_folder(const char *name)
{
	size_t n = strlen(name);

	while (n && name[n - 1] != '/' && name[n - 1] != '!')
		n--;
	return (struct span){name, n && name[n - 1] == '/' ? n - 1 : n};
}

void resolve(struct input_set *set)
{
	struct resolver r = {.set = set, .arena = set->arena, .scratch = arena_new()};

	r.modules = r.module_of = r.tried = r.indexes = MAP_INIT(r.scratch);
	resolve_hcl(&r);
	resolve_arm(&r);
	resolve_defaults(&r);
	resolve_unseen(&r);
	arena_free(r.scratch);
}
