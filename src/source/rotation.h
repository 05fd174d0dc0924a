/*
 * What the name of a rotated log says: which log it is, when it was opened
 * and closed (times of writing, in the sensor's local time), which logger
 * wrote it. Pure text; rotation_zone turns local time into a range of UTC,
 * since a reading of the clock can be ambiguous.
 *
 * Names: zeekctl's make-archive-name; base/frameworks/logging/main.zeek and
 * base/frameworks/cluster/nodes/logger.zeek of Zeek.
 */
#ifndef SOURCE_ROTATION_H
#define SOURCE_ROTATION_H

#include "base/span.h"

#define ROTATION_NO_TIME INT64_MIN

enum rotation_form {
	ROTATION_FOREIGN, /* another log, or no log at all */
	ROTATION_STRAY,   /* conn.log, or conn.WHATEVER.log: no times */
	ROTATION_ARCHIVE, /* conn.HH:MM:SS-HH:MM:SS[-logger-1].log */
	ROTATION_LINK,    /* conn.HH:MM:SS-current.log */
	ROTATION_DEFAULT, /* conn.YYYY-MM-DD-HH-MM-SS.log: opened then */
	ROTATION_QUEUE    /* conn__OPEN__CLOSE__[log_suffix=logger-1__].log */
};

struct rotation {
	enum rotation_form form;
	/* Local time as if it were UTC, seconds; ROTATION_NO_TIME if the name
	 * does not say. */
	int64_t open_wall_s;
	int64_t close_wall_s;
	struct span suffix; /* borrowed from the name: "logger-1"; or empty */
	struct span stem;   /* borrowed: the name without .gz or .zst */
};

/* day_s: the date of the folder that the file lies in, as seconds since 1970
 * of its midnight, or ROTATION_NO_TIME; only archive names need it. */
void rotation_parse(const char *name, int64_t day_s, struct rotation *out);

/* "2024-06-01" as seconds since 1970 of its midnight; nothing else. */
bool rotation_parse_day(const char *name, int64_t *day_s) MUSTCHECK;

/* Offsets that a zone had about one day, kept for the next name. */
struct rotation_zone {
	const char *tz; /* borrowed; NULL: UTC */
	int64_t day;
	int64_t min_offset_s, max_offset_s;
	bool known;
};

/* The earliest and the latest instant that a local time can mean. On the day
 * before and after a change of the clocks that is an hour; else none. */
void rotation_zone_range(struct rotation_zone *z, int64_t wall_s,
    int64_t *earliest_us, int64_t *latest_us);

#endif
