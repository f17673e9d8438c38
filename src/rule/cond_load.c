/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Conditions from facts to struct cond (sections 4 and 5): a leaf is one selector, modifiers, one or more tests;
 * a list is `all`. Each key of a leaf is one row of a table, so a new test is a row and a function.
 * Mistakes are collected with their place; the loader goes on, so that an author sees them all at once.
 */
#include "rule/rule_p.h"

const char *const test_names[TEST_KINDS] = {
	[TEST_IS] = "is", [TEST_IN] = "in", [TEST_CONTAINS] = "contains", [TEST_MATCHES] = "matches", [TEST_PRESENT] = "present",
	[TEST_FILLED] = "filled", [TEST_HAS] = "has", [TEST_KIND] = "kind", [TEST_NUMBER] = "number", [TEST_COUNT] = "count",
	[TEST_LENGTH] = "length", [TEST_COVERS] = "covers", [TEST_DURATION] = "duration", [TEST_TLS] = "tls",
	[TEST_VERSION] = "version", [TEST_DATE] = "date", [TEST_TERRITORY] = "territory", [TEST_JURISDICTION] = "jurisdiction",
	[TEST_NETWORK] = "network", [TEST_CHECKSUM] = "checksum", [TEST_ENTROPY] = "entropy", [TEST_STRENGTH] = "strength",
	[TEST_AGREES] = "agrees",
};

/* ------------------------------------------------------------------ texts, literals, patterns */

const struct fact *fact_kept(const struct loader *l, const struct fact *f)
{
	return l->facts == l->arena ? f : NULL;
}

/* Texts stand in the program, in the files that were read, or where a family's were expanded: with the rules. */
const char *fact_string(const struct fact *f)
{
	return f->value.n ? f->value.p : "";
}

const char *const *texts_load(struct loader *l, const struct fact *f, size_t *ret_count)
{
	const char **texts = NULL;
	size_t count = 0;

	if (fact_is_scalar(f))
		*ARENA_PUSH(l->arena, texts, count) = fact_string(f);
	else if (f->kind == FACT_LIST)
		FACT_EACH(item, f)
			*ARENA_PUSH(l->arena, texts, count) = fact_string(item);
	else
		rule_mistake(l->mistakes, f, l->rule->file, "expected a text or a list of texts");
	*ret_count = count;
	return texts;
}

static bool literal_load(struct loader *l, const struct fact *f, struct literal *ret)
{
	if (!fact_is_scalar(f)) {
		rule_mistake(l->mistakes, f, l->rule->file, "expected one value");
		return false;
	}
	*ret = (struct literal){.text = fact_string(f), .param = -1};
	if (ret->text[0] != '$')
		return true;
	for (size_t i = 0; i < l->rule->param_count; i++)
		if (!strcmp(l->rule->params[i].name, ret->text + 1))
			ret->param = (int)i;
	if (ret->param < 0)
		rule_mistake(l->mistakes, f, l->rule->file, "unknown parameter '%s'", ret->text);
	return ret->param >= 0;
}

static void add_named_list(struct loader *l, const struct fact *f, struct literal **items, size_t *count)
{
	const char *name = fact_string(f) + 1;
	const struct named_list *list = ruleset_list(l->set, name);

	if (!list) {
		rule_mistake(l->mistakes, f, l->rule->file, "unknown list '@%s'", name);
		return;
	}
	for (size_t i = 0; i < list->count; i++)
		*ARENA_PUSH(l->arena, *items, *count) = (struct literal){.text = list->values[i], .param = -1};
}

static void add_literal(struct loader *l, const struct fact *f, struct literal **items, size_t *count)
{
	struct literal one;

	if (f->value.n > 1 && f->value.p[0] == '@')
		add_named_list(l, f, items, count);
	else if (literal_load(l, f, &one))
		*ARENA_PUSH(l->arena, *items, *count) = one;
}

bool literals_load(struct loader *l, const struct fact *f, struct literal_list *ret)
{
	struct literal *items = NULL;
	size_t count = 0;

	if (f->kind == FACT_LIST)
		FACT_EACH(item, f)
			add_literal(l, item, &items, &count);
	else
		add_literal(l, f, &items, &count);
	*ret = (struct literal_list){items, count};
	return count > 0;
}

static void pattern_check(struct loader *l, struct pattern *p, const struct fact *f)
{
	struct err e = {0};
	struct regex *compiled;

	if (!l->set->check_only && !l->set->verify_patterns)
		return;      /* the compiled-in rules were checked when they were built in */
	if (regex_compile(p->source, false, &compiled, &e))
		rule_mistake(l->mistakes, f, l->rule->file, "%s", e.text);
	else
		atomic_store(&p->compiled, compiled);
}

