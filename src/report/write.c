/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of writers: one line of writers.def each. */
#include "report/report.h"

#define WRITER(name) extern const struct writer writer_##name;
#include "report/writers.def"
#undef WRITER

const struct writer *const writers[] = {
#define WRITER(name) &writer_##name,
#include "report/writers.def"
#undef WRITER
	NULL,
};

const struct writer *writer_named(const char *name)
{
	for (size_t i = 0; writers[i]; i++)
		if (!strcmp(writers[i]->name, name))
			return writers[i];
	return NULL;
}
