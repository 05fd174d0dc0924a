/*
 * The state of the log of an operand that was read here, in the words in which
 * sensors elsewhere tell theirs.
 */
#ifndef CROSSTAP_DIFF_LOG_H
#define CROSSTAP_DIFF_LOG_H

#include "collect/collect.h"
#include "crosstap/pull.h"

/* After the last bin; shift_us is what was added to the times. Everything in
 * *out is borrowed from p and workers. */
void diff_log_local(const struct pull *p, int64_t shift_us,
    const char *workers[FLOW_MAX_WORKERS], struct collect_sensor_state *out);

#endif
