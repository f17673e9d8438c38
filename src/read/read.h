/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Input files to facts. Whatever the format, a reader builds one tree of struct fact for its document, in the
 * order of the bytes, and tells for each fact where it stands and how its bytes become its value.
 *
 * A document is one file, or one member of an archive ("offer.zip!infra/main.tf"). All facts of a run live in one
 * arena and stay valid until it is freed; after resolution they are const for everybody.
 *
 * struct fact is plain data without hidden parts: loaders make trees of the same type from the rules and the knowledge base
 * compiled into the program (read/table.h).
 */
#ifndef READ_READ_H
#define READ_READ_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/pos.h"
#include "base/span.h"

#include <stdint.h>
#include <stdio.h>

/* ------------------------------------------------------------------ facts */

enum fact_kind {
	FACT_LITERAL,          /* written as it is */
	FACT_REFERENCE,        /* names something else: aws_kms_key.k.arn, secretKeyRef, !Ref, vault:... */
	FACT_PLACEHOLDER,      /* to be filled in: changeme, <your-key>, xxxx */
	FACT_TEMPLATE,         /* text with parts to be computed: "a-${var.b}", {{ .Values.x }} */
	FACT_NULL,
	FACT_BLOCK,            /* has named children: object, mapping, element, HCL block, section */
	FACT_LIST,             /* has unnamed children */
	FACT_COMMENT,
	FACT_KINDS
};

/* What the notation said of a scalar. The value keeps the spelling of the source: 010, 1e3, yes. */
enum fact_scalar { SCALAR_NONE, SCALAR_STRING, SCALAR_NUMBER, SCALAR_BOOL, SCALAR_PLAIN };      /* PLAIN: YAML plain, .env, INI: no type */

enum fact_state {
	FACT_FIXED,
	FACT_OVERRIDABLE,      /* a default that may be replaced at run time: variable default, ${X:default}, Helm value, ARG */
	FACT_UNKNOWN,          /* only known at run time; value keeps the source text of the expression */
};

/* One step from bytes to value; the chain is applied from the outermost (the file's bytes) inward. */
enum decoder_kind {
	DECODE_JSON_STRING,      /* backslash escapes of JSON, between the quotes */
	DECODE_YAML_DOUBLE, DECODE_YAML_SINGLE, DECODE_YAML_PLAIN, DECODE_YAML_BLOCK,      /* BLOCK: | and >, with the header line */
	DECODE_HCL_STRING, DECODE_HCL_HEREDOC,      /* HEREDOC: from the line after <<X to the end of the last line */
	DECODE_XML_TEXT,         /* character references and the five entities; CDATA; CR LF is LF */
	DECODE_XML_ATTRIBUTE,    /* the same, a line end or tab is a blank */
	DECODE_DOUBLE_QUOTED,    /* .env, .properties, INI, directives: backslash escapes of that notation */
	DECODE_SINGLE_QUOTED, DECODE_PROPERTIES, DECODE_CONTINUED,      /* CONTINUED: lines joined by a trailing backslash */
	DECODE_TOML_BASIC, DECODE_TOML_MULTILINE, DECODE_CSV_QUOTED,
	DECODE_BASE64, DECODE_UTF16LE, DECODE_UTF16BE, DECODE_LATIN1, DECODE_CP1252,
	DECODE_INDENTED,         /* a piece of a literal block: each further line without decoder.indent blanks */
	DECODE_CELL,             /* a spreadsheet's cell, as it stands in the text of its sheet (sheet.c); column in decoder.indent */
	DECODE_BICEP_STRING,     /* backslash escapes of Bicep */
	DECODE_JS_STRING,        /* \n, \x41, \u0041, \u{1f600}, a line that goes on */
	DECODE_HCL_PIECE,        /* a piece of a heredoc: each further line without decoder.indent blanks, $${ as in the whole */
	DECODE_FOLDED,           /* LDIF: a line that begins with a blank goes on with the one before, without that blank */
	DECODE_RESOLVED,         /* the value was set elsewhere (set_at) or computed; the bytes are its use */
	DECODER_KINDS
};

struct decoder {
	enum decoder_kind kind;
	const struct decoder *inner;      /* the next step, NULL at the value */
	uint32_t indent;                  /* of INDENTED; of CELL the column, from 1 */
};

