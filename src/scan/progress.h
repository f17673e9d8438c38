/* SPDX-License-Identifier: EUPL-1.2 */
/* How far a long run is: one line on a terminal, rewritten; nothing anywhere else. */
#ifndef SCAN_PROGRESS_H
#define SCAN_PROGRESS_H

#include "read/read.h"

struct progress {
	bool on, shown;
	size_t files;
	uint64_t bytes;
	double begun, last;      /* seconds */
};

struct progress progress_begin(bool on, const struct input_set *set, double now);
/* begun: documents taken up so far, each once to be read and once to be matched. */
void progress_show(struct progress *p, uint64_t begun, double now);
void progress_end(struct progress *p);      /* takes the line away */

#endif
