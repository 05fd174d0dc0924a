/*
 * Counts of flows by attribute, of what a sensor's peer saw and of what the
 * sensor misses of it, and the search for the attribute that explains the
 * difference.
 */
#ifndef COMPARE_FACETS_H
#define COMPARE_FACETS_H

#include "digest/entry.h"
#include "digest/netmap.h"

enum facet {
	FACET_IP_VERSION,
	FACET_PROTO,
	FACET_PORT,
	FACET_LOCAL_NET,  /* at several prefix lengths */
	FACET_REMOTE_NET, /* the same */
	FACET_VLAN,
	FACET_STATE_CLASS,
	FACET_DIRECTION,
	FACET_SIZE_CLASS,
	FACET_NFACETS
};
const char *facet_name(enum facet f);

/* What a value is, so that it can be printed and merged without the network
 * map of its sensor: a number, or the first 64 bits of a network in host order
 * (IPv4: its 32 bits on top). */
struct facet_id {
	uint64_t value;
	uint16_t facet; /* enum facet + 1; 0: none */
	uint8_t ipv6;   /* of a network: 1 if value is an IPv6 prefix */
	uint8_t level;  /* of a network: which of its prefix lengths */
};

struct facet_value {
	struct facet_id id;
	uint32_t missing; /* of the flows, how many this sensor lacks */
	uint32_t flows;   /* of the peer; estimated where it was sampled */
};

struct facets {
	struct facet_value *values; /* owned; open addressing */
	uint32_t n, nslots;
	uint32_t
	    max; /* values kept; further ones are not named. 0: FACETS_MAX */
	uint64_t flows, missing; /* totals, not sums over values */
	uint64_t weight;         /* greatest of the flows counted */
	bool failed;             /* no memory: the counts are not whole */
};

#define FACETS_MAX 65536

void facets_clear(struct facets *f);
/* Counts one flow of the peer, weight times (sampling), or a missing one. */
void facets_add_flow(struct facets *f, const struct entry *e,
    const struct netmap *nets, uint64_t weight);
void facets_add_missing(struct facets *f, const struct entry *e,
    const struct netmap *nets, uint64_t weight);
void facets_merge(struct facets *into, const struct facets *from);

#define EXPLAIN_MAX_VALUES 256

/* The set of values of one facet that best covers what is missing. */
struct explanation {
	enum facet facet;
	unsigned nvalues;                        /* 0: nothing explains it */
	struct facet_id ids[EXPLAIN_MAX_VALUES]; /* most missing first */
	double precision; /* share of these values' flows that are missing */
	double recall;    /* share of the missing that have these values */
};

/* Pure statistics over f: no facet is preferred but by what it covers and how
 * few values it takes. False: out of memory, here or while counting. */
bool facets_explain(const struct facets *f, struct explanation *out) MUSTCHECK;
/* Flows and missing of those values in another set of counts. */
void facets_measure(const struct facets *f, const struct explanation *x,
    uint64_t *flows, uint64_t *missing);
/* "10.13.3.0/24, 2620:83:0:3::/64, 3 more"; n bytes at out. */
void facets_format(const struct explanation *x, char *out, size_t n);

#endif
