/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * audit --seal: the authoritative report, its views, the inputs' digests and the statement that names them all (in-toto) go
 * into one container. The signing time is the clock's; every other byte follows from the audit (promise 4). The statement as a Sigstore
 * bundle, and the entry in a ledger with its proof, come with it when asked for; with a ledger all of them appear together or not at all.
 */
#include "cli/outputs.h"
#include "cli/scan_cmd.h"

#include "base/digest.h"
#include "base/io.h"
#include "base/limits.h"
#include "ledger/ledger.h"
#include "seal/seal.h"

#define VIEWS_MAX 16

struct parts {
	struct str json, html, inputs, embedded, statement, container, bundle;
	struct str views[VIEWS_MAX];      /* the other formats asked for with -f */
	struct seal_entry entries[VIEWS_MAX + 6];
	size_t view_count, entry_count;
};

static int list_inputs(struct arena *a, struct str *out, const struct report *r)
{
	struct seal_input *list = ARENA_ARRAY(a, struct seal_input, r->input_count + 1);

	for (size_t i = 0; i < r->input_count; i++)
		list[i] = (struct seal_input){r->inputs[i].name, r->inputs[i].sha256, r->inputs[i].size};
	return seal_inputs(out, list, r->input_count);
}

static void add_entry(struct parts *p, const char *name, const char *mime, const struct str *bytes)
{
	p->entries[p->entry_count++] = (struct seal_entry){name, mime, str_get(bytes)};
}

static bool is_listed(const struct parts *p, const char *name)
{
	for (size_t i = 0; i < p->entry_count; i++)
		if (!strcmp(p->entries[i].name, name))
			return true;
	return false;
}

/* report.csv, report.ocsf.json: two formats of one kind of file keep apart. */
static const char *view_name(struct arena *a, const struct writer *w)
{
	return strcmp(w->name, w->extension) ? arena_printf(a, "report.%s.%s", w->name, w->extension) : arena_printf(a, "report.%s", w->name);
}

/* -f sarif=FILE: the same bytes lie in the container as report.sarif. */
static int add_views(struct arena *a, struct parts *p, const struct scan_flags *f, const struct report *r, enum lang lang, struct err *e)
{
	for (size_t i = 0; i < f->reports.count && p->view_count < VIEWS_MAX; i++) {
		const char *asked = arena_dup(a, f->reports.items[i], strcspn(f->reports.items[i], "="));
		const struct writer *w = writer_named(asked);
		const char *name = w ? view_name(a, w) : NULL;
		struct str *out = &p->views[p->view_count];

		if (!w || is_listed(p, name))
			continue;
		*out = STR_INIT(LIMIT_REPORT_BYTES);
		p->view_count++;
		if (w->write(out, r, lang))
			return err_set(e, EXIT_BROKEN, "cannot make the '%s' report to seal", asked);
		add_entry(p, name, w->mime, out);
	}
	return 0;
}

/* SHA-256 of the program that runs, since one version can be built in many ways; NULL where the system does not show it. */
static const char *tool_digest(struct arena *a)
{
	struct err ignored = {0};
	struct span program;
	char digest[SHA256_HEX];

	if (io_read(a, "/proc/self/exe", LIMIT_FILE_BYTES, &program, &ignored))
		return NULL;
	sha256_hex(program, digest);
	return arena_str(a, digest);
}

/* What a pipeline asks of an audit without reading the report; keys in the order of RFC 8785. */
static int make_statement(struct arena *a, struct parts *p, const struct report *r, struct err *e)
{
	const struct claim claims[] = {
		{"advice", advice_names[r->advice]},
		{"criticalFindings", arena_printf(a, "%zu", r->by_severity[SEVERITY_CRITICAL])},
		{"date", r->date},
		{"facility", r->facility},
		{"finess", r->finess},
		{"highFindings", arena_printf(a, "%zu", r->by_severity[SEVERITY_HIGH])},
		{"incomplete", r->incomplete ? "true" : "false"},
		{"inputs", arena_printf(a, "%zu", r->input_count)},
		{"knowledgeDigest", r->know_digest},
		{"rulesDigest", r->rules_digest},
		{"tool", "scelle"},
		{"toolDigest", tool_digest(a)},
		{"toolVersion", r->tool_version},
		{"waivers", arena_printf(a, "%zu", r->waiver_count)},
	};

	if (statement_write(&p->statement, p->entries, p->entry_count, claims, sizeof claims / sizeof *claims))
		return err_set(e, EXIT_BROKEN, "cannot make the statement to seal");
	add_entry(p, STATEMENT_NAME, "application/json", &p->statement);
	return 0;
}

/* The head of the ledger as it is now: who holds this container can tell when a ledger was cut back behind it. */
static int add_head(struct arena *a, struct parts *p, const struct scan_flags *f, struct err *e)
{
	struct ledger_state l;

	if (!f->ledger)
		return 0;
	if (ledger_read(a, f->ledger, &l, e))
		return -1;
	if (l.note_count)
		p->entries[p->entry_count++] = (struct seal_entry){BEFORE_NAME, "text/plain", l.notes[l.note_count - 1]};
	return 0;
}

static int make_parts(struct arena *a, struct parts *p, const struct scan_flags *f, const char *root, const struct report *r, enum lang lang, date_t date, struct err *e)
{
	if (list_inputs(a, &p->inputs, r) || writer_named("json")->write(&p->json, r, lang) || writer_named("html")->write(&p->html, r, lang))
		return err_set(e, EXIT_BROKEN, "cannot make the reports to seal: they are larger than %zu bytes", LIMIT_REPORT_BYTES);
	add_entry(p, "report.json", "application/json", &p->json);
	add_entry(p, "report.html", "text/html", &p->html);
	add_entry(p, SEAL_INPUTS_NAME, "application/json", &p->inputs);
	if (f->embed_inputs) {
		if (embed_inputs(a, root, r, date, &p->embedded, e))
			return -1;
		add_entry(p, "inputs.zip", "application/zip", &p->embedded);
	}
	return add_views(a, p, f, r, lang, e) || add_head(a, p, f, e) || make_statement(a, p, r, e) ? -1 : 0;
}

