/*
 * A fault says of each packet whether it passes, what it becomes and how
 * often it is seen. Random draws are made for every packet in the window,
 * so that one fault does not shift the luck of another.
 */
#include "simulate/damage.h"
#include "simulate/host.h"

#define DAMAGE_FRAME 14 /* Ethernet header */
/* Between a packet and its copies. */
#define DAMAGE_COPY_US 3

static bool
damage_in_window(const struct fault *f, int64_t us)
{
	return us >= f->from_us && us < f->to_us;
}

static bool
damage_is_outbound(const struct session *s, const struct packet *k)
{
	bool from_resp = (k->flags & PACKET_FROM_RESP) != 0;

	return (from_resp ? s->tuple.resp : s->tuple.orig).is_local;
}

static const struct host *
damage_remote(const struct session *s)
{
	return s->tuple.orig.is_local ? &s->tuple.resp : &s->tuple.orig;
}

/* Whether the fault is about this session at all. */
static bool
damage_concerns(const struct fault *f, const struct session *s, unsigned worker)
{
	switch (f->def->kind) {
	case FAULT_WORKER_FROZEN:
		return worker + 1 == (unsigned)f->value[FAULT_KEY_WORKER];
	case FAULT_LINK_LOSS:
		return host_link(damage_remote(s),
			   (unsigned)f->value[FAULT_KEY_LINKS]) ==
		    (unsigned)f->value[FAULT_KEY_LINK];
	case FAULT_BLIND_SPOT:
		return fault_facet_matches(f, &s->tuple);
	case FAULT_CLOCK_SKEW:
	case FAULT_SENSOR_LAGGING:
	case FAULT_LEAK:
	case FAULT_CONFIG:
	case FAULT_LOCAL_NETS:
		return false; /* not about packets */
	default:
		return true;
	}
}

bool
damage_touches(
    const struct damage_place *at, const struct session *s, unsigned worker)
{
	size_t i;

	for (i = 0; i < at->nfaults; i++) {
		const struct fault *f = &at->faults[i];

		if (damage_is_on(at, f) && s->start_us < f->to_us &&
		    s->end_us >= f->from_us && damage_concerns(f, s, worker))
			return true;
	}
	return false;
}

/* What faults remember of the session in hand. */
struct damage_seen {
	int64_t burst_us;
	unsigned burst;
	double bytes;
};

/* Whether a fault that is on, now and here, takes the packet away. */
static bool
damage_drops(const struct fault *f, const struct session *s,
    const struct packet *k, struct damage_seen *seen, struct prng *p)
{
	const double *v = f->value;

	switch (f->def->kind) {
	case FAULT_WORKER_FROZEN:
	case FAULT_SENSOR_SILENT:
	case FAULT_SENSOR_GAP:
	case FAULT_LINK_LOSS:
	case FAULT_BLIND_SPOT:
		return true;
	case FAULT_STRAND_LOSS:
		return damage_is_outbound(s, k) ==
		    (v[FAULT_KEY_DIRECTION] == FAULT_OUTBOUND);
	case FAULT_PACKET_LOSS:
		return prng_chance(p, PRNG_SHARE(v[FAULT_KEY_RATE]));
	case FAULT_BURST_LOSS:
		if (k->us >= seen->burst_us + 1000) {
			seen->burst_us = k->us;
			seen->burst = 0;
		}
		return prng_chance(p, PRNG_SHARE(v[FAULT_KEY_SHARE])) ||
		    ++seen->burst > (unsigned)v[FAULT_KEY_BURST];
	case FAULT_SHUNT:
		seen->bytes += k->ip_bytes;
		return seen->bytes > 1000 * v[FAULT_KEY_AFTER] &&
		    (k->flags & (PACKET_SYN | PACKET_FIN | PACKET_RST)) == 0;
	case FAULT_LARGE_LOSS:
		return k->ip_bytes + DAMAGE_FRAME > (int)v[FAULT_KEY_OVER];
	default:
		return false;
	}
}

