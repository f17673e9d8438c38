/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Does a value point to a resource? References by address, Ref and GetAtt, resourceId(), equal literal names, label selectors.
 * An expression is searched for the target's address; it is never evaluated. A variable is an input of its module and never means
 * a block beside it; a module's output, a local or each.value that was not resolved may mean anything: unknown.
 */
#include "rule/subject_p.h"

#include <ctype.h>
#include <string.h>

static bool same_folder(const struct doc *a, const struct doc *b)
{
	return a && b && (a == b || span_eq(doc_folder(a->name), doc_folder(b->name)));
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* Offset behind the first whole occurrence of an address in an expression, or 0. */
static size_t find_address(struct span text, struct span address)
{
	const char *from = text.p, *end = text.p + text.n, *at;

	while (from < end && (at = span_find((struct span){from, (size_t)(end - from)}, address)) != NULL) {
		const char *behind = at + address.n;

		if ((at == text.p || !is_name_char(at[-1])) && (behind == end || *behind == '.' || !is_name_char(*behind)))
			return (size_t)(behind - text.p);
		from = at + 1;
	}
	return 0;
}

static bool has_char(struct span text, char c)
{
	return text.n && memchr(text.p, c, text.n);
}

/* ------------------------------------------------------------------ names */

/* What is left of a name in an ARN, an Azure id or a path: its last part. */
static struct span last_part(struct span text)
{
	size_t i;

	while (text.n && (text.p[text.n - 1] == '*' || text.p[text.n - 1] == '/'))
		text.n--;
	for (i = text.n; i && text.p[i - 1] != '/' && text.p[i - 1] != ':'; i--)
		;
	return span_cut(text, i, text.n);
}

static bool same_name(struct span reference, struct span name)
{
	bool path = span_starts(reference, "arn:") || span_starts(reference, "/subscriptions/") || span_starts(reference, "projects/");

	return name.n && (span_eq(reference, name) || (path && span_eq(last_part(reference), name)));
}

struct ends {
	struct span before, behind;      /* literal text around the computed parts of a template */
};

static struct ends ends_of(const struct fact *f)
{
	struct span v = f->value;
	const char *open = span_find(v, SPAN("${"));
	size_t close = v.n;

	if (!fact_is_unresolved(f))
		return (struct ends){v, v};
	if (!open)
		return (struct ends){{v.p, 0}, {v.p, 0}};
	while (close && v.p[close - 1] != '}')
		close--;
	return (struct ends){{v.p, (size_t)(open - v.p)}, span_cut(v, close, v.n)};
}

static bool heads_agree(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	return !n || !memcmp(a.p, b.p, n);
}

static bool tails_agree(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	return !n || !memcmp(a.p + a.n - n, b.p + b.n - n, n);
}

/* Two names of which at least one is computed: equal expressions are equal; texts whose ends differ are not. */
static enum truth may_be_equal(const struct fact *a, const struct fact *b)
{
	struct ends x = ends_of(a), y = ends_of(b);

	if (fact_is_unresolved(a) && fact_is_unresolved(b) && span_eq(a->value, b->value))
		return span_find(a->value, SPAN("each.")) || span_find(a->value, SPAN("count.")) ? TRUTH_UNKNOWN : TRUTH_YES;
	return heads_agree(x.before, y.before) && tails_agree(x.behind, y.behind) ? TRUTH_UNKNOWN : TRUTH_NO;
}

/* An expression without literal text around it: only the same expression is surely the same name. */
static bool is_plain_reference(const struct fact *f)
{
	return fact_is_unresolved(f) && (!span_find(f->value, SPAN("${")) || (span_starts(f->value, "${") && span_find(f->value, SPAN("}")) == f->value.p + f->value.n - 1));
}

static enum truth by_name(const struct fact *reference, const struct link *l)
{
	static const char *const usual[] = {"name", "id", "arn", "self_link", NULL};
	const char *const *keys = l->row && *l->row->links ? l->row->links : usual;
	enum truth best = TRUTH_NO;

	for (; *keys; keys++) {
		const struct fact *name = fact_child(l->block, *keys);

		if (!name || !fact_is_scalar(name) || name->kind == FACT_NULL || !name->value.n)
			continue;
		if (!fact_is_unresolved(reference) && !fact_is_unresolved(name))
			best = truth_most(best, same_name(reference->value, name->value) ? TRUTH_YES : TRUTH_NO);
		else if (is_plain_reference(reference) && !(fact_is_unresolved(name) && span_eq(reference->value, name->value)))
			continue;
		else if (!(l->notation == NOTATION_PLAN && span_starts(name->value, "(known")))
			best = truth_most(best, may_be_equal(reference, name));
	}
	return best;
}

/* ------------------------------------------------------------------ Terraform */

/* type.name.attribute of a resource that is not the target. */
static bool is_other_resource(struct span text, const struct link *l)
{
	size_t n = strlen(l->type);

	return text.n > n && !memcmp(text.p, l->type, n) && text.p[n] == '.';
}

/* aws_s3_bucket_versioning.v.bucket: what a satellite is on is said there, not here. */
static bool is_satellite(struct span text, const struct link *l)
{
	size_t n = strcspn(text.p, ".");
	char type[200];

	if (n >= sizeof type || n > text.n)
		return false;
	memcpy(type, text.p, n);
	type[n] = 0;
	for (size_t i = 0; l->row && i < l->row->part_count; i++)
		if (text_in(type, l->row->parts[i].satellites))
			return true;
	return false;
}

static enum truth unresolved_reaches(struct span text, const struct link *l)
{
	struct span inner = text;

	if (span_starts(inner, "${") && span_ends(inner, "}"))
		inner = span_cut(inner, 2, inner.n - 1);
	if (span_starts(inner, "var.") || span_starts(inner, "data.") || is_other_resource(inner, l))
		return TRUTH_NO;
	if (span_starts(inner, "module.") || span_starts(inner, "local.") || span_starts(inner, "each.") || has_char(inner, '('))
		return span_find(inner, SPAN("module.")) || !span_find(inner, SPAN("var.")) ? TRUTH_UNKNOWN : TRUTH_NO;
	return has_char(inner, '?') || is_satellite(inner, l) ? TRUTH_UNKNOWN : TRUTH_NO;
}

/* What follows an address in a plan: ["a"].id, or .id["a"] where the plan's reader put the instance that refers. */
static bool is_other_instance(struct span rest, const char *index)
{
	size_t n = strlen(index);

	if (rest.n > 1 && rest.p[0] == '[' && (rest.p[1] == '"' || isdigit((unsigned char)rest.p[1])))
		return rest.n < n || memcmp(rest.p, index, n);
	return span_ends(rest, "]") && !span_ends(rest, index);
}

static enum truth by_terraform(const struct fact *reference, const struct subject *target, const struct link *l)
{
	struct span text = reference->value;
	const char *bare = l->address + strlen(l->module);
	struct span address = {bare, strlen(bare) - strlen(l->index)};
	enum truth named;

	if (l->notation == NOTATION_HCL ? !same_folder(reference->doc, target->doc) : reference->doc != target->doc)
		return TRUTH_NO;
	if (l->notation != NOTATION_HCL && *l->module) {
		if (!span_starts(text, l->module))
			return by_name(reference, l);
		text = span_cut(text, strlen(l->module), text.n);
	}
	if (fact_is_unresolved(reference) || reference->kind == FACT_REFERENCE) {
		size_t behind = find_address(text, address);

		if (behind && *l->index && is_other_instance(span_cut(text, behind, text.n), l->index))
			return TRUTH_NO;
		if (behind)
			return has_char(text, '?') ? TRUTH_UNKNOWN : TRUTH_YES;
	}
	named = by_name(reference, l);
	if (named == TRUTH_YES || !fact_is_unresolved(reference))
		return named;
	return l->notation == NOTATION_HCL || is_plain_reference(reference) ? truth_most(named, unresolved_reaches(text, l)) : named;
}

/* ------------------------------------------------------------------ templates */

static enum truth by_cloudformation(const struct fact *reference, const struct subject *target, const struct link *l)
{
	size_t n = strlen(l->logical);
	struct span text = reference->value;

	if (reference->doc != target->doc)
		return TRUTH_NO;
	if (reference->kind == FACT_REFERENCE && text.n >= n && !memcmp(text.p, l->logical, n) && (text.n == n || text.p[n] == '.'))
		return TRUTH_YES;
	if (fact_is_unresolved(reference)) {
		char sub[300];

		snprintf(sub, sizeof sub, "${%.250s}", l->logical);
		if (span_find(text, span_of(sub)))
			return TRUTH_YES;
		snprintf(sub, sizeof sub, "${%.250s.", l->logical);
		if (span_find(text, span_of(sub)))
			return TRUTH_YES;
		return TRUTH_NO;      /* a parameter or an import: an input, not a resource of this template */
	}
	return by_name(reference, l);
}

/* The expression without its brackets, or the literal in quotes: how it stands inside resourceId(). */
static const char *arm_inner(struct span name, char *out, size_t size)
{
	bool expression = name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']';

	if (expression)
		snprintf(out, size, "%.*s", (int)(name.n - 2), name.p + 1);
	else
		snprintf(out, size, "'%.*s'", (int)name.n, name.p);
	return out;
}

/* A name that was put in for "variables.account" stands in other expressions as variables('account'). */
static bool arm_names(const struct fact *reference, const struct fact *name)
{
	const char *path = fact_set_at(name) ? fact_set_at(name)->path : NULL, *dot = path ? strchr(path, '.') : NULL;
	char expression[512];

	if (!dot)
		return false;
	snprintf(expression, sizeof expression, "%.*s('%.400s')", (int)(dot - path), path, dot + 1);
	return span_find(reference->value, span_of(expression));
}

static enum truth by_arm(const struct fact *reference, const struct subject *target, const struct link *l)
{
	const struct fact *name = fact_child(l->block, "name");
	const struct fact *written = name && name->written ? name->written : name;
	char inner[512], type[300];

	if (reference->doc != target->doc)
		return TRUTH_NO;
	if (!fact_is_unresolved(reference) && reference->kind != FACT_REFERENCE)
		return by_name(reference, l);
	snprintf(type, sizeof type, "'%.250s'", l->type);
	if (!written || !strcasestr(reference->value.p, type))
		return TRUTH_NO;
	if (arm_names(reference, written))
		return TRUTH_YES;
	return span_find(reference->value, span_of(arm_inner(written->value, inner, sizeof inner))) ? TRUTH_YES : TRUTH_NO;
}

/* ------------------------------------------------------------------ Kubernetes */

static bool labels_hold(const struct fact *labels, const struct fact *selector)
{
	if (!selector->first)
		return false;
	FACT_EACH(want, selector) {
		const struct fact *have = labels && labels->kind == FACT_BLOCK ? fact_child(labels, want->key ? want->key : "") : NULL;

		if (!have || !span_eq(have->value, want->value))
			return false;
	}
	return true;
}

static enum truth by_labels(const struct fact *selector, const struct link *l)
{
	const struct fact *match = fact_child(selector, "matchLabels");

	if (match)
		selector = match;
	return labels_hold(fact_at(l->block, "spec.template.metadata.labels"), selector) ||
	       labels_hold(fact_at(l->block, "metadata.labels"), selector) ? TRUTH_YES : TRUTH_NO;
}

static enum truth by_kubernetes(const struct fact *reference, const struct subject *target, const struct link *l)
{
	if (!same_folder(reference->doc, target->doc))
		return TRUTH_NO;
	if (reference->kind == FACT_BLOCK)
		return by_labels(reference, l);
	if (fact_is_unresolved(reference))
		return TRUTH_UNKNOWN;
	return span_is(reference->value, l->logical) ? TRUTH_YES : TRUTH_NO;
}

static enum truth by_literal(const struct fact *reference, const struct subject *target, const struct link *l)
{
	if (!same_folder(reference->doc, target->doc))
		return TRUTH_NO;
	return truth_most(by_name(reference, l), !fact_is_unresolved(reference) && l->logical && span_is(reference->value, l->logical) ? TRUTH_YES : TRUTH_NO);
}

enum truth subject_linked(const struct fact *reference, const struct subject *target)
{
	const struct link *l = target->link;
	enum truth best = TRUTH_NO;

	if (!reference || !l || reference->kind == FACT_COMMENT || reference->kind == FACT_NULL)
		return TRUTH_NO;
	if (reference->kind == FACT_LIST) {
		FACT_EACH(item, reference)
			best = truth_most(best, item->kind == FACT_LIST ? TRUTH_NO : subject_linked(item, target));
		return reference->open ? truth_most(best, TRUTH_UNKNOWN) : best;
	}
	if (reference->kind == FACT_BLOCK && l->notation != NOTATION_KUBERNETES)
		return TRUTH_NO;
	switch (l->notation) {
	case NOTATION_HCL:
	case NOTATION_PLAN:
	case NOTATION_STATE:
		return by_terraform(reference, target, l);
	case NOTATION_CLOUDFORMATION:
		return by_cloudformation(reference, target, l);
	case NOTATION_ARM:
		return by_arm(reference, target, l);
	case NOTATION_KUBERNETES:
		return by_kubernetes(reference, target, l);
	default:
		return by_literal(reference, target, l);
	}
}
