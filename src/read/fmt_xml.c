/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * XML 1.0. libxml2 decides what is well-formed and tells the elements in order; it does not say where the parts of a tag stand, so a
 * cursor of our own goes through the same bytes in step and takes names, attributes and text from there. At the end of each tag the two must agree.
 * No network, no DTD, no entity is ever expanded: a document that declares entities is read as far as it goes without them.
 * An element is a block, its attributes are "@name", its text "#text"; an element of text alone is a scalar of its own name.
 */
#include "read/read_p.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

struct xml {
	struct builder *b;            /* NULL: only look whether it is well-formed */
	const struct text *t;
	const char *p;                /* the text, left as it is */
	char *values;                 /* a copy, where a NUL ends each value */
	uint32_t n, at;               /* the cursor */
	xmlParserCtxtPtr parser;
	/* An element without attributes waits here until it is known whether it is a block or a scalar. */
	bool waiting, stopped, lost, entities;
	bool returns;                 /* there are CR in the text */
	uint32_t error_at;            /* of libxml2's first error */
	char error[300];
	struct place head;
	const char *key;
	uint32_t start;               /* its '<' */
	/* Text since the last tag: from its first to behind its last byte that is not blank. */
	bool has_text, plain;         /* plain: no reference, CDATA, comment or CR in it */
	uint32_t text_from, text_to;
	int depth;
};

static void stop(struct xml *x)
{
	x->stopped = true;
	xmlStopParser(x->parser);
}

/* No more facts; libxml2 goes on, because in a broken document its own message, still to come, says what is wrong. */
static void lost(struct xml *x)
{
	x->lost = x->stopped = true;
}

/* ------------------------------------------------------------------ the cursor */

static bool is_at(const struct xml *x, uint32_t at, char c)
{
	return at < x->n && x->p[at] == c;
}

static bool starts(const struct xml *x, uint32_t at, const char *what)
{
	return span_starts((struct span){x->p + at, x->n - at}, what);
}

static uint32_t behind(const struct xml *x, uint32_t at, const char *what)
{
	const char *found = at <= x->n ? span_find((struct span){x->p + at, x->n - at}, span_of(what)) : NULL;

	return found ? (uint32_t)(found - x->p) + (uint32_t)strlen(what) : x->n;
}

/* <!DOCTYPE name [ ... ]>: quotes, comments and the internal subset may hold '>'. */
static uint32_t behind_doctype(const struct xml *x, uint32_t at)
{
	bool subset = false;

	while (at < x->n) {
		char c = x->p[at];

		if (c == '"' || c == '\'')
			at = behind(x, at + 1, c == '"' ? "\"" : "'");
		else if (starts(x, at, "<!--"))
			at = behind(x, at + 4, "-->");
		else if (starts(x, at, "<?"))
			at = behind(x, at + 2, "?>");
		else if (c == '>' && !subset)
			return at + 1;
		else {
			subset = c == '[' ? true : c == ']' ? false : subset;
			at++;
		}
	}
	return at;
}

static inline bool is_blank(char c)
{
	return c <= ' ' && (c == ' ' || c == '\t' || c == '\n' || c == '\r');
}

static void see_text(struct xml *x, uint32_t from, uint32_t to)
{
	if (!x->has_text) {
		x->has_text = x->plain = true;
		x->text_from = from;
	} else if (x->text_to < from && memchr(x->p + x->text_to, '<', from - x->text_to)) {
		x->plain = false;      /* a comment stands between */
	}
	x->text_to = to;
}

/* Character data up to the next '<'. */
static void pass_text(struct xml *x)
{
	const char *next = memchr(x->p + x->at, '<', x->n - x->at);
	uint32_t from = x->at, to = next ? (uint32_t)(next - x->p) : x->n;

	x->at = to;
	while (from < to && is_blank(x->p[from]))
		from++;
	while (to > from && is_blank(x->p[to - 1]))
		to--;
	if (from < to)
		see_text(x, from, to);
}

