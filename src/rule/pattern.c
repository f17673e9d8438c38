/* SPDX-License-Identifier: EUPL-1.2 */
/* Patterns compiled when first needed; two threads may compile the same one, the first to finish wins. */
#include "rule/rule_p.h"

#include <stdlib.h>

const struct regex *pattern_get(struct pattern *p)
{
	struct regex *compiled = atomic_load_explicit(&p->compiled, memory_order_acquire), *none = NULL;

	if (compiled)
		return compiled;
	if (regex_compile(p->source, p->nocase, &compiled, NULL))
		abort();      /* the loader refuses patterns that do not compile */
	if (!atomic_compare_exchange_strong(&p->compiled, &none, compiled)) {
		regex_free(compiled);
		compiled = none;
	}
	return compiled;
}
