/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * CycloneDX bills of materials (1.5 to 1.7), in JSON and in XML: each machine-learning model and each service becomes an entry. The two
 * notations differ in where names stand (members and list items, attributes and elements); item() and text_of() see through that.
 * A bill says what a vendor delivers, hardly ever where it runs: most fields stay unanswered, data classifications are notes.
 */
#include "know/intake.h"

#include "base/str.h"

static const char *text_of(const struct fact *block, const char *key)
{
	const struct fact *f = fact_child(block, key);
	char attribute[32] = "@";

	if (!f) {
		snprintf(attribute + 1, sizeof attribute - 1, "%s", key);
		f = fact_child(block, attribute);
	}
	if (!f)
		return NULL;
	if (f->kind == FACT_BLOCK && !f->value.n)      /* an element with attributes */
		return fact_text(f, "#text");
	return f->kind == FACT_LIST || !f->value.n ? NULL : f->value.p;
}

static const char *text_below(const struct fact *block, const char *key, const char *inner)
{
	const struct fact *f = fact_child(block, key);

	return f ? text_of(f, inner) : NULL;
}

/* The document's object or element, or NULL when it is no bill of materials. */
static const struct fact *bill_of(const struct doc *d)
{
	const struct fact *root = d->root_count ? d->roots[0] : NULL, *bom = root ? fact_child(root, "bom") : NULL;
	const char *format = root ? fact_text(root, "bomFormat") : NULL, *space = bom ? fact_text(bom, "@xmlns") : NULL;

	if (format && !strcmp(format, "CycloneDX"))
		return root;
	return space && strstr(space, "cyclonedx.org/schema/bom") ? bom : NULL;
}

/* "Stable Diffusion 1.4 (Acme)": product name and vendor. */
static const char *full_name(struct arena *a, const struct fact *f, const char *vendor)
{
	const char *name = text_of(f, "name"), *group = text_of(f, "group");

	return arena_printf(a, "%s%s%s%s%s%s", group ? group : "", group ? "/" : "", name ? name : "", vendor ? " (" : "", vendor ? vendor : "", vendor ? ")" : "");
}

static void put_text(struct intake *in, struct intake_entry *entry, const char *field, const char *text)
{
	if (text)
		intake_put(in, entry, field, intake_quoted(in->arena, span_of(text)));
}

/* Every classification below f, with what it classifies. */
static void note_classifications(struct intake *in, struct intake_entry *entry, const struct fact *f)
{
	for (const struct fact *c = f; c; c = fact_next(c, f)) {
		const char *text;

		if (!c->key || strcmp(c->key, "classification") != 0 || !c->parent)
			continue;
		text = text_of(c->parent, "classification");
		if (text)
			intake_note(in, entry, "data classification", text);
	}
}

/* ------------------------------------------------------------------ models */

static const char *model_digest(const struct fact *model)
{
	const struct fact *hashes = fact_child(model, "hashes");

	if (!hashes)
		return NULL;
	FACT_EACH(h, hashes) {
		const char *algorithm = text_of(h, "alg"), *content = text_of(h, "content");

		if (algorithm && !strcmp(algorithm, "SHA-256"))
			return content ? content : fact_text(h, "#text");
	}
	return NULL;
}

static void take_model(struct intake *in, const struct fact *model)
{
	const char *publisher = text_of(model, "publisher"), *supplier = text_below(model, "supplier", "name");
	const struct fact *card = fact_child(model, "modelCard"), *considerations = card ? fact_child(card, "considerations") : NULL;
	const struct fact *uses = considerations ? fact_child(considerations, "useCases") : NULL;
	struct intake_entry *entry = intake_add(in, full_name(in->arena, model, publisher ? publisher : supplier), intake_place(in->arena, model));

	put_text(in, entry, "model_name", text_of(model, "name"));
	put_text(in, entry, "model_version", text_of(model, "version"));
	put_text(in, entry, "model_digest", model_digest(model));
	if (uses && uses->first && uses->first->value.n)
		put_text(in, entry, "purpose", uses->first->value.p);
	if (text_of(model, "description"))
		intake_note(in, entry, "description", text_of(model, "description"));
	if (card)
		note_classifications(in, entry, card);
}

/* ------------------------------------------------------------------ services */

/* The host of https://user@host:443/path, or NULL for what is no address. */
static const char *host_of(struct arena *a, const char *url)
{
	const char *p = strstr(url, "://"), *at;
	size_t n;

	if (!p)
		return NULL;
	p += 3;
	n = strcspn(p, "/?#");
	at = memchr(p, '@', n);
	if (at) {
		n -= (size_t)(at + 1 - p);
		p = at + 1;
	}
	for (size_t i = 0; i < n; i++)
		if (p[i] == ':')
			n = i;
	return n ? arena_dup(a, p, n) : NULL;
}

static void put_hosts(struct intake *in, struct intake_entry *entry, const struct fact *endpoints)
{
	struct str out = STR_INIT(65536);
	const char *last = NULL;

	FACT_EACH(f, endpoints) {
		const char *host = f->value.n ? host_of(in->arena, f->value.p) : NULL;

		if (!host || (last && !strcmp(host, last)))
			continue;
		str_printf(&out, "%s%s", out.n ? ", " : "[", intake_quoted(in->arena, span_of(host)));
		last = host;
	}
	str_text(&out, "]");
	if (last && !str_failed(&out))
		intake_put(in, entry, "ai_endpoint_hosts", arena_str(in->arena, out.p));
	str_free(&out);
}

static void take_service(struct intake *in, const struct fact *service)
{
	static const char *const noted[] = {"description", "authenticated", "x-trust-boundary", "trustZone"};
	const char *provider = text_below(service, "provider", "name");
	const struct fact *endpoints = fact_child(service, "endpoints"), *data = fact_child(service, "data");
	struct intake_entry *entry;

	if (!text_of(service, "name"))
		return;
	entry = intake_add(in, full_name(in->arena, service, provider), intake_place(in->arena, service));
	if (endpoints)
		put_hosts(in, entry, endpoints);
	for (size_t i = 0; i < sizeof noted / sizeof *noted; i++)
		if (text_of(service, noted[i]))
			intake_note(in, entry, noted[i], text_of(service, noted[i]));
	if (data)
		note_classifications(in, entry, data);
}

/* ------------------------------------------------------------------ the bill */

static bool is_in(const struct fact *f, const char *list)
{
	return f->kind == FACT_BLOCK && f->parent && f->parent->key && !strcmp(f->parent->key, list);
}

static bool is_model(const struct fact *f)
{
	const char *type = is_in(f, "components") || (f->key && !strcmp(f->key, "component")) ? text_of(f, "type") : NULL;

	return type && !strcmp(type, "machine-learning-model");
}

bool intake_bom(struct intake *in, const struct doc *d)
{
	const struct fact *bill = bill_of(d);

	if (!bill)
		return false;
	for (const struct fact *f = bill; f; f = fact_next(f, bill))
		if (is_model(f))
			take_model(in, f);
		else if (is_in(f, "services"))
			take_service(in, f);
	return true;
}
