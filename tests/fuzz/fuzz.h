/*
 * What the fuzz targets and the program that replays their seeds share: one
 * function, which libFuzzer or replay.c calls with bytes from outside.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/base.h"

/* Returns 0; a wrong answer traps. data is exactly size bytes, borrowed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
