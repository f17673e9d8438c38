/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Containers: what is inside becomes documents named "outer!inner", read like files. One budget holds for a delivered file and all
 * that is nested in it. Names of members are only names: '..' and roots are taken out for display, and nothing is extracted.
 */
#include "read/unpack.h"

#include "base/digest.h"
#include "base/limits.h"

#include <stdarg.h>

void unpack_tell(struct unpacking *u, struct doc *d, enum diag_level level, const char *code, const char *format, ...)
{
	struct diag *diag;
	char text[512];
	va_list args;

	if (level == DIAG_ERROR && d->status == DOC_READ)
		d->status = DOC_PARTIAL;
	d->diag_total++;
	if (d->diag_count >= (level == DIAG_ERROR ? 2 : 1) * LIMIT_DIAGS_PER_FILE)      /* notes about members do not push out what was lost */
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	diag = ARENA_PUSH(u->set->arena, d->diags, d->diag_count);
	*diag = (struct diag){.level = level, .doc = d, .code = code, .text = arena_str(u->set->arena, text)};
}

static const struct limit_words {
	const char *code, *text;
} limit_words[] = {
	{"limit-archive-bytes", "unpacks to more than the limit of 1024 MiB, the rest is not read"},
	{"limit-archive-ratio", "unpacks to more than 200 times its size, as a bomb does, the rest is not read"},
	{"limit-archive-entries", "more than the limit of 100000 entries, the rest is not read"},
};
_Static_assert(LIMIT_ARCHIVE_BYTES == 1024 * MIB && LIMIT_ARCHIVE_RATIO == 200 && LIMIT_ARCHIVE_ENTRIES == 100000, "the words above name the limits");

void unpack_failed(struct unpacking *u, struct doc *d, const char *why, size_t members)
{
	if (!why)
		return;
	for (size_t i = 0; i < sizeof limit_words / sizeof *limit_words; i++)
		if (!strcmp(why, limit_words[i].code)) {
			u->over = true;
			unpack_tell(u, d, DIAG_ERROR, limit_words[i].code, "%s", limit_words[i].text);
			return;
		}
	if (members) {
		unpack_tell(u, d, DIAG_ERROR, "archive", "%s behind its first %zu members", why, members);
	} else {
		d->status = DOC_UNREADABLE;
		d->reason = why;
	}
}

/* ------------------------------------------------------------------ documents */

/* Whether the user leaves out this member, a folder it lies in, or its name inside the archive alone. */
static bool is_excluded(const struct unpacking *u, const char *name)
{
	char *part = arena_str(u->set->arena, name);

	for (const char *from = name; from; from = strchr(from, '!') ? strchr(from, '!') + 1 : NULL)
		for (size_t end = (size_t)(from - name); part[end]; end++) {
			bool excluded;

			if (part[end + 1] && part[end + 1] != '/')
				continue;
			part[end + 1] = '\0';
			excluded = collect_excludes(u->options, part + (from - name));
			part[end + 1] = name[end + 1];
			if (excluded)
				return true;
		}
	return false;
}

/* In a folder of version control, at any depth of the member's name. */
static bool is_left_out(const struct unpacking *u, const char *name)
{
	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/'))
		if (collect_leaves_out(u->options, (struct span){name, (size_t)(slash - name)}))
			return true;
	return false;
}

struct doc *unpack_doc(struct unpacking *u, struct doc *d, const char *inner)
{
	struct arena *a = u->set->arena;
	struct doc *member;
	const char *name;

	if (strlen(d->name) + strlen(inner) + 1 >= LIMIT_PATH_BYTES) {
		unpack_tell(u, d, DIAG_ERROR, "limit-path", "'%.200s...' is longer than the limit of %d bytes", inner, LIMIT_PATH_BYTES);
		return NULL;
	}
	name = arena_printf(a, "%s!%s", d->name, inner);
	if (is_excluded(u, name)) {
		unpack_tell(u, d, DIAG_NOTE, "excluded", "'%.200s' is left out by --exclude", inner);
		return NULL;
	}
	if (is_left_out(u, name)) {
		unpack_tell(u, d, DIAG_NOTE, "left-out", "'%.200s' is not read: version control or downloaded programs", inner);
		return NULL;
	}
	if (u->set->count >= LIMIT_FILES) {
		unpack_tell(u, d, DIAG_ERROR, "limit-files", "more than the limit of %d files", LIMIT_FILES);
		u->over = true;
		return NULL;
	}
	member = ARENA_NEW(a, struct doc);
	member->name = name;
	member->bytes = SPAN("");
	member->index = (uint32_t)u->set->count;
	*ARENA_PUSH(a, u->set->docs, u->set->count) = member;
	return member;
}

struct builder *unpack_text(struct unpacking *u, const struct doc *d, struct doc *member, const struct str *text)
{
	struct arena *a = u->set->arena;

	if (str_failed(text)) {
		member->status = DOC_UNREADABLE;
		member->reason = "larger than the limit of a file";
		return NULL;
	}
	member->bytes = arena_span(a, text->n ? str_get(text) : SPAN(""));
	sha256_hex(member->bytes, member->sha256);
	member->format = d->format;
	member->text = (struct text){.bytes = member->bytes};
	member->lines = lines_of(a, member->bytes);
	return builder_new(a, &u->set->interned, member);
}

void unpack_members(struct unpacking *u, struct doc *d)
{
	if (!d->format || !d->format->unpack || u->over)
		return;
	if (u->depth >= LIMIT_ARCHIVE_DEPTH) {
		d->status = DOC_UNREADABLE;
		d->reason = "deeper than the limit of archives in archives";
		return;
	}
	u->depth++;
	d->format->unpack(u, d);
	u->depth--;
}

void unpack(struct input_set *set, struct doc *d, const struct collect_options *o)
{
	struct unpacking u = {.set = set, .options = o, .budget.delivered = d->bytes.n};

	unpack_members(&u, d);
}
