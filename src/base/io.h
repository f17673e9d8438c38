/* SPDX-License-Identifier: EUPL-1.2 */
/* Files: read whole within a cap, written beside and renamed, so that nothing is ever half written. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include "base/arena.h"
#include "base/err.h"

#include <stdint.h>

/*
 * Reads a regular file into the arena, one NUL behind the last byte. FIFOs, devices and sockets are
 * refused without opening them for reading; more than max bytes is an error that names the limit.
 */
int io_read(struct arena *a, const char *path, uint64_t max, struct span *ret, struct err *e);
/* Standard input to its end, within max. */
int io_read_stdin(struct arena *a, uint64_t max, struct span *ret, struct err *e);

/*
 * Writes path.tmp.PID beside path, syncs it, renames it over path and syncs the folder.
 * On failure the old file is as it was and the temporary one is gone. "-" is standard output. What is there and no regular
 * file (a device, a pipe) is written to and stays what it is.
 */
int io_write(const char *path, struct span bytes, unsigned mode, struct err *e);
/*
 * The halves of io_write, for files that must appear together. io_stage writes and syncs path.tmp.OWNER, io_publish renames it over
 * path and syncs the folder: it may be called again, by another process too, and is then content with what it finds done. It returns 1
 * when neither the temporary file nor path is there.
 */
int io_stage(const char *path, long owner, struct span bytes, unsigned mode, struct err *e);
int io_publish(const char *path, long owner, struct err *e);
void io_unstage(const char *path, long owner);
/* Writes to a descriptor, going on after EINTR and short writes. */
int io_put(int fd, struct span bytes, struct err *e);
/* Behind the last '/' of a path. */
const char *io_base(const char *path);
/* Creates folders as mkdir -p does. */
int io_make_folders(const char *path, struct err *e);

#endif
