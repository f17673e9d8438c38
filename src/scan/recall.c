/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The unit of the cache is the run: a value of one file may be set in another (modules, variable files, values files), a rule may ask for a
 * block anywhere in reach, and verdicts rest on all files of a deployment, so that only all of them together say what one of them means. The key
 * is therefore a digest over the whole request and every file's name and digest, and what is kept is the packed answer of the process that
 * reads (report/pack.c): it is checked again, byte by byte, as if that process had just said it. A run that lost a file on the way is not kept.
 */
#include "config.h"

#include "scan/recall.h"

#include "base/utf8.h"
#include "scan/build_id.h"

#include <inttypes.h>
#include <stdio.h>

/* ------------------------------------------------------------------ the key */

static void put_number(struct digest *d, int64_t n)
{
	char text[24];

	digest_piece(d, (struct span){text, (size_t)snprintf(text, sizeof text, "%" PRId64, n)});
}

/* NULL is told from an empty text. */
static void put_text(struct digest *d, const char *text)
{
	put_number(d, text != NULL);
	digest_piece(d, span_of(text ? text : ""));
}

static void put_texts(struct digest *d, const char *const *texts, size_t count)
{
	put_number(d, (int64_t)count);
	for (size_t i = 0; i < count; i++)
		put_text(d, texts[i]);
}

/* A request that grew has a member that the key may not know: decide whether it changes a result, put it in if it does, then its size here. */
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(struct scan_request) == 216 && sizeof(struct inside) == 216, "see above");
#endif

/* Not among them: threads and progress, which change nothing; languages, which a report holds both. */
static void put_request(struct digest *d, const struct scan_request *q)
{
	put_text(d, q->kind);
	put_texts(d, q->only, q->only_count);
	put_texts(d, q->skip, q->skip_count);
	put_texts(d, q->exclude, q->exclude_count);
	put_text(d, q->format);
	put_text(d, q->profile);
	put_text(d, q->fail_on);
	put_number(d, q->date);
	put_number(d, q->date_from_clock);
	put_number(d, q->no_builtin_rules);
	put_number(d, q->fail_on_unknown);
	put_number(d, q->allow_empty);
	put_number(d, q->no_prefilter);
	put_number(d, q->honor_inline);
	put_number(d, q->only_new);
	put_number(d, q->memory_limit);
	put_number(d, q->time_limit);
}

static void put_knowledge(struct digest *d, const struct inside *in)
{
	put_text(d, PACKAGE_VERSION);
	digest_piece(d, build_id());
	put_text(d, ruleset_digest(in->rules));
	put_text(d, know_digest(in->know));
	put_texts(d, in->origins, in->origin_count);
}

static void put_operands(struct digest *d, const struct inside *in)
{
	digest_piece(d, in->identity_key);
	put_text(d, in->declaration_name);
	digest_piece(d, in->declaration);
	put_text(d, in->baseline_name);
	digest_piece(d, in->baseline);
	put_number(d, in->has_changed);
	digest_piece(d, in->changed);
}

static void put_files(struct digest *d, const struct input_set *files)
{
	put_number(d, (int64_t)files->count);
	for (size_t i = 0; i < files->count; i++) {
		const struct doc *f = files->docs[i];

		put_text(d, f->name);
		put_text(d, f->status == DOC_UNREADABLE ? f->reason : NULL);
		digest_piece(d, span_of(f->sha256));
	}
	put_number(d, (int64_t)files->diag_count);
	for (size_t i = 0; i < files->diag_count; i++) {
		put_number(d, files->diags[i].level);
		put_text(d, files->diags[i].code);
		put_text(d, files->diags[i].text);
	}
}

void recall_begin(struct recall *x, const struct inside *in, const struct input_set *files)
{
	struct digest *d = digest_new();

	digest_piece(d, SPAN("scelle run 1"));
	put_request(d, in->request);
	put_knowledge(d, in);
	put_operands(d, in);
	put_files(d, files);
	digest_end(d, x->key);
}

/* ------------------------------------------------------------------ the content: why the reader was not confined, a NUL, its answer */

static const char *safe_text(struct arena *a, struct span text)
{
	struct str safe = STR_INIT(text.n * 6 + 16);
	const char *copy;

	utf8_safe(&safe, text);
	copy = arena_dup(a, str_get(&safe).p, safe.n);
	str_free(&safe);
	return copy;
}

bool recall_result(const struct recall *x, struct inside *in, const char **unconfined)
{
	struct span content;
	const char *end;
	size_t n;

	if (!cache_get(&x->cache, x->key, &content))
		return false;
	end = content.n ? memchr(content.p, '\0', content.n) : NULL;
	n = end ? (size_t)(end - content.p) : 0;
	if (!end || n + 1 == content.n || !inside_answer(in, span_cut(content, n + 1, content.n)) || in->e->text[0]) {
		*in->e = (struct err){0};
		cache_reject(&x->cache, x->key, "it holds no report");
		return false;
	}
	*unconfined = n ? safe_text(x->cache.arena, span_cut(content, 0, n)) : NULL;
	return true;
}

void recall_keep(const struct recall *x, const struct inside *in, const char *unconfined)
{
	struct str content = STR_INIT(in->answer.n + 4096);

	str_text(&content, unconfined ? unconfined : "");
	str_char(&content, '\0');
	str_span(&content, in->answer);
	cache_put(&x->cache, x->key, str_get(&content));
	str_free(&content);
}
