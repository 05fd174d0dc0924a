/*
 * A feed tells somebody: Nagios, Icinga 2, a webhook, ClickHouse. Its kind is a
 * table of functions that send and never block; what is sent, when, and again
 * after a failure, is decided by the daemon (crosstapd/feeds.h).
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "feed/status.h"
#include "net/loop.h"
#include "store/journal.h"
#include "sys/config.h"

struct feed;
struct ssh;

enum feed_takes {
	FEED_STATES, /* the newest state of each service */
	FEED_EVENTS, /* each change of an incident, in order */
	FEED_ROWS    /* what the store holds */
};

struct feed_kind {
	const char *name; /* the word of the configuration */
	enum feed_takes takes;
	/* False with d set: it is tried again before each sending. May be
	 * NULL, as close. */
	bool (*open)(struct feed *f, struct diag *d);
	/* Breaks off what is under way, without a feed_sent(). */
	void (*close)(struct feed *f);
	/* Each begins, and ends in one feed_sent(), at once or later. What is
	 * given is borrowed until it returns. n > 0. */
	void (*send_states)(
	    struct feed *f, const struct feed_status *const s[], size_t n);
	void (*send_event)(struct feed *f, struct span json);
	/* The batch is borrowed until feed_sent(). NULL: a test. */
	void (*send_rows)(struct feed *f, const struct store_batch *b);
};

struct feed {
	const struct config_feed *config; /* borrowed, as below */
	const struct feed_kind *kind;
	struct loop *loop;
	struct ssh *ssh;              /* for net/child.h */
	int64_t (*now_us)(void *arg); /* the daemon's clock */
	void (*sent)(
	    struct feed *f, size_t delivered, const struct diag *d, void *arg);
	void *arg;      /* of both */
	bool refused;   /* set by feed_refused(), for sent() to take back */
	void *state;    /* the kind's own, from open to close */
	char said[192]; /* by the receiver, of itself; "": nothing */
};

/* delivered: how many of the states, from the first on, or 1 for an event, a
 * batch or a test;
 * what is left is given again, newest states only. d: why not all; NULL: all
 * is well. */
void feed_sent(struct feed *f, size_t delivered, const struct diag *d);
/* In its place: the event would be refused again, and is given up aloud. */
void feed_refused(struct feed *f, const struct diag *d);

/* NULL: this build has it not. */
const struct feed_kind *feed_kind(enum config_feed_kind k);

/* What Nagios and Icinga call a service. The host is borrowed from f or s. */
struct feed_service {
	const char *host;
	char service[96];
};
struct feed_service
feed_service(const struct feed *f, const struct feed_status *s);

#endif
