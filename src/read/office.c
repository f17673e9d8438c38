/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Office Open XML (ECMA-376) and OpenDocument files are zips of XML parts. Parts are unpacked through archive.c and read by the XML
 * reader, with its refusal of entities. Text is taken from the bytes of a part, since blanks count between runs of letters.
 */
#include "read/office.h"

#include "base/limits.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ parts */

static bool keep_part(void *data, const struct archive_member *m)
{
	struct office *o = data;
	struct span *part;

	if (m->limit || m->reason) {
		o->failed = m->limit ? m->limit : m->reason;
		return false;
	}
	if (m->link || !m->name)
		return true;
	part = ARENA_NEW(o->arena, struct span);
	*part = m->bytes;
	map_put(&o->parts, span_of(*m->name == '/' ? m->name + 1 : m->name), part);
	return true;
}

int office_open(struct office *o, struct unpacking *u, struct doc *d)
{
	const char *failed;

	*o = (struct office){.u = u, .d = d, .arena = arena_new()};
	o->parts = MAP_INIT(o->arena);
	failed = archive_each(o->arena, d->bytes, &u->budget, keep_part, o);
	unpack_failed(u, d, o->failed ? o->failed : failed, o->parts.count);
	if (d->status == DOC_READ && !o->parts.count) {
		d->status = DOC_UNREADABLE;
		d->reason = "no part was found in it";
	}
	return d->status == DOC_UNREADABLE ? -1 : 0;
}

void office_close(struct office *o)
{
	arena_free(o->arena);
	o->arena = NULL;
}

bool office_has(const struct office *o, const char *name)
{
	return map_get(&o->parts, span_of(name)) != NULL;
}

int office_part(struct office *o, const char *name, struct part *ret)
{
	const struct span *bytes = map_get(&o->parts, span_of(name));
	struct map interned = MAP_INIT(o->arena);
	struct encoding encoding;
	struct doc part = {.name = name};

	if (!bytes)
		return -1;
	text_detect(o->arena, *bytes, &encoding);
	part.bytes = encoding.text.bytes;
	doc_read(o->arena, &interned, &part, format_named("xml"));
	if (part.status != DOC_READ)
		unpack_tell(o->u, o->d, DIAG_ERROR, "part", "the part '%.100s' is not whole: %.200s", name,
			    part.reason ? part.reason : part.diag_count ? part.diags[0].text : "broken");
	if (!part.root_count || !part.roots[0]->first)
		return -1;
	*ret = (struct part){.bytes = part.bytes, .root = part.roots[0]};
	return 0;
}

bool office_is_locked(struct office *o)
{
	const struct span *manifest = map_get(&o->parts, SPAN("META-INF/manifest.xml"));

	if (!manifest || !span_find(*manifest, SPAN("encryption-data")))
		return false;
	o->d->status = DOC_UNREADABLE;
	o->d->reason = "an encrypted office document: to be handed over without its password";
	return true;
}

/* The first member is stored and says what the file is; under a password all others may be one. */
bool office_is_open_document(struct span bytes, const char *kind)
{
	struct span head = {bytes.p, bytes.n < 256 ? bytes.n : 256}, type = SPAN("mimetypeapplication/vnd.oasis.opendocument.");
	const char *found = span_find(head, type);

	if (!found || !span_starts(span_cut(head, (size_t)(found - head.p) + type.n, head.n), kind))
		return false;
	return zip_lists(bytes, "content.xml") || zip_lists(bytes, "encrypted-package");
}

void office_tell_unread(struct office *o)
{
	static const struct {
		const char *word, *what;
	} kinds[] = {
		{"vbaProject.bin", "macros"}, {"/comments", "comments"}, {"/threadedComments/", "threaded comments"}, {"/embeddings/", "embedded files"},
		{"/externalLinks/", "links to other workbooks"}, {"/media/", "pictures"}, {"Pictures/", "pictures"}, {"Object 1/", "embedded objects"},
		{"/charts/", "charts"}, {"/drawings/drawing", "drawings"}, {"/footnotes", "footnotes"}, {"/header", "page headers"}, {"/footer", "page footers"},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t count = 0;

		for (size_t k = 0; k < o->parts.count; k++)
			count += span_find(o->parts.entries[k].key, span_of(kinds[i].word)) && !span_ends(o->parts.entries[k].key, ".rels");
		if (count)
			unpack_tell(o->u, o->d, DIAG_NOTE, "not-read", "%s are not read (%zu parts)", kinds[i].what, count);
	}
}

/* ------------------------------------------------------------------ elements */

static const char *local_name(const char *key)
{
	const char *colon = strrchr(key, ':');

	return colon ? colon + 1 : *key == '@' ? key + 1 : key;
}

bool element_is(const struct fact *f, const char *local)
{
	return f->key && *f->key != '@' && *f->key != '#' && !strcmp(local_name(f->key), local);
}

const struct fact *element_child(const struct fact *f, const char *local)
{
	FACT_EACH(child, f)
		if (element_is(child, local))
			return child;
	return NULL;
}

const struct fact *element_next(const struct fact *f, const char *local)
{
	for (f = f->next; f && !element_is(f, local); f = f->next)
		;
	return f;
}

