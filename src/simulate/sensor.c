/*
 * Most sessions pass a sensor whole: their records are shared and only get
 * this sensor's clock, worker and uid. The rest are tracked packet by packet
 * from what the sensor's faults leave. Luck is drawn from the session's
 * number, so that a fault changes nothing outside its window.
 */
#include <stdlib.h>
#include "simulate/sensor.h"
#include "simulate/spool.h"

#define SENSOR_CHUNK_BYTES (256 * 1024)
#define SENSOR_JITTER_US 12
/* Shorter flows are one burst: its packets share their luck. */
#define SENSOR_BURST_US 100
/* Workers send their records to the logger once a second. */
#define SENSOR_FLUSH_US US_PER_S
/* One record in ten thousand is held up on its way. */
#define SENSOR_HELD_SHARE PRNG_SHARE(0.0001)

struct sensor {
	struct sensor_setup setup;
	struct tracker_timeouts timeouts;
	bool usual_timeouts;
	int64_t offset_us; /* of a healthy clock */
	uint64_t luck;     /* seeds this sensor's noise */
	uint64_t uids;
	uint64_t written;
	int64_t written_us; /* when the last of these was */
	bool failed;
	struct spool *spool;    /* owned */
	struct damage *scratch; /* borrowed */
	struct packet *lane;    /* owned, DAMAGE_MAX_PACKETS */
	struct buf out;
	/* Of the session in hand: */
	struct prng prng;
	unsigned worker;
};

struct sensor *
sensor_new(const struct sensor_setup *setup, struct damage *scratch)
{
	struct sensor *s = calloc(1, sizeof(*s));
	size_t i;

	if (s == NULL)
		return NULL;
	s->setup = *setup;
	s->scratch = scratch;
	s->timeouts = tracker_defaults;
	s->usual_timeouts = true;
	s->luck = prng_mix(setup->seed +
	    (setup->place.sensor + 1) * UINT64_C(0xd1342543de82ef95));
	s->offset_us =
	    setup->place.sensor == 0 ? 0 : (int64_t)(s->luck % 801) - 400;
	s->spool = spool_new(setup->start_us);
	s->lane = malloc(DAMAGE_MAX_PACKETS * sizeof(*s->lane));
	if (s->spool == NULL || s->lane == NULL) {
		sensor_free(s);
		return NULL;
	}
	for (i = 0; i < setup->place.nfaults; i++) {
		const struct fault *f = &setup->place.faults[i];

		if (f->def->kind != FAULT_CONFIG ||
		    !damage_is_on(&setup->place, f))
			continue;
		s->usual_timeouts = false;
		s->timeouts.udp_us =
		    (int64_t)(f->value[FAULT_KEY_UDP_TIMEOUT] * 1e6);
		s->timeouts.tcp_us =
		    (int64_t)(f->value[FAULT_KEY_TCP_TIMEOUT] * 1e6);
	}
	conn_log_open(&s->out, setup->format, setup->start_us);
	return s;
}

void
sensor_free(struct sensor *s)
{
	if (s == NULL)
		return;
	spool_free(s->spool);
	free(s->lane);
	buf_clear(&s->out);
	free(s);
}

uint64_t
sensor_records(const struct sensor *s)
{
	return s->written;
}

/* What the sensor's clock shows when it is us. */
static int64_t
sensor_clock(const struct sensor *s, int64_t us)
{
	int64_t shown = us + s->offset_us;
	size_t i;

	for (i = 0; i < s->setup.place.nfaults; i++) {
		const struct fault *f = &s->setup.place.faults[i];

		if (f->def->kind != FAULT_CLOCK_SKEW ||
		    !damage_is_on(&s->setup.place, f) || us < f->from_us ||
		    us >= f->to_us)
			continue;
		shown += (int64_t)(f->value[FAULT_KEY_OFFSET] * 1e6);
		shown += (us - f->from_us) / 1000 *
		    (int64_t)(f->value[FAULT_KEY_DRIFT] * 1000) / 1000000;
	}
	return shown;
}

/* How far a time stamp may be off, either way, when it is us. */
static int64_t
sensor_jitter(const struct sensor *s, int64_t us)
{
	int64_t jitter = SENSOR_JITTER_US;
	size_t i;

	for (i = 0; i < s->setup.place.nfaults; i++) {
		const struct fault *f = &s->setup.place.faults[i];

		if (f->def->kind == FAULT_CLOCK_SKEW &&
		    damage_is_on(&s->setup.place, f) && us >= f->from_us &&
		    us < f->to_us)
			jitter += (int64_t)(f->value[FAULT_KEY_JITTER] * 1e6);
	}
	return jitter;
}

/* When the logger writes a record that is ready at r->log_us. */
static int64_t
sensor_log_time(struct sensor *s, const struct record *r)
{
	int64_t phase = r->worker * SENSOR_FLUSH_US / 64;
	int64_t log = r->log_us - phase;
	size_t i;

	/* A batch leaves in the order in which it was filled. */
	log = (log / SENSOR_FLUSH_US + 1) * SENSOR_FLUSH_US + phase +
	    log % SENSOR_FLUSH_US / 1000;
	if (prng_chance(&s->prng, SENSOR_HELD_SHARE))
		log += prng_between(&s->prng, 1, 40) * US_PER_S;
	for (i = 0; i < s->setup.place.nfaults; i++) {
		const struct fault *f = &s->setup.place.faults[i];

		if (!damage_is_on(&s->setup.place, f))
			continue;
		if (f->def->kind == FAULT_SENSOR_LAGGING && log >= f->from_us &&
		    log < f->to_us)
			log += (int64_t)(f->value[FAULT_KEY_LAG] * 1e6);
		/* A sensor that stops writes all flows that are open. */
		if ((f->def->kind == FAULT_SENSOR_SILENT ||
			f->def->kind == FAULT_SENSOR_GAP) &&
		    r->start_us < f->from_us && log > f->from_us)
			log = f->from_us;
	}
	return log;
}

