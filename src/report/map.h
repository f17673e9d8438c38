/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to src/report/: the map that the HTML and PDF reports draw, from open geographic data (rules/know/map.csv, Natural Earth). */
#ifndef REPORT_MAP_H
#define REPORT_MAP_H

#include "read/table.h"
#include "report/report.h"

#define MAP_COUNTRIES 64        /* that can be named on a map; the table has all */

/* The window of the map, in the units of map.csv: from the Americas' west to Japan, from the Sahara to the north cape. */
enum { MAP_LEFT = 120, MAP_TOP = 150, MAP_WIDTH_UNITS = 1740, MAP_HEIGHT_UNITS = 560 };

struct map_shape {
	const char *country, *path;
	int x, y;
};

const struct table_node *map_shapes(void);      /* NULL: no map in these rules */
bool map_shape_of(const struct table_node *row, struct map_shape *ret);
bool map_find(const char *country, struct map_shape *ret);
/* How much goes there, and whether the country lies in the EEA. */
size_t map_flows_to(const struct report *r, const char *country, bool *ret_eea);
size_t map_countries(const struct report *r, const char *ret[MAP_COUNTRIES]);      /* that something goes to, each once */

#endif
