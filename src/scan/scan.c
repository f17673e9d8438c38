/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The whole run as a list of calls: the first file to read. This process walks and opens files, loads rules and writes what is asked for;
 * what reads, matches, judges and reports is inside.c, in a process that can open nothing (worker.c). Nothing here decides or words anything.
 */
#include "scan/scan.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "scan/inside.h"
#include "scan/recall.h"
#include "scan/report_file.h"
#include "scan/rules_pack.h"
#include "scan/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct run {
	struct arena *arena;
	const struct scan_request *request;
	struct input_set inputs;
	struct know *know;
	struct ruleset *rules;
	struct rules_pack *packs;
	size_t pack_count;
	const char **folders;                 /* of rules */
	size_t folder_count;
	struct inside in;                     /* for the process that reads */
	struct recall recall;                 /* with a cache */
};

/* ------------------------------------------------------------------ rules and keys: the user's own */

/* A folder of rules may bring its own knowledge; else the program's own is used. */
static const char *knowledge_folder(struct run *r)
{
	for (size_t i = 0; i < r->folder_count; i++)
		if (!access(arena_printf(r->arena, "%s/know", r->folders[i]), F_OK))
			return r->folders[i];
	return NULL;
}

/* --rules names folders and signed packs alike. */
static int sort_origins(struct run *r, struct err *e)
{
	const struct scan_request *q = r->request;

	for (size_t i = 0; i < q->rules_dir_count; i++) {
		const char *path = q->rules_dirs[i];
		struct rules_pack pack;

		if (!rules_pack_is(path)) {
			if (q->signed_rules)
				return err_set(e, EXIT_UNVERIFIED, "the rules of '%s' are not signed: a folder is no pack", path);
			*ARENA_PUSH(r->arena, r->folders, r->folder_count) = path;
			*ARENA_PUSH(r->arena, r->in.origins, r->in.origin_count) = path;
			continue;
		}
		if (rules_pack_read(r->arena, path, q->rules_anchors, q->signed_rules, time(NULL), &pack, e))
			return -1;
		*ARENA_PUSH(r->arena, r->packs, r->pack_count) = pack;
		*ARENA_PUSH(r->arena, r->in.origins, r->in.origin_count) = pack.name;
	}
	return 0;
}

static int load_rules(struct run *r, struct err *e)
{
	const struct scan_request *q = r->request;

	if (sort_origins(r, e) || know_load(r->arena, knowledge_folder(r), &r->know, e) ||
	    ruleset_load_scan(r->arena, r->know, r->folders, r->folder_count, r->packs, r->pack_count, q->no_builtin_rules, &r->rules, e))
		return -1;
	if (q->profile && ruleset_profile(r->rules, q->profile, e))
		return -1;
	ruleset_select(r->rules, q->only, q->only_count, q->skip, q->skip_count);
	return 0;
}

static int read_identity_key(struct run *r, struct err *e)
{
	if (!r->request->identity_key)
		return 0;
	if (io_read(r->arena, r->request->identity_key, 4096, &r->in.identity_key, e))
		return -1;
	if (r->in.identity_key.n < 16)
		return err_set(e, EXIT_USAGE, "the identity key '%s' is shorter than 16 bytes", r->request->identity_key);
	return 0;
}

/* ------------------------------------------------------------------ bytes of others: opened here, read elsewhere */

static int open_declaration(struct run *r, struct err *e)
{
	const char *path = r->request->declaration;

	if (!path)
		return 0;
	r->in.declaration_name = io_base(path);
	return io_read(r->arena, path, LIMIT_FILE_BYTES, &r->in.declaration, e);
}

static int open_baseline(struct run *r, struct err *e)
{
	const struct scan_request *q = r->request;

	if (q->baseline) {
		r->in.baseline_name = q->baseline;
		if (report_file_bytes(r->arena, q->baseline, &r->in.baseline, e))
			return -1;
	}
	r->in.has_changed = q->changed_files;
	return q->changed_files && report_file_bytes(r->arena, q->changed_files, &r->in.changed, e) ? -1 : 0;
}

static int open_inputs(struct run *r, struct err *e)
{
	const struct scan_request *q = r->request;
	struct collect_options *o = &r->in.options;

	if (q->format && !(o->forced = format_named(q->format)))
		return err_set(e, EXIT_USAGE, "no format '%s'; `scelle formats` lists them", q->format);
	return collect_files(&r->inputs, r->arena, q->roots, q->root_count, o, e);
}

