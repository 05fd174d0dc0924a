/*
 * One sensor that watches the border: its workers, its clock, its noise and
 * its faults. It turns sessions into lines of conn.log.
 */
#ifndef SIMULATE_SENSOR_H
#define SIMULATE_SENSOR_H

#include "simulate/conn_log.h"
#include "simulate/damage.h"
#include "simulate/tracker.h"

struct sensor;

/* Takes bytes of a sensor's log, in order. False stops the run. */
typedef bool
sensor_write_fn(void *ctx, unsigned sensor, const char *p, size_t n);

struct sensor_setup {
	struct damage_place place;
	uint64_t seed;
	enum conn_log_format format;
	int64_t start_us;
	double loss;   /* share of packets that any sensor loses */
	double quirks; /* share of flows that are damaged in odd ways */
	sensor_write_fn *write;
	void *ctx;
};

/* What the tracker made of a session of which nothing is missing. */
#define SENSOR_MAX_WHOLE 64
struct sensor_whole {
	size_t n;
	struct record records[SENSOR_MAX_WHOLE];
};

/* NULL if memory ran out. scratch is borrowed; sensors may share one. */
struct sensor *
sensor_new(const struct sensor_setup *setup, struct damage *scratch) MUSTCHECK;
void sensor_free(struct sensor *s);

/* Sessions come in the order of their starts. False: memory or the writer. */
bool sensor_see(struct sensor *s, const struct session *session,
    const struct sensor_whole *whole) MUSTCHECK;

/* Writes what is due before us. */
bool sensor_advance(struct sensor *s, int64_t us) MUSTCHECK;

/* The end of the run: writes the rest, unless the log lags behind. */
bool sensor_finish(struct sensor *s, int64_t us) MUSTCHECK;

uint64_t sensor_records(const struct sensor *s);   /* written so far */
int64_t sensor_written_us(const struct sensor *s); /* when the last was */

#endif
