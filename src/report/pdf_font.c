/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Fonts of the PDF report (the only file that includes HarfBuzz): which glyphs spell a text, how wide they are, and in the end the part
 * of each font that was used. The fonts are carried in the program, so that the same report gives the same file on any machine.
 * Ligatures are off: a glyph then stands for its letters alone, and what is copied out of the file is what was written. Text from right
 * to left is shaped run by run; a whole line is never reordered.
 */
#include "report/pdf.h"

#include "base/embed.h"

#include <hb-subset.h>
#include <hb.h>

#define EM 1000                 /* widths are thousandths of the font size, as PDF has them */
#define LETTERS_MAX 4           /* code points that a glyph stands for */

extern const struct embedded font_files[];

static const struct { const char *file, *name; int flags, stem; } faces[FONTS] = {
	[FONT_SANS] = {"liberation/LiberationSans-Regular.ttf", "LiberationSans", 32, 80},
	[FONT_BOLD] = {"liberation/LiberationSans-Bold.ttf", "LiberationSans-Bold", 32, 140},
	[FONT_MONO] = {"liberation/LiberationMono-Regular.ttf", "LiberationMono", 33, 80},
	[FONT_WIDE] = {"dejavu/DejaVuSans.ttf", "DejaVuSans", 32, 80},
};

struct face {
	hb_face_t *face;
	hb_font_t *font;
	hb_set_t *used;
	uint32_t (*letters)[LETTERS_MAX];      /* by glyph; first 0: none yet */
	unsigned glyph_count;
};

struct fonts {
	struct arena *arena;
	struct face faces[FONTS];
	hb_buffer_t *buffer;
};

static void fonts_free(void *what)
{
	struct fonts *f = what;

	for (size_t i = 0; i < FONTS; i++) {
		hb_set_destroy(f->faces[i].used);
		hb_font_destroy(f->faces[i].font);
		hb_face_destroy(f->faces[i].face);
	}
	hb_buffer_destroy(f->buffer);
}

static struct span font_bytes(const char *file)
{
	for (const struct embedded *e = font_files; e->name; e++)
		if (!strcmp(e->name, file))
			return (struct span){(const char *)e->bytes, e->size};
	return (struct span){"", 0};
}

struct fonts *fonts_new(struct arena *a)
{
	struct fonts *f = ARENA_NEW(a, struct fonts);

	f->arena = a;
	f->buffer = hb_buffer_create();
	arena_at_end(a, fonts_free, f);
	for (size_t i = 0; i < FONTS; i++) {
		struct span bytes = font_bytes(faces[i].file);
		hb_blob_t *blob = hb_blob_create(bytes.p, (unsigned)bytes.n, HB_MEMORY_MODE_READONLY, NULL, NULL);
		struct face *face = &f->faces[i];

		face->face = hb_face_create(blob, 0);
		hb_blob_destroy(blob);
		face->font = hb_font_create(face->face);
		hb_font_set_scale(face->font, EM, EM);
		face->used = hb_set_create();
		face->glyph_count = hb_face_get_glyph_count(face->face);
		face->letters = arena_alloc_array(a, (size_t)face->glyph_count + 1, sizeof *face->letters);
	}
	return f;
}

bool font_has(const struct fonts *f, enum font font, unsigned code)
{
	hb_codepoint_t glyph;

	return hb_font_get_nominal_glyph(f->faces[font].font, code, &glyph);
}

int font_width(struct fonts *f, enum font font, uint16_t glyph)
{
	return hb_font_get_glyph_h_advance(f->faces[font].font, glyph);
}

/* ------------------------------------------------------------------ shaping */

/* The letters of a cluster belong to its first glyph; further glyphs of it stand for a blank without width. */
static void keep_letters(struct face *face, const hb_glyph_info_t *infos, unsigned at, unsigned count, const unsigned *codes, size_t code_count)
{
	uint32_t *letters = face->letters[infos[at].codepoint], cluster = infos[at].cluster;
	bool first = !at || infos[at - 1].cluster != cluster;
	size_t end = code_count, n = 0;

	if (letters[0])
		return;
	for (unsigned i = 0; i < count; i++)
		if (infos[i].cluster > cluster && infos[i].cluster < end)
			end = infos[i].cluster;
	if (!first)
		letters[n++] = 0x200b;
	for (size_t i = cluster; first && i < end && n < LETTERS_MAX; i++)
		letters[n++] = codes[i];
}

void font_shape(struct fonts *f, struct arena *a, enum font font, const unsigned *codes, size_t count, size_t base, struct glyph **glyphs, size_t *glyph_count)
{
	static const char *const off[] = {"-liga", "-clig", "-dlig", "-calt"};
	hb_feature_t features[sizeof off / sizeof *off];
	struct face *face = &f->faces[font];
	const hb_glyph_position_t *positions;
	const hb_glyph_info_t *infos;
	unsigned n;

	for (size_t i = 0; i < sizeof off / sizeof *off; i++)
		hb_feature_from_string(off[i], -1, &features[i]);
	hb_buffer_clear_contents(f->buffer);
	hb_buffer_add_utf32(f->buffer, codes, (int)count, 0, (int)count);
	hb_buffer_guess_segment_properties(f->buffer);
	hb_shape(face->font, f->buffer, features, sizeof off / sizeof *off);
	infos = hb_buffer_get_glyph_infos(f->buffer, &n);
	positions = hb_buffer_get_glyph_positions(f->buffer, NULL);
	for (unsigned i = 0; i < n; i++) {
		keep_letters(face, infos, i, n, codes, count);
		hb_set_add(face->used, infos[i].codepoint);
		*ARENA_PUSH(a, *glyphs, *glyph_count) = (struct glyph){
			.id = (uint16_t)infos[i].codepoint, .font = (uint8_t)font, .cluster = (uint32_t)(base + infos[i].cluster),
			.advance = positions[i].x_advance, .x = positions[i].x_offset, .y = positions[i].y_offset};
	}
}

