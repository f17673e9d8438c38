/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Compound files of Microsoft (MS-CFB): what an office file becomes under a password, and what it was before 2007. Neither is read;
 * the reader's work is to say which it is and what to ask for.
 */
#include "read/unpack.h"

/* Names of streams are in UTF-16. */
static bool has_stream(struct span bytes, const char *name)
{
	char wide[64];
	size_t n = 0;

	for (; *name && n + 2 <= sizeof wide; name++) {
		wide[n++] = *name;
		wide[n++] = '\0';
	}
	return span_find(bytes, (struct span){wide, n}) != NULL;
}

static void ole_unpack(struct unpacking *u, struct doc *d)
{
	(void)u;
	d->status = DOC_UNREADABLE;
	if (has_stream(d->bytes, "EncryptedPackage") || has_stream(d->bytes, "EncryptionInfo"))
		d->reason = "an encrypted office document: to be handed over without its password";
	else if (has_stream(d->bytes, "Workbook") || has_stream(d->bytes, "Book"))
		d->reason = "an old binary workbook (.xls): to be saved as .xlsx";
	else if (has_stream(d->bytes, "WordDocument"))
		d->reason = "an old binary document (.doc): to be saved as .docx";
	else
		d->reason = "a compound file (.xls, .doc, .msg and others) that is not read";
}

static int ole_bid(struct span name, struct span bytes)
{
	(void)name;
	return span_starts(bytes, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") ? 95 : 0;
}

const struct format format_ole = {
	.name = "ole",
	.help = "encrypted or pre-2007 office documents: named with the reason, not read",
	.bid = ole_bid,
	.unpack = ole_unpack,
};
