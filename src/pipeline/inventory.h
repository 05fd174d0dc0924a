/*
 * Asks a sensor which log files it has that reach into a window of time.
 */
#ifndef PIPELINE_INVENTORY_H
#define PIPELINE_INVENTORY_H

#include "pipeline/remote_target.h"
#include "wire/reply.h"

struct inventory;

struct inventory_options {
	int64_t from_us, to_us;
	bool checksums; /* reads the files whole */
	/* Each file; its texts are borrowed until it returns. */
	void (*on_file)(void *arg, const struct reply_file *f);
	/* The last call, after which it is no more; why is NULL: all files
	 * were told. */
	void (*on_end)(void *arg, const char *why);
	void *arg;
};

/* Never calls back before it has returned; the target is borrowed for as long
 * as ssh lives. NULL: out of memory. */
struct inventory *inventory_start(struct ssh *ssh,
    const struct remote_target *target, const struct inventory_options *o);
/* Without a call of on_end; NULL is allowed. */
void inventory_free(struct inventory *v);

#endif