/* ------------------------------------------------------------------ the file's objects */

/* Glyphs keep their numbers, so that the pages could be written before the font. */
static struct span subset(struct fonts *f, struct face *face)
{
	hb_subset_input_t *input = hb_subset_input_create_or_fail();
	hb_face_t *part;
	hb_blob_t *blob;
	struct span bytes;
	unsigned n;
	const char *p;

	if (!input)
		arena_exhausted();
	hb_set_union(hb_subset_input_glyph_set(input), face->used);
	hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_RETAIN_GIDS | HB_SUBSET_FLAGS_NO_HINTING);
	part = hb_subset_or_fail(face->face, input);
	hb_subset_input_destroy(input);
	if (!part)
		arena_exhausted();
	blob = hb_face_reference_blob(part);
	p = hb_blob_get_data(blob, &n);
	bytes = arena_span(f->arena, (struct span){p, n});
	hb_blob_destroy(blob);
	hb_face_destroy(part);
	return bytes;
}

static void put_widths(struct face *face, struct str *out)
{
	hb_codepoint_t first = HB_SET_VALUE_INVALID, last = HB_SET_VALUE_INVALID;

	str_text(out, "/W[");
	while (hb_set_next_range(face->used, &first, &last)) {
		str_printf(out, "%u[", first);
		for (hb_codepoint_t g = first; g <= last; g++)
			str_printf(out, "%s%d", g > first ? " " : "", hb_font_get_glyph_h_advance(face->font, g));
		str_text(out, "]");
	}
	str_text(out, "]");
}

static void put_letters(struct str *out, const uint32_t letters[LETTERS_MAX])
{
	for (size_t i = 0; i < LETTERS_MAX && (letters[i] || !i); i++) {
		uint32_t code = letters[i] ? letters[i] : 0x200b;

		if (code < 0x10000)
			str_printf(out, "%04X", code);
		else
			str_printf(out, "%04X%04X", 0xd7c0 + (code >> 10), 0xdc00 | (code & 0x3ff));
	}
}

#define MAPPED_AT_ONCE 100      /* entries of a bfchar section */

/* What each glyph stands for, so that text can be searched and copied. */
static void put_to_unicode(struct face *face, struct str *out)
{
	hb_codepoint_t glyph = HB_SET_VALUE_INVALID;
	unsigned left = hb_set_get_population(face->used), in_section = 0;

	str_text(out, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
		      "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n");
	while (hb_set_next(face->used, &glyph)) {
		if (!in_section) {
			in_section = left < MAPPED_AT_ONCE ? left : MAPPED_AT_ONCE;
			left -= in_section;
			str_printf(out, "%u beginbfchar\n", in_section);
		}
		str_printf(out, "<%04X><", glyph);
		put_letters(out, face->letters[glyph]);
		str_text(out, ">\n");
		if (!--in_section)
			str_text(out, "endbfchar\n");
	}
	str_text(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

static void put_descriptor(struct fonts *f, enum font font, struct pdf_file *file, const char *name, size_t descriptor, size_t program)
{
	struct face *face = &f->faces[font];
	hb_font_extents_t extents;
	struct span bytes = subset(f, face);
	char length[64];

	hb_font_get_h_extents(face->font, &extents);
	pdf_begin(file, descriptor);
	str_printf(file->out, "<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[-1100 -800 2600 1400]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight 700"
			      "/StemV %d/FontFile2 %zu 0 R>>", name, faces[font].flags, extents.ascender, extents.descender, faces[font].stem, program);
	pdf_end(file);
	snprintf(length, sizeof length, "/Length1 %zu", bytes.n);
	pdf_stream(file, program, length, bytes);
}

static size_t write_font(struct fonts *f, enum font font, struct pdf_file *file)
{
	struct face *face = &f->faces[font];
	size_t whole = pdf_reserve(file), inner = pdf_reserve(file), descriptor = pdf_reserve(file), program = pdf_reserve(file), unicode = pdf_reserve(file);
	struct str text = STR_INIT(16 * 1024 * 1024);
	char name[64];

	/* six letters mark a subset (9.6.4); which ones is free */
	snprintf(name, sizeof name, "SCELL%c+%s", 'A' + (int)font, faces[font].name);
	pdf_begin(file, whole);
	str_printf(file->out, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%zu 0 R]/ToUnicode %zu 0 R>>", name, inner, unicode);
	pdf_end(file);
	put_widths(face, &text);
	pdf_begin(file, inner);
	str_printf(file->out, "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
			      "/FontDescriptor %zu 0 R/CIDToGIDMap/Identity/DW 0", name, descriptor);
	str_span(file->out, str_get(&text));
	str_text(file->out, ">>");
	pdf_end(file);
	put_descriptor(f, font, file, name, descriptor, program);
	str_clear(&text);
	put_to_unicode(face, &text);
	pdf_stream(file, unicode, "", str_get(&text));
	str_free(&text);
	return whole;
}

void fonts_write(struct fonts *f, struct pdf_file *file, struct str *resources)
{
	for (size_t i = 0; i < FONTS; i++)
		if (!hb_set_is_empty(f->faces[i].used))
			str_printf(resources, "/F%zu %zu 0 R", i, write_font(f, (enum font)i, file));
}
