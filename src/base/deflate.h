/* SPDX-License-Identifier: EUPL-1.2 */
/* Compression (RFC 1950), for the streams of PDF files. */
#ifndef BASE_DEFLATE_H
#define BASE_DEFLATE_H

#include "base/str.h"

void deflate_put(struct str *out, struct span bytes);      /* appended to out; a failure sticks there */

#endif
