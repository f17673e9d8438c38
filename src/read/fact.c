/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Looking at a tree of facts: children by key, walking, and the one path grammar of all formats:
 * resource.aws_s3_bucket.logs.versioning[0].enabled, with keys that hold other characters as ["a.b"], cells by address.
 * Changes nothing.
 */
#include "read/read_p.h"

#include "base/jsonw.h"
#include "base/limits.h"
#include "base/str.h"

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool key_eq_whole(const char *a, const char *b)
{
	for (;; a++, b++) {
		if (*a == *b && *a)
			continue;      /* mostly keys are written alike */
		while (*a == '_' || *a == '-')
			a++;
		while (*b == '_' || *b == '-')
			b++;
		if (fold(*a) != fold(*b))
			return false;
		if (!*a)
			return true;
	}
}

const struct fact *fact_child(const struct fact *block, const char *key)
{
	FACT_EACH(child, block)
		if (child->key && key_eq(child->key, key))
			return child;
	return NULL;
}

const char *fact_text(const struct fact *block, const char *key)
{
	const struct fact *child = fact_child(block, key);

	if (!child || child->kind == FACT_NULL || child->kind == FACT_COMMENT)
		return NULL;
	if (fact_has_parts(child) && !child->value.n)
		return NULL;      /* an embedded tree still has its text */
	return child->value.p;
}

const char *fact_key(const struct fact *f)
{
	const char *name = f->key && f->parent && key_eq(f->key, "value") ? fact_text(f->parent, "name") : NULL;

	return name ? name : f->key;
}

const struct fact *fact_next(const struct fact *f, const struct fact *top)
{
	if (f->first)
		return f->first;
	for (; f && f != top; f = f->parent)
		if (f->next)
			return f->next;
	return NULL;
}

/* ------------------------------------------------------------------ what few facts have */

/* A copy of its own, to be written to. */
static struct fact_more *own_more(struct arena *a, struct fact *f)
{
	struct fact_more *own = ARENA_NEW(a, struct fact_more);

	if (f->more)
		*own = *f->more;
	f->more = own;
	return own;
}

void fact_put_set_at(struct arena *a, struct fact *f, const struct origin *set_at)
{
	if (fact_set_at(f) != set_at)
		own_more(a, f)->set_at = set_at;
}

void fact_put_candidates(struct arena *a, struct fact *f, const struct span *candidates, uint32_t count)
{
	struct fact_more *own;

	if (!count && !fact_candidate_count(f))
		return;
	own = own_more(a, f);
	own->candidates = count ? candidates : NULL;
	own->candidate_count = count;
}

void fact_put_labels(struct arena *a, struct fact *f, const char *const *labels, uint32_t count)
{
	struct fact_more *own;

	if (!count && !fact_label_count(f))
		return;
	own = own_more(a, f);
	own->labels = count ? labels : NULL;
	own->label_count = count;
}

/* Most blocks have a few children, which are soon walked; of more of them the last is kept. */
#define FEW_CHILDREN 8

/* From the last child that is kept, or from the first, to the last; how many were passed. */
static const struct fact *walk_to_last(const struct fact *block, size_t *ret_passed)
{
	const struct fact *last = block->first && block->more && block->more->last ? block->more->last : block->first;

	for (*ret_passed = 0; last && last->next; ++*ret_passed)
		last = last->next;
	return last;
}

const struct fact *fact_last(const struct fact *block)
{
	size_t passed;

	return walk_to_last(block, &passed);
}

void fact_append(struct arena *a, struct fact *block, struct fact *child)
{
	const struct fact *last;
	size_t passed;

	if (!block->first && block->more && block->more->last)      /* of the block it is a copy of */
		own_more(a, block)->last = NULL;
	last = walk_to_last(block, &passed);
	if (last)
		((struct fact *)(uintptr_t)last)->next = child;      /* const is for the readers of a tree */
	else
		block->first = child;
	if (passed >= FEW_CHILDREN)
		own_more(a, block)->last = child;
}

const struct fact *fact_enclosing(const struct fact *f)
{
	f = f ? f->parent : NULL;
	while (f && f->kind == FACT_LIST)
		f = f->parent;
	return f;
}

/* ------------------------------------------------------------------ paths */

static bool is_plain_key(const char *key)
{
	if (!*key)
		return false;
	for (; *key; key++) {
		unsigned char c = (unsigned char)*key, letter = c | 0x20;

		if (!(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') && c < 0x80 && !strchr("_-@#$", c))
			return false;
	}
	return true;
}

static void put_key(struct str *out, const char *key)
{
	if (is_plain_key(key)) {
		if (out->n)
			str_char(out, '.');
		str_text(out, key);
		return;
	}
	str_char(out, '[');
	json_quote(out, span_of(key));
	str_char(out, ']');
}

/* A cell of a sheet, not what is found in its text: it is named by its address, B7, whatever list of rows it hangs in. */
static bool is_cell(const struct fact *f)
{
	return f->decoder && f->decoder->kind == DECODE_CELL && f->decoder->indent && f->parent && !f->parent->decoder;
}

void cell_column(uint32_t column, char ret[8])
{
	char letters[8];
	int n = 0, out = 0;

	for (; column && n < 7; column = (column - 1) / 26)
		letters[n++] = (char)('A' + (column - 1) % 26);
	while (n)
		ret[out++] = letters[--n];
	ret[out] = '\0';
}

static void put_cell(struct str *out, const struct fact *f)
{
	char column[8];

	str_clear(out);
	cell_column(f->decoder->indent, column);
	str_printf(out, "%s%u", column, doc_pos(f->doc, f->at.offset).line);
	if (f->key && strcmp(f->key, column) != 0)
		put_key(out, f->key);      /* the header's name for it */
}

static void put_index(struct str *out, uint32_t index)
{
	char digits[10];
	size_t n = sizeof digits;

	do {
		digits[--n] = (char)('0' + index % 10);
		index /= 10;
	} while (index);
	str_char(out, '[');
	str_put(out, digits + n, sizeof digits - n);
	str_char(out, ']');
}

/* Directive and HCL blocks without labels are told apart by number even when there is one: the next version may have two. */
static void put_step(struct str *out, const struct fact *f)
{
	bool in_list = f->parent && f->parent->kind == FACT_LIST;

	if (is_cell(f)) {
		put_cell(out, f);
		return;
	}
	if (f->key && !in_list)
		put_key(out, f->key);
	for (uint32_t i = 0; i < fact_label_count(f); i++)
		put_key(out, fact_labels(f)[i]);
	if (in_list || f->repeated || (f->key && f->block_syntax && !fact_label_count(f)))
		put_index(out, f->index);
}

char *fact_path(struct arena *a, const struct doc *d, const struct fact *f)
{
	const struct fact *steps[2 * LIMIT_DEPTH];      /* derived blocks may stand a little deeper than read ones */
	struct str out = STR_INIT(LIMIT_PATH_BYTES * 16);
	size_t count = 0;
	char *path;

	(void)d;      /* the document's name is not part of a path */
	for (; f && count < 2 * LIMIT_DEPTH; f = f->parent) {
		f = f->written ? f->written : f;      /* a derived fact has the path of what it was read from */
		steps[count++] = f;
	}
	while (count)
		put_step(&out, steps[--count]);
	if (!out.n)
		str_char(&out, '.');
	path = arena_dup(a, out.p, out.n);
	str_free(&out);
	return path;
}
