/*
 * Private to feeds.c, feeds_rows.c and feeds_services.c.
 */
#ifndef CROSSTAPD_FEEDS_STATE_H
#define CROSSTAPD_FEEDS_STATE_H

#include "crosstapd/feeds.h"

struct feeds_service {
	struct feed_status status; /* owned texts */
	uint64_t serial;           /* 0: nothing yet */
	const struct group *group; /* borrowed: the first that has it */
	size_t member;             /* of a sensor: which of the group */
};

struct feeds_one {
	struct feeds *all;
	struct feed feed;
	bool opened;
	bool busy;       /* until feed_sent() */
	bool testing;    /* what is under way is the test */
	uint64_t *given; /* owned: serials delivered, by service */
	/* Under way: services and their serials then. */
	size_t *flight;          /* owned */
	uint64_t *flight_serial; /* owned */
	size_t nflight;
	int64_t message; /* of the outbox */
	unsigned failures;
	int64_t next_us;           /* not before */
	int64_t since_us, last_us; /* of the trouble; of the last delivery */
	char trouble[256];         /* "": none */
	uint64_t delivered;
	struct store_batch batch; /* owned: of rows, under way */
	size_t rows;              /* of the last one that has arrived */
	uint64_t dropped;         /* buckets that were given up */
	bool knows_dropped;
	struct control_call *test; /* waits, or is answered by what is sent */
};

struct feeds {
	struct daemon *dm;             /* borrowed */
	struct feeds_service *service; /* owned */
	size_t nservices;
	struct feeds_one *one; /* owned */
	size_t n;
	struct store_listener *listener; /* owned: room for n */
	uint64_t serial;
	int64_t began_us, beat_us; /* the last beat; 0: none yet */
	size_t open;               /* incidents, when last looked */
	bool changed;
};

/* feeds.c: not before a while that doubles; what the store says. */
void feeds_put_off(struct feeds_one *o);
void feeds_store_said(
    const struct feeds_one *o, enum store_error e, const struct diag *d);

/* feeds_rows.c: whether it is a feed of rows; then, the next batch, and what
 * came of it. */
bool feeds_is_of_rows(const struct feeds_one *o);
void feeds_send_rows(struct feeds_one *o);
void feeds_rows_sent(struct feeds_one *o, bool ok);

/* feeds_services.c: the table of services. Which there are; the first is the
 * daemon's own. */
void feeds_lay_out(struct feeds *fs);
/* NULL: there is no such service. */
const struct feed_status *
feeds_find(const struct feeds *fs, enum feed_what what, const char *name);
/* Anew: those of a group and its sensors (NULL: all), and the daemon's own. */
void feeds_make(struct feeds *fs, const struct group *of);
void feeds_make_own(struct feeds *fs);
/* The daemon's own as one feed hears it, which is not told that it was down
 * itself: by then it is over. */
void feeds_own(const struct feeds *fs, const struct feeds_one *except,
    struct feed_status *made);

#endif
