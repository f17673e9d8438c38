/* SPDX-License-Identifier: EUPL-1.2 */
/* attempt NAME [PATH]: the same attempt in a process that is not confined; exit 0 when it was let. Without this, a machine on which nothing works would pass. */
#include "attempts.h"

int main(int argc, char **argv)
{
	char words[4200];

	snprintf(words, sizeof words, "scelle-test-hook: %s %s", argc > 1 ? argv[1] : "", argc > 2 ? argv[2] : "");
	return attempt(span_of(words)) != 0;
}
