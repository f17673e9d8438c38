/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules by what they speak of (section 10), so that a subject meets only the rules that can concern it. */
#include "rule/rule_p.h"

#include <ctype.h>
#include <stdio.h>

static void add_to(struct arena *a, struct rule_group *g, const struct rule *r)
{
	if (!g->count || g->items[g->count - 1] != r)
		*ARENA_PUSH(a, g->items, g->count) = r;
}

static void add_named(struct arena *a, struct map *m, struct span key, const struct rule *r)
{
	struct map_entry *e = map_entry(m, key);

	if (!e->value)
		e->value = ARENA_NEW(a, struct rule_group);
	add_to(a, e->value, r);
}

void key_words(const char *key, struct key_words *ret)
{
	size_t n = 0, m = 0;

	for (; *key && n < KEY_BYTES - 1; key++) {
		if (*key == '_' || *key == '-')
			continue;
		if (*key == '.') {
			m = 0;
			continue;
		}
		ret->whole[n++] = ret->last[m++] = (char)tolower((unsigned char)*key);
	}
	ret->whole[n] = ret->last[m] = '\0';
}

struct span subject_word(enum subject_kind kind, const char *type, char out[SUBJECT_WORD_BYTES])
{
	int n = snprintf(out, SUBJECT_WORD_BYTES, "%c:%s", kind == SUBJECT_VIEW ? 'v' : 'r', type);

	return (struct span){out, n > 0 && n < SUBJECT_WORD_BYTES ? (size_t)n : 0};
}

static size_t count_parts(const char *name)
{
	size_t count = 1;

	for (; *name; name++)
		count += *name == '.';
	return count;
}

static void index_settings(struct arena *a, struct rule_index *x, const struct rule *r)
{
	struct key_words words;

	for (size_t i = 0; i < r->where.count; i++) {
		size_t parts = count_parts(r->where.names[i]);

		x->setting_parts = parts > x->setting_parts ? parts : x->setting_parts;
		key_words(r->where.names[i], &words);
		add_named(a, &x->settings, span_of(words.last), r);
		add_named(a, &x->settings, span_of(words.whole), r);
	}
}

static void index_subjects(struct arena *a, struct rule_index *x, const struct ruleset *s, const struct rule *r)
{
	bool view = r->where.kind == WHERE_VIEW;
	char bytes[SUBJECT_WORD_BYTES];

	for (size_t i = 0; i < r->where.count; i++) {
		const char *name = r->where.names[i];
		bool plain = view || !strncmp(name, "class:", 6);

		struct span word = subject_word(view ? SUBJECT_VIEW : SUBJECT_RESOURCE, plain ? name : dialect_canonical(s->dialects, name), bytes);

		if (word.n)
			add_named(a, &x->subjects, word, r);
	}
}

static void index_rule(struct arena *a, const struct ruleset *s, struct rule_index *x, const struct rule *r)
{
	switch (r->where.kind) {
	case WHERE_RESOURCE: case WHERE_VIEW:
		index_subjects(a, x, s, r);
		break;
	case WHERE_SETTING:
		index_settings(a, x, r);
		break;
	case WHERE_BLOCK:
		add_to(a, &x->blocks, r);
		break;
	case WHERE_TEXT:
		if (r->where.text != TEXT_COMMENTS)
			add_to(a, &x->values, r);
		if (r->where.text != TEXT_VALUES)
			add_to(a, &x->comments, r);
		break;
	case WHERE_DOCUMENT:
		add_to(a, &x->documents, r);
		break;
	case WHERE_SCOPE:
		add_to(a, &x->scopes, r);
		break;
	default:
		add_to(a, &x->deployments, r);
	}
}

void rule_index_build(struct arena *a, const struct ruleset *s, struct rule_index *ret)
{
	*ret = (struct rule_index){.subjects = MAP_INIT(a), .settings = MAP_INIT(a)};
	for (size_t i = 0; i < s->count; i++)
		index_rule(a, s, ret, s->rules[i]);
}

/* ------------------------------------------------------------------ settings */

const char *setting_key(const struct fact *f)
{
	for (; f; f = f->parent) {
		if (f->key)
			return f->key;
		if (!f->parent || f->parent->kind != FACT_LIST)
			return NULL;
	}
	return NULL;
}

static bool same_word(const char *a, size_t a_n, const char *b, size_t b_n)
{
	size_t i = 0, j = 0;

	for (;;) {
		while (i < a_n && (a[i] == '_' || a[i] == '-'))
			i++;
		while (j < b_n && (b[j] == '_' || b[j] == '-'))
			j++;
		if (i == a_n || j == b_n)
			return i == a_n && j == b_n;
		if (tolower((unsigned char)a[i++]) != tolower((unsigned char)b[j++]))
			return false;
	}
}

/* Equal when run together. */
static bool same_together(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, "_-.");
		b += strspn(b, "_-.");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

/* Walks the segments of keys from the last outward: a flat key "a.b" gives two, a nested b below a gives two. */
struct segments {
	const struct fact *fact;
	const char *key;
	size_t left;      /* bytes of key not yet given out */
};

static bool next_outward(struct segments *s, const char **ret, size_t *ret_n)
{
	size_t from;

	while (!s->left) {
		s->fact = s->fact ? s->fact->parent : NULL;
		if (!s->fact)
			return false;
		s->key = s->fact->key;
		s->left = s->key ? strlen(s->key) : 0;
	}
	from = s->left;
	while (from && s->key[from - 1] != '.')
		from--;
	*ret = s->key + from;
	*ret_n = s->left - from;
	s->left = from ? from - 1 : 0;
	return true;
}

bool setting_is(const char *setting, const struct fact *f)
{
	const char *key = setting_key(f), *segment;
	struct segments s;
	size_t left = strlen(setting), n;

	if (!key)
		return false;
	s = (struct segments){f, f->key, f->key ? strlen(f->key) : 0};
	if (strchr(setting, '.') && same_together(key, setting))
		return true;
	while (left) {
		size_t from = left;

		while (from && setting[from - 1] != '.')
			from--;
		if (!next_outward(&s, &segment, &n) || !same_word(setting + from, left - from, segment, n))
			return false;
		left = from ? from - 1 : 0;
	}
	return true;
}
