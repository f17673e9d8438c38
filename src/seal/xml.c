/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A small strict XML 1.0 reader with namespaces for manifests, which are signed and then decide which bytes count: whatever two parsers
 * might take differently is an error here. No document type (so no entities, no external anything), UTF-8 only, bounded in depth,
 * attributes and bindings, no recursion. Relies on the whole text being in memory; knows nothing of the manifest's own grammar.
 */
#include "seal/xml.h"

#include "base/str.h"
#include "base/utf8.h"

static enum xml_event broken(struct xml *x, const char *what)
{
	err_set(x->err, EXIT_UNVERIFIED, "not a sound XML text at byte %zu: %s", x->at, what);
	x->at = x->in.n;
	return XML_BROKEN;
}

void xml_begin(struct xml *x, struct arena *a, struct span in, struct err *e)
{
	memset(x, 0, sizeof *x);
	x->arena = a;
	x->err = e;
	x->in = in;
	if (span_starts(in, "\xef\xbb\xbf"))
		x->in = span_cut(in, 3, in.n);
	if (utf8_valid_until(x->in) != x->in.n)
		broken(x, "it is not UTF-8");
}

bool xml_is(const struct xml_name *name, const char *ns, const char *local)
{
	return span_is(name->ns, ns) && span_is(name->local, local);
}

/* ------------------------------------------------------------------ characters */

static struct span rest(const struct xml *x)
{
	return span_cut(x->in, x->at, x->in.n);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct xml *x)
{
	while (x->at < x->in.n && is_blank(x->in.p[x->at]))
		x->at++;
}

/* A name without colons, or with one. ASCII letters only: the names of this schema are. */
static struct span take_name(struct xml *x)
{
	size_t from = x->at;

	while (x->at < x->in.n) {
		char c = x->in.p[x->at];
		bool first = x->at == from;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		    (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':')))
			x->at++;
		else
			break;
	}
	return span_cut(x->in, from, x->at);
}

static bool char_allowed(unsigned c)
{
	return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c < 0xd800) || (c >= 0xe000 && c < 0xfffe) || (c >= 0x10000 && c <= 0x10ffff);
}

static int put_char_reference(struct str *out, struct span name)
{
	bool is_hex = name.n > 2 && name.p[1] == 'x';
	unsigned code = 0;

	for (size_t i = is_hex ? 2 : 1; i < name.n; i++) {
		char c = name.p[i];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
				 : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 99;

		if (digit >= (is_hex ? 16u : 10u) || code > 0x10ffff)
			return -1;
		code = code * (is_hex ? 16 : 10) + digit;
	}
	if (name.n < 2 || !char_allowed(code))
		return -1;
	str_utf8(out, code);
	return 0;
}

