/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One table a struct says what its members are; packing and unpacking walk the same tables, so neither can know of a member that
 * the other forgot. Numbers are LEB128; a text is its length plus one (0: NULL), its bytes and a NUL, or a 1 followed by how far
 * back the same text stands. What writers rely on is checked here once more than report/load.c does it for JSON: indices within
 * range, a full matrix, no NULL where a text must be. Not a format for keeping: another version of the program does not read it.
 */
#include "report/pack.h"

#include "base/limits.h"
#include "base/utf8.h"

enum member_kind {
	MEMBER_TEXT, MEMBER_OPTIONAL,      /* const char *; never NULL, or sometimes */
	MEMBER_BOOL, MEMBER_U32, MEMBER_U64, MEMBER_SIZE, MEMBER_INT,
	MEMBER_WORD,                       /* an enum, as unsigned: below most */
	MEMBER_SIZES,                      /* size_t[most] */
	MEMBER_STRUCTS,                    /* pointer to an array, its count at `count`, each of `shape` */
	MEMBER_TEXTS,                      /* const char *const *, with its count */
	MEMBER_FINDINGS, MEMBER_SUPPORT,   /* const size_t *, with its count: indices */
	MEMBER_CONTROL,                    /* const struct control *, by its id */
};

struct shape;

struct member {
	enum member_kind kind;
	size_t at, count;
	const struct shape *shape;
	uint64_t most;
};

struct shape {
	size_t size;
	const struct member *members;
	size_t member_count;
};

