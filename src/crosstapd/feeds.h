/*
 * The feeds of the configuration: what each of them is given, and when. States
 * are kept in a table, one row a service, so that a feed that was down gets
 * the newest of each and no history; events lie in the outbox of the store
 * until they are delivered. A feed that fails is tried again, later and later,
 * and never holds up a comparison.
 */
#ifndef CROSSTAPD_FEEDS_H
#define CROSSTAPD_FEEDS_H

#include "crosstapd/daemon.h"
#include "feed/feed.h"
#include "store/roster.h"

/* Each service is told at least so often. */
#define FEEDS_BEAT_US (60 * US_PER_S)
/* After a failure; doubles up to the maximum. */
#define FEEDS_RETRY_US (5 * US_PER_S)
#define FEEDS_MAX_RETRY_US (300 * US_PER_S)
/* After a part of the states was delivered. */
#define FEEDS_GO_ON_US US_PER_S

struct feeds;

/* For the groups of the daemon, which it borrows. NULL: out of memory. */
struct feeds *feeds_new(struct daemon *dm);
/* Breaks off what is under way. */
void feeds_free(struct feeds *fs);

/* A comparison of the group was kept: makes its services anew. */
void feeds_compared(struct feeds *fs, const struct group *g);
/* Something else that the daemon's own service tells has changed. */
void feeds_changed(struct feeds *fs);

/* Sends what is due; when to look again. */
int64_t feeds_turn(struct feeds *fs);
/* Something is under way. */
bool feeds_busy(const struct feeds *fs);

/* A harmless result to one feed; answers the call when it is known what came
 * of it. */
void feeds_test(struct feeds *fs, const char *name, struct control_call *call);

/* The newest status of a service: for check_crosstap. NULL: there is none. */
const struct feed_status *
feeds_status(struct feeds *fs, enum feed_what what, const char *name);

/* From now on the store has messages for the feeds of events in its outbox;
 * until the next call, of these or of other feeds. */
void feeds_listen(struct feeds *fs);

/* From now on the store has a journal for the feeds of rows of the
 * configuration; before anything is written to the store. */
bool feeds_journal(struct daemon *dm, struct diag *d) MUSTCHECK;
/* The store was pruned: says what feeds of rows will never get. */
void feeds_pruned(struct feeds *fs);

/* How a feed fares. */
struct feeds_health {
	const char *name; /* borrowed */
	bool ok;
	uint64_t delivered;
	bool has_outbox; /* it takes events or rows */
	struct store_outbox outbox;
};
/* Feed by feed; at: 0 at first. False: that was all. */
bool feeds_next(const struct feeds *fs, size_t *at, struct feeds_health *out);

void feeds_text(const struct feeds *fs, struct buf *out);
void feeds_json(const struct feeds *fs, struct buf *out);

#endif