/* Comments, CDATA and instructions at '<'; false at a tag. */
static bool pass_markup(struct xml *x)
{
	uint32_t from = x->at;

	if (x->n - from < 2 || (x->p[from + 1] != '!' && x->p[from + 1] != '?'))
		return false;
	if (starts(x, from, "<!--")) {
		x->at = behind(x, from + 4, "-->");
		if (x->b)
			build_comment(x->b, x->t, from, x->at);
	} else if (starts(x, from, "<![CDATA[")) {
		x->at = behind(x, from + 9, "]]>");
		see_text(x, from, x->at);
		x->plain = false;
	} else if (starts(x, from, "<?")) {
		x->at = behind(x, from + 2, "?>");
		if (x->b && from && !starts(x, from, "<?xml "))      /* for another program: no setting, but it was written */
			build_comment(x->b, x->t, from, x->at);
	} else if (starts(x, from, "<!DOCTYPE")) {
		x->at = behind_doctype(x, from + 9);
		if (x->b)
			build_comment(x->b, x->t, from, x->at);
	} else {
		return false;
	}
	return true;
}

/* To the next tag. */
static void go_to_tag(struct xml *x)
{
	while (x->at < x->n) {
		pass_text(x);
		if (x->at >= x->n || !pass_markup(x))
			return;
	}
}

/* ------------------------------------------------------------------ facts */

static bool needs_decoding(const struct xml *x, struct span raw, bool attribute)
{
	if (!attribute)
		return memchr(raw.p, '&', raw.n) || (x->returns && memchr(raw.p, '\r', raw.n));
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] == '&' || raw.p[i] == '\r' || raw.p[i] == '\n' || raw.p[i] == '\t')
			return true;
	return false;
}

static void add_value(struct xml *x, const char *key, struct place head, struct place at, bool attribute, bool plain)
{
	enum decoder_kind kind = attribute ? DECODE_XML_ATTRIBUTE : DECODE_XML_TEXT;
	struct span raw = {x->p + at.offset, at.length};
	struct fact *f = build_blank(x->b);

	f->key = key;
	f->head = head;
	f->at = at;
	f->scalar = SCALAR_STRING;
	if (!plain || needs_decoding(x, raw, attribute)) {
		f->value = decode_step(builder_arena(x->b), kind, SPAN(""), raw, NULL);
		f->decoder = build_decoder(x->b, kind, NULL);
	} else {
		x->values[at.offset + at.length] = '\0';
		f->value = (struct span){x->values + at.offset, at.length};
	}
	if (!build_fact(x->b, x->t, f))
		stop(x);
}

static void add_text(struct xml *x, const char *key, struct place head)
{
	struct place at = {x->text_from, x->text_to - x->text_from};

	x->has_text = false;
	if (x->b)
		add_value(x, key, head, at, false, x->plain);
}

static void open_element(struct xml *x, const char *key, struct place head, uint32_t start)
{
	struct fact *f;

	if (!x->b)
		return;
	f = build_blank(x->b);
	f->kind = FACT_BLOCK;
	f->key = key;
	f->head = head;
	f->at.offset = start;
	if (!build_open(x->b, x->t, f))
		stop(x);
}

/* A waiting element has turned out to be a block. */
static void settle(struct xml *x)
{
	if (!x->waiting)
		return;
	x->waiting = false;
	open_element(x, x->key, x->head, x->start);
}

/* Text before a tag, when it stands between elements. */
static void settle_text(struct xml *x)
{
	settle(x);
	if (x->has_text && !x->stopped && x->depth)
		add_text(x, x->b ? build_intern(x->b, SPAN("#text")) : "", (struct place){0, 0});
	x->has_text = false;
}

/* ------------------------------------------------------------------ tags */

static uint32_t skip_blanks(const struct xml *x, uint32_t at)
{
	while (at < x->n && is_blank(x->p[at]))
		at++;
	return at;
}

