/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * GitHub annotations: workflow commands on standard output, one a line. A vendor's text must not end a property or a line, nor begin
 * another command: % CR LF are escaped everywhere, : and , in properties as well.
 */
#include "report/plain.h"

static void put_escaped(struct str *out, const char *text, bool property)
{
	const char *hard = property ? "%\r\n:," : "%\r\n";

	for (; *text; text++)
		if (strchr(hard, *text))
			str_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
		else
			str_char(out, *text);
}

static const char *command_of(const struct report_finding *f)
{
	static const char *const words[] = {[SEVERITY_INFO] = "notice", [SEVERITY_LOW] = "notice", [SEVERITY_MEDIUM] = "warning",
					    [SEVERITY_HIGH] = "error", [SEVERITY_CRITICAL] = "error"};

	return finding_is_breach(f) ? words[f->severity] : "notice";
}

static void put_place(struct str *out, const struct report_finding *f)
{
	const struct report_place *p = finding_spot(f);

	str_text(out, "file=");
	put_escaped(out, finding_document(f), true);
	if (!p || !p->line)
		return;
	str_printf(out, ",line=%u", p->line);
	if (p->end_line >= p->line)
		str_printf(out, ",endLine=%u", p->end_line);
	/* columns only within one line: GitHub refuses them otherwise */
	if (p->end_line == p->line && p->column && p->end_column > p->column)
		str_printf(out, ",col=%u,endColumn=%u", p->column, p->end_column - 1);
}

static void put_annotation(struct str *out, const struct report_finding *f, enum lang lang, struct str *s)
{
	str_printf(out, "::%s ", command_of(f));
	put_place(out, f);
	str_text(out, ",title=");
	str_printf(s, "%s (%s)", f->rule, severity_text(f->severity, lang));
	put_escaped(out, s->p, true);
	str_clear(s);
	str_text(out, "::");
	finding_message(s, f, lang);
	put_escaped(out, s->p, false);
	str_printf(out, " [%s]\n", f->fingerprint);
	str_clear(s);
}

static int github_write(struct str *out, const struct report *r, enum lang lang)
{
	struct str s = STR_INIT(1 << 20);

	for (size_t i = 0; i < r->finding_count; i++)
		if (finding_is_problem(&r->findings[i]))
			put_annotation(out, &r->findings[i], lang, &s);
	str_free(&s);
	return str_failed(out) ? -1 : 0;
}

const struct writer writer_github = {
	.name = "github", .help = "GitHub annotations (workflow commands)", .mime = "text/plain", .extension = "txt", .write = github_write,
};
