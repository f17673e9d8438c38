/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to src/report/: what the writers for machines share: places, identities, URIs, UUIDs, rules met. */
#ifndef REPORT_PLAIN_H
#define REPORT_PLAIN_H

#include "base/jsonw.h"
#include "report/report.h"

#define TOOL_VENDOR "scelle"

/* The first place with a document, NULL when there is none. */
const struct report_place *finding_spot(const struct report_finding *f);
/* Its document; the declaration for what has no place: a deployment as a whole. */
const char *finding_document(const struct report_finding *f);
uint32_t finding_line(const struct report_finding *f);      /* from 1; a document as a whole is its first line */
/* Unlike any other finding of the report: fingerprint, occurrence, deployment, verdict. In out (cleared before). */
void finding_key(struct str *out, const struct report_finding *f);
/* "Title. Observed: x. Remedy: y." on one line. */
void finding_message(struct str *out, const struct report_finding *f, enum lang lang);
/* Stands among the problems that other tools list: against, in force, not waived, not old; doubts too. */
bool finding_is_problem(const struct report_finding *f);

/* A path as a relative reference of RFC 3986; '!' of archive members stays. */
void put_uri(struct str *out, const char *path);
void member_str(struct jsonw *w, const char *key, struct str *text);      /* writes and clears text */

#define UUID_TEXT 37
/* Version 5 of RFC 9562 in scelle's name space, so that two runs give the same file. */
char *uuid_of(const char *name, char out[UUID_TEXT]);

/* The rules of findings, each once, in byte order of ids; severity: the gravest found. */
struct rule_met {
	const char *id, *area;
	const char *const *controls;
	size_t control_count;
	enum severity severity;
};
size_t rules_met(struct arena *a, const struct report *r, struct rule_met **ret);

#endif
