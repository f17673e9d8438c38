/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reports asked for with -f, for audit, check and report. Each file is written beside and renamed: a failing writer or a full
 * disk leaves the old report or the new one, never half of it.
 */
#include "cli/outputs.h"

#include "base/io.h"
#include "base/limits.h"
#include "seal/seal.h"

#include <unistd.h>

int outputs_parse(struct arena *a, const struct text_list *reports, struct outputs *o, struct err *e)
{
	*o = (struct outputs){.items = ARENA_ARRAY(a, struct output, reports->count + 1), .count = reports->count};
	for (size_t i = 0; i < o->count; i++) {
		const char *word = reports->items[i], *equals = strchr(word, '=');
		const char *name = equals ? arena_dup(a, word, (size_t)(equals - word)) : word;
		struct output *out = &o->items[i];

		out->text = STR_INIT(LIMIT_REPORT_BYTES);
		out->writer = writer_named(name);
		out->path = equals ? equals + 1 : NULL;
		if (!out->writer)
			return err_set(e, EXIT_USAGE, "no report '%s'; `scelle formats` lists them", name);
		if (equals && !*out->path)
			return err_set(e, EXIT_USAGE, "a file name is missing in '%s'", word);
		if (!out->path && o->printed)
			return err_set(e, EXIT_USAGE, "two reports for standard output: write '%s=FILE'", name);
		if (!out->path)
			o->printed = out;
	}
	return 0;
}

int outputs_make(struct outputs *o, const struct report *r, enum lang lang, struct err *e)
{
	for (size_t i = 0; i < o->count; i++) {
		struct output *out = &o->items[i];

		if (out->writer->write(&out->text, r, lang))
			return err_set(e, EXIT_BROKEN, "cannot make the report '%s': it is larger than %zu bytes, or the program is wrong",
				       out->writer->name, LIMIT_REPORT_BYTES);
		sha256_hex(str_get(&out->text), out->sha256);
	}
	return 0;
}

int outputs_write(struct outputs *o, struct err *e)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->items[i].path && io_write(o->items[i].path, str_get(&o->items[i].text), 0644, e))
			return -1;
	return 0;
}

int outputs_print(struct arena *a, const struct outputs *o, struct terminal t, const struct report *r, enum lang lang, struct err *e)
{
	struct written_file *files = ARENA_ARRAY(a, struct written_file, o->count + 1);
	struct str text = STR_INIT(LIMIT_REPORT_BYTES);
	int failed;

	if (o->printed)
		return io_put(STDOUT_FILENO, str_get(&o->printed->text), e);
	t.files = files;
	for (size_t i = 0; i < o->count; i++)
		files[t.file_count++] = (struct written_file){o->items[i].path, o->items[i].sha256};
	failed = terminal_write(&text, r, lang, &t) ? err_set(e, EXIT_BROKEN, "the text report is larger than the limit") :
						      io_put(STDOUT_FILENO, str_get(&text), e);
	str_free(&text);
	return failed;
}

void outputs_free(struct outputs *o)
{
	for (size_t i = 0; i < o->count; i++) {
		courier_stop(o->items[i].tsa);
		str_free(&o->items[i].text);
	}
}
