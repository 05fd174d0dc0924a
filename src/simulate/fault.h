/*
 * The faults that can be put into a sensor's packets. One const table holds
 * each fault's name, parameters and defaults; parsing, help and checks all
 * read it.
 */
#ifndef SIMULATE_FAULT_H
#define SIMULATE_FAULT_H

#include "base/buf.h"
#include "base/diag.h"
#include "simulate/packet.h"

enum fault_kind {
	FAULT_WORKER_FROZEN,
	FAULT_SENSOR_SILENT,
	FAULT_SENSOR_GAP,
	FAULT_SENSOR_LAGGING,
	FAULT_LINK_LOSS,
	FAULT_STRAND_LOSS,
	FAULT_PACKET_LOSS,
	FAULT_BURST_LOSS,
	FAULT_LARGE_LOSS,
	FAULT_DUPLICATE,
	FAULT_FLOW_SPLIT,
	FAULT_CHECKSUM,
	FAULT_CLOCK_SKEW,
	FAULT_BLIND_SPOT,
	FAULT_CONFIG,
	FAULT_LOCAL_NETS,
	FAULT_SHUNT,
	FAULT_LEAK,
	FAULT_NKINDS
};

/* When a fault holds if its spec does not say. */
enum fault_span {
	FAULT_WINDOW, /* five minutes, or a part of a short run */
	FAULT_TO_END, /* from where a window would start to the end */
	FAULT_ALWAYS
};

enum fault_key {
	FAULT_KEY_WORKER,
	FAULT_KEY_LINKS,
	FAULT_KEY_LINK,
	FAULT_KEY_DIRECTION,
	FAULT_KEY_RATE,
	FAULT_KEY_BURST,
	FAULT_KEY_SHARE,
	FAULT_KEY_OVER,
	FAULT_KEY_COPIES,
	FAULT_KEY_OFFSET,
	FAULT_KEY_DRIFT,
	FAULT_KEY_JITTER,
	FAULT_KEY_LAG,
	FAULT_KEY_UDP_TIMEOUT,
	FAULT_KEY_TCP_TIMEOUT,
	FAULT_KEY_AFTER,
	FAULT_KEY_FACET,
	FAULT_NKEYS
};

enum fault_direction {
	FAULT_INBOUND,
	FAULT_OUTBOUND
};

enum fault_facet {
	FAULT_FACET_IP_VERSION,
	FAULT_FACET_PROTO,
	FAULT_FACET_PORT,
	FAULT_FACET_LOCAL_NET,
	FAULT_FACET_REMOTE_NET,
	FAULT_NFACETS
};

struct fault_default {
	enum fault_key key;
	double value;
};

#define FAULT_MAX_PARAMS 3

struct fault_def {
	const char *name;
	const char *rule; /* the finding that is expected */
	enum fault_kind kind;
	enum fault_span span;
	size_t nparams;
	struct fault_default params[FAULT_MAX_PARAMS];
	const char *help; /* one line, no full stop */
};

extern const struct fault_def fault_table[];
extern const size_t fault_table_len;

#define FAULT_TEXT_MAX 64

struct fault {
	const struct fault_def *def;
	char
	    sensors[FAULT_TEXT_MAX]; /* as given: B, B+D, all; empty: default */
	double from_s, to_s; /* from the start of the run; < 0: default */
	double value[FAULT_NKEYS];
	enum fault_facet facet;
	char facet_value[FAULT_TEXT_MAX];
	uint32_t facet_number; /* ip version, protocol or port */
	struct flow_addr facet_net;
	unsigned facet_bits; /* of 128 */

	/* Set by plan_make(): */
	uint32_t mask;          /* of sensors, bit 0 is the first */
	bool everyone;          /* the spec said all */
	int64_t from_us, to_us; /* since 1970; [from, to) */
};

/*
 * NAME[:key=value[,key=value...]]. On false d names the word that is wrong
 * and those that are allowed.
 */
bool fault_parse(const char *spec, struct fault *out, struct diag *d) MUSTCHECK;

const char *fault_facet_name(enum fault_facet f);
const char *fault_direction_name(enum fault_direction d);

/* The whole table for people, one fault a line and its keys below. */
void fault_help(struct buf *out);

/* Whether the fault's facet value describes this session. */
bool fault_facet_matches(const struct fault *f, const struct tuple *t);

/* Whether the fault makes a local host a stranger (FAULT_LOCAL_NETS). */
bool fault_is_unlocal(const struct fault *f, const struct host *h);

#endif