static struct pattern *pattern_load(struct loader *l, const struct fact *f)
{
	struct pattern *p = pattern_new(l->arena, fact_string(f));

	pattern_check(l, p, f);
	return p;
}

bool path_load_text(struct loader *l, const struct fact *f, const char *text, struct path *ret)
{
	struct err e = {0};

	if (path_compile(l->arena, text, ret, &e)) {
		rule_mistake(l->mistakes, f, l->rule->file, "%s", e.text);
		return false;
	}
	for (size_t i = 0; i < ret->count; i++)
		if (ret->steps[i].pattern)
			pattern_check(l, ret->steps[i].pattern, f);
	return true;
}

bool path_load(struct loader *l, const struct fact *f, struct path *ret)
{
	if (fact_is_scalar(f) || f->value.n)
		return path_load_text(l, f, fact_string(f), ret);
	rule_mistake(l->mistakes, f, l->rule->file, "expected a path");
	return false;
}

/* ------------------------------------------------------------------ tests */

static void load_bounds(struct loader *l, const struct fact *f, struct test *t)
{
	if (f->kind != FACT_BLOCK) {
		rule_mistake(l->mistakes, f, l->rule->file, "expected bounds such as {ge: 1}");
		return;
	}
	FACT_EACH(bound, f) {
		if (!strcmp(bound->key, "lt"))
			t->lt.given = literal_load(l, bound, &t->lt.at);
		else if (!strcmp(bound->key, "le"))
			t->le.given = literal_load(l, bound, &t->le.at);
		else if (!strcmp(bound->key, "gt"))
			t->gt.given = literal_load(l, bound, &t->gt.at);
		else if (!strcmp(bound->key, "ge"))
			t->ge.given = literal_load(l, bound, &t->ge.at);
		else if (!strcmp(bound->key, "unit") && t->kind == TEST_DURATION)
			t->unit = fact_string(bound);
		else
			rule_mistake(l->mistakes, bound, l->rule->file, "unknown bound '%s'", bound->key);
	}
}

static void load_strength(struct loader *l, const struct fact *f, struct test *t)
{
	const struct fact *at = fact_child(f, "at");

	t->table = fact_text(f, "below");
	t->at = (struct literal){.text = "audit", .param = -1};
	if (at)
		literal_load(l, at, &t->at);
	if (!t->table)
		rule_mistake(l->mistakes, f, l->rule->file, "strength: needs 'below'");
}

static void load_agrees(struct loader *l, const struct fact *f, struct test *t)
{
	static const char *const hows[] = {"member", "equal", "subset", "ge", "le", "host_pattern"};
	const struct fact *with = fact_child(f, "with");
	const char *how = fact_text(f, "how"), *among = fact_text(f, "among");

	if (!with || !path_load(l, with, &t->agrees.with)) {
		rule_mistake(l->mistakes, f, l->rule->file, "agrees: needs 'with: declared.FIELD'");
		return;
	}
	t->agrees.how = with->value.n > 3 && span_ends(with->value, "[*]") ? AGREE_MEMBER : AGREE_EQUAL;
	t->agrees.as = fact_text(f, "as");
	t->agrees.among = among && !strcmp(among, "every_deployment");
	for (size_t i = 0; how && i < sizeof hows / sizeof *hows; i++) {
		if (!strcmp(how, hows[i])) {
			t->agrees.how = (enum agree_how)i;
			return;
		}
	}
	if (how)
		rule_mistake(l->mistakes, f, l->rule->file, "agrees: unknown how '%s'", how);
}

static bool is_true(const struct fact *f)
{
	return span_is(f->value, "true");
}

static void load_checksum(struct loader *l, const struct fact *f, struct test *t)
{
	t->checksum = fact_string(f);
	if (!checksum_exists(t->checksum))
		rule_mistake(l->mistakes, f, l->rule->file, "unknown checksum '%s'", t->checksum);
}

