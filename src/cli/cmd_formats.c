/* SPDX-License-Identifier: EUPL-1.2 */
/* scelle formats: the formats that --format and `format:` in a rule can name. */
#include "cli/cli.h"

#include "read/read.h"

#include <stdio.h>

extern const struct command command_formats;

static int formats_run(int argc, char **argv)
{
	static const struct option_row rows[] = {{0}};
	struct err e = {0};
	int operands;
	bool done;

	if (options_parse(&command_formats, rows, argc, argv, &operands, &done, &e))
		return complain(&e);
	if (done)
		return (int)finish(EXIT_CLEAN);
	if (operands) {
		err_set(&e, EXIT_USAGE, "'formats' takes no operand");
		return complain(&e);
	}
	for (size_t i = 0; formats[i]; i++)
		printf("%-11s %s\n", formats[i]->name, formats[i]->help);
	return (int)finish(EXIT_CLEAN);
}

const struct command command_formats = {
	.name = "formats",
	.usage = "formats",
	.help_en = "list the formats that are read",
	.help_fr = "lister les formats lus",
	.run = formats_run,
};
