/*
 * What is known of sensors and groups over time, and small tables of their
 * own: files, feeds, norms, maintenance.
 */
#ifndef STORE_ROSTER_H
#define STORE_ROSTER_H

#include "base/buf.h"
#include "judge/norm.h"
#include "store/store.h"

/* A sensor and its attributes from now on ("KEY=VALUE"); what is no longer
 * among them ends now. */
enum store_error
store_sensor(struct store *st, const char *name, const char *const *attributes,
    size_t n, int64_t now_us, struct diag *d) MUSTCHECK;
/* A group and its members from now on; sensors are made if absent. */
enum store_error store_group(struct store *st, const char *name,
    enum relation relation, int64_t width_us, const char *const *members,
    size_t n, int64_t now_us, struct diag *d) MUSTCHECK;
/* The value of an attribute at a time, into out; "" if it had none. */
enum store_error
store_attribute(struct store *st, const char *sensor, const char *key,
    int64_t at_us, char *out, size_t size, struct diag *d) MUSTCHECK;

struct store_attribute {
	char sensor[64], key[64], value[192];
	int64_t from_us, to_us; /* INT64_MAX: it still holds */
};
/* Of the sensors that a group had in [from, to), what they were in that time:
 * by sensor, key and begin; *v is owned. sensor: only this one; NULL: each. */
enum store_error store_attributes(struct store *st, const char *group,
    const char *sensor, int64_t from_us, int64_t to_us,
    struct store_attribute **v, size_t *n, struct diag *d) MUSTCHECK;
/* The names of these sensors; *v is owned. */
enum store_error
store_members(struct store *st, const char *group, int64_t from_us,
    int64_t to_us, char (**v)[64], size_t *n, struct diag *d) MUSTCHECK;

/*
 * An attempt to ask a sensor: failure NULL is a success with its watermark
 * (INT64_MIN: it has none) and lag; else the text of the failure, and the
 * last success stays.
 */
enum store_error store_sensor_seen(struct store *st, const char *sensor,
    int64_t at_us, int64_t watermark_us, int64_t lag_us, const char *failure,
    struct diag *d) MUSTCHECK;
struct store_sensor_state {
	char sensor[64];
	int64_t success_us;           /* 0: never */
	int64_t watermark_us, lag_us; /* then; INT64_MIN: none */
	int64_t failure_us;           /* the last one; 0: never */
	char failure[256];
};
/* Of all sensors that were asked, by name; *v is owned. */
enum store_error store_sensor_states(struct store *st,
    struct store_sensor_state **v, size_t *n, struct diag *d) MUSTCHECK;

struct store_file {
	char path[256];
	uint64_t size; /* on the disk */
	bool hashed;
	uint64_t lines, checksum; /* of the plain bytes; XXH3-64 */
	int64_t mtime_us, seen_us;
	int64_t first_us, last_us; /* ends of records; INT64_MIN: not known */
};
/* Whether it is kept; if so, it was seen now. */
enum store_error
store_file_seen(struct store *st, const char *sensor, const char *path,
    int64_t mtime_us, int64_t now_us, bool *known, struct diag *d) MUSTCHECK;
enum store_error store_add_file(struct store *st, const char *sensor,
    const struct store_file *f, struct diag *d) MUSTCHECK;
/* Newest first, at most max. */
enum store_error store_files(struct store *st, const char *sensor,
    struct store_file *out, size_t max, size_t *n, struct diag *d) MUSTCHECK;

/* Feeds: a value of its own, and an outbox that is emptied by the one who
 * delivered, so that each message arrives at least once and in order. */
enum store_error store_feed_set(struct store *st, const char *feed,
    const char *key, const char *value, struct diag *d) MUSTCHECK;
enum store_error store_feed_get(struct store *st, const char *feed,
    const char *key, char *out, size_t size, struct diag *d) MUSTCHECK;

/*
 * Whoever listens has a message in its outbox for each change of an incident
 * that gets into the history, written in the same transaction: the JSON of
 * doc/feeds.md. v is borrowed until the next call.
 */
struct store_listener {
	const char *feed;
	const char *const *groups; /* names */
	size_t ngroups;            /* 0: all */
};
void store_listen(struct store *st, const struct store_listener *v, size_t n);

enum store_error store_outbox_add(struct store *st, const char *feed,
    struct span payload, int64_t now_us, struct diag *d) MUSTCHECK;
struct store_message {
	int64_t id; /* 0: none is due */
	unsigned tries;
	struct buf payload; /* owned: buf_clear() */
};
/* The oldest, if it is due: no younger one overtakes it. */
enum store_error store_outbox_next(struct store *st, const char *feed,
    int64_t now_us, struct store_message *m, struct diag *d) MUSTCHECK;
enum store_error
store_outbox_done(struct store *st, int64_t id, struct diag *d) MUSTCHECK;
/* Not delivered: again at next_us. */
enum store_error store_outbox_retry(
    struct store *st, int64_t id, int64_t next_us, struct diag *d) MUSTCHECK;

/* Can never be delivered: taken away and counted. */
enum store_error
store_outbox_give_up(struct store *st, int64_t id, struct diag *d) MUSTCHECK;

struct store_outbox {
	uint64_t waiting;
	int64_t oldest_us; /* when the oldest of them was made; 0: none waits */
	uint64_t dropped;  /* given up, here or by store_prune() */
};
enum store_error store_outbox_look(struct store *st, const char *feed,
    struct store_outbox *out, struct diag *d) MUSTCHECK;

/* Learns the norm of a pair from full buckets of [from, to) and keeps it. */
enum store_error
store_norm_learn(struct store *st, const char *group, const char *a,
    const char *b, int64_t from_us, int64_t to_us, struct diag *d) MUSTCHECK;
enum store_error store_norm(struct store *st, const char *group, const char *a,
    const char *b, struct norm_week *out, struct diag *d) MUSTCHECK;

enum store_error store_maintenance_add(struct store *st, const char *sensor,
    int64_t from_us, int64_t to_us, const char *who, const char *why,
    int64_t now_us, struct diag *d) MUSTCHECK;
/* Whether a planned window of the sensor has a part of each bucket between. */
enum store_error
store_maintenance_covers(struct store *st, const char *sensor, int64_t from_us,
    int64_t to_us, int64_t width_us, bool *out, struct diag *d) MUSTCHECK;

struct store_maintenance {
	int64_t id;
	char sensor[64];
	int64_t from_us, to_us;
	char who[64], why[256];
};
/* Windows that end after a time, by their begin; *v is owned. */
enum store_error store_maintenances(struct store *st, int64_t after_us,
    struct store_maintenance **v, size_t *n, struct diag *d) MUSTCHECK;
/* Ends a window early (or, before its begin, calls it off). */
enum store_error store_maintenance_end(
    struct store *st, int64_t id, int64_t now_us, struct diag *d) MUSTCHECK;

#endif
