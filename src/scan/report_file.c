/* SPDX-License-Identifier: EUPL-1.2 */
/* Opens a report wherever it lies; the model is report/load.c's work, the container's form seal's. */
#include "scan/report_file.h"

#include "base/io.h"
#include "base/limits.h"
#include "report/load.h"
#include "seal/seal.h"

static int from_container(struct arena *a, const char *path, struct span container, struct span *ret, struct err *e)
{
	struct seal_entry *entries;
	size_t count;

	if (container_entries(a, container, &entries, &count, e))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (!strcmp(entries[i].name, "report.json")) {
			*ret = entries[i].bytes;
			return 0;
		}
	return err_set(e, EXIT_USAGE, "%s: the container holds no report.json", path);
}

int report_file_bytes(struct arena *a, const char *path, struct span *ret, struct err *e)
{
	if (strcmp(path, "-") ? io_read(a, path, LIMIT_FILE_BYTES, ret, e) : io_read_stdin(a, LIMIT_FILE_BYTES, ret, e)) {
		e->code = EXIT_USAGE;      /* a wrong operand, not an incomplete audit */
		return -1;
	}
	return 0;
}

int report_file_parse(struct arena *a, const char *path, struct span bytes, struct report *ret, struct err *e)
{
	if (span_starts(bytes, "PK\003\004") && from_container(a, path, bytes, &bytes, e))
		return -1;
	return report_load(a, strcmp(path, "-") ? io_base(path) : "report.json", bytes, ret, e);
}

int report_file_load(struct arena *a, const char *path, struct report *ret, struct err *e)
{
	struct span bytes;

	return report_file_bytes(a, path, &bytes, e) || report_file_parse(a, path, bytes, ret, e) ? -1 : 0;
}
