/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * RFC 8785 without its hard part: numbers are integers within 2^53, whose canonical form is their decimal one. Members are
 * checked for order (UTF-16 code units, section 3.2.3) instead of sorted, which needs no tree. Escapes: section 3.2.2.2.
 * Bytes that are not UTF-8 become U+FFFD, since RFC 8785 is defined over Unicode text only.
 */
#include "base/jsonw.h"

#include "base/utf8.h"

#define MAX_KEY ((size_t)1 << 16)
#define MAX_INTEGER INT64_C(9007199254740991)

void jsonw_init(struct jsonw *w, struct str *out)
{
	*w = (struct jsonw){.out = out};
	for (int i = 0; i < JSONW_DEPTH; i++)
		w->last_key[i] = STR_INIT(MAX_KEY);
}

int jsonw_end(struct jsonw *w)
{
	bool bad = w->failed || w->depth || w->after_key || str_failed(w->out);

	for (int i = 0; i < JSONW_DEPTH; i++)
		str_free(&w->last_key[i]);
	return bad ? -1 : 0;
}

static unsigned next_code(struct span *s)
{
	unsigned code;
	size_t n = utf8_decode(*s, &code);

	if (!n) {
		code = 0xfffd;
		n = 1;
	}
	s->p += n;
	s->n -= n;
	return code;
}

void json_quote(struct str *out, struct span s)
{
	static const char shorts[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

	str_char(out, '"');
	while (s.n) {
		unsigned code = next_code(&s);

		if (code == '"' || code == '\\') {
			str_char(out, '\\');
			str_char(out, (char)code);
		} else if (code < 0x20 && shorts[code]) {
			str_char(out, '\\');
			str_char(out, shorts[code]);
		} else if (code < 0x20) {
			str_printf(out, "\\u%04x", code);
		} else {
			str_utf8(out, code);
		}
	}
	str_char(out, '"');
}

/* Surrogates sort before U+E000..U+FFFF: shift those above the astral planes. */
static unsigned utf16_rank(unsigned code)
{
	return code >= 0xe000 && code <= 0xffff ? code + 0x110000 : code;
}

/* Order of RFC 8785: by UTF-16 code units. */
static int json_key_cmp(struct span a, struct span b)
{
	while (a.n && b.n) {
		unsigned x = utf16_rank(next_code(&a)), y = utf16_rank(next_code(&b));

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.n > 0) - (b.n > 0);
}

static void begin_value(struct jsonw *w)
{
	if (w->depth && w->in_object[w->depth - 1] && !w->after_key)
		w->failed = true;
	if (w->depth && !w->in_object[w->depth - 1]) {
		if (w->filled[w->depth - 1])
			str_char(w->out, ',');
		w->filled[w->depth - 1] = true;
	}
	w->after_key = false;
}

static void open_level(struct jsonw *w, bool object)
{
	begin_value(w);
	if (w->depth == JSONW_DEPTH) {
		w->failed = true;
		return;
	}
	w->in_object[w->depth] = object;
	w->filled[w->depth] = false;
	w->depth++;
	str_char(w->out, object ? '{' : '[');
}

static void close_level(struct jsonw *w, bool object)
{
	if (!w->depth || w->in_object[w->depth - 1] != object || w->after_key) {
		w->failed = true;
		return;
	}
	w->depth--;
	str_char(w->out, object ? '}' : ']');
}

void jsonw_object(struct jsonw *w)
{
	open_level(w, true);
}

void jsonw_object_end(struct jsonw *w)
{
	close_level(w, true);
}

void jsonw_array(struct jsonw *w)
{
	open_level(w, false);
}

void jsonw_array_end(struct jsonw *w)
{
	close_level(w, false);
}

void jsonw_key(struct jsonw *w, const char *name)
{
	struct span key = span_of(name);
	int top = w->depth - 1;

	if (top < 0 || !w->in_object[top] || w->after_key) {
		w->failed = true;
		return;
	}
	if (w->filled[top]) {
		if (json_key_cmp(str_get(&w->last_key[top]), key) >= 0)
			w->failed = true;
		str_char(w->out, ',');
	}
	str_clear(&w->last_key[top]);
	str_span(&w->last_key[top], key);
	w->filled[top] = true;
	json_quote(w->out, key);
	str_char(w->out, ':');
	w->after_key = true;
}

void jsonw_string(struct jsonw *w, struct span text)
{
	begin_value(w);
	json_quote(w->out, text);
}

void jsonw_text(struct jsonw *w, const char *text)
{
	if (text)
		jsonw_string(w, span_of(text));
	else
		jsonw_null(w);
}

void jsonw_int(struct jsonw *w, int64_t n)
{
	begin_value(w);
	if (n > MAX_INTEGER || n < -MAX_INTEGER)
		w->failed = true;
	str_printf(w->out, "%lld", (long long)n);
}

void jsonw_bool(struct jsonw *w, bool b)
{
	begin_value(w);
	str_text(w->out, b ? "true" : "false");
}

void jsonw_null(struct jsonw *w)
{
	begin_value(w);
	str_text(w->out, "null");
}

void jsonw_member(struct jsonw *w, const char *key, const char *text)
{
	jsonw_key(w, key);
	jsonw_text(w, text);
}

void jsonw_member_int(struct jsonw *w, const char *key, int64_t n)
{
	jsonw_key(w, key);
	jsonw_int(w, n);
}

void jsonw_member_bool(struct jsonw *w, const char *key, bool b)
{
	jsonw_key(w, key);
	jsonw_bool(w, b);
}

void jsonw_member_texts(struct jsonw *w, const char *key, const char *const *texts, size_t count)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		jsonw_text(w, texts[i]);
	jsonw_array_end(w);
}
