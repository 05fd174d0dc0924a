/*
 * How a group, a sensor or the daemon itself is, in the words of a monitoring
 * plugin: a state, a first line that fits a pager, further lines, and numbers.
 * Pure: what it is made of is given.
 */
#ifndef FEED_STATUS_H
#define FEED_STATUS_H

#include "base/buf.h"
#include "compare/result.h"
#include "store/incidents.h"

#define FEED_MAX_TEXT 200 /* bytes of the first line */

/* The numbers of Nagios. */
enum feed_state {
	FEED_OK,
	FEED_WARNING,
	FEED_CRITICAL,
	FEED_UNKNOWN
};
/* "OK" */
const char *feed_state_name(enum feed_state s);

enum feed_what {
	FEED_GROUP,
	FEED_SENSOR,
	FEED_COLLECTOR
};

/*
 * One service. Neither text nor more has control characters (but the line ends
 * of more), '|', ';' or bytes that are not UTF-8.
 */
struct feed_status {
	enum feed_what what;
	char name[64]; /* "": the daemon itself */
	enum feed_state state;
	int64_t at_us;
	struct buf text;     /* the first line */
	struct buf more;     /* further lines, '\n' between; may be empty */
	struct buf perfdata; /* 'label'=value[UOM];warn;crit;min;max ... */
};
/* Frees the texts. */
void feed_status_clear(struct feed_status *s);
static inline bool
feed_status_ok(const struct feed_status *s)
{
	return buf_ok(&s->text) && buf_ok(&s->more) && buf_ok(&s->perfdata);
}

struct status_sensor {
	const char *name;
	const char *failed;   /* why it did not answer; "": it did */
	int64_t planned_us;   /* it is being worked on until then; 0: not */
	int64_t success_us;   /* INT64_MIN: never */
	int64_t watermark_us; /* of its log; INT64_MIN: not known */
	int64_t lag_us;       /* the same */
	int64_t offset_us;    /* of its clock against the first of the group */
	bool has_offset;
};

/* A group and its newest full reading. All is borrowed. */
struct status_group {
	const char *name;
	int64_t now_us;
	int64_t until_us;  /* compared up to; INT64_MIN: nothing yet */
	int64_t late_us;   /* that is so much older than it should be; 0: not */
	int64_t settle_us; /* a lag up to it does no harm */
	size_t nsensors, npairs;
	struct status_sensor sensor[RESULT_MAX_SENSORS];
	const struct result_bucket *bucket; /* the newest */
	const struct result_pair *pair;     /* of all its buckets */
	double usual[RESULT_MAX_PAIRS];     /* share of flows; 0: not known */
	/* Open ones of all groups, newest first. */
	const struct store_incident *incident;
	size_t nincidents;
};
/* Each fills *out, which is empty before; after it, feed_status_ok(). */
void status_of_group(const struct status_group *g, struct feed_status *out);
/* Sensor i of the group; incidents of other groups count as well. */
void status_of_sensor(
    const struct status_group *g, size_t i, struct feed_status *out);

struct status_trouble {
	const char *what; /* "group outside", "feed pager" */
	const char *why;
};
#define STATUS_MAX_TROUBLES 32
struct status_collector {
	const char *version;
	int64_t now_us;
	const char *store; /* why it cannot be written; "": it can */
	struct status_trouble trouble[STATUS_MAX_TROUBLES]; /* others */
	size_t ntroubles;
	size_t ngroups, nsensors;
	size_t nincidents; /* open */
	size_t missing;    /* buckets to be fetched */
	double slowest_s;  /* the longest of the groups' last comparisons */
	double memory_bytes, cpu_s;
};
void
status_of_collector(const struct status_collector *c, struct feed_status *out);

#endif
