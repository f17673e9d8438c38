/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The identity of a finding outlives moves inside a file and a change of folder, not a change of value. A masked value
 * enters as an HMAC under the facility's own key, since a plain digest of a NIR is undone by trying them all; without a
 * key only its mask and its length enter, and two secrets of one length in one place count as one finding.
 */
#include "report/identity.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/team.h"
#include "report/mask.h"

#define SHOWN 32      /* hexadecimal digits kept: 128 bits */

/* Base name of a document with its inner archive path: "x/offer.zip!infra/main.tf" gives "offer.zip!infra/main.tf". */
static const char *identity_base(const char *name)
{
	const char *end = strchr(name, '!'), *base = name;

	for (const char *p = name; *p && (!end || p < end); p++)
		if (*p == '/')
			base = p + 1;
	return base;
}

static struct span masked(struct identity *n, struct span text)
{
	size_t before = n->masked.count;
	struct map_entry *entry = map_entry(&n->masked, text);

	if (n->masked.count != before)
		entry->value = (void *)(uintptr_t)masked_text(n->arena, entry->key);
	return span_of(entry->value);
}

static const struct fact *scalar_child(const struct fact *item)
{
	static const char *const names[] = {"name", "id", "key"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct fact *f = item->kind == FACT_BLOCK ? fact_child(item, names[i]) : NULL;

		if (f && f->kind == FACT_LITERAL && f->value.n && f->value.n < 128)
			return f;
	}
	return NULL;
}

static const struct fact *name_of(struct identity *n, const struct fact *item)
{
	size_t before = n->of_item.count;
	struct map_entry *entry = map_entry(&n->of_item, (struct span){(const char *)&item, sizeof item});

	if (n->of_item.count != before)
		entry->value = (void *)(uintptr_t)scalar_child(item);
	return entry->value;
}

static void put_step(struct identity *n, struct str *out, const struct fact *f)
{
	const struct fact *named = f->parent && f->parent->kind == FACT_LIST ? name_of(n, f) : NULL;

	if (f->key) {
		str_char(out, '.');
		str_text(out, f->key);
	} else if (named) {
		str_char(out, '[');
		str_span(out, masked(n, named->value));
		str_char(out, ']');
	} else if (f->parent) {
		str_printf(out, "[%u]", f->index);
	}
	for (uint32_t i = 0; i < fact_label_count(f); i++) {
		str_char(out, '.');
		str_span(out, span_of(fact_labels(f)[i]));
	}
	/* of several blocks of one key, the second is not the first */
	if (f->key && f->index && !fact_label_count(f))
		str_printf(out, "#%u", f->index);
}

/* The path of a fact with list indices replaced by the item's name, id or key where it has one. */
static const char *stable_path(struct identity *n, const struct fact *f)
{
	const struct fact **steps = NULL;
	size_t count = 0;
	struct str out = STR_INIT(LIMIT_PATH_BYTES);
	const char *path;

	for (; f; f = f->parent)
		*ARENA_PUSH(n->arena, steps, count) = f;
	while (count)
		put_step(n, &out, steps[--count]);
	path = arena_dup(n->arena, str_get(&out).p, out.n);
	str_free(&out);
	return path;
}

/* An address with an index in it is the path of an enclosing fact: its stable form is taken instead. */
static const char *stable_subject(struct identity *n, const struct hit *h)
{
	const struct finding_place *p = h->place_count ? &h->places[0] : NULL;

	if (!h->subject)
		return "";
	if (!strchr(h->subject, '[') || !p || !p->fact || !p->doc)
		return h->subject;
	for (const struct fact *f = p->fact; f; f = f->parent)
		if (!strcmp(fact_path(n->arena, p->doc, f), h->subject))
			return stable_path(n, f);
	return h->subject;
}

static void value_piece(struct arena *a, struct digest *d, const struct hit *h, struct span key)
{
	struct span value = span_of(h->value ? h->value : "");
	unsigned char mac[SHA256_BYTES];

	if (!h->mask.length && !h->mask_reason && !mask_hides(a, value)) {
		digest_piece(d, SPAN("plain"));
		digest_piece(d, value);
	} else if (key.n) {
		hmac_sha256(key, value, mac);
		digest_piece(d, SPAN("hmac"));
		digest_piece(d, (struct span){(const char *)mac, sizeof mac});
	} else {
		digest_piece(d, SPAN("masked"));
		digest_piece(d, span_of(h->mask.length ? MASK : masked_text(a, value)));
		digest_piece(d, span_of(arena_printf(a, "%zu", value.n)));
	}
}

struct identity identity_new(struct arena *a, struct span key)
{
	return (struct identity){.arena = a, .key = key, .of_item = MAP_INIT(a), .masked = MAP_INIT(a)};
}

const char *fingerprint_make(struct identity *n, const struct hit *h)
{
	struct arena *a = n->arena;
	const struct finding_place *p = h->place_count ? &h->places[0] : NULL;
	struct digest *d = digest_new();
	char hex_text[SHA256_HEX];

	digest_piece(d, span_of(rule_id(h->rule)));
	digest_piece(d, masked(n, span_of(stable_subject(n, h))));
	digest_piece(d, p && p->fact ? span_of(stable_path(n, p->fact)) : masked(n, span_of(p && p->path ? p->path : "")));
	digest_piece(d, masked(n, span_of(p && p->doc ? identity_base(p->doc->name) : "")));
	digest_piece(d, h->missing ? SPAN("missing") : SPAN("set"));
	value_piece(a, d, h, n->key);
	digest_end(d, hex_text);
	return arena_printf(a, "f1:%.*s", SHOWN, hex_text);
}

/* Hits are taken by the hundred, since neighbours have names in common. */
#define HITS_A_PIECE ((size_t)128)

struct identities {
	const struct evaluation *ev;
	struct span key;
	const char **list;
};

static void work(void *data, struct arena *own, unsigned thread, size_t piece)
{
	const struct identities *x = data;
	struct arena *scratch = arena_new();      /* paths and names that lead to fingerprints need not stay */
	struct identity n = identity_new(scratch, x->key);
	size_t end = (piece + 1) * HITS_A_PIECE;

	(void)thread;
	for (size_t i = piece * HITS_A_PIECE; i < end && i < x->ev->count; i++)
		x->list[i] = arena_str(own, fingerprint_make(&n, &x->ev->hits[i]));
	arena_free(scratch);
}

const char **report_fingerprints(struct arena *a, const struct evaluation *ev, struct span identity_key, int jobs)
{
	struct identities x = {.ev = ev, .key = identity_key, .list = ARENA_ARRAY(a, const char *, ev->count + 1)};

	team_run(a, &(struct team){.jobs = jobs, .count = (ev->count + HITS_A_PIECE - 1) / HITS_A_PIECE, .work = work, .data = &x});
	return x.list;
}
