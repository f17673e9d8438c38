/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From the paths a user gave to documents in byte order of their names. Folders are walked without recursion; links inside a
 * folder are not followed (a target inside it is read under its own name), FIFOs and devices are not opened, version control
 * and downloaded programs are left out. All of it is said in the set's diagnostics: what was not looked at is never silent.
 */
#include "read/unpack.h"

#include "base/digest.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/team.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
	const char *path;      /* as the system opens it */
	const char *name;      /* relative, "" for a root of its own */
};

struct walk {
	struct input_set *set;
	const struct collect_options *options;
	struct folder *folders;
	size_t folder_count;
	const char **paths;    /* of the set's documents, as the system opens them */
	size_t path_count;
	size_t excluded;
	char *root;            /* real path of the root being walked */
	bool full;
};

static void tell(struct input_set *set, enum diag_level level, const char *code, const char *text)
{
	struct diag *d = ARENA_PUSH(set->arena, set->diags, set->diag_count);

	*d = (struct diag){.level = level, .code = code, .text = text};
}

/* ------------------------------------------------------------------ documents */

static struct doc *doc_new(struct input_set *set, const char *name)
{
	struct doc *d = ARENA_NEW(set->arena, struct doc);

	d->name = arena_str(set->arena, name);
	d->bytes = (struct span){"", 0};
	return d;
}

static void read_document(struct input_set *set, struct doc *d, const struct collect_options *o)
{
	doc_read(set->arena, &set->interned, d, o->forced);
	unpack(set, d, o);
}

static void add_file(struct walk *w, const char *path, const char *name)
{
	struct doc *d;

	if (w->set->count >= LIMIT_FILES) {
		if (!w->full)
			tell(w->set, DIAG_ERROR, "limit-files", arena_printf(w->set->arena, "more than the limit of %d files", LIMIT_FILES));
		w->full = true;
		return;
	}
	d = doc_new(w->set, name);
	d->file = (uint32_t)w->set->count;
	*ARENA_PUSH(w->set->arena, w->set->docs, w->set->count) = d;
	*ARENA_PUSH(w->set->arena, w->paths, w->path_count) = path;
}

/* ------------------------------------------------------------------ the walk */

bool collect_excludes(const struct collect_options *o, const char *name)
{
	for (size_t i = 0; i < o->exclude_count; i++)
		if (glob_match(o->exclude[i], name))
			return true;
	return false;
}

bool collect_leaves_out(const struct collect_options *o, struct span s)
{
	static const char *const folders[] = {".git", ".hg", ".svn", "node_modules", ".terraform/providers"};

	if (o->keep_hidden_vcs)
		return false;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		size_t n = strlen(folders[i]);

		if (span_ends(s, folders[i]) && (s.n == n || s.p[s.n - n - 1] == '/' || s.p[s.n - n - 1] == '!'))
			return true;
	}
	return false;
}

static void tell_link(struct walk *w, const char *path, const char *name)
{
	char *target = realpath(path, NULL);
	size_t n = strlen(w->root);
	bool inside = target && !strncmp(target, w->root, n) && (target[n] == '/' || !target[n] || !strcmp(w->root, "/"));

	if (inside)
		tell(w->set, DIAG_NOTE, "link", arena_printf(w->set->arena, "'%s' is a link, its target is read under its own name", name));
	else
		tell(w->set, DIAG_WARNING, "link", arena_printf(w->set->arena, "'%s' is a link %s, not followed", name,
								target ? "out of the folder" : "to nothing"));
	free(target);
}

