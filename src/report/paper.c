/* SPDX-License-Identifier: EUPL-1.2 */
/* Every byte goes through utf8_safe: nothing that a vendor, or a rule of somebody else, wrote can command a terminal. */
#include "report/paper.h"

#include "base/utf8.h"

static const char *const inks[] = {
	[INK_PLAIN] = "", [INK_BOLD] = "1", [INK_DIM] = "2", [INK_RED] = "31", [INK_BOLD_RED] = "1;31", [INK_YELLOW] = "33",
	[INK_CYAN] = "36", [INK_GREEN] = "32",
};

void paper_span(struct paper *p, enum ink ink, struct span s)
{
	bool painted = p->colour && ink != INK_PLAIN && s.n;

	if (painted)
		str_printf(p->out, "\033[%sm", inks[ink]);
	utf8_safe(p->out, s);
	if (painted)
		str_text(p->out, "\033[0m");
	p->column += utf8_width(s);
}

void paper_put(struct paper *p, enum ink ink, const char *words)
{
	paper_span(p, ink, span_of(words));
}

void paper_pad(struct paper *p, size_t column)
{
	do {
		str_char(p->out, ' ');
		p->column++;
	} while (p->column < column);
}

void paper_end(struct paper *p)
{
	str_char(p->out, '\n');
	p->column = 0;
}

static void to_hang(struct paper *p, size_t hang)
{
	paper_end(p);
	for (; p->column < hang; p->column++)
		str_char(p->out, ' ');
}

void paper_words(struct paper *p, enum ink ink, size_t hang, const char *words)
{
	bool first = true;

	while (*words) {
		size_t n = strcspn(words, " ");
		struct span word = {words, n};

		words += n;
		words += *words == ' ';
		if (!n)
			continue;
		/* analyser: the same for two reasons, each with its own bound */
		if (!first && p->column + 1 + utf8_width(word) > p->width)
			to_hang(p, hang);
		else if (first && p->column > hang && p->column + utf8_width(word) > p->width)
			to_hang(p, hang);
		else if (!first)
			paper_span(p, INK_PLAIN, SPAN(" "));
		paper_span(p, ink, word);
		first = false;
	}
}

void paper_field(struct paper *p, enum text_id label, const char *words)
{
	if (!words || !*words)
		return;
	str_text(p->out, "    ");
	p->column = PAPER_INDENT;
	paper_put(p, INK_DIM, text(label, p->lang));
	paper_pad(p, PAPER_INDENT + PAPER_LABEL);
	paper_words(p, INK_PLAIN, PAPER_INDENT + PAPER_LABEL, words);
	paper_end(p);
}

void paper_number(struct paper *p, size_t width, size_t n)
{
	if (n)
		str_printf(p->out, "%*zu", (int)width, n);
	else
		str_printf(p->out, "%*s", (int)width, ".");
	p->column += width;
}
