/* SPDX-License-Identifier: EUPL-1.2 */
/* Which build this is: two programs of one version may answer differently while it is being worked on. */
#ifndef SCAN_BUILD_ID_H
#define SCAN_BUILD_ID_H

#include "base/span.h"

/* The linker's note in this program, a digest of what was linked; empty where it wrote none. */
struct span build_id(void);

#endif
