/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Families: a copy of the rule's tree for each row, with {variables} put into every text and the row's own keys in place
 * of the shared ones. Only names that the row defines are replaced, so {value}, {a,b} and regexes stay as they are.
 */
#include "rule/rule_p.h"

#include "base/limits.h"
#include "base/str.h"

#include <stdlib.h>

static const char *variable_for(const struct variable *v, size_t count, struct span name, const char *lang)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(name, v[i].name))
			return lang && !strcmp(lang, "fr") ? v[i].fr : v[i].en;
	return NULL;
}

static struct span expand_text(struct arena *a, struct span text, const struct variable *v, size_t count, const char *lang)
{
	struct str out = STR_INIT(MIB);
	struct span copy;
	size_t taken = 0;      /* bytes of text that out has, as they are or replaced */

	for (const char *at = text.p, *stop = text.p + text.n; (at = memchr(at, '{', (size_t)(stop - at))); at++) {
		const char *end = memchr(at, '}', (size_t)(stop - at));
		const char *value = end ? variable_for(v, count, (struct span){at + 1, (size_t)(end - at) - 1}, lang) : NULL;

		if (!value)
			continue;
		str_span(&out, span_cut(text, taken, (size_t)(at - text.p)));
		str_text(&out, value);
		at = end;
		taken = (size_t)(end - text.p) + 1;
	}
	if (!taken)
		return text;
	str_span(&out, span_cut(text, taken, text.n));
	copy = arena_span(a, str_get(&out));
	str_free(&out);
	return copy;
}

struct expansion {
	struct arena *facts, *texts;
	const struct variable *v;
	size_t count;
};

static struct fact *copy_tree(const struct expansion *x, const struct fact *f, const struct fact *parent, const char *lang)
{
	struct fact *copy = ARENA_NEW(x->facts, struct fact);
	struct fact *last = NULL;

	*copy = *f;
	copy->parent = parent;
	copy->first = copy->next = NULL;
	if (f->key && (!strcmp(f->key, "fr") || !strcmp(f->key, "en")))
		lang = f->key;
	if (f->value.n && memchr(f->value.p, '{', f->value.n))
		copy->value = expand_text(x->texts, f->value, x->v, x->count, lang);
	if (f->key && strchr(f->key, '{'))
		copy->key = expand_text(x->texts, span_of(f->key), x->v, x->count, lang).p;
	FACT_EACH(child, f) {
		struct fact *one = copy_tree(x, child, copy, lang);

		if (last)
			last->next = one;
		else
			copy->first = one;
		last = one;
	}
	return copy;
}

static void append(struct arena *a, struct fact *block, struct fact *child)
{
	child->parent = block;
	child->next = NULL;
	fact_append(a, block, child);
}

const struct fact *fact_expand(struct arena *facts, struct arena *texts, const struct fact *f, const struct variable *v, size_t count, const struct fact *override)
{
	struct expansion x = {facts, texts, v, count};
	struct fact *top = ARENA_NEW(facts, struct fact);

	*top = *f;
	top->first = NULL;
	FACT_EACH(child, f) {
		const struct fact *own = override && child->key ? fact_child(override, child->key) : NULL;

		if (child->key && (!strcmp(child->key, "rows") || !strcmp(child->key, "examples")))
			continue;
		append(facts, top, copy_tree(&x, own ? own : child, top, NULL));
	}
	if (override)
		FACT_EACH(own, override)
			if (own->key && strcmp(own->key, "examples") && !fact_child(f, own->key))
				append(facts, top, copy_tree(&x, own, top, NULL));
	return top;
}
