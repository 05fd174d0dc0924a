/*
 * Expected output lies in files below tests/data, so that a person can read
 * it as it will be printed. GOLDEN_UPDATE=1 in the environment rewrites them.
 */
#ifndef UNIT_GOLDEN_H
#define UNIT_GOLDEN_H

#include "base/span.h"

/* Fails the test with the first line that differs. */
void golden_check(const char *file, struct span got);

#endif
