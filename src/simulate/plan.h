/*
 * What a simulation is to do: the options as they come, and the plan that
 * they make when all of them have been checked.
 */
#ifndef SIMULATE_PLAN_H
#define SIMULATE_PLAN_H

#include "compare/result.h"
#include "simulate/conn_log.h"
#include "simulate/fault.h"

#define PLAN_MAX_FAULTS 16
#define PLAN_MAX_WORKERS 64
#define PLAN_MAX_DURATION_S 2592000 /* 30 days */

struct simulate_options {
	uint64_t seed;
	uint64_t sensors; /* 2..RESULT_MAX_SENSORS; a subset has 2 */
	uint64_t start_s; /* since 1970 */
	uint64_t duration_s;
	uint64_t flows; /* > 0: so many sessions, whatever it takes */
	double rate;    /* sessions a second */
	double miss;    /* share of flows each sensor misses whole; then
			 * nothing else is lost or damaged by chance */
	double loss;    /* share of packets a healthy sensor loses */
	enum relation relation;
	enum conn_log_format format;
	const char *workers;    /* "4,3": of each sensor; NULL: the default */
	struct simulate_specs { /* as for fault_parse(); borrowed */
		const char *const *item;
		size_t n;
	} specs;
};

/* 60 sessions a second for 13 minutes, two sensors, a loss of 1e-5. */
extern const struct simulate_options plan_defaults;

/* Checked options: everything that the text of the options stood for. */
struct plan {
	struct simulate_options options;
	int64_t start_us, end_us; /* end: estimated if options.flows > 0 */
	unsigned workers[RESULT_MAX_SENSORS];
	size_t nfaults;
	struct fault faults[PLAN_MAX_FAULTS];
};

/* False, with what is wrong in d, if the options make no sense. */
bool plan_make(const struct simulate_options *o, struct plan *out,
    struct diag *d) MUSTCHECK;

/* A, B, C, ...; EXT and INT of a subset. Borrowed, for ever. */
const char *plan_sensor_name(enum relation r, unsigned sensor);

#endif
