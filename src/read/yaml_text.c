/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * YAML's text, before and beside libyaml: characters that are not allowed, line breaks of YAML 1.1 that are none today, the way
 * from libyaml's characters to our bytes, where documents begin, and what YAML looks like to a bidder.
 */
#include "read/yaml_tree.h"

#include "base/utf8.h"

#include <string.h>

#define CHARS_STEP 64      /* characters between two entries of the table from characters to bytes */

static bool is_allowed(unsigned c)
{
	return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0x7e) || c == 0x85 || (c >= 0xa0 && c < 0xfeff)
	       || (c > 0xfeff && c <= 0xfffd) || c >= 0x10000;
}

/* Whether eight bytes are line ends or from 0x20 to 0x7e, as nearly all are; of ASCII nothing carries from one byte to the next. */
static bool are_plain(const char *p)
{
	const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
	uint64_t word, control, other;      /* by the high bit of each byte: below 0x20, no line end */

	memcpy(&word, p, sizeof word);
	control = ~((word | highs) - ones * 0x20);
	other = (word ^ ones * '\n') + ones * 0x7f;
	return !(((control & other) | word | (word + ones)) & highs);
}

/* Offset of the first character that YAML forbids, or the text's end. */
size_t yaml_forbidden(struct span text, size_t from)
{
	size_t i = from;

	while (i < text.n) {
		unsigned char first = (unsigned char)text.p[i];
		unsigned code = first;
		size_t n = 1;

		if (text.n - i >= 8 && are_plain(text.p + i)) {
			i += 8;
			continue;
		}
		if (first >= 0x20 && first <= 0x7e) {
			i++;
			continue;
		}
		if (first >= 0x80)
			n = utf8_decode(span_cut(text, i, text.n), &code);
		if (!n || !is_allowed(code))
			return i;
		i += n;
	}
	return text.n;
}

void yaml_map_chars(struct yaml_reader *r)
{
	size_t count = 0, i;

	if (utf8_is_ascii(r->text))
		return;
	r->chars = ARENA_ARRAY(r->scratch, uint32_t, r->text.n / CHARS_STEP + 2);
	for (i = 0; i < r->text.n; i++)
		if (yaml_is_lead(r->text.p[i])) {
			if (count % CHARS_STEP == 0)
				r->chars[count / CHARS_STEP] = (uint32_t)i;
			count++;
		}
	if (count % CHARS_STEP == 0)      /* the place behind the last character */
		r->chars[count / CHARS_STEP] = (uint32_t)r->text.n;
}

/*
 * NEL, LS and PS end lines in YAML 1.1, and so for libyaml; in 1.2, and in every editor, they are characters like others.
 * They are covered with blanks of the same length that do not break.
 */
struct span yaml_cover_breaks(struct arena *a, struct span text, struct span original)
{
	static const char *const breaks[] = {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
	static const char *const covers[] = {"\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\xaf"};
	char *copy = text.p == original.p ? NULL : (char *)(uintptr_t)text.p;      /* ours already, when templates were covered */

	for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
		struct span wanted = span_of(breaks[i]);
		const char *found;

		/* by their first byte: most texts have none, and memchr passes over a text faster than any other search */
		for (size_t at = 0; at < text.n && (found = memchr(text.p + at, *wanted.p, text.n - at)) != NULL; at++) {
			at = (size_t)(found - text.p);
			if (!span_starts(span_cut(text, at, text.n), breaks[i]))
				continue;
			if (!copy)
				copy = arena_dup(a, text.p, text.n);
			memcpy(copy + at, covers[i], wanted.n);
			text.p = copy;
		}
	}
	return text;
}

uint32_t yaml_byte_mapped(const struct yaml_reader *r, size_t index)
{
	size_t at = r->base_char + index, left, i;

	i = r->chars[at / CHARS_STEP];
	for (left = at % CHARS_STEP; left && i < r->cut; left--)
		for (i++; i < r->cut && !yaml_is_lead(r->text.p[i]); i++)
			;
	return (uint32_t)(i < r->cut ? i : r->cut);
}

/* Start of the first document marker at or behind from, beyond the place the last parser started at; or the end. */
size_t yaml_next_document(const struct yaml_reader *r, size_t from)
{
	size_t i = from > r->base ? from : r->base + 1;

	while (i < r->text.n) {
		const char *found = span_find(span_cut(r->text, i, r->text.n), SPAN("---"));

		if (!found)
			break;
		i = (size_t)(found - r->text.p);
		if (i && (r->text.p[i - 1] == '\n' || r->text.p[i - 1] == '\r')
		    && (i + 3 == r->text.n || strchr(" \t\r\n", r->text.p[i + 3])))
			return i;
		i++;
	}
	return r->text.n;
}

/* ------------------------------------------------------------------ the bid */

/* `key:`, `key: value`, `- item`: a line as YAML files begin with. */
static bool is_yaml_line(struct span line)
{
	size_t i = 0;

	line = span_trim(line);
	if (span_starts(line, "- ") || span_is(line, "-") || span_starts(line, "{{"))
		return true;
	if (line.n && (*line.p == '"' || *line.p == '\'')) {
		const char *end = memchr(line.p + 1, *line.p, line.n - 1);

		i = end ? (size_t)(end - line.p) + 1 : 0;
	}
	while (i < line.n && line.p[i] != ':' && line.p[i] != '=' && line.p[i] != '{' && line.p[i] != '"')
		i++;
	return i && i < line.n && line.p[i] == ':' && (i + 1 == line.n || line.p[i + 1] == ' ');
}

int yaml_bid_content(struct span head)
{
	size_t lines = 0, fitting = 0;

	if (span_starts(head, "---\n") || span_starts(head, "---\r\n") || span_starts(head, "%YAML"))
		return 70;
	while (head.n && lines < 40) {
		const char *newline = memchr(head.p, '\n', head.n);
		struct span line = span_cut(head, 0, newline ? (size_t)(newline - head.p) : head.n), text = span_trim(line);
		bool comment = text.n && *text.p == '#';

		if (text.n && !comment && newline) {      /* the last line may be cut */
			lines++;
			fitting += is_yaml_line(line);
		}
		head = span_cut(head, newline ? line.n + 1 : line.n, head.n);
	}
	return lines && fitting * 10 >= lines * 8 ? 30 : 0;
}
