/* SPDX-License-Identifier: EUPL-1.2 */
/* Deadlines: drawn, and as a table, soonest first; what is past says so in words. */
#include "report/html.h"

#include <stdlib.h>

static void put_distance(struct page *p, int days)
{
	if (days < 0)
		html_say(p, TEXT_DEADLINE_PAST);
	else if (days == 0)
		html_say(p, TEXT_DEADLINE_TODAY);
	else {
		html_say(p, TEXT_DEADLINE_IN);
		str_printf(p->out, " %d ", days);
		html_say(p, TEXT_DEADLINE_DAYS);
	}
}

/* A control by its title too: few know them by number. */
static void put_what(struct page *p, const struct report_deadline *d)
{
	const struct control *c = d->name ? report_control_named(p->r, d->name) : NULL;

	html_text(p, deadline_text(d->kind, p->lang));
	html_put(p, !d->name ? "" : p->lang == LANG_FR ? " : " : ": ");
	html_text(p, d->name);
	html_put(p, c ? ", " : "");
	html_text(p, c ? both_in(&c->title, p->lang) : NULL);
}

static void put_deadline(struct page *p, const struct report_deadline *d)
{
	str_printf(p->out, "<tr class=\"%s\"><td><time datetime=\"%s\">%s</time></td><td>", d->days < 0 ? "past" : d->days <= 90 ? "soon" : "later", d->date, d->date);
	put_distance(p, d->days);
	html_put(p, "</td><td>");
	put_what(p, d);
	html_put(p, "</td><td class=\"name\">");
	html_text(p, d->deployment ? html_deployment_name(p->r, d->deployment) : NULL);
	html_put(p, "</td></tr>\n");
}

void html_deadlines(struct page *p)
{
	static const enum text_id heads[] = {TEXT_DEADLINE_DATE, TEXT_DEADLINE_WHEN, TEXT_DEADLINE_WHAT, TEXT_DEPLOYMENT};

	if (!p->r->deadline_count)
		return;
	html_section(p, "deadlines", TEXT_DEADLINES);
	html_timeline(p);
	html_table(p, TEXT_DEADLINES, heads, sizeof heads / sizeof *heads);
	for (size_t i = 0; i < p->r->deadline_count; i++)
		put_deadline(p, &p->r->deadlines[i]);
	html_table_end(p);
	html_put(p, "</section>\n");
}
