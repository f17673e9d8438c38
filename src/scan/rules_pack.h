/* SPDX-License-Identifier: EUPL-1.2 */
/* Signed packs of rules: an evidence container whose rules.json holds the files of a rules folder. */
#ifndef SCAN_RULES_PACK_H
#define SCAN_RULES_PACK_H

#include "rule/rule.h"
#include "seal/seal.h"

#define RULES_PACK_ENTRY "rules.json"

/* The bytes of rules.json for a folder of rules: names and texts in byte order (RFC 8785). */
int rules_pack_write(struct arena *a, const char *dir, struct str *out, struct err *e);

/* Is this a pack (a regular file) rather than a folder? */
bool rules_pack_is(const char *path);
/*
 * Verifies the container and reads its rules. anchors: trusted certificates (NULL: whoever signed it will do); trusted: refuse one whose
 * signer the anchors do not vouch for. now: unix seconds, for the validity of certificates.
 */
int rules_pack_read(struct arena *a, const char *path, const char *anchors, bool trusted, int64_t now, struct rules_pack *ret, struct err *e);

#endif
