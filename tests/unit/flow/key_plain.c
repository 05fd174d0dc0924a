/*
 * The tests of the flow key once more, as on a machine without 128-bit
 * integers.
 */
#define KEY_PLAIN
#include "key.c"
