/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * scelle facts: what a rule sees in a file, for people who write rules, and for the golden tests of the readers.
 * --subjects shows what rules speak of instead: resources in any notation and derived blocks, with their fields.
 * --unread shows instead which words stand in no value, key or comment: nothing, when the reader lost nothing.
 * --proof shows nothing but checks that every value is what stands at its place, by decoding the bytes again.
 */
#include "cli/cli.h"

#include "base/sandbox.h"
#include "base/str.h"
#include "base/utf8.h"
#include "read/read.h"
#include "rule/subject.h"

#include <stdio.h>

extern const struct command command_facts;

struct facts_options {
	const char *format, *rules;
	bool proof, subjects, unread;
};

/* ------------------------------------------------------------------ diagnostics */

static void print_diag(const struct diag *d, const char *name)
{
	static const char *const levels[] = {[DIAG_NOTE] = "note", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};
	struct str line = STR_INIT(65536);

	utf8_safe(&line, span_of(name));
	if (d->has_place) {
		struct pos pos = doc_pos(d->doc, d->at.offset);

		str_printf(&line, ":%u:%u", pos.line, pos.column);
	}
	str_printf(&line, ": %s: ", levels[d->level]);
	utf8_safe(&line, span_of(d->text));
	str_printf(&line, " (%s)\n", d->code);
	fwrite(line.p, 1, line.n, stderr);
	str_free(&line);
}

static void print_diags(const struct doc *d)
{
	for (size_t i = 0; i < d->diag_count; i++)
		print_diag(&d->diags[i], d->name);
	if (d->diag_total > d->diag_count)
		fprintf(stderr, "%s: note: %zu more diagnostics are not listed (limit-diags)\n", d->name, d->diag_total - d->diag_count);
	if (d->reason)
		fprintf(stderr, "%s: %s: %s\n", d->name, d->status == DOC_SKIPPED ? "skipped" : "not read", d->reason);
}

/* ------------------------------------------------------------------ the proof */

struct proof {
	size_t proved, elsewhere;      /* elsewhere: resolved values, whose bytes are not the value */
};

static bool is_elsewhere(const struct fact *f)
{
	for (const struct decoder *step = f->decoder; step; step = step->inner)
		if (step->kind == DECODE_RESOLVED)
			return true;
	return false;
}

static bool has_value(const struct fact *f)
{
	return !fact_has_parts(f) || f->value.n;
}

static void complain_misplaced(struct arena *scratch, const struct doc *d, const struct fact *f, const char *bytes)
{
	struct pos pos = doc_pos(d, f->at.offset);
	struct err e = {0};

	err_set(&e, EXIT_BROKEN, "%s:%u:%u: %.200s: the value '%.200s' is not what stands there: '%.200s'", d->name, pos.line, pos.column,
		fact_path(scratch, d, f), f->value.p, bytes ? bytes : "(no such place)");
	(void)complain(&e);
}

/* Every fact of the tree and every comment; the first that is not what stands at its place is named. */
static bool prove_fact(struct arena *scratch, const struct doc *d, const struct fact *f, struct proof *p)
{
	char *bytes;
	size_t n;

	if (!has_value(f))
		return true;
	if (is_elsewhere(f)) {
		p->elsewhere++;
		return true;
	}
	bytes = fact_decode(scratch, d, f, &n);
	if (!bytes || !span_eq((struct span){bytes, n}, f->value)) {
		complain_misplaced(scratch, d, f, bytes);
		return false;
	}
	p->proved++;
	arena_reset(scratch);
	return true;
}

static bool prove_doc(const struct doc *d, struct proof *p)
{
	struct arena *scratch = arena_new();
	bool good = true;

	for (size_t i = 0; i < d->root_count && good; i++)
		for (const struct fact *f = d->roots[i]; f && good; f = fact_next(f, d->roots[i]))
			good = prove_fact(scratch, d, f, p);
	for (size_t i = 0; i < d->comment_count && good; i++)
		good = prove_fact(scratch, d, d->comments[i], p);
	arena_free(scratch);
	return good;
}

/* ------------------------------------------------------------------ what nobody read */

