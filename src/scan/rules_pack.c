/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A pack is sealed like a report, so the same program, openssl and European validators say who made it and that it is whole. The files lie
 * in one entry, as JSON, since a container holds few entries and rules are many. A pack that does not verify is never read.
 */
#include "scan/rules_pack.h"

#include "base/io.h"
#include "base/jsonw.h"
#include "base/limits.h"

#include <sys/stat.h>

/* ------------------------------------------------------------------ writing */

static bool belongs(const struct doc *d)
{
	return span_ends(span_of(d->name), ".yaml") || span_ends(span_of(d->name), ".csv") || !strcmp(d->name, "LOCK");
}

static void put_file(struct jsonw *w, const struct doc *d)
{
	jsonw_object(w);
	jsonw_member(w, "name", d->name);
	jsonw_key(w, "text");
	jsonw_string(w, d->bytes);
	jsonw_object_end(w);
}

int rules_pack_write(struct arena *a, const char *dir, struct str *out, struct err *e)
{
	struct collect_options options = {0};
	struct input_set set = {0};
	const char *roots[1] = {dir};
	struct jsonw w;

	if (collect(&set, a, roots, 1, &options, e))
		return -1;
	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_key(&w, "files");
	jsonw_array(&w);
	for (size_t i = 0; i < set.count; i++)
		if (belongs(set.docs[i]))
			put_file(&w, set.docs[i]);
	jsonw_array_end(&w);
	jsonw_member(&w, "kind", "scelle-rules");
	jsonw_member_int(&w, "schema", 1);
	jsonw_object_end(&w);
	return jsonw_end(&w) ? err_set(e, EXIT_BROKEN, "cannot pack '%s': it is larger than %zu bytes", dir, LIMIT_REPORT_BYTES) : 0;
}

/* ------------------------------------------------------------------ reading */

bool rules_pack_is(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

static int verify_pack(struct arena *a, const char *path, struct span bytes, const char *anchors, bool trusted, int64_t now, struct verify_result *ret,
		       struct err *e)
{
	const struct verify_request q = {.container = bytes, .anchors = anchors, .now = now};
	struct err why = {0};

	if (verify(a, &q, ret, &why))
		return err_set(e, EXIT_UNVERIFIED, "the rules of '%s' do not verify: %s", path, why.text);
	if (trusted && ret->answers[ASKS_SIGNER] != STEP_PASSED)
		return err_set(e, EXIT_UNVERIFIED, "the rules of '%s' are signed by nobody that --rules-anchors vouches for", path);
	return 0;
}

int rules_pack_read(struct arena *a, const char *path, const char *anchors, bool trusted, int64_t now, struct rules_pack *ret, struct err *e)
{
	struct verify_result result;
	struct seal_entry *entries;
	struct span bytes;
	size_t count;

	if (io_read(a, path, LIMIT_CONTAINER_BYTES, &bytes, e) || verify_pack(a, path, bytes, anchors, trusted, now, &result, e) ||
	    container_entries(a, bytes, &entries, &count, e))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(entries[i].name, RULES_PACK_ENTRY))
			continue;
		*ret = (struct rules_pack){
			.name = arena_printf(a, "%s (%s%s)", io_base(path), result.signer_subject ? result.signer_subject : "?",
					     result.answers[ASKS_SIGNER] == STEP_PASSED ? "" : ", claimed"),
			.json = entries[i].bytes,
		};
		return 0;
	}
	return err_set(e, EXIT_USAGE, "'%s' is no pack of rules: it has no %s", path, RULES_PACK_ENTRY);
}
