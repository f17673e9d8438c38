/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of formats and the choice among them by bids. Adding a format is a line in formats.def. */
#include "read/read_p.h"

#define FORMAT(name) extern const struct format format_##name;
#include "read/formats.def"
#undef FORMAT

const struct format *const formats[] = {
#define FORMAT(name) &format_##name,
#include "read/formats.def"
#undef FORMAT
	NULL
};

const struct format *format_named(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

void formats_prepare(struct arena *a)
{
	for (size_t i = 0; formats[i]; i++)
		if (formats[i]->prepare)
			formats[i]->prepare(a);
}

static const struct format *highest_of(struct span name, struct span bytes, bool containers)
{
	const struct format *best = NULL;
	int highest = 0;

	for (size_t i = 0; formats[i]; i++) {
		int bid = !formats[i]->unpack == containers ? 0 : formats[i]->bid(name, bytes);

		if (bid > highest) {
			highest = bid;
			best = formats[i];
		}
	}
	return best;
}

const struct format *format_pick(struct span name, struct span head)
{
	return highest_of(name, head, false);
}

const struct format *container_pick(struct span name, struct span bytes)
{
	return highest_of(name, bytes, true);
}
