/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the file says of itself: catalog, information dictionary, the same as XMP (ISO 16684-1) with the claims of PDF/A-2a and PDF/UA-1,
 * and the colour profile that PDF/A asks for, made here since it is a few numbers (sRGB primaries, gamma 2.2; ICC.1:2001-04).
 */
#include "report/pdf_doc.h"

#include "base/utf8.h"

#define MAX_TITLE 8192          /* bytes of a title made safe */

/* ------------------------------------------------------------------ colour profile */

static void put_u32(struct str *out, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		str_char(out, (char)(value >> shift & 255));
}

static void put_xyz(struct str *out, uint32_t x, uint32_t y, uint32_t z)
{
	str_text(out, "XYZ ");
	put_u32(out, 0);
	put_u32(out, x);
	put_u32(out, y);
	put_u32(out, z);
}

static void put_curve(struct str *out)
{
	str_text(out, "curv");
	put_u32(out, 0);
	put_u32(out, 1);
	str_put(out, "\x02\x33\0\0", 4);      /* 2.2 as u8Fixed8, padded */
}

static void put_profile_name(struct str *out)
{
	static const char name[] = "sRGB, gamma 2.2";

	str_text(out, "desc");
	put_u32(out, 0);
	put_u32(out, sizeof name);
	str_put(out, name, sizeof name);
	for (size_t i = 0; i < 4 + 4 + 2 + 1 + 67; i++)      /* no Unicode and no Macintosh name */
		str_char(out, 0);
}

#define PROFILE_TAGS 9
#define PROFILE_HEAD (128 + 4 + 12 * PROFILE_TAGS)

/* Tags with their bytes behind each other; the three curves are one. Numbers are s15Fixed16, adapted to the white of D50. */
static void put_tags(struct str *table, struct str *bytes)
{
	static const struct { const char *name; uint32_t xyz[3]; } points[] = {
		{"wtpt", {0xf6d6, 0x10000, 0xd32d}}, {"rXYZ", {0x6fa2, 0x38f5, 0x0390}},
		{"gXYZ", {0x6299, 0xb785, 0x18da}}, {"bXYZ", {0x24a0, 0x0f84, 0xb6cf}},
	};
	static const char *const curves[] = {"rTRC", "gTRC", "bTRC"};
	size_t start = bytes->n;

	put_profile_name(bytes);
	while (bytes->n % 4)
		str_char(bytes, 0);
	str_text(table, "desc");
	put_u32(table, (uint32_t)(PROFILE_HEAD + start));
	put_u32(table, (uint32_t)(bytes->n - start));
	start = bytes->n;
	str_put(bytes, "text\0\0\0\0no rights reserved\0\0", 28);
	str_text(table, "cprt");
	put_u32(table, (uint32_t)(PROFILE_HEAD + start));
	put_u32(table, 27);
	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		str_text(table, points[i].name);
		put_u32(table, (uint32_t)(PROFILE_HEAD + bytes->n));
		put_u32(table, 20);
		put_xyz(bytes, points[i].xyz[0], points[i].xyz[1], points[i].xyz[2]);
	}
	for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
		str_text(table, curves[i]);
		put_u32(table, (uint32_t)(PROFILE_HEAD + bytes->n));
		put_u32(table, 14);
	}
	put_curve(bytes);
}

static void put_profile(struct str *out)
{
	struct str table = STR_INIT(4096), bytes = STR_INIT(4096);

	put_tags(&table, &bytes);
	put_u32(out, (uint32_t)(PROFILE_HEAD + bytes.n));
	put_u32(out, 0);
	put_u32(out, 0x02100000);
	str_text(out, "mntrRGB XYZ ");
	str_put(out, "\x07\xd0\0\1\0\1\0\0\0\0\0\0", 12);      /* 2000-01-01: made of constants, not on a day */
	str_text(out, "acsp");
	for (size_t i = 0; i < 28; i++)
		str_char(out, 0);
	put_u32(out, 0xf6d6);
	put_u32(out, 0x10000);
	put_u32(out, 0xd32d);
	for (size_t i = 0; i < 48; i++)
		str_char(out, 0);
	put_u32(out, PROFILE_TAGS);
	str_span(out, str_get(&table));
	str_span(out, str_get(&bytes));
	str_free(&table);
	str_free(&bytes);
}

/* ------------------------------------------------------------------ XMP */

static void put_xml(struct str *out, const char *words)
{
	struct str safe_words = STR_INIT(MAX_TITLE);

	utf8_safe(&safe_words, span_of(words));
	for (const char *p = str_get(&safe_words).p; p && *p; p++) {
		if (*p == '&')
			str_text(out, "&amp;");
		else if (*p == '<')
			str_text(out, "&lt;");
		else if (*p == '>')
			str_text(out, "&gt;");
		else
			str_char(out, *p);
	}
	str_free(&safe_words);
}