static void walk_entry(struct walk *w, const char *path, const char *name)
{
	struct arena *a = w->set->arena;
	struct stat st;

	if (strlen(path) >= LIMIT_PATH_BYTES) {
		tell(w->set, DIAG_ERROR, "limit-path", arena_printf(a, "'%.200s...' is longer than the limit of %d bytes", name, LIMIT_PATH_BYTES));
	} else if (collect_excludes(w->options, name)) {
		w->excluded++;
	} else if (lstat(path, &st)) {
		tell(w->set, DIAG_ERROR, "unreadable", arena_printf(a, "cannot read '%s': %s", name, strerror(errno)));
	} else if (S_ISLNK(st.st_mode)) {
		tell_link(w, path, name);
	} else if (S_ISREG(st.st_mode)) {
		add_file(w, path, name);
	} else if (!S_ISDIR(st.st_mode)) {
		tell(w->set, DIAG_WARNING, "not-a-file", arena_printf(a, "'%s' is a FIFO, a socket or a device, not opened", name));
	} else if (collect_leaves_out(w->options, span_of(name))) {
		tell(w->set, DIAG_NOTE, "left-out", arena_printf(a, "'%s' is not walked: version control or downloaded programs", name));
	} else {
		*ARENA_PUSH(a, w->folders, w->folder_count) = (struct folder){path, name};
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in byte order, so that no file system's order shows. */
static int list_folder(struct arena *a, const char *path, const char ***ret, size_t *ret_count)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	const char **names = NULL;
	size_t count = 0;

	if (!dir)
		return -1;
	while ((errno = 0, entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			*ARENA_PUSH(a, names, count) = arena_str(a, entry->d_name);
	if (errno) {
		closedir(dir);
		return -1;
	}
	closedir(dir);
	if (count)
		qsort(names, count, sizeof *names, compare_names);
	*ret = names;
	*ret_count = count;
	return 0;
}

static void walk_folder(struct walk *w, struct folder folder)
{
	struct arena *a = w->set->arena;
	const char **names;
	size_t count;

	if (list_folder(a, folder.path, &names, &count)) {
		tell(w->set, DIAG_ERROR, "unreadable", arena_printf(a, "cannot read folder '%s': %s", *folder.name ? folder.name : ".", strerror(errno)));
		return;
	}
	for (size_t i = 0; i < count && !w->full; i++)
		walk_entry(w, arena_printf(a, "%s/%s", folder.path, names[i]),
			   *folder.name ? arena_printf(a, "%s/%s", folder.name, names[i]) : names[i]);
}

/* "a/b/" and "a/b" are b. */
static const char *root_base(struct arena *a, const char *root)
{
	size_t end = strlen(root), from;

	while (end > 1 && root[end - 1] == '/')
		end--;
	for (from = end; from && root[from - 1] != '/'; from--)
		;
	return from < end ? arena_dup(a, root + from, end - from) : "/";
}

static int walk_root(struct walk *w, const char *root, bool only, struct err *e)
{
	const char *base = root_base(w->set->arena, root);
	struct stat st;

	if (stat(root, &st))      /* what the user typed may be a link */
		return err_errno(e, EXIT_INCOMPLETE, "cannot read '%s'", root);
	if (!S_ISDIR(st.st_mode)) {
		if (!S_ISREG(st.st_mode))
			return err_set(e, EXIT_INCOMPLETE, "cannot read '%s': not a regular file or folder", root);
		add_file(w, root, base);
		return 0;
	}
	free(w->root);
	w->root = realpath(root, NULL);
	if (!w->root)
		return err_errno(e, EXIT_INCOMPLETE, "cannot read '%s'", root);
	w->folder_count = 0;
	*ARENA_PUSH(w->set->arena, w->folders, w->folder_count) = (struct folder){root, only ? "" : base};
	for (size_t i = 0; i < w->folder_count; i++)
		walk_folder(w, w->folders[i]);
	return 0;
}

/* ------------------------------------------------------------------ the set */

static int compare_docs(const void *a, const void *b)
{
	const struct doc *x = *(const struct doc *const *)a, *y = *(const struct doc *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->index > y->index) - (x->index < y->index);      /* two roots of one base name: as given */
}

static void number_docs(struct input_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		set->docs[i]->index = (uint32_t)i;
}

static int compare_diags(const void *a, const void *b)
{
	return strcmp(((const struct diag *)a)->text, ((const struct diag *)b)->text);
}

static void sort_set(struct input_set *set)
{
	number_docs(set);
	if (set->count)
		qsort(set->docs, set->count, sizeof(struct doc *), compare_docs);
	number_docs(set);
	if (set->diag_count)
		qsort(set->diags, set->diag_count, sizeof *set->diags, compare_diags);
}

/* ------------------------------------------------------------------ by several threads */

/* Work on each file of a set, shared out among threads. */
struct share {
	struct input_set *set;
	const struct collect_options *options;
	const char *const *paths;            /* of load_file */
	struct part {
		struct doc **docs;               /* of read_file: the file and its members */
		size_t count;
	} *parts;
	struct input_set *own;               /* of each thread: its arena and its interned words */
};

static void leave_off(void *data, unsigned thread)
{
	const struct share *s = data;

	watch_doc(s->set, thread, NULL);
}

#define FILES_A_THREAD 4      /* a thread for fewer costs more than it saves */

static void share_out(struct share *s, void (*work)(void *data, struct arena *own, unsigned thread, size_t file))
{
	size_t most = s->set->count / FILES_A_THREAD + 1;
	struct team team = {.jobs = s->options->jobs, .count = s->set->count, .work = work, .done = leave_off, .data = s};

	if (team.jobs > 1 && (size_t)team.jobs > most)
		team.jobs = (int)most;
	s->own = ARENA_ARRAY(s->set->arena, struct input_set, team_size(&team));
	team_run(s->set->arena, &team);
}

static void load_file(void *data, struct arena *own, unsigned thread, size_t file)
{
	const struct share *s = data;
	struct doc *d = s->set->docs[file];
	struct err e = {0};

	(void)thread;
	if (io_read(own, s->paths[file], LIMIT_FILE_BYTES, &d->bytes, &e)) {
		d->status = DOC_UNREADABLE;
		d->reason = arena_str(own, e.text);
		return;
	}
	sha256_hex(d->bytes, d->sha256);
}

static void read_file(void *data, struct arena *arena, unsigned thread, size_t file)
{
	struct share *s = data;
	struct doc *d = s->set->docs[file];
	struct input_set *own = &s->own[thread];

	if (!own->arena)
		*own = (struct input_set){.arena = arena, .interned = MAP_INIT(arena), .watch = s->set->watch};
	own->docs = NULL;
	own->count = 0;
	*ARENA_PUSH(own->arena, own->docs, own->count) = d;
	watch_doc(s->set, thread, d);
	if (d->status != DOC_UNREADABLE)
		read_document(own, d, s->options);
	for (size_t i = 0; i < own->count; i++)
		own->docs[i]->file = d->file;
	s->parts[file] = (struct part){own->docs, own->count};
}

/* Files in the order of collecting, each before its members: as one thread would have met them. */
static void join_parts(struct input_set *set, const struct share *s)
{
	size_t files = set->count;

	set->docs = NULL;
	set->count = 0;
	for (size_t i = 0; i < files; i++)
		for (size_t k = 0; k < s->parts[i].count; k++) {
			if (k && set->count >= LIMIT_FILES) {
				tell(set, DIAG_ERROR, "limit-files", arena_printf(set->arena, "more than the limit of %d files", LIMIT_FILES));
				return;
			}
			*ARENA_PUSH(set->arena, set->docs, set->count) = s->parts[i].docs[k];
		}
}

/* ------------------------------------------------------------------ all of it */

int collect_files(struct input_set *set, struct arena *a, const char *const *roots, size_t root_count,
		  const struct collect_options *o, struct err *e)
{
	struct walk w = {.set = set, .options = o};
	int failed = 0;

	*set = (struct input_set){.arena = a, .interned = MAP_INIT(a)};
	for (size_t i = 0; i < root_count && !failed; i++)
		failed = walk_root(&w, roots[i], root_count == 1, e);
	free(w.root);
	if (failed)
		return -1;
	if (w.excluded)
		tell(set, DIAG_NOTE, "excluded", arena_printf(a, "%zu names are left out by --exclude", w.excluded));
	share_out(&(struct share){.set = set, .options = o, .paths = w.paths}, load_file);
	formats_prepare(a);
	return 0;
}

void collect_read(struct input_set *set, const struct collect_options *o)
{
	struct share s = {.set = set, .options = o, .parts = ARENA_ARRAY(set->arena, struct part, set->count + 1)};

	share_out(&s, read_file);
	join_parts(set, &s);
	sort_set(set);
	resolve(set);
}

int collect(struct input_set *set, struct arena *a, const char *const *roots, size_t root_count,
	    const struct collect_options *o, struct err *e)
{
	if (collect_files(set, a, roots, root_count, o, e))
		return -1;
	collect_read(set, o);
	return 0;
}

struct doc *input_add(struct input_set *set, const char *name, struct span bytes, const struct format *forced)
{
	struct collect_options o = {.forced = forced};
	struct doc *d = doc_new(set, name);
	size_t from = set->count, count;

	*ARENA_PUSH(set->arena, set->docs, set->count) = d;
	d->bytes = arena_span(set->arena, bytes);
	d->file = UINT32_MAX;
	sha256_hex(d->bytes, d->sha256);
	read_document(set, d, &o);
	for (count = from; count < set->count; count++) {      /* d and the members of a container, each to its place */
		struct doc *added = set->docs[count];
		size_t at;

		for (at = count; at && strcmp(set->docs[at - 1]->name, added->name) > 0; at--)
			set->docs[at] = set->docs[at - 1];
		set->docs[at] = added;
	}
	number_docs(set);
	return d;
}
