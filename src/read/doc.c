/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One document from its bytes: encoding, choice of format, reading. Never fails; what was not read is in status, reason and
 * diagnostics. Positions: offsets are those of the bytes as delivered, lines are counted in the text.
 */
#include "read/read_p.h"

#include "base/limits.h"

#ifdef TEST_HOOKS      /* tests/t-confine alone: a document can make this process misbehave */
void test_hook(const struct doc *d);
#endif

/* Segments are sorted both ways. */
uint32_t offset_in(const struct offset_map *m, uint32_t outer)
{
	size_t low = 0, high = m ? m->count : 0;
	const struct offset_segment *s;
	uint32_t inner;

	if (!m)
		return outer;
	if (!m->count || outer < m->segments[0].outer)
		return 0;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (m->segments[mid].outer <= outer)
			low = mid;
		else
			high = mid;
	}
	s = &m->segments[low];
	inner = s->inner + (s->step ? (outer - s->outer) / s->step : 0);
	return low + 1 < m->count && inner > m->segments[low + 1].inner ? m->segments[low + 1].inner : inner;
}

struct pos doc_pos(const struct doc *d, uint32_t offset)
{
	if (!d->lines.count)
		return (struct pos){0, 0};
	return lines_pos(&d->lines, offset_in(d->text.map, offset));
}

const char *doc_base(const char *name)
{
	const char *base = name;

	for (; *name; name++)
		if (*name == '/' || *name == '!')
			base = name + 1;
	return base;
}

static void skip(struct doc *d, const char *reason)
{
	d->status = DOC_SKIPPED;
	d->reason = reason;
}

static void note_encoding(struct builder *b, const struct encoding *encoding)
{
	if (encoding->note)
		build_diag(b, NULL, DIAG_NOTE, 0, 0, "encoding", "%s", encoding->note);
}

struct span doc_folder(const char *name)
{
	size_t n = strlen(name);

	while (n && name[n - 1] != '/' && name[n - 1] != '!')
		n--;
	return (struct span){name, n && name[n - 1] == '/' ? n - 1 : n};
}

const char *doc_join(struct arena *a, struct span folder, struct span source)
{
	size_t floor = 0, n = folder.n;
	char *path = arena_alloc(a, folder.n + source.n + 3);

	if (!span_starts(source, "./") && !span_starts(source, "../") && !span_is(source, ".") && !span_is(source, ".."))
		return NULL;
	memcpy(path, folder.p, folder.n);
	for (size_t i = 0; i < n; i++)
		if (path[i] == '!')
			floor = i + 1;
	for (size_t at = 0; at < source.n;) {
		const char *slash = memchr(source.p + at, '/', source.n - at);
		size_t end = slash ? (size_t)(slash - source.p) : source.n;
		struct span part = span_cut(source, at, end);

		at = end + 1;
		if (!part.n || span_is(part, "."))
			continue;
		if (span_is(part, "..")) {
			if (n == floor)
				return NULL;
			while (n > floor && path[n - 1] != '/')
				n--;
			n -= n > floor;
			continue;
		}
		if (n > floor)
			path[n++] = '/';
		memcpy(path + n, part.p, part.n);
		n += part.n;
	}
	path[n] = '\0';
	return path;
}

/* The list of diagnostics grew in the builder by doubling; one more is a copy, which is rare enough. */
void doc_diag(struct arena *a, struct doc *d, enum diag_level level, const struct fact *at, const char *code, const char *text)
{
	struct diag *diags;

	if (d->diag_count && d->diags[d->diag_count - 1].code == code && d->diags[d->diag_count - 1].at.offset == at->at.offset)
		return;      /* said for this place */
	if (level == DIAG_ERROR && d->status == DOC_READ)
		d->status = DOC_PARTIAL;
	if (d->diag_total++ >= LIMIT_DIAGS_PER_FILE)
		return;
	diags = ARENA_ARRAY(a, struct diag, d->diag_count + 1);
	if (d->diag_count)
		memcpy(diags, d->diags, d->diag_count * sizeof *diags);
	diags[d->diag_count++] = (struct diag){.level = level, .doc = d, .at = at->at, .has_place = true, .code = code, .text = text};
	d->diags = diags;
}

void doc_read(struct arena *a, struct map *interned, struct doc *d, const struct format *forced)
{
	struct encoding encoding;
	struct builder *b;
	struct span head;

#ifdef TEST_HOOKS
	test_hook(d);
#endif
	if (d->bytes.n > LIMIT_FILE_BYTES) {
		d->status = DOC_UNREADABLE;
		d->reason = "larger than the limit of a file";
		return;
	}
	d->format = container_pick(span_of(doc_base(d->name)), d->bytes);
	if (d->format)
		return;
	if (forced && forced->unpack) {
		d->status = DOC_UNREADABLE;
		d->reason = arena_printf(a, "not %s", forced->help);
		return;
	}
	text_detect(a, d->bytes, &encoding);
	if (encoding.binary && !forced) {
		skip(d, encoding.binary);
		return;
	}
	d->text = encoding.text;
	head = d->text.bytes;
	head.n = head.n > HEAD_BYTES ? HEAD_BYTES : head.n;
	d->format = forced ? forced : format_pick(span_of(doc_base(d->name)), head);
	if (!d->format) {
		skip(d, "of no format known");
		return;
	}
	d->lines = lines_of(a, d->text.bytes);
	b = builder_new(a, interned, d);
	note_encoding(b, &encoding);
	d->format->read(b, &d->text);
	builder_end(b);
	if (span_find(d->text.bytes, SPAN("Secret")))
		embedded_secrets(a, interned, d);
}
