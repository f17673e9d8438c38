/* SPDX-License-Identifier: EUPL-1.2 */
/* A finished report from a file: report.json as -f json wrote it, or a sealed container that holds one. */
#ifndef SCAN_REPORT_FILE_H
#define SCAN_REPORT_FILE_H

#include "report/report.h"

/*
 * "-" is standard input. A container must pass form and digests (its signature is verify's affair). Call sandbox_enter before, where
 * the file may come from others.
 */
int report_file_load(struct arena *a, const char *path, struct report *ret, struct err *e);
/* Its halves, for a process that opens files and another that reads them. */
int report_file_bytes(struct arena *a, const char *path, struct span *ret, struct err *e);
int report_file_parse(struct arena *a, const char *path, struct span bytes, struct report *ret, struct err *e);

#endif