/* One table for each struct: the type of the rows that follow is T. */
#define ROW(kind, name) {kind, offsetof(T, name), 0, NULL, 0}
#define WORD(name, most) {MEMBER_WORD, offsetof(T, name), 0, NULL, (most)}
#define COUNTS(name, n) {MEMBER_SIZES, offsetof(T, name), 0, NULL, (n)}
#define LIST(kind, name, counted) {kind, offsetof(T, name), offsetof(T, counted), NULL, 0}
#define STRUCTS(name, counted, of) {MEMBER_STRUCTS, offsetof(T, name), offsetof(T, counted), &(of), 0}
#define SHAPE(name, ...) \
	static const struct member name##_members[] = {__VA_ARGS__}; \
	static const struct shape name = {sizeof(T), name##_members, sizeof name##_members / sizeof *name##_members}

#define T struct report_place
SHAPE(place_shape, WORD(role, PLACE_RELATED), ROW(MEMBER_OPTIONAL, document), ROW(MEMBER_U32, line), ROW(MEMBER_U32, column), ROW(MEMBER_U32, end_line),
      ROW(MEMBER_U32, end_column), ROW(MEMBER_OPTIONAL, path), ROW(MEMBER_OPTIONAL, excerpt), ROW(MEMBER_U32, excerpt_from), ROW(MEMBER_U32, excerpt_to));
#undef T
#define T struct report_finding
SHAPE(finding_shape, ROW(MEMBER_TEXT, rule), ROW(MEMBER_TEXT, area), WORD(outcome, OUTCOME_AGAINST), WORD(severity, SEVERITY_CRITICAL),
      WORD(confidence, CONFIDENCE_HIGH), ROW(MEMBER_TEXT, verdict), ROW(MEMBER_OPTIONAL, deployment), ROW(MEMBER_TEXT, fingerprint),
      ROW(MEMBER_U32, occurrence), ROW(MEMBER_TEXT, title.fr), ROW(MEMBER_TEXT, title.en), ROW(MEMBER_TEXT, why.fr), ROW(MEMBER_TEXT, why.en),
      ROW(MEMBER_TEXT, fix.fr), ROW(MEMBER_TEXT, fix.en), ROW(MEMBER_OPTIONAL, rule_source), ROW(MEMBER_OPTIONAL, why_incomplete.fr), ROW(MEMBER_OPTIONAL, why_incomplete.en),
      ROW(MEMBER_INT, rule_version), ROW(MEMBER_OPTIONAL, value), ROW(MEMBER_OPTIONAL, declared), ROW(MEMBER_OPTIONAL, subject), ROW(MEMBER_BOOL, missing),
      ROW(MEMBER_SIZE, count), LIST(MEMBER_TEXTS, controls, control_count), STRUCTS(places, place_count, place_shape), ROW(MEMBER_OPTIONAL, waived_by),
      ROW(MEMBER_OPTIONAL, waived_until), ROW(MEMBER_OPTIONAL, waived_reason), ROW(MEMBER_OPTIONAL, baseline));
#undef T
#define T struct report_control
SHAPE(control_shape, ROW(MEMBER_CONTROL, control));
#undef T
#define T struct report_cell
SHAPE(cell_shape, ROW(MEMBER_OPTIONAL, deployment), ROW(MEMBER_TEXT, control), WORD(verdict, VERDICTS - 1), WORD(below, VERDICTS - 1), ROW(MEMBER_BOOL, partial),
      WORD(severity, SEVERITY_CRITICAL), ROW(MEMBER_OPTIONAL, why), LIST(MEMBER_FINDINGS, findings, finding_count),
      LIST(MEMBER_SUPPORT, support, support_count), LIST(MEMBER_TEXTS, missing, missing_count), LIST(MEMBER_TEXTS, not_declared, not_declared_count));
#undef T
#define T struct report_deployment
SHAPE(deployment_shape, ROW(MEMBER_TEXT, id), ROW(MEMBER_OPTIONAL, name), ROW(MEMBER_OPTIONAL, purpose), ROW(MEMBER_OPTIONAL, vendor),
      WORD(advice, ADVICE_CANNOT_CONCLUDE), ROW(MEMBER_BOOL, incomplete), ROW(MEMBER_BOOL, partial), ROW(MEMBER_OPTIONAL, why), ROW(MEMBER_SIZE, docs),
      ROW(MEMBER_SIZE, docs_read), ROW(MEMBER_SIZE, docs_partial), COUNTS(verdicts, VERDICTS), COUNTS(by_severity, SEVERITY_CRITICAL + 1));
#undef T
#define T struct report_input
SHAPE(input_shape, ROW(MEMBER_TEXT, name), ROW(MEMBER_TEXT, sha256), ROW(MEMBER_OPTIONAL, format), ROW(MEMBER_OPTIONAL, dialect), ROW(MEMBER_U64, size),
      WORD(status, DOC_SKIPPED), ROW(MEMBER_OPTIONAL, reason.fr), ROW(MEMBER_OPTIONAL, reason.en), LIST(MEMBER_TEXTS, deployments, deployment_count), ROW(MEMBER_SIZE, facts));
#undef T
#define T struct report_diag
SHAPE(diag_shape, WORD(level, DIAG_ERROR), ROW(MEMBER_OPTIONAL, document), ROW(MEMBER_U32, line), ROW(MEMBER_U32, column), ROW(MEMBER_TEXT, code),
      ROW(MEMBER_TEXT, text.fr), ROW(MEMBER_TEXT, text.en));
#undef T
#define T struct report_waiver
SHAPE(waiver_shape, ROW(MEMBER_OPTIONAL, target), ROW(MEMBER_OPTIONAL, deployment), ROW(MEMBER_OPTIONAL, reason), ROW(MEMBER_OPTIONAL, approver),
      ROW(MEMBER_OPTIONAL, until), ROW(MEMBER_OPTIONAL, place), ROW(MEMBER_SIZE, used), ROW(MEMBER_BOOL, expired), ROW(MEMBER_BOOL, outgrown));
#undef T
#define T struct report_component
SHAPE(component_shape, WORD(kind, COMPONENT_MODEL), ROW(MEMBER_TEXT, name), ROW(MEMBER_OPTIONAL, publisher), ROW(MEMBER_OPTIONAL, country),
      ROW(MEMBER_OPTIONAL, category), ROW(MEMBER_OPTIONAL, deployment), ROW(MEMBER_OPTIONAL, document), ROW(MEMBER_U32, line), ROW(MEMBER_SIZE, count));
#undef T
#define T struct report_deadline
SHAPE(deadline_shape, ROW(MEMBER_TEXT, kind), ROW(MEMBER_TEXT, date), ROW(MEMBER_OPTIONAL, deployment), ROW(MEMBER_OPTIONAL, name), ROW(MEMBER_INT, days));
#undef T
#define T struct report_flow
SHAPE(flow_shape, ROW(MEMBER_OPTIONAL, deployment), ROW(MEMBER_TEXT, use), ROW(MEMBER_TEXT, country), ROW(MEMBER_BOOL, in_eea), ROW(MEMBER_SIZE, count));
#undef T
/* findings and support stand before the cells that count them */
#define T struct report
SHAPE(report_shape, ROW(MEMBER_TEXT, kind), ROW(MEMBER_TEXT, tool_version), ROW(MEMBER_TEXT, date), ROW(MEMBER_BOOL, date_from_clock),
      ROW(MEMBER_OPTIONAL, facility), ROW(MEMBER_OPTIONAL, finess), ROW(MEMBER_OPTIONAL, profile), ROW(MEMBER_TEXT, rules_digest),
      ROW(MEMBER_TEXT, know_digest), LIST(MEMBER_TEXTS, rules_dirs, rules_dir_count), ROW(MEMBER_SIZE, rule_count), ROW(MEMBER_TEXT, fail_on),
      WORD(advice, ADVICE_CANNOT_CONCLUDE), STRUCTS(deployments, deployment_count, deployment_shape), STRUCTS(controls, control_count, control_shape),
      STRUCTS(findings, finding_count, finding_shape), STRUCTS(support, support_count, finding_shape), STRUCTS(cells, cell_count, cell_shape),
      STRUCTS(inputs, input_count, input_shape), STRUCTS(diags, diag_count, diag_shape), STRUCTS(waivers, waiver_count, waiver_shape),
      STRUCTS(components, component_count, component_shape), COUNTS(by_severity, SEVERITY_CRITICAL + 1), ROW(MEMBER_SIZE, old), ROW(MEMBER_SIZE, doubts),
      ROW(MEMBER_SIZE, unknowns), ROW(MEMBER_SIZE, incompletes), ROW(MEMBER_SIZE, waived), STRUCTS(deadlines, deadline_count, deadline_shape),
      STRUCTS(flows, flow_count, flow_shape), ROW(MEMBER_BOOL, incomplete));
#undef T

/* A struct that grew has a member that its table may not know: add it there, then here. */
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(struct report) == 376 && sizeof(struct report_finding) == 248 && sizeof(struct report_place) == 56 &&
	       sizeof(struct report_cell) == 104 && sizeof(struct report_deployment) == 184 && sizeof(struct report_input) == 88 &&
	       sizeof(struct report_diag) == 48 && sizeof(struct report_waiver) == 64 && sizeof(struct report_component) == 72 &&
	       sizeof(struct report_deadline) == 40 && sizeof(struct report_flow) == 40 && sizeof(struct report_control) == 8, "see above");
