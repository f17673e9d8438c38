/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of the YAML reader: text (yaml_text.c), the tree (yaml_tree.c), libyaml's events (fmt_yaml.c). */
#ifndef READ_YAML_TREE_H
#define READ_YAML_TREE_H

#include "base/limits.h"
#include "read/mask.h"
#include "read/read_p.h"

#define YAML_FRAMES (LIMIT_DEPTH + 2)

struct yaml_anchor {
	const char *name;
	const struct fact *fact;      /* NULL while its node is still open: an alias to it would be a circle */
};

struct yaml_merge {
	const struct fact *source;
	struct place use;
};

struct yaml_frame {
	struct fact *fact;
	struct yaml_anchor *anchor;
	bool mapping, wrapped;      /* wrapped: inside a block made for a short tag */
	bool has_key, merging;      /* a key waits for its value; it is << */
	bool merge_list;            /* the list behind <<: holds sources, makes no facts */
	const char *key;
	struct place head;
	uint32_t start, last_end;   /* last_end: behind the last byte of its last child */
	uint32_t checked;           /* template lines before it are accounted for, here or in a child */
	unsigned depth;             /* of template controls around it */
	struct yaml_merge *merges;
	size_t merge_count;
};

struct yaml_reader {
	struct builder *b;
	const struct text *t;
	struct arena *scratch;
	struct span text;           /* covered, when there are templates */
	struct mask_set masks;
	uint32_t *chars;            /* byte offset of every CHARS_STEP-th character; NULL: ASCII */
	size_t base, base_char;     /* where this parser started, in bytes and characters */
	size_t cut;                 /* the parser sees the text up to here */
	struct map anchors;
	struct yaml_frame frames[YAML_FRAMES];
	size_t depth;
	size_t skip_depth;          /* in a key that is a list or mapping: its bytes are the key */
	uint32_t skip_from;
	uint32_t seen;              /* comments are told up to here */
	size_t hash;                /* the next '#' behind the place it was last looked for, or the text's end */
	size_t alias_facts;
	bool alias_full, stop;
};

/* ------------------------------------------------------------------ yaml_text.c */

/* Offset of the first character that YAML forbids, or the text's end. */
size_t yaml_forbidden(struct span text, size_t from);
static inline bool yaml_is_lead(char c)      /* the first byte of a character */
{
	return ((unsigned char)c & 0xc0) != 0x80;
}
void yaml_map_chars(struct yaml_reader *r);
/* text with the line breaks of YAML 1.1 alone covered; original: before templates were. */
struct span yaml_cover_breaks(struct arena *a, struct span text, struct span original);
/* Start of the first document marker at or behind from, beyond the place the last parser started at; or the end. */
size_t yaml_next_document(const struct yaml_reader *r, size_t from);
int yaml_bid_content(struct span head);
/* Byte offset of a character that the parser counted. */
uint32_t yaml_byte_mapped(const struct yaml_reader *r, size_t index);
static inline uint32_t yaml_byte(const struct yaml_reader *r, size_t index)
{
	size_t at = r->base_char + index;

	return r->chars ? yaml_byte_mapped(r, index) : (uint32_t)(at < r->cut ? at : r->cut);
}

/* ------------------------------------------------------------------ yaml_tree.c */

/* Between two tokens a '#' behind a blank is a comment up to the end of its line: those up to `to`. */
void tree_tell_comments(struct yaml_reader *r, uint32_t to);
static inline void tree_comments(struct yaml_reader *r, uint32_t to)
{
	if (to <= r->seen)
		return;
	if (r->hash >= to && !r->masks.count)      /* none there, as mostly */
		r->seen = to;
	else
		tree_tell_comments(r, to);
}
/* What is open, NULL: nothing. */
static inline struct yaml_frame *tree_top(struct yaml_reader *r)
{
	return r->depth ? &r->frames[r->depth - 1] : NULL;
}
/*
 * More may come out of a template: an inserted line anywhere up to the next token, a control line in front of a child.
 * A control line behind the last child belongs to what follows; an inserted line there may belong to any block that ends.
 */
void tree_check_open(struct yaml_reader *r, struct yaml_frame *f, uint32_t end, uint32_t next);
/* A key without a value, but with a template line where the value would be. */
bool tree_template(struct yaml_reader *r, struct fact *f);
void tree_count_templates(struct yaml_reader *r);
/* The fact for the value that comes now, in the builder's memory: key and its place from the frame. */
struct fact *tree_fact(struct yaml_reader *r, enum fact_kind kind, uint32_t from, uint32_t to);
static inline void tree_ended(struct yaml_reader *r, uint32_t end)
{
	struct yaml_frame *f = tree_top(r);

	if (f && end > f->last_end)
		f->last_end = end;
}
bool tree_made(struct yaml_reader *r, const struct fact *f);
/* The frame's own child: told when its key was there before. false: a limit. */
bool tree_added(struct yaml_reader *r, const struct fact *f);
/* An anchor's node; with ret_later it is still open and told later. name NULL: none. */
void tree_remember(struct yaml_reader *r, const char *name, const struct fact *fact, struct yaml_anchor **ret_later);
/* What a tag says of a scalar. An unknown tag asks the program that reads the file to compute something. */
void tree_tag(struct fact *f, const char *tag);
/* False: a limit was reached, what was copied is incomplete. */
bool tree_copy(struct yaml_reader *r, const struct fact *source, struct fact f, const char *anchor);
void tree_add_merge(struct yaml_reader *r, struct yaml_frame *mapping, const struct fact *source, struct place use);
/* The long form of a CloudFormation short tag on a list or mapping, or NULL. */
const char *tree_long_form(const char *tag);
/* node: in the tree; start: of the node in this text, first: of its key, when it has one. */
struct yaml_frame *tree_push(struct yaml_reader *r, struct fact *node, uint32_t start, uint32_t first, bool mapping);
/* next: where the next token stands. */
void tree_pop(struct yaml_reader *r, uint32_t end, uint32_t next);
/* What is still open when the parser gives up may have had more in it. */
void tree_unwind(struct yaml_reader *r);

#endif
