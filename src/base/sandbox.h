/* SPDX-License-Identifier: EUPL-1.2 */
/* Confinement of the processes that read other people's files. */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * From here on this process and its threads can read and write files and compute, but no more open a socket, run another
 * program, look into another process or change namespaces: such calls fail with EPERM. It cannot be undone; call it before
 * the first byte of input is read, and not when the command still has to talk to somebody.
 * 0: confined. 1: the kernel refused, the process is as it was and e says why; the caller tells the user and may go on.
 */
int sandbox_enter(struct err *e);
/* The same for a process that has children and may end them: kill is not refused. */
int sandbox_enter_parent(struct err *e);

/* The same, and of all files only those named (folders with what is below) can be opened, for reading alone. */
int sandbox_read_only(const char *const *paths, size_t count, struct err *e);

/*
 * For a process that needs nothing but what it has in memory and one open descriptor: no file can be opened, made or changed, no
 * process started, nobody signalled; memory bytes and processor seconds are bounded (0: not). Threads of its own may start.
 * 0: wholly confined. 1: some of it the kernel does not have, e says what; the rest holds.
 */
int sandbox_worker(uint64_t memory, uint64_t seconds, struct err *e);

#endif