static void load_test(struct loader *l, const struct fact *f, struct test *t)
{
	switch (t->kind) {
	case TEST_MATCHES:
		t->pattern = pattern_load(l, f);
		break;
	case TEST_PRESENT: case TEST_FILLED:
		t->yes = is_true(f);
		break;
	case TEST_HAS:
		t->has = cond_load(l, f);
		break;
	case TEST_NUMBER: case TEST_COUNT: case TEST_LENGTH: case TEST_DURATION: case TEST_TLS: case TEST_VERSION: case TEST_DATE: case TEST_ENTROPY:
		load_bounds(l, f, t);
		break;
	case TEST_STRENGTH:
		load_strength(l, f, t);
		break;
	case TEST_AGREES:
		load_agrees(l, f, t);
		break;
	case TEST_CHECKSUM:
		load_checksum(l, f, t);
		break;
	default:
		literals_load(l, f, &t->values);
	}
}

static int test_kind_of(const char *key)
{
	for (int i = 0; i < TEST_KINDS; i++)
		if (*key == *test_names[i] && !strcmp(key, test_names[i]))
			return i;
	return -1;
}

static size_t count_tests(const struct fact *block)
{
	size_t n = 0;

	FACT_EACH(item, block)
		n += test_kind_of(item->key) >= 0;
	return n;
}

/* f: an item of block. A test is large and mostly alone, so the list is no longer than the block needs. */
static bool add_test(struct loader *l, const struct fact *block, const struct fact *f, struct test **tests, size_t *count)
{
	int kind = test_kind_of(f->key);
	struct test *t;

	if (kind < 0)
		return false;
	if (!*tests)
		*tests = ARENA_ARRAY(l->arena, struct test, count_tests(block));
	t = *tests + (*count)++;
	*t = (struct test){.kind = (enum test_kind)kind, .fact = fact_kept(l, f)};
	load_test(l, f, t);
	return true;
}

/* ------------------------------------------------------------------ selectors and modifiers */

static void load_paths(struct loader *l, const struct fact *f, enum selector selector, struct cond *c)
{
	struct path *paths = NULL;
	size_t count = 0;

	if (c->selector != SELECT_THIS)
		rule_mistake(l->mistakes, f, l->rule->file, "a leaf has one selector");
	c->selector = selector;
	if (f->kind == FACT_LIST && !f->value.n) {      /* "[2]" is a path, though the reader sees JSON in it */
		FACT_EACH(item, f) {
			struct path path;

			if (path_load(l, item, &path))
				*ARENA_PUSH(l->arena, paths, count) = path;
		}
	} else {
		struct path path;

		if (path_load(l, f, &path))
			*ARENA_PUSH(l->arena, paths, count) = path;
	}
	c->paths = paths;
	c->path_count = count;
}

static void load_related_how(struct loader *l, const struct fact *f, struct related *r)
{
	const struct fact *by = fact_child(f, "by"), *to = fact_child(f, "to");
	const char *anywhere = fact_text(f, "anywhere");

	r->how = by ? RELATED_BY : to ? RELATED_TO : RELATED_ANYWHERE;
	if (by || to)
		path_load(l, by ? by : to, &r->key);
	r->reach = anywhere && !strcmp(anywhere, "document") ? REACH_DOCUMENT :
		   anywhere && !strcmp(anywhere, "deployment") ? REACH_DEPLOYMENT : REACH_SCOPE;
	if (!by && !to && !anywhere)
		rule_mistake(l->mistakes, f, l->rule->file, "related: needs 'by', 'to' or 'anywhere'");
}

static void load_related(struct loader *l, const struct fact *f, struct cond *c)
{
	struct related *r = ARENA_NEW(l->arena, struct related);
	const struct fact *resource = fact_child(f, "resource"), *view = fact_child(f, "view"), *block = fact_child(f, "block");

	if (c->selector != SELECT_THIS)
		rule_mistake(l->mistakes, f, l->rule->file, "a leaf has one selector");
	c->selector = SELECT_RELATED;
	c->related = r;
	r->kind = view ? SUBJECT_VIEW : SUBJECT_RESOURCE;
	r->is_block = block != NULL;
	if (block)
		path_load(l, block, &r->block);
	else if (view || resource)
		r->type = fact_string(view ? view : resource);
	else
		rule_mistake(l->mistakes, f, l->rule->file, "related: needs 'resource', 'view' or 'block'");
	load_related_how(l, f, r);
}

static void load_inherit(struct loader *l, const struct fact *f, struct cond *c)
{
	struct path *paths = NULL;

	c->inherit = f->kind == FACT_LIST || is_true(f);
	if (f->kind != FACT_LIST)
		return;
	FACT_EACH(item, f) {
		struct path path;

		if (path_load(l, item, &path))
			*ARENA_PUSH(l->arena, paths, c->inherit_count) = path;
	}
	c->inherit_from = paths;
}

