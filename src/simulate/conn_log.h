/*
 * A record as a line of conn.log, the way Zeek 6 writes it with a `peer`
 * column that names the worker. Numbers are formatted by hand: this is the
 * busiest code of the simulator.
 */
#ifndef SIMULATE_CONN_LOG_H
#define SIMULATE_CONN_LOG_H

#include "base/buf.h"
#include "simulate/packet.h"

enum conn_log_format {
	CONN_LOG_TSV,
	CONN_LOG_JSON
};

/* The lines before and after the records: none in JSON. UTC. */
void conn_log_open(struct buf *out, enum conn_log_format f, int64_t us);
void conn_log_close(struct buf *out, enum conn_log_format f, int64_t us);

void conn_log_record(
    struct buf *out, enum conn_log_format f, const struct record *r);

#endif
