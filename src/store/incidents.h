/*
 * Incidents as they are kept: what judge/incident.h decided, their history,
 * and what people did about them.
 */
#ifndef STORE_INCIDENTS_H
#define STORE_INCIDENTS_H

#include "base/buf.h"
#include "judge/incident.h"
#include "store/store.h"

struct store_incident {
	struct incident i;
	char group[64];
	char ack_by[64]; /* "": not acknowledged */
	int64_t ack_us;
	char comment[256];
	int64_t muted_until_us; /* 0: not muted */
};

/* "open", "early", "acknowledged", "muted" or "over": in a word, at a time. */
const char *
store_incident_state(const struct store_incident *i, int64_t now_us);
/* Appends an object of one line. */
void store_incident_json(
    const struct store_incident *i, int64_t now_us, struct buf *out);

/* For incident_run(): the open ones of a group, and those that ended at or
 * after since_us. *out is empty before, and owned. */
enum store_error store_incidents_load(struct store *st, const char *group,
    int64_t since_us, struct incident_list *out, struct diag *d) MUSTCHECK;

struct store_incident_filter {
	const char *group;  /* NULL: any */
	const char *sensor; /* NULL: any */
	bool open_only;
	int64_t from_us, to_us; /* overlap; both 0: any time */
	size_t max;             /* 0: 1000 */
	int64_t before_id;      /* paging: ids below; 0: from the newest */
};
/* Newest first; *v is owned: free(). */
enum store_error
store_incidents(struct store *st, const struct store_incident_filter *f,
    struct store_incident **v, size_t *n, struct diag *d) MUSTCHECK;
enum store_error store_incident(struct store *st, int64_t id,
    struct store_incident *out, struct diag *d) MUSTCHECK;

struct store_event {
	int64_t at_us;
	enum incident_event event;
	char who[64];
	char text[256];
};
/* Oldest first; *v is owned. */
enum store_error store_history(struct store *st, int64_t id,
    struct store_event **v, size_t *n, struct diag *d) MUSTCHECK;

/* Appends an object of one line. */
void store_event_json(const struct store_event *e, struct buf *out);
/* The same as doc/feeds.md has it, for those who are told. */
void store_message_json(const char *id, const struct store_event *e,
    const struct store_incident *i, struct buf *out);

/* What people do; who and text are kept in the history. */
enum store_error
store_acknowledge(struct store *st, int64_t id, const char *who,
    const char *comment, int64_t now_us, struct diag *d) MUSTCHECK;
enum store_error store_comment(struct store *st, int64_t id, const char *who,
    const char *comment, int64_t now_us, struct diag *d) MUSTCHECK;
/* until_us at or before now_us ends a mute. */
enum store_error store_mute(struct store *st, int64_t id, const char *who,
    int64_t until_us, int64_t now_us, struct diag *d) MUSTCHECK;

/* Whether it is muted at a time. */
enum store_error store_muted(struct store *st, int64_t id, int64_t at_us,
    bool *out, struct diag *d) MUSTCHECK;

/* What was found, one for each stretch that it held on; oldest first. *v is
 * owned. */
enum store_error store_findings(struct store *st, int64_t id,
    struct finding **v, size_t *n, struct diag *d) MUSTCHECK;

#endif