/* Whether --exclude leaves out the cache, by its name below a root, or a folder around it. */
static bool is_left_out(const struct run *r, const char *root, const char *name)
{
	bool out = false;

	if (r->request->root_count > 1)
		name = arena_printf(r->arena, "%s/%s", io_base(root), name);
	for (size_t i = 1; i <= strlen(name) && !out; i++)
		if (!name[i] || name[i] == '/')
			out = collect_excludes(&r->in.options, arena_dup(r->arena, name, i));
	return out;
}

/* Its files would be inputs, and change with each run. */
static bool is_read(const struct run *r)
{
	const struct scan_request *q = r->request;
	char *folder = realpath(q->cache, NULL);
	bool read = false;

	for (size_t i = 0; folder && i < q->root_count && !read; i++) {
		char *root = realpath(q->roots[i], NULL);
		size_t n = root ? strlen(root) : 0;
		bool below = root && !strncmp(folder, root, n) && (folder[n] == '/' || !folder[n] || n == 1);

		read = below && !(folder[n] && is_left_out(r, root, folder + n + (n > 1)));
		free(root);
	}
	free(folder);
	return read;
}

/* Before the walk, which counts what it leaves out. */
static int open_cache(struct run *r, struct err *e)
{
	const struct scan_request *q = r->request;

	if (!q->cache)
		return 0;
	if (cache_open(&r->recall.cache, r->arena, q->cache, r->in.identity_key, e))
		return -1;
	return is_read(r) ? err_set(e, EXIT_USAGE, "the cache folder '%s' lies in what is read: put it elsewhere, or --exclude it", q->cache) : 0;
}

/* ------------------------------------------------------------------ the run */

/* A report made by a process that could have done more than read says so. */
static void say_unconfined(struct arena *a, struct report *r, const char *why)
{
	struct report_diag *diags = ARENA_ARRAY(a, struct report_diag, r->diag_count + 1);

	fprintf(stderr, "scelle: warning: not confined: %s\n", why);
	if (r->diag_count)
		memcpy(diags, r->diags, r->diag_count * sizeof *diags);
	diags[r->diag_count++] = (struct report_diag){.level = DIAG_WARNING, .code = "not-confined",
		.text = said(a, arena_printf(a, "the process that reads inputs was not wholly confined by the kernel (%s)", why))};
	r->diags = diags;
}

static int read_elsewhere(struct run *r, struct report *ret, enum exit_code *ret_code, struct err *e)
{
	const struct scan_request *q = r->request;
	struct worker w = {
		.set = &r->inputs, .task = inside_run, .accept = inside_answer, .data = &r->in, .jobs = &r->in.jobs,
		.memory = q->memory_limit ? q->memory_limit * MIB : LIMIT_WORKER_BYTES, .cpu_seconds = LIMIT_WORKER_SECONDS,
		.file_seconds = q->time_limit ? q->time_limit : LIMIT_FILE_SECONDS, .progress = q->progress,
	};

	if (worker_run(r->arena, &w, e) || e->text[0])
		return -1;
	if (q->cache && !w.lost)
		recall_keep(&r->recall, &r->in, w.unconfined);
	if (w.unconfined)
		say_unconfined(r->arena, ret, w.unconfined);
	*ret_code = r->in.code;
	return 0;
}

static bool recalled(struct run *r, struct report *ret, enum exit_code *ret_code)
{
	const char *unconfined;

	if (!r->request->cache)
		return false;
	recall_begin(&r->recall, &r->in, &r->inputs);
	if (r->request->fresh || !recall_result(&r->recall, &r->in, &unconfined))
		return false;
	if (unconfined)
		say_unconfined(r->arena, ret, unconfined);
	*ret_code = r->in.code;
	return true;
}

int scan_run(struct arena *a, const struct scan_request *q, struct report *ret, enum exit_code *ret_code, struct err *e)
{
	struct run r = {.arena = a, .request = q, .in = {.arena = a, .request = q, .jobs = q->jobs, .report = ret, .e = e,
		.options = {.exclude = q->exclude, .exclude_count = q->exclude_count, .jobs = q->jobs}}};
	struct err why = {0};

	if (load_rules(&r, e) || read_identity_key(&r, e)) {
		e->code = e->code == EXIT_INCOMPLETE ? EXIT_USAGE : e->code;      /* a folder of rules that cannot be read is a wrong option */
		return -1;
	}
	r.in.rules = r.rules;
	r.in.know = r.know;
	if (sandbox_enter_parent(&why) > 0)
		fprintf(stderr, "scelle: warning: not confined: %s\n", why.text);
	if (open_baseline(&r, e) || open_cache(&r, e) || open_inputs(&r, e) || open_declaration(&r, e))
		return -1;
	return recalled(&r, ret, ret_code) ? 0 : read_elsewhere(&r, ret, ret_code, e);
}
