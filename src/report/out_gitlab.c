/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * GitLab Code Quality: an array of entries, each on the line of a merge request. GitLab stops at the first entry it dislikes and drops
 * doubled fingerprints, so each entry has all that is asked and an identity of its own. No byte-order mark.
 */
#include "report/plain.h"

#include "base/digest.h"

static const char *severity_of(const struct report_finding *f)
{
	static const char *const words[] = {[SEVERITY_INFO] = "info", [SEVERITY_LOW] = "minor", [SEVERITY_MEDIUM] = "major",
					    [SEVERITY_HIGH] = "critical", [SEVERITY_CRITICAL] = "blocker"};

	return finding_is_breach(f) ? words[f->severity] : "info";
}

static void put_entry(struct jsonw *w, const struct report_finding *f, enum lang lang, struct str *s)
{
	char digest[SHA256_HEX];

	jsonw_object(w);
	jsonw_member(w, "check_name", f->rule);
	finding_message(s, f, lang);
	member_str(w, "description", s);
	finding_key(s, f);
	jsonw_member(w, "fingerprint", sha256_hex(str_get(s), digest));
	str_clear(s);
	jsonw_key(w, "location");
	jsonw_object(w);
	jsonw_key(w, "lines");
	jsonw_object(w);
	jsonw_member_int(w, "begin", finding_line(f));
	jsonw_object_end(w);
	jsonw_member(w, "path", finding_document(f));
	jsonw_object_end(w);
	jsonw_member(w, "severity", severity_of(f));
	jsonw_object_end(w);
}

static int gitlab_write(struct str *out, const struct report *r, enum lang lang)
{
	struct str s = STR_INIT(1 << 20);
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_array(&w);
	for (size_t i = 0; i < r->finding_count; i++)
		if (finding_is_problem(&r->findings[i]))
			put_entry(&w, &r->findings[i], lang, &s);
	jsonw_array_end(&w);
	str_free(&s);
	return jsonw_end(&w);
}

const struct writer writer_gitlab = {
	.name = "gitlab", .help = "GitLab Code Quality, findings on the lines of a merge request", .mime = "application/json", .extension = "json",
	.write = gitlab_write,
};