/* Bytes of a document as delivered: the first byte of a value stands after its quote. */
struct place {
	uint32_t offset, length;
};

struct doc;

/* Where a value was set when that is elsewhere: alias and anchor, variable and tfvars. */
struct origin {
	const struct doc *doc;
	struct place at;
	const char *path;      /* var.region, for the reader of a finding */
	const struct fact *fact;      /* what stands there; NULL: not kept */
	bool alias;            /* an alias or a merge of YAML: written there once, however often it is used */
	bool use;              /* turned round: the fact stands where it was set, and this is where it is used */
};

/* What few facts have. Shallow copies share it: the fact_put functions give a fact its own. */
struct fact_more {
	const struct origin *set_at;        /* NULL: here */
	const struct span *candidates;      /* of UNKNOWN or conditional values, when all outcomes are known */
	const char *const *labels;          /* HCL block labels, XML has none, a directive block's arguments */
	const struct fact *last;            /* of a block that fact_append fills: one of its last children, when it has many */
	uint32_t candidate_count, label_count;
};

struct fact {
	const struct doc *doc;       /* NULL in the program's own tables; a derived block may hold facts of several documents */
	const char *key;             /* as written, decoded, interned; NULL for a list item, a document root */
	/*
	 * Decoded, a NUL behind its last byte (the builder copies when there is none, so value.p[value.n] must be readable).
	 * For UNKNOWN and TEMPLATE the expression's text. Empty for BLOCK and LIST, except for a string that holds JSON or XML:
	 * it is a block or list with its tree below, and keeps the string (scalar SCALAR_STRING).
	 */
	struct span value;
	struct place at;             /* value; for BLOCK and LIST from its first to behind its last byte */
	struct place head;           /* key, or the block's header line (for `resource "t" "n"` the first word); {0,0} if none */
	const struct decoder *decoder;      /* NULL: the bytes are the value */
	const struct fact_more *more;       /* NULL: nothing of it; ask fact_set_at, fact_labels ... */
	const struct fact *parent, *first, *next;      /* the tree, in document order */
	const struct fact *written;         /* of a derived fact (dialects, views) whose key or value is not as written: the one it was read from; else NULL */
	uint32_t index;              /* among the items of a list; else among the earlier siblings of the same key and labels */
	enum fact_kind kind : 8;
	enum fact_scalar scalar : 4;
	enum fact_state state : 4;
	bool open : 1;               /* BLOCK, LIST: more may be in it: unread include, unresolved merge, dynamic, template, envFrom */
	bool absent : 1;             /* count = 0, for_each = {}: written, but makes nothing; kept for text rules only */
	bool off : 1;                /* count = 0, for_each = {} by the default of a variable: whoever sets it switches this on */
	bool conditional : 1;        /* unresolved count or for_each, conditional block: there, or not there */
	bool doubtful : 1;           /* rests on knowledge not read at its source: confidence low, a doubt and never a verdict */
	bool repeated : 1;           /* another sibling has the same key and labels: the path shows the index (the builder fills it) */
	bool block_syntax : 1;       /* an HCL block or directive block: a repeatable sibling, not an attribute */
};

/* ------------------------------------------------------------------ documents */

/* The document's text in UTF-8 and the way back to the bytes as delivered. */
struct offset_map {
	/* segments sorted by inner: inner offset i stands at outer offset segment.outer + (i - segment.inner) * step */
	const struct offset_segment {
		uint32_t inner, outer;
		uint32_t step;      /* outer bytes per inner byte: 1 verbatim, 0 all inner bytes stand at one outer place */
	} *segments;
	size_t count;
	const struct offset_map *outward;      /* a text inside a text inside the file */
};
uint32_t offset_out(const struct offset_map *m, uint32_t inner);      /* NULL map: identity */
uint32_t offset_in(const struct offset_map *m, uint32_t outer);       /* the inner offset that stands at or just before it, one map deep */

struct text {
	struct span bytes;      /* UTF-8, without BOM */
	const struct offset_map *map;
	const struct decoder *decoder;      /* steps that led here (UTF-16, JSON string...), NULL: none */
	int depth;              /* of embedding */
};

enum diag_level { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };      /* ERROR: part of the document was not read: it is incomplete */

