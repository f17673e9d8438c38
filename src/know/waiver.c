/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Waivers of the facility's own declaration. Each names a rule or a control, a deployment, a reason, who decided and until when;
 * one that leaves any of these out is a mistake, because a waiver without them waives more than anyone decided.
 * Whether a waiver is used, expired or outgrown is for judge/.
 */
#include "know/know_p.h"

static const char *part(const struct fact *block, const char *key)
{
	const char *text = fact_text(block, key);

	return text && *text ? text : NULL;
}

static void check_parts(struct mistakes *m, const struct fact *block, const struct waiver *w)
{
	static const char *const needed[] = {"deployment", "reason", "approver", "until"};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!part(block, needed[i]))
			mistake(m, block, true, "a waiver has no '%s'", needed[i]);
	if (!w->rule == !w->control)
		mistake(m, block, true, "a waiver names a rule or a control, %s", w->rule ? "not both" : "this one neither");
}

static void check_deployment(struct mistakes *m, const struct declaration *d, const struct waiver *w)
{
	if (!w->deployment || !strcmp(w->deployment, "*"))
		return;
	for (size_t i = 0; i < d->deployment_count; i++)
		if (!strcmp(d->deployments[i].id, w->deployment))
			return;
	mistake(m, fact_child(w->fact, "deployment"), true, "a waiver names the deployment '%s', which is not declared", w->deployment);
}

void waivers_read(struct mistakes *m, struct declaration *d)
{
	const struct fact *list = fact_child(d->root, "waivers");

	if (!list || list->kind != FACT_LIST)
		return;
	FACT_EACH(item, list) {
		struct waiver *w;
		const char *until;

		if (item->kind != FACT_BLOCK)
			continue;
		until = part(item, "until");
		w = ARENA_PUSH(m->arena, d->waivers, d->waiver_count);
		*w = (struct waiver){
			.rule = part(item, "rule"), .control = part(item, "control"), .deployment = part(item, "deployment"),
			.path = part(item, "path"), .fingerprint = part(item, "fingerprint"), .reason = part(item, "reason"),
			.approver = part(item, "approver"), .until = until ? date_parse(span_of(until)) : DATE_NONE, .fact = item,
		};
		check_parts(m, item, w);
		check_deployment(m, d, w);
	}
}
