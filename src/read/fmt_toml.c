/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * TOML 1.0.0. A table may be written in several places ([a], later [a.b]); so the document is first made into nodes of
 * its own, with the rules about what may be defined twice, and then told in the order of first appearance.
 * A statement that is wrong is left out with a diagnostic, and reading goes on with the next line; behind a wrong header,
 * with the next header, because nobody knows where its keys belong. Dates are text.
 */
#include "read/toml.h"

#include "base/limits.h"

enum node_type { NODE_VALUE, NODE_TABLE, NODE_LIST };

struct node {
	enum node_type type;
	const char *key;
	struct place head;
	uint32_t from, to;
	struct fact value;            /* of NODE_VALUE */
	struct node *first, *last, *next;
	uint32_t id;                  /* of a table, for the index of keys */
	bool defined;                 /* by a [header] or by its value: may not be again */
	bool closed;                  /* an inline table: nothing is added to it */
	bool dotted;                  /* made by a dotted key: only dotted keys add to it */
	bool tables;                  /* a list made by [[header]] */
};

struct reader {
	struct toml s;
	struct arena *scratch;
	struct map index;             /* from table id and key to the node */
	struct node *root, *table;
	uint32_t ids;
	bool lost;                    /* behind a wrong header */
};

/* One part of a dotted key. */
struct part {
	const char *key;
	struct place head;
};

struct path {
	struct part *parts;
	size_t count;
};

/* ------------------------------------------------------------------ nodes */

static struct node *new_node(struct reader *r, enum node_type type, uint32_t from)
{
	struct node *n = ARENA_NEW(r->scratch, struct node);

	n->type = type;
	n->from = n->to = from;
	n->id = r->ids++;
	return n;
}

