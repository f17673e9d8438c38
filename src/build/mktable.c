/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * mktable RULES > rules_table.c: reads every YAML and CSV file below RULES with the program's own readers and writes their
 * facts as constants of C in the form of read/table.h, so that the program starts without parsing anything. Places are left
 * out (no message ever points into the table) and so are examples, which only authors need: they read the folder (--rules).
 * A file with an error stops the build with file:line:column.
 */
#include "base/digest.h"
#include "base/io.h"
#include "base/limits.h"
#include "read/table.h"

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

/* ------------------------------------------------------------------ texts */

/* Each text once, in the order of first use; a text's number is its offset among them. */
struct texts {
	struct map offsets;
	size_t bytes;
};

static size_t text_offset(struct texts *t, struct span text)
{
	struct map_entry *e = map_entry(&t->offsets, text);

	if (!e->value) {
		e->value = (void *)(t->bytes + 1);      /* so that none is NULL */
		t->bytes += text.n + 1;
	}
	return (size_t)e->value - 1;
}

static void put_string(struct span text)
{
	putchar('"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c >= 0x7f || c == '?')
			printf("\\%03o", c);
		else
			putchar(c);
	}
	puts("\\0\"");
}

static void put_texts(const struct texts *t)
{
	printf("const char table_bytes[] =\n");
	for (size_t i = 0; i < t->offsets.count; i++)
		put_string(t->offsets.entries[i].key);
	printf(";\n");
}

/* ------------------------------------------------------------------ nodes */

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

static size_t size_of(const struct fact *f)
{
	size_t n = 1;

	for (const struct fact *c = kept(f->first); c; c = kept(c->next))
		n += size_of(c);
	return n;
}

static void put_tree(struct texts *t, const struct fact *f)
{
	if (f->index > UINT16_MAX) {
		fprintf(stderr, "mktable: a list of more than %d items\n", UINT16_MAX);
		exit(2);
	}
	if (f->key)
		printf("\t{%zu", text_offset(t, span_of(f->key)));
	else
		printf("\t{TABLE_NO_KEY");
	printf(", %zu, %zu, %zu, %u, %d, %d},\n", text_offset(t, f->value), f->value.n, size_of(f), f->index, f->kind, f->scalar);
	for (const struct fact *c = kept(f->first); c; c = kept(c->next))
		put_tree(t, c);
}

/* ------------------------------------------------------------------ the table */

static void put_table(struct arena *a, struct doc *const *docs, size_t count)
{
	struct texts texts = {.offsets = MAP_INIT(a)};
	size_t at = 0;

	printf("/* SPDX-License-Identifier: EUPL-1.2 */\n/* Made by mktable from rules/. */\n#include \"read/table.h\"\n\n");
	printf("const struct table_node table_nodes[] = {\n");
	for (size_t i = 0; i < count; i++)
		put_tree(&texts, docs[i]->roots[0]);
	printf("};\n\nconst struct table_file table_files[] = {\n");
	for (size_t i = 0; i < count; i++) {
		size_t name = text_offset(&texts, span_of(docs[i]->name));

		printf("\t{%zu, %zu, %zu},\n", name, text_offset(&texts, span_of(docs[i]->sha256)), at);
		at += size_of(docs[i]->roots[0]);
	}
	printf("};\n\nconst size_t table_file_count = %zu;\n\n", count);
	put_texts(&texts);
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
	struct doc **docs;

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
	}
	put_table(a, docs, found.count);
	arena_free(a);
	return fflush(stdout) || ferror(stdout) ? 5 : 0;
}