const char *element_attribute(const struct fact *f, const char *local)
{
	FACT_EACH(child, f)
		if (child->key && *child->key == '@' && !strcmp(local_name(child->key), local))
			return child->value.p;
	return NULL;
}

uint32_t element_count(const struct fact *f, const char *attribute)
{
	const char *text = element_attribute(f, attribute);
	unsigned long n = text ? strtoul(text, NULL, 10) : 1;

	return n > LIMIT_SHEET_ROWS ? LIMIT_SHEET_ROWS : n ? (uint32_t)n : 1;
}

/* ------------------------------------------------------------------ text */

static size_t find_byte(struct span s, size_t from, char c)
{
	const char *found = from < s.n ? memchr(s.p + from, c, s.n - from) : NULL;

	return found ? (size_t)(found - s.p) : s.n;
}

/* Behind the '>' of the tag at `from`; quoted attributes may hold one. */
static size_t behind_tag(struct span s, size_t from)
{
	char quote = 0;

	for (; from < s.n; from++) {
		char c = s.p[from];

		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return from + 1;
	}
	return s.n;
}

/* The bytes of an element's content, its own tags included where it has attributes. */
static struct span element_source(const struct part *p, const struct fact *f)
{
	size_t from, to;

	if (f->kind == FACT_BLOCK && !f->value.n)
		return span_cut(p->bytes, f->at.offset, f->at.offset + f->at.length);
	/* an element of text alone: its place has no blanks at its ends, its content may */
	from = find_byte(p->bytes, f->head.offset, '>') + 1;
	to = find_byte(p->bytes, (size_t)f->at.offset + f->at.length, '<');
	return from < to ? span_cut(p->bytes, from, to) : (struct span){"", 0};
}

/* "p", "/p", cut to the buffer. */
static void tag_name(struct span tag, char ret[16])
{
	bool closing = tag.n > 1 && tag.p[1] == '/';
	size_t from = 1 + closing, to = from;
	const char *colon;

	while (to < tag.n && !strchr(" \t\r\n/>", tag.p[to]))
		to++;
	colon = to > from ? memchr(tag.p + from, ':', to - from) : NULL;
	from = colon ? (size_t)(colon - tag.p) + 1 : from;
	snprintf(ret, 16, "%s%.*s", closing ? "/" : "", (int)(to - from), tag.p + from);
}

/* What a tag stands for in running text: tabs, breaks, runs of blanks, the end of a paragraph within a cell. */
static void put_tag(const char *name, struct str *out)
{
	static const struct {
		const char *name;
		char c;
	} tags[] = {{"tab", '\t'}, {"br", '\n'}, {"cr", '\n'}, {"line-break", '\n'}, {"s", ' '}, {"/p", '\n'}, {"/h", '\n'}, {"noBreakHyphen", '-'}};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (!strcmp(name, tags[i].name))
			str_char(out, tags[i].c);
}

/* Comments and notes stand in the text of OpenDocument where they belong, and are none of it. */
static bool is_aside(const char *name)
{
	return !strcmp(name, "annotation") || !strcmp(name, "note");
}

/* Behind the element whose tag ended at `at`; such elements do not hold their like. */
static size_t behind_element(struct span s, size_t at, const char *name)
{
	while (at < s.n) {
		size_t from = find_byte(s, at, '<');
		char found[16];

		at = behind_tag(s, from);
		tag_name(span_cut(s, from, at), found);
		if (*found == '/' && !strcmp(found + 1, name))
			break;
	}
	return at;
}

/* The tag at `at`, and all of its element when that is no part of the text; returns the offset behind. */
static size_t put_markup(struct span s, size_t at, struct str *out)
{
	size_t end = behind_tag(s, at);
	char name[16];

	tag_name(span_cut(s, at, end), name);
	if (is_aside(name) && s.p[end - 2] != '/')
		return behind_element(s, end, name);
	put_tag(name, out);
	return end;
}

static void put_text(struct office *o, struct span text, struct str *out)
{
	if (memchr(text.p, '&', text.n) || memchr(text.p, '\r', text.n))
		text = decode_step(o->arena, DECODE_XML_TEXT, SPAN(""), text, NULL);
	str_span(out, text);
}

void element_text(struct office *o, const struct part *p, const struct fact *f, struct str *out)
{
	struct span s = element_source(p, f);
	size_t at = 0;

	while (at < s.n) {
		size_t end = s.p[at] == '<' ? at : find_byte(s, at, '<');
		struct span rest = span_cut(s, at, s.n);
		const char *stop;

		if (end > at) {
			put_text(o, span_cut(s, at, end), out);
			at = end;
		} else if (span_starts(rest, "<![CDATA[")) {
			stop = span_find(rest, SPAN("]]>"));
			end = stop ? (size_t)(stop - s.p) : s.n;
			str_span(out, span_cut(s, at + 9, end));
			at = stop ? end + 3 : s.n;
		} else if (span_starts(rest, "<!--")) {
			stop = span_find(rest, SPAN("-->"));
			at = stop ? (size_t)(stop - s.p) + 3 : s.n;
		} else {
			at = put_markup(s, at, out);
		}
	}
}