static uint8_t
damage_lane(struct damage *out, unsigned worker, unsigned epoch)
{
	unsigned i;

	for (i = 0; i < out->lanes; i++)
		if (out->key[i].worker == worker && out->key[i].epoch == epoch)
			return (uint8_t)i;
	if (out->lanes == ARRAY_LEN(out->key))
		return 0;
	out->key[out->lanes].worker = worker;
	out->key[out->lanes].epoch = epoch;
	return (uint8_t)out->lanes++;
}

static void
damage_put(
    struct damage *out, const struct packet *k, unsigned copies, uint8_t lane)
{
	unsigned i;

	for (i = 0; i < copies && out->n < DAMAGE_MAX_PACKETS; i++) {
		out->packets[out->n] = *k;
		out->packets[out->n].us += i * DAMAGE_COPY_US;
		out->lane[out->n++] = lane;
	}
}

/* One packet on its way past all faults. */
static void
damage_pass(const struct damage_place *at, const struct session *s,
    unsigned worker, const struct packet *packet, unsigned epoch,
    struct damage_seen *seen, struct prng *p, struct damage *out)
{
	struct packet k = *packet;
	unsigned copies = 1;
	bool dropped = false;
	size_t i;

	for (i = 0; i < at->nfaults; i++) {
		const struct fault *f = &at->faults[i];
		enum fault_kind kind = f->def->kind;

		if (!damage_is_on(at, f) || !damage_concerns(f, s, worker))
			continue;
		if ((kind == FAULT_SENSOR_GAP || kind == FAULT_SENSOR_SILENT) &&
		    k.us >= f->to_us)
			epoch += 2; /* the sensor has been started again */
		if (!damage_in_window(f, k.us))
			continue;
		if (damage_drops(f, s, &k, seen, p))
			dropped = true;
		if (kind == FAULT_DUPLICATE &&
		    prng_chance(p, PRNG_SHARE(f->value[FAULT_KEY_SHARE])))
			copies = (unsigned)f->value[FAULT_KEY_COPIES];
		else if (kind == FAULT_FLOW_SPLIT)
			worker = balance_one_way(&at->balance, &s->tuple,
			    (k.flags & PACKET_FROM_RESP) != 0);
		else if (kind == FAULT_CHECKSUM &&
		    damage_is_outbound(s, &k) ==
			(f->value[FAULT_KEY_DIRECTION] == FAULT_OUTBOUND))
			k.flags |= PACKET_BAD_CSUM;
	}
	if (!dropped)
		damage_put(out, &k, copies, damage_lane(out, worker, epoch));
}

/* The first two packets change places, if they are of different sides. */
static void
damage_reorder(struct damage *out)
{
	struct packet *k = out->packets, first;
	int64_t us;

	if (out->n < 2 || ((k[0].flags ^ k[1].flags) & PACKET_FROM_RESP) == 0)
		return;
	first = k[0];
	us = k[1].us;
	k[0] = k[1];
	k[0].us = first.us;
	k[1] = first;
	k[1].us = us;
}

void
damage_apply(const struct damage_place *at, const struct session *s,
    unsigned worker, size_t lost, enum damage_quirk quirk, struct prng *p,
    struct damage *out)
{
	struct damage_seen seen = { INT64_MIN / 2, 0, 0 };
	size_t i;

	out->n = 0;
	out->lanes = 0;
	for (i = 0; i < s->n; i++) {
		/* An aged SYN meets the rest of its flow nowhere. */
		unsigned epoch = quirk == DAMAGE_AGED_SYN && i == 0;

		if (i != lost)
			damage_pass(at, s, worker, &s->packets[i], epoch, &seen,
			    p, out);
	}
	if (quirk == DAMAGE_REORDER && out->lanes == 1)
		damage_reorder(out);
}
