/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * audit --seal: the authoritative report, its view for people and the inputs' digests go into one container. The signing time
 * is the clock's; every other byte follows from the audit (promise 4).
 */
#include "cli/scan_cmd.h"

#include "base/io.h"
#include "base/limits.h"
#include "seal/seal.h"

struct parts {
	struct str json, html, inputs, container;
};

static int list_inputs(struct arena *a, struct str *out, const struct report *r)
{
	struct seal_input *list = ARENA_ARRAY(a, struct seal_input, r->input_count + 1);

	for (size_t i = 0; i < r->input_count; i++)
		list[i] = (struct seal_input){r->inputs[i].name, r->inputs[i].sha256, r->inputs[i].size};
	return seal_inputs(out, list, r->input_count);
}

static int make_parts(struct arena *a, struct parts *p, const struct report *r, enum lang lang, struct err *e)
{
	if (list_inputs(a, &p->inputs, r) || writer_named("json")->write(&p->json, r, lang) || writer_named("html")->write(&p->html, r, lang))
		return err_set(e, EXIT_BROKEN, "cannot make the reports to seal: they are larger than %zu bytes", LIMIT_REPORT_BYTES);
	return 0;
}

static int seal_parts(struct parts *p, struct signer *s, date_t date, struct err *e)
{
	const struct seal_entry entries[] = {
		{"report.json", "application/json", str_get(&p->json)},
		{"report.html", "text/html", str_get(&p->html)},
		{SEAL_INPUTS_NAME, "application/json", str_get(&p->inputs)},
	};
	const struct seal_request q = {.entries = entries, .entry_count = sizeof entries / sizeof *entries, .fixed_time = (int64_t)date * 86400};

	return seal_write(&q, s, &p->container, e);
}

int seal_report(struct arena *a, const struct scan_flags *f, const struct report *r, enum lang lang, date_t date, struct err *e)
{
	const struct passphrase passphrase = {.fd = -1, .file = f->passphrase_file, .ask = !f->passphrase_file};
	struct parts p = {STR_INIT(LIMIT_REPORT_BYTES), STR_INIT(LIMIT_REPORT_BYTES), STR_INIT(LIMIT_REPORT_BYTES), STR_INIT(LIMIT_CONTAINER_BYTES)};
	struct signer *s = NULL;
	int failed;

	failed = signer_open(f->key, f->cert, &passphrase, &s, e) || make_parts(a, &p, r, lang, e) || seal_parts(&p, s, date, e) ||
		 io_write(f->seal, str_get(&p.container), 0644, e);
	signer_free(s);
	str_free(&p.json);
	str_free(&p.html);
	str_free(&p.inputs);
	str_free(&p.container);
	return failed ? -1 : 0;
}
