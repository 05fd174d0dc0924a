/*
 * The run: sessions are drawn one after the other, every sensor sees each of
 * them, and what is due by then is written.
 */
#include <stdlib.h>
#include <string.h>
#include "simulate/sensor.h"
#include "simulate/simulate.h"
#include "simulate/traffic.h"

/* Of the flows, at each sensor: split by an aged SYN, or the sides swapped. */
#define SIMULATE_QUIRKS 0.00004

struct simulate_state {
	const struct plan *plan;
	struct traffic *traffic;                    /* owned */
	struct damage *scratch;                     /* owned */
	struct session *session;                    /* owned */
	struct sensor_whole *whole;                 /* owned */
	struct sensor *sensors[RESULT_MAX_SENSORS]; /* owned */
	struct simulate_outcome *out;
	struct prng miss;
};

static bool
simulate_open(struct simulate_state *st, simulate_write_fn *write, void *ctx)
{
	const struct simulate_options *o = &st->plan->options;
	struct sensor_setup setup = { .seed = o->seed,
		.format = o->format,
		.start_us = st->plan->start_us,
		.loss = o->miss > 0 ? 0 : o->loss,
		.quirks = o->miss > 0 ? 0 : SIMULATE_QUIRKS,
		.write = write,
		.ctx = ctx };
	unsigned i;

	st->traffic = traffic_new(o->seed, o->rate, st->plan->start_us);
	st->scratch = malloc(sizeof(*st->scratch));
	st->session = malloc(sizeof(*st->session));
	st->whole = malloc(sizeof(*st->whole));
	if (st->traffic == NULL || st->scratch == NULL || st->session == NULL ||
	    st->whole == NULL)
		return false;
	for (i = 0; i < o->sensors; i++) {
		setup.place = (struct damage_place){ st->plan->faults,
			st->plan->nfaults, i,
			{ (enum balance_by)(i % BALANCE_NKINDS),
			    st->plan->workers[i],
			    prng_mix(o->seed * 31 + i + 1) } };
		st->sensors[i] = sensor_new(&setup, st->scratch);
		if (st->sensors[i] == NULL)
			return false;
	}
	return true;
}

static void
simulate_close(struct simulate_state *st)
{
	size_t i;

	for (i = 0; i < RESULT_MAX_SENSORS; i++)
		sensor_free(st->sensors[i]);
	traffic_free(st->traffic);
	free(st->scratch);
	free(st->session);
	free(st->whole);
}

static void
simulate_keep(void *ctx, const struct record *r)
{
	struct sensor_whole *w = ctx;

	/* Far more than a session's idle gaps can make of it. */
	if (w->n < SENSOR_MAX_WHOLE)
		w->records[w->n++] = *r;
}

/* The sensors that see anything of the session, as bits. */
static uint32_t
simulate_viewers(struct simulate_state *st)
{
	const struct plan *plan = st->plan;
	const struct session *s = st->session;
	uint32_t viewers = (1u << plan->options.sensors) - 1;
	size_t i;

	if (plan->options.relation == RELATION_SUBSET && s->blocked)
		return 1;
	for (i = 0; i < plan->nfaults; i++) {
		const struct fault *f = &plan->faults[i];
		uint64_t luck =
		    prng_mix(plan->options.seed + 77 * i + (s->number << 8));

		if (f->def->kind == FAULT_LEAK && s->start_us >= f->from_us &&
		    s->start_us < f->to_us &&
		    (luck >> 32) < PRNG_SHARE(f->value[FAULT_KEY_SHARE]))
			viewers &= f->mask;
	}
	return viewers;
}

/* Draws who misses the session, and counts what that makes. */
static uint32_t
simulate_draw_misses(struct simulate_state *st, uint32_t viewers)
{
	uint64_t share = PRNG_SHARE(st->plan->options.miss);
	unsigned n = (unsigned)st->plan->options.sensors, a, b;
	uint32_t have = viewers;

	if (share == 0)
		return viewers;
	for (a = 0; a < n; a++)
		if (prng_chance(&st->miss, share) && (viewers >> a & 1) != 0) {
			have &= ~(1u << a);
			st->out->missed[a] += st->whole->n;
		}
	for (a = 0; a < n; a++)
		for (b = 0; b < n; b++)
			if ((have >> a & 1) != 0 && (have >> b & 1) == 0)
				st->out->only[a][b] += st->whole->n;
	return have;
}

static bool
simulate_session(struct simulate_state *st)
{
	const struct session *s = st->session;
	uint32_t have = simulate_viewers(st);
	unsigned i;

	st->whole->n = 0;
	tracker_run(&tracker_defaults, &s->tuple, s->service, s->packets, s->n,
	    simulate_keep, st->whole);
	have = simulate_draw_misses(st, have);
	for (i = 0; i < st->plan->options.sensors; i++) {
		if (!sensor_advance(st->sensors[i], s->start_us))
			return false;
		if ((have >> i & 1) != 0 &&
		    !sensor_see(st->sensors[i], s, st->whole))
			return false;
	}
	st->out->sessions++;
	st->out->end_us = s->start_us + 1;
	return true;
}

/* The run ends in the middle of things: later packets are never seen. */
static void
simulate_cut(struct session *s, int64_t end_us)
{
	while (s->n > 0 && s->packets[s->n - 1].us >= end_us)
		s->n--;
	if (s->n > 0)
		s->end_us = s->packets[s->n - 1].us;
}

static bool
simulate_loop(struct simulate_state *st)
{
	const struct simulate_options *o = &st->plan->options;
	unsigned i;

	for (;;) {
		if (o->flows > 0 && st->out->sessions == o->flows)
			break;
		traffic_next(st->traffic, st->session);
		if (o->flows == 0) {
			if (st->session->start_us >= st->plan->end_us)
				break;
			simulate_cut(st->session, st->plan->end_us);
		}
		if (!simulate_session(st))
			return false;
	}
	if (o->flows == 0)
		st->out->end_us = st->plan->end_us;
	for (i = 0; i < o->sensors; i++) {
		if (!sensor_finish(st->sensors[i], st->out->end_us))
			return false;
		st->out->records[i] = sensor_records(st->sensors[i]);
		st->out->written_us[i] = sensor_written_us(st->sensors[i]);
		if (st->out->written_us[i] > st->out->end_us)
			st->out->written_us[i] = st->out->end_us;
	}
	return true;
}

bool
simulate_run(const struct plan *plan, simulate_write_fn *write, void *ctx,
    struct simulate_outcome *out, struct diag *d)
{
	struct simulate_state st = { .plan = plan, .out = out };
	bool ok;

	memset(out, 0, sizeof(*out));
	out->end_us = plan->start_us;
	st.miss.state = prng_mix(plan->options.seed ^ UINT64_C(0x6d697373));
	ok = simulate_open(&st, write, ctx) && simulate_loop(&st);
	simulate_close(&st);
	if (!ok)
		diag_set(d, "simulate: out of memory");
	return ok;
}
