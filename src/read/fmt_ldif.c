/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * LDIF (RFC 2849): entries of a directory, among them the configuration of dcm4chee and OpenLDAP's cn=config. Each entry is a block
 * called entry with its attributes; a line that begins with a blank goes on with the one before, `::` is base64, `:<` an
 * address that is not followed. A line "-" between changes says nothing.
 */
#include "read/line.h"

#include "base/utf8.h"

struct ldif {
	struct builder *b;
	const struct text *t;
	struct span in;
	uint32_t at;
	bool in_entry;
};

/* The line at `at` with those that continue it; a comment may be continued too. */
static struct line whole_line(struct span in, uint32_t at)
{
	struct line l = line_at(in, at);

	while (l.next < in.n && in.p[l.next] == ' ') {
		struct line more = line_at(in, l.next);

		l.to = more.to;
		l.next = more.next;
	}
	return l;
}

static bool is_continued(struct span in, const struct line *l)
{
	return memchr(in.p + l->from, '\n', l->to - l->from) != NULL;
}

static void end_entry(struct ldif *d, uint32_t at)
{
	if (d->in_entry)
		build_close(d->b, d->t, at);
	d->in_entry = false;
}

static bool open_entry(struct ldif *d, uint32_t from)
{
	if (d->in_entry)
		return true;
	d->in_entry = build_open(d->b, d->t, &(struct fact){.kind = FACT_BLOCK, .block_syntax = true, .key = build_intern(d->b, SPAN("entry")),
							    .at = {from, 0}, .head = {from, 0}}) != NULL;
	return d->in_entry;
}

/* A certificate or a picture in base64 stays as it is written. */
static bool is_text(struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 && !strchr("\t\n\r", value.p[i]))
			return false;
	return true;
}

static void set_value(struct ldif *d, struct fact *f, uint32_t from, uint32_t to, enum decoder_kind kind)
{
	struct span raw = span_cut(d->in, from, to), value = raw;

	f->at = (struct place){from, to - from};
	f->value = raw;
	if (kind != NO_DECODER)
		value = decode_step(builder_arena(d->b), kind, span_cut(d->in, 0, from), raw, NULL);
	if (kind == NO_DECODER || !is_text(value) || utf8_valid_until(value) < value.n)
		return;
	f->value = value;
	f->decoder = build_decoder(d->b, kind, NULL);
}

/* `name: value`, `name:: base64`, `name:< address`. */
static bool attribute(struct ldif *d, const struct line *l)
{
	uint32_t colon = word_end(d->in, l->from, l->to, "-.;_"), from = colon + 1;
	struct fact f = {.kind = FACT_LITERAL, .scalar = SCALAR_PLAIN, .head = {l->from, colon - l->from}};
	enum decoder_kind kind = is_continued(d->in, l) ? DECODE_FOLDED : NO_DECODER;

	if (colon == l->from || colon >= l->to || d->in.p[colon] != ':') {
		build_diag(d->b, d->t, DIAG_ERROR, l->from, l->to, "syntax", "expected 'name: value'");
		return true;
	}
	if (from < l->to && d->in.p[from] == ':') {
		from++;
		kind = DECODE_BASE64;
	} else if (from < l->to && d->in.p[from] == '<') {
		from++;
		f.kind = FACT_REFERENCE;
	}
	from = line_skip(d->in, from, l->to);
	if (!open_entry(d, l->from))
		return false;
	f.key = line_key(d->b, d->t, l->from, colon, NO_DECODER);
	set_value(d, &f, from, line_trim(d->in, from, l->to), kind);
	return build_fact(d->b, d->t, &f) != NULL;
}

static void ldif_read(struct builder *b, const struct text *t)
{
	struct ldif d = {.b = b, .t = t, .in = t->bytes};

	if (!build_open(b, t, &(struct fact){.kind = FACT_BLOCK}))
		return;
	while (d.at < d.in.n && !build_full(b)) {
		struct line l = whole_line(d.in, d.at);
		uint32_t to = line_trim(d.in, l.from, l.to);

		if (to == l.from)
			end_entry(&d, l.from);
		else if (d.in.p[l.from] == '#')
			build_comment(b, t, l.from, to);
		else if (!span_is(span_cut(d.in, l.from, to), "-") && !attribute(&d, &l))
			return;
		d.at = l.next;
	}
	if (build_full(b))
		return;
	end_entry(&d, (uint32_t)d.in.n);
	build_close(b, t, (uint32_t)d.in.n);
}

static int ldif_bid(struct span name, struct span head)
{
	struct span rest = span_trim(head);

	if (span_ends(name, ".ldif"))
		return 90;
	return span_starts(rest, "dn: ") || span_starts(rest, "version: 1\ndn: ") ? 80 : 0;
}

const struct format format_ldif = {
	.name = "ldif",
	.help = "LDIF (RFC 2849): entries of a directory",
	.bid = ldif_bid,
	.read = ldif_read,
};
