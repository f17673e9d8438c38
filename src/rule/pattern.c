/* SPDX-License-Identifier: EUPL-1.2 */
/* Patterns compiled when first needed; two threads may compile the same one, the first to finish wins. */
#include "rule/rule_p.h"

#include <stdlib.h>

static void pattern_release(void *p)
{
	regex_free(atomic_load(&((struct pattern *)p)->compiled));
}

struct pattern *pattern_new(struct arena *a, const char *source)
{
	struct pattern *p = ARENA_NEW(a, struct pattern);

	p->source = source;
	arena_at_end(a, pattern_release, p);
	return p;
}

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
