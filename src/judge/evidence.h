/*
 * Evidence is named numbers about one sensor ("this") against one peer in one
 * bucket. The table below is the vocabulary of the rules: a column is added
 * here and nowhere else. Counts are flows unless the name says otherwise;
 * shares are 0..1; times are seconds.
 *
 * Rows come in three kinds. A rule says with `per:` which kind it reads:
 *   sensor  one row a bucket and ordered pair (this, peer)
 *   worker  the same, once for each worker name of this sensor
 *   facet   the same, once for each facet that can explain what is missing
 *   group   one row a bucket and group: all its sensors together
 *   attribute  one row a bucket and cause, where findings of several sensors
 *           have the cause in common; of second sight, after all others
 * Columns that do not belong to a row's kind are NULL in it.
 */
#ifndef JUDGE_EVIDENCE_H
#define JUDGE_EVIDENCE_H

#include "base/span.h"

/* X(name, unit, meaning) */
#define EVIDENCE_NUMBERS(X)                                                    \
	/* -- every kind of row -- */                                          \
	X(width, "s", "bucket width")                                          \
	X(subset, "0/1", "relation is subset and this sensor is the inside")   \
	X(superset, "0/1", "relation is subset and this is the outside")       \
	X(edge, "0/1", "first or last bucket, or a log starts or ends in it")  \
	X(flows, "flows", "flows of this sensor in the bucket")                \
	X(peer_flows, "flows", "flows of the peer")                            \
	X(peer_usual, "flows", "median of the peer's flows per bucket")        \
	X(usual, "flows", "median of this sensor's flows per bucket")          \
	X(paired, "flows", "flows that both have")                             \
	X(missing, "flows", "flows that the peer has and this lacks")          \
	X(missing_share, "share", "missing / peer_flows")                      \
	X(missing_expected, "flows",                                           \
	    "missing that the norm of the pair leads "                         \
	    "one to expect here")                                              \
	X(norm_share, "share",                                                 \
	    "what the pair differs by at most when all is as usual, by its "   \
	    "norm; NULL: it has none")                                         \
	X(missing_fresh, "share",                                              \
	    "of missing: begun here or one bucket before")                     \
	X(missing_sigma, "sigma", "how far missing is above that")             \
	X(extra, "flows", "flows that this has and the peer lacks")            \
	X(extra_fresh, "flows", "of extra: begun here or one bucket before")   \
	X(extra_sigma, "sigma", "how far extra is above the norm")             \
	X(split, "flows",                                                      \
	    "further records of flows the peer has whole, "                    \
	    "begun here or one bucket before")                                 \
	X(split_packets, "packets", "packets of these records")                \
	X(split_share, "share", "split / flows")                               \
	X(fresh, "flows", "paired flows that began in this bucket")            \
	X(damaged, "flows", "fresh flows with fewer packets here")             \
	X(damaged_share, "share", "damaged / fresh")                           \
	X(damaged_sigma, "sigma", "how far damaged is above the norm")         \
	X(peer_damaged, "flows", "fresh flows with fewer packets at the peer") \
	X(peer_packets, "packets", "packets of fresh flows, at the peer")      \
	X(lost_packets, "packets", "of those, how many this lacks")            \
	X(packet_loss, "share", "lost_packets / peer_packets")                 \
	X(damage_random, "share",                                              \
	    "of damaged: only some packets of a "                              \
	    "direction are gone")                                              \
	X(onesided_orig, "share", "of damaged: no originator packet here")     \
	X(onesided_resp, "share", "of damaged: no responder packet here")      \
	X(onesided_in, "share", "of damaged: no inbound packet here")          \
	X(onesided_out, "share", "of damaged: no outbound packet here")        \
	X(checksum_share, "share", "of damaged: history has C or c here only") \
	X(large_over, "bytes",                                                 \
	    "of 1400, 900 and 600 the first such that nearly all lost "        \
	    "packets are larger; 1400 if none")                                \
	X(large_share, "share", "of lost packets: those over large_over")      \
	X(large_base, "share",                                                 \
	    "of peer_packets: in directions whose mean is over large_over")    \
	X(cut, "flows",                                                        \
	    "of damaged: a fifth of a long direction is gone, and what is "    \
	    "left is of such packets as the peer's")                           \
	X(cut_share, "share", "of lost packets: those of cut flows")           \
	X(repeat_share, "share",                                               \
	    "of peer_damaged: history has T or t here only")                   \
	X(peer_gap_share, "share",                                             \
	    "of peer_damaged: history has G or g at the peer only")            \
	X(extra_packets, "packets",                                            \
	    "packets of fresh flows that this has and the peer lacks")         \
	X(multiple, "share", "of fresh: packets are a whole multiple, over 1") \
	X(multiple_factor, "1", "the commonest such multiple; 1 if none")      \
	X(offset, "s",                                                         \
	    "median start here minus start at the peer; of "                   \
	    "several peers the one in the middle")                             \
	X(offset_spread, "s", "median absolute deviation of that")             \
	X(offset_pairs, "flows", "paired flows that the offset rests on")      \
	X(local_ends, "1",                                                     \
	    "ends of a flow that are local, by local_orig and local_resp")     \
	X(peer_local_ends, "1", "the same at the peer")                        \
	X(stepped, "0/1",                                                      \
	    "here or a bucket beside it the clocks differ by seconds more "    \
	    "than in most of the window")                                      \
	X(silent_before, "s", "how long this had no flows, up to this bucket") \
	X(silent_after, "s", "how long it has none from here on")              \
	X(resumes, "0/1", "this sensor logs again later in the window")        \
	X(began, "0/1", "this sensor has logged before in the window")         \
	X(behind, "s", "watermark of the peer minus that of this sensor")      \
	X(lag, "s",                                                            \
	    "from this log's newest record to the last write of it; "          \
	    "NULL if the log is closed or copied")                             \
	X(broken, "0/1",                                                       \
	    "this log ends inside a record or in the middle of compressed "    \
	    "data: nothing is known of what follows")                          \
	X(bad_lines, "lines", "unreadable records of this sensor here")        \
	X(late, "flows", "records of this sensor that came too late")          \
	X(explained, "share", "of missing: what the best facet explains")      \
	X(peers, "peers", "further sensors that both are compared with")       \
	X(peers_agree, "peers",                                                \
	    "of these: those against which this misses flows as well")         \
	X(peers_lack, "peers",                                                 \
	    "of these: those that this has extra flows against")               \
	/* -- worker rows -- */                                                \
	X(worker_flows, "flows", "flows of this worker in the bucket")         \
	X(worker_share, "share", "worker_flows / flows")                       \
	X(worker_usual, "share", "median of that in quiet buckets")            \
	X(worker_expected, "flows",                                            \
	    "what it would have logged, going by its "                         \
	    "usual share and the peer's flows")                                \
	X(worker_recall, "share",                                              \
	    "of missing: what this worker's usual part "                       \
	    "accounts for")                                                    \
	X(workers, "workers", "how many workers this sensor has")              \
	X(workers_frozen, "workers", "how many of them fell to nothing here")  \
	/* -- facet rows -- */                                                 \
	X(facet_flows, "flows", "flows of these values at the peer")           \
	X(facet_missing, "flows", "of those, how many this lacks")             \
	X(precision, "share", "facet_missing / facet_flows")                   \
	X(recall, "share", "facet_missing / missing")                          \
	X(cause_precision, "share",                                            \
	    "precision over the buckets in which most is missing")             \
	X(cause_recall, "share", "recall there")                               \
	X(values_n, "values", "how many values of the facet it takes")         \
	X(facet_sigma, "sigma", "how far facet_missing is above chance")       \
	/* -- group rows -- */                                                 \
	X(group_sensors, "sensors", "how many sensors the group has")          \
	X(drop_share, "share",                                                 \
	    "by how much flows are below the usual of this time of "           \
	    "the window, at the sensor where that is least")                   \
	X(drop_sigma, "sigma", "how far that is beyond the usual spread")      \
	X(vanished_share, "share",                                             \
	    "of the usual flows: those of outside networks that no "           \
	    "sensor of the group sees any more")                               \
	X(vanished_nets, "networks", "how many these are (IPv4 /8, IPv6 /32)") \
	/* -- attribute rows -- */                                             \
	X(attribute_sensors, "sensors", "how many have the attribute")         \
	X(attribute_hit, "sensors", "for how many of them the cause holds")    \
	X(others_hit, "sensors", "for how many sensors without it")            \
	X(attribute_groups, "groups", "how many groups they are in")

