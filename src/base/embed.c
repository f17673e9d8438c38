/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Looks up a file carried inside the program; the table is made by src/build/embed.sh. A handful of names: a linear search
 * is enough. Deliberately no way to replace an embedded file at run time: what a report contains is known from the program.
 */
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
