/*
 * Memory of a bucket that was freed is wanted again by the next: it must not go
 * back to the system between the two, which would have to clear it anew.
 */
#ifndef SYS_REUSE_H
#define SYS_REUSE_H

/* Before the first thread. For programs that read logs and end. */
void reuse_memory(void);

#endif
