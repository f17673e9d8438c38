/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * zip, tar, 7z, and files under gzip, bzip2, xz, zstd: each member becomes a document "outer!inner". What cannot be had from a member
 * (a password, a limit, damage) is its reason; what cannot be had from the archive is the archive's.
 */
#include "read/unpack.h"

#include "base/digest.h"
#include "base/limits.h"

struct listing {
	struct unpacking *u;
	struct doc *d;
	struct map names;      /* seen so far */
	size_t members;
};

/* ------------------------------------------------------------------ names */

/*
 * Without roots, drive letters, "." and "..": what would lead out when extracted, which nobody does here. '!' divides archive and member and
 * stays out of both.
 */
static char *plain_name(struct arena *a, const char *stored)
{
	size_t n = strlen(stored), out = 0;
	char *name = arena_alloc(a, n + 1);

	for (size_t from = 0, to; from <= n; from = to + 1) {
		struct span part;

		for (to = from; to < n && stored[to] != '/' && stored[to] != '\\'; to++)
			;
		part = (struct span){stored + from, to - from};
		if (!part.n || span_is(part, ".") || span_is(part, "..") || (part.n == 2 && part.p[1] == ':' && !from))
			continue;
		if (out)
			name[out++] = '/';
		for (size_t i = 0; i < part.n; i++)
			name[out++] = part.p[i] == '!' ? '_' : part.p[i];
	}
	name[out] = '\0';
	return name;
}

/* The name under a compression: plan.json.gz holds plan.json, export.tgz is a tar. */
static const char *name_below(struct arena *a, const char *outer)
{
	static const char *const endings[] = {".gz", ".bz2", ".xz", ".zst", ".zstd"};
	const char *base = outer;
	size_t n;

	for (const char *p = outer; *p; p++)
		if (*p == '/' || *p == '!')
			base = p + 1;
	n = strlen(base);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (n > strlen(endings[i]) && span_ends(span_of(base), endings[i]))
			return arena_dup(a, base, n - strlen(endings[i]));
	return "content";
}

static const char *name_of(struct listing *l, const struct archive_member *m)
{
	struct arena *a = l->u->set->arena;
	char *name;

	if (m->raw)
		return name_below(a, l->d->name);
	name = m->name ? plain_name(a, m->name) : arena_str(a, "");
	if (!*name)
		name = arena_printf(a, "entry-%zu", l->members);
	if (m->name && strcmp(name, span_starts(span_of(m->name), "./") ? m->name + 2 : m->name) != 0)
		unpack_tell(l->u, l->d, DIAG_WARNING, "archive-name", "the name '%.200s' is shown as '%.200s'", m->name, name);
	return name;
}

/* ------------------------------------------------------------------ members */

static void read_member(struct listing *l, struct doc *member, const struct archive_member *m)
{
	struct input_set *set = l->u->set;

	if (m->reason || m->limit) {
		member->status = DOC_UNREADABLE;
		member->reason = m->reason ? m->reason : "a limit of its archive was reached";
		return;
	}
	member->bytes = m->bytes;
	sha256_hex(m->bytes, member->sha256);
	doc_read(set->arena, &set->interned, member, l->u->options->forced);
	unpack_members(l->u, member);
}

static bool see_member(void *data, const struct archive_member *m)
{
	struct listing *l = data;
	const char *name;
	struct map_entry *same;
	struct doc *member;

	l->members++;
	name = name_of(l, m);
	if (m->link) {
		unpack_tell(l->u, l->d, DIAG_NOTE, "link", "'%.200s' is a link inside the archive, not followed", name);
		return true;
	}
	same = map_entry(&l->names, span_of(name));
	if (same->value)
		unpack_tell(l->u, l->d, DIAG_WARNING, "archive-twice", "'%.200s' is in the archive more than once, each is read", name);
	same->value = l;
	member = unpack_doc(l->u, l->d, name);
	if (member)
		read_member(l, member, m);
	if (m->limit)
		unpack_failed(l->u, l->d, m->limit, l->members);
	return !l->u->over;
}

/* ------------------------------------------------------------------ the archive */

/* A saved plan is a zip of "tfplan", which only Terraform reads, beside copies of what the folder holds. */
static bool is_plan(struct span bytes)
{
	return zip_lists(bytes, "tfplan") && zip_lists(bytes, "tfstate");
}

static void archive_unpack(struct unpacking *u, struct doc *d)
{
	struct listing l = {.u = u, .d = d, .names = MAP_INIT(u->set->arena)};
	const char *failed;
	size_t entries;

	if (is_plan(d->bytes)) {
		d->status = DOC_UNREADABLE;
		d->reason = "a binary Terraform plan: hand over the output of `terraform show -json` instead";
		return;
	}
	entries = u->budget.entries;
	failed = archive_each(u->set->arena, d->bytes, &u->budget, see_member, &l);
	if (!failed && !u->over && zip_is_cut(d->bytes))
		failed = "damaged or cut off";
	if (!failed && entries == u->budget.entries && !span_starts(d->bytes, "PK\5\6"))
		failed = "no member was found in it";      /* zeros under a compression look like the end of a tar */
	unpack_failed(u, d, failed, l.members);
}

static int archive_bid(struct span name, struct span bytes)
{
	(void)name;
	return archive_is(bytes) ? 90 : 0;
}

const struct format format_archive = {
	.name = "archive",
	.help = "zip, tar, 7z, gzip, bzip2, xz, zstd; members are documents of their own, archives in archives too",
	.bid = archive_bid,
	.unpack = archive_unpack,
	.prepare = archive_prepare,
};
