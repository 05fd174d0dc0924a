/*
 * Reads the window of a request out of the logs, into buckets or record by
 * record. What it gives depends on the logs and the request alone: not on
 * blocks, on the clock, or on where a file was entered.
 */
#ifndef CROSSTAP_SENSOR_SCAN_H
#define CROSSTAP_SENSOR_SCAN_H

#include "crosstap-sensor/channel.h"
#include "crosstap-sensor/folders.h"
#include "digest/bins.h"
#include "source/reader.h"

struct sensor {
	struct folders folders;
	struct source_options source; /* window is set for each scan */
	struct flow_parser_options parser;
	const char *name, *zeek;              /* borrowed; NULL: none */
	const struct option_list *attributes; /* borrowed */
	int64_t timeout_us;
	struct channel channel;
};

/* Worker names in the order in which an answer needs them. */
struct scan_workers {
	uint8_t number[256]; /* by the reader's index; 255: none yet */
	uint8_t order[FLOW_MAX_WORKERS]; /* the reader's indexes */
	unsigned n;
};

struct scan {
	struct sensor *sensor;         /* borrowed */
	const struct request *request; /* borrowed */
	struct reader *reader;         /* owned */
	struct bins *bins;             /* owned */
	struct scan_workers workers;
	uint64_t nbins, records;
	struct diag diag;     /* of what failed */
	enum reply_code code; /* 0: nothing failed */
};

/* Called for a bucket that is complete, which it need not free; for each
 * record of the window, with its bucket, once it was added. False: stop, with
 * code and diag set or the channel gone. */
struct scan_calls {
	bool (*bin)(void *arg, struct scan *s, struct bin *bin);
	bool (*flow)(void *arg, struct scan *s, const struct record *r,
	    int64_t bucket_us);
	void *arg;
};

/* keep as in struct bins_options. False: the answer is an error, of s->code.
 * scan_close() in every case. */
bool scan_run(struct scan *s, struct sensor *sensor, const struct request *r,
    unsigned keep, const struct scan_calls *calls) MUSTCHECK;
void scan_close(struct scan *s);

bool scan_no_memory(struct scan *s); /* false */
/* Numbers the workers of a bucket that have no number yet, by name: the
 * reader's order depends on where it entered the log. */
void scan_workers_of(struct scan *s, const struct bin *bin);
uint8_t scan_worker(struct scan *s, uint8_t index);
/* The end of an answer that was made by this scan. */
void scan_end(const struct scan *s, struct reply *out);

#endif
