/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to view_place.c and place_setting.c. */
#ifndef RULE_PLACE_P_H
#define RULE_PLACE_P_H

#include "rule/subject_p.h"

struct place_told {
	const struct fact *from;      /* the fact that says it: its value is the code, or unresolved */
	const char *code;             /* NULL: unresolved */
	const char *provider;         /* any spelling, or NULL */
	const char *use, *of_name;
	const struct subject *of;
	const struct doc *doc;
	const struct fact *order;
};

/* Emits the place, once for each fact that says it. */
void place_tell(struct build *b, const struct place_told *t);
/* Is text the code of a region: of this provider, or of any when it is NULL. */
bool place_is_code(const struct build *b, const char *provider, const char *text);
/* The setting of a block that says where it is, or NULL. */
const struct fact *place_location(const struct build *b, const struct fact *block, const char *provider);

/* The region a plan's block of a provider is configured with, or NULL. */
const struct fact *place_plan_region(const struct fact *config);

/* place_setting.c: every place that a document tells outside of its resources. */
void place_of_settings(struct build *b, struct doc *d);

#endif
