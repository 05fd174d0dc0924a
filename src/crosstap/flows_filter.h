/*
 * Which of the flows that differ are wanted. Of one option given several times
 * any may hold; of different ones all must.
 */
#ifndef CROSSTAP_FLOWS_FILTER_H
#define CROSSTAP_FLOWS_FILTER_H

#include "crosstap/flows_out.h"
#include "flow/net.h"
#include "sys/options.h"

/* As given. */
struct flows_filter_options {
	struct option_list host, net, port, proto, service;
	const char *only_on; /* sensor; NULL: any */
	bool damaged;
};

struct flows_filter {
	/* address or network: either end is it, or in it */
	struct flow_net host[OPTION_LIST_MAX], net[OPTION_LIST_MAX];
	uint16_t port[OPTION_LIST_MAX]; /* of either end; ICMP has none */
	bool proto[256];
	size_t nhosts, nnets, nports, nprotos;
	struct option_list service; /* what either side took it for */
	/* borrowed; NULL: any: has it alone; is one of the two */
	const char *only_on, *about;
	bool damaged;
	int64_t from_us, to_us; /* ends in [from, to), as buckets go */
};

/* Of any time. */
bool flows_filter_parse(const struct flows_filter_options *o,
    struct flows_filter *out, struct diag *d) MUSTCHECK;
bool
flows_filter_wants(const struct flows_filter *p, const struct flow_diff *f);

/* Rows of an option table; s is the command's struct, m the member in it. */
#define FLOWS_FILTER_OPTIONS(s, m)                                            \
	{ .name = "host",                                                     \
		.type = OPTION_LIST,                                          \
		.arg = "ADDR",                                                \
		.help = "only flows of this address; may be repeated",        \
		.offset = offsetof(s, m.host) },                              \
	    { .name = "net",                                                  \
		    .type = OPTION_LIST,                                      \
		    .arg = "CIDR",                                            \
		    .help = "only flows of this network; may be repeated",    \
		    .offset = offsetof(s, m.net) },                           \
	    { .name = "port",                                                 \
		    .type = OPTION_LIST,                                      \
		    .arg = "N",                                               \
		    .help = "only flows of this port; may be repeated",       \
		    .offset = offsetof(s, m.port) },                          \
	    { .name = "proto",                                                \
		    .type = OPTION_LIST,                                      \
		    .arg = "PROTO",                                           \
		    .help = "only tcp, udp, icmp or a number; may be "        \
			    "repeated",                                       \
		    .offset = offsetof(s, m.proto) },                         \
	    { .name = "service",                                              \
		    .type = OPTION_LIST,                                      \
		    .arg = "NAME",                                            \
		    .help = "only flows that a sensor knows as this; may be " \
			    "repeated",                                       \
		    .offset = offsetof(s, m.service) },                       \
	    { .name = "only-on",                                              \
		    .type = OPTION_STRING,                                    \
		    .arg = "SENSOR",                                          \
		    .help = "only flows that this one has and its peer "      \
			    "lacks",                                          \
		    .offset = offsetof(s, m.only_on) },                       \
	{                                                                     \
		.name = "damaged",                                            \
		.help = "only flows that both have with unlike packets",      \
		.offset = offsetof(s, m.damaged)                              \
	}

#endif
