/*
 * What is left of a session's packets when a sensor's faults and its ordinary
 * noise are done with them. A pure function of its arguments.
 */
#ifndef SIMULATE_DAMAGE_H
#define SIMULATE_DAMAGE_H

#include "simulate/balance.h"
#include "simulate/fault.h"
#include "simulate/session.h"

#define DAMAGE_MAX_PACKETS (4 * SESSION_MAX_PACKETS)

/* Packets of one lane meet at one worker without a restart in between. */
struct damage {
	size_t n;
	unsigned lanes; /* how many are in use */
	struct packet packets[DAMAGE_MAX_PACKETS];
	uint8_t lane[DAMAGE_MAX_PACKETS];
	struct {
		unsigned worker;
		unsigned epoch;
	} key[256];
};

/* What a healthy sensor does to a flow once in a while. */
enum damage_quirk {
	DAMAGE_NONE,
	DAMAGE_AGED_SYN, /* zeek #2856: S0, and '^h' for the rest */
	DAMAGE_REORDER   /* the answer is seen first: '^' */
};

struct damage_place {
	const struct fault *faults; /* borrowed */
	size_t nfaults;
	unsigned sensor; /* index */
	struct balance balance;
};

static inline bool
damage_is_on(const struct damage_place *at, const struct fault *f)
{
	return (f->mask >> at->sensor & 1) != 0;
}

/* Whether any packet-level fault could change this session here. */
bool damage_touches(
    const struct damage_place *at, const struct session *s, unsigned worker);

/* lost: index of a packet that ordinary loss took; s->n if none. */
void damage_apply(const struct damage_place *at, const struct session *s,
    unsigned worker, size_t lost, enum damage_quirk quirk, struct prng *p,
    struct damage *out);

#endif
