/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a rule sees, one fact a line, for people and golden tests: LINE:COLUMN PATH = "value", and behind it what is not plain.
 * Blocks are shown when they say something themselves: empty, open, absent, conditional, or a string read in turn.
 * Comments stand at their place. Everything a vendor wrote is made safe for a terminal.
 */
#include "read/read_p.h"

#include "base/jsonw.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/utf8.h"

struct print {
	FILE *out;
	const struct doc *d;
	struct arena *scratch;
	struct str line;
	size_t comment;      /* the next one to print */
};

static void put_quoted(struct str *line, struct span value)
{
	struct str quoted = STR_INIT(8 * LIMIT_FILE_BYTES);

	json_quote(&quoted, value);
	utf8_safe(line, str_get(&quoted));
	str_free(&quoted);
}

static void put_place(struct print *p, uint32_t offset)
{
	struct pos pos = doc_pos(p->d, offset);

	str_printf(&p->line, "%u:%u ", pos.line, pos.column);
}

static void end_line(struct print *p)
{
	str_char(&p->line, '\n');
	fwrite(p->line.p, 1, p->line.n, p->out);
	str_clear(&p->line);
	arena_reset(p->scratch);
}

static void put_origin(struct print *p, const struct origin *o)
{
	struct pos pos = doc_pos(o->doc, o->at.offset);

	str_text(&p->line, " <- ");
	utf8_safe(&p->line, span_of(o->doc->name));
	str_printf(&p->line, ":%u:%u", pos.line, pos.column);
	if (o->path) {
		str_char(&p->line, ' ');
		utf8_safe(&p->line, span_of(o->path));
	}
}

static void put_candidates(struct print *p, const struct fact *f)
{
	for (uint32_t i = 0; i < fact_candidate_count(f); i++) {
		str_text(&p->line, i ? " | " : " one of ");
		put_quoted(&p->line, fact_candidates(f)[i]);
	}
}

static void put_marks(struct print *p, const struct fact *f)
{
	static const char *const kinds[FACT_KINDS] = {
		[FACT_REFERENCE] = " (reference)", [FACT_PLACEHOLDER] = " (placeholder)", [FACT_TEMPLATE] = " (template)",
	};
	static const char *const states[] = {
		[FACT_FIXED] = NULL, [FACT_OVERRIDABLE] = " (overridable)", [FACT_UNKNOWN] = " (unknown)",
	};
	const char *marks[] = {
		kinds[f->kind], states[f->state], f->open ? " (open)" : NULL, f->absent ? " (absent)" : NULL, f->off ? " (off)" : NULL,
		f->conditional ? " (conditional)" : NULL,
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (marks[i])
			str_text(&p->line, marks[i]);
	put_candidates(p, f);
	if (fact_set_at(f))
		put_origin(p, fact_set_at(f));
}

/* Numbers, booleans and null as they are written; other values in quotes. */
static void put_value(struct print *p, const struct fact *f)
{
	if (fact_has_parts(f)) {
		if (f->value.n) {
			str_text(&p->line, " = ");
			put_quoted(&p->line, f->value);
		}
		str_text(&p->line, f->kind == FACT_BLOCK ? " {}" : " []");
		return;
	}
	str_text(&p->line, " = ");
	if (f->kind == FACT_NULL && f->scalar != SCALAR_STRING)
		str_text(&p->line, "null");
	else if (f->kind == FACT_LITERAL && (f->scalar == SCALAR_NUMBER || f->scalar == SCALAR_BOOL))
		utf8_safe(&p->line, f->value);
	else
		put_quoted(&p->line, f->value);
}

static bool is_shown(const struct fact *f)
{
	if (!fact_has_parts(f))
		return true;
	return !f->first || f->value.n || f->open || f->absent || f->off || f->conditional || f->state != FACT_FIXED || fact_set_at(f);
}

static void print_comments(struct print *p, uint32_t before)
{
	while (p->comment < p->d->comment_count && p->d->comments[p->comment]->at.offset < before) {
		const struct fact *c = p->d->comments[p->comment++];

		put_place(p, c->at.offset);
		str_text(&p->line, "# ");
		put_quoted(&p->line, c->value);
		end_line(p);
	}
}

static void print_fact(struct print *p, const struct fact *f)
{
	char *path;

	print_comments(p, f->at.offset);
	if (!is_shown(f))
		return;
	path = fact_path(p->scratch, p->d, f);
	put_place(p, f->at.offset);
	utf8_safe(&p->line, span_of(path));
	put_value(p, f);
	put_marks(p, f);
	end_line(p);
}

void facts_print(FILE *out, const struct doc *d)
{
	struct print p = {.out = out, .d = d, .scratch = arena_new(), .line = STR_INIT(16 * LIMIT_FILE_BYTES)};

	for (size_t i = 0; i < d->root_count; i++)
		for (const struct fact *f = d->roots[i]; f; f = fact_next(f, d->roots[i]))
			print_fact(&p, f);
	print_comments(&p, UINT32_MAX);
	str_free(&p.line);
	arena_free(p.scratch);
}
