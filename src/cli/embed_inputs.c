/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * --embed-inputs: the audited files themselves, as one entry inputs.zip of the container. Off unless asked for, since exports hold what a report
 * masks. Read again after the audit and compared with the digests it took: what changed meanwhile is an error. Members of archives are in
 * their archive; files that the audit could not read are not in it, as the report says.
 */
#include "cli/scan_cmd.h"

#include "base/digest.h"
#include "base/io.h"
#include "base/limits.h"
#include "seal/zip.h"

#define FILES_MAX 65535      /* no ZIP64 */

static int read_one(struct arena *a, const char *root, const struct report_input *input, struct zip_item *ret, struct err *e)
{
	char digest[SHA256_HEX];

	ret->name = span_of(input->name);
	if (io_read(a, arena_printf(a, "%s/%s", root, input->name), LIMIT_FILE_BYTES, &ret->data, e))
		return -1;
	sha256_hex(ret->data, digest);
	return strcmp(digest, input->sha256) ? err_set(e, EXIT_INCOMPLETE, "'%.200s' changed while it was audited", input->name) : 0;
}

int embed_inputs(struct arena *a, const char *root, const struct report *r, date_t date, struct str *out, struct err *e)
{
	struct zip z = {.items = ARENA_ARRAY(a, struct zip_item, r->input_count + 1), .stamp = zip_stamp((int64_t)date * 86400)};

	if (r->input_count > FILES_MAX)
		return err_set(e, EXIT_USAGE, "cannot embed %zu files: the limit is %d", r->input_count, FILES_MAX);
	for (size_t i = 0; i < r->input_count; i++) {
		if (strchr(r->inputs[i].name, '!') || !r->inputs[i].sha256 || !*r->inputs[i].sha256 || strlen(r->inputs[i].name) > UINT16_MAX)
			continue;
		if (read_one(a, root, &r->inputs[i], &z.items[z.count++], e))
			return -1;
	}
	zip_write(out, &z);
	return str_failed(out) ? err_set(e, EXIT_USAGE, "cannot embed the audited files: they are larger than a container may be") : 0;
}
