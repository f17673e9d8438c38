/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Strings and heredocs of HCL as tokens: where they end, whatever stands in them, and whether they hold parts to be computed. Their text is
 * decoded elsewhere (decode_hcl.c, hcl_template.c). A heredoc without an end stops, once that is known, at a line that looks like a top-level block.
 */
#include "read/hcl_lex.h"

#include "base/limits.h"

/* bytes at which the scan of a quoted string has to look */
static const unsigned char stops_string[256] = {['"'] = 1, ['\\'] = 1, ['$'] = 1, ['%'] = 1, ['\n'] = 1};

/* Words that begin a top-level block in Terraform, Packer, Nomad, Vault, Terragrunt: where reading goes on after a missing brace. */
static const char *const top_words[] = {"resource", "data", "module", "variable", "output", "provider", "locals", "terraform", "moved",
	"import", "check", "removed", "ephemeral", "source", "build", "packer", "job", "path", "include", "dependency", "generate", "remote_state"};

/* ------------------------------------------------------------------ strings */

/* How a quoted string goes on after `$` or `%` at i: a part begins (2 bytes), an escaped one (3), or the byte alone (1). */
static uint32_t marker_length(struct span text, uint32_t i, uint32_t end)
{
	if (i + 1 < end && text.p[i + 1] == '{')
		return 2;
	return i + 2 < end && text.p[i + 1] == text.p[i] && text.p[i + 2] == '{' ? 3 : 1;
}

struct string_scan {
	uint32_t braces[LIMIT_DEPTH];      /* open inside each interpolation */
	uint32_t level;                    /* of interpolations */
	bool quoted;                       /* in the innermost string, not in an interpolation */
	unsigned flags;
	bool parts;
};

/* One step inside quotes. Returns the next offset, or HCL_NONE when the string breaks off at i. */
static uint32_t scan_quoted(struct string_scan *s, struct span text, uint32_t i, uint32_t end)
{
	uint32_t length;

	while (i < end && !stops_string[(unsigned char)text.p[i]])
		i++;
	if (i >= end || text.p[i] == '\n')
		return HCL_NONE;
	if (text.p[i] == '"') {
		s->quoted = false;
		return i + 1;
	}
	if (text.p[i] == '\\') {
		s->flags |= HCL_ESCAPED;
		return i + 1 < end && text.p[i + 1] != '\n' ? i + 2 : i + 1;
	}
	length = marker_length(text, i, end);
	if (length == 3)
		s->flags |= HCL_ESCAPED;
	if (length != 2)
		return i + length;
	s->parts = true;
	if (s->level + 1 >= LIMIT_DEPTH) {
		s->flags |= HCL_DEEP;
		return HCL_NONE;
	}
	s->braces[++s->level] = 0;
	s->quoted = false;
	return i + 2;
}

/* One step inside an interpolation. */
static uint32_t scan_part(struct string_scan *s, struct span text, uint32_t i, uint32_t end)
{
	for (; i < end; i++) {
		switch (text.p[i]) {
		case '{':
			s->braces[s->level]++;
			break;
		case '}':
			if (s->braces[s->level]) {
				s->braces[s->level]--;
				break;
			}
			s->level--;
			s->quoted = true;
			return i + 1;
		case '"':
			s->quoted = true;
			return i + 1;
		default:
			break;
		}
	}
	return HCL_NONE;
}

uint32_t hcl_part_end(struct span text, uint32_t from, uint32_t end)
{
	struct string_scan s;
	uint32_t i = from;

	s.level = 1;
	s.braces[1] = 0;
	s.quoted = s.parts = false;
	s.flags = 0;
	while (i != HCL_NONE && s.level)
		i = s.quoted ? scan_quoted(&s, text, i, end) : scan_part(&s, text, i, end);
	return i;
}

