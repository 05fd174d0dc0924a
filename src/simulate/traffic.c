/*
 * Who talks to whom, about what, and when. Ports are used again: an ended
 * session is kept for a while, and a later one may take its addresses and
 * ports, but not before every sensor has forgotten the first.
 */
#include <stdlib.h>
#include "simulate/host.h"
#include "simulate/traffic.h"

/* Times in here are 1/1024 microseconds, for rates near a million. */
#define TRAFFIC_TICK 1024
#define TRAFFIC_PERIOD_US (INT64_C(1200) * US_PER_S)
#define TRAFFIC_MAX_REUSE 32768

struct traffic_port {
	uint16_t weight; /* of all TCP sessions, in thousandths */
	uint16_t port;
	uint8_t service;
	uint8_t outbound; /* percent */
};

static const struct traffic_port traffic_ports[] = {
	{ 560, 443, SERVICE_SSL, 92 },
	{ 150, 80, SERVICE_HTTP, 85 },
	{ 110, 22, SERVICE_SSH, 55 },
	{ 60, 25, SERVICE_SMTP, 50 },
	{ 40, 8443, SERVICE_SSL, 90 },
	{ 30, 8080, SERVICE_HTTP, 90 },
	{ 35, 2811, SERVICE_NONE, 50 },
	{ 15, 21, SERVICE_FTP, 80 },
};

struct traffic_mix {
	uint16_t weight;  /* of all sessions, in thousandths */
	uint8_t kind;     /* enum session_kind */
	uint8_t outbound; /* percent; SESSION_TCP: by port */
	uint16_t port;
	uint8_t service;
	uint16_t rest_s; /* from its end until its ports may be used again */
};

static const struct traffic_mix traffic_mixes[] = {
	{ 380, SESSION_TCP, 0, 0, 0, 15 },
	{ 216, SESSION_SCAN, 2, 0, SERVICE_NONE, 15 },
	{ 302, SESSION_DNS, 80, 53, SERVICE_DNS, 80 },
	{ 40, SESSION_NTP, 80, 123, SERVICE_NTP, 80 },
	{ 19, SESSION_QUIC, 95, 443, SERVICE_NONE, 80 },
	{ 3, SESSION_TUNNEL, 50, 51820, SERVICE_NONE, 80 },
	{ 40, SESSION_PING, 60, 0, SERVICE_NONE, 80 },
};

static const uint16_t traffic_scanned[] = { 22, 23, 25, 80, 81, 443, 445, 1433,
	2323, 3389, 5900, 6379, 8080 };

struct traffic_used {
	struct tuple tuple;
	const struct traffic_mix *mix;
	enum service service;
	int64_t ready_us;
};

struct traffic {
	struct prng prng;
	int64_t ticks; /* start of the next session */
	int64_t mean_ticks;
	uint64_t number;
	uint32_t nused;
	struct traffic_used used[]; /* mix NULL: free */
};

struct traffic *
traffic_new(uint64_t seed, double rate, int64_t start_us)
{
	double want = rate * 2;
	uint32_t n = want < 16         ? 16
	    : want > TRAFFIC_MAX_REUSE ? TRAFFIC_MAX_REUSE
				       : (uint32_t)want;
	struct traffic *t = calloc(1, sizeof(*t) + n * sizeof(t->used[0]));

	if (t == NULL)
		return NULL;
	t->prng.state = prng_mix(seed);
	t->ticks = start_us * TRAFFIC_TICK;
	t->mean_ticks = (int64_t)((double)US_PER_S * TRAFFIC_TICK / rate);
	t->nused = n;
	return t;
}

void
traffic_free(struct traffic *t)
{
	free(t);
}

static const struct traffic_mix *
traffic_draw_mix(struct prng *p)
{
	uint32_t x = prng_below(p, 1000);
	size_t i = 0;

	while (x >= traffic_mixes[i].weight)
		x -= traffic_mixes[i++].weight;
	return &traffic_mixes[i];
}

static const struct traffic_port *
traffic_draw_port(struct prng *p)
{
	uint32_t x = prng_below(p, 1000);
	size_t i = 0;

	while (x >= traffic_ports[i].weight)
		x -= traffic_ports[i++].weight;
	return &traffic_ports[i];
}

static void
traffic_draw_tuple(
    struct session *s, const struct traffic_mix *mix, struct prng *p)
{
	bool v6 = prng_chance(p, PRNG_SHARE(0.11));
	uint32_t outbound = mix->outbound;
	struct tuple *t = &s->tuple;
	const struct traffic_port *port;
	struct host local, remote;

	t->proto = PROTO_UDP;
	t->orig_port = (uint16_t)(32768 + prng_below(p, 28232));
	t->resp_port = mix->port;
	if (mix->kind == SESSION_TCP) {
		port = traffic_draw_port(p);
		t->proto = PROTO_TCP;
		t->resp_port = port->port;
		s->service = (enum service)port->service;
		outbound = port->outbound;
	} else if (mix->kind == SESSION_SCAN) {
		t->proto = PROTO_TCP;
		t->resp_port =
		    traffic_scanned[prng_below(p, ARRAY_LEN(traffic_scanned))];
	} else if (mix->kind == SESSION_PING) {
		t->proto = v6 ? PROTO_ICMP6 : PROTO_ICMP;
		t->orig_port = v6 ? 128 : 8;
		t->resp_port = v6 ? 129 : 0;
	} else if (mix->kind == SESSION_NTP && prng_below(p, 2) == 0) {
		t->orig_port = 123;
	}
	local = mix->kind == SESSION_SCAN ? host_local_any(p, v6)
					  : host_local(p, v6);
	remote = host_remote(p, v6);
	if (prng_below(p, 100) < outbound) {
		t->orig = local;
		t->resp = remote;
	} else {
		t->orig = remote;
		t->resp = local;
	}
}

/* A slow swing of 13 % around the rate: nights and days, made short. */
static void
traffic_advance(struct traffic *t)
{
	int64_t phase = t->ticks / TRAFFIC_TICK % TRAFFIC_PERIOD_US;
	int64_t off = phase - TRAFFIC_PERIOD_US / 2;
	int64_t swing = (off < 0 ? -off : off) * 260 / (TRAFFIC_PERIOD_US / 2);

	t->ticks += prng_exponential(&t->prng,
	    t->mean_ticks / TRAFFIC_TICK * (894 + swing) +
		t->mean_ticks % TRAFFIC_TICK * (894 + swing) / TRAFFIC_TICK);
}

void
traffic_next(struct traffic *t, struct session *s)
{
	struct prng *p = &t->prng;
	const struct traffic_mix *mix = traffic_draw_mix(p);
	struct traffic_used *u = NULL;

	traffic_advance(t);
	s->start_us = t->ticks / TRAFFIC_TICK;
	s->number = t->number++;
	if (prng_chance(p, PRNG_SHARE(0.04)))
		u = &t->used[prng_below(p, t->nused)];
	if (u != NULL && u->mix != NULL && u->ready_us >= s->start_us)
		u = NULL; /* still in use */
	if (u != NULL && u->mix != NULL) {
		mix = u->mix;
		s->tuple = u->tuple;
		s->service = u->service;
	} else {
		s->service = (enum service)mix->service;
		traffic_draw_tuple(s, mix, p);
	}
	s->kind = (enum session_kind)mix->kind;
	session_play(s, p);
	if (u != NULL)
		*u = (struct traffic_used){ s->tuple, s->closed ? mix : NULL,
			s->service, s->end_us + mix->rest_s * US_PER_S };
}
