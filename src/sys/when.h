/*
 * Times as people write them, and back: ISO 8601, epoch seconds, relative to
 * now. A zone holds for times without one of their own. The process's own zone
 * is left as it was.
 */
#ifndef SYS_WHEN_H
#define SYS_WHEN_H

#include "base/buf.h"
#include "base/diag.h"

/*
 * Accepts, in microseconds since 1970:
 *   2026-11-24  2026-11-24T08:00  2026-11-24 08:00:30.25  …Z  …+01:00  …-0800
 *   1764000000  1764000000.5
 *   now  -2h  -30m  -1d  -90s (before now_us)
 * tz is an IANA name or NULL for UTC. A local time that a zone change skips
 * counts on from the time before the change; one that occurs twice is the
 * first of the two. False with what was wanted in d.
 */
bool when_parse(const char *s, const char *tz, int64_t now_us, int64_t *out_us,
    struct diag *d) MUSTCHECK;

/* "60s", "5m", "1h30m", "2d", "1w"; up to WHEN_MAX_DURATION_S. */
#define WHEN_MAX_DURATION_S INT64_C(999999999999) /* 31 thousand years */
bool when_parse_duration(const char *s, int64_t *out_s) MUSTCHECK;

/* False with a message if the system knows no such zone; NULL is UTC. */
bool when_zone_check(const char *tz, struct diag *d) MUSTCHECK;

/* A broken-down time in a zone. */
struct when {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second;
	int us;
	int offset_s;  /* east of UTC */
	char zone[16]; /* "UTC", "CET" */
};
bool when_local(int64_t us, const char *tz, struct when *out) MUSTCHECK;

/* "2026-11-24 08:00:00", UTC; `none` for a time that cannot be told. */
void when_format(int64_t us, const char *none, struct buf *out);

int64_t when_now_us(void); /* the system's clock */

/* A folder where zones are looked for; NULL: none. */
#define WHEN_NZONE_DIRS 4
const char *when_zone_dir(size_t i);

#endif
