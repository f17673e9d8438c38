/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What fmt_docx.c and fmt_odt.c found, as a text of its own: a line for each paragraph and each row of a table; a table's header row
 * names the cells below it, as on a sheet.
 */
#include "read/flow.h"

#include "base/limits.h"

void flow_add(struct flow *w, const struct flow_block *block)
{
	if (block->text.n || (block->table && block->table->count))
		*ARENA_PUSH(w->o.arena, w->blocks, w->count) = *block;
}

static void render(const struct flow *w, struct str *out)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct flow_block *block = &w->blocks[i];

		if (block->table) {
			grid_render(block->table, out);
			continue;
		}
		for (size_t k = 0; k < block->text.n; k++)
			str_char(out, (unsigned char)block->text.p[k] < 0x20 ? ' ' : block->text.p[k]);
		str_char(out, '\n');
	}
}

static bool put_blocks(const struct flow *w, struct builder *b, const struct text *t)
{
	uint32_t at = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct flow_block *block = &w->blocks[i];
		struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN, .at = {at, (uint32_t)block->text.n}};

		if (block->table) {
			if (!grid_facts(b, t, block->table, "table", false, &at))
				return false;
			continue;
		}
		f.key = build_intern(b, span_of(block->key));
		f.value = span_cut(t->bytes, at, at + block->text.n);
		at += (uint32_t)block->text.n + 1;
		if (!build_fact(b, t, &f))
			return false;
	}
	return true;
}

void flow_document(struct flow *w)
{
	struct doc *text = unpack_doc(w->o.u, w->o.d, "text");
	struct str out = STR_INIT(LIMIT_FILE_BYTES);
	struct builder *b;

	if (!text)
		return;
	render(w, &out);
	b = unpack_text(w->o.u, w->o.d, text, &out);
	str_free(&out);
	if (!b)
		return;
	if (build_open(b, &text->text, &(struct fact){.kind = FACT_BLOCK}))
		(void)put_blocks(w, b, &text->text);      /* false: a limit, which the builder said */
	builder_end(b);
}
