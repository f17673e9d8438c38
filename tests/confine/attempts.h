/* SPDX-License-Identifier: EUPL-1.2 */
/* What a reader that was taken over would try. Only in programs of the tests. */
#ifndef CONFINE_ATTEMPTS_H
#define CONFINE_ATTEMPTS_H

#include "read/read.h"

/* "scelle-test-hook: NAME [PATH]" in place of a document: does it. Returns 0 when it was let, its errno when not, -1: no such name. */
int attempt(struct span words);
/* Called by doc_read of the test build. A refused attempt ends the process with SIGUSR1, another failure with SIGUSR2, so that the file is named. */
void test_hook(const struct doc *d);

#endif