/* X(name, meaning) */
#define EVIDENCE_TEXTS(X)                                              \
	X(sensor, "this sensor's name")                                \
	X(peer, "the peer's name")                                     \
	X(worker, "worker rows: its name")                             \
	X(facet,                                                       \
	    "facet rows: worker, ip_version, proto, port, local_net, " \
	    "remote_net, vlan, size_class, state_class, direction")    \
	X(value, "facet rows: the value or values")                    \
	X(attribute,                                                   \
	    "attribute rows: what the sensors share, "                 \
	    "KEY=VALUE")                                               \
	X(cause, "attribute rows: the rule that holds for each")

enum evidence_number {
#define X(name, unit, meaning) EV_##name,
	EVIDENCE_NUMBERS(X)
#undef X
	EVIDENCE_NNUMBERS
};

enum evidence_text {
#define X(name, meaning) EVT_##name,
	EVIDENCE_TEXTS(X)
#undef X
	EVIDENCE_NTEXTS
};

enum evidence_kind {
	EVIDENCE_SENSOR,
	EVIDENCE_WORKER,
	EVIDENCE_FACET,
	EVIDENCE_GROUP,
	EVIDENCE_ATTRIBUTE,
	EVIDENCE_NKINDS
};

#define EVIDENCE_TEXT_MAX 192

/* A NaN number is NULL to the rules. */
struct evidence {
	enum evidence_kind kind;
	int64_t start_us;
	double n[EVIDENCE_NNUMBERS];
	char t[EVIDENCE_NTEXTS][EVIDENCE_TEXT_MAX];
};

/* Every number NaN, every text empty. */
void evidence_init(struct evidence *e, enum evidence_kind kind);
const char *evidence_name(enum evidence_number c);
const char *evidence_unit(enum evidence_number c);
const char *evidence_meaning(enum evidence_number c);
const char *evidence_text_name(enum evidence_text c);
const char *evidence_text_meaning(enum evidence_text c);
const char *evidence_kind_name(enum evidence_kind k);
bool evidence_find(struct span name, enum evidence_number *out) MUSTCHECK;
bool evidence_find_text(struct span name, enum evidence_text *out) MUSTCHECK;

/* Whether rows of that kind have the column at all. */
bool evidence_has(enum evidence_kind k, enum evidence_number c);
bool evidence_has_text(enum evidence_kind k, enum evidence_text c);

/*
 * How a number over several buckets comes from those of each: counts (flows,
 * packets, lines) are summed, times since something are the longest, and all
 * else is averaged, weighted by the column that evidence_weight() names, so
 * that a share of a count is that of the counts pooled.
 */
enum evidence_pool {
	EVIDENCE_SUM,
	EVIDENCE_MAX,
	EVIDENCE_MEAN
};
enum evidence_pool evidence_pool(enum evidence_number c);
enum evidence_number evidence_weight(enum evidence_number c);

#endif