static int put_entity(struct str *out, struct span name)
{
	static const struct { const char *name; char c; } five[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

	if (name.n && name.p[0] == '#')
		return put_char_reference(out, name);
	for (size_t i = 0; i < sizeof five / sizeof *five; i++)
		if (span_is(name, five[i].name)) {
			str_char(out, five[i].c);
			return 0;
		}
	return -1;
}

/* Decodes references; a literal line end or tab of an attribute becomes a blank (XML 1.0, 3.3.3). */
static int decode(struct xml *x, struct span raw, bool attribute, struct span *ret)
{
	struct str out = STR_INIT(raw.n + 1);
	int rc = 0;

	for (size_t i = 0; i < raw.n && !rc;) {
		unsigned c;
		size_t n = utf8_decode(span_cut(raw, i, raw.n), &c);

		if (!n || !char_allowed(c)) {
			rc = -1;
		} else if (c == '&') {
			const char *end = memchr(raw.p + i, ';', raw.n - i);

			rc = end ? put_entity(&out, span_cut(raw, i + 1, (size_t)(end - raw.p))) : -1;
			i = end ? (size_t)(end - raw.p) + 1 : raw.n;
		} else {
			str_put(&out, attribute && is_blank((char)c) && c < 0x80 ? " " : raw.p + i, n);
			i += n;
		}
	}
	*ret = arena_span(x->arena, str_get(&out));
	str_free(&out);
	return rc;
}

/* ------------------------------------------------------------------ namespaces */

static int bind(struct xml *x, struct span prefix, struct span uri)
{
	if (x->binding_count == XML_BINDINGS || span_is(prefix, "xml") || span_is(prefix, "xmlns"))
		return -1;
	x->bindings[x->binding_count].prefix = prefix;
	x->bindings[x->binding_count].uri = uri;
	x->bindings[x->binding_count++].depth = x->depth;
	return 0;
}

/* Splits a name as written; -1 for an unknown prefix. Attributes without a prefix have no namespace. */
static int resolve_name(const struct xml *x, struct span written, bool attribute, struct xml_name *ret)
{
	const char *colon = memchr(written.p, ':', written.n);
	struct span prefix = {written.p, colon ? (size_t)(colon - written.p) : 0};

	*ret = (struct xml_name){{"", 0}, colon ? span_cut(written, prefix.n + 1, written.n) : written};
	if (colon && (!ret->local.n || !prefix.n || memchr(ret->local.p, ':', ret->local.n)))
		return -1;
	if (attribute && !colon)
		return 0;
	for (size_t i = x->binding_count; i--;)
		if (span_eq(x->bindings[i].prefix, prefix)) {
			ret->ns = x->bindings[i].uri;
			return 0;
		}
	return colon && !span_is(prefix, "xml") ? -1 : 0;
}

/* ------------------------------------------------------------------ tags */

struct raw_attribute {
	struct span name, value;
};

static int take_attribute(struct xml *x, struct raw_attribute *ret)
{
	const char *end;
	char quote;

	ret->name = take_name(x);
	skip_blanks(x);
	if (!ret->name.n || x->at >= x->in.n || x->in.p[x->at] != '=')
		return -1;
	x->at++;
	skip_blanks(x);
	if (x->at >= x->in.n || ((quote = x->in.p[x->at]) != '"' && quote != '\''))
		return -1;
	x->at++;
	end = memchr(x->in.p + x->at, quote, x->in.n - x->at);
	if (!end)
		return -1;
	ret->value = span_cut(x->in, x->at, (size_t)(end - x->in.p));
	x->at = (size_t)(end - x->in.p) + 1;
	if (memchr(ret->value.p, '<', ret->value.n))
		return -1;
	return decode(x, ret->value, true, &ret->value);
}

/* All attributes up to '>' or '/>'; bindings first, since an attribute may use one that stands behind it. */
static int take_attributes(struct xml *x, struct raw_attribute *raw, size_t *ret_count)
{
	size_t count = 0;

	for (;;) {
		size_t before = x->at;

		skip_blanks(x);
		if (x->at >= x->in.n)
			return -1;
		if (x->in.p[x->at] == '>' || x->in.p[x->at] == '/')
			break;
		if (before == x->at || count == XML_ATTRIBUTES || take_attribute(x, &raw[count]))
			return -1;
		for (size_t i = 0; i < count; i++)
			if (span_eq(raw[i].name, raw[count].name))
				return -1;
		count++;
	}
	*ret_count = count;
	return 0;
}

static int keep_attributes(struct xml *x, const struct raw_attribute *raw, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (span_is(raw[i].name, "xmlns") ? bind(x, (struct span){"", 0}, raw[i].value)
		    : span_starts(raw[i].name, "xmlns:") ? bind(x, span_cut(raw[i].name, 6, raw[i].name.n), raw[i].value) : 0)
			return -1;
	}
	x->attribute_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct xml_attribute *made = &x->attributes[x->attribute_count];

		if (span_is(raw[i].name, "xmlns") || span_starts(raw[i].name, "xmlns:"))
			continue;
		if (resolve_name(x, raw[i].name, true, &made->name))
			return -1;
		made->value = raw[i].value;
		for (size_t k = 0; k < x->attribute_count; k++)
			if (span_eq(x->attributes[k].name.ns, made->name.ns) && span_eq(x->attributes[k].name.local, made->name.local))
				return -1;
		x->attribute_count++;
	}
	return 0;
}

static enum xml_event start_tag(struct xml *x)
{
	struct raw_attribute raw[XML_ATTRIBUTES];
	struct span name = take_name(x);
	size_t count;