static void append(struct node *parent, struct node *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

/* The index's entry for a key of a table. Keys are interned: one text, one pointer. */
static struct map_entry *entry_of(struct reader *r, const struct node *table, const char *key)
{
	char composed[sizeof table->id + sizeof key];

	memcpy(composed, &table->id, sizeof table->id);
	memcpy(composed + sizeof table->id, &key, sizeof key);
	return map_entry(&r->index, (struct span){composed, sizeof composed});
}

static struct node *add_child(struct reader *r, struct node *table, const struct part *part, struct node *child)
{
	child->key = part->key;
	child->head = part->head;
	entry_of(r, table, part->key)->value = child;
	append(table, child);
	return child;
}

static struct node *child_of(struct reader *r, const struct node *table, const char *key)
{
	return entry_of(r, table, key)->value;
}

static bool defined_twice(struct reader *r, const struct part *part)
{
	return toml_fail(&r->s, part->head.offset, part->head.offset + part->head.length, "the key was defined before");
}

/* ------------------------------------------------------------------ blanks and keys */

static void skip_blanks(struct reader *r)
{
	r->s.at = line_skip(r->s.text, r->s.at, (uint32_t)r->s.text.n);
}

static bool at_newline(const struct reader *r)
{
	char c = toml_peek(&r->s);

	return c == '\n' || (c == '\r' && r->s.at + 1 < r->s.text.n && r->s.text.p[r->s.at + 1] == '\n');
}

static bool at_end(const struct reader *r)
{
	return r->s.at >= r->s.text.n;
}

/* Blanks, line ends and comments, as between the items of a list. */
static bool skip_lines(struct reader *r)
{
	for (;;) {
		skip_blanks(r);
		if (toml_peek(&r->s) == '#') {
			if (!toml_comment(&r->s))
				return false;
		} else if (at_newline(r)) {
			r->s.at += toml_peek(&r->s) == '\r' ? 2 : 1;
		} else {
			return true;
		}
	}
}

static bool key_part(struct reader *r, struct part *ret)
{
	uint32_t from = r->s.at, end;
	char c = toml_peek(&r->s);
	struct toml_string string = {.kind = NO_DECODER};

	if (c == '"' || c == '\'') {
		if (!toml_string(&r->s, false, &string))
			return false;
	} else {
		end = word_end(r->s.text, from, (uint32_t)r->s.text.n, "_-");
		if (end == from)
			return toml_fail(&r->s, from, from + (from < r->s.text.n), "expected a key");
		string.from = from;
		string.to = r->s.at = end;
	}
	ret->key = line_key(r->s.b, r->s.t, string.from, string.to, string.kind);
	ret->head = (struct place){string.from, string.to - string.from};
	return true;
}

static bool key_path(struct reader *r, struct path *ret)
{
	struct path path = {0};

	for (;;) {
		struct part part;

		skip_blanks(r);
		if (!key_part(r, &part))
			return false;
		*ARENA_PUSH(r->scratch, path.parts, path.count) = part;
		skip_blanks(r);
		if (toml_peek(&r->s) != '.')
			break;
		r->s.at++;
	}
	*ret = path;
	return true;
}

/* ------------------------------------------------------------------ values */

static struct node *read_value(struct reader *r, int depth);

static struct node *read_list(struct reader *r, int depth)
{
	struct node *list = new_node(r, NODE_LIST, r->s.at), *item;

	list->defined = true;
	for (r->s.at++;;) {
		if (!skip_lines(r))
			return NULL;
		if (toml_peek(&r->s) == ']')
			break;
		item = read_value(r, depth + 1);
		if (!item)
			return NULL;
		append(list, item);
		if (!skip_lines(r))
			return NULL;
		if (toml_peek(&r->s) == ',')
			r->s.at++;
		else if (toml_peek(&r->s) != ']')
			return toml_fail(&r->s, r->s.at, r->s.at + !at_end(r), "expected ',' or ']' in the list"), NULL;
	}
	list->to = ++r->s.at;
	return list;
}

static bool key_value(struct reader *r, struct node *table, int depth);

/* On one line, without a comma behind the last pair. */
static struct node *read_inline(struct reader *r, int depth)
{
	struct node *table = new_node(r, NODE_TABLE, r->s.at++);

	table->defined = table->closed = true;
	skip_blanks(r);
	while (toml_peek(&r->s) != '}' || table->first) {
		if (!key_value(r, table, depth + 1))
			return NULL;
		skip_blanks(r);
		if (toml_peek(&r->s) == '}')
			break;
		if (toml_peek(&r->s) != ',')
			return toml_fail(&r->s, r->s.at, r->s.at + !at_end(r), "expected ',' or '}' in the table"), NULL;
		r->s.at++;
		skip_blanks(r);
	}
	table->to = ++r->s.at;
	return table;
}

/* NULL: wrong, and said so. */
static struct node *read_value(struct reader *r, int depth)
{
	struct node *value;

	if (depth >= LIMIT_DEPTH) {
		if (!r->s.failed)
			build_diag(r->s.b, r->s.t, DIAG_ERROR, r->s.at, r->s.at, "limit-depth", "nested deeper than the limit of %d", LIMIT_DEPTH);
		r->s.failed = true;
		return NULL;
	}
	if (toml_peek(&r->s) == '[')
		return read_list(r, depth);
	if (toml_peek(&r->s) == '{')
		return read_inline(r, depth);
	value = new_node(r, NODE_VALUE, r->s.at);
	if (!toml_scalar(&r->s, &value->value))
		return NULL;
	value->to = r->s.at;
	return value;
}

/* The table that the last part of a dotted key stands in; tables in between are made. */
static struct node *dotted_table(struct reader *r, struct node *table, const struct path *path)
{
	for (size_t i = 0; i + 1 < path->count; i++) {
		struct node *child = child_of(r, table, path->parts[i].key);

		if (!child) {
			child = add_child(r, table, &path->parts[i], new_node(r, NODE_TABLE, path->parts[i].head.offset));
			child->dotted = true;
		} else if (child->type != NODE_TABLE || !child->dotted) {
			defined_twice(r, &path->parts[i]);
			return NULL;
		}
		table = child;
	}
	return table;
}

static bool key_value(struct reader *r, struct node *table, int depth)
{
	const struct part *last;
	struct path path;
	struct node *value, *holder;

	if (!key_path(r, &path))
		return false;
	last = &path.parts[path.count - 1];
	if (toml_peek(&r->s) != '=')
		return toml_fail(&r->s, r->s.at, r->s.at + !at_end(r), "expected '=' behind the key");
	r->s.at++;
	skip_blanks(r);
	holder = dotted_table(r, table, &path);
	if (!holder)
		return false;
	if (child_of(r, holder, last->key))
		return defined_twice(r, last);
	value = read_value(r, depth);
	if (!value)
		return false;
	add_child(r, holder, last, value);
	for (size_t i = 0; i + 1 < path.count; i++) {
		table = child_of(r, table, path.parts[i].key);
		table->to = value->to;
	}
	return true;
}

/* ------------------------------------------------------------------ headers */

/* Where a header's part leads: a table, or the last table of a list of tables. */
static struct node *descend(struct reader *r, struct node *table, const struct part *part, uint32_t from)
{
	struct node *child = child_of(r, table, part->key);

	if (!child)
		return add_child(r, table, part, new_node(r, NODE_TABLE, from));
	if (child->type == NODE_LIST && child->tables)
		return child->last;
	if (child->type == NODE_TABLE && !child->closed)
		return child;
	defined_twice(r, part);
	return NULL;
}

static struct node *open_table(struct reader *r, struct node *parent, const struct part *part, uint32_t from)
{
	struct node *child = child_of(r, parent, part->key);

	if (!child) {
		child = add_child(r, parent, part, new_node(r, NODE_TABLE, from));
	} else if (child->type != NODE_TABLE || child->defined || child->dotted) {
		defined_twice(r, part);
		return NULL;
	}
	child->defined = true;
	child->head = part->head;      /* a header deeper down may have named it first */
	return child;
}

static struct node *open_item(struct reader *r, struct node *parent, const struct part *part, uint32_t from)
{
	struct node *list = child_of(r, parent, part->key), *item;

	if (!list) {
		list = add_child(r, parent, part, new_node(r, NODE_LIST, from));
		list->tables = true;
	} else if (!list->tables) {
		defined_twice(r, part);
		return NULL;
	}
	item = new_node(r, NODE_TABLE, from);
	item->defined = true;
	item->head = part->head;
	append(list, item);
	return item;
}

static bool header(struct reader *r)
{
	uint32_t from = r->s.at++;
	bool item = toml_peek(&r->s) == '[';
	struct node *table = r->root;
	struct path path;

	r->s.at += item;
	if (!key_path(r, &path))
		return false;
	for (int i = 0; i <= (int)item; i++)
		if (toml_peek(&r->s) != ']')
			return toml_fail(&r->s, r->s.at, r->s.at + !at_end(r), "expected ']' behind the table's name");
		else
			r->s.at++;
	for (size_t i = 0; table && i + 1 < path.count; i++)
		table = descend(r, table, &path.parts[i], from);
	if (table && item)
		table = open_item(r, table, &path.parts[path.count - 1], from);
	else if (table)
		table = open_table(r, table, &path.parts[path.count - 1], from);
	if (!table)
		return false;
	r->table = table;
	table->to = r->s.at;
	return true;
}

/* ------------------------------------------------------------------ statements */

static bool line_done(struct reader *r)
{
	skip_blanks(r);
	if (toml_peek(&r->s) == '#' && !toml_comment(&r->s))
		return false;
	if (at_end(r) || at_newline(r))
		return true;
	return toml_fail(&r->s, r->s.at, r->s.at + 1, "expected the end of the line");
}

static bool statement(struct reader *r)
{
	if (toml_peek(&r->s) == '[') {
		r->lost = true;
		if (!header(r))
			return false;
		r->lost = false;
		return line_done(r);
	}
	if (r->lost) {      /* its table is not known; also the line's end, since a lone CR is none for skip_lines */
		r->s.at = line_at(r->s.text, r->s.at).next;
		return true;
	}
	if (!key_value(r, r->table, 0))
		return false;
	r->table->to = r->s.at;
	return line_done(r);
}

static void read_document(struct reader *r)
{
	while (!build_full(r->s.b)) {
		r->s.failed = false;
		if (skip_lines(r)) {
			if (at_end(r))
				return;
			if (statement(r))
				continue;
		}
		r->s.at = line_at(r->s.text, r->s.at).next;
	}
}

/* ------------------------------------------------------------------ telling */

static bool tell(struct reader *r, const struct node *n)
{
	struct fact f = n->value;

	f.key = n->key;
	f.head = n->head;
	if (n->type == NODE_VALUE)
		return build_fact(r->s.b, r->s.t, &f);
	f = (struct fact){.kind = n->type == NODE_LIST ? FACT_LIST : FACT_BLOCK, .key = n->key, .head = n->head, .at = {n->from, 0}};
	if (!build_open(r->s.b, r->s.t, &f))      /* bounds the depth */
		return false;
	for (const struct node *child = n->first; child; child = child->next)
		if (!tell(r, child))
			break;
	build_close(r->s.b, r->s.t, n->tables && n->last ? n->last->to : n->to);
	return !build_full(r->s.b);
}

static void toml_read(struct builder *b, const struct text *t)
{
	struct reader r = {.s = {.b = b, .t = t, .text = t->bytes}, .scratch = arena_new()};
	struct fact *root = build_open(b, t, &(struct fact){.kind = FACT_BLOCK});

	r.index = MAP_INIT(r.scratch);
	r.root = r.table = new_node(&r, NODE_TABLE, 0);
	if (root) {
		if (t->decoder && !t->depth)
			build_diag(b, t, DIAG_ERROR, 0, 0, "encoding", "TOML must be UTF-8");
		read_document(&r);
		for (const struct node *child = r.root->first; child; child = child->next)
			if (!tell(&r, child))
				break;
		build_close(b, t, (uint32_t)t->bytes.n);
	}
	arena_free(r.scratch);
}

/* ------------------------------------------------------------------ the bid */

static bool is_toml_line(struct span line)
{
	uint32_t key = word_end(line, 0, (uint32_t)line.n, "_-.\""), sign = line_skip(line, key, (uint32_t)line.n), value;

	if (*line.p == '[')
		return line.n > 2 && line.p[line.n - 1] == ']';
	if (!key || sign >= line.n || line.p[sign] != '=')
		return false;
	value = line_skip(line, sign + 1, (uint32_t)line.n);
	return value < line.n && (strchr("\"'[{", line.p[value]) || word_char(line.p[value], "+-"));
}

static int toml_bid(struct span name, struct span head)
{
	struct line_count count;

	if (span_ends(name, ".toml") || span_is(name, "Cargo.lock") || span_is(name, "Pipfile") || span_is(name, "poetry.lock"))
		return 90;
	count = count_lines(head, "#", is_toml_line);
	return count.lines > 1 && count.fitting == count.lines && span_find(head, SPAN("\n[[")) ? 45 : 0;
}

const struct format format_toml = {
	.name = "toml",
	.help = "TOML 1.0",
	.bid = toml_bid,
	.read = toml_read,
};