#endif

/* ------------------------------------------------------------------ packing */

#define RECENT 4096      /* texts remembered, by address: those of rules come again and again */

struct packing {
	struct str *out;
	struct { const char *text; size_t at; } recent[RECENT];
};

static void put_number(struct str *out, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		str_char(out, (char)(n | 0x80));
	str_char(out, (char)n);
}

static void put_text(struct packing *p, const char *text)
{
	size_t slot = ((uintptr_t)text >> 3 ^ (uintptr_t)text >> 15) % RECENT, n;

	if (!text) {
		put_number(p->out, 0);
		return;
	}
	if (p->recent[slot].text == text) {
		put_number(p->out, 1);
		put_number(p->out, p->out->n - p->recent[slot].at);
		return;
	}
	n = strlen(text);
	p->recent[slot].text = text;
	p->recent[slot].at = p->out->n;
	put_number(p->out, n + 2);
	str_put(p->out, text, n + 1);
}

static void pack_struct(struct packing *p, const struct shape *s, const char *from);

static void pack_list(struct packing *p, const struct member *m, const char *from)
{
	size_t count = *(const size_t *)(from + m->count);
	const char *items = *(const void *const *)(from + m->at);

	put_number(p->out, count);
	for (size_t i = 0; i < count; i++) {
		if (m->kind == MEMBER_STRUCTS)
			pack_struct(p, m->shape, items + i * m->shape->size);
		else if (m->kind == MEMBER_TEXTS)
			put_text(p, ((const char *const *)items)[i]);
		else
			put_number(p->out, ((const size_t *)items)[i]);
	}
}

