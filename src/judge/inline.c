/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Waivers in comments, for check --honor-inline: whoever writes a file may accept a finding in it, on the comment's line or the next one,
 *     # scelle:waive encryption.nginx-protocols until=2027-03-31 by="security team" reason="test bench"
 * with all that a waiver of a declaration has. An audit never honours one, since a vendor's file must not silence the buyer's audit; that one
 * is there is told either way.
 */
#include "judge/judge_p.h"

#define MARK "scelle:waive"
#define VALUE_BYTES 400      /* of one value; a longer one is no name and no reason */

/* The next word, in double quotes or up to a blank; what ends a comment ends it too. */
static struct span take_value(struct span *rest)
{
	size_t n = 0;
	struct span value;

	if (rest->n && rest->p[0] == '"') {
		const char *end = memchr(rest->p + 1, '"', rest->n - 1);

		value = end ? (struct span){rest->p + 1, (size_t)(end - rest->p) - 1} : (struct span){"", 0};
		*rest = end ? span_cut(*rest, (size_t)(end - rest->p) + 1, rest->n) : (struct span){"", 0};
		return value;
	}
	while (n < rest->n && !strchr(" \t\r\n", rest->p[n]) && !span_starts(span_cut(*rest, n, rest->n), "*/") && !span_starts(span_cut(*rest, n, rest->n), "-->"))
		n++;
	value = span_cut(*rest, 0, n);
	*rest = span_cut(*rest, n, rest->n);
	return value;
}

static void skip_blanks(struct span *rest)
{
	while (rest->n && strchr(" \t", rest->p[0]))
		*rest = span_cut(*rest, 1, rest->n);
}

static bool take_pair(struct arena *a, struct span *rest, struct waiver *w)
{
	static const char *const keys[] = {"until=", "by=", "reason="};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct span value;
		const char *text;

		if (!span_starts(*rest, keys[i]))
			continue;
		*rest = span_cut(*rest, strlen(keys[i]), rest->n);
		value = take_value(rest);
		text = value.n && value.n <= VALUE_BYTES ? arena_dup(a, value.p, value.n) : NULL;
		if (i == 0)
			w->until = text ? date_parse(value) : DATE_NONE;
		else if (i == 1)
			w->approver = text;
		else
			w->reason = text;
		return true;
	}
	return false;
}

/* False: something that a waiver needs is not there. */
static bool parse(struct arena *a, const struct ruleset *rules, const struct fact *comment, const char *at, struct waiver *w)
{
	struct span rest = span_cut(comment->value, (size_t)(at - comment->value.p) + strlen(MARK), comment->value.n), target;
	const char *name;

	skip_blanks(&rest);
	target = take_value(&rest);
	name = target.n && target.n <= VALUE_BYTES ? arena_dup(a, target.p, target.n) : NULL;
	*w = (struct waiver){.deployment = "*", .until = DATE_NONE, .fact = comment, .doc = comment->doc};
	if (name && ruleset_control(rules, name))
		w->control = name;
	else
		w->rule = name;
	do
		skip_blanks(&rest);
	while (take_pair(a, &rest, w));
	w->from_line = doc_pos(comment->doc, comment->at.offset).line;
	w->to_line = doc_pos(comment->doc, comment->at.offset + (comment->at.length ? comment->at.length - 1 : 0)).line + 1;
	return name && w->until != DATE_NONE && w->approver && w->reason;
}

static void look_at(struct arena *a, const struct ruleset *rules, struct doc *d, const struct fact *comment, bool honoured, struct waivers *list)
{
	const char *at = span_find(comment->value, SPAN(MARK));
	struct waiver w;

	if (!at)
		return;
	if (!honoured)
		doc_diag(a, d, DIAG_NOTE, comment, "inline-waiver", "a waiver in a comment counts only in check --honor-inline");
	else if (!parse(a, rules, comment, at, &w))
		doc_diag(a, d, DIAG_WARNING, comment, "inline-waiver", "a waiver in a comment needs a rule or control, until=, by= and reason=: this one does not count");
	else if (list->count >= LIMIT_INLINE_WAIVERS)
		doc_diag(a, d, DIAG_WARNING, comment, "limit-inline-waivers", "more waivers in comments than the limit: this one does not count");
	else
		*ARENA_PUSH(a, list->items, list->count) = w;
}

void inline_waivers(struct arena *a, const struct ruleset *rules, const struct input_set *inputs, bool honoured, struct waivers *ret)
{
	*ret = (struct waivers){0};
	for (size_t i = 0; i < inputs->count; i++)
		for (size_t k = 0; k < inputs->docs[i]->comment_count; k++)
			look_at(a, rules, inputs->docs[i], inputs->docs[i]->comments[k], honoured, ret);
}
