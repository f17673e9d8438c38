/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * mktable RULES > rules_table.c: reads every YAML and CSV file below RULES with the program's own readers and writes their
 * facts as one constant array of C, so that the program starts without parsing anything. Places are left out (no message
 * ever points into the table) and so are examples, which only authors need: they read the folder (--rules).
 * A file with an error stops the build with file:line:column.
 */
#include "base/digest.h"
#include "base/io.h"
#include "base/limits.h"
#include "read/read.h"

#include <ftw.h>
#include <stdlib.h>

struct list {
	struct arena *arena;
	char **names;
	size_t count;
};

static struct list found;      /* nftw has no argument for its callback */
static size_t root_length;

static int add_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	struct span name = span_of(path);

	(void)st;
	(void)at;
	if (type == FTW_F && (span_ends(name, ".yaml") || span_ends(name, ".csv")))
		*ARENA_PUSH(found.arena, found.names, found.count) = arena_str(found.arena, path + root_length + 1);
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ------------------------------------------------------------------ numbering */

struct table {
	struct arena *arena;
	const struct fact **facts;      /* in document order; a fact's number is its place here */
	size_t count;
};

static bool is_left_out(const struct fact *f)
{
	return f->kind == FACT_COMMENT || (f->key && !strcmp(f->key, "examples"));
}

static const struct fact *kept(const struct fact *f)
{
	while (f && is_left_out(f))
		f = f->next;
	return f;
}

static void number(struct table *t, const struct fact *f)
{
	*ARENA_PUSH(t->arena, t->facts, t->count) = f;
	for (const struct fact *c = kept(f->first); c; c = kept(c->next))
		number(t, c);
}

/* Facts below a fact are numbered behind it, so a tree's size is enough to find the next sibling. */
static size_t size_of(const struct fact *f)
{
	size_t n = 1;

	for (const struct fact *c = kept(f->first); c; c = kept(c->next))
		n += size_of(c);
	return n;
}

/* ------------------------------------------------------------------ writing */

static void put_string(const char *p, size_t n)
{
	putchar('"');
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c >= 0x7f || c == '?')
			printf("\\%03o", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void put_link(const char *name, const char *field, size_t index)
{
	printf(", .%s = %s + %zu", field, name, index);
}

static void put_fact(const struct fact *f, size_t own, long parent, bool has_next)
{
	printf("\t{.kind = %d, .scalar = %d", f->kind, f->scalar);
	if (f->key) {
		printf(", .key = ");
		put_string(f->key, strlen(f->key));
	}
	printf(", .value = {");
	put_string(f->value.p ? f->value.p : "", f->value.n);
	printf(", %zu}", f->value.n);
	if (parent >= 0)
		put_link("facts", "parent", (size_t)parent);
	if (kept(f->first))
		put_link("facts", "first", own + 1);
	if (has_next)
		put_link("facts", "next", own + size_of(f));
	printf(", .index = %u},\n", f->index);
}

static void put_tree(const struct fact *f, size_t *at, long parent, bool has_next)
{
	size_t own = (*at)++;

	put_fact(f, own, parent, has_next);
	for (const struct fact *c = kept(f->first); c; c = kept(c->next))
		put_tree(c, at, (long)own, kept(c->next) != NULL);
}

/* ------------------------------------------------------------------ reading */

static bool report(const struct doc *d)
{
	bool bad = d->status != DOC_READ || d->root_count != 1;

	for (size_t i = 0; i < d->diag_count; i++) {
		struct pos pos = doc_pos(d, d->diags[i].at.offset);

		if (d->diags[i].level == DIAG_NOTE)
			continue;
		fprintf(stderr, "rules/%s:%u:%u: %s\n", d->name, pos.line, pos.column, d->diags[i].text);
		bad = true;
	}
	if (bad && !d->diag_count)
		fprintf(stderr, "rules/%s: not one document\n", d->name);
	return !bad;
}

static struct doc *read_one(struct arena *a, struct map *interned, const char *root, const char *name)
{
	struct doc *d = ARENA_NEW(a, struct doc);
	struct err e = {0};

	if (io_read(a, arena_printf(a, "%s/%s", root, name), LIMIT_FILE_BYTES, &d->bytes, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return NULL;
	}
	d->name = name;
	sha256_hex(d->bytes, d->sha256);
	doc_read(a, interned, d, NULL);
	return report(d) ? d : NULL;
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct map interned = MAP_INIT(a);
	struct table t = {.arena = a};
	struct doc **docs;
	size_t at = 0;

	if (argc != 2)
		return 2;
	found.arena = a;
	root_length = strlen(argv[1]);
	if (nftw(argv[1], add_file, 16, FTW_PHYS))
		return 2;
	qsort(found.names, found.count, sizeof *found.names, by_bytes);
	docs = ARENA_ARRAY(a, struct doc *, found.count);
	for (size_t i = 0; i < found.count; i++) {
		docs[i] = read_one(a, &interned, argv[1], found.names[i]);
		if (!docs[i])
			return 2;
		number(&t, docs[i]->roots[0]);
	}
	printf("/* SPDX-License-Identifier: EUPL-1.2 */\n/* Made by mktable from rules/. */\n#include \"read/table.h\"\n\n");
	printf("static const struct fact facts[%zu];\n\nstatic const struct fact facts[%zu] = {\n", t.count, t.count);
	for (size_t i = 0; i < found.count; i++)
		put_tree(docs[i]->roots[0], &at, -1, false);
	printf("};\n\nconst struct table_file rules_table[] = {\n");
	at = 0;
	for (size_t i = 0; i < found.count; i++) {
		printf("\t{\"%s\", \"%s\", facts + %zu},\n", found.names[i], docs[i]->sha256, at);
		at += size_of(docs[i]->roots[0]);
	}
	printf("\t{NULL, NULL, NULL},\n};\n\nconst size_t rules_table_count = %zu;\n", found.count);
	arena_free(a);
	return fflush(stdout) || ferror(stdout) ? 5 : 0;
}
