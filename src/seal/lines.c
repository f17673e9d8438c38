/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The lines that check a container without this program. They stand in verify_lines.txt alone, carried inside the program; a test runs
 * exactly them. Commands are the same in both languages, comments are chosen.
 */
#include "seal/seal.h"

#include "base/embed.h"

/* A file name as one word of a shell. */
static void put_quoted(struct str *out, const char *text)
{
	str_char(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			str_text(out, "'\\''");
		else
			str_char(out, *text);
	}
	str_char(out, '\'');
}

static void put_line(struct str *out, struct span line, const char *container, const char *cert)
{
	if (span_is(line, "container=@CONTAINER@")) {
		str_text(out, "container=");
		put_quoted(out, container);
	} else if (span_is(line, "cert=@CERT@")) {
		str_text(out, "cert=");
		put_quoted(out, cert);
	} else {
		str_span(out, line);
	}
	str_char(out, '\n');
}

void verify_lines(struct str *out, bool french, const char *container, const char *cert)
{
	const char *mine = french ? "# fr: " : "# en: ", *other = french ? "# en: " : "# fr: ";
	struct span rest = embed_get("src/seal/verify_lines.txt");

	while (rest.n) {
		const char *end = memchr(rest.p, '\n', rest.n);
		struct span line = {rest.p, end ? (size_t)(end - rest.p) : rest.n};

		rest = span_cut(rest, line.n + (end ? 1 : 0), rest.n);
		if (span_starts(line, other))
			continue;
		if (span_starts(line, mine)) {
			str_text(out, "# ");
			line = span_cut(line, strlen(mine), line.n);
		}
		put_line(out, line, container, cert);
	}
}
