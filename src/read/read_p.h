/* SPDX-License-Identifier: EUPL-1.2 */
/* For src/read/ alone: what readers share with the builder and with each other. */
#ifndef READ_READ_P_H
#define READ_READ_P_H

#include "read/read.h"

/* Closes what a broken document left open and hands roots, comments and counts to the document. */
void builder_end(struct builder *b);      /* and b is gone */
int builder_depth(const struct builder *b);      /* open blocks and lists */

/*
 * One decoding step over `in`. Never fails: what the notation does not allow is kept as it stands, so that a
 * reader that tolerates it and the proof agree. The result is NUL-terminated. With ret_map it also tells where each byte
 * came from; outward of that map is left NULL. `before`: bytes of the text in front of `in` (YAML blocks look at their indentation).
 */
struct span decode_step(struct arena *a, enum decoder_kind kind, struct span before, struct span in, struct offset_map *ret_map);

struct span decode_with(struct arena *a, const struct decoder *step, struct span before, struct span in, struct offset_map *ret_map);
/* The step for a piece of what `step` decodes, when the piece is not the whole: NULL when it is the same step. */
const struct decoder *decode_piece(struct arena *a, const struct decoder *step, struct span before, struct span in);

/* A copy of the chain `outer` that goes on with `inner`. */
const struct decoder *decoder_join(struct arena *a, const struct decoder *outer, const struct decoder *inner);

/*
 * Between the two an embedded text is read: a first root without key becomes `into` itself, and no reader closes more than it opened.
 */
struct embedding {
	struct fact *into;
	int floor;
};
struct embedding builder_embed(struct builder *b, struct fact *into);      /* into: opened last; returns what was before */
void builder_embed_end(struct builder *b, struct embedding before);

/*
 * A string that holds JSON or XML, or a whole file of a format that its key names (nginx.conf, application.yaml), read in turn:
 * its tree hangs below a copy of *f that has become a block or a list and keeps its value. text: where f stands (NULL: the document). Returns NULL when it is a plain string after all.
 */
struct fact *build_embedded(struct builder *b, const struct text *text, const struct fact *f);
/* The name of the file that a key takes the whole of (additionalConfig of a RabbitMQ cluster), else the key itself. */
const char *file_meant(const char *key);
/* Files, JSON and XML in base64 in the Secrets of a Kubernetes document that was read. */
void embedded_secrets(struct arena *a, struct map *interned, struct doc *d);
/* The readers' side of it: whether the text is a whole object, array or document; then its members into the open block. */
bool json_is_whole(const struct text *t, int depth);
bool json_is_list(const struct text *t);
void json_members(struct builder *b, const struct text *t);
bool xml_is_whole(const struct text *t);
void xml_members(struct builder *b, const struct text *t);

/* The document's bytes in UTF-8. Notes about the encoding are given to b later: code NULL when there is none. */
struct encoding {
	struct text text;
	const char *note;        /* English, NULL: UTF-8 without anything to say */
	const char *binary;      /* reason why it is not text, NULL: it is */
};
void text_detect(struct arena *a, struct span bytes, struct encoding *ret);

void cell_column(uint32_t column, char ret[8]);      /* 2 is B */

#define HEAD_BYTES 4096      /* of a text that bidders see */

#endif