static void load_default(struct loader *l, const struct fact *f, struct cond *c)
{
	const struct fact *value = f->kind == FACT_BLOCK ? fact_child(f, "value") : f;
	const char *since = f->kind == FACT_BLOCK ? fact_text(f, "since") : NULL;

	c->by_default = (struct default_value){.given = true, .since = DATE_NONE};
	if (!value) {
		rule_mistake(l->mistakes, f, l->rule->file, "default: needs 'value' beside 'since'");
		return;
	}
	if (since)
		c->by_default.since = date_parse(span_of(since));
	c->by_default.unknown = span_is(value->value, "unknown");
	literal_load(l, value, &c->by_default.value);
}

static void load_as(struct loader *l, const struct fact *f, struct cond *c)
{
	c->as = fact_string(f);
	if (!convert_exists(c->as))
		rule_mistake(l->mistakes, f, l->rule->file, "unknown conversion '%s'", c->as);
}

static void load_but_not(struct loader *l, const struct fact *f, struct cond *c)
{
	FACT_EACH(item, f)
		if (!add_test(l, f, item, &c->but_not, &c->but_not_count))
			rule_mistake(l->mistakes, item, l->rule->file, "unknown test '%s'", item->key);
}

static bool load_leaf_key(struct loader *l, const struct fact *leaf, const struct fact *f, struct cond *c)
{
	const char *key = f->key;

	if (!strcmp(key, "key"))
		load_paths(l, f, SELECT_KEY, c);
	else if (!strcmp(key, "some"))
		load_paths(l, f, SELECT_SOME, c);
	else if (!strcmp(key, "every"))
		load_paths(l, f, SELECT_EVERY, c);
	else if (!strcmp(key, "related"))
		load_related(l, f, c);
	else if (!strcmp(key, "inherit"))
		load_inherit(l, f, c);
	else if (!strcmp(key, "split"))
		c->split = pattern_load(l, f);
	else if (!strcmp(key, "capture"))
		c->capture = pattern_load(l, f);
	else if (!strcmp(key, "as"))
		load_as(l, f, c);
	else if (!strcmp(key, "default"))
		load_default(l, f, c);
	else if (!strcmp(key, "exact"))
		c->exact = is_true(f);
	else if (!strcmp(key, "but_not"))
		load_but_not(l, f, c);
	else
		return add_test(l, leaf, f, &c->tests, &c->test_count);
	return true;
}

static struct cond *load_leaf(struct loader *l, const struct fact *f)
{
	struct cond *c = ARENA_NEW(l->arena, struct cond);

	*c = (struct cond){.kind = COND_LEAF, .fact = fact_kept(l, f), .selector = SELECT_THIS};
	FACT_EACH(item, f)
		if (!load_leaf_key(l, f, item, c))
			rule_mistake(l->mistakes, item, l->rule->file, "unknown key '%s' in a condition", item->key);
	if (!c->test_count && c->selector != SELECT_RELATED)
		rule_mistake(l->mistakes, f, l->rule->file, "a leaf needs at least one test");
	return c;
}

/* ------------------------------------------------------------------ combinations */

static struct cond *load_group(struct loader *l, const struct fact *f, enum cond_kind kind, const struct fact *items)
{
	struct cond *c = ARENA_NEW(l->arena, struct cond), **list = NULL;
	size_t count = 0;

	*c = (struct cond){.kind = kind, .fact = fact_kept(l, f)};
	if (items->kind == FACT_LIST && kind != COND_NOT) {
		FACT_EACH(item, items)
			*ARENA_PUSH(l->arena, list, count) = cond_load(l, item);
	} else {
		*ARENA_PUSH(l->arena, list, count) = cond_load(l, items);
	}
	if (!count)
		rule_mistake(l->mistakes, f, l->rule->file, "an empty condition");
	c->items = list;
	c->count = count;
	return c;
}

struct cond *cond_load(struct loader *l, const struct fact *f)
{
	static const struct { const char *key; enum cond_kind kind; } groups[] = {{"all", COND_ALL}, {"any", COND_ANY}, {"not", COND_NOT}};

	if (f->kind == FACT_LIST)
		return load_group(l, f, COND_ALL, f);
	if (f->kind != FACT_BLOCK || !f->first) {
		rule_mistake(l->mistakes, f, l->rule->file, "expected a condition");
		return ARENA_NEW(l->arena, struct cond);
	}
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (!f->first->next && !strcmp(f->first->key, groups[i].key))
			return load_group(l, f, groups[i].kind, f->first);
	return load_leaf(l, f);
}
