/* SPDX-License-Identifier: EUPL-1.2 */
/* Confinement of the process that reads other people's files. */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include "base/err.h"

/*
 * From here on this process and its threads can read and write files and compute, but no more open a socket, run another
 * program, look into another process or change namespaces: such calls fail with EPERM. It cannot be undone; call it before
 * the first byte of input is read, and not when the command still has to talk to somebody.
 * 0: confined. 1: the kernel refused, the process is as it was and e says why; the caller tells the user and may go on.
 */
int sandbox_enter(struct err *e);

#endif