static const char xmp_head[] =
	"<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
	"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n<rdf:Description rdf:about=\"\""
	" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\""
	" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\""
	" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\""
	" xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\n"
	"<pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>A</pdfaid:conformance>\n<pdfuaid:part>1</pdfuaid:part>\n";

/* PDF/A wants every property of a foreign schema described: here the one of PDF/UA. */
static const char xmp_tail[] =
	"<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
	"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
	"<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>part</pdfaProperty:name>"
	"<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>"
	"<pdfaProperty:description>part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>"
	"</pdfaExtension:schemas>\n</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>";

struct facts {
	const char *title, *author, *tool, *date;      /* author NULL: none */
};

static void put_xmp(struct str *out, const struct pdf *d, const struct facts *f)
{
	str_text(out, xmp_head);
	str_text(out, "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
	put_xml(out, f->title);
	str_printf(out, "</rdf:li></rdf:Alt></dc:title>\n<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>\n", lang_code(d->lang));
	if (f->author) {
		str_text(out, "<dc:creator><rdf:Seq><rdf:li>");
		put_xml(out, f->author);
		str_text(out, "</rdf:li></rdf:Seq></dc:creator>\n");
	}
	str_printf(out, "<xmp:CreatorTool>%s</xmp:CreatorTool>\n<pdf:Producer>%s</pdf:Producer>\n<xmp:CreateDate>%sT00:00:00Z</xmp:CreateDate>\n"
			"<xmp:ModifyDate>%sT00:00:00Z</xmp:ModifyDate>\n", f->tool, f->tool, f->date, f->date);
	str_text(out, xmp_tail);
}

/* ------------------------------------------------------------------ information dictionary, catalog */

static const char *made_safe(struct pdf *d, const char *words)
{
	struct str out = STR_INIT(MAX_TITLE);
	const char *copy;

	utf8_safe(&out, span_of(words));
	copy = arena_str(d->arena, out.p ? out.p : "");
	str_free(&out);
	return copy;
}

static void put_entry(struct str *out, const char *name, const char *words)
{
	str_printf(out, "/%s", name);
	pdf_put_text(out, words);
}

static void write_info(struct pdf *d, size_t number, const struct facts *f)
{
	struct str *out = d->file.out;

	pdf_begin(&d->file, number);
	str_text(out, "<<");
	put_entry(out, "Title", f->title);
	if (f->author)
		put_entry(out, "Author", f->author);
	put_entry(out, "Creator", f->tool);
	put_entry(out, "Producer", f->tool);
	str_printf(out, "/CreationDate(D:%.4s%.2s%.2s000000Z)/ModDate(D:%.4s%.2s%.2s000000Z)>>", f->date, f->date + 5, f->date + 8, f->date, f->date + 5,
		   f->date + 8);
	pdf_end(&d->file);
}

void doc_write_meta(struct pdf *d, const struct doc_meta *m)
{
	const struct report *r = d->report;
	const char *title = text(r->facility ? TEXT_TITLE_AUDIT : TEXT_TITLE_CHECK, d->lang);
	const struct facts f = {
		.title = made_safe(d, r->facility ? arena_printf(d->arena, "%s%s %.500s, %s", title, d->lang == LANG_FR ? " :" : ":", r->facility, r->date) : arena_printf(d->arena, "%s, %s", title, r->date)),
		.author = r->facility ? made_safe(d, arena_printf(d->arena, "%.500s", r->facility)) : NULL, .tool = arena_printf(d->arena, "scelle %s", r->tool_version),
		.date = r->date};
	size_t metadata = pdf_reserve(&d->file), profile = pdf_reserve(&d->file);
	struct str bytes = STR_INIT(64 * 1024);

	put_xmp(&bytes, d, &f);
	pdf_stream_plain(&d->file, metadata, "/Type/Metadata/Subtype/XML", str_get(&bytes));
	str_clear(&bytes);
	put_profile(&bytes);
	pdf_stream(&d->file, profile, "/N 3", str_get(&bytes));
	str_free(&bytes);
	write_info(d, m->info, &f);
	pdf_begin(&d->file, m->catalog);
	str_printf(d->file.out, "<</Type/Catalog/Version/1.7/Pages %zu 0 R/StructTreeRoot %zu 0 R/MarkInfo<</Marked true>>/Lang(%s)/Metadata %zu 0 R"
				"/ViewerPreferences<</DisplayDocTitle true>>/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)"
				"/Info(sRGB)/DestOutputProfile %zu 0 R>>]", m->pages, m->tree, lang_code(d->lang), metadata, profile);
	if (d->outline_count)
		str_printf(d->file.out, "/Outlines %zu 0 R/PageMode/UseOutlines", m->outline);
	str_text(d->file.out, ">>");
	pdf_end(&d->file);
}