static void show_unread(const struct doc *d)
{
	struct arena *scratch = arena_new();
	struct unread unread;

	doc_unread(scratch, d, &unread);
	for (size_t i = 0; i < unread.count; i++) {
		struct str line = STR_INIT(65536);
		struct pos pos = doc_pos(d, unread.places[i].offset);
		size_t from = unread.places[i].offset;

		utf8_safe(&line, span_of(d->name));
		str_printf(&line, ":%u:%u: ", pos.line, pos.column);
		utf8_safe(&line, span_cut(d->bytes, from, from + unread.places[i].length));
		puts(line.p);
		str_free(&line);
	}
	printf("%s: %llu of %zu bytes are not read\n", d->name, (unsigned long long)unread.bytes, d->bytes.n);
	arena_free(scratch);
}

/* ------------------------------------------------------------------ subjects */

#define SUBJECT_DEPTH 12      /* of fields shown below a subject; views have three */

static void put_place(struct str *line, const struct fact *f)
{
	bool head = fact_has_parts(f) && f->head.length;
	struct pos pos = doc_pos(f->doc, head ? f->head.offset : f->at.offset);

	utf8_safe(line, span_of(f->doc->name));
	str_printf(line, ":%u:%u", pos.line, pos.column);
}

static void put_value(struct str *line, const struct fact *f)
{
	if (fact_has_parts(f))
		str_text(line, f->kind == FACT_BLOCK ? "{" : "[");
	if (f->value.n) {
		str_text(line, fact_has_parts(f) ? " " : "");
		utf8_safe(line, f->value);
	}
	for (uint32_t i = 0; i < fact_candidate_count(f); i++) {
		str_text(line, i ? " | " : " ? ");
		utf8_safe(line, fact_candidates(f)[i]);
	}
	if (f->kind == FACT_REFERENCE || f->kind == FACT_PLACEHOLDER || f->kind == FACT_TEMPLATE)
		str_text(line, f->kind == FACT_REFERENCE ? " (reference)" : f->kind == FACT_TEMPLATE ? " (template)" : " (placeholder)");
	if (f->state != FACT_FIXED)
		str_text(line, f->state == FACT_UNKNOWN ? " (unknown)" : " (overridable)");
	if (f->open)
		str_text(line, " (open)");
	if (f->doubtful)
		str_text(line, " (doubtful)");
}

static void print_fields(const struct fact *block, int depth, int levels)
{
	FACT_EACH(f, block) {
		struct str line = STR_INIT(65536);

		if (f->kind == FACT_COMMENT)
			continue;
		str_printf(&line, "%*s", depth * 2, "");
		if (f->key)
			utf8_safe(&line, span_of(f->key));
		str_text(&line, f->key ? " = " : "- ");
		put_value(&line, f);
		str_text(&line, "  @ ");
		put_place(&line, f);
		puts(line.p);
		str_free(&line);
		if (levels > 0)
			print_fields(f, depth + 1, levels - 1);
	}
}

/* A view whole; of a resource the settings at its top and the parts, which a satellite may have written elsewhere. */
static void print_subject(const struct subject *s)
{
	struct str line = STR_INIT(65536);

	str_printf(&line, "%s %s ", s->kind == SUBJECT_VIEW ? "view" : "resource", s->type);
	utf8_safe(&line, span_of(s->name ? s->name : "-"));
	str_text(&line, " ");
	utf8_safe(&line, span_of(s->address));
	str_text(&line, "  @ ");
	put_place(&line, s->block);
	for (const char *const *c = s->classes; s->kind == SUBJECT_RESOURCE && *c; c++)
		str_printf(&line, " class:%s", *c);
	if (s->conditional)
		str_text(&line, " (conditional)");
	if (s->block->open)
		str_text(&line, " (open)");
	puts(line.p);
	str_free(&line);
	print_fields(s->block, 1, SUBJECT_DEPTH);
}

static enum exit_code show_subjects(struct arena *a, struct input_set *set, const struct facts_options *o)
{
	struct subject_list list;
	struct dialects *dialects;
	struct know *know;
	struct err e = {0};

	if (dialects_load(a, o->rules, &dialects, &e) || know_load(a, o->rules, &know, &e))
		return (enum exit_code)complain(&e);
	subjects_build(a, dialects, know, set, 1, &list);
	for (size_t d = 0; d < list.doc_count; d++) {
		printf("%s== %s: %s\n", d ? "\n" : "", set->docs[d]->name, set->docs[d]->dialect ? set->docs[d]->dialect : "no dialect");
		for (size_t i = list.doc_first[d]; i < list.doc_first[d + 1]; i++)
			print_subject(&list.items[i]);
	}
	return EXIT_CLEAN;
}

