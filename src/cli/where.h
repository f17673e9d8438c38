/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to cmd_where.c and where_tell.c: what was asked, and the labelled lines that answer it. */
#ifndef CLI_WHERE_H
#define CLI_WHERE_H

#include "base/date.h"
#include "base/str.h"
#include "know/know.h"
#include "report/report.h"

#define LINES_MAX 24      /* of one answer: more than there are labels for any kind */

enum label {
	LABEL_PROVIDER, LABEL_CODE, LABEL_PATTERN, LABEL_OPERATOR, LABEL_HOME, LABEL_PARENT, LABEL_PARENT_COUNTRY, LABEL_CATEGORY,
	LABEL_COUNTRY, LABEL_CITY, LABEL_FRANCE, LABEL_EU, LABEL_EEA, LABEL_ADEQUATE, LABEL_SCOPE, LABEL_PROCESSING,
	LABEL_HOST_REGION, LABEL_EU_OPTION, LABEL_TRAINING, LABEL_RETENTION, LABEL_TRAP, LABEL_LAW, LABEL_HDS, LABEL_ACTIVITIES,
	LABEL_SECNUMCLOUD, LABEL_OFFER, LABEL_VALIDITY, LABEL_FAMILY, LABEL_PUBLISHER, LABEL_WEIGHTS, LABEL_LICENCE, LABEL_HOSTED,
	LABEL_NOTE, LABEL_SOURCE, LABEL_AS_OF, LABEL_VERIFIED, LABEL_VERIFICATION,
};

enum kind { KIND_REGION, KIND_ENDPOINT, KIND_HOST, KIND_PROVIDER, KIND_COUNTRY, KIND_MODEL };

struct line {
	enum label label;
	const char *value;
};

struct answer {
	enum kind kind;
	struct line lines[LINES_MAX];
	size_t count;
	const char *country;      /* what ambiguity is about; NULL: not a place */
	bool verified;
};

struct question {
	struct arena *arena;
	const struct know *know;
	enum lang lang;
	date_t date;
	const char *value;
	struct answer *answers;
	size_t count;
};

void where_tell_text(struct str *out, const struct question *questions, size_t count);
/* -1 when the texts are no valid UTF-8. */
int where_tell_json(struct str *out, const struct know *k, const struct question *questions, size_t count, date_t date);

#endif