/* Small numbers of either sign in few bytes: 0, -1, 1, -2 ... become 0, 1, 2, 3. */
static uint64_t zigzag(int n)
{
	return (uint64_t)(int64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0);
}

static void pack_member(struct packing *p, const struct member *m, const char *from)
{
	const char *at = from + m->at;

	switch (m->kind) {
	case MEMBER_TEXT:
	case MEMBER_OPTIONAL:
		put_text(p, *(const char *const *)at);
		return;
	case MEMBER_BOOL:
		put_number(p->out, *(const bool *)at);
		return;
	case MEMBER_U32:
	case MEMBER_WORD:
		put_number(p->out, *(const uint32_t *)at);
		return;
	case MEMBER_INT:
		put_number(p->out, zigzag(*(const int *)at));
		return;
	case MEMBER_U64:
		put_number(p->out, *(const uint64_t *)at);
		return;
	case MEMBER_SIZE:
		put_number(p->out, *(const size_t *)at);
		return;
	case MEMBER_SIZES:
		for (size_t i = 0; i < m->most; i++)
			put_number(p->out, ((const size_t *)at)[i]);
		return;
	case MEMBER_CONTROL:
		put_text(p, (*(const struct control *const *)at)->id);
		return;
	case MEMBER_STRUCTS:
	case MEMBER_TEXTS:
	case MEMBER_FINDINGS:
	case MEMBER_SUPPORT:
		pack_list(p, m, from);
		return;
	}
}

_Static_assert(sizeof(enum verdict) == sizeof(uint32_t) && sizeof(enum doc_status) == sizeof(uint32_t), "words are read as 32 bits");

static void pack_struct(struct packing *p, const struct shape *s, const char *from)
{
	for (size_t i = 0; i < s->member_count; i++)
		pack_member(p, &s->members[i], from);
}

void report_pack(struct str *out, const struct report *r)
{
	struct packing p = {.out = out};

	pack_struct(&p, &report_shape, (const char *)r);
}

/* ------------------------------------------------------------------ unpacking */

struct unpacking_report {
	struct arena *arena;
	const unsigned char *from, *at, *end;
	const struct ruleset *rules;
	const struct report *report;      /* being filled: counts of findings and support */
	const char *wrong;                /* what is not as it must be, NULL so far */
};

/* The first mistake stays; from then on everything reads as nothing, so no caller need look. */
static void reject(struct unpacking_report *u, const char *what)
{
	if (!u->wrong)
		u->wrong = what;
	u->at = u->end;
}

static uint64_t get_number(struct unpacking_report *u, uint64_t most)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 64 && u->at < u->end; shift += 7) {
		unsigned char byte = *u->at++;

		if (shift == 63 && byte > 1)
			break;
		n |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		if (n <= most)
			return n;
		reject(u, "a number out of its range");
		return 0;
	}
	reject(u, "a number without an end");
	return 0;
}

