/*
 * glibc gives back what is free at the end of a heap from 128 KB on.
 */
#include <malloc.h>
#include "sys/reuse.h"

#define REUSE_TRIM_BYTES (64 << 20)
#define REUSE_MAP_BYTES (32 << 20) /* the most that glibc takes */

void
reuse_memory(void)
{
	(void)mallopt(M_TRIM_THRESHOLD, REUSE_TRIM_BYTES);
	(void)mallopt(M_MMAP_THRESHOLD, REUSE_MAP_BYTES);
}