struct diag {
	enum diag_level level;
	const struct doc *doc;      /* NULL: about the run */
	struct place at;            /* length 0 and offset 0 with has_place false: the whole document */
	bool has_place;
	const char *code;           /* stable word for machines and translation: "duplicate-key", "syntax", "limit-depth" */
	const char *text;           /* English, lower case, no full stop: "expected '=' after 'region'" */
};

struct format;
struct unpacking;

enum doc_status { DOC_READ, DOC_PARTIAL, DOC_UNREADABLE, DOC_SKIPPED };      /* SKIPPED: binary or of no format known */

struct doc {
	const char *name;               /* relative to the root given by the user, '/' between parts, '!' before an inner name */
	struct span bytes;              /* as delivered */
	char sha256[65];
	const struct format *format;    /* NULL when none */
	const char *dialect;            /* "terraform", "terraform-plan", "kubernetes", "cloudformation", "compose", ... or NULL; set by dialects */
	enum doc_status status;
	const char *reason;             /* for UNREADABLE and SKIPPED, English */
	struct fact **roots;            /* one per document in the file (YAML streams), else one */
	size_t root_count;
	struct fact **comments;         /* in document order; not children of the tree, but parent is the block they stand in */
	size_t comment_count;
	struct diag *diags;
	size_t diag_count, diag_total;  /* listed (LIMIT_DIAGS_PER_FILE), counted */
	size_t fact_count;
	struct text text;               /* bytes in UTF-8, without BOM */
	struct lines lines;             /* of text.bytes: ask doc_pos for the line of an offset in bytes */
	uint32_t index;                 /* in the run's list of documents, byte order of names */
	uint32_t file;                  /* the delivered file it is or lies in: number in the order of collecting; UINT32_MAX: none */
};

/* Line and column of an offset in the document as delivered, whatever its encoding. */
struct pos doc_pos(const struct doc *d, uint32_t offset);
/* The last part of a document's name, behind its last '/' or '!'. */
const char *doc_base(const char *name);
/* Name up to its last '/' or behind its last '!': "a/main.tf" is in "a", "o.zip!m.tf" in "o.zip!", "m.tf" in "". */
struct span doc_folder(const char *name);
/* "./x/../y" from folder a gives a/y; NULL when it is no local folder or leads above the root or out of the archive. */
const char *doc_join(struct arena *a, struct span folder, struct span relative);
/* A diagnostic about a fact, when d has been read; said once for a place. ERROR makes it PARTIAL. code, text: literals */
void doc_diag(struct arena *a, struct doc *d, enum diag_level level, const struct fact *at, const char *code, const char *text);

/* ------------------------------------------------------------------ building a tree (the sink of every reader) */

struct builder;

struct builder *builder_new(struct arena *a, struct map *interned, struct doc *d);
struct doc *builder_doc(struct builder *b);
struct arena *builder_arena(struct builder *b);

/*
 * Adds a copy of *f as the next child of the open block or list, or as a new root when none is open.
 * The builder fills parent, next, index. Offsets in at and head are those of t, and are mapped outward here;
 * t may be NULL for offsets of the document itself. decoder is f->decoder behind t's own steps.
 * A block or list stays open until build_close. Returns the copy (valid as long as the arena), or NULL when a limit
 * was reached: the diagnostic is already written, and the reader stops.
 */
struct fact *build_open(struct builder *b, const struct text *t, const struct fact *f);
/* Zeroed memory for the next fact: filled in and given to build_open or build_fact, it goes into the tree without being copied. */
struct fact *build_blank(struct builder *b);
void build_close(struct builder *b, const struct text *t, uint32_t end);      /* end: offset behind the block's last byte */
struct fact *build_fact(struct builder *b, const struct text *t, const struct fact *f);
void build_comment(struct builder *b, const struct text *t, uint32_t from, uint32_t to);
const char *build_intern(struct builder *b, struct span text);
const struct decoder *build_decoder(struct builder *b, enum decoder_kind kind, const struct decoder *inner);

/* A diagnostic with a place in t. ERROR makes the document PARTIAL. code: a literal. */
void build_diag(struct builder *b, const struct text *t, enum diag_level level, uint32_t from, uint32_t to,
		const char *code, const char *format, ...) __attribute__((format(printf, 7, 8)));
bool build_full(const struct builder *b);      /* a limit was reached: stop */

