/* SPDX-License-Identifier: EUPL-1.2 */
/* Files carried inside the program (templates, SQL, schemas): made by src/build/embed.sh from a list in Makefile.am. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include "base/span.h"

struct embedded {
	const char *name;      /* path below the source folder, as src/report/html/report.css */
	const unsigned char *bytes;
	size_t size;
};

extern const struct embedded embedded_files[];      /* ends with a NULL name */

/* The bytes of an embedded file; a name that is not embedded is a mistake of the build and ends the program. */
struct span embed_get(const char *name);

#endif
