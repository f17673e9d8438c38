/* SPDX-License-Identifier: EUPL-1.2 */
/* What a map of flows is drawn from, for the writers that draw one. How it looks is theirs. */
#include "report/map.h"

#include <stdlib.h>

const struct table_node *map_shapes(void)
{
	const struct table_file *f = table_find("know/map.csv");

	return f ? table_root(f) : NULL;
}

bool map_shape_of(const struct table_node *row, struct map_shape *ret)
{
	const char *x = table_text(row, "x"), *y = table_text(row, "y");

	*ret = (struct map_shape){.country = table_text(row, "country"), .path = table_text(row, "path")};
	if (!ret->country || !x || !y)
		return false;
	ret->x = atoi(x);
	ret->y = atoi(y);
	return true;
}

bool map_find(const char *country, struct map_shape *ret)
{
	const struct table_node *all = map_shapes();

	if (all)
		TABLE_EACH(row, all)
			if (map_shape_of(row, ret) && !strcmp(ret->country, country))
				return true;
	return false;
}

size_t map_flows_to(const struct report *r, const char *country, bool *ret_eea)
{
	size_t count = 0;

	for (size_t i = 0; i < r->flow_count; i++) {
		if (strcmp(r->flows[i].country, country))
			continue;
		count += r->flows[i].count;
		*ret_eea = r->flows[i].in_eea;
	}
	return count;
}

size_t map_countries(const struct report *r, const char *ret[MAP_COUNTRIES])
{
	size_t count = 0;

	for (size_t i = 0; i < r->flow_count && count < MAP_COUNTRIES; i++) {
		size_t k = 0;

		while (k < count && strcmp(ret[k], r->flows[i].country))
			k++;
		if (k == count)
			ret[count++] = r->flows[i].country;
	}
	return count;
}