/* The bytes of a text whose length was read; NULL when they are not there. */
static const char *text_bytes(struct unpacking_report *u, uint64_t n)
{
	const char *text = (const char *)u->at;

	if (n >= (uint64_t)(u->end - u->at) || u->at[n] || memchr(text, '\0', (size_t)n)) {
		reject(u, "a text without its end");
		return NULL;
	}
	u->at += n + 1;
	return text;
}

static const char *safe(struct unpacking_report *u, const char *text, size_t n)
{
	struct str out = STR_INIT(n * 6 + 16);

	if (utf8_is_safe((struct span){text, n}))
		return text;
	utf8_safe(&out, (struct span){text, n});
	text = arena_dup(u->arena, str_get(&out).p, out.n);
	str_free(&out);
	return text;
}

/* A text that stands further up: it is read again where it stands, with all checks. */
static const char *text_again(struct unpacking_report *u)
{
	const unsigned char *here = u->at, *behind;
	uint64_t back = get_number(u, (uint64_t)(here - u->from)), n;
	const char *text = NULL;

	if (u->wrong)
		return NULL;
	behind = u->at;
	u->at = here - back;
	n = get_number(u, UINT64_MAX);
	if (n < 2)
		reject(u, "a text that is nowhere");
	else
		text = text_bytes(u, n - 2);
	if (text)
		text = safe(u, text, n - 2);
	if (!u->wrong)
		u->at = behind;
	return text;
}

static const char *get_text(struct unpacking_report *u)
{
	uint64_t n = get_number(u, UINT64_MAX);
	const char *text;

	if (!n || u->wrong)
		return NULL;
	if (n == 1)
		return text_again(u);
	text = text_bytes(u, n - 2);
	return text ? safe(u, text, n - 2) : NULL;
}

static const char *needed_text(struct unpacking_report *u)
{
	const char *text = get_text(u);

	if (!text)
		reject(u, "a text that is missing");
	return text ? text : "";
}

static void unpack_struct(struct unpacking_report *u, const struct shape *s, char *to);

/* Every item takes a byte at least: a count beyond what is left is a lie, and no memory is asked for it. */
static size_t get_count(struct unpacking_report *u)
{
	return (size_t)get_number(u, (uint64_t)(u->end - u->at));
}

static void unpack_list(struct unpacking_report *u, const struct member *m, char *to)
{
	size_t count = get_count(u), size = m->kind == MEMBER_STRUCTS ? m->shape->size : sizeof(void *);
	char *items = arena_alloc_array(u->arena, count + 1, size);
	size_t below = m->kind == MEMBER_SUPPORT ? u->report->support_count : u->report->finding_count;

	for (size_t i = 0; i < count && !u->wrong; i++) {
		if (m->kind == MEMBER_STRUCTS)
			unpack_struct(u, m->shape, items + i * size);
		else if (m->kind == MEMBER_TEXTS)
			((const char **)items)[i] = needed_text(u);
		else if (!below)
			reject(u, "an index into nothing");
		else
			((size_t *)items)[i] = (size_t)get_number(u, below - 1);
	}
	*(void **)(to + m->at) = items;
	*(size_t *)(to + m->count) = u->wrong ? 0 : count;
}

static void unpack_control(struct unpacking_report *u, const struct control **to)
{
	*to = ruleset_control(u->rules, needed_text(u));
	if (!*to)
		reject(u, "a control that the rules do not have");
}

