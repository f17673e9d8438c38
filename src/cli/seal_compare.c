/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A comparison of offers is a document of its own: what was chosen and why may be asked years later. The container holds the page, the table and
 * every offer's report as it was compared, so that `scelle compare` of those reports gives the same page again.
 */
#include "cli/seal_compare.h"

#include "base/io.h"
#include "base/limits.h"

#define OFFERS_MAX (LIMIT_CONTAINER_ENTRIES - 8)

struct parts {
	struct seal_entry entries[OFFERS_MAX + 4];
	size_t count;
};

/* Takes over out. */
static int add(struct arena *a, struct parts *p, const char *name, const char *mime, struct str *out, int failed, struct err *e)
{
	if (!failed)
		p->entries[p->count++] = (struct seal_entry){name, mime, arena_span(a, str_get(out))};
	str_free(out);
	return failed ? err_set(e, EXIT_BROKEN, "cannot make '%s' to seal: it is too large", name) : 0;
}

static int add_offers(struct arena *a, struct parts *p, const struct comparison *c, enum lang lang, struct err *e)
{
	if (c->offer_count > OFFERS_MAX)
		return err_set(e, EXIT_USAGE, "cannot seal %zu offers: the limit is %d", c->offer_count, OFFERS_MAX);
	for (size_t i = 0; i < c->offer_count; i++) {
		struct str out = STR_INIT(LIMIT_REPORT_BYTES);
		int failed = writer_named("json")->write(&out, c->offers[i].report, lang) || str_failed(&out);

		if (add(a, p, arena_printf(a, "offers/%02zu.json", i + 1), "application/json", &out, failed, e))
			return -1;
	}
	return 0;
}

static int add_statement(struct arena *a, struct parts *p, const struct comparison *c, date_t date, struct err *e)
{
	const struct report *first = c->offers[0].report;
	char day[16];
	const struct claim claims[] = {
		{"comparedOn", date_format(date, day)},
		{"knowledgeDigest", first->know_digest},
		{"offers", arena_printf(a, "%zu", c->offer_count)},
		{"rulesDiffer", c->rules_differ ? "true" : "false"},
		{"rulesDigest", first->rules_digest},
		{"tool", "scelle"},
		{"toolVersion", first->tool_version},
	};
	struct str out = STR_INIT(LIMIT_REPORT_BYTES);
	int failed = statement_write(&out, p->entries, p->count, claims, sizeof claims / sizeof *claims) || str_failed(&out);

	return add(a, p, STATEMENT_NAME, "application/json", &out, failed, e);
}

static int make_parts(struct arena *a, struct parts *p, const struct comparison *c, enum lang lang, date_t date, struct err *e)
{
	struct str html = STR_INIT(LIMIT_REPORT_BYTES), csv = STR_INIT(LIMIT_REPORT_BYTES);
	int failed = compare_html(&html, c, lang) || str_failed(&html);

	failed = add(a, p, "compare.html", "text/html", &html, failed, e);
	if (failed)
		return -1;
	failed = compare_csv(&csv, c, lang) || str_failed(&csv);
	return add(a, p, "compare.csv", "text/csv", &csv, failed, e) || add_offers(a, p, c, lang, e) || add_statement(a, p, c, date, e) ? -1 : 0;
}

int seal_comparison(struct arena *a, const struct seal_flags *f, struct courier *tsa, const struct comparison *c, enum lang lang, date_t date, struct err *e)
{
	const struct passphrase passphrase = {.fd = f->passphrase_fd, .file = f->passphrase_file, .ask = !f->passphrase_file};
	const struct request_order order = {.kind = REQUEST_SIGNATURE};
	struct str bare = STR_INIT(LIMIT_CONTAINER_BYTES), stamped = STR_INIT(LIMIT_CONTAINER_BYTES);
	struct parts p = {0};
	struct seal_request q = {.entries = p.entries, .fixed_time = (int64_t)date * 86400};
	struct signer *s = NULL;
	int rc = make_parts(a, &p, c, lang, date, e);

	q.entry_count = p.count;
	rc = rc || signer_open(f->key, f->cert, &passphrase, &s, e) || seal_write(&q, s, &bare, e) ||
	     (tsa && timestamp_fetch(a, str_get(&bare), &order, tsa, &stamped, e)) || io_write(f->seal, str_get(tsa ? &stamped : &bare), 0644, e) ? -1 : 0;
	signer_free(s);
	str_free(&stamped);
	str_free(&bare);
	return rc;
}