static uint8_t
sensor_unlocal(const struct sensor *s, const struct record *r)
{
	unsigned unlocal = 0;
	size_t i;

	for (i = 0; i < s->setup.place.nfaults; i++) {
		const struct fault *f = &s->setup.place.faults[i];

		if (f->def->kind != FAULT_LOCAL_NETS ||
		    !damage_is_on(&s->setup.place, f) ||
		    r->start_us < f->from_us || r->start_us >= f->to_us)
			continue;
		unlocal |= fault_is_unlocal(f, &r->tuple.orig) |
		    fault_is_unlocal(f, &r->tuple.resp) << 1;
	}
	return (uint8_t)unlocal;
}

static void
sensor_emit(void *ctx, const struct record *given)
{
	struct sensor *s = ctx;
	struct record r = *given;
	int64_t most = sensor_jitter(s, r.start_us);
	int64_t jitter = prng_between(&s->prng, -most, most);
	int64_t end = r.start_us + r.duration_us;

	r.worker = (uint8_t)s->worker;
	r.unlocal = sensor_unlocal(s, &r);
	r.uid = prng_mix(s->luck + ++s->uids);
	r.log_us = sensor_log_time(s, &r);
	r.start_us = sensor_clock(s, r.start_us) + jitter;
	if (r.duration_us > 0) {
		if (r.duration_us > SENSOR_BURST_US)
			jitter = prng_between(&s->prng, -most, most);
		r.duration_us = sensor_clock(s, end) + jitter - r.start_us;
		if (r.duration_us < 1)
			r.duration_us = 1;
	}
	if (!spool_put(s->spool, &r))
		s->failed = true;
}

static void
sensor_track(struct sensor *s, const struct session *session)
{
	const struct damage *d = s->scratch;
	unsigned lane;
	size_t i, n;

	if (d->lanes == 1) {
		s->worker = d->key[0].worker;
		tracker_run(&s->timeouts, &session->tuple, session->service,
		    d->packets, d->n, sensor_emit, s);
		return;
	}
	for (lane = 0; lane < d->lanes; lane++) {
		for (i = 0, n = 0; i < d->n; i++)
			if (d->lane[i] == lane)
				s->lane[n++] = d->packets[i];
		s->worker = d->key[lane].worker;
		tracker_run(&s->timeouts, &session->tuple, session->service,
		    s->lane, n, sensor_emit, s);
	}
}

bool
sensor_see(struct sensor *s, const struct session *session,
    const struct sensor_whole *whole)
{
	uint64_t loss = PRNG_SHARE(s->setup.loss) * session->n;
	uint64_t quirks = PRNG_SHARE(s->setup.quirks);
	enum damage_quirk quirk = DAMAGE_NONE;
	size_t lost = session->n, i;
	uint32_t draw;

	s->prng.state = prng_mix(s->luck + session->number);
	s->worker = balance_worker(&s->setup.place.balance, &session->tuple);
	if (prng_chance(&s->prng, loss))
		lost = prng_below(&s->prng, (uint32_t)session->n);
	draw = (uint32_t)(prng_next(&s->prng) >> 32);
	if (draw < quirks / 2)
		quirk = DAMAGE_REORDER;
	else if (draw < quirks && session->kind == SESSION_TCP)
		quirk = DAMAGE_AGED_SYN;
	if (lost == session->n && quirk == DAMAGE_NONE && s->usual_timeouts &&
	    !damage_touches(&s->setup.place, session, s->worker)) {
		for (i = 0; i < whole->n; i++)
			sensor_emit(s, &whole->records[i]);
		return !s->failed;
	}
	damage_apply(&s->setup.place, session, s->worker, lost, quirk, &s->prng,
	    s->scratch);
	sensor_track(s, session);
	return !s->failed;
}

static void
sensor_flush(struct sensor *s, size_t at_least)
{
	if (!buf_ok(&s->out))
		s->failed = true;
	if (s->failed || s->out.n < at_least || s->out.n == 0)
		return;
	if (!s->setup.write(
		s->setup.ctx, s->setup.place.sensor, s->out.p, s->out.n))
		s->failed = true;
	s->out.n = 0;
}

static void
sensor_line(void *ctx, const struct record *r)
{
	struct sensor *s = ctx;

	conn_log_record(&s->out, s->setup.format, r);
	s->written++;
	s->written_us = r->log_us;
	sensor_flush(s, SENSOR_CHUNK_BYTES);
}

bool
sensor_advance(struct sensor *s, int64_t us)
{
	if (!spool_advance(s->spool, us, sensor_line, s))
		s->failed = true;
	return !s->failed;
}

/* Whether records wait at the end that a healthy logger would have written. */
static bool
sensor_lags(const struct sensor *s, int64_t us)
{
	size_t i;

	for (i = 0; i < s->setup.place.nfaults; i++) {
		const struct fault *f = &s->setup.place.faults[i];

		if (f->def->kind == FAULT_SENSOR_LAGGING &&
		    damage_is_on(&s->setup.place, f) && us <= f->to_us)
			return true;
	}
	return false;
}

bool
sensor_finish(struct sensor *s, int64_t us)
{
	if (!sensor_advance(s, us))
		return false;
	if (!sensor_lags(s, us)) {
		if (!spool_drain(s->spool, sensor_line, s))
			s->failed = true;
		conn_log_close(&s->out, s->setup.format, us);
	}
	sensor_flush(s, 0);
	return !s->failed;
}

int64_t
sensor_written_us(const struct sensor *s)
{
	return s->written_us;
}
