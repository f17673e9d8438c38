/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Objects of a PDF file (ISO 32000-1), version 1.7, with a classical cross-reference table: the plainest form there is, since a signature
 * is later appended to it as an update, and an auditor may read it with a text editor. Nothing here knows what is in the objects.
 */
#include "report/pdf.h"

#include "base/deflate.h"
#include "base/digest.h"
#include "base/utf8.h"

void pdf_begin_file(struct pdf_file *f, struct str *out, struct arena *a)
{
	*f = (struct pdf_file){.out = out, .arena = a};
	/* four bytes above 127 tell programs that carry files that this one is binary */
	str_text(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
}

size_t pdf_reserve(struct pdf_file *f)
{
	*ARENA_PUSH(f->arena, f->offsets, f->count) = 0;
	return f->count;
}

void pdf_begin(struct pdf_file *f, size_t number)
{
	f->offsets[number - 1] = f->out->n;
	str_printf(f->out, "%zu 0 obj\n", number);
}

void pdf_end(struct pdf_file *f)
{
	str_text(f->out, "\nendobj\n");
}

static void put_stream(struct pdf_file *f, size_t number, const char *extra, struct span bytes)
{
	pdf_begin(f, number);
	str_printf(f->out, "<</Length %zu%s>>\nstream\n", bytes.n, extra);
	str_span(f->out, bytes);
	str_text(f->out, "\nendstream");
	pdf_end(f);
}

void pdf_stream_plain(struct pdf_file *f, size_t number, const char *extra, struct span bytes)
{
	put_stream(f, number, extra, bytes);
}

void pdf_stream(struct pdf_file *f, size_t number, const char *extra, struct span bytes)
{
	struct str packed = STR_INIT(f->out->max), entries = STR_INIT(1024);

	deflate_put(&packed, bytes);
	str_printf(&entries, "/Filter/FlateDecode%s", extra);
	put_stream(f, number, str_get(&entries).p, str_get(&packed));
	str_free(&packed);
	str_free(&entries);
}

/* The identifier of the file is the digest of what stands before it: no clock, no chance. */
void pdf_finish(struct pdf_file *f, size_t root, size_t info)
{
	size_t start = f->out->n;
	char id[SHA256_HEX];

	str_printf(f->out, "xref\n0 %zu\n0000000000 65535 f \n", f->count + 1);
	for (size_t i = 0; i < f->count; i++)
		str_printf(f->out, "%010zu 00000 n \n", f->offsets[i]);
	sha256_hex(str_get(f->out), id);
	str_printf(f->out, "trailer\n<</Size %zu/Root %zu 0 R/Info %zu 0 R/ID[<%.32s><%.32s>]>>\nstartxref\n%zu\n%%%%EOF\n", f->count + 1, root,
		   info, id, id, start);
}

/* ------------------------------------------------------------------ values */

void pdf_put_text(struct str *out, const char *words)
{
	struct span s = span_of(words);

	str_text(out, "<FEFF");
	for (size_t at = 0; at < s.n;) {
		unsigned code;
		size_t n = utf8_decode(span_cut(s, at, s.n), &code);

		if (!n)
			code = 0xfffd;
		if (code < 0x10000)
			str_printf(out, "%04X", code);
		else
			str_printf(out, "%04X%04X", 0xd7c0 + (code >> 10), 0xdc00 | (code & 0x3ff));
		at += n ? n : 1;
	}
	str_char(out, '>');
}

void pdf_put_length(struct str *out, int mpt)
{
	unsigned value = mpt < 0 ? 0u - (unsigned)mpt : (unsigned)mpt;

	str_printf(out, "%s%u", mpt < 0 ? "-" : "", value / POINT);
	if (value % POINT)
		str_printf(out, ".%03u", value % POINT);
}

void pdf_put_uri(struct str *out, const char *url)
{
	str_char(out, '(');
	for (const unsigned char *p = (const unsigned char *)url; *p; p++) {
		if (*p <= ' ' || *p >= 127 || strchr("()\\<>\"", *p))
			str_printf(out, "%%%02X", *p);
		else
			str_char(out, (char)*p);
	}
	str_char(out, ')');
}