/* What ends a name in a tag that libxml2 has read. */
static uint32_t name_end(const struct xml *x, uint32_t at)
{
	static const bool ends[256] = {[' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true, ['='] = true, ['/'] = true, ['>'] = true};

	while (at < x->n && !ends[(unsigned char)x->p[at]])
		at++;
	return at;
}

static const char *attribute_key(struct xml *x, struct place name)
{
	char small[256], *key = name.length + 2 <= sizeof small ? small : arena_alloc(builder_arena(x->b), name.length + 2);

	key[0] = '@';
	memcpy(key + 1, x->p + name.offset, name.length);
	return build_intern(x->b, (struct span){key, name.length + 1});
}

/* The attribute at the cursor: name="value". */
static bool read_attribute(struct xml *x)
{
	struct place head = {x->at, name_end(x, x->at) - x->at}, at;
	const char *end;

	x->at = skip_blanks(x, x->at + head.length);
	if (!head.length || !is_at(x, x->at, '='))
		return false;
	x->at = skip_blanks(x, x->at + 1);
	if (!is_at(x, x->at, '"') && !is_at(x, x->at, '\''))
		return false;
	end = memchr(x->p + x->at + 1, x->p[x->at], x->n - x->at - 1);
	if (!end)
		return false;
	at = (struct place){x->at + 1, (uint32_t)(end - x->p) - x->at - 1};
	x->at += at.length + 2;
	if (x->b)
		add_value(x, attribute_key(x, head), head, at, true, true);
	return true;
}

static uint32_t parser_offset(const struct xml *x)
{
	long at = xmlByteConsumed(x->parser);

	return at < 0 || at > (long)x->n ? x->n : (uint32_t)at;
}

/* Its attributes up to '>', or to the '/' of an empty element, which ends where its end is told. */
static void read_tag(struct xml *x)
{
	x->at = skip_blanks(x, x->at);
	if (x->at < x->n && x->p[x->at] != '>' && x->p[x->at] != '/')
		settle(x);
	while (!x->stopped && x->at < x->n && x->p[x->at] != '>' && x->p[x->at] != '/') {
		if (!read_attribute(x))
			break;
		x->at = skip_blanks(x, x->at);
	}
	if (x->stopped)
		return;
	if (x->at != parser_offset(x))
		lost(x);
	else if (is_at(x, x->at, '>'))
		x->at++;
}

/* Only asked when a tag begins: where its parts stand is for the cursor to find. */
static void start_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int space_count, const xmlChar **spaces,
			  int count, int defaulted, const xmlChar **attributes)
{
	struct xml *x = data;
	uint32_t start;

	(void)name, (void)prefix, (void)uri, (void)space_count, (void)spaces, (void)count, (void)defaulted, (void)attributes;
	if (x->stopped)
		return;
	go_to_tag(x);
	settle_text(x);
	start = x->at;
	if (x->stopped)
		return;
	if (!is_at(x, start, '<')) {
		lost(x);
		return;
	}
	x->head.offset = start + 1;
	x->at = name_end(x, start + 1);
	x->head.length = x->at - start - 1;
	x->depth++;
	x->key = x->b ? build_intern(x->b, (struct span){x->p + x->head.offset, x->head.length}) : NULL;
	x->start = start;
	x->waiting = true;
	read_tag(x);
}

static void end_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml *x = data;
	const char *end;

	(void)name, (void)prefix, (void)uri;
	if (x->stopped)
		return;
	if (is_at(x, x->at, '/') && is_at(x, x->at + 1, '>')) {
		x->at += 2;
	} else {
		go_to_tag(x);
		if (!is_at(x, x->at, '<') || !is_at(x, x->at + 1, '/')) {
			lost(x);
			return;
		}
		end = memchr(x->p + x->at, '>', x->n - x->at);
		x->at = end ? (uint32_t)(end - x->p) + 1 : x->n;
	}
	if (x->waiting && x->has_text) {
		x->waiting = false;
		add_text(x, x->key, x->head);
	} else {
		settle_text(x);
		if (x->b && !x->stopped)
			build_close(x->b, x->t, x->at);
	}
	x->depth--;
}

/* ------------------------------------------------------------------ the parser */

/* analyser: libxml2 wants this type */
static void entity_declared(void *data, const xmlChar *name, int type, const xmlChar *public_id, const xmlChar *system_id, xmlChar *content)
{
	struct xml *x = data;

	(void)type, (void)public_id, (void)system_id, (void)content;
	if (x->b && !x->entities)
		build_diag(x->b, x->t, DIAG_ERROR, parser_offset(x), parser_offset(x), "entity",
			   "entity '%.60s' is declared: entities are never expanded or fetched", (const char *)name);
	x->entities = true;
}