/* ------------------------------------------------------------------ formats */

struct format {
	const char *name;       /* json, yaml, hcl ... what `format:` in a rule and --format name */
	const char *help;       /* one line, English */
	/* 0 to 100 from the base name and the first 4 KiB (UTF-8): 0 surely not; 90 by name; text bids 1 on printable bytes. */
	int (*bid)(struct span name, struct span head);
	/* Tells everything to b; errors are diagnostics. NULL for a container. */
	void (*read)(struct builder *b, const struct text *t);
	/*
	 * A container (archive, spreadsheet): has no facts of its own, its members or sheets become documents "outer!inner". It bids on
	 * the bytes as delivered, all of them, and only where it is sure: 90 or nothing. NULL for texts.
	 */
	void (*unpack)(struct unpacking *u, struct doc *d);
	/* What its library must have done before threads start, and while files can still be opened. NULL: nothing. */
	void (*prepare)(struct arena *a);
};

extern const struct format *const formats[];      /* from formats.def, NULL-terminated */
const struct format *format_named(const char *name);
void formats_prepare(struct arena *a);      /* a keeps what the libraries must find again */
/* Highest bid of a text's reader; ties go to the earlier line of formats.def. NULL: binary. */
const struct format *format_pick(struct span name, struct span head);

/* The same among containers, from all bytes as delivered; NULL: none. */
const struct format *container_pick(struct span name, struct span bytes);

/*
 * Reads d->bytes (name, bytes, sha256 are set): encoding, format (forced when not NULL), facts, diagnostics.
 * Never fails: what could not be read is in d->status, d->reason and d->diags. A container is only recognised: its members
 * are documents of a set (collect, input_add).
 */
void doc_read(struct arena *a, struct map *interned, struct doc *d, const struct format *forced);

/* ------------------------------------------------------------------ collecting */

/* Somebody looks on: is told, by each thread under its own number, what it works at from now on; NULL: at none in particular. */
#define WATCH_ALONE (~0U)      /* the thread number of a step that only one thread takes, besides reading and matching */
#define WATCH_AGAIN (1U << 30)      /* added to a thread's number: a further look at a document that was read and matched before */
struct watch {
	void (*at)(struct watch *w, unsigned thread, const struct doc *d);
};

struct input_set {
	struct arena *arena;
	struct map interned;
	struct doc **docs;      /* byte order of names */
	size_t count;
	struct diag *diags;     /* about the walk: unreadable folder, link out of the root, FIFO */
	size_t diag_count;
	struct watch *watch;    /* NULL: nobody */
};

static inline void watch_doc(const struct input_set *set, unsigned thread, const struct doc *d)
{
	if (set->watch)
		set->watch->at(set->watch, thread, d);
}

struct collect_options {
	const char *const *exclude;      /* globs over relative names, "**" crosses folders */
	size_t exclude_count;
	const struct format *forced;
	int jobs;                        /* threads; below 2: none of its own. The result is the same */
	bool keep_hidden_vcs;            /* false: .git, .hg, .svn, node_modules/.terraform provider binaries are not walked, and said so */
};

/*
 * Walks files and folders (no link out of a root is followed, no FIFO or device opened), reads and resolves them.
 * One root: names are relative to it; a file given alone has its base name. Several: each name starts with its root's base name
 * as typed. Fails only for a root that does not exist (EXIT_INCOMPLETE).
 */
int collect(struct input_set *set, struct arena *a, const char *const *roots, size_t root_count,
	    const struct collect_options *o, struct err *e);
/*
 * Its halves, for a process that opens files and another that reads them: the first leaves documents with their bytes and digests
 * in the order of collecting (file is their number), the second reads all that are not marked DOC_UNREADABLE, adds members of containers,
 * sorts and resolves.
 */
int collect_files(struct input_set *set, struct arena *a, const char *const *roots, size_t root_count,
		  const struct collect_options *o, struct err *e);
void collect_read(struct input_set *set, const struct collect_options *o);
bool collect_excludes(const struct collect_options *o, const char *name);      /* by one of its globs */
/* A document from memory, as examples of rules and tests need it, with the members of a container; then resolve(). */
struct doc *input_add(struct input_set *set, const char *name, struct span bytes, const struct format *forced);
/* Resolves what crosses facts and files: HCL variables, locals, tfvars; ${X:default}. Call once, when all documents are in. */
void resolve(struct input_set *set);

