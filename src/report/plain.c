/* SPDX-License-Identifier: EUPL-1.2 */
/* Small answers that every writer for machines needs in the same words, so that a finding is the same in all of them. */
#include "report/plain.h"

#include "base/digest.h"

#include <stdlib.h>

const struct report_place *finding_spot(const struct report_finding *f)
{
	for (size_t i = 0; i < f->place_count; i++)
		if (f->places[i].document)
			return &f->places[i];
	return NULL;
}

const char *finding_document(const struct report_finding *f)
{
	const struct report_place *p = finding_spot(f);

	return p ? p->document : "scelle.yaml";
}

uint32_t finding_line(const struct report_finding *f)
{
	const struct report_place *p = finding_spot(f);

	return p && p->line ? p->line : 1;
}

void finding_key(struct str *out, const struct report_finding *f)
{
	str_clear(out);
	str_printf(out, "%s/%u/%s/%s", f->fingerprint, f->occurrence, f->deployment ? f->deployment : "", f->verdict);
}

static void end_sentence(struct str *out)
{
	struct span s = str_get(out);

	if (s.n && !strchr(".!?", s.p[s.n - 1]))
		str_char(out, '.');
}

void finding_message(struct str *out, const struct report_finding *f, enum lang lang)
{
	struct str observed = STR_INIT(4096);
	const char *colon = lang == LANG_FR ? " : " : ": ";

	finding_observed(&observed, f, lang);
	str_text(out, both_in(&f->title, lang));
	end_sentence(out);
	if (observed.n)
		str_printf(out, " %s%s%s.", text(TEXT_OBSERVED, lang), colon, str_get(&observed).p);
	if (f->declared)
		str_printf(out, " %s%s%s.", text(TEXT_DECLARED, lang), colon, f->declared);
	str_printf(out, " %s%s%s", text(TEXT_REMEDY, lang), colon, both_in(&f->fix, lang));
	end_sentence(out);
	str_free(&observed);
}

bool finding_is_problem(const struct report_finding *f)
{
	return finding_is_breach(f) || (!strcmp(f->verdict, "to_confirm") && !f->waived_by && !finding_is_old(f));
}

void put_uri(struct str *out, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=@/";
	const char *slash = strchr(path, '/'), *colon = strchr(path, ':');

	/* "a:b/c" would be a scheme */
	if (colon && (!slash || colon < slash))
		str_text(out, "./");
	for (const char *p = path; *p; p++)
		if (strchr(plain, *p))
			str_char(out, *p);
		else
			str_printf(out, "%%%02X", (unsigned)(unsigned char)*p);
}

void member_str(struct jsonw *w, const char *key, struct str *text)
{
	jsonw_key(w, key);
	jsonw_string(w, str_get(text));
	str_clear(text);
}

char *uuid_of(const char *name, char out[UUID_TEXT])
{
	static const char space[] = "\xb6\xf2\xed\x86\x3c\x0e\x5d\x3b\x9b\x52\x0f\x8f\x4a\x3f\x7e\x15";
	struct str s = STR_INIT(1 << 20);
	unsigned char raw[SHA1_BYTES];
	char digits[2 * SHA1_BYTES + 1];

	str_put(&s, space, sizeof space - 1);
	str_text(&s, name);
	sha1(str_get(&s), raw);
	str_free(&s);
	raw[6] = (unsigned char)((raw[6] & 0x0f) | 0x50);
	raw[8] = (unsigned char)((raw[8] & 0x3f) | 0x80);
	hex(raw, sizeof raw, digits);
	for (int from = 0, to = 0; to < 36; to++)
		out[to] = to == 8 || to == 13 || to == 18 || to == 23 ? '-' : digits[from++];
	out[36] = '\0';
	return out;
}

/* ------------------------------------------------------------------ rules */

static int by_id(const void *x, const void *y)
{
	const struct rule_met *a = x, *b = y;
	int by = strcmp(a->id, b->id);

	return by ? by : (int)b->severity - (int)a->severity;
}

size_t rules_met(struct arena *a, const struct report *r, struct rule_met **ret)
{
	struct rule_met *list = ARENA_ARRAY(a, struct rule_met, r->finding_count + 1);
	size_t n = 0;

	for (size_t i = 0; i < r->finding_count; i++) {
		const struct report_finding *f = &r->findings[i];

		list[i] = (struct rule_met){f->rule, f->area, f->controls, f->control_count, f->severity};
	}
	qsort(list, r->finding_count, sizeof *list, by_id);
	for (size_t i = 0; i < r->finding_count; i++)
		if (!n || strcmp(list[n - 1].id, list[i].id))
			list[n++] = list[i];
	*ret = list;
	return n;
}
