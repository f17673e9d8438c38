/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * View certificate: X.509 certificates in PEM, as files of their own, in values, and in base64 of PEM (Kubernetes, kubeconfig).
 * What cannot be parsed is no certificate; that it is unreadable shows in the document's facts.
 */
#include "base/cert.h"
#include "rule/subject_p.h"

#include <stdio.h>
#include <string.h>

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_BASE64 "LS0tLS1CRUdJTi"      /* "-----BEGIN" */

static void put_list(struct build *b, struct fact *block, const struct cert *c, const struct fact *from)
{
	struct fact *list = block_list(b->arena, block, "names", from);

	for (size_t i = 0; i < c->name_count; i++)
		block_field(b->arena, list, NULL, c->names[i], from)->index = (uint32_t)i;
}

static void put_key(struct build *b, struct fact *block, const struct cert *c, const struct fact *from)
{
	struct fact *key = block_block(b->arena, block, "key", from);

	block_field(b->arena, key, "type", c->key_type, from);
	block_field(b->arena, key, "bits", arena_printf(b->arena, "%d", c->key_bits), from);
	if (c->curve)
		block_field(b->arena, key, "curve", c->curve, from);
}

static void put_date(struct build *b, struct fact *block, const char *key, date_t date, const struct fact *from)
{
	char text[16];

	block_field(b->arena, block, key, date == DATE_NONE ? NULL : arena_str(b->arena, date_format(date, text)), from);
}

static void tell(struct build *b, const struct doc *d, const struct fact *from, const struct cert *c, const char *address)
{
	struct fact *block = block_new(b->arena, from);

	block->key = "certificate";
	block->written = from->written ? from->written : from;
	block_field(b->arena, block, "subject", c->subject, from);
	block_field(b->arena, block, "issuer", c->issuer, from);
	put_list(b, block, c, from);
	block_field(b->arena, block, "is_ca", c->is_ca ? "true" : "false", from);
	put_key(b, block, c, from);
	block_field(b->arena, block, "signature", c->signature, from);
	put_date(b, block, "not_before", c->not_before, from);
	put_date(b, block, "not_after", c->not_after, from);
	if (c->not_before != DATE_NONE && c->not_after != DATE_NONE)
		block_field(b->arena, block, "lifetime", arena_printf(b->arena, "%dd", (int)(c->not_after - c->not_before)), from);
	view_emit(b, "certificate", block, from, d, NULL, address);
}

static struct cert *room(struct build *b)
{
	return ARENA_ARRAY(b->arena, struct cert, CERTS_MAX);
}

/* A file of certificates: each stands at its own BEGIN line. */
static void of_text(struct build *b, struct doc *d)
{
	struct cert *certs;
	size_t count, bad;

	if (!span_find(d->text.bytes, SPAN(PEM_BEGIN)))
		return;
	certs = room(b);
	count = certs_in_text(b->arena, d->text.bytes, certs, &bad);
	for (size_t i = 0; i < count; i++) {
		struct fact *from = fact_copy(b->arena, d->roots[0]);

		from->at = (struct place){offset_out(d->text.map, (uint32_t)certs[i].offset), (uint32_t)strlen(PEM_BEGIN)};
		from->head = (struct place){0, 0};
		from->first = NULL;
		tell(b, d, from, &certs[i], count > 1 ? arena_printf(b->arena, "[%zu]", i) : "certificate");
	}
}

static void of_value(struct build *b, struct doc *d, const struct fact *f)
{
	struct span text = f->value;
	struct cert *certs;
	size_t count, bad;

	if (!fact_is_scalar(f) || text.n < 400 || !(span_find(text, SPAN(PEM_BEGIN)) || span_starts(span_trim(text), PEM_BASE64)))
		return;
	if (span_starts(span_trim(text), PEM_BASE64))
		text = base64_read(b->arena, span_trim(text));
	if (!text.p)
		return;
	certs = room(b);
	count = certs_in_text(b->arena, text, certs, &bad);
	for (size_t i = 0; i < count; i++)
		tell(b, d, f, &certs[i], arena_printf(b->arena, count > 1 ? "%s#%zu" : "%s", fact_path(b->arena, d, f), i));
}

static void of_doc(struct build *b, struct doc *d)
{
	if (d->format && !strcmp(d->format->name, "text")) {
		of_text(b, d);
		return;
	}
	for (size_t i = 0; i < d->root_count; i++)
		for (const struct fact *f = d->roots[i]; f; f = fact_next(f, d->roots[i]))
			of_value(b, d, f);
}

static const char *const fields[] = {"subject", "issuer", "names", "is_ca", "key", "key.type", "key.bits", "key.curve", "signature", "not_before",
				     "not_after", "lifetime", NULL};

const struct view view_certificate = {.name = "certificate", .fields = fields, .of_doc = of_doc};