bool glob_match(const char *glob, const char *name);      /* *, ?, [..], **, {a,b}; '/' is only crossed by ** */

/* ------------------------------------------------------------------ looking */

/* Path in the one grammar of all formats: resource.aws_s3_bucket.logs.versioning[0].enabled, odd keys as ["a.b"]; cells B7.Answer. */
char *fact_path(struct arena *a, const struct doc *d, const struct fact *f);
/* Keys compare without case, '_' and '-'. Most differ in their first letters: that is asked where the call stands. */
bool key_eq_whole(const char *a, const char *b);
static inline bool key_eq(const char *a, const char *b)
{
	return (*a >= 'A' && *b >= 'A' && *a != '_' && *b != '_' && ((*a ^ *b) & ~0x20)) ? false : key_eq_whole(a, b);
}
/* Made of parts: a block or a list. One that was read from a text (embedded JSON) has a value besides. */
static inline bool fact_has_parts(const struct fact *f)
{
	/* analyser: it is asked of facts that are there */
	return f->kind == FACT_BLOCK || f->kind == FACT_LIST;
}

static inline const struct origin *fact_set_at(const struct fact *f)
{
	return f->more ? f->more->set_at : NULL;
}

static inline const struct span *fact_candidates(const struct fact *f)
{
	return f->more ? f->more->candidates : NULL;
}

static inline uint32_t fact_candidate_count(const struct fact *f)
{
	return f->more ? f->more->candidate_count : 0;
}

static inline const char *const *fact_labels(const struct fact *f)
{
	return f->more ? f->more->labels : NULL;
}

static inline uint32_t fact_label_count(const struct fact *f)
{
	return f->more ? f->more->label_count : 0;
}

void fact_put_set_at(struct arena *a, struct fact *f, const struct origin *set_at);
void fact_put_candidates(struct arena *a, struct fact *f, const struct span *candidates, uint32_t count);
void fact_put_labels(struct arena *a, struct fact *f, const char *const *labels, uint32_t count);
/* Hangs child behind the last child of a block that is made by this alone, or stood in a document. Fills next, not parent. */
void fact_append(struct arena *a, struct fact *block, struct fact *child);
const struct fact *fact_last(const struct fact *block);      /* NULL when it has no child */

/* A scalar that an alias or a merge of YAML brought. */
static inline bool fact_is_alias(const struct fact *f)
{
	return !fact_has_parts(f) && fact_set_at(f) && fact_set_at(f)->alias;
}
/* One value of its own: neither made of parts nor a comment. */
static inline bool fact_is_scalar(const struct fact *f)
{
	return !fact_has_parts(f) && f->kind != FACT_COMMENT;
}
/* The block that f stands in, lists passed over; NULL at the top, and for NULL. */
const struct fact *fact_enclosing(const struct fact *f);
/* First child of that key (key_eq), or NULL. */
const struct fact *fact_child(const struct fact *block, const char *key);
/* Value of the child as text, or NULL when missing or not a scalar. NUL-terminated. */
const char *fact_text(const struct fact *block, const char *key);
#define FACT_EACH(child, block) for (const struct fact *child = (block)->first; child; child = child->next)
/* The key that a value goes by: its own, or what `name` beside it says: {name: AWS_REGION, value: eu-west-3}. NULL: none. */
const char *fact_key(const struct fact *f);
/* Depth first, document order, f itself first; NULL at the end of top's tree. */
const struct fact *fact_next(const struct fact *f, const struct fact *top);

/* Runs f's decoders over its bytes in d; used by the proof that a value is what stands at its place. */
char *fact_decode(struct arena *a, const struct doc *d, const struct fact *f, size_t *ret_n);

/* Words of a document that stand in no value, key, label, comment or diagnostic: what a reader lost, if anything. */
struct unread {
	struct place *places;
	size_t count;
	uint64_t bytes;      /* of all of them */
};
void doc_unread(struct arena *a, const struct doc *d, struct unread *ret);

/* `scelle facts`: one line a fact: "14:14 resource.aws_s3_bucket.logs.region = "eu-west-3"", with kind, state, origin when not plain. */
void facts_print(FILE *out, const struct doc *d);

#endif
