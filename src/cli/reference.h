/* SPDX-License-Identifier: EUPL-1.2 */
/* The reference of rules and controls as Markdown pages, made from what is loaded. */
#ifndef CLI_REFERENCE_H
#define CLI_REFERENCE_H

#include "base/str.h"
#include "rule/rule.h"

/*
 * DIR/fr and DIR/en: README.md, controls/HOST-04.md, rules/AREA.SLUG.md (the rows of a family on one page). Existing pages are written
 * over; examples are there for rules that were read from a folder.
 */
int reference_write(const struct ruleset *set, const char *dir, struct err *e);

/* What stands below f as indented lines, for readers; not YAML that could be read back. */
void reference_tree(struct str *out, const struct fact *f, int depth);

#endif
