/*
 * One function a kind of request. Each sends its whole answer, the end or
 * error too; false: the channel is gone, or memory for the answer ran out.
 */
#ifndef CROSSTAP_SENSOR_ANSWER_H
#define CROSSTAP_SENSOR_ANSWER_H

#include "crosstap-sensor/scan.h"

typedef bool answer_fn(struct sensor *sensor, const struct request *r);

answer_fn answer_hello, answer_digest, answer_symbols, answer_records,
    answer_files;

bool answer_error(struct sensor *sensor, uint64_t id, enum reply_code code,
    const char *text) MUSTCHECK;
/* The end or the error of a scan. */
bool answer_finish(struct scan *s, bool ok) MUSTCHECK;

/* A bucket of a digest, with the parts that the request has. Its lists belong
 * to bin. */
bool
answer_bucket(struct scan *s, struct bin *bin, struct reply *out) MUSTCHECK;

#endif
