/*
 * What Prometheus scrapes, in its text format 0.0.4: a table of families, and
 * values that are put in any order and come out family by family. Pure.
 */
#ifndef FEED_METRICS_H
#define FEED_METRICS_H

#include "base/buf.h"

/* X(name, type, names of its labels with blanks between, help) */
#define METRICS(X)                                                            \
	X(crosstap_build_info, gauge, "version", "The release; always 1.")    \
	X(crosstap_agreement_ratio, gauge, "group a b",                       \
	    "Agreement of a pair of sensors in the newest full comparison: "  \
	    "flows that both have by flows that one has.")                    \
	X(crosstap_pair_flows_total, counter, "group a b kind",               \
	    "Flows of a pair as compared in full: paired (both have them), "  \
	    "only_a, only_b, split; of the paired ones damaged (fewer "       \
	    "packets on one side) and shifted (in neighbouring buckets).")    \
	X(crosstap_sensor_flows_total, counter, "group sensor",               \
	    "Flows of a sensor that were compared in full.")                  \
	X(crosstap_buckets_total, counter, "group status",                    \
	    "Buckets that were compared in full, by what came out.")          \
	X(crosstap_buckets_missed, gauge, "group",                            \
	    "Buckets that could not be compared (yet) and are asked for "     \
	    "again.")                                                         \
	X(crosstap_compared_until_timestamp_seconds, gauge, "group",          \
	    "Up to here the group was compared in full.")                     \
	X(crosstap_behind, gauge, "group",                                    \
	    "1 while comparing does not keep up with the traffic.")           \
	X(crosstap_incidents_open, gauge, "group severity",                   \
	    "Incidents that are open.")                                       \
	X(crosstap_incidents_muted, gauge, "group",                           \
	    "Open incidents that are muted.")                                 \
	X(crosstap_sensor_up, gauge, "group sensor",                          \
	    "1 if the sensor answered when it was asked last.")               \
	X(crosstap_sensor_watermark_timestamp_seconds, gauge, "group sensor", \
	    "How far the log of a sensor had got when it answered last.")     \
	X(crosstap_sensor_lag_seconds, gauge, "group sensor",                 \
	    "From the newest record of a log to the last write of it.")       \
	X(crosstap_sensor_clock_offset_seconds, gauge, "group sensor",        \
	    "Clock of a sensor against that of the first one of its group.")  \
	X(crosstap_worker_share_ratio, gauge, "group sensor worker",          \
	    "Share of a worker in the flows of its sensor, where flows were " \
	    "missing in the newest full comparison.")                         \
	X(crosstap_cycles_total, counter, "group reading",                    \
	    "Comparisons that were made and kept.")                           \
	X(crosstap_cycle_seconds_total, counter, "group part",                \
	    "Time that went into comparisons: asking the sensors, judging, "  \
	    "writing to the store.")                                          \
	X(crosstap_cycle_last_seconds, gauge, "group part",                   \
	    "The same of the last comparison.")                               \
	X(crosstap_pulled_bytes_total, counter, "group sensor",               \
	    "Bytes to and from a sensor.")                                    \
	X(crosstap_pull_seconds_total, counter, "group sensor",               \
	    "Time in which answers of a sensor were waited for.")             \
	X(crosstap_cycles_running, gauge, "",                                 \
	    "Comparisons that are under way.")                                \
	X(crosstap_store_ok, gauge, "",                                       \
	    "1 while the store can be written, 0 while it cannot.")           \
	X(crosstap_store_failures_total, counter, "",                         \
	    "Comparisons that the store did not take, and are made again.")   \
	X(crosstap_store_size_bytes, gauge, "",                               \
	    "Size of the store's file, without its WAL.")                     \
	X(crosstap_feed_delivered_total, counter, "feed",                     \
	    "States, events and rows that a feed has delivered.")             \
	X(crosstap_feed_ok, gauge, "feed",                                    \
	    "1 while a feed takes what it is given, 0 while it does not.")    \
	X(crosstap_feed_waiting, gauge, "feed",                               \
	    "Messages about incidents, or buckets and other rows, that wait " \
	    "for a feed.")                                                    \
	X(crosstap_feed_oldest_timestamp_seconds, gauge, "feed",              \
	    "When the oldest of what waits for a feed was made.")             \
	X(crosstap_feed_given_up_total, counter, "feed",                      \
	    "Messages that a feed refused for good or did not take in seven " \
	    "days, and rows that were pruned before it took them.")           \
	X(process_cpu_seconds_total, counter, "",                             \
	    "CPU time of crosstapd, user and system.")                        \
	X(process_resident_memory_bytes, gauge, "",                           \
	    "Memory of crosstapd that is resident.")                          \
	X(process_start_time_seconds, gauge, "", "When crosstapd was started.")

enum metric {
#define X(name, type, labels, help) METRIC_##name,
	METRICS(X)
#undef X
	METRICS_N
};

struct metrics {
	struct buf family[METRICS_N]; /* owned; all empty at first */
};

/* A value with one const char * for each label; NaN is left out. */
void metrics_put(struct metrics *m, enum metric which, double value, ...);
/* Appends all of it to out, and frees it; out fails if any of it did. */
void metrics_end(struct metrics *m, struct buf *out);

#endif
