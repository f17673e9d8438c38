/* SPDX-License-Identifier: EUPL-1.2 */
/* The note is found in memory, through the program headers: no file is opened for it. */
#include "scan/build_id.h"

#include <elf.h>
#include <link.h>

/* Notes follow each other: three numbers, a name and a content, each padded to four bytes. */
static struct span note_in(const char *at, size_t n)
{
	ElfW(Nhdr) note;

	while (n >= sizeof note) {
		size_t name, content;

		memcpy(&note, at, sizeof note);
		name = (note.n_namesz + 3U) & ~(size_t)3;
		content = (note.n_descsz + 3U) & ~(size_t)3;
		if (name > n - sizeof note || content > n - sizeof note - name)
			break;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && !memcmp(at + sizeof note, "GNU", 4))
			return (struct span){at + sizeof note + name, note.n_descsz};
		at += sizeof note + name + content;
		n -= sizeof note + name + content;
	}
	return SPAN("");
}

/* The first object is the program itself: returning 1 ends the walk there. */
static int look(struct dl_phdr_info *info, size_t size, void *ret)
{
	struct span *found = ret;

	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum && !found->n; i++)
		if (info->dlpi_phdr[i].p_type == PT_NOTE)
			*found = note_in((const char *)(uintptr_t)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr), info->dlpi_phdr[i].p_memsz);
	return 1;
}

struct span build_id(void)
{
	struct span found = SPAN("");

	dl_iterate_phdr(look, &found);
	return found;
}
