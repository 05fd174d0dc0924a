/*
 * Other allocators are left to decide what they keep.
 */
#include "sys/reuse.h"

void
reuse_memory(void)
{
}