	if (!name.n || x->depth == XML_DEPTH)
		return broken(x, "no name, or nested too deep");
	if (x->began && !x->depth)
		return broken(x, "a second root");
	x->began = true;
	x->open[x->depth++] = name;
	if (take_attributes(x, raw, &count) || keep_attributes(x, raw, count))
		return broken(x, "a wrong, doubled or unbound attribute");
	if (x->in.p[x->at] == '/') {
		x->empty = true;
		x->at++;
	}
	if (x->at >= x->in.n || x->in.p[x->at] != '>')
		return broken(x, "a tag without its end");
	x->at++;
	return resolve_name(x, name, false, &x->name) ? broken(x, "an unbound prefix") : XML_START;
}

static enum xml_event end_element(struct xml *x)
{
	if (resolve_name(x, x->open[x->depth - 1], false, &x->name))
		return broken(x, "an unbound prefix");
	while (x->binding_count && x->bindings[x->binding_count - 1].depth == x->depth)
		x->binding_count--;
	x->depth--;
	return XML_END;
}

static enum xml_event end_tag(struct xml *x)
{
	struct span name = take_name(x);

	skip_blanks(x);
	if (!x->depth || !span_eq(name, x->open[x->depth - 1]) || x->at >= x->in.n || x->in.p[x->at] != '>')
		return broken(x, "an end tag that closes nothing");
	x->at++;
	return end_element(x);
}

/* ------------------------------------------------------------------ what stands between */

/* <!-- --> and <? ?>; the XML declaration is one of the latter, at the very start. */
static int skip_aside(struct xml *x, const char *end, size_t open)
{
	struct span inside = span_cut(x->in, x->at + open, x->in.n);
	const char *found = span_find(inside, span_of(end));
	struct span content;

	if (!found)
		return -1;
	content = (struct span){inside.p, (size_t)(found - inside.p)};
	if (open == 4 && span_find(content, SPAN("--")))
		return -1;
	if (open == 2 && span_starts(content, "xml") && content.n > 3 && is_blank(content.p[3])) {
		if (x->at || (span_find(content, SPAN("encoding")) && !span_find(content, SPAN("UTF-8")) && !span_find(content, SPAN("utf-8"))))
			return -1;
	}
	x->at = (size_t)(found - x->in.p) + strlen(end);
	return 0;
}

static enum xml_event take_text(struct xml *x)
{
	const char *end = memchr(x->in.p + x->at, '<', x->in.n - x->at);
	size_t to = end ? (size_t)(end - x->in.p) : x->in.n;
	struct span raw = span_cut(x->in, x->at, to);

	if (decode(x, raw, false, &x->text) || span_find(raw, SPAN("]]>")))
		return broken(x, "a wrong reference or character");
	if (!x->depth && span_trim(raw).n)
		return broken(x, "text outside the root");
	x->at = to;
	return XML_TEXT;
}

/* 1: passed over a comment or an instruction; 0: there is none here; -1: a wrong one. */
static int pass_aside(struct xml *x, struct span here)
{
	if (span_starts(here, "<!--"))
		return skip_aside(x, "-->", 4) ? -1 : 1;
	if (span_starts(here, "<?"))
		return skip_aside(x, "?>", 2) ? -1 : 1;
	return 0;
}

static enum xml_event take_tag(struct xml *x, struct span here)
{
	if (span_starts(here, "<!"))
		return broken(x, "a document type or CDATA section");
	x->at += span_starts(here, "</") ? 2 : 1;
	return span_starts(here, "</") ? end_tag(x) : start_tag(x);
}

enum xml_event xml_next(struct xml *x)
{
	if (x->empty) {
		x->empty = false;
		return end_element(x);
	}
	while (x->at < x->in.n) {
		struct span here = rest(x);
		int aside = pass_aside(x, here);

		if (aside < 0)
			return broken(x, "a wrong comment or instruction");
		if (aside > 0)
			continue;
		if (here.p[0] == '<')
			return take_tag(x, here);
		if (take_text(x) == XML_BROKEN)
			return XML_BROKEN;
		if (span_trim(x->text).n)
			return XML_TEXT;
	}
	return x->depth || !x->began ? broken(x, "it ends too early") : XML_DONE;
}