static void unpack_member(struct unpacking_report *u, const struct member *m, char *to)
{
	char *at = to + m->at;
	uint64_t n;

	switch (m->kind) {
	case MEMBER_TEXT:
		*(const char **)at = needed_text(u);
		return;
	case MEMBER_OPTIONAL:
		*(const char **)at = get_text(u);
		return;
	case MEMBER_BOOL:
		*(bool *)at = get_number(u, 1);
		return;
	case MEMBER_U32:
		*(uint32_t *)at = (uint32_t)get_number(u, UINT32_MAX);
		return;
	case MEMBER_WORD:
		*(uint32_t *)at = (uint32_t)get_number(u, m->most);
		return;
	case MEMBER_INT:
		n = get_number(u, UINT32_MAX);
		*(int *)at = (int)(int64_t)(n >> 1 ^ (~(n & 1) + 1));
		return;
	case MEMBER_U64:
		*(uint64_t *)at = get_number(u, UINT64_MAX);
		return;
	case MEMBER_SIZE:
		*(size_t *)at = (size_t)get_number(u, SIZE_MAX);
		return;
	case MEMBER_SIZES:
		for (size_t i = 0; i < m->most; i++)
			((size_t *)at)[i] = (size_t)get_number(u, SIZE_MAX);
		return;
	case MEMBER_CONTROL:
		unpack_control(u, (const struct control **)at);
		return;
	case MEMBER_STRUCTS:
	case MEMBER_TEXTS:
	case MEMBER_FINDINGS:
	case MEMBER_SUPPORT:
		unpack_list(u, m, to);
		return;
	}
}

static void unpack_struct(struct unpacking_report *u, const struct shape *s, char *to)
{
	for (size_t i = 0; i < s->member_count && !u->wrong; i++)
		unpack_member(u, &s->members[i], to);
}

/* Writers find a cell by arithmetic: every deployment with every control, in their orders, then the facility's. */
static bool cells_stand_right(const struct report *r)
{
	size_t inside = r->deployment_count * r->control_count;

	if (r->cell_count < inside)
		return false;
	for (size_t i = 0; i < r->cell_count; i++) {
		const struct report_cell *c = &r->cells[i];

		if (i >= inside ? c->deployment || !report_control_named(r, c->control) :
		    !c->deployment || strcmp(c->deployment, r->deployments[i / r->control_count].id) ||
		    strcmp(c->control, r->controls[i % r->control_count].control->id))
			return false;
	}
	return true;
}

static bool inputs_stand_right(const struct report *r)
{
	for (size_t i = 0; i < r->input_count; i++)
		if (!r->inputs[i].reason.fr != !r->inputs[i].reason.en)
			return false;
	return true;
}

/* What writers look up by word, or print without asking. */
static bool findings_stand_right(const struct report_finding *f, size_t count)
{
	static const char *const verdicts[] = {"conform", "unknown", "incomplete", "nonconform", "contradicted", "undeclared", "to_confirm", "not_applicable"};

	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (k < sizeof verdicts / sizeof *verdicts && strcmp(f[i].verdict, verdicts[k]))
			k++;
		if (k == sizeof verdicts / sizeof *verdicts || (f[i].waived_by && (!f[i].waived_until || !f[i].waived_reason)) ||
		    !f[i].why_incomplete.fr != !f[i].why_incomplete.en || (f[i].baseline && strcmp(f[i].baseline, "new") && strcmp(f[i].baseline, "old")))
			return false;
	}
	return true;
}

int report_unpack(struct arena *a, struct span bytes, const struct ruleset *rules, struct report *ret, struct err *e)
{
	const unsigned char *from = (const unsigned char *)bytes.p;
	struct report r = {0};
	struct unpacking_report u = {.arena = a, .from = from, .at = from, .end = from + bytes.n, .rules = rules, .report = &r};

	unpack_struct(&u, &report_shape, (char *)&r);
	if (!u.wrong && u.at != u.end)
		u.wrong = "something behind its end";
	if (!u.wrong && (strcmp(r.kind, "audit") && strcmp(r.kind, "check")))
		u.wrong = "a kind that there is not";
	if (!u.wrong && r.cell_count && !cells_stand_right(&r))
		u.wrong = "a cell out of order";
	if (!u.wrong && (!findings_stand_right(r.findings, r.finding_count) || !findings_stand_right(r.support, r.support_count)))
		u.wrong = "a finding that cannot be";
	if (!u.wrong && !inputs_stand_right(&r))
		u.wrong = "a reason in one language";
	if (u.wrong)
		return err_set(e, EXIT_BROKEN, "the packed report holds %s", u.wrong);
	*ret = r;
	return 0;
}
