/*
 * A message of the outbox (doc/feeds.md) as feeds that write texts of their
 * own take it, and the words that they have in common. Pure.
 */
#ifndef FEED_EVENT_H
#define FEED_EVENT_H

#include "base/buf.h"
#include "base/diag.h"

/* Texts are UTF-8 without control characters, cut to their fields; "" and 0
 * where there is none. */
struct feed_event {
	char id[64], event[24], who[64], text[512];
	int64_t at_us;
	int64_t incident; /* its number; 0: it is about none */
	char state[16], severity[16], group[64], sensor[256], peer[64];
	char rule[48], facet[32], value[192];
	char acknowledged_by[64], comment[512], summary[512];
	int64_t from_us, to_us; /* to 0: it goes on */
};

/* False with d set: it is no message. */
bool feed_event_parse(
    struct span json, struct feed_event *out, struct diag *d) MUSTCHECK;

/* "CRITICAL: worker-frozen at ext2 (outside, incident 1)": fits a subject. */
void feed_event_title(const struct feed_event *e, struct buf *out);

/* RFC 5424 with the elements of crosstap@32473; host and pid are of this
 * daemon. At most FEED_MAX_SYSLOG bytes. */
#define FEED_MAX_SYSLOG 2048
void feed_event_syslog(
    const struct feed_event *e, const char *host, long pid, struct buf *out);

/* A mail with its headers, lines ended by '\n' (RFC 5322, 2047). from and to
 * are addresses of ASCII. */
struct feed_mail {
	const char *from;
	const char *const *to;
	size_t nto;
	int64_t now_us;
};
void feed_event_mail(
    const struct feed_event *e, const struct feed_mail *m, struct buf *out);

#endif
