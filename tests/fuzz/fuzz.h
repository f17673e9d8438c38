/* SPDX-License-Identifier: EUPL-1.2 */
/* The one function that libFuzzer and drive.c call. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#endif
