/* SPDX-License-Identifier: EUPL-1.2 */
/* verify --replay: run the sealed audit again and compare the report byte for byte. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include "seal/seal.h"

struct replay_request {
	struct span container;       /* already verified */
	const char *inputs;          /* the facility's folder */
	const char *const *rules;    /* folders of rules that the audit was given */
	size_t rule_count;
};

/* Fills *ret with the step "replay"; -1 when it failed or could not be run, and e says why. */
int replay(struct arena *a, const struct replay_request *q, struct verify_step *ret, struct err *e);

#endif