/* ------------------------------------------------------------------ the command */

static enum exit_code show(const struct input_set *set, const struct facts_options *o)
{
	enum exit_code code = EXIT_CLEAN;
	struct proof proof = {0, 0};

	for (size_t i = 0; i < set->diag_count; i++)
		print_diag(&set->diags[i], "scelle");
	for (size_t i = 0; i < set->count; i++) {
		const struct doc *d = set->docs[i];

		if (o->proof && !prove_doc(d, &proof))
			return EXIT_BROKEN;
		if (o->unread && d->format && !d->format->unpack)
			show_unread(d);
		if (!o->proof && !o->unread) {
			if (set->count > 1)
				printf("%s== %s\n", i ? "\n" : "", d->name);
			facts_print(stdout, d);
		}
		print_diags(d);
		if (d->status != DOC_READ)
			code = EXIT_INCOMPLETE;
	}
	if (o->proof)
		printf("%zu values stand at their places, %zu were set elsewhere\n", proof.proved, proof.elsewhere);
	return code;
}

/* From here on nothing can be opened but the files asked for (and a folder of tables), and those only to be read. */
static void confine(struct arena *a, const char *const *files, size_t count, const struct facts_options *o)
{
	const char **paths = ARENA_ARRAY(a, const char *, count + 1);
	struct err why = {0};

	memcpy(paths, files, count * sizeof *paths);
	paths[count] = o->rules;
	formats_prepare(a);
	if (sandbox_read_only(paths, count + (o->rules ? 1 : 0), &why))
		fprintf(stderr, "scelle: warning: not confined: %s\n", why.text);
}

static int facts_of(const char *const *files, size_t count, const struct facts_options *o)
{
	struct collect_options how = {.forced = o->format ? format_named(o->format) : NULL};
	struct arena *a;
	struct input_set set;
	enum exit_code code;
	struct err e = {0};

	if (o->format && !how.forced) {
		err_set(&e, EXIT_USAGE, "no format '%s'; `scelle formats` lists them", o->format);
		return complain(&e);
	}
	a = arena_new();
	confine(a, files, count, o);
	if (collect(&set, a, files, count, &how, &e))
		code = (enum exit_code)complain(&e);
	else
		code = o->subjects ? show_subjects(a, &set, o) : show(&set, o);
	arena_free(a);
	return (int)finish(code);
}

static int facts_run(int argc, char **argv)
{
	struct facts_options o = {0};
	const struct option_row rows[] = {
		{"format", 0, OPTION_TEXT, &o.format, "NAME", "read as this format, whatever the name says", "lire dans ce format, quel que soit le nom"},
		{"subjects", 0, OPTION_FLAG, &o.subjects, NULL, "show the resources and derived blocks that rules speak of", "montrer les ressources et les blocs dérivés dont parlent les règles"},
		{"rules", 0, OPTION_TEXT, &o.rules, "DIR", "with --subjects: tables of this folder instead of the built-in ones", "avec --subjects : tables de ce dossier au lieu des tables internes"},
		{"unread", 0, OPTION_FLAG, &o.unread, NULL, "only show words that stand in no value, key or comment", "montrer seulement les mots qui ne sont dans aucune valeur, clé ni commentaire"},
		{"proof", 0, OPTION_FLAG, &o.proof, NULL, "only check that each value stands at its place", "vérifier seulement que chaque valeur est à sa place"},
		{0},
	};
	struct err e = {0};
	int operands;
	bool done;

	if (options_parse(&command_facts, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return (int)finish(EXIT_CLEAN);
	if (!operands) {
		err_set(&e, EXIT_USAGE, "'facts' needs a file; `scelle facts --help` shows its options");
		return complain(&e);
	}
	return facts_of((const char *const *)argv + 1, (size_t)operands, &o);
}

const struct command command_facts = {
	.name = "facts",
	.usage = "facts [options] FILE...",
	.help_en = "show what a rule sees in a file",
	.help_fr = "montrer ce qu'une règle voit dans un fichier",
	.run = facts_run,
};