static int seal_parts(struct arena *a, struct parts *p, struct signer *s, struct courier *tsa, date_t date, struct err *e)
{
	const struct seal_request q = {.entries = p->entries, .entry_count = p->entry_count, .fixed_time = (int64_t)date * 86400};
	const struct request_order order = {.kind = REQUEST_SIGNATURE};
	struct str bare = STR_INIT(LIMIT_CONTAINER_BYTES);
	int rc;

	if (!tsa)
		return seal_write(&q, s, &p->container, e);
	rc = seal_write(&q, s, &bare, e) || timestamp_fetch(a, str_get(&bare), &order, tsa, &p->container, e) ? -1 : 0;
	str_free(&bare);
	return rc;
}

static int make_bundle(struct arena *a, struct parts *p, struct signer *s, struct courier *tsa, struct err *e)
{
	struct str bare = STR_INIT(LIMIT_CONTAINER_BYTES);
	int rc;

	if (!tsa)
		return bundle_write(str_get(&p->container), s, &p->bundle, e);
	rc = bundle_write(str_get(&p->container), s, &bare, e) || bundle_fetch(a, str_get(&bare), tsa, &p->bundle, e) ? -1 : 0;
	str_free(&bare);
	return rc;
}

/* Container, bundle and proof beside their places, the entry, then all three moved: the order is ledger_add_files'. */
static int enter(struct arena *a, const struct scan_flags *f, const struct parts *p, struct err *e)
{
	const struct ledger_file files[] = {{f->seal, str_get(&p->container)}, {f->bundle, str_get(&p->bundle)}};
	struct container_identity id;
	const struct ledger_addition what = {.id = &id, .files = files, .count = f->bundle ? 2 : 1, .proof = arena_printf(a, "%s.tlog-proof", f->seal)};
	uint64_t index;

	if (container_identity(a, str_get(&p->container), 0, &id, e))
		return -1;
	return ledger_add_files(a, f->ledger, f->ledger_key, &what, &index, e);
}

/* Without a ledger the container is written last: a bundle alone claims nothing that is not signed. */
static int write_parts(struct arena *a, const struct scan_flags *f, const struct parts *p, struct err *e)
{
	if (f->ledger)
		return enter(a, f, p, e);
	return (f->bundle && io_write(f->bundle, str_get(&p->bundle), 0644, e)) || io_write(f->seal, str_get(&p->container), 0644, e) ? -1 : 0;
}

static void parts_free(struct parts *p)
{
	str_free(&p->json);
	str_free(&p->html);
	str_free(&p->inputs);
	str_free(&p->embedded);
	str_free(&p->statement);
	for (size_t i = 0; i < p->view_count; i++)
		str_free(&p->views[i]);
	str_free(&p->container);
	str_free(&p->bundle);
}

int seal_open(const struct scan_flags *f, struct signer **ret, struct err *e)
{
	const struct passphrase passphrase = {.fd = f->passphrase_fd, .file = f->passphrase_file, .ask = !f->passphrase_file};

	return signer_open(f->key, f->cert, &passphrase, ret, e);
}

/* The stamp goes into the room that signing left for it: the size stays. */
static int sign_pdf(struct arena *a, struct output *out, struct signer *s, struct err *e)
{
	const struct request_order order = {.kind = REQUEST_SIGNATURE};
	struct str whole = STR_INIT(LIMIT_CONTAINER_BYTES), stamped = STR_INIT(LIMIT_CONTAINER_BYTES);
	int failed = pdf_sign(str_get(&out->text), s, &whole, e) || (out->tsa && timestamp_fetch(a, str_get(&whole), &order, out->tsa, &stamped, e));

	str_free(&out->text);
	str_free(out->tsa ? &whole : &stamped);
	out->text = out->tsa ? stamped : whole;
	sha256_hex(str_get(&out->text), out->sha256);
	return failed ? -1 : 0;
}

int seal_pdfs(struct arena *a, struct outputs *o, struct signer *s, struct err *e)
{
	for (size_t i = 0; i < o->count; i++)
		if (is_pdf(str_get(&o->items[i].text)) && sign_pdf(a, &o->items[i], s, e))
			return -1;
	return 0;
}

int seal_report(struct arena *a, const struct scan_flags *f, const char *root, struct signer *s, const struct couriers *who, const struct report *r, enum lang lang, date_t date, struct err *e)
{
	struct parts p = {.json = STR_INIT(LIMIT_REPORT_BYTES), .html = STR_INIT(LIMIT_REPORT_BYTES), .inputs = STR_INIT(LIMIT_REPORT_BYTES), .embedded = STR_INIT(LIMIT_CONTAINER_BYTES),
			  .statement = STR_INIT(LIMIT_REPORT_BYTES), .container = STR_INIT(LIMIT_CONTAINER_BYTES), .bundle = STR_INIT(LIMIT_CONTAINER_BYTES)};
	int failed = make_parts(a, &p, f, root, r, lang, date, e) || seal_parts(a, &p, s, who->seal, date, e) ||
		     (f->bundle && make_bundle(a, &p, s, who->bundle, e)) || write_parts(a, f, &p, e);

	parts_free(&p);
	return failed ? -1 : 0;
}
