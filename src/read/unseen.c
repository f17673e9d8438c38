/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a document names and nobody handed over: modules of registries and missing folders, state that lies in a backend, texts that
 * file() and templatefile() would read, remote bases of Kustomize. Each is a note at its place, since what they hold was not looked at.
 */
#include "read/resolve.h"

/* Once for a place, however often the set is resolved. */
static void tell(struct resolver *r, const struct fact *at, const char *code, const char *text)
{
	const struct doc *d = at->doc;

	for (size_t i = 0; i < d->diag_count; i++)
		if (!strcmp(d->diags[i].code, code) && d->diags[i].at.offset == at->at.offset)
			return;
	resolve_note(r, at, code, text);
}

static const char *source_of(const struct fact *f)
{
	return f->key && !strcmp(f->key, "source") && f->kind == FACT_LITERAL && f->state == FACT_FIXED && f->value.n ? f->value.p : NULL;
}

static bool is_block(const struct fact *f, const char *word)
{
	return f && f->kind == FACT_BLOCK && f->key && f->block_syntax && !strcmp(f->key, word);
}

static void look_at_hcl(struct resolver *r, const struct fact *f)
{
	const char *source = is_block(f->parent, "module") ? source_of(f) : NULL;

	if (source && *source != '.' && *source != '/')
		tell(r, f, "remote-module", "the module lies elsewhere and was not handed over: what it makes is not known");
	else if (source && (span_starts(f->value, "./") || span_starts(f->value, "../")) && !resolve_has_module(r, f->doc, f->value))
		tell(r, f, "missing-module", "the folder of this module was not handed over: what it makes is not known");
	else if (is_block(f, "backend") && is_block(f->parent, "terraform"))
		tell(r, f, "remote-state", "the state lies in a backend and was not handed over: what exists is not known, only what is written here");
	else if (is_block(f, "data") && fact_label_count(f) && !strcmp(fact_labels(f)[0], "terraform_remote_state"))
		tell(r, f, "remote-state", "the state of another configuration was not handed over: its outputs are not known");
	else if (f->state == FACT_UNKNOWN && (span_starts(f->value, "file(") || span_starts(f->value, "templatefile(")))
		tell(r, f, "other-file", "the text of another file is put in here when this is applied: it is not looked at in this place");
}

static bool is_remote(struct span s)
{
	return span_find(s, SPAN("://")) || span_starts(s, "git@") || span_starts(s, "github.com/") || span_find(s, SPAN("?ref="));
}

static void look_at_kustomization(struct resolver *r, const struct fact *f)
{
	static const char *const lists[] = {"resources", "bases", "components"};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (f->parent && f->parent->kind == FACT_LIST && f->parent->key && !strcmp(f->parent->key, lists[i]) && is_remote(f->value))
			tell(r, f, "remote-base", "the base lies elsewhere and was not handed over: what it makes is not known");
}

void resolve_unseen(struct resolver *r)
{
	for (size_t i = 0; i < r->set->count; i++) {
		const struct doc *d = r->set->docs[i];
		struct span base = span_of(doc_base(d->name));
		bool hcl = resolve_is(d, "hcl"), kustomization = resolve_is(d, "yaml") && span_starts(base, "kustomization.");

		for (size_t k = 0; (hcl || kustomization) && k < d->root_count; k++)
			for (const struct fact *f = d->roots[k]; f; f = fact_next(f, d->roots[k]))
				if (hcl)
					look_at_hcl(r, f);
				else
					look_at_kustomization(r, f);
	}
}
