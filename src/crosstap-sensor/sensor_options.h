/*
 * The options of the commands, and the sensor that they make.
 */
#ifndef CROSSTAP_SENSOR_SENSOR_OPTIONS_H
#define CROSSTAP_SENSOR_SENSOR_OPTIONS_H

#include "crosstap-sensor/scan.h"
#include "sys/window_options.h"

struct sensor_options {
	struct option_list logs;
	const char *name, *zeek;
	struct option_list attributes;
	uint64_t max_memory_mib; /* 0: no limit of our own */
	uint64_t timeout_s;      /* of one answer */
	bool verbose;
	struct window_options window;
	struct operands operands; /* none */
};

extern const struct option_set serve_option_set, digest_option_set,
    locate_option_set;

/* OPTIONS_GO_ON with an open sensor, or the exit status to leave with. The
 * options must live as long as the sensor. */
int sensor_start(const struct option_set *set, int argc, char **argv,
    struct sensor_options *o, struct sensor *out) MUSTCHECK;
void sensor_stop(struct sensor *s);

#endif