/* Keeps the first error with its place: libxml2 reads on and would only tell the last. */
static void see_error(void *data, const char *format, ...)
{
	struct xml *x = data;
	const xmlError *error = xmlCtxtGetLastError(x->parser);
	struct span text;

	(void)format;
	if (x->error[0] || !error || error->level < XML_ERR_FATAL)
		return;
	text = span_trim(span_of(error->message ? error->message : "no reason given"));
	snprintf(x->error, sizeof x->error, "%.*s", (int)(text.n < sizeof x->error ? text.n : sizeof x->error - 1), text.p);
	x->error_at = parser_offset(x);
}

/* Runs libxml2 over the text; false when it is not well-formed or was stopped. */
static bool run(struct xml *x)
{
	/* no document is built, nothing is looked up, and an attribute without references is not copied */
	xmlSAXHandler handler = {.startElementNs = start_element, .endElementNs = end_element,
				 .entityDecl = entity_declared, .error = see_error, .fatalError = see_error, .initialized = XML_SAX2_MAGIC};
	bool good;

	if (!x->n)
		return false;
	x->returns = memchr(x->p, '\r', x->n);
	x->parser = xmlCreateMemoryParserCtxt(x->p, (int)x->n);
	if (!x->parser)
		arena_exhausted();
	*x->parser->sax = handler;
	x->parser->userData = x;
	xmlCtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	*x->parser->sax = handler;      /* the options set handlers of their own */
	xmlSwitchEncoding(x->parser, XML_CHAR_ENCODING_UTF8);
	xmlParseDocument(x->parser);
	good = x->parser->wellFormed && !x->stopped;
	if (good && x->b)
		go_to_tag(x);      /* comments behind the root */
	if (x->b && x->error[0])
		build_diag(x->b, x->t, DIAG_ERROR, x->error_at, x->error_at, "syntax", "not well-formed: %s", x->error);
	else if (x->b && x->lost)
		build_diag(x->b, x->t, DIAG_ERROR, x->at, x->at, "syntax", "the place of an element was not found");
	if (x->parser->myDoc)
		xmlFreeDoc(x->parser->myDoc);
	x->parser->myDoc = NULL;
	xmlFreeParserCtxt(x->parser);
	return good;
}

bool xml_is_whole(const struct text *t)
{
	struct xml x = {.t = t, .p = t->bytes.p, .n = (uint32_t)t->bytes.n};

	return run(&x) && !x.entities;
}

void xml_members(struct builder *b, const struct text *t)
{
	struct xml x = {.b = b, .t = t, .p = t->bytes.p, .n = (uint32_t)t->bytes.n};
	int depth = builder_depth(b);

	x.values = arena_dup(builder_arena(b), x.p, x.n);
	(void)run(&x);
	while (builder_depth(b) > depth)
		build_close(b, t, x.n);
}

static void xml_read(struct builder *b, const struct text *t)
{
	struct fact root = {.kind = FACT_BLOCK};

	if (!build_open(b, t, &root))
		return;
	if (!t->bytes.n)
		build_diag(b, t, DIAG_ERROR, 0, 0, "syntax", "no element");
	else
		xml_members(b, t);
	build_close(b, t, (uint32_t)t->bytes.n);
}

static void xml_prepare(struct arena *a)
{
	(void)a;
	xmlInitParser();
}

static int xml_bid(struct span name, struct span head)
{
	static const char *const endings[] = {".xml", ".config", ".csproj", ".props", ".xsd", ".wsdl", ".pom", ".bpmn", ".plist", ".svg", ".xhtml"};
	struct span rest = span_trim(head);

	if (span_starts(rest, "<?xml"))
		return 95;
	if (rest.n < 2 || *rest.p != '<')
		return 0;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends(name, endings[i]))
			return 90;
	if (span_starts(rest, "<!--") || span_starts(rest, "<!DOCTYPE"))
		return 50;
	return (rest.p[1] >= 'a' && rest.p[1] <= 'z') || (rest.p[1] >= 'A' && rest.p[1] <= 'Z') ? 60 : 0;
}

const struct format format_xml = {
	.name = "xml",
	.help = "XML; attributes are @name, text is #text, no DTD or entity is read",
	.bid = xml_bid,
	.read = xml_read,
	.prepare = xml_prepare,
};
