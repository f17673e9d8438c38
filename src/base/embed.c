/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/embed.h"

#include <stdio.h>
#include <stdlib.h>

struct span embed_get(const char *name)
{
	for (const struct embedded *f = embedded_files; f->name; f++)
		if (!strcmp(f->name, name))
			return (struct span){(const char *)f->bytes, f->size};
	fprintf(stderr, "scelle: internal: '%s' is not embedded\n", name);
	abort();
}