uint32_t hcl_lex_string(struct hcl_lexer *x, uint32_t from, uint32_t end)
{
	struct string_scan s;
	uint32_t i = from + 1;
	struct hcl_token *token;

	s.level = 0;
	s.quoted = true;
	s.parts = false;
	s.flags = 0;
	while (i != HCL_NONE && (s.quoted || s.level))
		i = s.quoted ? scan_quoted(&s, x->text, i, end) : scan_part(&s, x->text, i, end);
	if (i == HCL_NONE) {
		i = hcl_line_end(x, from, end);
		if (i > from + 1 && x->text.p[i - 1] == '\r')
			i--;
		s.flags |= HCL_UNCLOSED;
	}
	token = hcl_push(x, s.parts ? HCL_TEMPLATE : HCL_STRING, from, i);
	token->flags = (uint8_t)s.flags;
	return i;
}

/* ------------------------------------------------------------------ lines that look like a top-level block */

static bool is_top_word(struct span word)
{
	for (size_t i = 0; i < sizeof top_words / sizeof *top_words; i++)
		if (span_is(word, top_words[i]))
			return true;
	return false;
}

bool hcl_starts_block(const struct hcl_lexer *x, uint32_t i, uint32_t end)
{
	uint32_t at = hcl_word_end(x, i, end);

	if (at == i || !is_top_word(span_cut(x->text, i, at)))
		return false;
	at = hcl_blanks_end(x, at, end);
	while (hcl_byte_at(x, at, end) == '"') {
		at++;
		while (at < end && x->text.p[at] != '"' && x->text.p[at] != '\n')
			at++;
		at = hcl_blanks_end(x, at + 1, end);
	}
	return hcl_byte_at(x, at, end) == '{';
}

/* ------------------------------------------------------------------ heredocs */

static uint8_t heredoc_flags(struct span line)
{
	uint8_t flags = 0;

	for (size_t i = 0; i + 1 < line.n; i++) {
		uint32_t length;

		if (line.p[i] != '$' && line.p[i] != '%')
			continue;
		length = marker_length(line, (uint32_t)i, (uint32_t)line.n);
		flags |= length == 2 ? HCL_PARTS : length == 3 ? HCL_ESCAPED : 0;
		i += length - 1;
	}
	return flags;
}

uint32_t hcl_lex_heredoc(struct hcl_lexer *x, uint32_t from, uint32_t end)
{
	uint32_t at = from + 2, word_from, line, stop;
	uint8_t flags = 0;
	struct span word;

	if (hcl_byte_at(x, at, end) == '-') {
		flags = HCL_FLUSH;
		at++;
	}
	word_from = at;
	at = hcl_word_end(x, at, end);
	word = span_cut(x->text, word_from, at);
	line = hcl_line_end(x, at, end);
	if (!word.n || line == end || span_trim(span_cut(x->text, at, line)).n)
		return 0;
	for (line++; line < end; line = stop + 1) {
		struct span text;

		stop = hcl_line_end(x, line, end);
		text = span_cut(x->text, line, stop);
		if (span_eq(span_trim(text), word)) {
			at = (uint32_t)(span_trim(text).p - x->text.p) + (uint32_t)word.n;
			hcl_push(x, HCL_HEREDOC, from, at)->flags = flags;
			return at;
		}
		if (x->cut && hcl_starts_block(x, line, end))
			break;
		flags |= heredoc_flags(text);
	}
	stop = line < end ? line - 1 : end;      /* the line end stays: it ends the item */
	hcl_push(x, HCL_HEREDOC, from, stop)->flags = (uint8_t)(flags | HCL_UNCLOSED);
	return stop;
}

struct place hcl_heredoc_lines(struct span text, const struct hcl_token *token)
{
	const char *header = memchr(text.p + token->from, '\n', token->to - token->from);
	uint32_t from = header ? (uint32_t)(header - text.p) + 1 : token->to, to = token->to;

	if (!(token->flags & HCL_UNCLOSED))
		while (to > from && text.p[to - 1] != '\n')
			to--;
	return (struct place){.offset = from, .length = to - from};
}
