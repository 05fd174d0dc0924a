/*
 * Sensors elsewhere are asked about a window, all at once, on an event loop
 * that many asks share: a sensor that is slow holds up only those that are
 * compared with it.
 */
#ifndef PIPELINE_ASK_H
#define PIPELINE_ASK_H

#include "collect/collect.h"
#include "net/ssh.h"
#include "pipeline/remote_target.h"

struct ask;

/* All has been answered, or has failed; may free the ask. */
typedef void ask_done_fn(struct ask *a, void *arg);

/*
 * Begins; co->nsensors targets, borrowed for as long as ssh lives. Calls done,
 * if not NULL, once, from the loop; never before it has returned. A sensor
 * that fails is no failure: its state says so. NULL with d set: nothing could
 * be asked at all.
 */
struct ask *ask_start(struct ssh *ssh, const struct collect_options *co,
    const struct remote_target *const targets[], ask_done_fn *done, void *arg,
    struct diag *d);
/* Also one that is under way, without a call of done. */
void ask_free(struct ask *a);

/* After it is done; NULL with d set: out of memory. Borrowed. */
struct collect *ask_answers(struct ask *a, struct diag *d);

/* Of sensor i so far. */
struct ask_cost {
	uint64_t sent, received; /* bytes of frames */
	int64_t waited_us;       /* for its answers, by the system's clock */
};
struct ask_cost ask_cost(const struct ask *a, size_t i);

#endif
